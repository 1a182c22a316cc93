"""Write new TOML text: values, fields and entries."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from renewctl.domain.paths import IDENTITY
from renewctl.errors import InternalError, UsageError
from renewctl.fields import TABLES
from renewctl.formats.entries import Steps
from renewctl.model import Path

_TABLES = ("contacts", "renewals", "override", "clients.in_hubspot", "clients", "policy")
# One order for the fields of all tables; other keys come after them.
_FIELD_ORDER = ("version", *dict.fromkeys(key for table in _TABLES for key in TABLES[table]))
_RANKS = {key: rank for rank, key in enumerate(_FIELD_ORDER)}
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def rank(key: str) -> int:
    """Return the position of ``key`` in the order of fields."""
    return _RANKS.get(key, len(_RANKS))


def quote(text: str) -> str:
    """Return ``text`` as a basic string.

    Raises:
        UsageError: If it contains a lone surrogate.
    """
    if not _ESCAPED.search(text):
        return f'"{text}"'
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{text!a} contains an incomplete character (a lone surrogate)")
    return '"' + _ESCAPED.sub(lambda m: _SHORT.get(m[0], f"\\u{ord(m[0]):04X}"), text) + '"'


def format_key(key: str) -> str:
    """Return ``key`` as TOML, without quotes if possible."""
    return key if _BARE.fullmatch(key) else quote(key)


def format_path(path: Steps) -> str:
    """Return a path as TOML, as in a header: without indexes."""
    return ".".join(format_key(step) for step in path if isinstance(step, str))


def format_value(value: Any) -> str:
    """Return ``value`` as TOML on one line."""
    match value:
        case str():
            return quote(value)
        case list():
            return "[" + ", ".join([format_value(item) for item in value]) + "]"
        case dict():
            pairs = [f"{format_key(key)} = {format_value(value[key])}" for key in sorted(value, key=rank)]
            return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date() | time():
            return value.isoformat()
    raise InternalError(f"a value of type {type(value).__name__} cannot be written as TOML")


def format_field(key: str, value: Any, eol: str) -> str:
    """Return the value of a key as TOML, with one contact or renewal per line."""
    if key in IDENTITY and isinstance(value, list) and value:
        return "[" + eol + "".join([f"  {format_value(item)},{eol}" for item in value]) + "]"
    return format_value(value)


def format_statement(key: str, value: Any, eol: str) -> str:
    """Return the statement that sets ``key`` to a value."""
    return f"{format_key(key)} = {format_field(key, value, eol)}{eol}"


def format_table(header: str, table: Mapping[str, Any], eol: str) -> str:
    """Return a block: the header with its brackets, then the fields of ``table``."""
    return header + eol + "".join([format_statement(key, table[key], eol) for key in sorted(table, key=rank)])


def format_entry(path: Path, value: Any, eol: str) -> str:
    """Return a new entry: a block, or a statement if its value is not a table."""
    if isinstance(value, dict):
        return format_table(f"[{format_path(path)}]", value, eol)
    return format_statement(path[-1], value, eol)
