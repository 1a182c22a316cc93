"""One text file, read with care and replaced as a whole or not at all.

Knows nothing of what the file means. Imports ``errors`` only.
"""

import hashlib
import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from renewctl.errors import ExitStatus, FileTrouble, RenewctlError, StoreChanged

MOST_BYTES = 64 * 1024 * 1024
NEW_FILE_MODE = 0o600
_STALE_SECONDS = 60
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotAFile(RenewctlError):
    """The path names something that cannot be read as one file."""

    code = "not-a-file"
    status = ExitStatus.INVALID


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path) -> bytes:
    """Return what the file holds.

    Raises:
        FileNotFoundError: there is none.
        NotAFile: it is a folder, a pipe, a device, too large, or a link that leads nowhere.
        FileTrouble: it cannot be read.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        if path.is_symlink():
            target = os.path.realpath(path)
            raise NotAFile(f"{path} links to {target}, which does not exist", hint="mend the link") from None
        raise
    except OSError as error:
        raise trouble("read", path, error) from None
    _check_kind(path, found)
    try:
        return path.read_bytes()
    except OSError as error:
        raise trouble("read", path, error) from None


def _check_kind(path: Path, found: os.stat_result) -> None:
    """Refuse before opening: opening a pipe would wait for a writer that never comes."""
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no ordinary file")
        raise NotAFile(f"{path} is {kind}, not a file", hint="name a file itself")
    if found.st_size > MOST_BYTES:
        size = f"{found.st_size / 2**20:.0f} MiB"
        raise NotAFile(f"{path} has {size}; the limit is 64 MiB", hint="keep several stores, one a team")


def trouble(verb: str, path: Path, error: OSError) -> FileTrouble:
    """Return the operating system's refusal as an error that names the file."""
    reason = error.strerror or str(error)
    return FileTrouble(f"cannot {verb} {path}: {reason}", hint=_WAYS_OUT.get(error.errno or 0, ""))


_WAYS_OUT = {
    2: "the folder has to exist first",
    13: "look at the permissions of the file and its folder",
    28: "make room on the disk; nothing was changed",
    30: "the folder is read-only; nothing was changed",
    16: "the file is mounted by itself; mount its folder instead",
}


def create(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner alone.

    Raises:
        FileExistsError: it does.
        FileTrouble: it cannot be written; then there is no file.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE)
    except FileExistsError:
        raise
    except OSError as error:
        raise trouble("write", path, error) from None
    try:
        _write_all(handle, data)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise trouble("write", path, error) from None


def replace(path: Path, data: bytes, expected: str) -> list[str]:
    """Replace the file's content in one step; a reader sees the old bytes or the new, never a mix.

    Args:
        path: the file; a symbolic link stays one, its target is replaced.
        data: the new content.
        expected: the digest of the content the change was made for.

    Returns:
        Warnings about what failed after the new content was in place.

    Raises:
        StoreChanged: the content is no longer the expected one; nothing was written.
        FileTrouble: the system refused; nothing was written.
    """
    real = Path(os.path.realpath(path))
    meanwhile = StoreChanged(f"{path} was changed by somebody else meanwhile", hint="run the command again")
    if not real.is_file():
        raise meanwhile
    try:
        found = _writable(real)
        temporary = _written_beside(real, data, found)
    except OSError as error:
        raise trouble("write", path, error) from None
    try:
        if digest(read_bytes(real)) != expected:
            raise meanwhile
        hold_signals()
        os.replace(temporary, real)
    except OSError as error:
        raise trouble("replace", path, error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return _synced_folder(real.parent)


def _writable(real: Path) -> os.stat_result:
    found = os.stat(real)
    if not found.st_mode & 0o222:
        # A rename would succeed all the same; but whoever made it read-only meant it.
        raise FileTrouble(f"{real} is read-only", hint=f"chmod u+w {real}")
    if found.st_nlink > 1:
        message = f"{real} has {found.st_nlink} hard links; replacing it would part them"
        raise FileTrouble(message, hint="keep one name for the file, or use a symbolic link")
    return found


def _written_beside(real: Path, data: bytes, like: os.stat_result) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
    temporary = Path(name)
    try:
        with suppress(OSError, AttributeError):
            os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, stat.S_IMODE(like.st_mode))
        _write_all(handle, data)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _write_all(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _synced_folder(folder: Path) -> list[str]:
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return [f"the new file is in place, but the folder could not be synced: {error.strerror}"]
    return []


def sweep(path: Path) -> None:
    """Remove what writers killed before their rename left beside ``path``; call it under the lock."""
    real = Path(os.path.realpath(path))
    for old in real.parent.glob(f".{_literal(real.name)}.*.tmp"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                old.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


_HELD = {signal.SIGINT, signal.SIGTERM}


def hold_signals() -> None:
    """Let interruptions wait from here on: what follows must be told to the user as done."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


@contextmanager
def signals_as_before() -> Iterator[None]:
    """Undo ``hold_signals`` at the end; interruptions that came meanwhile are answered by the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        while signal.sigpending() & _HELD - before:
            signal.sigwait(_HELD - before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
