"""Read CSV files, and define the types of tables. See also ``workbook``.

Nothing is guessed silently: ambiguous content is refused, with its line and a fix.
"""

import codecs
import csv
import re
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import recognize_fields
from renewctl.formats.foreign import GIT_PLACEHOLDERS
from renewctl.text import csv_text


class BadCell(NamedTuple):
    """A cell that shows something but has no value, such as an error (``#N/A``).

    ``text`` is what the cell shows; ``message`` and ``hint`` are for the user if its value is needed.
    """

    text: str
    message: str
    hint: str


Cell = str | int | float | bool | date | datetime | BadCell | None
"""The content of a cell: text without surrounding spaces, or a typed value of a workbook."""

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xlsx or .ods workbook, and of an .xls workbook."""
_SAVE = "save the table as .xlsx or CSV UTF-8"
_SAVE_AGAIN = "save the file again as CSV UTF-8"
_OPEN = "open it in a spreadsheet program and save it as .xlsx"
_BINARY = (
    (codecs.BOM_UTF32_LE, "UTF-32", _SAVE),
    (codecs.BOM_UTF32_BE, "UTF-32", _SAVE),
    (b"%PDF", "PDF", "export the table as .xlsx or CSV from the program that created the PDF"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"PK\x05\x06", "an empty zip archive", _SAVE),
)
_TEXTUAL = (
    (re.compile(r"\s*<(?:!doctype|html|head|body|table|meta)\b", re.IGNORECASE), "HTML"),
    (re.compile(r"\s*MIME-Version:", re.IGNORECASE), "a saved web page"),
    (re.compile(r"\s*<[?!\w]"), "XML"),
    (re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\["\]])'), "JSON"),
    (re.compile(r'\s*+(?:#.*\n\s*+)*(?:version\s*=|\[+[\w."@-]+\]+\s*$)', re.MULTILINE), "TOML"),
    (re.compile(r"---\s*\n"), "YAML"),
)
# Common encodings in the languages of the headers. If several give the same text, the first is offered.
_ENCODINGS = ("cp1252", "cp1250", "iso8859_2", "cp1251", "cp932", "mac_roman", "cp850")
_WORD_ENDS = (b",", b";", b"\t", b"\n", b"\r", b'"', b" ")
_LONGEST_WORD = 30
_DELIMITERS = ",;\t"
_TITLE_LINES = 20
_DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_QUOTED = r'"[^"]*+(?:""[^"]*+)*"(?!")'
_HEADER = re.compile(rf'\s*+((?:{_QUOTED}|[^"\r\n]++)*)')
_FORBIDDEN_CHAR = re.compile("[\0\ud800-\udfff]")
# Errors of Excel, LibreOffice and Google Sheets: #N/A, #REF!, #¿NOMBRE?, #BEZUG!, #NV, Err:502; and #### for
# a date in a column that is too narrow.
_ERROR = re.compile(r"#N/?[AD]|#GETTING_DATA|#NV|#BRAK|#[¡¿]?[A-ZÀ-Ý0-9_/]{2,20}[!?]|Err:[0-9]{3}|#{3,}")
_LONGEST_ERROR = 30


def time_cell(text: str) -> BadCell:
    """Return the cell for a time of day or a duration, which no field can be."""
    return BadCell(
        text, f"the cell contains the time {text}", "format the column as text, then enter the value again"
    )


class SheetRow(NamedTuple):
    """A row of a table.

    Args:
        number: Its first line in a CSV file, or its row in a sheet, from 1.
        cells: The cells, up to the last filled one.
        hidden: Whether the row is hidden or filtered out.
        width: The number of cells of a row in a CSV file, including blank ones at the end.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    width: int = 0


class RawSheet(NamedTuple):
    """The filled rows of a CSV file or of a sheet, before the header is known.

    Rows end with their last filled cell. ``hidden_columns`` count from 0. ``name`` is "" for a CSV file.
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden_columns: frozenset[int] = frozenset()
    visible: bool = True


class Sheet(NamedTuple):
    """A table, in which each row has as many cells as there are columns.

    Args:
        columns: The names of the columns.
        rows: The rows below the header.
        line: The line or row of the header, from 1.
        problems: Problems of rows with too many cells, which are not among the rows.
        name: The name of the sheet in a workbook.
        notes: Notes for the user on how the table was read.
    """

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    line: int = 1
    problems: tuple[Problem, ...] = ()
    name: str = ""
    notes: tuple[str, ...] = ()


def unreadable(name: str, message: str, hint: str = "", line: int = 0, sheet: str = "") -> BadInput:
    """Return the error for a file whose table cannot be read."""
    problem = Problem(message, hint=hint, file=name, line=line, sheet=sheet)
    return BadInput("the table cannot be read", problems=[problem])


def other_kind(name: str, kind: str, hint: str = _SAVE) -> BadInput:
    """Return the error for a file of a kind that is not supported."""
    return unreadable(name, f"the file looks like {kind}", hint)


def trim(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells up to the last filled one: spreadsheets often add blank cells."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def clean_text(text: str) -> str | BadCell | None:
    """Return a cell's text without the mark of ``csv_cell``; None if blank."""
    plain = csv_text(text).strip()
    if is_error(plain):
        return error_cell(plain)
    return plain or None


def is_error(text: str) -> bool:
    """Return whether a text is an error of a spreadsheet, in any of the languages."""
    return _ERROR.fullmatch(text) is not None


def error_cell(text: str) -> BadCell:
    """Return the cell for an error of a spreadsheet."""
    text = text[:_LONGEST_ERROR]
    if text.startswith("###"):
        message = "the cell shows only #, because its column was too narrow when the file was saved"
        return BadCell(text, message, "widen the column in the spreadsheet and save it again")
    hint = "correct the formula in the spreadsheet, or clear the cell"
    return BadCell(text, f"the cell shows the error {text}", hint)


def decode(data: bytes, name: str, encoding: str | None) -> str:
    """Return the text of a file.

    Without ``encoding``, the file must be UTF-8, or UTF-16 with a byte order mark.

    Raises:
        BadInput: If the content is not text in that encoding.
        UsageError: If the encoding is unknown.
    """
    for magic, hint in GIT_PLACEHOLDERS:
        if data.startswith(magic):
            raise unreadable(name, "git has a placeholder here instead of the file", hint)
    for magic, kind, hint in _BINARY:
        if data.startswith(magic):
            raise other_kind(name, kind, hint)
    try:
        asked = codecs.lookup(encoding if encoding is not None else "utf-8").name
    except (LookupError, ValueError):
        raise _not_an_encoding(encoding) from None
    mark, codec = next((each for each in _BOMS if data.startswith(each[0])), (b"", asked))
    if encoding is not None and not asked.startswith(codec[:6]):
        message = f"the file begins with a {codec.upper()} byte order mark, so it is not {encoding}"
        raise unreadable(name, message, "remove --encoding", 1)
    try:
        text = data[len(mark) :].decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        one_byte = not codec.startswith("utf")  # or at least its line ends have one byte
        before = error.object[: error.start].decode("latin-1" if one_byte else codec, "ignore")
        message = f"byte 0x{error.object[error.start]:02x} is not valid {codec.upper()}"
        hint = _SAVE_AGAIN if mark else _suggest_encodings(error.object, error.start)
        raise unreadable(name, message, hint, before.count(_line_end(before)) + 1) from None
    except (LookupError, ValueError):  # raised by codecs such as hex and idna, which are not for text files
        raise _not_an_encoding(codec) from None
    with suppress(UnicodeDecodeError):  # Text in other encodings is rarely valid UTF-8.
        if not codec.startswith("utf") and not data.decode().isascii():
            message = f"the file is UTF-8, so {encoding} would garble its special characters"
            raise unreadable(name, message, "remove --encoding")
    if match := _FORBIDDEN_CHAR.search(text):
        message = f"the character U+{ord(match[0]):04X} is not allowed in text"
        hint = _SAVE_AGAIN
        if text.count("\0") > len(text) // 4:
            message += "; the file looks like UTF-16"
            hint = f"add --encoding utf-16-{'be' if text[0] == chr(0) else 'le'}"
        raise unreadable(name, message, hint, text.count(_line_end(text), 0, match.start()) + 1)
    return text


def _suggest_encodings(data: bytes, place: int) -> str:
    """Return a hint with the encodings that a file may have.

    It shows how each reads the word at a position.
    """
    begin = max(data.rfind(sign, max(0, place - _LONGEST_WORD), place) + 1 for sign in _WORD_ENDS)
    ends = [data.find(sign, place, place + _LONGEST_WORD) for sign in _WORD_ENDS]
    word = data[begin : min((end for end in ends if end >= 0), default=place + _LONGEST_WORD)]
    readings: dict[str, str] = {}
    for name in _ENCODINGS:
        with suppress(UnicodeDecodeError):
            text = word.decode(name)
            if text.isprintable():
                readings.setdefault(text, name)
    listed = ", ".join(f"{name} for {text!r}" for text, name in readings.items())
    return f"add --encoding {listed}" if listed else _SAVE_AGAIN


def _not_an_encoding(encoding: str | None) -> UsageError:
    hint = "use an encoding such as cp1252, iso-8859-2, shift_jis or utf-16-le"
    return UsageError(f"--encoding: {encoding!r} is not a text encoding", hint=hint)


def _line_end(text: str) -> str:
    """Return the line end. It is CR only in text without LF, as old Macs wrote it."""
    return "\n" if "\n" in text else "\r"


def read_csv(
    data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
) -> RawSheet:
    """Return the filled rows of a CSV file, each with its first line.

    Args:
        data: The content of the file.
        name: The name of the file in messages.
        encoding: The encoding; None for UTF-8, or UTF-16 with a byte order mark.
        delimiter: The delimiter; None to detect comma, semicolon or tab in the header line.

    Raises:
        BadInput: If it is not such a file.
        UsageError: If the encoding or delimiter is not valid.
    """
    text = decode(data, name, encoding)
    for beginning, kind in _TEXTUAL:
        if beginning.match(text):
            raise other_kind(name, kind, _OPEN if kind in {"HTML", "XML", "a saved web page"} else _SAVE)
    first_line = 1
    if sep := _SEP_LINE.match(text):  # Excel's line with the delimiter
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
            if cells := trim(tuple(map(clean_text, record))):
                records.append(SheetRow(first_line + start, cells, width=len(record)))
            start = reader.line_num
    except csv.Error as error:
        last = first_line + reader.line_num - 1
        if "new-line" in str(error):
            hint = "end lines in LF or CRLF, and put quotes around cells with line breaks"
            raise unreadable(name, "the line contains a lone carriage return", hint, last) from None
        rest = "".join(lines[start:])
        opened = first_line + start + rest.count(_line_end(rest), 0, _open_quote(rest, delimiter))
        message = f"the quoted cell that begins here has text after its closing quote in line {last}"
        if "unexpected end" in str(error):
            message = "the quote that opens here is never closed"
        hint = "close the quote, and double any quote inside a cell"
        raise unreadable(name, message, hint, opened) from None
    finally:
        csv.field_size_limit(limit)
    return RawSheet("", tuple(records))


def _check_delimiter(delimiter: str) -> str:
    char = _DELIMITER_NAMES.get(delimiter.lower(), delimiter)
    if len(char) != 1 or char in '"\r\n\0 ' or char.isalnum():
        hint = "use one character, for example ';' or '|', or the word tab"
        raise UsageError(f"--delimiter: {delimiter!r} is not a valid delimiter", hint=hint)
    return char


def _detect_delimiter(text: str, name: str) -> str:
    """Return the delimiter of the header line.

    Names in quotes can contain any character.

    A line without a delimiter is a title, unless it is the header of a table with one column.
    """
    start = 0
    for _ in range(_TITLE_LINES):
        match = _HEADER.match(text, start)
        header = re.sub(_QUOTED, "", match[1] if match else "")
        if not match or any(char in header for char in (*_DELIMITERS, "|")) or recognize_fields([header], {}):
            break
        start = match.end()
    (most, char), (next_most, _), _ = sorted(((header.count(c), c) for c in _DELIMITERS), reverse=True)
    if most == 0 and "|" in header:
        raise unreadable(name, "the header line is separated by |", "add --delimiter '|'", 1)
    if 0 < most == next_most:
        hint = "add --delimiter ';', --delimiter ',' or --delimiter tab"
        raise unreadable(name, "the delimiter of the header line is ambiguous", hint, 1)
    return char if most else ","


def _open_quote(rest: str, delimiter: str) -> int:
    """Return the start of the first cell whose quotes are wrong."""
    part = re.escape(delimiter)
    cell = re.compile(rf' *+(?:{_QUOTED}|(?!")[^{part}\r\n]*+)(?:[{part}\r\n]|\Z)')
    place = 0
    while place < len(rest) and (found := cell.match(rest, place)):
        place = found.end()
    return place
