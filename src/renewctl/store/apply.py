"""Change the store: plan on what it says now, edit the text, check the result, replace the file.

The plan comes from the pure floors and is not understood here. Imports its neighbours in ``store``,
``files`` and the pure floors.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from renewctl import files
from renewctl.errors import InternalGuard
from renewctl.migrate import up_to_date
from renewctl.model import Change, Plan, Portfolio, Value
from renewctl.schema import read
from renewctl.store.lock import DEFAULT_TIMEOUT, locked
from renewctl.store.place import Place
from renewctl.store.snapshot import Snapshot, load, with_places
from renewctl.tree import applied, get

Edit = Callable[[Portfolio], Plan]


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan carried out, or shown dry: with what was there before, and what came of it."""

    plan: Plan
    before: Snapshot
    after: Portfolio
    written: bool
    warnings: tuple[str, ...] = ()


def apply(place: Place, edit: Edit, *, dry_run: bool = False, timeout: float = DEFAULT_TIMEOUT) -> Applied:
    """Plan a change on what the store says, and make it unless ``dry_run``.

    The dry run is the same path without lock and write. A plan that changes nothing writes
    nothing. Until the file is replaced any error leaves it byte for byte as it was.

    Raises:
        RenewctlError: whatever reading, planning, editing or writing finds wrong.
    """
    if not place.path.exists():
        load(place)  # says why not, before anything is looked for beside it
    with nullcontext() if dry_run else locked(place.path, timeout):
        before = load(place)
        plan = _effective(before, with_places(before.document, place, lambda: edit(before.portfolio)))
        if not plan.changes:
            return Applied(plan, before, before.portfolio, written=False)
        text = before.document.edit(plan.changes)
        after = _understood(before.document.data, plan, place)
        if dry_run:
            return Applied(plan, before, after, written=False)
        files.sweep(place.path)
        warnings = files.replace(place.path, before.encoded(text), before.digest)
        return Applied(plan, before, after, written=True, warnings=tuple(warnings))


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
