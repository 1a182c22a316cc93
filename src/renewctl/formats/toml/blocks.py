"""Find the entries of a TOML text, and positions in an entry."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from renewctl.formats.entries import Entry, Steps, entry_of
from renewctl.formats.toml.scan import (
    COMMENTS,
    GAPS,
    KEY,
    ScanError,
    decode_key,
    find_lead,
    scan,
    skip_comments,
    split_value,
)
from renewctl.model import Path

_HEADER = re.compile(
    rf"\n[ \t]*\[\[?[ \t]*({KEY})[ \t]*(?:\.[ \t]*({KEY})[ \t]*(?:\.[ \t]*{KEY}[ \t]*)*)?\]?\]"
    r"[ \t]*(?:#[^\n]*|\r)?(?![^\n])"
)
_VALUE_LIKE = re.compile(r"[-+0-9]|(?:true|false|inf|nan)$")

# The start of a header's line, the path of its entry, and the lowest start of comments above it.
_Header = tuple[int, Path, int]


def split_blocks(text: str) -> list[Entry]:
    """Return the entries of a text with a final line end, see ``codec.entries``."""
    headers = _match_headers(text) or list(_scan_headers(text))
    found: list[Entry] = []
    pos = 0
    for item in scan(text, headers[0][0]):
        path, lead = entry_of(item.path), find_lead(text, item.start, pos, COMMENTS)
        if found and found[-1].path == path:
            found[-1] = found[-1]._replace(text=text[found[-1].start : item.end])
        else:
            found.append(Entry(path, text[lead : item.end], text[pos:lead], lead))
        pos = item.end
    # Adjacent headers of one entry are one block; the last header is the end of the text.
    blocks = [headers[0], *(header for before, header in pairwise(headers) if header[1] != before[1])]
    for (start, path, floor), (limit, _, limit_floor) in pairwise(blocks):
        lead = find_lead(text, start, max(floor, pos), COMMENTS)
        end = find_lead(text, limit, max(limit_floor, start), GAPS)
        if text[end : end + 1] in (" ", "\t"):  # These comments can continue the one on the last line.
            block = text[lead : (text.find("\n", limit) + 1) or len(text)]
            end = max(end, lead + [item.end for item in scan(block, limit - lead)][-1])
        found.append(Entry(path, text[lead:end], text[pos:lead], lead))
        pos = end
    return [*found, Entry((), "", text[pos:], len(text))]


def _match_headers(text: str) -> list[_Header] | None:
    """Return the lines that look like headers; None if one can be something else.

    Without multi-line strings such a line is a header, unless an array of arrays has lines like ``[1.2]`` and
    ``["a"]``. Scanning the text instead takes 50 ms more for 1,000 clients, a fifth of a whole change.
    """
    if '"""' in text or "'''" in text:
        return None
    headers: list[_Header] = []
    for match in _HEADER.finditer("\n" + text):
        top, name = match.groups()
        if _VALUE_LIKE.match(top) or (name is None and top[0] in "\"'"):
            return None
        path = (decode_key(top), decode_key(name)) if name else (decode_key(top),)
        headers.append((match.start(), entry_of(path), 0))
    return [*headers, (len(text), (), 0)]


def _scan_headers(text: str) -> Iterator[_Header]:
    floor = 0
    for item in scan(text):
        if item.value is None:
            yield item.start, entry_of(item.path), floor
        floor = item.end
    yield len(text), (), floor


def find_position(entry: Entry, steps: Steps) -> tuple[int, int]:
    """Return how many of ``steps`` exist in an entry, and the offset of the last."""
    first_line = skip_comments(entry.text)
    if steps == entry.path and entry.text.startswith("[", first_line):
        return len(steps), entry.start + first_line
    try:
        places = _find_places(entry.text)
        depth = next((depth for depth in range(len(steps), 0, -1) if steps[:depth] in places), 0)
        pos, value = places.get(steps[:depth], (0, 0))
        if value and depth < len(steps):
            parts = _find_parts(entry.text, value)
            below = next((end for end in range(len(steps), depth, -1) if steps[depth:end] in parts), depth)
            depth, pos = below, parts.get(steps[depth:below], pos)
    except (ScanError, IndexError, RecursionError):
        return 0, entry.start
    return depth, entry.start + pos


@cache  # With many problems in an entry, this keeps the time linear.
def _find_places(text: str) -> dict[Steps, tuple[int, int]]:
    """Return the first offset of each path in an entry, and of its value (0: none)."""
    places: dict[Steps, tuple[int, int]] = {}
    for item in scan(text):
        starts = [start for start, _ in item.spans] if item.value else []
        above = len(item.path) - len(starts)
        for depth, at in enumerate([item.at] * above + starts, 1):
            places.setdefault(item.path[:depth], (at, 0))
        if item.value:
            places[item.path] = (starts[-1], item.value[0])
    return places


@cache
def _find_parts(text: str, pos: int) -> dict[Steps, int]:
    """Return the offset of each path inside the array or inline table at ``pos``."""
    places: dict[Steps, int] = {}
    for index, part in enumerate(split_value(text, pos) if text[pos] in "[{" else ()):
        path = part.keys or (index,)
        places[path] = part.start
        for inner, start in _find_parts(text, part.value).items():
            places[path + inner] = start
    return places
