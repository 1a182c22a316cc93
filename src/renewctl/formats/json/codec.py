"""A store in JSON: text into entries, and entries into text. See ``formats.entries.Codec``.

The C parser of the standard library reads the text. Imports ``model``, ``tree``, ``entries`` and
its neighbour ``errors``.
"""

import json
import re
from collections.abc import Generator, Sequence
from functools import cache, lru_cache
from json import JSONDecodeError
from operator import methodcaller
from typing import Any

from renewctl.domain.paths import IDENTITY, is_deeper, with_text_dates
from renewctl.formats.entries import HOLDERS, MAX_DEPTH, Entry, Steps
from renewctl.formats.json.errors import BLANK, half_characters, number_flaw, refused, unparsed
from renewctl.formats.lines import line_end
from renewctl.model import Path

_ESCAPED = re.compile(r"\\(?:(u)(?!00[0-9]|202[89])|.)")
_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029]")
_decode = json.JSONDecoder().raw_decode
_iso_text = methodcaller("isoformat")
_plain_text = json.JSONEncoder(default=_iso_text).encode

_Members = Generator[tuple[Path, int, int, int], None, int]


def parse(text: str) -> dict[str, Any]:
    """Return the data of a text; blank text is an empty store.

    Raises:
        StoreInvalid: If the text is not one JSON object, or has duplicate keys, unusable numbers, halves of
            characters or too many levels. Every problem is listed with its place.
    """
    if not text.strip(BLANK):
        return {}
    strict = _Strict()
    try:
        data = json.loads(
            text,
            object_pairs_hook=strict.table,
            parse_int=strict.number,
            parse_float=strict.number,
            parse_constant=strict.number,
        )
    except (JSONDecodeError, RecursionError) as error:
        raise unparsed(text, error, entries) from None
    is_object = isinstance(data, dict)
    if not is_object or strict.broken or is_deeper(data, MAX_DEPTH) or any(half_characters(text)):
        raise refused(text, is_object=is_object)
    return dict(data)


class _Strict:
    """Hooks for the C parser. It reads on after what is ``broken``, so that the whole text is checked."""

    broken = False

    def table(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            self.broken = True
        return table

    def number(self, digits: str) -> float:
        if number_flaw(digits):
            self.broken = True
            return 0
        return int(digits) if digits.lstrip("-").isdigit() else float(digits)


def entries(text: str) -> list[Entry]:
    """Return the entries of a text that ``parse`` takes, in the order of the file."""
    if not text.lstrip(BLANK).startswith("{"):
        return []
    members = _members(text, _past(text, 0), HOLDERS)
    return [Entry(path, text[at:end], start=at) for path, at, _, end in members]


def _members(text: str, start: int, holders: Sequence[str] = (), holder: Path = ()) -> _Members:
    """Yield path, start, start of the value and end of each member of an object or list; return its end.

    The path of a list item is its index. A member in ``holders`` is replaced by its own members, if any.
    """
    pos, index = _past(text, start + 1), 0
    while text[start] in "{[" and text[pos] not in "}]":
        at, value, key = pos, pos, str(index)
        if text[start] == "{":
            key, end = _decode(text, pos)
            value = _past(text, end)
        if key in holders and text[value] == "{" and text[_past(text, value + 1)] != "}":
            end = yield from _members(text, value, holder=(key,))
        else:
            end = _decode(text, value)[1]
            yield (*holder, key), at, value, end
        pos, index = _past(text, end), index + 1
    return pos + 1


def _past(text: str, pos: int) -> int:
    """Return where blanks end, with the comma or colon among them."""
    while text[pos] in " \t\r\n:,":
        pos += 1
    return pos


def position(text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
    """Return how many of ``steps``, from the top of the data, lead into an entry, and to which offset."""
    depth = len(entry.path)
    if steps[:depth] != entry.path:
        return 0, 0
    at, value = entry.start, _past(text, _decode(text, entry.start)[1])
    for step in steps[depth:]:
        inside = _inside(text, value)
        if str(step) not in inside:
            break
        depth += 1
        at, value = inside[str(step)]
    return depth, at


@cache
def _inside(text: str, start: int) -> dict[str, tuple[int, int]]:
    """Return where each member of an object or list starts, and its value, by its key or index."""
    return {key: (at, value) for (key,), at, value, _ in _members(text, start)}


def value_of(entry: Entry) -> Any:
    """Return the value in the text of an entry."""
    (value,) = json.loads(f"{{{entry.text}}}").values()
    return value


def is_table(entry: Entry) -> bool:
    """Return whether the value of an entry is an object."""
    return entry.text.endswith("}")


def blank(_text: str) -> str:
    """Return nothing: no blank line is between members."""
    return ""


def storable(value: Any) -> Any:
    """Return plain data as JSON holds it, with dates as text."""
    return with_text_dates(value)


@lru_cache(maxsize=2)  # A bulk change asks for each of its entries.
def _habits(text: str) -> tuple[str, str, bool]:
    """Return a file's step of indentation, its line end, and whether it escapes characters beyond ASCII."""
    indented = re.search(r"[\r\n]([ \t]+)[^ \t\r\n]", text)
    escaped = text.isascii() and any(escape[1] for escape in _ESCAPED.finditer(text))
    return indented[1] if indented else "  ", line_end(text), escaped


def join(entries: Sequence[Entry], text: str) -> str:
    """Return the text of a whole file: the entries, one per line, with the habits of its old text."""
    if not entries and not text.strip(BLANK):
        return text
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.path[0], []).append(entry)
    members = []
    for key, group in groups.items():
        inside = [entry.text for entry in group if len(entry.path) > 1]
        members += [f'"{key}": {_object(inside, text, 1)}'] if inside else [entry.text for entry in group]
    body = text.rstrip(BLANK)
    return _object(members, text, 0) + (text[len(body) :] if body else _habits(text)[1])


def _object(members: list[str], text: str, depth: int) -> str:
    unit, newline, _ = _habits(text)
    outside, inside = newline + unit * depth, newline + unit * (depth + 1)
    return f"{{{inside}{f',{inside}'.join(members)}{outside}}}" if members else "{}"


def write(path: Path, value: Any, text: str) -> str:
    """Return the text of a new entry, with the habits of the file's text.

    Raises:
        ValueError: If a number is not finite.
    """
    unit, newline, _ = _habits(text)
    return f"{_dumps(path[-1], text)}: {_dumps(value, text)}".replace("\n", newline + unit * len(path))


def _dumps(value: Any, text: str) -> str:
    unit, _, escaped = _habits(text)
    dumped = json.dumps(value, ensure_ascii=escaped, allow_nan=False, indent=unit, default=_iso_text)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", dumped)


def rewrite(entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
    """Return the text of an entry with its new key and value; a new key alone leaves the value's text.

    Args:
        entry: the entry as it was.
        path: its new path.
        old: its value as it was.
        new: its new value; keys that stay keep their old order.
        text: the text of the file.
    """
    new = _in_order(old, new)
    if _plain_text(new) != _plain_text(old):  # which differs for 1, 1.0 and true, too
        return write(path, new, text)
    return _dumps(path[-1], text) + entry.text[_decode(entry.text)[1] :]


def _in_order(old: Any, new: Any, key: str = "") -> Any:
    """Return new data with its keys in their old order, and new keys after these."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {each: _in_order(old.get(each), new[each], each) for each in {**old, **new} if each in new}
    if isinstance(old, list) and isinstance(new, list) and key in IDENTITY:
        known = {_identity(item, key): item for item in old}
        return [_in_order(known.get(_identity(item, key)), item) for item in new]
    return new


def _identity(item: Any, key: str) -> str:
    return str(item.get(IDENTITY[key], "")) if isinstance(item, dict) else ""


def reformat(text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
    """Return all entries of the data; those not ``usual`` are written as ``json.dumps`` does."""
    texts = {entry.path: entry.text for entry in usual}
    whole = _dumps(data, text).replace("\n", _habits(text)[1])
    return [Entry(entry.path, texts.get(entry.path, entry.text)) for entry in entries(whole)]
