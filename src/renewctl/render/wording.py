"""Words that several results share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from renewctl.model import Client, Role
from renewctl.render.result import Column, Line, line
from renewctl.text import count_of

ROLES: Mapping[str, str] = {
    Role.PRIMARY: "primary contact",
    Role.BILLING: "billing contact",
    Role.DECISION_MAKER: "decision maker",
}
"""What people call the roles."""
_SHORT, _END = 24, 4
"""Columns of a name where there is little room, and letters at its end that tell it from another."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"


def name_client(client: Client) -> str:
    """Return what people call a client: the name, otherwise the domain."""
    return client.name or client.key


def show_client(client: Client) -> Line:
    """Return a client's name and domain."""
    return line((name_client(client), "strong"), (f" ({client.key})" if client.name else "", "dim"))


def name_columns(clients: Sequence[Client]) -> Mapping[str, Column]:
    """Return the clients' names, else domains, in three columns: ``name``, ``cut name`` and ``short name``.

    A name that is too long is cut, and keeps its end if it would look like another's; as a ``short name``,
    it gives way to a shorter domain. No domain is cut.
    """
    from renewctl.render.terminal import shorten  # Lazy import: a pipe does not wait for rich.

    names = {client.key: name_client(client) for client in clients}
    cut = {key: name if key == name else shorten(name, _SHORT) for key, name in names.items()}
    alike = Counter(cut.values())
    for key, name in cut.items():
        if name != names[key] and alike[name] > 1:
            cut[key] = shorten(names[key], _SHORT - 2 * _END) + names[key][-_END:]
    short = {key: key if name != names[key] and len(key) <= _SHORT else name for key, name in cut.items()}
    return {
        kind: Column("CLIENT", [line((found[client.key], "strong")) for client in clients])
        for kind, found in (("name", names), ("cut name", cut), ("short name", short))
    }


def name_day(day: date, *, long: bool = False) -> str:
    """Return a day as people write it: 6 Dec 2026, or with ``long`` 6 December 2026."""
    return f"{day.day} {name_month(day, long=long)}"


def name_month(day: date, *, long: bool = False) -> str:
    """Return a day's month as people write it: Dec 2026, or with ``long`` December 2026."""
    month = _MONTHS[day.month - 1]
    return f"{month if long else month[:3]} {day.year}"
