"""Match column names to fields. The position of a column does not matter."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from renewctl.domain.identifiers import plain_key
from renewctl.fields import COLUMNS
from renewctl.package_data import read_texts

_SIGNS = re.compile(r"[\W_]+")
CLIENT_OR_NAME = "client-or-name"
# A column of notes is a client's memo. A list of overrides has no memos: there, it is the override's note.
_FALLBACKS = {"memo": "note"}


def fold(name: str) -> str:
    """Return a name for comparison: without case, accents, spaces and punctuation."""
    return _SIGNS.sub("", plain_key(name))


def fold_all(languages: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the words of a group in ``texts/``, by language there, for comparison."""
    return [fold(word) for words in languages.values() for word in words]


class Headers(NamedTuple):
    """The known column names, folded. ``texts/headers.toml`` explains the groups.

    Args:
        certain: The field of each name, or ``CLIENT_OR_NAME``, whatever the cells contain.
        fitting: The field of each name, if the cells fit it.
        ambiguous: The possible fields of each name.
        other: Names that are not those of a field.
    """

    certain: Mapping[str, str]
    fitting: Mapping[str, str]
    ambiguous: Mapping[str, tuple[str, ...]]
    other: frozenset[str]


@cache
def read_headers() -> Headers:
    """Return the names in ``texts/headers.toml``, and those of the fields."""
    texts = read_texts("headers")
    own = {fold(field): field for field in COLUMNS if field != "client"}
    return Headers(
        {name: field for field, group in texts["certain"].items() for name in fold_all(group)} | own,
        {name: field for field, group in texts["fitting"].items() for name in fold_all(group)},
        {
            name: tuple(group["fields"])
            for group in texts["ambiguous"]
            for name in fold_all({key: group[key] for key in group.keys() - {"why", "fields"}})
        },
        frozenset(fold_all(texts["other"])),
    )


def recognize_fields(columns: Sequence[str], mapping: Mapping[str, str]) -> frozenset[str]:
    """Return the fields that are recognized in a row, if it were the header.

    Any row can be passed: names in ``mapping`` that are not in the row are ignored.
    """
    mapped = {
        field_name(word): places[0]
        for word, name in mapping.items()
        if field_name(word) in COLUMNS and (places := find_columns(columns, name))
    }
    excluded = {field_name(word) for word, name in mapping.items() if not name.strip()}
    return frozenset(match_names(columns, mapped, excluded))


def field_name(word: str) -> str:
    """Return the field that a word of ``--map`` names. The word can have hyphens."""
    return word.strip().lower().replace("-", "_")


def find_columns(columns: Sequence[str], name: str) -> list[int]:
    """Return the columns with this name, otherwise with this folded name."""
    typed, folded = name.strip(), fold(name)
    exact = [place for place, column in enumerate(columns) if column == typed != ""]
    return exact or [place for place, column in enumerate(columns) if fold(column) == folded != ""]


def match_names(
    columns: Sequence[str],
    mapped: Mapping[str, int],
    excluded: Collection[str] = (),
    wanted: Collection[str] = COLUMNS,
    fits: Callable[[str, int], bool | None] | None = None,
) -> dict[str, list[int]]:
    """Return the columns of each field by their names.

    If a field has several columns, the user must choose.

    Args:
        columns: The names of the columns.
        mapped: The columns that the user mapped to fields.
        excluded: Fields that have no column, whatever the names are.
        wanted: Fields that are read.
        fits: Return whether the cells of a column fit a field, or None if this is unknown. It is called
            for names that are not certain. Unknown counts as fitting if no other column fits. Without
            the function, everything is unknown.
    """
    headers = read_headers()
    matches: dict[str, list[int]] = {field: [place] for field, place in mapped.items()}
    free = [(place, fold(name)) for place, name in enumerate(columns) if place not in mapped.values()]
    for known in (headers.certain, headers.fitting):
        found: dict[str, list[int]] = {}
        for place, name in free:
            field = known.get(name, "")
            if field not in wanted and name != field:
                field = _FALLBACKS.get(field, field)
            if field in COLUMNS and field not in matches and field not in excluded:
                found.setdefault(field, []).append(place)
        matches |= found if known is headers.certain else _choose_fitting(found, "owner" in matches, fits)
    either = "client" if "client" not in matches else "name"
    places = [place for place, name in free if headers.certain.get(name) == CLIENT_OR_NAME]
    if places and either not in mapped and either not in excluded:
        # If the table also has a domain and a name, this is one column too many: the user must choose.
        matches.setdefault(either, []).extend(places)
    return matches


def _choose_fitting(
    found: Mapping[str, Sequence[int]], has_owner: bool, fits: Callable[[str, int], bool | None] | None
) -> dict[str, list[int]]:
    """Choose the columns of fields by their cells, if their names are uncertain.

    If two columns fit a field, neither is used. Only the client is required, so for the client both are
    returned and the user must choose. A partner user is read only if there is an owner.
    """
    chosen: dict[str, list[int]] = {}
    for field, places in found.items():
        known = {place: fits(field, place) if fits else None for place in places}
        fitting = [place for place in places if known[place]]
        fitting = fitting or [place for place in places if known[place] is None]
        if (len(fitting) == 1 or (fitting and field == "client")) and (field != "notify" or has_owner):
            chosen[field] = fitting
    return chosen
