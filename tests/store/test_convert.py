"""The conversion of TOML to JSON and back keeps the data."""

import json
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from renewctl.domain.validate import read_portfolio
from renewctl.errors import BadInput, RenewctlError
from renewctl.formats.convert import to_json, to_toml
from renewctl.formats.json import codec as json_codec
from renewctl.formats.toml import codec as toml_codec
from renewctl.model import Portfolio
from renewctl.store.document import Document
from store.layouts import dates_as_text

JsonDocument = partial(Document, codec=json_codec)
TomlDocument = partial(Document, codec=toml_codec)

Data = dict[str, Any]
LAW = hypothesis_settings(max_examples=hypothesis_settings().max_examples // 2)
TEXT = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    [
        'a"b',
        "a\\b",
        "a\r\nb",
        "[clients.x]",
        "# no comment",
        "2027-03-01",
        "\0\x7f\x1b",
        "مرحبا 🎉",
        "'''",
        '"""',
    ]
)
PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
OWN = st.dictionaries(
    TEXT.map("x-".__add__) | st.sampled_from(["hubb_id", "emails", "datum", "x-date", "x-list"]),
    PLAIN,
    max_size=2,
)
DAYS = st.dates()
ADDRESSES = st.sampled_from(["a@p.example", "B@p.example", "o'c+x@q.example"])


def table(required: Data, optional: Data) -> st.SearchStrategy[Data]:
    """Return tables of these fields, with unknown keys as well."""
    known = st.fixed_dictionaries(required, optional=optional)
    return st.tuples(OWN, known, st.booleans()).map(
        lambda both: {**both[0], **both[1]} if both[2] else {**both[1], **both[0]}
    )


OWNERS = st.sampled_from(["hubspot", "partner"])
SEEN = table({"owner": OWNERS | st.just("default"), "on": DAYS}, {"notify": ADDRESSES})
CONTACTS = table(
    {"email": ADDRESSES},
    {
        "name": TEXT,
        "roles": st.lists(st.sampled_from(["primary", "billing", "decision-maker"]), max_size=3),
        "active": st.booleans(),
    },
)
CLIENTS = table(
    {},
    {
        "name": TEXT,
        "hub_id": st.integers(1, 10**15),
        "contacts": st.lists(CONTACTS, max_size=3),
        "contacts_checked": DAYS,
        "renewals": st.lists(
            table({"date": DAYS}, {"product": TEXT, "deadline": DAYS}),
            max_size=3,
            unique_by=lambda item: item.get("product", ""),
        ),
        "override": table({"owner": OWNERS}, {"notify": ADDRESSES, "note": TEXT}),
        "in_hubspot": SEEN,
    },
)
STORES = table(
    {},
    {
        "version": st.just(1),
        "defaults": table(
            {"owner": OWNERS},
            {
                "notify": ADDRESSES,
                "in_hubspot": table({"owner": OWNERS, "on": DAYS}, {"notify": ADDRESSES}),
            },
        ),
        "policy": table({}, {"deadline_days": st.integers(0, 90), "domains": st.just(["p.example"])}),
        "users": st.dictionaries(ADDRESSES, table({}, {"name": TEXT, "active": st.booleans()}), max_size=3),
        "clients": st.dictionaries(
            st.sampled_from(["a.example", "Acme.example", "bare", "xn--mller-kva.example"]),
            CLIENTS,
            max_size=3,
        ),
    },
)


def portfolio(data: Data) -> Portfolio:
    """Return the portfolio of valid data."""
    reading = read_portfolio(data)
    assert not reading.problems
    return reading.portfolio


def without_empty(data: Data) -> Data:
    """Return the data without empty tables of clients and users."""
    return {key: value for key, value in data.items() if value or key not in {"clients", "users"}}


@LAW
@given(STORES)
def test_toml_text_has_exactly_the_same_data(data: Data) -> None:
    text = to_toml(data)

    assert tomli.loads(text) == without_empty(data)
    assert TomlDocument(text).data == without_empty(data)


@LAW
@given(STORES)
def test_toml_to_json_to_toml_keeps_everything(data: Data) -> None:
    text = to_toml(data)
    there = json.loads(to_json(tomli.loads(text)))
    back = to_toml(JsonDocument(to_json(tomli.loads(text))).data)

    assert there == dates_as_text(without_empty(data))
    assert portfolio(there) == portfolio(data)
    assert portfolio(tomli.loads(back)) == portfolio(data)
    assert back == text


@LAW
@given(STORES)
def test_json_to_toml_to_json_keeps_everything(data: Data) -> None:
    text = to_json(dates_as_text(data))
    there = tomli.loads(to_toml(json.loads(text)))
    back = to_json(TomlDocument(to_toml(json.loads(text))).data)

    assert portfolio(there) == portfolio(data)
    assert json.loads(back) == dates_as_text(without_empty(data))
    assert portfolio(json.loads(back)) == portfolio(data)


@LAW
@given(STORES)
def test_json_text_has_the_same_data(data: Data) -> None:
    text = to_json(data)

    assert json.loads(text) == JsonDocument(text).data == dates_as_text(data)
    assert text.endswith("}\n")


def test_only_text_in_date_fields_becomes_a_date() -> None:
    day = "2027-03-01"
    entry = {
        "name": day,
        "contacts_checked": day,
        "renewals": [{"date": day, "product": day, "deadline": day, "x-day": day}],
        "in_hubspot": {"owner": "default", "on": day},
        "override": {"owner": "hubspot", "note": day},
        "x-on": day,
        "x-deep": {"date": day, "renewals": [{"date": day}]},
    }
    data = {
        "defaults": {"owner": "hubspot", "in_hubspot": {"owner": "hubspot", "on": day}},
        "x-on": {"on": day},
    }
    found = tomli.loads(to_toml({**data, "clients": {"a.example": entry}}))
    when = date(2027, 3, 1)

    assert found["clients"]["a.example"] == {
        **entry,
        "contacts_checked": when,
        "renewals": [{"date": when, "product": day, "deadline": when, "x-day": day}],
        "in_hubspot": {"owner": "default", "on": when},
    }
    assert found["defaults"]["in_hubspot"]["on"] == when
    assert found["x-on"] == {"on": day}


def test_toml_text_has_the_documented_layout() -> None:
    data = {
        "clients": {"acme.example": {"renewals": [{"product": "Hub", "date": "2027-03-01"}], "name": "Acme"}},
        "x-mine": "1",
        "users": {"ana@agency.example": {"name": "Ana"}},
        "defaults": {"notify": "ana@agency.example", "owner": "hubspot"},
        "version": 1,
    }

    assert to_toml(data) == (
        'version = 1\nx-mine = "1"\n\n'
        '[defaults]\nowner = "hubspot"\nnotify = "ana@agency.example"\n\n'
        '[users."ana@agency.example"]\nname = "Ana"\n\n'
        '[clients."acme.example"]\nname = "Acme"\nrenewals = [\n'
        '  { date = 2027-03-01, product = "Hub" },\n]\n'
    )


@pytest.mark.parametrize("data", [{}, {"clients": {}}, {"users": {}, "clients": {}}])
def test_an_empty_file_stays_empty(data: Data) -> None:
    assert tomli.loads(to_toml(data)) == {}
    assert json.loads(to_json(data)) == data


def test_the_toml_and_json_files_of_the_agency_are_equal(examples: Path) -> None:
    toml = tomli.loads((examples / "agency.toml").read_text("utf-8"))
    in_json = json.loads((examples / "agency.json").read_text("utf-8"))

    assert portfolio(json.loads(to_json(toml))) == portfolio(toml)
    assert portfolio(tomli.loads(to_toml(in_json))) == portfolio(in_json)
    assert tomli.loads(to_toml(toml)) == toml
    assert tomli.loads(to_toml(json.loads(to_json(toml)))) == toml
    assert json.loads(to_json(tomli.loads(to_toml(in_json)))) == in_json
    assert json.loads(to_json(toml)) == in_json


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"x-mine": None}, "x-mine is null"),
        ({"clients": {"a.example": {"x-mine": {"b": None}}}}, 'clients."a.example".x-mine.b is null'),
        ({"x-list": [1, [2, None]]}, "x-list.1.1 is null"),
        (
            {"clients": {"a.example": {"contacts": [{"email": "a@b.example", "x-a": None}]}}},
            "contacts.0.x-a is",
        ),
    ],
)
def test_null_is_refused_with_its_place(data: Data, path: str) -> None:
    with pytest.raises(BadInput) as caught:
        to_toml(data)

    assert path in caught.value.message
    assert "JSON" in caught.value.hint
    assert json.loads(to_json(data)) == data


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), [1.0, float("inf")]])
def test_numbers_that_json_does_not_support_are_refused(value: Any) -> None:
    data = {"clients": {"a.example": {"x-mine": value}}}
    assert "x-mine" in to_toml(data)

    with pytest.raises(RenewctlError) as caught:
        to_json(data)
    assert "x-mine" in caught.value.message


@pytest.mark.parametrize("value", [datetime(2027, 3, 1, 9, 30), time(9, 30)])  # noqa: DTZ001
def test_times_in_the_users_own_keys_become_text(value: Any) -> None:
    text = to_toml({"x-mine": value})

    assert tomli.loads(text) == {"x-mine": value}
    assert json.loads(to_json({"x-mine": value})) == {"x-mine": value.isoformat()}


@pytest.mark.parametrize("key", ["renewals", "clients.in_hubspot"])
def test_dates_in_an_unknown_top_level_table_stay_text(key: str) -> None:
    data = {key: {"date": "soon", "on": "soon"}}
    assert not read_portfolio(data).problems

    assert tomli.loads(to_toml(data)) == data
