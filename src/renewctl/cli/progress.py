"""How far a command is, on a terminal, where somebody would wonder: one line that comes and goes.

Written by hand: to import rich takes longer than to read thousands of rows.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from renewctl.cli.runtime import Run
from renewctl.render.result import Output

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds after which somebody would wonder."""
_OFTEN = 500
"""So many items pass from one look at the clock to the next."""


def tracker(run: Run, what: str, patience: float = PATIENCE) -> Callable[[Iterable[T]], Iterable[T]]:
    """Return what passes items on, and says how many of them have passed, of those that take long.

    Nothing is said under ``-q``, where the answer is for a program, or where standard error is no terminal.

    Args:
        run: the command's common options.
        what: the work, as ``Reading rows``.
        patience: seconds before anything is said.
    """

    def tracked(items: Iterable[T]) -> Iterable[T]:
        stream = run.environment.stderr
        if run.quiet or run.output is not Output.TABLE or stream is None or not stream.isatty():
            return items
        return _counted(list(items), lambda text: (stream.write(text), stream.flush()), what, patience)

    return tracked


def _counted(items: list[T], say: Callable[[str], object], what: str, patience: float) -> Iterator[T]:
    due = time.monotonic() + patience
    said = ""
    try:
        for number, item in enumerate(items):
            if number % _OFTEN == 0 and time.monotonic() >= due:
                said = f"\r{what}: {number:,} of {len(items):,}"
                say(said)
            yield item
    finally:
        if said:
            say("\r" + " " * (len(said) - 1) + "\r")
