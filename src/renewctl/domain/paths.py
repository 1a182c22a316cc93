"""Address plain data by paths, and apply changes to it.

List items have no keys, so a step names an item by its identity: a contact by its email address, a
renewal by its product.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from renewctl.domain.identifiers import compose
from renewctl.model import Change, Path

IDENTITY = {"contacts": "email", "renewals": "product"}
"""The field that identifies the items of a list, by the key of the list."""
LIST_DEPTH = 2
"""The length of the path of the client or user that has such a list: clients, KEY."""


def index_of(items: list[Any], list_key: str, identity: str) -> int | None:
    """Return the index of the item with an identity; None if there is none."""
    name = IDENTITY[list_key]
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get(name, "") == identity:
            return index
    return None


def get(data: Any, path: Path) -> Any:
    """Return the value at ``path``; None if there is none."""
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
    """Return ``data`` with ``changes`` applied in order; missing tables are created.

    Tables and lists on the path of a change are copied once, and the rest is shared: an entry that is the
    same object as before is unchanged.
    """
    tree = _CopyOnWrite(data)
    for change in changes:
        tree.apply(change)
    return tree.data


def revert_changes(data: dict[str, Any], changes: Iterable[Change]) -> tuple[dict[str, Any], list[Change]]:
    """Return ``data`` with the changes whose ``before`` is current, and the others.

    The others have the current value as their ``before``.
    """
    tree = _CopyOnWrite(data)
    others: list[Change] = []
    for change in changes:
        present, expected = _compare(tree.data, change)
        if present == expected or is_same(present, expected):  # A NaN does not equal itself.
            tree.apply(change)
        else:
            others.append(change._replace(before=present))
    return tree.data, others


def _compare(data: dict[str, Any], change: Change) -> tuple[Any, Any]:
    """Return the current value at the path of a change, and the expected one."""
    present = get(data, change.path)
    holders = [change.path[:depth] for depth in (LIST_DEPTH, LIST_DEPTH + 2) if len(change.path) > depth]
    if any(get(data, holder) is None for holder in holders):
        return None, True  # The client, user or list item is gone, so no value in it is as expected.
    if change.renamed:
        new_key_in_use = get(data, (*change.path[:-1], str(change.after))) is not None
        return present is not None and not new_key_in_use, True
    return comparable(present), comparable(change.before)


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values and their types are equal: 1, 1.0 and true differ."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return isinstance(one, str) and isinstance(other, str) and bool(one == other)
    if kind is dict:
        return one.keys() == other.keys() and all(map(is_same, one.values(), map(other.get, one)))
    if kind is list:
        return len(one) == len(other) and all(map(is_same, one, other))
    if kind in (str, bool, int, date):
        return bool(one == other)
    return repr(one) == repr(other)  # Equal floats and times can have two spellings.


def is_deeper(data: dict[str, Any] | list[Any], levels: int) -> bool:
    """Return whether tables and lists are nested more than ``levels`` deep."""
    containers: list[Any] = [data]
    for _ in range(levels):
        inner: list[Any] = []
        for container in containers:
            for value in container.values() if type(container) is dict else container:
                if type(value) in (dict, list):
                    inner.append(value)
        containers = inner
    return bool(containers)


def with_text_dates(value: Any) -> Any:
    """Return a value with its dates as text, as in a JSON file."""
    if isinstance(value, dict):
        return {key: with_text_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_text_dates(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def comparable(value: Any) -> Any:
    """Return a value in the form for comparisons: dates as text, text composed (NFC)."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    if isinstance(value, str):
        return compose(value)
    return value.isoformat() if isinstance(value, date) else value


class _CopyOnWrite:
    """A tree whose tables and lists are copied when they change for the first time."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = dict(data)
        self._copies = {id(self.data): self.data}

    def apply(self, change: Change) -> None:
        parent, key = self._parent(change.path), change.path[-1]
        if isinstance(parent, list) and change.renamed:
            index = index_of(parent, change.path[-2], key)
            if index is None:
                raise KeyError(f"no item {key!r} to rename at {change.path!r}")
            name = IDENTITY[change.path[-2]]
            parent[index] = {**parent[index], name: change.after}
            if change.after == "":  # An empty identity means that the field is absent.
                del parent[index][name]
        elif change.renamed:
            items = [(str(change.after) if name == key else name, value) for name, value in parent.items()]
            parent.clear()
            parent.update(items)
        elif isinstance(parent, list):
            index = index_of(parent, change.path[-2], key)
            if change.after is None:
                if index is not None:
                    del parent[index]
            elif index is None:
                parent.append(change.after)
            else:
                parent[index] = change.after
        elif change.after is None:
            parent.pop(key, None)
        else:
            parent[key] = change.after

    def _parent(self, path: Path) -> Any:
        """Return the copied table or list that contains the last step of ``path``."""
        here: Any = self.data
        for depth, step in enumerate(path[:-1]):
            key: Any = step
            if isinstance(here, list):
                key = index_of(here, path[depth - 1], step)
                if key is None:
                    raise KeyError(f"no item {step!r} on the way to {path!r}")
            else:
                here.setdefault(step, [] if depth == LIST_DEPTH and step in IDENTITY else {})
            if id(here[key]) not in self._copies:
                copy = here[key].copy()
                self._copies[id(copy)] = copy
                here[key] = copy
            here = here[key]
        return here
