"""From a file to rows about clients, and what is wrong with the others: CSV, XLSX and JSON Lines."""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from renewctl.domain.columns import COLUMNS
from renewctl.domain.edit.import_plan import ImportRow
from renewctl.domain.edit.override_list import DEFAULT, OverrideRow
from renewctl.errors import BadInput, Problem
from renewctl.exchange import cells
from renewctl.exchange.date_columns import DateFormat, parse_dates
from renewctl.exchange.headers import match_columns
from renewctl.exchange.spreadsheet import Cell, Sheet, SheetRow
from renewctl.fields import TABLES, Kind, Shown

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
    reader = _RowReader(file, matched.columns, dates)
    rows: list[ImportRow] = []
    for sheet_row in track(sheet.rows):
        row, wrong = reader.read(sheet_row)
        problems += wrong
        if not wrong and row.line not in dated_badly:
            rows.append(row)
    return ClientRows(tuple(rows), tuple(problems), matched.unknown)


class _RowReader:
    """A reader of rows, given the columns of their fields and the dates by column and row."""

    def __init__(
        self, file: str, columns: Mapping[str, int], dates: Mapping[str, Mapping[int, date]]
    ) -> None:
        self.file, self.dates = file, dates
        self.places = {name: place + 1 for name, place in columns.items()}
        self.read_people = cache(cells.read_people)  # the same people are in many cells

    def read(self, row: SheetRow) -> tuple[ImportRow, list[Problem]]:
        """Return a row about a client, and what is wrong with its cells."""
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for name, place in self.places.items():
            try:
                value = self._read_value(row.cells[place - 1], name, row)
            except BadInput as error:
                wrong = error.problems or (Problem(error.message, hint=error.hint),)
                problems += (self._place(problem, row, name) for problem in wrong)
                continue
            if value is not None:
                values[name] = value
        client = values.pop("client", "")
        if not client:
            hint = "fill the client's domain, or take the row out"
            problems.append(self._place(Problem("the row names no client", hint=hint), row, "client"))
        return ImportRow(self.file, row.number, client, values, self.places), problems

    def _read_value(self, cell: Cell, name: str, row: SheetRow) -> Any:
        """Return the value of a cell, or None if it is blank."""
        column = COLUMNS[name]
        if column.table == "contacts":
            return self.read_people(cell, name) or None
        if name in self.dates:
            return self.dates[name].get(row.number)
        # A partner user may be named as people type it: an address, a part of it, or a name.
        return cells.read_cell(cell, Kind.TEXT if name == "notify" else column.field.kind)

    def _place(self, problem: Problem, row: SheetRow, name: str) -> Problem:
        return problem._replace(file=self.file, line=row.number, column=self.places[name])


def read_override_rows(sheet: Sheet, file: str) -> tuple[OverrideRow, ...]:
    """Return the rows of a list of overrides, from its columns client, owner, notify and note.

    Raises:
        BadInput: If the columns are not those, or it is a report of ``who``: that has the result of
            the settings, not the settings.
    """
    if {"rule", "to"} <= {name.strip().lower() for name in sheet.columns}:
        hint = "renewctl client list -o csv prints the settings, to be edited and fed back"
        raise BadInput(f"{file} is a report of renewctl who, not a list of settings", hint=hint)
    places = match_columns(sheet.columns, {}, file=file, line=sheet.line).columns
    if "owner" not in places:
        hint = "the columns are client, owner (hubspot, partner or default), notify and note"
        raise BadInput(f"{file} has no column for the owner", hint=hint)
    if sheet.problems:
        raise BadInput(f"{file} has bad rows; nothing was written", problems=sheet.problems)
    rows = []
    for row in sheet.rows:
        found = {key: row.cells[places[key]] if key in places else None for key in _OVERRIDE_KEYS}
        texts = {key: cells.read_text(cell) for key, cell in found.items()}
        with suppress(BadInput):  # it is refused with the other bad rows, later
            texts["owner"] = str(cells.read_cell(found["owner"], Kind.OWNER) or "")
        rows.append(OverrideRow(file, row.number, **texts))
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
        values = {key: item.get(key) or "" for key in _OVERRIDE_KEYS}
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
        return {}, ["a line of a renewctl who report, not of settings: use renewctl client list -o jsonl"]
    known = {*_OVERRIDE_KEYS, *_LISTED_KEYS, "source"}
    wrong = [f"unknown key {key}" for key in item if key not in known and not key.startswith("x-")]
    wrong += [
        f"{key} must be text" for key in _OVERRIDE_KEYS if not isinstance(item.get(key, ""), str | None)
    ]
    return item, wrong
