"""What was changed, by whom, when and why: a journal of JSON lines next to the store, only added to.

Before the store is replaced, what is intended is written down and synced; afterwards that it is
done. What was killed in between is settled by the store's digest.
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
from renewctl.errors import FileError
from renewctl.formats.entries import Swap
from renewctl.model import Change

SUFFIX = ".history.jsonl"
OUTCOMES = ("done", "dropped", "unsure")
"""Keys of the line that settles a record: what became of it."""
_TAIL_BYTES = 4096
_DATE, _TIME = "$date", "$time"


class Author(NamedTuple):
    """Who changes the store: user and host, the UTC time as ISO 8601, and why, if a note was given."""

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


class History(NamedTuple):
    """What was done, oldest first; ``outside`` says that something else changed the store since."""

    records: tuple[Record, ...] = ()
    outside: bool = False
    unreadable: tuple[int, ...] = ()
    """Numbers of the lines that could not be read."""


def path_of(store: Path) -> Path:
    """Return the journal's path, next to the file that a link leads to."""
    try:
        real = files.resolve_link(store)
    except FileNotFoundError:
        real = store  # No store: its journal may still be there.
    return real.with_name(real.name + SUFFIX)


def read(store: Path, digest: str) -> History:
    """Return what was done to a store.

    Args:
        store: the store's path.
        digest: of its present content, which settles what a killed writer left open.

    Raises:
        FileError: If there is a journal, but it cannot be read.
    """
    path = path_of(store)
    try:
        lines, unreadable = _read_lines(path)
    except OSError as error:
        raise files.explain_os_error("read", path, error) from None
    outcomes = {line[outcome]: outcome for line in lines for outcome in OUTCOMES if outcome in line}
    records: list[Record] = []
    last_digest = ""
    for line in lines:
        if "id" not in line:
            continue
        outcome = outcomes.get(line["id"]) or _settle(line, digest)
        if outcome == "dropped":
            continue
        outside = bool(records) and last_digest != line["before"]
        records.append(record_from_json(line)._replace(outside=outside, unsure=outcome == "unsure"))
        last_digest = line["after"] if outcome == "done" else line["before"]
    return History(tuple(records), bool(records) and last_digest != digest, unreadable)


def begin_record(store: Path, record: Record) -> Record:
    """Write down what is about to be done, and make sure that it is on the disk.

    Call it under the store's lock. What a killed writer left open is settled first. Returns the
    record as it was written, with its id and its parent.

    Raises:
        FileError: If it cannot be written down; nothing must be done then.
    """
    path = path_of(store)
    try:
        last, settled, complete = _last_record(path)
        lines = [] if complete else [b""]
        if last and not settled:
            lines.append(_encode({_settle(last, record.before): last["id"]}))
        author, parent = record.author, last["id"] if last else ""
        # No two records of a store have the same text, parent and all, and so the same id.
        text = "\n".join((parent, author.at, author.user, author.host, record.before, record.after))
        record = record._replace(parent=parent, id=files.digest(text.encode())[:8])
        lines.append(_encode(record_to_json(record)))
        # Whoever may write the store has to write its journal, too.
        like = None
        with suppress(FileNotFoundError):  # The replacing of the store will say so.
            like = os.stat(store)
        _append(path, b"\n".join(lines) + b"\n", like)
    except OSError as error:
        raise files.explain_os_error("write down the change in", path, error) from None
    return record


def drop_record(store: Path, record: Record) -> None:
    """Write down that a change was not made. If that fails as well, the next writer settles it."""
    with suppress(OSError, FileError):
        _append(path_of(store), _encode({"dropped": record.id}) + b"\n")


def finish_record(store: Path, record: Record) -> list[str]:
    """Write down that a change was made. Return warnings, since the store has been replaced by now."""
    try:
        _append(path_of(store), _encode({"done": record.id}) + b"\n")
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or error
        return [f"the change is made, but its record could not be completed: {reason}"]
    return []


def _settle(line: Mapping[str, Any], digest: str) -> str:
    """Return what became of a record that was left open, as far as the store's digest tells."""
    return {line["after"]: "done", line["before"]: "dropped"}.get(digest, "unsure")


# --- the journal as a file ---


def _append(path: Path, data: bytes, like: os.stat_result | None = None) -> None:
    """Add ``data`` to the end of the journal and wait until it is on the disk.

    Args:
        path: the journal; it is created if it does not exist.
        data: what to add.
        like: the file whose owner, group and permissions a new journal gets; None for the writer's alone.

    Raises:
        OSError: If the system refuses; the journal is as it was, as far as possible.
        FileError: If there is something that is not a file.
    """
    new = not _is_file(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, files.NEW_FILE_MODE)
    try:
        if new and like:  # whatever the umask, and whoever writes: those of the store may, too
            files.copy_permissions(handle, like, stat.S_IMODE(like.st_mode) & 0o666 | files.NEW_FILE_MODE)
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


def _read_lines(path: Path) -> tuple[list[dict[str, Any]], tuple[int, ...]]:
    """Return the journal's lines, and the numbers of those that cannot be read."""
    lines, unreadable = [], []
    data = path.read_bytes() if _is_file(path) else b""
    for number, text in enumerate(data.split(b"\n"), 1):
        line = _decode(text)
        if line is not None:
            lines.append(line)
        elif text.strip():
            unreadable.append(number)
    return lines, tuple(unreadable)


def _last_record(path: Path) -> tuple[dict[str, Any] | None, bool, bool]:
    """Return the last record, whether it is settled, and whether the journal ends with a line end.

    The journal's end tells mostly; to read it all, with 1,000 records, takes 65 ms, a third of a change.
    """
    tail = b""
    if _is_file(path):
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            tail = file.read()
    complete = not tail or tail.endswith(b"\n")
    line = _decode(tail.rstrip(b"\n").rpartition(b"\n")[2]) if complete else None
    if line and "id" not in line:
        return {"id": next(line[outcome] for outcome in OUTCOMES if outcome in line)}, True, True
    lines, _ = _read_lines(path)
    records = [line for line in lines if "id" in line]
    if not records:
        return None, True, complete
    settled = {line[outcome] for line in lines for outcome in OUTCOMES if outcome in line}
    return records[-1], records[-1]["id"] in settled, complete


# --- a record as a line of JSON ---


def _decode(text: bytes) -> dict[str, Any] | None:
    """Return a line of the journal, or None for one that is torn, or written by something else."""
    try:
        line = json.loads(text)
        if not isinstance(line, dict):
            return None
        if "id" in line:
            record_from_json(line)
        valid = any(isinstance(line.get(key), str) for key in ("id", *OUTCOMES))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return line if valid else None


def _encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":"), default=date_to_json).encode()


def date_to_json(value: Any) -> dict[str, str]:
    """Return a date or time as a table with one key, for ``json.dumps``.

    The fields of renewctl hold dates only; keys of the user's own hold whatever TOML can.

    Raises:
        TypeError: If it is neither.
    """
    if isinstance(value, date | time):
        return {_DATE if isinstance(value, date) else _TIME: value.isoformat()}
    raise TypeError(f"a {type(value).__name__} has no place in the history")


def record_to_json(record: Record) -> dict[str, Any]:
    """Return the line of a record, as data; ``date_to_json`` writes the dates in it."""
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


def record_from_json(line: Mapping[str, Any]) -> Record:
    """Return the record that is in a line.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the line holds no record.
    """
    changes = []
    for change in line["changes"]:
        before, after = _value_from_json(change["before"]), _value_from_json(change["after"])
        renamed = change.get("renamed", False)
        changes.append(Change(tuple(change["path"]), after, before, renamed=renamed))
    swaps = []
    for swap in line["texts"]:
        path = tuple(swap.get("path", ()))
        was, after = tuple(swap.get("was", path)), tuple(swap.get("after", ()))
        old, new, old_gap, new_gap = (swap.get(key, "") for key in ("old", "new", "old_gap", "new_gap"))
        swaps.append(Swap(path, was, old, new, old_gap, new_gap, after))
    return Record(
        Author(line["user"], line["host"], line["at"], line["note"]),
        line["command"],
        tuple(changes),
        tuple(swaps),
        line["before"],
        line["after"],
        line.get("undoes", ""),
        line["id"],
        line["parent"] or "",
    )


def _value_from_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_value_from_json(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {_DATE}:
        kind = datetime if "T" in value[_DATE] else date
        return kind.fromisoformat(value[_DATE])
    if value.keys() == {_TIME}:
        return time.fromisoformat(value[_TIME])
    return {key: _value_from_json(inner) for key, inner in value.items()}
