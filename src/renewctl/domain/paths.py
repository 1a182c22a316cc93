"""Plain data addressed by paths: how a step finds its place, and how changes are applied.

An item of a list has no key of its own; a step names it by its identity: a contact by its e-mail
address, a renewal by its product. Imports only ``model``.
"""

import gc
from collections.abc import Iterable
from datetime import date
from typing import Any

from renewctl.model import Change, Path

IDENTITY = {"contacts": "email", "renewals": "product"}
"""The field that tells the items of a list apart, by the list's key."""
_EXACT = frozenset((str, bool, int, date))
"""Types of which equal values are the same; of floats, times and others they may be written in two ways."""
LIST_DEPTH = 2
"""Lists of that kind stand directly in a client: clients, KEY, contacts."""


def index_of(items: list[Any], list_key: str, identity: str) -> int | None:
    """Return where in ``items`` the one called ``identity`` stands, or None."""
    name = IDENTITY[list_key]
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get(name, "") == identity:
            return index
    return None


def get(data: Any, path: Path) -> Any:
    """Return the value at ``path``, or None where there is none."""
    key = ""
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and key in IDENTITY:
            index = index_of(data, key, step)
            data = None if index is None else data[index]
        else:
            return None
        key = step
    return data


def apply_changes(data: dict[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """Return ``data`` with ``changes`` made, in order; missing tables are created.

    ``data`` and the changes' values stay as they were: what is on the way to a change is copied once,
    the rest shared. So an entry that is the same object as before says what it said before.
    """
    root = _Copied(data)
    for change in changes:
        _apply(root, change)
    return root.data


def revert_changes(data: dict[str, Any], changes: Iterable[Change]) -> tuple[dict[str, Any], list[Change]]:
    """Return ``data`` with changes made, each only where ``before`` is what stands there.

    The second value is those that were not made: each with what stands there as its ``before``.
    """
    root = _Copied(data)
    others: list[Change] = []
    for change in changes:
        found, wanted = _standing(root.data, change)
        found, wanted = with_text_dates(found), with_text_dates(wanted)
        if found == wanted or is_same(found, wanted):  # a NaN is not equal to itself
            _apply(root, change)
        else:
            others.append(change._replace(before=found))
    return root.data, others


def _standing(data: dict[str, Any], change: Change) -> tuple[Any, Any]:
    """Return what stands where a change is to be made, and what has to stand there."""
    found = get(data, change.path)
    if len(change.path) > LIST_DEPTH and get(data, change.path[:LIST_DEPTH]) is None:
        return None, True  # of a client or user that is no longer there nothing is as it was
    if not change.renamed:
        return found, change.before
    taken = get(data, (*change.path[:-1], str(change.after)))
    return found is not None and taken is None, True


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, types included: 1, 1.0 and true are three values."""
    kind = type(one)
    if kind is not type(other):
        return isinstance(one, str) and isinstance(other, str) and bool(one == other)
    if kind is dict:
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if kind is list:
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other) if kind in _EXACT else one is other or repr(one) == repr(other)


def is_deeper(data: dict[str, Any] | list[Any], levels: int) -> bool:
    """Return whether tables and lists are nested more than ``levels`` deep."""
    level: list[Any] = [data]
    for _ in range(levels - 1):
        # The collector tracks each table or list that holds another, and finds them ten times as fast.
        level = [*filter(gc.is_tracked, gc.get_referents(*level))]
    return any(isinstance(value, dict | list) for value in gc.get_referents(*level))


def with_text_dates(value: Any) -> Any:
    """Return a value with its dates as text, as a JSON store holds them."""
    if isinstance(value, dict):
        return {key: with_text_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_text_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


class _Copied:
    """A tree whose containers are copied the first time something below them is to change."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = dict(data)
        self._ours = {id(self.data): self.data}

    def holder(self, path: Path) -> Any:
        """Return our own copy of the table or list that holds the last step of ``path``."""
        here: Any = self.data
        for place, step in enumerate(path[:-1]):
            if isinstance(here, list):
                key: Any = index_of(here, path[place - 1], step)
                if key is None:
                    raise KeyError(f"no item {step!r} on the way to {path!r}")
            else:
                key = step
                here.setdefault(step, [] if place == LIST_DEPTH and step in IDENTITY else {})
            here[key] = here = self._own(here[key])
        return here

    def _own(self, container: Any) -> Any:
        if id(container) in self._ours:
            return container
        copy = container.copy()
        self._ours[id(copy)] = copy
        return copy


def _apply(root: _Copied, change: Change) -> None:
    holder, key = root.holder(change.path), change.path[-1]
    if change.renamed:
        _rename(holder, key, str(change.after))
    elif isinstance(holder, list):
        _put_item(holder, change.path[-2], key, change.after)
    elif change.after is None:
        holder.pop(key, None)
    else:
        holder[key] = _copied(change.after)


def _copied(value: Any) -> Any:
    """Return a copy of plain data; deepcopy, which has to be ready for anything, takes ten times as long."""
    if isinstance(value, dict):
        return {key: inner if type(inner) is str else _copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [inner if type(inner) is str else _copied(inner) for inner in value]
    return value


def _rename(table: dict[str, Any], old: str, new: str) -> None:
    items = [(new if key == old else key, value) for key, value in table.items()]
    table.clear()
    table.update(items)


def _put_item(items: list[Any], list_key: str, identity: str, value: Any) -> None:
    index = index_of(items, list_key, identity)
    if index is None:
        if value is not None:
            items.append(_copied(value))
    elif value is None:
        del items[index]
    else:
        items[index] = _copied(value)
