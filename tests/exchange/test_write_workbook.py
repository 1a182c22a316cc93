"""Test written workbooks: typed values, plain text, equal bytes, limits."""

import sys
import time
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.reading import read_sheet
from renewctl.errors import BadInput, MissingExtra
from renewctl.exchange import write_workbook as module
from renewctl.exchange.write_workbook import MOST_CHARACTERS, Content, write_workbook
from renewctl.installation import install_command
from workbooks import open_sheet, read_back

AS_OF = date(2026, 11, 23)
DAY = date(2027, 3, 1)


def written(*rows: tuple[Any, ...], **options: Any) -> bytes:
    """Return a workbook with these rows."""
    columns = tuple(f"column {at}" for at in range(len(rows[0]))) if rows else ("column 0",)
    return write_workbook(Content("Clients", columns, rows, **options), AS_OF)


def test_a_value_keeps_its_type() -> None:
    data = written((DAY, 7, -22, True, "text", None, ["a@b.example", "c@d.example"], ()))
    row = read_back(data)[1]

    assert row == (
        datetime.fromisoformat("2027-03-01"),
        7,
        -22,
        True,
        "text",
        None,
        "a@b.example; c@d.example",
        None,
    )
    formats = [cell.number_format for cell in open_sheet(data)[2]]
    assert formats == ["yyyy-mm-dd", "0", "0", "@", "@", "@", "@", "@"]


TEXTS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "{=1}", '=HYPERLINK("https://a.example")', "https://a.example"),
    *("mailto:a@b.example", "00123", "3/4", "1e5", "5%", "TRUE", "2027-03-01", "#N/A", " space ", "a\nb"),
    *("a\tb", "\x1b[2J", "\0", "<b>&\"'", "日本語 🎉", "\u202eabc"),
    *("x" * MOST_CHARACTERS, "🎉" * (MOST_CHARACTERS // 2)),
)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_text_stays_text(text: str) -> None:
    assert read_back(written((text,)))[1] == (text,)


@example("_x0041_")
@example("'=1")
@example("\r\n=1\r")
@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=20))
def test_import_reads_the_same_texts(text: str) -> None:
    rows = read_sheet(written((text, "x")), "f.xlsx").rows

    assert [row.cells[0] for row in rows] == [text.strip() or None]


@pytest.mark.parametrize("number", [0, 10**15 - 1, 1 - 10**15])
def test_import_reads_the_same_numbers(number: int) -> None:
    assert read_sheet(written((number,)), "f.xlsx").rows[0].cells == (number,)


@pytest.mark.parametrize(
    ("value", "text"),
    [(10**15, str(10**15)), (date(1900, 2, 28), "1900-02-28"), (date.min, "0001-01-01")],
)
def test_values_that_a_spreadsheet_would_change_are_text(value: object, text: str) -> None:
    assert read_back(written((value,)))[1] == (text,)


@pytest.mark.parametrize("day", [date(1900, 3, 1), DAY, date.max])
def test_other_dates_are_dates(day: date) -> None:
    assert read_sheet(written((day,)), "f.xlsx").rows[0].cells == (day,)


# ---------------------------------------------------------------- layout


def test_the_header_is_frozen_bold_and_has_filters() -> None:
    sheet = open_sheet(written(("a", "b"), ("c", "d")))

    assert sheet.title == "Clients"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert [cell.font.b for cell in sheet[1]] == [True, True]
    assert [cell.font.b for cell in sheet[2]] == [False, False]


def test_a_column_is_as_wide_as_its_content_up_to_a_limit() -> None:
    sheet = open_sheet(written(("a", "x" * 30, "x" * 500, "日" * 10, "a\n" + "b" * 25)))

    widths = [int(column.width) for column in sheet.column_dimensions.values()]
    assert widths == [12, 31, 60, 21, 26]


def test_a_row_without_recipients_is_colored_and_has_nobody() -> None:
    rows = (("a", ["x@a.example"], None), ("b", [], None), ("c", ["y@c.example"], "z"))
    sheet = open_sheet(written(*rows, alarm="column 1"))

    assert [cell.value for cell in sheet["B"]] == ["column 1", "x@a.example", "NOBODY", "y@c.example"]
    coloured = [{cell.fill.start_color.rgb for cell in row} for row in sheet.iter_rows()]
    assert coloured == [{"00000000"}, {"00000000"}, {"FFFFC7CE"}, {"00000000"}]


def test_without_rows_there_is_only_the_header() -> None:
    assert read_back(written()) == [("column 0",)]


# ---------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Sao_Paulo"])
def test_the_same_content_and_date_give_the_same_bytes(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = written(("a", DAY))
    monkeypatch.setenv("TZ", zone)
    time.tzset()

    assert written(("a", DAY)) == expected
    created = openpyxl.load_workbook(BytesIO(expected)).properties.created
    assert created.replace(tzinfo=UTC) == datetime(2026, 11, 23, tzinfo=UTC)
    with ZipFile(BytesIO(expected)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# ---------------------------------------------------------------- limits


def test_every_invalid_text_is_listed_with_row_and_column() -> None:
    rows = [("a", "x" * (MOST_CHARACTERS + 1)), ("b", "fits"), ("\ufffe", "🎉" * (MOST_CHARACTERS // 2 + 1))]
    with pytest.raises(BadInput, match="some texts cannot be saved") as caught:
        written(*rows)

    assert [each.message for each in caught.value.problems] == [
        "a, column 1: the text has 32,768 characters of at most 32,767",
        "\ufffe, column 0: the character U+FFFE is not allowed in a workbook",
        "\ufffe, column 1: the text has 32,768 characters of at most 32,767",
    ]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 3)

    assert len(read_back(written(("a",), ("b",)))) == 3
    with pytest.raises(BadInput, match="4 of at most 3"):
        written(("a",), ("b",), ("c",))


def test_without_the_package_the_hint_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtra, match="xlsxwriter") as caught:
        written(("a",))

    assert caught.value.hint == install_command("xlsxwriter")
