"""The system's lock on a file: taken, waited for, let go. What it is for, and what is said, ``lock`` knows.

flock where there is one; on Windows filelock, which takes 20 ms to import.
Imports the standard library only, filelock late.
"""

import errno
import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PAUSE = 0.02
"""Seconds between two tries."""
_BUSY = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK}

Release = Callable[[], None]


class Busy(Exception):
    """Somebody else held the lock all the time."""


if sys.platform == "win32":

    def acquired(path: Path, timeout: float, mode: int, signed: Callable[[int], None]) -> Release:
        """Take the lock on a file, as below."""
        from filelock import FileLock, Timeout

        lock = FileLock(
            path, timeout, mode, fallback_to_soft=False, preserve_lock_file=True, on_acquired=signed
        )
        try:
            lock.acquire(poll_interval=PAUSE)
        except Timeout:
            raise Busy from None
        return lock.release

else:
    import fcntl

    def acquired(path: Path, timeout: float, mode: int, signed: Callable[[int], None]) -> Release:
        """Take the lock on a file, which is made where there is none, and return what lets it go.

        Args:
            path: the file; it stays when the lock is let go.
            timeout: seconds to go on trying.
            mode: the rights of a new file, whatever the umask.
            signed: gets the file's handle once the lock is held.

        Raises:
            Busy: somebody else held it all the time.
            OSError: the file cannot be opened, or nothing can be locked there.
        """
        last = time.monotonic() + timeout
        while (handle := _held(path, mode)) is None:
            if time.monotonic() >= last:
                raise Busy
            time.sleep(PAUSE)
        signed(handle)

        def release() -> None:
            try:
                fcntl.flock(handle, fcntl.LOCK_UN)
            finally:
                os.close(handle)

        return release

    def _held(path: Path, mode: int) -> int | None:
        """Return a handle that holds the lock, or None where that has to be tried again."""
        handle = _opened(path, mode)
        if handle is None:
            return None
        try:
            if _locked(handle) and _in_place(path, os.fstat(handle)):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        return None

    def _opened(path: Path, mode: int) -> int | None:
        # Not truncated: whose lock it is stands in it. Not waited for, not followed: it may be no lock file.
        flags = os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW
        try:
            handle = os.open(path, flags | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            with suppress(FileNotFoundError):  # removed just now
                return os.open(path, flags)
            return None
        with suppress(OSError):
            os.fchmod(handle, mode)
        return handle

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True

    def _in_place(path: Path, found: os.stat_result) -> bool:
        """Tell whether the file that is locked still has its name; without one it keeps nobody out.

        Raises:
            PermissionError: in a folder such as /tmp it is a third user's, who may remove it any time.
        """
        folder = os.stat(path.parent)
        if folder.st_mode & stat.S_ISVTX and found.st_uid not in {os.geteuid(), folder.st_uid}:
            raise PermissionError(errno.EACCES, "the lock file belongs to another user", str(path))
        return found.st_nlink > 0
