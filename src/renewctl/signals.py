"""Delay signals until a change is complete and reported."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_HELD = {signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


def hold_signals() -> None:
    """Block signals from here on, so that the following change is reported."""
    if sys.platform != "win32" and hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


def release_signals() -> None:
    """Unblock signals, for example before another program starts."""
    if sys.platform != "win32" and hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


def raise_interruption() -> None:
    """Stop between two steps of work that can be left incomplete.

    Raises:
        KeyboardInterrupt: If a signal is pending. It stays pending until ``release_signals``.
    """
    if sys.platform != "win32" and hasattr(signal, "sigpending"):
        held = signal.sigpending() & _HELD
        # Signals that the process ignores, for example under nohup, are pending, too.
        if any(signal.getsignal(number) != signal.SIG_IGN for number in held):
            raise KeyboardInterrupt


@contextmanager
def keep_signals_here() -> Iterator[None]:
    """Block signals in threads that are started inside.

    Otherwise they would receive the signals that the main thread blocks.
    """
    if sys.platform == "win32" or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def outlive_signals() -> Iterator[list[int]]:
    """Let another program on the terminal handle Ctrl-C; yield the signals received.

    Ctrl-C belongs to that program, even while signals are blocked here. Any other signal ends this process
    when the program has ended.
    """
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    # A handler, because the other program would inherit SIG_IGN. Ignored signals stay ignored in both.
    noted = [number for number in _HELD if signal.getsignal(number) != signal.SIG_IGN]
    handlers = [(number, signal.signal(number, note)) for number in noted]
    mask = None
    if sys.platform != "win32" and hasattr(signal, "pthread_sigmask"):
        mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield received
    finally:
        if sys.platform != "win32" and mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers:
            signal.signal(number, handler)
        for number in {*received} - {signal.SIGINT}:
            signal.raise_signal(number)


@contextmanager
def restore_signals() -> Iterator[None]:
    """Undo ``hold_signals`` at the end, and discard pending signals as too late."""
    if sys.platform == "win32" or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        while signal.sigpending() & _HELD - before:
            signal.sigwait(_HELD - before)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
