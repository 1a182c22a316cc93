"""Tables of cells from the bytes of a CSV file or an XLSX workbook.

Nothing is guessed in silence: what cannot be read for certain is refused, with line and way out.
Imports ``errors``, ``text`` and ``problems``; python-calamine late: it comes with the extra ``xlsx``.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange import table_errors
from renewctl.text import csv_text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cell = str | int | float | bool | date | datetime | None
"""What a cell holds: text without surrounding space, or what a workbook calls a number or a date."""

Record = tuple[int, Sequence[Cell]]

_DELIMITERS = ",;\t"
_SPOKEN = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP = re.compile(r'"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_HEADER = re.compile(r'\s*+((?:"[^"]*+(?:""[^"]*+)*"(?!")|[^"\r\n]++)*)')
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*"(?!")')
_UNWANTED = re.compile("[\0\ud800-\udfff]")
_MOST_CELLS, _MOST_XML = 20_000_000, 512 * 1024 * 1024
_FILLED = re.compile(rb'<(?:\w+:)?c [^<>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*(?<!/)>')


class SheetRow(NamedTuple):
    """One row: ``number`` is its line in a CSV (the first, if it has several), else its row, from 1."""

    number: int
    cells: tuple[Cell, ...]


class Sheet(NamedTuple):
    """A table. Every row has as many cells as there are columns; the header stands at ``line``.

    ``problems`` are those of the rows that have more cells, and so are not among the rows.
    """

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    line: int = 1
    problems: tuple[Problem, ...] = ()


def read_sheet(data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """Return the table in ``data``: a workbook if the bytes are one, whatever the name; else CSV.

    Args:
        data: the file's content.
        name: what to call the file in messages.
        encoding: of a CSV, if it is neither UTF-8 nor marked as UTF-16.
        delimiter: of a CSV, one character; else comma, semicolon or tab, as the header line shows.

    Raises:
        BadInput: it is no such table.
        UsageError: there is no such encoding, or no such delimiter.
    """
    if data.startswith(b"PK\x03\x04"):
        return _table(_workbook(data, name), name)
    if kind := table_errors.kind_of_bytes(data):
        raise table_errors.mistaken(name, kind)
    text = _decoded(data, name, encoding)
    if kind := table_errors.kind_of_text(text):
        raise table_errors.mistaken(name, kind)
    return _table(_csv(text, name, delimiter), name)


def _table(records: Iterable[Record], name: str) -> Sheet:
    """Return the header and the rows below it, without blank ones; short rows are filled up."""
    filled = [(number, cells) for number, each in records if (cells := _trimmed(each))]
    if not filled:
        raise table_errors.unreadable(name, "the table is empty", "name the columns in line 1: client,name")
    line, header = filled.pop(0)
    width = len(header)
    long = [table_errors.too_many_cells(name, at, len(cells), width) for at, cells in filled if cells[width:]]
    fitting = ((number, cells) for number, cells in filled if not cells[width:])
    rows = tuple(SheetRow(number, cells + (None,) * (width - len(cells))) for number, cells in fitting)
    return Sheet(tuple("" if cell is None else str(cell) for cell in header), rows, line, tuple(long))


def _trimmed(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells up to the last that holds anything: spreadsheets like to add blank ones."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return tuple(cells[:end])


def _cleaned(text: str) -> str | None:
    """Return a cell's text as it was before ``csv_cell``, without surrounding space; None if blank."""
    return (csv_text(text) if text[:1] == "'" else text).strip() or None


def _decoded(data: bytes, name: str, encoding: str | None) -> str:
    marked = [(mark, codec) for mark, codec in _MARKS if data.startswith(mark)]
    mark, codec = marked[0] if marked else (b"", _known("utf-8" if encoding is None else encoding))
    if encoding is not None and mark and not _known(encoding).startswith(codec[:6]):
        message = f"begins with the mark of {codec.upper()}, so it is not {encoding}"
        raise table_errors.unreadable(name, message, "leave --encoding out", 1)
    try:
        text = data[len(mark) :].decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise table_errors.undecodable(name, error, codec, asked=encoding is not None) from None
    except (LookupError, ValueError):  # of codecs such as hex and idna: no text file is in them
        raise _unusable(codec) from None
    if found := _UNWANTED.search(text):
        raise table_errors.unwanted(name, text, found.start())
    return text


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise _unusable(encoding) from None


def _unusable(encoding: str) -> UsageError:
    hint = "for example cp1252, iso-8859-2, shift_jis or utf-16-le"
    return UsageError(f"--encoding: {encoding!r} is no encoding of text files", hint=hint)


def _csv(text: str, name: str, delimiter: str | None) -> Iterator[Record]:
    chosen, first = None if delimiter is None else _one(delimiter), 1
    if sep := _SEP.match(text):  # Excel's own way to say it
        text, chosen, first = text[sep.end() :], chosen or _one(sep[1]), 2
    for number, cells in _records(text, name, chosen or _found_delimiter(text, name), first):
        yield number, [_cleaned(cell) for cell in cells]


def _one(delimiter: str) -> str:
    char = _SPOKEN.get(delimiter.lower(), delimiter)
    if len(char) != 1 or char in '"\r\n\0 ' or char.isalnum():
        hint = "one character, for example ';' or '|'; or tab"
        raise UsageError(f"--delimiter: {delimiter!r} cannot part cells", hint=hint)
    return char


def _found_delimiter(text: str, name: str) -> str:
    """Return what parts the names of the header line; names in quotes may hold any of it."""
    found = _HEADER.match(text)
    header = _QUOTED.sub("", found[1] if found else "")
    (most, char), (next_most, _), _ = sorted(((header.count(c), c) for c in _DELIMITERS), reverse=True)
    if most == 0 and "|" in header:
        raise table_errors.unreadable(name, "the header line is parted by |", "--delimiter '|'", 1)
    if 0 < most == next_most:
        hint = "--delimiter ';' or ',' or tab says which"
        raise table_errors.unreadable(name, "the header line can be parted in two ways", hint, 1)
    return char if most else ","


def _records(text: str, name: str, delimiter: str, first: int) -> list[tuple[int, list[str]]]:
    """Return the records with the line each begins at; ``first`` is the number of the first line."""
    end = table_errors.line_end(text)
    lines = [line + end for line in text.split(end)]
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    records: list[tuple[int, list[str]]] = []
    start = 0
    limit = csv.field_size_limit(max(131_072, len(text) + 1))
    try:
        for record in reader:
            if any(record):
                records.append((first + start, record))
            start = reader.line_num
    except csv.Error as error:
        rest, seen = "".join(lines[start:]), (first + start, first + reader.line_num - 1)
        raise table_errors.malformed(name, str(error), rest, delimiter, seen) from None
    finally:
        csv.field_size_limit(limit)
    return records


def _workbook(data: bytes, name: str) -> Iterator[Record]:
    _check_archive(data, name)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        hint = "pip install 'renewctl[xlsx]', or save it as CSV UTF-8"
        raise table_errors.unreadable(name, "reading .xlsx needs python-calamine", hint) from None
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            return _only_sheet(book, name)
    except CalamineError as error:
        raise table_errors.damaged(name, str(error)) from None


def _check_archive(data: bytes, name: str) -> None:
    """Refuse what is no .xlsx, and what calamine would fill all memory with.

    It makes a full rectangle of a sheet: one stray cell at XFD1048576 would end the process.
    """
    from zipfile import ZipFile

    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if not any(re.fullmatch(r"xl/workbook\w*\.xml", member.filename.lower()) for member in members):
                raise table_errors.mistaken(name, "a zip archive without an .xlsx workbook in it")
            sheets = [member for member in members if member.filename.startswith("xl/worksheets/")]
            large = sum(member.file_size for member in members) > _MOST_XML
            if large or any(_extent(archive.read(sheet)) > _MOST_CELLS for sheet in sheets):
                hint = "a cell far out may be filled by mistake: copy what you need to a new sheet"
                raise table_errors.unreadable(name, "the sheet is too large", hint)
    except BadInput:
        raise
    except Exception as error:  # zipfile has no family of errors: struct.error and zlib.error, for example
        raise table_errors.damaged(name, str(error)) from None


def _extent(xml: bytes) -> int:
    """Return how many cells the rectangle down to the last filled ones of a sheet has."""
    found = _FILLED.findall(xml) or [(b"A", b"1")]
    letters = max({column for column, _ in found}, key=lambda column: (len(column), column))
    width = reduce(lambda number, byte: number * 26 + byte - 64, letters, 0)
    return width * max(int(row) for _, row in found)


def _only_sheet(book: "CalamineWorkbook", name: str) -> Iterator[Record]:
    """Return the rows of the one sheet that holds anything; what is hidden is nobody's list of clients."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    names = [each.name for each in book.sheets_metadata if (each.typ, each.visible) == shown]
    sheets = [book.get_sheet_by_name(each) for each in names]
    filled = [sheet for sheet in sheets if sheet.start is not None]
    if len(filled) > 1:
        message = f"several sheets hold something: {', '.join(sheet.name for sheet in filled)}"
        raise table_errors.unreadable(name, message, "keep one of them")
    rows = filled[0].to_python(skip_empty_area=False) if filled else []
    return ((number, [_value(cell) for cell in row]) for number, row in enumerate(rows, 1))


def _value(cell: float | str | time | date | timedelta) -> Cell:
    if isinstance(cell, str):
        return _cleaned(cell)
    if isinstance(cell, float):  # a workbook knows no integers
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    return str(cell) if isinstance(cell, time | timedelta) else cell
