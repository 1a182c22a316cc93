"""Calendar dates from a column of cells, as they are written, whatever their time zone."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

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


class _YearLast(NamedTuple):
    """A value with the year last: the column must show whether day or month comes first."""

    row: int
    text: str
    days: Mapping[DateFormat, date]
    """The date in each order in which it is one; for 05/05 both are the same."""


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
    dates: dict[int, date] = {}
    year_last: list[_YearLast] = []
    problems: dict[int, BadInput] = {}
    for row, cell in cells:
        try:
            value = _read(row, cell)
        except BadInput as bad:
            problems[row] = bad
            continue
        if isinstance(value, _YearLast):
            year_last.append(value)
        elif value:
            dates[row] = value
    # Values that are a date in one order only show the order of the column, the first of each order.
    certain = {next(iter(value.days)): value for value in reversed(year_last) if len(value.days) == 1}
    order = date_format or (next(iter(certain)) if len(certain) == 1 else None)
    for value in year_last:
        possible = set(value.days.values())
        if order and order in value.days:
            dates[value.row] = value.days[order]
        elif date_format:
            message = f"{_quote(value.text)} does not fit --date-format {date_format}"
            problems[value.row] = BadInput(message, hint=ISO)
        elif len(possible) == 1:
            dates[value.row] = possible.pop()
        else:
            message = f"{_quote(value.text)} is {value.days['dmy']} or {value.days['mdy']}"
            if len(certain) == 2:
                rows = " and ".join(f"{each.text} in line {each.row}" for each in certain.values())
                message += f"; the column has both orders: {rows}"
            problems[value.row] = BadInput(message, hint=f"--date-format dmy or mdy says which; or {ISO}")
    return dates, tuple(
        Problem(bad.message, hint=bad.hint, file=file, line=row, column=column)
        for row, bad in sorted(problems.items())
    )


def _read(row: int, cell: Cell) -> date | _YearLast | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    if isinstance(cell, bool):
        raise BadInput(f"{cell} is not a date", hint=ISO)
    if not isinstance(cell, str):
        cell = str(int(cell)) if cell == cell // 1 else repr(cell)
    text = cell.strip()
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        orders: dict[DateFormat, date | None] = {
            "dmy": _date(year, second, first),
            "mdy": _date(year, first, second),
        }
        days = {order: day for order, day in orders.items() if day}
        if days:
            return _YearLast(row, text, days)
        raise BadInput(f"{_quote(text)} is not a day of the calendar", hint=ISO)
    if match := _YEAR_FIRST.fullmatch(text):
        if day := _date(int(match[1]), int(match[3]), int(match[4])):
            return day
        raise BadInput(f"{_quote(text)} is not a day of the calendar", hint=ISO)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC).date()
    if _SHORT_YEAR.fullmatch(text):
        raise BadInput(f"{_quote(text)} has a year of two digits", hint="write all four: 2027-03-01")
    if _NUMBER.fullmatch(text):
        hint = f"format the column as dates in the spreadsheet, or {ISO}"
        raise BadInput(f"{_quote(text)} is a bare number, not a date", hint=hint)
    raise BadInput(f"{_quote(text)} is not a date that can be read for certain", hint=ISO)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _quote(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
