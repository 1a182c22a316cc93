"""The months of the page: renewals by owner, gaps and deadlines, as bars of which each part has a width."""

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

OWNERS = {"hubspot": "HubSpot", "partner": "Partner", "no_owner": "no owner set"}

LONGEST = 0.7
"""How much of the width the longest bar takes; the rest is for its number."""


class Part(NamedTuple):
    """A part of a bar, in percent of the width; ``gap`` if nobody is notified of these renewals."""

    start: float
    width: float
    owner: str
    gap: bool


class Bar(NamedTuple):
    """A month with the parts of its bar, where that ends, and the width of that of its deadlines, in percent.

    ``now`` is whether the report was made in it.
    """

    month: Month
    parts: Sequence[Part]
    end: float
    deadlines: float
    now: bool


class Months(NamedTuple):
    """The months to come; in words, what is in them but not in the report (``unlisted``), and the reverse.

    ``key`` are the owners in them, by key.
    """

    window: Window
    bars: Sequence[Bar]
    key: Sequence[tuple[str, str]]
    unlisted: str
    left_out: str


def count_months(report: Report, rows: Sequence[ReportRow]) -> Months:
    """Return what comes in the report's window from today on, as ``who --timeline`` counts it.

    Args:
        report: what is reported.
        rows: the same rows of all dates: a deadline counts, although its renewal is outside the window.
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
    what, why = "deadlines", "renewal is later"
    if report.window and report.window.on == "deadline":
        what, why = "renewals", "deadline was earlier"
    are, their = ("is", "its") if number == 1 else ("are", "their")
    return f"{number} of the {what} {are} not in the table, as {their} {why}"


def _describe_left_out(report: Report) -> str:
    today, rows = report.as_of, report.rows
    periods = Counter(period_of(row, today) for row in rows)
    upcoming = (row for row in rows if period_of(row, today) is Period.UPCOMING)
    passed = sum(row.deadline is not None and row.deadline < today for row in upcoming)
    parts = [f"{count_of(passed, 'deadline')} before today"] if passed else []
    if past := periods[Period.PAST]:
        parts.append(f"{count_of(past, 'renewal')} whose date has passed")
    if undated := periods[Period.UNDATED]:
        parts.append(f"{count_of(undated, 'client')} without a renewal date")
    return ", ".join(parts)


def _split(month: Month, gap: Month, most: float) -> Sequence[Part]:
    parts, start = [], 0
    for owner in OWNERS:
        silent = getattr(gap, owner)
        for number, is_gap in ((getattr(month, owner) - silent, False), (silent, True)):
            if number:
                parts.append(Part(_percent(start, most), _percent(number, most), owner, is_gap))
                start += number
    return parts


def _percent(number: int, most: float) -> float:
    return round(100 * number / most, 2)
