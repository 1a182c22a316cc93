"""What is said must be so, and must be the next thing to type: where a wrong word would mislead."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("small")


def test_who_does_not_hold_a_role_is_not_said_to_hold_it(run: Callable) -> None:
    said = run("client", "unassign", "acme.example", "billing", "paula@acme.example").out
    assert "paula@acme.example holds billing" not in said
    assert "nothing to change" in said


def test_the_overview_names_a_store_that_was_named_and_is_missing(
    run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "None yet … in this folder" would send people to make one where it will not be read."""
    monkeypatch.setenv("RENEWCTL_STORE", "team.toml")
    ran = run()
    assert ran.status == 0
    assert "team.toml" in ran.out


def test_the_init_that_is_proposed_makes_the_store_that_is_shown(run: Callable) -> None:
    shown = json.loads(run("where", "--store", "sub.toml", "-o", "json").out)
    assert shown["exists"] is False
    assert "renewctl init --store sub.toml" in shown["why"]


def test_a_value_nobody_wrote_is_not_said_to_stand_in_the_file(run: Callable) -> None:
    """The policy has defaults; a place in the file is given only for what stands there."""
    assert run("override", "acme.example", "--owner", "hubspot").status == 0
    values = json.loads(run("explain", "acme.example", "-o", "json").out)["values"]
    (policy,) = [value for value in values if value["field"] == "hubspot_override_copies"]
    assert not str(policy["at"] or "").startswith("renewctl.toml")


def test_every_place_that_explain_names_is_the_line_of_the_value(run: Callable) -> None:
    lines = ["", *Path("renewctl.toml").read_text().splitlines()]
    for client in ("acme.example", "borges.example"):
        for value in json.loads(run("explain", client, "-o", "json").out)["values"]:
            for at, text in [
                (value["at"], value["value"]),
                *([(value["overrides"]["at"], value["overrides"]["value"])] if value["overrides"] else []),
            ]:
                file, line = at.rsplit(":", 1)
                assert file == "renewctl.toml"
                assert f'{value["field"]} = "{text}"' in lines[int(line)]


def test_one_place_is_one_place(run: Callable) -> None:
    said = run("user", "set", "ana", "--inactive").out
    assert "1 places" not in said
    assert "renewctl user replace" in said


def test_a_partner_user_who_is_a_contact_too_keeps_the_known_name(run: Callable) -> None:
    """One address in several roles is one recipient; it has one name."""
    assert run("client", "assign", "acme.example", "primary", "ANA@agency.example").status == 0
    to = json.loads(run("who", "acme.example", "-o", "json").out)["items"][0]["to"]
    (ana,) = [person for person in to if person["email"].lower() == "ana@agency.example"]
    assert ana["roles"] == ["primary", "partner-user"]
    assert ana["name"] == "Ana Souza"
