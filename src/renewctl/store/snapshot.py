"""Read the data file: its bytes, its text as a document, and the portfolio in it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from renewctl import files
from renewctl.domain.paths import get
from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import upgrade
from renewctl.errors import Problem, RenewctlError, StoreInvalid
from renewctl.formats.entries import Codec, place_of
from renewctl.model import Path, Portfolio
from renewctl.store.document import Document
from renewctl.store.location import Location, missing_store
from renewctl.text import count_of

BOM = "\ufeff"
EDITOR_HINT = "correct the file in an editor"
_ALTERNATING = re.compile(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}")


class Snapshot(NamedTuple):
    """A data file as it was read; ``remarks`` are findings that change no answer."""

    place: Location
    data: bytes
    document: Document
    portfolio: Portfolio
    remarks: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 digest of the bytes, in hexadecimal."""
        return files.digest(self.data)

    @property
    def identity(self) -> dict[str, Any]:
        """The file as an object for JSON output; its digest is computed if written."""
        return {"path": self.place.display, "sha256": lambda: self.digest}

    def line_of(self, path: Path) -> str | None:
        """Return the place of ``path``, such as ``renewctl.toml:12``; None if absent."""
        if get(self.document.data, path) is None:
            return None
        return f"{self.place.display}:{self.document.locate(path)[0]}"

    def encode(self, text: str) -> bytes:
        """Return new text as bytes, with a byte order mark if the file has one."""
        bom = BOM if self.data.startswith(BOM.encode()) else ""
        return (bom + text).encode()


def load(place: Location) -> Snapshot:
    """Read the data file.

    Raises:
        StoreMissing: If it does not exist.
        StoreInvalid: If it is not valid; every problem is listed, with its place.
        NotAFile: If the path is not a file that can be read.
        FileError: If the operating system reports an error.
    """
    try:
        data = files.read_bytes(place.path)
    except FileNotFoundError:
        raise missing_store(place) from None
    return read_snapshot(data, place)


def read_snapshot(data: bytes, place: Location) -> Snapshot:
    """Return the snapshot for the bytes of a data file.

    Raises:
        StoreInvalid: If they are not valid; every problem is listed, with its place.
    """
    text = _decode(data, place)
    document = parse_document(text.removeprefix(BOM), place)
    with name_locations(document, place):
        reading = read_portfolio(upgrade(document.data))
        if reading.problems:
            message = f"{place.display} has {count_of(len(reading.problems), 'problem')}"
            raise StoreInvalid(message, hint=EDITOR_HINT, problems=reading.problems)
    remarks = locate_problems(document, place, reading.remarks)
    return Snapshot(place, data, document, reading.portfolio, remarks)


def parse_document(text: str, place: Location) -> Document:
    """Return the text as a document, in the format of the file name's suffix."""
    codec: Codec
    # Lazy imports: a process usually reads only one format.
    if place.path.suffix.lower() == ".json":
        from renewctl.formats.json import codec
    else:
        from renewctl.formats.toml import codec
    try:
        return Document(text, codec)
    except StoreInvalid as error:
        has_hint = error.hint or any(problem.hint for problem in error.problems)
        error.hint = error.hint if has_hint else EDITOR_HINT
        error.problems = tuple(problem._replace(file=place.display) for problem in error.problems)
        raise


@contextmanager
def name_locations(document: Document, place: Location) -> Iterator[None]:
    """Add file, line and column to the problems of any error that is raised inside."""
    try:
        yield
    except RenewctlError as error:
        error.problems = locate_problems(document, place, error.problems)
        raise


def locate_problems(document: Document, place: Location, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems with their places, in file order; others come last."""
    located = []
    for problem in problems:
        if problem.path:
            line, column = document.locate(problem.path)
            problem = problem._replace(file=place.display, line=line, column=column)  # noqa: PLW2901
        located.append(problem)
    return tuple(sorted(located, key=lambda problem: (not problem.line, problem.line, problem.column)))


def _decode(data: bytes, place: Location) -> str:
    """Return the text of the bytes. Raises StoreInvalid if they are not UTF-8."""
    start, kind = 0, ""
    if data[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}:
        kind = "the text looks like UTF-32"
    elif data[:2] in {b"\xff\xfe", b"\xfe\xff"} or _ALTERNATING.match(data):
        kind = "the text looks like UTF-16"
    else:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            start, kind = error.start, f"byte 0x{data[error.start]:02x} is not valid UTF-8"
    above = data[:start].decode().removeprefix(BOM)
    line, column = place_of(above, len(above))
    problem = Problem(kind, file=place.display, line=line, column=column)
    from renewctl.formats.foreign import guess_by_magic  # Lazy import: most files are UTF-8.

    hint = guess_by_magic(data) or "save the file as UTF-8"
    raise StoreInvalid(f"{place.display} is not UTF-8", hint=hint, problems=[problem])
