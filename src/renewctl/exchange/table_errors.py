"""What is wrong with bytes that should be a table, with its line and a fix."""

import re

from renewctl.errors import BadInput, Problem

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


def unreadable(name: str, message: str, hint: str = "", line: int = 0) -> BadInput:
    """Return the error for a file of which nothing can be used."""
    problem = Problem(message, hint=hint, file=name, line=line)
    return BadInput("the table cannot be read", problems=[problem])


def other_kind(name: str, kind: str) -> BadInput:
    """Return the error for a file of another kind."""
    return unreadable(name, f"looks like {kind}", "tables come as CSV or .xlsx: save it as one of them")


def damaged(name: str, why: str) -> BadInput:
    """Return the error for a workbook that is not whole."""
    hint = "open it and save it again, as .xlsx or CSV UTF-8"
    return unreadable(name, f"the workbook is damaged: {why}" if why else "the workbook is damaged", hint)


def kind_of_bytes(data: bytes) -> str | None:
    """Return what kind of file the bytes begin like, if it is one that cannot hold a table for us."""
    return next((kind for magic, kind in _BINARY if data.startswith(magic)), None)


def kind_of_text(text: str) -> str | None:
    """Return what kind of file the text begins like, if it is no CSV."""
    return next((kind for beginning, kind in _TEXTUAL if beginning.match(text)), None)


def too_many_cells(name: str, line: int, count: int, width: int) -> Problem:
    """Return the problem of a row that goes on where the header has ended."""
    message = f"{count} cells, but the header names {width} column{'' if width == 1 else 's'}"
    hint = "put quotes around a cell with a delimiter in it, and a name above every column"
    return Problem(message, hint=hint, file=name, line=line, column=width + 1)


def line_end(text: str) -> str:
    """Return what ends a line. A lone CR does only where nothing else can: a file of old Mac kind."""
    return "\n" if "\n" in text else "\r"


def _line_at(text: str, place: int) -> int:
    return text.count(line_end(text), 0, place) + 1


def undecodable(name: str, error: UnicodeDecodeError, encoding: str, *, asked: bool) -> BadInput:
    """Return the error for bytes that are not text in ``encoding``, which the user asked for or not."""
    one_byte = not encoding.startswith("utf")  # or at least its line ends are of one byte
    before = error.object[: error.start].decode("latin-1" if one_byte else encoding, "ignore")
    message = f"byte 0x{error.object[error.start]:02x} is not {encoding.upper()}"
    hint = "--encoding cp1252 if Excel saved it, or save it again as CSV UTF-8"
    if asked:
        hint = f"it was saved in another encoding than {encoding}"
    return unreadable(name, message, hint, _line_at(before, len(before)))


def unwanted_character(name: str, text: str, place: int) -> BadInput:
    """Return the error for a character that no text has, at ``place``."""
    hint = "take it out, or save the file again as CSV UTF-8"
    if text.count("\0") > len(text) // 4:
        hint = "it looks like UTF-16 without its mark: --encoding utf-16-le, or save it as CSV UTF-8"
    message = f"the character U+{ord(text[place]):04X} cannot stand in text"
    return unreadable(name, message, hint, _line_at(text, place))


def malformed(name: str, why: str, rest: str, delimiter: str, lines: tuple[int, int]) -> BadInput:
    """Return the error for a record that the csv module cannot read.

    Args:
        name: the file's.
        why: what csv says.
        rest: the text from the record's beginning.
        delimiter: what parts its cells.
        lines: where the record begins, and how far csv came.
    """
    if "new-line" in why:
        hint = "lines end in LF or CRLF; put quotes around a cell with a line end in it"
        return unreadable(name, "a lone carriage return stands in the line", hint, lines[1])
    opened = lines[0] + rest.count(line_end(rest), 0, _open_quote(rest, delimiter))
    message = f"the cell in quotes that begins here is followed by more in line {lines[1]}"
    if "unexpected end" in why:
        message = "a quote is opened here and never closed"
    return unreadable(name, message, "close it, and write a quote inside a cell twice", opened)


def _open_quote(rest: str, delimiter: str) -> int:
    """Return where the first cell in quotes begins that does not end where a cell may."""
    part = re.escape(delimiter)
    cell = re.compile(rf' *+(?:"[^"]*+(?:""[^"]*+)*"(?!")|(?!")[^{part}\r\n]*+)(?:[{part}\r\n]|\Z)')
    place = 0
    while place < len(rest) and (found := cell.match(rest, place)):
        place = found.end()
    return place
