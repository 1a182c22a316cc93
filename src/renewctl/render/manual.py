"""A command's help as a value, and how people read it: usage, text, panels of options, examples.

The reference and the manual page are made of the same value. Imports its neighbours only.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from renewctl.render.result import Line, line
from renewctl.render.terminal import measure, wrap_line

WIDEST = 120
"""Longer lines than these are hard to read."""
_LEAST_TEXT = 24
_INDENT = "  "


class Entry(NamedTuple):
    """An argument, an option or a command, and what is said of it."""

    term: str
    text: str


class Panel(NamedTuple):
    """Entries under a heading."""

    title: str
    entries: tuple[Entry, ...]


class Example(NamedTuple):
    """A command line that works, and what it is for; ``status`` is what it exits with."""

    command: str
    says: str
    status: int = 0


class Page(NamedTuple):
    """The help of one command or group."""

    usage: str
    paragraphs: tuple[str, ...]
    panels: tuple[Panel, ...]
    examples: tuple[Example, ...] = ()
    closing: str = ""


def lines(page: Page, width: int) -> Iterator[Line]:
    """Yield the lines of a page, each at most ``width`` wide if its words are."""
    yield from wrap_line(line("Usage: ", (page.usage, "strong")), width)
    for number, text in enumerate(page.paragraphs):
        yield line()
        yield from wrap_line(line(text if number else (text, "strong")), width, hang=0)
    yield line()
    first = max((measure(line(entry.term)) for panel in page.panels for entry in panel.entries), default=0)
    for panel in page.panels:
        yield from _boxed(panel, first, width)
    yield from _examples(page.examples, width)
    if page.closing:
        yield line()
        yield from wrap_line(line((page.closing, "dim")), width, hang=0)


def _examples(examples: Sequence[Example], width: int) -> Iterator[Line]:
    if examples:
        yield line()
        yield line(("Examples", "strong"))
    for example in examples:
        yield from wrap_line(line(_INDENT, (example.command, "copied")), width, hang=len(_INDENT) * 3)
        yield from wrap_line(line(_INDENT * 2, example.says), width, hang=len(_INDENT) * 2)


def _boxed(panel: Panel, first: int, width: int) -> Iterator[Line]:
    title = f"─ {panel.title} "
    yield line((f"╭{title}{'─' * (width - 2 - len(title))}╮", "dim"))
    for found in _table(panel.entries, first, width - 4):
        room = " " * (width - 4 - measure(found))
        yield line(("│ ", "dim"), *found, room, (" │", "dim"))
    yield line((f"╰{'─' * (width - 2)}╯", "dim"))


def _table(entries: Iterable[Entry], first: int, width: int) -> Iterator[Line]:
    """Yield entries in two columns; where little room is left for the second, one under the other."""
    room = width - first - len(_INDENT)
    for term, text in entries:
        if room < _LEAST_TEXT:
            yield from wrap_line(line((term, "copied")), width)
            yield from (line(_INDENT * 2, *part) for part in wrap_line(line(text), width - 4, hang=0))
        else:
            parts = iter(wrap_line(line(text), room, hang=0))
            yield line((f"{term:<{first}}", "copied"), _INDENT, *next(parts))
            yield from (line(" " * (first + len(_INDENT)), *part) for part in parts)
