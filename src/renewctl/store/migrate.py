"""A store of an older version, or of an unusual layout, rewritten; the old text is kept in a backup copy."""

from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade, version_of
from renewctl.errors import InternalError
from renewctl.model import Change, Plan
from renewctl.store.document import Revision
from renewctl.store.editor import find_entry_changes
from renewctl.store.snapshot import Snapshot
from renewctl.store.write import Draft, check_version


def upgrade_store(before: Snapshot) -> Draft:
    """Draft the rewriting of a store in the current version; one that has it is left alone."""
    data = before.document.data
    version = version_of(data)
    if version == CURRENT:
        note = f"{before.place.display} has version {CURRENT} already"
        plan = Plan("migrate", (), (note,))
        return Draft(plan, before, before.portfolio, Revision(before.document.text))
    new = upgrade(data)
    changes = [Change(entry.path, entry.new, entry.old) for entry in find_entry_changes((), data, new)]
    reading = read_portfolio(new)
    if reading.problems:
        raise InternalError("the store could not be read after its migration", problems=reading.problems)
    copy = f"{before.place.path.name}.v{version}.bak"
    plan = Plan(
        "migrate", tuple(changes), (f"version {version} → {CURRENT}; the old file is kept as {copy}",)
    )
    return Draft(plan, before, reading.portfolio, before.document.edit(changes), copy=copy)


def reformat_store(before: Snapshot) -> Draft:
    """Draft the rewriting of a store with one block per client and user, if it has another layout."""
    check_version(before)
    revision = before.document.reformat()
    copy = f"{before.place.path.name}.layout.bak"
    note = f"{before.place.display} is rewritten in the usual layout; the old file is kept as {copy}"
    if revision.text == before.document.text:
        note, copy = f"{before.place.display} already has the usual layout", ""
    return Draft(Plan("migrate", (), (note,)), before, before.portfolio, revision, copy=copy)
