"""Change the value of one entry in its TOML text; what stays equal keeps its bytes.

The difference of the old value and the new is spliced into the text of headers, statements and the
parts of their values, so that every comment stays with what it is about. Imports ``model``,
``tree``, ``entries`` and its neighbours only.
"""

from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from renewctl.domain.paths import IDENTITY, is_same
from renewctl.formats.entries import Entry, Steps
from renewctl.formats.toml.scan import BLANKS, COMMENTS, Item, Part, above, parts, scan
from renewctl.formats.toml.text import (
    field_text,
    in_order,
    key_text,
    line_text,
    rank,
    table_text,
    value_text,
)
from renewctl.model import Path

Span = tuple[int, int]
_Plan = list[tuple[Part | None, str | None]]
"""What is there (None: nothing), and the text to be there instead (None: nothing)."""


class Edit:
    """One edit of an entry, a block or a statement, collected as splices: start, end, and the text instead.

    Args:
        entry: the entry, whose text ends with a line end.
        eol: the line end for new lines.
    """

    def __init__(self, entry: Entry, eol: str) -> None:
        self.text, self.path, self.eol = entry.text, entry.path, eol
        self.name = entry.path
        self.items = list(scan(self.text))
        self.at = {item.path: item for item in self.items}
        self.splices: list[tuple[int, int, str]] = []
        self.headers: dict[Steps, str] = {}
        self.tables: list[tuple[int, int, str]] = []
        """Splices that go below what else is written in the same place."""

    def make(self, path: Path, old: Any, new: Any) -> str:
        """Return the text with the path ``path`` and the value ``new``, where it had ``old``."""
        if path != self.path:
            self.name = path
            for item in self.items:
                if item.value is None:
                    self._put(*item.spans[len(path) - 1], key_text(path[-1]))
        self._change(self.path, old, new)
        return self._spliced()

    def _spliced(self) -> str:
        for path, lines in self.headers.items():
            first = next(item for item in self.items if item.path[: len(path)] == path)
            lead = above(self.text, first.start, 0, COMMENTS)
            self._put(lead, lead, f"[{self._dotted(path)}]{self.eol}{lines}")
        pieces, pos = [], 0
        for start, end, new in sorted(self.splices + self.tables, key=lambda splice: splice[:1]):
            if start >= pos or start == end:  # what is replaced within lines that go, goes with them
                pieces += [self.text[pos:start], new]
            pos = max(pos, end)
        return "".join([*pieces, self.text[pos:]])

    def _change(self, path: Steps, old: Any, new: Any) -> None:
        """Change the value at ``path`` from ``old`` to ``new``."""
        if is_same(old, new):
            return
        item = self.at.get(path)
        if item and item.value:
            self._put(*item.value, self._value(item.value, old, new, item.keys[-1]))
        elif isinstance(old, dict) and isinstance(new, dict) and self._stays(path, old, new):
            for key in in_order({**old, **new}):
                if key not in new:
                    self._remove((*path, key))
                elif key not in old:
                    self._add(path, key, new[key])
                else:
                    self._change((*path, key), old[key], new[key])
        elif not (isinstance(old, list) and isinstance(new, list) and self._change_tables(path, old, new)):
            self._remove(path)
            self._add(path[:-1], str(path[-1]), new)

    def _stays(self, path: Steps, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Return whether something of the table at ``path`` is left; if not, its header goes as well."""
        if path == self.path:
            if path not in self.at and not new:
                self.headers[path] = ""  # only its sub-tables named it
            return True
        return path in self.at or any(key in new for key in old)

    def _change_tables(self, path: Steps, old: list[Any], new: list[Any]) -> bool:
        """Change the ``[[tables]]`` at ``path``; return whether that could be done."""
        if not (new and (*path, 0) in self.at and all(isinstance(item, dict) for item in new)):
            return False
        last = -1
        for was, now in _aligned(old, new, str(path[-1])):
            last = last if was is None else was
            if now is None:
                self._remove((*path, last))
            elif was is None:
                self._add_table(path, last, new[now])
            else:
                self._change((*path, was), old[was], new[now])
        return True

    def _add_table(self, path: Steps, last: int, table: dict[str, Any]) -> None:
        """Write a new one of the ``[[tables]]`` at ``path``, below the ``last`` one (-1: as the first)."""
        text = table_text(f"[[{self._dotted(path)}]]", table, self.eol)
        if last >= 0:
            end = [item.end for item in self.items if item.path[: len(path) + 1] == (*path, last)][-1]
            self._put(end, end, self.eol + text)
        else:
            first = self.at[(*path, 0)]
            floor = max((item.end for item in self.items if item.end <= first.start), default=0)
            lead = above(self.text, first.start, floor, COMMENTS)
            self.tables.append((lead, lead, text + self.eol))

    def _remove(self, path: Steps) -> None:
        """Take away all that is at ``path``: statements one by one, headers with all that is below them."""
        pos, start, table = 0, -1, False
        for item in (*self.items, None):
            gone = item is not None and item.path[: len(path)] == path
            if start >= 0 and not (gone and table):
                self._put(start, pos, "")
                start = -1
            if gone and item and start < 0:
                start, table = self._start(item, pos), item.value is None
            pos = item.end if item else pos

    def _start(self, item: Item, floor: int) -> int:
        """Return where the lines of a header or statement begin that are to go."""
        if item.value:
            return item.start  # a comment above a key stays
        lead = above(self.text, item.start, floor, COMMENTS)
        blank = above(self.text, lead, floor, BLANKS)
        loose = above(self.text, blank, floor, COMMENTS) < blank
        return lead if loose else blank  # a free comment must not be joined to what follows

    def _add(self, path: Steps, key: str, value: Any) -> None:
        """Write a new key of the table at ``path``, in the fields' order."""
        line = line_text(key, value, self.eol)
        own = [item for item in self.items if item.value and item.path[:-1] == path]
        header = self.at.get(path)
        anchors = [item for item in self._section(path) if rank(str(item.path[len(path)])) <= rank(key)]
        if header:
            anchor = anchors[-1] if anchors else header
            self._put(anchor.end, anchor.end, self.text[anchor.start : anchor.at] + line)
        elif own:
            before = self.text[own[-1].start : own[-1].spans[-1][0]]
            self._put(own[-1].end, own[-1].end, before + line)
        else:
            self.headers[path] = self.headers.get(path, "") + line

    def _section(self, path: Steps) -> list[Item]:
        """Return the statements directly below the header of ``path``."""
        return [i for i in self.items if i.value and i.path[: len(i.path) - len(i.keys)] == path]

    def _dotted(self, path: Steps) -> str:
        steps = (*self.name, *path[len(self.path) :])
        return ".".join(key_text(step) for step in steps if isinstance(step, str))

    def _put(self, start: int, end: int, new: str) -> None:
        self.splices.append((start, end, new))

    # --- values: arrays and inline tables ---

    def _value(self, span: Span, old: Any, new: Any, key: str = "") -> str:
        """Return the text of ``new`` for the value ``old`` that is at ``span`` under ``key``."""
        start, end = span
        if is_same(old, new):
            return self.text[start:end]
        found = parts(self.text, start) if self.text[start] in "[{" else []
        if self.text[start] == "[" and isinstance(new, list) and (found or "#" in self.text[start:end]):
            return self._joined(span, found, self._array_plan(found, old, new, key))
        if self.text[start] == "{" and isinstance(new, dict) and all(len(part.keys) == 1 for part in found):
            return self._joined(span, found, self._table_plan(found, old, new))
        return field_text(key, new, self.eol)

    def _array_plan(self, found: list[Part], old: list[Any], new: list[Any], key: str) -> _Plan:
        plan: _Plan = []
        for was, now in _aligned(old, new, key):
            part = None if was is None else found[was]
            if now is None or was is None or part is None:
                plan.append((part, None if now is None else value_text(new[now])))
            else:
                plan.append((part, self._value((part.value, part.end), old[was], new[now])))
        return plan

    def _table_plan(self, found: list[Part], old: dict[str, Any], new: dict[str, Any]) -> _Plan:
        plan: _Plan = []
        for part in found:
            key, text = part.keys[0], None
            if key in new:
                value = self._value((part.value, part.end), old[key], new[key])
                text = self.text[part.start : part.value] + value
            plan.append((part, text))
        ranks = [rank(part.keys[0]) for part in found]
        for key in in_order(new):
            if key not in old:
                place = max((at for at, other in enumerate(ranks, 1) if other <= rank(key)), default=0)
                ranks.insert(place, rank(key))
                plan.insert(place, (None, f"{key_text(key)} = {value_text(new[key])}"))
        return plan

    def _joined(self, span: Span, found: list[Part], plan: _Plan) -> str:
        start, end = span
        inside = self.text[start + 1 : end - 1]
        if "\n" in inside:
            return self._joined_lines(span, found, plan)
        pad = " " if (inside[:1] == " " if found else self.text[start] == "{") else ""
        inner = ", ".join(new for _, new in plan if new is not None)
        return self.text[start] + (pad + inner + pad if inner else "") + self.text[end - 1]

    def _joined_lines(self, span: Span, found: list[Part], plan: _Plan) -> str:
        """Put together what is on several lines; a comment goes only with the last item of its line."""
        text, (start, end) = self.text, span
        # In a list without items comments belong to nothing: new items go above them.
        first = text.find("\n", start) + 1
        begin, stop = (found[0].begin, found[-1].stop) if found else (first, first)
        out = text[start:begin]
        indent = text[text.rfind("\n", 0, found[0].start) + 1 : found[0].start] if found else "  "
        final = not found or found[-1].comma >= 0
        left, old_left = sum(new is not None for _, new in plan), len(found)
        empty = left == 0
        for part, new in plan:
            left -= new is not None
            old_left -= part is not None
            comma = "," if left or final else ""
            if part is None:
                out += self._line(out, f"{new}{comma}", indent, last=not old_left)
            elif new is None:
                out = self._without(out, part)
            else:
                lead = "" if out[-1] in " \t" else text[part.begin : part.start]
                out += lead + new + self._after(part, comma)
        out += text[stop:end]
        return text[start] + text[end - 1] if empty and "#" not in out else out

    def _line(self, out: str, new: str, indent: str, *, last: bool) -> str:
        first_after_bracket = indent.strip(" \t")
        if out.endswith("\n"):
            return ("  " if first_after_bracket else indent) + new + self.eol
        if last and not first_after_bracket:
            return self.eol + indent + new
        return f"{new} " if out[-1] in "[ \t" else f" {new}"

    def _without(self, out: str, part: Part) -> str:
        """Return ``out`` without a part: comments above it stay, and one that others share."""
        lead = self.text[part.begin : part.start]
        tail = self.text[max(part.comma + 1, part.end) : part.stop]
        margin = lead.rfind("\n") + 1
        out += lead[:margin] if "#" in lead else ""
        line = out[out.rfind("\n") + 1 :]
        if "\n" in tail:
            return out.rstrip(" \t") + (tail if line.strip() else "")
        return out if line else out + lead[margin:]  # the next part on the line gets its place

    def _after(self, part: Part, comma: str) -> str:
        if part.comma < 0:
            return comma + self.text[part.end : part.stop]
        return self.text[part.end : part.comma] + comma + self.text[part.comma + 1 : part.stop]


def _aligned(old: list[Any], new: list[Any], key: str) -> list[tuple[int | None, int | None]]:
    """Pair the items of two lists in order: (place in old or None, place in new or None)."""
    field = IDENTITY.get(key, "")
    olds, news = ([_identity(item, field) for item in items] for items in (old, new))
    pairs: list[tuple[int | None, int | None]] = []
    for _, i, i_end, j, j_end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        pairs += zip_longest(range(i, i_end), range(j, j_end))
    return pairs


def _identity(item: Any, field: str) -> str:
    return repr(item.get(field, "") if field and isinstance(item, dict) else item)
