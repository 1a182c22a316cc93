"""The number of renewals and deadlines in each month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renewctl.domain.dates import Window, plus_months
from renewctl.domain.report import ReportRow
from renewctl.model import Owner

MOST_MONTHS = 36
"""In a longer span, empty months are left out."""


@dataclass(slots=True)
class Month:
    """A calendar month with its number of renewals and deadlines."""

    first: date
    hubspot: int = 0
    partner: int = 0
    no_owner: int = 0
    without_recipient: int = 0
    deadlines: int = 0
    passed: int = 0

    @property
    def renewals(self) -> int:
        """The number of renewals of all owners."""
        return self.hubspot + self.partner + self.no_owner

    @property
    def name(self) -> str:
        """The month as text, for example 2026-12."""
        return self.first.isoformat()[:7]

    @property
    def number(self) -> int:
        """The number of the month; consecutive months have consecutive numbers."""
        return self.first.year * 12 + self.first.month


class Timeline(NamedTuple):
    """The months of a window, and the rows that are in none of them.

    Each row is in a month, ``past``, ``undated`` or ``outside``. ``rows`` are those whose renewal or
    deadline is in a month.
    """

    months: tuple[Month, ...]
    window: Window | None
    rows: tuple[ReportRow, ...]
    past: tuple[ReportRow, ...]
    undated: tuple[ReportRow, ...]
    outside: tuple[ReportRow, ...]


def build_timeline(rows: Sequence[ReportRow], window: Window | None, today: date) -> Timeline:
    """Return the timeline of rows, which must cover all dates.

    A deadline counts in its own month, which can differ from the month of its renewal.
    """
    start, end = (window.start, window.end) if window else (date.min, date.max)
    months: dict[date, Month] = {}
    shown, past, undated, outside = [], [], [], []
    for row in rows:
        deadline_inside = row.deadline is not None and start <= row.deadline <= end
        if row.deadline and deadline_inside:
            month = _month(months, row.deadline)
            month.deadlines += 1
            month.passed += row.deadline < today
        if row.renewal is None:
            undated.append(row)
        elif start <= row.renewal.day <= end:
            month, setting = _month(months, row.renewal.day), row.resolution.setting
            month.hubspot += setting is not None and setting.owner is Owner.HUBSPOT
            month.partner += setting is not None and setting.owner is Owner.PARTNER
            month.no_owner += setting is None
            month.without_recipient += not row.resolution.to
        elif row.renewal.day < today:
            past.append(row)
        else:
            outside.append(row)
            if not deadline_inside:
                continue
        shown.append(row)
    groups = (tuple(shown), tuple(past), tuple(undated), tuple(outside))
    return Timeline(tuple(_fill_months(months, window)), window, *groups)


def _month(months: dict[date, Month], day: date) -> Month:
    first = day.replace(day=1)
    return months.setdefault(first, Month(first))


def _fill_months(months: dict[date, Month], window: Window | None) -> Iterator[Month]:
    """Yield the months in order; empty ones too, unless there are too many months.

    A window without an end ends with the last month that is not empty.
    """
    if window is None and not months:
        return
    start = window.start if window else min(months)
    end = window.end if window and window.end != date.max else max(months, default=start)
    count = Month(end).number - Month(start).number + 1
    if count > MOST_MONTHS:
        yield from (months[day] for day in sorted(months))
        return
    for number in range(count):
        yield _month(months, plus_months(start, number))
