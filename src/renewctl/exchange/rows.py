"""From a file to rows about clients, and what is wrong with the others: CSV, XLSX and JSON Lines."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.edit.rows import ImportRow, OverrideRow
from renewctl.domain.edit.settings import DEFAULT
from renewctl.errors import BadInput, Problem
from renewctl.exchange import cells
from renewctl.exchange.cells import DateFormat, parse_dates
from renewctl.exchange.headers import match_columns
from renewctl.exchange.spreadsheet import Sheet, SheetRow
from renewctl.fields import COLUMNS, OWN_KEYS, TABLES, Kind, Shown

Track = Callable[[Iterable[SheetRow]], Iterable[SheetRow]]
_OVERRIDE_KEYS = ("client", "owner", "notify", "note")
_LISTED_KEYS = {field.key for field in TABLES["clients"].values() if field.shown >= Shown.LIST}


class ClientRows(NamedTuple):
    """The rows of a table, the problems of its other rows, and the columns that hold no field."""

    rows: tuple[ImportRow, ...]
    problems: tuple[Problem, ...]
    unused: tuple[str, ...]


def read_client_rows(
    sheet: Sheet,
    file: str,
    *,
    mapping: Mapping[str, str],
    date_format: DateFormat | None = None,
    track: Track = iter,
) -> ClientRows:
    """Return the rows of a sheet about clients.

    ``mapping`` is field to column name, where the names alone are not enough; ``track`` yields the rows
    it is given, and may show the progress.

    Raises:
        BadInput: If the columns are not certain.
    """
    matched = match_columns(sheet.columns, mapping, file=file, line=sheet.line)
    problems: list[Problem] = []
    dates: dict[str, Mapping[int, date]] = {}
    for name, place in matched.columns.items():
        if COLUMNS[name].field.kind is Kind.DATE:  # a whole column at a time: one value may decide for all
            column = [(row.number, row.cells[place]) for row in sheet.rows]
            dates[name], bad = parse_dates(column, date_format=date_format, file=file, column=place + 1)
            problems += bad
    problems += sheet.problems
    dated_badly = {problem.line for problem in problems}
    places = {name: place + 1 for name, place in matched.columns.items()}
    rows: list[ImportRow] = []
    for row in track(sheet.rows):
        values, wrong = _read_row(row, matched.columns, dates)
        problems += (problem._replace(file=file, line=row.number) for problem in wrong)
        if not wrong and row.number not in dated_badly:
            rows.append(ImportRow(file, row.number, values.pop("client"), values, places))
    return ClientRows(tuple(rows), tuple(problems), matched.unknown)


def _read_row(
    row: SheetRow, columns: Mapping[str, int], dates: Mapping[str, Mapping[int, date]]
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of a row by column, without blank cells, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    value: Any
    for name, place in columns.items():
        cell, column = row.cells[place], COLUMNS[name]
        try:
            if column.table == "contacts":
                value = cells.read_people(cell, name) or None
            elif name in dates:
                value = dates[name].get(row.number)
            else:
                # A partner user may be named as people type it: an address, a part of it, or a name.
                value = cells.read_cell(cell, Kind.TEXT if name == "notify" else column.field.kind)
        except BadInput as error:
            wrong = error.problems or (Problem(error.message, hint=error.hint),)
            problems += (problem._replace(column=place + 1) for problem in wrong)
            continue
        if value is not None:
            values[name] = value
    if "client" not in values:
        hint = "fill the client's domain, or take the row out"
        problems.append(Problem("the row names no client", hint=hint, column=columns["client"] + 1))
    return values, problems


def read_override_rows(sheet: Sheet, file: str) -> tuple[OverrideRow, ...]:
    """Return the rows of a list of overrides, from its columns client, owner, notify and note.

    Raises:
        BadInput: If the columns are not those, or it is a report of ``who``: that has the result of
            the settings, not the settings.
    """
    if {"rule", "to"} <= {name.strip().lower() for name in sheet.columns}:
        hint = f"{command_line('client list -o csv')} prints the settings, to be edited and fed back"
        raise BadInput(f"{file} is a report of renewctl who, not a list of settings", hint=hint)
    places = match_columns(sheet.columns, {}, file=file, line=sheet.line).columns
    if "owner" not in places:
        hint = "the columns are client, owner (hubspot, partner or default), notify and note"
        raise BadInput(f"{file} has no column for the owner", hint=hint)
    if sheet.problems:
        raise BadInput(f"{file} has bad rows; nothing was written", problems=sheet.problems)
    rows = []
    numbers = {name: place + 1 for name, place in places.items()}
    for row in sheet.rows:
        found = {key: row.cells[places[key]] if key in places else None for key in _OVERRIDE_KEYS}
        texts: dict[str, Any] = {key: cells.read_text(cell) for key, cell in found.items()}
        with suppress(BadInput):  # it is refused with the other bad rows, later
            texts["owner"] = str(cells.read_cell(found["owner"], Kind.OWNER) or "")
        rows.append(OverrideRow(file, row.number, places=numbers, **texts))
    return tuple(rows)


def is_jsonl(data: bytes) -> bool:
    """Return whether the bytes begin as JSON Lines do."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_override_lines(data: bytes, file: str) -> tuple[OverrideRow, ...]:
    """Return the overrides of JSON Lines: one object per line with client, owner, notify and note.

    The lines of ``client list -o jsonl`` can be fed back: in them ``source`` is ``override`` where the
    setting is the client's own.

    Raises:
        BadInput: If a line is not such an object; all bad lines are listed.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        problem = Problem(f"byte 0x{data[error.start]:02x} is not UTF-8", file=file, line=number)
        raise BadInput(f"{file} is not UTF-8", hint="save it again as UTF-8", problems=[problem]) from None
    rows: list[OverrideRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        item, wrong = _read_object(line)
        problems += (Problem(message, file=file, line=number) for message in wrong)
        values: dict[str, Any] = {key: item.get(key) or "" for key in _OVERRIDE_KEYS}
        if item.get("source") in ("default", "none"):
            values = {"client": values["client"], "owner": DEFAULT}
        if not wrong:
            rows.append(OverrideRow(file, number, **values))
    if problems:
        hint = 'a line is {"client": "acme.example", "owner": "partner", "notify": "ana@agency.example"}'
        raise BadInput(f"{file} has lines that are no overrides", hint=hint, problems=problems)
    return tuple(rows)


def _read_object(line: str) -> tuple[dict[str, Any], list[str]]:
    """Return the object on a line, and what is wrong with it."""

    def check_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        item = dict(pairs)
        if len(item) < len(pairs):
            raise ValueError("a key stands twice in it")
        return item

    try:
        item = json.loads(line, object_pairs_hook=check_keys)
    except (ValueError, RecursionError) as error:
        return {}, [f"not JSON: {error}"]
    if not isinstance(item, dict) or not item.get("client"):
        return {}, ["not an object with a client"]
    if {"rule", "to"} <= item.keys():
        command = command_line("client list -o jsonl")
        return {}, [f"a line of a renewctl who report, not of settings: use {command}"]
    known = {*_OVERRIDE_KEYS, *_LISTED_KEYS, "source"}
    wrong = [f"unknown key {key}" for key in item if key not in known and not key.startswith(OWN_KEYS)]
    wrong += [
        f"{key} must be text" for key in _OVERRIDE_KEYS if not isinstance(item.get(key, ""), str | None)
    ]
    return item, wrong
