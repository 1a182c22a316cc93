"""Interruptions wait until a change is complete, and take effect then."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_HELD = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


def hold_signals() -> None:
    """Hold interruptions back from here on: the user must learn that what follows was done."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


@contextmanager
def restore_signals() -> Iterator[None]:
    """Undo ``hold_signals`` at the end; interruptions held back until then end the process."""
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
