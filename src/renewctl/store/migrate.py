"""Rewrite a file of an older version or another layout, and keep a copy of it."""

from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade, version_of
from renewctl.errors import InternalError
from renewctl.model import Change, Plan
from renewctl.store.document import Revision
from renewctl.store.editor import find_entry_changes
from renewctl.store.snapshot import Snapshot
from renewctl.store.write import Draft, check_version


def upgrade_store(before: Snapshot) -> Draft:
    """Draft the upgrade of a file to the current version, if it needs one."""
    data = before.document.data
    version = version_of(data)
    if version == CURRENT:
        note = f"{before.place.display} already has version {CURRENT}"
        plan = Plan("migrate", unchanged=(note,))
        return Draft(plan, before, before.portfolio, Revision(before.document.text))
    new = upgrade(data)
    changes = [Change(entry.path, entry.new, entry.old) for entry in find_entry_changes((), data, new)]
    reading = read_portfolio(new)
    if reading.problems:
        raise InternalError("the file could not be read after its upgrade", problems=reading.problems)
    copy = f"{before.place.path.name}.v{version}.bak"
    plan = Plan(
        "migrate", tuple(changes), (f"version {version} → {CURRENT}; the old file is saved as {copy}",)
    )
    return Draft(plan, before, reading.portfolio, before.document.edit(changes), copy=copy)


def reformat_store(before: Snapshot) -> Draft:
    """Draft the rewriting of a file to one block per client and user."""
    check_version(before)
    revision = before.document.reformat()
    copy = f"{before.place.path.name}.layout.bak"
    note = f"{before.place.display} is rewritten in the standard layout; the old file is saved as {copy}"
    plan = Plan("migrate", (), (note,))
    if revision.text == before.document.text:
        copy, plan = (
            "",
            Plan("migrate", unchanged=(f"{before.place.display} already has the standard layout",)),
        )
    return Draft(plan, before, before.portfolio, revision, copy=copy)
