"""Take a change back: its values compared with what stands there now, its text put back word for word.

Imports its neighbours in ``store`` and the pure floors.
"""

from collections.abc import Iterator
from typing import Any

from renewctl.difference import differences
from renewctl.errors import NothingToUndo, Problem, StoreChanged, StoreInvalid, UsageError
from renewctl.migrate import up_to_date
from renewctl.model import Change, Plan
from renewctl.schema import Reading
from renewctl.schema import read as understood
from renewctl.store import history
from renewctl.store.apply import Draft, Drafted, check_version
from renewctl.store.blocks import HOLDERS
from renewctl.store.patch import put_back
from renewctl.store.record import Entry
from renewctl.store.snapshot import Snapshot, parsed
from renewctl.text import dotted
from renewctl.tree import applied, get, reverted

_TABLES = ("defaults", "policy")
"""Tables of the top level that go with their last value."""


def taken_back(which: str | None) -> Drafted:
    """Return what drafts the taking back of a change.

    Args:
        which: the beginning of its id; None for the last change.
    """

    def drafted(before: Snapshot) -> Draft:
        check_version(before)
        done = history.read(before.place.path, before.digest).entries
        entry = _chosen(done, which)
        changes, data = _reversed(before, entry)
        text, reading = _text(before, entry, changes, data)
        plan = Plan("undo", changes, (_said(entry, done),))
        return Draft(plan, before, reading.portfolio, text, undoes=entry.id)

    return drafted


def _chosen(done: tuple[Entry, ...], which: str | None) -> Entry:
    if not done:
        message = "there is nothing to undo: no change of this store is on record"
        raise NothingToUndo(message, hint="the record lies beside the store, and begins with its next change")
    if which is None:
        return done[-1]
    found = [entry for entry in done if which and entry.id.startswith(which.lower())]
    if len(found) != 1:
        message = f"{'no' if not found else 'more than one'} change has the id {which!r}"
        raise UsageError(message, hint="renewctl history shows them")
    return found[0]


def _said(entry: Entry, done: tuple[Entry, ...]) -> str:
    """Return what is taken back, in words; to take back an undo is to do the change again."""
    known = {other.id: other for other in done}
    root, depth = entry, 0
    while root.undoes in known:
        root, depth = known[root.undoes], depth + 1
    when = root.author.at.replace("T", " ").removesuffix("Z")
    verb = "redoes" if depth % 2 else "takes back"
    return f"{verb} {root.command} {root.id} of {when} UTC"


def _reversed(before: Snapshot, entry: Entry) -> tuple[tuple[Change, ...], dict[str, Any]]:
    """Return the changes that take an entry back, and the data they lead to.

    Raises:
        StoreChanged: what the entry left there is not what stands there now.
    """
    changes = tuple(_inverse(change) for change in reversed(entry.changes))
    data, others = reverted(before.document.data, changes)
    if others:
        problems = before.located(_problem(change, changes, data) for change in others)
        message = f"{entry.command} {entry.id} cannot be taken back: somebody changed the same values since"
        hint = "nothing was written; change them by the command itself"
        raise StoreChanged(message, hint=hint, problems=problems)
    empty = tuple(Change((top,), None, {}) for top in _TABLES if data.get(top) == {})
    return (*changes, *empty), applied(data, empty)


def _inverse(change: Change) -> Change:
    if change.renamed:
        path = (*change.path[:-1], str(change.after))
        return Change(path, change.path[-1], str(change.after), renamed=True)
    return Change(change.path, change.before, change.after)


def _problem(found: Change, wanted: tuple[Change, ...], data: dict[str, Any]) -> Problem:
    if found.renamed:
        return Problem(f"{dotted(found.path)} cannot be called {found.after} again", found.path)
    if found.path[0] in HOLDERS and get(data, found.path[:2]) is None:
        return Problem(f"{dotted(found.path[:2])} is not there any more", found.path)
    left = next(change.before for change in wanted if change.path == found.path)
    return Problem(f"{dotted(found.path)} is {_shown(found.before)}, not {_shown(left)}", found.path)


def _shown(value: Any) -> str:
    if value is None:
        return "not there"
    return "something else" if isinstance(value, dict | list) else str(value)


def _text(
    before: Snapshot, entry: Entry, changes: tuple[Change, ...], data: dict[str, Any]
) -> tuple[str, Reading]:
    """Return the text with the entry taken back: word for word as it was, else by its values.

    Raises:
        StoreInvalid: what is left would not be a store.
    """
    for text in _candidates(before, entry, changes):
        again = parsed(text, before.place).data
        reading = understood(up_to_date(again))
        if not reading.problems and all(_nothing(change) for change in differences(again, data)):
            return text, reading
    message = f"without {entry.command} {entry.id} the store could not be read"
    raise StoreInvalid(message, hint="nothing was written; change it by the command itself")


def _candidates(before: Snapshot, entry: Entry, changes: tuple[Change, ...]) -> Iterator[str]:
    text = put_back(before.document.text, entry.patches)
    if text is not None and _parses(text, before):
        yield text
    yield before.document.edit(changes)


def _parses(text: str, before: Snapshot) -> bool:
    try:
        parsed(text, before.place)
    except StoreInvalid:
        return False
    return True


def _nothing(change: Change) -> bool:
    """Tell whether it is no difference: an empty list or table, or none."""
    return change.before in (None, [], {}) and change.after in (None, [], {}) and len(change.path) != 2
