"""The parts of a data file: top-level keys, clients and partner users."""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from renewctl.model import Path

HOLDERS = ("clients", "users")
"""Top-level tables in which each table is an entry of its own."""
MAX_DEPTH = 100
"""The most levels of nested tables and lists, whatever Python's own limit is. A data file needs five."""
Steps = tuple[str | int, ...]
"""A path in the data, with the items of lists named by their index."""


class Entry(NamedTuple):
    """One entry of a file.

    Args:
        path: ``("version",)``, ``("clients", KEY)`` or ``("users", KEY)``; empty for the end of the file.
        text: Its text, with the comment directly above it.
        gap: The blank lines and comments above it that belong to no entry; JSON has none.
        start: The offset of its text in the file.
    """

    path: Path
    text: str
    gap: str = ""
    start: int = 0


class Swap(NamedTuple):
    """The change of the text of one entry, so that undo can restore the old text.

    Args:
        path: The path after the change (before it, if the entry was removed; empty for the whole file).
        was: The path before the change.
        old: The text before the change; empty if the entry did not exist.
        new: The text after the change; empty if the entry was removed.
        old_gap: The gap before the change.
        new_gap: The gap after the change.
        after: The path of the entry above it before the change.
    """

    path: Path
    was: Path
    old: str
    new: str
    old_gap: str = ""
    new_gap: str = ""
    after: Path = ()


class Codec(Protocol):
    """The format of a data file: splits text into entries, and joins them.

    The implementations are ``toml.codec`` and ``json.codec``.
    """

    def parse(self, text: str) -> dict[str, Any]:
        """Return the data of a text.

        Raises:
            StoreInvalid: If the text is not valid; every problem has line and column.
        """

    def entries(self, text: str) -> list[Entry]:
        """Return the entries of a valid text, in the order of the file."""

    def join(self, entries: Sequence[Entry], text: str) -> str:
        """Return the text of a file with these entries, in the style of the old ``text``."""

    def value_of(self, entry: Entry) -> Any:
        """Return the value of an entry; None if the entry cannot be changed separately."""

    def is_table(self, entry: Entry) -> bool:
        """Return whether an entry is a table with a header, like new clients and users."""

    def write(self, path: Path, value: Any, text: str) -> str:
        """Return the text of a new entry, in the style of the file's ``text``."""

    def rewrite(self, entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
        """Return the text of an entry with another path, and ``new`` instead of ``old``."""

    def storable(self, value: Any) -> Any:
        """Return plain data as the format stores it: dates are text in JSON."""

    def reformat(self, text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
        """Return all entries in the standard layout; those in ``usual`` keep their text."""

    def position(self, text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
        """Return how many of ``steps`` exist in an entry, and the offset of the last."""


def entry_of(path: Sequence[str | int]) -> Path:
    """Return the path of the entry that contains ``path``."""
    return tuple(map(str, path[: 2 if path[0] in HOLDERS else 1]))


def paths_of(data: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the path of each entry of data: clients, users and other top-level keys."""
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


@lru_cache(maxsize=2)  # With many problems in a text, this keeps the time linear.
def _line_starts(text: str) -> list[int]:
    return [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]


@lru_cache(maxsize=4)  # Called for each changed entry: 1,000 take 0.4 s instead of 2.0 s.
def line_end(text: str) -> str:
    """Return the line end of most lines; only JSON can have a lone carriage return."""
    crlf = text.count("\r\n")
    counts = {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}
    return max(counts, key=counts.__getitem__)
