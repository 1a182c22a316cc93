"""Find the values that differ between two files, whatever their layout.

Keys and dates are compared in normal form, so that a TOML file and a JSON file with the same values do
not differ.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from renewctl.domain.identifiers import address_key, client_key
from renewctl.domain.paths import IDENTITY, LIST_DEPTH, comparable, is_same
from renewctl.model import Change, Path

Data = Mapping[str, Any]
_NOT_COMPARED = {"version", "$schema"}
_NORMAL_KEY: Mapping[str, Callable[[str], str]] = {
    "clients": lambda key: client_key(key) or key,
    "users": address_key,
}


def find_differences(
    before: Data, after: Data, renamed: Iterable[tuple[str, str]] = ()
) -> tuple[Change, ...]:
    """Return the changes that turn the values of ``before`` into those of ``after``.

    Args:
        before: Plain data in the current version.
        after: The same, to compare with.
        renamed: The clients that have another key in ``after``: (old key, new key).
    """
    old, new = _normalize(before), _normalize(after)
    clients = old.get("clients", {})
    changes = []
    for old_key, new_key in renamed:
        clients[new_key] = clients.pop(old_key)
        changes.append(Change(("clients", old_key), new_key, old_key, renamed=True))
    return (*changes, *_compare(old, new, ()))


def _normalize(data: Data) -> dict[str, Any]:
    normal = {key: comparable(value) for key, value in data.items() if key not in _NOT_COMPARED}
    for section, normal_key in _NORMAL_KEY.items():
        if isinstance(normal.get(section), dict):
            entries: dict[str, Any] = {}
            for key, value in normal[section].items():
                entries[key if normal_key(key) in entries else normal_key(key)] = value
            normal[section] = entries
    return normal


def _compare(old: Any, new: Any, path: Path) -> Iterator[Change]:
    if len(path) == 1 and path[0] in _NORMAL_KEY:
        old, new = old or {}, new or {}  # If only one file has the section, each of its entries differs.
    if old == new or is_same(old, new):  # A NaN does not equal itself.
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _compare(old.get(key), new.get(key), (*path, key))
    else:
        old_items, new_items = _by_identity(path, old), _by_identity(path, new)
        if old_items is None or new_items is None:
            yield Change(path, new, old)
        else:
            yield from _compare(old_items, new_items, path)


def _by_identity(path: Path, items: Any) -> dict[str, Any] | None:
    """Return the items of a list by their identity; None if identities are not unique."""
    if not isinstance(items, list) or len(path) != LIST_DEPTH + 1 or path[-1] not in IDENTITY:
        return None
    by_identity = {str(item.get(IDENTITY[path[-1]], "")): item for item in items}
    return by_identity if len(by_identity) == len(items) else None
