"""From the names of a table's columns to the fields that they mean: by name, never by position."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from renewctl.domain.identifiers import plain_key
from renewctl.fields import COLUMNS
from renewctl.package_data import read_texts

_SIGNS = re.compile(r"[\W_]+")
CLIENT_OR_NAME = "client-or-name"
# Notes are a client's memo. A list of overrides has no memos: there they are an override's note.
_OTHERWISE = {"memo": "note"}


def fold(name: str) -> str:
    """Return a name in the form it is compared in: without case, accents, spaces and signs."""
    return _SIGNS.sub("", plain_key(name))


class Headers(NamedTuple):
    """The known names of columns, folded; ``texts/headers.toml`` says what the groups mean.

    Args:
        certain: The field, or ``CLIENT_OR_NAME``, that a name means whatever the cells are.
        fitting: The field that a name means if the cells fit.
        ambiguous: The fields that a name may mean.
        other: Names that mean no field.
    """

    certain: Mapping[str, str]
    fitting: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    other: frozenset[str]


@cache
def read_headers() -> Headers:
    """Return the known names of columns: those of ``texts/headers.toml``, and each field's own name."""
    texts = read_texts("headers")

    def names(languages: Mapping[str, object]) -> list[str]:
        return [fold(name) for found in languages.values() if isinstance(found, list) for name in found]

    own = {fold(field): field for field in COLUMNS if field != "client"}
    return Headers(
        {name: field for field, group in texts["certain"].items() for name in names(group)} | own,
        {name: field for field, group in texts["fitting"].items() for name in names(group)},
        {
            name: tuple(group["fields"])
            for group in texts["ambiguous"]
            for name in names({key: value for key, value in group.items() if key != "fields"})
        },
        frozenset(names(texts["other"])),
    )


def recognize_fields(columns: Sequence[str], mapping: Mapping[str, str]) -> frozenset[str]:
    """Return the fields whose column is recognized in a row that is taken as the header.

    The row may be any: ``mapping`` counts where it names one of the columns, and nothing is refused.
    """
    mapped = {
        field_name(word): places[0]
        for word, name in mapping.items()
        if field_name(word) in COLUMNS and (places := find_columns(columns, name))
    }
    left_out = {field_name(word) for word, name in mapping.items() if not name.strip()}
    return frozenset(match_names(columns, mapped, left_out))


def field_name(word: str) -> str:
    """Return a field's name as ``--map`` has it, which may be typed with a hyphen."""
    return word.strip().lower().replace("-", "_")


def find_columns(columns: Sequence[str], name: str) -> list[int]:
    """Return the columns of that name: the exact name if there are any, otherwise as names are compared."""
    typed, folded = name.strip(), fold(name)
    exact = [place for place, column in enumerate(columns) if column == typed != ""]
    return exact or [place for place, column in enumerate(columns) if fold(column) == folded != ""]


def match_names(
    columns: Sequence[str],
    mapped: Mapping[str, int],
    left_out: Collection[str] = (),
    wanted: Collection[str] = COLUMNS,
    fits: Callable[[str, int], bool | None] | None = None,
) -> dict[str, list[int]]:
    """Return the columns that hold each field by their names: more than one is for the user to settle.

    Args:
        columns: The names of the columns.
        mapped: The columns that the user mapped to fields.
        left_out: Fields that have no column, whatever the names say.
        wanted: Fields that are read.
        fits: Whether the cells of a column fit a field, None if that is not known; asked about names
            that do not decide alone. What is not known counts as fitting if no other column fits.
            Without the function, nothing is known.
    """
    headers = read_headers()
    matches: dict[str, list[int]] = {field: [place] for field, place in mapped.items()}
    free = [(place, fold(name)) for place, name in enumerate(columns) if place not in mapped.values()]
    for known in (headers.certain, headers.fitting):
        found: dict[str, list[int]] = {}
        for place, name in free:
            field = known.get(name, "")
            if field not in wanted and name != field:
                field = _OTHERWISE.get(field, field)
            if field in COLUMNS and field not in matches and field not in left_out:
                found.setdefault(field, []).append(place)
        matches |= found if known is headers.certain else _choose_fitting(found, "owner" in matches, fits)
    either = "client" if "client" not in matches else "name"
    places = [place for place, name in free if headers.certain.get(name) == CLIENT_OR_NAME]
    if places and either not in mapped and either not in left_out:
        # In a table that has a domain and a name besides, that is one column too many: the user decides.
        matches.setdefault(either, []).extend(places)
    return matches


def _choose_fitting(
    found: Mapping[str, Sequence[int]], has_owner: bool, fits: Callable[[str, int], bool | None] | None
) -> dict[str, list[int]]:
    """Return the columns, of those whose names do not decide, that are a field by their cells.

    Of two that fit, neither is certain. Only the client is needed, so that there the user decides. Who is
    responsible is a setting only beside an owner.
    """
    chosen: dict[str, list[int]] = {}
    for field, places in found.items():
        known = {place: fits(field, place) if fits else None for place in places}
        fitting = [place for place in places if known[place]]
        fitting = fitting or [place for place in places if known[place] is None]
        if (len(fitting) == 1 or (fitting and field == "client")) and (field != "notify" or has_owner):
            chosen[field] = fitting
    return chosen
