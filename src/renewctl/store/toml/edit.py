"""An edit of a TOML store: which entries change, how each is written, and the guards.

New text is spliced into the block of the entry that changes. tomlkit edits whole texts whose entries
are not blocks, under the same guards. May import ``errors``, ``model``, ``tree`` and its neighbours.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tomli

from renewctl import tree
from renewctl.errors import InternalGuard, LayoutRefused, Problem
from renewctl.model import Change, Path
from renewctl.store.entries import HOLDERS, entry_of
from renewctl.store.toml.blocks import Layout
from renewctl.store.toml.guard import (
    Broken,
    check_comments,
    check_data,
    check_foreign,
    check_lines,
    edited_whole,
)
from renewctl.store.toml.places import Places
from renewctl.store.toml.splice import Move, Splicer
from renewctl.store.toml.text import key_text, majority_eol, same


class Editor:
    """Edits one text."""

    def __init__(self, text: str, data: dict[str, Any], layout: Layout) -> None:
        self.text, self.data, self._layout = text, data, layout
        self._places = Places(text, data, layout)

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
        line, column = self._places.locate(path)
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
