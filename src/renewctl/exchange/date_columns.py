"""Calendar dates from a column of cells, as spreadsheets and exports write them.

A date is taken as it is written, whatever its time zone. Whether 03/04 is in March or in April is
never guessed: the user says it, or another value of the same column shows it.
Imports ``errors`` and ``sheets`` only.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal, NamedTuple

from renewctl.errors import Problem
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


class _Parts(NamedTuple):
    """A value with the year last: whether day or month comes first, the column has to tell."""

    row: int
    text: str
    first: int
    second: int
    year: int

    def day(self, order: DateFormat) -> date | None:
        day, month = (self.first, self.second) if order == "dmy" else (self.second, self.first)
        return _day(self.year, month, day)

    def orders(self) -> set[DateFormat]:
        """Return the orders in which it is a date; one order is as good as the other for 05/05."""
        both: tuple[DateFormat, ...] = ("dmy", "mdy")
        return {order for order in both if self.day(order)}


class _Bad(Exception):
    def __init__(self, message: str, hint: str = ISO) -> None:
        super().__init__(message)
        self.hint = hint


def parse_dates(
    cells: Sequence[tuple[int, Cell]],
    *,
    date_format: DateFormat | None,
    file: str = "",
    column: int = 0,
) -> tuple[dict[int, date], tuple[Problem, ...]]:
    """Return the dates of one column by row, and what is wrong with the other cells; blank ones are neither.

    Read are ISO dates and date-times, the same with ``/`` or ``.``, milliseconds since 1970 (UTC, as
    HubSpot's own exports have them), and a workbook's real dates. With the year last, ``date_format``
    decides, or a value of the column that is a date in one order alone, if no other contradicts it.

    Args:
        cells: row number and cell, of one column.
        date_format: which comes first where the year is last, the day or the month.
        file: the table's name, for the problems.
        column: the column from 1, for the problems.
    """
    days: dict[int, date] = {}
    parts: list[_Parts] = []
    wrong: dict[int, _Bad] = {}
    for row, cell in cells:
        try:
            read = _read(row, cell)
        except _Bad as bad:
            wrong[row] = bad
            continue
        if isinstance(read, _Parts):
            parts.append(read)
        elif read:
            days[row] = read
    _settle(parts, date_format, days, wrong)
    problems = (
        Problem(str(bad), hint=bad.hint, file=file, line=row, column=column)
        for row, bad in sorted(wrong.items())
    )
    return days, tuple(problems)


def _read(row: int, cell: Cell) -> date | _Parts | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    if isinstance(cell, bool):
        raise _Bad(f"{cell} is not a date")
    text = cell.strip() if isinstance(cell, str) else _digits(cell)
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(_Parts(row, text, int(found[1]), int(found[3]), int(found[4])))
    return _unambiguous(text)


def _digits(number: float) -> str:
    return str(int(number)) if number == number // 1 else repr(number)


def _year_last(parts: _Parts) -> _Parts:
    if not parts.orders():
        raise _Bad(f"{_shown(parts.text)} is not a day of the calendar")
    return parts


@cache
def _unambiguous(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        if day := _day(int(found[1]), int(found[3]), int(found[4])):
            return day
        raise _Bad(f"{_shown(text)} is not a day of the calendar")
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC).date()
    if _SHORT_YEAR.fullmatch(text):
        raise _Bad(f"{_shown(text)} has a year of two digits", "write all four: 2027-03-01")
    if _NUMBER.fullmatch(text):
        hint = f"format the column as dates in the spreadsheet, or {ISO}"
        raise _Bad(f"{_shown(text)} is a bare number, not a date", hint)
    raise _Bad(f"{_shown(text)} is not a date that can be read for certain")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _settle(
    parts: Iterable[_Parts], asked: DateFormat | None, days: dict[int, date], wrong: dict[int, _Bad]
) -> None:
    """Give each value with the year last its day, in the order asked for or shown by the column."""
    parts = tuple(parts)
    shown = {orders.pop(): each for each in reversed(parts) if len(orders := each.orders()) == 1}
    order = asked or (next(iter(shown)) if len(shown) == 1 else None)
    for each in parts:
        if day := _settled(each, order, asked is not None):
            days[each.row] = day
        elif asked:
            wrong[each.row] = _Bad(f"{_shown(each.text)} does not fit --date-format {asked}")
        else:
            wrong[each.row] = _ambiguous(each, shown)


def _settled(parts: _Parts, order: DateFormat | None, asked: bool) -> date | None:
    orders = parts.orders()
    if order in orders:
        return parts.day(order)
    if asked:
        return None
    possible = {parts.day(each) for each in orders}
    return possible.pop() if len(possible) == 1 else None


def _ambiguous(parts: _Parts, shown: Mapping[DateFormat, _Parts]) -> _Bad:
    message = f"{_shown(parts.text)} is {parts.day('dmy')} or {parts.day('mdy')}"
    if len(shown) == 2:
        rows = " and ".join(f"{each.text} in line {each.row}" for each in shown.values())
        message += f"; the column has both orders: {rows}"
    return _Bad(message, f"--date-format dmy or mdy says which; or {ISO}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
