"""Change the value of an entry in TOML; the rest keeps its bytes and comments."""

import re
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Any

from renewctl.domain.paths import IDENTITY, is_same
from renewctl.formats.entries import Entry, Steps
from renewctl.formats.toml.scan import (
    COMMENTS,
    Part,
    end_line,
    find_cut,
    find_lead,
    scan,
    skip_trailing,
    split_value,
)
from renewctl.formats.toml.writer import (
    format_field,
    format_key,
    format_path,
    format_statement,
    format_table,
    format_value,
    rank,
)
from renewctl.model import Path

_Plan = list[tuple[Part | None, str | None]]
"""The old parts of a value (None: a new part), each with its new text (None: removed)."""
_COMMA_IN_FRONT = re.compile(r"^([ \t]*),[ \t]*(\r?\n)?", re.MULTILINE)


class Splicer:
    """Collects the splices of a block or statement: start, end and new text."""

    def __init__(self, entry: Entry, eol: str) -> None:
        self.text, self.path, self.eol = entry.text, entry.path, eol
        self.new_path = entry.path
        self.items = list(scan(self.text))
        self.by_path = {item.path: item for item in self.items}
        self.splices: list[tuple[int, int, str]] = []
        self.headers: dict[Steps, str] = {}  # New statements of tables without a header.
        self.tables: list[tuple[int, int, str]] = []  # New tables, below other splices of the same place.

    def rewrite(self, path: Path, old: Any, new: Any) -> str:
        """Return the text with another path, and the value ``new`` instead of ``old``."""
        if path != self.path:
            self.new_path = path
            for item in self.items:
                if item.value is None:
                    self._splice(*item.spans[len(path) - 1], format_key(path[-1]))
        self._change(self.path, old, new)
        for header, statements in self.headers.items():
            first = next(item for item in self.items if item.path[: len(header)] == header)
            lead = find_lead(self.text, first.start, 0, COMMENTS)
            self._splice(lead, lead, f"[{self._format_path(header)}]{self.eol}{statements}")
        pieces, pos = [], 0
        for start, end, text in sorted(self.splices + self.tables, key=lambda splice: splice[:1]):
            if start >= pos or start == end:  # Splices within removed lines have no effect.
                pieces += [self.text[pos:start], text]
            pos = max(pos, end)
        return "".join([*pieces, self.text[pos:]])

    def _change(self, path: Steps, old: Any, new: Any) -> None:
        """Change the value at ``path`` from ``old`` to ``new``."""
        if is_same(old, new):
            return
        item = self.by_path.get(path)
        if item and item.value:
            self._splice(*item.value, self._rewrite_value(*item.value, old, new, item.keys[-1]))
        elif isinstance(old, dict) and isinstance(new, dict) and self._keeps_table(path, old, new):
            for key in sorted({**old, **new}, key=rank):
                if key not in new:
                    self._remove((*path, key))
                elif key not in old:
                    self._add(path, key, new[key])
                else:
                    self._change((*path, key), old[key], new[key])
        elif not (isinstance(old, list) and isinstance(new, list) and self._change_tables(path, old, new)):
            self._remove(path)
            self._add(path[:-1], str(path[-1]), new)

    def _keeps_table(self, path: Steps, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Return whether something of a table is left; otherwise its header is removed."""
        if path == self.path:
            if path not in self.by_path and not new:
                self.headers[path] = ""  # So far only headers of its sub-tables mention it.
            return True
        return path in self.by_path or any(key in new for key in old)

    def _change_tables(self, path: Steps, old: list[Any], new: list[Any]) -> bool:
        """Change the ``[[tables]]`` at ``path``. Return whether that could be done."""
        if not (new and (*path, 0) in self.by_path and all(isinstance(item, dict) for item in new)):
            return False
        last = -1
        for old_index, new_index in _align(old, new, str(path[-1])):
            last = last if old_index is None else old_index
            if new_index is None:
                self._remove((*path, last))
            elif old_index is None:
                self._add_table(path, last, new[new_index])
            else:
                self._change((*path, old_index), old[old_index], new[new_index])
        return True

    def _add_table(self, path: Steps, last: int, table: dict[str, Any]) -> None:
        """Add one of the ``[[tables]]`` at ``path``, below the last one (-1: first)."""
        text = format_table(f"[[{self._format_path(path)}]]", table, self.eol)
        if last >= 0:
            end = [item.end for item in self.items if item.path[: len(path) + 1] == (*path, last)][-1]
            end = skip_trailing(self.text, end)
            self._splice(end, end, self.eol + text)
        else:
            first = self.by_path[(*path, 0)]
            floor = max((item.end for item in self.items if item.end <= first.start), default=0)
            lead = find_lead(self.text, first.start, floor, COMMENTS)
            self.tables.append((lead, lead, text + self.eol))

    def _remove(self, path: Steps) -> None:
        """Remove all statements at ``path``, and headers with their statements."""
        runs: list[tuple[int, int, int]] = []
        floor, in_table = 0, False
        for item in self.items:
            inside = item.path[: len(path)] == path
            if inside and in_table and item.value:
                runs[-1] = (*runs[-1][:2], item.end)
            elif inside:
                runs.append((floor, item.start, item.end))
            in_table = inside and (in_table or item.value is None)
            floor = item.end
        for floor, start, end in runs:
            cut, parted = find_cut(self.text, start, end, floor)
            self._splice(cut, end, self.eol if parted else "")

    def _add(self, path: Steps, key: str, value: Any) -> None:
        """Add a key to the table at ``path``, in the order of the fields."""
        statement = format_statement(key, value, self.eol)
        statements = [item for item in self.items if item.value]
        dotted = [item for item in statements if item.path[:-1] == path]
        if path in self.by_path:
            section = [item for item in statements if item.path[: len(item.path) - len(item.keys)] == path]
            anchors = [item for item in section if rank(str(item.path[len(path)])) <= rank(key)]
            anchor = anchors[-1] if anchors else self.by_path[path]
            self._add_below(anchor.end, self.text[anchor.start : anchor.at] + statement)
        elif dotted:
            prefix = self.text[dotted[-1].start : dotted[-1].spans[-1][0]]
            self._add_below(dotted[-1].end, prefix + statement)
        else:
            self.headers[path] = self.headers.get(path, "") + statement

    def _add_below(self, end: int, statement: str) -> None:
        """Add a statement below an item, and below comments that can belong to it."""
        place = skip_trailing(self.text, end)
        parted = place > end and all(splice[:2] != (place, place) for splice in self.splices)
        self._splice(place, place, (self.eol if parted else "") + statement)

    def _format_path(self, path: Steps) -> str:
        return format_path((*self.new_path, *path[len(self.path) :]))

    def _splice(self, start: int, end: int, text: str) -> None:
        self.splices.append((start, end, text))

    # --- values: arrays and inline tables ---

    def _rewrite_value(self, start: int, end: int, old: Any, new: Any, key: str = "") -> str:
        """Return the text of ``new`` for the value ``old`` of ``key``."""
        if is_same(old, new):
            return self.text[start:end]
        parts = split_value(self.text, start) if self.text[start] in "[{" else []
        if self.text[start] == "[" and isinstance(new, list) and (parts or "#" in self.text[start:end]):
            return self._join_parts(start, end, parts, self._plan_array(parts, old, new, key))
        if self.text[start] == "{" and isinstance(new, dict) and all(len(part.keys) == 1 for part in parts):
            return self._join_parts(start, end, parts, self._plan_table(parts, old, new))
        return format_field(key, new, self.eol)

    def _plan_array(self, parts: list[Part], old: list[Any], new: list[Any], key: str) -> _Plan:
        plan: _Plan = []
        for old_index, new_index in _align(old, new, key):
            part = None if old_index is None else parts[old_index]
            if new_index is None:
                text = None
            elif old_index is None or part is None:
                text = format_value(new[new_index])
            else:
                text = self._rewrite_value(part.value, part.end, old[old_index], new[new_index])
            plan.append((part, text))
        return plan

    def _plan_table(self, parts: list[Part], old: dict[str, Any], new: dict[str, Any]) -> _Plan:
        plan: _Plan = []
        for part in parts:
            key, text = part.keys[0], None
            if key in new:
                value = self._rewrite_value(part.value, part.end, old[key], new[key])
                text = self.text[part.start : part.value] + value
            plan.append((part, text))
        ranks = [rank(part.keys[0]) for part in parts]
        for key in sorted(new, key=rank):
            if key not in old:
                place = max((at for at, other in enumerate(ranks, 1) if other <= rank(key)), default=0)
                ranks.insert(place, rank(key))
                plan.insert(place, (None, f"{format_key(key)} = {format_value(new[key])}"))
        return plan

    def _join_parts(self, start: int, end: int, parts: list[Part], plan: _Plan) -> str:
        """Join the parts of a value.

        Comments are removed with the last part of their line.
        """
        text = self.text
        inside = text[start + 1 : end - 1]
        if "\n" not in inside:
            pad = " " if (inside[:1] == " " if parts else text[start] == "{") else ""
            inner = ", ".join(new for _, new in plan if new is not None)
            return text[start] + (pad + inner + pad if inner else "") + text[end - 1]
        pos = parts[0].begin if parts else end_line(text, start + 1)
        opening = out = text[start:pos]
        indent = text[text.rfind("\n", 0, parts[0].start) + 1 : parts[0].start] if parts else "  "
        removed = self._find_removed_lines(plan)
        commas = _place_commas(parts, plan)
        old_left, is_empty = len(parts), True
        for place, (part, new) in enumerate(plan):
            if part is None:
                below = skip_trailing(text, pos) if out.endswith("\n") else pos
                out += text[pos:below] + (self.eol if below > pos else "")
                out += self._place_new_part(out, f"{new}{commas[place]}", indent, last=not old_left)
                pos, is_empty = below, False
                continue
            old_left -= 1
            if part.start < pos:
                continue  # Its line is removed.
            lead, tail = text[pos : part.start], text[part.rest : part.stop]
            if part in removed:
                cut, parted = find_cut(text, pos + lead.rfind("\n") + 1, removed[part], pos)
                out += _drop_comma(text[pos:cut]) + (self.eol if parted and out != opening else "")
            elif new is None:
                lead = _drop_comma(lead)
                margin = lead.rfind("\n") + 1
                out += lead[:margin]
                if "\n" in tail:
                    out = out.rstrip(" \t") + tail
                elif out.endswith("\n"):
                    out += lead[margin:]  # The next part on the line moves here.
            else:
                lead = "" if out[-1] in " \t" else _drop_comma(lead) if is_empty else lead
                space = text[part.end : part.comma] if part.rest > part.end else ""
                out += lead + new + space + commas[place] + tail
                is_empty = False
            pos = removed.get(part, part.stop)
        out += _drop_comma(text[pos:end]) if is_empty else text[pos:end]
        return text[start] + text[end - 1] if is_empty and "#" not in out else out

    def _find_removed_lines(self, plan: _Plan) -> dict[Part, int]:
        """Return the first part of each line that loses all parts, with the line's end."""
        lines: list[list[Part]] = []
        for part, _ in plan:
            if part and (not lines or self.text[part.begin - 1] == "\n"):
                lines.append([part])
            elif part:
                lines[-1].append(part)
        kept = {part for part, new in plan if new is not None}
        lines = [line for line in lines if self.text[line[0].begin - 1] == "\n"]  # Not the bracket's line.
        return {line[0]: line[-1].stop for line in lines if kept.isdisjoint(line)}

    def _place_new_part(self, out: str, new: str, indent: str, *, last: bool) -> str:
        first_after_bracket = indent.strip(" \t")
        if out.endswith("\n"):
            return ("  " if first_after_bracket else indent) + new + self.eol
        if last and not first_after_bracket:
            return self.eol + indent + new
        return f"{new} " if out[-1] in "[ \t" else f" {new}"


def _place_commas(parts: list[Part], plan: _Plan) -> list[str]:
    """Return the comma after each part of a plan; empty if the next part has it."""
    have_comma_in_front = {part for above, part in pairwise(parts) if above.comma >= above.stop}
    comma = "," if not parts or parts[-1].rest > parts[-1].end else ""
    commas = []
    for part, new in reversed(plan):
        commas.append(comma)
        if new is not None:
            comma = "" if part in have_comma_in_front else ","
    return commas[::-1]


def _drop_comma(lead: str) -> str:
    """Return the text before a part without the comma in front."""
    return _COMMA_IN_FRONT.sub(lambda match: "" if match[2] else match[1], lead)


def _align(old: list[Any], new: list[Any], key: str) -> list[tuple[int | None, int | None]]:
    """Pair the items of two lists in order, by index; None if there is no partner."""
    field = IDENTITY.get(key, "")
    olds, news = (
        [repr(item.get(field, "") if field and isinstance(item, dict) else item) for item in items]
        for items in (old, new)
    )
    pairs: list[tuple[int | None, int | None]] = []
    for _, i, i_end, j, j_end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        pairs += zip_longest(range(i, i_end), range(j, j_end))
    return pairs
