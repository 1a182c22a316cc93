"""The timeline: cases in ``tests/data/timeline.toml``, its drawing, and laws."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from renewctl.domain.dates import Window
from renewctl.domain.report import ReportRow, build_rows, filter_rows, twelve_months, without_recipient
from renewctl.domain.timeline import MOST_MONTHS, Month, build_timeline
from renewctl.domain.validate import read_portfolio
from renewctl.model import Client, Owner, Portfolio
from renewctl.render.result import Result
from renewctl.render.terminal import draw
from renewctl.render.timeline import draw_months

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "timeline.toml").read_text("utf-8"))
CASES: list[dict[str, Any]] = TABLE["case"]
TODAY: date = TABLE["today"]
LAW = hypothesis_settings(max_examples=hypothesis_settings().max_examples // 2)


def portfolio(data: dict[str, Any]) -> Portfolio:
    """Return the portfolio of the data."""
    reading = read_portfolio(data)
    assert not reading.problems
    return reading.portfolio


def written(month: Month) -> str:
    """Return a month as the cases write it."""
    owners = f"{month.hubspot}+{month.partner}+{month.no_owner}"
    return (
        f"{month.name} {month.renewals}={owners} ✗{month.without_recipient} {month.deadlines}/{month.passed}"
    )


def short(found: tuple[ReportRow, ...]) -> list[str]:
    """Return rows as the cases write them."""
    return [f"{row.client.key} {(row.renewal.product or repr('')) if row.renewal else '-'}" for row in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case_has_the_listed_months(case: dict[str, Any]) -> None:
    known, today = portfolio(TABLE["store"]), case.get("today", TODAY)
    clients = [known.clients[key] for key in case.get("clients", known.clients)]
    window = Window(**case["window"]) if "window" in case else None
    found = build_timeline(build_rows(known, clients, None, today), window, today)

    assert [written(month) for month in found.months] == case["months"]
    apart = {"past": found.past, "undated": found.undated, "outside": found.outside}
    assert {key: sorted(short(some)) for key, some in apart.items()} == {
        key: sorted(case[key]) for key in apart
    }


def test_a_row_is_included_if_only_its_deadline_is_in_the_window() -> None:
    known = portfolio(TABLE["store"])
    everything = build_rows(known, known.clients.values(), None, TODAY)
    found = build_timeline(everything, Window(date(2026, 10, 17), date(2026, 10, 17)), TODAY)
    assert short(without_recipient(found.rows)) == ["vacant.example ''", "undated.example -"]
    assert "part.example far" not in short(found.rows)


@pytest.mark.parametrize(
    ("today", "start", "end"),
    [
        (date(2026, 11, 23), date(2026, 11, 1), date(2027, 10, 31)),
        (date(2027, 3, 1), date(2027, 3, 1), date(2028, 2, 29)),
        (date(9999, 6, 15), date(9999, 6, 1), date.max),
    ],
)
def test_the_default_window_is_twelve_whole_months(today: date, start: date, end: date) -> None:
    assert twelve_months(today) == Window(start, end)


@pytest.mark.parametrize(("end", "expected"), [(date(2029, 12, 31), MOST_MONTHS), (date(2030, 1, 1), 1)])
def test_empty_months_are_left_out_of_a_long_span(end: date, expected: int) -> None:
    data = {
        "clients": {"a.example": {"renewals": [{"date": date(2027, 1, 5), "deadline": date(2027, 1, 5)}]}}
    }
    known = portfolio(data)
    found = build_timeline(
        build_rows(known, known.clients.values(), None, TODAY), Window(date(2027, 1, 1), end), TODAY
    )
    assert len(found.months) == expected


def lines(months: list[Month], width: int) -> list[str]:
    """Return the lines drawn at a width."""
    answer = Result({}, screen=lambda width: draw_months(months, TODAY, width))
    return draw(answer, width, colour=False).splitlines()


def test_bars_are_scaled_down_only_if_they_do_not_fit() -> None:
    months = [Month(date(2027, 1, 1), hubspot=40, partner=7, deadlines=30)]
    fits = max(map(len, lines(months, 500)[:2]))
    note = "Each symbol is up to"
    assert not any(note in found for found in lines(months, fits))
    assert lines(months, fits - 1)[-1] == f"{note} 2 renewals or deadlines."
    assert "█" * 20 + "▒" * 4 + " 47" in lines(months, fits - 1)[1]


COUNTS = st.integers(0, 3000) | st.integers(0, 5)
MONTHS = st.lists(
    st.builds(
        Month,
        st.integers(0, 11).map(lambda month: date(2027, month + 1, 1)),
        hubspot=COUNTS,
        partner=COUNTS,
        no_owner=st.integers(0, 2),
        deadlines=COUNTS,
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda month: month.first,
).map(lambda months: sorted(months, key=lambda month: month.first))


@LAW
@given(MONTHS, st.integers(48, 220))
def test_every_bar_fits_and_every_owner_has_a_symbol(months: list[Month], width: int) -> None:
    found = lines(months, width)
    drawn_months = [line for line in found if line[:4] == "2027"]
    assert [line[:7] for line in drawn_months] == [month.name for month in months]
    assert max(map(len, drawn_months)) <= width
    for line, month in zip(drawn_months, months, strict=True):
        symbols = [glyph in line for glyph in "█▒?▪"]
        assert symbols == [n > 0 for n in (month.hubspot, month.partner, month.no_owner, month.deadlines)]


def test_the_first_and_last_day_of_the_calendar_are_supported() -> None:
    renewals = [{"date": date.min, "product": "x"}, {"date": date.max, "product": "y"}]
    known = portfolio({"clients": {"a.example": {"renewals": renewals}}})
    for today in (date.min, date.max):
        everything = build_rows(known, known.clients.values(), None, today)
        for window in (None, twelve_months(today), Window(date.min, date.max), Window(date.max, date.max)):
            found = build_timeline(everything, window, today)
            assert found.months


# Few days, so that they often equal each other, today or the end of a window.
DAYS = st.integers(-8, 40).map(lambda fortnights: TODAY + timedelta(days=15 * fortnights))
CLIENTS = st.fixed_dictionaries(
    {},
    optional={
        "contacts": st.just([{"email": "x@a.example", "roles": ["primary"]}]),
        "override": st.fixed_dictionaries(
            {"owner": st.sampled_from([*map(str, Owner)])}, optional={"notify": st.just("u@p.example")}
        ),
        "renewals": st.lists(
            st.fixed_dictionaries(
                {"date": DAYS, "product": st.sampled_from("STU")}, optional={"deadline": DAYS}
            ),
            max_size=3,
            unique_by=lambda item: item["product"],
        ),
    },
)
STORES = st.fixed_dictionaries(
    {"clients": st.dictionaries(st.sampled_from(["a.example", "b.example", "c.example"]), CLIENTS)},
    optional={"defaults": st.just({"owner": "hubspot", "notify": "u@p.example"})},
)
WINDOWS = st.none() | st.builds(
    lambda one, other, on: Window(min(one, other), max(one, other), on),
    DAYS,
    DAYS | st.just(date.max),
    st.sampled_from(["renewal", "deadline"]),
)


@LAW
@given(STORES, WINDOWS)
def test_every_row_is_in_a_month_or_listed_apart(data: dict[str, Any], window: Window | None) -> None:
    known = portfolio(data)
    everything = build_rows(known, known.clients.values(), None, TODAY)
    found = build_timeline(everything, window, TODAY)
    drawn = sum(month.renewals for month in found.months)

    assert drawn + len(found.past) + len(found.undated) + len(found.outside) == len(everything)
    assert all(row.renewal and row.renewal.day < TODAY for row in found.past)
    assert all(row.renewal and row.renewal.day >= TODAY for row in found.outside)
    if window is None or window.on == "renewal":
        shown = filter_rows(everything, window, TODAY)
        assert drawn + len(found.past) + len(found.undated) == len(shown)


@LAW
@given(STORES, WINDOWS)
def test_filtering_the_rows_of_all_dates_gives_the_rows_of_a_window(
    data: dict[str, Any], window: Window | None
) -> None:
    known = portfolio(data)
    clients: list[Client] = list(known.clients.values())
    assert filter_rows(build_rows(known, clients, None, TODAY), window, TODAY) == build_rows(
        known, clients, window, TODAY
    )


@LAW
@given(STORES, WINDOWS)
def test_every_deadline_in_the_window_and_every_row_without_a_recipient_is_counted(
    data: dict[str, Any], window: Window | None
) -> None:
    known = portfolio(data)
    everything = build_rows(known, known.clients.values(), None, TODAY)
    found = build_timeline(everything, window, TODAY)
    days = window or Window(date.min, date.max)
    inside = [row for row in everything if row.deadline and days.start <= row.deadline <= days.end]

    assert sum(month.deadlines for month in found.months) == len(inside)
    assert {id(row) for row in inside} <= {id(row) for row in found.rows}
    assert {id(row) for row in filter_rows(everything, window, TODAY)} <= {id(row) for row in found.rows}
    gaps = sum(month.without_recipient for month in found.months)
    assert gaps <= len(without_recipient(found.rows))
    numbers = [month.number for month in found.months]
    assert numbers == sorted(set(numbers))
