"""What one person is responsible for: printed above a report of that person alone."""

from collections.abc import Iterator
from typing import Any

from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Role
from renewctl.render.result import Line, line
from renewctl.render.wording import list_some
from renewctl.text import count_of

MOST_NAMED = 5
"""So many clients are named; the JSON form has all of them."""


def responsibilities_document(person: Responsibilities) -> dict[str, Any]:
    """Return the JSON form."""
    return {
        "email": person.email,
        "name": person.name or None,
        "active": person.active,
        "default": person.default,
        "followers": person.followers if person.default else 0,
        "overrides": [*person.overrides],
        "roles": {client: [*map(str, roles)] for client, roles in person.roles.items()},
        "inactive_at": [*person.inactive_at],
    }


def responsibilities_lines(person: Responsibilities) -> Iterator[Line]:
    """Yield the person's name, then a line for each kind of responsibility."""
    yield line((person.email, "strong"), f" ({person.name})" if person.name else "")
    if person.user_inactive:
        yield line("  ", ("deactivated in HubSpot, so receives nothing as a partner user", "warning"))
    if person.inactive_at:
        clients = list_some(person.inactive_at, MOST_NAMED)
        yield line("  ", (f"deactivated in HubSpot as a contact at {clients}", "warning"))
    if person.default:
        verb = "follows" if person.followers == 1 else "follow"
        yield line(f"  partner user of the default: {count_of(person.followers, 'client')} {verb} it")
    if person.overrides:
        number, clients = len(person.overrides), list_some(person.overrides, MOST_NAMED)
        yield line(f"  partner user of {count_of(number, 'override')}: {clients}")
    clients_by_roles: dict[tuple[tuple[Role, ...], bool], list[str]] = {}
    for client, roles in person.roles.items():
        clients_by_roles.setdefault((roles, client in person.not_notified), []).append(client)
    for (roles, not_notified), keys in clients_by_roles.items():
        *others, last = roles
        words = f"{', '.join(others)} and {last}" if others else last
        silent = ", where contacts are not written to while the partner owns" if not_notified else ""
        yield line(f"  {words} contact at {list_some(keys, MOST_NAMED)}{silent}")
    if not (person.user_inactive or person.inactive_at or person.default or person.overrides or person.roles):
        yield line("  ", ("no setting names this address, and it holds no role", "dim"))
