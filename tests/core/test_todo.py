"""The tasks in HubSpot: cases in ``tests/data/todo.toml``, and laws."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import assume, given
from hypothesis import strategies as st

from portfolios import ADDRESSES, LAW, STORES, Data
from renewctl.domain import paths, todo
from renewctl.domain.edit import confirmations, settings
from renewctl.domain.resolve import resolve
from renewctl.domain.validate import read_portfolio
from renewctl.model import Owner, Portfolio
from renewctl.package_data import read_texts
from renewctl.render.todo import GROUPS, describe_confirmed, describe_task

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "todo.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
OF_CLIENT = ("override", "in_hubspot", "contacts_checked")
TODAY = date(2026, 11, 23)
DAYS = st.integers(0, 400).map(lambda days: date.fromordinal(TODAY.toordinal() - days))

CONFIRMED = st.fixed_dictionaries(
    {"owner": st.sampled_from([*map(str, Owner)]), "on": DAYS}, optional={"notify": ADDRESSES}
)


@st.composite
def stores(draw: st.DrawFn) -> Data:
    """Draw a file in which the default may be confirmed and contacts may be checked."""
    data: Data = copy.deepcopy(draw(STORES))
    if "defaults" in data and (confirmed := draw(st.none() | CONFIRMED)):
        data["defaults"]["in_hubspot"] = confirmed
    for client in data["clients"].values():
        if checked := draw(st.none() | DAYS):
            client["contacts_checked"] = checked
    return data


CHECKED_STORES = stores()


def store(case: dict[str, Any]) -> Data:
    """Return the data of a file with the case's client."""
    client = {key: case[key] for key in OF_CLIENT if key in case}
    client["contacts"] = case.get("contacts", TABLE["contacts"])
    defaults = case.get("defaults", TABLE["defaults"])
    top = {**({"defaults": defaults} if defaults else {}), "policy": case.get("policy", {})}
    return {"version": 1, **top, "users": TABLE["users"], "clients": {"acme.example": client}}


def portfolio(data: Data) -> Portfolio:
    """Return the portfolio of the data, which must be valid."""
    reading = read_portfolio({"version": 1, **data})
    assert not reading.problems, reading.problems
    assert not reading.remarks, reading.remarks
    return reading.portfolio


def describe(task: todo.Task) -> str:
    """Return a task as the cases write it."""
    whose = f"{task.screen} {task.client.key}" if task.client else str(task.screen)
    return (
        f"{'' if task.required else 'optional '}{whose}: {describe_task(task)} | {describe_confirmed(task)}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_tasks(case: dict[str, Any]) -> None:
    assert [describe(task) for task in todo.find_tasks(portfolio(store(case)), TODAY)] == case["tasks"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_named_client_has_the_same_tasks_and_the_defaults_if_it_follows_it(case: dict[str, Any]) -> None:
    known = portfolio(store(case))
    follows = any(client.override is None for client in known.clients.values())
    found = todo.find_tasks(known, TODAY, known.clients.values())
    assert [describe(t) for t in found] == [
        t for t in case["tasks"] if follows or not t.startswith("default")
    ]
    assert todo.find_tasks(known, TODAY, []) == ()


def test_cases_have_no_key_that_the_tests_ignore() -> None:
    keys = {"name", "tasks", "defaults", "policy", "contacts", *OF_CLIENT}
    assert not {key for case in CASES for key in case} - keys
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_tasks_are_sorted_by_screen_then_client_with_optional_ones_last() -> None:
    confirmed = {"owner": "hubspot", "on": TODAY}
    clients = {
        "z.example": {"override": {"owner": "hubspot"}},
        "y.example": {"in_hubspot": confirmed},
        "b.example": {"in_hubspot": confirmed},
        "a.example": {"override": {"owner": "hubspot"}},
    }
    known = portfolio({"defaults": {"owner": "hubspot"}, "clients": clients})
    found = [
        (str(t.screen), t.client.key if t.client else "", t.required) for t in todo.find_tasks(known, TODAY)
    ]
    assert found == [
        ("default", "", True),
        ("override", "a.example", True),
        ("override", "z.example", True),
        *(("contacts", f"{key}.example", True) for key in "abyz"),
        ("override", "b.example", False),
        ("override", "y.example", False),
    ]


def test_optional_tasks_and_questions_are_not_settings_to_make() -> None:
    confirmed = {"owner": "hubspot", "on": TODAY}
    default = {"owner": "hubspot", "in_hubspot": confirmed}
    clients = {
        "a.example": {"in_hubspot": confirmed},
        "b.example": {"override": {"owner": "hubspot"}},
        "c.example": {},
    }
    known = portfolio({"defaults": default, "clients": clients})
    assert todo.settings_of_tasks(todo.find_tasks(known, TODAY)) == (False, (known.clients["b.example"],))
    assert todo.settings_of_tasks(todo.find_tasks(portfolio({"defaults": {"owner": "hubspot"}}), TODAY)) == (
        True,
        (),
    )


def everything_confirmed(data: Data, on: date, *, entered_as_override: bool = False) -> Data:
    """Return the data after ``confirm --all``."""
    known = portfolio(data)
    default, clients = todo.settings_of_tasks(todo.find_tasks(known, TODAY))
    plan = confirmations.confirm_settings(
        known, clients, on, default=default, entered_as_override=entered_as_override
    )
    return paths.apply_changes({"version": 1, **data}, plan.changes)


def required_settings(known: Portfolio) -> list[str]:
    """Return the settings that must and can be made in HubSpot."""
    found = todo.find_tasks(known, TODAY)
    settings = [task for task in found if task.required and task.screen is not todo.Screen.CONTACTS]
    return [describe(task) for task in settings if task.to_default or not lacks_user(task)]


def lacks_user(task: todo.Task) -> bool:
    """Return whether a task has owner partner and no partner user."""
    setting = task.choice.setting if task.choice else None
    return setting is not None and setting.owner is Owner.PARTNER and setting.notify is None


def is_possible(known: Portfolio) -> bool:
    """Return whether HubSpot can have the default: owner partner needs a user."""
    return known.default is not None and (known.default.owner is Owner.HUBSPOT or bool(known.default.notify))


def test_an_impossible_setting_is_listed_but_not_confirmed_with_all() -> None:
    data = {"clients": {"a.example": {"override": {"owner": "partner"}}}}
    tasks = todo.find_tasks(portfolio(data), TODAY)
    assert [task.screen for task in tasks] == [todo.Screen.OVERRIDE]
    assert todo.settings_of_tasks(tasks) == (False, ())


@LAW
@given(CHECKED_STORES, DAYS)
def test_after_confirm_all_no_setting_is_due_and_questions_remain(data: Data, on: date) -> None:
    before, after = portfolio(data), portfolio(everything_confirmed(data, on))
    to_ask = [
        [t for t in map(describe, todo.find_tasks(known, TODAY)) if t.startswith("contacts")]
        for known in (before, after)
    ]
    assert required_settings(after) == []
    assert to_ask[0] == to_ask[1]


@LAW
@given(CHECKED_STORES, DAYS)
def test_a_setting_entered_as_an_override_is_optional_afterwards(data: Data, on: date) -> None:
    before = portfolio(data)
    assume(is_possible(before))
    back = [t.client.key for t in todo.find_tasks(before, TODAY) if t.to_default and t.client]
    after = portfolio(everything_confirmed(data, on, entered_as_override=True))
    assert required_settings(after) == []
    assert [t.client.key for t in todo.find_tasks(after, TODAY) if t.to_default and t.client] == sorted(back)


@LAW
@given(CHECKED_STORES, DAYS, st.booleans())
def test_a_confirmation_never_changes_recipients(data: Data, on: date, entered_as_override: bool) -> None:
    before = portfolio(data)
    assume(is_possible(before) or not entered_as_override)
    after = portfolio(everything_confirmed(data, on, entered_as_override=entered_as_override))
    for key, client in before.clients.items():
        was, now = resolve(before, client), resolve(after, after.clients[key])
        assert (now.rule, now.decisions) == (was.rule, was.decisions)


@LAW
@given(CHECKED_STORES, DAYS, st.sampled_from(Owner))
def test_a_changed_default_is_one_task_for_all_clients_that_follow_it(
    data: Data, on: date, owner: Owner
) -> None:
    data.setdefault("defaults", {"owner": "hubspot"}).setdefault("notify", "u@p.example")
    done = everything_confirmed(data, on)
    known = portfolio(done)
    following = [client for client in known.clients.values() if not client.override]
    confirmed = paths.apply_changes(
        done, confirmations.confirm_settings(known, following, on, default=False).changes
    )
    change = settings.set_default(portfolio(confirmed), owner, None)

    found = required_settings(portfolio(paths.apply_changes(confirmed, change.changes)))
    is_another = data["defaults"]["owner"] != owner
    assert [task.split(":")[0] for task in found] == (["default"] if is_another else [])


def test_every_screen_owner_and_group_has_a_text() -> None:
    texts = read_texts("todo")
    assert set(texts["where"]) == set(todo.Screen)
    assert set(texts["owners"]) == {*Owner, "default"}
    assert list(texts["groups"]) == list(GROUPS)
