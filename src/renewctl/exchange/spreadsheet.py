"""Tables of cells from the bytes of a CSV file or an XLSX workbook.

Nothing is guessed in silence: what cannot be read for certain is refused, with its line and a fix.
"""

import codecs
import csv
import re
from datetime import date, datetime, time, timedelta
from functools import reduce
from io import BytesIO
from typing import NamedTuple

from renewctl.errors import BadInput, Problem, UsageError
from renewctl.formats.foreign import GIT_STAND_INS
from renewctl.text import count_of, csv_text


class BadCell(NamedTuple):
    """A cell that shows something, but has no value: an error such as ``#N/A``, a formula never calculated.

    ``text`` is what it shows; ``message`` and ``hint`` are for whoever needs its value.
    """

    text: str
    message: str
    hint: str


Cell = str | int | float | bool | date | datetime | BadCell | None
"""What a cell holds: text without surrounding space, or what a workbook calls a number or a date."""

_BINARY = (
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook, or one behind a password"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
)
_TEXTUAL = (
    (re.compile(r"\s*<(?:!doctype|html|head|body|table|meta)\b", re.IGNORECASE), "HTML"),
    (re.compile(r"\s*<[?!\w]"), "XML"),
    (re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\["\]])'), "JSON"),
    (re.compile(r'\s*+(?:#.*\n\s*+)*(?:version\s*=|\[+[\w."@-]+\]+\s*$)', re.MULTILINE), "TOML"),
    (re.compile(r"---\s*\n"), "YAML"),
)
_DELIMITERS = ",;\t"
_DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_HEADER = re.compile(r'\s*+((?:"[^"]*+(?:""[^"]*+)*"(?!")|[^"\r\n]++)*)')
_QUOTED_CELL = re.compile(r'"[^"]*+(?:""[^"]*+)*"(?!")')
_FORBIDDEN_CHAR = re.compile("[\0\ud800-\udfff]")
_MOST_CELLS, _MOST_XML = 20_000_000, 512 * 1024 * 1024
_FILLED_CELL = re.compile(rb"<(?:\w+:)?c ([^<>]*+)(?<!/)>")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')


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
    """Return the table in ``data``: a workbook if the bytes are one, whatever the name; otherwise CSV.

    Blank rows are left out, and short ones filled up. Without ``encoding`` a CSV is UTF-8, or UTF-16
    with its mark; without ``delimiter`` the header line shows whether it is comma, semicolon or tab.

    Raises:
        BadInput: If it is not such a table.
        UsageError: If there is no such encoding, or no such delimiter.
    """
    if data.startswith(b"PK\x03\x04"):
        records = _read_workbook(data, name)
    else:
        records = _read_csv(_decode(data, name, encoding), name, delimiter)
    filled = [(row.number, cells) for row in records if (cells := _trim(row.cells))]
    if not filled:
        raise _unreadable(name, "the table is empty", "name the columns in line 1: client,name")
    line, header = filled.pop(0)
    width = len(header)
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    for number, cells in filled:
        if len(cells) > width:
            message = f"{len(cells)} cells, but the header names {count_of(width, 'column')}"
            hint = "put quotes around a cell with a delimiter in it, and a name above every column"
            problems.append(Problem(message, hint=hint, file=name, line=number, column=width + 1))
        else:
            rows.append(SheetRow(number, cells + (None,) * (width - len(cells))))
    columns = tuple("" if cell is None else str(cell) for cell in header)
    return Sheet(columns, tuple(rows), line, tuple(problems))


def _unreadable(name: str, message: str, hint: str = "", line: int = 0) -> BadInput:
    problem = Problem(message, hint=hint, file=name, line=line)
    return BadInput("the table cannot be read", problems=[problem])


def _other_kind(name: str, kind: str) -> BadInput:
    return _unreadable(name, f"looks like {kind}", "tables come as CSV or .xlsx: save it as one of them")


def _damaged(name: str, why: str) -> BadInput:
    hint = "open it and save it again, as .xlsx or CSV UTF-8"
    return _unreadable(name, f"the workbook is damaged: {why}" if why else "the workbook is damaged", hint)


def _trim(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells up to the last that is filled: spreadsheets like to add blank ones."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _clean(text: str) -> str | None:
    """Return a cell's text as it was before ``csv_cell``, without surrounding space; None if blank."""
    return csv_text(text).strip() or None


def _decode(data: bytes, name: str, encoding: str | None) -> str:
    for magic, hint in GIT_STAND_INS:
        if data.startswith(magic):
            raise _unreadable(name, "git has something else here in place of the file", hint)
    for magic, kind in _BINARY:
        if data.startswith(magic):
            raise _other_kind(name, kind)
    try:
        asked = codecs.lookup(encoding if encoding is not None else "utf-8").name
    except (LookupError, ValueError):
        raise _not_an_encoding(encoding) from None
    mark, codec = next((each for each in _BOMS if data.startswith(each[0])), (b"", asked))
    if encoding is not None and not asked.startswith(codec[:6]):
        message = f"begins with the mark of {codec.upper()}, so it is not {encoding}"
        raise _unreadable(name, message, "leave --encoding out", 1)
    try:
        text = data[len(mark) :].decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        one_byte = not codec.startswith("utf")  # or at least its line ends are of one byte
        before = error.object[: error.start].decode("latin-1" if one_byte else codec, "ignore")
        message = f"byte 0x{error.object[error.start]:02x} is not {codec.upper()}"
        hint = "--encoding cp1252 if Excel saved it, or save it again as CSV UTF-8"
        if encoding is not None:
            hint = f"it was saved in another encoding than {codec}"
        raise _unreadable(name, message, hint, before.count(_line_end(before)) + 1) from None
    except (LookupError, ValueError):  # of codecs such as hex and idna: no text file is in them
        raise _not_an_encoding(codec) from None
    if match := _FORBIDDEN_CHAR.search(text):
        message = f"the character U+{ord(match[0]):04X} cannot stand in text"
        hint = "take it out, or save the file again as CSV UTF-8"
        if text.count("\0") > len(text) // 4:
            hint = "it looks like UTF-16 without its mark: --encoding utf-16-le, or save it as CSV UTF-8"
        raise _unreadable(name, message, hint, text.count(_line_end(text), 0, match.start()) + 1)
    return text


def _not_an_encoding(encoding: str | None) -> UsageError:
    hint = "for example cp1252, iso-8859-2, shift_jis or utf-16-le"
    return UsageError(f"--encoding: {encoding!r} is no encoding of text files", hint=hint)


def _line_end(text: str) -> str:
    """Return what ends a line. A lone CR does only where nothing else can: a file of old Mac kind."""
    return "\n" if "\n" in text else "\r"


def _read_csv(text: str, name: str, delimiter: str | None) -> list[SheetRow]:
    """Return the records with the line each begins at."""
    for beginning, kind in _TEXTUAL:
        if beginning.match(text):
            raise _other_kind(name, kind)
    first_line = 1
    if sep := _SEP_LINE.match(text):  # Excel's own way to name the delimiter
        text, first_line = text[sep.end() :], 2
        delimiter = sep[1] if delimiter is None else delimiter
    delimiter = _detect_delimiter(text, name) if delimiter is None else _check_delimiter(delimiter)
    end = _line_end(text)
    lines = [line + end for line in text.split(end)]
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    records: list[SheetRow] = []
    start = 0
    limit = csv.field_size_limit(max(131_072, len(text) + 1))
    try:
        for record in reader:
            if any(record):
                records.append(SheetRow(first_line + start, tuple(map(_clean, record))))
            start = reader.line_num
    except csv.Error as error:
        last = first_line + reader.line_num - 1
        if "new-line" in str(error):
            hint = "lines end in LF or CRLF; put quotes around a cell with a line end in it"
            raise _unreadable(name, "a lone carriage return stands in the line", hint, last) from None
        rest = "".join(lines[start:])
        opened = first_line + start + rest.count(_line_end(rest), 0, _open_quote(rest, delimiter))
        message = f"the cell in quotes that begins here is followed by more in line {last}"
        if "unexpected end" in str(error):
            message = "a quote is opened here and never closed"
        raise _unreadable(name, message, "close it, and write a quote inside a cell twice", opened) from None
    finally:
        csv.field_size_limit(limit)
    return records


def _check_delimiter(delimiter: str) -> str:
    char = _DELIMITER_NAMES.get(delimiter.lower(), delimiter)
    if len(char) != 1 or char in '"\r\n\0 ' or char.isalnum():
        hint = "one character, for example ';' or '|'; or tab"
        raise UsageError(f"--delimiter: {delimiter!r} cannot part cells", hint=hint)
    return char


def _detect_delimiter(text: str, name: str) -> str:
    """Return the delimiter of the header line; names in quotes may hold any character."""
    match = _HEADER.match(text)
    header = _QUOTED_CELL.sub("", match[1] if match else "")
    (most, char), (next_most, _), _ = sorted(((header.count(c), c) for c in _DELIMITERS), reverse=True)
    if most == 0 and "|" in header:
        raise _unreadable(name, "the header line is parted by |", "--delimiter '|'", 1)
    if 0 < most == next_most:
        hint = "--delimiter ';' or ',' or tab says which"
        raise _unreadable(name, "the header line can be parted in two ways", hint, 1)
    return char if most else ","


def _open_quote(rest: str, delimiter: str) -> int:
    """Return where the first cell in quotes begins that does not end where a cell may."""
    part = re.escape(delimiter)
    cell = re.compile(rf' *+(?:"[^"]*+(?:""[^"]*+)*"(?!")|(?!")[^{part}\r\n]*+)(?:[{part}\r\n]|\Z)')
    place = 0
    while place < len(rest) and (found := cell.match(rest, place)):
        place = found.end()
    return place


def _read_workbook(data: bytes, name: str) -> list[SheetRow]:
    _check_archive(data, name)
    try:  # a lazy import: python-calamine comes with the extra xlsx
        from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum
    except ImportError:
        from renewctl.installation import install_command

        hint = f"{install_command('python-calamine')}, or save it as CSV UTF-8"
        raise _unreadable(name, "reading .xlsx needs python-calamine", hint) from None
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            # Hidden sheets, and charts, are not a list of clients.
            shown = (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
            names = [each.name for each in workbook.sheets_metadata if (each.typ, each.visible) == shown]
            sheets = [
                sheet for each in names if (sheet := workbook.get_sheet_by_name(each)).start is not None
            ]
            if len(sheets) > 1:
                message = f"several sheets hold something: {', '.join(sheet.name for sheet in sheets)}"
                raise _unreadable(name, message, "keep one of them")
            rows = sheets[0].to_python(skip_empty_area=False) if sheets else []
    except CalamineError as error:
        raise _damaged(name, str(error)) from None
    return [SheetRow(number, tuple(map(_value, row))) for number, row in enumerate(rows, 1)]


def _check_archive(data: bytes, name: str) -> None:
    """Refuse a file that is not .xlsx, or for which calamine would need too much memory.

    Calamine fills the whole rectangle of a sheet: one stray cell at XFD1048576 would end the process.
    """
    from zipfile import ZipFile

    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            if not any(re.fullmatch(r"xl/workbook\w*\.xml", member.filename.lower()) for member in members):
                raise _other_kind(name, "a zip archive without an .xlsx workbook in it")
            sheets = [member for member in members if member.filename.startswith("xl/worksheets/")]
            large = sum(member.file_size for member in members) > _MOST_XML
            if large or any(_extent(archive.read(sheet)) > _MOST_CELLS for sheet in sheets):
                hint = "a cell far out may be filled by mistake: copy what you need to a new sheet"
                raise _unreadable(name, "the sheet is too large", hint)
    except BadInput:
        raise
    except Exception as error:  # zipfile has no family of errors: struct.error and zlib.error, for example
        raise _damaged(name, str(error)) from None


def _extent(xml: bytes) -> int:
    """Return how many cells the rectangle down to the last filled ones of a sheet has."""
    width = height = 1
    for attributes in _FILLED_CELL.findall(xml):
        if reference := _REFERENCE.search(attributes):
            column = reduce(lambda number, byte: number * 26 + byte - 64, reference[1], 0)
            width, height = max(width, column), max(height, int(reference[2]))
    return width * height


def _value(cell: float | str | time | date | timedelta) -> Cell:
    if isinstance(cell, str):
        return _clean(cell)
    if isinstance(cell, float):  # a workbook knows no integers
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    return str(cell) if isinstance(cell, time | timedelta) else cell
