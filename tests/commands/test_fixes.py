"""The fixes and notes of ``check``: they work, and are the same in every form.

The files are the cases of ``tests/data/check.toml``, under a name that must be quoted in a shell.
"""

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli
import tomlkit

from renewctl.cli.app import COMMAND_BODIES, COMMANDS, command_tree
from renewctl.domain.check import CODES
from renewctl.package_data import read_texts

STORE = "my 'own' store.toml"
TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "check.toml").read_text("utf-8"))
COMMAND = re.compile(r"renewctl .+?(?=; |$)")
TODAY = "2026-11-23"


def merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return two tables merged; a value of "" removes the key."""
    both = {**into, **more}
    for key, value in more.items():
        if isinstance(value, dict) and value and isinstance(into.get(key), dict):
            both[key] = merged(into[key], value)
    return {key: value for key, value in both.items() if value != ""}


def write_store(case: dict[str, Any]) -> bytes:
    """Write a case's file, with one more partner user. Return its bytes."""
    data = merged(TABLE["valid"], case.get("store", {}))
    data = merged(data, {"clients": {"acme.example": case["client"]}} if "client" in case else {})
    data["users"] = {**data.get("users", {}), "zoe@agency.example": {}}
    Path(STORE).write_text(tomlkit.dumps(data), encoding="utf-8")
    return Path(STORE).read_bytes()


def findings(run: Callable, *, add: str = "") -> list[dict[str, Any]]:
    """Return the findings in the file; first add a copy of it, if ``add`` names one."""
    if add:
        Path(add).write_bytes(Path(STORE).read_bytes())
    items: list[dict[str, Any]] = json.loads(run("check", "--store", STORE, "-o", "json").out)["items"]
    return items


def commands_in(text: str) -> set[str]:
    """Return the commands that a text names, except ordinary words."""
    names = sorted({*COMMAND_BODIES} - {"who", "where", "contacts", "check", "help"}, key=len, reverse=True)
    return set(re.findall(rf"(?<![\w-])(?:{'|'.join(names)})(?![\w-])", text))


def filled_in(command: str, contacts: list[dict[str, Any]]) -> list[str]:
    """Return the words of a command, with values for its placeholders."""
    words = shlex.split(command)[1:]
    if "unassign" in words and "EMAIL" in words:
        role = words[words.index("unassign") + 2]
        email = next(contact["email"] for contact in contacts if role in contact["roles"])
        words[words.index("EMAIL")] = email
    values = {
        "USER": "zoe",
        "OWNER": "hubspot",
        "EMAIL": "new@acme.example",
        "ROLE": "billing",
        "DATE": "2026-11-30",
    }
    return [values.get(word, word) for word in words]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", TODAY)
    for name in COMMANDS:
        command_tree().build(name)


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: case["name"])
def test_each_printed_command_works(case: dict[str, Any], run: Callable) -> None:
    """A fix works as it is, a note once its placeholders are filled in."""
    before = write_store(case)
    client = merged(TABLE["valid"]["clients"]["acme.example"], case.get("client", {}))
    for item in findings(run):
        assert (item["fix"] is None) != (item["note"] is None), item
        if item["fix"]:
            assert COMMAND.fullmatch(item["fix"]), item
            assert not re.search(r"\b[A-Z]{4,}\b", item["fix"]), item
        for command in COMMAND.findall(item["fix"] or item["note"]):
            assert shlex.split(command)[-2:] == ["--store", STORE] or " -- " in command, command
            ran = run(*filled_in(command, client["contacts"]))
            assert ran.status == 0, (command, ran)
            assert (Path(STORE).read_bytes() == before) == bool(item["fix"]), command
            Path(STORE).write_bytes(before)


def test_the_fix_of_a_conflict_copy_works(run: Callable) -> None:
    write_store({})
    copy = "my 'own' store (Ana's copy).toml"
    (item,) = [item for item in findings(run, add=copy) if item["code"] == "conflict-copy"]
    assert run(*shlex.split(item["fix"])[1:]).status == 0


def test_every_form_and_the_explanation_have_the_same_remedy(run: Callable, on_terminal: Callable) -> None:
    """For every code, each form has the same label and the same commands."""
    kinds: dict[str, set[str]] = {}
    commands: dict[str, set[str]] = {}
    for case in TABLE["case"]:
        write_store(case)
        items = findings(run, add="my 'own' store 2.toml")
        table = list(csv.DictReader(io.StringIO(run("check", "--store", STORE, "-o", "csv").out, newline="")))
        github = run("check", "--store", STORE, "-o", "github").out.splitlines()
        piped = run("check", "--store", STORE).out.splitlines()
        drawn = " ".join(on_terminal("check", "--store", STORE, "--long", columns=100)[1].split())
        for item, row, annotation, line in zip(items, table, github, piped, strict=True):
            label = "fix" if item["fix"] else "note"
            assert (row["fix"], row["note"]) == (item["fix"] or "", item["note"] or "")
            assert annotation.endswith(f"; {label}: {item[label].replace('%', '%25')}")
            assert line.endswith(f"; {label}: {item[label]}")
            assert f" {label}: {' '.join(item[label].split())}" in drawn
            kinds.setdefault(item["code"], set()).add(label)
            commands.setdefault(item["code"], set()).update(commands_in(item[label]))
    assert set(kinds) == set(CODES)
    for code in CODES:
        explained = json.loads(run("check", "--explain", code, "-o", "json").out)
        text = read_texts("codes")["codes"][code]
        (kind,) = kinds[code]
        assert explained["fix"] == text.get("fix")
        assert explained["note"] == text.get("note")
        assert [label for label in ("fix", "note") if explained[label]] == [kind]
        assert commands_in(explained[kind]) == commands[code], code
        assert f"  {kind}: " in run("check", "--explain", code).out
