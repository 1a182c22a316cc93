"""Rewrite TOML with one block per entry, and keep the comments at their keys."""

from collections.abc import Iterable
from typing import Any

from renewctl.domain.paths import IDENTITY, get
from renewctl.fields import EDITORS, TOP_LEVEL
from renewctl.formats.entries import Entry, Steps, entry_of, paths_of
from renewctl.formats.toml.scan import (
    COMMENTS,
    Item,
    find_comments,
    find_lead,
    scan,
    skip_comments,
    split_value,
)
from renewctl.formats.toml.writer import format_field, format_key, format_path, format_value, rank
from renewctl.model import Path

_RANKS = {key: rank for rank, key in enumerate((EDITORS, *TOP_LEVEL))}


class Layout:
    """The comments of a text by entry, and its entries rewritten with them.

    Free comments stay above the same entry, and comments of a key stay above it or at the end of its line.
    Comments inside a value move above its key, or to the item of a list.
    """

    def __init__(self, text: str, eol: str, usual: Iterable[Entry] = ()) -> None:
        self.text, self.eol = text, eol
        self.usual = {entry.path: entry.text for entry in usual}
        self.free: dict[Path, list[str]] = {}
        self.attached: dict[Steps, tuple[list[str], list[str]]] = {}  # Above a key, at its line's end.
        self.below: dict[Steps, list[Steps]] = {}  # Paths with comments, by themselves and paths above them.
        pos = 0
        last: Path = ()
        for item in scan(text):
            entry, lead = entry_of(item.path), find_lead(text, item.start, pos, COMMENTS)
            if entry != last and (entry not in self.usual or entry not in self.free):
                self.free.setdefault(entry, []).extend(find_comments(text, pos, lead))
            if entry not in self.usual:  # Comments within the text of the others stay there.
                within = pos if entry == last else lead
                self._attach(item.path, find_comments(text, within, item.start), [])
                self._attach(item.path, [], self._attach_inside(item))
            pos, last = item.end, entry
        self.tail = find_comments(text, pos, len(text))

    def entries(self, data: dict[str, Any]) -> list[Entry]:
        """Return all entries of ``data``, the data of the text, in the standard order."""
        is_block: dict[str, bool] = {}  # A statement cannot follow a top-level key with a header.
        for key, value in data.items():
            text = self.usual.get((key,))  # It can be a table without a header: ``defaults.owner = ...``.
            is_block[key] = text.startswith("[", skip_comments(text)) if text else isinstance(value, dict)
        tops = sorted(data, key=lambda key: (is_block[key], _RANKS.get(key, len(_RANKS))))
        found: list[Entry] = []
        for path in paths_of({top: data[top] for top in tops}):
            free = self._take_free(path)
            gap = [""] if found and is_block[path[0]] else []
            gap += [*free, ""] if free else []
            text = self.usual.get(path) or self._lines(self._format_entry(path, get(data, path)))
            found.append(Entry(path, text, self._lines(gap)))
        rest = [line for lines in self.free.values() for line in lines]
        rest += [line for pair in self.attached.values() for lines in pair for line in lines]
        rest += self.tail
        return [*found, Entry((), "", self._lines(["", *rest] if rest else []))]

    def _attach_inside(self, item: Item) -> list[str]:
        """Attach the comments inside an item's value. Return those at the end of its line."""
        if item.value is None:
            return find_comments(self.text, item.spans[-1][1], item.end)
        start, end = item.value
        inside = find_comments(self.text, start, end) if self.text[start] in "[{" else []
        parts = split_value(self.text, start) if inside and self.text[start] == "[" else []
        head = find_comments(self.text, start, parts[0].begin) if parts else []
        for number, part in enumerate(parts):
            above = find_comments(self.text, part.begin, part.end)
            ending = find_comments(self.text, part.end, part.stop)
            for comment in (*above, *ending):
                inside.remove(comment)
            self._attach((*item.path, number), above, ending)
        self._attach(item.path, inside[len(head) :], [])
        return [*head, *find_comments(self.text, end, item.end)]

    def _attach(self, path: Steps, above: list[str], ending: list[str]) -> None:
        if not (above or ending):
            return
        if path not in self.attached:
            self.attached[path] = [], []
            for depth in range(1, len(path) + 1):
                self.below.setdefault(path[:depth], []).append(path)
        self.attached[path][0].extend(above)
        self.attached[path][1].extend(ending)

    def _take_free(self, path: Path) -> list[str]:
        """Remove and return the free comments above an entry, and those of its table."""
        free = self.free.pop(path, [])
        if len(path) > 1:
            above, ending = self.attached.pop(path[:1], ([], []))
            free = [*self.free.pop(path[:1], []), *above, *ending, *free]
        return free

    def _lines(self, lines: Iterable[str]) -> str:
        return "".join(f"{line}{self.eol}" for line in lines)

    def _format_entry(self, path: Path, value: Any) -> list[str]:
        """Return the lines of an entry; each of its comments appears once."""
        if not isinstance(value, dict):
            return self._format_statement(path, value)
        lines = []
        for key in sorted(value, key=rank):
            lines += self._format_statement((*path, key), value[key])
        return [*self._with_comments(f"[{format_path(path)}]", path), *lines]

    def _format_statement(self, path: Steps, value: Any) -> list[str]:
        """Return the lines of one field, with all comments below its path."""
        key = str(path[-1])
        if key not in IDENTITY or not isinstance(value, list) or not value:
            return self._with_comments(f"{format_key(key)} = {format_field(key, value, '')}", path)
        items = []
        for number, item in enumerate(value):
            items += self._with_comments(f"{format_value(item)},", (*path, number))
        return [*self._with_comments(f"{format_key(key)} = [", path), *(f"  {line}" for line in items), "]"]

    def _with_comments(self, text: str, path: Steps) -> list[str]:
        """Return a line with the comments of a path and of everything below it.

        A comment at the end of a line stays there if it is the only one; otherwise all go above.
        """
        pairs = [self.attached.pop(key) for key in self.below.get(path, ()) if key in self.attached]
        above = [line for pair in pairs for line in pair[0]]
        ending = [line for pair in pairs for line in pair[1]]
        if len(ending) == 1:
            return [*above, f"{text}  {ending[0]}"]
        return [*above, *ending, text]
