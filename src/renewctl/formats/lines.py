"""The lines of a text: where they start, and how most of them end. Imports the standard library only."""

import re
from functools import lru_cache


def line_starts(text: str) -> list[int]:
    """Return the offsets at which the lines of ``text`` start."""
    return [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]


@lru_cache(maxsize=4)  # a bulk change asks for each of its entries
def line_end(text: str) -> str:
    """Return the line end that most lines of ``text`` have."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
