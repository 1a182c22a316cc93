"""What was changed, by whom, when and why: a journal of JSON lines next to the store, only added to.

A change is written down and synced before the store is replaced, and afterwards that it is done.
What was killed in between is settled by the store's digest.
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
    """Who changes the store: user and host, the UTC time as ISO 8601, and why, if a note was given."""

    user: str
    host: str
    at: str
    note: str = ""


class Record(NamedTuple):
    """One change of the store, a bulk change too; ``before`` and ``after`` are the store's digests.

    ``undoes`` and ``parent`` are the ids of the change that this one takes back and of the record before.
    ``outside`` says that something else changed the store between that record and this one, ``unsure``
    that nobody knows whether the change was made: its writer was killed, then something else wrote the store.
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
    """What was done, oldest first, and the numbers of unreadable lines.

    ``outside`` says that something else changed the store since.
    """

    records: tuple[Record, ...] = ()
    outside: bool = False
    unreadable: tuple[int, ...] = ()


class _Settlement(NamedTuple):
    """What became of the record with an id; in the journal the outcome is the key, the id its value."""

    id: str
    outcome: str


def path_of(store: Path) -> Path:
    """Return the journal's path, next to the file that a link leads to."""
    try:
        real = files.resolve_link(store)
    except FileNotFoundError:
        real = store  # No store: its journal may still be there.
    return real.with_name(real.name + SUFFIX)


def read(store: Path, digest: str) -> History:
    """Return what was done to a store; ``digest``, of its content, settles what a killed writer left open.

    Raises:
        FileError: If there is a journal, but it cannot be read.
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
    """Return the journal that a store had before it was renamed by hand, and the one it has now.

    That is one whose store is not there any more, and which ends with the content of this ``digest``; if
    none does, it is the only one there is, unless it has to be ``certain``.
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
    # As people name the store, unless it is a link: the journal is where it leads to.
    folder = here.parent if store.is_symlink() else store.parent
    return folder / found[0].name, folder / here.name


def _ends_with(path: Path, digest: str) -> bool:
    records = [line for line in map(_decode, _read_lines(path)) if isinstance(line, Record)]
    return bool(records) and records[-1].after == digest


def begin_record(store: Path, record: Record) -> Record:
    """Write down what is about to be done, and make sure that it is on the disk.

    Call it under the store's lock. What a killed writer left open is settled first. Returns the
    record with its id and its parent.

    Raises:
        FileError: If it cannot be written down; nothing must be done then.
    """
    path = path_of(store)
    try:
        old = _read_lines(path)
        lines = [b""] if old[-1] else []  # half a line of a killed writer
        last = next((line for line in map(_decode, reversed(old)) if line), None)
        if isinstance(last, Record):
            lines.append(_encode({_outcome_by_digest(last, record.before): last.id}))
        author, parent = record.author, last.id if last else ""
        # No two records of a store have the same text, parent and all, and so the same id.
        text = "\n".join((parent, author.at, author.user, author.host, record.before, record.after))
        record = record._replace(parent=parent, id=files.digest(text.encode())[:8])
        lines.append(_encode(_record_to_json(record)))
        _append(path, b"\n".join(lines) + b"\n", store)
    except OSError as error:
        raise files.explain_os_error("write down the change in", path, error) from None
    return record


def finish_record(store: Path, record: Record, outcome: str = "done") -> list[str]:
    """Write down that a change was made, or ``dropped``. If that fails, the next writer settles it.

    Return warnings, since the store has been replaced by now.
    """
    try:
        _append(path_of(store), _encode({outcome: record.id}) + b"\n", store)
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or error
        return [f"the change is made, but its record could not be completed: {reason}"]
    return []


def _outcome_by_digest(record: Record, digest: str) -> str:
    """Return what became of a record that was left open, as far as the store's digest tells."""
    return {record.after: "done", record.before: "dropped"}.get(digest, "unsure")


def _append(path: Path, data: bytes, store: Path) -> None:
    """Add ``data`` to the end of the journal and wait until it is on the disk.

    Whoever may write the store has to write the journal, too, and nobody else may read it. If it fails, half
    a line is removed.
    """
    new = not _is_file(path)
    follow = 0 if path.is_symlink() else getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | follow, files.NEW_FILE_MODE)
    try:
        with suppress(FileNotFoundError):  # The replacing of the store will say so.
            access = read_access(store)
            access = access._replace(mode=access.mode & 0o666 | files.NEW_FILE_MODE)
            follow_access(handle, access)
        size = os.fstat(handle).st_size
        try:
            files.write_all(handle, data)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(handle, size)  # Half a line would be in the next writer's way.
            raise
    finally:
        os.close(handle)
    if new and files.sync_folder(path.parent):
        hint = "nothing was changed; look at the disk, then run the command again"
        raise FileError(f"the folder of {path} could not be synced", hint=hint)


def _is_file(path: Path) -> bool:
    """Return whether there is a file; opening a pipe would wait for a reader that never comes."""
    files.refuse_foreign_link(path)
    try:
        status = os.stat(path)
    except FileNotFoundError:
        if path.is_symlink():
            message = f"{path} links to {os.path.realpath(path)}, which does not exist"
            raise FileError(message, hint="mend the link, or take it away") from None
        return False
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{path} is not an ordinary file", hint="move it away; a new one will be made")
    return True


def _read_lines(path: Path) -> list[bytes]:
    """Return the journal's lines; the last one is empty, unless a writer was killed in the middle of it."""
    return (path.read_bytes() if _is_file(path) else b"").split(b"\n")


def _decode(text: bytes) -> Record | _Settlement | None:
    """Return a line of the journal, or None for one that is torn, or written by something else."""
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
    # The fields of renewctl hold dates only; keys of the user's own hold whatever TOML can.
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
    # Most fields of most swaps are empty, and ``was`` is the path.
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
    """Return the record of a line. Raises TypeError or LookupError if it is none of renewctl's."""
    changes = []
    for change in line["changes"]:
        path, before, after = _read_path(change["path"]), change["before"], change["after"]
        if len(path) < 1 + (path[0] in HOLDERS) or _has_null(before) or _has_null(after):
            raise TypeError("no change has such a path, or such a value")
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
        raise TypeError("a list should be here")
    return tuple(map(_read_text, value))


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text should be here")
    return value


def _has_null(value: Any) -> bool:
    """Return whether something in a table or list is null, which no store has."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(each is None or _has_null(each) for each in inner)
