"""What a spreadsheet is read as, and the rows of a CSV file. ``workbook`` reads the others.

Nothing is guessed in silence: what cannot be read for certain is refused, with its line and a fix.
"""

import codecs
import csv
import re
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from renewctl.errors import BadInput, Problem, UsageError
from renewctl.exchange.headers import recognize_fields
from renewctl.formats.foreign import GIT_STAND_INS
from renewctl.text import csv_text


class BadCell(NamedTuple):
    """A cell that shows something, but has no value: an error such as ``#N/A``, a formula never calculated.

    ``text`` is what it shows; ``message`` and ``hint`` are for whoever needs its value.
    """

    text: str
    message: str
    hint: str


Cell = str | int | float | bool | date | datetime | BadCell | None
"""What a cell holds: text without surrounding space, or what a workbook calls a number or a date."""

_SAVE = "save the table as .xlsx or CSV UTF-8"
_OPEN = "open it in a spreadsheet program and save it as .xlsx"
_BINARY = (
    (codecs.BOM_UTF32_LE, "UTF-32", _SAVE),
    (codecs.BOM_UTF32_BE, "UTF-32", _SAVE),
    (b"%PDF", "PDF", "export the table as .xlsx or CSV from the program that made the PDF"),
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
# Those in which programs save lists in the languages of the headers; the first of equal readings counts.
_ENCODINGS = ("cp1252", "cp1250", "iso8859_2", "cp1251", "cp932", "mac_roman", "cp850")
_WORD_ENDS = (b",", b";", b"\t", b"\n", b"\r", b'"', b" ")
_LONGEST_WORD = 30
_DELIMITERS = ",;\t"
_TITLE_LINES = 20
_DELIMITER_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEP_LINE = re.compile(r'"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_HEADER = re.compile(r'\s*+((?:"[^"]*+(?:""[^"]*+)*"(?!")|[^"\r\n]++)*)')
_QUOTED_CELL = re.compile(r'"[^"]*+(?:""[^"]*+)*"(?!")')
_FORBIDDEN_CHAR = re.compile("[\0\ud800-\udfff]")
# As Excel, LibreOffice and Google Sheets write errors: #N/A, #REF!, #¿NOMBRE?, #BEZUG!, #NV, Err:502; and a
# date in a column that is too narrow.
_ERROR = re.compile(r"#N/?[AD]|#GETTING_DATA|#NV|#BRAK|#[¡¿]?[A-ZÀ-Ý0-9_/]{2,20}[!?]|Err:[0-9]{3}|#{3,}")
_LONGEST_ERROR = 30


def time_cell(text: str) -> BadCell:
    """Return a cell that holds a time of day, or a span of time: no field is one."""
    return BadCell(
        text, f"the cell holds the time {text}", "format the column as text, then type the cell again"
    )


class SheetRow(NamedTuple):
    """One row: ``number`` is its line in a CSV (the first, if it has several), else its row, from 1.

    ``width`` is how many cells a row of a CSV file has, with the blank ones at its end.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    width: int = 0


class RawSheet(NamedTuple):
    """The filled rows of a CSV file, or of the sheet ``name`` of a workbook, before its header is known.

    Rows end with their last filled cell. ``hidden_columns`` count from 0.
    """

    name: str
    rows: tuple[SheetRow, ...]
    hidden_columns: frozenset[int] = frozenset()
    visible: bool = True


class Sheet(NamedTuple):
    """A table. Every row has as many cells as there are columns; the header stands at ``line``.

    ``problems`` are those of the rows that have more cells, and so are not among the rows. ``name`` is
    the sheet's in a workbook, and ``remarks`` are what the user should know of how it was read.
    """

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    line: int = 1
    problems: tuple[Problem, ...] = ()
    name: str = ""
    remarks: tuple[str, ...] = ()


def unreadable(name: str, message: str, hint: str = "", line: int = 0) -> BadInput:
    """Return the error of a file whose table cannot be read."""
    problem = Problem(message, hint=hint, file=name, line=line)
    return BadInput("the table cannot be read", problems=[problem])


def other_kind(name: str, kind: str, hint: str = _SAVE) -> BadInput:
    """Return the error of a file that holds no table, or none that can be read."""
    return unreadable(name, f"looks like {kind}", hint)


def trim(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells up to the last that is filled: spreadsheets like to add blank ones."""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def clean_text(text: str) -> str | BadCell | None:
    """Return a cell's text as it was before ``csv_cell``, without surrounding space; None if blank."""
    plain = csv_text(text).strip()
    if is_error(plain):
        return error_cell(plain)
    return plain or None


def is_error(text: str) -> bool:
    """Return whether a spreadsheet writes a text in place of a value, in whatever language."""
    return _ERROR.fullmatch(text) is not None


def error_cell(text: str) -> BadCell:
    """Return a cell that shows an error."""
    text = text[:_LONGEST_ERROR]
    if text.startswith("###"):
        message = "the cell shows only #, because its column was too narrow when it was saved"
        return BadCell(text, message, "widen the column in the spreadsheet, and save it again")
    hint = "correct the formula in the spreadsheet, or clear the cell"
    return BadCell(text, f"the cell shows the error {text}", hint)


def decode(data: bytes, name: str, encoding: str | None) -> str:
    """Return the text of a file: in ``encoding``, otherwise in UTF-8, or in UTF-16 with its mark.

    Raises:
        BadInput: If it is not text in that encoding.
        UsageError: If there is no such encoding.
    """
    for magic, hint in GIT_STAND_INS:
        if data.startswith(magic):
            raise unreadable(name, "git has something else here in place of the file", hint)
    for magic, kind, hint in _BINARY:
        if data.startswith(magic):
            raise other_kind(name, kind, hint)
    try:
        asked = codecs.lookup(encoding if encoding is not None else "utf-8").name
    except (LookupError, ValueError):
        raise _not_an_encoding(encoding) from None
    mark, codec = next((each for each in _BOMS if data.startswith(each[0])), (b"", asked))
    if encoding is not None and not asked.startswith(codec[:6]):
        message = f"begins with the mark of {codec.upper()}, so it is not {encoding}"
        raise unreadable(name, message, "leave --encoding out", 1)
    try:
        text = data[len(mark) :].decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        one_byte = not codec.startswith("utf")  # or at least its line ends are of one byte
        before = error.object[: error.start].decode("latin-1" if one_byte else codec, "ignore")
        message = f"byte 0x{error.object[error.start]:02x} is not {codec.upper()}"
        hint = _suggest_encodings(error.object, error.start)
        raise unreadable(name, message, hint, before.count(_line_end(before)) + 1) from None
    except (LookupError, ValueError):  # of codecs such as hex and idna: no text file is in them
        raise _not_an_encoding(codec) from None
    if not codec.startswith("utf") and _is_utf8(data):
        message = f"is UTF-8: read as {encoding}, its letters outside ASCII would be wrong"
        raise unreadable(name, message, "leave --encoding out")
    if match := _FORBIDDEN_CHAR.search(text):
        message = f"the character U+{ord(match[0]):04X} cannot stand in text"
        hint = "take it out, or save the file again as CSV UTF-8"
        if text.count("\0") > len(text) // 4:
            hint = "it looks like UTF-16 without its mark: --encoding utf-16-le, or save it as CSV UTF-8"
        raise unreadable(name, message, hint, text.count(_line_end(text), 0, match.start()) + 1)
    return text


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes have letters outside ASCII, all in UTF-8: other encodings hardly ever look so."""
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _suggest_encodings(data: bytes, place: int) -> str:
    """Return the next step for a file that is not UTF-8: how the usual encodings read the word at a place."""
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
    return (
        f"add --encoding {listed}; or save it again as CSV UTF-8" if listed else "save it again as CSV UTF-8"
    )


def _not_an_encoding(encoding: str | None) -> UsageError:
    hint = "for example cp1252, iso-8859-2, shift_jis or utf-16-le"
    return UsageError(f"--encoding: {encoding!r} is no encoding of text files", hint=hint)


def _line_end(text: str) -> str:
    """Return what ends a line. A lone CR does only where nothing else can: a file of old Mac kind."""
    return "\n" if "\n" in text else "\r"


def read_csv(
    data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
) -> RawSheet:
    """Return the filled rows of a CSV file, each with the line it begins at.

    Without ``encoding`` it is UTF-8, or UTF-16 with its mark; without ``delimiter`` the header line shows
    whether it is comma, semicolon or tab.

    Raises:
        BadInput: If it is not such a file.
        UsageError: If there is no such encoding, or no such delimiter.
    """
    text = decode(data, name, encoding)
    for beginning, kind in _TEXTUAL:
        if beginning.match(text):
            raise other_kind(name, kind, _OPEN if kind in {"HTML", "XML", "a saved web page"} else _SAVE)
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
            if cells := trim(tuple(map(clean_text, record))):
                records.append(SheetRow(first_line + start, cells, width=len(record)))
            start = reader.line_num
    except csv.Error as error:
        last = first_line + reader.line_num - 1
        if "new-line" in str(error):
            hint = "lines end in LF or CRLF; put quotes around a cell with a line end in it"
            raise unreadable(name, "a lone carriage return stands in the line", hint, last) from None
        rest = "".join(lines[start:])
        opened = first_line + start + rest.count(_line_end(rest), 0, _open_quote(rest, delimiter))
        message = f"the cell in quotes that begins here is followed by more in line {last}"
        if "unexpected end" in str(error):
            message = "a quote is opened here and never closed"
        raise unreadable(name, message, "close it, and write a quote inside a cell twice", opened) from None
    finally:
        csv.field_size_limit(limit)
    return RawSheet("", tuple(records))


def _check_delimiter(delimiter: str) -> str:
    char = _DELIMITER_NAMES.get(delimiter.lower(), delimiter)
    if len(char) != 1 or char in '"\r\n\0 ' or char.isalnum():
        hint = "one character, for example ';' or '|'; or tab"
        raise UsageError(f"--delimiter: {delimiter!r} cannot part cells", hint=hint)
    return char


def _detect_delimiter(text: str, name: str) -> str:
    """Return the delimiter of the header line; names in quotes may hold any character.

    A line without one is a title, if it is not the header of a table of one column.
    """
    start = 0
    for _ in range(_TITLE_LINES):
        match = _HEADER.match(text, start)
        header = _QUOTED_CELL.sub("", match[1] if match else "")
        if not match or any(char in header for char in (*_DELIMITERS, "|")) or recognize_fields([header], {}):
            break
        start = match.end()
    (most, char), (next_most, _), _ = sorted(((header.count(c), c) for c in _DELIMITERS), reverse=True)
    if most == 0 and "|" in header:
        raise unreadable(name, "the header line is parted by |", "--delimiter '|'", 1)
    if 0 < most == next_most:
        hint = "--delimiter ';' or ',' or tab says which"
        raise unreadable(name, "the header line can be parted in two ways", hint, 1)
    return char if most else ","


def _open_quote(rest: str, delimiter: str) -> int:
    """Return where the first cell in quotes begins that does not end where a cell may."""
    part = re.escape(delimiter)
    cell = re.compile(rf' *+(?:"[^"]*+(?:""[^"]*+)*"(?!")|(?!")[^{part}\r\n]*+)(?:[{part}\r\n]|\Z)')
    place = 0
    while place < len(rest) and (found := cell.match(rest, place)):
        place = found.end()
    return place
