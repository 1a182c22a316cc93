"""The codec for TOML, see ``formats.entries.Codec``."""

import re
from collections.abc import Sequence
from typing import Any

from renewctl.domain.paths import is_deeper
from renewctl.formats.entries import MAX_DEPTH, Entry, Steps, line_end
from renewctl.formats.toml.reader import LONG_HEX, loads
from renewctl.model import Path

# The other modules are imported lazily, because most commands only read.


def parse(text: str) -> dict[str, Any]:
    """Return the data of a text.

    Raises:
        StoreInvalid: If it is not valid TOML, has too many levels, or a number that Python cannot print.
    """
    try:
        data = loads(text)
        if is_deeper(data, MAX_DEPTH):
            raise RecursionError
        if re.search(LONG_HEX, text):
            repr(data)  # Fails for an integer that is too long for Python to print.
    except (ValueError, RecursionError) as error:
        from renewctl.formats.toml.errors import explain_invalid

        raise explain_invalid(text, error) from None
    return data


def entries(text: str) -> list[Entry]:
    """Return the entries of a TOML text.

    The last one, without a path, is the text after all others.

    An entry is a header with its adjacent sub-tables, or a statement above all headers. Clients and users
    elsewhere, as in ``clients = { ... }`` or below ``[clients]``, have no entry of their own.
    """
    from renewctl.formats.toml.blocks import split_blocks

    return split_blocks(_with_final_line_end(text))


def join(entries: Sequence[Entry], text: str) -> str:
    """Return a file with these entries; with a final line end if the old text has one."""
    new = "".join([part for entry in entries for part in (entry.gap, entry.text)])
    return new if _with_final_line_end(text) == text else new.removesuffix("\n").removesuffix("\r")


def _with_final_line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + line_end(text)


def value_of(entry: Entry) -> Any:
    """Return the value of an entry; None if a client or user has no header of its own."""
    if len(entry.path) > 1 and not is_table(entry):
        return None
    value: Any = loads(entry.text)
    for step in entry.path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def is_table(entry: Entry) -> bool:
    """Return whether an entry starts with a header."""
    from renewctl.formats.toml.scan import skip_comments

    return entry.text.startswith("[", skip_comments(entry.text))


def write(path: Path, value: Any, text: str) -> str:
    """Return the text of a new entry."""
    from renewctl.formats.toml.writer import format_entry

    return format_entry(path, value, line_end(text))


def rewrite(entry: Entry, path: Path, old: Any, new: Any, text: str) -> str:
    """Return the text of an entry with another path and value."""
    from renewctl.formats.toml.splice import Splicer

    return Splicer(entry, line_end(text)).rewrite(path, old, new)


def storable(value: Any) -> Any:
    """Return plain data as TOML stores it, which is unchanged."""
    return value


def reformat(text: str, data: dict[str, Any], usual: Sequence[Entry]) -> list[Entry]:
    """Return all entries as blocks or statements; rewrite those not in ``usual``."""
    from renewctl.formats.toml.layout import Layout

    return Layout(_with_final_line_end(text), line_end(text), usual).entries(data)


def position(_text: str, entry: Entry, steps: Steps) -> tuple[int, int]:
    """Return how many of ``steps`` exist in an entry, and the offset of the last."""
    from renewctl.formats.toml.blocks import find_position

    return find_position(entry, steps)
