"""A file that is only added to: what was appended is on the disk, or not in the file.

Knows nothing of what the lines mean. Imports ``errors`` and ``files`` only.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from renewctl.errors import FileError
from renewctl.files import NEW_FILE_MODE, synced_folder, write_all

CHUNK = 4096


def append(path: Path, data: bytes, like: os.stat_result | None = None) -> None:
    """Add ``data`` to the end of the file and wait until it is on the disk.

    Args:
        path: the file; it is made if there is none.
        data: what to add.
        like: the file whose owner, group and permissions a new one gets; else it is the writer's alone.

    Raises:
        OSError: the system refuses; the file is as it was, as far as that can be had.
        FileTrouble: there is something, but it is no file.
    """
    new = not _is_file(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, NEW_FILE_MODE)
    try:
        if new and like:  # whatever the umask, and whoever writes: those of the store may, too
            write_all(handle, like, stat.S_IMODE(like.st_mode) & 0o666 | NEW_FILE_MODE)
        _write(handle, data)
    finally:
        os.close(handle)
    if new and synced_folder(path.parent):
        hint = "nothing was changed; look at the disk, then run the command again"
        raise FileError(f"the folder of {path} could not be synced", hint=hint)


def _write(handle: int, data: bytes) -> None:
    size = os.fstat(handle).st_size
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(handle, size)  # half a line would be in the next writer's way
        raise


def _is_file(path: Path) -> bool:
    """Tell whether there is a file; opening a pipe would wait for a reader that never comes."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        if path.is_symlink():
            message = f"{path} links to {os.path.realpath(path)}, which does not exist"
            raise FileError(message, hint="mend the link, or take it away") from None
        return False
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path} is not an ordinary file", hint="move it away; a new one will be made")
    return True


def lines(path: Path) -> list[bytes]:
    """Return the file's lines; none where there is no file.

    Raises:
        OSError, FileTrouble: it cannot be read.
    """
    return path.read_bytes().split(b"\n") if _is_file(path) else []


def tail(path: Path) -> bytes:
    """Return the end of the file, a few thousand bytes at most; nothing where there is no file.

    Raises:
        OSError, FileTrouble: it cannot be read.
    """
    if not _is_file(path):
        return b""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - CHUNK))
        return file.read()
