"""A second reading, which reuses what did not change, finds the same as a full one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.validate import read_portfolio

GOOD_KEYS, KEYS = ("a.example", "B.example", "c.example"), ("www.a.example", "b.example", "no domain")
GOOD_TABLES = st.one_of(
    st.fixed_dictionaries({}, optional={"name": st.sampled_from(["A", "B"])}),
    st.fixed_dictionaries({"contacts": st.sampled_from([[], [{"email": "p@a.example"}]])}),
    st.fixed_dictionaries({"override": st.sampled_from([{"owner": "partner"}, {"owner": "Hubspot"}])}),
)
TABLES = GOOD_TABLES | st.sampled_from([{"name": 5}, {"contacts": 1}, {"override": {}}, "no table"])
GOOD_STORES = st.fixed_dictionaries(
    {},
    optional={
        "clients": st.dictionaries(st.sampled_from(GOOD_KEYS), GOOD_TABLES),
        "users": st.sampled_from([{}, {"ana@agency.example": {}}]),
        "defaults": st.just({"owner": "hubspot"}),
    },
)
CLIENTS = st.dictionaries(st.sampled_from(GOOD_KEYS), GOOD_TABLES) | st.dictionaries(
    st.sampled_from(GOOD_KEYS + KEYS), TABLES
)
STORES = st.fixed_dictionaries(
    {},
    optional={
        "clients": st.one_of(CLIENTS, CLIENTS, st.just("no table")),
        "users": st.sampled_from([{}, {"ana@agency.example": {"name": "Ana"}}, {"nobody": {}}]),
        "defaults": st.sampled_from([{"owner": "partner"}, {"owner": "nobody"}]),
    },
)


@given(GOOD_STORES, STORES, st.data())
def test_a_second_reading_finds_what_a_full_one_finds(
    known: dict[str, Any], wanted: dict[str, Any], more: st.DataObject
) -> None:
    before, data = read_portfolio(known), dict(wanted)
    assert not before.problems
    old, new = known.get("clients"), wanted.get("clients")
    if isinstance(old, dict) and isinstance(new, dict):
        kept = more.draw(st.sets(st.sampled_from(GOOD_KEYS))) & old.keys()
        order = more.draw(st.permutations([*{**new, **dict.fromkeys(sorted(kept))}]))
        data["clients"] = {key: old[key] if key in kept else new[key] for key in order}
    again, full = read_portfolio(data, known, before.portfolio), read_portfolio(data)

    assert again.problems == full.problems
    assert again.portfolio == full.portfolio
    assert list(again.portfolio.clients) == list(full.portfolio.clients)
    assert set(again.remarks) <= set(full.remarks)


def test_a_client_with_the_same_table_is_the_same_object() -> None:
    known = {"clients": {"a.example": {"name": "A"}, "b.example": {"name": "B"}}}
    before = read_portfolio(known).portfolio
    data = {"clients": {**known["clients"], "b.example": {"name": "B"}}}
    after = read_portfolio(data, known, before).portfolio

    assert after.clients["a.example"] is before.clients["a.example"]
    assert after.clients["b.example"] is not before.clients["b.example"]


@pytest.mark.parametrize("keys", [["A.example"], ["www.a.example"], ["b.example", "B.example"]])
@pytest.mark.parametrize("known_first", [True, False])
def test_two_keys_of_the_same_client_are_a_problem(keys: list[str], known_first: bool) -> None:
    known: dict[str, Any] = {"a.example": {}}
    new: dict[str, Any] = {key: {} for key in keys}
    data = {"clients": known | new if known_first else new | known}

    assert read_portfolio(
        data, {"clients": known}, read_portfolio({"clients": known}).portfolio
    ) == read_portfolio(data)
    assert read_portfolio(data).problems
