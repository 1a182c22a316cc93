"""The history: an append-only journal of JSON lines next to the data file.

A change is recorded and synced before the file is replaced, and marked as done afterwards. If the writer
is killed in between, the digest of the file shows whether the change was made.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from renewctl import files
from renewctl.access import follow_access, read_access
from renewctl.errors import FileError
from renewctl.store.journal import Record, Settlement, decode_line, encode_line, encode_record

SUFFIX = ".history.jsonl"
_MOST_JOURNALS = 20
_BLOCK = 2**16
_ID_LENGTH = 8


def path_of(store: Path) -> Path:
    """Return the path of the journal, next to the file that links lead to."""
    try:
        real = files.resolve_link(store)
    except FileNotFoundError:
        real = store  # Without a data file, its journal can still exist.
    return real.with_name(real.name + SUFFIX)


class History:
    """The recorded changes of a data file, newest first.

    The journal is read from its end, as far as needed. Lines that cannot be read are skipped.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path, self._digest = path, digest
        self._outside = False
        self._known: list[Record] = []
        self._unreadable: list[int] = []
        self._rest = self._read_records()

    def __iter__(self) -> Iterator[Record]:
        """Yield the records, newest first. Raises FileError if the journal cannot be read."""
        number = 0
        while number < len(self._known) or self._read_one():
            yield self._known[number]
            number += 1

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, oldest first."""
        return tuple(self)[::-1]

    @property
    def outside(self) -> bool:
        """Whether something else changed the data file after the last record."""
        next(iter(self), None)
        return self._outside

    @property
    def unreadable(self) -> tuple[int, ...]:
        """The numbers, from 1, of the unreadable lines that have been read."""
        if not self._unreadable:
            return ()
        with self._path.open("rb") as file:
            last = 1 + sum(block.count(b"\n") for block in iter(partial(file.read, _BLOCK), b""))
        return tuple(last - distance for distance in reversed(self._unreadable))

    def find_oldest(self) -> Record | None:
        """Return the first record. Raises FileError if the journal cannot be read."""
        try:
            with suppress(FileNotFoundError), self._path.open("rb") as file:
                return next((line for line in map(decode_line, file) if isinstance(line, Record)), None)
        except OSError as error:
            raise files.explain_os_error("read", self._path, error) from None
        return None

    def find_record(self, start: str) -> list[Record]:
        """Return the records whose ID starts so; for a whole ID, the newest one is enough."""
        found = (record for record in self if record.id.startswith(start))
        return [*islice(found, 1 if len(start) >= _ID_LENGTH else None)]

    def _read_one(self) -> bool:
        """Read one more record. Return whether there is one."""
        try:
            record = next(self._rest, None)
        except OSError as error:
            raise files.explain_os_error("read", self._path, error) from None
        if record:
            self._known.append(record)
        return record is not None

    def _read_records(self) -> Iterator[Record]:
        newer: Record | None = None
        for distance, (text, line, outcome) in enumerate(_read_outcomes(self._path, self._digest)):
            if line is None:
                self._unreadable += [distance] if text.strip() else []
            if not isinstance(line, Record) or outcome == "dropped":
                continue
            left = line.after if outcome == "done" else line.before
            if newer:
                yield newer._replace(outside=left != newer.before)
            else:
                self._outside = left != self._digest
            newer = line._replace(unsure=outcome == "unsure")
        if newer:
            yield newer


def read(store: Path, digest: str) -> History:
    """Return the history; ``digest`` settles a record that a killed writer left open.

    Raises:
        FileError: If the journal exists and cannot be read.
    """
    path = path_of(store)
    try:
        _is_file(path)
    except OSError as error:
        raise files.explain_os_error("read", path, error) from None
    return History(path, digest)


def prune(store: Path, keep: int, digest: str, *, confirmed: int = 0) -> tuple[int, int]:
    """Shorten the journal to its newest changes, if as many go as were ``confirmed``.

    Return the numbers of changes to remove and to keep. A change that was never made does not count.

    Call it under the lock, unless it only counts. The removed changes can no longer be undone.

    Args:
        store: The path of the data file.
        keep: The number of changes to keep, from 1.
        digest: That of the data file, as for ``read``.
        confirmed: The number of changes to remove; with another number, the journal stays as it is.

    Raises:
        FileError: If the journal cannot be read or replaced; then it is unchanged.
    """
    path = path_of(store)
    kept: list[bytes] = []
    total = 0
    try:
        for text, line, outcome in _read_outcomes(path, digest):
            if total < keep:
                kept.append(text)
            total += isinstance(line, Record) and outcome != "dropped"
    except OSError as error:
        raise files.explain_os_error("read", path, error) from None
    if total <= keep:
        return 0, total
    if total - keep == confirmed:
        files.replace(path, b"\n".join(reversed(kept)), expected=None)
    return total - keep, keep


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
    newest = next(
        (line for line in map(decode_line, _read_backwards(path)) if isinstance(line, Record)), None
    )
    return newest is not None and newest.after == digest


def begin_record(store: Path, record: Record) -> Record:
    """Record a change that is about to be made, and sync the record to disk.

    Call it under the lock. A record that a killed writer left open is settled first. Return the record
    with its ID and its parent.

    Raises:
        FileError: If it cannot be recorded; then the change must not be made.
    """
    path = path_of(store)
    try:
        old = _read_backwards(path)
        lines = [b""] if next(old) else []  # A killed writer left half a line.
        last = next((line for line in map(decode_line, old) if line), None)
        if isinstance(last, Record):
            lines.append(encode_line({_outcome_by_digest(last, record.before): last.id}))
        author, parent = record.author, last.id if last else ""
        # The text includes the parent, so no two records of a file have the same text, and so the same ID.
        text = "\n".join((parent, author.at, author.user, author.host, record.before, record.after))
        record = record._replace(parent=parent, id=files.digest(text.encode())[:_ID_LENGTH])
        lines.append(encode_line(encode_record(record)))
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
        _append(path_of(store), encode_line({outcome: record.id}) + b"\n", store)
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


def _read_outcomes(path: Path, digest: str) -> Iterator[tuple[bytes, Record | Settlement | None, str]]:
    """Yield the lines of the journal, the last one first, with their outcomes.

    The ``digest`` of the data file is the outcome of a record that a killed writer left open.
    """
    outcomes: dict[str, str] = {}
    for text in _read_backwards(path):
        line, outcome = decode_line(text), ""
        if isinstance(line, Settlement):
            outcomes.setdefault(line.id, line.outcome)
        elif line:
            outcome = outcomes.get(line.id) or _outcome_by_digest(line, digest)
        yield text, line, outcome


def _read_backwards(path: Path) -> Iterator[bytes]:
    """Yield the lines of the journal, the last one first.

    The last one is empty unless a writer was killed. A journal that does not exist has one empty line.
    """
    if not _is_file(path):
        yield b""
        return
    with path.open("rb") as file:
        start, size, rest = file.seek(0, os.SEEK_END), _BLOCK, b""
        while start:
            end, start = start, max(0, start - size)
            file.seek(start)
            *lines, rest = (file.read(end - start) + rest).split(b"\n")[::-1]
            yield from lines
            size = _BLOCK if lines else size * 2  # A long line would be copied again and again.
        yield rest
