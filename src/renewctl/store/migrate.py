"""A store of an older version, or of an unusual layout, rewritten; the old text is kept in a file of its own.

Imports its neighbours in ``store`` and the pure floors.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade, version_of
from renewctl.errors import InternalError
from renewctl.formats.entries import HOLDERS
from renewctl.model import Change, Plan
from renewctl.store.document import Revision
from renewctl.store.snapshot import Snapshot
from renewctl.store.write import Draft, check_version


def upgrade_store(before: Snapshot) -> Draft:
    """Draft the rewriting of a store in the current version; one that is of it is left alone."""
    data = before.document.data
    version = version_of(data)
    name = before.place.path.name
    if version == CURRENT:
        said = f"{before.place.display} has version {CURRENT} already"
        return Draft(Plan("migrate", (), (said,)), before, before.portfolio, Revision(before.document.text))
    copy = f"{name}.v{version}.bak"
    new = upgrade(data)
    changes = tuple(_changes(data, new))
    said = f"version {version} → {CURRENT}; the old file is kept as {copy}"
    reading = read_portfolio(new)
    if reading.problems:
        raise InternalError("the store could not be read after its migration", problems=reading.problems)
    made = before.document.edit(changes)
    return Draft(Plan("migrate", changes, (said,)), before, reading.portfolio, made, copy=copy)


def reformat_store(before: Snapshot) -> Draft:
    """Draft the rewriting of a store with one block per client and user, if it has another layout."""
    check_version(before)
    made = before.document.reformat()
    copy = f"{before.place.path.name}.layout.bak"
    said = f"{before.place.display} is rewritten in the usual layout; the old file is kept as {copy}"
    if made.text == before.document.text:
        said, copy = f"{before.place.display} already has the usual layout", ""
    return Draft(Plan("migrate", (), (said,)), before, before.portfolio, made, copy=copy)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for top in dict.fromkeys([*old, *new]):
        before, after = old.get(top), new.get(top)
        if top in HOLDERS and isinstance(before, dict) and isinstance(after, dict):
            yield from _between((top,), before, after)
        elif before != after:
            yield Change((top,), after, before)


def _between(path: tuple[str, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield Change((*path, key), new.get(key), old.get(key))
