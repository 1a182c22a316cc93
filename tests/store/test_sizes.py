"""How deep a TOML text may be: as deep as ``MAX_DEPTH``, by whatever it is nested."""

from collections.abc import Callable

import pytest
import tomli

from renewctl.store.toml_sizes import MAX_DEPTH, check_sizes

NESTED: dict[str, Callable[[int], str]] = {
    "lists": lambda levels: "a = " + "[" * levels + "1" + "]" * levels,
    "empty lists": lambda levels: "a = " + "[" * levels + "]" * levels,
    "inline tables": lambda levels: "a = " + "{ a = " * levels + "1" + " }" * levels,
    "empty tables": lambda levels: "[" + ".".join("a" * levels) + "]",
    "a header": lambda levels: "[" + ".".join("a" * levels) + "]\nb = 2027-03-01",
    "a dotted key": lambda levels: ".".join("a" * levels) + " = {}",
    "tables of lists": lambda levels: "[[" + ".".join("a" * (levels - 1)) + "]]",
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_just_as_deep_is_read_and_no_deeper(kind: str) -> None:
    for levels, fits in ((MAX_DEPTH - 1, True), (MAX_DEPTH, False), (MAX_DEPTH + 1, False)):
        text = NESTED[kind](levels)
        data = tomli.loads(text)
        if fits:
            check_sizes(text, data)
        else:
            with pytest.raises(RecursionError):
                check_sizes(text, data)
