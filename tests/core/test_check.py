"""Findings: cases in ``tests/data/check.toml``, laws, and conflict copies."""

import copy
import os
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from conftest import git
from portfolios import LAW, STORES, Data
from renewctl.domain import paths
from renewctl.domain.check import CODES, Finding, check_copies, check_portfolio
from renewctl.domain.notes import Severity
from renewctl.domain.resolve import ARTICLE
from renewctl.domain.validate import read_portfolio
from renewctl.package_data import read_texts
from renewctl.store.location import store_at
from renewctl.workspace import conflict_copies
from renewctl.workspace.companion_files import schema_text
from renewctl.workspace.conflict_copies import find_copies

TODAY = date(2026, 11, 23)
TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "check.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]


def codes_of(case: dict[str, Any]) -> set[str]:
    """Return the codes of the findings that a case lists."""
    return {line.split(" ")[1] for line in case["findings"]}


EXACT = {code for case in CASES for code in codes_of(case)} - set(TABLE["common"])


def merged(into: Data, more: Data) -> Data:
    """Return two tables merged; a value of "" removes the key."""
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
    """Return the data of the case's file."""
    data = merged(copy.deepcopy(TABLE["valid"]), case.get("store", {}))
    return merged(data, {"clients": {"acme.example": case["client"]}}) if "client" in case else data


def found(data: Data, today: date = TODAY) -> list[Finding]:
    """Return the findings in a valid file, errors first."""
    reading = read_portfolio(data)
    assert not reading.problems, reading.problems
    order = list(Severity)
    some = check_portfolio(reading.portfolio, reading.remarks, today)
    return sorted(some, key=lambda one: (order.index(one.severity), one.code))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_findings(case: dict[str, Any]) -> None:
    got = found(store(case))
    messages: dict[str, list[str]] = {}
    fixes: dict[str, list[str]] = {}
    notes: dict[str, list[str]] = {}
    for one in got:
        messages.setdefault(one.code, []).append(one.message)
        fixes.setdefault(one.code, []).append(one.fix)
        notes.setdefault(one.code, []).append(one.note)
    codes = EXACT | codes_of(case) | set(case.get("without", []))

    assert [f"{one.severity} {one.code}" for one in got if one.code in codes] == case["findings"]
    for code, part in case.get("messages", {}).items():
        assert any(part in message for message in messages[code]), messages[code]
    for code, message in case.get("exact", {}).items():
        assert messages[code] == [message]
    for code, fix in case.get("fixes", {}).items():
        assert fix in fixes[code]
    for code, part in case.get("notes", {}).items():
        assert any(part in note for note in notes[code]), notes[code]


def test_cases_have_no_key_that_the_tests_ignore() -> None:
    assert not {key for case in CASES for key in case} - {
        *("name", "store", "client", "findings", "messages", "exact", "fixes", "notes", "without")
    }
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_every_code_except_conflict_copy_has_a_case() -> None:
    assert {code for case in CASES for code in codes_of(case)} == set(CODES) - {"conflict-copy"}


def test_every_code_has_all_its_texts() -> None:
    texts = read_texts("codes")

    assert set(texts["codes"]) == set(CODES)
    for text in texts["codes"].values():
        assert all(text[key] for key in ("meaning", "why"))
        assert text.get("source") in {None, *texts["sources"]}
    assert texts["sources"][texts["codes"]["no-recipient"]["source"]] == ARTICLE


def test_a_conflict_copy_is_a_finding_on_the_copy() -> None:
    (one,) = check_copies(["renewctl (1).toml"])

    assert (one.code, one.severity, one.file, one.client) == (
        *("conflict-copy", Severity.WARNING, "renewctl (1).toml", None),
    )
    assert one.fix == "renewctl diff 'renewctl (1).toml'"


@LAW
@given(STORES)
def test_findings_have_a_known_code_a_place_and_a_remedy(data: Data) -> None:
    reading = read_portfolio(data)
    for one in check_portfolio(reading.portfolio, reading.remarks, TODAY):
        assert one.code in CODES
        assert one.message
        assert bool(one.fix) != bool(one.note)
        assert one.client is None or one.client in reading.portfolio.clients
        # Only a missing default or a missing list of contacts has a path that is not in the file.
        if paths.get(data, one.path) is None:
            assert one.path == ("defaults",) or one.path[-1] == "contacts"


@LAW
@given(STORES)
def test_no_finding_is_repeated(data: Data) -> None:
    reading = read_portfolio(data)
    got = list(check_portfolio(reading.portfolio, reading.remarks, TODAY))

    assert len({(one.code, one.path, one.message, one.client) for one in got}) == len(got)
    assert not [one for one in got if one.path[:1] == ("defaults",) and one.client]


@LAW
@given(STORES, st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_every_command_is_a_single_shell_command(data: Data, today: date) -> None:
    reading = read_portfolio(data)
    for one in check_portfolio(reading.portfolio, reading.remarks, today):
        for command in re.findall("renewctl .*", one.fix + one.note):
            assert shlex.split(command)[0] == "renewctl"
        assert "\n" not in one.fix + one.note


STORE = 'version = 1\n[clients."acme.example"]\n'
COPIES = [
    "renewctl-DESKTOP-AB12.toml",
    "renewctl (conflicted copy 2026-11-20 101112).toml",
    "renewctl (Ana's conflicted copy 2026-11-20).toml",
    "renewctl (Cópia em conflito de Ana 2026-11-20).toml",
    "renewctl (Konflikt-Kopie).toml",
    "renewctl (1) (Ana (2)'s conflicted copy).toml",
    "renewctl [Conflicted].toml",
    "renewctl.sync-conflict-20261120-101112-ABCDEF1.toml",
    "renewctl_conflict-20261120-101112.toml",
    "renewctl - Copy.toml",
    "renewctl(12).toml",
    "renewctl 2.toml",
    "RENEWCTL-desktop.TOML",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a new folder with a data file. Return the folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("renewctl.toml").write_text(STORE)
    return folder


def copies(*ignored: str) -> tuple[str, ...]:
    """Return the conflict copies that are found."""
    return find_copies(store_at("renewctl.toml", "named"), ignored)


def test_a_copy_is_recognised_by_its_contents_under_any_name(folder: Path) -> None:
    for name in COPIES:
        Path(name).write_text(STORE)
    assert copies() == tuple(sorted(COPIES))
    assert copies(*COPIES[1:]) == (COPIES[0],)


OTHERS = {
    "renewctl.toml.history.jsonl": STORE,
    "renewctl.toml.layout.bak": STORE,
    "renewctl (1).toml (1)": STORE,
    "renewctl (1).json": '{"version": 1, "clients": {}}',
    "my renewctl (1).toml": STORE,
    "renewctl-notes.toml": "title = 'notes'\n",
    "renewctl-new.toml": "version = 1\n",
    "renewctl-later.toml": "version = 99\n[clients]\n",
    "renewctl-torn.toml": STORE + "[",
    "renewctl-bad.toml": STORE + "hub_id = 'x'\n",
    "renewctl-empty.toml": "",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_with_another_name_or_other_contents_is_not_a_copy(name: str, folder: Path) -> None:
    Path(name).write_text(OTHERS[name])
    Path("renewctl-folder.toml").mkdir()
    Path("renewctl-link.toml").symlink_to("renewctl.toml")
    Path("renewctl-nothing.toml").symlink_to("nowhere")
    assert copies() == ()


def test_the_schema_next_to_a_json_file_is_not_a_copy(folder: Path) -> None:
    Path("renewctl.json").write_text('{"version": 1, "clients": {}}')
    Path("renewctl.schema.json").write_text(schema_text())
    Path("renewctl 2.json").write_text('{"version": 1, "clients": {}}')
    assert find_copies(store_at("renewctl.json", "named")) == ("renewctl 2.json",)


def test_a_file_tracked_by_git_is_not_a_copy(folder: Path) -> None:
    git("init", "-q", ".")
    for name in ("renewctl-north.toml", "renewctl [south].toml", "renewctl 2.toml"):
        Path(name).write_text(STORE)
    git("add", "renewctl-north.toml", ":(literal)renewctl [south].toml")
    assert copies() == ("renewctl 2.toml",)


def test_more_files_than_fit_on_a_command_line_are_no_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "-q", ".")
    fillers = (os.sysconf("SC_ARG_MAX") - 200_000) // 100_000
    assert fillers > 0
    for number in range(fillers):
        monkeypatch.setenv(f"FILLER_{number}", "x" * 99_980)  # The environment shares the room.
    for number in range(1_500):
        Path(f"renewctl{'-' * 190}{number}.toml").touch()
    Path("renewctl (1).toml").write_text(STORE)
    assert copies() == ("renewctl (1).toml",)


def test_the_number_and_size_of_files_checked_is_limited(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(conflict_copies.MOST_FILES + 10):
        Path(f"renewctl-{number:03}.toml").write_text(STORE)
    assert len(copies()) == conflict_copies.MOST_FILES
    # Files that are ignored, tracked by git or too large do not count towards the limit.
    git("init", "-q", ".")
    git("add", *(f"renewctl-{number:03}.toml" for number in range(30)))
    ignored = [f"renewctl-{number:03}.toml" for number in range(30, 58)]
    with Path("renewctl-058.toml").open("wb") as file:
        file.truncate(conflict_copies.MOST_BYTES + 1)
    assert copies(*ignored) == ("renewctl-059.toml",)


def test_copies_are_searched_in_the_folder_a_link_leads_to(tmp_path: Path) -> None:
    """A file in a synchronised folder is often used through a link."""
    real, here = tmp_path / "Dropbox", tmp_path / "here"
    real.mkdir()
    here.mkdir()
    for path in (real / "agency.toml", real / "agency (1).toml", here / "renewctl (1).toml"):
        path.write_text(STORE)
    (here / "renewctl.toml").symlink_to(real / "agency.toml")

    assert find_copies(store_at(str(here / "renewctl.toml"), "named")) == (str(real / "agency (1).toml"),)
    assert find_copies(store_at(str(real / "agency.toml"), "named")) == (str(real / "agency (1).toml"),)


def test_a_folder_that_cannot_be_listed_has_no_copies(tmp_path: Path) -> None:
    assert find_copies(store_at(str(tmp_path / "nowhere" / "renewctl.toml"), "named")) == ()
