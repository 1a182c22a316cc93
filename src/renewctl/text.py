"""Make text from files safe to show on a terminal or in a spreadsheet.

Anybody can have written the data. It is shown, never interpreted.
"""

import re
from collections.abc import Sequence
from unicodedata import category

from renewctl.model import Path

BOM = "\ufeff"
"""The byte order mark, by which Excel recognizes UTF-8."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})
# Strings, so that ``re`` compiles a pattern only if a command uses it.
_FORMULA = r"'*(?:\s*[=+\-@\t\r＝＋－＠]|\t|\r)"
_MARKDOWN = r"[\\`*_{}\[\]<>&|#~!$]|:(?=//)|(?<=www)\."
_BARE_KEY = r"[A-Za-z0-9_-]+"


def showable(text: str) -> str:
    r"""Return ``text`` with every invisible character written as an escape.

    Control, format (bidi, zero width), surrogate and unassigned characters and line separators
    become ``\x1b`` or ``\u202e``, so that no name can move the cursor, open a link or reverse a line.
    """
    if text.isprintable():
        return text
    return "".join(_escape(char) if is_invisible(char) else char for char in text)


def is_invisible(char: str) -> bool:
    """Return whether a character is a control or format character, or not assigned."""
    return category(char) in _HIDDEN


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural if needed."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def agree(number: int, verb: str) -> str:
    """Return a verb that agrees with a number: 1 follows, 2 follow."""
    singular = {"are": "is", "have": "has", "match": "matches"}.get(verb, f"{verb}s")
    return singular if number == 1 else verb


def conjugate(verb: str, *, would: bool) -> str:
    """Return the verb of a change: ``Added``, or ``Would add`` if it is not saved."""
    past = {"set": "set", "undo": "undid", "redo": "redid"}.get(verb, verb.removesuffix("e") + "ed")
    return f"Would {verb}" if would else past.capitalize()


def quote_text(text: str, most: int = 60) -> str:
    """Return text in quotes for a message, shortened if it is long."""
    return repr(text if len(text) <= most else text[: most - 1] + "…")


def list_some(names: Sequence[str], most: int, where: str = "") -> str:
    """Return the first ``most`` names and the number of others, with ``where``."""
    more = f" and {len(names) - most} more{where}" if len(names) > most else ""
    return join_names(names[:most]) + more


def join_names(names: Sequence[str]) -> str:
    """Return names with commas between them, or semicolons if a name has a comma."""
    return ("; " if any("," in name for name in names) else ", ").join(names)


def format_value(value: object) -> str:
    """Return a field's value as a cell: ``true``, empty for None, ``a; b`` for a list."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def csv_cell(text: str) -> str:
    """Return ``text``, with a ``'`` in front if it looks like a formula.

    Text that already begins with one gets another, so that ``csv_text`` can reverse this.
    """
    return "'" + text if re.match(_FORMULA, text) else text


def csv_text(cell: str) -> str:
    """Return the text of a cell that ``csv_cell`` made."""
    return cell[1:] if cell.startswith("'") and re.match(_FORMULA, cell[1:]) else cell


def column_letters(number: int) -> str:
    """Return the letters of a spreadsheet column, from 1: A, B, … Z, AA."""
    above, last = divmod(number - 1, 26)
    return (column_letters(above) if above else "") + chr(ord("A") + last)


def cell_reference(sheet: str, row: int, column: int = 0) -> str:
    """Return a reference to a cell, ``Clients!F3``, or to a row, ``Clients, row 3``."""
    name = sheet if sheet.isidentifier() else "'{}'".format(sheet.replace("'", "''"))
    if not row:
        return name
    return f"{name}!{column_letters(column)}{row}" if column else f"{name}, row {row}"


def markdown_cell(text: str) -> str:
    """Return ``text`` for a cell of a Markdown table, with all Markdown escaped."""
    return re.sub(_MARKDOWN, r"\\\g<0>", showable(text))


def dotted(path: Path) -> str:
    """Return ``path`` as a TOML key: ``clients."acme.example".override``."""
    return ".".join(step if re.fullmatch(_BARE_KEY, step) else f'"{_escape_basic(step)}"' for step in path)


def _escape_basic(text: str) -> str:
    """Return text for a TOML basic string, with control characters escaped."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", plain)
