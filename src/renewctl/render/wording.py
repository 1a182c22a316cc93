"""Words that several answers share."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.domain.identifiers import name_key
from renewctl.domain.resolve import PARTNER_USER
from renewctl.fields import TABLES
from renewctl.model import Client, Owner
from renewctl.render.result import Column, Line, line
from renewctl.text import count_of

OWNERS = {Owner.HUBSPOT: "HubSpot", Owner.PARTNER: "Partner"}
NOBODY: Line = (("NOBODY", "error"),)
ROLES = ROLE_LABELS
ROLES_AND_USER: Mapping[str, str] = {**ROLES, PARTNER_USER: "partner user"}
SETTING_LABELS: Mapping[str, str] = {
    key: field.label for table in ("defaults", "policy") for key, field in TABLES[table].items()
}
"""The labels of the values that decide on recipients, by key."""
_LONG, _SHORT, _END = 40, 24, 4
"""The widths of a long and a short name, and the letters at its end that distinguish similar names."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_days(days: int) -> str:
    """Return how far away a day is, in words."""
    if days == 0:
        return "today"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"


def name_client(client: Client) -> str:
    """Return the name of a client, otherwise its domain."""
    return client.name or client.key


def name_clients(clients: Iterable[Client]) -> Mapping[str, str]:
    """Return the displayed names of clients, by key.

    A name that several clients have is followed by the domain.
    """
    by_key = {client.key: client for client in clients}
    names = [{name_key(client.key), name_key(name_client(client))} for client in by_key.values()]
    numbers = Counter(chain.from_iterable(names))
    return {
        key: f"{client.name} ({key})" if numbers[name_key(client.name)] > 1 else name_client(client)
        for key, client in by_key.items()
    }


def list_roles(roles: Iterable[str]) -> str:
    """Return roles in words."""
    *others, last = map(ROLES.__getitem__, roles)
    return f"{', '.join(others)} and {last}" if others else last


def show_client(client: Client) -> Line:
    """Return a client's name and domain."""
    return line((name_client(client), "strong"), (f" ({client.key})" if client.name else "", "dim"))


def name_columns(clients: Sequence[Client]) -> Mapping[str, Column]:
    """Return columns of client names for tables of different widths.

    ``bare name``: the name, for a table that has the domain, too. ``name``: as in ``name_clients``.
    ``long name`` and ``cut name``: the name, cut to a length. ``short name``: a shorter domain replaces the
    name. ``cut domain``: a long domain is cut in its middle, too, so that one client does not make all rows
    too wide. ``domain``: the domain, if the client has a name.
    """
    from renewctl.render.terminal import measure  # Lazy import: only a terminal needs rich.

    bare, names = {client.key: name_client(client) for client in clients}, name_clients(clients)
    own = {key: name for key, name in names.items() if name == bare[key] != key}
    cut = {**names, **_cut_names(own, _SHORT)}
    # A domain that distinguishes equal names is never cut; where it does not fit, it replaces the name.
    shared = {key: name for key, name in names.items() if key not in own}
    cut |= {key: name if measure(line(name)) <= _SHORT else key for key, name in shared.items()}
    short = {key: key if name != names[key] and len(key) <= _SHORT else name for key, name in cut.items()}
    kinds = {
        "bare name": bare,
        "name": names,
        "long name": {**names, **_cut_names(own, _LONG)},
        "cut name": cut,
        "short name": short,
        "cut domain": {key: _cut_middle(name) for key, name in short.items()},
    }
    columns = {
        kind: Column("CLIENT", [line((found[client.key], "strong")) for client in clients])
        for kind, found in kinds.items()
    }
    domains = [line((client.key if client.name else "", "dim")) for client in clients]
    return {**columns, "domain": Column("DOMAIN", domains)}


def _cut_names(names: Mapping[str, str], room: int) -> dict[str, str]:
    """Return names that are at most ``room`` wide.

    Names that would look alike keep their ends, or are replaced by the domain.
    """
    from renewctl.render.terminal import shorten  # Lazy import: only a terminal needs rich.

    cut = {key: shorten(name, room) for key, name in names.items()}
    alike = Counter(cut.values())
    for key, name in names.items():
        if cut[key] != name and alike[cut[key]] > 1:
            cut[key] = shorten(name, room - 2 * _END) + name[-_END:]
    alike = Counter(cut.values())
    return {key: name if name == names[key] or alike[name] == 1 else key for key, name in cut.items()}


def _cut_middle(text: str) -> str:
    from renewctl.render.terminal import measure, shorten  # Lazy import: only a terminal needs rich.

    end = 2 * _END
    return text if measure(line(text)) <= _SHORT + _END else shorten(text, _SHORT + _END - end) + text[-end:]


def name_day(day: date, *, long: bool = False) -> str:
    """Return a day for people: 6 Dec 2026, or with ``long`` 6 December 2026."""
    return f"{day.day} {name_month(day, long=long)}"


def name_month(day: date, *, long: bool = False) -> str:
    """Return the month of a day for people: Dec 2026, or with ``long`` December 2026."""
    month = _MONTHS[day.month - 1]
    return f"{month if long else month[:3]} {day.year}"
