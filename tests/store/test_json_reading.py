"""Reading JSON by counting finds exactly what looking at every pair, string, number and level finds."""

import json
import math
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewctl.errors import StoreInvalid
from renewctl.store.json.edit import same
from renewctl.store.json.read import MAX_DEPTH, MAX_DIGITS, read
from renewctl.store.json.scan import marks

EXAMPLES = int(os.environ.get("RENEWCTL_TEST_EXAMPLES", "300"))
KINDS = {
    "duplicate key": "duplicate",
    "is not a JSON number": "constant",
    "an integer of more": "long",
    "a number too large": "infinite",
    "half a character": "half",
    "nested too deeply": "deep",
    "the top level must be": "top",
}
SAFE = [":", "{", "}]", "[", "é", "😀", r"\"", r"\\", r"\u003a", r"\u0022", r"\ud83d\ude00", "NaN", "1e9"]
HALVES = [r"\ud83d", r"\ude00", "\ud83d", r"\\ud800"]
PIECES = st.sampled_from(SAFE * 3 + HALVES)
STRINGS = st.lists(PIECES, max_size=4).map(lambda pieces: f'"{"".join(pieces)}"')
KEYS = st.sampled_from(['"a"', '"b"', '"c"', '"d"', '"e"', r'"\u0061"', '":"', '""', r'"\\"']) | STRINGS
LONGEST = "9" * MAX_DIGITS
NUMBERS = ["1", "-0", "2.5", LONGEST, f"-{LONGEST[1:]}", f"{LONGEST}.5", "1e-999"]
WRONG = ["NaN", "-Infinity", "1e999", "-1e999", f"9{LONGEST}", f"-{LONGEST}"]
ATOMS = st.one_of(STRINGS, STRINGS, st.sampled_from([*NUMBERS * 3, "true", "null", *WRONG]))
BLANKS = st.sampled_from(["", "", " ", "\n", "\r\n\t"])


@st.composite
def tables(draw, inner):
    """Return the text of an object or a list whose members come as they come: a key may come twice."""
    members = st.lists(st.tuples(KEYS, BLANKS, BLANKS, inner), max_size=4)
    if draw(st.booleans()):
        return "[" + ",".join(f"{a}{value}{b}" for _, a, b, value in draw(members)) + "]"
    return "{" + ",".join(f"{b}{key}{a}:{b}{value}{a}" for key, a, b, value in draw(members)) + "}"


@st.composite
def texts(draw):
    """Return JSON, mostly an object, at times within so many levels that one more is too many."""
    text = draw(st.recursive(ATOMS, tables, max_leaves=12))
    opening, closing = draw(st.sampled_from([("", ""), ("[", "]"), ('{"a":', "}"), ('["]",', "]")]))
    levels = draw(st.integers(MAX_DEPTH - 4, MAX_DEPTH)) if draw(st.booleans()) else 1
    text = opening * levels + text + closing * levels
    return text if draw(st.integers(0, 9)) == 0 else f'{{"top" :{text}}}'


class Pairs(list):
    """An object with all the pairs that the text writes."""


class Digits(str):
    """A number as it is written."""


def flaws(value, level=1):
    """Yield the kind of each flaw, found by looking at everything."""
    if isinstance(value, Digits):
        whole = value.lstrip("-").isdigit()
        if value.endswith(("N", "y")):
            yield "constant"
        elif whole and len(value) > MAX_DIGITS:
            yield "long"
        elif not whole and math.isinf(float(value)):
            yield "infinite"
    elif isinstance(value, str):
        yield from ["half"] if re.search("[\ud800-\udfff]", value) else []
    elif isinstance(value, list):
        keys = [key for key, _ in value] if isinstance(value, Pairs) else []
        yield from ["duplicate"] if len(set(keys)) < len(keys) else []
        yield from ["deep"] if level > MAX_DEPTH else []
        for each in [*keys, *(pair[1] for pair in value)] if keys else value:
            yield from flaws(each, level + 1)


def expected(text: str) -> set[str]:
    hooks = dict.fromkeys(["parse_int", "parse_float", "parse_constant"], Digits)
    whole = json.loads(text, object_pairs_hook=Pairs, **hooks)
    return {*flaws(whole), *([] if isinstance(whole, Pairs) else ["top"])}


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(texts())
def test_what_is_counted_is_what_is_there(text):
    found, data = set(), None
    try:
        data = read(text)
    except StoreInvalid as error:
        messages = [problem.message for problem in error.problems]
        found = {kind for message in messages for words, kind in KINDS.items() if words in message}

    assert found == expected(text)
    assert found or same(data, json.loads(text))


MARKS = {
    "{}": "[]",
    '{"a" : [1, "b"]}': "[:[]]",
    '{":": "{", "": ["]"]}': "[::[]]",
    r'{"\"": "\\", "\\\":": "\":", "[\u0022": 1}': "[:::]",
    '["", "", ":", "", "::", ""]': "[]",
    '{"é:": "😀]", "\ud800": 1}': "[::]",
    '"[:]"': "",
}


@pytest.mark.parametrize("text", MARKS)
def test_marks_outside_strings(text):
    json.loads(text)

    assert marks(text).decode() == MARKS[text]


TWICE = [
    '{"a": 1, "a": 1}',
    '{"a": {"b": 1}, "a": 1}',
    '{"a": 1, "a": {"b": 1}}',
    '{"a": [{"b": 1, "b": 1}], "a": 1}',
    r'{"a": ":", "a" : "\":"}',
    '{"x": [{}, {"": 0, "": 0}]}',
    r'{"\u0061": 1, "a": 1}',
]


@pytest.mark.parametrize("text", TWICE)
def test_a_key_given_twice_is_found(text):
    with pytest.raises(StoreInvalid) as caught:
        read(text)

    assert "duplicate key" in caught.value.problems[0].message
