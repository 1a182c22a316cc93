"""Rows: which renewals a report has, in which order, with which notes, and who hears of them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from renewctl.domain.dates import Window
from renewctl.domain.report import (
    ReportRow,
    build_digests,
    build_rows,
    default_window,
    rows_for_recipient,
    without_recipient,
)
from renewctl.domain.validate import read_portfolio
from renewctl.model import Policy, Portfolio

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "report.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
TODAY: date = TABLE["today"]


def portfolio(policy: dict[str, Any] | None = None) -> Portfolio:
    """Return the table's portfolio, with another policy if one is given."""
    reading = read_portfolio({**TABLE["store"], "policy": policy or {}})
    assert not reading.problems
    assert not reading.remarks
    return reading.portfolio


def every_row(clients: list[str] | None = None) -> tuple[ReportRow, ...]:
    """Return the rows of the named clients, of all if none are, without a window."""
    known = portfolio()
    return build_rows(known, [known.clients[key] for key in clients or known.clients], None, TODAY)


def line(row: ReportRow) -> str:
    """Return a row as the table writes it."""
    dated = row.notes[len(row.resolution.notes) :]
    assert row.notes[: len(row.resolution.notes)] == row.resolution.notes
    product = (row.renewal.product or "''") if row.renewal else "-"
    codes = ",".join(note.code for note in dated) or "-"
    return (
        f"{row.client.key} {product} {row.renewal.day if row.renewal else '-'} {row.deadline or '-'} {codes}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rows_are_those_of_the_table(case: dict[str, Any]) -> None:
    known = portfolio(case.get("policy"))
    clients = [known.clients[key] for key in case.get("clients", known.clients)]
    window = Window(**case["window"]) if "window" in case else None

    for asked in (clients, clients[::-1]):
        assert [line(row) for row in build_rows(known, asked, window, case.get("today", TODAY))] == case[
            "rows"
        ]


def test_the_notes_of_a_row_say_what_to_do_and_where() -> None:
    said = {(row.client.key, line(row).split()[1]): row.notes[-1] for row in every_row()}

    past = said["past.example", "old"]
    assert "2026-11-22 is past" in past.message
    assert past.path == ("clients", "past.example", "renewals", "old", "date")
    passed = said["zeta.example", "Content"]
    assert "2026-11-05" in passed.message
    assert passed.path == ("clients", "zeta.example", "renewals", "Content", "date")
    assert said["none.example", "-"].path == ("clients", "none.example")


def test_what_was_never_confirmed_stands_in_the_notes_but_not_on_the_row() -> None:
    (row,) = every_row(["none.example"])
    assert [note.code for note in row.notes] == ["no-recipient", "never-confirmed", "no-renewal-date"]
    assert [note.code for note in row.row_notes] == ["no-recipient", "no-renewal-date"]


def test_a_row_is_heard_by_those_notified_and_those_copied() -> None:
    by_client = {row.client.key: row.recipients for row in every_row()}
    assert by_client == {
        "zeta.example": {"pat@zeta.example", "ana@agency.example"},
        "past.example": {"pat@zeta.example", "ana@agency.example"},
        "alfa.example": {"rui@agency.example"},
        "also-none.example": {"ana@agency.example"},
        "beta.example": set(),
        "none.example": set(),
    }


@pytest.mark.parametrize(
    ("email", "heard"),
    [
        ("pat@zeta.example", {"zeta.example", "past.example"}),
        (" PAT@Zeta.example ", {"zeta.example", "past.example"}),
        ("rui@agency.example", {"alfa.example"}),
        ("ana@agency.example", {"zeta.example", "past.example", "also-none.example"}),
        ("nobody@agency.example", set()),
    ],
)
def test_rows_can_be_asked_for_by_who_hears_them(email: str, heard: set[str]) -> None:
    everything = every_row()
    found = rows_for_recipient(everything, email)
    assert {row.client.key for row in found} == heard
    assert found == tuple(row for row in everything if row.client.key in heard)


def test_rows_that_nobody_is_notified_of_are_found_though_somebody_would_be_copied() -> None:
    found = without_recipient(every_row())
    assert [(row.client.key, line(row).split()[1]) for row in found] == [
        ("beta.example", "One"),
        ("beta.example", "Two"),
        ("none.example", "-"),
    ]


def test_digests_have_each_person_once_in_order_of_address_with_their_rows_in_order() -> None:
    found = build_digests(every_row())
    assert [(digest.email, digest.name) for digest in found] == [
        ("ana@agency.example", "Ana Souza"),
        ("PAT@zeta.example", "Pat"),
        ("rui@agency.example", ""),
    ]
    assert [[(kind, line(row).split()[0]) for kind, row in digest.rows] for digest in found] == [
        [
            ("cc", "past.example"),
            ("cc", "zeta.example"),
            ("cc", "zeta.example"),
            ("cc", "zeta.example"),
            ("cc", "past.example"),
            ("cc", "past.example"),
            ("to", "also-none.example"),
        ],
        [
            ("to", client)
            for client in ("past.example", *["zeta.example"] * 3, "past.example", "past.example")
        ],
        [("to", "alfa.example")],
    ]


def test_one_persons_digest_can_be_asked_for_in_any_spelling() -> None:
    everything = every_row()
    assert build_digests(everything, " Rui@AGENCY.example") == tuple(
        digest for digest in build_digests(everything) if digest.email == "rui@agency.example"
    )
    assert build_digests(everything, "nobody@agency.example") == ()
    assert build_digests(()) == ()


def test_the_horizon_is_the_policys_days_from_today_both_included() -> None:
    assert default_window(Policy(), TODAY) == Window(TODAY, date(2027, 3, 23), "renewal")
    assert default_window(Policy(horizon_days=0), TODAY) == Window(TODAY, TODAY, "renewal")
    assert default_window(Policy(horizon_days=3660), date.max) == Window(date.max, date.max, "renewal")


def test_rows_at_the_ends_of_the_calendar_are_no_trouble() -> None:
    data = {
        "clients": {
            "a": {"renewals": [{"date": date.min, "product": "x"}, {"date": date.max, "product": "y"}]}
        }
    }
    known = read_portfolio(data).portfolio
    for today in (date.min, date.max):
        found = build_rows(known, known.clients.values(), default_window(known.policy, today), today)
        assert found
    assert [row.deadline for row in build_rows(known, known.clients.values(), None, date.min)] == [
        date.min,
        date(9999, 11, 16),
    ]
