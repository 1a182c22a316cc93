"""Interruptions wait until a change is complete, and take effect then."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_HELD = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


def hold_signals() -> None:
    """Hold interruptions back from here on: the user must learn that what follows was done."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


def release_signals() -> None:
    """Let interruptions through again, in another program that is about to start."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


@contextmanager
def keep_signals_here() -> Iterator[None]:
    """Start threads that receive no interruption: while the main thread holds them, they would."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def count_interrupts() -> Iterator[list[int]]:
    """Leave Ctrl-C to another program on the terminal, even while it is held; yield a list that it fills."""
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    handler = signal.signal(signal.SIGINT, note)  # not SIG_IGN: the other program would inherit that
    has_masks = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT}) if has_masks else set()
    try:
        yield received
    finally:
        if has_masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)


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
