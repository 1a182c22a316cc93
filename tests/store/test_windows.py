"""A simulation of Windows: what it lacks is removed from this system, in a child process.

Nobody has run renewctl on Windows. These tests show that it does without what they take away, and no more.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PATIENCE, Ran, kept_environment
from store import windows

MONDAY = [
    "init --owner hubspot --notify ana@agency.example",
    "client add acme.example --name Acme --primary eva@acme.example --renewal 2027-03-01",
    "override acme.example --owner partner --notify ana --note asked",
    "who --all",
    "undo",
    "export copy.json",
    "export copy.json --force",
    "who --all --store copy.json -o json",
    "who --all --by recipient -o eml --split drafts",
]
PASSED_OVER = sorted(windows.DIFFERENCES.keys() - {"open elsewhere"})


@pytest.fixture(scope="module")
def simulation():
    """Return a process that forks to run commands without parts of the system."""
    process = subprocess.Popen(
        [sys.executable, windows.__file__],
        env=kept_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.communicate(timeout=PATIENCE)


@pytest.fixture
def without(simulation):
    """Return a function that runs commands without parts of the system."""

    def run(differences: list[str], commands: list[str], **environment: str) -> list[Ran]:
        environment = {**os.environ, "RENEWCTL_AS_OF": "2026-11-29", **environment}
        job = [os.getcwd(), environment, differences, [shlex.split(line) for line in commands]]
        print(json.dumps(job), file=simulation.stdin, flush=True)
        return [Ran(*answer) for answer in json.loads(simulation.stdout.readline())]

    return run


@pytest.mark.parametrize("difference", PASSED_OVER)
def test_a_monday_goes_as_elsewhere_without(difference: str, without, tmp_path: Path, monkeypatch):
    texts = []
    for folder, differences in (("with", []), ("without", [difference])):
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        answers = without(differences, MONDAY)
        assert [(ran.status, ran.err) for ran in answers] == [(0, "")] * len(MONDAY)
        files = {
            path.name: path.read_bytes()
            for path in Path().rglob("*")
            if path.suffix in {".toml", ".json", ".eml"}
        }
        texts.append((files, [ran.out for ran in answers[3:4]]))
        assert not [*Path().glob(".*.tmp")]
    assert texts[0] == texts[1]


def test_a_file_that_another_program_has_open_stays_as_it_was(without):
    assert without([], MONDAY[:2])[1].status == 0
    before = Path("renewctl.toml").read_bytes()

    (ran,) = without(["open elsewhere"], MONDAY[2:3])

    assert ran.status == 74
    assert "Excel" in ran.err
    assert Path("renewctl.toml").read_bytes() == before
    assert not [*Path().glob(".*.tmp")]


@pytest.mark.parametrize("name", ["nul.toml", "AUX.json", "com1.x.toml", "lpt9.json", "all:2027.toml"])
def test_windows_is_not_given_a_name_that_it_reserves(name: str, without):
    ran, again = without(["windows"], [f"init --store {name}", "init --store fine.toml"])
    assert (ran.status, again.status) == (74, 0)
    assert name in ran.err
    assert [*Path().glob("*.toml")] == [Path("fine.toml")]


@pytest.mark.parametrize("name", ["list.csv.", "list.csv ", "list?.csv", "nul"])
def test_an_output_file_is_not_given_such_a_name(name: str, without):
    assert without([], MONDAY[:1])[0].status == 0
    before = {*Path().iterdir()}
    for ran in without(["windows"], [f"who -o csv --out '{name}'", f"export '{name}' --format csv"]):
        assert ran.status == 74
        assert repr(name) in ran.err
    assert {*Path().iterdir()} == before


def test_a_name_in_another_case_is_the_same_file(without):
    other = "--store RENEWCTL.TOML"
    change = f"client add beta.example --primary eva@beta.example {other}"
    answers = without(
        ["case ignored"], [*MONDAY[:2], change, f"undo {other}", "undo", "history -o json", f"who {other}"]
    )
    assert [ran.status for ran in answers] == [0] * len(answers)
    assert len(json.loads(answers[5].out)["items"]) == 4
    names = ["renewctl.toml", "renewctl.toml.history.jsonl", ".renewctl.toml.lock", "renewctl.schema.json"]
    assert {path.name for path in Path().iterdir()} == {*names}
    assert all(os.path.exists(name) for name in names)


@pytest.mark.parametrize("command", MONDAY[:2])
@pytest.mark.parametrize(
    "name",
    ["RENEWCTL.TOML", "Renewctl.toml.History.jsonl", ".renewctl.TOML.lock", "renewctl.SCHEMA.json"],
)
def test_an_own_file_in_another_case_is_no_output_file(name: str, command: str, without):
    """The history and the lock do not exist before the first change."""
    if command != MONDAY[0]:
        assert without([], MONDAY[:1])[0].status == 0

    made, *refused = without(
        ["case ignored"], [command, f"who -o tsv --out {name}", f"export {name} --format csv --force"]
    )

    assert made.status == 0
    assert [ran.status for ran in refused] == [2, 2]
    assert all(name in ran.err for ran in refused)


def test_a_file_named_in_two_cases_is_checked_once(without):
    _, ran = without(["case ignored"], [MONDAY[0], "check renewctl.toml RENEWCTL.TOML -o json"])
    assert [store["path"] for store in json.loads(ran.out)["stores"]] == ["renewctl.toml"]


@pytest.mark.parametrize("differences", [[], ["windows"]])
def test_a_file_above_the_home_folder_is_not_found(
    differences: list[str], without, tmp_path: Path, monkeypatch
):
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    (tmp_path / "renewctl.toml").write_text("version = 1\n")
    monkeypatch.chdir(home / "folder")
    (ran,) = without(differences, ["who"], HOME=str(home), USERPROFILE=str(home))
    assert ran.status == 3
