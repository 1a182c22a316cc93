"""Calendar dates: what people type for a day, the window a report looks at, and the deadline."""

import re
from calendar import monthrange
from datetime import date, timedelta
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
        """Return whether a renewal on these days is inside."""
        return self.start <= (renewal if self.on == "renewal" else deadline) <= self.end


def deadline_of(renewal: Renewal, days: int) -> date:
    """Return a renewal's own deadline, or ``days`` before its date.

    Source: HubSpot states 45 days before the renewal's start ("Manage upcoming client renewals").
    """
    return renewal.deadline or shift_days(renewal.day, -days)


def shift_days(day: date, days: int) -> date:
    """Return the day ``days`` later, held within the calendar (0001-01-01 to 9999-12-31)."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def plus_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the month's last day if it has no such day.

    Raises:
        OverflowError: If that is outside the calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        raise OverflowError("outside the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_day(text: str, today: date, *, option: str, end: bool = False) -> date:
    """Return the day that ``text`` names, seen from ``today``.

    A month or a quarter means its first day, or its last with ``end``.

    Raises:
        UsageError: If ``text`` is none of ``DAY_FORMS``, or no day of the calendar.
    """
    word = text.strip().lower()
    try:
        if word in _NEAR:
            return today + timedelta(days=_NEAR[word])
        if match := _ISO.fullmatch(word):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _SPAN.fullmatch(word):
            return _add_span(today, match)
        first, months = _parse_period(word, today)
        last = plus_months(first, months - 1)
        return last.replace(day=monthrange(last.year, last.month)[1]) if end else first
    except (ValueError, OverflowError):
        raise UsageError(f"{option}: {text!r} is not a day", hint=f"write {DAY_FORMS}") from None


def parse_span(text: str, today: date, *, option: str) -> date:
    """Return the last day of the span ``text`` (120d, 6w, 3m, 1y; 120 is days) that begins today.

    Raises:
        UsageError: If ``text`` is not a span, is negative, or leaves the calendar.
    """
    word = text.strip().lower()
    if word.isascii() and word.isdigit():
        word += "d"
    span = _SPAN.fullmatch(word)
    if span and span[1] != "-":
        try:
            return _add_span(today, span)
        except (ValueError, OverflowError):
            pass
    raise UsageError(f"{option}: {text!r} is not a span of time", hint="write 120d, 6w, 3m or 1y")


def _add_span(day: date, span: re.Match[str]) -> date:
    count = int(span[2]) * (-1 if span[1] == "-" else 1)
    if span[3] in "dw":
        return day + timedelta(days=count * (7 if span[3] == "w" else 1))
    return plus_months(day, count * (12 if span[3] == "y" else 1))


def _parse_period(word: str, today: date) -> tuple[date, int]:
    """Return the first day of a quarter or month, and how many months it has."""
    if word in {"this-quarter", "next-quarter"}:
        this_quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
        return plus_months(this_quarter, 3 if word == "next-quarter" else 0), 3
    if word in {"this-month", "next-month"}:
        return plus_months(today.replace(day=1), 1 if word == "next-month" else 0), 1
    if match := _QUARTER.fullmatch(word):
        return date(int(match[1]), int(match[2]) * 3 - 2, 1), 3
    if match := _MONTH.fullmatch(word):
        return date(int(match[1]), int(match[2]), 1), 1
    raise ValueError(word)
