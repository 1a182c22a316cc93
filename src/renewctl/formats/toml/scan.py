"""What a TOML text is made of: headers, statements, and the parts of their values, with their offsets.

The text is taken to be valid TOML; on anything else the functions find something or raise ``ScanError``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from renewctl.formats.entries import Steps
from renewctl.formats.toml.reader import loads

# No group that repeats is possessive: until Python 3.11.4 such a one can match wrongly. Each begins with what
# nothing else in it begins with, so that there is one way to match, and no need.
KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"|'[^'\n]*+')"""
_STRING = (
    r'"""[^"\\]*+(?:(?:\\.|""?(?!"))[^"\\]*+)*"{3,5}'
    r"|'''[^']*+(?:''?(?!')[^']*+)*'{3,5}"
    r'|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"'
    r"|'[^'\n]*+'"
)
_KEY_PART = re.compile(rf"[ \t]*({KEY})[ \t]*")
_QUOTED = re.compile(_STRING, re.DOTALL)
# Of text that is not TOML, an open string is one token: to try each quote in it again would take very long.
_TOKEN = re.compile(rf"{_STRING}|\"[^\"\\\n]*+(?:\\[^\n][^\"\\\n]*+)*|#[^\n]*|[\[\]{{}}]", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_GAP = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*[ \t]*+")
_SPACE = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+[ \t\r\n]*+)*")
_BLANKS = re.compile(r"[ \t]*")
_TAIL = re.compile(r"[ \t]*(?:#[^\n]*)?\r?\n")

# An integer that can be too long for Python to write; tomli refuses long decimal ones itself.
LONG_HEX = r"0(?<!\w0)[xob][0-9A-Fa-f_]{2500,}"


class ScanError(ValueError):
    """The text is not TOML here, so positions after this are unknown."""


class Item(NamedTuple):
    """A header or statement: its whole lines, ``start`` to ``end``, and its first character, ``at``.

    ``spans`` are the places of the ``keys`` written here, which end ``path``. A header has no ``value``.
    """

    start: int
    at: int
    end: int
    path: Steps
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    value: tuple[int, int] | None


class Part(NamedTuple):
    """An item of an array, or a pair of an inline table (then with ``keys``).

    Its text is ``start`` to ``end``, its value starts at ``value``, its comma is from ``comma`` to ``rest``,
    both at ``end`` if there is none. All that belongs to it, a comment after it on its line too, is between
    ``begin`` and ``stop``.
    """

    keys: tuple[str, ...]
    begin: int
    start: int
    value: int
    end: int
    comma: int
    rest: int
    stop: int


def decode_key(key: str) -> str:
    """Return the key that ``key``, as written, stands for."""
    if key[0] == "'" or (key[0] == '"' and "\\" not in key):
        return key[1:-1]
    return str(loads("k=" + key)["k"]) if key[0] == '"' else key


def scan(text: str, end: int | None = None) -> Iterator[Item]:
    """Yield headers and statements up to ``end``, a line's start, in order."""
    end = len(text) if end is None else end
    pos = 0
    section: Steps = ()
    value: tuple[int, int] | None
    counts: dict[Steps, int] = {}
    while (at := _skip(_GAP, text, pos)) < end and text[at] != "#":
        if text[at] == "[":
            many = text.startswith("[[", at)
            keys, spans, close = _read_key(text, at + 1 + many)
            path = section = _header_path(keys, counts, many=many)
            value, stop = None, close + 1 + many
        else:
            keys, spans, equals = _read_key(text, at)
            begin = _find_value(text, equals)
            stop = _find_value_end(text, begin)
            path, value = (*section, *keys), (begin, stop)
        pos = (text.find("\n", stop, end) + 1) or end
        yield Item(text.rfind("\n", 0, at) + 1, at, pos, path, keys, spans, value)


def skip_comments(text: str) -> int:
    """Return where the first thing in a text is that is not a comment."""
    return _skip(_GAP, text, 0)


def split_value(text: str, pos: int) -> list[Part]:
    """Return the parts of the array or inline table whose bracket is at ``pos``."""
    table, found = text[pos] == "{", []
    pos = _skip(_TAIL, text, pos + 1)
    while text[start := _skip(_SPACE, text, pos)] not in "]}":
        keys: tuple[str, ...] = ()
        value = start
        if table:
            keys, _, equals = _read_key(text, start)
            value = _find_value(text, equals)
        end = _find_value_end(text, value)
        after = _skip(_SPACE, text, end)
        comma, rest = (after, after + 1) if text[after] == "," else (end, end)
        stop = _skip(_TAIL, text, rest)
        found.append(Part(keys, pos, start, value, end, comma, rest, stop))
        pos = stop
    return found


def find_comments(text: str, pos: int, end: int) -> list[str]:
    """Return the comments within a value, or within whole lines."""
    return [match[0].rstrip() for match in _TOKEN.finditer(text, pos, end) if match[0][0] == "#"]


# Kinds of lines between headers and statements, by their first character.
COMMENTS, BLANKS, GAPS = frozenset("#"), frozenset([""]), frozenset(["#", ""])


def find_lead(text: str, start: int, floor: int, kind: frozenset[str]) -> int:
    """Return where the lines of a kind directly above the line at ``start`` begin, not before ``floor``."""
    while start > floor:
        line = text.rfind("\n", 0, start - 1) + 1
        if line < floor or text[line:start].lstrip()[:1] not in kind:
            break
        start = line
    return start


def _read_key(text: str, pos: int) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...], int]:
    names, spans = [], []
    while match := _KEY_PART.match(text, pos):
        names.append(decode_key(match[1]))
        spans.append(match.span(1))
        pos = match.end()
        if not text.startswith(".", pos):
            return tuple(names), tuple(spans), pos
        pos += 1
    raise ScanError(pos)


def _header_path(keys: tuple[str, ...], counts: dict[Steps, int], *, many: bool) -> Steps:
    """Return the path of a header, with the indexes of the arrays of tables that it is in."""
    path: Steps = ()
    for place, key in enumerate(keys, 1):
        path += (key,)
        if many and place == len(keys):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _find_value(text: str, pos: int) -> int:
    if not text.startswith("=", pos):
        raise ScanError(pos)
    return _skip(_BLANKS, text, pos + 1)


def _find_value_end(text: str, pos: int) -> int:
    """Return where the value that starts at ``pos`` ends."""
    if text[pos : pos + 1] in ("[", "{"):
        depth = 0
        for match in _TOKEN.finditer(text, pos):
            first = text[match.start()]
            depth += (first in "[{") - (first in "]}")
            if depth == 0:
                return match.end()
        raise ScanError(pos)
    kind = _QUOTED if text[pos : pos + 1] in ('"', "'") else _PLAIN
    if found := kind.match(text, pos):
        return found.end()
    raise ScanError(pos)


def _skip(pattern: re.Pattern[str], text: str, pos: int) -> int:
    match = pattern.match(text, pos)
    return match.end() if match else pos
