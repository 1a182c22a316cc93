"""The JSON codec: flaws of a text, its entries, and new text for changed entries."""

import json
import math
import re
from datetime import UTC, date, datetime
from datetime import time as clock
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.errors import StoreInvalid
from renewctl.formats.entries import HOLDERS, MAX_DEPTH, Entry
from renewctl.formats.json import codec
from renewctl.model import Change
from renewctl.store.document import Document
from store.layouts import JSON, made, typed

A, B = ("clients", "a.example"), ("clients", "b.example")


def has_usual_layout(text):
    return codec.join(codec.entries(text), text) == text


# --- reading ------------------------------------------------------------------------------------

MERGE = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}\n'
SIDES = '<<<<<<< HEAD\n      "hub_id": 1\n||||||| base\n=======\n      "hub_id": 2\n>>>>>>> b\n'
FLAWS = {
    "duplicates": (
        '{"a": 1,\n "b": {"c": 1, "\\u0063": 2},\n "a": 3, "d": [{"a": 1}], "a": "{"}',
        [
            ('duplicate key "c", lines 2 and 2', 2, 16),
            ('duplicate key "a", lines 1 and 3', 3, 2),
            ('duplicate key "a", lines 1 and 3', 3, 27),
        ],
    ),
    "NaN": ('{"a": NaN}', [("NaN is not a JSON number", 1, 7)]),
    "infinities": (
        '{"NaN": "NaN",\n"a": [-Infinity, 1, 2.5, Infinity]}',
        [("-Infinity is not a JSON number", 2, 7), ("Infinity is not a JSON number", 2, 26)],
    ),
    "overflow": ('{"a": 1, "b": -1e999}', [("number too large", 1, 15)]),
    "long integer": (
        '{"b": 1.5, "a":\n' + "9" * 5000 + "}",
        [("integer with more than 640 digits", 2, 1)],
    ),
    "lone escape": (
        '{"a": "\\ud83d\\uDE00 \\\\ud800 \\ud800",\n"b": "\\uDC00"}',
        [
            ("incomplete character \\ud800 (lone surrogate)", 1, 29),
            ("incomplete character \\uDC00 (lone surrogate)", 2, 7),
        ],
    ),
    "lone surrogate": ('{"a": "\udc80"}', [("incomplete character \\udc80 (lone surrogate)", 1, 8)]),
    "flaws of several kinds": (
        '{"a": NaN,\n"a": "\\ud800"}',
        [
            ("NaN is not a JSON number", 1, 7),
            ('duplicate key "a", lines 1 and 2', 2, 1),
            ("incomplete character \\ud800 (lone surrogate)", 2, 7),
        ],
    ),
    "flaws in a value that a duplicate key replaces": (
        '{"a": [1e999, {"b": 1, "b": 2}], "a": 1}',
        [
            ("number too large", 1, 8),
            ('duplicate key "b", lines 1 and 1', 1, 24),
            ('duplicate key "a", lines 1 and 1', 1, 34),
        ],
    ),
    "lines of every kind": (
        '\r\n{"😀é": 1, "b": NaN,\r"d": "\u2028", "d":\n1}',
        [("NaN is not a JSON number", 2, 16), ('duplicate key "d", lines 3 and 3', 3, 11)],
    ),
    "list": ("\n [1]", [("the top level must be an object", 2, 2)]),
    "a flaw in a list": (
        "[NaN]",
        [("the top level must be an object", 1, 1), ("NaN is not a JSON number", 1, 2)],
    ),
    "scalar": ("3", [("the top level must be an object", 1, 1)]),
    "text": ('"clients"', [("the top level must be an object", 1, 1)]),
    "deep": ('{"a":\n' + "[" * 101 + "]" * 101 + "}", [("too many nested levels", 2, 100)]),
    "deep twice": (
        '{"a":[' + "[" * 99 + "]" * 99 + ",\n" + "[" * 99 + "]" * 99 + "]}",
        [("too many nested levels", 1, 105), ("too many nested levels", 2, 99)],
    ),
    "very deep": ("[" * 100_000, [("too many nested levels", 1, 101)]),
    "too deep to be checked": ('{"a": 1, "a":' + "[" * 100_000, [("too many nested levels", 1, 113)]),
    "truncated": ('{\n "owner": "hub', [("unterminated string", 2, 11)]),
    "control": ('{"a": "x\0"}', [("invalid control character", 1, 9)]),
    "merge": (MERGE, [("merge conflict in a, lines 2-6", 2, 1)]),
    "merges": (
        MERGE + MERGE,
        [("merge conflict in a, lines 2-6", 2, 1), ("merge conflict, lines 9-13", 9, 1)],
    ),
    "merge inside a client": (
        '{\n  "clients": {\n    "\\u0061.example": {\n' + SIDES + "    }\n  }\n}\n",
        [('merge conflict in clients."a.example", lines 4-9', 4, 1)],
    ),
    "merge of new clients": (
        '{\n "clients": {\n<<<<<<< HEAD\n   "x.example": {}\n=======\n   "y": {"z": {}}\n>>>>>>> b\n }\n}\n',
        [('merge conflict in clients."x.example" and clients.y, lines 3-7', 3, 1)],
    ),
    "merge below a client": (
        '{\n"clients": {"x": {}},\n' + MERGE[2:],
        [("merge conflict in a, lines 3-7", 3, 1)],
    ),
    "merge with broken escapes": (
        '{"a": {\n<<<<<<< HEAD\n"\\x": "\\u12",\n"b": 1\n=======\n>>>>>>> b\n}}',
        [("merge conflict in a, lines 2-6", 2, 1)],
    ),
    "merge with an open string": (
        '{"a": {\n<<<<<<< HEAD\n"b": "\n},\n"c": 1\n=======\n>>>>>>> b\n}}',
        [("merge conflict in a, lines 2-7", 2, 1)],
    ),
    "merge of brackets": (
        '{"a": [\n<<<<<<< HEAD\n{},\n=======\n>>>>>>> b\n1]}',
        [("merge conflict in a, lines 2-5", 2, 1)],
    ),
    "merge in a list": ("[\n" + MERGE[2:].replace(": ", ", "), [("merge conflict, lines 2-6", 2, 1)]),
    "merge, CRLF": (MERGE.replace("\n", "\r\n"), [("merge conflict in a, lines 2-6", 2, 1)]),
    "half a merge": ("{\n<<<<<<< HEAD\n}", [("merge conflict, lines 2-3", 2, 1)]),
}


def flaws_of(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(StoreInvalid) as caught:
        Document(text, codec)
    assert all(problem.hint or caught.value.hint for problem in caught.value.problems)
    return [(problem.message, problem.line, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize("name", FLAWS)
def test_flaws(name):
    text, expected = FLAWS[name]

    assert flaws_of(text) == expected


HINTS = {
    '# x\n\n[clients."a.example"]\nowner = 1': "TOML",
    "version: 1\n": "YAML",
    "---\na: 1\n": "YAML",
    "<!DOCTYPE html>": "HTML",
    "PK\x03\x04\0\0": "import",
    '{"a": 1,}': "comma before the closing bracket",
    '{"a": 1, // x\n "b": 2}': "remove the comment",
    '{"a": 1\n # x\n}': "remove the comment",
    "{'a': 1}": "double quotes",
    '{"a" 1}': '"key": value',
    '{"a": 1 "b": 2}': "missing comma or closing bracket",
    '{"a": "\t"}': "an escape",
}


@pytest.mark.parametrize("text", HINTS)
def test_hints(text):
    with pytest.raises(StoreInvalid) as caught:
        codec.parse(text)

    assert HINTS[text] in caught.value.problems[0].hint
    assert not caught.value.hint


def test_every_problem_is_listed():
    with pytest.raises(StoreInvalid, match=r"^the file is not valid JSON$") as caught:
        codec.parse('{"a": NaN, "b": NaN}')

    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["", " \t\r\n", "\n"])
def test_blank_text_has_no_data(text):
    assert codec.parse(text) == {}
    assert codec.entries(text) == []
    assert has_usual_layout(text)


def test_values_up_to_the_limits_are_read():
    text = '{"a":' + "[" * 99 + "]" * 99 + ', "b": ' + "9" * 640 + ', "c": [1e5, 1.0, null, 1]}'
    data = codec.parse(text)

    assert data["b"] == int("9" * 640)
    assert typed(data["c"]) == "[100000.0, 1.0, null, 1]"


# --- reading, compared with a reading that looks at everything ----------------------------------

KINDS = {
    "duplicate key": "duplicate",
    "is not a JSON number": "constant",
    "integer with more": "long",
    "number too large": "infinite",
    "incomplete character": "half",
    "too many nested levels": "deep",
    "the top level must be": "top",
}
SAFE = [":", "{", "}]", "[", "é", "😀", r"\"", r"\\", r"\u003a", r"\u0022", r"\ud83d\ude00", "NaN", "1e9"]
HALVES = [r"\ud83d", r"\ude00", "\ud83d", r"\\ud800"]
PIECES = st.sampled_from(SAFE * 3 + HALVES)
STRINGS = st.lists(PIECES, max_size=4).map(lambda pieces: f'"{"".join(pieces)}"')
KEYS = st.sampled_from(['"a"', '"b"', '"c"', '"d"', '"e"', r'"\u0061"', '":"', '""', r'"\\"']) | STRINGS
LONGEST = "9" * 640
NUMBERS = ["1", "-0", "2.5", LONGEST, f"-{LONGEST[1:]}", f"{LONGEST}.5", "1e-999"]
WRONG = ["NaN", "-Infinity", "1e999", "-1e999", f"9{LONGEST}", f"-{LONGEST}"]
ATOMS = st.one_of(STRINGS, STRINGS, st.sampled_from([*NUMBERS * 3, "true", "null", *WRONG]))
BLANKS = st.sampled_from(["", "", " ", "\n", "\r\n\t"])


@st.composite
def tables(draw, inner):
    """Return the text of an object or a list; a key can appear twice."""
    members = st.lists(st.tuples(KEYS, BLANKS, BLANKS, inner), max_size=4)
    if draw(st.booleans()):
        return "[" + ",".join(f"{a}{value}{b}" for _, a, b, value in draw(members)) + "]"
    return "{" + ",".join(f"{b}{key}{a}:{b}{value}{a}" for key, a, b, value in draw(members)) + "}"


@st.composite
def flawed(draw):
    """Return JSON, mostly an object, sometimes with the most levels allowed."""
    text = draw(st.recursive(ATOMS, tables, max_leaves=12))
    opening, closing = draw(st.sampled_from([("", ""), ("[", "]"), ('{"a":', "}"), ('["]",', "]")]))
    levels = draw(st.integers(MAX_DEPTH - 4, MAX_DEPTH)) if draw(st.booleans()) else 1
    text = opening * levels + text + closing * levels
    return text if draw(st.integers(0, 9)) == 0 else f'{{"top" :{text}}}'


class Pairs(list):
    """An object with all pairs of the text, including duplicates."""


class Digits(str):
    """A number as text."""


def kinds(value, level=1):
    """Yield the kind of each flaw, found by an exhaustive search."""
    if isinstance(value, Digits):
        whole = value.lstrip("-").isdigit()
        if value.endswith(("N", "y")):
            yield "constant"
        elif whole and len(value) > len(LONGEST):
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
            yield from kinds(each, level + 1)


def expected_kinds(text: str) -> set[str]:
    hooks = dict.fromkeys(["parse_int", "parse_float", "parse_constant"], Digits)
    whole = json.loads(text, object_pairs_hook=Pairs, **hooks)
    return {*kinds(whole), *([] if isinstance(whole, Pairs) else ["top"])}


@given(flawed())
def test_all_flaws_are_found(text):
    found, data = set(), None
    try:
        data = codec.parse(text)
    except StoreInvalid as error:
        messages = [problem.message for problem in error.problems]
        found = {kind for message in messages for words, kind in KINDS.items() if words in message}

    assert found == expected_kinds(text)
    assert found or typed(data) == typed(json.loads(text))


# --- layouts ------------------------------------------------------------------------------------


TWO = """{
  "version": 1,
  "clients": {
    "a.example": {
      "name":  "A",
      "override": {"owner": "partner", "notify": "x@p.example"}
    },
    "b.example": {
      "contacts": [
        {"email": "p@b.example", "roles": ["primary"]},
        { "email": "q@b.example" }
      ]
    }
  },
  "x-a": [1, "}"]
}
"""


def new_client(unit: str, newline: str) -> str:
    """Return the text of a new client, with this indentation and line end."""
    fields = ('"name": "C",', '"on": "2027-01-03",', '"roles": [', f'{unit}"billing"', "],", '"x": {}')
    return (newline + unit * 2).join(['"c.example": {', *(unit + field for field in fields), "}"])


NEW = {"name": "C", "on": date(2027, 1, 3), "roles": ["billing"], "x": {}}
USUAL = {
    "rows of a client on one line": (
        TWO,
        TWO.replace("      ]\n    }\n", "      ]\n    },\n    …\n"),
        "  ",
        "\n",
    ),
    "a client on one line": (
        '{\n  "clients": {\n    "a": {"n": 1}\n  }\n}\n',
        '{\n  "clients": {\n    "a": {"n": 1},\n    …\n  }\n}\n',
        *("  ", "\n"),
    ),
    "four blanks, no final line end": (
        '{\n    "clients": {},\n    "users": {}\n}',
        '{\n    "clients": {\n        …\n    },\n    "users": {}\n}',
        *("    ", "\n"),
    ),
    "tabs, more below": (
        '{\n\t"clients": {\n\t\t"a": {}\n\t}\n}\n\n \n',
        '{\n\t"clients": {\n\t\t"a": {},\n\t\t…\n\t}\n}\n\n \n',
        *("\t", "\n"),
    ),
    "CRLF": (
        '{\r\n "a": 1,\r\n "b": [\r\n  2\r\n ]\r\n}\r\n',
        '{\r\n "a": 1,\r\n "b": [\r\n  2\r\n ],\r\n "clients": {\r\n  …\r\n }\r\n}\r\n',
        *(" ", "\r\n"),
    ),
    "CR": (
        '{\r "a": 1,\r "b": [\r  2\r ]\r}\r',
        '{\r "a": 1,\r "b": [\r  2\r ],\r "clients": {\r  …\r }\r}\r',
        *(" ", "\r"),
    ),
    "an empty object": ("{}", '{\n  "clients": {\n    …\n  }\n}', "  ", "\n"),
    "blank": ("", '{\n  "clients": {\n    …\n  }\n}\n', "  ", "\n"),
    "blank, CRLF": (" \r\n", '{\r\n  "clients": {\r\n    …\r\n  }\r\n}\r\n', "  ", "\r\n"),
}


@pytest.mark.parametrize("name", USUAL)
def test_a_client_is_added_to_a_file_in_the_standard_layout(name):
    text, grown, unit, newline = USUAL[name]
    path = ("clients", "c.example")
    new = codec.join([*codec.entries(text), Entry(path, codec.write(path, NEW, text))], text)

    assert has_usual_layout(text)
    assert new == grown.replace("…", new_client(unit, newline)) != grown


OTHER = {
    "one line": (
        '{"clients": {"a": {"n": [1]}}, "x": {}}\n',
        '{\n  "clients": {\n    "a": {\n      "n": [\n        1\n      ]\n    }\n  },\n  "x": {}\n}\n',
    ),
    "compact, CRLF": (
        '{"clients":{"a":{"n":1}}}\r\n',
        '{\r\n  "clients": {\r\n    "a": {\r\n      "n": 1\r\n    }\r\n  }\r\n}\r\n',
    ),
    "compact, no line end": ('{"a":1}', '{\n  "a": 1\n}'),
    "an empty object, spread": ("{\n}\n", "{}\n"),
    "blank lines between": ('{\n    "a": 1,\n\n    "b": "é"\n}', '{\n    "a": 1,\n    "b": "é"\n}'),
    "leading commas": ('{ "a": 1\n, "b": 2\n  , "c": 3\n}\n', '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n'),
    "no indentation": ('{\n"a": 1\n}\n', '{\n  "a": 1\n}\n'),
    "a blank before a colon": ('{\n\t"users" : {\n\t\t"a": 1\n\t}\n}', '{\n\t"users": {\n\t\t"a": 1\n\t}\n}'),
    "an escape in the key of a holder": (
        '{\n "\\u0075sers": {\n  "a": 1\n }\n}',
        '{\n "users": {\n  "a": 1\n }\n}',
    ),
    "all users in one line": ('{\n  "users": {"a": 1}\n}', '{\n  "users": {\n    "a": 1\n  }\n}'),
    "mixed line ends: the majority": (
        '{\r\n  "a": 1,\r\n  "b": 2,\n  "c": 3\n}\n\n',
        '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n\n',
    ),
    "mixed line ends: more CRLF": (
        '{\r\n  "a": 1,\r\n  "b": 2,\n  "c": 3\r\n}',
        '{\r\n  "a": 1,\r\n  "b": 2,\r\n  "c": 3\r\n}',
    ),
    "mixed line ends: more CR": (
        '{\r  "a": 1,\r  "b": 2,\r\n  "c": 3\n}\r',
        '{\r  "a": 1,\r  "b": 2,\r  "c": 3\r}\r',
    ),
    "spellings": ('{"a": "\\u00e9", "ü": 1.50}', '{\n  "a": "\\u00e9",\n  "ü": 1.50\n}'),
}


@pytest.mark.parametrize("name", OTHER)
def test_a_file_in_another_layout_is_reformatted(name):
    text, usual = OTHER[name]
    again = codec.reformat(text, codec.parse(text), ())

    assert not has_usual_layout(text)
    assert not any(entry.start for entry in again)
    assert codec.join(again, text) == usual
    assert has_usual_layout(usual)
    assert [(entry.path, entry.text) for entry in codec.entries(usual)] == [entry[:2] for entry in again]


def test_entries():
    assert [(entry.path, entry.text) for entry in codec.entries(TWO)] == [
        (("version",), '"version": 1'),
        (A, TWO[TWO.index('"a.ex') : TWO.index(',\n    "b.ex')]),
        (B, TWO[TWO.index('"b.ex') : TWO.index("\n  },\n")]),
        (("x-a",), '"x-a": [1, "}"]'),
    ]
    assert all(TWO.startswith(entry.text, entry.start) for entry in codec.entries(TWO))


@pytest.mark.parametrize("holder", ["{}", "{ }", "[]", '["a"]', "null", '"{"'])
def test_a_top_level_table_without_tables_is_one_entry(holder):
    text = f'{{"clients": {holder}, "users": {{"clients": {{"a": 1}}}}}}'

    assert [entry[:2] for entry in codec.entries(text)] == [
        (("clients",), f'"clients": {holder}'),
        (("users", "clients"), '"clients": {"a": 1}'),
    ]


def test_join_puts_the_entries_of_a_top_level_table_together():
    paths = [("clients",), ("version",), B, ("users", "u"), A]
    texts = ['"clients": { }', '"version": 1', '"b.example": 1', '"u": 2', '"a.example": 3']
    joined = codec.join(map(Entry, paths, texts), "")

    assert [*map(str.strip, joined.split("\n"))] == [
        *("{", '"clients": {', '"b.example": 1,', '"a.example": 3', "},", '"version": 1,'),
        *('"users": {', '"u": 2', "}", "}", ""),
    ]


def test_join_without_entries():
    assert codec.join([], '{\n  "a": 1\n}\r\n') == "{}\r\n"
    assert codec.join([], "\n") == "\n"


# --- new text -----------------------------------------------------------------------------------

WRITTEN = {
    "plain": ("{}", ("a",), {"b": [1, 1.5, True, None], "c": []}, '{"b": [1, 1.5, true, null], "c": []}'),
    "dates": (
        "{}",
        ("a",),
        [date(2027, 1, 3), datetime(2027, 1, 3, 4, 5, tzinfo=UTC), clock(4, 5)],
        '["2027-01-03", "2027-01-03T04:05:00+00:00", "04:05:00"]',
    ),
    "raw habit": ('{"a":"é","b":"\\u00e9"}', ("a",), "ü", '"ü"'),
    "escaped habit": ('{"a":"\\u00e9"}', ("ü",), "ü", '"\\u00fc"'),
    "escaped habit, emoji": ('{"a":"\\u00e9"}', ("a",), "😀", '"\\ud83d\\ude00"'),
    "no habit": ('{"a":"\\u001b \\u0085 \\u2028"}', ("a",), "ü", '"ü"'),
    "no habit: backslashes": (r'{"a":"C:\\users\\\"u00e9\\u00e9"}', ("a",), "ü", '"ü"'),
    "escaped habit behind a backslash": (r'{"a":"\\\u00e9"}', ("a",), "ü", r'"\u00fc"'),
    "control characters": (
        '{"a":"é"}',
        ("a",),
        "é\x1b\n\x7f\x85\u2028\u2029\0",
        '"é\\u001b\\n\\u007f\\u0085\\u2028\\u2029\\u0000"',
    ),
    "quotes": ("{}", ('"\\',), '"\\/', '"\\"\\\\/"'),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_values_are_written_in_the_style_of_the_file(name):
    text, path, value, written = WRITTEN[name]
    new = codec.write(path, value, text)

    assert (
        re.sub(r"(?<=,)\s+", " ", re.sub(r"(?<=[\[{])\s+|\s+(?=[\]}])", "", new)).split(": ", 1)[1] == written
    )
    assert codec.value_of(Entry(path, new)) == json.loads(written)
    assert codec.parse(codec.join([Entry(path, new)], text)) == {path[-1]: json.loads(written)}


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [-math.inf]}])
def test_a_number_that_json_does_not_support_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        codec.write(("a",), value, "{}")


OLD = {"b": 1, "a": {"y": 1, "x": [1, {"d": 1, "c": 2}]}}
CONTACTS = [{"email": "p", "roles": ["r"], "name": "P"}, {"name": "Q", "email": "q"}, "odd"]
REWRITTEN = {
    "renamed": (B, OLD, OLD, '"b.example" :{"b":1}'),
    "renamed, with a sign of its own": (("clients", "é"), OLD, OLD, '"é" :{"b":1}'),
    "as it was": (A, OLD, OLD, '"a.example" :{"b":1}'),
    "only the order is another": (A, {"a": 1, "b": 2}, {"b": 2, "a": 1}, '"a.example" :{"b":1}'),
    "a date for its text": (A, {"d": "2027-01-03"}, {"d": date(2027, 1, 3)}, '"a.example" :{"b":1}'),
    "true for 1": (A, {"n": 1}, {"n": True}, {"n": True}),
    "1 for 1.0": (A, {"n": 1.0}, {"n": 1}, {"n": 1}),
    "a key less, a key more": (
        A,
        {"c": 1, "b": 2, "a": 3},
        {"z": 0, "a": 3, "c": 4},
        {"c": 4, "a": 3, "z": 0},
    ),
    "renamed, and another value": (B, {"a": 1}, {"a": 2}, {"a": 2}),
    "nested": (
        A,
        OLD,
        {"a": {"w": 0, "x": OLD["a"]["x"], "y": 2}, "b": 1},
        {"b": 1, "a": {"y": 2, "x": OLD["a"]["x"], "w": 0}},
    ),
    "contacts by their address": (
        A,
        {"contacts": CONTACTS},
        {"contacts": ["odd", {"email": "q", "name": "R"}, {"roles": [], "name": "N", "email": "n"}]},
        {"contacts": ["odd", {"name": "R", "email": "q"}, {"roles": [], "name": "N", "email": "n"}]},
    ),
    "other lists as they are given": (
        A,
        {"x": [{"a": 1, "b": 1}], "y": 1},
        {"x": [{"b": 1, "a": 1}], "y": 2},
        {"x": [{"b": 1, "a": 1}], "y": 2},
    ),
    "another kind of value": (
        A,
        {"contacts": [], "a": {}},
        {"a": [], "contacts": {}},
        {"contacts": {}, "a": []},
    ),
    "no table any more": (A, {"a": 1}, "x", "x"),
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_an_entry_is_rewritten(name):
    path, old, new, expected = REWRITTEN[name]
    text = '{\n "clients": {\n  "a.example" :{"b":1}\n }\n}'
    (entry,) = codec.entries(text)
    rewritten = codec.rewrite(entry, path, old, new, text)

    if not (isinstance(expected, str) and ":" in expected):
        expected = f'"{path[-1]}": ' + json.dumps(expected, indent=" ").replace("\n", "\n  ")
    assert rewritten == expected


SPELLINGS = [
    "A\u2028B",
    "A\\u2028B",
    "\x7f\x85",
    "\\u00e9",
    "\\u00E9",
    "a\\/b",
    "\\u0041",
    "\\ud83d\\ude00 é",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_unchanged_texts_keep_their_spelling(spelling):
    text = f'{{\n  "a": {{\n    "{spelling}": "{spelling}",\n    "n": 1\n  }},\n  "b": "é"\n}}\n'
    document = Document(text, codec)
    revision = document.edit([Change(("a", "n"), 2), Change(("a", "x"), "é\u2028")])
    assert revision.text == text.replace('"n": 1', '"n": 2,\n    "x": "é\\u2028"')
    one_line = re.sub("\n *", "", text)
    assert codec.join(codec.reformat(one_line, codec.parse(one_line), ()), one_line) == text.removesuffix(
        "\n"
    )


@pytest.mark.parametrize("text", ["", '"a": 1, "b": 2', '"a"', "{}", '"a": 1}, {"b": 2'])
def test_value_of_invalid_text(text):
    with pytest.raises(ValueError, match=r".+"):
        codec.value_of(Entry(A, text))


# --- positions ----------------------------------------------------------------------------------

POSITIONS = {
    (("version",),): '"version"',
    (("version",), "deeper", 0): '"version"',
    (A,): '"a.example"',
    (A, "override"): '"override"',
    (A, "override", "notify"): '"notify"',
    (A, "override", "note"): '"override"',
    (A, "name", "deeper", "still"): '"name"',
    (A, "nobody", "name"): '"a.example"',
    (B, "contacts", 1): '{ "email": "q',
    (B, "contacts", 1, "email"): '"email": "q',
    (B, "contacts", 0, "roles", 0): '"primary"',
    (B, "contacts", 2): '"contacts"',
    (("x-a",), 1): '"}"',
}


@pytest.mark.parametrize("steps", POSITIONS, ids=str)
def test_position(steps):
    entry = next(entry for entry in codec.entries(TWO) if entry.path == steps[0])
    _, found = codec.position(TWO, entry, (*steps[0], *steps[1:]))

    assert TWO.startswith(POSITIONS[steps], found)
    assert TWO.count(POSITIONS[steps]) == 1 or found == TWO.index(POSITIONS[steps])


# --- anything -----------------------------------------------------------------------------------

NAMES = ["a", "b", "ç", 'q"', "contacts", "renewals", "c\\", ""]
WORDS = st.sampled_from(["", "x", "é😀", "{", '"', "a,b]", "\x1b", "\u2028", "//"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 99), st.sampled_from([0.5, 1.0]), WORDS)
FREE = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["x", "y", "0"]), inner, max_size=3)
    ),
    max_leaves=6,
)
HELD = st.dictionaries(st.sampled_from(NAMES), FREE, max_size=4)
STORES = st.fixed_dictionaries(
    {},
    optional={"version": SCALARS, "x": FREE, "clients": HELD, "users": HELD | SCALARS, "": FREE, "y": FREE},
)


def scrawled(value, draw, escaped) -> str:
    """Return ``value`` as JSON in a random mixture of layouts."""
    blank = lambda: draw(st.sampled_from(["", "", " ", "\n  ", "\t", "\r\n    ", "\n\n"]))  # noqa: E731
    if isinstance(value, dict):
        parts = [
            f"{blank()}{json.dumps(key, ensure_ascii=escaped)}{blank()}:{blank()}"
            f"{scrawled(inner, draw, escaped)}{blank()}"
            for key, inner in value.items()
        ]
        return "{" + (",".join(parts) or blank()) + "}"
    if isinstance(value, list):
        return "[" + (",".join(blank() + scrawled(item, draw, escaped) + blank() for item in value)) + "]"
    return json.dumps(value, ensure_ascii=escaped)


@st.composite
def usual(draw):
    """Return the text of random data in the standard layout."""
    text = json.dumps(
        draw(STORES), indent=draw(st.sampled_from([2, 4, "\t"])), ensure_ascii=draw(st.booleans())
    )
    return (text + draw(st.sampled_from(["", "\n", "\n\n"]))).replace(
        "\n", draw(st.sampled_from(["\n", "\r\n"]))
    )


@st.composite
def scrawls(draw):
    """Return the text of random data in mixed layouts."""
    return scrawled(draw(STORES), draw, draw(st.booleans())) + draw(st.sampled_from(["", "\n", " \r\n"]))


@given(usual())
def test_entries_joined_are_the_text(text):
    assert codec.join(codec.entries(text), text) == text
    assert has_usual_layout(text)


@pytest.mark.parametrize("layout", JSON)
def test_entries_of_stores_joined_are_the_text(layout):
    for seed in range(40):
        store = made(Random(seed), layout)
        text = store.raw.decode("utf-8-sig")
        spread = layout not in {"json-line", "json-compact"}

        assert has_usual_layout(text) == spread
        assert codec.parse(text) == store.data
        assert codec.parse(codec.join(codec.entries(text), text)) == store.data


def held(data) -> dict:
    """Return the value of each entry of the data."""
    found = {}
    for key, value in data.items():
        inside = value if key in HOLDERS and isinstance(value, dict) else {}
        found |= {(key, name): inner for name, inner in inside.items()} or {(key,): value}
    return found


@given(usual() | scrawls())
def test_entries_contain_all_data(text):
    found = codec.entries(text)

    assert [entry.path for entry in found] == [*held(json.loads(text))]
    assert {entry.path: typed(codec.value_of(entry)) for entry in found} == {
        path: typed(value) for path, value in held(json.loads(text)).items()
    }
    assert all(text.startswith(entry.text, entry.start) for entry in found)


@given(usual() | scrawls())
def test_reformatted_text_has_the_same_data_in_the_standard_layout(text):
    new = codec.join(codec.reformat(text, json.loads(text), ()), text)

    assert typed(codec.parse(new)) == typed(json.loads(text))
    assert has_usual_layout(new)
    assert codec.join(codec.reformat(new, json.loads(new), ()), new) == new


@given(usual() | scrawls(), st.data())
def test_changed_entries_have_the_new_data_and_the_others_their_text(text, data):
    draw, data = data.draw, json.loads(text)
    entries = codec.entries(text) if has_usual_layout(text) else codec.reformat(text, data, ())
    values, texts = held(data), {entry.path: entry.text for entry in entries}
    for path in draw(st.lists(st.sampled_from([*values]), unique=True)) if values else []:
        place = [entry.path for entry in entries].index(path)
        name = (*path[:-1], path[-1] + draw(st.sampled_from(["", "", "-new"])))
        old, new = values.pop(path), draw(FREE)
        entry = entries.pop(place)
        texts.pop(path)
        if draw(st.booleans()):
            values[name] = new
            entries.insert(place, Entry(name, codec.rewrite(entry, name, old, new, text)))
    for key in draw(st.lists(st.sampled_from(["new", "clients new", "users new"]), unique=True)):
        path, value = tuple(key.split()), draw(FREE)
        if path[:1] not in values or values[path[:1]] == {}:
            values[path] = value
            entries.insert(draw(st.integers(0, len(entries))), Entry(path, codec.write(path, value, text)))
    new = codec.join(entries, text)

    kept = {entry.path: entry.text for entry in codec.entries(new)}
    planned = {path[0]: {} for path in values}
    for path, value in sorted(values.items(), key=lambda item: len(item[0])):
        holder = planned if len(path) == 1 else planned[path[0]]
        holder[path[-1]] = value

    assert typed(codec.parse(new)) == typed(planned)
    assert has_usual_layout(new)
    assert {path for path, own in texts.items() if kept.get(path) != own} <= {(key,) for key in HOLDERS}


def steps_of(value, steps=()):
    """Yield the steps to every value in the data, in the order of the text."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, inner in members:
        yield (*steps, step), inner
        yield from steps_of(inner, (*steps, step))


@given(usual() | scrawls())
def test_every_value_has_its_own_position(text):
    before = -1
    for entry in codec.entries(text):
        for steps, inner in [((), None), *steps_of(codec.value_of(entry))]:
            _, found = codec.position(text, entry, (*entry.path, *steps))
            there = json.JSONDecoder().raw_decode(text, found)[0]
            step = steps[-1] if steps else entry.path[-1]
            assert found > before
            assert there == (inner if isinstance(step, int) else step)
            before = found
