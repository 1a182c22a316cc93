"""A simulation of Windows: what it lacks is removed from this system, in a child process.

Nobody has run renewctl on Windows. These tests show that it does without what they take away, and no more.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PATIENCE, Ran
from store import windows

SCRIPT = Path(windows.__file__)
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


@pytest.fixture
def without(tmp_path: Path):
    """Return a function that runs commands without parts of the system."""

    def run(differences: list[str], commands: list[str], **environment: str) -> list[Ran]:
        ran = subprocess.run(
            [
                sys.executable,
                str(SCRIPT),
                json.dumps(differences),
                json.dumps([line.split() for line in commands]),
            ],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "RENEWCTL_AS_OF": "2026-11-29", **environment},
            timeout=PATIENCE,
        )
        return [Ran(*answer) for answer in json.loads(ran.stdout)]

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


@pytest.mark.parametrize("name", ["nul.toml", "AUX.json", "com1.x.toml", "lpt9.json"])
def test_windows_is_not_given_a_name_that_it_reserves(name: str, without):
    ran, again = without(["windows"], [f"init --store {name}", "init --store fine.toml"])
    assert (ran.status, again.status) == (74, 0)
    assert name in ran.err
    assert [*Path().glob("*.toml")] == [Path("fine.toml")]


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
