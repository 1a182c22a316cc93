"""New TOML text: values and blocks as renewctl writes them, and old text changed into them.

What stays equal keeps its own bytes, comments between the items of an array included. Text in, text
out; imports nothing of renewctl but ``errors``, ``tree``, the table of fields and ``blocks``.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time
from typing import Any, NamedTuple

from renewctl.errors import InternalGuard, UsageError
from renewctl.schema import TABLES
from renewctl.store.toml.blocks import Part, parts
from renewctl.tree import IDENTITY

_WRITTEN = ("contacts", "renewals", "override", "clients.in_hubspot", "clients", "policy")
FIELD_ORDER = ("version", *dict.fromkeys(key for table in _WRITTEN for key in TABLES[table]))
"""One order that holds for the fields of every table; other keys come after them."""


class _Ranks(dict[str, int]):
    """Where each field stands; any other key stands behind them."""

    def __missing__(self, key: str) -> int:
        return len(self)


_RANKS = _Ranks((key, rank) for rank, key in enumerate(FIELD_ORDER))
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\ud800-\udfff]')
_EXACT = frozenset((str, bool, int, date))
"""Types of which equal values are the same; of floats, times and others they may be written in two ways."""
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Span = tuple[int, int]
Splice = tuple[int, int, str]
"""Start and end of old text, and the text to stand there instead."""


def rank(key: str) -> int:
    """Return where ``key`` stands among the fields of its table."""
    return _RANKS[key]


def in_order(table: dict[str, Any]) -> list[str]:
    """Return the keys of ``table`` in the order they are written in."""
    return sorted(table, key=_RANKS.__getitem__)


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal in TOML's eyes: 1, 1.0 and true are three values."""
    kind = type(one)
    if kind is not type(other):
        return isinstance(one, str) and isinstance(other, str) and bool(one == other)
    if kind is dict:
        return one.keys() == other.keys() and _same_values(one, other)
    if kind is list:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) if kind in _EXACT else one is other or repr(one) == repr(other)


def _same_values(one: dict[str, Any], other: dict[str, Any]) -> bool:
    for key, value in one.items():
        its = other[key]
        if value is its:
            continue
        if value != its if type(value) is str else not same(value, its):
            return False
    return True


def quoted(text: str) -> str:
    """Return ``text`` as a basic string. Raises UsageError for what no UTF-8 file can hold."""
    if not _ESCAPED.search(text):
        return f'"{text}"'
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{text!a} holds half a character (a lone surrogate): it cannot be written")
    return '"' + _ESCAPED.sub(lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04X}"), text) + '"'


def key_text(key: str) -> str:
    """Return ``key`` as it is written: bare where it can be."""
    return key if key in _RANKS or _BARE.fullmatch(key) else quoted(key)


def value_text(value: Any) -> str:
    """Return ``value`` on one line. Raises InternalGuard for what TOML cannot say."""
    match value:
        case str():
            return quoted(value)
        case list():
            return "[" + ", ".join([value_text(item) for item in value]) + "]"
        case dict():
            inner = ", ".join([f"{key_text(key)} = {value_text(value[key])}" for key in in_order(value)])
            return f"{{ {inner} }}" if inner else "{}"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date() | time():
            return value.isoformat()
    raise InternalGuard(f"a value of type {type(value).__name__} cannot be written as TOML")


def field_text(key: str, value: Any, eol: str) -> str:
    """Return the value of a table's ``key``: contacts and renewals stand one a line."""
    if key in IDENTITY and isinstance(value, list) and value:
        return "[" + eol + "".join([f"  {value_text(item)},{eol}" for item in value]) + "]"
    return value_text(value)


def table_text(header: str, table: dict[str, Any], eol: str) -> str:
    """Return a whole block: ``header`` with its brackets, then the fields of ``table``."""
    lines = [f"{key_text(key)} = {field_text(key, table[key], eol)}{eol}" for key in in_order(table)]
    return header + eol + "".join(lines)


def aligned(old: list[Any], new: list[Any], key: str) -> list[tuple[int | None, int | None]]:
    """Pair the items of two lists in order: (place in old or None, place in new or None)."""
    field = IDENTITY.get(key, "")
    olds, news = ([_identity(item, field) for item in items] for items in (old, new))
    pairs: list[tuple[int | None, int | None]] = []
    done = made = 0
    for place, name in enumerate(news):
        with suppress(ValueError):
            at = olds.index(name, done)
            pairs += [*_run(done, at, made, place), (at, place)]
            done, made = at + 1, place + 1
    return [*pairs, *_run(done, len(olds), made, len(news))]


def _identity(item: Any, field: str) -> str:
    return repr(item.get(field, "") if field and isinstance(item, dict) else item)


def _run(i: int, i_end: int, j: int, j_end: int) -> Iterator[tuple[int | None, int | None]]:
    for step in range(max(i_end - i, j_end - j)):
        yield (i + step if i + step < i_end else None), (j + step if j + step < j_end else None)


Plan = list[tuple[Part | None, str | None]]
"""What stood there (None: nothing) and what is to stand there (None: nothing)."""


class Rewriter(NamedTuple):
    """Turns values of one old ``text`` into new ones; new lines end in ``eol``."""

    text: str
    eol: str

    def value(self, span: Span, old: Any, new: Any, key: str = "") -> str:
        """Return the text of ``new`` for the value ``old`` that stands at ``span`` under ``key``."""
        text, (start, end) = self.text, span
        if same(old, new):
            return text[start:end]
        found = parts(text, start) if text[start] in "[{" else []
        if text[start] == "[" and isinstance(new, list) and (found or "#" in text[start:end]):
            return self._joined(span, found, self._array_plan(found, old, new, key))
        if text[start] == "{" and isinstance(new, dict) and all(len(part.keys) == 1 for part in found):
            return self._joined(span, found, self._table_plan(found, old, new))
        return field_text(key, new, self.eol)

    def _array_plan(self, found: list[Part], old: Any, new: Any, key: str) -> Plan:
        plan: Plan = []
        for was, now in aligned(old, new, key):
            part = None if was is None else found[was]
            if now is None or was is None or part is None:
                plan.append((part, None if now is None else value_text(new[now])))
            else:
                plan.append((part, self.value((part.value, part.end), old[was], new[now])))
        return plan

    def _table_plan(self, found: list[Part], old: Any, new: Any) -> Plan:
        plan: Plan = []
        for part in found:
            key, text = part.keys[0], None
            if key in new:
                value = self.value((part.value, part.end), old[key], new[key])
                text = self.text[part.start : part.value] + value
            plan.append((part, text))
        ranks = [rank(part.keys[0]) for part in found]
        for key in in_order(new):
            if key not in old:
                place = max((at for at, other in enumerate(ranks, 1) if other <= rank(key)), default=0)
                ranks.insert(place, rank(key))
                plan.insert(place, (None, f"{key_text(key)} = {value_text(new[key])}"))
        return plan

    def _joined(self, span: Span, found: list[Part], plan: Plan) -> str:
        start, end = span
        inside = self.text[start + 1 : end - 1]
        if "\n" in inside:
            return self._joined_lines(span, found, plan)
        pad = " " if (inside[:1] == " " if found else self.text[start] == "{") else ""
        inner = ", ".join(new for _, new in plan if new is not None)
        return self.text[start] + (pad + inner + pad if inner else "") + self.text[end - 1]

    def _joined_lines(self, span: Span, found: list[Part], plan: Plan) -> str:
        """Put together what stands on several lines; only comments beside what goes may go."""
        text, (start, end) = self.text, span
        # In a list without items comments are nobody's: what is new goes above them, as below the last item.
        first = text.find("\n", start) + 1
        begin, stop = (found[0].begin, found[-1].stop) if found else (first, first)
        out = text[start:begin]
        indent = text[text.rfind("\n", 0, found[0].start) + 1 : found[0].start] if found else "  "
        final = not found or found[-1].comma >= 0
        left = sum(new is not None for _, new in plan)
        empty = left == 0
        for part, new in plan:
            left -= new is not None
            comma = "," if left or final else ""
            if part is None:
                out += self._line(out, f"{new}{comma}", indent)
            elif new is None:
                lead = text[part.begin : part.start]
                out += lead[: lead.rfind("\n") + 1] if "#" in lead else ""
            else:
                out += text[part.begin : part.start] + new + self._after(part, comma)
        out += text[stop:end]
        return text[start] + text[end - 1] if empty and "#" not in out else out

    def _line(self, out: str, new: str, indent: str) -> str:
        if indent.strip(" \t"):  # the first part does not stand on a line of its own
            return " " + new
        return indent + new + self.eol if out.endswith("\n") else self.eol + indent + new

    def _after(self, part: Part, comma: str) -> str:
        if part.comma < 0:
            return comma + self.text[part.end : part.stop]
        return self.text[part.end : part.comma] + comma + self.text[part.comma + 1 : part.stop]


def majority_eol(text: str) -> str:
    """Return the line ending that most lines of ``text`` have."""
    windows = text.count("\r\n")
    return "\r\n" if windows * 2 > text.count("\n") else "\n"
