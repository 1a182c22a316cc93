"""Merges that git left unresolved in a store's text: their lines, and whose entries are in them.

Such a text is neither TOML nor JSON; what leads to a line of it is told by headers and keys alone. Used
only once a text could not be read. May import ``model`` and its neighbours ``blocks`` and ``toml_text``.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tomli import TOMLDecodeError

from renewctl.model import Path
from renewctl.store.blocks import ScanError, entry_of, scan
from renewctl.store.json_scan import STRING, unquoted
from renewctl.store.toml_text import key_text

SETTLE = (
    "settle the merge: keep one side, or both where they are different clients; "
    "delete the lines with <<<<<<<, ======= and >>>>>>>"
)
_SHOWN = 3
_START = re.compile(r"^<{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_MIDDLE = re.compile(r"^(?:={7}|\|{7})(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_END = re.compile(r"^>{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_TOML_HEADER = re.compile(r"\[{1,2}[^\[\]]+\]{1,2}[ \t]*(?:#.*)?")
_TOML_KEY = re.compile(r"([^=#{}\[\]]+)=")
_JSON_TOKEN = re.compile(rf"({STRING})([ \t\r\n]*:)?|[\[\]{{}}]")

Entries = list[Path]
Walk = Callable[[Any, str], tuple[Any, Entries]]
"""From what led to a text, and the text: what leads on from it, and the entries that it is about."""


class Conflict(NamedTuple):
    """One unresolved merge: where it starts, as an offset, its first line, and what to say of it."""

    start: int
    line: int
    message: str


def in_toml(text: str) -> Iterator[Conflict]:
    """Yield the unresolved merges of a text that would be TOML without them."""
    return _conflicts(text, _toml, ((), ()))


def in_json(text: str) -> Iterator[Conflict]:
    """Yield the unresolved merges of a text that would be JSON without them."""
    return _conflicts(text, _json, ((), ""))


def _conflicts(text: str, walk: Walk, led: Any) -> Iterator[Conflict]:
    pos = 0
    while start := _START.search(text, pos):
        end = _END.search(text, start.end())
        stop = end.start() if end else len(text)
        led, _ = walk(led, text[pos : start.start()])
        walked = [walk(led, side) for side in _MIDDLE.split(text[start.end() : stop])]
        entries = dict.fromkeys(entry for _, found in walked for entry in found)
        first = text.count("\n", 0, start.start()) + 1
        last = text.count("\n", 0, stop) + 1 if end else text.rstrip("\r\n").count("\n") + 1
        yield Conflict(start.start(), first, f"unresolved merge{_within([*entries])}, lines {first}-{last}")
        led, pos = walked[0][0], end.end() if end else len(text)


def _within(entries: Entries) -> str:
    holders = {entry[:1] for entry in entries if len(entry) > 1}
    names = [".".join(map(key_text, entry)) for entry in entries if entry not in holders]
    if len(names) > _SHOWN:
        names[_SHOWN:] = [f"{len(names) - _SHOWN} more"]
    *others, last = names or [""]
    return last and f" in {' and '.join(filter(None, [', '.join(others), last]))}"


def _toml(led: tuple[Path, Path], text: str) -> tuple[Any, Entries]:
    """Walk lines; what leads to one is its table, and the entry of the key above it."""
    table, entry = led
    found: Entries = []
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if _TOML_HEADER.fullmatch(line) and (path := _path(line)):
            table, entry = path, entry_of(path)
        elif (key := _TOML_KEY.match(line)) and (path := _path(key[0] + "0")):
            entry = entry_of((*table, *path))
        found += [entry] if entry else []
    return (table, entry), found


def _path(line: str) -> Path:
    """Return the keys of a header or statement; none if it is neither."""
    try:
        return tuple(str(step) for item in scan(line) for step in item.path)
    except (ScanError, TOMLDecodeError):
        return ()


def _json(led: tuple[Path, str], text: str) -> tuple[Any, Entries]:
    """Walk brackets and strings; what leads to one are the keys of all open brackets, and a key beside it."""
    opened, key = led
    found: Entries = []
    for token in _JSON_TOKEN.finditer(text):
        if token[0] in ("}", "]"):
            opened = opened[:-1]
            continue
        if token[2]:
            key = _unquoted(token[1])
        if opened and (path := (*opened[1:], key))[0]:
            found.append(entry_of(path))
        if token[0] in ("{", "["):
            opened, key = (*opened, key), ""
    return (opened, key), found


def _unquoted(string: str) -> str:
    try:
        return unquoted(string)
    except ValueError:
        return string[1:-1]
