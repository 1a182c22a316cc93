"""The one shape of an answer, from which every output format is made.

Imports the pure floors only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, overload

from renewctl.errors import ExitStatus, RenewctlError

Cell = str | int | None | tuple[str, ...]
Segment = tuple[str, str]
"""Text and the name of its style: see ``screen``."""
Line = tuple[Segment, ...]


class Output(StrEnum):
    """How an answer is written; ``table`` is for people, the others are contracts."""

    TABLE = "table"
    TSV = "tsv"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    MARKDOWN = "markdown"
    NAMES = "names"


Made_co = TypeVar("Made_co", covariant=True)


class MapView(Sequence[Made_co]):
    """What a function makes of each of some things, made when it is asked for.

    An answer has a form for every format, and only one of them is ever written.
    """

    def __init__(self, make: Callable[[Any], Made_co], things: Sequence[Any]) -> None:
        self._make, self._things = make, things

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._things)

    def __iter__(self) -> Iterator[Made_co]:
        """Yield them."""
        return map(self._make, self._things)

    @overload
    def __getitem__(self, index: int) -> Made_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Made_co]: ...
    def __getitem__(self, index: int | slice) -> Made_co | Sequence[Made_co]:
        """Return one of them, or some."""
        if isinstance(index, slice):
            return MapView(self._make, self._things[index])
        return self._make(self._things[index])


class LazySequence(Sequence[Made_co]):
    """What a function returns, made when it is first asked for."""

    def __init__(self, make: Callable[[], Sequence[Made_co]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Sequence[Made_co]:
        return self._make()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> Made_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Made_co]: ...
    def __getitem__(self, index: int | slice) -> Made_co | Sequence[Made_co]:
        """Return one of them, or some."""
        return self._made[index]


class DataTable(NamedTuple):
    """Columns and rows; a cell that is a tuple is a list."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


class Result(NamedTuple):
    """What a command has to say.

    ``document`` is the JSON form, with ``schema`` and, where it lists things, ``items``; ``table``
    the fixed columns of tsv and csv; ``names`` one key a line. For people: ``lines`` where the
    answer is prose (none of them: there is nothing to say), else ``grid`` (shorter columns; the
    table if there is none), or on a terminal ``screen``, given its width; or several answers one
    after the other, as ``parts``; or a file's exact ``text``; as Markdown what ``markdown``
    returns, where a table would not do. ``footer`` is for people at a terminal; ``warnings`` and
    the ``complaint`` are for everybody. The exit status is ``status``, or the complaint's.
    ``change`` says that the answer tells of a change, ``written`` that the change has been made.
    """

    document: Mapping[str, Any]
    table: DataTable
    names: Sequence[str] = ()
    lines: Sequence[Line] | None = None
    grid: DataTable | None = None
    screen: Callable[[int], Iterator[Line]] | None = None
    footer: Sequence[str] = ()
    warnings: tuple[str, ...] = ()
    failure: RenewctlError | None = None
    parts: "tuple[Result, ...]" = ()
    text: str = ""
    markdown: Callable[[], str] | None = None
    status: ExitStatus = ExitStatus.DONE
    change: bool = False
    written: bool = False


def line(*parts: str | Segment) -> Line:
    """Return a line of plain and styled parts."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)
