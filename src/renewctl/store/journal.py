"""The lines of the history: records of changes and their outcomes, as JSON."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from renewctl.formats.entries import HOLDERS, Swap
from renewctl.model import Change

OUTCOMES = ("done", "dropped", "unsure")
_DATE, _TIME = "$date", "$time"


class Author(NamedTuple):
    """The author of a change: user, host, UTC time in ISO 8601, and the reason."""

    user: str
    host: str
    at: str
    note: str = ""


class Record(NamedTuple):
    """The record of one command that changed the data file.

    Args:
        author: Who made the change, when and why.
        command: The command.
        changes: The values that it changed.
        swaps: The texts that it changed, for undo.
        before: The digest of the file before the change.
        after: The digest of the file after the change.
        undoes: The ID of the change that this one reverses.
        id: The ID of this record.
        parent: The ID of the record before.
        outside: Whether something else changed the file between that record and this one.
        unsure: Whether it is unknown if the change was made: its writer was killed, and then something else
            wrote the file.
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


class Settlement(NamedTuple):
    """The outcome of the record with an ID.

    In the journal, the outcome is the key and the ID its value.
    """

    id: str
    outcome: str


def decode_line(text: bytes) -> Record | Settlement | None:
    """Return a decoded line; None if it is incomplete or not written by renewctl."""
    try:
        line = json.loads(text, object_hook=_decode_date)
        if "id" in line:
            return _record_from_json(line) if isinstance(line["id"], str) else None
        outcome = next(outcome for outcome in OUTCOMES if isinstance(line.get(outcome), str))
        return Settlement(line[outcome], outcome)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        return None


def encode_line(line: Mapping[str, Any]) -> bytes:
    """Return a line of the journal, without its end."""
    return json.dumps(line, separators=(",", ":"), default=_encode_date).encode()


def _encode_date(value: date | time) -> dict[str, str]:
    # Fields of renewctl contain only dates; the user's own keys can contain anything that TOML can.
    return {_DATE if isinstance(value, date) else _TIME: value.isoformat()}


def _decode_date(table: dict[str, Any]) -> Any:
    if table.keys() == {_DATE}:
        kind = datetime if "T" in table[_DATE] else date
        return kind.fromisoformat(table[_DATE])
    return time.fromisoformat(table[_TIME]) if table.keys() == {_TIME} else table


def encode_record(record: Record) -> dict[str, Any]:
    """Return the line of a record, as JSON data."""
    changes = [
        {"path": list(change.path), "before": change.before, "after": change.after}
        | ({"renamed": True} if change.renamed else {})
        for change in record.changes
    ]
    # Omit empty fields, and ``was`` where it is the path: that is most of them.
    texts = [
        {key: value for key, value in swap._asdict().items() if value and (key, value) != ("was", swap.path)}
        for swap in record.swaps
    ]
    return {
        "id": record.id,
        "parent": record.parent or None,
        **record.author._asdict(),
        "command": record.command,
        **({"undoes": record.undoes} if record.undoes else {}),
        "changes": changes,
        "texts": texts,
        "before": record.before,
        "after": record.after,
    }


def _record_from_json(line: Mapping[str, Any]) -> Record:
    """Return the record of a line.

    Raises:
        TypeError, LookupError: If renewctl did not write it.
    """
    changes = []
    for change in line["changes"]:
        path, before, after = _read_path(change["path"]), change["before"], change["after"]
        if len(path) < 1 + (path[0] in HOLDERS) or _has_null(before) or _has_null(after):
            raise TypeError("a change cannot have this path or value")
        changes.append(Change(path, after, before, renamed=change.get("renamed", False)))
    swaps = []
    for swap in line["texts"]:
        path = _read_path(swap.get("path", ()))
        was, above = _read_path(swap.get("was", path)), _read_path(swap.get("after", ()))
        old, new, old_gap, new_gap = (
            _read_text(swap.get(key, "")) for key in ("old", "new", "old_gap", "new_gap")
        )
        swaps.append(Swap(path, was, old, new, old_gap, new_gap, above))
    author = Author(*(_read_text(line[key]) for key in Author._fields))
    command, before, after = (_read_text(line[key]) for key in ("command", "before", "after"))
    undoes, parent = _read_text(line.get("undoes", "")), _read_text(line["parent"] or "")
    return Record(author, command, tuple(changes), tuple(swaps), before, after, undoes, line["id"], parent)


def _read_path(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError("a path must be a list")
    return tuple(map(_read_text, value))


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("the value must be text")
    return value


def _has_null(value: Any) -> bool:
    """Return whether a table or list contains null, which a change cannot have."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(each is None or _has_null(each) for each in inner)
