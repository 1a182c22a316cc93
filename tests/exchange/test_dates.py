"""Test columns of dates: the order of day and month is never guessed."""

import re
from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date
from hypothesis import assume, example, given
from hypothesis import strategies as st

from renewctl.domain.identifiers import trim
from renewctl.errors import BadInput
from renewctl.exchange.dates import DateFormat, parse_dates
from renewctl.exchange.spreadsheet import BadCell, Cell

DAY = date(2027, 3, 1)
LOCALES = ("en", "en_GB", "pt", "pt_PT", "es", "es_MX", "fr", "fr_CA", "de", "de_AT", "ja", "pl")


def one(cell: Cell, date_format: DateFormat | None = None) -> date | str | None:
    """Return the date or the message for a cell that is alone in its column."""
    days, problems = parse_dates([(2, cell)], date_format=date_format, column=4)
    if problems:
        assert not days
        assert [(each.line, each.column) for each in problems] == [(2, 4)]
        assert problems[0].hint
        return problems[0].message
    return days.get(2)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime(2027, 3, 1, 23, 59),  # noqa: DTZ001
        datetime(2027, 3, 1, 23, 59, tzinfo=UTC),
        "2027-03-01",
        " 2027-03-01 ",
        "2027/03/01",
        "2027.3.1",
        "2027-3-1",
        "2027-03-01T23:30:00-11:00",
        "2027-03-01T00:30:00+14:00",
        "2027-03-01T00:00:00.000Z",
        "2027-03-01 09:30",
        "2027-03-01 9:30 PM UTC",
        "1803859200000",
        1803859200000,
        1803859200000.0,
        "1803945599999",
        "\u200e2027-03-01\u200b",
        "\u00a02027-03-01\u00a0",
        "1.3.2027",
        "01.03.2027 09:30",
        "1 March 2027",
        "1-Mar-2027",
        "01-MAR-2027",
        "1/Mar/2027",
        "1.Mar.2027",
        "1st of March, 2027",
        "March 1, 2027",
        "March 1,2027",
        "Mar. 1, 2027",
        "March 1st 2027",
        "Mar 1 2027 9:30 AM",
        "2027-Mar-01",
        "2027 March 1",
        "Monday, March 1, 2027",
        "Mon, 1 Mar 2027",
        "1 de março de 2027",
        "1º de março de 2027",
        "1 de mar. de 2027",
        "1/mar/2027",
        "1 MARCO 2027",
        "segunda-feira, 1 de março de 2027",
        "1 de marzo de 2027",
        "1 marzo del 2027",
        "lunes, 1 de marzo de 2027",
        "1er mars 2027",
        "lundi 1er mars 2027",
        "1. März 2027",
        "1. Mär. 2027",
        "Montag, 1. März 2027",
        "2027年3月1日",
        "2027年03月01日",
        "２０２７年３月１日",
        "2027年3月1日(月)",
        "2027年3月1日 月曜日",
        "1 marca 2027",
        "1 marca 2027 r.",
        "1 marzec 2027",
        "1 mar 2027",
    ],
)
def test_unambiguous_dates_are_read(cell: Cell) -> None:
    assert one(cell) == one(cell, "dmy") == DAY
    if "." not in str(cell)[:3]:  # with dots the day comes first, which contradicts mdy
        assert one(cell, "mdy") == DAY


@pytest.mark.parametrize(
    ("cell", "date_format", "day"),
    [
        ("01/03/2027", "dmy", DAY),
        ("03/01/2027", "mdy", DAY),
        ("1.3.2027", "dmy", DAY),
        ("3-1-2027", "mdy", DAY),
        ("01/03/2027 09:30", "dmy", DAY),
        ("03/01/2027, 9:30 AM", "mdy", DAY),
        ("31/12/2027", None, date(2027, 12, 31)),
        ("12/31/2027", None, date(2027, 12, 31)),
        ("05/05/2027", None, date(2027, 5, 5)),
        ("29/02/2028", None, date(2028, 2, 29)),
        ("315532800000", None, date(1980, 1, 1)),
        (None, None, None),
        ("", "dmy", None),
    ],
)
def test_dates_with_the_year_last_are_read(
    cell: Cell, date_format: DateFormat | None, day: date | None
) -> None:
    assert one(cell, date_format) == day


@pytest.mark.parametrize(
    ("cell", "date_format", "message"),
    [
        ("03/04/2027", None, "'03/04/2027' can be 2027-04-03 or 2027-03-04"),
        ("13/04/2027", "mdy", "'13/04/2027' does not match --date-format mdy"),
        ("04/13/2027", "dmy", "'04/13/2027' does not match --date-format dmy"),
        ("13/13/2027", None, "'13/13/2027' is not a valid date"),
        ("30/02/2027", None, "'30/02/2027' is not a valid date"),
        ("29/02/2027", "dmy", "'29/02/2027' is not a valid date"),
        ("00/00/0000", None, "'00/00/0000' is not a valid date"),
        ("2027-02-30", None, "'2027-02-30' is not a valid date"),
        ("2027-13-01", None, "'2027-13-01' is not a valid date"),
        ("0000-01-01", None, "'0000-01-01' is not a valid date"),
        ("01/03/27", "dmy", "'01/03/27' has a two-digit year"),
        ("27-03-01", None, "'27-03-01' has a two-digit year"),
        ("3.13.2027", None, "'3.13.2027' is not a valid date"),
        ("1.3.2027", "mdy", "'1.3.2027' does not match --date-format mdy"),
        ("1-Mar-27", None, "'1-Mar-27' has a two-digit year"),
        ("March 1, 27", None, "'March 1, 27' has a two-digit year"),
        ("31 Feb 2027", None, "'31 Feb 2027' is not a valid date"),
        ("2027年2月31日", None, "'2027年2月31日' is not a valid date"),
        ("Mar 2027", None, "'Mar 2027' is not a valid date"),
        ("Mar-27", None, "'Mar-27' is not a valid date"),
        ("March 12027", None, "'March 12027' is not a valid date"),
        ("1 Foo 2027", None, "'1 Foo 2027' is not a valid date"),
        ("1 March or April 2027", None, "'1 March or April 2027' is not a valid date"),
        ("Foo, 1 March 2027", None, "'Foo, 1 March 2027' is not a valid date"),
        ("Tue, 1 Mar 2027", None, "'Tue, 1 Mar 2027' has the wrong day of the week: 2027-03-01 is a Monday"),
        (
            "2027年3月1日(火)",
            None,
            "'2027年3月1日(火)' has the wrong day of the week: 2027-03-01 is a Monday",
        ),
        (BadCell("#N/A", "the cell shows the error #N/A", "clear it"), None, "the cell shows the error #N/A"),
        ("2027-03/01", None, "'2027-03/01' is not a valid date"),
        ("2027-03", None, "'2027-03' is not a valid date"),
        ("2027-03-01 or so", None, "'2027-03-01 or so' is not a valid date"),
        ("31/12/2027 (tbc)", None, "'31/12/2027 (tbc)' is not a valid date"),
        ("31/12/27 (tbc)", None, "'31/12/27 (tbc)' is not a valid date"),
        ("soon", None, "'soon' is not a valid date"),
        ("٢٠٢٧-٠٣-٠١", None, "'٢٠٢٧-٠٣-٠١' is not a valid date"),
        ("x" * 99, None, f"'{'x' * 39}…' is not a valid date"),
        (45000, None, "'45000' is a plain number, not a date"),
        (45000.0, None, "'45000' is a plain number, not a date"),
        (45000.5, None, "'45000.5' is a plain number, not a date"),
        ("45000.0", None, "'45000.0' is a plain number, not a date"),
        ("45000,5", None, "'45000,5' is a plain number, not a date"),
        ("20270301", None, "'20270301' is a plain number, not a date"),
        ("1803859200", None, "'1803859200' is a plain number, not a date"),
        (-1803859200000, None, "'-1803859200000' is a plain number, not a date"),
        (18038592000000, None, "'18038592000000' is a plain number, not a date"),
        (True, None, "True is not a valid date"),
    ],
)
def test_ambiguous_dates_are_refused(cell: Cell, date_format: DateFormat | None, message: str) -> None:
    assert one(cell, date_format) == message


@pytest.mark.parametrize(("deciding", "month"), [("15/04/2027", 4), ("04/15/2027", 3), ("15-04-2027", 4)])
def test_one_value_shows_the_order_of_the_column(deciding: str, month: int) -> None:
    cells = [(2, "03/04/2027"), (3, deciding), (4, "05/05/2027"), (5, "2027-12-31"), (6, None)]

    days, problems = parse_dates(cells, date_format=None)

    assert problems == ()
    assert sorted(days) == [2, 3, 4, 5]
    assert days[2].month == month


@pytest.mark.parametrize("other", ["15.04.2027", "15 April 2027", "15/Apr/2027", DAY])
def test_dates_in_other_forms_do_not_show_the_order(other: Cell) -> None:
    days, problems = parse_dates([(2, "03/04/2027"), (3, other)], date_format=None)

    assert list(days) == [3]
    assert [problem.line for problem in problems] == [2]


@given(st.dates(date(1000, 1, 1)), st.sampled_from(LOCALES), st.sampled_from(["medium", "long", "full"]))
def test_dates_in_words_are_read_in_each_language(day: date, locale: str, form: str) -> None:
    text = format_date(day, form, locale)
    assume(re.search(r"[^\W\d]|\.", text))  # with other separators the order is ambiguous

    assert one(text) == day, text


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([date(2027, 1, 3), "13/03/2027"],
         "line 3 is still '13/03/2027', so line 2, now 2027-01-03, may have been 2027-03-01"),
        ([date(2027, 1, 3), "03/13/2027"], "still '03/13/2027'"),
        ([date(2027, 1, 3), "13-03-2027", "14-03-2027"], "still '13-03-2027'"),
        ([date(2027, 1, 3), "13/03/27"], "still '13/03/27'"),
        ([datetime(2027, 1, 3), " 13/03/2027\u200b", "soon", None], "now 2027-01-03"),  # noqa: DTZ001
        (["01/02/2027", "13/03/2027", date(2027, 5, 5), date(2027, 1, 3)], "line 5, now 2027-01-03"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("date_format", [None, "dmy", "mdy"])
def test_a_partly_converted_column_is_refused_once(
    cells: list[Cell], message: str, date_format: DateFormat | None
) -> None:
    with pytest.raises(BadInput) as caught:
        parse_dates([*enumerate(cells, 2)], date_format=date_format, column=4)

    [problem] = caught.value.problems
    assert message in problem.message
    assert (problem.column, problem.line) == (4, cells.index(typed(cells)) + 2)
    assert "export it again" in problem.hint


def typed(cells: list[Cell]) -> Cell:
    """Return the first typed date that changes if day and month are swapped."""
    return next(cell for cell in cells if isinstance(cell, date) and cell.day != cell.month)


@pytest.mark.parametrize(
    "cells",
    [
        [date(2027, 1, 3), date(2027, 1, 13), "13/03/2027"],  # not swapped: a day is above 12
        [date(2027, 1, 3), "03/04/2027"],  # a spreadsheet would have converted this text
        [date(2027, 1, 3), "13/03/2027", "03/13/2027"],
        [date(2027, 5, 5), "13/03/2027"],
        [date(2027, 1, 3), "13.03.2027", "13 March 2027", "2027-03-13", "45000"],
        ["13/03/2027", "14/03/2027"],
        [date(2027, 1, 3), date(2027, 2, 3)],
    ],
)
def test_a_column_that_can_be_typed_is_read_cell_by_cell(cells: list[Cell]) -> None:
    days, problems = parse_dates([*enumerate(cells, 2)], date_format=None)

    assert len(days) + len(problems) == len(cells)


def test_dates_that_are_the_same_in_both_orders_show_no_order() -> None:
    days, problems = parse_dates([(2, "05/05/2027"), (3, "03/04/2027")], date_format=None)

    assert days == {2: date(2027, 5, 5)}
    assert [problem.line for problem in problems] == [3]


def test_a_nonexistent_date_shows_no_order() -> None:
    days, problems = parse_dates([(2, "30/02/2027"), (3, "03/04/2027")], date_format=None)

    assert days == {}
    assert [problem.line for problem in problems] == [2, 3]


def test_a_column_with_both_orders_is_ambiguous() -> None:
    cells = [(9, "03/04/2027"), (3, "15/04/2027"), (4, "04/16/2027"), (5, "04/03/2027"), (6, "17/04/2027")]

    days, problems = parse_dates(cells, date_format=None)

    assert days == {3: date(2027, 4, 15), 4: date(2027, 4, 16), 6: date(2027, 4, 17)}
    assert [problem.line for problem in problems] == [5, 9]
    assert problems[1].message == (
        "'03/04/2027' can be 2027-04-03 or 2027-03-04; the column uses both orders:"
        " 15/04/2027 in line 3 and 04/16/2027 in line 4"
    )
    assert problems[1].hint == "add --date-format dmy if the day comes first, otherwise --date-format mdy"


@given(st.lists(st.dates(), min_size=1), st.sampled_from(["dmy", "mdy"]))
def test_dates_in_the_given_order_are_read_back(days: list[date], order: str) -> None:
    form = "{0.day:02}/{0.month:02}/{0.year:04}" if order == "dmy" else "{0.month:02}/{0.day:02}/{0.year:04}"

    found, problems = parse_dates(
        [(row, form.format(day)) for row, day in enumerate(days)], date_format=order
    )

    assert problems == ()
    assert found == dict(enumerate(days))


CELLS = st.one_of(
    st.none(),
    st.text(),
    st.text("0123456789/-.: TZ"),
    st.builds(
        "{}{}{}{}{}".format,
        *[st.sampled_from(["1", "13", "2027", " ", "/", ".", "-", "Mar", "de", "月"])] * 5,
    ),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@example(["\r"], None)  # blank as well
@given(st.lists(CELLS), st.sampled_from([None, "dmy", "mdy"]))
def test_every_cell_is_a_date_a_problem_or_blank(cells: list[Cell], date_format: DateFormat | None) -> None:
    numbered = list(enumerate(cells, 2))

    try:
        days, problems = parse_dates(numbered, date_format=date_format)
    except BadInput:  # partly converted columns have their own test
        return
    blank = {row for row, cell in numbered if cell is None or (isinstance(cell, str) and not trim(cell))}
    wrong = [problem.line for problem in problems]
    assert wrong == sorted(set(wrong))
    assert sorted([*days, *wrong, *blank]) == [row for row, _ in numbered]
    assert all(type(day) is date for day in days.values())
    assert all(problem.hint for problem in problems)
