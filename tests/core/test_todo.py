"""What is still to do in HubSpot: a table of cases (``tests/data/todo.toml``), and laws."""

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
from renewctl.render.todo import GROUPS, describe_last_seen, describe_task

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "todo.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
OF_CLIENT = ("override", "in_hubspot", "contacts_checked")
TODAY = date(2026, 11, 23)
DAYS = st.integers(0, 400).map(lambda days: date.fromordinal(TODAY.toordinal() - days))

SEEN = st.fixed_dictionaries(
    {"owner": st.sampled_from([*map(str, Owner)]), "on": DAYS}, optional={"notify": ADDRESSES}
)


@st.composite
def books(draw: st.DrawFn) -> Data:
    """Draw a store where the default and the contacts may have been looked at, too."""
    data: Data = copy.deepcopy(draw(STORES))
    if "defaults" in data and (seen := draw(st.none() | SEEN)):
        data["defaults"]["in_hubspot"] = seen
    for client in data["clients"].values():
        if looked := draw(st.none() | DAYS):
            client["contacts_checked"] = looked
    return data


BOOKS = books()


def store(case: dict[str, Any]) -> Data:
    """Return the data of a store with the case's client in it."""
    client = {key: case[key] for key in OF_CLIENT if key in case}
    client["contacts"] = case.get("contacts", TABLE["contacts"])
    defaults = case.get("defaults", TABLE["defaults"])
    top = {**({"defaults": defaults} if defaults else {}), "policy": case.get("policy", {})}
    return {"version": 1, **top, "users": TABLE["users"], "clients": {"acme.example": client}}


def portfolio(data: Data) -> Portfolio:
    """Return what the data says, which must be a valid store."""
    reading = read_portfolio({"version": 1, **data})
    assert not reading.problems, reading.problems
    assert not reading.remarks, reading.remarks
    return reading.portfolio


def told(task: todo.Task) -> str:
    """Return a task as the table has it."""
    whose = f"{task.screen} {task.client.key}" if task.client else str(task.screen)
    return (
        f"{'' if task.required else 'optional '}{whose}: {describe_task(task)} | {describe_last_seen(task)}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_is_to_do_is_what_the_table_says(case: dict[str, Any]) -> None:
    assert [told(task) for task in todo.find_tasks(portfolio(store(case)), TODAY)] == case["tasks"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_of_a_named_client_it_is_the_same_and_the_default_if_it_follows(case: dict[str, Any]) -> None:
    book = portfolio(store(case))
    follows = any(client.override is None for client in book.clients.values())
    found = todo.find_tasks(book, TODAY, book.clients.values())
    assert [told(t) for t in found] == [t for t in case["tasks"] if follows or not t.startswith("default")]
    assert todo.find_tasks(book, TODAY, []) == ()


def test_the_table_has_no_key_that_the_tests_do_not_read() -> None:
    keys = {"name", "tasks", "defaults", "policy", "contacts", *OF_CLIENT}
    assert not {key for case in CASES for key in case} - keys
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_tasks_stand_by_screen_then_client_and_the_optional_last() -> None:
    seen = {"owner": "hubspot", "on": TODAY}
    clients = {
        "z.example": {"override": {"owner": "hubspot"}},
        "y.example": {"in_hubspot": seen},
        "b.example": {"in_hubspot": seen},
        "a.example": {"override": {"owner": "hubspot"}},
    }
    book = portfolio({"defaults": {"owner": "hubspot"}, "clients": clients})
    found = [
        (str(t.screen), t.client.key if t.client else "", t.required) for t in todo.find_tasks(book, TODAY)
    ]
    assert found == [
        ("default", "", True),
        ("override", "a.example", True),
        ("override", "z.example", True),
        *(("contacts", f"{key}.example", True) for key in "abyz"),
        ("override", "b.example", False),
        ("override", "y.example", False),
    ]


def test_what_is_optional_or_to_ask_is_no_click_that_must_be_made() -> None:
    seen = {"owner": "hubspot", "on": TODAY}
    default = {"owner": "hubspot", "in_hubspot": seen}
    clients = {
        "a.example": {"in_hubspot": seen},
        "b.example": {"override": {"owner": "hubspot"}},
        "c.example": {},
    }
    book = portfolio({"defaults": default, "clients": clients})
    assert todo.settings_of_tasks(todo.find_tasks(book, TODAY)) == (False, (book.clients["b.example"],))
    assert todo.settings_of_tasks(todo.find_tasks(portfolio({"defaults": {"owner": "hubspot"}}), TODAY)) == (
        True,
        (),
    )


def everything_confirmed(data: Data, on: date, *, entered_as_override: bool = False) -> Data:
    """Return the data after what ``confirm --all`` records."""
    book = portfolio(data)
    default, clients = todo.settings_of_tasks(todo.find_tasks(book, TODAY))
    plan = confirmations.confirm_settings(
        book, clients, on, default=default, entered_as_override=entered_as_override
    )
    return paths.apply_changes({"version": 1, **data}, plan.changes)


def open_clicks(book: Portfolio) -> list[str]:
    """Return the clicks that must be made, and can: HubSpot has none for a partner without a user."""
    found = todo.find_tasks(book, TODAY)
    clicks = [task for task in found if task.required and task.screen is not todo.Screen.CONTACTS]
    return [told(task) for task in clicks if task.to_default or not nobody(task)]


def nobody(task: todo.Task) -> bool:
    """Tell whether the owner to choose is the partner, and the file names no user."""
    setting = task.choice.setting if task.choice else None
    return setting is not None and setting.owner is Owner.PARTNER and setting.notify is None


def can_be_shown(book: Portfolio) -> bool:
    """Tell whether HubSpot can show the default's values as a client's own: a partner needs a user."""
    return book.default is not None and (book.default.owner is Owner.HUBSPOT or bool(book.default.notify))


def test_a_click_that_cannot_be_made_is_listed_and_never_recorded_unnamed() -> None:
    data = {"clients": {"a.example": {"override": {"owner": "partner"}}}}
    tasks = todo.find_tasks(portfolio(data), TODAY)
    assert [task.screen for task in tasks] == [todo.Screen.OVERRIDE]
    assert todo.settings_of_tasks(tasks) == (False, ())


@LAW
@given(BOOKS, DAYS)
def test_when_all_is_done_no_click_is_due_and_what_is_to_ask_stays(data: Data, on: date) -> None:
    before, after = portfolio(data), portfolio(everything_confirmed(data, on))
    to_ask = [
        [t for t in map(told, todo.find_tasks(book, TODAY)) if t.startswith("contacts")]
        for book in (before, after)
    ]
    assert open_clicks(after) == []
    assert to_ask[0] == to_ask[1]


@LAW
@given(BOOKS, DAYS)
def test_what_was_set_as_an_override_is_optional_afterwards(data: Data, on: date) -> None:
    before = portfolio(data)
    assume(can_be_shown(before))
    back = [t.client.key for t in todo.find_tasks(before, TODAY) if t.to_default and t.client]
    after = portfolio(everything_confirmed(data, on, entered_as_override=True))
    assert open_clicks(after) == []
    assert [t.client.key for t in todo.find_tasks(after, TODAY) if t.to_default and t.client] == sorted(back)


@LAW
@given(BOOKS, DAYS, st.booleans())
def test_recording_what_was_seen_never_changes_who_hears(
    data: Data, on: date, entered_as_override: bool
) -> None:
    before = portfolio(data)
    assume(can_be_shown(before) or not entered_as_override)
    after = portfolio(everything_confirmed(data, on, entered_as_override=entered_as_override))
    for key, client in before.clients.items():
        was, now = resolve(before, client), resolve(after, after.clients[key])
        assert (now.rule, now.decisions) == (was.rule, was.decisions)


@LAW
@given(BOOKS, DAYS, st.sampled_from(Owner))
def test_a_changed_default_is_one_click_for_all_who_follow_it(data: Data, on: date, owner: Owner) -> None:
    data.setdefault("defaults", {"owner": "hubspot"}).setdefault("notify", "u@p.example")
    done = everything_confirmed(data, on)
    book = portfolio(done)
    following = [client for client in book.clients.values() if not client.override]
    looked_at = paths.apply_changes(
        done, confirmations.confirm_settings(book, following, on, default=False).changes
    )
    change = settings.set_default(portfolio(looked_at), owner, None)

    found = open_clicks(portfolio(paths.apply_changes(looked_at, change.changes)))
    is_another = data["defaults"]["owner"] != owner
    assert [task.split(":")[0] for task in found] == (["default"] if is_another else [])


def test_every_screen_owner_and_group_has_its_words() -> None:
    texts = read_texts("todo")
    assert set(texts["where"]) == set(todo.Screen)
    assert set(texts["owners"]) == set(Owner)
    assert list(texts["groups"]) == list(GROUPS)
