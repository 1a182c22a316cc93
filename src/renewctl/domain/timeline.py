"""A picture of the months to come: renewals and deadlines, by owner, with the gaps.

Pure: imports the floors below only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renewctl.domain.dates import Window
from renewctl.domain.report import ReportRow
from renewctl.model import Owner

MOST_MONTHS = 36
"""A longer span shows only the months that have something."""


@dataclass(slots=True)
class Month:
    """What a calendar month has: renewals by owner, deadlines, and renewals nobody hears of.

    ``passed`` of the ``deadlines`` lie before the day the picture is seen from.
    """

    first: date
    hubspot: int = 0
    partner: int = 0
    no_owner: int = 0
    without_recipient: int = 0
    deadlines: int = 0
    passed: int = 0

    @property
    def renewals(self) -> int:
        """How many renewals it has, whoever owns them."""
        return self.hubspot + self.partner + self.no_owner

    @property
    def name(self) -> str:
        """The month as people and programs write it: 2026-12."""
        return self.first.isoformat()[:7]

    @property
    def number(self) -> int:
        """The month counted from the beginning of the calendar; the next one has the next number."""
        return self.first.year * 12 + self.first.month


class Timeline(NamedTuple):
    """The months of the window (of all dates, if None), and the rows that are in none of them.

    Each row is in a month, ``past``, ``undated`` or ``outside``; ``rows`` are those that the
    picture tells of, by their renewal or by their deadline.
    """

    months: tuple[Month, ...]
    window: Window | None
    rows: tuple[ReportRow, ...]
    past: tuple[ReportRow, ...]
    undated: tuple[ReportRow, ...]
    outside: tuple[ReportRow, ...]


def build_timeline(rows: Sequence[ReportRow], window: Window | None, today: date) -> Timeline:
    """Return the picture of ``rows``, which must be those of all dates.

    A deadline counts in its own month, whatever the month of its renewal.

    Args:
        rows: every row; what lies outside the window is told apart here.
        window: the days counted, of renewals and of deadlines; None for all of them. One that
            ends with the calendar ends with the last month that has something.
        today: the day from which a renewal or a deadline is past.
    """
    days = window or Window(date.min, date.max)
    months = _counted(rows, days, today)
    start, end = _span(months, window)
    past, undated, outside = _in_no_month(rows, days, today)
    elsewhere = {id(row) for row in outside if row.deadline is None or not _in(days, row.deadline)}
    told = tuple(row for row in rows if id(row) not in elsewhere)
    return Timeline(tuple(_filled(months, start, end)), window, told, past, undated, outside)


def _in(days: Window, day: date) -> bool:
    return days.start <= day <= days.end


def _counted(rows: Iterable[ReportRow], days: Window, today: date) -> dict[date, Month]:
    """Return the months that have something, by their first day."""
    months: dict[date, Month] = {}
    for row in rows:
        if row.renewal and _in(days, row.renewal.day):
            _add_renewal(_month(months, row.renewal.day), row)
        if row.deadline and _in(days, row.deadline):
            month = _month(months, row.deadline)
            month.deadlines += 1
            month.passed += row.deadline < today
    return months


def _month(months: dict[date, Month], day: date) -> Month:
    first = day.replace(day=1)
    return months.setdefault(first, Month(first))


def _add_renewal(month: Month, row: ReportRow) -> None:
    setting = row.resolution.setting
    month.hubspot += setting is not None and setting.owner is Owner.HUBSPOT
    month.partner += setting is not None and setting.owner is Owner.PARTNER
    month.no_owner += setting is None
    month.without_recipient += not row.resolution.to


def _span(months: dict[date, Month], window: Window | None) -> tuple[date | None, date | None]:
    """Return the first and the last day of the picture; an open end is the last month in use."""
    if window is None:
        return min(months, default=None), max(months, default=None)
    if window.end == date.max:
        return window.start, max(months, default=window.start)
    return window.start, window.end


def _filled(months: dict[date, Month], start: date | None, end: date | None) -> Iterator[Month]:
    """Yield the months in order, with the empty ones between unless there are too many."""
    if start is None or end is None:
        return
    first = start.year * 12 + start.month - 1
    last = end.year * 12 + end.month - 1
    if last - first >= MOST_MONTHS:
        yield from (months[day] for day in sorted(months))
        return
    for number in range(first, last + 1):
        day = date(number // 12, number % 12 + 1, 1)
        yield months.get(day, Month(day))


def _in_no_month(
    rows: Iterable[ReportRow], days: Window, today: date
) -> tuple[tuple[ReportRow, ...], tuple[ReportRow, ...], tuple[ReportRow, ...]]:
    """Return the rows whose renewal is not drawn: those past, those without a date, the others."""
    past: list[ReportRow] = []
    undated: list[ReportRow] = []
    outside: list[ReportRow] = []
    for row in rows:
        if row.renewal is None:
            undated.append(row)
        elif not _in(days, row.renewal.day):
            (past if row.renewal.day < today else outside).append(row)
    return tuple(past), tuple(undated), tuple(outside)
