"""Overrides as JSON Lines: one object a line with client, owner, notify and note.

Imports ``errors`` and the plans' rows only.
"""

import json
from collections.abc import Iterator
from typing import Any

from renewctl.domain.edit.override_list import DEFAULT, OverrideRow
from renewctl.errors import BadInput, Problem

_KEYS = ("client", "owner", "notify", "note")
_KNOWN = {*_KEYS, "name", "hub_id", "source"}


def is_jsonl(data: bytes) -> bool:
    """Tell whether the bytes begin as JSON Lines do."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_override_lines(data: bytes, file: str) -> tuple[OverrideRow, ...]:
    """Return what each line says of a client's override.

    A line of ``client list -o jsonl`` may be fed back: there ``source`` tells whether the setting is
    the client's own.

    Raises:
        BadInput: a line is no such object; all bad lines are listed.
    """
    rows: list[OverrideRow] = []
    problems: list[Problem] = []
    text = _decoded(data, file)
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            item, wrong = _object(line)
            problems += (Problem(each, file=file, line=number) for each in wrong)
            rows += _rows(item, file, number) if not wrong else ()
    if problems:
        hint = 'a line is {"client": "acme.example", "owner": "partner", "notify": "ana@agency.example"}'
        raise BadInput(f"{file} has lines that are no overrides", hint=hint, problems=problems)
    return tuple(rows)


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(f"byte 0x{data[error.start]:02x} is not UTF-8", file=file, line=line)
        raise BadInput(f"{file} is not UTF-8", hint="save it again as UTF-8", problems=[problem]) from None


def _object(line: str) -> tuple[dict[str, Any], list[str]]:
    """Return the object a line holds, and what is wrong with it."""
    try:
        item = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return {}, [f"not JSON: {error}"]
    if not isinstance(item, dict) or not item.get("client"):
        return {}, ["not an object with a client"]
    if {"rule", "to"} <= item.keys():
        return {}, ["a line of a renewctl who report, not of settings: use renewctl client list -o jsonl"]
    wrong = [f"unknown key {key}" for key in item if key not in _KNOWN and not key.startswith("x-")]
    wrong += [f"{key} must be text" for key in _KEYS if not isinstance(item.get(key, ""), str | None)]
    return item, wrong


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in it")
    return found


def _rows(item: dict[str, Any], file: str, number: int) -> Iterator[OverrideRow]:
    follows = item.get("source") in {"default", "none"}
    values = {key: item.get(key) or "" for key in _KEYS}
    if follows:
        values = {"client": values["client"], "owner": DEFAULT, "notify": "", "note": ""}
    yield OverrideRow(file, number, **values)
