"""One text file, read with care and replaced as a whole or not at all, whatever it means."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote

from renewctl.errors import ExitStatus, FileError, RenewctlError, StoreChanged
from renewctl.signals import hold_signals

NEW_FILE_MODE = 0o600
_STALE_SECONDS = 60
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_MOUNT_HINT = "the file is mounted by itself; mount its folder instead"
UNCHANGED = "nothing was changed"
_HINTS = {
    errno.ENOENT: "the folder has to exist first",
    errno.EACCES: "look at the permissions of the file and its folder",
    errno.EPERM: "look at the permissions of the file and its folder",
    errno.ENOSPC: f"make room on the disk; {UNCHANGED}",
    getattr(errno, "EDQUOT", errno.ENOSPC): f"make room within your quota; {UNCHANGED}",
    errno.EROFS: f"the folder is read-only; {UNCHANGED}",
    errno.EBUSY: _MOUNT_HINT,
    errno.EXDEV: _MOUNT_HINT,
    errno.EINTR: f"run the command again; {UNCHANGED}",
    errno.ENAMETOOLONG: "give the file a shorter name",
    errno.ELOOP: "a link leads back to itself: mend it",
}


class NotAFile(RenewctlError, code="not-a-file", exit_status=ExitStatus.INVALID):
    """The path names something that cannot be read as one file."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    import hashlib  # Lazy import: it loads OpenSSL (3 MiB, 3 ms), and most reports show no digest.

    return hashlib.sha256(data).hexdigest()


def explain_os_error(verb: str, path: Path, error: OSError) -> FileError:
    """Return the operating system's refusal as an error that names the file."""
    reason = error.strerror or str(error)
    general_hint = f"{UNCHANGED}; look at the disk, then run the command again"
    return FileError(f"cannot {verb} {path}: {reason}", hint=_HINTS.get(error.errno or 0, general_hint))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        FileNotFoundError: If it does not exist.
        NotAFile: If it is not an ordinary file, too large, or a link that leads nowhere.
        FileError: If it cannot be read.
    """
    try:
        # Before opening: to open a pipe would wait for a writer that never comes.
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no ordinary file")
            raise NotAFile(f"{path} is {kind}, not a file", hint="name a file itself")
        if (mebibytes := status.st_size / 2**20) > 64:
            message = f"{path} has {mebibytes:.0f} MiB; the limit is 64 MiB"
            raise NotAFile(message, hint="keep several stores, one a team")
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            target = os.path.realpath(path)
            raise NotAFile(f"{path} links to {target}, which does not exist", hint="mend the link") from None
        raise
    except OSError as error:
        raise explain_os_error("read", path, error) from None


def resolve_link(path: Path) -> Path:
    """Return the file that the path leads to through all its links; a link itself is never written over.

    Raises: FileNotFoundError, or FileError if the links cannot be followed.
    """
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise explain_os_error("find", path, error) from None


def refuse_foreign_link(path: Path) -> None:
    """Refuse a symbolic link that another user may have put there, to have the file it leads to written.

    Raises:
        FileError: If it is not the user's own link, and others can write to the folder it is in.
    """
    try:
        link, folder = os.lstat(path), os.stat(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise explain_os_error("look at", path, error) from None
    if not stat.S_ISLNK(link.st_mode) or not hasattr(os, "geteuid"):
        return
    user = os.geteuid()
    if link.st_uid != user and (folder.st_uid != user or folder.st_mode & 0o022):
        message = f"{path} is a link that somebody else made, to {os.readlink(path)}"
        raise FileError(message, hint=f"nothing was written; take it away: rm {quote(str(path))}")


def create(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner alone; it appears as a whole.

    Raises: FileExistsError, or FileError if it cannot be written; then there is no file.
    """
    hold_signals()
    try:
        with _open_temporary(path, data) as temporary:
            try:
                os.link(temporary, path)  # A rename would replace another file of that name.
            except OSError as error:
                if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}:
                    raise
                # There are no hard links here. The name is claimed by an empty file, then.
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE))
                _rename(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise explain_os_error("write", path, error) from None
    sync_folder(path.parent)


def check_replaceable(path: Path) -> None:
    """Refuse what may not be written, before anything is made beside the file; ``replace`` looks again.

    Raises:
        FileNotFoundError: If it does not exist.
        FileError: If it cannot be written, or somebody would lose or gain access to it.
    """
    from renewctl.access import is_own, read_access

    try:
        real = resolve_link(path)
        _check_writable(real, os.stat(real))
        if not is_own(read_access(real)):
            with _open_temporary(real, b"", like=real):
                pass
    except FileNotFoundError:
        raise
    except OSError as error:
        raise explain_os_error("write", path, error) from None


def replace(path: Path, data: bytes, expected: str) -> list[str]:
    """Replace the file's content in one step; a reader sees the old bytes or the new, never a mix.

    A symbolic link stays one, its target is replaced. Interruptions wait from here on, so that none leaves
    a temporary file behind. Returns warnings about what failed after the new content was in place.

    Raises:
        StoreChanged: If the content no longer has the ``expected`` digest; nothing was written.
        FileError: If the system refused; nothing was written.
    """
    hold_signals()
    changed = StoreChanged(f"{path} was changed by somebody else meanwhile", hint="run the command again")
    try:
        real = resolve_link(path)
        status = os.stat(real)
        if not stat.S_ISREG(status.st_mode):
            raise changed
        _check_writable(real, status)
        refuse_hard_links(real)
        with _open_temporary(real, data, like=real) as temporary:
            if digest(read_bytes(real)) != expected:
                raise changed
            _rename(temporary, real)
    except FileNotFoundError:
        raise changed from None
    except OSError as error:
        raise explain_os_error("write", path, error) from None
    return sync_folder(real.parent)


def refuse_hard_links(path: Path) -> None:
    """Refuse a file that has other names, which would keep the old content.

    Not so before a change of the store is made: a name that a killed writer has left is removed only then.

    Raises:
        FileNotFoundError: If it does not exist.
        FileError: If it has several names.
    """
    real = resolve_link(path)
    if (number := os.stat(real).st_nlink) > 1:
        message = f"{real} has {number} hard links; replacing it would part them"
        raise FileError(message, hint="keep one name for the file, or use a symbolic link")


def _check_writable(real: Path, status: os.stat_result) -> None:
    """Refuse what a rename would get round: it needs no permission to write the file itself."""
    if not status.st_mode & 0o222:
        raise FileError(f"{real} is read-only", hint=f"chmod u+w {quote(str(real))}")
    if not os.access(real, os.W_OK):
        raise FileError(f"{real} is not yours to write", hint="ask its owner for the right to write it")


@contextmanager
def _open_temporary(real: Path, data: bytes, like: Path | None = None) -> Iterator[str]:
    """Write a temporary file next to ``real``, with the access and attributes of ``like``, and sync it.

    If it was not renamed, it is removed in the end.

    Raises:
        FileError: If somebody who may use ``like`` may not use the file, or the other way round.
    """
    # Lazy imports: reading makes no file, and tempfile loads a dozen modules.
    import tempfile

    from renewctl.access import check_access, copy_access, copy_attributes, read_access

    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", suffix=".tmp", dir=real.parent)
    try:
        try:
            if like:
                access = read_access(like)
                copy_attributes(handle, like)
                copy_access(handle, access)
                check_access(like, access, handle)
            write_all(handle, data)
        finally:
            os.close(handle)
        yield name
    finally:
        with suppress(OSError):
            os.unlink(name)


def write_all(handle: int, data: bytes) -> None:
    """Write all of ``data`` to an open file, however little the system takes at once, and sync it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _rename(temporary: str, real: Path) -> None:
    """Rename; on Windows, wait a little for a reader or a virus scanner that has the file open."""
    for pause in (0.01, 0.05, 0.2, 0.5):
        try:
            return os.replace(temporary, real)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in {5, 32}:
                raise
        time.sleep(pause)
    return os.replace(temporary, real)


def sync_folder(folder: Path) -> list[str]:
    """Wait until a folder's names are on the disk. Return a warning where that fails."""
    if os.name == "nt":
        return []  # where a folder cannot be opened
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return [f"the new file is in place, but the folder could not be synced: {error.strerror}"]
    return []


def remove_stale_temporaries(path: Path) -> None:
    """Remove the temporary files of killed writers next to ``path``. Call it under the lock."""
    import glob  # Lazy import: only a change that is written needs it.

    with suppress(OSError, FileError):  # It only tidies up: no failure is worth an error.
        real = resolve_link(path)
        for old in real.parent.glob(f".{glob.escape(real.name)}.*.tmp"):
            with suppress(OSError):
                # A store whose creator was killed just after naming it has this as its second name.
                if time.time() - old.lstat().st_mtime > _STALE_SECONDS or old.samefile(real):
                    old.unlink()
