"""Test answers and exports as workbooks, and CSV with a byte order mark for Excel."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from renewctl.text import csv_text
from workbooks import open_sheet, read_back


def as_text(value: Any) -> str:
    """Return the text of a workbook's cell in CSV."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value in {None, "NOBODY"} else str(value).replace("; ", ";")


@pytest.mark.parametrize(
    ("argv", "title"),
    [
        (("who", "--all"), "Renewals"),
        (("client", "list"), "Clients"),
        (("contacts",), "Contacts"),
        (("user", "list"), "Partner users"),
        (("check",), "Report"),
    ],
)
def test_a_workbook_has_the_rows_of_csv(
    argv: tuple[str, ...], title: str, agency: Path, run: Callable
) -> None:
    ran = run(*argv, "-o", "xlsx")
    assert open_sheet(ran.data).title == title
    expected = csv.reader(io.StringIO(run(*argv, "-o", "csv").out, newline=""), strict=True)
    text = [[*map(as_text, row)] for row in read_back(ran.data)]
    assert [[cell.lower() for cell in row] for row in text] == [
        [csv_text(cell).replace("; ", ";").lower() for cell in row] for row in expected
    ]


def test_a_report_has_typed_dates_and_nobody_in_color(agency: Path, run: Callable) -> None:
    data = run("who", "--all", "-o", "xlsx", "--as-of", "2026-11-23").data
    header, *rows = read_back(data)
    quiet = run("who", "--all", "-o", "json", "--as-of", "2026-11-23").out.count('"to": []')
    assert quiet > 0
    assert [row[header.index("to")] for row in rows].count("NOBODY") == quiet
    colors = [row[0].fill.start_color.rgb for row in open_sheet(data).iter_rows()]
    assert colors.count("FFFFC7CE") == quiet
    for name, kind in (("renewal", date), ("deadline", date), ("days_to_deadline", int)):
        values = [row[header.index(name)] for row in rows]
        assert {type(value) for value in values} <= {kind, datetime, type(None)}, name


def test_the_same_bytes_go_to_a_file_and_to_a_pipe(agency: Path, spawn: Callable) -> None:
    assert spawn("export", "clients.xlsx").status == 0
    assert spawn("export", "-", "--format", "xlsx").out == Path("clients.xlsx").read_bytes()
    reports = [spawn("who", "-o", "xlsx", env={"TZ": zone}).out for zone in ("UTC", "Asia/Tokyo")]
    assert reports[0] == reports[1]
    assert spawn("who", "-o", "xlsx", env={"PYTHONUNBUFFERED": "1"}).out == reports[0]


def test_importing_an_export_changes_nothing(agency: Path, run: Callable) -> None:
    before = agency.read_bytes()
    assert run("export", "clients.xlsx").status == 0
    ran = run("import", "clients.xlsx", "--prune", "--with-overrides")
    assert ran.status == 0, ran.err
    assert "no changes" in ran.out.lower()
    assert agency.read_bytes() == before


def test_the_list_of_clients_can_be_edited_and_imported(agency: Path, run: Callable) -> None:
    Path("clients.xlsx").write_bytes(run("client", "list", "-o", "xlsx").data)
    before = agency.read_bytes()
    ran = run("override", "--from-file", "clients.xlsx")
    assert ran.status == 0, ran.err
    assert agency.read_bytes() == before


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (("who", "-o", "xlsx"), "add --out report.xlsx"),
        (("override", "acme.example", "--owner", "hubspot", "-o", "xlsx"), "remove -o xlsx"),
        (("export", "-", "--format", "xlsx"), "use a file name such as clients.xlsx instead of -"),
    ],
)
def test_a_workbook_is_not_written_to_a_terminal(
    argv: tuple[str, ...], hint: str, small: Path, on_terminal: Callable
) -> None:
    before = small.read_bytes()
    status, out, err = on_terminal(*argv)
    assert (status, out) == (2, "")
    assert f"help: {hint}\n" in err
    assert small.read_bytes() == before


def test_on_a_terminal_a_workbook_is_exported_to_a_file(small: Path, on_terminal: Callable) -> None:
    status, out, err = on_terminal("export", "clients.xlsx")
    assert (status, out, err) == (0, "Wrote 2 clients to clients.xlsx\n", "")


@pytest.mark.parametrize("argv", [("calendar",), ("schema",), ("export", "-", "--format", "csv")], ids=str)
def test_answers_that_are_not_tables_have_no_workbook(
    argv: tuple[str, ...], small: Path, run: Callable
) -> None:
    ran = run(*argv, "-o", "xlsx")
    assert (ran.status, ran.out) == (2, "")
    assert "xlsx" in ran.err


def test_a_change_is_saved_even_if_its_answer_cannot_be_shown(small: Path, run: Callable) -> None:
    ran = run("client", "set", "acme.example", "--name", "x" * 40_000, "-o", "xlsx")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith("warning: ")
    assert ran.err.endswith("some texts cannot be saved in a workbook\n")
    assert "x" * 40_000 in small.read_text()


# ---------------------------------------------------------------- CSV for Excel


@pytest.mark.parametrize("argv", [("who",), ("who", "--by", "recipient"), ("client", "list")], ids=" ".join)
def test_the_mark_for_excel_is_only_in_csv(argv: tuple[str, ...], small: Path, run: Callable) -> None:
    plain = run(*argv, "-o", "csv").out
    assert run(*argv, "-o", "csv", "--excel").out == "\ufeff" + plain
    assert not plain.startswith("\ufeff")
    for output in ("table", "tsv", "json", "xlsx"):
        ran = run(*argv, "--excel", "-o", output)
        assert (ran.status, ran.out) == (2, "")
        assert "--excel requires -o csv" in ran.err
