"""The codec for TOML, see ``formats.entries.Codec``."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from renewctl.domain.paths import is_deeper
from renewctl.formats.entries import MAX_DEPTH, Entry, Steps, entry_of, line_end
from renewctl.formats.toml.reader import loads
from renewctl.formats.toml.scan import (
    COMMENTS,
    GAPS,
    KEY,
    LONG_HEX,
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


def parse(text: str) -> dict[str, Any]:
    """Return the data of a text.

    Raises:
        StoreInvalid: If it is not valid TOML, has too many levels, or a number that Python cannot print.
    """
    try:
        data = loads(text)
        if is_deeper(data, MAX_DEPTH):
            raise RecursionError
        if re.search(LONG_HEX, text):
            repr(data)  # Fails for an integer that is too long for Python to print.
    except (ValueError, RecursionError) as error:
        # Lazy imports here and below: most commands only read.
        from renewctl.formats.toml.errors import explain_invalid

        raise explain_invalid(text, error) from None
    return data


def entries(text: str) -> list[Entry]:
    """Return the entries of a TOML text.

    The last one, without a path, is the text after all others.

    An entry is a header with its adjacent sub-tables, or a statement above all headers. Clients and users
    elsewhere, as in ``clients = { ... }`` or below ``[clients]``, have no entry of their own.
    """
    text = _with_final_line_end(text)
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


def join(entries: Sequence[Entry], text: str) -> str:
    """Return a file with these entries; with a final line end if the old text has one."""
    new = "".join([part for entry in entries for part in (entry.gap, entry.text)])
    return new if _with_final_line_end(text) == text else new.removesuffix("\n").removesuffix("\r")


def _with_final_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + line_end(text)


def value_of(entry: Entry) -> Any:
    """Return the value of an entry; None if a client or user has no header of its own."""
    if len(entry.path) > 1 and not is_table(entry):
        return None
    value: Any = loads(entry.text)
    for step in entry.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def is_table(entry: Entry) -> bool:
    """Return whether an entry starts with a header."""
    return entry.text.startswith("[", skip_comments(entry.text))


def write(path: Path, value: Any, text: str) -> str:
    """Return the text of a new entry."""
    from renewctl.formats.toml.writer import format_entry

    return format_entry(path, value, line_end(text))


def rewrite(entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
    """Return the text of an entry with another path and value."""
    from renewctl.formats.toml.splice import Splicer

    return Splicer(entry, line_end(text)).rewrite(path, old, new)


def storable(value: Any) -> Any:
    """Return plain data as TOML stores it, which is unchanged."""
    return value


def reformat(text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
    """Return all entries as blocks or statements; rewrite those not in ``usual``."""
    from renewctl.formats.toml.layout import Layout

    return Layout(_with_final_line_end(text), line_end(text), usual).entries(data)


def position(_text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
    """Return how many of ``steps`` exist in an entry, and the offset of the last."""
    if steps == entry.path and is_table(entry):
        return len(steps), entry.start + skip_comments(entry.text)
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
