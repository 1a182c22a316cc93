"""Documents in TOML and JSON: one table of changes for both."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.paths import apply_changes, is_same
from renewctl.errors import StoreInvalid
from renewctl.formats.convert import to_json, to_toml
from renewctl.formats.entries import Codec
from renewctl.formats.json import codec as json_codec
from renewctl.formats.toml import codec as toml_codec
from renewctl.model import Change
from renewctl.store.document import Document, convert_line_ends

LONG = 10_000


class Format(NamedTuple):
    """A format: its codec, its text for data, and characters for invalid texts."""

    codec: Codec
    write: Callable[[dict[str, Any]], str]
    characters: str


FORMATS = {
    "toml": Format(toml_codec, to_toml, "[]{}=.,\"'#\\\r\n ab1-\x00\ud800é<{"),
    "json": Format(json_codec, to_json, '{}[]:,"\\ud8dc0123eE.- \r\n<>NaIfinity\ud800é'),
}
in_both = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)

A, B = ("clients", "a.example"), ("clients", "b.example")
DATA = {
    "version": 1,
    "x-own": [1, "}"],
    "defaults": {"owner": "hubspot"},
    "users": {"ana@p.example": {"name": "Ana"}},
    "clients": {
        "a.example": {
            "name": "A",
            "contacts": [{"email": "p@a.example", "roles": ["primary"]}, {"email": "q@a.example"}],
            "override": {"owner": "partner", "notify": "ana@p.example"},
        },
        "b.example": {"renewals": [{"date": date(2027, 3, 1)}]},
    },
}
CHANGES: dict[str, list[Change]] = {
    "a value": [Change(("defaults", "owner"), "partner")],
    "a new key": [Change((*A, "hub_id"), 7)],
    "a key gone": [Change((*A, "override"), None)],
    "a key inside, gone": [Change((*A, "override", "notify"), None)],
    "a contact": [Change((*A, "contacts", "n@a.example"), {"email": "n@a.example", "roles": ["billing"]})],
    "a contact gone": [Change((*A, "contacts", "p@a.example"), None)],
    "a contact's field": [Change((*A, "contacts", "q@a.example", "name"), 'é "q"\n\x1b')],
    "a date": [Change((*B, "renewals", "", "date"), date(2028, 3, 1))],
    "a new client": [Change(("clients", "ab.example"), {"name": "AB"})],
    "two new clients": [Change(("clients", key), {}) for key in ("z.example", "0.example")],
    "a client gone": [Change(A, None)],
    "the last client gone": [Change(B, None)],
    "all clients gone": [Change(A, None), Change(B, None)],
    "a rename": [Change(A, "c.example", renamed=True)],
    "a rename and a value": [
        Change(A, "c.example", renamed=True),
        Change(("clients", "c.example", "name"), "C"),
    ],
    "two that change places": [
        Change(A, "c.example", renamed=True),
        Change(B, "a.example", renamed=True),
        Change(("clients", "c.example"), "b.example", renamed=True),
    ],
    "a new user": [Change(("users", "eva@p.example"), {"active": False})],
    "the only user gone": [Change(("users", "ana@p.example"), None)],
    "a new table": [Change(("policy", "stale_days"), 9)],
    "a top-level key gone": [Change(("x-own",), None)],
    "true for 1": [Change(("version",), True)],
    "nothing": [Change(("defaults", "owner"), "hubspot"), Change(("clients", "no.example"), None)],
}


@in_both
@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_as_planned_and_its_undo_restores_the_exact_text(
    name: str, eol: str, form: Format
) -> None:
    text = form.write(DATA).replace("\n", eol)
    document = Document(text, form.codec)
    revision = document.edit(CHANGES[name])
    new = Document(revision.text, form.codec)
    changes = [change._replace(after=form.codec.storable(change.after)) for change in CHANGES[name]]
    planned = apply_changes(document.data, changes)

    assert is_same({"users": {}, "clients": {}, **new.data}, {"users": {}, "clients": {}, **planned})
    assert (revision.text == text) == (name == "nothing")
    assert revision.text.count("\n") == revision.text.count(eol)
    restored = new.restore(revision.swaps)
    assert restored is not None
    assert restored.text == text
    other = "\n" if eol == "\r\n" else "\r\n"
    converted = Document(revision.text.replace(eol, other), form.codec)
    restored = converted.restore(convert_line_ends(revision.swaps, converted.text))
    assert restored is not None
    assert restored.text == text.replace(eol, other)


@in_both
def test_many_places_within_one_client_are_found_in_linear_time(form: Format) -> None:
    contacts = [{"email": f"{n}@a.example"} for n in range(LONG)]
    document = Document(form.write({"clients": {"a.example": {"contacts": contacts}}}), form.codec)
    lines = document.text.split("\n")
    begun = time.process_time()
    for n in range(LONG):
        line, column = document.locate((*A, "contacts", f"{n}@a.example", "email"))
        assert lines[line - 1][column - 1 :].lstrip('"').startswith("email")
        assert f'"{n}@a.example"' in lines[line - 1]
    assert time.process_time() - begun < 3  # in quadratic time, half a minute


@in_both
@given(data=st.data())
def test_any_text_is_read_or_refused_with_line_and_column(form: Format, data: st.DataObject) -> None:
    text = data.draw(st.text(max_size=60) | st.text(st.sampled_from(form.characters), max_size=60))
    problems = None
    try:
        document = Document(text, form.codec)
    except StoreInvalid as error:
        problems = error.problems
    if problems is not None:
        assert problems
        assert all(problem.line and problem.column for problem in problems)
        return
    for key in [*document.data, "none"]:
        document.locate((key,))
        document.locate(("clients", key, "contacts", "0"))
    joined = form.codec.join(form.codec.entries(text), text)
    assert is_same(form.codec.parse(joined), document.data)
