"""Messages must be true, and must name the right next step."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("small")


def test_unassigning_a_role_that_a_contact_does_not_have_changes_nothing(run: Callable) -> None:
    before = Path("renewctl.toml").read_bytes()
    ran = run("client", "unassign", "acme.example", "billing", "paula@acme.example")
    assert (ran.status, Path("renewctl.toml").read_bytes()) == (0, before)
    assert "paula@acme.example has" not in ran.out


def test_the_overview_shows_a_missing_file_that_was_named(
    run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise people would create a file where it is not read."""
    monkeypatch.setenv("RENEWCTL_STORE", "team.toml")
    ran = run()
    assert ran.status == 0
    assert "team.toml" in ran.out


def test_the_suggested_init_creates_the_file_that_is_shown(run: Callable) -> None:
    shown = json.loads(run("where", "--store", "sub.toml", "-o", "json").out)
    assert shown["exists"] is False
    assert "renewctl init --store sub.toml" in shown["why"]


def test_explain_gives_no_line_for_a_value_that_is_not_in_the_file(run: Callable) -> None:
    """The policy has built-in values."""
    assert run("override", "acme.example", "--owner", "hubspot").status == 0
    values = json.loads(run("explain", "acme.example", "-o", "json").out)["values"]
    (policy,) = [value for value in values if value["field"] == "hubspot_override_copies"]
    assert not str(policy["at"] or "").startswith("renewctl.toml")


def test_explain_gives_the_line_of_every_value_in_the_file(run: Callable) -> None:
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


def test_a_count_of_one_is_singular(run: Callable) -> None:
    out = run("user", "set", "ana", "--inactive").out
    assert not re.search(r"\b1 \w+s\b", out)
    assert "renewctl user replace" in out


def test_a_partner_user_who_is_also_a_contact_keeps_the_name(run: Callable) -> None:
    """One address with several roles is one recipient, with one name."""
    assert run("client", "assign", "acme.example", "primary", "ANA@agency.example").status == 0
    to = json.loads(run("who", "acme.example", "-o", "json").out)["items"][0]["to"]
    (ana,) = [person for person in to if person["email"].lower() == "ana@agency.example"]
    assert ana["roles"] == ["primary", "partner-user"]
    assert ana["name"] == "Ana Souza"
