"""A store in JSON: text in, text out; every change touches its own entry's text only.

May import ``errors``, ``model``, ``tree``, its neighbours and ``store.entries``; no file system.
"""

import marshal
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from renewctl import tree
from renewctl.errors import InternalGuard, StoreInvalid
from renewctl.model import Change, Path
from renewctl.store.entries import HOLDERS
from renewctl.store.json.edit import Splice, same, splices
from renewctl.store.json.read import read
from renewctl.store.json.scan import CANONICAL, Lines, Member, Spans, Style


class JsonDocument:
    """The text of a store, its data, and where in the text each part of the data stands."""

    def __init__(self, text: str) -> None:
        """Read ``text`` (decoded, without BOM). Raises StoreInvalid with all problems found."""
        self.text = text
        self.data: dict[str, Any] = read(text)
        self._spans = Spans(text, HOLDERS)
        self._lines: Lines | None = None

    def check_sizes(self) -> None:
        """Do nothing: reading the text has refused what is too deep or too long."""

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column (from 1, in characters) of the key at ``path``.

        An item of a list is named by its identity, else by its index in digits, and stands where it
        starts. What is missing stands where the nearest table above it does; at worst (1, 1).
        """
        here, data, key = self._spans.root, self.data, ""
        for step in path:
            name = _member_name(data, key, step)
            found = self._spans.members(here.start).get(name) if here else None
            if found is None:
                break
            here, data, key = found, data[int(name) if isinstance(data, list) else name], step
        if here is None:
            return 1, 1
        self._lines = self._lines or Lines(self.text)
        return self._lines.at(here.key_start)

    def edit(self, changes: Sequence[Change]) -> str:
        """Return the text with ``changes`` made as ``tree.applied`` makes them, dates as ISO strings.

        What the changes are not about stays byte for byte; without a difference, all of it does.
        Raises InternalGuard where the result would not say exactly what was asked.
        """
        plain = [change._replace(after=_plain(change.after)) for change in changes]
        planned = _planned(self.data, plain)
        try:
            new, made = self._written(planned, plain)
        except (TypeError, ValueError) as error:
            raise InternalGuard(f"a change holds what JSON cannot say: {error}") from error
        _guard_data(new, planned)
        _guard_place(self.text, new, made)
        _guard_entries(_entries(self._spans), made, plain)
        return new

    def _written(self, planned: dict[str, Any], changes: list[Change]) -> tuple[str, list[Splice]]:
        if self._spans.root:
            made = splices(self._spans, self._spans.root, self.data, planned, changes)
        else:
            style = Style(newline=Style.of(self.text).newline)
            text = style.write(planned, spread=True) + style.newline if planned else self.text
            made = [Splice(0, len(self.text), text)]
        return _spliced(self.text, made), made


def dumps(data: dict[str, Any]) -> str:
    """Return a whole store in the canonical form: two blanks a level, dates as ISO strings.

    Characters beyond ASCII stand for themselves, control characters are escaped. Raises ValueError
    for NaN and infinities.
    """
    return CANONICAL.write(_plain(data), spread=True) + "\n"


def _plain(value: Any) -> Any:
    """Return ``value`` in exactly the types that reading JSON gives."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _planned(data: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    try:
        return tree.applied(data, changes)
    except (AssertionError, AttributeError, LookupError, TypeError) as error:
        raise InternalGuard(f"a change does not fit the store: {error}") from error


def _member_name(data: Any, list_key: str, step: str) -> str:
    """Return the key, or the index in digits, under which ``step`` stands in ``data``."""
    if isinstance(data, list) and list_key in tree.IDENTITY:
        index = tree.index_of(data, list_key, step)
        return step if index is None else str(index)
    return step


def _spliced(text: str, made: list[Splice]) -> str:
    pieces, done = [], 0
    for splice in made:
        pieces += [text[done : splice.start], splice.text]
        done = splice.end
    return "".join([*pieces, text[done:]])


def _guard_data(new: str, planned: dict[str, Any]) -> None:
    try:
        got = read(new)
    except StoreInvalid as error:
        raise InternalGuard(f"the new text cannot be read: {error.message}") from error
    if not _written_alike(got, planned) and not same(got, planned):
        raise InternalGuard("the new text does not say what was planned")


def _written_alike(one: Any, other: Any) -> bool:
    """Say whether Python writes the two alike, types and the order of keys included: compared in C.

    Version 0 of the format writes each value out where it stands, with its type. What is not alike
    may still be the same; what it cannot write is not said to be.
    """
    try:
        return marshal.dumps(one, 0) == marshal.dumps(other, 0)
    except ValueError:
        return False


def _guard_place(old: str, new: str, made: list[Splice]) -> None:
    """Check that old and new text are the same on either side of every splice."""
    ends = [Splice(0, 0, ""), *made, Splice(len(old), len(old), "")]
    shift = 0
    for before, after in pairwise(ends):
        shift += len(before.text) - (before.end - before.start)
        between = old[before.end : after.start]
        if before.end > after.start or not new.startswith(between, before.end + shift):
            raise InternalGuard("text beside the change would change, too")
    if len(new) != len(old) + shift:
        raise InternalGuard("the new text is longer or shorter than the change")


def _guard_entries(entries: list[tuple[Path, Member]], made: list[Splice], changes: list[Change]) -> None:
    """Check that no splice reaches into an entry that no change names."""
    touched = {change.path[:2] if change.path[0] in HOLDERS else change.path[:1] for change in changes}
    starts = [member.key_start for _, member in entries]
    ends = [member.end for _, member in entries]
    for splice in made:
        reached = range(bisect_right(ends, splice.start), bisect_left(starts, splice.end))
        for path in (entries[index][0] for index in reached):
            if path not in touched and path[:1] not in touched:
                raise InternalGuard(f"the entry {'.'.join(path)} would change, too")


def _entries(spans: Spans) -> list[tuple[Path, Member]]:
    """Return clients, users and the other members of the top, in the order of the text."""
    found: list[tuple[Path, Member]] = []
    for member in spans.members(spans.root.start).values() if spans.root else ():
        if member.key in HOLDERS and spans.text[member.start] == "{":
            found += [((member.key, key), part) for key, part in spans.members(member.start).items()]
        else:
            found.append(((member.key,), member))
    return found
