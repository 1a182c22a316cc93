"""What one person is responsible for: the words above a report that is narrowed to them.

Imports the pure floors and the answer only.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Role
from renewctl.render.result import Line, line

MOST_NAMED = 5
"""So many clients are named; the JSON form has all of them."""


def responsibility_lines(standing: Responsibilities) -> dict[str, Any]:
    """Return the JSON form."""
    return {
        "email": standing.email,
        "name": standing.name or None,
        "active": standing.active,
        "default": standing.default,
        "followers": standing.followers if standing.default else 0,
        "overrides": [*standing.overrides],
        "roles": {client: [*map(str, roles)] for client, roles in standing.roles.items()},
        "inactive_at": [*standing.inactive_at],
    }


def list_responsibilities(standing: Responsibilities) -> Iterator[Line]:
    """Yield what the person is responsible for, a line for each kind."""
    name = f" ({standing.name})" if standing.name else ""
    yield line((standing.email, "strong"), name)
    said = [*_deactivated(standing), *_settings(standing), *_roles(standing)]
    for words, style in said or [("no setting names this address, and it holds no role", "dim")]:
        yield line(f"  {words}") if not style else line("  ", (words, style))


def _deactivated(standing: Responsibilities) -> Iterator[tuple[str, str]]:
    if standing.user_inactive:
        yield "deactivated in HubSpot, so receives nothing as a partner user", "warning"
    if standing.inactive_at:
        yield f"deactivated in HubSpot as a contact at {_some(standing.inactive_at)}", "warning"


def _settings(standing: Responsibilities) -> Iterator[tuple[str, str]]:
    if standing.default:
        follow = (
            "1 client follows it" if standing.followers == 1 else f"{standing.followers} clients follow it"
        )
        yield f"partner user of the default: {follow}", ""
    if standing.overrides:
        count = len(standing.overrides)
        what = "override" if count == 1 else "overrides"
        yield f"partner user of {count} {what}: {_some(standing.overrides)}", ""


def _roles(standing: Responsibilities) -> Iterator[tuple[str, str]]:
    by_roles: dict[tuple[tuple[Role, ...], bool], list[str]] = {}
    for client, roles in standing.roles.items():
        by_roles.setdefault((roles, client in standing.not_notified), []).append(client)
    for (roles, unwritten), clients in by_roles.items():
        silent = ", where contacts are not written to while the partner owns" if unwritten else ""
        yield f"{_joined(roles)} contact at {_some(clients)}{silent}", ""


def _joined(roles: Sequence[Role]) -> str:
    *others, last = map(str, roles)
    return f"{', '.join(others)} and {last}" if others else last


def _some(clients: Sequence[str]) -> str:
    more = len(clients) - MOST_NAMED
    return ", ".join(clients[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
