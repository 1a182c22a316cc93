"""Match the columns of a table to fields, by their names and cells.

A column is read only if its name is certain, its cells confirm the name, or ``--map`` names it. If only the
cells suggest a field, a command to paste is offered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain, islice
from typing import NamedTuple

from renewctl.command_line import quote
from renewctl.domain.hubspot import ROLE_LABELS
from renewctl.errors import BadInput, Problem
from renewctl.exchange.cells import explain_odd_text, restore_text, show_text
from renewctl.exchange.contents import MOST, Content, Contents, can_read, content_for, content_of
from renewctl.exchange.headers import (
    CLIENT_OR_NAME,
    field_name,
    find_columns,
    fold,
    match_names,
    read_headers,
    recognize_fields,
)
from renewctl.exchange.spreadsheet import Sheet
from renewctl.fields import COLUMNS
from renewctl.model import EMPTY
from renewctl.text import column_letters, list_some, quote_text

_DATA = frozenset({Content.DOMAINS, Content.ADDRESSES, Content.DATES})
_MOST_NAMED, _MOST_LISTED, _LONGEST_CELL = 8, 40, 40
_NOTES = frozenset({"memo", "note"})
"""Fields for notes. If several columns match, an import reads none and offers each.

A list of overrides is refused instead, because an override without a note would lose its note.
"""
_LABELS = {
    **{field: field for field in COLUMNS},
    "client": "client's domain",
    "name": "client's name",
    "hub_id": "client's hub ID",
    **{role.replace("-", "_"): label for role, label in ROLE_LABELS.items()},
    "renewal": "renewal date",
    "deadline": "renewal deadline",
    "owner": "renewal owner",
    "notify": "partner user",
}
"""The name of each field in messages."""
_NOUNS = {
    Content.DOMAINS: "a client's domain",
    Content.ADDRESSES: "an email address",
    Content.DATES: "a full date",
    Content.HUB_IDS: "a hub ID",
}
"""The noun for one cell with this content."""


class MatchedColumns(NamedTuple):
    """The columns of the fields, and messages about them.

    Args:
        columns: The column of each field that has one, from 0.
        unknown: The names of columns without a field.
        warnings: A warning for each column that is not read but looks like a field, with a command.
        column_notes: A note for each field whose column may be something else, in case most of its cells
            cannot be read.
        notes: Notes on columns that are read because their cells fit.
        cell_notes: The same note for the field of each such column, in case any of its cells is refused.
    """

    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    column_notes: Mapping[str, str] = EMPTY
    notes: tuple[str, ...] = ()
    cell_notes: Mapping[str, str] = EMPTY


def match_columns(
    sheet: Sheet, mapping: Mapping[str, str], *, wanted: Collection[str] = COLUMNS, file: str = ""
) -> MatchedColumns:
    """Return the column of each field.

    Args:
        sheet: The table.
        mapping: The header of each field, from ``--map``. If it is blank, the field has no column.
        wanted: The fields that are read. Ambiguous columns of other fields are ignored.
        file: The name of the file in messages.

    Raises:
        BadInput: If a field has several columns, the client has none, or a mapped name is unknown.
    """
    columns, table = sheet.columns, Contents(sheet)
    mapped, problems = _read_mapping(columns, mapping)
    named = {field_name(word) for word, name in mapping.items() if name.strip()}
    excluded = {field_name(word) for word, name in mapping.items() if not name.strip()}
    nameless = _find_without_addresses(table, mapped, {*wanted} - excluded - named)
    known = ["" if place in nameless else name for place, name in enumerate(columns)]
    matches = match_names(known, mapped, excluded, wanted, table.fits)
    has_owner = any(table.is_readable("owner", place) for place in matches.get("owner", ()))
    alone = [] if has_owner or "notify" in mapped else matches.pop("notify", [])
    ownerless = [place for place in alone if table.certain[place] == "notify"]
    problems += (
        _duplicate_columns(columns, field, places)
        for field, places in matches.items()
        if len(places) > 1 and field in wanted and not (field in _NOTES and "memo" in wanted)
    )
    chosen = {
        field: matches[field][0]
        for field in COLUMNS
        if len(matches.get(field, ())) == 1
        and (field in wanted or table.is_readable(field, matches[field][0]))
    }
    spare = [place for place in range(len(columns)) if place not in {*chosen.values(), *mapped.values()}]
    problems += (misread := [*_find_misread(columns, spare, {*wanted} - excluded - chosen.keys())])
    if "client" not in named and not misread:
        problems += _check_client(table, matches.get("client", []), spare)
    if problems:
        placed = [problem._replace(file=file, line=sheet.line, sheet=sheet.name) for problem in problems]
        raise BadInput("the columns cannot be matched to fields", problems=placed)
    read = {field: place for field, place in chosen.items() if field in wanted}
    by_cells = _find_read_by_cells(table, read, mapped)
    alternatives = {
        field: _suggest_alternative(table, field, place, spare)
        for field, place in chosen.items()
        if field != "client" and (field in by_cells or table.is_doubtful(field, place))
    }
    # A partner user without a renewal owner would be refused, so it is not offered.
    free = {*wanted} - excluded - chosen.keys() - (set() if has_owner else {"notify"})
    offers = _find_offers(table, free, excluded, read, mapped)
    return MatchedColumns(
        chosen,
        tuple(columns[place] for place in spare if columns[place].strip() and place not in ownerless),
        (*_warn_about_overrides(columns, mapped, chosen), *_warn_about(table, nameless, offers)),
        alternatives,
        (*_note_columns_by_cells(columns, by_cells), *_note_partner_users(columns, ownerless)),
        {field: note for field, note in alternatives.items() if field in by_cells},
    )


def _find_without_addresses(
    table: Contents, mapped: Mapping[str, int], roles: Collection[str]
) -> dict[int, str]:
    """Return the role, by column, of role columns that have no addresses."""
    return {
        place: field
        for place, field in enumerate(table.certain)
        if field in roles
        and COLUMNS[field].table == "contacts"
        and place not in mapped.values()
        and table.lacks_addresses(place)
    }


def clear_unreadable(sheet: Sheet, matched: MatchedColumns, fields: Collection[str]) -> Sheet:
    """Return a sheet in which unreadable cells of these fields are blank."""
    places = {field: place for field, place in matched.columns.items() if field in fields}
    if not places:
        return sheet
    rows = []
    for row in sheet.rows:
        cells = [*row.cells]
        for field, place in places.items():
            cells[place] = cells[place] if can_read(field, cells[place]) else None
        rows.append(row._replace(cells=tuple(cells)))
    return sheet._replace(rows=tuple(rows))


def add_column_notes(problems: Sequence[Problem], sheet: Sheet, matched: MatchedColumns) -> list[Problem]:
    """Return the problems of cells, with notes on how to skip wrong columns.

    The note is added if the column was matched by its cells, or most of its cells cannot be read.
    """
    bad = {(problem.column, problem.line) for problem in problems}
    notes = {matched.columns[field] + 1: note for field, note in matched.cell_notes.items()}
    for field, note in matched.column_notes.items():
        place = matched.columns[field]
        filled = sum(show_text(row.cells[place]) != "" for row in sheet.rows)
        number = sum(column == place + 1 for column, _ in bad)
        if number > 1 and number >= MOST * filled:
            notes[place + 1] = note
    return [problem._replace(note=notes.get(problem.column, problem.note)) for problem in problems]


def _read_mapping(columns: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[str, int], list[Problem]]:
    """Return the column of each mapped field, and the problems of the mapping."""
    mapped: dict[str, int] = {}
    problems: list[Problem] = []
    for word, name in mapping.items():
        field, places = field_name(word), find_columns(columns, name)
        if field not in COLUMNS:
            hint = f"use one of: {', '.join(COLUMNS)}"
            problems.append(Problem(f"--map: field {word!r} not found", hint=hint))
        elif not name.strip():
            continue
        elif not places:
            names = {fold(column): column for column in columns}
            near = get_close_matches(fold(name), names, 1, 0.6)
            hint = f"did you mean {names[near[0]]!r}?" if near else _suggest_columns(columns)
            problems.append(Problem(f"--map {word}: column {name!r} not found", hint=hint))
        elif len(places) > 1:
            problems.append(_duplicate_columns(columns, field, places))
        else:
            mapped[field] = places[0]
    return mapped, problems


def _find_misread(
    columns: Sequence[str], places: Sequence[int], wanted: Collection[str]
) -> Iterator[Problem]:
    """Yield a problem for each column whose name is a field's in the wrong encoding."""
    for place in places:
        message, hint = explain_odd_text(columns[place])
        if message and recognize_fields([restore_text(columns[place])], {}) & {*wanted}:
            yield Problem(f"column {message}", hint=hint, column=place + 1)


def _check_client(table: Contents, places: Sequence[int], spare: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem if the column of the client is missing or ambiguous.

    It is ambiguous if it has names and another column has domains.
    """
    columns = table.sheet.columns
    if not places and (data := [name for name in columns if content_of(name) in _DATA]):
        hint = "add a header line above it, for example client,renewal"
        yield Problem(f"the header line contains data: {list_some(data, 3)}", hint=hint)
        return
    offered = [place for place in spare if "client" in table.offer(place, ["client"])]
    domains = min(offered, key=lambda place: table.find_misfit("client", place) != "", default=None)
    if domains is None or not (option := _map_option(columns, "client", domains)):
        if not places:
            yield Problem("no column has the clients' domains", hint=_explain_no_domains(table))
        return
    misfit = _describe_misfit(table, "client", domains)
    if not places:
        but = f" (although {misfit})" if misfit else ""
        hint = f"add {option} if {columns[domains]!r} has the clients' domains{but}"
        yield Problem("no column has the clients' domains", hint=hint)
        return
    either = table.certain[places[0]] == CLIENT_OR_NAME
    if either and len(places) == 1 and table.content(places[0]) is Content.TEXT:
        message = f"{columns[places[0]]!r} has names and {columns[domains]!r} has web addresses"
        message += f", but {misfit}" if misfit else ""
        names = _map_option(columns, "client", places[0])
        hint = f"add {option} to identify clients by address, or {names} to identify them by name"
        yield Problem(message, hint=hint, column=places[0] + 1)


def _explain_no_domains(table: Contents) -> str:
    """Return a hint for a table in which no column looks like the client's."""
    columns = table.sheet.columns
    if table.sheet.rows and not any(table.has(Content.DOMAINS, place) for place in range(len(columns))):
        return "add a column with each client's domain, for example acme.example"
    return f"add --map client=HEADER for the column with the clients' domains ({_list_columns(columns)})"


def _duplicate_columns(columns: Sequence[str], field: str, places: Sequence[int]) -> Problem:
    named = places[:_MOST_NAMED]
    names = " and ".join(f"{columns[place]!r} ({column_letters(place + 1)})" for place in named)
    names += f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
    options = [_map_option(columns, field, place) for place in named]
    hint = f"choose one with {' or '.join(options)}" if all(options) else "give each column a unique name"
    return Problem(f"several columns match the field {field}: {names}", hint=hint, column=places[1] + 1)


def _list_columns(columns: Sequence[str]) -> str:
    names = [name for name in columns if name.strip()]
    return f"columns: {list_some(names, _MOST_LISTED)}" if names else "no column has a name"


def _suggest_columns(columns: Sequence[str]) -> str:
    return f"use one of the {_list_columns(columns)}" if any(map(str.strip, columns)) else "name the columns"


def _find_read_by_cells(table: Contents, read: Mapping[str, int], mapped: Collection[str]) -> dict[str, int]:
    """Return the columns, by field, that are read because their cells fit."""
    columns, fitting = table.sheet.columns, read_headers().fitting
    return {
        field: place
        for field, place in read.items()
        if field not in mapped and fold(columns[place]) in fitting and table.fits(field, place)
    }


def _note_columns_by_cells(columns: Sequence[str], by_cells: Mapping[str, int]) -> Iterator[str]:
    """Yield a note on the columns that are read because their cells fit, if any."""
    if by_cells:
        named = ", ".join(f"{columns[place]!r} as the {_LABELS[field]}" for field, place in by_cells.items())
        options = ", ".join(f"--map {field}=" for field in by_cells if field != "client")
        yield f"columns recognized by their cells: {named}{options and f' (to skip: {options})'}"


def _note_partner_users(columns: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    if places:
        what = "column" if len(places) == 1 else "columns"
        names = list_some([repr(columns[place]) for place in places], _MOST_NAMED)
        are = "is" if len(places) == 1 else "are"
        yield f"{what} {names} (partner user) {are} not used: the list has no column for the renewal owner"


def _find_offers(
    table: Contents,
    free: Collection[str],
    excluded: Collection[str],
    read: Mapping[str, int],
    mapped: Mapping[str, int],
) -> dict[int, list[str]]:
    """Return the fields, by column, of unread columns that look like a field."""
    blank = [
        field for field, place in read.items() if field not in mapped and table.fits(field, place) is None
    ]
    return {
        place: fields
        for place, certain in enumerate(table.certain)
        if place not in {*read.values(), *mapped.values()}
        and certain not in excluded
        and (fields := table.offer(place, free, blank))
    }


def _warn_about(
    table: Contents, nameless: Mapping[int, str], offers: Mapping[int, Sequence[str]]
) -> Iterator[str]:
    """Yield a warning for each unread column that looks like a field.

    There is a limit; the last warning counts the others.
    """
    columns = table.sheet.columns
    without = (
        f"column {columns[place]!r} ({_LABELS[field]}) is not used, because it has no email addresses"
        for place, field in nameless.items()
    )
    yield from islice(chain(without, (_warn(table, *offer) for offer in offers.items())), _MOST_NAMED)
    if (more := len(nameless) + len(offers) - _MOST_NAMED) > 0:
        yield f"{more} more columns look like fields but are not used"


def _warn(table: Contents, place: int, fields: Sequence[str]) -> str:
    """Return a warning that a column is not read, with a command that reads it."""
    name, content = table.sheet.columns[place], table.content(place)
    what = f"column {name!r}" if name.strip() else f"column {column_letters(place + 1)}, which has no name,"
    misfit = _describe_misfit(table, fields[0], place)
    because = f", because {misfit}" if misfit else ""
    has = "" if because or content is Content.TEXT else f"has {content} but "
    *others, last = (_LABELS[field] for field in fields)
    label = f"{', '.join(others)} or {last}" if others else last
    option = _map_option(table.sheet.columns, fields[0], place)
    option = option or "to read it, give it a unique name"
    return f"{what} {has}is not used{because}; check whether it is the {label} ({option})"


def _warn_about_overrides(
    columns: Sequence[str], mapped: Mapping[str, int], chosen: Collection[str]
) -> Iterator[str]:
    """Yield a warning for each mapped column of overrides that is not read."""
    for field, place in mapped.items():
        if COLUMNS[field].table == "override" and field not in chosen:
            yield f"column {columns[place]!r} ({_LABELS[field]}) is read only with --with-overrides"


def _describe_misfit(table: Contents, field: str, place: int) -> str:
    """Return which cell of a column does not fit a field, or "" if there is none."""
    misfit = table.find_misfit(field, place)
    return f"{quote_text(misfit, _LONGEST_CELL)} is not {_NOUNS[content_for(field)]}" if misfit else ""


def _suggest_alternative(table: Contents, field: str, place: int, spare: Sequence[int]) -> str:
    """Return a note on reading another column for a field, or on skipping the field."""
    columns = table.sheet.columns
    for other in spare:
        if table.offer(other, [field]) and (option := _map_option(columns, field, other)):
            return f"check whether {columns[other]!r} is the {_LABELS[field]} ({option})"
    return f"if column {columns[place]!r} is something else, skip it with --map {field}="


def _map_option(columns: Sequence[str], field: str, place: int) -> str:
    """Return the option that reads a column for a field, or "".

    Only a unique name can be used.
    """
    name = " ".join("".join(char for char in columns[place] if char.isprintable() or char.isspace()).split())
    return f"--map {quote(f'{field}={name}')}" if find_columns(columns, name) == [place] else ""
