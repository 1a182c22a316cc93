"""Read the texts that are kept as data: the TOML files in ``texts/``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from renewctl.formats.toml.reader import loads

TEXTS = Path(__file__).parent / "texts"  # importlib.resources takes as long as a tenth of a command.


@cache
def read_texts(name: str) -> Mapping[str, Any]:
    """Return the content of the package's ``texts/NAME.toml``."""
    return loads((TEXTS / f"{name}.toml").read_text("utf-8"))
