"""What is found, as a table of cases (``tests/data/check.toml``); laws; which files are copies."""

import copy
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from portfolios import LAW, STORES, Data
from renewctl.domain import paths
from renewctl.domain.check import CODES, Finding, check_copies, check_portfolio
from renewctl.domain.resolve import ARTICLE, Severity
from renewctl.domain.validate import read_portfolio
from renewctl.render.wording import read_texts
from renewctl.store.location import store_at
from renewctl.workspace.conflict_copies import find_copies, is_copy

TODAY = date(2026, 11, 23)
TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "check.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]


def codes_of(case: dict[str, Any]) -> set[str]:
    """Return the codes of the findings that a case lists."""
    return {line.split(" ")[1] for line in case["finds"]}


EXACT = {code for case in CASES for code in codes_of(case)} - set(TABLE["common"])


def merged(into: Data, more: Data) -> Data:
    """Return ``into`` with ``more`` in it, table by table; what is "" there is taken away."""
    into = dict(into)
    for key, value in more.items():
        if value == "":
            into.pop(key, None)
        elif isinstance(value, dict) and value and isinstance(into.get(key), dict):
            into[key] = merged(into[key], value)
        else:
            into[key] = value
    return into


def store(case: dict[str, Any]) -> Data:
    """Return the case's store."""
    data = merged(copy.deepcopy(TABLE["well"]), case.get("store", {}))
    return merged(data, {"clients": {"acme.example": case["client"]}}) if "client" in case else data


def found(data: Data, today: date = TODAY) -> list[Finding]:
    """Return what is found in a store that can be read, the gravest first."""
    reading = read_portfolio(data)
    assert not reading.problems, reading.problems
    order = list(Severity)
    some = check_portfolio(reading.portfolio, reading.remarks, today)
    return sorted(some, key=lambda one: (order.index(one.severity), one.code))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_store_has_the_findings_of_the_table(case: dict[str, Any]) -> None:
    got = found(store(case))
    messages: dict[str, list[str]] = {}
    fixes: dict[str, list[str]] = {}
    for one in got:
        messages.setdefault(one.code, []).append(one.message)
        fixes.setdefault(one.code, []).append(one.fix)
    codes = EXACT | codes_of(case) | set(case.get("without", []))

    assert [f"{one.severity} {one.code}" for one in got if one.code in codes] == case["finds"]
    for code, part in case.get("says", {}).items():
        assert any(part in message for message in messages[code]), messages[code]
    for code, message in case.get("whole", {}).items():
        assert messages[code] == [message]
    for code, fix in case.get("fixes", {}).items():
        assert fix in fixes[code]


def test_an_unknown_user_who_is_a_contact_is_named_in_the_fix() -> None:
    notify = "pat@acme.example"
    default = {"notify": notify, "in_hubspot": {"notify": notify}}

    fixes = {one.fix for one in found(store({"store": {"defaults": default}})) if one.code == "unknown-user"}

    assert fixes == {f"renewctl user add {notify}"}


def test_the_table_has_no_key_that_the_tests_do_not_read() -> None:
    assert not {key for case in CASES for key in case} - {
        *("name", "store", "client", "finds", "says", "whole", "fixes", "without")
    }
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_every_code_but_that_of_other_files_is_in_the_table() -> None:
    assert {code for case in CASES for code in codes_of(case)} == set(CODES) - {"conflict-copy"}


def test_every_code_has_all_its_texts() -> None:
    texts = read_texts("codes")

    assert set(texts["codes"]) == set(CODES)
    for text in texts["codes"].values():
        assert all(text[key] for key in ("meaning", "why", "fix"))
        assert text.get("source") in {None, *texts["sources"]}
    assert texts["sources"][texts["codes"]["no-recipient"]["source"]] == ARTICLE


def test_a_copy_of_the_store_is_a_finding_about_that_file() -> None:
    (one,) = check_copies(["renewctl (1).toml"])

    assert (one.code, one.severity, one.file, one.client) == (
        *("conflict-copy", Severity.WARNING, "renewctl (1).toml", None),
    )
    assert one.fix.startswith("renewctl diff 'renewctl (1).toml', ")


@LAW
@given(STORES)
def test_findings_have_codes_of_the_table_places_in_the_store_and_something_to_do(data: Data) -> None:
    reading = read_portfolio(data)
    for one in check_portfolio(reading.portfolio, reading.remarks, TODAY):
        assert one.code in CODES
        assert one.message
        assert one.fix
        assert one.client is None or one.client in reading.portfolio.clients
        # The one place that cannot be there is the default that is missing, or a list of contacts.
        if paths.get(data, one.path) is None:
            assert one.path == ("defaults",) or one.path[-1] == "contacts"


@LAW
@given(STORES)
def test_nothing_is_found_twice(data: Data) -> None:
    reading = read_portfolio(data)
    got = list(check_portfolio(reading.portfolio, reading.remarks, TODAY))

    assert len({(one.code, one.path, one.message, one.client) for one in got}) == len(got)
    assert not [one for one in got if one.path[:1] == ("defaults",) and one.client]


@LAW
@given(STORES, st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_every_command_is_one_line_for_a_shell(data: Data, today: date) -> None:
    reading = read_portfolio(data)
    for one in check_portfolio(reading.portfolio, reading.remarks, today):
        if one.fix.startswith("renewctl "):
            assert shlex.split(one.fix)[0] == "renewctl"
        assert "\n" not in one.fix


@pytest.mark.parametrize(
    "name",
    [
        "renewctl (conflicted copy 2026-11-20 101112).toml",
        "renewctl (Ana's conflicted copy 2026-11-20).toml",
        "renewctl (Conflicted Copy).toml",
        "renewctl (Case Conflict).toml",
        "renewctl (Case Conflict 1).toml",
        "renewctl.sync-conflict-20261120-101112-ABCDEF1.toml",
        "renewctl_conflict-20261120-101112.toml",
        "renewctl (1).toml",
        "renewctl(12).toml",
        "renewctl 2.toml",
    ],
)
def test_a_sync_programs_copy_is_known_by_its_name(name: str) -> None:
    assert is_copy(name, "renewctl.toml")
    assert not is_copy(name, "renewctl.json")
    assert not is_copy(name, "other.toml")


@pytest.mark.parametrize(
    "name",
    [
        "renewctl.toml",
        "renewctl.toml.history.jsonl",
        ".renewctl.toml.lock",
        "renewctl-2026.toml",
        "renewctl 2026.toml",
        "renewctl 1.toml",
        "renewctl (draft).toml",
        "renewctl copy.toml",
        "renewctl (1).json",
        "renewctl.toml (1)",
        "renewctl (1).toml\n",
        "renewctl.bak.toml",
        "my renewctl (1).toml",
    ],
)
def test_another_file_is_no_copy(name: str) -> None:
    assert not is_copy(name, "renewctl.toml")


def test_copies_are_looked_for_where_the_file_really_is(tmp_path: Path) -> None:
    """A link is often how a store in a synchronised folder is used."""
    real, here = tmp_path / "Dropbox", tmp_path / "here"
    real.mkdir()
    here.mkdir()
    (real / "agency.toml").touch()
    (real / "agency (1).toml").touch()
    (here / "renewctl (1).toml").touch()
    (here / "renewctl.toml").symlink_to(real / "agency.toml")

    assert find_copies(store_at(str(here / "renewctl.toml"), "named")) == (str(real / "agency (1).toml"),)
    assert find_copies(store_at(str(real / "agency.toml"), "named")) == (str(real / "agency (1).toml"),)


def test_a_folder_that_cannot_be_listed_has_no_copies(tmp_path: Path) -> None:
    assert find_copies(store_at(str(tmp_path / "nowhere" / "renewctl.toml"), "named")) == ()
