"""Where the values of a TOML store stand: line and column of what a path names.

May import ``model``, ``tree`` and its neighbour ``blocks``.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from typing import Any, cast

from renewctl import tree
from renewctl.model import Path
from renewctl.store.entries import HOLDERS, entry_of
from renewctl.store.toml.blocks import Item, Layout, Part, ScanError, Steps, parts, scan

Span = tuple[int, int]
_NOWHERE = ((0, 0),)
_HOLDERS = {(name,) for name in HOLDERS}


class Places:
    """The places in one text; none of it is scanned twice, and no more than has to be."""

    def __init__(self, text: str, data: dict[str, Any], layout: Layout) -> None:
        self.text, self.data, self._layout = text, data, layout
        self._seen: dict[Span, tuple[list[Item], Iterator[Item]]] = {}
        self._by_entry: dict[Span, dict[Path, list[Item]]] = {}
        self._by_steps: dict[int, dict[Steps, Part]] = {}

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of the key at ``path``, or of what is nearest above it.

        Items of a list are named by their identity (see ``tree``) or, failing that, by their index.
        """
        try:
            pos = self._position(_steps(self.data, path)) if path else 0
        except (ScanError, IndexError, RecursionError):
            pos = 0
        line = bisect_right(self._lines, pos)
        return line, pos - self._lines[line - 1] + 1

    def _position(self, steps: Steps) -> int:
        if header := self._header(steps):
            return header
        best, found = 0, 0
        for item in self._items(entry_of(steps)):
            depth, pos = self._reach(item, steps)
            if depth > best:
                best, found = depth, pos
            if depth == len(steps):
                break
        return found

    def _header(self, steps: Steps) -> int:
        """Return where the header of an entry stands if nothing else speaks of the entry before, else 0."""
        runs, entry, above = self._layout.runs, cast(Path, steps), cast(Path, steps[:1])
        if entry not in runs or above in runs or not self._spoken_of.isdisjoint((above, entry)):
            return 0
        start = runs[entry][0][0]
        while self.text[start] in " \t":
            start += 1
        return start

    @cached_property
    def _spoken_of(self) -> frozenset[Path]:
        """The entries of which something stands above all headers."""
        return frozenset(entry_of(item.path) for item in self._scanned((0, self._layout.first)))

    def _items(self, entry: Path) -> Iterator[Item]:
        """Yield the items that may hold something of ``entry``, in file order."""
        runs, all_of_it = self._layout.runs, entry in _HOLDERS
        own = runs.get(entry, ())
        for span in sorted({*own, *runs.get(entry[:1], ()), (0, self._layout.first)}):
            yield from self._scanned(span) if all_of_it or span in own else self._shared(span, entry)

    def _scanned(self, span: Span) -> Iterator[Item]:
        """Yield the items of a span, each scanned when it is first asked for."""
        items, rest = self._seen.setdefault(span, ([], scan(self.text, *span)))
        yield from items
        for item in rest:
            items.append(item)
            yield item

    def _shared(self, span: Span, entry: Path) -> list[Item]:
        """Return the items of ``entry``, and of the table it is in, in a span of many entries."""
        if span not in self._by_entry:
            by_entry = self._by_entry[span] = {}
            for item in self._scanned(span):
                by_entry.setdefault(entry_of(item.path), []).append(item)
        names = sorted({entry[:1], entry})  # a table stands above what is in it
        return [item for name in names for item in self._by_entry[span].get(name, ())]

    def _reach(self, item: Item, steps: Steps) -> tuple[int, int]:
        """Return how many of ``steps`` lead to ``item`` or into its value, and to which position."""
        depth = 0
        for one, other in zip(item.path, steps, strict=False):
            if one != other:
                break
            depth += 1
        above = len(item.path) - len(item.keys)
        if item.value is None or depth <= above:
            return depth, item.at
        if depth < len(item.path):
            return depth, item.spans[depth - above - 1][0]
        return self._within(item.value[0], steps, depth, item.spans[-1][0])

    def _within(self, value: int, steps: Steps, depth: int, pos: int) -> tuple[int, int]:
        while depth < len(steps) and self.text[value] in "[{":
            found = self._parts(value)
            ends = range(depth + 1, len(steps) + 1)
            end = next((end for end in ends if steps[depth:end] in found), None)
            if end is None:
                break
            part = found[steps[depth:end]]
            depth, pos, value = end, part.start, part.value
        return depth, pos

    def _parts(self, pos: int) -> dict[Steps, Part]:
        """Return the parts of the array or inline table at ``pos``, by their keys or their index."""
        if pos not in self._by_steps:
            numbered = enumerate(parts(self.text, pos))
            self._by_steps[pos] = {part.keys or (index,): part for index, part in numbered}
        return self._by_steps[pos]


def _steps(data: Any, path: Path) -> Steps:
    """Return ``path`` with list items by index, as far as there is something."""
    steps: Steps = ()
    for step in path:
        if isinstance(data, list):
            index = tree.index_of(data, str(steps[-1]), step) if steps[-1] in tree.IDENTITY else None
            if index is None and step.isascii() and step.isdigit() and len(step) < 10:
                index = int(step)
            if index is None or index >= len(data):
                return steps
            steps, data = (*steps, index), data[index]
        else:
            steps = (*steps, step)
            data = data.get(step) if isinstance(data, dict) else None
    return steps
