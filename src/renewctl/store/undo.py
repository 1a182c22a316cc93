"""Undo a change: check that its values are current, and restore the old text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.diff import find_differences
from renewctl.domain.identifiers import address_key
from renewctl.domain.paths import apply_changes, comparable, get, revert_changes
from renewctl.domain.validate import Reading, read_portfolio
from renewctl.domain.versions import upgrade
from renewctl.errors import NothingToUndo, Problem, StoreChanged, StoreInvalid, UsageError
from renewctl.formats.entries import HOLDERS
from renewctl.model import Change, Plan, Portfolio, Reversal
from renewctl.store import history
from renewctl.store.document import Document, Revision, convert_line_ends
from renewctl.store.history import History
from renewctl.store.journal import Record
from renewctl.store.snapshot import Snapshot, name_locations, parse_document
from renewctl.store.write import Draft, MakeDraft, check_version
from renewctl.text import dotted


def undo_change(change_id: str | None) -> MakeDraft:
    """Return a function that drafts the undo of the last change, or of one by ID.

    The start of the ID is enough.
    """
    chosen: list[str] = []

    def make_draft(before: Snapshot) -> Draft:
        check_version(before)
        records = history.read(before.place.path, before.digest)
        record = _choose(before, records, chosen[0] if chosen else change_id)
        last = next(other for other in records if not other.unsure)
        # Called again under the lock: the last change chosen before must still be the last one.
        if chosen and change_id is None and last.id != record.id:
            author = last.author.user
            message = f"{author} has just made a newer change: {last.command} {last.id}; nothing was saved"
            hint = f"undo the earlier change: {command_line('undo', record.id)}"
            raise StoreChanged(message, hint=hint)
        chosen.append(record.id)
        with name_locations(before.document, before.place):
            changes, data = _revert(before, record, records)
            revision, reading = _restore_text(before, record, changes, data)
        if before.digest != record.after:
            _check_references(before, reading.portfolio, record, records)
        plan = Plan("undo", changes, reverses=_find_reversal(record, records))
        return Draft(plan, before, reading.portfolio, revision, undoes=record.id)

    return make_draft


def _choose(before: Snapshot, records: History, change_id: str | None) -> Record:
    """Return the record by the start of its ID, or the last one certainly made.

    Raises:
        NothingToUndo: If the history has no change.
        UsageError: If no ID, or more than one, starts like that.
    """
    last = next((record for record in records if not record.unsure), None)
    if last is None:
        hint = ""
        renamed = history.find_renamed(before.place.path, before.digest, certain=False)
        if renamed and not records.records:
            hint = f"if '{before.place.display}' was renamed, its history is in '{renamed[0]}'"
        raise NothingToUndo("nothing to undo: the history is empty", hint=hint)
    if change_id is None:
        return last
    matches = records.find_record(change_id.lower()) if change_id else []
    if len(matches) != 1:
        message = f"change {change_id!r} not found"
        if (oldest := records.find_oldest()) and oldest.parent:
            message += "; older changes were removed from the history"
        if matches:
            message = f"{change_id!r} matches {len(matches)} changes"
        raise UsageError(message, hint=f"list the changes: {command_line('history')}")
    return matches[0]


def find_origin(record: Record, records: History) -> tuple[Record, int]:
    """Return the change that a chain of undos goes back to, and their number."""
    steps = 0
    while record.undoes and (undone := records.find_record(record.undoes)):
        record, steps = undone[0], steps + 1
    return record, steps


def _find_reversal(record: Record, records: History) -> Reversal:
    """Return the change that the undo of a record is about."""
    origin, steps = find_origin(record, records)
    return Reversal(origin.id, origin.command, origin.author.at, redo=steps % 2 == 1)


def _check_references(before: Snapshot, after: Portfolio, record: Record, records: History) -> None:
    """Refuse an unknown partner user, or a hub ID of two clients, as a result.

    References that are broken now, or were broken before the change, are accepted: undo may restore them.

    Raises:
        StoreChanged: If the undo would break a reference.
    """
    new = _find_broken_references(after) - _find_broken_references(before.portfolio)
    if new:
        new -= _find_broken_references(_portfolio_before(before.document.data, record, records))
    if new:
        message = f"cannot undo {record.command} {record.id}: a later change conflicts with it"
        hint = "resolve the conflict first"
        problems = [Problem(_describe_broken_reference(*each, before.portfolio)) for each in sorted(new)]
        raise StoreChanged(message, hint=hint, problems=problems)


def _portfolio_before(data: dict[str, Any], record: Record, records: History) -> Portfolio:
    """Return the portfolio as it was before a change, as far as the history allows."""
    for later in records:
        if not later.unsure:
            data, _ = revert_changes(data, _invert(later))
        if later.id == record.id:
            break
    return read_portfolio(upgrade(data)).portfolio


def _find_broken_references(portfolio: Portfolio) -> set[tuple[str, str]]:
    """Return unknown partner users, and hub IDs of several clients."""
    clients = portfolio.clients.values()
    settings = {"the default": portfolio.default, **{client.key: client.override for client in clients}}
    unknown_users = {
        (name, setting.notify)
        for name, setting in settings.items()
        if setting and setting.notify and address_key(setting.notify) not in portfolio.users
    }
    hub_ids = Counter(client.hub_id for client in clients if client.hub_id is not None)
    return unknown_users | {("", str(hub_id)) for hub_id, count in hub_ids.items() if count > 1}


def _describe_broken_reference(name: str, reference: str, now: Portfolio) -> str:
    if not name:
        return f"two clients would have the hub ID {reference}"
    if address_key(reference) in now.users:
        command = f"{command_line('user replace', reference)} NEW"
        return f"{name} uses {reference}, who would no longer be a partner user: {command}"
    command = command_line("user add", reference)
    return f"{name} would use {reference}, who is not a partner user: {command}"


def _revert(before: Snapshot, record: Record, records: History) -> tuple[tuple[Change, ...], dict[str, Any]]:
    """Return the changes that undo a recorded change, and the resulting data.

    Raises:
        StoreChanged: If the values that the change set are not the current ones.
    """
    changes = _invert(record)
    data, refused = revert_changes(before.document.data, changes)
    if refused:
        undo = next((other for other in _newer_than(record, records) if other.undoes == record.id), None)
        if undo:
            message = f"{record.command} {record.id} was already undone by undo {undo.id}"
            raise StoreChanged(message, hint=f"redo it: {command_line('undo', undo.id)}")
        problems = [_explain(change, changes, data) for change in refused]
        message = f"cannot undo {record.command} {record.id}: its values were changed later"
        hint = "change the values with a command instead"
        raise StoreChanged(message, hint=hint, problems=problems)
    # These tables disappear with their last value.
    empty = tuple(Change((top,), None, {}) for top in ("defaults", "policy") if data.get(top) == {})
    return (*changes, *empty), apply_changes(data, empty)


def _newer_than(record: Record, records: History) -> Iterator[Record]:
    return takewhile(lambda other: other.id != record.id, records)


def _invert(record: Record) -> tuple[Change, ...]:
    """Return the changes that reverse a recorded change."""
    inverse = []
    for change in reversed(record.changes):
        if change.renamed:
            path, old_key, new_key = change.path, change.path[-1], str(change.after)
            inverse.append(Change((*path[:-1], new_key), old_key, new_key, renamed=True))
        else:
            inverse.append(Change(change.path, change.before, change.after))
    return tuple(inverse)


def _explain(refused: Change, changes: Sequence[Change], data: dict[str, Any]) -> Problem:
    """Return why a value cannot be undone: its current value and the expected one."""
    path, now = refused.path, refused.before
    for holder in (path[:2], path[:4]) if path[0] in HOLDERS else ():
        if get(data, holder) is None and (len(holder) == 2 or len(path) > len(holder)):
            return Problem(f"{dotted(holder)} no longer exists", path)
    if refused.renamed:
        return Problem(f"{dotted(path)} cannot be renamed back to {refused.after}", path)
    then = next(change.before for change in changes if change.path == path)
    if then is None:
        return Problem(f"{dotted(path)} exists again", path)
    if now is None:
        return Problem(f"{dotted(path)} no longer exists", path)
    # Find the first value inside that differs.
    while isinstance(now, dict) and isinstance(then, dict):
        key = next(key for key in {**then, **now} if comparable(now.get(key)) != comparable(then.get(key)))
        path, now, then = (*path, key), now.get(key), then.get(key)
    return Problem(f"{dotted(path)} is now {_describe_value(now)}, not {_describe_value(then)}", path)


def _describe_value(value: Any) -> str:
    if value is None:
        return "absent"
    return "another list or table" if isinstance(value, dict | list) else f"'{value}'"


def _restore_text(
    before: Snapshot, record: Record, changes: tuple[Change, ...], data: dict[str, Any]
) -> tuple[Revision, Reading]:
    """Return the text with a change undone: exactly, or otherwise by its values.

    Raises:
        StoreInvalid: If the file could not be read without the change.
    """
    if before.digest != record.after:
        record = record._replace(swaps=tuple(convert_line_ends(record.swaps, before.document.text)))
    for revision in _find_revisions(before.document, record, changes):
        reading = _read_if_equal(revision.text, before, data)
        if reading:
            return revision, reading
    message = f"cannot undo {record.command} {record.id}: the file would not be valid"
    raise StoreInvalid(message, hint="change the values with a command instead")


def _find_revisions(document: Document, record: Record, changes: tuple[Change, ...]) -> Iterator[Revision]:
    """Yield candidates for the undone text, the one closest to the old text first."""
    restored = document.restore(record.swaps)
    if restored:
        yield restored
    elif not changes:  # Only the layout changed.
        message = f"cannot undo {record.command} {record.id}: the file was changed later"
        hint = "restore the copy that migrate made"
        raise StoreChanged(message, hint=hint)
    edited = document.edit(changes)
    yield document.reword(edited, record.swaps)
    yield edited


def _read_if_equal(text: str, before: Snapshot, data: dict[str, Any]) -> Reading | None:
    """Read a new text. Return None if it is not valid, or its data is not ``data``."""
    try:
        document = parse_document(text, before.place)
    except StoreInvalid:
        return None
    reading = read_portfolio(upgrade(document.data))
    empty: tuple[Any, ...] = (None, [], {})
    for difference in find_differences(document.data, data):
        negligible = difference.before in empty and difference.after in empty
        if not negligible or len(difference.path) == 2:  # An empty client is not an absent one.
            return None
    return None if reading.problems else reading
