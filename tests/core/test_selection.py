"""Filters and sort orders: cases in ``tests/data/selection.toml``, and laws."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from portfolios import ADDRESSES, DAYS, LAW, STORES, Data, portfolio
from renewctl.domain.identifiers import address_key, name_key, plain_key
from renewctl.domain.notes import SEVERITY
from renewctl.domain.report import ReportRow, build_rows, without_recipient
from renewctl.domain.resolve import Source
from renewctl.domain.selection import ClientSelection, Order, RowSelection, list_clients, list_rows
from renewctl.model import Owner, Portfolio

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "selection.toml").read_text("utf-8"))
TODAY: date = TABLE["today"]
TYPES: dict[str, Callable[[Any], Any]] = {
    "owner": Owner,
    "order": Order,
    "sources": lambda names: frozenset(map(Source, names)),
    "codes": frozenset,
}


def known() -> Portfolio:
    """Return the portfolio of the cases."""
    return portfolio(TABLE["store"])


def selection(kind: Any, case: dict[str, Any]) -> Any:
    """Return the selection of a case."""
    return kind(**{key: TYPES.get(key, lambda value: value)(value) for key, value in case["select"].items()})


def named(row: ReportRow) -> str:
    """Return a row as the cases write it: client, first letter of the product."""
    product = row.renewal.product if row.renewal else "-"
    return f"{row.client.key.removesuffix('.example')} {product[:1] or '?'}"


@pytest.mark.parametrize("case", TABLE["rows"], ids=lambda case: case["name"])
def test_case_has_the_listed_rows(case: dict[str, Any]) -> None:
    rows = build_rows(known(), known().clients.values(), None, TODAY)
    assert [named(row) for row in list_rows(rows, selection(RowSelection, case), TODAY)] == case["listed"]


@pytest.mark.parametrize("case", TABLE["clients"], ids=lambda case: case["name"])
def test_case_has_the_listed_clients(case: dict[str, Any]) -> None:
    found = list_clients(known(), selection(ClientSelection, case), TODAY)
    assert [client.key.removesuffix(".example") for client in found] == case["listed"]


@pytest.mark.parametrize("case", [*TABLE["rows"], *TABLE["clients"]], ids=lambda case: case["name"])
def test_a_case_lists_some_but_not_all(case: dict[str, Any]) -> None:
    """A filter that matches everything or nothing would prove little."""
    assert case["listed"]
    everything = [each for kind in ("rows", "clients") for each in TABLE[kind][0]["listed"]]
    assert not case["select"] or set(everything) - set(case["listed"])


@pytest.mark.parametrize(
    ("select", "listed"),
    [
        ({}, True),
        ({"owner": "hubspot"}, False),
        ({"user": "ana@agency.example"}, False),
        ({"user": ""}, False),
        ({"sources": ["default"]}, False),
        ({"sources": ["none"]}, True),
    ],
    ids=str,
)
def test_without_a_default_a_client_has_no_setting(select: dict[str, Any], listed: bool) -> None:
    bare = portfolio({"clients": {"a.example": {}}})
    found = list_clients(bare, selection(ClientSelection, {"select": select}), TODAY)
    assert [client.key for client in found] == ["a.example"] * listed


@pytest.mark.parametrize(
    ("deadline", "day", "overdue"),
    [
        ("2026-11-22", "2026-11-23", True),
        ("2026-11-23", "2026-11-23", False),
        ("2026-11-22", "2026-11-22", False),
        ("2026-11-24", "2027-01-01", False),
    ],
)
def test_a_deadline_today_has_not_passed_and_a_renewal_today_is_not_past(
    deadline: str, day: str, overdue: bool
) -> None:
    renewal = {"date": date.fromisoformat(day), "deadline": date.fromisoformat(deadline)}
    rows = rows_of({"clients": {"a.example": {"renewals": [renewal]}}}, TODAY)
    assert list_rows(rows, RowSelection(overdue=True), TODAY) == rows * overdue


@given(st.text())
def test_the_search_form_of_a_text_is_stable(text: str) -> None:
    assert plain_key(plain_key(text)) == plain_key(text)
    assert plain_key(name_key(text)) == plain_key(text)
    assert plain_key(f" {text}\n") == plain_key(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Açaí  do Norte", "acai do norte"),
        ("A\u0301gua", "agua"),
        ("Łódź", "lodz"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
    ],
)
def test_accents_and_case_make_no_difference(text: str, key: str) -> None:
    assert plain_key(text) == key


# ------------------------------------------------------------------ laws

FILTERS = {
    "owner": st.sampled_from(Owner),
    "user": ADDRESSES | st.just(""),
    "sources": st.frozensets(st.sampled_from(Source)),
    "product": st.sampled_from(["", "s", "T", "x"]),
    "codes": st.frozensets(st.sampled_from([*SEVERITY]), min_size=1),
    "no_recipient": st.just(True),
    "overdue": st.just(True),
    "upcoming": st.just(True),
}
ANY_FILTERS = st.fixed_dictionaries({}, optional=FILTERS)


def rows_of(data: Data, today: date) -> tuple[ReportRow, ...]:
    """Return the rows of a file on all dates."""
    known = portfolio(data)
    return build_rows(known, known.clients.values(), None, today)


def group(row: ReportRow, today: date) -> int:
    """Return 0 for an upcoming row, 1 for a past one, 2 for an undated one."""
    return 2 if row.renewal is None else 1 if row.renewal.day < today else 0


@LAW
@given(STORES, DAYS, ANY_FILTERS)
def test_filters_keep_the_order_of_rows(data: Data, today: date, chosen: Data) -> None:
    everything = rows_of(data, today)
    found = list_rows(everything, RowSelection(**chosen), today)
    rest = iter(everything)
    assert all(any(row is other for other in rest) for row in found)
    assert list_rows(everything, RowSelection(), today) == everything


@LAW
@given(STORES, DAYS, ANY_FILTERS, ANY_FILTERS)
def test_filters_can_be_applied_in_any_order(data: Data, today: date, one: Data, other: Data) -> None:
    everything, other = rows_of(data, today), {key: other[key] for key in other.keys() - one.keys()}
    first, second = RowSelection(**one), RowSelection(**other)
    both = list_rows(everything, RowSelection(**one, **other), today)
    assert list_rows(list_rows(everything, first, today), second, today) == both
    assert list_rows(list_rows(everything, second, today), first, today) == both


@LAW
@given(STORES, DAYS)
def test_each_filter_lists_exactly_the_matching_rows(data: Data, today: date) -> None:
    everything = rows_of(data, today)

    def listed(**chosen: Any) -> list[ReportRow]:
        return [*list_rows(everything, RowSelection(**chosen), today)]

    assert listed(no_recipient=True) == [*without_recipient(everything)]
    for owner in Owner:
        assert listed(owner=owner) == [r for r in everything if r.resolution.rule.endswith(f"-{owner}")]
    for source in Source:
        assert listed(sources=frozenset({source})) == [r for r in everything if r.resolution.source is source]
    for code in SEVERITY:
        assert listed(codes=frozenset({code})) == [r for r in everything if code in {n.code for n in r.notes}]
    assert listed(overdue=True) == listed(codes=frozenset({"deadline-passed"}))
    others = listed(codes=frozenset({"renewal-past", "no-renewal-date"}))
    assert listed(upcoming=True) == [row for row in everything if row not in others]
    for user in ("", "u@p.example", "V@P.EXAMPLE"):
        named = [(row, row.resolution.setting) for row in everything]
        users = [(row, address_key(setting.notify or "")) for row, setting in named if setting]
        assert listed(user=user) == [row for row, key in users if key == address_key(user)]


@LAW
@given(STORES, DAYS, st.sampled_from(Order), st.booleans())
def test_sorting_loses_no_row_and_keeps_past_and_undated_rows_last(
    data: Data, today: date, order: Order, reverse: bool
) -> None:
    everything = rows_of(data, today)
    found = list_rows(everything, RowSelection(order=order, reverse=reverse), today)
    assert Counter(map(id, found)) == Counter(map(id, everything))
    groups = [group(row, today) for row in found]
    assert groups == sorted(groups)
    value: Callable[[ReportRow], Any] = {
        Order.DEADLINE: lambda row: row.deadline,
        Order.RENEWAL: lambda row: row.renewal and row.renewal.day,
        Order.CLIENT: lambda row: row.client.key,
        Order.OWNER: lambda row: row.resolution.setting and row.resolution.setting.owner,
        Order.PRODUCT: lambda row: (row.renewal and row.renewal.product.lower()) or None,
    }[order]
    for number in range(3):
        values = [value(row) for row in found if group(row, today) == number]
        there = [each for each in values if each is not None]
        assert values == sorted(there, reverse=reverse) + [None] * (len(values) - len(there))


@LAW
@given(STORES, DAYS, st.sampled_from([None, Order.CLIENT, Order.OWNER, Order.RENEWAL]), st.booleans())
def test_sorting_loses_no_client(data: Data, today: date, order: Order | None, reverse: bool) -> None:
    loaded = portfolio(data)
    found = list_clients(loaded, ClientSelection(order=order, reverse=reverse), today)
    assert sorted(client.key for client in found) == sorted(loaded.clients)
    if order is None:
        assert [client.key for client in found] == [*loaded.clients][:: -1 if reverse else 1]


@LAW
@given(STORES, DAYS, ANY_FILTERS)
def test_filters_of_rows_and_clients_agree(data: Data, today: date, chosen: Data) -> None:
    """Law: a client is listed if and only if its rows are."""
    chosen = {key: chosen[key] for key in chosen.keys() & {"owner", "user", "sources"}}
    rows = list_rows(rows_of(data, today), RowSelection(**chosen), today)
    clients = list_clients(portfolio(data), ClientSelection(**chosen), today)
    assert {row.client.key for row in rows} == {client.key for client in clients}
