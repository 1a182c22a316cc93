"""Apply changes to the entries of a file; all other entries stay the same."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain import paths
from renewctl.domain.paths import is_same
from renewctl.errors import Problem, UnsupportedLayout
from renewctl.fields import TOP_LEVEL
from renewctl.formats.entries import HOLDERS, Codec, Entry, line_end, paths_of
from renewctl.model import Change, Path
from renewctl.text import dotted

_RANKS = {key: rank for rank, key in enumerate(TOP_LEVEL)}


class EntryChange(NamedTuple):
    """The change of one entry; ``origin`` is its old path (None: a new entry)."""

    origin: Path | None
    path: Path
    old: Any
    new: Any


def find_entry_changes(
    changes: Iterable[Change], old: dict[str, Any], new: dict[str, Any]
) -> Iterator[EntryChange]:
    """Yield a change for each entry that differs between the data before and after.

    Of ``changes`` only the renames are used. Data that both share, as left by ``paths``, is not compared.
    """
    origins: dict[Path, Path] = {}
    for change in changes:
        if change.renamed and len(change.path) == paths.LIST_DEPTH:  # Not a list item inside an entry.
            origins[(*change.path[:-1], str(change.after))] = origins.pop(change.path, change.path)
    moved = set(origins.values())
    for path in dict.fromkeys([*paths_of(old), *paths_of(new), *origins]):
        if path[0] in HOLDERS and len(path) == 1:
            continue  # Its tables are entries of their own.
        origin = origins.get(path, None if path in moved else path)
        before, after = paths.get(old, origin) if origin else None, paths.get(new, path)
        changed = before is not after and not is_same(before, after)
        if changed or (origin != path and after is not None):
            yield EntryChange(origin, path, before, after)


class Editor:
    """Edits the entries of a file, in the style of its old ``text``."""

    def __init__(self, entries: Sequence[Entry], codec: Codec, text: str) -> None:
        self.entries, self.codec, self.text = [*entries], codec, text
        self.blank = line_end(text)
        self.slots: list[Entry | None] = [*entries]
        self.result: list[Entry] = []
        self.places: dict[Path, list[int]] = {}
        for place, entry in enumerate(entries):
            self.places.setdefault(entry.path, []).append(place)

    def edit(self, changes: Sequence[EntryChange], data: Mapping[str, Any]) -> list[Entry]:
        """Return the entries with all changes: first old entries, then new ones.

        Raises:
            UnsupportedLayout: If an entry is written in several places, or inside another.
        """
        added: dict[str, dict[Path, Any]] = {}
        for change in changes:
            if change.old is not None:
                self._rewrite(change)
            elif change.new is not None:
                added.setdefault(change.path[0], {})[change.path] = change.new
        for top in added:
            self._make_room(top, data.get(top, ()))
        self._close_gaps()
        for top, new in added.items():
            self._add(top, new)
        return self.result

    def _rewrite(self, change: EntryChange) -> None:
        """Change or remove an entry, which must be one block of its own."""
        places = self.places.get(change.origin or (), [])
        entry = self.slots[places[0]] if len(places) == 1 else None
        if entry is None or not is_same(self.codec.value_of(entry), change.old):
            raise _unsupported(change.origin or change.path)
        if change.new is None:
            self.slots[places[0]] = None
        else:
            trailing, blank = self._take_trailing(places[0] + 1)
            whole = entry._replace(text=entry.text + trailing + blank)
            text = self.codec.rewrite(whole, change.path, change.old, change.new, self.text)
            self.slots[places[0]] = entry._replace(path=change.path, text=text.removesuffix(blank))

    def _take_trailing(self, place: int) -> tuple[str, str]:
        """Take the comments directly below an entry out of the gap that follows it.

        Return them, and a blank line if one follows or if the file ends there.
        """
        if place == len(self.entries):
            return "", ""
        trailing, gap = _split_gap(self.entries[place].gap)
        self.entries[place] = self.entries[place]._replace(gap=gap)
        if entry := self.slots[place]:
            self.slots[place] = entry._replace(gap=gap)
        return trailing, self.blank if gap or not self.entries[place].path else ""

    def _make_room(self, top: str, keys: Iterable[str]) -> None:
        """Make sure that a table with its own header can be added under a top-level key."""
        for place in self.places.get((top,), ()):
            marker = self.slots[place]
            if marker and not self.codec.is_table(marker) and self.codec.value_of(marker) == {}:
                self.slots[place] = None  # Nothing can be added to ``clients = {}``.
                lines = [line.rstrip("\r") for line in marker.text.split("\n") if "#" in line]
                comments = [line[line.index("#") :] + self.blank for line in lines]
                gap = marker.gap + "".join([*comments, self.blank] if comments else [])
                self.entries[place] = marker._replace(gap=gap)
        others = [entry for entry in self.entries if entry.path[:1] == (top,) != entry.path]
        usual = {entry.path[1] for entry in others} == set(keys) and all(map(self.codec.is_table, others))
        if top in HOLDERS and not usual:
            raise _unsupported((top,))

    def _close_gaps(self) -> None:
        """Move the gap above each removed entry to the next one, without extra blanks.

        Comments directly below a removed entry do not end up directly below another.
        """
        above: str | None = None
        for old, entry in zip(self.entries, self.slots, strict=True):
            gap = (entry or old).gap
            if above is not None:
                upper, lower = _lines(above), _lines(gap)
                is_apart = not upper[-1].strip() if upper else not self.result
                if lower and lower[0].strip() and not is_apart:
                    upper.append(self.blank)
                while is_apart and lower and not lower[0].strip():
                    del lower[0]
                while entry and not entry.path and not lower and upper and not upper[-1].strip():
                    del upper[-1]
                gap = "".join([*upper, *lower])
            above = None if entry else gap
            if entry:
                self.result.append(entry._replace(gap=gap))

    def _add(self, top: str, added: Mapping[Path, Any]) -> None:
        """Insert the new entries of one top-level key."""
        siblings = [
            (place, entry.path[-1])
            for place, entry in enumerate(self.result)
            if entry.path[:1] == (top,) != entry.path
        ]
        if not siblings:
            place = self._top_level_place(top, table=isinstance(next(iter(added.values())), dict))
            self._insert(place, added, below=True)
            return
        # The comment above the first entry can be a heading for all, so new entries go below that entry.
        stays_first = self.result[siblings[0][0]].text.lstrip().startswith("#")
        places = _place_new([key for _, key in siblings[stays_first:]], [path[-1] for path in added])
        for rest_index, keys in sorted(places.items(), reverse=True):
            index = rest_index + stays_first
            place = siblings[index][0] + 1 if index >= 0 else siblings[0][0]
            self._insert(place, {(top, key): added[top, key] for key in keys}, below=index >= 0)

    def _top_level_place(self, top: str, *, table: bool) -> int:
        """Return the place of a new top-level key: values first, tables in order."""
        rank = _RANKS.get(top, len(_RANKS))
        place = 0
        for index, entry in enumerate(self.result, 1):
            goes_below = table and entry.path and _RANKS.get(entry.path[0], len(_RANKS)) <= rank
            if goes_below or (entry.path and not self.codec.is_table(entry)):
                place = index
        return place

    def _insert(self, place: int, added: Mapping[Path, Any], *, below: bool) -> None:
        """Insert new entries, directly ``below`` the entry above or above the next one."""
        next_entry = self.result[place] if place < len(self.result) else None
        is_table = all(isinstance(value, dict) for value in added.values())
        gap = next_entry.gap if next_entry else ""
        trailing, rest = _split_gap(gap)
        if below and place:
            first = trailing + (self.blank if is_table or trailing else "")
            gap = rest or (self.blank if is_table and next_entry and next_entry.path else "")
        else:
            lines = _lines(gap)
            first = gap + (self.blank if lines and lines[-1].strip() else "")
            gap = self.blank if next_entry and next_entry.path else ""
        if next_entry:
            self.result[place] = next_entry._replace(gap=gap)
        gaps = [first, *[self.blank if is_table else ""] * (len(added) - 1)]
        texts = [self.codec.write(path, value, self.text) for path, value in added.items()]
        self.result[place:place] = map(Entry, added, texts, gaps)


def _unsupported(path: Path) -> UnsupportedLayout:
    hint = f"rewrite the file in the standard layout: {command_line('migrate --layout')}"
    problem = Problem(f"{dotted(path)} is not a block of its own", path)
    return UnsupportedLayout(
        "a file with this layout can be read, but not edited", hint=hint, problems=[problem]
    )


def _place_new(present: Sequence[str], new: Iterable[str]) -> dict[int, list[str]]:
    """Return new keys by the index of the ``present`` key above them (-1: none).

    Each goes below the key before it in alphabetical order, so that git can merge what two people add.
    If the present keys are not in that order, or there are none, new keys go to the end.
    """
    # One in ten keys can be out of order, for example that of a renamed client.
    if not present or sum(one > other for one, other in pairwise(present)) * 10 > len(present):
        return {len(present) - 1: [*new]}
    places: dict[int, list[str]] = {}
    known = sorted((key, index) for index, key in enumerate(present))
    for key in sorted(new):
        at = bisect(known, (key,))
        places.setdefault(known[at - 1][1] if at else -1, []).append(key)
    return places


def _split_gap(gap: str) -> tuple[str, str]:
    """Return the comments at the start of a gap, and the rest of the gap."""
    trailing = "".join(takewhile(str.strip, _lines(gap)))
    return trailing, gap.removeprefix(trailing)


def _lines(gap: str) -> list[str]:
    return [line + "\n" for line in gap.split("\n")[:-1]]
