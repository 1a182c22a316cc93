"""Says where each part of a JSON text stands, which brackets it writes, and what its habits are.

The text is known to be valid. The C parser of the standard library walks over what is not asked
for, so that no token of it passes through Python. May import the standard library only.
"""

import json
import re
from collections.abc import Container
from itertools import accumulate
from typing import Any, NamedTuple, Self

BLANK = " \t\r\n"
BLOCK = 1 << 14
"""Line ends are counted once for each stretch of so many characters."""
STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_KEY = re.compile(rf"({STRING})[ \t\r\n]*:[ \t\r\n]*")
_BLANKS = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*(,?)[ \t\r\n]*")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_INDENT = re.compile(r"[\r\n]([ \t]*)[\"{\[]")
_INDENTATION = re.compile(r"[ \t]*")
_COLON = re.compile(rf"{STRING}([ \t]*:[ \t]*)", re.DOTALL)
_LIST = re.compile(r":[ \t]*\[([ \t\r\n]*)\"")
_SPREAD_LIST = re.compile(r"\[\n[ \t]*([^\[\]{}]*?)\n[ \t]*\]")
_BEYOND_ASCII = re.compile(r"\\u(?!00[0-7])")
_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029]")
_ESCAPE = re.compile(r"\\.")
_IN_STRINGS = re.compile(rb'"[^"]*"')
_MARKS = bytes.maketrans(b"{}", b"[]")
_NO_MARKS = bytes(set(range(256)) - set(b'{}[]:"'))
_decode = json.JSONDecoder().raw_decode


class Member(NamedTuple):
    """One member of an object, or item of a list, as offsets into the text.

    ``key_start`` to ``key_end`` is the key with its quotes (nothing, for an item, whose ``key`` is
    its index in digits); ``start`` to ``end`` is the value.
    """

    key: str
    key_start: int
    key_end: int
    start: int
    end: int


class Spans:
    """Where the members of the objects and lists of a text stand; each is scanned once, when asked for."""

    def __init__(self, text: str, entered: Container[str] = ()) -> None:
        """Take valid JSON; the top's members called as in ``entered`` are scanned along with the top."""
        self.text = text
        self.root = _root(text)
        self._found: dict[int, dict[str, Member]] = {}
        self._ends: dict[int, int] = {}
        self._entered = entered

    def members(self, start: int) -> dict[str, Member]:
        """Return the members of what opens at ``start``, by key or index in digits; a scalar has none."""
        if start not in self._found:
            self._found[start], self._ends[start] = self._scan(start)
        return self._found[start]

    def _scan(self, start: int) -> tuple[dict[str, Member], int]:
        text, found = self.text, dict[str, Member]()
        keyed, pos = text[start] == "{", _blanks_end(text, start + 1)
        entered = self._entered if self.root and start == self.root.start else ()
        more = text[start] in "{[" and text[pos] not in "}]"
        while more:
            key, key_end, value = _key_at(text, pos) if keyed else (str(len(found)), pos, pos)
            end = self._end_within(value) if key in entered else _decode(text, value)[1]
            found[key] = Member(key, pos, key_end, value, end)
            comma = _COMMA.match(text, end)
            more = bool(comma and comma[1])
            pos = comma.end() if comma else end
        return found, pos + 1

    def _end_within(self, start: int) -> int:
        if self.text[start] != "{":
            return _decode(self.text, start)[1]
        self.members(start)
        return self._ends[start]


def marks(text: str) -> bytes:
    """Return the colons and brackets of valid JSON that stand outside strings, braces as brackets.

    All in C, over what is left at each step. Without escapes, quotes only begin and end strings, so
    that a mark stands in a string if and only if the number of quotes before it is odd. To take two
    quotes away that are next to each other keeps that so for every mark; mostly none remain.
    """
    plain = _ESCAPE.sub("", text) if "\\" in text else text
    found = plain.encode(errors="surrogatepass").translate(_MARKS, _NO_MARKS).replace(b'""', b"")
    return _IN_STRINGS.sub(b"", found) if b'"' in found else found


def _root(text: str) -> Member | None:
    start = _blanks_end(text, 0)
    return Member("", start, start, start, len(text.rstrip(BLANK))) if start < len(text) else None


def has_newline(text: str, start: int, end: int) -> bool:
    """Say whether a line ends between the two offsets."""
    return text.find("\n", start, end) >= 0 or text.find("\r", start, end) >= 0


def indent_at(text: str, offset: int) -> str:
    """Return the blanks at the start of the line that ``offset`` is on."""
    line = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    match = _INDENTATION.match(text, line)
    return match[0] if match else ""


def _blanks_end(text: str, pos: int) -> int:
    match = _BLANKS.match(text, pos)
    return match.end() if match else pos


def _key_at(text: str, pos: int) -> tuple[str, int, int]:
    """Return the key at ``pos``, where its text ends and where its value starts."""
    match = _KEY.match(text, pos)
    if match is None:
        raise ValueError(f"no key at {pos}")
    return unquoted(match[1]), match.end(1), match.end()


def unquoted(quoted: str) -> str:
    """Return what a string of the text says; ``quoted`` is valid, with its quotes."""
    return str(json.loads(quoted)) if "\\" in quoted else quoted[1:-1]


class Lines:
    """Turns offsets into lines and columns, both from 1; columns count characters."""

    def __init__(self, text: str) -> None:
        self._text = _LONE_RETURN.sub("\n", text) if "\r" in text else text
        counts = (self._text.count("\n", start, start + BLOCK) for start in range(0, len(text), BLOCK))
        self._before = list(accumulate(counts, initial=0))

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of ``offset``."""
        block = offset // BLOCK
        line = self._before[block] + self._text.count("\n", block * BLOCK, offset) + 1
        return line, offset - self._text.rfind("\n", 0, offset)


def _majority_newline(text: str) -> str:
    if "\r" not in text:
        return "\n"
    windows = text.count("\r\n")
    counts = {"\n": text.count("\n") - windows, "\r\n": windows, "\r": text.count("\r") - windows}
    return max(counts, key=lambda newline: counts[newline])


class Style(NamedTuple):
    """How new text is to look; by default the canonical form.

    ``unit`` is one step of indentation, ``colon`` and ``comma`` the marks with the blanks around
    them on one line, ``escaped`` whether characters beyond ASCII are, ``short_lists`` whether
    lists of scalars stand on one line among objects that do not.
    """

    unit: str = "  "
    newline: str = "\n"
    colon: str = ": "
    comma: str = ", "
    escaped: bool = False
    short_lists: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the habits of ``text``, canonical where it shows none."""
        indent = _INDENT.search(text, text.find("{") + 1) if has_newline(text, 0, len(text)) else None
        colon = _COLON.search(text)
        mark = re.sub(" +", " ", colon[1]) if colon else cls().colon
        listed = _LIST.search(text)
        return cls(
            unit=indent[1] if indent else cls().unit,
            newline=_majority_newline(text),
            colon=mark,
            comma=", " if mark.endswith(" ") else ",",
            escaped=text.isascii() and "\\" in text and bool(_BEYOND_ASCII.search(text)),
            short_lists=bool(indent and listed and not has_newline(listed[1], 0, len(listed[1]))),
        )

    def write(self, value: Any, *, spread: bool, indent: str = "") -> str:
        """Return ``value`` as text: over several lines below ``indent``, or on one.

        Raises ValueError for NaN and infinities, TypeError for what is not plain data.
        """
        text = json.dumps(
            value,
            ensure_ascii=self.escaped,
            allow_nan=False,
            indent=self.unit if spread else None,
            separators=("," if spread else self.comma, self.colon),
        )
        text = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
        if spread and self.short_lists:
            text = _SPREAD_LIST.sub(self._on_one_line, text)
        return text.replace("\n", self.newline + indent)

    def _on_one_line(self, match: re.Match[str]) -> str:
        return "[" + re.sub(r",\n[ \t]*", self.comma, match[1]) + "]"


CANONICAL = Style()
