"""The rows of a report: which renewals are due, and who is notified about each."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from renewctl.domain.dates import Window, deadline_of, plus_months, shift_days
from renewctl.domain.identifiers import address_key
from renewctl.domain.notes import Note
from renewctl.domain.resolve import Resolution, Source, resolve
from renewctl.model import Client, Policy, Portfolio, Renewal

FOOTER_CODE = "never-confirmed"
"""The code of the note that is counted below a report, not repeated on each row."""


class ReportRow(NamedTuple):
    """One renewal of one client, or a client without a renewal, and who is notified.

    ``notes`` has the notes of the resolution, then the notes on dates.
    """

    resolution: Resolution
    renewal: Renewal | None
    deadline: date | None
    notes: tuple[Note, ...]

    @property
    def client(self) -> Client:
        """The client whose renewal this is."""
        return self.resolution.client

    def is_past(self, today: date) -> bool:
        """Return whether the renewal date has passed."""
        return self.renewal is not None and self.renewal.day < today

    @property
    def overridden(self) -> bool:
        """Whether the client has an override."""
        return self.resolution.source is Source.OVERRIDE

    @property
    def row_notes(self) -> tuple[Note, ...]:
        """The notes that are shown on the row."""
        return tuple(note for note in self.notes if note.code != FOOTER_CODE)

    @property
    def recipients(self) -> frozenset[str]:
        """The addresses notified or copied, in their form for comparison."""
        return frozenset(decision.key for decision in (*self.resolution.to, *self.resolution.cc))


class Period(StrEnum):
    """When a row renews. In every sort order, rows are grouped by period."""

    UPCOMING = "upcoming"
    PAST = "past"
    UNDATED = "undated"


class Digest(NamedTuple):
    """One recipient with their rows."""

    email: str
    name: str
    rows: tuple[tuple[str, ReportRow], ...]
    """Pairs of "to" or "cc" and a row, in the order of the rows."""


def default_window(policy: Policy, today: date) -> Window:
    """Return the default window of a report."""
    return Window(today, shift_days(today, policy.horizon_days))


def twelve_months(today: date) -> Window:
    """Return the default window of a timeline: twelve months from this one on."""
    start = today.replace(day=1)
    try:
        return Window(start, plus_months(start, 12) - timedelta(days=1))
    except OverflowError:
        return Window(start, date.max)


def build_rows(
    portfolio: Portfolio, clients: Iterable[Client], window: Window | None, today: date
) -> tuple[ReportRow, ...]:
    """Return the rows of clients by deadline, then client; past and undated last.

    A renewal whose date has passed is listed in any window, with a note: it was renewed or has ended, and
    the file does not record which. A client without a renewal is also listed.

    Args:
        portfolio: The data of the file.
        clients: The clients to report on.
        window: The dates to report on; None for all.
        today: The day of the report.
    """
    rows: list[ReportRow] = []
    for client in clients:
        if not client.renewals:
            resolution = resolve(portfolio, client)
            note = Note("no-renewal-date", "no renewal date is recorded", ("clients", client.spelling))
            rows.append(ReportRow(resolution, None, None, (*resolution.notes, note)))
        answer: Resolution | None = None
        for renewal in client.renewals:
            deadline = deadline_of(renewal, portfolio.policy.deadline_days)
            if _is_listed(renewal, deadline, window, today):
                answer = answer or resolve(portfolio, client)
                notes = (*answer.notes, *_note_dates(client, renewal, deadline, today))
                rows.append(ReportRow(answer, renewal, deadline, notes))
    return tuple(sorted(rows, key=partial(_sort_key, today)))


def _is_listed(renewal: Renewal, deadline: date, window: Window | None, today: date) -> bool:
    return window is None or window.holds(renewal.day, deadline) or renewal.day < today


def _note_dates(client: Client, renewal: Renewal, deadline: date, today: date) -> list[Note]:
    if today <= min(deadline, renewal.day):
        return []
    path = ("clients", client.spelling, "renewals", renewal.product, "date")
    product = f"{renewal.product}: " if renewal.product and len(client.renewals) > 1 else ""
    if renewal.day < today:
        return [Note("renewal-past", f"{product}the renewal date was {renewal.day}", path)]
    return [Note("deadline-passed", f"{product}the renewal deadline was {deadline}", path)]


def _sort_key(today: date, row: ReportRow) -> tuple[bool, date, str, date, str]:
    if row.renewal is None or row.deadline is None:
        return True, date.max, row.client.key, date.max, ""
    past = row.renewal.day < today
    return past, row.deadline, row.client.key, row.renewal.day, row.renewal.product


def period_of(row: ReportRow, today: date) -> Period:
    """Return the period of a row; a renewal today is upcoming."""
    if row.renewal is None:
        return Period.UNDATED
    return Period.PAST if row.is_past(today) else Period.UPCOMING


def filter_rows(rows: Sequence[ReportRow], window: Window | None, today: date) -> tuple[ReportRow, ...]:
    """Return the rows that a report on a window lists. ``rows`` must cover all dates."""
    return tuple(
        row
        for row in rows
        if row.renewal is None or row.deadline is None or _is_listed(row.renewal, row.deadline, window, today)
    )


def without_recipient(rows: Sequence[ReportRow]) -> tuple[ReportRow, ...]:
    """Return the rows without a recipient."""
    return tuple(row for row in rows if not row.resolution.to)


def rows_for_recipient(rows: Sequence[ReportRow], email: str) -> tuple[ReportRow, ...]:
    """Return the rows of which a person is a recipient."""
    return tuple(row for row in rows if address_key(email) in row.recipients)


def build_digests(rows: Sequence[ReportRow], only: str | None = None) -> tuple[Digest, ...]:
    """Return rows by recipient, sorted by address; of one if ``only`` is given."""
    people: dict[str, tuple[str, str]] = {}
    deliveries: dict[str, list[tuple[str, ReportRow]]] = {}
    for row in rows:
        for delivery, decisions in (("to", row.resolution.to), ("cc", row.resolution.cc)):
            for decision in decisions:
                email, name = people.get(decision.key, (decision.email or "", ""))
                people[decision.key] = email, name or decision.name
                deliveries.setdefault(decision.key, []).append((delivery, row))
    keys = [key for key in sorted(people) if only is None or key == address_key(only)]
    return tuple(Digest(*people[key], tuple(deliveries[key])) for key in keys)
