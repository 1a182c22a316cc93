"""The rules: cases in ``tests/data/resolve.toml``, which must be complete."""

from pathlib import Path
from typing import Any, get_args

import pytest
import tomli
from hypothesis import given

from portfolios import ADDRESSES, LAW, STORES, Data, portfolio
from renewctl.domain.identifiers import address_key
from renewctl.domain.notes import SEVERITY
from renewctl.domain.resolve import Decision, Reason, Resolution, Rule, decisions_about, resolve, setting_path
from renewctl.domain.validate import read_portfolio
from renewctl.model import PartnerUser, Portfolio

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "resolve.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
FIXED = {"name", "defaults", "policy", "override", "in_hubspot", "must_notify", "contacts"}
ANSWERED = {
    *("rule", "source", "to", "cc", "skipped", "notes", "without", "roles", "names", "reasons", "messages"),
}
OF_DATES = {"renewal-past", "no-renewal-date", "deadline-passed"}


def codes_of(case: dict[str, Any]) -> set[str]:
    """Return the codes of the notes that a case lists."""
    return {line.split(" ")[1] for line in case["notes"]}


EXACT = {code for case in CASES for code in codes_of(case)} - set(TABLE["common"])


def store(case: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a file with the case's client."""
    client = {key: case[key] for key in ("override", "in_hubspot", "must_notify") if key in case}
    client["contacts"] = case.get("contacts", TABLE["contacts"]["three"])
    top = {key: case[key] for key in ("defaults", "policy") if key in case}
    return {"version": 1, **top, "users": TABLE["users"], "clients": {"acme.example": client}}


def portfolio_of(case: dict[str, Any]) -> Portfolio:
    """Return the case's portfolio, which must be valid."""
    reading = read_portfolio(store(case))
    assert not reading.problems, reading.problems
    assert not reading.remarks, reading.remarks
    return reading.portfolio


def answer(case: dict[str, Any]) -> Resolution:
    """Resolve the case's client."""
    portfolio = portfolio_of(case)
    return resolve(portfolio, portfolio.clients["acme.example"])


def named(decision: Decision) -> str:
    """Return the name of a decision in the cases: an address, or an unassigned role."""
    return decision.email or decision.roles[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_recipients_and_notes(case: dict[str, Any]) -> None:
    got = answer(case)
    skipped = [f"{named(d)} {d.reason}" for d in got.decisions if d.outcome == "skipped"]
    codes = EXACT | codes_of(case) | set(case.get("without", []))

    assert (got.rule, got.source) == (case["rule"], case["source"])
    assert [d.email for d in got.to] == case["to"]
    assert [d.email for d in got.cc] == case.get("cc", [])
    assert skipped == case.get("skipped", [])
    notes = [f"{note.severity} {note.code}" for note in got.notes if note.code in codes]
    assert notes == case["notes"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_roles_reasons_and_messages(case: dict[str, Any]) -> None:
    got = answer(case)
    by_name = {named(d): d for d in reversed(got.decisions)}
    messages: dict[str, str] = {}
    for note in got.notes:
        messages.setdefault(note.code, note.message)

    assert {name: list(by_name[name].roles) for name in case.get("roles", {})} == case.get("roles", {})
    assert {name: by_name[name].name for name in case.get("names", {})} == case.get("names", {})
    assert {name: by_name[name].reason for name in case.get("reasons", {})} == case.get("reasons", {})
    for code, part in case.get("messages", {}).items():
        assert part in messages[code]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_path_of_an_answer_is_in_the_file(case: dict[str, Any]) -> None:
    from renewctl.domain import paths

    got = answer(case)
    data = store(case)
    for path in (*(d.path for d in got.decisions), *(note.path for note in got.notes)):
        # Only a missing default has a path that is not in the file.
        assert paths.get(data, path) is not None or (path == ("defaults",) and "defaults" not in case)


@pytest.mark.parametrize(
    ("case", "email", "path"),
    [
        ("default hubspot: all three", "ana@agency.example", ("defaults", "notify")),
        (
            "default hubspot: all three",
            "pat@acme.example",
            ("clients", "acme.example", "contacts", "pat@acme.example"),
        ),
        (
            "override partner: the override's",
            "Rui@agency.example",
            ("clients", "acme.example", "override", "notify"),
        ),
        ("override partner: the override's", "ana@agency.example", ("defaults", "notify")),
        (
            "policy default-user: override hubspot without a user",
            "ana@agency.example",
            ("defaults", "notify"),
        ),
    ],
)
def test_a_decision_has_the_path_of_its_address(case: str, email: str, path: tuple[str, ...]) -> None:
    (found,) = (c for c in CASES if c["name"].startswith(case))
    assert {d.email: d.path for d in answer(found).decisions}[email] == path


def test_an_override_applies_instead_of_the_default() -> None:
    for case in CASES:
        got = answer(case)
        path = ("clients", "acme.example", "override") if "override" in case else ("defaults",)
        assert setting_path(got.client) == path
        assert (got.setting.owner if got.setting else None) == case.get(path[-1], {}).get("owner")
        assert (got.setting.notify if got.setting else None) == case.get(path[-1], {}).get("notify")


def test_cases_have_no_key_that_the_tests_ignore() -> None:
    assert not {key for case in CASES for key in case} - FIXED - ANSWERED
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_every_rule_has_a_case() -> None:
    assert {case["rule"] for case in CASES} == set(Rule)


def test_every_reason_has_a_case() -> None:
    skipped = {line.rsplit(" ", 1)[1] for case in CASES for line in case.get("skipped", [])}
    given = {reason for case in CASES for reason in case.get("reasons", {}).values()}
    assert skipped | given == set(get_args(Reason)) - {"no-candidate"}


@LAW
@given(STORES, ADDRESSES)
def test_a_person_has_all_their_decisions_or_one_as_no_candidate(data: Data, email: str) -> None:
    known = portfolio(data)
    for client in known.clients.values():
        got = resolve(known, client)
        mine = decisions_about(got, PartnerUser(email))
        others = [decision for decision in got.decisions if decision not in mine]
        assert mine
        assert all(decision.key == address_key(email) for decision in mine)
        assert not any(decision.key == address_key(email) for decision in others)
        recipients = {decision.key for decision in (*got.to, *got.cc)}
        outcomes = {decision.outcome for decision in mine}
        assert (address_key(email) in recipients) == bool(outcomes - {"skipped"})
        if mine[0] not in got.decisions:
            assert (mine[0].reason, mine[0].outcome, len(mine)) == ("no-candidate", "skipped", 1)


def test_every_note_that_does_not_depend_on_dates_has_a_case() -> None:
    assert {code for case in CASES for code in codes_of(case)} == set(SEVERITY) - OF_DATES
