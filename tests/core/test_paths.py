"""Plain data addressed by paths: found, and changed in a copy."""

import copy
from datetime import date
from typing import Any

import pytest

from renewctl.domain.paths import apply_changes, get, index_of, revert_changes
from renewctl.model import Change

DATA: dict[str, Any] = {
    "version": 1,
    "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
    "clients": {
        "a.example": {
            "name": "A",
            "contacts": [
                {"email": "p@a.example", "roles": ["primary"], "x-mine": 1},
                {"email": "q@a.example", "roles": ["billing"]},
                {"email": "q@a.example", "roles": []},
            ],
            "renewals": [{"date": date(2027, 1, 1)}, {"date": date(2027, 2, 1), "product": "Sales"}],
        },
        "b.example": {},
        "contacts": {"name": "a client called contacts"},
    },
}
A = ("clients", "a.example")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), DATA),
        (("version",), 1),
        (("defaults", "owner"), "hubspot"),
        ((*A, "contacts", "p@a.example", "roles"), ["primary"]),
        ((*A, "contacts", "q@a.example", "roles"), ["billing"]),
        ((*A, "renewals", "", "date"), date(2027, 1, 1)),
        ((*A, "renewals", "Sales", "date"), date(2027, 2, 1)),
        (("clients", "contacts", "name"), "a client called contacts"),
        (("clients", "none.example", "name"), None),
        ((*A, "contacts", "nobody@a.example", "roles"), None),
        ((*A, "renewals", "Service"), None),
        (("version", "deeper"), None),
        ((*A, "name", "deeper"), None),
        ((*A, "contacts", "p@a.example", "roles", "primary"), None),
    ],
)
def test_get_returns_the_value_at_a_path_or_none(path: tuple[str, ...], value: Any) -> None:
    assert get(DATA, path) == value


@pytest.mark.parametrize(
    ("items", "identity", "index"),
    [
        ([{"email": "a@b"}, {"email": "c@d"}], "c@d", 1),
        ([{"email": "a@b"}], "A@b", None),
        (["a@b", 5, {"email": "a@b"}], "a@b", 2),
        ([{"name": "x"}], "", 0),
        ([], "", None),
    ],
)
def test_an_item_is_found_by_its_identity(items: list[Any], identity: str, index: int | None) -> None:
    assert index_of(items, "contacts", identity) == index


NEW = {"email": "new@a.example", "roles": ["billing"]}
CASES: list[tuple[str, list[Change], dict[tuple[str, ...], Any]]] = [
    ("a value is set", [Change(("defaults", "owner"), "partner")], {("defaults", "owner"): "partner"}),
    ("a value is taken away", [Change(("defaults", "notify"), None)], {("defaults",): {"owner": "hubspot"}}),
    ("a table is taken away", [Change(("defaults",), None)], {("defaults",): None}),
    ("what is not there is taken away", [Change(("defaults", "nothing"), None)], {}),
    (
        "a table is set",
        [Change(("clients", "c.example"), {"name": "C"})],
        {("clients", "c.example"): {"name": "C"}},
    ),
    (
        "tables on the way are made",
        [Change(("policy", "deadline_days"), 30)],
        {("policy",): {"deadline_days": 30}},
    ),
    ("false is a value", [Change((*A, "name"), False)], {(*A, "name"): False}),
    (
        "an item's value is set, its own keys stay",
        [Change((*A, "contacts", "p@a.example", "roles"), [])],
        {(*A, "contacts", "p@a.example"): {"email": "p@a.example", "roles": [], "x-mine": 1}},
    ),
    (
        "of items of one name the first is meant",
        [Change((*A, "contacts", "q@a.example", "name"), "Q")],
        {(*A, "contacts", "q@a.example", "name"): "Q", (*A, "contacts", "p@a.example", "name"): None},
    ),
    (
        "an item is replaced",
        [Change((*A, "contacts", "p@a.example"), NEW)],
        {(*A, "contacts", "new@a.example"): NEW},
    ),
    (
        "an item is added at the end",
        [Change((*A, "contacts", "new@a.example"), NEW)],
        {(*A, "contacts", "new@a.example"): NEW},
    ),
    ("an item is taken away", [Change((*A, "renewals", ""), None)], {(*A, "renewals", ""): None}),
    ("an item that is not there is taken away", [Change((*A, "renewals", "None"), None)], {}),
    (
        "a first item makes the list",
        [Change(("clients", "b.example", "contacts", "new@a.example"), NEW)],
        {("clients", "b.example"): {"contacts": [NEW]}},
    ),
    (
        "a client called contacts is a table like any",
        [Change(("clients", "contacts", "name"), "x")],
        {("clients", "contacts"): {"name": "x"}},
    ),
    (
        "changes are made in order",
        [
            Change(("defaults", "owner"), "partner"),
            Change(("clients", "b.example"), {"name": "B"}),
            Change(("clients", "b.example", "name"), "BB"),
            Change(("clients", "b.example"), "c.example", renamed=True),
            Change(("clients", "c.example", "hub_id"), 5),
            Change(("defaults", "owner"), "hubspot"),
        ],
        {
            ("defaults", "owner"): "hubspot",
            ("clients", "b.example"): None,
            ("clients", "c.example"): {"name": "BB", "hub_id": 5},
        },
    ),
]


@pytest.mark.parametrize(("changes", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_changes_do_not_affect_the_original(changes: list[Change], found: dict[tuple[str, ...], Any]) -> None:
    before = copy.deepcopy(DATA)
    after = apply_changes(DATA, changes)

    assert before == DATA
    for path, value in found.items():
        assert get(after, path) == value
    # Only values on the path of a change are new objects.
    changed = {change.path[0] for change in changes}
    assert {key: value for key, value in after.items() if key not in changed} == {
        key: value for key, value in DATA.items() if key not in changed
    }
    if not found:
        assert after == DATA


def test_data_outside_the_path_of_a_change_is_shared() -> None:
    value = {"name": "C", "contacts": [dict(NEW)]}
    path = ("clients", "c.example")
    after = apply_changes(
        DATA,
        [
            Change(path, value),
            Change((*path, "name"), "D"),
            Change((*path, "contacts", NEW["email"], "roles"), ["primary"]),
        ],
    )

    assert get(after, (*path, "contacts", NEW["email"], "roles")) == ["primary"]
    assert after["clients"]["a.example"] is DATA["clients"]["a.example"]
    assert value == {"name": "C", "contacts": [NEW]}


def test_a_missing_table_with_the_name_of_a_list_is_created_as_a_table() -> None:
    after = apply_changes({}, [Change(("clients", "contacts", "name"), "x")])
    assert after == {"clients": {"contacts": {"name": "x"}}}


def test_items_keep_their_order_and_the_rest_of_the_list() -> None:
    after = apply_changes(
        DATA,
        [
            Change((*A, "contacts", "p@a.example", "roles"), []),
            Change((*A, "contacts", "new@a.example"), NEW),
            Change((*A, "contacts", "q@a.example"), None),
        ],
    )
    assert [(c["email"], c["roles"]) for c in after["clients"]["a.example"]["contacts"]] == [
        ("p@a.example", []),
        ("q@a.example", []),
        ("new@a.example", ["billing"]),
    ]


def test_the_same_item_can_be_changed_twice() -> None:
    path = (*A, "contacts", "p@a.example")
    after = apply_changes(
        DATA, [Change((*path, "roles"), []), Change((*path, "name"), "P"), Change((*path, "x-mine"), None)]
    )
    assert get(after, path) == {"email": "p@a.example", "roles": [], "name": "P"}


def test_a_renamed_table_keeps_its_place_and_content() -> None:
    after = apply_changes(DATA, [Change(A, "z.example", renamed=True)])
    assert list(after["clients"]) == ["z.example", "b.example", "contacts"]
    assert after["clients"]["z.example"] == DATA["clients"]["a.example"]
    assert list(DATA["clients"]) == ["a.example", "b.example", "contacts"]


def test_a_renamed_list_item_keeps_its_place_and_content() -> None:
    first, second = DATA["clients"]["a.example"]["renewals"]
    sales, none = (*A, "renewals", "Sales"), (*A, "renewals", "")
    changes = [Change(sales, "", renamed=True), Change(none, "CMS", renamed=True)]

    assert apply_changes(DATA, [Change(sales, "Hub", renamed=True)])["clients"]["a.example"]["renewals"] == [
        first,
        {**second, "product": "Hub"},
    ]
    after = apply_changes(DATA, [changes[1], changes[0]])["clients"]["a.example"]["renewals"]
    assert after == [{**first, "product": "CMS"}, {"date": second["date"]}]
    assert (
        apply_changes(DATA, changes[1:])["clients"]["a.example"]["contacts"]
        == DATA["clients"][A[1]]["contacts"]
    )
    assert second["product"] == "Sales"
    assert revert_changes(DATA, changes[1:])[1] == []
    in_use = Change(sales, "Hub", renamed=True), Change((*A, "renewals", "None"), "x", renamed=True)
    data = apply_changes(
        DATA, [Change((*A, "renewals", "Hub"), {"date": date(2027, 3, 1), "product": "Hub"})]
    )
    assert len(revert_changes(data, in_use)[1]) == 2
    with pytest.raises(KeyError):
        apply_changes(DATA, [Change((*A, "renewals", "None"), "x", renamed=True)])


def test_without_changes_the_result_is_an_equal_copy() -> None:
    after = apply_changes(DATA, [])
    assert after == DATA
    assert after is not DATA


def test_a_change_of_a_missing_item_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"nobody@a\.example"):
        apply_changes(DATA, [Change((*A, "contacts", "nobody@a.example", "roles"), [])])
