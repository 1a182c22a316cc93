"""Find the headers, statements and parts of values in TOML, with their offsets.

The text should be valid TOML. For other text, the results have no meaning, or ``ScanError`` is raised.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from renewctl.formats.entries import Steps
from renewctl.formats.toml.reader import loads

# No repeated group is possessive, because until Python 3.11.4 such groups can match wrongly. Each alternative
# starts with different characters, so there is only one way to match.
KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"|'[^'\n]*+')"""
_STRING = (
    r'"""[^"\\]*+(?:(?:\\.|""?(?!"))[^"\\]*+)*"{3,5}'
    r"|'''[^']*+(?:''?(?!')[^']*+)*'{3,5}"
    r'|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"'
    r"|'[^'\n]*+'"
)
_KEY_PART = re.compile(rf"[ \t]*({KEY})[ \t]*")
_QUOTED = re.compile(_STRING, re.DOTALL)
# In invalid text, an unclosed string is one token: trying each quote in it again would take very long.
_TOKEN = re.compile(rf"{_STRING}|\"[^\"\\\n]*+(?:\\[^\n][^\"\\\n]*+)*|#[^\n]*|[\[\]{{}}]", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_GAP = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*[ \t]*+")
_SPACE = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+[ \t\r\n]*+)*")
_LEAD = re.compile(r"[ \t\r\n,]*+(?:#[^\n]*+[ \t\r\n,]*+)*")
_BLANKS = re.compile(r"[ \t]*")
_TAIL = re.compile(r"[ \t]*(#[^\n]*)?\r?\n")
_COMMENT_LINE = re.compile(r"[ \t]*#[^\n]*\n")
_ONLY_COMMA = re.compile(r"[ \t]*,[ \t]*\r?\n")
_TRAILING = re.compile(rf"(?:[ \t]*+#[^\n]*+\n)+(?=(?:{_ONLY_COMMA.pattern})?[ \t]*(?:\r?\n|[\]}}]|\Z))")


class ScanError(ValueError):
    """The text is not valid TOML here, so later positions are unknown."""


class Item(NamedTuple):
    """A header or statement.

    Args:
        start: The start of its first line.
        at: Its first character.
        end: The end of its last line.
        path: Its path in the data.
        keys: The keys written here, which are the end of ``path``.
        spans: The start and end of each of these keys.
        value: The start and end of the value; None for a header.
    """

    start: int
    at: int
    end: int
    path: Steps
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    value: tuple[int, int] | None


class Part(NamedTuple):
    """An item of an array, or a key and value of an inline table.

    Args:
        keys: The keys in an inline table.
        begin: The end of the part above, or of its line.
        start: The start of its text.
        value: The start of its value.
        end: The end of its text.
        comma: The comma after it, which can be on a later line, beyond ``stop``; -1 if there is none.
        stop: The end of its line, or of the part with its comma.
    """

    keys: tuple[str, ...]
    begin: int
    start: int
    value: int
    end: int
    comma: int
    stop: int

    @property
    def rest(self) -> int:
        """The offset after it and the comma on its line, if there is one."""
        return self.comma + 1 if self.end <= self.comma < self.stop else self.end


def decode_key(key: str) -> str:
    """Return the key without quotes and escapes."""
    if key[0] == "'" or (key[0] == '"' and "\\" not in key):
        return key[1:-1]
    return str(loads("k=" + key)["k"]) if key[0] == '"' else key


def scan(text: str, end: int | None = None) -> Iterator[Item]:
    """Yield headers and statements in order, up to ``end``, the start of a line."""
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
        pos = end_line(text, stop)
        if pos == stop:
            pos = (text.find("\n", stop, end) + 1) or end
        yield Item(text.rfind("\n", 0, at) + 1, at, pos, path, keys, spans, value)


def skip_comments(text: str) -> int:
    """Return the offset after the comments and blank lines at the start of a text."""
    return _skip(_GAP, text, 0)


def split_value(text: str, pos: int) -> list[Part]:
    """Return the parts of the array or inline table with its bracket at ``pos``."""
    table, found = text[pos] == "{", []
    pos = end_line(text, pos + 1)
    while text[start := _skip(_LEAD, text, pos)] not in "]}":
        keys: tuple[str, ...] = ()
        value = start
        if table:
            keys, _, equals = _read_key(text, start)
            value = _find_value(text, equals)
        end = _find_value_end(text, value)
        after = _skip(_SPACE, text, end)
        comma = after if text[after] == "," else -1
        stop = end_line(text, end if comma < 0 or "\n" in text[end:comma] else comma + 1)
        found.append(Part(keys, pos, start, value, end, comma, stop))
        pos = stop
    return found


def find_comments(text: str, pos: int, end: int) -> list[str]:
    """Return the comments in a value or in whole lines."""
    return [match[0].rstrip() for match in _TOKEN.finditer(text, pos, end) if match[0][0] == "#"]


def end_line(text: str, pos: int) -> int:
    """Return the end of the line; ``pos`` itself if more than a comment follows.

    A comment at the end of the line continues on comment lines directly below that are indented more than
    both this line and the next line that is not a comment.
    """
    match = _TAIL.match(text, pos)
    if match is None:
        return pos
    end = match.end()
    if match[1]:
        following = end
        while below := _COMMENT_LINE.match(text, following):
            following = below.end()
        depth = max(_indent(text, text.rfind("\n", 0, pos) + 1), _indent(text, following))
        while end < following and _indent(text, end) > depth:
            end = text.find("\n", end) + 1
    return end


def _indent(text: str, pos: int) -> int:
    """Return the indentation of a line; closing brackets count like items above."""
    start = _skip(_BLANKS, text, pos)
    return len(text[pos:start].expandtabs()) + 2 * text.startswith(("]", "}"), start)


def skip_trailing(text: str, pos: int) -> int:
    """Return the end of the comments directly below what ends at ``pos``.

    They can belong to the item above, or end a block or list, so nothing new is inserted before them.
    Comments directly above another item do not count.
    """
    return _skip(_TRAILING, text, pos)


def find_cut(text: str, start: int, end: int, floor: int) -> tuple[int, bool]:
    """Return where to start removing lines, and whether a blank line replaces them.

    Comments directly above are removed, too, and so are superfluous blank lines. A blank line is needed if
    comments below would end up directly below another item.

    Args:
        text: The text.
        start: The start of the lines.
        end: The end of the lines.
        floor: The lowest start.
    """
    lead = find_lead(text, start, floor, COMMENTS)
    blank = find_lead(text, lead, floor, BLANKS)
    if skip_trailing(text, end) > end:
        return lead, blank == lead
    below = _skip(_ONLY_COMMA, text, end)
    next_line = text[below : (text.find("\n", below) + 1) or len(text)]
    is_last = next_line.strip()[:1] in ("]", "}") or not next_line
    others_above = find_lead(text, blank, floor, COMMENTS) < blank
    one_too_many = not others_above if is_last else not next_line.strip()
    return blank if one_too_many else lead, False


# The kinds of lines between headers and statements, by their first character.
COMMENTS, BLANKS, GAPS = frozenset("#"), frozenset([""]), frozenset(["#", ""])


def find_lead(text: str, start: int, floor: int, kind: frozenset[str]) -> int:
    """Return the start of the lines of a kind directly above a line."""
    while start > floor:
        line = text.rfind("\n", 0, start - 1) + 1
        content = text[line:start].strip()
        if line < floor or (content != "," and content.lstrip(", \t")[:1] not in kind):
            break  # A comma at the start of a line is ignored.
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
    """Return the path of a header, with the indexes of its arrays of tables."""
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
    """Return the end of the value that starts at ``pos``."""
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
