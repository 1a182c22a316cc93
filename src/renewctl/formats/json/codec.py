"""The codec for JSON, see ``formats.entries.Codec``."""

import json
import re
from collections.abc import Generator, Sequence
from functools import cache, lru_cache
from json import JSONDecodeError
from operator import methodcaller
from typing import Any, NamedTuple

from renewctl.domain.paths import IDENTITY, is_deeper, is_same, with_text_dates
from renewctl.formats.entries import HOLDERS, MAX_DEPTH, Entry, Steps, line_end
from renewctl.formats.json.errors import (
    BLANK,
    explain_flaws,
    explain_syntax,
    find_half_characters,
    find_number_flaw,
)
from renewctl.model import Path

_ESCAPED = re.compile(r"\\(?:(u)(?!00[0-9]|202[89])|.)")
_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029]")
# Strings and numbers, which can be spelled in several ways, and a quick test for such spellings. An unclosed
# string is one match, too, so that its quotes are not tried again.
_SCALAR = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"?|-?\d[\d.eE+-]*')
_SPELLED = re.compile(r"[\\\x7f-\x9f\u2028\u2029]|(?<=[\s:\[,])-?\d+[.eE]")
_decode = json.JSONDecoder().raw_decode

_Members = Generator[tuple[Path, int, int, int], None, int]


def parse(text: str) -> dict[str, Any]:
    """Return the data of a text; blank text has no data.

    Raises:
        StoreInvalid: If the text is not one JSON object, or has duplicate keys, unsupported numbers, lone
            surrogates or too many levels.
    """
    if not text.strip(BLANK):
        return {}
    hooks = _StrictHooks()
    try:
        data = json.loads(
            text,
            object_pairs_hook=hooks.table,
            parse_int=hooks.number,
            parse_float=hooks.number,
            parse_constant=hooks.number,
        )
    except (JSONDecodeError, RecursionError) as error:
        raise explain_syntax(text, error) from None
    is_object = isinstance(data, dict)
    if not is_object or hooks.has_problem or is_deeper(data, MAX_DEPTH) or any(find_half_characters(text)):
        raise explain_flaws(text, is_object=is_object)
    return dict(data)


class _StrictHooks:
    """Hooks for the C parser: they note problems, and let it read the whole text."""

    has_problem = False

    def table(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            self.has_problem = True
        return table

    def number(self, digits: str) -> float:
        if find_number_flaw(digits):
            self.has_problem = True
            return 0
        return int(digits) if digits.lstrip("-").isdigit() else float(digits)


def entries(text: str) -> list[Entry]:
    """Return the entries of a valid text, in the order of the file."""
    if not text.lstrip(BLANK).startswith("{"):
        return []
    members = _find_members(text, _skip_blanks(text, 0), HOLDERS)
    return [Entry(path, text[at:end], start=at) for path, at, _, end in members]


def _find_members(text: str, start: int, holders: Sequence[str] = (), holder: Path = ()) -> _Members:
    """Yield path, start, value start and end of each member of an object or list.

    Return the end of the object or list.

    Args:
        text: The text of a file or entry.
        start: The offset of the bracket of the object or list.
        holders: The keys of members that are replaced by their own members, if they have any.
        holder: The path of the object itself. The path of a list item is its index.
    """
    pos, index = _skip_blanks(text, start + 1), 0
    while text[start] in "{[" and text[pos] not in "}]":
        at, value, key = pos, pos, str(index)
        if text[start] == "{":
            key, end = _decode(text, pos)
            value = _skip_blanks(text, end)
        if key in holders and text[value] == "{" and text[_skip_blanks(text, value + 1)] != "}":
            end = yield from _find_members(text, value, holder=(key,))
        else:
            end = _decode(text, value)[1]
            yield (*holder, key), at, value, end
        pos, index = _skip_blanks(text, end), index + 1
    return pos + 1


def _skip_blanks(text: str, pos: int) -> int:
    """Return the offset after blanks and the comma or colon among them."""
    while text[pos] in " \t\r\n:,":
        pos += 1
    return pos


def position(text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
    """Return how many of ``steps`` exist in an entry, and the offset of the last."""
    depth = len(entry.path)
    if steps[:depth] != entry.path:
        return 0, 0
    at, value = entry.start, _skip_blanks(text, _decode(text, entry.start)[1])
    for step in steps[depth:]:
        inside = _members_by_key(text, value)
        if str(step) not in inside:
            break
        depth += 1
        at, value = inside[str(step)]
    return depth, at


@cache
def _members_by_key(text: str, start: int) -> dict[str, tuple[int, int]]:
    """Return the offsets of each member and of its value, by key or index."""
    return {key: (at, value) for (key,), at, value, _ in _find_members(text, start)}


def value_of(entry: Entry) -> Any:
    """Return the value of an entry."""
    (value,) = json.loads(f"{{{entry.text}}}").values()
    return value


def is_table(entry: Entry) -> bool:
    """Return whether the value of an entry is an object."""
    return entry.text.endswith("}")


def storable(value: Any) -> Any:
    """Return plain data as JSON stores it, with dates as text."""
    return with_text_dates(value)


class _Style(NamedTuple):
    """The indentation and line end of a file, and whether it escapes non-ASCII text."""

    indent: str
    eol: str
    ascii: bool


@lru_cache(maxsize=2)  # Called for each changed entry: 1,000 take 0.3 s instead of 2.9 s.
def _style(text: str) -> _Style:
    indented = re.search(r"[\r\n]([ \t]+)[^ \t\r\n]", text)
    escaped = text.isascii() and any(escape[1] for escape in _ESCAPED.finditer(text))
    return _Style(indented[1] if indented else "  ", line_end(text), escaped)


def join(entries: Sequence[Entry], text: str) -> str:
    """Return a file with these entries, in the style of the old ``text``."""
    if not entries and not text.strip(BLANK):
        return text
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.path[0], []).append(entry)
    members = []
    for key, group in groups.items():
        inner = [entry.text for entry in group if len(entry.path) > 1]
        members += [f'"{key}": {_format_object(inner, text, 1)}'] if inner else [one.text for one in group]
    body = text.rstrip(BLANK)
    return _format_object(members, text, 0) + (text[len(body) :] if body else _style(text).eol)


def _format_object(members: list[str], text: str, depth: int) -> str:
    style = _style(text)
    outside = style.eol + style.indent * depth
    inside = outside + style.indent
    return f"{{{inside}{f',{inside}'.join(members)}{outside}}}" if members else "{}"


def write(path: Path, value: Any, text: str) -> str:
    """Return the text of a new entry, in the style of the file's text."""
    style = _style(text)
    member = f"{_format_value(path[-1], text)}: {_format_value(value, text)}"
    return member.replace("\n", style.eol + style.indent * len(path))


def _format_value(value: Any, text: str) -> str:
    style = _style(text)
    json_text = json.dumps(
        value,
        ensure_ascii=style.ascii,
        allow_nan=False,
        indent=style.indent,
        default=methodcaller("isoformat"),
    )
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", json_text)


def rewrite(entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
    """Return the text of an entry with another key and value, keys in the old order.

    If only the key changes, the text of the value stays the same.
    """
    new = _keep_key_order(old, new)
    if not is_same(with_text_dates(new), old):
        return _keep_spelling(write(path, new, text), entry.text, text)
    return _format_value(path[-1], text) + entry.text[_decode(entry.text)[1] :]


def _keep_spelling(new: str, old: str, text: str) -> str:
    """Return new text with strings and numbers spelled as in the old text."""
    if not _SPELLED.search(old):
        return new
    spellings: dict[str, list[str]] = {}
    for match in _SCALAR.finditer(old):
        spellings.setdefault(_format_value(json.loads(match[0]), text), []).append(match[0])

    def spell(match: re.Match[str]) -> str:
        known = spellings.get(match[0], [match[0]])
        return known.pop(0) if len(known) > 1 else known[0]

    return _SCALAR.sub(spell, new)


def _keep_key_order(old: Any, new: Any, key: str = "") -> Any:
    """Return new data with its keys in the old order, and new keys at the end."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [inner for inner in {**old, **new} if inner in new]
        return {inner: _keep_key_order(old.get(inner), new[inner], inner) for inner in keys}
    if isinstance(old, list) and isinstance(new, list) and key in IDENTITY:
        known = {_identity(item, key): item for item in old}
        return [_keep_key_order(known.get(_identity(item, key)), item) for item in new]
    return new


def _identity(item: Any, key: str) -> str:
    return str(item.get(IDENTITY[key], "")) if isinstance(item, dict) else ""


def reformat(text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
    """Return all entries of the data; those not in ``usual`` get the standard layout."""
    texts = {entry.path: entry.text for entry in usual}
    whole = _keep_spelling(_format_value(data, text).replace("\n", _style(text).eol), text, text)
    return [Entry(entry.path, texts.get(entry.path, entry.text)) for entry in entries(whole)]
