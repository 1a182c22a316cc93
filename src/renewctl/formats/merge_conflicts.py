"""Find unresolved merge conflicts in a text, and the entries they affect."""

import re
from bisect import bisect, bisect_left
from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from renewctl.errors import Problem, StoreInvalid
from renewctl.formats.entries import Entry, place_of
from renewctl.model import Path
from renewctl.text import count_of, dotted

RESOLVE = (
    "keep one side of each conflict, or both if they are different clients, "
    "then delete the lines with <<<<<<<, ======= and >>>>>>>"
)
_START = re.compile(r"^<{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_MIDDLE = re.compile(r"^(?:={7}|\|{7})(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_END = re.compile(r"^>{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)


class _Conflict(NamedTuple):
    """One conflict: its start and end, the start of its last marker, and its sides."""

    start: int
    end: int
    stop: int
    sides: tuple[str, ...]


def find_unresolved(text: str, entries: Callable[[str], Sequence[Entry]]) -> StoreInvalid | None:
    """Return the error for the merge conflicts of a text; None if it has none.

    ``entries`` splits a text of the file's format into entries.
    """
    conflicts, pos = [], 0
    while start := _START.search(text, pos):
        end = _END.search(text, start.end())
        stop, pos = (end.start(), end.end()) if end else (len(text), len(text))
        sides = tuple(_MIDDLE.split(text[start.end() : stop]))
        conflicts.append(_Conflict(start.start(), pos, stop, sides))
    if not conflicts:
        return None
    cut = [_find_cut_entries(text, conflicts, entries, side) for side in (0, -1)]
    problems = []
    for conflict, *paths in zip(conflicts, *cut, strict=True):
        names = [dotted(path) for path in dict.fromkeys(chain(*paths))]
        if len(names) > 3:
            names[3:] = [f"{len(names) - 3} more"]
        listing = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        first = place_of(text, conflict.start)[0]
        last = place_of(text, min(conflict.stop, len(text.rstrip("\r\n"))))[0]
        message = f"merge conflict{listing and f' in {listing}'}, lines {first}-{last}"
        problems.append(Problem(message, line=first, column=1))
    message = f"the file has {count_of(len(conflicts), 'unresolved merge conflict')}"
    return StoreInvalid(message, hint=RESOLVE, problems=problems)


def _find_cut_entries(
    text: str, conflicts: Sequence[_Conflict], entries: Callable[[str], Sequence[Entry]], side: int
) -> list[list[Path]]:
    """Return the entries that each conflict affects, if one side is kept everywhere."""
    pieces, spans, pos, length = [], [], 0, 0
    for conflict in conflicts:
        kept = conflict.sides[side]
        pieces += [text[pos : conflict.start], kept]
        length += conflict.start - pos
        spans.append((length, length + len(kept)))
        length, pos = length + len(kept), conflict.end
    settled = "".join([*pieces, text[pos:]])
    try:
        whole = [entry for entry in entries(settled) if entry.text]
    except (ValueError, LookupError, RecursionError):
        whole = []  # The text has other problems, too.
    paths = [entry.path for entry in whole]
    starts, ends = [entry.start for entry in whole], [entry.start + len(entry.text) for entry in whole]
    return [paths[bisect(ends, start) : bisect_left(starts, stop)] for start, stop in spans]
