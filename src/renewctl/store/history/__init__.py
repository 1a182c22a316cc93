"""What was changed, by whom, when and why: a file of JSON lines beside the store, only added to.

Before the store is replaced, what is intended is written down and synced; afterwards that it is
done. What was killed in between is settled by the store's digest. Imports ``errors``,
``files`` and its neighbours ``journal`` and ``record``.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from renewctl import files
from renewctl.errors import FileError
from renewctl.store.history import journal
from renewctl.store.history.record import Record, dated, document_of, record_of

SUFFIX = ".history.jsonl"
MARKS = ("done", "dropped", "unsure")
"""What can have become of a record."""


class History(NamedTuple):
    """What was done, oldest first; ``outside`` says that something else changed the store since."""

    records: tuple[Record, ...] = ()
    outside: bool = False
    unreadable: tuple[int, ...] = ()
    """Lines that could not be read."""


def path_of(store: Path) -> Path:
    """Return the history's path, beside the file that a link leads to."""
    try:
        real = files.resolve_link(store)
    except FileNotFoundError:
        real = store  # no store: what is looked for lies beside its name
    return real.with_name(real.name + SUFFIX)


def read(store: Path, digest: str) -> History:
    """Return what was done to a store.

    Args:
        store: the store's path.
        digest: of its present content, to tell what was done and what was not.

    Raises:
        FileTrouble: there is a history, but it cannot be read.
    """
    path = path_of(store)
    try:
        lines, unreadable = _lines(path)
    except OSError as error:
        raise files.explain_os_error("read", path, error) from None
    marks = {line[mark]: mark for line in lines for mark in MARKS if mark in line}
    records: list[Record] = []
    known = ""
    for line in lines:
        mark = marks.get(line["id"]) or _settled(line, digest) if "id" in line else "dropped"
        if mark == "dropped":
            continue
        outside = bool(records) and known != line["before"]
        records.append(record_of(line)._replace(outside=outside, unsure=mark == "unsure"))
        known = line["after"] if mark == "done" else line["before"]
    return History(tuple(records), bool(records) and known != digest, unreadable)


def begin(store: Path, record: Record) -> Record:
    """Write down what is about to be done, and make sure that it is on the disk.

    Call it under the store's lock. What a killed writer left open is settled first. Returns the
    record as it was written, with its id and its parent.

    Raises:
        FileTrouble: it cannot be written down; nothing must be done then.
    """
    path = path_of(store)
    try:
        last, settled, ends = _last(path)
        lines = [] if ends else [b""]
        if last and not settled:
            lines.append(_line({_settled(last, record.before): last["id"]}))
        record = _named(record._replace(parent=last["id"] if last else ""))
        journal.append(path, b"\n".join([*lines, _line(document_of(record))]) + b"\n", _like(store))
    except OSError as error:
        raise files.explain_os_error("write down the change in", path, error) from None
    return record


def _like(store: Path) -> os.stat_result | None:
    """Return the store's owner and rights: whoever may write it has to write its record, too."""
    try:
        return os.stat(store)
    except FileNotFoundError:
        return None  # and the replacing of the store will say so


def drop(store: Path, record: Record) -> None:
    """Write down that it was not done; if that fails, too, the next writer settles it."""
    with suppress(OSError, FileError):
        journal.append(path_of(store), _line({"dropped": record.id}) + b"\n")


def finish(store: Path, record: Record) -> list[str]:
    """Write down that it is done; return warnings, since the store has been replaced by now."""
    try:
        journal.append(path_of(store), _line({"done": record.id}) + b"\n")
    except (OSError, FileError) as error:
        reason = getattr(error, "strerror", None) or error
        return [f"the change is made, but its record could not be completed: {reason}"]
    return []


def _named(record: Record) -> Record:
    """Return the record with its id: no two of a store's history have the same, parent and all."""
    author = record.author
    whole = "\n".join((record.parent, author.at, author.user, author.host, record.before, record.after))
    return record._replace(id=files.digest(whole.encode())[:8])


def _settled(line: Mapping[str, Any], digest: str) -> str:
    """Return what became of a record that was left open, as far as the store's digest tells."""
    return {line["after"]: "done", line["before"]: "dropped"}.get(digest, "unsure")


def _lines(path: Path) -> tuple[list[dict[str, Any]], tuple[int, ...]]:
    found, unreadable = [], []
    for number, text in enumerate(journal.lines(path), 1):
        line = _parsed(text)
        if line is not None:
            found.append(line)
        elif text.strip():
            unreadable.append(number)
    return found, tuple(unreadable)


def _parsed(text: bytes) -> dict[str, Any] | None:
    """Return a line of the history, or None where it is none: torn, or written by something else."""
    try:
        line = json.loads(text)
        if isinstance(line, dict) and "id" in line:
            record_of(line)
        known = isinstance(line, dict) and any(isinstance(line.get(key), str) for key in ("id", *MARKS))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return line if known else None


def _last(path: Path) -> tuple[dict[str, Any] | None, bool, bool]:
    """Return the last record, whether it is settled, and whether the file ends with its line."""
    tail = journal.tail(path)
    ends = not tail or tail.endswith(b"\n")
    mark = _parsed(tail.rstrip(b"\n").rpartition(b"\n")[2]) if ends else None
    if mark and "id" not in mark:
        return {"id": next(mark[key] for key in MARKS if key in mark)}, True, True
    lines, _ = _lines(path)
    intents = [line for line in lines if "id" in line]
    if not intents:
        return None, True, ends
    settled = {line[key] for line in lines for key in MARKS if key in line}
    return intents[-1], intents[-1]["id"] in settled, ends


def _line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), default=dated).encode()
