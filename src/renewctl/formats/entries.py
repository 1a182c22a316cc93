"""What a file is made of: entries, each one a top-level key, one client, or one partner user."""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from renewctl.model import Path

HOLDERS = ("clients", "users")
"""Top-level tables in which each table is an entry of its own."""
MAX_DEPTH = 100
"""Levels of tables and lists within each other: a fixed limit, whatever Python's own is. A store has five."""
Steps = tuple[str | int, ...]
"""A path in the data, with the items of lists named by their index."""


class Entry(NamedTuple):
    """One entry of a file: its text, a heading comment included, and where that starts.

    ``path`` is ``("version",)``, ``("clients", KEY)`` or ``("users", KEY)``; empty for the end of a file.
    ``gap`` is what is above it and belongs to no entry: blank lines and free comments. JSON has none.
    """

    path: Path
    text: str
    gap: str = ""
    start: int = 0


class Swap(NamedTuple):
    """What a change did to the text of one entry, so that undo can put the old text back.

    ``path`` is the entry's path after the change (before it, if removed; empty for the whole file), ``was``
    the one before it. ``old`` is empty if the entry was not there, ``new`` if it is gone. ``after`` is the
    path of the entry above it before the change.
    """

    path: Path
    was: Path
    old: str
    new: str
    old_gap: str = ""
    new_gap: str = ""
    after: Path = ()


class Codec(Protocol):
    """The format of a store, ``toml.codec`` or ``json.codec``: its text into entries, and back."""

    def parse(self, text: str) -> dict[str, Any]:
        """Return the data of a text.

        Raises:
            StoreInvalid: If it is not of the format; every problem has line and column.
        """

    def entries(self, text: str) -> list[Entry]:
        """Return the entries of a text that ``parse`` accepts, in the file's order."""

    def join(self, entries: Sequence[Entry], text: str) -> str:
        """Return the file of these entries, in the habits of the old ``text``."""

    def value_of(self, entry: Entry) -> Any:
        """Return the value in the text of an entry; None if it cannot be changed by itself."""

    def is_table(self, entry: Entry) -> bool:
        """Return whether the text of an entry is a table of its own, as new clients and users are."""

    def write(self, path: Path, value: Any, text: str) -> str:
        """Return the text of a new entry, in the habits of the file's ``text``."""

    def rewrite(self, entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
        """Return the text of an entry whose path becomes ``path`` and whose value ``old`` becomes ``new``."""

    def storable(self, value: Any) -> Any:
        """Return plain data as the format holds it: JSON holds dates as text."""

    def reformat(self, text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
        """Return all entries in the usual layout, comments kept; those in ``usual`` keep their text."""

    def position(self, text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
        """Return how many of ``steps``, from the top of the data, lead into an entry, and to which offset."""


def entry_of(path: Sequence[str | int]) -> Path:
    """Return the path of the entry that ``path`` leads into."""
    return tuple(map(str, path[: 2 if path[0] in HOLDERS else 1]))


def paths_of(data: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the path of each entry that data has: each client, each user, and each other top-level key."""
    for top, value in data.items():
        if top in HOLDERS and isinstance(value, dict) and value:
            yield from ((top, key) for key in value)
        else:
            yield (top,)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1, of an offset in a text."""
    starts = _line_starts(text)
    line = bisect(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=2)  # Many problems of one text take linear time.
def _line_starts(text: str) -> list[int]:
    return [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]


@lru_cache(maxsize=4)  # A change of 1,000 entries asks for each: 0.4 s instead of 2.0 s.
def line_end(text: str) -> str:
    """Return the line end that most lines of ``text`` have; only JSON can have the last."""
    crlf = text.count("\r\n")
    counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(counts, key=counts.__getitem__)
