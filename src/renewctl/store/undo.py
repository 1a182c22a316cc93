"""Undo a change: compare its values with the present ones, and put its old text back word for word."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.diff import find_differences
from renewctl.domain.identifiers import address_key
from renewctl.domain.paths import apply_changes, comparable, get, revert_changes
from renewctl.domain.validate import Reading, read_portfolio
from renewctl.domain.versions import upgrade
from renewctl.errors import NothingToUndo, Problem, StoreChanged, StoreInvalid, UsageError
from renewctl.formats.entries import HOLDERS
from renewctl.model import Change, Plan, Portfolio
from renewctl.store import history
from renewctl.store.document import Document, Revision, convert_line_ends
from renewctl.store.history import Record
from renewctl.store.snapshot import Snapshot, name_locations, parse_document
from renewctl.store.write import Draft, MakeDraft, check_version
from renewctl.text import dotted


def undo_change(change_id: str | None) -> MakeDraft:
    """Return what drafts the undoing of the change whose id begins so, or of the last one."""
    chosen: list[str] = []

    def make_draft(before: Snapshot) -> Draft:
        check_version(before)
        records = history.read(before.place.path, before.digest).records
        record = _choose(before, records, chosen[0] if chosen else change_id)
        last = next(other for other in reversed(records) if not other.unsure)
        # Called again under the lock: what was chosen as the last change has to be the last still.
        if chosen and change_id is None and last.id != record.id:
            author = last.author.user
            message = f"{last.command} {last.id} was made by {author} meanwhile; nothing was written"
            raise StoreChanged(
                message, hint=f"to take the one before it back: {command_line('undo', record.id)}"
            )
        chosen.append(record.id)
        with name_locations(before.document, before.place):
            changes, data = _revert(before, record, records)
            revision, reading = _restore_text(before, record, changes, data)
        if before.digest != record.after:
            _check_references(before, reading.portfolio, record, records)
        plan = Plan("undo", changes, _describe(record, records))
        return Draft(plan, before, reading.portfolio, revision, undoes=record.id)

    return make_draft


def _choose(before: Snapshot, records: Sequence[Record], change_id: str | None) -> Record:
    """Return the record that the id begins; without one, the last that was certainly made."""
    certain = [record for record in records if not record.unsure]
    if not certain:
        hint = "the record lies beside the store, and begins with its next change"
        if not records and (renamed := history.find_renamed(before.place.path, before.digest, certain=False)):
            command = command_line("history")
            hint = f"{renamed[0]} may be its history, from before it was renamed: {command} says more"
        raise NothingToUndo("there is nothing to undo: no change of this store is on record", hint=hint)
    if change_id is None:
        return certain[-1]
    matches = [record for record in records if change_id and record.id.startswith(change_id.lower())]
    if len(matches) != 1:
        message = f"{'no' if not matches else 'more than one'} change has the id {change_id!r}"
        raise UsageError(message, hint=f"{command_line('history')} shows them")
    return matches[0]


def find_origin(record: Record, records: Iterable[Record]) -> tuple[Record, int]:
    """Return the change that an undo, or the undo of an undo, goes back to, and over how many steps."""
    by_id = {other.id: other for other in records}
    steps = 0
    while record.undoes in by_id:
        record, steps = by_id[record.undoes], steps + 1
    return record, steps


def _describe(record: Record, records: Sequence[Record]) -> tuple[str, str]:
    """Return what is undone, in words; to undo an undo is to do the change again."""
    origin, steps = find_origin(record, records)
    when = origin.author.at.replace("T", " ").removesuffix("Z")
    verb, once_more = ("redoes", "takes it back again") if steps % 2 else ("takes back", "does it again")
    older = f"{command_line('history')} has the ids of older changes"
    hint = f"{command_line('undo')} once more {once_more}; {older}"
    return f"{verb} {origin.command} {origin.id} of {when} UTC", hint


def _check_references(before: Snapshot, after: Portfolio, record: Record, records: Sequence[Record]) -> None:
    """Refuse what no command would do: name a user who is not there, or give a hub id twice.

    What the store has of that now, or had before the change, is no reason: to undo brings it back.
    """
    new = _find_loose_ends(after) - _find_loose_ends(before.portfolio)
    if new:
        new -= _find_loose_ends(_portfolio_before(before.document.data, record, records))
    if new:
        message = f"{record.command} {record.id} cannot be taken back, because of what was changed since"
        hint = "nothing was written; mend that first"
        problems = [Problem(_describe_loose_end(*loose, before.portfolio)) for loose in sorted(new)]
        raise StoreChanged(message, hint=hint, problems=problems)


def _portfolio_before(data: dict[str, Any], record: Record, records: Sequence[Record]) -> Portfolio:
    """Return the store as it was before a change, as far as the history leads back to it."""
    for later in reversed(records[records.index(record) :]):
        if not later.unsure:
            data, _ = revert_changes(data, _invert(later))
    return read_portfolio(upgrade(data)).portfolio


def _find_loose_ends(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Return who is named without being a user, and where; and each hub id that two clients have."""
    clients = portfolio.clients.values()
    settings = {"the default": portfolio.default, **{client.key: client.override for client in clients}}
    unknown_users = {
        (name, setting.notify)
        for name, setting in settings.items()
        if setting and setting.notify and address_key(setting.notify) not in portfolio.users
    }
    hub_ids = Counter(client.hub_id for client in clients if client.hub_id is not None)
    return unknown_users | {("", str(hub_id)) for hub_id, count in hub_ids.items() if count > 1}


def _describe_loose_end(name: str, reference: str, now: Portfolio) -> str:
    if not name:
        return f"two clients would have the hub id {reference}"
    if address_key(reference) in now.users:
        command = f"{command_line('user replace', reference)} NEW"
        return f"{name} names {reference}, who would not be one of the users any more: {command}"
    command = command_line("user add", reference)
    return f"{name} would name {reference}, who is not one of the users: {command}"


def _revert(
    before: Snapshot, record: Record, records: Sequence[Record]
) -> tuple[tuple[Change, ...], dict[str, Any]]:
    """Return the changes that undo a recorded one, and the data they lead to.

    Raises:
        StoreChanged: If the values that the change left are not the present ones.
    """
    changes = _invert(record)
    data, refused = revert_changes(before.document.data, changes)
    if refused:
        undo = next((other for other in reversed(records) if other.undoes == record.id), None)
        if undo:
            message = f"{record.command} {record.id} was taken back already, by undo {undo.id}"
            raise StoreChanged(message, hint=f"to do it again: {command_line('undo', undo.id)}")
        problems = [_explain(change, changes, data) for change in refused]
        message = f"{record.command} {record.id} cannot be taken back: the same values were changed since"
        hint = "nothing was written; change them by the command itself"
        raise StoreChanged(message, hint=hint, problems=problems)
    # These tables go with their last value.
    empty = tuple(Change((top,), None, {}) for top in ("defaults", "policy") if data.get(top) == {})
    return (*changes, *empty), apply_changes(data, empty)


def _invert(record: Record) -> tuple[Change, ...]:
    """Return the changes that lead back from a recorded one."""
    inverse = []
    for change in reversed(record.changes):
        if change.renamed:
            path, old_key, new_key = change.path, change.path[-1], str(change.after)
            inverse.append(Change((*path[:-1], new_key), old_key, new_key, renamed=True))
        else:
            inverse.append(Change(change.path, change.before, change.after))
    return tuple(inverse)


def _explain(refused: Change, changes: Sequence[Change], data: dict[str, Any]) -> Problem:
    """Return why a value cannot be undone: the present one, and the one that the change left."""
    path, now = refused.path, refused.before
    for holder in (path[:2], path[:4]) if path[0] in HOLDERS else ():
        if get(data, holder) is None and (len(holder) == 2 or len(path) > len(holder)):
            return Problem(f"{dotted(holder)} is not there any more", path)
    if refused.renamed:
        return Problem(f"{dotted(path)} cannot be called {refused.after} again", path)
    then = next(change.before for change in changes if change.path == path)
    if then is None:
        return Problem(f"{dotted(path)} is there again", path)
    if now is None:
        return Problem(f"{dotted(path)} is not there any more", path)
    # Down to the first value inside that differs.
    while isinstance(now, dict) and isinstance(then, dict):
        key = next(key for key in {**then, **now} if comparable(now.get(key)) != comparable(then.get(key)))
        path, now, then = (*path, key), now.get(key), then.get(key)
    return Problem(f"{dotted(path)} is {_in_words(now)}, not {_in_words(then)}", path)


def _in_words(value: Any) -> str:
    if value is None:
        return "not there"
    return "another list or table" if isinstance(value, dict | list) else str(value)


def _restore_text(
    before: Snapshot, record: Record, changes: tuple[Change, ...], data: dict[str, Any]
) -> tuple[Revision, Reading]:
    """Return the text with a change undone: word for word as it was, or else by its values."""
    if before.digest != record.after:
        record = record._replace(swaps=tuple(convert_line_ends(record.swaps, before.document.text)))
    for revision in _find_revisions(before.document, record, changes):
        reading = _read_if_equal(revision.text, before, data)
        if reading:
            return revision, reading
    message = f"without {record.command} {record.id} the store could not be read"
    raise StoreInvalid(message, hint="nothing was written; change it by the command itself")


def _find_revisions(document: Document, record: Record, changes: tuple[Change, ...]) -> Iterator[Revision]:
    """Yield the texts that could be the one with a change undone, the closest to the old text first."""
    restored = document.restore(record.swaps)
    if restored:
        yield restored
    elif not changes:  # another layout alone
        message = f"{record.command} {record.id} cannot be undone: the file was changed since"
        hint = "take the old text from the copy that migrate kept; nothing was written"
        raise StoreChanged(message, hint=hint)
    edited = document.edit(changes)
    yield document.reword(edited, record.swaps)
    yield edited


def _read_if_equal(text: str, before: Snapshot, data: dict[str, Any]) -> Reading | None:
    """Read a new text. Return None if it is not a store, or its data is not ``data``."""
    try:
        document = parse_document(text, before.place)
    except StoreInvalid:
        return None
    reading = read_portfolio(upgrade(document.data))
    empty: tuple[Any, ...] = (None, [], {})
    for difference in find_differences(document.data, data):
        negligible = difference.before in empty and difference.after in empty
        if not negligible or len(difference.path) == 2:  # an empty client is not none
            return None
    return None if reading.problems else reading
