"""One writer at a time, on one machine: a lock on a file beside the store that is never removed.

A lock on the store itself would lose changes, as every write replaces the file; so would removing
the lock file after use. filelock is imported here only, and late.
"""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from renewctl.errors import FileTrouble, StoreLocked
from renewctl.files import trouble

DEFAULT_TIMEOUT = 10.0
_LONGEST_NOTE = 200


def path_of(store: Path) -> Path:
    """Return the lock file's path, beside the file that a link leads to."""
    real = Path(os.path.realpath(store))
    return real.with_name(f".{real.name}.lock")


@contextmanager
def locked(store: Path, timeout: float = DEFAULT_TIMEOUT) -> Iterator[None]:
    """Hold the store's lock.

    Args:
        store: the store's path; the file exists.
        timeout: seconds to wait for another writer.

    Raises:
        StoreLocked: it was held all the time; the message names the holder.
        FileTrouble: the lock file cannot be made.
    """
    from filelock import FileLock, Timeout

    path = path_of(store)
    try:
        mode = os.stat(store).st_mode & 0o777
        lock = FileLock(
            path, timeout, mode | 0o600, fallback_to_soft=False, preserve_lock_file=True, on_acquired=_sign
        )
        lock.acquire(poll_interval=0.02)
    except Timeout:
        raise _held(store, path, timeout) from None
    except OSError as error:
        raise trouble("lock", path, error) from None
    except NotImplementedError:
        raise FileTrouble(
            f"{path.parent} does not support locks", hint="keep the store on a local disk"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _sign(handle: int) -> None:
    """Write into the lock file who holds it, for whoever has to wait."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}\n{time.time():.0f}\n".encode(), 0)


def _held(store: Path, path: Path, timeout: float) -> StoreLocked:
    holder = _holder(path)
    message = f"{store} is being written by {holder}; waited {timeout:g} s"
    return StoreLocked(message, hint="run the command again, or wait longer: --lock-timeout 60")


def _holder(path: Path) -> str:
    try:
        with path.open("rb") as file:
            note = file.read(_LONGEST_NOTE).decode("utf-8", "replace").splitlines()
        age = max(0, int(time.time()) - int(note[1]))
    except (OSError, IndexError, ValueError):
        return "another process"
    return f"{note[0]}, for {age} s"
