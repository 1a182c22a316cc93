"""The help pages: complete according to the code, at every width and in every format."""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import renewctl
from conftest import OF_ONE_COMMAND
from renewctl.cli.commands.help import PAGES
from renewctl.domain.notes import SEVERITY
from renewctl.domain.resolve import Rule
from renewctl.errors import ExitStatus, RenewctlError
from renewctl.fields import TABLES
from renewctl.package_data import read_texts
from renewctl.render.result import Output

EXIT_STATUSES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "exit-codes.md"


@pytest.fixture
def page(run: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[dict]]:
    """Return ``page(name)``: the items of a page."""
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")

    def items(name: str) -> list[dict]:
        ran = run("help", name, "-o", "json")
        document = json.loads(ran.out)
        assert (ran.status, ran.err, document["schema"]) == (0, "", "renewctl.help/1")
        assert document["page"] == name
        return document["items"]

    return items


def family(error: type[RenewctlError]) -> Iterator[type[RenewctlError]]:
    for member in error.__subclasses__():
        yield member
        yield from family(member)


def test_all_exit_statuses_are_listed_with_all_error_codes(page: Callable) -> None:
    found = {item["status"]: item["codes"] for item in page("exit-codes")}
    for module in pkgutil.walk_packages(renewctl.__path__, "renewctl."):
        if module.name != "renewctl.__main__":
            importlib.import_module(module.name)
    assert list(found) == list(ExitStatus)
    errors = list(family(RenewctlError))
    assert found == {
        status: sorted({e.code for e in errors if e.exit_status is status}) for status in ExitStatus
    }


def test_the_error_codes_do_not_depend_on_imports(page: Callable, spawn: Callable) -> None:
    alone = json.loads(spawn("help", "exit-codes", "-o", "json").out)["items"]
    assert alone == page("exit-codes")


def test_the_documents_have_the_same_exit_statuses(page: Callable) -> None:
    text = EXIT_STATUSES.read_text("utf-8")
    table = text.partition("| status | meaning | error codes |")[2].partition("\n\n")[0]
    numbers = re.findall(r"(?m)^\| ([\d, ]+) \|", table)
    assert [int(n) for cell in numbers for n in cell.split(", ")] == [
        item["status"] for item in page("exit-codes")
    ]


def test_all_rules_and_notes_are_listed(page: Callable) -> None:
    items = page("rules")
    assert [item["rule"] for item in items if "rule" in item] == list(Rule)
    notes = {item["note"]: (item["severity"], item["meaning"]) for item in items if "note" in item}
    texts = read_texts("codes")["codes"]
    assert notes == {code: (severity, texts[code]["meaning"]) for code, severity in SEVERITY.items()}


def test_all_fields_are_listed(page: Callable) -> None:
    found = {(item["table"], item["key"]): item["meaning"] for item in page("store")}
    assert found == {
        (table, key): field.doc for table, fields in TABLES.items() for key, field in fields.items()
    }


def test_every_form_of_a_date_that_is_shown_is_accepted(page: Callable, run: Callable, small: Path) -> None:
    for item in page("dates"):
        if "day" in item:
            ran = run("client", "set-renewal", "acme.example", item["form"], "-n", "-o", "json")
            assert item["day"] in {change["after"] for change in json.loads(ran.out)["changes"]} or (
                item["day"] == "2027-03-01"  # the present value
            )
        else:
            assert run("who", "--within", item["form"], "-o", "json").status == 0
    assert run("who", "--from", "-30d").status == 0


@pytest.mark.parametrize("name", ["", *PAGES])
def test_a_page_is_complete_at_every_width_with_and_without_colour(
    name: str, run: Callable, on_terminal: Callable
) -> None:
    words = run("help", *name.split()).out.split()
    for columns in (60, 80, 120, 200):
        for colour in (False, True):
            status, out, err = on_terminal("help", *name.split(), columns=columns, colour=colour)
            text = re.sub(r"\x1b\[[0-9;]*m", "", out)
            assert (status, err, text.split()) == (0, "", words)
            assert max(map(len, text.splitlines())) <= columns
            assert ("\x1b" in out) == colour


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("form", sorted({*Output} - OF_ONE_COMMAND))
def test_a_page_has_every_format(name: str, form: str, run: Callable) -> None:
    ran = run("help", name, "-o", form)
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) > 3


def test_help_without_a_page_lists_the_pages(run: Callable) -> None:
    text = run("help").out
    assert [name for name in PAGES if f"renewctl help {name}" not in text] == []
    assert [name for name in PAGES if name not in run("--help").out] == []


@pytest.mark.parametrize("words", ["who", "client", "client add", "help"])
def test_help_of_a_command_is_the_same_as_its_help_option(words: str, run: Callable) -> None:
    assert run("help", *words.split()) == run(*words.split(), "--help")


def test_help_reads_no_file(run: Callable) -> None:
    Path("renewctl.toml").write_text("[[[")
    for name in PAGES:
        assert run("help", name).status == 0


def test_the_names_of_a_page_are_the_items_it_lists(run: Callable) -> None:
    assert run("help", "exit-codes", "-o", "names").out.splitlines()[:2] == ["0", "1"]
    assert "never-confirmed" in run("help", "rules", "-o", "names").out.splitlines()


def test_the_help_on_status_1_names_every_command_of_the_reference(run: Callable) -> None:
    page = EXIT_STATUSES.read_text("utf-8")
    cells = re.findall(r"(?m)^\| `(.*?)` \|", page.partition("## Status 1")[2])
    assert len(cells) > 5
    meaning = json.loads(run("help", "exit-codes", "-o", "json").out)["items"][1]["meaning"]
    words = [next((word for word in cell.split() if word.startswith("--")), cell) for cell in cells]
    assert [word for word in words if meaning.count(word) < words.count(word)] == []
