"""Calendar dates from a column of cells, as they are written, whatever their time zone."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Literal

from renewctl.errors import BadInput, Problem
from renewctl.exchange.spreadsheet import Cell

DateFormat = Literal["dmy", "mdy"]

ISO = "write it as 2027-03-01"
_ZONE = r"(?:\s*(?:Z|z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?"
_TIME = rf"(?:(?:[Tt]|,?\s+){_CLOCK}{_ZONE})?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-/.])([0-9]{{1,2}})\2([0-9]{{4}}){_TIME}")
_SHORT_YEAR = re.compile(rf"[0-9]{{1,2}}([-/.])[0-9]{{1,2}}\1[0-9]{{2}}{_TIME}")
_MILLISECONDS = re.compile(r"[0-9]{12,13}")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_SHOWN = 40


def parse_dates(
    cells: Sequence[tuple[int, Cell]],
    *,
    date_format: DateFormat | None,
    file: str = "",
    column: int = 0,
) -> tuple[dict[int, date], tuple[Problem, ...]]:
    """Return the dates of one column by row, and the problems of the other cells that are not blank.

    Milliseconds since 1970 are in UTC, as HubSpot's own exports have them. With the year last,
    ``date_format`` decides, or a value of the column that is a date in one order alone.
    """
    possible: dict[int, Mapping[DateFormat, date]] = {}
    problems: dict[int, BadInput] = {}
    for row, cell in cells:
        try:
            if cell is not None and cell != "":
                possible[row] = _read(cell)
        except BadInput as bad:
            problems[row] = bad
    # Values that are a date in one order only show the order of the column, the first of each order.
    certain = {next(iter(days)): row for row, days in reversed(possible.items()) if len(days) == 1}
    order = date_format or (next(iter(certain)) if len(certain) == 1 else None)
    texts = {row: str(cell).strip() for row, cell in cells}
    dates: dict[int, date] = {}
    for row, days in possible.items():
        if order and order in days:
            dates[row] = days[order]
        elif date_format:
            message = f"{_quote(texts[row])} does not fit --date-format {date_format}"
            problems[row] = BadInput(message, hint=ISO)
        elif len(set(days.values())) == 1:
            dates[row] = next(iter(days.values()))
        else:
            message = f"{_quote(texts[row])} is {days['dmy']} or {days['mdy']}"
            if len(certain) == 2:
                rows = " and ".join(f"{texts[each]} in line {each}" for each in certain.values())
                message += f"; the column has both orders: {rows}"
            problems[row] = BadInput(message, hint=f"--date-format dmy or mdy says which; or {ISO}")
    return dates, tuple(
        Problem(bad.message, hint=bad.hint, file=file, line=row, column=column)
        for row, bad in sorted(problems.items())
    )


def _read(cell: Cell) -> dict[DateFormat, date]:
    """Return the date in a cell in each order in which it is one; in most both are the same."""
    if isinstance(cell, date):
        return _in_both_orders(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, bool):
        raise BadInput(f"{cell} is not a date", hint=ISO)
    if isinstance(cell, int | float):
        cell = str(int(cell)) if cell == cell // 1 else repr(cell)
    text = str(cell).strip()
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        days: dict[DateFormat, date] = {}
        with suppress(ValueError):
            days["dmy"] = date(year, second, first)
        with suppress(ValueError):
            days["mdy"] = date(year, first, second)
        if days:
            return days
        raise BadInput(f"{_quote(text)} is not a day of the calendar", hint=ISO)
    if match := _YEAR_FIRST.fullmatch(text):
        try:
            return _in_both_orders(date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError:
            raise BadInput(f"{_quote(text)} is not a day of the calendar", hint=ISO) from None
    if _MILLISECONDS.fullmatch(text):
        return _in_both_orders(datetime.fromtimestamp(int(text) // 1000, UTC).date())
    if _SHORT_YEAR.fullmatch(text):
        raise BadInput(f"{_quote(text)} has a year of two digits", hint="write all four: 2027-03-01")
    if _NUMBER.fullmatch(text):
        hint = f"format the column as dates in the spreadsheet, or {ISO}"
        raise BadInput(f"{_quote(text)} is a bare number, not a date", hint=hint)
    raise BadInput(f"{_quote(text)} is not a date that can be read for certain", hint=ISO)


def _in_both_orders(day: date) -> dict[DateFormat, date]:
    return {"dmy": day, "mdy": day}


def _quote(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
