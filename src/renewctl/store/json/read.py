"""Reads JSON text: its data, or everything that is wrong with it, each with its place.

The text goes through the C parser, and whether something is wrong with it is counted, not looked
for: it is looked through token by token only once that is known. May import ``errors``,
its neighbour ``scan``, the standard library and, for a text that git left half merged, ``conflicts``.
"""

import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from typing import Any

from renewctl.errors import Problem, StoreInvalid
from renewctl.store.foreign import first_line, looks_like
from renewctl.store.json.scan import BLANK, STRING, Lines, marks, unquoted

MAX_DEPTH = 100
"""Deeper nesting is refused: a fixed limit, since Python's own depends on version and call stack."""
MAX_DIGITS = 640
"""Longer integers are refused: what Python can always show, however its own limit is set."""
Flaw = tuple[int, str, str]
"""Where (an offset into the text), what, and the way out."""

_STRUCTURE = re.compile(rf"({STRING})([ \t\r\n]*:)?|[\[\]{{}}]", re.DOTALL)
_NUMBER = re.compile(rf"{STRING}|(-?Infinity|NaN|-?\d[-+.\deE]*)", re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")
_HALF_ESCAPED = re.compile(
    r"\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)"
)
_MERGED = re.compile(r"={7}|>{7}|\|{7}")
_SETTLE = "settle the merge, then remove its markers"
_QUOTES = 'strings and keys stand in double quotes, "…"'
_LAST_COMMA = "remove the comma before the closing bracket"
_WAYS_OUT = (
    ("Illegal trailing comma", _LAST_COMMA),  # from Python 3.13 on
    ("Expecting property name", _QUOTES),
    ("Expecting value", f"write a value: {_QUOTES}; other words are true, false and null"),
    (
        "Expecting ','",
        "look here and above: a comma or a closing bracket is missing, or a number is misspelt",
    ),
    ("Expecting ':'", 'write "key": value'),
    ("Extra data", "remove what follows the end of the store"),
    ("Unterminated string", "close it with double quotes on its own line"),
    ("Invalid control", r"remove it, or write it as an escape such as \u000a"),
    ("Invalid \\", r"write \\ for a backslash, \u and four digits for a character"),
)


def read(text: str) -> dict[str, Any]:
    """Return the data of ``text``; blank text is an empty store.

    Raises StoreInvalid, with every problem found and its place, for what is not JSON, has no object
    at the top, or holds duplicate keys, NaN, infinities, halves of characters, over-long integers
    or more than ``MAX_DEPTH`` levels.
    """
    if not text.strip(BLANK):
        return {}
    hooks = _Hooks()
    try:
        data = json.loads(
            text,
            object_hook=hooks.table,
            parse_int=hooks.integer,
            parse_float=hooks.decimal,
            parse_constant=hooks.constant,
        )
    except JSONDecodeError as error:
        raise _invalid(text, _not_json(text, error)) from None
    except RecursionError:
        raise _invalid(text, _too_deep(text)) from None
    structure = marks(text)
    twice, deep = structure.count(b":") != hooks.members, _is_deep(structure)
    flaws = [*(_duplicates(text) if twice else ()), *(_bad_numbers(text) if hooks.number else ())]
    flaws += [*_half_characters(text), *(_too_deep(text) if deep else ())]
    if not isinstance(data, dict):
        flaws.append(
            (len(text) - len(text.lstrip(BLANK)), "the top level must be an object", "write { … } around it")
        )
    if flaws:
        raise _invalid(text, flaws)
    return dict(data)


class _Hooks:
    """What the C parser calls; notes what there is and that something is wrong, and lets it go on.

    ``members`` counts those of every object that the text writes, also of one that a duplicate key
    replaces. A key that is given twice leaves one member and two colons: there are as many members
    as colons outside strings if and only if no object has a key twice.
    """

    def __init__(self) -> None:
        self.members, self.number = 0, False

    def table(self, table: dict[str, Any]) -> dict[str, Any]:
        self.members += len(table)
        return table

    def integer(self, digits: str) -> int:
        return int(digits) if len(digits) <= MAX_DIGITS else self.constant(digits)

    def decimal(self, digits: str) -> float:
        number = float(digits)
        return number if abs(number) != float("inf") else self.constant(digits)

    def constant(self, _name: str) -> int:
        self.number = True
        return 0


def _is_deep(structure: bytes) -> bool:
    """Say whether brackets remain after the innermost ones were taken away ``MAX_DEPTH`` times."""
    brackets = structure.translate(None, b":")
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _invalid(text: str, flaws: list[Flaw]) -> StoreInvalid:
    lines = Lines(text)
    problems = []
    for offset, message, hint in sorted(flaws):
        line, column = lines.at(offset)
        problems.append(Problem(message, hint=hint, line=line, column=column))
    message = problems[0].message if len(problems) == 1 else f"{len(problems)} problems in the JSON text"
    return StoreInvalid(message, hint=problems[0].hint, problems=problems)


def _not_json(text: str, error: JSONDecodeError) -> list[Flaw]:
    what = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
    if text.startswith("\ufeff"):
        return [(0, "not valid JSON: the mark U+FEFF stands twice at the start", "remove one of the two")]
    return list(_merges(text)) or [(error.pos, f"not valid JSON: {what}", _syntax_hint(text, error))]


def _merges(text: str) -> Iterator[Flaw]:
    from renewctl.store.conflicts import SETTLE
    from renewctl.store.json.conflicts import in_json

    for found in in_json(text):
        yield found.start, found.message, SETTLE


def _syntax_hint(text: str, error: JSONDecodeError) -> str:
    pos, (_, first) = error.pos, first_line(text)
    if not first.startswith("{"):
        return looks_like(text, "json")
    before, after = text[:pos].rstrip(BLANK), text[pos : pos + 2]
    if before.endswith(",") and after[:1] in ("}", "]"):
        return _LAST_COMMA
    if after[:1] == "#" or after in ("//", "/*"):
        return "JSON has no comments; remove it"
    if _MERGED.match(text, pos):
        return _SETTLE
    if pos >= len(text):
        return "the end of the file is missing: take it from git or a backup, or close its brackets"
    return next((hint for message, hint in _WAYS_OUT if error.msg.startswith(message)), "")


def _duplicates(text: str) -> list[Flaw]:
    flaws: list[Flaw] = []
    open_tables: list[dict[str, int]] = []
    lines = Lines(text)
    for match in _STRUCTURE.finditer(text):
        if match[0] in ("{", "["):
            open_tables.append({})
        elif match[0] in ("}", "]"):
            open_tables.pop()
        elif match[2]:
            key = unquoted(match[1])
            first = open_tables[-1].setdefault(key, match.start())
            if first != match.start():
                here, there = lines.at(match.start())[0], lines.at(first)[0]
                message = f'duplicate key "{key}", lines {there} and {here}'
                flaws.append((match.start(), message, "keep one of the two"))
    return flaws


def _bad_numbers(text: str) -> Iterator[Flaw]:
    for match in _NUMBER.finditer(text):
        digits = match[1] or "0"
        if not digits[-1].isdigit():
            yield match.start(), f"{digits} is not a JSON number", "write a number, or remove the key"
        elif digits.lstrip("-").isdigit():
            if len(digits) > MAX_DIGITS:
                yield match.start(), f"an integer of more than {MAX_DIGITS} digits", "write a shorter number"
        elif abs(float(digits)) == float("inf"):
            yield match.start(), "a number too large to be kept", "write a smaller number"


def _half_characters(text: str) -> Iterator[Flaw]:
    way_out = "write both halves of the pair, or neither"
    for match in _HALF_ESCAPED.finditer(text) if "\\" in text else ():
        if match[1]:
            yield match.start(), f"half a character: \\{match[1]}", way_out
    for match in () if _encodes(text) else _HALF.finditer(text):
        yield match.start(), f"half a character: \\u{ord(match[0]):04x}", way_out


def _encodes(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _too_deep(text: str) -> list[Flaw]:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        depth += (match[0] in ("{", "[")) - (match[0] in ("}", "]"))
        if depth > MAX_DEPTH:
            return [(match.start(), "nested too deeply", f"keep to {MAX_DEPTH} levels")]
    return [(0, "nested too deeply", f"keep to {MAX_DEPTH} levels")]
