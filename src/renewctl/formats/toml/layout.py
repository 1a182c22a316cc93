"""A TOML store in any layout rewritten with one block per entry, comments kept at their keys.

Imports ``model``, ``tree``, ``entries``, the table of fields and its neighbours only.
"""

from collections.abc import Iterable
from typing import Any

from renewctl.domain.paths import IDENTITY, get
from renewctl.fields import EDITORS, TOP_LEVEL
from renewctl.formats.entries import Entry, Steps, entry_of, paths_of
from renewctl.formats.toml.scan import COMMENTS, Item, above, comments, first_at, parts, scan
from renewctl.formats.toml.text import dotted_text, field_text, in_order, key_text, value_text
from renewctl.model import Path

_RANKS = {key: rank for rank, key in enumerate((EDITORS, *TOP_LEVEL))}
_Notes = dict[Steps, tuple[list[str], list[str]]]
"""By path, the comments of one entry: those above a key, and those at the end of its line."""
_Keys = dict[Steps, list[Steps]]


class Layout:
    """The comments of a text by the entries that they belong to, and its entries rewritten with them.

    Free comments stay above the entry that they were above, comments of a key above it or at the end
    of its line. Those inside a value are written above its key, or at the item of a list.

    Args:
        text: the text.
        eol: its line end.
        usual: those of its entries whose own text can stay.
    """

    def __init__(self, text: str, eol: str, usual: Iterable[Entry] = ()) -> None:
        self.text, self.eol = text, eol
        self.usual = {entry.path: entry.text for entry in usual}
        self.free: dict[Path, list[str]] = {}
        self.notes: dict[Path, _Notes] = {}
        pos = 0
        last: Path = ()
        for item in scan(text):
            entry, lead = entry_of(item.path), above(text, item.start, pos, COMMENTS)
            if entry != last and (entry not in self.usual or entry not in self.free):
                self.free.setdefault(entry, []).extend(comments(text, pos, lead))
            if entry not in self.usual:  # what is within the text of the others stays there
                within = pos if entry == last else lead
                self._keep(item.path, comments(text, within, item.start), [])
                self._keep(item.path, [], self._ending(item))
            pos, last = item.end, entry
        self.tail = comments(text, pos, len(text))

    def entries(self, data: dict[str, Any]) -> list[Entry]:
        """Return all entries of ``data``, the data of the text, in the usual order."""
        below = {key: _has_header(self.usual.get((key,)), value) for key, value in data.items()}
        tops = sorted(data, key=lambda key: (below[key], _RANKS.get(key, len(_RANKS))))
        found: list[Entry] = []
        for path in paths_of({top: data[top] for top in tops}):
            value = get(data, path)
            free, notes = self._take(path)
            gap = [""] if found and below[path[0]] else []
            gap += [*free, ""] if free else []
            text = self.usual.get(path) or self._lines(_block(path, value, notes))
            found.append(Entry(path, text, self._lines(gap)))
        rest = self._rest()
        return [*found, Entry((), "", self._lines(["", *rest] if rest else []))]

    def _ending(self, item: Item) -> list[str]:
        """Return the comments at the end of an item's line; those inside its value are kept as well."""
        if item.value is None:
            return comments(self.text, item.spans[-1][1], item.end)
        start, end = item.value
        inside = comments(self.text, start, end) if self.text[start] in "[{" else []
        found = parts(self.text, start) if inside and self.text[start] == "[" else []
        head = comments(self.text, start, found[0].begin) if found else []
        for number, part in enumerate(found):
            lines = comments(self.text, part.begin, part.end)
            ending = comments(self.text, part.end, part.stop)
            for comment in (*lines, *ending):
                inside.remove(comment)
            self._keep((*item.path, number), lines, ending)
        self._keep(item.path, inside[len(head) :], [])
        return [*head, *comments(self.text, end, item.end)]

    def _keep(self, path: Steps, lines: list[str], ending: list[str]) -> None:
        if lines or ending:
            found = self.notes.setdefault(entry_of(path), {}).setdefault(path, ([], []))
            found[0].extend(lines)
            found[1].extend(ending)

    def _take(self, path: Path) -> tuple[list[str], _Notes]:
        """Return the free comments above an entry, those of the table it is in included, and its own."""
        free, notes = self.free.pop(path, []), self.notes.pop(path, {})
        if len(path) > 1 and (path[:1] in self.free or path[:1] in self.notes):
            more, own = self._take(path[:1])
            free = [*more, *_all(own), *free]
        return free, notes

    def _rest(self) -> list[str]:
        """Return the comments that no entry has taken."""
        free = [line for lines in self.free.values() for line in lines]
        return [*free, *(line for notes in self.notes.values() for line in _all(notes)), *self.tail]

    def _lines(self, lines: Iterable[str]) -> str:
        return "".join(f"{line}{self.eol}" for line in lines)


def _has_header(text: str | None, value: Any) -> bool:
    """Return whether a top-level key has a header, so that no statement can follow it.

    A text that stays can be a table without one, as ``defaults.owner = ...``, or a list with several.
    """
    return text.startswith("[", first_at(text)) if text else isinstance(value, dict)


def _all(notes: _Notes) -> list[str]:
    return [line for pair in notes.values() for lines in pair for line in lines]


def _block(path: Path, value: Any, notes: _Notes) -> list[str]:
    """Return the lines of an entry."""
    keys = _by_prefix(notes)
    if not isinstance(value, dict):
        return _statement(path, value, notes, keys)
    fields = [line for key in in_order(value) for line in _statement((*path, key), value[key], notes, keys)]
    return [*_with_comments(f"[{dotted_text(path)}]", *_below(notes, path, keys)), *fields]


def _statement(path: Steps, value: Any, notes: _Notes, keys: _Keys) -> list[str]:
    """Return the lines of one field, with all comments below its path."""
    key = str(path[-1])
    if key not in IDENTITY or not isinstance(value, list) or not value:
        return _with_comments(f"{key_text(key)} = {field_text(key, value, '')}", *_below(notes, path, keys))
    items = []
    for number, item in enumerate(value):
        items += _with_comments(f"{value_text(item)},", *_below(notes, (*path, number), keys))
    head = _with_comments(f"{key_text(key)} = [", *_below(notes, path, keys))
    return [*head, *(f"  {line}" for line in items), "]"]


def _by_prefix(notes: _Notes) -> _Keys:
    """Return the paths that have comments, by each path that they are at or below."""
    found: _Keys = {}
    for key in notes:
        for depth in range(len(key) + 1):
            found.setdefault(key[:depth], []).append(key)
    return found


def _below(notes: _Notes, path: Steps, keys: _Keys) -> tuple[list[str], list[str]]:
    """Take the comments of a path and of everything below it; of several at line ends none stays there."""
    found = [notes.pop(key) for key in keys.get(path, ()) if key in notes]
    lines, ending = ([line for pair in found for line in pair[place]] for place in (0, 1))
    return (lines, ending) if len(ending) == 1 else ([*lines, *ending], [])


def _with_comments(text: str, lines: Iterable[str], ending: Iterable[str]) -> list[str]:
    return [*lines, "  ".join([text, *ending])]
