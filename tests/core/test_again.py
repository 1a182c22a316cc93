"""Reading again what is mostly the same objects finds what reading everything finds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.schema import read
from renewctl.schema.again import read_again

KEYS = ("a.example", "b.example", "c.example", "C.example", "www.a.example", "no domain", "x y")
TABLES = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"name": st.sampled_from(["A", "B", 5])}),
    st.fixed_dictionaries({"contacts": st.sampled_from([[], [{"email": "p@a.example"}], 1])}),
    st.fixed_dictionaries({"override": st.sampled_from([{"owner": "partner"}, {"owner": "Hubspot"}, {}])}),
    st.sampled_from(["no table", None]),
)
CLIENTS = st.one_of(st.dictionaries(st.sampled_from(KEYS), TABLES, max_size=5), st.just("no table"))
STORES = st.fixed_dictionaries(
    {},
    optional={
        "clients": CLIENTS,
        "users": st.sampled_from([{}, {"ana@agency.example": {}}, {"nobody": {}}]),
        "defaults": st.sampled_from([{"owner": "hubspot"}, {"owner": "nobody"}]),
    },
)


@given(STORES, STORES, st.data())
def test_what_is_read_again_is_what_is_read_anew(
    known: dict[str, Any], wanted: dict[str, Any], more: st.DataObject
) -> None:
    before = read(known)
    if before.problems:
        return
    data = dict(wanted)
    old, new = known.get("clients"), data.get("clients")
    if isinstance(old, dict) and isinstance(new, dict):
        kept = more.draw(st.permutations(sorted(old)).map(lambda keys: keys[: len(keys) // 2 + 1]))
        order = more.draw(st.permutations([*{**new, **dict.fromkeys(kept)}]))
        data["clients"] = {key: old[key] if key in kept else new[key] for key in order}
    again, anew = read_again(data, known, before.portfolio), read(data)

    assert again.problems == anew.problems
    assert again.portfolio == anew.portfolio
    assert list(again.portfolio.clients) == list(anew.portfolio.clients)
    assert set(again.remarks) <= set(anew.remarks)


def test_a_client_whose_table_is_the_same_is_the_same_client() -> None:
    known = {"clients": {"a.example": {"name": "A"}, "b.example": {"name": "B"}}}
    before = read(known).portfolio
    data = {"clients": {**known["clients"], "b.example": {"name": "B"}}}
    after = read_again(data, known, before).portfolio

    assert after.clients["a.example"] is before.clients["a.example"]
    assert after.clients["b.example"] is not before.clients["b.example"]


@pytest.mark.parametrize("key", ["A.example", "www.a.example"])
def test_a_new_client_that_is_an_old_one_is_a_problem(key: str) -> None:
    known: dict[str, Any] = {"clients": {"a.example": {}}}
    data = {"clients": {**known["clients"], key: {}}}

    assert read_again(data, known, read(known).portfolio) == read(data)
    assert read(data).problems
