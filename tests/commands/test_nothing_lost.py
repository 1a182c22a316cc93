"""Test that each cell of an imported table is saved or reported."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STORE = """version = 1
[defaults]
owner = "hubspot"
[users."ana@agency.example"]
name = "Ana Souza"
[clients."acme.example"]
name = "Acme"
renewals = [{ date = 2027-03-01, product = "CRM" }]
[clients."borges.example"]
name = "Bragança"
memo = "old"
"""
Shown = tuple[Any, str]
"""A cell, and the text that the data file or a message must have."""
SETTING = {"owner", "notify", "note"}
NOT_USED = {
    "note": ("not imported, because no override is set",),
    "deadline": ("a deadline but no renewal date",),
    "notify": ("(partner user) is not used",),
}
"""The note on all unused cells of a column."""
CELLS: dict[str, list[Shown]] = {
    "client": [
        *((f"{name}.example", f"{name}.example") for name in ("acme", "borges", "cedro", "dourado")),
        ("https://www.esmeralda.example/pt", "esmeralda.example"),
        ("Acme", "acme.example"),
        ("Total", "Total"),
        ("#N/A", "#N/A"),
        (12, "12"),
    ],
    "name": [
        *((name, name) for name in ("Acme", "Borges, Ltda", "BraganÃ§a", "Bragan?a", "#NV", "n/a", "Total")),
        (123, "123"),
        (True, "True"),
        (date(2026, 3, 4), "2026-03-04"),
        ("  Cedro\u00a0\u200b", "Cedro"),
    ],
    "renewal": [
        (date(2027, 3, 1), "2027-03-01"),
        (date(2027, 3, 21), "2027-03-21"),
        (datetime(2027, 3, 2, 9, 30), "2027-03-02"),  # noqa: DTZ001
        *((text, "2027-04-02") for text in ("2027-04-02", "2 de abril de 2027", "Apr 2, 2027", "2.4.2027")),
        ("13/04/2027", "2027-04-13"),
        *((text, text) for text in ("03/04/2027", "Auto-renew", "TBD", "-", "#REF!", "46479")),
        (46479, "46479"),
        (False, "False"),
    ],
    "deadline": [(date(2027, 1, 5), "2027-01-05"), ("60 days", "60 days"), ("5 Jan 2027", "2027-01-05")],
    "product": [("CRM", "CRM"), ("crm", "CRM"), ("Sales Hub", "Sales Hub"), (date(2026, 3, 4), "2026-03-04")],
    "hub_id": [(4411223, "4411223"), ("4411224.0", "4411224"), ("4,41E+06", "4,41E+06"), ("n/a", "n/a")],
    "primary": [
        ("Paula Reis (p@acme.example)", "p@acme.example"),
        ("a@b.example / c@b.example", "c@b.example"),
        ("mailto:d@b.example", "d@b.example"),
        ("Paula", "Paula"),
        ("não tem", "não tem"),
    ],
    "memo": [("old", "old"), ("call Ana", "call Ana"), (5, "5"), ("-", "'-'")],
    "owner": [("partner", "partner"), ("Padrão", "default"), ("Ana", "Ana"), ("hubspot", "hubspot")],
    "notify": [("ana", "ana@agency.example"), ("Rui", "Rui"), ("#N/A", "#N/A")],
    "note": [("why", "why")],
}
COLUMNS = ("client", *sorted(set(CELLS) - {"client"}))


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Shown]]:
    columns = ["client", *draw(st.lists(st.sampled_from(COLUMNS[1:]), min_size=1, max_size=5, unique=True))]
    # Mostly valid cells, so that enough tables are imported.
    row = st.fixed_dictionaries(
        {
            name: st.one_of(
                st.just((None, "")), st.sampled_from(CELLS[name][:3]), st.sampled_from(CELLS[name])
            )
            for name in columns
        }
    )
    return draw(st.lists(row, min_size=1, max_size=4))


def as_csv(rows: list[dict[str, Shown]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(rows[0])
    writer.writerows([row[name][0] for name in rows[0]] for row in rows)
    return file.getvalue().encode()


def as_workbook(rows: list[dict[str, Shown]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.append([*rows[0]])
    for number, row in enumerate(rows, 2):
        for column, name in enumerate(rows[0], 1):
            book.active.cell(number, column, row[name][0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("write", [as_csv, as_workbook])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=tables(),
    options=st.sets(st.sampled_from(["--with-overrides", "--allow-odd-text", "--skip-invalid"])),
)
def test_every_cell_is_saved_or_reported(
    rows: list[dict[str, Shown]], options: set[str], write: Callable[[Any], bytes], run: Callable
) -> None:
    Path("renewctl.toml").write_text(STORE)
    Path("list").write_bytes(write(rows))
    ran = run("import", "list", "--yes", *sorted(options))

    if ran.status:
        assert ran.status == 3, ran.err
        assert "list:" in ran.err, "each problem has a place"
        assert Path("renewctl.toml").read_text() == STORE
        return
    clients = json.loads(run("export", "-", "--format", "json").out)["clients"]
    notes = [line for line in (ran.out + ran.err).splitlines() if re.match(r" *(note|warning): ", line)]
    skipped = {
        int(number)
        for line in notes
        if "skipped" in line
        for number in re.findall(r"(?:lines? |rows? |, )(\d+)", line.replace(" and ", ", "))
    }
    for number, row in enumerate(rows, 2):
        if number in skipped:
            continue
        client = json.dumps({(key := row["client"][1]): clients.get(key)}, ensure_ascii=False)
        for name, (cell, shown) in row.items():
            reported = shown.casefold() in "\n".join([client, *notes]).casefold()
            # Without the option, columns of overrides are not used.
            unused = name in SETTING and "--with-overrides" not in options
            unused |= any(words in ran.out for words in NOT_USED.get(name, ()))
            unused |= any(line.startswith("  note: columns not used") and name in line for line in notes)
            if name == "owner" and "override" not in clients.get(key, {}):
                unused |= shown in {"default", "hubspot"}  # already in effect
            assert cell is None or reported or unused, (name, cell, ran.out)
