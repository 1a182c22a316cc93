"""The rows of a report: cases in ``tests/data/report.toml``, and laws."""

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
    """Return the portfolio of the cases, with another policy if one is given."""
    reading = read_portfolio({**TABLE["store"], "policy": policy or {}})
    assert not reading.problems
    assert not reading.remarks
    return reading.portfolio


def every_row(clients: list[str] | None = None) -> tuple[ReportRow, ...]:
    """Return the rows of the given clients, or of all, without a window."""
    known = portfolio()
    return build_rows(known, [known.clients[key] for key in clients or known.clients], None, TODAY)


def line(row: ReportRow) -> str:
    """Return a row as the cases write it."""
    dated = row.notes[len(row.resolution.notes) :]
    assert row.notes[: len(row.resolution.notes)] == row.resolution.notes
    product = (row.renewal.product or "''") if row.renewal else "-"
    codes = ",".join(note.code for note in dated) or "-"
    return (
        f"{row.client.key} {product} {row.renewal.day if row.renewal else '-'} {row.deadline or '-'} {codes}"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_rows(case: dict[str, Any]) -> None:
    known = portfolio(case.get("policy"))
    clients = [known.clients[key] for key in case.get("clients", known.clients)]
    window = Window(**case["window"]) if "window" in case else None

    for asked in (clients, clients[::-1]):
        assert [line(row) for row in build_rows(known, asked, window, case.get("today", TODAY))] == case[
            "rows"
        ]


def test_notes_on_dates_have_the_day_and_the_path() -> None:
    notes = {(row.client.key, line(row).split()[1]): row.notes[-1] for row in every_row()}

    past = notes["past.example", "old"]
    assert "2026-11-22" in past.message
    assert past.path == ("clients", "past.example", "renewals", "old", "date")
    passed = notes["zeta.example", "Content"]
    assert "2026-11-05" in passed.message
    assert passed.path == ("clients", "zeta.example", "renewals", "Content", "date")
    assert notes["none.example", "-"].path == ("clients", "none.example")


def test_the_note_never_confirmed_is_not_shown_on_the_row() -> None:
    (row,) = every_row(["none.example"])
    assert [note.code for note in row.notes] == ["no-recipient", "never-confirmed", "no-renewal-date"]
    assert [note.code for note in row.row_notes] == ["no-recipient", "no-renewal-date"]


def test_the_recipients_of_a_row_are_those_notified_and_those_copied() -> None:
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
    ("email", "clients"),
    [
        ("pat@zeta.example", {"zeta.example", "past.example"}),
        (" PAT@Zeta.example ", {"zeta.example", "past.example"}),
        ("rui@agency.example", {"alfa.example"}),
        ("ana@agency.example", {"zeta.example", "past.example", "also-none.example"}),
        ("nobody@agency.example", set()),
    ],
)
def test_rows_can_be_filtered_by_recipient(email: str, clients: set[str]) -> None:
    everything = every_row()
    found = rows_for_recipient(everything, email)
    assert {row.client.key for row in found} == clients
    assert found == tuple(row for row in everything if row.client.key in clients)


def test_rows_without_a_recipient_are_found_even_if_a_user_would_be_copied() -> None:
    found = without_recipient(every_row())
    assert [(row.client.key, line(row).split()[1]) for row in found] == [
        ("beta.example", "One"),
        ("beta.example", "Two"),
        ("none.example", "-"),
    ]


def test_digests_are_sorted_by_address_and_keep_the_order_of_rows() -> None:
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


def test_a_digest_can_be_selected_by_any_spelling_of_the_address() -> None:
    everything = every_row()
    assert build_digests(everything, " Rui@AGENCY.example") == tuple(
        digest for digest in build_digests(everything) if digest.email == "rui@agency.example"
    )
    assert build_digests(everything, "nobody@agency.example") == ()
    assert build_digests(()) == ()


def test_the_default_window_has_the_policys_days_both_ends_included() -> None:
    assert default_window(Policy(), TODAY) == Window(TODAY, date(2027, 3, 23), "renewal")
    assert default_window(Policy(horizon_days=0), TODAY) == Window(TODAY, TODAY, "renewal")
    assert default_window(Policy(horizon_days=3660), date.max) == Window(date.max, date.max, "renewal")


def test_the_first_and_last_day_of_the_calendar_are_supported() -> None:
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
