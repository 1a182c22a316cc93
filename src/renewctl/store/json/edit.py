"""Turns a difference of data into the fewest replacements of JSON text that make it.

Old and new data are walked side by side, with the old text's spans; what is the same object in both
(``tree.applied`` shares what it did not change) is not looked into. May import ``model``, ``tree``,
its neighbour ``scan``, ``store.entries`` and the standard library.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from renewctl.model import Change, Path
from renewctl.store.entries import placed
from renewctl.store.json.scan import Member, Spans, Style, has_newline, indent_at
from renewctl.tree import IDENTITY

ORDERED = (("clients",), ("users",))
"""The tables whose new members go among the others by their keys; elsewhere they go last."""
_LINE_ENDS = re.compile(r"[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*")


class Splice(NamedTuple):
    """``text`` for what stands from ``start`` to ``end`` of the old text."""

    start: int
    end: int
    text: str


_Added = dict[int, list[str]]
"""New text, by the slot after which it goes; -1 is before the first."""


class _Layout(NamedTuple):
    """How the members of one object or list stand: on lines of their own (``spread``) or not.

    ``gap`` is the text between two of them, ``nested`` whether new objects in them spread, too.
    """

    spread: bool
    nested: bool
    gap: str
    indent: str


def same(one: Any, other: Any) -> bool:
    """Say whether two pieces of data are equal, types included: True is not 1, and 1 not 1.0."""
    return type(one) is type(other) and bool(one == other) and _same_types(one, other)


def _same_types(one: Any, other: Any) -> bool:
    """Say whether what is known to be equal is so in types, too; a string equals only strings."""
    if type(one) is dict:
        pairs: Iterable[tuple[Any, Any]] = (
            (value, other[key]) for key, value in one.items() if type(value) is not str
        )
    elif type(one) is list:
        pairs = zip(one, other, strict=True)
    else:
        return True
    return all(type(a) is type(b) and (type(a) not in (dict, list) or _same_types(a, b)) for a, b in pairs)


def splices(spans: Spans, root: Member, old: Any, new: Any, changes: Iterable[Change]) -> list[Splice]:
    """Return what to replace in the text, in order, so that it says ``new`` where it said ``old``.

    ``changes`` are asked only for the tables they rename, whose text is to stay.
    """
    difference = _Difference(spans, _renames(changes))
    difference.value(root, old, new, (), spread=True)
    return sorted(difference.splices, key=lambda splice: splice[:2])


def _renames(changes: Iterable[Change]) -> dict[Path, dict[str, str]]:
    """Return new key to old key for the tables under each path."""
    found: dict[Path, dict[str, str]] = {}
    for change in changes:
        if change.renamed:
            here, key = found.setdefault(change.path[:-1], {}), change.path[-1]
            here[str(change.after)] = here.pop(key, key)
    return found


class _Difference:
    """The walk; gathers splices."""

    def __init__(self, spans: Spans, renames: dict[Path, dict[str, str]]) -> None:
        self.text = spans.text
        self.splices: list[Splice] = []
        self._spans = spans
        self._renames = renames
        self._style = Style.of(spans.text)

    def value(self, at: Member, old: Any, new: Any, path: Path, *, spread: bool) -> None:
        """Make the value of ``at`` say ``new``; ``spread`` says how a new object is laid out."""
        if old is new:
            return
        if type(old) is dict and type(new) is dict:
            self._table(at, old, new, path, spread=spread)
        elif type(old) is list and type(new) is list:
            self._items(at, old, new, path, spread=spread)
        elif not same(old, new):
            self._replace(at, new, spread=spread)

    def _replace(self, at: Member, new: Any, *, spread: bool) -> None:
        indent = indent_at(self.text, at.key_start) if spread else ""
        self._put(at.start, at.end, self._style.write(new, spread=spread, indent=indent))

    def _put(self, start: int, end: int, text: str) -> None:
        self.splices.append(Splice(start, end, text))

    def _table(self, at: Member, old: Any, new: Any, path: Path, *, spread: bool) -> None:
        slots = self._spans.members(at.start)
        layout = self._layout(at, list(slots.values()), spread=spread)
        kept = self._kept(old, new, path)
        for key, now in kept.items():
            slot = slots[key]
            if now != key:
                self._put(slot.key_start, slot.key_end, self._style.write(now, spread=False))
            self.value(slot, old[key], new[now], (*path, now), spread=layout.nested)
        standing = set(kept.values())
        fresh = [key for key in new if key not in standing]
        spots = placed([*slots], fresh) if path in ORDERED else {len(slots) - 1: fresh}
        added = {spot: [self._member(key, new[key], layout) for key in keys] for spot, keys in spots.items()}
        self._reshape(at, list(slots.values()), [key in kept for key in slots], added, layout)

    def _kept(self, old: Any, new: Any, path: Path) -> dict[str, str]:
        """Return the old keys whose text stays, each with the key it has now."""
        renamed = {was: now for now, was in self._renames.get(path, {}).items() if was in old and now in new}
        taken = set(renamed.values())
        stay = {key: key for key in old if key in new and key not in taken and key not in renamed}
        return stay | renamed

    def _items(self, at: Member, old: Any, new: Any, path: Path, *, spread: bool) -> None:
        slots = list(self._spans.members(at.start).values())
        pairs = _paired(old, new, IDENTITY.get(path[-1], ""))
        if pairs is None:
            self._replace(at, new, spread=spread and has_newline(self.text, at.start, at.end))
            return
        layout = self._layout(at, slots, spread=spread)
        for was, now in pairs.items():
            self.value(slots[was], old[was], new[now], (*path, str(now)), spread=layout.nested)
        added = {len(slots) - 1: [self._written(item, layout) for item in new[len(pairs) :]]}
        self._reshape(at, slots, [index in pairs for index in range(len(slots))], added, layout)

    def _member(self, key: str, value: Any, layout: _Layout) -> str:
        return self._style.write(key, spread=False) + self._style.colon + self._written(value, layout)

    def _written(self, value: Any, layout: _Layout) -> str:
        return self._style.write(value, spread=layout.nested, indent=layout.indent)

    def _layout(self, at: Member, slots: list[Member], *, spread: bool) -> _Layout:
        """Return how the members of ``at`` stand, so that new ones can be put beside them."""
        style = self._style
        if not slots:
            indent = indent_at(self.text, at.start) + style.unit if spread else ""
            return _Layout(spread, spread, f",{style.newline}{indent}" if spread else style.comma, indent)
        last = slots[-1]
        if len(slots) > 1:
            gap = _LINE_ENDS.sub(style.newline, self.text[slots[-2].end : last.key_start])
        else:
            lead = _LINE_ENDS.sub(style.newline, self.text[at.start + 1 : last.key_start])
            gap = "," + lead if has_newline(lead, 0, len(lead)) else style.comma
        spread = has_newline(gap, 0, len(gap))
        indent = indent_at(self.text, last.key_start) if spread else ""
        # At the top, a table growing on one line would soon be unreadable.
        top = at.key_start == at.start and not at.key
        nested = spread and (top or not self._last_object_on_one_line(slots))
        return _Layout(spread, nested, gap, indent)

    def _last_object_on_one_line(self, slots: list[Member]) -> bool:
        """Say whether the last neighbour that holds something does so on one line."""
        for slot in reversed(slots):
            if self.text[slot.start] in "{[" and slot.end - slot.start > len("{}"):
                return not has_newline(self.text, slot.start, slot.end)
        return False

    def _reshape(
        self, at: Member, slots: list[Member], keep: list[bool], added: _Added, layout: _Layout
    ) -> None:
        """Take away the slots not kept, each with one comma, and put what is ``added`` in its places."""
        texts = [text for place in sorted(added) for text in added[place]]
        if not slots:
            self._fill(at, texts, layout)
        elif True not in keep:
            start, end = slots[0].key_start, slots[-1].end
            self._put(*((start, end) if texts else (at.start + 1, at.end - 1)), layout.gap.join(texts))
        else:
            self._take_away(slots, keep)
            self._add(slots, keep.index(True), added, layout.gap)

    def _take_away(self, slots: list[Member], keep: list[bool]) -> None:
        first = keep.index(True)
        if first:
            self._put(slots[0].key_start, slots[first].key_start, "")
        for before, slot, stays in zip(slots[first:], slots[first + 1 :], keep[first + 1 :], strict=False):
            if not stays:
                self._put(before.end, slot.end, "")

    def _add(self, slots: list[Member], first: int, added: _Added, gap: str) -> None:
        """Put new text after its slots; above the ``first`` one kept, where those before it go."""
        for place, texts in added.items():
            if texts and place < first:
                self._put(slots[first].key_start, slots[first].key_start, gap.join([*texts, ""]))
            elif texts:
                self._put(slots[place].end, slots[place].end, gap.join(["", *texts]))

    def _fill(self, at: Member, added: list[str], layout: _Layout) -> None:
        if added:
            newline = self._style.newline if layout.spread else ""
            outer = layout.indent.removesuffix(self._style.unit)
            inside = newline + layout.indent + layout.gap.join(added) + newline + outer
            self._put(at.start + 1, at.end - 1, inside)


def _paired(old: list[Any], new: list[Any], identity: str) -> dict[int, int] | None:
    """Return which old item became which new one; the new ones left over all follow.

    None where items moved or came in between, so that the list has to be written anew.
    """
    pairs: dict[int, int] = {}
    start = 0
    for now, item in enumerate(new):
        was = _found(old, start, item, identity)
        if was is None:
            break
        pairs[was], start = now, was + 1
    in_place = {index: index for index in range(len(old))} if len(old) == len(new) else None
    if in_place and all(was == now for was, now in pairs.items()):
        return in_place
    moved = any(_found(old, 0, item, identity) is not None for item in new[len(pairs) :])
    return in_place if moved else pairs


def _found(old: list[Any], start: int, item: Any, identity: str) -> int | None:
    candidates = range(start, len(old))
    exact = next((index for index in candidates if old[index] is item), None)
    if exact is not None:
        return exact
    return next((index for index in candidates if _alike(old[index], item, identity)), None)


def _alike(one: Any, other: Any, identity: str) -> bool:
    if identity and isinstance(one, dict) and isinstance(other, dict):
        return bool(same(one.get(identity, ""), other.get(identity, "")))
    return same(one, other)
