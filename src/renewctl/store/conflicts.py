"""Merges that git left unresolved in a store's text: their lines, and whose entries are in them.

Such a text is neither TOML nor JSON; what leads to a line of it is told by headers and keys alone, as
``toml.conflicts`` and ``json.conflicts`` know them. Used only once a text could not be read. May import
``model`` and ``text``.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from renewctl.model import Path
from renewctl.text import dotted

SETTLE = (
    "settle the merge: keep one side, or both where they are different clients; "
    "delete the lines with <<<<<<<, ======= and >>>>>>>"
)
_SHOWN = 3
_START = re.compile(r"^<{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_MIDDLE = re.compile(r"^(?:={7}|\|{7})(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_END = re.compile(r"^>{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)

Entries = list[Path]
Walk = Callable[[Any, str], tuple[Any, Entries]]
"""From what led to a text, and the text: what leads on from it, and the entries that it is about."""


class Conflict(NamedTuple):
    """One unresolved merge: where it starts, as an offset, its first line, and what to say of it."""

    start: int
    line: int
    message: str


def conflicts(text: str, walk: Walk, led: Any) -> Iterator[Conflict]:
    """Yield the unresolved merges of a text; ``led`` is what leads to its beginning."""
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
    names = [dotted(entry) for entry in entries if entry not in holders]
    if len(names) > _SHOWN:
        names[_SHOWN:] = [f"{len(names) - _SHOWN} more"]
    *others, last = names or [""]
    return last and f" in {' and '.join(filter(None, [', '.join(others), last]))}"
