"""From the names above a table's columns to the fields they hold: by name, never by position."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple
from unicodedata import combining, normalize

from renewctl.errors import BadInput, Problem
from renewctl.fields import CLIENT_OR_NAME_HEADERS, COLUMNS
from renewctl.text import column_letters

# Letters that are not a letter and an accent to Unicode, but are to whoever types without them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_SIGNS = re.compile(r"[\W_]+")


def fold(name: str) -> str:
    """Return a name in the form it is compared in: without case, accents, spaces and signs."""
    bare = "".join(char for char in normalize("NFKD", name.casefold()) if not combining(char))
    return _SIGNS.sub("", bare.casefold().translate(_PLAIN))


_FIELD_OF_HEADER = {
    fold(header): name for name, column in COLUMNS.items() for header in column.headers.split(";") if header
} | {fold(name): name for name in COLUMNS if name != "client"}
_CLIENT_OR_NAME = frozenset(map(fold, CLIENT_OR_NAME_HEADERS.split(";")))


class MatchedColumns(NamedTuple):
    """Which column, from 0, holds which field; ``unknown`` are the names of those that hold none."""

    columns: Mapping[str, int]
    unknown: tuple[str, ...]


def match_columns(
    columns: Sequence[str], mapping: Mapping[str, str], *, file: str = "", line: int = 0
) -> MatchedColumns:
    """Return which column holds which field; ``mapping``, field to name, goes before the other headers.

    Raises:
        BadInput: If a field has several columns, no column is the client's, or the mapping names what
            does not exist; all at once.
    """
    problems: list[Problem] = []
    mapped: dict[str, int] = {}
    for word, name in mapping.items():
        field, places = _field_name(word), _find_columns(columns, name)
        if field not in COLUMNS:
            hint = f"the fields: {', '.join(COLUMNS)}"
            problems.append(Problem(f"--map: there is no field {word!r}", hint=hint))
        elif not places:
            names = {fold(column): column for column in columns}
            near = get_close_matches(fold(name), names, 1, 0.6)
            hint = f"did you mean {names[near[0]]!r}?" if near else _list_columns(columns)
            problems.append(Problem(f"--map {word}: there is no column {name!r}", hint=hint))
        elif len(places) > 1:
            problems.append(_several_columns(columns, field, places))
        else:
            mapped[field] = places[0]
    matches = _match_headers(columns, mapped)
    problems += (
        _several_columns(columns, field, places) for field, places in matches.items() if len(places) > 1
    )
    if "client" not in matches and "client" not in map(_field_name, mapping):
        example = f"--map 'client={_nearest_to_client(columns) or 'HEADER'}' names it"
        hint = f"{example}; {_list_columns(columns)}"
        problems.append(Problem("no column is the client's domain", hint=hint))
    if problems:
        placed = [problem._replace(file=file, line=line) for problem in problems]
        raise BadInput("the columns cannot be told", problems=placed)
    chosen = {field: matches[field][0] for field in COLUMNS if field in matches}
    used = set(chosen.values())
    unknown = (name for place, name in enumerate(columns) if name.strip() and place not in used)
    return MatchedColumns(chosen, tuple(unknown))


def recognised(columns: Sequence[str], mapping: Mapping[str, str]) -> frozenset[str]:
    """Return the fields whose column is recognised in a row that is taken as the header.

    The row may be any: ``mapping`` counts where it names one of the columns, and nothing is refused.
    """
    mapped = {
        _field_name(word): places[0]
        for word, name in mapping.items()
        if _field_name(word) in COLUMNS and (places := _find_columns(columns, name))
    }
    left_out = {_field_name(word) for word, name in mapping.items() if not name.strip()}
    return frozenset(_match_headers(columns, mapped)) - left_out


def _field_name(word: str) -> str:
    return word.strip().lower().replace("-", "_")


def _find_columns(columns: Sequence[str], name: str) -> list[int]:
    """Return the columns of that name: the exact name if there are any, otherwise as names are compared."""
    exact = [place for place, column in enumerate(columns) if column == name.strip() != ""]
    return exact or [place for place, column in enumerate(columns) if fold(column) == fold(name) != ""]


def _match_headers(columns: Sequence[str], mapped: Mapping[str, int]) -> dict[str, list[int]]:
    """Return the columns that may hold each field, given those that the user mapped."""
    matches: dict[str, list[int]] = {field: [place] for field, place in mapped.items()}
    free = [(place, fold(name)) for place, name in enumerate(columns) if place not in mapped.values()]
    for place, name in free:
        field = _FIELD_OF_HEADER.get(name)
        if field and field not in mapped:
            matches.setdefault(field, []).append(place)
    either = "client" if "client" not in matches else "name"
    places = [place for place, name in free if name in _CLIENT_OR_NAME]
    if places and either not in mapped:
        # In a table that has a domain and a name besides, that is one column too many: the user decides.
        matches.setdefault(either, []).extend(places)
    return matches


def _several_columns(columns: Sequence[str], field: str, places: Sequence[int]) -> Problem:
    names = " and ".join(f"{columns[place]!r} ({column_letters(place + 1)})" for place in places)
    hint = f"keep one of them, or say which: --map '{field}=HEADER'"
    return Problem(f"several columns are the {field}: {names}", hint=hint, column=places[1] + 1)


def _nearest_to_client(columns: Iterable[str]) -> str:
    names = {fold(column): column for column in columns if fold(column) not in _FIELD_OF_HEADER}
    headers = (*_CLIENT_OR_NAME, *(header for header, name in _FIELD_OF_HEADER.items() if name == "client"))
    near = (match for header in headers for match in get_close_matches(header, names, 1, 0.6))
    return next((names[match] for match in near), "")


def _list_columns(columns: Iterable[str]) -> str:
    return f"the columns: {', '.join(name for name in columns if name.strip()) or 'none has a name'}"
