"""One change on record: its author, its values and texts, and the JSON that says it.

Imports ``model`` and its neighbour ``patch``.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from renewctl.model import Change
from renewctl.store.history.patch import Patch

_DATE, _TIME = "$date", "$time"


class Author(NamedTuple):
    """Whose hand changes the store: user and host, the UTC time as ISO 8601, and why, if said."""

    user: str
    host: str
    at: str
    note: str = ""


class Entry(NamedTuple):
    """One change of the store, a bulk change too.

    ``before`` and ``after`` are the digests of the store, ``parent`` the id of the entry before,
    ``undoes`` the id of the change that this one takes back, if it does. ``outside`` says that the
    store was changed by something else between the entry before and this one, ``unsure`` that nobody
    knows whether the change was made: its writer was killed, and something else wrote the store then.
    """

    author: Author
    command: str
    changes: tuple[Change, ...]
    patches: tuple[Patch, ...]
    before: str
    after: str
    undoes: str = ""
    id: str = ""
    parent: str = ""
    outside: bool = False
    unsure: bool = False


def document_of(entry: Entry) -> dict[str, Any]:
    """Return the line that says an entry; its dates are for ``dated`` to say."""
    return {
        "id": entry.id,
        "parent": entry.parent or None,
        **entry.author._asdict(),
        "command": entry.command,
        **({"undoes": entry.undoes} if entry.undoes else {}),
        "changes": [_change_document(change) for change in entry.changes],
        "patches": [patch._asdict() for patch in entry.patches],
        "before": entry.before,
        "after": entry.after,
    }


def _change_document(change: Change) -> dict[str, Any]:
    found = {"path": list(change.path), "before": change.before, "after": change.after}
    return {**found, "renamed": True} if change.renamed else found


def dated(value: Any) -> dict[str, str]:
    """Return a date or time as JSON can say it, for ``json.dumps``: a table with one key.

    The fields of renewctl hold dates only; keys of the user's own hold whatever TOML can.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, date | time):
        return {_DATE if isinstance(value, date) else _TIME: value.isoformat()}
    raise TypeError(f"a {type(value).__name__} has no place in the history")


def entry_of(line: Mapping[str, Any]) -> Entry:
    """Return the entry that a line says.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it says none.
    """
    return Entry(
        Author(line["user"], line["host"], line["at"], line["note"]),
        line["command"],
        tuple(_changes(line["changes"])),
        tuple(Patch(**patch) for patch in line["patches"]),
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
