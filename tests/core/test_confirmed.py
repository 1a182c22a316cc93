"""What ``confirm`` records: which values, where, and that it says what is so already."""

from datetime import date
from typing import Any

import pytest

from renewctl.domain import paths
from renewctl.domain.edit.confirmations import confirm_contacts, confirm_settings
from renewctl.domain.validate import read_portfolio
from renewctl.errors import UsageError
from renewctl.model import Change, Portfolio, Table

ON = date(2026, 11, 20)
DATA: dict[str, Any] = {
    "version": 1,
    "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
    "users": {"ana@agency.example": {}},
    "clients": {
        "acme.example": {"override": {"owner": "partner", "notify": "ana@agency.example"}},
        "WWW.Borges.example": {},
    },
}


def book(**more: Any) -> Portfolio:
    """Return the portfolio of ``DATA`` with ``more`` on top."""
    reading = read_portfolio({**DATA, **more})
    assert not reading.problems, reading.problems
    return reading.portfolio


def planned(
    portfolio: Portfolio, *keys: str, default: bool = False, entered_as_override: bool = False
) -> Any:
    """Return the plan for the clients named."""
    clients = [portfolio.clients[key] for key in keys]
    return confirm_settings(portfolio, clients, ON, default=default, entered_as_override=entered_as_override)


def test_the_default_is_recorded_as_the_file_has_it() -> None:
    table: Table = {"owner": "hubspot", "notify": "ana@agency.example", "on": ON}
    assert planned(book(), default=True).changes == (Change(("defaults", "in_hubspot"), table),)


def test_a_client_with_an_override_is_recorded_with_its_values() -> None:
    table: Table = {"owner": "partner", "notify": "ana@agency.example", "on": ON}
    (change,) = planned(book(), "acme.example").changes
    assert change == Change(("clients", "acme.example", "in_hubspot"), table)


def test_a_client_without_one_is_recorded_as_following_where_the_file_spells_it() -> None:
    (change,) = planned(book(), "borges.example").changes
    assert change == Change(("clients", "WWW.Borges.example", "in_hubspot"), {"owner": "default", "on": ON})


def test_where_no_way_back_was_offered_the_defaults_values_are_recorded() -> None:
    plan = planned(book(), "borges.example", "acme.example", entered_as_override=True)
    assert [change.after for change in plan.changes] == [
        {"owner": "hubspot", "notify": "ana@agency.example", "on": ON},
        {"owner": "partner", "notify": "ana@agency.example", "on": ON},
    ]


def test_a_record_that_is_there_keeps_the_users_own_keys_and_loses_the_user_that_is_gone() -> None:
    seen = {"owner": "partner", "notify": "zoe@agency.example", "on": date(2026, 1, 2), "x-by": "Ana"}
    data = {**DATA, "clients": {"acme.example": {"in_hubspot": seen}}}
    plan = planned(book(clients=data["clients"]), "acme.example")
    after = paths.apply_changes(data, plan.changes)
    assert after["clients"]["acme.example"]["in_hubspot"] == {"owner": "default", "on": ON, "x-by": "Ana"}


@pytest.mark.parametrize(
    ("seen", "so"),
    [
        ({"owner": "partner", "notify": "ANA@agency.example", "on": ON}, True),
        ({"owner": "partner", "notify": "ana@agency.example", "on": date(2026, 11, 19)}, False),
        ({"owner": "partner", "notify": "zoe@agency.example", "on": ON}, False),
        ({"owner": "hubspot", "notify": "ana@agency.example", "on": ON}, False),
        ({"owner": "default", "on": ON}, False),
    ],
)
def test_what_is_recorded_so_already_is_said_and_not_written(seen: dict[str, Any], so: bool) -> None:
    client = {**DATA["clients"]["acme.example"], "in_hubspot": seen}
    plan = planned(book(clients={"acme.example": client}), "acme.example")
    assert plan.notes == (("acme.example is recorded so already",) if so else ())
    assert (plan.changes == ()) is so


def test_the_default_that_is_recorded_so_already_is_said() -> None:
    seen = {"owner": "hubspot", "notify": "ana@agency.example", "on": ON}
    plan = planned(book(defaults={**DATA["defaults"], "in_hubspot": seen}), default=True)
    assert (plan.changes, plan.notes) == ((), ("the default is recorded so already",))


@pytest.mark.parametrize(("default", "entered_as_override"), [(True, False), (False, True)])
def test_a_default_that_is_not_there_cannot_be_recorded(default: bool, entered_as_override: bool) -> None:
    reading = read_portfolio({key: value for key, value in DATA.items() if key != "defaults"})
    with pytest.raises(UsageError) as caught:
        planned(reading.portfolio, "borges.example", default=default, entered_as_override=entered_as_override)
    assert caught.value.message == "the file has no default that HubSpot could show"
    assert planned(reading.portfolio, "borges.example", "acme.example").changes


def test_without_a_click_there_is_nothing_to_record() -> None:
    plan = planned(book())
    assert (plan.changes, plan.notes) == ((), ("no click was due",))


def test_a_look_at_contacts_records_the_day_and_says_where_it_stands_already() -> None:
    portfolio = book(clients={"a.example": {"contacts_checked": ON}, "B.example": {}})
    plan = confirm_contacts(tuple(portfolio.clients.values()), ON)
    assert plan.changes == (Change(("clients", "B.example", "contacts_checked"), ON),)
    assert plan.notes == ("a.example: contacts are recorded so already",)
