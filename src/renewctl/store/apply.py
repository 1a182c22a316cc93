"""Change the store: plan on what it says now, edit the text, check the result, replace the file.

The plan comes from the pure floors and is not understood here. Imports its neighbours in ``store``,
``files`` and the pure floors.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from renewctl import files
from renewctl.errors import InternalGuard, StoreChanged
from renewctl.migrate import up_to_date
from renewctl.model import Change, Plan, Portfolio, Value
from renewctl.schema import read
from renewctl.store.lock import DEFAULT_TIMEOUT, locked
from renewctl.store.place import Place
from renewctl.store.snapshot import Snapshot, load, with_places
from renewctl.tree import applied, get

Edit = Callable[[Portfolio], Plan]


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with what was there before and what would come of it; nothing is written yet."""

    plan: Plan
    before: Snapshot
    after: Portfolio
    text: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A draft, and whether it was written."""

    draft: Draft
    written: bool
    warnings: tuple[str, ...] = ()


Agree = Callable[[Draft, bool], bool]
"""Lets a draft pass, or raises; returns whether somebody is to be asked about just this draft.

They are asked by then, unless it is told (by False) that now nobody can be asked.
"""


def apply(
    place: Place, edit: Edit, agree: Agree, *, dry_run: bool = False, timeout: float = DEFAULT_TIMEOUT
) -> Applied:
    """Plan a change on what the store says, and make it unless ``dry_run``.

    The dry run is the same path without lock and write. A plan that changes nothing writes
    nothing. Until the file is replaced any error leaves it byte for byte as it was. Nobody waits
    for an answer: what may be asked is asked before locking. If the store changed by then, the
    plan is made anew, unless somebody agreed to the old one.

    Raises:
        RenewctlError: whatever reading, planning, agreeing, editing or writing finds wrong.
    """
    draft = _drafted(load(place), edit)
    if dry_run or not draft.plan.changes:
        return Applied(draft, written=False)
    asked = agree(draft, True)
    with locked(place.path, timeout):
        if _digest(place) != draft.before.digest:
            draft = _anew(place, edit, agree, asked=asked)
        if not draft.plan.changes:
            return Applied(draft, written=False)
        files.sweep(place.path)
        before = draft.before
        warnings = files.replace(place.path, before.encoded(draft.text), before.digest)
        return Applied(draft, written=True, warnings=tuple(warnings))


def _drafted(before: Snapshot, edit: Edit) -> Draft:
    planned = with_places(before.document, before.place, lambda: edit(before.portfolio))
    plan = _effective(before, planned)
    if not plan.changes:
        return Draft(plan, before, before.portfolio, "")
    text = before.document.edit(plan.changes)
    return Draft(plan, before, _understood(before.document.data, plan, before.place), text)


def _anew(place: Place, edit: Edit, agree: Agree, *, asked: bool) -> Draft:
    """Return the draft for a store that changed between planning and locking.

    Raises:
        StoreChanged: somebody agreed to another change than this would be, or would have to be asked.
    """
    draft = _drafted(load(place), edit)
    if asked or (draft.plan.changes and agree(draft, False)):
        message = f"{place.shown} was changed by somebody else since you were asked"
        raise StoreChanged(message, hint="nothing was written; run the command again")
    return draft


def _digest(place: Place) -> str:
    try:
        return files.digest(files.read_bytes(place.path))
    except FileNotFoundError:
        return ""  # which the reading that follows explains


def _effective(snapshot: Snapshot, plan: Plan) -> Plan:
    """Return the plan with what was there before, without the changes that change nothing."""
    known = (_with_before(snapshot.document.data, change) for change in plan.changes)
    return replace(plan, changes=tuple(change for change in known if _differs(change)))


def _with_before(data: dict[str, Any], change: Change) -> Change:
    return replace(change, before=change.path[-1] if change.renamed else get(data, change.path))


def _differs(change: Change) -> bool:
    return bool(_plain(change.before) != _plain(change.after))


def _plain(value: Value | None) -> Any:
    # A JSON store holds dates as text; the same day is no change there.
    return value.isoformat() if isinstance(value, date) else value


def _understood(data: dict[str, Any], plan: Plan, place: Place) -> Portfolio:
    """Read the new data as the next command will; what it cannot read must not be written.

    The document has made sure that the new text says exactly this data.
    """
    reading = read(up_to_date(applied(data, plan.changes)))
    if reading.problems:
        raise InternalGuard(
            f"the change would have made {place.shown} unreadable; nothing was written",
            hint="this is a bug of renewctl: please report it with the command",
            problems=reading.problems,
        )
    return reading.portfolio
