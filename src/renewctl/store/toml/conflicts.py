"""Whose entries are in the unresolved merges of a text that would be TOML without them.

May import ``model``, ``store.conflicts``, ``store.entries`` and its neighbour ``blocks``.
"""

import re
from collections.abc import Iterator
from typing import Any

from tomli import TOMLDecodeError

from renewctl.model import Path
from renewctl.store.conflicts import Conflict, Entries, conflicts
from renewctl.store.entries import entry_of
from renewctl.store.toml.blocks import ScanError, scan

_HEADER = re.compile(r"\[{1,2}[^\[\]]+\]{1,2}[ \t]*(?:#.*)?")
_KEY = re.compile(r"([^=#{}\[\]]+)=")


def in_toml(text: str) -> Iterator[Conflict]:
    """Yield the unresolved merges of a text that would be TOML without them."""
    return conflicts(text, _walked, ((), ()))


def _walked(led: tuple[Path, Path], text: str) -> tuple[Any, Entries]:
    """Walk lines; what leads to one is its table, and the entry of the key above it."""
    table, entry = led
    found: Entries = []
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if _HEADER.fullmatch(line) and (path := _path(line)):
            table, entry = path, entry_of(path)
        elif (key := _KEY.match(line)) and (path := _path(key[0] + "0")):
            entry = entry_of((*table, *path))
        found += [entry] if entry else []
    return (table, entry), found


def _path(line: str) -> Path:
    """Return the keys of a header or statement; none if it is neither."""
    try:
        return tuple(str(step) for item in scan(line) for step in item.path)
    except (ScanError, TOMLDecodeError):
        return ()
