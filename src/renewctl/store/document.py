"""The text of a data file: its data, their positions, and edits of its entries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from renewctl.domain import paths
from renewctl.domain.paths import is_same
from renewctl.errors import InternalError, StoreInvalid
from renewctl.formats.entries import HOLDERS, Codec, Entry, Steps, Swap, entry_of, paths_of, place_of
from renewctl.model import Change, Path

_LINE_END = r"\r\n|\r|\n"


class Revision(NamedTuple):
    """A new text, the swaps for undo, and whether the whole layout changed."""

    text: str
    swaps: tuple[Swap, ...] = ()
    reformatted: bool = False


class Document:
    """The text of a data file, and its data.

    Raises:
        StoreInvalid: If the text is not valid in the codec's format, or has unresolved merge conflicts.
    """

    def __init__(self, text: str, codec: Codec) -> None:
        self.text, self.codec = text, codec
        self.data: dict[str, Any]
        try:
            self.data = codec.parse(text)
        except StoreInvalid as error:
            from renewctl.formats.merge_conflicts import find_unresolved

            raise find_unresolved(text, codec.entries) or error from None
        self._indexes: dict[int, dict[str, int]] = {}

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of the text, in order."""
        return self.codec.entries(self.text)

    @cached_property
    def _by_path(self) -> Mapping[Path, Sequence[Entry]]:
        by_path: dict[Path, list[Entry]] = {}
        for entry in self.entries:
            by_path.setdefault(entry.path, []).append(entry)
        return by_path

    @property
    def _is_joined(self) -> bool:
        """Whether the file is exactly what the codec makes of its entries."""
        return self.codec.join(self.entries, self.text) == self.text

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column of the key at ``path``, or of the nearest one above it.

        Both count from 1.

        Items of a list are named by their identity (see ``paths``) or, without one, by their index.
        """
        steps = self._steps(path)
        names = dict.fromkeys((entry_of(steps), path[:1])) if steps else ()
        entries = [entry for name in names for entry in self._by_path.get(name, ())]
        if len(steps) == 1 and not entries:  # A table that only the headers of its tables mention.
            entries = [entry for entry in self.entries if entry.path[:1] == steps][:1]
        places = [self.codec.position(self.text, entry, steps) for entry in entries]
        pos = -max(((depth, -at) for depth, at in places), default=(0, 0))[1]
        return place_of(self.text, pos)

    def _steps(self, path: Path) -> Steps:
        """Return ``path`` with list items by index, up to the last step that exists."""
        steps: Steps = ()
        data: Any = self.data
        for step in path:
            if isinstance(data, list):
                index = self._index(data, str(steps[-1])).get(step)
                if index is None:
                    return steps
                steps, data = (*steps, index), data[index]
            else:
                steps = (*steps, step)
                data = data.get(step) if isinstance(data, dict) else None
        return steps

    def _index(self, items: list[Any], list_key: str) -> dict[str, int]:
        """Return the index of each list item by its name.

        It is cached, so that many problems stay fast.
        """
        if id(items) not in self._indexes:
            index = {str(place): place for place in range(len(items))}
            field = paths.IDENTITY.get(list_key)
            for place, item in reversed([*enumerate(items)]) if field else ():
                identity = item.get(field, "") if isinstance(item, dict) else None
                if isinstance(identity, str):
                    index[identity] = place  # The first one wins.
            self._indexes[id(items)] = index
        return self._indexes[id(items)]

    def edit(self, changes: Sequence[Change]) -> Revision:
        """Return the text with ``changes`` made; everything else stays the same.

        Raises:
            UnsupportedLayout: If the layout of an entry does not allow this to be done safely.
            InternalError: If the result does not have the planned data.
        """
        from renewctl.store.editor import Editor, find_entry_changes  # Lazy import: most commands only read.

        changes = [change._replace(after=self.codec.storable(change.after)) for change in changes]
        planned = paths.apply_changes(self.data, changes)
        entry_changes = list(find_entry_changes(changes, self.data, planned))
        if not entry_changes:
            return Revision(self.text)
        joined = self._is_joined
        entries = self.entries if joined else self.codec.reformat(self.text, self.data, ())
        entries = Editor(entries, self.codec, self.text).edit(entry_changes, self.data)
        text = self.codec.join(entries, self.text)
        self._check(text, planned)
        if not joined:
            return self._build_reformat(text)
        renamed = {one.path: one.origin for one in entry_changes if one.origin and one.origin != one.path}
        return self._build_revision(text, renamed)

    def reformat(self) -> Revision:
        """Return the text with each entry as one block, unchanged if they already are."""
        wanted = {*paths_of(self.data)}
        blocks = [
            entry
            for entry in self.entries
            if entry.path in wanted
            and len(self._by_path[entry.path]) == 1
            and is_same(self.codec.value_of(entry), paths.get(self.data, entry.path))
        ]
        if self._is_joined and len(blocks) == len(wanted):
            return Revision(self.text)
        text = self.codec.join(self.codec.reformat(self.text, self.data, blocks), self.text)
        self._check(text, self.data)
        return self._build_reformat(text)

    def restore(self, swaps: Sequence[Swap]) -> Revision | None:
        """Return the text with the old texts restored; None if one changed since."""
        if swaps and not swaps[0].path:
            whole, *swaps = swaps
            if whole.new == self.text:
                return self._build_reformat(whole.old)
            if not swaps:
                return None
        entries = apply_swaps(self.entries, swaps)
        if entries is None:
            return None
        renamed = {swap.was: swap.path for swap in swaps if swap.path != swap.was}
        return self._build_revision(self.codec.join(entries, self.text), renamed)

    def reword(self, revision: Revision, swaps: Sequence[Swap]) -> Revision:
        """Return a revision with the old texts of the entries that did not change since."""
        texts = {entry.path: entry.text for entry in self.entries}
        old = {}
        for swap in swaps:
            if swap.path and swap.old and texts.get(swap.path, "") == swap.new:
                old[swap.was] = swap.old
        entries = []
        for entry in self.codec.entries(revision.text):
            text = old.get(entry.path, entry.text)
            # An edit can absorb a comment from below the entry, which is in no old text.
            known = {*text.splitlines(), *texts.get(entry.path, "").splitlines()}
            absorbed = (line for line in entry.text.splitlines() if line.lstrip().startswith("#"))
            entries.append(
                entry if any(line not in known for line in absorbed) else entry._replace(text=text)
            )
        renamed = {swap.path: swap.was for swap in revision.swaps if swap.path != swap.was}
        return self._build_revision(self.codec.join(entries, self.text), renamed)

    def _build_revision(self, text: str, renamed: Mapping[Path, Path]) -> Revision:
        """Return the revision to ``text``, with the swaps that restore the old text."""
        entries = self.codec.entries(text)
        swaps = [*find_swaps(self.entries, entries, renamed)]
        back = apply_swaps(entries, swaps)
        if back is None or self.codec.join(back, text) != self.text:
            # An entry is in two places, or the style of the file was lost with its last entry.
            swaps = [Swap((), (), self.text, text), *swaps]
        return Revision(text, tuple(swaps))

    def _build_reformat(self, text: str) -> Revision:
        return Revision(text, (Swap((), (), self.text, text),), reformatted=True)

    def _check(self, text: str, planned: dict[str, Any]) -> None:
        """Check that the next command will read the planned data from a new text."""
        try:
            data = self.codec.parse(text)
        except StoreInvalid as error:
            raise InternalError(f"the new text cannot be read: {error.problems or error.message}") from error
        for top in {*data, *planned}:
            new, expected = data.get(top), planned.get(top)
            if top in HOLDERS:
                new, expected = new or {}, expected or {}  # A table can disappear with its last entry.
            if not is_same(new, expected):
                raise InternalError(f"the new text has a wrong value for {top}; nothing was saved")


def find_swaps(old: Sequence[Entry], new: Sequence[Entry], renamed: Mapping[Path, Path]) -> Iterator[Swap]:
    """Yield a swap for each entry whose path, text or gap changed.

    Args:
        old: The entries before.
        new: The entries after, in the same order.
        renamed: The old path of each renamed entry, by its new one.
    """
    kept = {renamed.get(entry.path, entry.path) for entry in new}
    known = {entry.path for entry in old}
    rest = iter(old)
    after: Path = ()
    for entry in new:
        was = renamed.get(entry.path, entry.path)
        if was not in known:
            yield Swap(entry.path, was, "", entry.text, "", entry.gap, after)
            continue
        for before in rest:
            if before.path in kept:
                break
            yield Swap(before.path, before.path, before.text, "", before.gap, "", after)
            after = before.path
        if before[:3] != entry[:3]:
            texts = (before.text, entry.text) if before[:2] != entry[:2] else ("", "")
            yield Swap(entry.path, was, *texts, before.gap, entry.gap, after)
        after = before.path
    for before in rest:
        yield Swap(before.path, before.path, before.text, "", before.gap, "", after)
        after = before.path


def apply_swaps(entries: Sequence[Entry], swaps: Sequence[Swap]) -> list[Entry] | None:
    """Return the entries with old texts, gaps and places; None if one changed since.

    Also return None if a comment would end up directly below an entry to which it does not belong.
    """
    changed = {swap.path: swap for swap in swaps if swap.new or not swap.old}
    removed = {swap.after: swap for swap in swaps if swap.old and not swap.new}
    old: list[Entry] = []

    def add(entry: Entry | None) -> None:
        """Add an entry and the removed entries that were below it."""
        while entry:
            old.append(entry)
            swap = removed.pop(entry.path, None)
            entry = Entry(swap.was, swap.old, swap.old_gap) if swap else None

    if first := removed.pop((), None):
        add(Entry(first.was, first.old, first.old_gap))
    above: Path = ()
    for entry in entries:
        swap = changed.pop(entry.path, None)
        gap, below = (swap.old_gap, swap.after) if swap else (entry.gap, above)
        is_dropped = swap and swap.new and not swap.old
        if swap and (entry.gap != swap.new_gap or (swap.new and entry.text != swap.new)):
            return None
        if not is_dropped and gap.partition("\n")[0].strip() and below != (old[-1].path if old else ()):
            return None
        if swap is None:
            add(entry)
        elif not is_dropped:
            add(Entry(swap.was, swap.old or entry.text, swap.old_gap))
        above = swap.was if swap else entry.path
    return None if changed or removed else old


def convert_line_ends(swaps: Sequence[Swap], text: str) -> Sequence[Swap]:
    """Return the swaps with the line ends of a text, if it has only one kind.

    Git can have converted the line ends of the file since.
    """
    ends = {*re.findall(_LINE_END, text)}
    if len(ends) != 1:
        return swaps
    (end,) = ends
    converted = []
    for swap in swaps:
        values = [re.sub(_LINE_END, end, value) if isinstance(value, str) else value for value in swap]
        converted.append(Swap._make(values))
    return converted
