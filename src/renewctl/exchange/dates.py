"""Read columns of dates, without guessing the order of day and month."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal

from renewctl.errors import BadInput, Problem
from renewctl.exchange.cells import read_text
from renewctl.exchange.headers import fold
from renewctl.exchange.spreadsheet import Cell
from renewctl.text import quote_text

DateFormat = Literal["dmy", "mdy"]

ISO = "use YYYY-MM-DD, for example 2027-03-01"
_LONGEST_DATE = 40
_ZONE = r"(?:\s*(?:Z|z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?"
_TIME = rf"(?:(?:[Tt]|,?\s+){_CLOCK}{_ZONE})?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_SHORT_YEAR = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2[0-9]{{2}}{_TIME}")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
# Dates in words: "Monday, 1 March 2027", "Mar 1st, 2027", "1er mars 2027", "1 de mar. de 2027"
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_][^\d\s,]*),?\s+)?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|ro|o|\.?[ºª°]|\.)?"
_MONTH = r"(?P<month>[^\W\d_]+)"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_GAP = r"(?:\s*[-/.,]\s*|\s+)(?:(?:de|del|of)\s+)?"
_IN_WORDS = (
    re.compile(rf"(?i){_WEEKDAY}{_DAY}{_GAP}{_MONTH}{_GAP}{_YEAR}(?:\s*r\.)?{_TIME}"),
    re.compile(rf"(?i){_WEEKDAY}{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}{_TIME}"),
    re.compile(rf"(?i)(?P<year>[0-9]{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}{_TIME}"),
)
_DIGIT = "[0-9０-９]"
_JAPANESE = re.compile(
    rf"({_DIGIT}{{4}})\s*年\s*({_DIGIT}{{1,2}})\s*月\s*({_DIGIT}{{1,2}})\s*日\s*(?:[(（]?(\w{{1,3}})[)）]?)?"
)
_LOCALES = ("en", "en_GB", "pt", "pt_PT", "es", "es_MX", "fr", "fr_CA", "de", "de_AT", "ja", "pl")
"""The languages of the headers, with regions whose abbreviations differ: sep and sept, Jän and Jan."""


def parse_dates(
    cells: Sequence[tuple[int, Cell]], *, date_format: DateFormat | None, column: int = 0
) -> tuple[dict[int, date], tuple[Problem, ...]]:
    """Return the dates of a column by row, and the problems of other cells.

    Milliseconds since 1970 are in UTC, as in HubSpot's exports. If the year is last and the separators
    are not dots, the order of day and month is ``date_format``, or that of a value in the column which
    is a date in only one order.

    Args:
        cells: The row number and the value of each cell.
        date_format: The order of day and month, None if it is not known.
        column: The number of the column in problems, from 1.

    Raises:
        BadInput: If a spreadsheet of another locale converted only some of the texts to dates, with day
            and month swapped. Its problem has an example of both.
    """
    if found := _find_half_converted(cells):
        problem = found._replace(column=column)
        raise BadInput("a column of dates is only partly converted", problems=[problem])
    possible: dict[int, Mapping[DateFormat, date]] = {}
    problems: dict[int, BadInput] = {}
    texts: dict[int, str] = {}
    for row, cell in cells:
        try:
            if text := read_text(cell):
                texts[row] = text
                possible[row] = _read_date(cell, date_format)
        except BadInput as bad:
            problems[row] = bad
    # The first value for each order that is a date in this order only.
    certain = {next(iter(days)): row for row, days in reversed(possible.items()) if len(days) == 1}
    order = date_format or (next(iter(certain)) if len(certain) == 1 else None)
    dates: dict[int, date] = {}
    for row, days in possible.items():
        if order and order in days:
            dates[row] = days[order]
        elif date_format:
            problems[row] = _other_order(texts[row], date_format)
        elif len(set(days.values())) == 1:
            dates[row] = next(iter(days.values()))
        else:
            message = f"{quote_text(texts[row], _LONGEST_DATE)} can be {days['dmy']} or {days['mdy']}"
            if len(certain) == 2:
                rows = " and ".join(f"{texts[each]} in line {each}" for each in certain.values())
                message += f"; the column uses both orders: {rows}"
            hint = "add --date-format dmy if the day comes first, otherwise --date-format mdy"
            problems[row] = BadInput(message, hint=hint)
    return dates, tuple(
        Problem(bad.message, hint=bad.hint, line=row, column=column) for row, bad in sorted(problems.items())
    )


def _find_half_converted(cells: Iterable[tuple[int, Cell]]) -> Problem | None:
    """Return the problem of a partly converted column, or None.

    A spreadsheet that expects the month first converts the text 01/03/2027 to 3 January, and leaves
    13/03/2027 as text. So all remaining texts have the same order, and no converted date has a day
    above 12.
    """
    typed = [(row, cell) for row, cell in cells if isinstance(cell, date)]
    swapped = next(((row, day) for row, day in typed if day.day != day.month), None)
    if swapped is None or any(day.day > 12 for _, day in typed):
        return None
    left: dict[bool, tuple[int, str]] = {}
    for row, cell in cells:
        text = read_text(cell) if isinstance(cell, str) else ""
        match = _YEAR_LAST.fullmatch(text) or _SHORT_YEAR.fullmatch(text)
        if match and (match[2] == "/" or (match[2] == "-" and match.re is _YEAR_LAST)):
            first, second = int(match[1]), int(match[3])
            if (first > 12) is not (second > 12):
                left.setdefault(first > 12, (row, text))
    if len(left) != 1:
        return None
    [(line, text)] = left.values()
    row, day = swapped
    original = date(day.year, day.day, day.month)
    message = (
        f"a spreadsheet converted only some dates of this column: line {line} is still {quote_text(text)},"
        f" so line {row}, now {day.isoformat()[:10]}, may have been {original}"
    )
    hint = "format the column as text or yyyy-mm-dd in the original program, then export it again"
    return Problem(message, hint=hint, line=row)


def _read_date(cell: Cell, date_format: DateFormat | None) -> dict[DateFormat, date]:
    """Return the date of a cell in each order in which it is a date."""
    if isinstance(cell, date):
        return _in_both_orders(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, bool):
        raise BadInput(f"{cell} is not a valid date", hint=ISO)
    if isinstance(cell, int | float):
        cell = str(int(cell)) if cell == cell // 1 else repr(cell)
    text = read_text(cell)
    if match := _YEAR_LAST.fullmatch(text):
        return _read_year_last(match, date_format)
    try:
        if match := _YEAR_FIRST.fullmatch(text):
            return _in_both_orders(date(int(match[1]), int(match[3]), int(match[4])))
        if day := _read_words(text):
            return _in_both_orders(day)
    except ValueError:
        raise _not_a_date(text) from None
    if _MILLISECONDS.fullmatch(text):
        return _in_both_orders(datetime.fromtimestamp(int(text) // 1000, UTC).date())
    if _SHORT_YEAR.fullmatch(text):
        raise _short_year(text)
    if _NUMBER.fullmatch(text):
        message = f"{quote_text(text, _LONGEST_DATE)} is a plain number, not a date"
        raise BadInput(message, hint=f"format the column as dates in the spreadsheet, or {ISO}")
    raise _not_a_date(text, ISO if any(map(str.isdigit, text)) else f"{ISO}, or clear the cell")


def _read_year_last(match: re.Match[str], date_format: DateFormat | None) -> dict[DateFormat, date]:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    days: dict[DateFormat, date] = {}
    with suppress(ValueError):
        days["dmy"] = date(year, second, first)
    with suppress(ValueError):
        days["mdy"] = date(year, first, second)
    if not days:
        raise _not_a_date(match[0])
    if match[2] != ".":
        return days
    # With dots, the day comes first in every language. This does not show the order of other separators.
    dots_hint = f"put the day first in dates with dots, or {ISO}"
    if "dmy" not in days:
        raise _not_a_date(match[0], dots_hint)
    if date_format == "mdy" and first != second:
        raise BadInput(_other_order(match[0], date_format).message, hint=dots_hint)
    return _in_both_orders(days["dmy"])


def _read_words(text: str) -> date | None:
    """Return a date written with the name of a month, or 年, 月 and 日; or None.

    Raises:
        BadInput: If the year has two digits, or the day of the week is wrong.
        ValueError: If there is no such date.
    """
    if match := _JAPANESE.fullmatch(text):
        day, weekday = date(int(match[1]), int(match[2]), int(match[3])), match[4]
    else:
        match = next((found for form in _IN_WORDS if (found := form.fullmatch(text))), None)
        month = _names("months").get(fold(match["month"])) if match else None
        if not match or not month:
            return None
        if len(match["year"]) == 2:
            raise _short_year(text)
        day, weekday = date(int(match["year"]), month, int(match["day"])), match.groupdict().get("weekday")
    if weekday:
        number = _names("days").get(fold(weekday))
        if number is None:
            return None
        if number != day.weekday():
            message = f"{quote_text(text, _LONGEST_DATE)} has the wrong day of the week: {day} is a {day:%A}"
            raise BadInput(message, hint=ISO)
    return day


@cache
def _names(what: Literal["months", "days"]) -> Mapping[str, int]:
    """Return the unambiguous names of months (from 1) or weekdays (Monday is 0).

    A name is unambiguous if it means the same number in all languages that have it.

    Source: Unicode CLDR, wide and abbreviated, in the contexts "format" and "stand-alone".
    """
    from babel.dates import get_day_names, get_month_names  # Lazy import: most dates are numbers.

    get_names = get_month_names if what == "months" else get_day_names
    meanings: dict[str, set[int]] = {}
    for locale in _LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_names(width, context, locale).items():
                    meanings.setdefault(fold(name), set()).add(number)
    return {name: next(iter(numbers)) for name, numbers in meanings.items() if len(numbers) == 1}


def _not_a_date(text: str, hint: str = ISO) -> BadInput:
    return BadInput(f"{quote_text(text, _LONGEST_DATE)} is not a valid date", hint=hint)


def _other_order(text: str, date_format: DateFormat) -> BadInput:
    quoted = quote_text(text, _LONGEST_DATE)
    return BadInput(f"{quoted} does not match --date-format {date_format}", hint=ISO)


def _short_year(text: str) -> BadInput:
    message = f"{quote_text(text, _LONGEST_DATE)} has a two-digit year"
    return BadInput(message, hint="write the year with four digits, for example 2027-03-01")


def _in_both_orders(day: date) -> dict[DateFormat, date]:
    return {"dmy": day, "mdy": day}
