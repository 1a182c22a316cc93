"""Calendar dates: what people type for a day, the window a report looks at, and the deadline.

Pure: "today" is always given. Imports ``model`` and ``errors`` only.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from renewctl.errors import UsageError
from renewctl.model import Renewal

DAY_FORMS = "a date as 2027-03-01, today, tomorrow, 90d, 6w, 3m, 1y, 2027-03, 2027-Q1, next-quarter"
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SPAN = re.compile(r"([+-]?)([0-9]{1,6})([dwmy])")
_QUARTER = re.compile(r"([0-9]{4})-q([1-4])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}


class Window(NamedTuple):
    """The days a report looks at, both ends included, measured ``on`` renewal dates or deadlines."""

    start: date
    end: date
    on: Literal["renewal", "deadline"] = "renewal"

    def holds(self, renewal: date, deadline: date) -> bool:
        """Tell whether a renewal on these days is inside."""
        return self.start <= (renewal if self.on == "renewal" else deadline) <= self.end


def deadline_of(renewal: Renewal, days: int) -> date:
    """Return the last day to alter a renewal's terms: its own, else ``days`` before it.

    HubSpot states 45 days before the renewal's start ("Manage upcoming client renewals").
    """
    if renewal.deadline is not None:
        return renewal.deadline
    return shift_days(renewal.day, -days)


@lru_cache(maxsize=4096)  # a store's renewals fall on few days
def shift_days(day: date, days: int) -> date:
    """Return the day ``days`` later, held within the calendar (0001-01-01 to 9999-12-31)."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def plus_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        raise OverflowError("outside the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_day(text: str, today: date, *, option: str, end: bool = False) -> date:
    """Return the day that ``text`` names, seen from ``today``.

    Args:
        text: any of ``DAY_FORMS``; a month or a quarter means its first day.
        today: the day relative forms count from.
        option: the option's name, for the message.
        end: let a month or a quarter mean its last day.

    Raises:
        UsageError: ``text`` names no day of the calendar.
    """
    try:
        day = _day(text.strip().lower(), today, end)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise UsageError(f"{option}: {text!r} is not a day", hint=f"write {DAY_FORMS}")
    return day


def parse_span(text: str, today: date, *, option: str) -> date:
    """Return the last day of the span ``text`` (120d, 6w, 3m, 1y) that begins at ``today``.

    Raises:
        UsageError: ``text`` is not a span, is negative, or leaves the calendar.
    """
    words = text.strip().lower()
    plain = words + "d" if words.isascii() and words.isdigit() else words
    found = _SPAN.fullmatch(plain)
    if found and found[1] != "-":
        try:
            return _shifted_by(found, today)
        except (ValueError, OverflowError):
            pass
    raise UsageError(f"{option}: {text!r} is not a span of time", hint="write 120d, 6w, 3m or 1y")


def _day(words: str, today: date, end: bool) -> date | None:
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if found := _ISO.fullmatch(words):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _SPAN.fullmatch(words):
        return _shifted_by(found, today)
    return _period(words, today, end)


def _shifted_by(span: re.Match[str], today: date) -> date:
    count = int(span[2]) * (-1 if span[1] == "-" else 1)
    if span[3] in "dw":
        return today + timedelta(days=count * (7 if span[3] == "w" else 1))
    return plus_months(today, count * (12 if span[3] == "y" else 1))


def _period(words: str, today: date, end: bool) -> date | None:
    first, months = _period_start(words, today)
    if first is None or not end:
        return first
    last = plus_months(first, months - 1)
    return last.replace(day=monthrange(last.year, last.month)[1])


def _period_start(words: str, today: date) -> tuple[date | None, int]:
    this_quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
    if words in {"this-quarter", "next-quarter"}:
        return plus_months(this_quarter, 3 if words == "next-quarter" else 0), 3
    if words in {"this-month", "next-month"}:
        return plus_months(today.replace(day=1), 1 if words == "next-month" else 0), 1
    if found := _QUARTER.fullmatch(words):
        return date(int(found[1]), int(found[2]) * 3 - 2, 1), 3
    if found := _MONTH.fullmatch(words):
        return date(int(found[1]), int(found[2]), 1), 1
    return None, 0
