"""Merges that git left unresolved in a store's text: their lines, and the entries they cut."""

import re
from bisect import bisect, bisect_left
from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from renewctl.errors import Problem, StoreInvalid
from renewctl.formats.entries import Entry, place_of
from renewctl.model import Path
from renewctl.text import count_of, dotted

SETTLE = (
    "settle the merge: keep one side, or both where they are different clients; "
    "delete the lines with <<<<<<<, ======= and >>>>>>>"
)
_START = re.compile(r"^<{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_MIDDLE = re.compile(r"^(?:={7}|\|{7})(?![^ \r\n])[^\n]*\n?", re.MULTILINE)
_END = re.compile(r"^>{7}(?![^ \r\n])[^\n]*\n?", re.MULTILINE)


class _Conflict(NamedTuple):
    """One unresolved merge: where its lines start and end, where its last mark is, and what each side has."""

    start: int
    end: int
    stop: int
    sides: tuple[str, ...]


def find_unresolved(text: str, entries: Callable[[str], Sequence[Entry]]) -> StoreInvalid | None:
    """Return the error for the unresolved merges of a text, if any, with the entries that they cut.

    ``entries`` takes a text of the file's format apart.
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
        message = f"unresolved merge{listing and f' in {listing}'}, lines {first}-{last}"
        problems.append(Problem(message, line=first, column=1))
    message = f"the store has {count_of(len(conflicts), 'unresolved merge')}"
    return StoreInvalid(message, hint=SETTLE, problems=problems)


def _find_cut_entries(
    text: str, conflicts: Sequence[_Conflict], entries: Callable[[str], Sequence[Entry]], side: int
) -> list[list[Path]]:
    """Return the entries that each conflict cuts, in the text as it is with one side kept everywhere."""
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
        whole = []  # more is wrong with the text than a merge
    paths = [entry.path for entry in whole]
    starts, ends = [entry.start for entry in whole], [entry.start + len(entry.text) for entry in whole]
    return [paths[bisect(ends, start) : bisect_left(starts, stop)] for start, stop in spans]
