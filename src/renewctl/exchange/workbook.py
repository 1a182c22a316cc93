"""Read workbooks: .xlsx and .ods with python-calamine, .xls with olefile and xlrd.

calamine reads errors, formulas that were never calculated and cells covered by a merge as blank, and
does not report hidden rows. They are in the XML of the workbook, so it is read as well.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from textwrap import shorten
from typing import Any
from zipfile import ZipFile

from renewctl.errors import BadInput
from renewctl.exchange.marks import MOST_BYTES, MOST_CELLS, MOST_MARKS, MOST_SHEETS, Marks, Place, TooLarge
from renewctl.exchange.spreadsheet import (
    OLE,
    BadCell,
    Cell,
    RawSheet,
    SheetRow,
    clean_text,
    error_cell,
    other_kind,
    time_cell,
    trim,
    unreadable,
)
from renewctl.exchange.workbook_marks import read_marks
from renewctl.installation import install_command
from renewctl.text import column_letters

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PANIC = "PanicException"
"""The exception of a crash in calamine.

It is not an Exception, and its class cannot be imported.
"""


def read_workbook(data: bytes, name: str) -> list[RawSheet]:
    """Return all sheets of a workbook with their filled rows, including hidden sheets.

    A cell that shows something but has no value is a ``BadCell``.

    Raises:
        BadInput: If the bytes are not such a workbook, it is damaged or too large, or a required package
            is not installed.
    """
    # Neither zipfile nor the packages have a base class for their errors.
    try:
        return _read_xls(data, name) if data.startswith(OLE) else _read_archive(data, name)
    except BadInput:
        raise
    except TooLarge:
        hint = "copy the table to a new sheet: a distant cell may be filled by mistake"
        raise unreadable(name, "the sheet is too large", hint) from None
    except BaseException as error:
        panic = type(error).__name__ == _PANIC
        if not panic and not isinstance(error, Exception):
            raise
        why = "" if panic else shorten(str(error), 80, placeholder="…")
        hint = "open it and save it again as .xlsx or CSV UTF-8"
        message = f"the workbook is damaged: {why}" if why else "the workbook is damaged"
        raise unreadable(name, message, hint) from None


def _missing(name: str, package: str) -> BadInput:
    hint = f"{install_command(package)}, or save it as CSV UTF-8"
    return unreadable(name, f"reading this workbook requires {package}", hint)


# ------------------------------------------------------------------------- .xlsx and .ods


def _read_archive(data: bytes, name: str) -> list[RawSheet]:
    with ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise TooLarge
        marks = read_marks(archive, name)
        if sum(sheet.height * sheet.width for sheet in marks.values()) > MOST_CELLS:
            raise TooLarge
    try:  # Lazy import: python-calamine comes with the extra xlsx.
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
    except ImportError:
        raise _missing(name, "python-calamine") from None
    sheets = []
    with _silence_panics(), CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        for number, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ != SheetTypeEnum.WorkSheet:  # a chart, for example
                continue
            found = marks[sheet.name]
            rows = workbook.get_sheet_by_index(number).to_python(skip_empty_area=False)
            cells = [[_value(cell) for cell in row] for row in rows]
            visible = sheet.visible == SheetVisibleEnum.Visible
            sheets.append(_make_sheet(sheet.name, cells, found, visible=visible))
    return sheets


def _value(cell: float | str | time | date | timedelta) -> Cell:
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, float):  # workbooks have no integers
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    return time_cell(str(cell)) if isinstance(cell, time | timedelta) else cell


# ------------------------------------------------------------------------------------ .xls


def _read_xls(data: bytes, name: str) -> list[RawSheet]:
    """Return the sheets of an .xls workbook.

    xlrd reads it, because calamine reads errors as blank, and a count in a damaged file can end calamine's
    process. olefile takes the workbook out of its container, because xlrd can read a damaged one forever.
    """
    try:  # Lazy import: they come with the extra xlsx.
        import olefile  # type: ignore[import-untyped, unused-ignore]
        import xlrd  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise _missing(name, error.name or "xlrd") from None
    protected = other_kind(name, "a password-protected workbook", "save it without a password, as .xlsx")
    if _ENCRYPTED in data:
        raise protected
    data = data[:8] + bytes(16) + data[24:]  # Excel can write a class ID here, which olefile refuses.
    with olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT) as container:
        stream = next(filter(container.exists, ("Workbook", "Book")), None)
        if stream is None:
            raise other_kind(name, "a document of another kind", "save the table as .xlsx")
        content = container.openstream(stream).read()
    if content.startswith(OLE):
        raise ValueError("a container in a container")  # xlrd would open it.
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        raise protected if "encrypted" in str(error) else error from None
    if book.nsheets > MOST_SHEETS:
        raise TooLarge
    return [_read_xls_sheet(sheet, book.datemode) for sheet in book.sheets()]


def _read_xls_sheet(sheet: Any, datemode: int) -> RawSheet:
    import xlrd

    def value(cell: Any) -> Cell:
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return error_cell(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_DATE:
            moment: datetime = xlrd.xldate_as_datetime(cell.value, datemode)
            if cell.value < 1:
                return time_cell(str(moment.time()))
            return moment.date() if moment.time() == time() else moment
        return _value(cell.value)

    marks = Marks()
    cells = [[value(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]
    rows, columns = sheet.rowinfo_map.items(), sheet.colinfo_map.items()
    marks.height = sheet.nrows
    for row, info in rows:
        if info.hidden or info.height == 0:
            marks.hide_rows(row + 1, row + 1)
    marks.hidden_columns.update(column + 1 for column, info in columns if info.hidden or info.width == 0)
    marks.merges += (
        ((top + 1, left + 1), (bottom, right)) for top, bottom, left, right in sheet.merged_cells
    )
    return _make_sheet(sheet.name, cells, marks, visible=sheet.visibility == 0)


# ---------------------------------------------------------------------------------- any kind


@contextmanager
def _silence_panics() -> Iterator[None]:
    """Silence standard error, where calamine prints a Rust message if it crashes."""
    try:
        kept = os.dup(2)
    except OSError:  # The process has no standard error.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _make_sheet(name: str, cells: list[list[Cell]], marks: Marks, *, visible: bool) -> RawSheet:
    """Return a sheet with its filled rows. The first of the cells is A1."""
    width = max(map(len, cells), default=0)
    bad = marks.cells | dict(_find_covered(cells, width, marks.merges))
    for (row, column), cell in bad.items():
        if row <= len(cells):
            line = cells[row - 1]
            line += [None] * (column - len(line))
            line[column - 1] = cell
    hidden_rows = marks.hidden_rows
    rows = (
        SheetRow(number, trim(tuple(line)), number in hidden_rows) for number, line in enumerate(cells, 1)
    )
    hidden = frozenset(column - 1 for column in marks.hidden_columns if column <= width)
    return RawSheet(name, tuple(row for row in rows if row.cells), hidden, visible)


def _find_covered(
    cells: list[list[Cell]], width: int, merges: list[tuple[Place, Place]]
) -> Iterator[tuple[Place, BadCell]]:
    """Yield the cells covered by merges.

    Whether the value of the first cell is also theirs is unknown.

    Raises:
        TooLarge: If there are too many.
    """

    def is_blank(row: int, column: int) -> bool:
        return row > len(cells) or cells[row - 1][column - 1 : column] in ([], [None])

    total = 0
    for (top, left), (bottom, right) in merges:
        message = f"the cell is merged with {column_letters(left)}{top}"
        covered = BadCell("", message, "unmerge the cells and fill each one")
        for row in range(top, min(bottom, len(cells)) + 1):
            for column in range(left, min(right, width) + 1):
                total += 1
                if total > MOST_MARKS:
                    raise TooLarge
                # If the first cell is blank, only hidden values matter.
                matters = not (is_blank(top, left) and is_blank(row, column))
                if matters and (row, column) != (top, left):
                    yield (row, column), covered
