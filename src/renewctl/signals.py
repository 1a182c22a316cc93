"""Interruptions that have to wait until a change is whole, and are answered then.

Imports the standard library only.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_HELD = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


def hold_signals() -> None:
    """Let interruptions wait from here on: what follows must be told to the user as done."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


@contextmanager
def restore_signals() -> Iterator[None]:
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
