"""A store's TOML text as a document: read, positions of its values, and edits that touch one block.

Text in, text out; the file system is not for here. tomli reads; new text is spliced into the block of
the entry that changes. tomlkit edits whole texts whose entries are not blocks, under the same guards;
it is imported only then. May import ``errors``, ``model``, ``tree`` and its neighbours ``blocks`` and
``toml_text``; no other part of the store.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import tomli

from renewctl import tree
from renewctl.errors import InternalGuard, LayoutRefused, Problem
from renewctl.model import Change, Path
from renewctl.store.blocks import HOLDERS, Item, Layout, ScanError, Steps, entry_of, parts, scan
from renewctl.store.toml_errors import check_sizes, invalid
from renewctl.store.toml_guard import (
    Broken,
    check_comments,
    check_data,
    check_foreign,
    check_lines,
    edited_whole,
)
from renewctl.store.toml_splice import Move, Splicer
from renewctl.store.toml_text import key_text, majority_eol, same


class TomlDocument:
    """One TOML text. ``data`` is what it says.

    Raises StoreInvalid, with a Problem for each finding, if ``text`` is not TOML.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.data: dict[str, Any] = tomli.loads(text)
            check_sizes(text, self.data)
        except (ValueError, RecursionError) as error:
            raise invalid(text, error) from None

    @cached_property
    def _layout(self) -> Layout:
        return Layout(self.text)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.text.split("\n"))]

    @cached_property
    def _seen(self) -> dict[Path, tuple[Item, ...]]:
        return {}

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
        best, found = 0, 0
        for item in self._items(entry_of(steps)):
            depth, pos = _reach(self.text, item, steps)
            if depth > best:
                best, found = depth, pos
        return found

    def _items(self, entry: Path) -> tuple[Item, ...]:
        """Return the items that may hold something of ``entry``, in file order."""
        if entry not in self._seen:
            runs = self._layout.runs
            spans = {*runs.get(entry, ()), *runs.get(entry[:1], ()), (0, self._layout.first)}
            self._seen[entry] = tuple(i for span in sorted(spans) for i in scan(self.text, *span))
        return self._seen[entry]

    def edit(self, changes: Sequence[Change]) -> str:
        """Return the text with ``changes`` made: it says what ``tree.applied`` says, nothing else moves.

        Raises LayoutRefused where an entry is laid out so that this cannot be done safely, and
        InternalGuard if it was done wrongly on an ordinary layout.
        """
        try:
            expected = tree.applied(self.data, changes)
        except (AssertionError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise LayoutRefused(f"the store's tables are not the kind to be edited: {error}") from error
        moves = [move for move in _moves(changes, self.data, expected) if not move.idle]
        if not moves:
            return self.text
        plain: list[Move] = []
        odd: list[Move] = []
        for move in moves:
            (plain if self._fits(move) else odd).append(move)
        try:
            return self._checked(plain, odd, expected)
        except RecursionError:
            raise self._refusal(moves, "its values are nested too deeply") from None
        except Broken as broken:
            if odd:
                raise self._refusal(odd, str(broken)) from None
            raise InternalGuard(f"an edit went wrong and was stopped: {broken}") from None

    def _checked(self, plain: list[Move], odd: list[Move], expected: dict[str, Any]) -> str:
        text, spans = Splicer(self._layout, majority_eol(self.text)).made(plain)
        check_lines(self.text, text, spans)
        if odd:
            before, text = text, edited_whole(text, odd)
            check_foreign(before, text, [name for move in odd for name in move.names])
            check_comments(before, text, odd)
        check_data(text, expected, {name for move in (*plain, *odd) for name in move.names})
        return text

    def _fits(self, move: "Move") -> bool:
        """Say whether ``move`` concerns one block, or a key above all headers: read alone, it must agree."""
        top, layout = move.name[0], self._layout
        if top not in HOLDERS and any(i.path == (top,) for i in layout.above):
            return True
        if move.old is None:
            shared = any(item.path[0] == top for item in layout.above)
            return not shared and (isinstance(move.new, dict) or top not in HOLDERS)
        block = layout.block(move.origin or ())
        if block is None or not isinstance(move.old, dict) or not isinstance(move.new, dict | None):
            return False
        alone = tomli.loads(self.text[block.lead : block.end])
        return same(alone, _nested(move.origin or (), move.old))

    def _refusal(self, moves: Sequence["Move"], why: str) -> LayoutRefused:
        path = moves[0].origin or moves[0].name
        line, column = self.locate(path)
        header = "[" + ".".join(map(key_text, path)) + "]"
        message = f"{'.'.join(path)} is laid out so that it cannot be edited safely ({why})"
        hint = f"rewrite it as one block that begins with {header}, with its own keys below"
        problem = Problem(message, path, hint, line=line, column=column)
        return LayoutRefused(message, hint=hint, problems=[problem])


def _moves(changes: Iterable[Change], data: dict[str, Any], expected: dict[str, Any]) -> Iterator[Move]:
    origins: dict[Path, Path] = {}
    touched: dict[Path, None] = {}
    for change in changes:
        top, *rest = change.path
        if not rest and top in HOLDERS:
            keys = [*(tree.get(data, (top,)) or ()), *(tree.get(expected, (top,)) or ())]
            touched.update(dict.fromkeys((top, key) for key in keys))
            continue
        entry = entry_of(change.path)
        touched[entry] = None
        if change.renamed and entry == change.path:
            new = (*entry[:-1], str(change.after))
            origins[new] = origins.pop(entry, entry)
            touched[new] = None
    moved = set(origins.values())
    for name in touched:
        origin = origins.get(name, None if name in moved else name)
        old = tree.get(data, origin) if origin else None
        yield Move(origin, name, old, tree.get(expected, name))
        if origin != name and name not in moved and tree.get(data, name) is not None:
            yield Move(name, name, tree.get(data, name), None)  # overwritten by a rename


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return value


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


def _reach(text: str, item: Item, steps: Steps) -> tuple[int, int]:
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
    return _within(text, item.value[0], steps, depth, item.spans[-1][0])


def _within(text: str, value: int, steps: Steps, depth: int, pos: int) -> tuple[int, int]:
    while depth < len(steps) and text[value] in "[{":
        for index, part in enumerate(parts(text, value)):
            names: Steps = part.keys or (index,)
            if steps[depth : depth + len(names)] == names:
                depth, pos, value = depth + len(names), part.start, part.value
                break
        else:
            break
    return depth, pos
