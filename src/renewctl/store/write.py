"""Change the store: plan on what it says now, edit the text, check the result, replace the file."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from renewctl import files
from renewctl.command_line import command_line
from renewctl.domain.paths import apply_changes, comparable, get
from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade, version_of
from renewctl.errors import FileError, InternalError, RenewctlError, StoreChanged, StoreInvalid
from renewctl.model import Plan, Portfolio
from renewctl.store import history
from renewctl.store.document import Revision
from renewctl.store.history import Author, Record
from renewctl.store.location import Location
from renewctl.store.lock import DEFAULT_TIMEOUT, lock_store
from renewctl.store.snapshot import Snapshot, load, name_locations


class Draft(NamedTuple):
    """A plan with the store before and after it; nothing is written yet.

    ``undoes`` is the id of the change that it reverses, ``copy`` the name of the backup copy to make, if any.
    """

    plan: Plan
    before: Snapshot
    after: Portfolio
    revision: Revision
    undoes: str = ""
    copy: str = ""

    @property
    def changed(self) -> bool:
        """Whether the file would be another one, if only in its layout."""
        return self.revision.text != self.before.document.text


class WriteResult(NamedTuple):
    """A draft, and whether it was written."""

    draft: Draft
    written: bool
    warnings: tuple[str, ...] = ()


MakeDraft = Callable[[Snapshot], Draft]
"""Makes the draft of a change for a snapshot; it is called again if the store changed since."""
Approve = Callable[[Draft, bool], bool]
"""Lets a draft pass, or raises; returns whether it is one that the user must confirm.

The user has been asked by then, unless the second argument is False: then nobody can be asked any more.
"""


class WriteOptions(NamedTuple):
    """On what terms a change is made; ``timeout`` is in seconds, for another writer's lock."""

    approve: Approve
    author: Callable[[], Author]
    dry_run: bool = False
    timeout: float = DEFAULT_TIMEOUT


def write_change(place: Location, make_draft: MakeDraft, options: WriteOptions) -> WriteResult:
    """Plan a change for the store as it is, and make it unless it is only to be shown.

    Until the file is replaced any error leaves it byte for byte as it was. The question is asked before
    locking, so that nobody waits for an answer. If the store changed by then, the change is planned again.

    Raises:
        StoreChanged: If somebody agreed to another change than this would be now, or would have to be asked.
    """
    draft = make_draft(load(place))
    if options.dry_run or not draft.changed:
        return WriteResult(draft, written=False)
    with suppress(FileNotFoundError):  # The reading under the lock explains it.
        files.check_replaceable(place.path)
    asked = options.approve(draft, True)
    with lock_store(place.path, options.timeout):
        digest = ""
        with suppress(FileNotFoundError):  # The reading that follows explains it.
            digest = files.digest(files.read_bytes(place.path))
        if digest != draft.before.digest:
            draft = make_draft(load(place))
            if asked or (draft.changed and options.approve(draft, False)):
                message = f"{place.display} was changed by somebody else since you were asked"
                raise StoreChanged(message, hint="nothing was written; run the command again")
        if not draft.changed:
            return WriteResult(draft, written=False)
        warnings = _replace_store(place, draft, options.author())
        return WriteResult(draft, written=True, warnings=tuple(warnings))


def _replace_store(place: Location, draft: Draft, author: Author) -> list[str]:
    """Replace the file, with a record of it begun before and finished after. Return warnings."""
    plan, before, data = draft.plan, draft.before, draft.before.encode(draft.revision.text)
    files.remove_stale_temporaries(place.path)
    if draft.copy:
        copy = files.resolve_link(place.path).with_name(draft.copy)
        try:
            files.create(copy, before.data)
        except FileExistsError:
            if files.read_bytes(copy) != before.data:
                hint = "move it away; nothing was written"
                raise FileError(f"{copy} exists already, and holds something else", hint=hint) from None
    after, swaps = files.digest(data), draft.revision.swaps
    record = Record(author, plan.command, plan.changes, swaps, before.digest, after, draft.undoes)
    record = history.begin_record(place.path, record)
    try:
        warnings = files.replace(place.path, data, before.digest)
    except RenewctlError:
        history.finish_record(place.path, record, "dropped")
        raise
    return [*warnings, *history.finish_record(place.path, record)]


def draft_edit(make_plan: Callable[[Portfolio], Plan]) -> MakeDraft:
    """Return what drafts the change that ``make_plan`` plans."""

    def make_draft(before: Snapshot) -> Draft:
        check_version(before)
        document = before.document
        with name_locations(document, before.place):
            plan = _drop_unchanged(before, make_plan(before.portfolio))
            if not plan.changes:
                return Draft(plan, before, before.portfolio, Revision(document.text))
            revision = document.edit(plan.changes)
        # The document has checked that the new text has exactly this data, which the next command reads.
        data = upgrade(apply_changes(document.data, plan.changes))
        reading = read_portfolio(data, document.data, before.portfolio)
        if reading.problems:
            raise InternalError(
                f"the change would have made {before.place.display} unreadable; nothing was written",
                hint="this is a bug of renewctl: please report it with the command",
                problems=reading.problems,
            )
        if revision.reformatted:
            note = "is rewritten with one member per line; the other values stay as they are"
            plan = plan._replace(notes=(*plan.notes, f"{before.place.display} {note}"))
        return Draft(plan, before, reading.portfolio, revision)

    return make_draft


def check_version(before: Snapshot) -> None:
    """Refuse to change a store of an older version, which can only be read."""
    version = version_of(before.document.data)
    if version < CURRENT:
        message = f"{before.place.display} has version {version}, and this renewctl writes version {CURRENT}"
        raise StoreInvalid(message, hint=f"{command_line('migrate')} brings it up to date, and keeps a copy")


def _drop_unchanged(snapshot: Snapshot, plan: Plan) -> Plan:
    """Return the plan with the values before, without the changes that change nothing."""
    changes = []
    for change in plan.changes:
        before = change.path[-1] if change.renamed else get(snapshot.document.data, change.path)
        # A JSON store holds dates as text; the same day is no change there. Nor are other accents that look
        # the same: the file keeps its own.
        if comparable(before) != comparable(change.after):
            changes.append(change._replace(before=before))
    return plan._replace(changes=tuple(changes))
