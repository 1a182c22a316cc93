"""Take a change back: its values compared with what stands there now, its text put back word for word.

Imports its neighbours in ``store`` and the pure floors.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from renewctl.domain.diff import find_differences
from renewctl.domain.identifiers import address_key
from renewctl.domain.paths import apply_changes, get, revert_changes, with_text_dates
from renewctl.domain.validate import Reading
from renewctl.errors import NothingToUndo, Problem, StoreChanged, StoreInvalid, UsageError
from renewctl.formats.entries import HOLDERS
from renewctl.model import Change, Path, Plan, Portfolio
from renewctl.store import history
from renewctl.store.document import Document, Revision
from renewctl.store.history.record import Record
from renewctl.store.snapshot import Snapshot, collect_warnings, name_locations, parse_document
from renewctl.store.swaps import in_line_ends_of
from renewctl.store.write import Draft, MakeDraft, check_version
from renewctl.text import dotted

_TABLES = ("defaults", "policy")
"""Tables of the top level that go with their last value."""


def undo_change(which: str | None) -> MakeDraft:
    """Return what drafts the taking back of a change.

    Args:
        which: the beginning of its id; None for the last change.
    """
    meant: list[str] = []

    def drafted(before: Snapshot) -> Draft:
        check_version(before)
        done = history.read(before.place.path, before.digest).records
        record = _chosen(done, meant[0] if meant else which)
        if meant and which is None:
            _check_last(done, record)
        meant.append(record.id)
        changes, data = _reversed(before, record, done)
        with name_locations(before.document, before.place):
            made, reading = _made(before, record, changes, data)
        if before.digest != record.after:
            _check_references(before, reading.portfolio, record)
        plan = Plan("undo", changes, _said(record, done))
        return Draft(plan, before, reading.portfolio, made, undoes=record.id)

    return drafted


def _chosen(done: tuple[Record, ...], which: str | None) -> Record:
    sure = [record for record in done if not record.unsure]
    if not sure:
        message = "there is nothing to undo: no change of this store is on record"
        raise NothingToUndo(message, hint="the record lies beside the store, and begins with its next change")
    if which is None:
        return sure[-1]
    found = [record for record in done if which and record.id.startswith(which.lower())]
    if len(found) != 1:
        message = f"{'no' if not found else 'more than one'} change has the id {which!r}"
        raise UsageError(message, hint="renewctl history shows them")
    return found[0]


def _check_last(done: tuple[Record, ...], record: Record) -> None:
    """Check that the change meant is the last still, now that the store is ours."""
    last = [other for other in done if not other.unsure][-1]
    if last.id != record.id:
        message = f"{last.command} {last.id} was made by {last.author.user} meanwhile; nothing was written"
        raise StoreChanged(message, hint=f"to take the one before it back: renewctl undo {record.id}")


def find_origin(record: Record, done: Iterable[Record]) -> tuple[Record, int]:
    """Return the change that an undo, or the undo of an undo, goes back to, and over how many steps."""
    known = {other.id: other for other in done}
    steps = 0
    while record.undoes in known:
        record, steps = known[record.undoes], steps + 1
    return record, steps


def _said(record: Record, done: tuple[Record, ...]) -> tuple[str, ...]:
    """Return what is taken back, in words; to take back an undo is to do the change again."""
    root, steps = find_origin(record, done)
    when = root.author.at.replace("T", " ").removesuffix("Z")
    verb, again = ("redoes", "takes it back again") if steps % 2 else ("takes back", "does it again")
    more = f"renewctl undo once more {again}; renewctl history has the ids of older changes"
    return f"{verb} {root.command} {root.id} of {when} UTC", more


def _check_references(before: Snapshot, after: Portfolio, record: Record) -> None:
    """Refuse what no command would do: name a user who is not there, or give a hub id twice.

    Raises:
        StoreChanged: that would come of it, because of what was changed since.
    """
    new = _loose_ends(after) - _loose_ends(before.portfolio)
    if new:
        message = f"{record.command} {record.id} cannot be taken back, because of what was changed since"
        hint = "nothing was written; mend that first"
        raise StoreChanged(message, hint=hint, problems=[Problem(text) for text in sorted(new)])


def _loose_ends(book: Portfolio) -> set[str]:
    settings = {"the default": book.default, **{c.key: c.override for c in book.clients.values()}}
    users = ((whose, setting.notify) for whose, setting in settings.items() if setting and setting.notify)
    found = {
        f"{whose} would name {email}, who is not one of the users: renewctl user add {email}"
        for whose, email in users
        if address_key(email) not in book.users
    }
    ids = Counter(client.hub_id for client in book.clients.values() if client.hub_id is not None)
    twice = (number for number, count in ids.items() if count > 1)
    return found | {f"two clients would have the hub id {number}" for number in twice}


def _reversed(
    before: Snapshot, record: Record, done: tuple[Record, ...]
) -> tuple[tuple[Change, ...], dict[str, Any]]:
    """Return the changes that take a recorded one back, and the data they lead to.

    Raises:
        StoreChanged: what the change left there is not what is there now.
    """
    changes = tuple(_inverse(change) for change in reversed(record.changes))
    data, others = revert_changes(before.document.data, changes)
    if others:
        taken = [other for other in done if other.undoes == record.id]
        if taken:
            message = f"{record.command} {record.id} was taken back already, by undo {taken[-1].id}"
            raise StoreChanged(message, hint=f"to do it again: renewctl undo {taken[-1].id}")
        problems = before.locate_problems(_problem(change, changes, data) for change in others)
        message = f"{record.command} {record.id} cannot be taken back: the same values were changed since"
        hint = "nothing was written; change them by the command itself"
        raise StoreChanged(message, hint=hint, problems=problems)
    empty = tuple(Change((top,), None, {}) for top in _TABLES if data.get(top) == {})
    return (*changes, *empty), apply_changes(data, empty)


def _inverse(change: Change) -> Change:
    if change.renamed:
        path = (*change.path[:-1], str(change.after))
        return Change(path, change.path[-1], str(change.after), renamed=True)
    return Change(change.path, change.before, change.after)


def _problem(found: Change, wanted: tuple[Change, ...], data: dict[str, Any]) -> Problem:
    """Return what stands where something else has to stand for a change to be taken back."""
    name = dotted(found.path)
    if found.path[0] in HOLDERS and get(data, found.path[:2]) is None:
        return Problem(f"{dotted(found.path[:2])} is not there any more", found.path)
    if found.renamed:
        return Problem(f"{name} cannot be called {found.after} again", found.path)
    left = next(change.before for change in wanted if change.path == found.path)
    if left is None:
        return Problem(f"{name} is there again", found.path)
    if found.before is None:
        return Problem(f"{name} is not there any more", found.path)
    path, now, then = _leaf(found.path, found.before, left)
    return Problem(f"{dotted(path)} is {_shown(now)}, not {_shown(then)}", path)


def _leaf(path: Path, now: Any, then: Any) -> tuple[Path, Any, Any]:
    """Return the first value inside that differs."""
    while isinstance(now, dict) and isinstance(then, dict):
        key = next(
            key for key in {**then, **now} if with_text_dates(now.get(key)) != with_text_dates(then.get(key))
        )
        path, now, then = (*path, key), now.get(key), then.get(key)
    return path, now, then


def _shown(value: Any) -> str:
    if value is None:
        return "not there"
    return "another list or table" if isinstance(value, dict | list) else str(value)


def _made(
    before: Snapshot, record: Record, changes: tuple[Change, ...], data: dict[str, Any]
) -> tuple[Revision, Reading]:
    """Return the text with a change reversed: word for word as it was, or else by its values.

    Raises:
        StoreInvalid: If the result would not be a store.
    """
    if before.digest != record.after:
        record = record._replace(swaps=tuple(in_line_ends_of(before.document.text, record.swaps)))
    for made in _candidates(before.document, record, changes):
        reading = _read_again(made, before, data)
        if reading:
            return made, reading
    message = f"without {record.command} {record.id} the store could not be read"
    raise StoreInvalid(message, hint="nothing was written; change it by the command itself")


def _candidates(document: Document, record: Record, changes: tuple[Change, ...]) -> Iterator[Revision]:
    restored = document.restore(record.swaps)
    if restored:
        yield restored
    elif not changes:  # another layout alone
        message = f"{record.command} {record.id} cannot be undone: the file was changed since"
        hint = "take the old text from the copy that migrate kept; nothing was written"
        raise StoreChanged(message, hint=hint)
    made = document.edit(changes)
    yield document.reword(made, record.swaps)
    yield made


def _read_again(made: Revision, before: Snapshot, data: dict[str, Any]) -> Reading | None:
    """Read a new text. Return None if its data is not ``data``, or it is not a store."""
    try:
        again = parse_document(made.text, before.place)
    except StoreInvalid:
        return None
    reading = collect_warnings(again)
    alike = all(_nothing(change) for change in find_differences(again.data, data))
    return reading if alike and not reading.problems else None


def _nothing(change: Change) -> bool:
    """Tell whether it is no difference: an empty list or table, or none."""
    return change.before in (None, [], {}) and change.after in (None, [], {}) and len(change.path) != 2
