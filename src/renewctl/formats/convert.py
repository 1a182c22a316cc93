"""A whole store as text of the other kind, TOML ⇄ JSON, without loss.

Dates are the one difference: JSON has them as text, and the table of fields says which text is one.
Imports its neighbours and the table of fields.
"""

import json
from collections.abc import Callable
from datetime import date
from math import isfinite
from typing import Any

from renewctl.errors import BadInput
from renewctl.fields import TABLES, Kind
from renewctl.formats.entries import HOLDERS
from renewctl.formats.json import codec as json_codec
from renewctl.formats.toml.codec import join
from renewctl.formats.toml.layout import Layout
from renewctl.model import Path
from renewctl.text import dotted, is_invisible

EOL = "\n"


def json_of(data: dict[str, Any]) -> str:
    """Return the data as the text of a JSON store; times of the user's own become text.

    Raises:
        BadInput: If a key of the user's own holds a number that JSON does not have.
    """
    if path := _path_of(data, lambda value: isinstance(value, float) and not isfinite(value)):
        message = f"{dotted(path)} is not a finite number, which JSON cannot say"
        raise BadInput(message, hint="take the key out, or export TOML")
    text = json_codec.join(json_codec.reformat("", data, ()), "") or "{}\n"
    return _visible(text, lambda code: json.dumps(chr(code))[1:-1])


def toml_of(data: dict[str, Any]) -> str:
    """Return the data as the text of a TOML store: values first, then a block for each table.

    Raises:
        BadInput: If a key of the user's own holds null, which TOML does not have.
    """
    if path := _path_of(data, lambda value: value is None):
        raise BadInput(
            f"{dotted(path)} is null, which TOML cannot say", hint="take the key out, or export JSON"
        )
    typed = {key: _typed(value, key) for key, value in data.items() if value or key not in HOLDERS}
    text = join(Layout("", EOL).entries(typed), "")
    return _visible(text, lambda code: f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")


def _visible(text: str, escape: Callable[[int], str]) -> str:
    """Return the text with characters that act written as escapes: a file is looked at with cat, too."""
    if text.replace(EOL, "").isprintable():
        return text
    return "".join(escape(ord(char)) if char != EOL and is_invisible(char) else char for char in text)


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
    found: dict[str, Any] = {}
    for key, inner in value.items():
        field = fields.get(key)
        if field and field.kind is Kind.DATE and isinstance(inner, str):
            found[key] = date.fromisoformat(inner)
        elif field and field.kind is Kind.TABLE:
            found[key] = _fields(inner, field.table)
        elif field and field.kind is Kind.ITEMS and isinstance(inner, list):
            found[key] = [_fields(item, field.table) for item in inner]
        else:
            found[key] = inner
    return found
