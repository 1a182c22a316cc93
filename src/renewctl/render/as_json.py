"""Answers as JSON: ASCII only, exact, the same bytes in any locale and on any terminal.

Tables are spread over lines, member by member; what a list holds stands on a line each, as readers,
``grep`` and ``diff`` want it. Imports the answer only.
"""

from collections.abc import Iterable, Iterator, Mapping
from json import JSONEncoder
from typing import Any

from renewctl.render.result import MapView, Result


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as JSON, spread over lines."""
    return "".join(_spread(document, "\n")) + "\n"


def lines_text(answer: Result) -> str:
    """Return the items of an answer alone, one a line; the whole document where it lists nothing."""
    items = answer.document.get("items", [answer.document])
    return "".join([_encode(item) + "\n" for item in items])


def _spread(value: Any, newline: str) -> Iterator[str]:
    value = value() if callable(value) else value
    if not value or not isinstance(value, Mapping | list | tuple | MapView):
        yield _encode(value)
    elif isinstance(value, Mapping):
        yield from _between(
            "{", (_member(key, inner, newline + "  ") for key, inner in value.items()), newline
        )
        yield "}"
    else:
        yield from _between("[", map(_encode, value), newline)
        yield "]"


def _member(key: str, value: Any, newline: str) -> str:
    return f"{_encode(key)}: {''.join(_spread(value, newline))}"


def _between(opening: str, parts: Iterable[str], newline: str) -> Iterator[str]:
    before = opening
    for part in parts:
        yield before + newline + "  "
        yield part
        before = ","
    yield newline


def _plain(value: Any) -> Any:
    """Return what JSON has for a value that is made late, or that it has no form for."""
    if isinstance(value, MapView):
        return list(value)
    if callable(value):
        return value()
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


_encode = JSONEncoder(default=_plain, check_circular=False).encode  # answers are trees
