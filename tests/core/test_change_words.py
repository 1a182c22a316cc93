"""Changes and plans in words: what people read when something changes."""

from datetime import date
from typing import Any

import pytest

from renewctl.model import Change, Path, Plan, Reversal, Value
from renewctl.render.change_words import describe_alone, describe_changes, name_changes
from renewctl.render.machine import plain_line
from renewctl.render.plan_headings import describe_plan, names_subject

ACME = ("clients", "acme.example")
OVERRIDE, SEEN = (*ACME, "override"), (*ACME, "in_hubspot")
PAULA, SALES = (*ACME, "contacts", "paula@acme.example"), (*ACME, "renewals", "Sales Hub")
ANA = ("users", "ana@agency.example")
DAY = date(2027, 3, 1)
SETTING: dict[str, Value] = {"owner": "partner", "notify": "ana@agency.example", "note": "one voice"}


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (ACME, None, {}, "new client"),
        (ACME, None, {"name": "Acme", "hub_id": 5}, "new client, name Acme, hub ID 5"),
        (ACME, {"name": "Acme"}, None, "removed (was: name Acme)"),
        (ANA, None, {"name": "Ana"}, "new partner user, name Ana"),
        ((*ANA, "active"), None, False, "recorded as deactivated in HubSpot"),
        ((*ANA, "active"), False, None, "recorded as active again in HubSpot"),
        ((*ACME, "name"), "Acme", "Acme SA", "name Acme → Acme SA"),
        ((*ACME, "hub_id"), None, 5, "hub ID 5"),
        ((*ACME, "hub_id"), 5, None, "hub ID removed (was: 5)"),
        ((*ACME, "memo"), None, "it's late", 'memo "it\'s late"'),
        ((*ACME, "x_own"), 1, 2, "x_own 1 → 2"),
        (
            OVERRIDE,
            None,
            SETTING,
            "owner Partner, partner user ana@agency.example, note 'one voice' (was: follows the default)",
        ),
        (OVERRIDE, {"owner": "hubspot"}, None, "follows the default (was: owner HubSpot)"),
        ((*OVERRIDE, "notify"), "ana@agency.example", None, "partner user ana@agency.example → none"),
        ((*OVERRIDE, "note"), "a", None, "note removed (was: 'a')"),
        (("defaults", "owner"), None, "hubspot", "owner not set → HubSpot"),
        (("defaults",), None, {"owner": "hubspot"}, "owner HubSpot"),
        (("policy", "deadline_days"), None, 60, "deadline days 60"),
        (("x-own",), "a", "b", "value a → b"),
        (
            SEEN,
            None,
            {"owner": "default", "on": DAY},
            "HubSpot setting: follows the default, confirmed on 2027-03-01",
        ),
        (PAULA, None, {"email": PAULA[-1]}, "added contact paula@acme.example"),
        (
            PAULA,
            {"email": PAULA[-1], "name": "Paula", "roles": ["primary", "billing"], "active": False},
            None,
            "removed contact paula@acme.example (Paula, primary contact and billing contact, deactivated)",
        ),
        (
            (*PAULA, "roles"),
            ["primary"],
            ["decision-maker"],
            "paula@acme.example now decision maker, no longer primary contact",
        ),
        ((*PAULA, "active"), None, False, "paula@acme.example recorded as deactivated in HubSpot"),
        (SALES, None, {"date": DAY, "product": "Sales Hub"}, "added renewal Sales Hub 2027-03-01"),
        (
            SALES,
            {"date": DAY, "product": "Sales Hub", "deadline": DAY},
            None,
            "removed renewal Sales Hub 2027-03-01 (deadline 2027-03-01)",
        ),
        ((*SALES, "date"), DAY, date(2028, 3, 1), "renewal date of Sales Hub 2027-03-01 → 2028-03-01"),
        ((*ACME, "renewals", "", "date"), DAY, date(2028, 3, 1), "renewal date 2027-03-01 → 2028-03-01"),
        ((*ACME, "contacts_checked"), None, DAY, "contacts checked 2027-03-01"),
    ],
)
def test_a_change_in_words(path: Path, before: Any, after: Any, expected: str) -> None:
    [found] = describe_changes([Change(path, after, before)])
    subject = "default" if path[0] == "defaults" else path[1] if path[0] in {"clients", "users"} else path[0]
    assert plain_line(found) == f"{subject}: {expected}"


def test_a_client_has_one_line_by_name_for_all_its_changes() -> None:
    changes = [
        Change((*OVERRIDE, "owner"), "hubspot", "partner"),
        Change(ANA, None, {}),
        Change((*SEEN, "owner"), "hubspot", "partner"),
        Change((*SEEN, "on"), DAY, date(2026, 3, 1)),
    ]
    assert [*map(plain_line, describe_changes(changes, {"acme.example": "Acme"}))] == [
        "Acme: owner Partner → HubSpot, "
        "HubSpot setting: owner HubSpot (was: owner Partner), confirmed on 2027-03-01",
        "ana@agency.example: removed",
    ]


@pytest.mark.parametrize(
    "change", [Change(ACME, "new.example", renamed=True), Change((*ACME, "name"), "New", "Acme")]
)
def test_a_client_with_a_new_domain_or_name_is_called_by_its_domain(change: Change) -> None:
    [found] = describe_changes([change], {"acme.example": "New"})
    assert plain_line(found).startswith("acme.example: ")


def set_override(client: str, after: Any) -> Change:
    return Change(("clients", client, "override"), after)


REPLACED = Change((*OVERRIDE, "notify"), "b@p.example", "a@p.example")


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan("override", (set_override("a.example", SETTING),)), "Set 1 override"),
        (
            Plan("override", (set_override("a.example", SETTING), set_override("b.example", None))),
            "Set 1 override, cleared 1",
        ),
        (Plan("clear-override", (set_override("b.example", None),)), "Cleared 1 override"),
        (Plan("set-default", (Change(("defaults", "owner"), "hubspot"),)), "Set the default"),
        (Plan("client add", (Change(ACME, {}),)), "Added client acme.example"),
        (
            Plan("client rename", (Change(ACME, "b.example", renamed=True),)),
            "Renamed client acme.example to b.example",
        ),
        (
            Plan("client remove", (Change(ACME, None), Change(("clients", "b.example"), None))),
            "Removed 2 clients",
        ),
        (Plan("client renew", (Change((*SALES, "date"), DAY),)), "Moved 1 renewal by a year"),
        (Plan("confirm", (Change(SEEN, {}),)), "Confirmed 1 HubSpot setting"),
        (Plan("confirm", (Change((*ACME, "contacts_checked"), DAY),)), "Confirmed the contacts of 1 client"),
        (Plan("user replace", (REPLACED,)), "Replaced a@p.example with b@p.example in 1 setting"),
        (
            Plan("user replace", (Change((*ANA, "active"), False),)),
            "Recorded ana@agency.example as deactivated in HubSpot",
        ),
        (
            Plan(
                "import",
                (Change(ACME, {}),),
                counts=(("new", 12), ("changed", 3), ("unchanged", 4), ("removed", 0)),
            ),
            "Added 12 clients, changed 3; 4 unchanged",
        ),
        (Plan("migrate", (Change(("version",), 1),)), "Changed 1 value"),
    ],
)
def test_the_first_line_of_a_plan(plan: Plan, expected: str) -> None:
    assert describe_plan(plan, would=False) == expected
    would = describe_plan(plan, would=True)
    assert would.startswith("Would ")
    assert expected.split()[1:][-1] == would.split()[-1]


@pytest.mark.parametrize(
    ("redo", "done", "would"), [(False, "Undid", "Would undo"), (True, "Redid", "Would redo")]
)
def test_an_undo_is_named_by_the_original_change(redo: bool, done: str, would: str) -> None:
    reverses = Reversal("ab12", "client remove", "2026-11-23T12:34:56Z", redo)
    plan = Plan("undo", (Change(ACME, {"name": "Acme"}),), reverses=reverses)

    assert describe_plan(plan, would=False) == f"{done} client remove ab12 (2026-11-23 12:34 UTC)"
    assert describe_plan(plan, would=True).startswith(f"{would} client remove ab12")
    assert not names_subject(plan)


def test_what_an_undo_adds_is_restored() -> None:
    changes = [Change(ACME, {"name": "Acme"}), Change(ANA, {})]
    assert [*map(plain_line, describe_changes(changes, restored=True))] == [
        "acme.example: restored, name Acme",
        "ana@agency.example: restored",
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            [("owner", "partner", "default"), ("notify", "a@p.example", None), ("on", DAY, date(2026, 3, 1))],
            "owner Partner, partner user a@p.example (was: follows the default), confirmed on 2027-03-01",
        ),
        (
            [("owner", "default", "partner"), ("notify", None, "a@p.example")],
            "follows the default (was: owner Partner, partner user a@p.example)",
        ),
        ([("on", DAY, date(2026, 3, 1))], "confirmed on 2026-03-01 → 2027-03-01"),
    ],
)
def test_a_confirmed_setting_is_described_as_one(fields: list[tuple[str, Any, Any]], expected: str) -> None:
    changes = [Change((*SEEN, key), after, before) for key, after, before in fields]
    [found] = describe_changes(changes)
    assert plain_line(found) == f"acme.example: HubSpot setting: {expected}"


def test_a_first_line_with_the_client_leaves_the_values_for_the_second() -> None:
    plan = Plan("client add", (Change(ACME, {"name": "Acme"}),))
    assert names_subject(plan)
    assert plain_line(describe_alone(plan.changes)) == "name Acme"
    assert describe_alone([Change(ACME, "b.example", renamed=True)]) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(SEEN, {"owner": "default"}), "acme.example: confirmed in HubSpot"),
        (Change((*OVERRIDE, "notify"), None, "a@p.example"), "acme.example: override partner user removed"),
        (Change(PAULA, {"email": PAULA[-1]}), "acme.example: contacts added"),
        (Change(ACME, "b.example", "acme.example", renamed=True), "acme.example: renamed"),
    ],
)
def test_the_kind_of_a_change(change: Change, expected: str) -> None:
    assert name_changes([change]) == expected
