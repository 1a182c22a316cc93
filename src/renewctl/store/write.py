"""Change the store: plan on what it says now, edit the text, check the result, replace the file.

The plan comes from the pure floors and is not understood here. Imports its neighbours in ``store``,
``files`` and the pure floors.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from renewctl import files
from renewctl.domain.paths import apply_changes, get, with_text_dates
from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade, version_of
from renewctl.errors import FileError, InternalError, RenewctlError, StoreChanged, StoreInvalid
from renewctl.model import Change, Plan, Portfolio
from renewctl.store import history
from renewctl.store.document import Revision
from renewctl.store.history.record import Author, Record
from renewctl.store.location import Location
from renewctl.store.lock import DEFAULT_TIMEOUT, lock_store
from renewctl.store.snapshot import Snapshot, load, name_locations

REFORMATTED = "is rewritten with one member per line; the other values stay as they are"
"""Said of a JSON file whose members are not one per line, once it is changed."""
PlanEdit = Callable[[Portfolio], Plan]


class Draft(NamedTuple):
    """A plan with what was there before and what would come of it; nothing is written yet.

    ``undoes`` is the id of the change that it reverses, if any; ``copy`` the name of the file in the
    store's folder that is to keep the old text, if any.
    """

    plan: Plan
    before: Snapshot
    after: Portfolio
    revision: Revision
    undoes: str = ""
    copy: str = ""

    @property
    def changed(self) -> bool:
        """Whether the file would be another one: a new layout is a change without a changed value."""
        return self.revision.text != self.before.document.text


class WriteResult(NamedTuple):
    """A draft, and whether it was written."""

    draft: Draft
    written: bool
    warnings: tuple[str, ...] = ()


MakeDraft = Callable[[Snapshot], Draft]
"""Makes the draft of a change for what the store says; it may be asked again if that changed."""
Approve = Callable[[Draft, bool], bool]
"""Lets a draft pass, or raises; returns whether somebody is to be asked about just this draft.

They are asked by then, unless it is told (by False) that now nobody can be asked.
"""


class WriteOptions(NamedTuple):
    """On what terms a change is made.

    Args:
        agree: what lets it pass.
        author: gives whose hand it is, at the moment of writing.
        dry_run: whether it is only to be shown.
        timeout: seconds to wait for another writer.
    """

    approve: Approve
    author: Callable[[], Author]
    dry_run: bool = False
    timeout: float = DEFAULT_TIMEOUT


def write_change(place: Location, drafted: MakeDraft, terms: WriteOptions) -> WriteResult:
    """Plan a change on what the store says, and make it unless it is only to be shown.

    The dry run is the same path without lock and write. A plan that changes nothing writes
    nothing. Until the file is replaced any error leaves it byte for byte as it was. Nobody waits
    for an answer: what may be asked is asked before locking. If the store changed by then, the
    plan is made anew, unless somebody agreed to the old one.

    Raises:
        RenewctlError: whatever reading, planning, agreeing, editing or writing finds wrong.
    """
    draft = drafted(load(place))
    if terms.dry_run or not draft.changed:
        return WriteResult(draft, written=False)
    asked = terms.approve(draft, True)
    with lock_store(place.path, terms.timeout):
        if _digest(place) != draft.before.digest:
            draft = _anew(place, drafted, terms.approve, asked=asked)
        if not draft.changed:
            return WriteResult(draft, written=False)
        return WriteResult(draft, written=True, warnings=tuple(_written(place, draft, terms.author())))


def _written(place: Location, draft: Draft, author: Author) -> list[str]:
    """Replace the file, with what is done written down before and after; return warnings."""
    before, data = draft.before, draft.before.encode(draft.revision.text)
    files.sweep(place.path)
    if draft.copy:
        _keep_copy(place.path, draft)
    record = history.begin(place.path, _record(draft, author, files.digest(data)))
    try:
        warnings = files.replace(place.path, data, before.digest)
    except RenewctlError:
        history.drop(place.path, record)
        raise
    return [*warnings, *history.finish(place.path, record)]


def _record(draft: Draft, author: Author, after: str) -> Record:
    plan, before = draft.plan, draft.before
    return Record(
        author, plan.command, plan.changes, draft.revision.swaps, before.digest, after, draft.undoes
    )


def draft_edit(edit: PlanEdit) -> MakeDraft:
    """Return what drafts the change that ``edit`` plans."""

    def drafted(before: Snapshot) -> Draft:
        check_version(before)
        with name_locations(before.document, before.place):
            plan = _effective(before, edit(before.portfolio))
            if not plan.changes:
                return Draft(plan, before, before.portfolio, Revision(before.document.text))
            made = before.document.edit(plan.changes)
        if made.reformatted:
            plan = plan._replace(notices=(*plan.notices, f"{before.place.display} {REFORMATTED}"))
        return Draft(plan, before, _understood(before, plan), made)

    return drafted


def check_version(before: Snapshot) -> None:
    """Refuse to change a store of an older version; reading it is enough for every question.

    Raises:
        StoreInvalid: it is one.
    """
    version = version_of(before.document.data)
    if version < CURRENT:
        message = f"{before.place.display} has version {version}, and this renewctl writes version {CURRENT}"
        raise StoreInvalid(message, hint="renewctl migrate brings it up to date, and keeps a copy")


def _keep_copy(path: Path, draft: Draft) -> None:
    copy = files.resolve_link(path).with_name(draft.copy)
    old = draft.before.encode(draft.before.document.text)
    try:
        files.create(copy, old)
    except FileExistsError:
        if files.read_bytes(copy) != old:
            hint = "move it away; nothing was written"
            raise FileError(f"{copy} exists already, and holds something else", hint=hint) from None


def _anew(place: Location, drafted: MakeDraft, agree: Approve, *, asked: bool) -> Draft:
    """Return the draft for a store that changed between planning and locking.

    Raises:
        StoreChanged: somebody agreed to another change than this would be, or would have to be asked.
    """
    draft = drafted(load(place))
    if asked or (draft.changed and agree(draft, False)):
        message = f"{place.display} was changed by somebody else since you were asked"
        raise StoreChanged(message, hint="nothing was written; run the command again")
    return draft


def _digest(place: Location) -> str:
    try:
        return files.digest(files.read_bytes(place.path))
    except FileNotFoundError:
        return ""  # which the reading that follows explains


def _effective(snapshot: Snapshot, plan: Plan) -> Plan:
    """Return the plan with what was there before, without the changes that change nothing."""
    known = (_with_before(snapshot.document.data, change) for change in plan.changes)
    return plan._replace(changes=tuple(change for change in known if _differs(change)))


def _with_before(data: dict[str, Any], change: Change) -> Change:
    return change._replace(before=change.path[-1] if change.renamed else get(data, change.path))


def _differs(change: Change) -> bool:
    # A JSON store holds dates as text; the same day is no change there.
    if change.before is None or change.after is None:
        return change.before is not change.after
    return bool(with_text_dates(change.before) != with_text_dates(change.after))


def _understood(before: Snapshot, plan: Plan) -> Portfolio:
    """Read the new data as the next command will; what it cannot read must not be written.

    The document has made sure that the new text says exactly this data.
    """
    data = before.document.data
    reading = read_portfolio(upgrade(apply_changes(data, plan.changes)), data, before.portfolio)
    if reading.problems:
        raise InternalError(
            f"the change would have made {before.place.display} unreadable; nothing was written",
            hint="this is a bug of renewctl: please report it with the command",
            problems=reading.problems,
        )
    return reading.portfolio
