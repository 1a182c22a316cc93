"""docs/reference/json.md describes every field of every JSON document, and its examples have no others."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from renewctl.render.result import Output

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "json.md"
SOURCE = PAGE.parents[2] / "src" / "renewctl"
UNREACHABLE = {"renewctl.overview/1", "renewctl.version/1"}
"""Printed without a command, so ``-o json`` cannot follow."""
NOT_LISTED = {"renewctl.schema/1"}
"""The JSON Schema of the file: its fields are those of JSON Schema."""
FREE = {"any", "object", "list"}
"""Types of fields whose own fields need not be described."""
COMMANDS = r"""
who --all
who --by recipient
who --by recipient --recipient secretaria@escola-do-rio.example
who --timeline
explain joias-aurora.example
explain escola-do-rio.example --recipient ana
contacts
client list
client show mar-azul-hoteis.example
client show startup-jacaranda.example
user list
set-default
check
check examples/agency.toml renewctl.toml
check --explain vacant-role
check --explain conflict-copy
todo
where
help
help exit-codes
help rules
help store
help dates
completion bash
demo
schema
export clients.csv
calendar
import examples/hubspot-export.csv --dry-run
override nobody.example --owner hubspot
import examples/excel-pt.csv
set-default --owner partner --notify ana --dry-run
set-default --owner partner --notify tiago --note because --yes
client set azulejos-braganca.example --must-notify tiago@agency.example --must-notify eve@agency.example
set-default --notify ines --dry-run
client rename lumi-studio.example lumi.example --dry-run
client remove-renewal mar-azul-hoteis.example --product "Operations Hub Professional"
client set-renewal mar-azul-hoteis.example --rename "Marketing Hub"
user set ana --inactive --yes
undo
history
doctor
history --prune --keep 1 --yes
diff examples/agency.toml
init --store other/renewctl.toml
"""


def sections() -> dict[str, str]:
    """Return the text below the heading of each document, by schema ID."""
    parts = re.split(r"(?m)^#{2,3} (.*)$", PAGE.read_text("utf-8"))
    return {name: text for name, text in zip(parts[1::2], parts[2::2], strict=True) if "/" in name}


def documented(text: str) -> dict[str, str]:
    """Return the type of each field in the table of a section, by path."""
    rows = re.findall(r"(?m)^\| (`.*?`) \| (.*?) \|", text)
    return {path: kind for cell, kind in rows for path in re.findall(r"`(.*?)`", cell)}


def find_fields(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and value of each field at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}".lstrip("."), inner
            yield from find_fields(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from find_fields(inner, f"{path}[]")


def is_of(kind: str, value: Any) -> bool:
    """Return whether a value has the type that the page names."""
    if value is None:
        return kind == "any" or kind.endswith("or null")
    forms: dict[str, Callable[[Any], bool]] = {
        "any": lambda _: True,
        "text": lambda v: isinstance(v, str),
        "date": lambda v: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", v)),
        "time": lambda v: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", v)),
        "number": lambda v: type(v) is int,
        "true or false": lambda v: isinstance(v, bool),
        "object": lambda v: isinstance(v, dict),
        "list": lambda v: isinstance(v, list),
        "list of text": lambda v: isinstance(v, list) and all(isinstance(each, str) for each in v),
    }
    return forms[kind.removesuffix(" or null")](value)


def faults(document: Any, kinds: dict[str, str]) -> Iterator[str]:
    """Yield the fields of a document that its section does not describe."""
    free = tuple(
        f"{path}{end}" for path, kind in kinds.items() for end in ".[" if kind in {"any", "object", "list"}
    )
    parents = {path[: match.start()] for path in kinds for match in re.finditer(r"\[\]|\.", path)}
    for path, value in find_fields(document):
        if path in kinds:
            if not is_of(kinds[path], value):
                yield f"{path} is not {kinds[path]}: {value!r}"
        elif path not in parents and not path.startswith(free):
            yield f"{path} is not described"


@pytest.fixture
def answers(agency: Path, examples: Path, run: Callable, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the documents that the commands print, in turn, about the example portfolio."""
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")
    Path("examples").symlink_to(examples)
    Path("other").mkdir()
    found = []
    for command in COMMANDS.strip().splitlines():
        ran = run(*shlex.split(command), "-o", "json")
        found.append(json.loads(ran.out or ran.err))
    return found


def test_every_format_is_in_the_table_of_formats() -> None:
    table = PAGE.read_text("utf-8").partition("\n## Other formats\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall("`([^`]+)`", "".join(rows[1:]))) == sorted(Output)


def test_every_document_of_the_source_has_a_section() -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    assert set(re.findall(r'"(renewctl\.[a-z-]+/\d+)"', source)) - UNREACHABLE == set(sections())


def test_the_fields_described_are_those_that_commands_print(answers: list[Any]) -> None:
    printed: dict[str, set[str]] = {}
    for document in answers:
        printed.setdefault(document["schema"], set()).update(path for path, _ in find_fields(document))
    assert set(printed) == set(sections())
    missing = {name: {*documented(text)} - printed[name] for name, text in sections().items()}
    assert {name: paths for name, paths in missing.items() if paths} == {}
    found = {
        fault: document["schema"]
        for document in answers
        if document["schema"] not in NOT_LISTED
        for fault in faults(document, documented(sections()[document["schema"]]))
    }
    assert found == {}


@pytest.mark.parametrize("name", sorted(set(sections()) - NOT_LISTED))
def test_the_example_has_described_fields_only(name: str) -> None:
    text = sections()[name]
    [example] = re.findall(r"(?ms)^```(?:json|console)\n(?:\$ [^\n]*\n)?(\{.*?)^```$", text)
    if "head -" in text:
        pytest.skip("it is the beginning of a document")
    document = json.loads(re.sub(r"\(exit status \d+\)\n", "", example))
    assert document["schema"] == name
    assert list(faults(document, documented(text))) == []
