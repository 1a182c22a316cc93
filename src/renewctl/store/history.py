"""The history: an append-only journal of JSON lines next to the data file.

A change is recorded and synced before the file is replaced, and marked as done afterwards. If the writer
is killed in between, the digest of the file shows whether the change was made.
"""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from renewctl import files
from renewctl.access import follow_access, read_access
from renewctl.errors import FileError
from renewctl.formats.entries import HOLDERS, Swap
from renewctl.model import Change

SUFFIX = ".history.jsonl"
_MOST_JOURNALS = 20
_OUTCOMES = ("done", "dropped", "unsure")
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


class History(NamedTuple):
    """The records, oldest first, and the numbers of unreadable lines.

    ``outside``: whether something else changed the data file after the last record.
    """

    records: tuple[Record, ...] = ()
    outside: bool = False
    unreadable: tuple[int, ...] = ()


class _Settlement(NamedTuple):
    """The outcome of the record with an ID.

    In the journal, the outcome is the key and the ID its value.
    """

    id: str
    outcome: str


def path_of(store: Path) -> Path:
    """Return the path of the journal, next to the file that links lead to."""
    try:
        real = files.resolve_link(store)
    except FileNotFoundError:
        real = store  # Without a data file, its journal can still exist.
    return real.with_name(real.name + SUFFIX)


def read(store: Path, digest: str) -> History:
    """Return the history; ``digest`` settles a record that a killed writer left open.

    Raises:
        FileError: If the journal exists and cannot be read.
    """
    path = path_of(store)
    try:
        texts = _read_lines(path)
    except OSError as error:
        raise files.explain_os_error("read", path, error) from None
    lines = [_decode(text) for text in texts]
    unreadable = tuple(n for n, text in enumerate(texts, 1) if text.strip() and not lines[n - 1])
    outcomes = {line.id: line.outcome for line in lines if isinstance(line, _Settlement)}
    records: list[Record] = []
    last_digest = ""
    for line in lines:
        if not isinstance(line, Record):
            continue
        outcome = outcomes.get(line.id) or _outcome_by_digest(line, digest)
        if outcome == "dropped":
            continue
        outside = bool(records) and last_digest != line.before
        records.append(line._replace(outside=outside, unsure=outcome == "unsure"))
        last_digest = line.after if outcome == "done" else line.before
    return History(tuple(records), bool(records) and last_digest != digest, unreadable)


def find_renamed(store: Path, digest: str, *, certain: bool) -> tuple[Path, Path] | None:
    """Return the old and new journal paths of a data file that was renamed by hand.

    The old one is a journal without a data file that ends with the content of this ``digest``. If there is
    none, and it need not be ``certain``, it is the only journal without a data file.
    """
    here = path_of(store)
    orphans = []
    with suppress(OSError, FileError):
        names = [name for name in sorted(os.listdir(here.parent)) if name.endswith(SUFFIX)]
        for path in map(here.with_name, names[:_MOST_JOURNALS]):
            old = path.with_name(path.name.removesuffix(SUFFIX))
            if path != here and path.is_file() and not path.is_symlink() and not os.path.lexists(old):
                orphans.append(path)
    matching = [path for path in orphans if _ends_with(path, digest)]
    found = matching or ([] if certain else orphans)
    if len(found) != 1:
        return None
    # Relative to the path that the user gave, unless it is a link: the journal is next to its target.
    folder = here.parent if store.is_symlink() else store.parent
    return folder / found[0].name, folder / here.name


def _ends_with(path: Path, digest: str) -> bool:
    records = [line for line in map(_decode, _read_lines(path)) if isinstance(line, Record)]
    return bool(records) and records[-1].after == digest


def begin_record(store: Path, record: Record) -> Record:
    """Record a change that is about to be made, and sync the record to disk.

    Call it under the lock. A record that a killed writer left open is settled first. Return the record
    with its ID and its parent.

    Raises:
        FileError: If it cannot be recorded; then the change must not be made.
    """
    path = path_of(store)
    try:
        old = _read_lines(path)
        lines = [b""] if old[-1] else []  # A killed writer left half a line.
        last = next((line for line in map(_decode, reversed(old)) if line), None)
        if isinstance(last, Record):
            lines.append(_encode({_outcome_by_digest(last, record.before): last.id}))
        author, parent = record.author, last.id if last else ""
        # The text includes the parent, so no two records of a file have the same text, and so the same ID.
        text = "\n".join((parent, author.at, author.user, author.host, record.before, record.after))
        record = record._replace(parent=parent, id=files.digest(text.encode())[:8])
        lines.append(_encode(_record_to_json(record)))
        _append(path, b"\n".join(lines) + b"\n", store)
    except OSError as error:
        raise files.explain_os_error("record the change in", path, error) from None
    return record


def finish_record(store: Path, record: Record, outcome: str = "done") -> list[str]:
    """Record that a change was made or ``dropped``.

    If that fails, the next writer settles it.

    Return warnings, not errors, because the data file has been replaced by now.
    """
    try:
        _append(path_of(store), _encode({outcome: record.id}) + b"\n", store)
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or error
        return [f"saved, but the history could not be updated: {reason}"]
    return []


def _outcome_by_digest(record: Record, digest: str) -> str:
    """Return the outcome of an open record, by the digest of the data file."""
    return {record.after: "done", record.before: "dropped"}.get(digest, "unsure")


def _append(path: Path, data: bytes, store: Path) -> None:
    """Append ``data`` to the journal and wait until it is on the disk.

    Everybody who can write the data file can write the journal, and nobody else can read it. If writing
    fails, half a line is removed.
    """
    new = not _is_file(path)
    follow = 0 if path.is_symlink() else getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | follow, files.NEW_FILE_MODE)
    try:
        with suppress(FileNotFoundError):  # Replacing the data file reports this error.
            access = read_access(store)
            access = access._replace(mode=access.mode & 0o666 | files.NEW_FILE_MODE)
            follow_access(handle, access)
        size = os.fstat(handle).st_size
        try:
            files.write_all(handle, data)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(handle, size)  # Half a line would hinder the next writer.
            raise
    finally:
        os.close(handle)
    if new and files.sync_folder(path.parent):
        raise FileError(f"the folder of '{path}' could not be synced to disk", hint="check the disk")


def _is_file(path: Path) -> bool:
    """Return whether the file exists; refuse what is not a file.

    Opening a pipe would wait for a reader.
    """
    files.refuse_foreign_link(path)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        if path.is_symlink():
            message = f"'{path}' links to '{os.path.realpath(path)}', which does not exist"
            raise FileError(message, hint="correct the link") from None
        return False
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"'{path}' is not a regular file", hint="move it away")
    return True


def _read_lines(path: Path) -> list[bytes]:
    """Return the lines of the journal; the last is empty unless a writer was killed."""
    return (path.read_bytes() if _is_file(path) else b"").split(b"\n")


def _decode(text: bytes) -> Record | _Settlement | None:
    """Return a decoded line; None if it is incomplete or not written by renewctl."""
    try:
        line = json.loads(text, object_hook=_decode_date)
        if "id" in line:
            return _record_from_json(line) if isinstance(line["id"], str) else None
        outcome = next(outcome for outcome in _OUTCOMES if isinstance(line.get(outcome), str))
        return _Settlement(line[outcome], outcome)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError):
        return None


def _encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":"), default=_encode_date).encode()


def _encode_date(value: date | time) -> dict[str, str]:
    # Fields of renewctl contain only dates; the user's own keys can contain anything that TOML can.
    return {_DATE if isinstance(value, date) else _TIME: value.isoformat()}


def _decode_date(table: dict[str, Any]) -> Any:
    if table.keys() == {_DATE}:
        kind = datetime if "T" in table[_DATE] else date
        return kind.fromisoformat(table[_DATE])
    return time.fromisoformat(table[_TIME]) if table.keys() == {_TIME} else table


def _record_to_json(record: Record) -> dict[str, Any]:
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
