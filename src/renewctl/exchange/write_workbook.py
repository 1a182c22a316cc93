"""Write a table as an .xlsx workbook that ``import`` can read.

Text stays text: it does not become a formula, link, number or date, here or in the program that opens
the workbook.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from renewctl.errors import BadInput, MissingExtra, Problem
from renewctl.installation import install_command
from renewctl.text import csv_cell, csv_text, format_value

MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767
"""Limits of a sheet, including the header, and of a cell in UTF-16 units.

Source: Microsoft, "Excel specifications and limits".
"""
NOBODY = "NOBODY"
_FIRST_DAY = date(1900, 3, 1)
"""Programs disagree on earlier dates, because Excel treats 1900 as a leap year."""
_DIGITS = 10**15
"""Spreadsheets keep 15 digits of a number."""
_WIDEST, _NARROWEST, _PADDING = 60, 8, 3
"""Column widths in characters. The padding is for the filter button."""
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Characters not allowed in XML (1.0, 2.2) that the format cannot escape, as it can control characters."""
_FORMATS = {
    kind: {"num_format": form, "align": "left"}
    for kind, form in {"text": "@", "number": "0", "date": "yyyy-mm-dd"}.items()
}
_HEADER = {"num_format": "@", "bold": True, "bottom": 1}
_ALARM = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}


class Content(NamedTuple):
    """The content of a sheet.

    Args:
        title: The name of the sheet.
        columns: The names of the columns.
        rows: The cells. Dates, numbers and booleans keep their type, None is blank, lists are joined,
            and everything else is text.
        alarm: The column that must not be blank, if any. If it is, NOBODY is written, in colour.
        dates: Columns that are formatted as dates even if all their cells are blank.
    """

    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]
    alarm: str = ""
    dates: Collection[str] = ()


def write_workbook(content: Content, as_of: date) -> bytes:
    """Return a workbook with one sheet.

    ``as_of`` is the creation date in its properties.

    The same content and date give the same bytes.

    Raises:
        MissingExtra: If XlsxWriter is not installed.
        BadInput: If there are too many rows, or texts are too long or not allowed. The problems list each
            such text with the first cell of its row.
    """
    try:
        # Whether it is installed or typed makes no difference to the type checker.
        import xlsxwriter  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        message = f"writing a workbook requires the xlsxwriter package: {error}"
        raise MissingExtra(message, hint=install_command("xlsxwriter")) from error
    columns = content.columns
    table = [[_value(cell) for cell in row] for row in content.rows]
    _check_limits(columns, table)
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    workbook.set_properties({"created": datetime.combine(as_of, time(), UTC).replace(tzinfo=None)})
    header = workbook.add_format(_HEADER)
    plain = {kind: workbook.add_format(form) for kind, form in _FORMATS.items()}
    alarming = {kind: workbook.add_format(form | _ALARM) for kind, form in _FORMATS.items()}
    sheet = workbook.add_worksheet(content.title)
    for place, name in enumerate(columns):
        cells = [row[place] for row in table]
        kind = next((_kind(cell) for cell in cells if cell is not None), "text")
        kind = "date" if name in content.dates else kind
        width = max([_width(name) + _PADDING, *map(_width, cells)]) + 1
        # Format the whole column, so that 00123 and 3/4 stay text in cells that people fill later.
        sheet.set_column(place, place, min(max(width, _NARROWEST), _WIDEST), plain[kind])
        sheet.write_string(0, place, name, header)
    watched = columns.index(content.alarm) if content.alarm else None
    for number, row in enumerate(table, 1):
        formats = plain
        if watched is not None and row[watched] is None:
            row[watched], formats = NOBODY, alarming
        for place, cell in enumerate(row):
            _write(sheet, number, place, cell, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # print one page wide and as many pages long as needed
    sheet.repeat_rows(0)
    workbook.close()
    return file.getvalue()


def _value(cell: object) -> str | int | date | None:
    """Return the value to write for a cell. ``import`` reads the same text from it."""
    if isinstance(cell, list | tuple):
        cell = "; ".join(cell)
    if isinstance(cell, bool) or (isinstance(cell, int) and abs(cell) < _DIGITS):
        return cell
    if isinstance(cell, date) and cell >= _FIRST_DAY:
        return cell
    text = format_value(cell)
    # Import also removes the mark of csv_cell from workbooks, which may be made from an exported CSV file.
    return (text if csv_text(text) == text else csv_cell(text)) or None


def _kind(cell: object) -> str:
    return "date" if isinstance(cell, date) else "number" if isinstance(cell, int) else "text"


def _width(cell: object) -> int:
    lines = format_value(cell).split("\n")
    # Chinese and Japanese characters are as wide as two letters.
    return max(
        len(line) if line.isascii() else sum(1 + (east_asian_width(char) in "WF") for char in line)
        for line in lines
    )


def _check_limits(columns: Sequence[str], table: Sequence[Sequence[object]]) -> None:
    """Raise BadInput if the table exceeds the limits. XlsxWriter would truncate it."""
    hint = "use CSV instead: -o csv"
    if len(table) >= MOST_ROWS:
        message = f"{len(table) + 1:,} of at most {MOST_ROWS:,}"
        raise BadInput(f"the table has too many rows for a workbook: {message}", hint=hint)
    problems = [
        Problem(f"{format_value(row[0])[:_WIDEST]}, {name}: {message}")
        for row in table
        for name, cell in zip(columns, row, strict=True)
        if isinstance(cell, str) and (message := _describe_impossible(cell))
    ]
    if problems:
        raise BadInput("some texts cannot be saved in a workbook", hint=hint, problems=problems)


def _describe_impossible(text: str) -> str:
    """Return why a text cannot be in a cell, or "" if it can."""
    if found := _IMPOSSIBLE.search(text):
        return f"the character U+{ord(found[0]):04X} is not allowed in a workbook"
    # A character is at most two units of UTF-16, so half the limit needs no counting.
    if len(text) > MOST_CHARACTERS // 2 and (units := len(text.encode("utf-16-le")) // 2) > MOST_CHARACTERS:
        return f"the text has {units:,} characters of at most {MOST_CHARACTERS:,}"
    return ""


def _write(sheet: Any, row: int, column: int, cell: object, formats: dict[str, Any]) -> None:
    """Write a cell with the method for its type. ``sheet.write`` would guess the type."""
    chosen = formats[_kind(cell)]
    if cell is None:
        sheet.write_blank(row, column, None, chosen)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, formats["text"])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, chosen)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, chosen)
    else:
        sheet.write_string(row, column, cell, chosen)
