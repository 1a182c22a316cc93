"""Change the data file: plan, edit the text, check the result, replace the file."""

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
from renewctl.store.journal import Author, Record
from renewctl.store.location import Location
from renewctl.store.lock import DEFAULT_TIMEOUT, lock_store
from renewctl.store.snapshot import Snapshot, load, name_locations


class Draft(NamedTuple):
    """A plan with the data before and after it; nothing is written yet.

    ``undoes`` is the ID of the change that it reverses, ``copy`` the name of the backup to make, if any.
    """

    plan: Plan
    before: Snapshot
    after: Portfolio
    revision: Revision
    undoes: str = ""
    copy: str = ""

    @property
    def changed(self) -> bool:
        """Whether the text of the file would change, even if only in its layout."""
        return self.revision.text != self.before.document.text


class WriteResult(NamedTuple):
    """A draft, and whether it was written."""

    draft: Draft
    written: bool
    warnings: tuple[str, ...] = ()


MakeDraft = Callable[[Snapshot], Draft]
"""Drafts a change for a snapshot; it is called again if the file changed in between."""
Approve = Callable[[Draft, bool], bool]
"""Approves a draft, or raises an error; returns whether the draft needs the user's confirmation.

The function asks the user, unless the second argument is False: then it is too late to ask.
"""


class WriteOptions(NamedTuple):
    """How a change is made; ``timeout`` is the time to wait for a lock, in seconds."""

    approve: Approve
    author: Callable[[], Author]
    dry_run: bool = False
    timeout: float = DEFAULT_TIMEOUT


def write_change(place: Location, make_draft: MakeDraft, options: WriteOptions) -> WriteResult:
    """Plan a change of the data file, and save it unless this is a dry run.

    If an error occurs before the file is replaced, its bytes stay the same. The user is asked before the
    file is locked, so that nobody waits for the answer. If the file changed, the change is planned again.

    Raises:
        StoreChanged: If the file changed after the user was asked, or so that the user must be asked now.
    """
    draft = make_draft(load(place))
    if options.dry_run or not draft.changed:
        return WriteResult(draft, written=False)
    with suppress(FileNotFoundError):  # Reading under the lock reports this error.
        files.check_replaceable(place.path)
    asked = options.approve(draft, True)
    with lock_store(place.path, options.timeout):
        digest = ""
        with suppress(FileNotFoundError):  # Reading below reports this error.
            digest = files.digest(files.read_bytes(place.path))
        if digest != draft.before.digest:
            draft = make_draft(load(place))
            if asked or (draft.changed and options.approve(draft, False)):
                message = f"{place.display} changed on disk; nothing was saved"
                raise StoreChanged(message, hint="run the command again")
        if not draft.changed:
            return WriteResult(draft, written=False)
        warnings = _replace_store(place, draft, options.author())
        return WriteResult(draft, written=True, warnings=tuple(warnings))


def _replace_store(place: Location, draft: Draft, author: Author) -> list[str]:
    """Replace the file, and record the change before and after. Return warnings."""
    plan, before, data = draft.plan, draft.before, draft.before.encode(draft.revision.text)
    files.remove_stale_temporaries(place.path)
    if draft.copy:
        copy = files.resolve_link(place.path).with_name(draft.copy)
        try:
            files.create(copy, before.data)
        except FileExistsError:
            if files.read_bytes(copy) != before.data:
                message = f"'{copy}' already exists with other content"
                raise FileError(message, hint="move it away") from None
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
    """Return a function that drafts the change planned by ``make_plan``."""

    def make_draft(before: Snapshot) -> Draft:
        check_version(before)
        document = before.document
        with name_locations(document, before.place):
            plan = _drop_unchanged(before, make_plan(before.portfolio))
            if not plan.changes:
                return Draft(plan, before, before.portfolio, Revision(document.text))
            revision = document.edit(plan.changes)
        # The document has checked that the new text has exactly this data.
        data = upgrade(apply_changes(document.data, plan.changes))
        reading = read_portfolio(data, document.data, before.portfolio)
        if reading.problems:
            raise InternalError(
                f"the change would make {before.place.display} invalid; nothing was saved",
                hint="report this bug in renewctl, with the command that you ran",
                problems=reading.problems,
            )
        if revision.reformatted:
            note = "is rewritten with one member per line; other values stay the same"
            plan = plan._replace(notes=(*plan.notes, f"{before.place.display} {note}"))
        return Draft(plan, before, reading.portfolio, revision)

    return make_draft


def check_version(before: Snapshot) -> None:
    """Refuse to change a file of an older version, which can only be read."""
    version = version_of(before.document.data)
    if version < CURRENT:
        message = f"{before.place.display} has the old version {version}; only {CURRENT} can be changed"
        raise StoreInvalid(message, hint=f"upgrade it: {command_line('migrate')}")


def _drop_unchanged(snapshot: Snapshot, plan: Plan) -> Plan:
    """Return the plan with the values before, and without changes that have no effect."""
    changes = []
    for change in plan.changes:
        before = change.path[-1] if change.renamed else get(snapshot.document.data, change.path)
        # A JSON file has dates as text, and the same date is not a change there. Neither is another encoding
        # of the same accents: the file keeps its own.
        new_or_gone = (before is None) is not (change.after is None)
        if new_or_gone or comparable(before) != comparable(change.after):
            changes.append(change._replace(before=before))
    return plan._replace(changes=tuple(changes))
