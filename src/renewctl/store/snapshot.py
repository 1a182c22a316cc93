"""One reading of the store: its bytes, its document, and the portfolio it says.

Imports ``document`` and its codecs, ``place``, ``files`` and the pure floors.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from renewctl import files
from renewctl.domain.paths import get
from renewctl.domain.validate import Reading, read_portfolio
from renewctl.domain.versions import upgrade
from renewctl.errors import Problem, RenewctlError, StoreInvalid
from renewctl.model import Path, Portfolio
from renewctl.store.document import Document
from renewctl.store.location import Location, missing_store

BOM = "\ufeff"
BY_HAND = "mend the file in an editor; nothing was written"
_ALTERNATING = re.compile(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}")
_WORKBOOK = "it looks like a zip file, such as an Excel workbook: `renewctl import` reads .xlsx"


class Snapshot(NamedTuple):
    """What a store said when it was read. ``remarks`` are located, and change no answer."""

    place: Location
    fingerprint: files.Fingerprint
    bom: str
    document: Document
    portfolio: Portfolio
    remarks: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read, in hexadecimal."""
        return self.fingerprint.sha256

    @property
    def identity(self) -> dict[str, Any]:
        """What answers say of the store they were read from."""
        return {"path": self.place.display, "sha256": self.fingerprint}

    def line_of(self, path: Path) -> str | None:
        """Return the place of ``path`` as editors write it (``renewctl.toml:12``); None if not written."""
        if get(self.document.data, path) is None:
            return None
        return f"{self.place.display}:{self.document.locate(path)[0]}"

    def locate_problems(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems with file, line and column filled in, in the file's order."""
        return _located(self.document, self.place, problems)

    def encode(self, text: str) -> bytes:
        """Return new text as the file has to hold it."""
        return (self.bom + text).encode()


def load(place: Location) -> Snapshot:
    """Read the store.

    Raises:
        StoreMissing: there is none.
        StoreInvalid: it cannot be read or says what it must not; every problem is listed.
        NotAFile, FileTrouble: it is no file, or the system refuses.
    """
    try:
        raw = files.read_bytes(place.path)
    except FileNotFoundError:
        raise missing_store(place) from None
    return snapshot_of(raw, place)


def snapshot_of(raw: bytes, place: Location) -> Snapshot:
    """Return what the bytes of a store say.

    Raises:
        StoreInvalid: it cannot be read or says what it must not; every problem is listed.
    """
    text = _decoded(raw, place)
    bom = BOM if text.startswith(BOM) else ""
    document = parse_document(text.removeprefix(BOM), place)
    reading = read_document(document, place)
    remarks = _located(document, place, reading.remarks)
    return Snapshot(place, files.Fingerprint(raw), bom, document, reading.portfolio, remarks)


def parse_document(text: str, place: Location) -> Document:
    """Return the text as a document of the format that the file's suffix names.

    Raises:
        StoreInvalid: If it is not of that format.
    """
    try:
        return _document(text, place)
    except StoreInvalid as error:
        error.hint = error.hint or BY_HAND
        error.problems = tuple(problem._replace(file=place.display) for problem in error.problems)
        raise


def _document(text: str, place: Location) -> Document:
    if place.path.suffix.lower() == ".json":
        from renewctl.formats.json import codec as json_codec

        return Document(text, json_codec)
    from renewctl.formats.toml import codec

    return Document(text, codec)


def read_document(document: Document, place: Location) -> Reading:
    """Return what the document says.

    Raises:
        StoreInvalid: something in it is wrong; every problem is listed, with its place.
    """
    with name_locations(document, place):
        reading = collect_warnings(document)
    if reading.problems:
        count = len(reading.problems)
        message = f"{place.display} has {count} problem{'s' * (count > 1)}"
        raise StoreInvalid(message, hint=BY_HAND, problems=_located(document, place, reading.problems))
    return reading


def collect_warnings(document: Document) -> Reading:
    """Return what the document says, right or wrong.

    Raises:
        StoreInvalid: its version is none.
        StoreTooNew: it is newer than this renewctl.
    """
    return read_portfolio(upgrade(document.data))


@contextmanager
def name_locations(document: Document, place: Location) -> Iterator[None]:
    """Name file, line and column of the problems of every error that is raised inside."""
    try:
        yield
    except RenewctlError as error:
        error.problems = _located(document, place, error.problems)
        raise


def _located(document: Document, place: Location, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    found = []
    for problem in problems:
        if problem.path:
            line, column = document.locate(problem.path)
            problem = problem._replace(file=place.display, line=line, column=column)  # noqa: PLW2901
        found.append(problem)
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


def _decoded(raw: bytes, place: Location) -> str:
    if wide := _wide(raw):
        raise _not_utf8(raw, 0, wide, place)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(raw, error.start, f"byte 0x{raw[error.start]:02x}", place) from None


def _wide(raw: bytes) -> str:
    """Return the name of an encoding in units of more than a byte, with its mark or as ASCII shows it."""
    if raw[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}:
        return "UTF-32"
    marked = raw[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return "UTF-16" if marked or _ALTERNATING.match(raw) else ""


def _not_utf8(raw: bytes, start: int, kind: str, place: Location) -> StoreInvalid:
    *before, last = re.split(rb"\r\n|\n|\r", raw[:start])
    line, column = len(before) + 1, len(last.decode().removeprefix(BOM)) + 1
    problem = Problem(f"not UTF-8: {kind} at line {line}", file=place.display, line=line, column=column)
    hint = _WORKBOOK if raw.startswith(b"PK\x03\x04") else "save the file again as UTF-8"
    return StoreInvalid(f"{place.display} is not UTF-8", hint=hint, problems=[problem])
