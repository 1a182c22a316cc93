"""Read the texts that are kept as data: the TOML files in ``texts/``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"  # importlib.resources takes as long as a tenth of a command.


@cache
def read_texts(name: str) -> Mapping[str, Any]:
    """Return the content of the package's ``texts/NAME.toml``."""
    import tomli  # Lazy import: few commands need it.

    return tomli.loads((TEXTS / f"{name}.toml").read_text("utf-8"))
