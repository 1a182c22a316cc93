"""The content of a report, and the responsibilities of the person it is about."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.dates import Window
from renewctl.domain.report import ReportRow
from renewctl.domain.responsibilities import Responsibilities
from renewctl.model import Portfolio, Role
from renewctl.render.result import Line, line
from renewctl.render.who_columns import COLUMNS, ReportColumn
from renewctl.render.wording import list_roles
from renewctl.text import agree, count_of, list_some

MOST_NAMED = 5
"""The most clients that are named; JSON has all of them."""


class Report(NamedTuple):
    """The rows of a report, and how they are shown.

    Args:
        rows: The rows, in their order.
        as_of: The day of the report.
        window: The period of the report; None for all dates.
        store: The path of the file and its hash.
        portfolio: The content of the file.
        person: The person that the report is about; None for all recipients.
        filters: The options that exclude rows of the period.
        columns: The columns that the user chose; empty for the default ones.
        long: Whether people see all details of each row.
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
        """The first keys of the report in JSON."""
        person = {"person": _person_document(self.person)} if self.person else {}
        return {"as_of": self.as_of.isoformat(), "store": dict(self.store), **person}

    @property
    def restriction(self) -> str:
        """The filters, as the end of a clause."""
        return f" with {', '.join(self.filters)}" if self.filters else ""

    @property
    def wider(self) -> str:
        """How to list more, as a clause; empty if all is listed."""
        ways = [f"remove {' or '.join(self.filters)}"] if self.filters else []
        ways += ["choose a longer period"] if self.window else []
        return " or ".join(ways)

    @property
    def page_columns(self) -> Sequence[ReportColumn]:
        """The columns in Markdown and on the page."""
        return self.columns or [column for column in COLUMNS.values() if column.page]

    @property
    def person_lines(self) -> Sequence[Line]:
        """The first lines of the report on a terminal."""
        return [*_person_lines(self.person), line()] if self.person else []


def _person_document(person: Responsibilities) -> dict[str, Any]:
    return {
        "email": person.email,
        "name": person.name or None,
        "active": person.active,
        "default": person.default,
        "followers": person.following if person.default else 0,
        "overrides": person.overrides,
        "roles": dict(person.roles),
        "inactive_at": person.inactive_at,
    }


def _person_lines(person: Responsibilities) -> Iterator[Line]:
    """Yield the name of the person, then a line for each kind of responsibility."""
    yield line((person.email, "strong"), f" ({person.name})" if person.name else "")
    if person.user_inactive:
        yield line("  ", ("deactivated in HubSpot, so not notified as a partner user", "warning"))
    if person.inactive_at:
        clients = list_some(person.inactive_at, MOST_NAMED)
        yield line("  ", (f"deactivated in HubSpot as a contact of {clients}", "warning"))
    if person.default:
        following = f"{count_of(person.following, 'client')} {agree(person.following, 'follow')}"
        yield line(f"  partner user of the default: {following} it")
    if person.overrides:
        number, clients = len(person.overrides), list_some(person.overrides, MOST_NAMED)
        yield line(f"  partner user of {count_of(number, 'override')}: {clients}")
    clients_by_roles: dict[tuple[tuple[Role, ...], bool], list[str]] = {}
    for client, roles in person.roles.items():
        clients_by_roles.setdefault((roles, client in person.not_notified), []).append(client)
    for (roles, not_notified), keys in clients_by_roles.items():
        but = "; not notified, because the partner is the renewal owner" if not_notified else ""
        yield line(f"  {list_roles(roles)} of {list_some(keys, MOST_NAMED)}{but}")
    if not (person.user_inactive or person.inactive_at or person.default or person.overrides or person.roles):
        yield line("  ", ("not in any setting, and without a role at any client", "dim"))
