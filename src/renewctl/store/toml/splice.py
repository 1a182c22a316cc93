"""Edits of a TOML text as splices into the blocks of the entries that change.

Takes old and expected values, never asks what they mean. May import ``errors``, ``model`` and its
neighbours ``blocks`` and ``text``.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from renewctl.model import Path
from renewctl.store.entries import entry_of, placed
from renewctl.store.toml.blocks import Block, Item, Layout, Steps, lead_of, scan
from renewctl.store.toml.text import (
    Rewriter,
    Span,
    Splice,
    aligned,
    field_text,
    in_order,
    key_text,
    rank,
    same,
    table_text,
)

_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")


class Move(NamedTuple):
    """One entry's way from the old text (``origin``, None: not there) to the new."""

    origin: Path | None
    name: Path
    old: Any
    new: Any

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return same(self.old, self.new) and (self.old is None or self.origin == self.name)

    @property
    def names(self) -> tuple[Path, ...]:
        """The entry's path before and after."""
        return (self.name,) if self.origin in (None, self.name) else (self.origin or (), self.name)


class Splicer:
    """Collects what is to stand where in one old text, and the spans within which that may be."""

    def __init__(self, layout: Layout, eol: str) -> None:
        self.layout, self.text, self.eol = layout, layout.text, eol
        self.begin = len(self.text) - len(self.text.lstrip())
        self.splices: list[Splice] = []
        self.spans: list[Span] = []
        self.fresh: dict[str, dict[str, str]] = {}

    def made(self, moves: Iterable[Move]) -> tuple[str, list[Span]]:
        """Return the new text and the spans of the old one that may differ."""
        for move in moves:
            self._make(move)
        self._put_fresh()
        self.splices.sort(key=lambda splice: splice[:1])
        pieces, pos = [], 0
        for start, end, new in self.splices:
            if start >= pos or start == end:  # what is replaced within lines that go, goes with them
                pieces += [self.text[pos:start], new]
            pos = max(pos, end)
        return "".join([*pieces, self.text[pos:]]), self.spans

    def _make(self, move: Move) -> None:
        block = self.layout.block(move.origin) if move.origin and move.old is not None else None
        if block is None and (move.old is not None or not isinstance(move.new, dict)):
            self._make_above(move)
        elif block is None:
            header = f"[{'.'.join(map(key_text, move.name))}]"
            fresh = self.fresh.setdefault(move.name[0], {})
            fresh[move.name[-1]] = table_text(header, move.new, self.eol)
        elif move.new is None:
            start, end = self._with_blank(block)
            self.splices.append((start, end, ""))
            self.spans.append((start, end))
        else:
            self.spans.append((block.lead, block.end))
            BlockEdit(self, block).entry(move)

    def _make_above(self, move: Move) -> None:
        """Change a key above all headers, such as ``version``."""
        items = self.layout.above
        end = items[-1].end if items else self._front()
        block = Block(items[0].start if items else end, end, items)
        self.spans.append((block.lead, end))
        edit = BlockEdit(self, block)
        if move.old is None:
            edit.add((), move.name[0], move.new)
        elif move.new is None:
            edit.remove(move.name)
        else:
            edit.change(move.name, move.old, move.new)

    def _front(self) -> int:
        """Return where the first table may go: below the keys above all headers."""
        items = self.layout.above
        if items:
            return items[-1].end
        first = self.layout.first
        return self.layout.lead(first) if first < len(self.text) else first

    def _put_fresh(self) -> None:
        """Put the new blocks where they go, those of one place together."""
        places: dict[int, list[str]] = {}
        for top, blocks in self.fresh.items():
            for pos, keys in self._places(top, blocks).items():
                places.setdefault(pos, []).extend(map(blocks.__getitem__, keys))
        for pos, texts in places.items():
            self.splices.append((pos, pos, self._framed(pos, texts)))
            self.spans.append((pos, pos))

    def _places(self, top: str, new: Iterable[str]) -> dict[int, list[str]]:
        """Return where the new keys of a table go."""
        runs = {entry: runs for entry, runs in self.layout.runs.items() if entry[0] == top}
        kin = sorted(runs, key=lambda entry: runs[entry][-1])
        top_most = self.layout.lead(runs[kin[0]][0][0]) if kin else self._start(top)
        spots = {len(kin) - 1: [*new]}
        if all(len(entry) > 1 and len(its) == 1 for entry, its in runs.items()):
            spots = placed([entry[-1] for entry in kin], new)
        return {self._end(runs[kin[at]][-1]) if at >= 0 else top_most: keys for at, keys in spots.items()}

    def _start(self, top: str) -> int:
        """Return where a table begins that has no block yet."""
        if top == "policy" and ("defaults",) in self.layout.runs:
            return self._end(self.layout.runs["defaults",][-1])
        return self._front() if top in ("defaults", "policy") else len(self.text)

    def _end(self, run: Span) -> int:
        return max(item.end for item in scan(self.text, *run))

    def _framed(self, pos: int, blocks: list[str]) -> str:
        """Set new blocks apart from what stands before and after ``pos`` by one blank line."""
        before, after = self.text[max(0, pos - 4) : pos], self.text[pos : pos + 2]
        lines = before.split("\n")
        gap = "" if not before or not lines[-1] else self.eol
        if pos > self.begin and not (len(lines) > 2 and not lines[-2].strip()):
            gap += self.eol
        tail = self.eol if after and not after.startswith(("\n", "\r\n")) else ""
        return gap + self.eol.join(blocks) + tail

    def _with_blank(self, block: Block) -> Span:
        """Return the block's span with the blank lines that set it apart."""
        above = _blanks_above(self.text, block.lead)
        match = _BLANK_LINES.match(self.text, block.end)
        below = match.end() if match else block.end
        if above == 0:
            return 0, below
        return (above if below > block.end or block.end == len(self.text) else block.lead), block.end


def _blanks_above(text: str, start: int) -> int:
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        if text[line:start].strip():
            break
        start = line
    return start


class BlockEdit:
    """Changes within one block, by the difference of its old and new value."""

    def __init__(self, splicer: Splicer, block: Block) -> None:
        self.text, self.eol, self.splices = splicer.text, splicer.eol, splicer.splices
        self.block, self.items = block, block.items
        self.at = {item.path: item for item in block.items}
        self.origin: Path = ()
        self.name: Path = ()
        self.headers: dict[Steps, str] = {}

    def entry(self, move: Move) -> None:
        """Rename the headers and change what stands below them."""
        path = self.origin = move.origin or ()
        self.name = move.name
        if path != move.name:
            for item in self.items:
                if item.value is None:
                    self.splices.append((*item.spans[len(path) - 1], key_text(move.name[-1])))
        if not move.new and path not in self.at:
            self.headers[path] = ""
        self.change(path, move.old, move.new)
        for above, lines in self.headers.items():
            lead = lead_of(self.text, self._under(above)[0].start, self.block.lead)
            header = f"[{self._dotted(above)}]{self.eol}"
            self.splices.append((lead, lead, f"{header}{lines}{self.eol}"))

    def change(self, path: Steps, old: Any, new: Any) -> None:
        """Make the value at ``path``, ``old``, say ``new``."""
        if same(old, new):
            return
        item = self.at.get(path)
        if item and item.value:
            text = Rewriter(self.text, self.eol).value(item.value, old, new, item.keys[-1])
            self.splices.append((*item.value, text))
        elif isinstance(old, dict) and isinstance(new, dict) and self._stays(path, old, new):
            self._change_keys(path, old, new)
        elif not (isinstance(old, list) and isinstance(new, list) and self._change_tables(path, old, new)):
            self.remove(path)
            self.add(path[:-1], str(path[-1]), new)

    def _stays(self, path: Steps, old: dict[str, Any], new: dict[str, Any]) -> bool:
        return path in self.at or len(path) <= len(entry_of(path)) or any(key in new for key in old)

    def _change_keys(self, path: Steps, old: dict[str, Any], new: dict[str, Any]) -> None:
        for key in in_order({**old, **new}):
            if key not in new:
                self.remove((*path, key))
            elif key not in old:
                self.add(path, key, new[key])
            else:
                self.change((*path, key), old[key], new[key])

    def _change_tables(self, path: Steps, old: list[Any], new: list[Any]) -> bool:
        """Change the ``[[tables]]`` at ``path``; say whether that could be done."""
        pairs = aligned(old, new, str(path[-1]))
        tables = (*path, 0) in self.at and all(isinstance(item, dict) for item in new)
        if not (new and tables) or pairs[0][0] is None:
            return False
        last = 0
        for was, now in pairs:
            last = last if was is None else was
            if now is None:
                self.remove((*path, last))
            elif was is None:
                end = self._under((*path, last))[-1].end
                text = table_text(f"[[{self._dotted(path)}]]", new[now], self.eol)
                self._insert(end, self.eol + text)
            else:
                self.change((*path, was), old[was], new[now])
        return True

    def _under(self, path: Steps) -> list[Item]:
        return [item for item in self.items if item.path[: len(path)] == path]

    def remove(self, path: Steps) -> None:
        """Take away all that stands at ``path``, headers with their heading comments."""
        before: Item | None = None
        start = -1
        for item in (*self.items, None):
            gone = item is not None and item.path[: len(path)] == path
            if gone and item and start < 0:
                floor = before.end if before else self.block.lead
                start = item.start
                if item.value is None:
                    start = max(floor, _blanks_above(self.text, lead_of(self.text, item.start, floor)))
            elif not gone and start >= 0 and before:
                self.splices.append((start, before.end, ""))
                start = -1
            before = item

    def add(self, path: Steps, key: str, value: Any) -> None:
        """Write a new key of the table at ``path``, in the fields' order."""
        line = f"{key_text(key)} = {field_text(key, value, self.eol)}{self.eol}"
        own = [i for i in self.items if i.value and i.path[:-1] == path]
        header = self.at.get(path)
        anchors = [i for i in self._section(path) if rank(str(i.path[len(path)])) <= rank(key)]
        if header or not path:
            anchor = anchors[-1] if anchors else header
            self._insert(anchor.end if anchor else self.block.lead, _indent(self.text, anchor) + line)
        elif own:
            prefix = self.text[own[-1].at : own[-1].spans[-1][0]]
            self._insert(own[-1].end, _indent(self.text, own[-1]) + prefix + line)
        else:
            self.headers[path] = self.headers.get(path, "") + line

    def _section(self, path: Steps) -> list[Item]:
        return [i for i in self.items if i.value and i.path[: len(i.path) - len(i.keys)] == path]

    def _dotted(self, path: Steps) -> str:
        steps = (*self.name, *path[len(self.origin) :])
        return ".".join(key_text(step) for step in steps if isinstance(step, str))

    def _insert(self, pos: int, lines: str) -> None:
        if pos and self.text[pos - 1] != "\n":
            lines = self.eol + lines.removesuffix(self.eol)
        self.splices.append((pos, pos, lines))


def _indent(text: str, item: Item | None) -> str:
    return text[item.start : item.at] if item else ""
