"""One recorded change: its author, its values and texts, and its line of JSON.

Imports ``model`` and ``formats.entries`` only.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from renewctl.formats.entries import Swap
from renewctl.model import Change

_DATE, _TIME = "$date", "$time"


class Author(NamedTuple):
    """Whose hand changes the store: user and host, the UTC time as ISO 8601, and why, if said."""

    user: str
    host: str
    at: str
    note: str = ""


class Record(NamedTuple):
    """One change of the store, a bulk change too.

    ``before`` and ``after`` are the digests of the store, ``parent`` the id of the record before,
    ``undoes`` the id of the change that this one takes back, if it does. ``outside`` says that the
    store was changed by something else between the record before and this one, ``unsure`` that nobody
    knows whether the change was made: its writer was killed, and something else wrote the store then.
    """

    author: Author
    command: str
    changes: tuple[Change, ...]
    swaps: tuple[Swap, ...]
    before: str
    after: str
    undoes: str = ""
    id: str = ""
    parent: str = ""
    outside: bool = False
    unsure: bool = False


def document_of(record: Record) -> dict[str, Any]:
    """Return the line of a record, as data; ``dated`` writes the dates in it."""
    return {
        "id": record.id,
        "parent": record.parent or None,
        **record.author._asdict(),
        "command": record.command,
        **({"undoes": record.undoes} if record.undoes else {}),
        "changes": [_change_document(change) for change in record.changes],
        "texts": [_swap_document(swap) for swap in record.swaps],
        "before": record.before,
        "after": record.after,
    }


def _change_document(change: Change) -> dict[str, Any]:
    found = {"path": list(change.path), "before": change.before, "after": change.after}
    return {**found, "renamed": True} if change.renamed else found


def _swap_document(swap: Swap) -> dict[str, Any]:
    """Return a swap without its empty fields, since most are empty."""
    return {
        key: value for key, value in swap._asdict().items() if value and (key, value) != ("was", swap.path)
    }


def _swap(found: Mapping[str, Any]) -> Swap:
    path = tuple(found.get("path", ()))
    was, after = tuple(found.get("was", path)), tuple(found.get("after", ()))
    old, new, old_gap, new_gap = (found.get(key, "") for key in ("old", "new", "old_gap", "new_gap"))
    return Swap(path, was, old, new, old_gap, new_gap, after)


def dated(value: Any) -> dict[str, str]:
    """Return a date or time as JSON can say it, for ``json.dumps``: a table with one key.

    The fields of renewctl hold dates only; keys of the user's own hold whatever TOML can.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, date | time):
        return {_DATE if isinstance(value, date) else _TIME: value.isoformat()}
    raise TypeError(f"a {type(value).__name__} has no place in the history")


def record_of(line: Mapping[str, Any]) -> Record:
    """Return the record that is in a line.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the line holds no record.
    """
    return Record(
        Author(line["user"], line["host"], line["at"], line["note"]),
        line["command"],
        tuple(_changes(line["changes"])),
        tuple(_swap(found) for found in line["texts"]),
        line["before"],
        line["after"],
        line.get("undoes", ""),
        line["id"],
        line["parent"] or "",
    )


def _changes(found: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    for one in found:
        before, after = _value(one["before"]), _value(one["after"])
        yield Change(tuple(one["path"]), after, before, renamed=one.get("renamed", False))


def _value(found: Any) -> Any:
    if isinstance(found, dict):
        if found.keys() == {_DATE}:
            kind = datetime if "T" in found[_DATE] else date
            return kind.fromisoformat(found[_DATE])
        if found.keys() == {_TIME}:
            return time.fromisoformat(found[_TIME])
        return {key: _value(inner) for key, inner in found.items()}
    return [_value(inner) for inner in found] if isinstance(found, list) else found
