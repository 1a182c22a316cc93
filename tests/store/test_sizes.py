"""How deep a TOML text may be, by whatever it is nested; how long an integer, however it is written."""

from collections.abc import Callable

import pytest
import tomli

from renewctl.store.toml.sizes import MAX_DEPTH, check_sizes

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


LONG = ("0x" + "f" * 2501, "0o" + "7" * 3334, "0b" + "1" * 10_001, "0x" + "f_" * 2500 + "f")
HELD = ("a = {}", "a = [[], [1, {}]]", "[[a]]\n[[a.b]]\nc = [{{ d = 1, e.f = {} }}]")


@pytest.mark.parametrize("digits", LONG, ids=lambda digits: digits[:4])
@pytest.mark.parametrize("held", HELD)
def test_an_integer_that_cannot_be_shown_is_refused_wherever_it_is(held: str, digits: str) -> None:
    text = held.format(digits)
    with pytest.raises(ValueError):  # noqa: PT011
        check_sizes(text, tomli.loads(text))


@pytest.mark.parametrize("digits", LONG, ids=lambda digits: digits[:4])
@pytest.mark.parametrize("held", HELD)
def test_it_is_fine_as_text_or_in_a_comment(held: str, digits: str) -> None:
    text = held.format(f"'{digits}'") + f" # {digits}"
    check_sizes(text, tomli.loads(text))
