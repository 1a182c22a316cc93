"""The changes of ``confirm``, and its notes on what is already recorded."""

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


def build_portfolio(**more: Any) -> Portfolio:
    """Return the portfolio of ``DATA``, with ``more`` replacing parts of it."""
    reading = read_portfolio({**DATA, **more})
    assert not reading.problems, reading.problems
    return reading.portfolio


def planned(
    portfolio: Portfolio, *keys: str, default: bool = False, entered_as_override: bool = False
) -> Any:
    """Return the plan that confirms the given clients."""
    clients = [portfolio.clients[key] for key in keys]
    return confirm_settings(portfolio, clients, ON, default=default, entered_as_override=entered_as_override)


def test_confirming_the_default_records_its_values() -> None:
    table: Table = {"owner": "hubspot", "notify": "ana@agency.example", "on": ON}
    assert planned(build_portfolio(), default=True).changes == (Change(("defaults", "in_hubspot"), table),)


def test_confirming_a_client_with_an_override_records_its_values() -> None:
    table: Table = {"owner": "partner", "notify": "ana@agency.example", "on": ON}
    (change,) = planned(build_portfolio(), "acme.example").changes
    assert change == Change(("clients", "acme.example", "in_hubspot"), table)


def test_confirming_a_client_without_an_override_records_that_it_follows_the_default() -> None:
    (change,) = planned(build_portfolio(), "borges.example").changes
    assert change == Change(("clients", "WWW.Borges.example", "in_hubspot"), {"owner": "default", "on": ON})


def test_entered_as_override_records_the_values_of_the_default() -> None:
    plan = planned(build_portfolio(), "borges.example", "acme.example", entered_as_override=True)
    assert [change.after for change in plan.changes] == [
        {"owner": "hubspot", "notify": "ana@agency.example", "on": ON},
        {"owner": "partner", "notify": "ana@agency.example", "on": ON},
    ]


def test_a_new_confirmation_keeps_unknown_keys_and_drops_the_old_user() -> None:
    seen = {"owner": "partner", "notify": "zoe@agency.example", "on": date(2026, 1, 2), "x-by": "Ana"}
    data = {**DATA, "clients": {"acme.example": {"in_hubspot": seen}}}
    plan = planned(build_portfolio(clients=data["clients"]), "acme.example")
    after = paths.apply_changes(data, plan.changes)
    assert after["clients"]["acme.example"]["in_hubspot"] == {"owner": "default", "on": ON, "x-by": "Ana"}


@pytest.mark.parametrize(
    ("confirmed", "unchanged"),
    [
        ({"owner": "partner", "notify": "ANA@agency.example", "on": ON}, True),
        ({"owner": "partner", "notify": "ana@agency.example", "on": date(2026, 11, 19)}, False),
        ({"owner": "partner", "notify": "zoe@agency.example", "on": ON}, False),
        ({"owner": "hubspot", "notify": "ana@agency.example", "on": ON}, False),
        ({"owner": "default", "on": ON}, False),
    ],
)
def test_a_client_that_is_already_recorded_gives_a_note_and_no_change(
    confirmed: dict[str, Any], unchanged: bool
) -> None:
    client = {**DATA["clients"]["acme.example"], "in_hubspot": confirmed}
    plan = planned(build_portfolio(clients={"acme.example": client}), "acme.example")
    assert len(plan.unchanged) == unchanged
    assert (plan.changes == ()) is unchanged


def test_a_default_that_is_already_recorded_gives_a_note_and_no_change() -> None:
    seen = {"owner": "hubspot", "notify": "ana@agency.example", "on": ON}
    plan = planned(build_portfolio(defaults={**DATA["defaults"], "in_hubspot": seen}), default=True)
    assert (plan.changes, len(plan.unchanged)) == ((), 1)


@pytest.mark.parametrize(("default", "entered_as_override"), [(True, False), (False, True)])
def test_a_missing_default_cannot_be_confirmed(default: bool, entered_as_override: bool) -> None:
    reading = read_portfolio({key: value for key, value in DATA.items() if key != "defaults"})
    with pytest.raises(UsageError) as caught:
        planned(reading.portfolio, "borges.example", default=default, entered_as_override=entered_as_override)
    assert "default" in caught.value.message
    assert planned(reading.portfolio, "borges.example", "acme.example").changes


def test_confirming_nothing_gives_a_note() -> None:
    plan = planned(build_portfolio())
    assert (plan.changes, len(plan.unchanged)) == ((), 1)


def test_confirming_contacts_records_the_day_and_notes_what_is_already_recorded() -> None:
    portfolio = build_portfolio(clients={"a.example": {"contacts_checked": ON}, "B.example": {}})
    plan = confirm_contacts(tuple(portfolio.clients.values()), ON)
    assert plan.changes == (Change(("clients", "B.example", "contacts_checked"), ON),)
    (note,) = plan.unchanged
    assert "a.example" in note
