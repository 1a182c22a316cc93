"""Test typed dates and durations, deadlines, and windows."""

import re
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.dates import (
    DAY_FORMS,
    Window,
    deadline_of,
    parse_day,
    parse_span,
    plus_months,
    shift_days,
)
from renewctl.errors import UsageError
from renewctl.model import Renewal

TABLE = tomli.loads((Path(__file__).parent.parent / "data" / "dates.toml").read_text("utf-8"))


def cases(kind: str) -> list[Any]:
    """Return today, text, the date or None, and the last date or None, per line."""
    found = []
    for group in TABLE[kind]:
        found += [
            (group["today"], c["text"], c["is"] or None, c.get("last", c["is"] or None))
            for c in group["text"]
        ]
        found += [(group["today"], text, None, None) for text in group["refused"]]
    return found


@pytest.mark.parametrize(("today", "text", "is_", "last"), cases("day"))
def test_dates_are_read_as_in_the_table(today: date, text: str, is_: date | None, last: date | None) -> None:
    if is_ is None:
        for end in (False, True):
            with pytest.raises(UsageError) as caught:
                parse_day(text, today, option="--from", end=end)
            assert caught.value.message == f"--from: {text!r} is not a valid date"
            if not re.search(r"[0-9][-/.][0-9]{4}$", text):
                assert caught.value.hint.replace(" or ", ", ").endswith(DAY_FORMS)
    else:
        assert parse_day(text, today, option="--from") == is_
        assert parse_day(text, today, option="--to", end=True) == last


@pytest.mark.parametrize(("today", "text", "is_", "_last"), cases("span"))
def test_durations_are_read_as_in_the_table(today: date, text: str, is_: date | None, _last: object) -> None:
    if is_ is None:
        with pytest.raises(UsageError) as caught:
            parse_span(text, today, option="--within")
        assert caught.value.message == f"--within: {text!r} is not a valid duration"
        assert caught.value.hint == "use a duration such as 120d, 6w, 3m or 1y"
    else:
        assert parse_span(text, today, option="--within") == is_


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("31/12/2027", "2027-12-31"),
        ("12.31.2027", "2027-12-31"),
        ("5-5-2027", "2027-05-05"),
        ("03/04/2027", "2027-03-01"),  # either of two days
        ("31/02/2027", "2027-03-01"),
        ("40/40/2027", "2027-03-01"),
    ],
)
def test_a_date_with_the_year_last_is_suggested_in_the_right_order(text: str, example: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_day(text, date(2026, 11, 23))
    assert caught.value.message == f"{text!r} is not a valid date"
    assert caught.value.hint == f"use YYYY-MM-DD, for example {example}"


def test_a_duration_beyond_the_calendar_is_refused() -> None:
    for text in ("1d", "1w", "1m", "1y"):
        with pytest.raises(UsageError):
            parse_span(text, date.max, option="--within")


@pytest.mark.parametrize("form", DAY_FORMS.split(", "))
def test_every_form_in_the_hint_is_read(form: str) -> None:
    parse_day(form, date(2026, 11, 23), option="--from")


@given(
    st.text(max_size=12) | st.from_regex(r"[+-]?[0-9]{1,7}[dwmyhq]|[0-9]{4}-[0-9q]{1,2}", fullmatch=True),
    st.dates(),
)
def test_any_text_is_a_date_or_a_usage_error(text: str, today: date) -> None:
    for end in (False, True):
        with suppress(UsageError):
            assert type(parse_day(text, today, option="--from", end=end)) is date
    with suppress(UsageError):
        assert parse_span(text, today, option="--within") >= today


@pytest.mark.parametrize("case", TABLE["deadline"], ids=lambda case: str(case["renewal"]))
def test_deadlines_are_as_in_the_table(case: dict[str, Any]) -> None:
    renewal = Renewal(case["renewal"], deadline=case.get("own"))
    assert deadline_of(renewal, case.get("days", 45)) == case["is"]


@pytest.mark.parametrize(
    ("day", "months", "is_"),
    [(group["day"], c["months"], c["is"]) for group in TABLE["months"] for c in group["cases"]],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, is_: date) -> None:
    assert plus_months(day, months) == is_


def test_months_beyond_the_calendar_overflow() -> None:
    assert plus_months(date(1, 2, 1), -1) == date(1, 1, 1)
    assert plus_months(date(9999, 11, 30), 1) == date(9999, 12, 30)
    for day, months in (
        (date.max, 1),
        (date.min, -1),
        (date(2027, 1, 1), 12 * 10**6),
        (date(2027, 1, 1), -(12 * 10**6)),
    ):
        with pytest.raises(OverflowError):
            plus_months(day, months)


@given(st.dates(), st.integers(-(10**7), 10**7))
def test_shift_days_stays_within_the_calendar(day: date, days: int) -> None:
    try:
        assert shift_days(day, days) == day + timedelta(days=days)
    except OverflowError:
        assert shift_days(day, days) == (date.max if days > 0 else date.min)


RENEWAL, DEADLINE = date(2027, 3, 1), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("on", "inside"),
    [("renewal", RENEWAL), ("deadline", DEADLINE)],
    ids=["on the renewal", "on the deadline"],
)
def test_a_window_includes_its_first_and_last_day(on: Any, inside: date) -> None:
    day = timedelta(days=1)
    assert Window(inside, inside, on).holds(RENEWAL, DEADLINE)
    assert Window(inside - day, inside, on).holds(RENEWAL, DEADLINE)
    assert Window(inside, inside + day, on).holds(RENEWAL, DEADLINE)
    assert not Window(inside + day, date.max, on).holds(RENEWAL, DEADLINE)
    assert not Window(date.min, inside - day, on).holds(RENEWAL, DEADLINE)
    assert not Window(inside + day, inside, on).holds(RENEWAL, DEADLINE)


def test_a_window_is_about_renewal_dates_by_default() -> None:
    assert Window(RENEWAL, RENEWAL).holds(RENEWAL, DEADLINE)
    assert not Window(DEADLINE, DEADLINE).holds(RENEWAL, DEADLINE)
