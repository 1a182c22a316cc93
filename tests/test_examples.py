"""The examples work: both files have the same data, and each script does its task."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PATIENCE
from renewctl.domain.dates import Window
from renewctl.domain.notes import SEVERITY
from renewctl.domain.report import build_rows
from renewctl.domain.resolve import Rule
from renewctl.store.location import Location
from renewctl.store.snapshot import load

AS_OF = "2026-11-23"
ONLY_UNDER_ANOTHER_DEFAULT = {"no-copy", "no-default", "default-partner"}


def snapshot(path: Path):
    return load(Location(path, path.name, "test"))


def script(
    name: str, *arguments: str, stdin: str = "", store: str = "agency.toml"
) -> subprocess.CompletedProcess[str]:
    """Run an example script on a copy of the examples in the current folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "RENEWCTL_STORE": store, "RENEWCTL_AS_OF": AS_OF}
    return subprocess.run(
        ["sh", f"./{name}", *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def here(examples, monkeypatch):
    shutil.copytree(examples, "examples")
    monkeypatch.chdir("examples")


def test_the_toml_and_the_json_file_have_the_same_data(examples):
    assert snapshot(examples / "agency.toml").portfolio == snapshot(examples / "agency.json").portfolio


def test_the_agency_has_every_rule_and_note_that_its_default_allows(examples):
    from datetime import date

    portfolio = snapshot(examples / "agency.toml").portfolio
    day = date.fromisoformat(AS_OF)
    found = build_rows(portfolio, portfolio.clients.values(), None, day)
    rules = {str(row.resolution.rule) for row in found}
    codes = {note.code for row in found for note in row.notes}
    assert rules == set(Rule) - ONLY_UNDER_ANOTHER_DEFAULT
    assert codes == set(SEVERITY) - ONLY_UNDER_ANOTHER_DEFAULT
    assert len(portfolio.clients) == 40
    window = Window(day, date(2027, 3, 23))
    assert sum(row.renewal is not None and window.holds(row.renewal.day, day) for row in found) == 19


@pytest.mark.usefixtures("here")
def test_the_weekly_report_is_complete_and_fails_if_nobody_is_notified():
    ran = script("weekly-report.sh", "renewals.html")
    assert (ran.returncode, ran.stdout) == (1, "")
    page = Path("renewals.html").read_text("utf-8").replace("<wbr>", "")
    assert page.rstrip().endswith("</html>")
    without_recipient = ("padrao-engenharia.example", "casa-da-ameixa.example", "ginasio-norte.example")
    for client in (*without_recipient, "vinhos-do-vale.example"):
        assert client in page
    assert [f"  - {client}: " in ran.stderr for client in without_recipient] == [True] * 3
    assert not list(Path().glob("*.new"))
    assert Path("renewals.html").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("here")
def test_the_weekly_report_keeps_the_last_page_on_an_error():
    Path("renewals.html").write_text("last week", "utf-8")
    ran = script("weekly-report.sh", "renewals.html", store="missing.toml")
    assert (ran.returncode, Path("renewals.html").read_text("utf-8")) == (3, "last week")
    assert not list(Path().glob("*.new"))
    ran = script("weekly-report.sh")
    assert ran.returncode == 2
    assert "name the page to write" in ran.stderr


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("place", [".local/bin/renewctl", "my tools/renewctl", None])
def test_the_weekly_report_finds_renewctl_with_the_path_of_cron(place: str | None):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "RENEWCTL_STORE": "agency.toml"}
    if place:
        program = Path.home() / place
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m renewctl "$@"\n')
        program.chmod(0o755)
        environment |= {} if place.startswith(".local") else {"RENEWCTL": str(program)}
    elif shutil.which("renewctl", path="/usr/bin:/bin:/usr/local/bin"):
        pytest.skip("renewctl is installed for all users")
    ran = subprocess.run(
        ["sh", "weekly-report.sh", "renewals.html"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if place:
        assert (ran.returncode, ran.stdout, Path("renewals.html").is_file()) == (1, "", True)
    else:
        assert (ran.returncode, ran.stdout) == (127, "")
        assert ran.stderr == "renewctl not found: set RENEWCTL=/path/to/renewctl\n"


@pytest.mark.usefixtures("here")
def test_a_list_is_overridden_or_previewed():
    before = Path("agency.toml").read_bytes()
    clients = Path("clients-for-ines.txt").read_text()
    shown = script("override-list.sh", "-n", "ines", stdin=clients)
    assert (shown.returncode, Path("agency.toml").read_bytes()) == (0, before)
    assert "Dry run: nothing was saved." in shown.stdout
    done = script("override-list.sh", "ines", stdin=clients)
    assert (done.returncode, done.stderr) == (0, "")
    names = [line.split()[0] for line in clients.splitlines() if line.strip() and line[0] != "#"]
    portfolio = snapshot(Path("agency.toml")).portfolio
    assert {portfolio.clients[name].override.notify for name in names} == {"ines@agency.example"}


@pytest.mark.usefixtures("here")
def test_a_typing_error_in_a_list_changes_nothing():
    before = Path("agency.toml").read_bytes()
    ran = script("override-list.sh", "ines", stdin="vinhos-do-vale.example\nvinhos-do-val.exmple\n")
    assert (ran.returncode, Path("agency.toml").read_bytes()) == (4, before)
    assert "did you mean vinhos-do-vale.example" in ran.stderr


@pytest.mark.usefixtures("here")
def test_a_list_for_a_deactivated_user_is_refused():
    ran = script("override-list.sh", "rui", stdin="vinhos-do-vale.example\n")
    assert ran.returncode == 6
    assert "vinhos-do-vale.example would have no recipient" in ran.stderr


@pytest.mark.usefixtures("here")
def test_two_spreadsheets_become_a_file_and_a_second_run_changes_nothing():
    def run_script():
        return script(
            "portfolio-from-spreadsheets.sh", "hubspot-export.csv", "excel-pt.csv", store="portfolio.toml"
        )

    first = run_script()
    assert first.returncode == 1, first.stderr  # one client has no contacts yet
    assert "bluebird.example: no role is assigned" in first.stderr
    assert "Would add 3 clients" in first.stdout
    assert "Added 2 clients; 1 unchanged" in first.stdout
    portfolio = snapshot(Path("portfolio.toml")).portfolio
    assert portfolio.clients["acucar-e-cia.example"].override.notify == "ines@agency.example"
    assert portfolio.clients["padaria-uniao.example"].override is None
    assert portfolio.clients["padaria-uniao.example"].renewals[0].day.isoformat() == "2027-03-05"
    assert len(portfolio.clients["harperlee.example"].renewals) == 2
    before = Path("portfolio.toml").read_bytes()
    assert "No changes: 3 clients are already up to date." in run_script().stdout
    assert Path("portfolio.toml").read_bytes() == before


@pytest.mark.usefixtures("here")
def test_key_clients_are_checked():
    ran = script("assert-key-client.sh", "key-clients.txt")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("OK ") == 3
    wrong = script("assert-key-client.sh", stdin="vinhos-do-vale.example ana@agency.example\n")
    assert wrong.returncode == 1
    assert wrong.stdout == "FAILED  vinhos-do-vale.example\n"
    assert "joana@vinhos-do-vale.example" in wrong.stderr
    assert script("assert-key-client.sh", stdin="# nothing\n").returncode == 2
