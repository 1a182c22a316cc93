"""The months of the page: bars for renewals by owner, gaps and deadlines."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from renewctl.domain.dates import Window
from renewctl.domain.report import Period, ReportRow, period_of, without_recipient
from renewctl.domain.timeline import Month, Timeline, build_timeline
from renewctl.render.page_people import renewal_key
from renewctl.render.who_report import Report
from renewctl.text import count_of

OWNERS = {"hubspot": "HubSpot", "partner": "Partner", "no_owner": "no renewal owner"}

LONGEST = 0.7
"""The width of the longest bar as a share of the column; the rest is for its number."""


class Part(NamedTuple):
    """A part of a bar, in percent; ``gap`` if its renewals have no recipient."""

    start: float
    width: float
    owner: str
    gap: bool


class Bar(NamedTuple):
    """A month with its bars.

    Args:
        month: The month.
        parts: The parts of the bar of renewals.
        end: The end of that bar, in percent of the width.
        deadlines: The width of the bar of deadlines, in percent.
        now: Whether the day of the report is in the month.
    """

    month: Month
    parts: Sequence[Part]
    end: float
    deadlines: float
    now: bool


class Months(NamedTuple):
    """The upcoming months.

    Args:
        window: The period of the months.
        bars: A bar for each month.
        key: The owners in them, with their labels.
        unlisted: What is in the months but not in the table, as a clause; empty if nothing is.
        left_out: What is in the table but not in the months, as a list in words; empty if nothing is.
    """

    window: Window
    bars: Sequence[Bar]
    key: Sequence[tuple[str, str]]
    unlisted: str
    left_out: str


def count_months(report: Report, rows: Sequence[ReportRow]) -> Months:
    """Count what is due from today on, as ``who --timeline`` does.

    Args:
        report: The report.
        rows: The rows of all dates: a deadline counts even if its renewal is outside the period.
    """
    today, window = report.as_of, report.window or Window(date.min, date.max)
    window = window._replace(start=max(window.start, today))
    timeline = build_timeline(rows, window, today)
    most = max((max(month.renewals, month.deadlines) for month in timeline.months), default=0) / LONGEST
    if window.end < window.start or not most:
        return Months(window, (), (), "", "")
    gaps = {month.first: month for month in build_timeline(without_recipient(rows), window, today).months}
    bars = []
    for month in timeline.months:
        parts = _split(month, gaps.get(month.first, Month(month.first)), most)
        end, deadlines = _percent(month.renewals, most), _percent(month.deadlines, most)
        bars.append(Bar(month, parts, end, deadlines, month.first == today.replace(day=1)))
    shown = [owner for owner in OWNERS if any(getattr(month, owner) for month in timeline.months)]
    key = [(owner, OWNERS[owner]) for owner in shown]
    return Months(window, bars, key, _describe_unlisted(timeline, report), _describe_left_out(report))


def _describe_unlisted(timeline: Timeline, report: Report) -> str:
    listed = {renewal_key(row) for row in report.rows}
    number = sum(renewal_key(row) not in listed for row in timeline.rows if row.renewal)
    if not number:
        return ""
    one = number == 1
    what, why = "deadlines", "its renewal date is later" if one else "their renewal dates are later"
    if report.window and report.window.on == "deadline":
        what, why = "renewals", "its deadline was earlier" if one else "their deadlines were earlier"
    return f"{number} of the {what} {'is' if one else 'are'} not in the table, because {why}"


def _describe_left_out(report: Report) -> str:
    today, rows = report.as_of, report.rows
    periods = Counter(period_of(row, today) for row in rows)
    upcoming = (row for row in rows if period_of(row, today) is Period.UPCOMING)
    passed = sum(row.deadline is not None and row.deadline < today for row in upcoming)
    parts = [f"{count_of(passed, 'deadline')} before today"] if passed else []
    if past := periods[Period.PAST]:
        parts.append(f"{count_of(past, 'renewal')} with a past date")
    if undated := periods[Period.UNDATED]:
        parts.append(f"{count_of(undated, 'client')} without a renewal date")
    return ", ".join(parts)


def _split(month: Month, gap: Month, most: float) -> Sequence[Part]:
    parts, start = [], 0
    for owner in OWNERS:
        without = getattr(gap, owner)
        for number, is_gap in ((getattr(month, owner) - without, False), (without, True)):
            if number:
                parts.append(Part(_percent(start, most), _percent(number, most), owner, is_gap))
                start += number
    return parts


def _percent(number: int, most: float) -> float:
    return round(100 * number / most, 2)
