"""The JSON Schema for editors and the reader accept and refuse the same data.

Both check the same JSON data. Only the reader can detect that two entries are the same one.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
import tomli
from hypothesis import event, given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator, ValidationError
from jsonschema.validators import extend

from conftest import EXAMPLES
from core.test_schema import (
    ANYTHING,
    FULL,
    KEYS,
    LEAVES,
    LONG,
    REFUSED,
    SHAPED,
    TAKEN,
    case_id,
    store_with,
    values_of,
)
from renewctl.domain.json_schema import json_schema
from renewctl.domain.validate import read_portfolio
from renewctl.domain.versions import CURRENT, upgrade
from renewctl.errors import StoreInvalid
from renewctl.fields import TABLES, TOP_LEVEL, Kind
from renewctl.formats.json.codec import parse as read_json

SCHEMA = json_schema(CURRENT)
BETWEEN_ENTRIES = re.compile(r" is the same address as | is a second renewal ")
FAR = 10**18


def _pattern(validator: Any, pattern: str, value: Any, _: Any) -> Iterator[ValidationError]:
    """Check a pattern like an editor: only in Python, $ matches before a newline."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError("it does not match")


# 45.0 is not an integer in draft 4, in TOML and for the reader. In draft 7 it is one, as in JavaScript.
Editor = extend(Draft7Validator, {"pattern": _pattern}, type_checker=Draft4Validator.TYPE_CHECKER)
EDITOR = Editor(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)


def as_json(value: Any) -> Any:
    """Return the data as JSON; the checker cannot show a number with many digits."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return max(-FAR, min(value, FAR)) if type(value) is int else value


def passed(data: dict[str, Any]) -> bool:
    """Return whether the reader reports nothing for any single entry."""
    try:
        reading = read_portfolio(upgrade(data))
    except StoreInvalid:
        return False
    messages = (problem.message for problem in (*reading.problems, *reading.remarks))
    return all(BETWEEN_ENTRIES.search(message) for message in messages)


def agreed(data: dict[str, Any]) -> bool:
    """Return whether both accept the data; fail if they disagree."""
    data = as_json(data)
    verdict = EDITOR.is_valid(data)
    assert verdict == passed(data), (
        read_portfolio(data).problems,
        read_portfolio(data).remarks,
        [*EDITOR.iter_errors(data)],
    )
    return verdict


# ------------------------------------------------------------------ they agree

ADDRESSES = st.sampled_from(
    ["ana@agency.example", "Rui@agency.example", "ana", "a b@c", "a@b\n", LONG + "@b"]
)
DOMAINS = st.sampled_from(
    [
        *("acme.example", "a", "x-own", "www.com", "xn--mnchen-3ya.example", "x" * 253),
        *("www.acme.example", "www..b", "Acme.example", "münchen.example", "acme.example.", "a.example\n"),
        *("x" * 254, "-a", "https://a.example"),
    ]
)


def stores(wrong: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return complete data; with ``wrong``, some with a problem."""
    users = st.just("ana@agency.example") | ADDRESSES if wrong else st.just("ana@agency.example")
    clients = st.just("acme.example") | DOMAINS if wrong else st.just("acme.example")
    return st.fixed_dictionaries(
        {},
        optional={
            "version": st.just(CURRENT) | LEAVES if wrong else st.just(CURRENT),
            "$schema": (st.text() | LEAVES) if wrong else st.text(),
            "x-own": ANYTHING,
            "defaults": values_of("defaults", wrong),
            "policy": values_of("policy", wrong),
            "users": st.dictionaries(users, values_of("users", wrong), max_size=3),
            "clients": st.dictionaries(clients, values_of("clients", wrong), max_size=2),
        },
    )


@given(stores(wrong=True) | stores(wrong=False))
def test_editor_and_reader_agree_on_data_with_the_right_structure(data: dict[str, Any]) -> None:
    event("passed" if agreed(data) else "spoken of")


@given(st.dictionaries(KEYS, ANYTHING, max_size=5) | SHAPED)
def test_editor_and_reader_agree_on_anything(data: dict[str, Any]) -> None:
    event("passed" if agreed(data) else "spoken of")


@pytest.mark.parametrize(("kind", "value"), [case[:2] for case in (*TAKEN, *REFUSED)], ids=case_id)
def test_editor_and_reader_agree_on_each_kind_of_value(kind: Kind, value: Any) -> None:
    agreed(store_with(kind, value))


@given(st.sampled_from(Kind), LEAVES)
def test_editor_and_reader_agree_on_any_value(kind: Kind, value: Any) -> None:
    agreed(store_with(kind, value))


@given(ADDRESSES | DOMAINS | KEYS | st.text() | st.from_regex(r"(www\.)?[a-z.-]{0,9}\n?"))
def test_editor_and_reader_agree_on_any_name(name: str) -> None:
    agreed({"users": {name: {}}})
    agreed({"clients": {name: {}}})
    agreed({"policy": {"domains": [name]}})
    agreed({name: 1})
    agreed({"policy": {name: {}}})


@pytest.mark.parametrize("version", [CURRENT, 0, CURRENT + 1, -1, str(CURRENT), float(CURRENT), True, None])
def test_both_require_the_current_version(version: Any) -> None:
    assert agreed({"version": version}) is (type(version) is int and version == CURRENT)


def test_both_accept_the_examples_and_report_findings() -> None:
    assert agreed(tomli.loads((EXAMPLES / "agency.toml").read_text(encoding="utf-8")))
    assert agreed(read_json((EXAMPLES / "agency.json").read_text(encoding="utf-8")))
    assert agreed({})
    assert not agreed(FULL)  # www.Acme.example
    assert not agreed({"clients": {"acme.example": {"nmae": "Acme"}}})
    assert not agreed({"clients": {"acme.example": {"contacts": [{"email": "a@b", "roles": ["Billing"]}]}}})


# ------------------------------------------------------------------ the schema itself


def within(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every table of the schema."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from within(inner)


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_every_key_has_a_description() -> None:
    properties = [inner for table in within(SCHEMA) for inner in table.get("properties", {}).items()]
    assert all(form["description"] for _, form in properties)
    assert {key for key, _ in properties} == {
        "$schema",
        *TOP_LEVEL,
        *(key for table in TABLES.values() for key in table),
    }


def test_its_patterns_work_in_every_editor() -> None:
    """tombi and RE2 do not support lookahead, and skip patterns that they cannot read."""
    text = json.dumps(SCHEMA)
    assert set(re.findall(r"\(\?.", text)) == {"(?:"}
    assert not re.search(r"\\\\[AZzbBdw1-9pP]", text)
