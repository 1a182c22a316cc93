"""Sheets of a workbook: .xlsx and .ods by python-calamine, .xls by xlrd.

calamine shows an error, a formula that was never calculated and the cells hidden by a merge as blank,
and does not tell which rows are hidden. The XML of the workbook does, so it is read as well.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from posixpath import join, normpath
from textwrap import shorten
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from renewctl.errors import BadInput
from renewctl.exchange.spreadsheet import (
    BadCell,
    Cell,
    RawSheet,
    SheetRow,
    clean_text,
    error_cell,
    is_error,
    other_kind,
    trim,
    unreadable,
)
from renewctl.installation import install_command
from renewctl.text import column_letters

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""What a file begins with that is an .xlsx or .ods workbook, or an .xls one."""

_MOST_CELLS, _MOST_MARKS, _MOST_BYTES = 20_000_000, 1_000_000, 512 * 1024 * 1024
_MOST_ELEMENTS = 10_000_000
"""Of one part: about half a minute. A thousand clients have some thirty thousand."""
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_LARGEST_ROW, _LARGEST_COLUMN = 1 << 20, 1 << 14
_UNCALCULATED = BadCell(
    "", "the cell has a formula that was never calculated", "open the workbook, save it, and try again"
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

Place = tuple[int, int]
"""A row and a column, both from 1."""


class _TooLarge(Exception):
    """A sheet has so many cells that reading them would need too much memory."""


def read_workbook(data: bytes, name: str) -> list[RawSheet]:
    """Return the sheets of a workbook, hidden ones too, with their filled rows.

    A cell that shows something and has no value is a ``BadCell``.

    Raises:
        BadInput: If the bytes are no such workbook, it is damaged or too large, or a package that reads
            it is not installed.
    """
    try:
        return _read_xls(data, name) if data.startswith(OLE) else _read_archive(data, name)
    except _TooLarge:
        hint = "a cell far out may be filled by mistake: copy what you need to a new sheet"
        raise unreadable(name, "the sheet is too large", hint) from None


def _damaged(name: str, why: object = "") -> BadInput:
    hint = "open it and save it again, as .xlsx or CSV UTF-8"
    reason = f": {shorten(str(why), 80, placeholder='…')}" if str(why) else ""
    return unreadable(name, f"the workbook is damaged{reason}", hint)


def _missing(name: str, package: str) -> BadInput:
    hint = f"{install_command(package)}, or save it as CSV UTF-8"
    return unreadable(name, f"reading this workbook needs {package}", hint)


class _Marks:
    """What the XML of a sheet shows and calamine does not. All places count from 1."""

    def __init__(self) -> None:
        self.cells: dict[Place, BadCell] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merges: list[tuple[Place, Place]] = []
        self.height = self.width = 0

    def fill(self, row: int, column: int) -> None:
        """Note a filled cell. calamine fills the whole rectangle down to the last.

        Raises:
            _TooLarge: If one stray cell would end the process.
        """
        self.height, self.width = max(self.height, row), max(self.width, column)
        if self.height * self.width > _MOST_CELLS or row > _LARGEST_ROW or column > _LARGEST_COLUMN:
            raise _TooLarge

    def mark(self, place: Place, cell: BadCell) -> None:
        """Note a cell without a value.

        Raises:
            _TooLarge: If there are too many.
        """
        self.cells[place] = cell
        if len(self.cells) > _MOST_MARKS:
            raise _TooLarge

    def hide_columns(self, first: int, last: int) -> None:
        """Note hidden columns, as far as a sheet has columns."""
        self.hidden_columns.update(range(max(first, 1), min(last, _LARGEST_COLUMN) + 1))


# ------------------------------------------------------------------------- .xlsx and .ods


def _read_archive(data: bytes, name: str) -> list[RawSheet]:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise _TooLarge
            marks = _read_marks(archive, name)
    except (BadInput, _TooLarge):
        raise
    except Exception as error:  # zipfile has no family of errors: struct.error and zlib.error, for example
        raise _damaged(name, error) from None
    try:  # Lazy import: python-calamine comes with the extra xlsx.
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
    except ImportError:
        raise _missing(name, "python-calamine") from None
    sheets = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for number, sheet in enumerate(workbook.sheets_metadata):
                if sheet.typ != SheetTypeEnum.WorkSheet:  # a chart, for example
                    continue
                found = marks[sheet.name]
                rows = workbook.get_sheet_by_index(number).to_python(skip_empty_area=False)
                cells = [[_value(cell) for cell in row] for row in rows]
                visible = sheet.visible == SheetVisibleEnum.Visible
                sheets.append(_make_sheet(sheet.name, cells, found, visible=visible))
    except (CalamineError, KeyError) as error:
        raise _damaged(name, error) from None
    return sheets


def _read_marks(archive: ZipFile, name: str) -> Mapping[str, _Marks]:
    """Return the marks of each sheet by its name."""
    members = {member.filename.lower(): member.filename for member in archive.infolist()}

    def parse(path: str, reader: _Reader) -> None:
        with archive.open(members[path.lower()]) as file:
            reader.parse(file.read)

    if (
        "content.xml" in members
        and archive.read(members.get("mimetype", "content.xml"))[:60] == _ODS.encode()
    ):
        about = _GeneratorReader()
        if "meta.xml" in members:
            parse("meta.xml", about)
        content = _OdsReader(calculated=about.is_office)
        parse("content.xml", content)
        return content.sheets
    if any(path.startswith("index/") and path.endswith(".iwa") for path in members):
        hint = "in Numbers choose File > Export To > Excel, and import that file"
        raise unreadable(name, "looks like an Apple Numbers document", hint)
    relations = _RelationReader()
    if "_rels/.rels" in members:
        parse("_rels/.rels", relations)
    main = next(
        (path for kind, path in relations.paths.values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    if main.endswith(".bin"):
        hint = "open it and save it as .xlsx"
        raise unreadable(name, "looks like a binary workbook (.xlsb)", hint)
    if not re.fullmatch(r"xl/workbook\w*\.xml", main.lower()) or main.lower() not in members:
        raise other_kind(name, "a zip archive without an .xlsx or .ods workbook in it")
    folder, file = main.rsplit("/", 1)
    targets = _RelationReader(folder)
    parse(f"{folder}/_rels/{file}.rels", targets)
    book = _BookReader()
    parse(main, book)
    marks = {}
    for sheet, relation in book.sheets.items():
        kind, path = targets.paths.get(relation, ("", ""))
        if kind == "worksheet":
            reader = _XlsxReader(recalculate=book.recalculate)
            parse(path, reader)
            marks[sheet] = reader.marks
    return marks


class _Reader:
    """A parser of one XML part by local names. Entities, which can grow without end, are refused."""

    def parse(self, read: Callable[[int], bytes]) -> None:
        """Read a part to its end.

        Raises:
            expat.ExpatError, ValueError: If it is not XML, or not of the expected kind.
            _TooLarge: If it is too large.
        """
        elements = count(1)

        def start(tag: str, values: Mapping[str, str]) -> None:
            if next(elements) > _MOST_ELEMENTS:
                raise _TooLarge
            self.start(
                tag.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in values.items()}
            )

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda tag: self.end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = self.text
        while chunk := read(_CHUNK):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise ValueError("it declares a document type")

    def start(self, tag: str, values: Mapping[str, str], /) -> None:
        """Begin an element with these attributes."""

    def end(self, tag: str) -> None:
        """End an element."""

    def text(self, text: str) -> None:
        """Read text inside an element."""


class _RelationReader(_Reader):
    """The relations of a part: by identifier, the last word of the type and the path of the target."""

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self.paths: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Note a relation."""
        if tag == "Relationship":
            target = values["Target"]
            path = target.lstrip("/") if target.startswith("/") else normpath(join(self.folder, target))
            self.paths[values["Id"]] = values["Type"].rpartition("/")[2], path


class _BookReader(_Reader):
    """The sheets of an .xlsx workbook by name, each with its relation.

    ``recalculate`` is what a program writes that cannot calculate: the values of formulas are placeholders.
    """

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.recalculate = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Note a sheet, or whether formulas are to be calculated when the workbook is opened."""
        if tag == "sheet":
            self.sheets[values["name"]] = values["id"]
        elif tag == "calcPr":
            self.recalculate = values.get("fullCalcOnLoad") in {"1", "true"}


class _XlsxReader(_Reader):
    """The marks of a sheet (ECMA-376, part 1, 18.3.1)."""

    def __init__(self, *, recalculate: bool) -> None:
        self.marks = _Marks()
        self._recalculate = recalculate
        self._row = self._column = 0
        self._kind, self._value = "", ""
        self._tags: set[str] = set()
        self._in_value = False

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a row or a cell, or note a merge or hidden columns."""
        if tag == "c":
            reference = values.get("r")
            self._row, self._column = _place(reference) if reference else (self._row, self._column + 1)
            self._kind, self._value = values.get("t", "n"), ""
            self._tags.clear()
        elif tag == "row":
            self._row, self._column = int(values.get("r") or self._row + 1), 0
            if values.get("hidden") in {"1", "true"}:
                self.marks.hidden_rows.add(self._row)
        elif tag == "mergeCell":
            first, _, last = values["ref"].partition(":")
            self.marks.merges.append((_place(first), _place(last or first)))
        elif tag == "col" and values.get("hidden") in {"1", "true"}:
            self.marks.hide_columns(int(values["min"]), int(values["max"]))
        else:
            self._tags.add(tag)
            self._in_value = tag == "v"

    def text(self, text: str) -> None:
        """Read the value of a cell."""
        if self._in_value:
            self._value += text

    def end(self, tag: str) -> None:
        """Mark a cell that has an error, or a formula without a value."""
        self._in_value = False
        if tag != "c" or not self._tags & {"v", "f", "is"}:
            return
        place = (self._row, self._column)
        self.marks.fill(*place)
        if self._kind == "e":
            self.marks.mark(place, error_cell(self._value))
        elif "f" in self._tags:
            # A formula whose result is empty text has the kind "str" and an empty value.
            blank = not self._value and not (self._kind == "str" and "v" in self._tags)
            if blank or (self._recalculate and self._value == "0"):
                self.marks.mark(place, _UNCALCULATED)


class _GeneratorReader(_Reader):
    """Whether an .ods workbook was saved by an office program, which calculates its formulas."""

    def __init__(self) -> None:
        self.is_office = self._inside = False

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        """Begin an element."""
        self._inside = tag == "generator"

    def text(self, text: str) -> None:
        """Read the name of the program."""
        if self._inside:
            self.is_office = "Office" in text


class _OdsReader(_Reader):
    """The marks of every sheet of an .ods workbook (OpenDocument 1.3, part 3, 9).

    ``calculated`` is whether a formula without a value is one whose result is empty text: LibreOffice
    writes that so.
    """

    def __init__(self, *, calculated: bool) -> None:
        self._calculated = calculated
        self.sheets: dict[str, _Marks] = {}
        self._marks = _Marks()
        self._row = self._column = 0
        self._repeated_rows = self._repeated_columns = 1
        self._cell: Mapping[str, str] | None = None
        self._shown: list[str] = []
        self._bad: list[tuple[int, BadCell]] = []
        self._depth = self._comment = 0

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        """Begin a sheet, a row or a cell, or note hidden columns."""
        if tag == "table":
            self._marks = self.sheets[values["name"]] = _Marks()
            self._row = self._column = 0
        elif tag == "table-column":
            first, self._column = self._column + 1, self._column + _repeats(values, "columns")
            if values.get("visibility", "visible") != "visible":
                self._marks.hide_columns(first, self._column)
        elif tag == "table-row":
            self._row, self._column = self._row + self._repeated_rows if self._row else 1, 0
            self._repeated_rows, self._bad = _repeats(values, "rows"), []
            if values.get("visibility", "visible") != "visible":
                last = min(self._row + self._repeated_rows, _LARGEST_ROW + 1)
                self._marks.hidden_rows.update(range(self._row, last))
        elif tag in {"table-cell", "covered-table-cell"}:
            self._column += 1
            self._cell, self._shown = values, []
            self._repeated_columns = _repeats(values, "columns")
            spans = int(values.get("number-rows-spanned", 1)), int(values.get("number-columns-spanned", 1))
            if spans != (1, 1):
                last_place = (self._row + spans[0] - 1, self._column + spans[1] - 1)
                self._marks.merges.append(((self._row, self._column), last_place))
        elif tag == "annotation":
            self._comment += 1

    def text(self, text: str) -> None:
        """Read what a cell shows; a comment on it is none of it."""
        if self._cell is not None and not self._comment:
            self._shown.append(text)

    def end(self, tag: str) -> None:
        """Mark a cell that has an error, or a formula without a value; and those of a repeated row."""
        if tag == "annotation":
            self._comment -= 1
        elif tag in {"table-cell", "covered-table-cell"} and self._cell is not None:
            values, self._cell = self._cell, None
            shown, formula = "".join(self._shown), "formula" in values
            bad: BadCell | None = None
            # LibreOffice names an error in an attribute of its own; other programs call it text.
            if values.get("value-type") == "error" or (formula and is_error(shown)):
                bad = error_cell(shown)
            elif formula and "value-type" not in values and not self._calculated:
                bad = _UNCALCULATED
            last = self._column + self._repeated_columns - 1
            if shown or formula or "value-type" in values:
                self._marks.fill(self._row + self._repeated_rows - 1, last)
                if bad:
                    self._bad += ((column, bad) for column in range(self._column, last + 1))
            self._column = last
        elif tag == "table-row":
            for row in range(self._row, self._row + self._repeated_rows if self._bad else 0):
                for column, bad in self._bad:
                    self._marks.mark((row, column), bad)


def _repeats(values: Mapping[str, str], what: str) -> int:
    return max(1, int(values.get(f"number-{what}-repeated", 1)))


def _place(reference: str) -> Place:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference!r} is not a cell")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _value(cell: float | str | time | date | timedelta) -> Cell:
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, float):  # a workbook knows no integers
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    return str(cell) if isinstance(cell, time | timedelta) else cell


# ------------------------------------------------------------------------------------ .xls


def _read_xls(data: bytes, name: str) -> list[RawSheet]:
    """Return the sheets of an .xls workbook. xlrd reads it, because calamine shows its errors as blank."""
    try:  # Lazy import: xlrd comes with the extra xlsx.
        import xlrd  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise _missing(name, "xlrd") from None
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        sheets = [_read_xls_sheet(sheet, book.datemode) for sheet in book.sheets()]
    except Exception as error:  # xlrd has no family of errors: struct.error and AssertionError, for example
        if "OLE2" in str(error) or "encrypted" in str(error):
            hint = "save it without a password, as .xlsx"
            raise unreadable(name, "looks like a workbook behind a password", hint) from None
        raise _damaged(name, error) from None
    return sheets


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
                return str(moment.time())
            return moment.date() if moment.time() == time() else moment
        return _value(cell.value)

    marks = _Marks()
    cells = [[value(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)]
    marks.hidden_rows.update(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    marks.hidden_columns.update(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
    marks.merges += (
        ((top + 1, left + 1), (bottom, right)) for top, bottom, left, right in sheet.merged_cells
    )
    return _make_sheet(sheet.name, cells, marks, visible=sheet.visibility == 0)


# ---------------------------------------------------------------------------------- any kind


def _make_sheet(name: str, cells: list[list[Cell]], marks: _Marks, *, visible: bool) -> RawSheet:
    """Return a sheet with its filled rows. ``cells`` begin at A1."""
    width = max(map(len, cells), default=0)
    bad = marks.cells | dict(_covered(cells, width, marks.merges))
    for (row, column), cell in bad.items():
        if row <= len(cells):
            line = cells[row - 1]
            line += [None] * (column - len(line))
            line[column - 1] = cell
    rows = (
        SheetRow(number, trim(tuple(line)), number in marks.hidden_rows)
        for number, line in enumerate(cells, 1)
    )
    hidden = frozenset(column - 1 for column in marks.hidden_columns if column <= width)
    return RawSheet(name, tuple(row for row in rows if row.cells), hidden, visible)


def _covered(
    cells: list[list[Cell]], width: int, merges: list[tuple[Place, Place]]
) -> Iterator[tuple[Place, BadCell]]:
    """Yield the cells of merges but the first of each: its value may be meant for them, or no value.

    Raises:
        _TooLarge: If there are too many.
    """
    total = 0
    for (top, left), (bottom, right) in merges:
        if cells[top - 1 : top] and cells[top - 1][left - 1 : left] in ([], [None]):
            continue
        message = f"the cell is merged with {column_letters(left)}{top}"
        covered = BadCell("", message, "unmerge the cells, and fill each of them")
        for row in range(top, min(bottom, len(cells)) + 1):
            for column in range(left, min(right, width) + 1):
                total += 1
                if total > _MOST_MARKS:
                    raise _TooLarge
                if (row, column) != (top, left):
                    yield (row, column), covered
