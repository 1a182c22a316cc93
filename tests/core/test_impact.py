"""The impact of changes: cases by hand, and the laws that tie the impact to the reports."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolios import ADDRESSES, CLIENTS, KEYS, LAW, SETTINGS, STORES, Data, portfolio
from renewctl.domain import report
from renewctl.domain.dates import Window
from renewctl.domain.diff import find_differences
from renewctl.domain.edit import settings
from renewctl.domain.identifiers import address_key, compose
from renewctl.domain.impact import Impact, Recipient, compare_recipients
from renewctl.domain.paths import apply_changes, comparable
from renewctl.domain.validate import read_portfolio
from renewctl.model import Change, Owner, Portfolio

TODAY = date(2026, 11, 23)
BASE: Data = {
    "defaults": {"owner": "hubspot", "notify": "ana@p.example"},
    "users": {"ana@p.example": {}, "rui@p.example": {}},
    "clients": {
        "a.example": {"contacts": [{"email": "x@a.example", "roles": ["primary"]}]},
        "b.example": {
            "contacts": [{"email": "y@b.example", "roles": ["billing"]}],
            "override": {"owner": "partner", "notify": "rui@p.example"},
        },
    },
}


def changed(base: Data = BASE, /, **values: Any) -> Data:
    """Return the base with values at dotted paths (``__`` for the dot in the path); None removes."""
    data = copy.deepcopy(base)
    for path, value in values.items():
        *way, last = path.replace("_at_", "@").replace("_dot_", ".").split("__")
        here = data
        for step in way:
            here = here[step]
        here.pop(last, None)
        if value is not None:
            here[last] = value
    return data


def words(found: Impact) -> list[str]:
    """Return an impact as words, one change per line."""
    lines = [f"- {h.email} {h.client} {h.delivery} {h.rule}" for h in found.removed]
    lines += [f"+ {h.email} {h.client} {h.delivery} {h.rule}" for h in found.added]
    lines += [
        f"~ {m.after.email} {m.after.client} {m.before.delivery}>{m.after.delivery}" for m in found.switched
    ]
    lines += [f"lost {key}" for key in found.lost_all] + [f"without {key}" for key in found.new_without]
    lines += [f"lost {m.email} {m.client}{' uncertain' * m.uncertain}" for m in found.lost_required]
    lines += [f"without {m.email} {m.client}" for m in found.new_required]
    return lines + [f"renamed {old} {new}" for old, new in found.renamed]


CASES: list[tuple[str, Data, list[str]]] = [
    ("nothing", BASE, []),
    (
        "someone must be notified, and is or is not",
        changed(clients__a_dot_example__must_notify=["ANA@p.example", "rui@p.example"]),
        ["without rui@p.example a.example"],
    ),
    (
        "a new client, and somebody must be notified who is not",
        changed(clients__c_dot_example={"must_notify": ["ana@p.example"]}),
        ["without c.example", "without ana@p.example c.example"],
    ),
    (
        "the partner becomes the owner by default: who was copied is notified",
        changed(defaults__owner="partner"),
        [
            "- x@a.example a.example to default-hubspot",
            "~ ana@p.example a.example cc>to",
        ],
    ),
    (
        "another partner user by default: clients with an override are not affected",
        changed(defaults__notify="rui@p.example"),
        ["- ana@p.example a.example cc default-hubspot", "+ rui@p.example a.example cc default-hubspot"],
    ),
    ("another spelling of the same address", changed(defaults__notify="ANA@p.example"), []),
    (
        "an override is cleared",
        changed(clients__b_dot_example__override=None),
        [
            "- rui@p.example b.example to override-partner",
            "+ ana@p.example b.example cc default-hubspot",
            "+ y@b.example b.example to default-hubspot",
        ],
    ),
    (
        "an override that changes no recipient",
        changed(clients__a_dot_example__override={"owner": "hubspot", "notify": "ana@p.example"}),
        [],
    ),
    (
        "the only recipient is deactivated: no recipient",
        changed(users__rui_at_p_dot_example={"active": False}),
        ["- rui@p.example b.example to override-partner", "lost b.example"],
    ),
    (
        "the last contact is removed: nobody is notified, so nobody is copied",
        changed(clients__a_dot_example__contacts=[]),
        [
            "- ana@p.example a.example cc default-hubspot",
            "- x@a.example a.example to default-hubspot",
            "lost a.example",
        ],
    ),
    (
        "a client is removed: it counts as removed, not as without a recipient",
        changed(clients__b_dot_example=None),
        ["- rui@p.example b.example to override-partner"],
    ),
    (
        "a new client without a recipient",
        changed(clients__c_dot_example={}),
        ["without c.example"],
    ),
    (
        "a client gets another key and keeps everything: no recipients change",
        {
            **BASE,
            "clients": {"n.example": BASE["clients"]["a.example"], "b.example": BASE["clients"]["b.example"]},
        },
        ["renamed a.example n.example"],
    ),
    (
        "a client gets another key and another contact: one removed, one added",
        {
            **BASE,
            "clients": {
                "n.example": {"contacts": [{"email": "z@n.example", "roles": ["primary"]}]},
                "b.example": BASE["clients"]["b.example"],
            },
        },
        [
            "- ana@p.example a.example cc default-hubspot",
            "- x@a.example a.example to default-hubspot",
            "+ ana@p.example n.example cc default-hubspot",
            "+ z@n.example n.example to default-hubspot",
        ],
    ),
    (
        "the default is removed",
        {key: value for key, value in BASE.items() if key != "defaults"},
        [
            "- ana@p.example a.example cc default-hubspot",
            "- x@a.example a.example to default-hubspot",
            "lost a.example",
        ],
    ),
]


@pytest.mark.parametrize(("name", "after", "expected"), CASES, ids=[case[0] for case in CASES])
def test_impact_of_a_change_on_two_clients(name: str, after: Data, expected: list[str]) -> None:
    assert words(compare_recipients(portfolio(BASE), portfolio(after))) == expected


REQUIRED = changed(clients__a_dot_example__must_notify=["ana@p.example", "eve@p.example"])
ANA = "lost ana@p.example a.example"


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("eve was not notified before", {"users__rui_at_p_dot_example": None}, []),
        ("another default", {"defaults__notify": "rui@p.example"}, [ANA]),
        ("notified, not copied", {"defaults__owner": "partner"}, []),
        ("deactivated", {"users__ana_at_p_dot_example": {"active": False}}, [ANA]),
        (
            "a copy that is no longer certain",
            {"clients__a_dot_example__override": {"owner": "hubspot", "notify": "ana@p.example"}},
            [f"{ANA} uncertain"],
        ),
        (
            "no longer required, by the same change",
            {"defaults__notify": "rui@p.example", "clients__a_dot_example__must_notify": None},
            [],
        ),
        ("removed", {"clients__a_dot_example": None}, []),
        (
            "someone else is required instead, and is not notified",
            {"clients__a_dot_example__must_notify": ["rui@p.example", "eve@p.example"]},
            ["lost rui@p.example a.example"],
        ),
    ],
)
def test_impact_names_who_must_be_notified_and_no_longer_is(
    name: str, values: Data, expected: list[str]
) -> None:
    found = compare_recipients(portfolio(REQUIRED), portfolio(changed(REQUIRED, **values)))
    assert [line for line in words(found) if "@" in line and line[0] in "lw"] == expected


def test_of_two_equal_clients_that_are_removed_none_counts_as_renamed() -> None:
    twins = {"clients": {"a.example": {}, "b.example": {}}}
    assert compare_recipients(portfolio(twins), portfolio({"clients": {"c.example": {}}})).renamed == ()


MARCH, JUNE = date(2027, 3, 1), date(2027, 6, 1)
SALES = {"date": MARCH, "product": "Sales Hub"}
CMS = {"date": MARCH, "product": "CMS"}


@pytest.mark.parametrize(
    ("renewals", "ended"),
    [
        ([SALES, CMS], []),
        ([SALES], ["CMS"]),
        ([], ["Sales Hub", "CMS"]),
        ([{"date": JUNE, "product": "SALES  hub"}, CMS], []),  # moved, and in another spelling
        ([{"date": MARCH, "product": "Sales Pro"}, CMS], []),  # the same contract, or its successor
        ([{"date": MARCH, "product": "Sales Pro"}], ["CMS"]),
        ([{"date": JUNE, "product": "Sales Pro"}, CMS], ["Sales Hub"]),
    ],
)
def test_a_removed_renewal_has_the_recipients_it_had(renewals: list[Data], ended: list[str]) -> None:
    before = changed(clients__a_dot_example__renewals=[SALES, CMS], clients__b_dot_example__renewals=[SALES])
    after = changed(clients__a_dot_example__renewals=renewals, clients__b_dot_example=None)
    found = compare_recipients(portfolio(before), portfolio(after)).ended

    assert [each.renewal.product for each in found] == ended
    assert {each.client for each in found} <= {"a.example"}  # a removed client is not about its renewals
    assert all([recipient.email for recipient in each.recipients] == ["x@a.example"] for each in found)


RENEWALS = ("clients", "A.example", "renewals")


@pytest.mark.parametrize(
    ("renewals", "changes", "ended"),
    [
        # a new product and another date in one change
        ([{"date": JUNE, "product": "Pro"}, CMS], [("Sales Hub", "Pro")], []),
        # the same change, but of the other renewal
        ([{"date": JUNE, "product": "Pro"}, SALES], [("cms", "PRO")], []),
        # two renewals are merged into one of a known product, or of a new one
        ([{"date": JUNE, "product": "CMS"}], [("Sales Hub", "CMS")], []),
        ([{"date": MARCH, "product": "Pro"}], [("Sales Hub", "Pro")], ["CMS"]),
        # one renamed, the other replaced on the same day
        ([{"date": MARCH, "product": "Pro"}, {"date": MARCH, "product": "New"}], [("Sales Hub", "Pro")], []),
    ],
)
def test_a_renamed_renewal_is_the_same(
    renewals: list[Data], changes: list[tuple[str, str]], ended: list[str]
) -> None:
    before = changed(clients__a_dot_example__renewals=[SALES, CMS])
    after = changed(clients__a_dot_example__renewals=renewals)
    renames = [Change((*RENEWALS, old), new, old, renamed=True) for old, new in changes]
    found = compare_recipients(portfolio(before), portfolio(after), renames).ended

    assert [each.renewal.product for each in found] == ended


@pytest.mark.parametrize(
    ("override", "uncertain"),
    [
        ({"owner": "hubspot", "notify": "eva@p.example"}, "eva@p.example"),
        ({"owner": "hubspot"}, "ana@p.example"),
    ],
)
def test_a_copy_with_an_override_is_uncertain(override: Data, uncertain: str) -> None:
    before = changed(policy={"hubspot_override_copies": "default-user"}, users__eva_at_p_dot_example={})
    after = copy.deepcopy(before)
    after["clients"]["b.example"]["override"] = override
    found = compare_recipients(portfolio(before), portfolio(after)).added

    assert {each.email: each.uncertain for each in found} == {"y@b.example": False, uncertain: True}


def test_another_policy_changes_who_is_copied() -> None:
    before = changed(clients__a_dot_example__override={"owner": "hubspot"})
    after = {**before, "policy": {"hubspot_override_copies": "default-user"}}
    assert words(compare_recipients(portfolio(before), portfolio(after))) == [
        "+ ana@p.example a.example cc override-hubspot"
    ]


def test_an_address_in_another_spelling_is_the_same_recipient() -> None:
    contacts = [{"email": "X@A.example", "roles": ["primary"]}]
    assert (
        words(
            compare_recipients(portfolio(BASE), portfolio(changed(clients__a_dot_example__contacts=contacts)))
        )
        == []
    )


def test_contacts_and_partner_users_are_distinguished() -> None:
    found = compare_recipients(portfolio(BASE), portfolio(changed(clients__b_dot_example__override=None)))
    assert [(h.email, h.partner) for h in found.added] == [("ana@p.example", True), ("y@b.example", False)]


# --- laws ---------------------------------------------------------------------------------------

OTHERS = st.fixed_dictionaries(
    {"clients": st.dictionaries(st.sampled_from([*KEYS, "d.example"]), CLIENTS, max_size=3)},
    optional={"defaults": SETTINGS, "users": st.just({}) | st.just({"u@p.example": {"active": False}})},
)


def find_recipients(known: Portfolio) -> dict[str, dict[str, str]]:
    """Return for each client who is notified ("to") or copied ("cc"), from the report of all dates."""
    rows = report.build_rows(known, known.clients.values(), None, TODAY)
    always = report.build_rows(known, known.clients.values(), Window(TODAY, date.max), TODAY)
    assert {row.client.key for row in always} == set(known.clients)  # no client is missing
    found: dict[str, dict[str, str]] = {key: {} for key in known.clients}
    for row in rows:
        for delivery, people in (("to", row.resolution.to), ("cc", row.resolution.cc)):
            found[row.client.key].update({address_key(d.email or ""): delivery for d in people})
    return found


def with_impact(before: dict[str, dict[str, str]], found: Impact) -> dict[str, dict[str, str]]:
    """Return the recipients after an impact, computed from those before it."""
    names = dict(found.renamed)
    after = {names.get(key, key): dict(people) for key, people in before.items()}
    for each in found.removed:
        assert after[each.client].pop(address_key(each.email)) == each.delivery
    for each in found.added:
        assert after.setdefault(each.client, {}).setdefault(address_key(each.email), each.delivery)
    for move in found.switched:
        assert after[move.after.client][address_key(move.after.email)] == move.before.delivery
        after[move.after.client][address_key(move.after.email)] = move.after.delivery
    return after


@LAW
@given(STORES, STORES | OTHERS)
def test_the_recipients_before_and_the_impact_make_the_recipients_after(one: Data, other: Data) -> None:
    before, after = portfolio(one), portfolio(other)
    made = {
        key: people
        for key, people in with_impact(find_recipients(before), compare_recipients(before, after)).items()
        if people
    }
    assert made == {key: people for key, people in find_recipients(after).items() if people}


@LAW
@given(STORES, STORES | OTHERS)
def test_the_reverse_change_has_the_reverse_impact(one: Data, other: Data) -> None:
    there, back = (
        compare_recipients(portfolio(one), portfolio(other)),
        compare_recipients(portfolio(other), portfolio(one)),
    )
    names = dict(there.renamed)

    def now(found: tuple[Recipient, ...]) -> list[Any]:
        return sorted(
            (names.get(h.client, h.client), address_key(h.email), h.delivery, h.rule) for h in found
        )

    assert now(there.added) == now(back.removed)
    assert now(there.removed) == now(back.added)
    assert now(tuple(m.before for m in there.switched)) == now(tuple(m.after for m in back.switched))
    assert set(there.renamed) == {(old, new) for new, old in back.renamed}


@LAW
@given(STORES, STORES | OTHERS)
def test_lost_all_are_the_clients_that_had_a_recipient_and_have_none(one: Data, other: Data) -> None:
    before, after = portfolio(one), portfolio(other)
    found = compare_recipients(before, after)
    notified = [
        {k for k, people in find_recipients(p).items() if "to" in people.values()} for p in (before, after)
    ]
    names = dict(found.renamed)
    had = {names.get(key, key) for key in notified[0]}
    known = {names.get(key, key) for key in before.clients}
    assert set(found.lost_all) == (had & set(after.clients)) - notified[1]
    assert set(found.new_without) == set(after.clients) - known - notified[1]


@LAW
@given(STORES, st.sampled_from([*Owner]), ADDRESSES)
def test_the_impact_of_a_plan_is_that_of_the_files_before_and_after_it(
    data: Data, owner: Owner, email: str
) -> None:
    before = portfolio(data)
    plan = settings.override(
        before, tuple(before.clients.values()), owner, compose(email)
    )  # as a user types it
    after = portfolio(apply_changes(data, plan.changes))
    found = compare_recipients(before, after)
    # The differences of the two files, applied to the old one, have the same impact.
    again = portfolio(apply_changes(data, find_differences(data, apply_changes(data, plan.changes))))
    # Differences ignore how accents are encoded.
    assert compose(str(compare_recipients(before, again))) == compose(str(found))
    assert compare_recipients(again, after) == Impact()


@LAW
@given(STORES, STORES | OTHERS)
def test_the_differences_applied_to_the_old_file_make_the_new_one(one: Data, other: Data) -> None:
    before, after = portfolio(one), portfolio(other)
    renamed = compare_recipients(before, after).renamed
    # Differences have keys in normal form.
    old = {**comparable(one), "users": {address_key(key): value for key, value in one["users"].items()}}
    made = read_portfolio(apply_changes(old, find_differences(one, other, renamed)))
    assert not made.problems
    assert compare_recipients(made.portfolio, after) == Impact()
    assert find_recipients(made.portfolio) == find_recipients(after)


@LAW
@given(STORES, STORES | OTHERS)
def test_without_differences_no_recipients_change(one: Data, other: Data) -> None:
    assert find_differences(one, copy.deepcopy(one)) == ()
    if not find_differences(one, other):
        assert find_recipients(portfolio(one)) == find_recipients(portfolio(other))
        assert compare_recipients(portfolio(one), portfolio(other)) == Impact()


def test_another_spelling_of_the_same_values_is_not_a_difference() -> None:
    written = {
        "clients": {"WWW.Acme.example": {"contacts_checked": date(2026, 10, 2)}},
        "users": {"A@p.example": {}},
    }
    plain = {
        "version": 1,
        "users": {"a@p.example": {}},
        "clients": {"acme.example": {"contacts_checked": "2026-10-02"}},
    }
    assert find_differences(written, plain) == ()


def test_contacts_with_the_same_address_differ_as_a_whole() -> None:
    one = {"clients": {"a.example": {"contacts": [{"email": "x@a.example"}, {"email": "x@a.example"}]}}}
    other = {"clients": {"a.example": {"contacts": [{"email": "x@a.example"}]}}}
    assert [change.path for change in find_differences(one, other)] == [("clients", "a.example", "contacts")]
