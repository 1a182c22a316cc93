"""Allow one writer at a time on one machine, with a separate lock file.

A lock on the data file itself would lose changes, because every write replaces that file. Removing the lock
file after use would lose changes, too, so it stays. filelock does not follow a link, tries again if the lock
file was removed before it was locked, and refuses one that a third user can remove.
"""

import errno
import math
import os
import platform
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from renewctl.access import copy_access, read_access
from renewctl.errors import FileError, StoreLocked, UsageError
from renewctl.files import explain_os_error, resolve_link

DEFAULT_TIMEOUT = 10.0


def lock_name(store: str) -> str:
    """Return the name of the lock file for a data file of that name."""
    return f".{store}.lock"


@contextmanager
def lock_store(store: Path, timeout: float = DEFAULT_TIMEOUT) -> Iterator[None]:
    """Hold the lock of a data file.

    Args:
        store: The data file.
        timeout: The number of seconds to wait for another writer; 0 means to try once.

    Raises:
        UsageError: If the timeout is not a number.
        StoreLocked: If another process kept the lock; the message identifies it.
        FileError: If the lock file cannot be created, or the file system does not support locks.
    """
    from filelock import FileLock, Timeout  # Lazy import: only a change that is saved needs it.

    if math.isnan(timeout):
        hint = "pass a number of seconds, for example --lock-timeout 60"
        raise UsageError("'nan' is not a valid number of seconds", hint=hint)
    try:
        real, access = resolve_link(store), read_access(store)
        path = real.with_name(lock_name(real.name))
        with suppress(FileNotFoundError):  # Before opening it, because opening a pipe would wait.
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise FileError(f"'{path}' is not a lock file", hint="move it away")
    except OSError as error:
        raise explain_os_error("lock", store, error) from None
    mode = access.mode & 0o666 | 0o600

    def write_note(handle: int) -> None:
        """Note this process in the lock file, and give it the data file's access rights."""
        with suppress(OSError):  # The lock works without it.
            copy_access(handle, access._replace(mode=mode))
        with suppress(OSError):
            note = f"process {os.getpid()} on {platform.node()}\n{time.time():.0f}\n"
            os.lseek(handle, 0, os.SEEK_SET)
            os.ftruncate(handle, os.write(handle, note.encode()))

    lock = FileLock(
        path, timeout, mode, fallback_to_soft=False, preserve_lock_file=True, on_acquired=write_note
    )
    try:
        lock.acquire(poll_interval=0.02)
    except Timeout:
        message = f"{store} is locked by {describe_owner(path)}; waited {timeout:g} s"
        hint = "wait longer with --lock-timeout 60"
        raise StoreLocked(message, hint=hint) from None
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}:
            raise explain_os_error("lock", path, error) from None
        hint = "move the file to a local disk"
        raise FileError(f"'{path.parent}' does not support file locks", hint=hint) from None
    try:
        yield
    finally:
        # The change is complete by now, and the system frees the lock when the process ends.
        with suppress(OSError):
            lock.release()


def describe_owner(path: Path, *, host: bool = True) -> str:
    """Return the process that a lock file names; ``host`` adds the machine."""
    try:
        with path.open("rb") as file:
            note = file.read(200).decode("utf-8", "replace").splitlines()
        age = max(0, int(time.time()) - int(note[1]))
    except (OSError, IndexError, ValueError):
        return "another process"
    process = note[0] if host else note[0].partition(" on ")[0]
    return f"{process}, for {age} s"
