"""Words that several results share."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from renewctl.text import count_of

TEXTS = Path(__file__).parents[1] / "texts"  # importlib.resources would take a tenth of a whole command


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"


@cache
def read_texts(name: str) -> Mapping[str, Any]:
    """Return what ``texts/NAME.toml`` of the package holds."""
    import tomli  # Lazy import: few commands need it.

    return tomli.loads((TEXTS / f"{name}.toml").read_text("utf-8"))
