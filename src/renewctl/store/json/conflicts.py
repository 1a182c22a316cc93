"""Whose entries are in the unresolved merges of a text that would be JSON without them.

May import ``model``, ``store.conflicts``, ``store.entries`` and its neighbour ``scan``.
"""

import re
from collections.abc import Iterator
from typing import Any

from renewctl.model import Path
from renewctl.store.conflicts import Conflict, Entries, conflicts
from renewctl.store.entries import entry_of
from renewctl.store.json.scan import STRING, unquoted

_TOKEN = re.compile(rf"({STRING})([ \t\r\n]*:)?|[\[\]{{}}]")


def in_json(text: str) -> Iterator[Conflict]:
    """Yield the unresolved merges of a text that would be JSON without them."""
    return conflicts(text, _walked, ((), ""))


def _walked(led: tuple[Path, str], text: str) -> tuple[Any, Entries]:
    """Walk brackets and strings; what leads to one are the keys of all open brackets, and a key beside it."""
    opened, key = led
    found: Entries = []
    for token in _TOKEN.finditer(text):
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
