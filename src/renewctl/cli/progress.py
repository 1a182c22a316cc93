"""Progress of long commands on a terminal, as a bar that appears after a second."""

from collections.abc import Callable, Iterable, Iterator, Sized
from threading import Lock, Timer, current_thread
from typing import TYPE_CHECKING, TextIO, TypeVar

from renewctl.signals import keep_signals_here

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

T = TypeVar("T")
_UPDATES = 100
"""The number of updates in one phase: an update per row would take longer than reading the row."""


class Progress:
    """The progress of a command: the name of its phase, and a bar.

    Args:
        stream: The terminal; None shows nothing.
        has_colour: Returns whether the bar has color.
    """

    delay = 1.0
    """Seconds from the first phase until the bar appears."""

    def __init__(self, stream: TextIO | None, has_colour: Callable[[], bool] = lambda: True) -> None:
        self.stream = stream
        self._has_colour = has_colour
        self._phase = ""
        self._total: int | None = None
        self._done = 0
        self._lock = Lock()
        self._timer: Timer | None = None
        self._bar: Bar | None = None

    def begin(self, phase: str, total: int | None = None) -> None:
        """Begin a phase, with ``total`` items if their number is known."""
        if self.stream is None:
            return
        if self._timer is None:
            self._timer = Timer(self.delay, self._show)
            self._timer.daemon = True
            with keep_signals_here():
                self._timer.start()
        with self._lock:
            self._phase, self._total, self._done = phase, total, 0
            if self._bar:
                self._replace_task(self._bar)
                self._bar.refresh()

    def track(self, phase: str, items: Iterable[T]) -> Iterable[T]:
        """Begin a phase and return its items. Taking an item moves the bar."""
        return items if self.stream is None else self._count(phase, items)

    def _count(self, phase: str, items: Iterable[T]) -> Iterator[T]:
        found = items if isinstance(items, Sized) else list(items)
        self.begin(phase, len(found))
        step = max(1, len(found) // _UPDATES)
        for number, item in enumerate(found):
            if number % step == 0:
                self._advance(number)
            yield item
        self._advance(len(found))

    def _advance(self, done: int) -> None:
        with self._lock:
            self._done = done
            if self._bar:
                self._bar.update(self._bar.task_ids[0], completed=done)

    def stop(self) -> None:
        """Remove the bar, for example before a question. The next phase shows it again."""
        if self._timer is None:
            return
        self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._bar:
                self._bar.stop()
                self._bar = None

    def _show(self) -> None:
        """Show the bar.

        This runs in the timer's thread, because the command can be busy with one long step.
        """
        # Lazy import: most commands finish before the bar appears.
        from rich.console import Console
        from rich.progress import Progress as Bar

        console = Console(file=self.stream, no_color=not self._has_colour())
        # Rich hides the cursor, and a process that is killed cannot show it again.
        console.show_cursor = lambda *_: False  # type: ignore[method-assign]
        bar = Bar(console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        with self._lock:
            if self._timer is current_thread():  # Otherwise stop() was called during the import.
                self._replace_task(bar)
                bar.start()
                self._bar = bar

    def _replace_task(self, bar: "Bar") -> None:
        for task in bar.task_ids:
            bar.remove_task(task)
        bar.add_task(self._phase, total=self._total, completed=self._done)
