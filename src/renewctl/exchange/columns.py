"""Which column of a table holds which field: by name, and by the cells where the name does not decide.

A column is read only if its name is certain, or its cells confirm the name, or ``--map`` names it. What its
cells alone suggest is offered as a command to paste, never taken.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from shlex import quote
from typing import NamedTuple

from renewctl.command_line import repeat_command
from renewctl.domain.identifiers import client_key
from renewctl.errors import BadInput, Problem
from renewctl.exchange.cells import read_cell, read_people, read_text
from renewctl.exchange.contents import Content, content_of
from renewctl.exchange.headers import (
    CLIENT_OR_NAME,
    field_name,
    find_columns,
    fold,
    match_names,
    read_headers,
)
from renewctl.exchange.spreadsheet import Cell, Sheet
from renewctl.fields import COLUMNS, Kind
from renewctl.model import EMPTY
from renewctl.text import column_letters, list_some

_SAMPLE = 100
"""So many filled cells of a column show what it has."""
_MOST = 0.8
"""The share of them that must agree: a few cells hold ``n/a`` or a typing error."""
_MOST_NAMED, _MOST_LISTED = 8, 40
_NOTES = frozenset({"memo", "note"})
"""Of several columns of notes none is read, and each is offered: they are no reason to refuse a table."""
_BY_CONTENT = {
    Content.DOMAINS: ("client",),
    Content.ADDRESSES: (*(name for name, column in COLUMNS.items() if column.table == "contacts"), "notify"),
    Content.DATES: ("renewal",),
}
"""The fields that a column may hold whose name is not known."""


class MatchedColumns(NamedTuple):
    """Which column, from 0, holds which field.

    Args:
        columns: The column of each field that has one.
        unknown: The names of columns that hold no field.
        warnings: Columns that are not read and look like a field, each with a command that reads it.
        ways_out: For each field, the next step if its column has cells that cannot be read.
        remarks: Which columns are read because their cells fit, as their names do not decide.
        doubts: For each field with such a column, the next step if a cell is refused later.
    """

    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    ways_out: Mapping[str, str] = EMPTY
    remarks: tuple[str, ...] = ()
    doubts: Mapping[str, str] = EMPTY


def match_columns(
    sheet: Sheet, mapping: Mapping[str, str], *, wanted: Collection[str] = COLUMNS, file: str = ""
) -> MatchedColumns:
    """Return which column holds which field.

    Args:
        sheet: The table.
        mapping: The header of each field as ``--map`` has it; a blank one leaves the field's column out.
        wanted: The fields that are read. What is not certain about others is no problem.
        file: The name of the file in messages.

    Raises:
        BadInput: If a field has several columns, no column is the client's, or the mapping names what
            does not exist; all at once.
    """
    columns, table = sheet.columns, _Table(sheet)
    mapped, problems = _read_mapping(columns, mapping)
    named = {field_name(word) for word, name in mapping.items() if name.strip()}
    left_out = {field_name(word) for word, name in mapping.items() if not name.strip()}
    matches = match_names(columns, mapped, left_out, wanted, table.fits)
    problems += (
        _several_columns(columns, field, places)
        for field, places in matches.items()
        if len(places) > 1 and field in wanted and field not in _NOTES
    )
    chosen = {
        field: matches[field][0]
        for field in COLUMNS
        if len(matches.get(field, ())) == 1
        and (field in wanted or table.is_readable(field, matches[field][0]))
    }
    used = set(chosen.values())
    spare = [place for place, name in enumerate(columns) if place not in used]
    if "client" not in named:
        problems += _check_client(table, matches.get("client", []), spare)
    if problems:
        placed = [problem._replace(file=file, line=sheet.line, sheet=sheet.name) for problem in problems]
        raise BadInput("the columns cannot be matched", problems=placed)
    read = {field: place for field, place in chosen.items() if field in wanted}
    unread = [place for place in range(len(columns)) if place not in read.values()]
    by_cells = _find_read_by_cells(table, read, mapped)
    free = [field for field in COLUMNS if field in wanted and field not in chosen and field not in left_out]
    if "owner" not in chosen and "notify" in free:
        free.remove("notify")  # A partner user without a renewal owner is refused.
    return MatchedColumns(
        chosen,
        tuple(columns[place] for place in spare if columns[place].strip()),
        tuple(_warn_of(table, unread, free)),
        {
            field: _find_way_out(table, field, spare)
            for field, place in chosen.items()
            if field != "client"
            and (table.content(place) is Content.TEXT or table.fits(field, place) is False)
        },
        tuple(_remark_on(by_cells)),
        {field: _find_way_out(table, field, spare) for field in by_cells if field != "client"},
    )


def cell_kind(field: str) -> Kind:
    """Return what the cells of a field hold."""
    # A partner user may be named as people type it: an address, a part of it, or a name.
    return Kind.TEXT if field == "notify" else COLUMNS[field].field.kind


def clear_unreadable(sheet: Sheet, matched: MatchedColumns, fields: Collection[str]) -> Sheet:
    """Return a sheet without those cells of fields that are not asked for which cannot be read."""
    rows = []
    for row in sheet.rows:
        cells = [*row.cells]
        for field in matched.columns.keys() & {*fields}:
            place = matched.columns[field]
            cells[place] = cells[place] if _can_read(field, cells[place]) else None
        rows.append(row._replace(cells=tuple(cells)))
    return sheet._replace(rows=tuple(rows))


def add_ways_out(problems: Sequence[Problem], sheet: Sheet, matched: MatchedColumns) -> list[Problem]:
    """Return the problems of cells; where most of a column cannot be read, with a way to do without it."""
    bad = {(problem.column, problem.line) for problem in problems}
    ways_out: dict[int, str] = {}
    for field, way_out in matched.ways_out.items():
        place = matched.columns[field]
        filled = sum(read_text(row.cells[place]) != "" for row in sheet.rows)
        number = sum(column == place + 1 for column, _ in bad)
        if number > 1 and number >= _MOST * filled:
            ways_out[place + 1] = f"; {way_out}"
    return [
        problem._replace(hint=(problem.hint + ways_out.get(problem.column, "")).removeprefix("; "))
        for problem in problems
    ]


def _read_mapping(columns: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[str, int], list[Problem]]:
    """Return the column of each field that the user maps, and what is wrong with the others."""
    mapped: dict[str, int] = {}
    problems: list[Problem] = []
    for word, name in mapping.items():
        field, places = field_name(word), find_columns(columns, name)
        if field not in COLUMNS:
            hint = f"the fields: {', '.join(COLUMNS)}"
            problems.append(Problem(f"--map: there is no field {word!r}", hint=hint))
        elif not name.strip():
            continue
        elif not places:
            names = {fold(column): column for column in columns}
            near = get_close_matches(fold(name), names, 1, 0.6)
            hint = f"did you mean {names[near[0]]!r}?" if near else _list_columns(columns)
            problems.append(Problem(f"--map {word}: there is no column {name!r}", hint=hint))
        elif len(places) > 1:
            problems.append(_several_columns(columns, field, places))
        else:
            mapped[field] = places[0]
    return mapped, problems


def _check_client(table: "_Table", places: Sequence[int], spare: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem if no column is the client's, or one that has names while another has domains."""
    columns = table.sheet.columns
    domains = next((place for place in spare if "client" in table.offer(place, ["client"])), None)
    command = _map_command(table, "client", domains) if domains is not None else ""
    if not places:
        hint = f"name it with --map client=HEADER; {_list_columns(columns)}"
        if command:
            hint = f"if {columns[domains or 0]!r} has the clients' domains: {command}"
        yield Problem("no column is the client's domain", hint=hint)
        return
    either = read_headers().certain.get(fold(columns[places[0]])) == CLIENT_OR_NAME
    if either and command and len(places) == 1 and table.content(places[0]) is Content.TEXT:
        message = f"{columns[places[0]]!r} has names and {columns[domains or 0]!r} has site addresses"
        names = _map_option(columns, "client", places[0])
        hint = f"if the addresses identify the clients: {command}; if the names do, {names}"
        yield Problem(message, hint=hint, column=places[0] + 1)


def _several_columns(columns: Sequence[str], field: str, places: Sequence[int]) -> Problem:
    named = places[:_MOST_NAMED]
    names = " and ".join(f"{columns[place]!r} ({column_letters(place + 1)})" for place in named)
    names += f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    options = [_map_option(columns, field, place) for place in named]
    hint = f"choose one with {' or '.join(options)}" if all(options) else "give each column a name of its own"
    return Problem(f"several columns are the {field}: {names}", hint=hint, column=places[1] + 1)


def _list_columns(columns: Sequence[str]) -> str:
    names = [name for name in columns if name.strip()]
    return f"the columns: {list_some(names, _MOST_LISTED) or 'none has a name'}"


class _Table:
    """What the cells of each column of a table show, worked out when it is asked for."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._contents: dict[int, Content] = {}

    def sample(self, place: int) -> list[Cell]:
        """Return the first filled cells of a column."""
        return [*islice((cell for row in self.sheet.rows if read_text(cell := row.cells[place])), _SAMPLE)]

    def content(self, place: int) -> Content:
        """Return what most of the filled cells of a column are."""
        if place not in self._contents:
            cells = self.sample(place)
            counts = Counter(map(content_of, cells))
            most = (kind for kind, number in counts.items() if number >= _MOST * len(cells))
            self._contents[place] = next(most, Content.TEXT if cells else Content.NOTHING)
        return self._contents[place]

    def fits(self, field: str, place: int) -> bool | None:
        """Return whether the cells of a column are what the field holds; None if no cell is filled."""
        return None if self.content(place) is Content.NOTHING else self._fits(field, place)

    def is_readable(self, field: str, place: int) -> bool:
        """Return whether some cell of a column that is filled can be read, or none is filled."""
        cells = [cell for row in self.sheet.rows if read_text(cell := row.cells[place])]
        return not cells or any(_can_read(field, cell) for cell in cells)

    def offer(self, place: int, free: Collection[str]) -> list[str]:
        """Return the fields, of those that are free, that a column which is not read may hold."""
        name, content = fold(self.sheet.columns[place]), self.content(place)
        headers = read_headers()
        if content is Content.NOTHING or name in headers.other:
            return []
        meant = headers.ambiguous.get(name, (headers.certain.get(name) or headers.fitting.get(name, ""),))
        fields = [field for field in meant if field in COLUMNS and self._fits(field, place)]
        if not fields and not (content is Content.DOMAINS and self._is_one_site(place)):
            fields = [field for field in _BY_CONTENT.get(content, ()) if self._fits(field, place)]
        return [field for field in fields if field in free]

    def _fits(self, field: str, place: int) -> bool:
        column, content = COLUMNS[field], self.content(place)
        if column.table == "contacts":
            return content is Content.ADDRESSES and not self._is_partner(place)
        if field == "client":
            return content is Content.DOMAINS
        if column.field.kind is Kind.DATE:
            return content is Content.DATES
        if column.field.kind is Kind.HUB_ID:
            return content is Content.HUB_IDS
        if column.field.kind is Kind.ADDRESS and content is Content.ADDRESSES:
            return self._is_partner(place)
        return content is Content.TEXT

    def _is_partner(self, place: int) -> bool:
        """Return whether a column has addresses of one domain for several clients: the partner's own."""
        domains = {
            person.email.rpartition("@")[2].lower()
            for cell in self.sample(place)
            if content_of(cell) is Content.ADDRESSES
            for person in read_people(cell, "")
        }
        return len(domains) == 1 and self._count_clients(place) > 1

    def _is_one_site(self, place: int) -> bool:
        """Return whether several cells have one site, such as that of a social network."""
        cells = self.sample(place)
        return len(cells) > 1 and len({client_key(read_text(cell)) for cell in cells}) == 1

    def _count_clients(self, place: int) -> int:
        """Return how many clients have a cell in a column, as far as a column of domains shows them."""
        places = range(len(self.sheet.columns))
        key = next((each for each in places if self.content(each) is Content.DOMAINS), None)
        rows = [row for row in self.sheet.rows if read_text(row.cells[place])][:_SAMPLE]
        return len({row.number if key is None else client_key(read_text(row.cells[key])) for row in rows})


def _can_read(field: str, cell: Cell) -> bool:
    kind = cell_kind(field)
    if COLUMNS[field].table == "contacts" or kind is Kind.DATE:
        return content_of(cell) in {Content.NOTHING, Content.ADDRESSES, Content.DATES}
    try:
        read_cell(cell, kind)
    except BadInput:
        return False
    return True


def _find_read_by_cells(table: _Table, read: Mapping[str, int], mapped: Collection[str]) -> dict[str, str]:
    """Return the name, by field, of each column that is read because its cells fit, and not mapped."""
    names = {field: table.sheet.columns[place] for field, place in read.items() if table.fits(field, place)}
    fitting = read_headers().fitting
    return {field: name for field, name in names.items() if field not in mapped and fold(name) in fitting}


def _remark_on(by_cells: Mapping[str, str]) -> Iterator[str]:
    """Yield a remark on the columns that are read because their cells fit: their names by field."""
    if by_cells:
        named = ", ".join(f"{name!r} as the {field}" for field, name in by_cells.items())
        leave_out = "" if by_cells.keys() == {"client"} else "; --map FIELD= leaves one out"
        yield f"columns read because their cells fit: {named}{leave_out}"


def _warn_of(table: _Table, places: Sequence[int], free: Collection[str]) -> Iterator[str]:
    """Yield a warning of each column that is not read and looks like a field, up to a number."""
    offers = [(place, fields) for place in places if (fields := table.offer(place, free))]
    yield from (_warn(table, *offer) for offer in offers[:_MOST_NAMED])
    if len(offers) > _MOST_NAMED:
        yield f"{len(offers) - _MOST_NAMED} more columns look like fields and are not used"


def _warn(table: _Table, place: int, fields: Sequence[str]) -> str:
    """Return a warning that a column is not read, with the command that reads it."""
    name, content = table.sheet.columns[place], table.content(place)
    what = f"column {name!r}" if name.strip() else f"column {column_letters(place + 1)}, which has no name,"
    has = "" if content is Content.TEXT else f"has {content} and "
    others = f" (or {', '.join(fields[1:])})" if fields[1:] else ""
    command = _map_command(table, fields[0], place)
    if not command:
        return f"{what} {has}is not used; give it a name of its own, then --map {fields[0]}=NAME reads it"
    return f"{what} {has}is not used; if it is the {fields[0]}{others}: {command}"


def _find_way_out(table: _Table, field: str, spare: Sequence[int]) -> str:
    """Return the next step if the cells of a field's column cannot be read."""
    for place in spare:
        if table.offer(place, [field]) and (command := _map_command(table, field, place)):
            return f"if {table.sheet.columns[place]!r} is the {field}: {command}"
    return f"if the column means something else, leave it out: {repeat_command(map=f'{field}=')}"


def _map_command(table: _Table, field: str, place: int) -> str:
    """Return this run's command with a column mapped; "" if no name on a command line means that column."""
    name = _typed_name(table.sheet.columns, place)
    return repeat_command(map=f"{field}={name}") if name else ""


def _map_option(columns: Sequence[str], field: str, place: int) -> str:
    name = _typed_name(columns, place)
    return name and f"--map {quote(f'{field}={name}')}"


def _typed_name(columns: Sequence[str], place: int) -> str:
    """Return a column's name as it can be typed; "" if another column has the same, or it has none."""
    name = " ".join("".join(char for char in columns[place] if char.isprintable() or char.isspace()).split())
    return name if find_columns(columns, name) == [place] else ""
