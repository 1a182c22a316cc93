"""Progress of what takes long, on a terminal: rich's bar, which comes after a second and goes again."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from renewctl.cli.runtime import Run
from renewctl.render.result import Output

T = TypeVar("T")


def tracker(run: Run, description: str, delay: float = 1.0) -> Callable[[Iterable[T]], Iterable[T]]:
    """Return a function that passes items on and shows how many have passed.

    Args:
        run: the command's common options; only a table on a terminal, without ``-q``, has a bar.
        description: the work, as ``Reading rows``.
        delay: seconds before the bar appears.
    """

    def track(items: Iterable[T]) -> Iterator[T]:
        found = list(items)
        start = time.monotonic()
        for done, item in enumerate(found):
            if time.monotonic() - start >= delay:
                # Lazy import: most work is done before anybody wonders.
                from rich.console import Console
                from rich.progress import track as show_bar

                console = Console(file=run.environment.stderr)
                # Rich would hide the cursor, and a process that a signal ends cannot show it again.
                console.show_cursor = lambda *_: False  # type: ignore[method-assign]
                rest = found[done:]
                yield from show_bar(
                    rest, description, total=len(found), completed=done, console=console, transient=True
                )
                return
            yield item

    stream = run.environment.stderr
    if run.quiet or run.output not in {Output.AUTO, Output.TABLE} or stream is None or not stream.isatty():
        return lambda items: items
    return track
