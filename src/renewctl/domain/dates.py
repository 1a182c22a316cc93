"""Parse typed dates and durations, and compute deadlines and report windows."""

import re
from contextlib import suppress
from datetime import date, timedelta
from typing import Literal, NamedTuple

from renewctl.errors import UsageError
from renewctl.model import Renewal

DAY_FORMS = "2027-03-01, today, tomorrow, 90d, 6w, 3m, 1y, 2027-03, 2027-Q1, next-quarter"
"""An example of each form in which a date can be typed."""
# Strings, so that ``re`` compiles a pattern only if a command uses it.
_ISO = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_SPAN = r"([+-]?)([0-9]{1,6})([dwmy])"
_QUARTER = r"([0-9]{4})-q([1-4])"
_MONTH = r"([0-9]{4})-([0-9]{2})"
_OTHER_ORDER = r"(?P<day>[0-9]{1,2})([-/.])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"
"""A date with the year last."""
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1}


class Window(NamedTuple):
    """The dates that a report covers, both ends included.

    ``on`` is the date of a renewal that must be in the window: its renewal date or its deadline.
    """

    start: date
    end: date
    on: Literal["renewal", "deadline"] = "renewal"

    def holds(self, renewal: date, deadline: date) -> bool:
        """Return whether a renewal with these dates is in the window."""
        return self.start <= (renewal if self.on == "renewal" else deadline) <= self.end


def deadline_of(renewal: Renewal, days: int) -> date:
    """Return the recorded deadline, or the date ``days`` before the renewal.

    Source: 45 days before the renewal starts (HubSpot, "Manage upcoming client renewals").
    """
    return renewal.deadline or shift_days(renewal.day, -days)


def shift_days(day: date, days: int) -> date:
    """Return the date ``days`` later, limited to 0001-01-01 to 9999-12-31."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def plus_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of a shorter month.

    Raises:
        OverflowError: If the year is not 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        raise OverflowError("outside the calendar")
    return date(year, month + 1, min(day.day, _days_in_month(year, month + 1)))


def _days_in_month(year: int, month: int) -> int:
    from calendar import monthrange  # Lazy import: most commands compute only with days.

    return monthrange(year, month)[1]


def parse_day(text: str, today: date, *, option: str = "", end: bool = False) -> date:
    """Return the date that a text typed on ``today`` means.

    Args:
        text: The text, in one of ``DAY_FORMS``.
        today: The date that relative forms count from.
        option: The option in messages; empty for an argument.
        end: Whether a month or quarter means its last day instead of its first.

    Raises:
        UsageError: If the text has another form, or there is no such date.
    """
    word = text.strip().lower()
    try:
        if word in _NEAR:
            return today + timedelta(days=_NEAR[word])
        if match := re.fullmatch(_ISO, word):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := re.fullmatch(_SPAN, word):
            return _add_span(today, match)
        first, months = _parse_period(word, today)
        last = plus_months(first, months - 1)
        return last.replace(day=_days_in_month(last.year, last.month)) if end else first
    except (ValueError, OverflowError):
        what = f"{option}: {text!r}" if option else repr(text)
        raise UsageError(f"{what} is not a valid date", hint=_suggest_day(word)) from None


def _suggest_day(word: str) -> str:
    """Return the hint for a text that is not a date."""
    if match := re.fullmatch(_OTHER_ORDER, word):
        year, month, day = (int(match[name]) for name in ("year", "month", "day"))
        days = [each for each in ((month, day), (day, month)) if each[0] <= 12]
        example = date(2027, 3, 1)
        # If both are months, only the user knows which one is.
        if len({*days}) == 1:
            with suppress(ValueError):
                example = date(year, *days[0])
        return f"use YYYY-MM-DD, for example {example}"
    others, _, last_form = DAY_FORMS.rpartition(", ")
    return f"use a date such as {others} or {last_form}"


def parse_span(text: str, today: date, *, option: str) -> date:
    """Return the last day of a duration that begins today.

    A duration is 120d, 6w, 3m, 1y, or 120 for days.

    Raises:
        UsageError: If the text is not a duration, is negative, or ends after the year 9999.
    """
    word = text.strip().lower()
    if word.isascii() and word.isdigit():
        word += "d"
    span = re.fullmatch(_SPAN, word)
    if span and span[1] != "-":
        try:
            return _add_span(today, span)
        except (ValueError, OverflowError):
            pass
    raise UsageError(
        f"{option}: {text!r} is not a valid duration", hint="use a duration such as 120d, 6w, 3m or 1y"
    )


def _add_span(day: date, span: re.Match[str]) -> date:
    count = int(span[2]) * (-1 if span[1] == "-" else 1)
    if span[3] in "dw":
        return day + timedelta(days=count * (7 if span[3] == "w" else 1))
    return plus_months(day, count * (12 if span[3] == "y" else 1))


def _parse_period(word: str, today: date) -> tuple[date, int]:
    """Return the first day of a quarter or month, and its number of months."""
    if word in {"this-quarter", "next-quarter"}:
        this_quarter = date(today.year, today.month - (today.month - 1) % 3, 1)
        return plus_months(this_quarter, 3 if word == "next-quarter" else 0), 3
    if word in {"this-month", "next-month"}:
        return plus_months(today.replace(day=1), 1 if word == "next-month" else 0), 1
    if match := re.fullmatch(_QUARTER, word):
        return date(int(match[1]), int(match[2]) * 3 - 2, 1), 3
    if match := re.fullmatch(_MONTH, word):
        return date(int(match[1]), int(match[2]), 1), 1
    raise ValueError(word)
