"""The entries of a store, what a command changes: one client, one partner user, or another key of the top.

New ones go where the order of keys has them, if those that stand are in that order. Two people who each
add a client on a branch of their own so write into different places, and git merges them; at the end
of the text they would always collide. Imports ``model`` only.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import pairwise

from renewctl.model import Path

HOLDERS = ("clients", "users")
"""Tables of the top level whose own tables are entries."""
EXCEPTIONS = 10
"""One in so many may stand out of order, as a renamed client does."""


def entry_of(path: Sequence[str | int]) -> Path:
    """Return the path of the entry that ``path`` leads into."""
    return tuple(map(str, path[: 2 if path[0] in HOLDERS else 1]))


def placed(standing: Sequence[str], new: Iterable[str]) -> dict[int, list[str]]:
    """Return under which of the ``standing`` keys, by index, the new ones go; -1 is above the first.

    Each goes below the one whose key comes before its own. Where none stands, or those that do are in
    another order, all go to the end, as they come.
    """
    if not standing or sum(one > other for one, other in pairwise(standing)) * EXCEPTIONS > len(standing):
        return {len(standing) - 1: [*new]}
    places: dict[int, list[str]] = {}
    known = sorted((key, index) for index, key in enumerate(standing))
    for key in sorted(new):
        at = bisect(known, (key,))
        places.setdefault(known[at - 1][1] if at else -1, []).append(key)
    return places
