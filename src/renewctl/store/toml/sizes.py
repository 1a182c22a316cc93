"""What is TOML, but too deep or too long for whoever walks or shows it. Imports the standard library only."""

import gc
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 100
"""Levels of tables and lists within each other; renewctl's own data has five."""
LONG_BITS = 10_000
"""Python does not write integers of 4,300 digits."""
LONG_HEX = re.compile(r"0[xob][0-9A-Fa-f_]{2500,}")
_CONTAINERS = frozenset((dict, list))


def check_sizes(text: str, data: dict[str, Any]) -> None:
    """Refuse what would break whoever walks or shows the data: depth, and integers beyond text."""
    if LONG_HEX.search(text) and any(type(v) is int and v.bit_length() > LONG_BITS for v in _values(data)):
        raise ValueError
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH - 1):
        # The collector tracks each table or list that holds another, and finds them ten times as fast.
        level = [*filter(gc.is_tracked, gc.get_referents(*level))]
    if any(type(value) in _CONTAINERS for value in gc.get_referents(*level)):
        raise RecursionError


def _values(data: dict[str, Any]) -> Iterator[Any]:
    left: list[Any] = [data]
    while left:
        value = left.pop()
        yield value
        if type(value) in _CONTAINERS:
            left += value.values() if isinstance(value, dict) else value
