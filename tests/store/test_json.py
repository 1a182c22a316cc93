"""The JSON document: reading with every flaw named, positions, and edits that touch one entry only."""

import json
import os
from datetime import date
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewctl import tree
from renewctl.errors import InternalGuard, StoreInvalid
from renewctl.model import Change, Owner
from renewctl.store.json import document as json_document
from renewctl.store.json import edit as json_edit
from renewctl.store.json.document import JsonDocument, dumps
from renewctl.store.json.edit import Splice, same

EXAMPLES = int(os.environ.get("RENEWCTL_TEST_EXAMPLES", "300"))


def at(*path: str, after=None, **more) -> Change:
    return Change(path, after, **more)


TWO = """{
  "version": 1,
  "clients": {
    "a.example": {
      "name":  "A",
      "override": {"owner": "partner", "notify": "x@p.example"}
    },

    "b.example": {
      "name": "B",
      "contacts": [
        {"email": "p@b.example", "roles": ["primary"]},
        {"email": "q@b.example"}
      ]
    }
  }
}
"""


def two(old: str, new: str) -> str:
    assert TWO.count(old) == 1
    return TWO.replace(old, new)


Q = '{"email": "q@b.example"}'
P = '{"email": "p@b.example", "roles": ["primary"]}'
OVERRIDE = '"override": {"owner": "partner", "notify": "x@p.example"}'
A, B, CONTACTS = ("clients", "a.example"), ("clients", "b.example"), ("clients", "b.example", "contacts")
EDITS = {
    "set": (TWO, [at(*A, "name", after="Ä")], two('"A"', '"Ä"')),
    "same value": (TWO, [at(*A, "name", after="A")], TWO),
    "nothing to remove": (TWO, [at(*A, "hub_id")], TWO),
    "new member": (TWO, [at(*A, "hub_id", after=7)], two(OVERRIDE, OVERRIDE + ',\n      "hub_id": 7')),
    "member of an object on one line": (
        TWO,
        [at(*A, "override", "note", after="n")],
        two('"x@p.example"', '"x@p.example", "note": "n"'),
    ),
    "whole override, its owner as it was": (
        TWO,
        [at(*A, "override", after={"owner": Owner.PARTNER})],
        two(', "notify": "x@p.example"', ""),
    ),
    "remove the first": (TWO, [at(*A, "name")], two('"name":  "A",\n      ', "")),
    "remove the last": (TWO, [at(*A, "override")], two(",\n      " + OVERRIDE, "")),
    "remove both": (
        TWO,
        [at(*A, "name"), at(*A, "override")],
        two('\n      "name":  "A",\n      ' + OVERRIDE + "\n    ", ""),
    ),
    "remove both, add one": (
        TWO,
        [at(*A, "name"), at(*A, "override"), at(*A, "hub_id", after=7)],
        two('"name":  "A",\n      ' + OVERRIDE, '"hub_id": 7'),
    ),
    "remove last, add one": (
        TWO,
        [at(*A, "override"), at(*A, "contacts_checked", after=date(2027, 1, 3))],
        two(OVERRIDE, '"contacts_checked": "2027-01-03"'),
    ),
    "new client": (
        TWO,
        [at("clients", "c.example", "name", after="C"), at("clients", "c.example", "hub_id", after=3)],
        two(
            "      ]\n    }\n",
            '      ]\n    },\n    "c.example": {\n      "name": "C",\n      "hub_id": 3\n    }\n',
        ),
    ),
    "client removed": (TWO, [at(*B)], TWO[: TWO.index(',\n\n    "b')] + "\n  }\n}\n"),
    "client renamed": (TWO, [at(*A, after="z.example", renamed=True)], two('"a.example"', '"z.example"')),
    "client renamed twice and changed": (
        TWO,
        [
            at(*A, after="y.example", renamed=True),
            at("clients", "y.example", "name", after="Z"),
            at("clients", "y.example", after="z.example", renamed=True),
        ],
        two('"a.example"', '"z.example"').replace('"A"', '"Z"'),
    ),
    "contact removed": (TWO, [at(*CONTACTS, "p@b.example")], two(P + ",\n        ", "")),
    "last contact removed": (TWO, [at(*CONTACTS, "q@b.example")], two(",\n        " + Q, "")),
    "contact's role": (
        TWO,
        [at(*CONTACTS, "p@b.example", "roles", after=["primary", "billing"])],
        two('["primary"]', '["primary", "billing"]'),
    ),
    "contact's address": (
        TWO,
        [at(*CONTACTS, "q@b.example", "email", after="r@b.example")],
        two("q@b.example", "r@b.example"),
    ),
    "new contact, like its neighbours": (
        TWO,
        [at(*CONTACTS, "r@b.example", after={"email": "r@b.example", "roles": ["billing"]})],
        two(Q, Q + ',\n        {"email": "r@b.example", "roles": ["billing"]}'),
    ),
    "contact replaced": (
        TWO,
        [at(*CONTACTS, "p@b.example"), at(*CONTACTS, "r@b.example", after={"email": "r@b.example"})],
        two(P + ",\n        " + Q, Q + ',\n        {"email": "r@b.example"}'),
    ),
    "new list for a client": (
        TWO,
        [at(*B, "renewals", "Hub", after={"date": date(2027, 3, 1), "product": "Hub"})],
        two(
            "      ]\n",
            '      ],\n      "renewals": [\n        {\n          "date": "2027-03-01",\n'
            '          "product": "Hub"\n        }\n      ]\n',
        ),
    ),
    "two tables": (
        TWO,
        [at(*A, "name", after="x"), at(*B, "name", after="y")],
        two('"A"', '"x"').replace('"B"', '"y"'),
    ),
    "new table": (
        TWO,
        [at("defaults", "owner", after="hubspot")],
        TWO[:-6] + '  },\n  "defaults": {\n    "owner": "hubspot"\n  }\n}\n',
    ),
    "four blanks": (
        '{\n    "users": {}\n}',
        [at("users", "a@p.example", "name", after="A")],
        '{\n    "users": {\n        "a@p.example": {\n            "name": "A"\n        }\n    }\n}',
    ),
    "tabs": (
        '{\n\t"users": {\n\t\t"a": {}\n\t}\n}\n',
        [at("users", "b", after={"name": "B", "active": False})],
        '{\n\t"users": {\n\t\t"a": {},\n'
        '\t\t"b": {\n\t\t\t"name": "B",\n\t\t\t"active": false\n\t\t}\n\t}\n}\n',
    ),
    "compact": (
        '{"version":1,"users":{"a":{"name":"A"}}}',
        [at("users", "b", after={"name": "B", "roles": ["x", "y"]})],
        '{"version":1,"users":{"a":{"name":"A"},"b":{"name":"B","roles":["x","y"]}}}',
    ),
    "one line, airy": (
        '{ "users": { "a": { "n": 1 } } }\n',
        [at("users", "a", "m", after=True), at("users", "b", after={})],
        '{ "users": { "a": { "n": 1, "m": true }, "b": {} } }\n',
    ),
    "CRLF": (
        '{\r\n  "users": {\r\n    "a": {\r\n      "n": 1\r\n    }\r\n  }\r\n}',
        [at("users", "a", "m", after=2), at("users", "b", after={"n": 1})],
        '{\r\n  "users": {\r\n    "a": {\r\n      "n": 1,\r\n      "m": 2\r\n    },\r\n'
        '    "b": {\r\n      "n": 1\r\n    }\r\n  }\r\n}',
    ),
    "mixed line ends: the majority": (
        '{\r\n  "a": 1,\r\n  "b": 2,\n  "c": 3\r\n}',
        [at("d", after=4)],
        '{\r\n  "a": 1,\r\n  "b": 2,\n  "c": 3,\r\n  "d": 4\r\n}',
    ),
    "leading commas": (
        '{ "a": 1\n, "b": 2\n, "c": 3\n}\n',
        [at("b"), at("d", after=4)],
        '{ "a": 1\n, "c": 3\n, "d": 4\n}\n',
    ),
    "blank before comma and line end": (
        '{ \n\n  "a" : 1 , \n\n  "b" : 2\n}',
        [at("c", after={"x": 1})],
        '{ \n\n  "a" : 1 , \n\n  "b" : 2 ,\n  "c" : {\n    "x" : 1\n  }\n}',
    ),
    "short lists stay short": (
        '{\n  "c": {\n    "roles": ["a", "b"]\n  }\n}',
        [at("d", after={"roles": ["[", "c,\n d"], "e": ["x", "y"]})],
        '{\n  "c": {\n    "roles": ["a", "b"]\n  },\n  "d": {\n    "roles": [\n      "[",\n'
        '      "c,\\n d"\n    ],\n    "e": ["x", "y"]\n  }\n}',
    ),
    "raw habit": ('{"a":"é","b":"\\u00e9"}', [at("c", after="ü")], '{"a":"é","b":"\\u00e9","c":"ü"}'),
    "escaped habit": ('{"a":"\\u00e9"}', [at("c", after="ü")], '{"a":"\\u00e9","c":"\\u00fc"}'),
    "no habit": ('{"a":"\\u001b"}', [at("c", after="ü")], '{"a":"\\u001b","c":"ü"}'),
    "control characters": (
        '{"a":"é"}',
        [at("a", after="é\x1b\n\x7f\x85\u2028\0")],
        '{"a":"é\\u001b\\n\\u007f\\u0085\\u2028\\u0000"}',
    ),
    "types told apart": (
        '{"a": 1, "b": true, "c": 1.0}',
        [at("a", after=True), at("b", after=1), at("c", after=1)],
        '{"a": true, "b": 1, "c": 1}',
    ),
    "long floats and escapes beside it stay": (
        '{"a": 1.10e0, "b": "\\/", "c": 1}',
        [at("c", after=2)],
        '{"a": 1.10e0, "b": "\\/", "c": 2}',
    ),
    "list reordered": ('{"a": ["x", "y"], "b": 1}', [at("a", after=["y", "x"])], '{"a": ["y", "x"], "b": 1}'),
    "list with one between": (
        '{"a": ["x", "y"], "b": 1}',
        [at("a", after=["x", "z", "y"])],
        '{"a": ["x", "z", "y"], "b": 1}',
    ),
    "list emptied": ('{"a": [ "x" ]}', [at("a", after=[])], '{"a": []}'),
    "scalar for a list": ('{"a": ["x"]}', [at("a", after="x")], '{"a": "x"}'),
    "keys trade places": (
        '{"users": {"a": {"n" :1}, "b": {"n":  2}}}',
        [at("users", old, after=new, renamed=True) for old, new in (("a", "t"), ("b", "a"), ("t", "b"))],
        '{"users": {"b": {"n" :1}, "a": {"n":  2}}}',
    ),
    "removed and set again": (
        '{"users": {"a": {"n" :1}, "b": {}}}',
        [at("users", "a"), at("users", "a", after={"n": 1, "m": 2})],
        '{"users": {"a": {"n" :1, "m": 2}, "b": {}}}',
    ),
    "empty key": ('{"": {"a": 1}}', [at("", "a", after=2), at("b", after=1)], '{"": {"a": 2}, "b": 1}'),
    "empty text": ("", [at("users", "a", after={})], '{\n  "users": {\n    "a": {}\n  }\n}\n'),
    "blank text, CRLF": (" \r\n", [at("version", after=1)], '{\r\n  "version": 1\r\n}\r\n'),
    "blank text, no change": (" \n", [], " \n"),
    "empty object": ("{ }", [at("version", after=1)], '{\n  "version": 1\n}'),
}


@pytest.mark.parametrize("name", EDITS)
def test_edit(name):
    old, changes, new = EDITS[name]

    assert JsonDocument(old).edit(changes) == new


def test_edit_leaves_the_document_as_it_was():
    document = JsonDocument(TWO)
    document.edit([at(*CONTACTS, "p@b.example", "roles", after=[])])

    assert document.data == json.loads(TWO)
    assert document.text == TWO


LOCATED = {
    (): (1, 1),
    ("version",): (2, 3),
    ("clients",): (3, 3),
    A: (4, 5),
    (*A, "override", "notify"): (6, 40),
    (*A, "override", "note"): (6, 7),
    B: (9, 5),
    ("clients", "missing", "name"): (3, 3),
    ("missing",): (1, 1),
    (*CONTACTS, "q@b.example"): (13, 9),
    (*CONTACTS, "q@b.example", "email"): (13, 10),
    (*CONTACTS, "0"): (12, 9),
    (*CONTACTS, "p@b.example", "roles", "0"): (12, 44),
    (*CONTACTS, "9"): (11, 7),
    (*CONTACTS, "nobody"): (11, 7),
    (*A, "name", "deeper", "still"): (5, 7),
}


@pytest.mark.parametrize("path", LOCATED, ids=".".join)
def test_locate(path):
    assert JsonDocument(TWO).locate(path) == LOCATED[path]


def test_columns_count_characters_and_every_kind_of_line_end():
    document = JsonDocument('\r\n{"😀é": 1, "b": {"\\u0063": 2},\r"d": "\u2028",\n"e": 3}')

    assert document.locate(()) == (2, 1)
    assert document.locate(("b",)) == (2, 11)
    assert document.locate(("b", "c")) == (2, 17)
    assert document.locate(("d",)) == (3, 1)
    assert document.locate(("e",)) == (4, 1)


@pytest.mark.parametrize("text", ["", " \t\r\n", "\n"])
def test_blank_text_is_an_empty_store(text):
    assert JsonDocument(text).data == {}
    assert JsonDocument(text).locate(("clients", "a")) == (1, 1)


def test_floats_and_nulls_are_data():
    assert same(JsonDocument('{"a": 1.0, "b": null, "c": 2}').data, {"a": 1.0, "b": None, "c": 2})


DUP = '{"a": 1,\n "b": {"c": 1, "\\u0063": 2},\n "a": 3, "d": [{"a": 1}], "a": "{"}'
MERGE = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}\n'
FLAWS = {
    "duplicates": (
        DUP,
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
    "overflow": ('{"a": 1, "b": -1e999}', [("a number too large to be kept", 1, 15)]),
    "long integer": (
        '{"b": 1.5, "a":\n' + "9" * 5000 + "}",
        [("an integer of more than 640 digits", 2, 1)],
    ),
    "lone escape": (
        '{"a": "\\ud83d\\ude00 \\\\ud800 \\ud800",\n"b": "\\udc00"}',
        [("half a character: \\ud800", 1, 29), ("half a character: \\udc00", 2, 7)],
    ),
    "lone surrogate": ('{"a": "\udc80"}', [("half a character: \\udc80", 1, 8)]),
    "flaws of several kinds": (
        '{"a": NaN,\n"a": "\\ud800"}',
        [
            ("NaN is not a JSON number", 1, 7),
            ('duplicate key "a", lines 1 and 2', 2, 1),
            ("half a character: \\ud800", 2, 7),
        ],
    ),
    "list": ("\n [1]", [("the top level must be an object", 2, 2)]),
    "scalar": ("3", [("the top level must be an object", 1, 1)]),
    "deep": ('{"a":\n' + "[" * 101 + "]" * 101 + "}", [("nested too deeply", 2, 100)]),
    "very deep": ("[" * 100_000, [("nested too deeply", 1, 101)]),
    "truncated": (
        '{\n "owner": "hub',
        [("not valid JSON: unterminated string starting", 2, 11)],
    ),
    "control": ('{"a": "x\0"}', [("not valid JSON: invalid control character", 1, 9)]),
    "merge": (MERGE, [("unresolved merge in a, lines 2-6", 2, 1)]),
    "merges": (
        MERGE + MERGE,
        [("unresolved merge in a, lines 2-6", 2, 1), ("unresolved merge in a, lines 9-13", 9, 1)],
    ),
    "half a merge": ("{\n<<<<<<< HEAD\n}", [("unresolved merge, lines 2-3", 2, 1)]),
}


def flaws_of(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(StoreInvalid) as caught:
        JsonDocument(text)
    return [(problem.message, problem.line, problem.column) for problem in caught.value.problems]


@pytest.mark.parametrize("name", FLAWS)
def test_flaws(name):
    text, expected = FLAWS[name]

    assert flaws_of(text) == expected


def test_the_deepest_that_is_read():
    text = '{"a":' + "[" * 99 + "]" * 99 + "}"

    assert JsonDocument(text).edit([at("b", after=1)]) == text[:-1] + ', "b":1}'.replace(", ", ",")


def test_the_longest_integer_that_is_read():
    assert JsonDocument('{"a": ' + "9" * 640 + ', "b": 1e5}').data["a"] == int("9" * 640)


HINTS = {
    '# x\n\n[clients."a.example"]\nowner = 1': "TOML",
    "version = 1\n": "TOML",
    "version: 1\n": "YAML",
    "---\na: 1\n": "YAML",
    "<!DOCTYPE html>": "HTML",
    "PK\x03\x04\0\0": "import",
    '{"a": 1,}': "comma before the closing bracket",
    '{"a": 1, // x\n "b": 2}': "no comments",
    "{'a': 1}": "double quotes",
}


@pytest.mark.parametrize("text", HINTS)
def test_hints(text):
    with pytest.raises(StoreInvalid) as caught:
        JsonDocument(text)

    assert HINTS[text] in caught.value.hint
    assert caught.value.problems[0].hint == caught.value.hint


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(st.one_of(st.text(), st.text('{}[]:,"\\ud8dc0123eE.- \r\n<>NaIfinity')))
def test_any_text_is_read_or_refused(text):
    problems = None
    try:
        JsonDocument(text).locate(("clients", "a", "0"))
    except StoreInvalid as error:
        problems = error.problems

    assert problems is None or (problems and all(problem.line and problem.column for problem in problems))


def test_dumps():
    data = {"version": 1, "clients": {"a": {"name": "É\x9b", "on": date(2027, 1, 3), "roles": []}}}

    assert dumps(data) == (
        '{\n  "version": 1,\n  "clients": {\n    "a": {\n      "name": "É\\u009b",\n'
        '      "on": "2027-01-03",\n      "roles": []\n    }\n  }\n}\n'
    )


def test_guard_data(monkeypatch):
    monkeypatch.setattr(json_document, "splices", lambda *_: [])
    with pytest.raises(InternalGuard, match="what was planned"):
        JsonDocument('{"a": 1}').edit([at("a", after=True)])


def test_guard_data_unreadable(monkeypatch):
    monkeypatch.setattr(json_document, "splices", lambda *_: [Splice(1, 1, ",")])
    with pytest.raises(InternalGuard, match="cannot be read"):
        JsonDocument('{"a": 1}').edit([at("a", after=2)])


def test_guard_place(monkeypatch):
    monkeypatch.setattr(json_document, "_spliced", lambda _text, _made: '{"a": 2}')
    with pytest.raises(InternalGuard, match="beside the change"):
        JsonDocument('{ "a": 1}').edit([at("a", after=2)])


def test_guard_place_length(monkeypatch):
    monkeypatch.setattr(json_document, "_spliced", lambda _text, _made: '{ "a": 2}\n')
    with pytest.raises(InternalGuard, match="longer or shorter"):
        JsonDocument('{ "a": 1}').edit([at("a", after=2)])


def test_guard_entries(monkeypatch):
    text = '{"users": {"a": {"n": 1}, "b": {"n":  1}}}'
    splice = Splice(text.index('{"a'), len(text) - 1, '{"a": {"n": 2}, "b": {"n": 1}}')
    monkeypatch.setattr(json_document, "splices", lambda *_: [splice])
    with pytest.raises(InternalGuard, match=r"the entry users\.b would change"):
        JsonDocument(text).edit([at("users", "a", "n", after=2)])


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("{}", at("a", after=float("nan"))),
        ("{}", at("a", after="\ud800")),
        ("{}", at("a", after={1, 2})),
        ("{}", at("a", after=HTTPStatus.OK)),
        ('{"clients": "x"}', at("clients", "a", "name", after="A")),
        (TWO, at(*CONTACTS, "nobody", "name", after="N")),
    ],
)
def test_what_cannot_be_done_is_a_guard(text, change):
    with pytest.raises(InternalGuard):
        JsonDocument(text).edit([change])


def test_same_tells_types_apart():
    pairs = [(1, True), (1, 1.0), (0, False), ([1], [True]), ({"a": 1}, {"a": 1.0}), ({}, []), ([1], [1, 2])]

    assert [pair for pair in pairs if same(*pair)] == []
    assert same({"a": [1, {"b": True}], "c": 1.5}, {"c": 1.5, "a": [1, {"b": True}]})


KEYS = ["a", "b", "ç", 'q"', "contacts", "renewals", "c\\"]
WORDS = st.sampled_from(["", "x", "é😀", "{", '"', "a,b]", "\x1b", "\u2028", "//"])
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 99), st.sampled_from([0.5, 1.0]), WORDS)
EMAILS = ["p@x", "q@x", "r@x", "0"]
CONTACT = st.fixed_dictionaries(
    {"email": st.sampled_from(EMAILS)},
    optional={"name": WORDS, "roles": st.lists(st.sampled_from(["primary", "billing"]), max_size=3)},
)
FREE = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["x", "y"]), inner, max_size=3)
    ),
    max_leaves=6,
)
CLIENT = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS,
        "override": st.dictionaries(st.sampled_from(["owner", "notify"]), WORDS),
        "contacts": st.lists(CONTACT, max_size=3, unique_by=lambda contact: contact["email"]),
        "x-free": FREE,
    },
)
STORES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(1),
        "defaults": st.dictionaries(st.sampled_from(["owner", "notify"]), WORDS),
        "clients": st.dictionaries(st.sampled_from(KEYS), CLIENT, max_size=4),
        "users": st.dictionaries(st.sampled_from(KEYS), st.fixed_dictionaries({}, optional={"name": WORDS})),
        "x-top": FREE,
    },
)
BLANKS = st.sampled_from(["", "", " ", "\n  ", "\t", "\r\n    ", "\n\n"])


def scrawled(value, draw, escaped) -> str:
    """Return ``value`` as JSON in a hand that changes its mind about layout all the time."""
    blank = lambda: draw(BLANKS)  # noqa: E731
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
def texts(draw):
    data = draw(STORES)
    layout = draw(st.sampled_from([2, 4, "\t", "compact", "line", "scrawl", "scrawl"]))
    escaped = draw(st.booleans())
    if layout == "scrawl":
        text = draw(BLANKS) + scrawled(data, draw, escaped) + draw(BLANKS)
    elif layout in ("compact", "line"):
        text = json.dumps(data, separators=(",", ":") if layout == "compact" else None, ensure_ascii=escaped)
    else:
        text = json.dumps(data, indent=layout, ensure_ascii=escaped)
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))) + draw(st.sampled_from(["", "\n"]))


KEY = st.sampled_from(KEYS)
SETS = st.one_of(
    st.builds(
        at,
        st.just("clients"),
        KEY,
        st.sampled_from(["name", "hub_id"]),
        after=st.sampled_from([None, "ü", 1]),
    ),
    st.builds(at, st.just("clients"), KEY, after=st.none() | CLIENT),
    st.builds(at, st.just("clients"), KEY, after=KEY, renamed=st.just(True)),
    st.builds(at, st.just("users"), KEY, after=KEY, renamed=st.just(True)),
    st.builds(at, st.just("users"), KEY, st.just("name"), after=st.none() | WORDS),
    st.builds(
        at, st.just("clients"), KEY, st.just("override"), st.just("owner"), after=st.sampled_from([None, "x"])
    ),
    st.builds(at, st.just("defaults"), st.just("owner"), after=st.none() | WORDS),
    st.builds(at, st.just("clients"), KEY, st.just("x-free"), after=FREE),
    st.builds(at, st.just("defaults"), after=st.none() | st.dictionaries(KEY, WORDS, max_size=2)),
)


@st.composite
def item_changes(draw):
    email = draw(st.sampled_from(EMAILS))
    after = draw(st.none() | CONTACT.map(lambda contact: contact | {"email": email}))
    return at("clients", draw(KEY), "contacts", email, after=after)


@st.composite
def contact_changes(draw):
    path = ("clients", draw(KEY), "contacts", draw(st.sampled_from(EMAILS)))
    field = draw(st.sampled_from(["name", "roles", "email"]))
    roles = st.lists(st.sampled_from(["primary", "billing", "decision-maker"]), max_size=3)
    return at(*path, field, after=draw(roles if field == "roles" else st.sampled_from(["x", "y"])))


CHANGES = st.lists(st.one_of(SETS, item_changes(), contact_changes()), min_size=1, max_size=5)


def possible(data, changes):
    """Return the changes that lead somewhere, and what they come to."""
    kept = []
    for change in changes:
        *way, _last = change.path
        if len(way) > 3 and tree.get(data, tuple(way)) is None:
            continue
        if change.renamed and tree.get(data, (*way, change.after)) is not None:
            continue
        data = tree.applied(data, [change])
        kept.append(change)
    return kept, data


def entry_texts(text: str) -> dict:
    """Return the text of every client, user and field of theirs, found without the scanner under test."""
    found = {}

    def walk(path, start):
        decoder = json.JSONDecoder()
        pos = start + 1
        while True:
            while text[pos] in " \t\r\n,":
                pos += 1
            if text[pos] == "}":
                return
            key, key_end = decoder.raw_decode(text, pos)
            value = text.index(":", key_end) + 1
            while text[value] in " \t\r\n":
                value += 1
            end = decoder.raw_decode(text, value)[1]
            found[(*path, key)] = text[value:end]
            if text[value] == "{" and len(path) < 3:
                walk((*path, key), value)
            pos = end

    if text.strip():
        walk((), text.index("{"))
    return found


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(texts(), CHANGES)
def test_edits_say_what_was_planned_and_leave_the_rest(text, changes):
    document = JsonDocument(text)
    changes, planned = possible(document.data, changes)
    new = document.edit(changes)

    assert same(json.loads(new), planned)
    if same(planned, document.data):
        assert new == text
    touched = {change.path for change in changes}
    touched |= {(*change.path[:-1], change.after) for change in changes if change.renamed}
    before, after = entry_texts(text), entry_texts(new)
    for path, value in before.items():
        related = any(path[: len(way)] == way or way[: len(path)] == path for way in touched)
        assert related or after[path] == value


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(texts(), KEY, st.sampled_from(["z", "é\x1b"]), st.sampled_from(["clients", "users"]))
def test_a_renamed_table_keeps_its_text(text, old, new_key, table):
    document = JsonDocument(text)
    new = (
        document.edit([at(table, old, after=new_key, renamed=True)])
        if tree.get(document.data, (table,))
        else text
    )
    before = {
        (table, new_key, *path[2:]) if path[:2] == (table, old) else path: value
        for path, value in entry_texts(text).items()
        if path != (table,)
    }

    assert {path: value for path, value in entry_texts(new).items() if path != (table,)} == before


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(texts())
def test_every_key_is_located_at_its_key(text):
    document = JsonDocument(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for path in entry_texts(text):
        line, column = document.locate(path)
        quoted = json.JSONDecoder().raw_decode(lines[line - 1], column - 1)[0]
        assert quoted == path[-1]


@settings(max_examples=EXAMPLES, derandomize=True, deadline=None)
@given(STORES)
def test_dumps_is_read_back(data):
    assert same(JsonDocument(dumps(data)).data, data)


def test_a_large_store_is_edited_in_one_pass():
    clients = {f"c{n}.example": {"name": f"C {n}", "override": {"owner": "hubspot"}} for n in range(3000)}
    text = dumps({"version": 1, "clients": clients})
    changes = [at("clients", f"c{n}.example", "override", "owner", after="partner") for n in range(1000)]

    assert JsonDocument(text).edit(changes) == text.replace('"hubspot"', '"partner"', 1000)


def test_pairing_of_list_items():
    assert json_edit._paired(["x", "y", "z"], ["x", "z", "w"], "") == {0: 0, 2: 1}
    assert json_edit._paired(["x", "y", "z"], ["x", "w", "z"], "") == {0: 0, 1: 1, 2: 2}
    assert json_edit._paired(["x", "y", "z"], ["y", "z"], "") == {1: 0, 2: 1}
    assert json_edit._paired(["x", "y"], ["y", "w", "x"], "") is None


@pytest.mark.parametrize(
    ("standing", "there"),
    [
        ("", "e c b"),
        ("d", "b c d e"),
        ("b-x d", "b b-x c d e"),
        ("f g", "b c e f g"),
        ("d a", "d a e c b"),
        ("f k a l m n o p q r", "f k a b c e l m n o p q r"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_new_clients_go_where_the_order_of_keys_has_them(
    standing: str, there: str, indent: int | None
) -> None:
    text = json.dumps({"clients": {key: {"hub_id": 1} for key in standing.split()}, "x-b": {}}, indent=indent)
    new = JsonDocument(text).edit([Change(("clients", key), {"hub_id": 1}) for key in "ecb"])
    assert new == json.dumps(
        {"clients": {key: {"hub_id": 1} for key in there.split()}, "x-b": {}}, indent=indent
    )


@pytest.mark.parametrize("gone", ["b", "c", "b c", "d", "b d", "b c d"])
def test_clients_come_in_order_while_others_go(gone: str) -> None:
    text = json.dumps({"clients": {key: {"hub_id": 1} for key in "bcd"}}, indent=2)
    changes = [Change(("clients", key), None) for key in gone.split()]
    changes += [Change(("clients", key), {"hub_id": 1}) for key in ("a", "bb", "cc", "e")]
    there = sorted({*"bcd", "a", "bb", "cc", "e"} - {*gone.split()})
    expected = json.dumps({"clients": {key: {"hub_id": 1} for key in there}}, indent=2)
    assert JsonDocument(text).edit(changes) == expected


def test_tables_that_are_no_clients_or_users_grow_at_the_end() -> None:
    new = JsonDocument('{"policy": {"stale_days": 1}, "x-a": {"b": 1}}').edit(
        [Change(("policy", "deadline_days"), 1), Change(("x-a", "a"), 1)]
    )
    assert new == '{"policy": {"stale_days": 1, "deadline_days": 1}, "x-a": {"b": 1, "a": 1}}'
