"""The screen of ``check``: a group of lines for each code."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

AS_OF = "2026-11-23"
CODE = re.compile(r"(?:^ {9}|  )([a-z]+(?:-[a-z]+)+)(?:  (?:note|fix): |$)", re.MULTILINE)
WIDTHS = (60, 80, 100, 140, 200)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", AS_OF)


def write_store(clients: dict[str, dict[str, Any]], **more: Any) -> None:
    """Write a file with these clients, and with ``more`` replacing its other tables."""
    default = {"owner": "hubspot", "notify": "ana@agency.example"}
    store = {"version": 1, "defaults": default, "users": {"ana@agency.example": {}}, **more}
    Path("renewctl.json").write_text(json.dumps({**store, "clients": clients}), encoding="utf-8")


def overridden(number: int, notify: str = "ana@agency.example") -> dict[str, Any]:
    """Return a client that differs from HubSpot."""
    confirmed = {"owner": "default", "on": "2026-11-01"}
    return {
        "name": f"Client {number}",
        "override": {"owner": "partner", "notify": notify},
        "in_hubspot": confirmed,
        "renewals": [{"date": "2027-03-01"}],
    }


@pytest.mark.parametrize("columns", WIDTHS)
def test_each_code_appears_once_and_no_text_is_wider_than_the_terminal(
    columns: int, examples: Path, run: Callable, on_terminal: Callable
) -> None:
    Path("renewctl.toml").write_bytes((examples / "agency.toml").read_bytes())
    items = json.loads(run("check", "-o", "json").out)["items"]
    _, out, _ = on_terminal("check", columns=columns)
    assert sorted(CODE.findall(out)) == sorted({item["code"] for item in items})
    for line in out.splitlines():
        assert cell_len(line) <= columns or line.strip().startswith("renewctl "), line


def test_findings_of_many_imported_clients_fit_a_screen(run: Callable, on_terminal: Callable) -> None:
    rows = [f"c{number}.example,Client {number},p@c{number}.example" for number in range(60)]
    Path("clients.csv").write_text("\n".join(["client,name,primary", *rows]), encoding="utf-8")
    run("init", "--owner", "hubspot", "--notify", "ana@agency.example")
    assert run("import", "clients.csv", "--yes").status == 0
    items = json.loads(run("check", "-o", "json").out)["items"]
    _, out, _ = on_terminal("check", columns=100)
    assert len(items) > 200
    assert len(out.splitlines()) <= 5 + 3 * len({item["code"] for item in items}) <= 24
    assert re.search(
        r"^WARNING  Role not assigned +60 clients  Client 0, Client 1, Client 2 and 57 more$", out, re.M
    )
    _, everything, _ = on_terminal("check", "--long", columns=100)
    assert len(re.findall(r"^renewctl\.toml:\d+:\d+: ", everything, re.MULTILINE)) == len(items)


def test_a_fix_is_printed_only_if_it_is_right_for_all_findings(on_terminal: Callable) -> None:
    """Several clients with different commands get the command with a placeholder."""
    write_store({"c1.example": overridden(1)})
    _, one, _ = on_terminal("check", columns=100)
    assert "differs-from-hubspot  fix: renewctl todo c1.example\n" in one
    write_store({"c1.example": overridden(1), "c2.example": overridden(2)})
    _, two, _ = on_terminal("check", columns=100)
    (remedy,) = re.findall(r"differs-from-hubspot  (.*?)\n(?=[A-Z]|\n)", two, re.DOTALL)
    assert remedy == "fix: renewctl todo CLIENT"


def test_a_note_that_is_the_same_for_several_clients_is_printed_with_its_command(
    on_terminal: Callable,
) -> None:
    users = {"ana@agency.example": {}, "rui@agency.example": {"active": False}}
    clients = {f"c{number}.example": overridden(number, "rui@agency.example") for number in (1, 2)}
    write_store(clients, users=users)
    for columns in (80, 140):
        _, out, _ = on_terminal("check", columns=columns)
        assert "Deactivated partner user  2 clients  Client 1, Client 2\n" in out
        assert "note: choose another partner user, then:" in out
        assert "renewctl user replace rui@agency.example USER\n" in out


@pytest.mark.parametrize("columns", WIDTHS)
def test_findings_have_the_same_words_at_every_width(
    columns: int, examples: Path, on_terminal: Callable
) -> None:
    Path("renewctl.toml").write_bytes((examples / "agency.toml").read_bytes())
    shown = [" ".join(on_terminal("check", columns=each)[1].split()) for each in (columns, 1000)]
    narrow, wide = (
        re.sub(r"clients .*? (?=[a-z]+(-[a-z]+)+ (note:|fix:|INFO|Every))", "clients ", each)
        for each in shown
    )
    assert narrow == wide


def test_clients_with_the_same_name_are_shown_with_their_domains(on_terminal: Callable) -> None:
    clients = {f"{name}.example": {"name": "Acme", "renewals": []} for name in ("one", "two")}
    write_store({**clients, "three.example": {"name": "Three"}})
    _, out, _ = on_terminal("check", columns=140)
    assert "3 clients  Acme (one.example), Acme (two.example), Three\n" in out


def test_a_terminal_shows_that_there_are_no_findings(run: Callable, on_terminal: Callable) -> None:
    write_store({})
    ignored = ("--ignore", "never-confirmed")
    assert on_terminal("check", *ignored) == (0, "No findings in renewctl.json.\n", "")
    assert on_terminal("check", *ignored, "-q") == (0, "", "")
    assert run("check", *ignored).out == ""


def test_a_finding_on_the_default_shows_how_many_clients_follow_it(on_terminal: Callable) -> None:
    write_store({"a.example": {}, "b.example": {}}, defaults={"owner": "partner"})
    _, out, _ = on_terminal("check", columns=80)
    assert re.search(r"^ERROR    No recipient +1 place +default \(2 clients\)$", out, re.MULTILINE)


def test_severities_are_words_that_colour_only_repeats(on_terminal: Callable) -> None:
    write_store({"a.example": {}}, defaults={"owner": "partner"})
    _, plain, _ = on_terminal("check", columns=100)
    _, coloured, _ = on_terminal("check", columns=100, colour=True)
    assert "\x1b[1;31mERROR" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_table_requested_in_a_pipe_is_the_same_without_colour(
    small: Path, run: Callable, on_terminal: Callable
) -> None:
    os.environ["COLUMNS"] = "100"
    for words in (("check",), ("check", "--long"), ("check", "--explain", "no-copy"), ("history",)):
        shown = on_terminal(*words, "-o", "table", columns=100)[1]
        assert run(*words, "-o", "table").out == shown, words
