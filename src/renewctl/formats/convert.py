"""Convert the data of a file to TOML or JSON text without loss.

Only dates differ: in JSON they are text, and the table of fields determines which text is a date.
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
from renewctl.formats.toml import codec as toml_codec
from renewctl.formats.toml.layout import Layout
from renewctl.model import Path
from renewctl.text import dotted, is_invisible

EOL = "\n"


def to_json(data: dict[str, Any]) -> str:
    """Return the data as JSON text; times in the user's own keys become text.

    Raises:
        BadInput: If a number is not finite.
    """
    if path := _find(data, lambda value: isinstance(value, float) and not isfinite(value)):
        message = f"{dotted(path)} is not a finite number, which JSON does not support"
        raise BadInput(message, hint="remove the key, or export TOML")
    text = json_codec.join(json_codec.reformat("", data, ()), "") or "{}\n"
    return _escape_invisible(text, lambda code: json.dumps(chr(code))[1:-1])


def to_toml(data: dict[str, Any]) -> str:
    """Return the data as TOML text: values first, then a block for each table.

    Raises:
        BadInput: If a value is null.
    """
    if path := _find(data, lambda value: value is None):
        message = f"{dotted(path)} is null, which TOML does not support"
        raise BadInput(message, hint="remove the key, or export JSON")
    dated: dict[str, Any] = {}
    for top, value in data.items():
        if top in HOLDERS and not value:
            continue
        if top in HOLDERS and isinstance(value, dict):
            dated[top] = {key: _parse_dates(entry, top) for key, entry in value.items()}
        else:
            dated[top] = _parse_dates(value, top) if top in {"defaults", "policy"} else value
    text = toml_codec.join(Layout("", EOL).entries(dated), "")
    return _escape_invisible(text, lambda code: f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")


def _escape_invisible(text: str, escape: Callable[[int], str]) -> str:
    """Return the text with invisible characters escaped, for ``cat`` on a terminal."""
    if text.replace(EOL, "").isprintable():
        return text
    return "".join(escape(ord(char)) if char != EOL and is_invisible(char) else char for char in text)


def _find(value: Any, condition: Callable[[Any], bool]) -> Path:
    """Return the path of the first value that meets a condition; empty if none does."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if condition(inner):
            return (str(key),)
        if below := _find(inner, condition):
            return (str(key), *below)
    return ()


def _parse_dates(value: Any, table: str) -> Any:
    """Return a table with the text of its date fields converted to dates."""
    if not isinstance(value, dict):
        return value
    fields = TABLES.get(table, {})
    dated: dict[str, Any] = {}
    for key, inner in value.items():
        field = fields.get(key)
        if field and field.kind is Kind.DATE and isinstance(inner, str):
            dated[key] = date.fromisoformat(inner)
        elif field and field.kind is Kind.TABLE:
            dated[key] = _parse_dates(inner, field.table)
        elif field and field.kind is Kind.ITEMS and isinstance(inner, list):
            dated[key] = [_parse_dates(item, field.table) for item in inner]
        else:
            dated[key] = inner
    return dated
