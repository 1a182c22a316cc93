"""The text of a store as a document: its data, the places in it, and changes that touch their entries only.

Free of formats: a codec takes the text apart and puts it together. What no change is about is joined
as it was, so only the entries of a change get other lines. ``editor`` and ``swaps`` are imported when they
are used, since most commands only read. Imports these, ``entries`` and the pure floors.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from renewctl.domain import paths
from renewctl.domain.paths import is_same
from renewctl.errors import InternalError, Problem, StoreInvalid, UnsupportedLayout
from renewctl.formats.entries import HOLDERS, Codec, Entry, Steps, Swap, entry_of, paths_of
from renewctl.formats.lines import line_starts
from renewctl.model import Change, Path
from renewctl.text import dotted


class Revision(NamedTuple):
    """A new text, what became of the texts of entries, and whether the whole file got another layout."""

    text: str
    swaps: tuple[Swap, ...] = ()
    reformatted: bool = False


class Document:
    """One text of a store, and its data.

    Raises:
        StoreInvalid: If ``text`` is not of the codec's format.
    """

    def __init__(self, text: str, codec: Codec) -> None:
        self.text, self.codec = text, codec
        self.data: dict[str, Any] = codec.parse(text)
        self._indexes: dict[int, dict[str, int]] = {}

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of the text, in order."""
        return self.codec.entries(self.text)

    @cached_property
    def _by_path(self) -> Mapping[Path, Sequence[Entry]]:
        found: dict[Path, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.path, []).append(entry)
        return found

    @cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.text)

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of the key at ``path``, or of what is nearest above it.

        Items of a list are named by their identity (see ``tree``) or, failing that, by their index.
        """
        from bisect import bisect_right

        steps = self._steps(path)
        names = dict.fromkeys((entry_of(steps), path[:1])) if steps else ()
        entries = [entry for name in names for entry in self._by_path.get(name, ())]
        if len(steps) == 1 and not entries:  # a table that only its own tables name
            entries = [entry for entry in self.entries if entry.path[:1] == steps][:1]
        found = [self.codec.position(self.text, entry, steps) for entry in entries]
        pos = -max(((depth, -at) for depth, at in found), default=(0, 0))[1]
        line = bisect_right(self._lines, pos)
        return line, pos - self._lines[line - 1] + 1

    def _steps(self, path: Path) -> Steps:
        """Return ``path`` with list items by index, as far as there is something."""
        steps: Steps = ()
        data: Any = self.data
        for step in path:
            if isinstance(data, list):
                index = self._index(data, str(steps[-1])).get(step)
                if index is None and step.isascii() and step.isdigit() and len(step) < 10:
                    index = int(step)
                if index is None or index >= len(data):
                    return steps
                steps, data = (*steps, index), data[index]
            else:
                steps = (*steps, step)
                data = data.get(step) if isinstance(data, dict) else None
        return steps

    def _index(self, items: list[Any], list_key: str) -> dict[str, int]:
        """Return the first index of each identity in a list."""
        if list_key not in paths.IDENTITY:
            return {}
        if id(items) not in self._indexes:
            found = [
                item.get(paths.IDENTITY[list_key], "") if isinstance(item, dict) else None for item in items
            ]
            named = {name: index for index, name in reversed([*enumerate(found)]) if isinstance(name, str)}
            self._indexes[id(items)] = named
        return self._indexes[id(items)]

    def edit(self, changes: Sequence[Change]) -> Revision:
        """Return the text with ``changes`` made: its data is that of ``paths.applied``, nothing else moves.

        Raises:
            LayoutRefused: If an entry is laid out so that this cannot be done safely.
            InternalGuard: If the result has other data than planned.
        """
        from renewctl.store.editor import Editor, NotABlock, find_entry_renames

        changes = [change._replace(after=self.codec.storable(change.after)) for change in changes]
        planned = paths.apply_changes(self.data, changes)
        moves = list(find_entry_renames(changes, self.data, planned))
        if not moves:
            return Revision(self.text)
        usual = self._is_joined
        entries = self.entries if usual else self.codec.reformat(self.text, self.data, ())
        editor = Editor(entries, self.codec, self.text)
        try:
            editor.make(moves, self.data)
        except NotABlock as error:
            raise _refusal(error.path) from None
        text = self.codec.join(editor.result, self.text)
        renamed = {move.name: move.origin for move in moves if move.origin and move.origin != move.name}
        made = self._revised(text, renamed) if usual else self._replaced(text)
        self._check(made.text, planned, {name for move in moves for name in (move.name, move.origin)})
        return made

    def reformat(self) -> Revision:
        """Return the text with each entry written as one block; the same text where each is one."""
        wanted = {*paths_of(self.data)}
        blocks = [entry for entry in self.entries if entry.path in wanted and self._is_block(entry)]
        if self._is_joined and len(blocks) == len(wanted):
            return Revision(self.text)
        text = self.codec.join(self.codec.reformat(self.text, self.data, blocks), self.text)
        self._check(text, self.data, set())
        return self._replaced(text)

    @property
    def _is_joined(self) -> bool:
        """Whether the file is just its entries, joined as the codec joins them."""
        return self.codec.join(self.entries, self.text) == self.text

    def _is_block(self, entry: Entry) -> bool:
        """Return whether an entry is all that the text has of it, and can be changed by itself."""
        alone = len(self._by_path[entry.path]) == 1
        return alone and is_same(self.codec.value_of(entry), paths.get(self.data, entry.path))

    def restore(self, swaps: Sequence[Swap]) -> Revision | None:
        """Return the text with the old texts put back; None where a text or gap is not as it was left."""
        if swaps and not swaps[0].path:
            whole, *swaps = swaps
            if whole.new == self.text or not swaps:
                return self._replaced(whole.old) if whole.new == self.text else None
        from renewctl.store.swaps import apply_swaps

        entries = apply_swaps(self.entries, swaps)
        renamed = {swap.was: swap.path for swap in swaps if swap.path != swap.was}
        return None if entries is None else self._revised(self.codec.join(entries, self.text), renamed)

    def reword(self, made: Revision, swaps: Sequence[Swap]) -> Revision:
        """Return a revision with the old texts of those entries that still have the text of then."""
        texts = {entry.path: entry.text for entry in self.entries}
        swaps = [swap for swap in swaps if swap.path and swap.old]
        old = {swap.was: swap.old for swap in swaps if texts.get(swap.path, "") == swap.new}
        entries = [one._replace(text=old.get(one.path, one.text)) for one in self.codec.entries(made.text)]
        renamed = {swap.path: swap.was for swap in made.swaps if swap.path != swap.was}
        return self._revised(self.codec.join(entries, self.text), renamed)

    def _revised(self, text: str, renamed: Mapping[Path, Path]) -> Revision:
        from renewctl.store.swaps import apply_swaps, find_swaps

        entries = self.codec.entries(text)
        swaps = [*find_swaps(self.entries, entries, renamed)]
        back = apply_swaps(entries, swaps)
        if back is None or self.codec.join(back, text) != self.text:
            # An entry is in two places, or the file's habits went with its last entry.
            swaps = [Swap((), (), self.text, text), *swaps]
        return Revision(text, tuple(swaps))

    def _replaced(self, text: str) -> Revision:
        """Return another text of the whole file, in another layout."""
        return Revision(text, (Swap((), (), self.text, text),), reformatted=True)

    def _check(self, text: str, planned: dict[str, Any], touched: set[Path | None]) -> None:
        """Check that a new text, read as the next command will read it, has the planned data.

        Raises:
            InternalGuard: If it has any other data.
        """
        try:
            got = self.codec.parse(text)
        except StoreInvalid as error:
            raise InternalError(f"the new text cannot be read: {error.problems or error.message}") from error
        for top in {*got, *planned}:
            if not _is_as_planned(got.get(top), planned.get(top), top, touched):
                raise InternalError(f"the new text has another value for {top}; nothing was written")


def _refusal(path: Path) -> UnsupportedLayout:
    """Return the error for an entry that is not one block of the text."""
    hint = "rewrite the file once, and keep a copy: renewctl migrate --layout"
    problem = Problem(f"{dotted(path)} is not a block of its own", path)
    return UnsupportedLayout("this layout can be read, but not changed", hint=hint, problems=[problem])


def _is_as_planned(got: Any, planned: Any, top: str, touched: set[Path | None]) -> bool:
    """Return whether a top-level key is as planned: entries that were touched with types and all.

    The others keep their bytes, so ``==`` cannot take 1 for true there.
    """
    if top not in HOLDERS:
        return is_same(got, planned)
    if not got or not planned:
        return not got and not planned  # a table can go with its last entry
    if got != planned and not is_same(got, planned):  # a NaN is not equal to itself
        return False
    return all(is_same(got.get(name[1]), planned.get(name[1])) for name in touched if name and name[0] == top)
