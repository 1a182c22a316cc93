"""From the rows of a table to what they say of clients, and what is wrong with the others.

Imports its neighbours in ``exchange`` and the pure floors only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.edit.import_rows import ImportRow, Person
from renewctl.domain.edit.override_list import OverrideRow
from renewctl.errors import BadInput, Problem, RenewctlError
from renewctl.exchange import cells
from renewctl.exchange.date_columns import DateFormat, parse_dates
from renewctl.exchange.headers import MatchedColumns, match_columns
from renewctl.exchange.spreadsheet import Cell, Sheet, SheetRow
from renewctl.model import Role

ROLES = {"primary": Role.PRIMARY, "billing": Role.BILLING, "decision_maker": Role.DECISION_MAKER}
Track = Callable[[Iterable[SheetRow]], Iterable[SheetRow]]


class ClientRows(NamedTuple):
    """What a table says: entries, the problems of its other rows, the columns that say nothing here."""

    rows: tuple[ImportRow, ...]
    problems: tuple[Problem, ...]
    unused: tuple[str, ...]


class _Table(NamedTuple):
    """A sheet with the meaning of its columns, and its dates read, a column at a time."""

    file: str
    columns: Mapping[str, int]
    dates: Mapping[str, Mapping[int, date]]
    people: dict[Cell, tuple[Person, ...]]
    """Whom a cell names: the same people stand in many cells."""

    def cell(self, row: SheetRow, name: str) -> Cell:
        return row.cells[self.columns[name]] if name in self.columns else None

    def filled(self, row: SheetRow) -> Iterator[tuple[str, Cell]]:
        """Yield the fields that a row says something of."""
        for name, place in self.columns.items():
            if (cell := row.cells[place]) is not None:
                yield name, cell

    def problem(self, row: SheetRow, name: str, error: RenewctlError) -> Problem:
        place = self.columns[name] + 1
        return Problem(error.message, hint=error.hint, file=self.file, line=row.number, column=place)


def read_client_rows(
    sheet: Sheet,
    file: str,
    *,
    mapping: Mapping[str, str],
    date_format: DateFormat | None = None,
    track: Track = iter,
) -> ClientRows:
    """Return what a sheet says of clients; blank rows say nothing.

    Args:
        sheet: the table.
        file: its name, for messages.
        mapping: field to column name, where the names alone do not tell.
        date_format: what comes first in dates with the year last.
        track: passes the rows on, and may show how far they are.

    Raises:
        BadInput: the columns cannot be told.
    """
    meant = match_columns(sheet.columns, mapping, file=file, line=sheet.line)
    dates, problems = _dates(sheet, file, meant, date_format)
    problems += sheet.problems
    places = {name: place + 1 for name, place in meant.columns.items()}
    table = _Table(file, meant.columns, dates, {})
    dated_badly = {problem.line for problem in problems}
    found: list[ImportRow] = []
    for row in track(sheet.rows):
        said, wrong = _said(table, row)
        problems += wrong
        if not wrong and row.number not in dated_badly:
            found.append(ImportRow(file, row.number, places=places, **said))
    return ClientRows(tuple(found), tuple(problems), meant.unknown)


def _dates(
    sheet: Sheet, file: str, meant: MatchedColumns, date_format: DateFormat | None
) -> tuple[dict[str, dict[int, date]], list[Problem]]:
    """Read the date columns as wholes: one value may decide the order for all."""
    dates: dict[str, dict[int, date]] = {}
    problems: list[Problem] = []
    for name in ("renewal", "deadline"):
        if name in meant.columns:
            place = meant.columns[name]
            values = [(row.number, row.cells[place]) for row in sheet.rows]
            dates[name], wrong = parse_dates(values, date_format=date_format, file=file, column=place + 1)
            problems += wrong
    return dates, problems


def _said(table: _Table, row: SheetRow) -> tuple[dict[str, Any], list[Problem]]:
    """Return the fields of an entry, and what is wrong with the row's cells."""
    problems: list[Problem] = []
    holders: dict[Role, tuple[Person, ...]] = {}
    said: dict[str, Any] = {"client": "", "holders": holders}
    for name, cell in table.filled(row):
        try:
            if name in ROLES:
                if people := _people(table, cell, name):
                    holders[ROLES[name]] = people
            elif name in table.dates:
                said[name] = table.dates[name].get(row.number)
            else:
                said[name] = _READ[name](cell)
        except BadInput as error:
            problems += _placed(table, row, name, error)
    if not said["client"]:
        blank = BadInput("the row names no client", hint="fill the client's domain, or take the row out")
        problems.append(table.problem(row, "client", blank))
    return said, problems


def _people(table: _Table, cell: Cell, name: str) -> tuple[Person, ...]:
    if cell not in table.people:
        table.people[cell] = tuple(Person(email, who) for who, email in cells.addresses(cell, name))
    return table.people[cell]


_READ: Mapping[str, Callable[[Cell], Any]] = {
    **dict.fromkeys(("client", "name", "product", "notify", "note"), cells.text),
    "hub_id": cells.hub_id,
    "owner": lambda cell: cells.owner(cell) or "",
}


def _placed(table: _Table, row: SheetRow, name: str, error: BadInput) -> Iterator[Problem]:
    for each in error.problems or (Problem(error.message, hint=error.hint),):
        yield each._replace(file=table.file, line=row.number, column=table.columns[name] + 1)


def read_override_rows(sheet: Sheet, file: str) -> tuple[OverrideRow, ...]:
    """Return what a sheet says of overrides, from its columns client, owner, notify and note.

    Raises:
        BadInput: the columns are not those, or it is a report of ``who``: that says what comes of
            the settings, not what they are.
    """
    if {"rule", "to"} <= {name.strip().lower() for name in sheet.columns}:
        hint = "renewctl client list -o csv prints the settings, to be edited and fed back"
        raise BadInput(f"{file} is a report of renewctl who, not a list of settings", hint=hint)
    meant = match_columns(sheet.columns, {}, file=file, line=sheet.line)
    if "owner" not in meant.columns:
        hint = "the columns are client, owner (hubspot, partner or default), notify and note"
        raise BadInput(f"{file} has no column for the owner", hint=hint)
    if sheet.problems:
        raise BadInput(f"{file} has bad rows; nothing was written", problems=sheet.problems)
    table = _Table(file, meant.columns, {}, {})
    return tuple(_override_row(table, row) for row in sheet.rows)


def _override_row(table: _Table, row: SheetRow) -> OverrideRow:
    client, notify, note = (cells.text(table.cell(row, name)) for name in ("client", "notify", "note"))
    try:
        owner = str(cells.owner(table.cell(row, "owner")) or "")
    except BadInput:
        owner = cells.text(table.cell(row, "owner"))  # refused with the other bad rows, later
    return OverrideRow(table.file, row.number, client, owner, notify, note)
