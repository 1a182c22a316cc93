"""New TOML text: values, fields and whole entries as renewctl writes them.

Imports ``errors``, ``model``, ``tree`` and the table of fields.
"""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from renewctl.domain.paths import IDENTITY
from renewctl.errors import InternalError, UsageError
from renewctl.fields import TABLES
from renewctl.model import Path

_WRITTEN = ("contacts", "renewals", "override", "clients.in_hubspot", "clients", "policy")
FIELD_ORDER = ("version", *dict.fromkeys(key for table in _WRITTEN for key in TABLES[table]))
"""One order that holds for the fields of every table; other keys come after them."""


class _Ranks(dict[str, int]):
    """The place of each field; any other key is behind them."""

    def __missing__(self, key: str) -> int:
        return len(self)


_RANKS = _Ranks((key, rank) for rank, key in enumerate(FIELD_ORDER))
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def rank(key: str) -> int:
    """Return the place of ``key`` among the fields of its table."""
    return _RANKS[key]


def in_order(table: Mapping[str, Any]) -> list[str]:
    """Return the keys of ``table`` in the order they are written in."""
    return sorted(table, key=_RANKS.__getitem__)


def quoted(text: str) -> str:
    """Return ``text`` as a basic string.

    Raises:
        UsageError: If it holds a lone surrogate, which no UTF-8 file can hold.
    """
    if not _ESCAPED.search(text):
        return f'"{text}"'
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{text!a} holds half a character (a lone surrogate): it cannot be written")
    return '"' + _ESCAPED.sub(lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04X}"), text) + '"'


def key_text(key: str) -> str:
    """Return ``key`` as it is written: bare where it can be."""
    return key if key in _RANKS or _BARE.fullmatch(key) else quoted(key)


def dotted_text(path: Path) -> str:
    """Return a path as it is written, as in a header."""
    return ".".join(map(key_text, path))


def value_text(value: Any) -> str:
    """Return ``value`` on one line.

    Raises:
        InternalGuard: If TOML has no such value.
    """
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
    raise InternalError(f"a value of type {type(value).__name__} cannot be written as TOML")


def field_text(key: str, value: Any, eol: str) -> str:
    """Return the value of a table's ``key``: contacts and renewals are written one per line."""
    if key in IDENTITY and isinstance(value, list) and value:
        return "[" + eol + "".join([f"  {value_text(item)},{eol}" for item in value]) + "]"
    return value_text(value)


def line_text(key: str, value: Any, eol: str) -> str:
    """Return the statement that gives ``key`` a value."""
    return f"{key_text(key)} = {field_text(key, value, eol)}{eol}"


def table_text(header: str, table: Mapping[str, Any], eol: str) -> str:
    """Return a whole block: ``header`` with its brackets, then the fields of ``table``."""
    return header + eol + "".join([line_text(key, table[key], eol) for key in in_order(table)])


def entry_text(path: Path, value: Any, eol: str) -> str:
    """Return a new entry: a block, or a statement where its value is not a table."""
    if isinstance(value, dict):
        return table_text(f"[{dotted_text(path)}]", value, eol)
    return line_text(path[-1], value, eol)
