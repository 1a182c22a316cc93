"""Where things stand in a TOML text: headers, statements, parts of values, and the block of an entry.

An *entry* is what a command changes: one client, one partner user, or a table of the top level. Its
*block* is its header with the contiguous sub-tables. The text is taken to be valid TOML; on anything
else the functions find something or raise ``ScanError``. Knows text only: of renewctl it imports
nothing but ``model``.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import tomli

from renewctl.model import Path
from renewctl.store.entries import HOLDERS, entry_of

Steps = tuple[str | int, ...]
"""A path in the data, with the items of lists named by their index."""

# No group that repeats is possessive: until Python 3.11.4 such a one can match wrongly. Each begins with what
# nothing else in it begins with, so that there is one way to match, and no need.
_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"|'[^'\n]*+')"""
_STRING = (
    r'"""[^"\\]*+(?:(?:\\.|""?(?!"))[^"\\]*+)*"{3,5}'
    r"|'''[^']*+(?:''?(?!')[^']*+)*'{3,5}"
    r'|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"'
    r"|'[^'\n]*+'"
)
_KEY_PART = re.compile(rf"[ \t]*({_KEY})[ \t]*")
_QUOTED = re.compile(_STRING, re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*|[\[\]{{}}]", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_GAP = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*[ \t]*+")
_SPACE = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+[ \t\r\n]*+)*")
_TAIL = re.compile(r"[ \t]*(?:#[^\n]*)?\r?\n")
_HEADER = re.compile(
    r"\n[ \t]*\[(?:"
    rf"({'|'.join(HOLDERS)})\.\"([^\"\\\n]*+)\"|"  # as renewctl writes it, which is found sooner
    rf"\[?[ \t]*({_KEY})[ \t]*(?:\.[ \t]*({_KEY})[ \t]*(?:\.[ \t]*{_KEY}[ \t]*)*)?\]?"
    r")\][ \t]*(?:#[^\n]*|\r)?(?![^\n])"
)
_VALUE_LIKE = re.compile(r"[-+0-9]|(?:true|false|inf|nan)$")


class ScanError(ValueError):
    """The text is not TOML here, so positions after this are unknown."""


class Item(NamedTuple):
    """A header or statement. ``start`` to ``end`` are whole lines, ``at`` is its first character.

    ``path`` leads from the top of the data; ``spans`` are the places of its last parts, the ones
    written here. ``value`` is where a statement's value starts and ends; a header has none.
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

    Its text is ``start`` to ``end``, its value starts at ``value``, its comma stands at ``comma`` (-1:
    none). All that belongs to it, a comment beside it too, lies between ``begin`` and ``stop``.
    """

    keys: tuple[str, ...]
    begin: int
    start: int
    value: int
    end: int
    comma: int
    stop: int


class Block(NamedTuple):
    """The lines of one entry: from ``lead``, its heading comment, to ``end``, after its last key."""

    lead: int
    end: int
    items: tuple[Item, ...]


def decoded(key: str) -> str:
    """Return the key that ``key``, as written, stands for."""
    if key[0] == "'" or (key[0] == '"' and "\\" not in key):
        return key[1:-1]
    return str(tomli.loads("k=" + key)["k"]) if key[0] == '"' else key


def _keys(text: str, pos: int) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...], int]:
    names, spans = [], []
    while match := _KEY_PART.match(text, pos):
        names.append(decoded(match[1]))
        spans.append(match.span(1))
        pos = match.end()
        if not text.startswith(".", pos):
            return tuple(names), tuple(spans), pos
        pos += 1
    raise ScanError(pos)


def value_end(text: str, pos: int) -> int:
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


def comments(text: str, pos: int, end: int) -> list[str]:
    """Return the comments within a value."""
    return [match[0] for match in _TOKEN.finditer(text, pos, end) if match[0][0] == "#"]


def _value_at(text: str, pos: int) -> int:
    if not text.startswith("=", pos):
        raise ScanError(pos)
    pos += 1
    while text[pos : pos + 1] in (" ", "\t"):
        pos += 1
    return pos


def scan(text: str, pos: int = 0, end: int | None = None) -> Iterator[Item]:
    """Yield headers and statements from the line start ``pos`` on, up to ``end``, in order."""
    end = len(text) if end is None else end
    section: Steps = ()
    value: tuple[int, int] | None
    counts: dict[Steps, int] = {}
    while (at := _past(_GAP, text, pos)) < end and text[at] != "#":
        if text[at] == "[":
            many = text.startswith("[[", at)
            keys, spans, close = _keys(text, at + 1 + many)
            path = section = _resolved(keys, counts, many=many)
            value, stop = None, close + 1 + many
        else:
            keys, spans, equals = _keys(text, at)
            begin = _value_at(text, equals)
            stop = value_end(text, begin)
            path, value = (*section, *keys), (begin, stop)
        pos = (text.find("\n", stop, end) + 1) or end
        yield Item(text.rfind("\n", 0, at) + 1, at, pos, path, keys, spans, value)


def _resolved(keys: tuple[str, ...], counts: dict[Steps, int], *, many: bool) -> Steps:
    path: Steps = ()
    for place, key in enumerate(keys, 1):
        path += (key,)
        if many and place == len(keys):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def parts(text: str, pos: int) -> list[Part]:
    """Return the parts of the array or inline table whose bracket stands at ``pos``."""
    table, found = text[pos] == "{", []
    pos = _past(_TAIL, text, pos + 1)
    while text[start := _past(_SPACE, text, pos)] not in "]}":
        keys: tuple[str, ...] = ()
        value = start
        if table:
            keys, _, equals = _keys(text, start)
            value = _value_at(text, equals)
        end = value_end(text, value)
        after = _past(_SPACE, text, end)
        comma = after if text[after] == "," else -1
        stop = _past(_TAIL, text, comma + 1 or end)
        found.append(Part(keys, pos, start, value, end, comma, stop))
        pos = stop
    return found


def _past(pattern: re.Pattern[str], text: str, pos: int) -> int:
    match = pattern.match(text, pos)
    return match.end() if match else pos


def lead_of(text: str, start: int, floor: int = 0) -> int:
    """Return where the comment lines directly above the line at ``start`` begin, not before ``floor``."""
    while start > floor:
        line = text.rfind("\n", 0, start - 1) + 1
        if line < floor or not text[line:start].lstrip(" \t").startswith("#"):
            return start
        start = line
    return start


class Layout:
    """The order of a text's entries: ``runs`` has start and end of each one's adjacent headers.

    Without multi-line strings a line that reads as a header is one, and no value need be looked at.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._floors: dict[int, int] = {}
        self._blocks: dict[Path, Block | None] = {}
        marks = self._certain_marks()
        if marks is None:
            marks = list(self._scanned_marks())
        self.first = marks[0][0] if marks else len(text)
        self.runs: dict[Path, list[tuple[int, int]]] = {}
        ends = (*(start for start, _ in marks[1:]), len(text))
        for (start, entry), end in zip(marks, ends, strict=False):
            runs = self.runs.setdefault(entry, [])
            joined = runs and runs[-1][1] == start
            runs.append((runs.pop()[0] if joined else start, end))

    @cached_property
    def above(self) -> tuple[Item, ...]:
        """The statements above all headers."""
        return tuple(scan(self.text, 0, self.first))

    def _certain_marks(self) -> list[tuple[int, Path]] | None:
        if '"""' in self.text or "'''" in self.text:
            return None
        marks: list[tuple[int, Path]] = []
        for match in _HEADER.finditer("\n" + self.text):
            holder, usual, top, name = match.groups()
            if holder:
                marks.append((match.start(), (holder, usual)))
                continue
            if _VALUE_LIKE.match(top) or (name is None and top[0] in "\"'"):
                return None  # an array of arrays has lines like [1.2] and ["a"], too
            path = (decoded(top), decoded(name)) if name else (decoded(top),)
            marks.append((match.start(), entry_of(path)))
        return marks

    def _scanned_marks(self) -> Iterator[tuple[int, Path]]:
        floor = 0
        for item in scan(self.text):
            if item.value is None:
                self._floors[item.start] = floor
                yield item.start, entry_of(item.path)
            floor = item.end

    def block(self, entry: Path) -> Block | None:
        """Return the one block of ``entry``, or None where it has none or several."""
        if entry not in self._blocks:
            runs = self.runs.get(entry, ())
            self._blocks[entry] = self._scanned(*runs[0]) if len(runs) == 1 else None
        return self._blocks[entry]

    def _scanned(self, start: int, end: int) -> Block:
        items = tuple(scan(self.text, start, end))
        return Block(self.lead(start), items[-1].end, items)

    def lead(self, start: int) -> int:
        """Return where the heading comment of the header line at ``start`` begins."""
        # the floor: a multi-line string may end in a line that reads as a comment
        return lead_of(self.text, start, self._floors.get(start, 0))
