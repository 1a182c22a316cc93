"""Read overrides from JSON Lines."""

import codecs
import json
import re
from contextlib import suppress
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.edit.rows import DEFAULT, OVERRIDE_KEYS, OverrideRow
from renewctl.errors import BadInput, Problem
from renewctl.fields import OWN_KEYS, TABLES, Shown

LISTED_KEYS = {field.key for field in TABLES["clients"].values() if field.shown >= Shown.LIST}
"""The fields that ``client list`` prints, which a list of overrides does not use."""


def is_jsonl(data: bytes) -> bool:
    """Return whether the bytes look like JSON Lines."""
    return _convert_to_utf8(data).lstrip()[:1] == b"{"


def _convert_to_utf8(data: bytes) -> bytes:
    """Return the bytes in UTF-8, without a mark. PowerShell 5.1 writes UTF-16 for >."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with suppress(UnicodeError):
            return data.decode("utf-16").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def read_override_lines(data: bytes, file: str) -> tuple[OverrideRow, ...]:
    """Return the overrides in JSON Lines.

    Each line is an object with the keys client, owner, notify and note.

    The output of ``client list -o jsonl`` is accepted. In it, ``source`` is ``override`` if the client has
    an override.

    Raises:
        BadInput: If a line is not such an object. All such lines are listed.
    """
    data = _convert_to_utf8(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        problem = Problem(f"byte 0x{data[error.start]:02x} is not valid UTF-8", file=file, line=number)
        raise BadInput(
            f"'{file}' is not UTF-8", hint="save the file again as UTF-8", problems=[problem]
        ) from None
    rows: list[OverrideRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        item, wrong = _read_object(line)
        problems += (Problem(message, file=file, line=number) for message in wrong)
        values: dict[str, Any] = {key: item.get(key) or "" for key in OVERRIDE_KEYS}
        if item.get("source") in ("default", "none"):
            values = {"client": values["client"], "owner": DEFAULT}
        if not wrong:
            rows.append(OverrideRow(file, number, **values))
    if problems:
        hint = 'write {"client": "acme.example", "owner": "partner", "notify": "ana@agency.example"}'
        raise BadInput(f"'{file}' has lines that are not overrides", hint=hint, problems=problems)
    return tuple(rows)


def _read_object(line: str) -> tuple[dict[str, Any], list[str]]:
    """Return the object on a line, and its problems."""

    def check_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        item = dict(pairs)
        if len(item) < len(pairs):
            raise ValueError("a key appears twice")
        return item

    try:
        item = json.loads(line, object_pairs_hook=check_keys)
    except json.JSONDecodeError as error:
        expected = re.fullmatch(r"Expecting ('.') delimiter", error.msg)
        what = f": {expected[1]} expected" if expected else ""
        return {}, [f"not valid JSON{what} at column {error.colno}"]
    except (ValueError, RecursionError) as error:
        return {}, [f"not valid JSON: {error}"]
    if not isinstance(item, dict) or not item.get("client"):
        return {}, ["not an object with the key client"]
    if {"rule", "to"} <= item.keys():
        command = command_line("client list -o jsonl")
        return {}, [f"a line of a report, not of settings (to print the settings: {command})"]
    known = {*OVERRIDE_KEYS, *LISTED_KEYS, "source"}
    wrong = [f"unknown key {key!r}" for key in item if key not in known and not key.startswith(OWN_KEYS)]
    wrong += [f"{key} must be text" for key in OVERRIDE_KEYS if not isinstance(item.get(key, ""), str | None)]
    return item, wrong
