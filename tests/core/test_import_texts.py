"""Test doubtful cells: accepted if the client has the text, otherwise refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.edit.import_texts import Doubtful, Placeholder, settle_texts
from renewctl.domain.validate import read_portfolio
from renewctl.model import Contact

DATA = {
    "clients": {
        "a.example": {
            "name": "00123",
            "contacts": [
                {"email": "p@a.example", "name": "José Conceição", "roles": ["billing"]},
                {"email": "r@a.example", "name": "JosÃ©", "roles": ["billing"]},
            ],
            "renewals": [
                {"date": "2027-03-01", "product": "1.50"},
                {"date": "2027-03-01", "product": "Formação Łódź"},
                {"date": "2027-03-01", "product": "-"},
            ],
            "override": {"owner": "hubspot", "note": "12345678901234567890"},
            "memo": "abc\u200b",
        }
    }
}
CLIENT = read_portfolio(DATA).portfolio.clients["a.example"]
ODD = Doubtful("SÃ£o", "odd", "hint")


@pytest.mark.parametrize(
    ("name", "value", "settled"),
    [
        ("name", 123, "00123"),
        ("name", 123.0, "00123"),
        ("name", "123", "123"),
        ("product", 1.5, "1.50"),
        ("product", "formação łódź", "formação łódź"),
        ("product", Placeholder("-"), "-"),
        ("name", Placeholder("-"), None),
        ("memo", "abc", "abc\u200b"),
        ("hub_id", 7, 7),
        ("billing", (Contact("P@a.example", "José Conceição"),), (Contact("P@a.example", "José Conceição"),)),
        ("billing", Doubtful((Contact("r@a.example", "JosÃ©"),), "odd"), (Contact("r@a.example", "JosÃ©"),)),
        ("name", "What? Ltd", "What? Ltd"),
        ("name", "Bragan?a", "Bragan?a"),
    ],
)
def test_a_text_that_the_client_has_is_accepted(name: str, value: Any, settled: Any) -> None:
    expected = {} if settled is None else {name: settled}

    assert settle_texts(CLIENT, {name: value}, allow_odd=False) == (expected, {})


@pytest.mark.parametrize("client", [CLIENT, None])
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("name", 124, "the number 124 "),
        ("name", 1230, "the number 1230 "),
        ("note", 1.2345678901234567e19, "the number 1.2345678901234567e+19 "),
        ("memo", 0, "the number 0 "),
        ("notify", 7, "the number 7 "),
        ("name", ODD, "odd"),
        ("billing", Doubtful((Contact("p@a.example", "SÃ£o"),), "odd", "hint"), "odd"),
    ],
)
def test_a_doubtful_text_that_the_client_does_not_have_is_refused(
    client: Any, name: str, value: Any, message: str
) -> None:
    settled, bad = settle_texts(client, {name: value}, allow_odd=False)

    assert settled == {}
    assert [*bad] == [name]
    assert message in bad[name].message
    assert bad[name].hint


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("product", "Forma??o ??d?", "Formação Łódź"),
        ("product", "Formação ?ódź", "Formação Łódź"),
        ("product", "FORMA????O  ?d?", "Formação Łódź"),
        ("billing", (Contact("P@a.example", "Jos? Concei??o"),), "José Conceição"),
    ],
)
def test_letters_that_became_question_marks_are_refused(name: str, value: Any, known: str) -> None:
    settled, bad = settle_texts(CLIENT, {name: value}, allow_odd=False)

    assert settled == {}
    assert f"is {known!r} in the data file" in bad[name].message
    assert settle_texts(CLIENT, {name: value}, allow_odd=True) == ({name: value}, {})


def test_the_option_accepts_odd_text_but_not_numbers() -> None:
    assert settle_texts(None, {"name": ODD}, allow_odd=True) == ({"name": "SÃ£o"}, {})
    assert settle_texts(None, {"name": 7}, allow_odd=True)[1]


def test_all_problems_of_a_row_are_listed() -> None:
    _, bad = settle_texts(CLIENT, {"name": 7, "product": ODD, "memo": 8, "note": "why"}, allow_odd=False)

    assert [*bad] == ["name", "product", "memo"]


@given(st.text())
def test_text_of_a_new_client_is_accepted(text: str) -> None:
    assert settle_texts(None, {"name": text}, allow_odd=False) == ({"name": text}, {})


def test_cells_of_unused_overrides_have_no_problems() -> None:
    values = {"note": 7, "notify": Placeholder("-"), "owner": "partner"}

    assert settle_texts(CLIENT, values, allow_odd=False, with_overrides=False) == (
        {"note": "7", "owner": "partner"},
        {},
    )
    assert settle_texts(CLIENT, {"note": ODD}, allow_odd=False, with_overrides=False) == (
        {"note": "SÃ£o"},
        {},
    )
