"""What a report is made of, and what its person is responsible for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.dates import Window
from renewctl.domain.report import ReportRow
from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Portfolio, Role
from renewctl.render.result import Line, line
from renewctl.render.who_columns import ReportColumn
from renewctl.text import count_of, list_some

MOST_NAMED = 5
"""So many clients are named; the JSON form has all of them."""


class Report(NamedTuple):
    """What is reported, and how.

    With ``person``, of that person alone. ``filters`` are the options that leave out rows of the window.
    ``columns`` are those chosen, or none for the usual ones; with ``long``, people see all that is known of
    each row. ``portfolio`` is all that the store has.
    """

    rows: Sequence[ReportRow]
    as_of: date
    window: Window | None
    store: Mapping[str, Any]
    portfolio: Portfolio
    person: Responsibilities | None = None
    filters: tuple[str, ...] = ()
    columns: Sequence[ReportColumn] = ()
    long: bool = False

    @property
    def heading(self) -> Mapping[str, Any]:
        """What every JSON form of the report begins with."""
        person = {"person": _person_document(self.person)} if self.person else {}
        return {"as_of": self.as_of.isoformat(), "store": dict(self.store), **person}

    @property
    def restriction(self) -> str:
        """What the rows have in common because of filters, as the end of a clause."""
        return f", only {', '.join(self.filters)}" if self.filters else ""

    @property
    def wider(self) -> str:
        """What to leave out or widen so that more is listed; empty if all is."""
        ways = [f"leave out {' or '.join(self.filters)}"] if self.filters else []
        ways += ["widen the window"] if self.window else []
        return ", or ".join(ways)

    @property
    def person_lines(self) -> Sequence[Line]:
        """What every screen of the report begins with."""
        return [*_person_lines(self.person), line()] if self.person else []


def _person_document(person: Responsibilities) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name or None,
        "active": person.active,
        "default": person.default,
        "followers": person.followers if person.default else 0,
        "overrides": person.overrides,
        "roles": dict(person.roles),
        "inactive_at": person.inactive_at,
    }


def _person_lines(person: Responsibilities) -> Iterator[Line]:
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
