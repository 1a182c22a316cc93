"""A new column of the report is one entry in a table, and every format has it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from renewctl.render.who_columns import COLUMNS, ReportColumn
from workbooks import open_sheet

NEW = ReportColumn(
    "contacts", "How many", lambda row, _: len(row.client.contacts), page=True, screen=True, right=True
)


@pytest.fixture(autouse=True)
def _with_a_new_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COLUMNS, NEW.key, NEW)  # type: ignore[index]


def test_formats_for_programs_have_a_new_column_last(agency: Path, run: Callable) -> None:
    counts = {
        client: len(json.loads(run("client", "show", client, "-o", "json").out)["contacts"])
        for client in run("who", "-o", "names").out.split()
    }
    for form, separator in (("tsv", "\t"), ("csv", ",")):
        header, *rows = [line.split(separator) for line in run("who", "-o", form).out.splitlines()]
        assert header[-1] == "contacts"
        assert [int(row[-1]) for row in rows] == [counts[row[0]] for row in rows]
    header, *rows = [[cell.value for cell in row] for row in open_sheet(run("who", "-o", "xlsx").data).rows]
    assert header[-1] == "contacts"
    assert [row[-1] for row in rows] == [counts[row[0]] for row in rows]


def test_formats_for_people_have_a_new_column(agency: Path, run: Callable, on_terminal: Callable) -> None:
    assert run("who", "-o", "markdown").out.splitlines()[0].endswith("| How many |")
    assert '<th scope="col">How many</th></tr></thead>' in run("who", "-o", "html").out
    for columns, shown in ((200, True), (60, False)):
        heading = on_terminal("who", columns=columns)[1].splitlines()[0]
        assert ("HOW MANY" in heading) == shown


def test_a_new_column_can_be_chosen(agency: Path, run: Callable, on_terminal: Callable) -> None:
    words = ("who", "mar-azul-hoteis.example", "--columns", "contacts,client")
    assert run(*words).out.splitlines()[0] == "contacts\tclient"
    assert on_terminal(*words)[1].splitlines()[0] == "HOW MANY  CLIENT"
    assert run(*words, "-o", "markdown").out.startswith("| How many | Client |\n")
