"""One writer at a time, on one machine: a lock on a file next to the store that is never removed.

A lock on the store itself would lose changes, because every write replaces the file; removing the
lock file after use would lose them too. filelock does not follow a link, tries again if the lock file
was removed before it was locked, and refuses one that a third user can remove.
"""

import errno
import math
import os
import socket
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
    """Return the name of the lock file for a store of that name."""
    return f".{store}.lock"


@contextmanager
def lock_store(store: Path, timeout: float = DEFAULT_TIMEOUT) -> Iterator[None]:
    """Hold the store's lock; ``timeout`` is in seconds, 0 tries once.

    Raises:
        StoreLocked: If another process held the lock all the time; the message names it.
        FileError: If the lock file cannot be made, or nothing can be locked there.
    """
    from filelock import FileLock, Timeout  # Lazy import: only a change that is written needs it.

    if math.isnan(timeout):
        raise UsageError("--lock-timeout needs a number of seconds", hint="as in --lock-timeout 60")
    try:
        real, access = resolve_link(store), read_access(store)
        path = real.with_name(lock_name(real.name))
        with suppress(FileNotFoundError):  # Before opening: to open a pipe would wait.
            if not stat.S_ISREG(os.lstat(path).st_mode):
                hint = "remove it; a new one will be made"
                raise FileError(f"{path} should be a lock file, and is something else", hint=hint)
    except OSError as error:
        raise explain_os_error("lock", store, error) from None
    mode = access.mode & 0o666 | 0o600

    def sign(handle: int) -> None:
        """Write into the lock file who holds it, and give it the access of the store."""
        with suppress(OSError):  # The lock is held all the same.
            copy_access(handle, access._replace(mode=mode))
        with suppress(OSError):
            note = f"process {os.getpid()} on {socket.gethostname()}\n{time.time():.0f}\n"
            os.lseek(handle, 0, os.SEEK_SET)
            os.ftruncate(handle, os.write(handle, note.encode()))

    lock = FileLock(path, timeout, mode, fallback_to_soft=False, preserve_lock_file=True, on_acquired=sign)
    try:
        lock.acquire(poll_interval=0.02)
    except Timeout:
        message = f"{store} is being written by {_describe_holder(path)}; waited {timeout:g} s"
        hint = "run the command again, or wait longer: --lock-timeout 60"
        raise StoreLocked(message, hint=hint) from None
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}:
            raise explain_os_error("lock", path, error) from None
        hint = "nothing was changed; keep the store on a local disk"
        raise FileError(f"{path.parent} does not support locks", hint=hint) from None
    try:
        yield
    finally:
        # The change is made or not by now, and the system frees the lock when the process ends.
        with suppress(OSError):
            lock.release()


def _describe_holder(path: Path) -> str:
    try:
        with path.open("rb") as file:
            note = file.read(200).decode("utf-8", "replace").splitlines()
        age = max(0, int(time.time()) - int(note[1]))
    except (OSError, IndexError, ValueError):
        return "another process"
    return f"{note[0]}, for {age} s"
