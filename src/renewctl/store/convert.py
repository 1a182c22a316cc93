"""A whole store as text of the other kind, TOML ⇄ JSON, without loss.

Dates are the one difference: JSON has them as text, and the table of fields says which text is one.
Imports its neighbours in ``store`` and the table of fields.
"""

import json
from collections.abc import Callable
from datetime import date, time
from math import isfinite
from typing import Any

from renewctl.errors import BadInput
from renewctl.model import Path
from renewctl.schema import EDITORS, TABLES, TOP_LEVEL, Kind
from renewctl.store.json.document import dumps
from renewctl.store.toml.text import field_text, in_order, key_text, table_text
from renewctl.text import acts, dotted

EOL = "\n"
_TOP = (EDITORS, *TOP_LEVEL)


def json_of(data: dict[str, Any]) -> str:
    """Return the data as the text of a JSON store; times of the user's own become text.

    Raises:
        BadInput: a key of the user's own holds a number that JSON cannot say.
    """
    if path := _path_of(data, lambda value: isinstance(value, float) and not isfinite(value)):
        message = f"{dotted(path)} is not a finite number, which JSON cannot say"
        raise BadInput(message, hint="take the key out, or export TOML")
    return _visible(dumps(_timeless(data)), _json_escape)


def toml_of(data: dict[str, Any]) -> str:
    """Return the data as the text of a TOML store: values first, then a block for each table.

    Raises:
        BadInput: a key of the user's own holds null, which TOML has no word for.
    """
    if path := _path_of(data, lambda value: value is None):
        raise BadInput(
            f"{dotted(path)} is null, which TOML cannot say", hint="take the key out, or export JSON"
        )
    keys = sorted(data, key=lambda key: _TOP.index(key) if key in _TOP else len(_TOP))
    typed = {key: _typed(data[key], key) for key in keys}
    values = [key for key in keys if not isinstance(data[key], dict)]
    text = "".join(f"{key_text(key)} = {field_text(key, typed[key], EOL)}{EOL}" for key in values)
    blocks = [block for key in keys if key not in values for block in _blocks(key, typed[key])]
    whole = "\n".join([text, *blocks] if text else blocks)
    return _visible(whole, lambda code: f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")


def _visible(text: str, escape: Callable[[int], str]) -> str:
    """Return the text with characters that act written as escapes: a file is looked at with cat, too."""
    if text.replace(EOL, "").isprintable():
        return text
    return "".join(escape(ord(char)) if char != EOL and acts(char) else char for char in text)


def _json_escape(code: int) -> str:
    return json.dumps(chr(code))[1:-1]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_timeless(inner) for inner in value]
    return value.isoformat() if isinstance(value, time) else value


def _blocks(key: str, table: dict[str, Any]) -> list[str]:
    if key not in {"users", "clients"}:
        return [table_text(f"[{key_text(key)}]", table, EOL)]
    return [table_text(f"[{key}.{key_text(name)}]", entry, EOL) for name, entry in table.items()]


def _path_of(value: Any, wrong: Callable[[Any], bool]) -> Path:
    """Return the path of the first wrong value in the data, or an empty one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if wrong(inner):
            return (str(key),)
        if below := _path_of(inner, wrong):
            return (str(key), *below)
    return ()


def _typed(value: Any, table: str) -> Any:
    """Return the value with the text of date fields as dates."""
    if table in {"users", "clients"} and isinstance(value, dict):
        return {name: _fields(entry, table) for name, entry in value.items()}
    return _fields(value, table) if table in {"defaults", "policy"} else value


def _fields(value: Any, table: str) -> Any:
    fields = TABLES.get(table, {})
    if not isinstance(value, dict):
        return value
    found = {}
    for key in in_order(value):
        inner, field = value[key], fields.get(key)
        if field and field.kind is Kind.DATE and isinstance(inner, str):
            inner = date.fromisoformat(inner)
        elif field and field.kind is Kind.TABLE:
            inner = _fields(inner, field.table)
        elif field and field.kind is Kind.ITEMS and isinstance(inner, list):
            inner = [_fields(item, field.table) for item in inner]
        found[key] = inner
    return found
