"""Which column of a table holds which field: by name, and by the cells where the name does not decide.

A column is read only if its name is certain, or its cells confirm the name, or ``--map`` names it. What its
cells alone suggest is offered as a command to paste, never taken.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, islice
from shlex import quote
from typing import NamedTuple

from renewctl.command_line import repeat_command
from renewctl.domain.edit.contacts import ROLE_LABELS
from renewctl.errors import BadInput, Problem
from renewctl.exchange.cells import quote_text, show_text
from renewctl.exchange.contents import MOST, Content, Contents, can_read, content_for, content_of
from renewctl.exchange.headers import (
    CLIENT_OR_NAME,
    field_name,
    find_columns,
    fold,
    match_names,
    read_headers,
)
from renewctl.exchange.spreadsheet import Sheet
from renewctl.fields import COLUMNS
from renewctl.model import EMPTY
from renewctl.text import column_letters, list_some

_DATA = frozenset({Content.DOMAINS, Content.ADDRESSES, Content.DATES})
_MOST_NAMED, _MOST_LISTED, _LONGEST_CELL = 8, 40, 40
_NOTES = frozenset({"memo", "note"})
"""Of several columns of notes none is read, and each is offered: they are no reason to refuse a table. In a
list of overrides they are one, because an override without a note loses the note that it has."""


_LABELS = {
    "client": "client's domain",
    "name": "client's name",
    "hub_id": "client's hub ID",
    **{role.replace("-", "_"): label for role, label in ROLE_LABELS.items()},
    "renewal": "renewal date",
    "deadline": "renewal deadline",
    "notify": "partner user",
}
"""What a field is called in a sentence, if not by its own name."""
_NOUNS = {
    Content.DOMAINS: "a client's domain",
    Content.ADDRESSES: "an e-mail address",
    Content.DATES: "a full date",
    Content.HUB_IDS: "a hub ID",
}
"""What one cell of a kind is."""


class MatchedColumns(NamedTuple):
    """Which column, from 0, holds which field.

    Args:
        columns: The column of each field that has one.
        unknown: The names of columns that hold no field.
        warnings: Columns that are not read and look like a field, each with a command that reads it.
        ways_out: For each field, the next step if its column has cells that cannot be read.
        remarks: Which columns are read because their cells fit, as their names do not decide.
        doubts: For each field with such a column, the next step if one of its cells is refused.
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
    columns, table = sheet.columns, Contents(sheet)
    mapped, problems = _read_mapping(columns, mapping)
    named = {field_name(word) for word, name in mapping.items() if name.strip()}
    left_out = {field_name(word) for word, name in mapping.items() if not name.strip()}
    nameless = _find_without_addresses(table, mapped, {*wanted} - left_out - named)
    known = ["" if place in nameless else name for place, name in enumerate(columns)]
    matches = match_names(known, mapped, left_out, wanted, table.fits)
    has_owner = any(table.is_readable("owner", place) for place in matches.get("owner", ()))
    alone = [] if has_owner or "notify" in mapped else matches.pop("notify", [])
    ownerless = [place for place in alone if read_headers().certain.get(fold(columns[place])) == "notify"]
    problems += _check_several(columns, matches, wanted)
    chosen = {
        field: matches[field][0]
        for field in COLUMNS
        if len(matches.get(field, ())) == 1
        and (field in wanted or table.is_readable(field, matches[field][0]))
    }
    spare = [place for place in range(len(columns)) if place not in chosen.values()]
    if "client" not in named:
        problems += _check_client(table, matches.get("client", []), spare)
    if problems:
        placed = [problem._replace(file=file, line=sheet.line, sheet=sheet.name) for problem in problems]
        raise BadInput("the columns cannot be matched", problems=placed)
    read = {field: place for field, place in chosen.items() if field in wanted}
    by_cells = _find_read_by_cells(table, read, mapped)
    # A partner user without a renewal owner is refused, so it is not offered.
    taken = {*chosen, *left_out} | (set() if has_owner else {"notify"})
    free = [field for field in COLUMNS if field in wanted and field not in taken]
    blank = [
        field for field, place in read.items() if field not in mapped and table.fits(field, place) is None
    ]
    offers = _find_offers(table, read, free, blank)
    return MatchedColumns(
        chosen,
        tuple(columns[place] for place in spare if columns[place].strip() and place not in ownerless),
        tuple(_warn_of(table, nameless, offers)),
        _find_ways_out(table, chosen, spare),
        (*_remark_on(by_cells), *_remark_on_partner_users(columns, ownerless)),
        {field: _find_way_out(table, field, spare) for field in by_cells if field != "client"},
    )


def _find_without_addresses(
    table: Contents, mapped: Mapping[str, int], roles: Collection[str]
) -> dict[int, str]:
    """Return the role, by place, of columns whose names mean a role for certain, and that have names only."""
    certain = read_headers().certain
    fields = {place: certain.get(fold(name), "") for place, name in enumerate(table.sheet.columns)}
    return {
        place: field
        for place, field in fields.items()
        if field in roles
        and COLUMNS[field].table == "contacts"
        and place not in mapped.values()
        and table.lacks_addresses(place)
    }


def clear_unreadable(sheet: Sheet, matched: MatchedColumns, fields: Collection[str]) -> Sheet:
    """Return a sheet without those cells of fields that are not asked for which cannot be read."""
    rows = []
    for row in sheet.rows:
        cells = [*row.cells]
        for field in matched.columns.keys() & {*fields}:
            place = matched.columns[field]
            cells[place] = cells[place] if can_read(field, cells[place]) else None
        rows.append(row._replace(cells=tuple(cells)))
    return sheet._replace(rows=tuple(rows))


def add_ways_out(problems: Sequence[Problem], sheet: Sheet, matched: MatchedColumns) -> list[Problem]:
    """Return the problems of cells, with a way to do without the column if it can mean something else.

    That is a column whose name does not decide, or most of whose cells cannot be read.
    """
    bad = {(problem.column, problem.line) for problem in problems}
    ways_out = {matched.columns[field] + 1: f"; {way_out}" for field, way_out in matched.doubts.items()}
    for field, way_out in matched.ways_out.items():
        place = matched.columns[field]
        filled = sum(show_text(row.cells[place]) != "" for row in sheet.rows)
        number = sum(column == place + 1 for column, _ in bad)
        if number > 1 and number >= MOST * filled:
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


def _check_client(table: Contents, places: Sequence[int], spare: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem if no column is the client's, or one that has names while another has domains."""
    columns = table.sheet.columns
    if not places and (data := [name for name in columns if content_of(name) in _DATA]):
        hint = "add a line above it that names the columns, for example client,renewal"
        yield Problem(f"the header looks like a row of the table: {list_some(data, 3)}", hint=hint)
        return
    offered = [place for place in spare if "client" in table.offer(place, ["client"])]
    domains = min(offered, key=lambda place: table.find_odd("client", place) != "", default=None)
    if domains is None or not (command := _map_command(table, "client", domains)):
        if not places:
            yield Problem("no column is the client's domain", hint=_explain_no_domains(table))
        return
    odd = _describe_odd(table, "client", domains)
    if not places:
        hint = f"if {columns[domains]!r} has the clients' domains: {command}"
        if odd:
            hint = (
                f"{columns[domains]!r} is not used, because {odd}; if it has the clients' domains: {command}"
            )
        yield Problem("no column is the client's domain", hint=hint)
        return
    either = read_headers().certain.get(fold(columns[places[0]])) == CLIENT_OR_NAME
    if either and len(places) == 1 and table.content(places[0]) is Content.TEXT:
        message = f"{columns[places[0]]!r} has names and {columns[domains]!r} has site addresses"
        message += f", but {odd}" if odd else ""
        names = _map_option(columns, "client", places[0])
        hint = f"if the addresses identify the clients: {command}; if the names do, {names}"
        yield Problem(message, hint=hint, column=places[0] + 1)


def _explain_no_domains(table: Contents) -> str:
    """Return the next step if no column looks like the client's."""
    hint = "add a column with each client's domain, for example acme.example"
    columns = table.sheet.columns
    if table.sheet.rows and not any(table.has(Content.DOMAINS, place) for place in range(len(columns))):
        return hint
    return f"{hint}; if a column has them, name it with --map client=HEADER; {_list_columns(columns)}"


def _check_several(
    columns: Sequence[str], matches: Mapping[str, Sequence[int]], wanted: Collection[str]
) -> Iterator[Problem]:
    for field, places in matches.items():
        if len(places) > 1 and field in wanted and not (field in _NOTES and "memo" in wanted):
            yield _several_columns(columns, field, places)


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


def _find_read_by_cells(table: Contents, read: Mapping[str, int], mapped: Collection[str]) -> dict[str, str]:
    """Return the name, by field, of each column that is read because its cells fit, and not mapped."""
    names = {field: table.sheet.columns[place] for field, place in read.items() if table.fits(field, place)}
    fitting = read_headers().fitting
    return {field: name for field, name in names.items() if field not in mapped and fold(name) in fitting}


def _remark_on(by_cells: Mapping[str, str]) -> Iterator[str]:
    """Yield a remark on the columns that are read because their cells fit: their names by field."""
    if by_cells:
        named = ", ".join(f"{name!r} as the {_label(field)}" for field, name in by_cells.items())
        options = ", ".join(f"--map {field}=" for field in by_cells if field != "client")
        yield f"columns read because their cells fit: {named}{options and f'; to leave out: {options}'}"


def _remark_on_partner_users(columns: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    if places:
        what = "column" if len(places) == 1 else "columns"
        names = list_some([repr(columns[place]) for place in places], _MOST_NAMED)
        are = "is" if len(places) == 1 else "are"
        yield f"{what} {names} (partner user) {are} not used: the list has no column for the renewal owner"


def _find_offers(
    table: Contents, read: Mapping[str, int], free: Collection[str], blank: Collection[str]
) -> list[tuple[int, list[str]]]:
    """Return the columns that are not read and look like fields, each with those fields."""
    places = [place for place in range(len(table.sheet.columns)) if place not in read.values()]
    return [(place, fields) for place in places if (fields := table.offer(place, free, blank))]


def _warn_of(
    table: Contents, nameless: Mapping[int, str], offers: Sequence[tuple[int, Sequence[str]]]
) -> Iterator[str]:
    """Yield a warning of each column that is not read and looks like a field, up to a number."""
    columns = table.sheet.columns
    without = (
        f"column {columns[place]!r} ({_label(field)}) is not used, because it has no e-mail addresses"
        for place, field in nameless.items()
    )
    yield from islice(chain(without, (_warn(table, *offer) for offer in offers)), _MOST_NAMED)
    if (more := len(nameless) + len(offers) - _MOST_NAMED) > 0:
        yield f"{more} more columns look like fields and are not used"


def _warn(table: Contents, place: int, fields: Sequence[str]) -> str:
    """Return a warning that a column is not read, with the command that reads it."""
    name, content = table.sheet.columns[place], table.content(place)
    what = f"column {name!r}" if name.strip() else f"column {column_letters(place + 1)}, which has no name,"
    odd = _describe_odd(table, fields[0], place)
    because = f", because {odd}" if odd else ""
    has = "" if because or content is Content.TEXT else f"has {content} and "
    label, *others = map(_label, fields)
    label += f" (or {', '.join(others)})" if others else ""
    command = _map_command(table, fields[0], place)
    if not command:
        way_out = f"give it a name of its own, then --map {fields[0]}=NAME reads it"
        return f"{what} {has}is not used{because}; {way_out}"
    return f"{what} {has}is not used{because}; if it is the {label}: {command}"


def _label(field: str) -> str:
    return _LABELS.get(field, field)


def _describe_odd(table: Contents, field: str, place: int) -> str:
    """Return which cell keeps a column from being a field's, and why; "" if none does."""
    odd = table.find_odd(field, place)
    return f"{quote_text(odd, _LONGEST_CELL)} is not {_NOUNS[content_for(field)]}" if odd else ""


def _find_ways_out(table: Contents, chosen: Mapping[str, int], spare: Sequence[int]) -> dict[str, str]:
    """Return the next step, by field, if the cells of a column cannot be read, where they do not fit."""
    return {
        field: _find_way_out(table, field, spare)
        for field, place in chosen.items()
        if field != "client" and (table.content(place) is Content.TEXT or table.fits(field, place) is False)
    }


def _find_way_out(table: Contents, field: str, spare: Sequence[int]) -> str:
    """Return the next step if the cells of a field's column cannot be read."""
    for place in spare:
        if table.offer(place, [field]) and (command := _map_command(table, field, place)):
            return f"if {table.sheet.columns[place]!r} is the {_label(field)}: {command}"
    return f"if the column means something else, leave it out: {repeat_command(map=f'{field}=')}"


def _map_command(table: Contents, field: str, place: int) -> str:
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
