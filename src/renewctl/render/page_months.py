"""The months of the page: renewals by owner, gaps and deadlines, as bars of which each part has a width."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from renewctl.domain.dates import Window, plus_months
from renewctl.domain.report import without_recipient
from renewctl.domain.timeline import Month, build_timeline
from renewctl.render.who import Report

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
    """The months to come, the owners in them by key, and how many rows are in none of them."""

    bars: Sequence[Bar]
    key: Sequence[tuple[str, str]]
    left_out: int


def count_months(report: Report) -> Months:
    """Return the months from this one to that of the last renewal; what is past is in none of them."""
    today, rows = report.as_of, report.rows
    days = [row.renewal.day for row in rows if row.renewal and row.renewal.day >= today]
    if not days:
        return Months((), (), len(rows))
    window = Window(today.replace(day=1), _month_end(max(days)))
    timeline = build_timeline(rows, window, today)
    gaps = {month.first: month for month in build_timeline(without_recipient(rows), window, today).months}
    most = max(max(month.renewals, month.deadlines) for month in timeline.months) / LONGEST
    bars = []
    for month in timeline.months:
        gap = gaps.get(month.first, Month(month.first))
        parts = _split(month, gap, most)
        end, deadlines = _percent(month.renewals, most), _percent(month.deadlines, most)
        bars.append(Bar(month, parts, end, deadlines, month.first == window.start))
    shown = [owner for owner in OWNERS if any(getattr(month, owner) for month in timeline.months)]
    key = [(owner, OWNERS[owner]) for owner in shown]
    return Months(bars, key, len(timeline.past) + len(timeline.undated))


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


def _month_end(day: date) -> date:
    try:
        return plus_months(day.replace(day=1), 1) - timedelta(days=1)
    except OverflowError:
        return date.max
