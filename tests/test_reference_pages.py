"""The reference pages that are written by hand have every key, exit status and variable of the code."""

import re
from pathlib import Path

import pytest

from renewctl import errors
from renewctl.errors import ExitStatus, RenewctlError
from renewctl.fields import TABLES, TOP_LEVEL
from renewctl.model import Policy

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"
SOURCE = Path(errors.__file__).parent
HEADINGS = {
    "defaults": "[defaults]",
    "policy": "[policy]",
    "users": '[users."EMAIL"]',
    "clients": '[clients."DOMAIN"]',
    "contacts": "contacts",
    "renewals": "renewals",
    "override": "override",
    "defaults.in_hubspot": "in_hubspot",
    "clients.in_hubspot": "in_hubspot",
}


def page(name: str) -> str:
    """Return the text of a page."""
    return (PAGES / name).read_text("utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of the tables in a text by what is in code in the first cell."""
    lines = re.findall(r"(?m)^\| `(\w+)` \| (.*) \|$", text)
    return {key: rest.split(" | ") for key, rest in lines}


def section(text: str, heading: str) -> str:
    """Return the text below a heading, up to the next one."""
    parts = re.split(r"(?m)^#{1,3} (.*)$", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[heading]


def test_the_file_format_has_every_top_level_key() -> None:
    assert list(rows(section(page("file-format.md"), "Top level"))) == list(TOP_LEVEL)


@pytest.mark.parametrize("table", TABLES)
def test_the_file_format_has_every_key_of_a_table(table: str) -> None:
    described = rows(section(page("file-format.md"), HEADINGS[table]))
    assert list(described) == list(TABLES[table])
    required = {key for key, cells in described.items() if cells[0].endswith("required")}
    assert required == {key for key, field in TABLES[table].items() if field.required}


def test_the_file_format_has_the_defaults_of_the_policy() -> None:
    described = rows(section(page("file-format.md"), "[policy]"))
    defaults = {key: value or "none" for key, value in Policy()._asdict().items()}
    assert {key: cells[1].strip('`"') for key, cells in described.items()} == {
        key: str(value) for key, value in defaults.items()
    }


def test_the_exit_statuses_are_those_of_the_code_with_their_errors() -> None:
    text = page("exit-codes.md").split("\n## ")[0]
    shown = {
        int(status): set(re.findall(r"`([a-z-]+)`", codes))
        for status, codes in re.findall(r"(?m)^\| (\d+) \| .*? \|(.*)\|$", text)
    }
    expected: dict[int, set[str]] = {int(status): set() for status in ExitStatus}
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, RenewctlError) and error is not RenewctlError:
            expected[error.exit_status].add(error.code)
    expected[ExitStatus.INVALID].add("not-a-file")
    assert shown == expected


def test_every_variable_is_described() -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    named = set(re.findall(r"`([A-Z_]+)`", page("environment.md")))
    assert {*re.findall(r'"(RENEWCTL_[A-Z_]+)"', source), "NO_COLOR", "PAGER", "COLUMNS"} <= named
