"""Read a file safely, and replace it completely or not at all."""

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

from renewctl.command_line import system_command
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
_MOUNT_HINT = "mount the folder of the file, not the file itself"
_OPEN_HINT = "close the program that has it open, for example Excel, an editor, OneDrive or a virus scanner"
_ACCESS_DENIED, _SHARING_VIOLATION = 5, 32  # of Windows
_NOT_ABOUT_LINKS = {errno.EEXIST, errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EIO}
_RESERVED = (
    r'(?is)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\..*)?|.*[. ]|.*[<>:"/\\|?*\x00-\x1f].*'
)
_SHARE = r"(?i)\\\\(?![?.]\\)|\\\\\?\\UNC\\"
_HINTS = {
    errno.ENOENT: "create the folder first",
    errno.EACCES: "check the permissions of the file and its folder",
    errno.EPERM: "check the permissions of the file and its folder",
    errno.ENOSPC: "free up disk space",
    getattr(errno, "EDQUOT", errno.ENOSPC): "free up space within your quota",
    errno.EROFS: "use a folder that is not read-only",
    errno.EBUSY: _MOUNT_HINT,
    errno.EXDEV: _MOUNT_HINT,
    errno.EINTR: "run the command again",
    errno.ENAMETOOLONG: "give the file a shorter name",
    errno.ELOOP: "correct the link, which leads back to itself",
}


class NotAFile(RenewctlError, code="not-a-file", exit_status=ExitStatus.INVALID):
    """The path is not a file that can be read."""


def digest(data: bytes) -> str:
    """Return the SHA-256 digest of ``data`` in hexadecimal."""
    import hashlib  # Lazy import: it loads OpenSSL (3 MiB, 3 ms), and most reports show no digest.

    return hashlib.sha256(data).hexdigest()


def explain_os_error(verb: str, path: Path, error: OSError) -> FileError:
    """Return an error of the operating system as one with the path and a hint."""
    reason = error.strerror or str(error)
    general_hint = "check the path" if verb in {"read", "find", "check"} else "check the disk"
    hint = _OPEN_HINT if _is_open_elsewhere(error) else _HINTS.get(error.errno or 0, general_hint)
    return FileError(f"cannot {verb} '{path}': {reason}", hint=hint)


def _is_open_elsewhere(error: OSError) -> bool:
    """Return whether Windows refuses because another program has the file open."""
    return getattr(error, "winerror", None) in {_ACCESS_DENIED, _SHARING_VIOLATION}


def is_reserved_name(name: str) -> bool:
    """Return whether Windows does not take a file name as it is.

    The name can be a device's, have an end that Windows drops, or contain a forbidden character. A colon
    is one: what follows it would be a hidden stream of another file.
    """
    return re.fullmatch(_RESERVED, name) is not None


def is_on_share(path: PurePath) -> bool:
    """Return whether a path of Windows begins with a server and its share."""
    return re.match(_SHARE, str(path)) is not None


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        FileNotFoundError: If it does not exist.
        NotAFile: If it is not a regular file, is too large, or is a broken link.
        FileError: If it cannot be read.
    """
    try:
        # Before opening it, because opening a pipe would wait for a writer that never comes.
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "not a regular file")
            message = f"'{path}' is {kind}" + (", not a file" if kind in _KINDS.values() else "")
            raise NotAFile(message, hint="give the path of a file")
        if (mebibytes := status.st_size / 2**20) > 64:
            message = f"'{path}' is {mebibytes:.0f} MiB; the limit is 64 MiB"
            raise NotAFile(message, hint="split it into several files, for example one per team")
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            target = os.path.realpath(path)
            message = f"'{path}' links to '{target}', which does not exist"
            raise NotAFile(message, hint="correct the link") from None
        raise
    except OSError as error:
        raise explain_os_error("read", path, error) from None


def resolve_link(path: Path) -> Path:
    """Return the file that a path leads to through links, which stay links.

    Raises:
        FileNotFoundError: If it does not exist.
        FileError: If the links cannot be followed.
    """
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        raise
    except OSError as error:
        # Some virtual drives of Windows cannot be asked for the real name of a file.
        if os.path.exists(path) and not os.path.islink(path):
            return Path(os.path.abspath(path))
        raise explain_os_error("find", path, error) from None


def refuse_foreign_link(path: Path) -> None:
    """Refuse a symbolic link by which another user could redirect what is written.

    Raises:
        FileError: If the link belongs to another user, and others can write to its folder.
    """
    try:
        link, folder = os.lstat(path), os.stat(path.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise explain_os_error("check", path, error) from None
    if not stat.S_ISLNK(link.st_mode) or not hasattr(os, "geteuid"):
        return
    user = os.geteuid()
    if link.st_uid != user and (folder.st_uid != user or folder.st_mode & 0o022):
        message = f"'{path}' is a link to '{os.readlink(path)}', made by another user"
        raise FileError(message, hint=f"remove it: {system_command('remove', str(path))}")


def create(path: Path, data: bytes) -> None:
    """Create a file in one step, readable only by its owner.

    Raises:
        FileExistsError: If it already exists.
        FileError: If it cannot be written; then there is no file.
    """
    hold_signals()
    try:
        with _open_temporary(path, data) as temporary:
            try:
                os.link(temporary, path)  # A rename would replace an existing file.
            except (AttributeError, OSError) as error:
                if isinstance(error, OSError) and error.errno in _NOT_ABOUT_LINKS:
                    raise
                # Without hard links, an empty file reserves the name.
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE))
                try:
                    _rename(temporary, path)
                except OSError:
                    with suppress(OSError):
                        os.unlink(path)
                    raise
    except FileExistsError:
        raise
    except OSError as error:
        raise explain_os_error("write", path, error) from None
    sync_folder(path.parent)


def check_replaceable(path: Path) -> None:
    """Check that a file can be replaced; ``replace`` checks it again.

    Call it before other files are written.

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


def replace(path: Path, data: bytes, expected: str | None) -> list[str]:
    """Replace the content of a file in one step.

    Readers see the old bytes or the new ones, never a mix.

    The target of a symbolic link is replaced, not the link. Signals are blocked from here on, so that none
    leaves a temporary file behind. Return warnings about what failed after the new content was in place.

    Args:
        path: The file.
        data: Its new content.
        expected: The digest of its old content; None if a lock keeps others from changing it.

    Raises:
        StoreChanged: If the content no longer has the ``expected`` digest; nothing was written.
        FileError: If the operating system reports an error; nothing was written.
    """
    hold_signals()
    changed = StoreChanged(f"{path} changed on disk; nothing was saved", hint="run the command again")
    try:
        real = resolve_link(path)
        status = os.stat(real)
        if not stat.S_ISREG(status.st_mode):
            raise changed
        _check_writable(real, status)
        refuse_hard_links(real)
        with _open_temporary(real, data, like=real) as temporary:
            if expected is not None and digest(read_bytes(real)) != expected:
                raise changed
            _rename(temporary, real)
    except FileNotFoundError:
        raise changed from None
    except OSError as error:
        raise explain_os_error("write", path, error) from None
    return sync_folder(real.parent)


def refuse_hard_links(path: Path) -> None:
    """Refuse a file with several hard links, as the other names would stay the same.

    Call it only when the data file is replaced: just before, names that killed writers left are removed.

    Raises:
        FileNotFoundError: If it does not exist.
        FileError: If it has several hard links.
    """
    real = resolve_link(path)
    if (number := os.stat(real).st_nlink) > 1:
        message = f"'{real}' has {number} hard links; replacing the file would separate them"
        raise FileError(message, hint="keep only one of the links")


def _check_writable(real: Path, status: os.stat_result) -> None:
    """Refuse a file that is not writable: a rename would ignore that."""
    if not status.st_mode & 0o222:
        raise FileError(
            f"'{real}' is read-only", hint=f"make it writable: {system_command('make writable', str(real))}"
        )
    if not os.access(real, os.W_OK):
        raise FileError(f"'{real}' is not writable for you", hint="ask its owner for write permission")


@contextmanager
def _open_temporary(real: Path, data: bytes, like: Path | None = None) -> Iterator[str]:
    """Write and sync a temporary file next to ``real``, with the access of ``like``.

    It is removed at the end unless it was renamed.

    Raises:
        FileError: If somebody can access only one of ``like`` and the new file.
    """
    # Lazy imports: reading needs no temporary file, and tempfile loads a dozen modules.
    import tempfile

    from renewctl.access import check_access, copy_access, copy_attributes, read_access

    if sys.platform == "win32" and is_reserved_name(real.name):
        raise FileError(f"Windows does not allow the file name {real.name!r}", hint="choose another name")
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
    """Write all of ``data`` to an open file, in as many writes as needed, and sync it."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _rename(temporary: str, real: Path) -> None:
    """Rename; on Windows, wait up to 2 s for a program that has the file open."""
    for pause in (0.01, 0.05, 0.2, 0.5, 1.25):
        try:
            return os.replace(temporary, real)
        except PermissionError as error:
            if not _is_open_elsewhere(error):
                raise
        time.sleep(pause)
    return os.replace(temporary, real)


def sync_folder(folder: Path) -> list[str]:
    """Wait until the names in a folder are on the disk. Return warnings."""
    if sys.platform == "win32":
        return []  # Windows cannot open a folder.
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return [f"saved, but the folder could not be synced to disk: {error.strerror}"]
    return []


def remove_stale_temporaries(path: Path) -> None:
    """Remove temporary files of killed writers next to ``path``.

    Call it under the lock.
    """
    import glob  # Lazy import: only a change that is saved needs it.

    with suppress(OSError, FileError):  # This only tidies up, so no failure is an error.
        real = resolve_link(path)
        for old in real.parent.glob(f".{glob.escape(real.name)}.*.tmp"):
            with suppress(OSError):
                # If the creator of the file was killed just after linking it, this is its second name.
                if time.time() - old.lstat().st_mtime > _STALE_SECONDS or old.samefile(real):
                    old.unlink()
