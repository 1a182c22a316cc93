"""Interruptions wait until a change is complete, which is then reported as done."""

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
    """Let interruptions through again, as in another program that is about to start."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


def raise_interruption() -> None:
    """Stop between two steps of something that need not be completed.

    Raises:
        KeyboardInterrupt: If an interruption is held back. It stays so until ``release_signals``.
    """
    if hasattr(signal, "sigpending"):
        held = signal.sigpending() & _HELD
        # What the process was started to ignore, as by nohup, waits there too.
        if any(signal.getsignal(number) != signal.SIG_IGN for number in held):
            raise KeyboardInterrupt


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
def outlive_signals() -> Iterator[list[int]]:
    """Let another program on the terminal end first; yield the numbers of the interruptions until then.

    Ctrl-C is for that program, even while interruptions are held back. The others end this process then.
    """
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    # A handler, as the other program would inherit SIG_IGN. What is ignored already stays so in both.
    noted = [number for number in _HELD if signal.getsignal(number) != signal.SIG_IGN]
    handlers = [(number, signal.signal(number, note)) for number in noted]
    has_masks = hasattr(signal, "pthread_sigmask")
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT}) if has_masks else set()
    try:
        yield received
    finally:
        if has_masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers:
            signal.signal(number, handler)
        for number in {*received} - {signal.SIGINT}:
            signal.raise_signal(number)


@contextmanager
def restore_signals() -> Iterator[None]:
    """Undo ``hold_signals`` at the end, and drop what was held back: it came too late to stop anything."""
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
