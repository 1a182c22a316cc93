"""The texts that are data: the TOML files in ``texts/``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"  # importlib.resources would take a tenth of a whole command


@cache
def read_texts(name: str) -> Mapping[str, Any]:
    """Return what ``texts/NAME.toml`` of the package holds."""
    import tomli  # Lazy import: few commands need it.

    return tomli.loads((TEXTS / f"{name}.toml").read_text("utf-8"))
