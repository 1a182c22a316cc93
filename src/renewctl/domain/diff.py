"""Which values differ between the data of two stores, however each is written.

Keys and dates are compared in normal form, so that a TOML and a JSON store that say the same do not
differ. Pure: imports the floors below only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from renewctl.domain.identifiers import address_key, client_key
from renewctl.domain.paths import IDENTITY, is_same, with_text_dates
from renewctl.model import Change, Path

Data = Mapping[str, Any]
_ENTRY_DEPTH = 2
"""clients, KEY: a whole entry that came or went is one difference."""


def find_differences(
    before: Data, after: Data, renamed: Iterable[tuple[str, str]] = ()
) -> tuple[Change, ...]:
    """Return the values to be changed to make ``before`` say what ``after`` says.

    Args:
        before: plain data of a store, in the current version.
        after: likewise.
        renamed: clients that are the same under another key: (old key, new key).
    """
    old, new = _normal(before), _normal(after)
    clients = old.get("clients", {})
    changes = []
    for was, now in renamed:
        clients[now] = clients.pop(was)
        changes.append(Change(("clients", was), now, was, renamed=True))
    return (*changes, *_between(old, new, ()))


def _normal(data: Data) -> dict[str, Any]:
    """Return the data with the keys of clients and users in the form they are compared in."""
    found = {key: with_text_dates(value) for key, value in data.items() if key not in _NO_SETTINGS}
    for name, normal in _NORMAL_KEY.items():
        if isinstance(found.get(name), dict):
            found[name] = {normal(key): value for key, value in found[name].items()}
    return found


_NO_SETTINGS = {"version", "$schema"}
_NORMAL_KEY: Mapping[str, Callable[[str], str]] = {
    "clients": lambda key: client_key(key) or key,
    "users": address_key,
}


def _between(old: Any, new: Any, path: Path) -> Iterator[Change]:
    if old == new or is_same(old, new):  # a NaN is not equal to itself
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _between(old.get(key), new.get(key), (*path, key))
    elif _is_identified(path, old) and _is_identified(path, new):
        yield from _between(_by_identity(path[-1], old), _by_identity(path[-1], new), path)
    else:
        yield from _whole(old, new, path)


def _whole(old: Any, new: Any, path: Path) -> Iterator[Change]:
    """Yield a value that came, went or differs; of a section that came or went, each entry."""
    inside = old if new is None else new if old is None else None
    if isinstance(inside, dict) and len(path) < _ENTRY_DEPTH and path[0] in _NORMAL_KEY:
        for key, value in inside.items():
            yield Change((*path, key), None, value) if new is None else Change((*path, key), value)
    else:
        yield Change(path, new, old)


def _is_identified(path: Path, items: Any) -> bool:
    """Tell whether a list's items can be told apart by what names them."""
    if not isinstance(items, list) or len(path) != _ENTRY_DEPTH + 1 or path[-1] not in IDENTITY:
        return False
    return len(_by_identity(path[-1], items)) == len(items)


def _by_identity(list_key: str, items: list[Any]) -> dict[str, Any]:
    return {str(item.get(IDENTITY[list_key], "")): item for item in items}
