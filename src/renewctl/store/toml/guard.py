"""The guards of a TOML edit, and the edit of whole texts whose entries are not blocks.

A guard that finds something raises ``Broken``, and nothing is written. tomlkit edits here only, and is
imported only then. May import its neighbours ``blocks`` and ``text``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tomli

from renewctl.model import Path
from renewctl.store.entries import HOLDERS
from renewctl.store.toml.blocks import Item, ScanError, Steps, comments, lead_of, scan
from renewctl.store.toml.splice import Move
from renewctl.store.toml.text import Rewriter, Span, field_text, in_order, same
from renewctl.tree import IDENTITY, index_of


class Broken(Exception):
    """A guard's finding; which error it becomes depends on the layout."""


def edited_whole(text: str, moves: Iterable[Move]) -> str:
    """Let tomlkit make the moves in a text whose entries are not blocks."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    windows = text.count("\n") == text.count("\r\n") > 0
    troubles = (TOMLKitError, ValueError, LookupError, AttributeError, TypeError, AssertionError)
    try:
        document = tomlkit.parse(text.replace("\r\n", "\n") if windows else text)
        for move in moves:
            if move.origin not in (None, move.name):
                raise Broken("a rename would move it")
            holder: Any = document
            for step in move.name[:-1]:
                holder = holder[step] if step in holder else holder.setdefault(step, tomlkit.table())
            _merge(holder, move.name[-1], move.old, move.new)
        new = tomlkit.dumps(document)
    except troubles as error:
        raise Broken(f"{type(error).__name__}: {error}") from None
    return new.replace("\n", "\r\n") if windows else new


def _merge(holder: Any, key: str, old: Any, new: Any) -> None:
    from tomlkit.items import Array, InlineTable

    if same(old, new):
        return
    if new is None:
        del holder[key]
        return
    item = holder.get(key)
    if isinstance(item, (Array, InlineTable)):
        text = item.as_string()
        holder[key] = _tomlkit_value(Rewriter(text, "\n").value((0, len(text)), old, new, key))
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in in_order({**old, **new}):
            _merge(item, name, old.get(name), new.get(name))
    else:
        holder[key] = _tomlkit_value(field_text(key, new, "\n"))


def _tomlkit_value(text: str) -> Any:
    import tomlkit

    # With its line end: a new key gets it from here.
    return tomlkit.parse(f"k = {text}\n")["k"]


def check_data(text: str, expected: dict[str, Any], touched: set[Path]) -> None:
    """Check that the new text says just what is expected; the entries ``touched`` with types and all."""
    try:
        fresh = tomli.loads(text)
    except ValueError as error:
        raise Broken(f"the new text is not TOML: {error}") from None
    for top in {*fresh, *expected}:
        one, other = fresh.get(top), expected.get(top)
        if top in HOLDERS and not one and not other:
            continue  # without its last entry a table may go
        names = {name[1] for name in touched if name[0] == top and len(name) > 1}
        if not ((top in HOLDERS and _equal(one, other, names)) or same(one, other)):
            raise Broken(f"the new text says something else of {top}")


def _equal(one: Any, other: Any, touched: set[str]) -> bool:
    """Tell whether two tables of entries are equal: those ``touched`` with types and all.

    The others keep their bytes, so == cannot take 1 for true there; only a NaN is never equal to itself.
    """
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    kept = ({key: value for key, value in table.items() if key not in touched} for table in (one, other))
    return next(kept) == next(kept) and all(same(one.get(key), other.get(key)) for key in touched)


def check_lines(old: str, new: str, spans: Iterable[Span]) -> None:
    """Check that what lies outside ``spans``, comments too, stands in ``new`` in the same order."""
    pos = cut = 0
    for place, (start, end) in enumerate(sorted(spans)):
        piece = old[cut:start]
        found = new.find(piece, pos)
        if found < 0 or (place == 0 and found > 0):
            raise Broken("lines of others would change")
        pos, cut = found + len(piece), max(cut, end)
    if not new.endswith(old[cut:]) or len(new) - len(old[cut:]) < pos:
        raise Broken("lines of others would change")


def check_foreign(old: str, new: str, entries: Sequence[Path]) -> None:
    """Check lines and comments outside ``entries`` where these are no blocks; blank lines may come and go."""
    try:
        same_lines = list(_foreign(old, entries)) == list(_foreign(new, entries))
    except ScanError:
        raise Broken("the new text is not TOML") from None
    if not same_lines:
        raise Broken("lines or comments of others would change")


def check_comments(old: str, new: str, moves: Sequence[Move]) -> None:
    """Check that no comment is lost or joined to another line, but for those of what is taken away."""
    lost = _comments(old) - _comments(new)
    if lost:
        pos = 0
        for item in scan(old):
            if any(_gone(item, move) for move in moves):
                lost -= _comments(old[lead_of(old, item.start, pos) : item.end])
            pos = item.end
    if lost:
        raise Broken("comments would be lost")
    _check_headings(old, new)


def _check_headings(old: str, new: str) -> None:
    """Check that what stands directly above a header or key still does, where that is still there."""
    now = dict(_headings(new))
    for path, lines in _headings(old):
        if lines and now.get(path, lines) != lines:
            raise Broken("comments would be moved")


def _headings(text: str) -> Iterator[tuple[Steps, str]]:
    pos = 0
    for item in scan(text):
        yield item.path, text[lead_of(text, item.start, pos) : item.start]
        pos = item.end


def _comments(text: str) -> Counter[tuple[str, bool]]:
    """Return the comments of a text, and whether each has a line to itself."""
    whole = Counter((line.strip(), True) for line in text.split("\n") if line.strip().startswith("#"))
    return whole + Counter((comment.strip(), False) for comment in comments(text, 0, len(text)))


def _gone(item: Item, move: Move) -> bool:
    """Tell whether what an item says is no longer said after a move, or is a list that got shorter."""
    origin = move.origin or move.name
    if item.path[: len(origin)] != origin:
        return False
    old, new, key = move.old, move.new, ""
    for step in item.path[len(origin) :]:
        if isinstance(old, list) and isinstance(new, list) and isinstance(step, int):
            old, new = old[step], _same_item(old, new, step, key)
        elif isinstance(old, dict) and isinstance(new, dict):
            old, new, key = old.get(step), new.get(step), str(step)
        else:
            return True
    return new is None or (isinstance(new, list) and isinstance(old, list) and len(new) < len(old))


def _same_item(old: list[Any], new: list[Any], index: int, key: str) -> Any:
    """Return what became of an item of a list; None where it went."""
    if key not in IDENTITY:
        return new[index] if len(new) >= len(old) else None
    found = index_of(new, key, old[index].get(IDENTITY[key], ""))
    return None if found is None else new[found]


def _foreign(text: str, entries: Sequence[Path]) -> Iterator[str]:
    owned = set(entries)
    shared = {entry[:1] for entry in entries}
    pos = 0
    for item in scan(text):
        own = item.path[:1] in owned or item.path[:2] in owned
        yield from _kept_lines(text[pos : lead_of(text, item.start, pos) if own else item.start])
        if item.value and not own and item.path in shared:
            yield from comments(text, *item.value)
        elif not own:
            yield from _kept_lines(text[item.start : item.end])
        pos = item.end
    yield from _kept_lines(text[pos:])


def _kept_lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line.strip():
            yield line
