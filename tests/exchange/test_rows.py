"""Test reading single cells: ambiguous values are refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.errors import BadInput
from renewctl.exchange.cells import read_cell, read_contacts, read_text
from renewctl.exchange.spreadsheet import Cell
from renewctl.fields import Kind
from renewctl.model import Owner


@pytest.mark.parametrize(
    ("cell", "words"),
    [(None, ""), ("", ""), (" a ", "a"), (2027, "2027"), (1.5, "1.5"), (date(2027, 3, 1), "2027-03-01")],
)
def test_any_cell_has_a_text(cell: Cell, words: str) -> None:
    assert read_text(cell) == words


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        (None, []),
        ("", []),
        (" ; \n ", []),
        ("p@acme.example", [("", "p@acme.example")]),
        ("Paula Reis <p@acme.example>", [("Paula Reis", "p@acme.example")]),
        ("Paula Reis<P@Acme.example >", [("Paula Reis", "P@Acme.example")]),
        ("<p@acme.example>", [("", "p@acme.example")]),
        ('" Paula " <p@acme.example>', [("Paula", "p@acme.example")]),
        ('" <p@acme.example>', [('"', "p@acme.example")]),
        ("p@acme.example, ,\u00a0,", [("", "p@acme.example")]),
        ('"Reis; Paula" <p@acme.example>', [("Reis; Paula", "p@acme.example")]),
        ("Reis, Paula <p@acme.example>", [("Reis, Paula", "p@acme.example")]),
        ('"Reis, Paula" <p@a.example>, r@a.example', [("Reis, Paula", "p@a.example"), ("", "r@a.example")]),
        ("p@acme.example;r@acme.example", [("", "p@acme.example"), ("", "r@acme.example")]),
        ("p@acme.example\r\nr@acme.example\n", [("", "p@acme.example"), ("", "r@acme.example")]),
        ("p@acme.example, Rui <r@acme.example>,", [("", "p@acme.example"), ("Rui", "r@acme.example")]),
        ("Reis, Paula <p@a.example>; r@a.example, s@a.example",
         [("Reis, Paula", "p@a.example"), ("", "r@a.example"), ("", "s@a.example")]),
        ("p@acme.example; Paula <P@ACME.example>; p@acme.example", [("Paula", "p@acme.example")]),
        ("Paula <p@acme.example>; Other <p@acme.example>", [("Paula", "p@acme.example")]),
        ("p@acme.example <p@acme.example>", [("p@acme.example", "p@acme.example")]),
        ("a@x.test", [("", "a@x.test")]),
        ("Paula Reis (paula@acme.example)", [("Paula Reis", "paula@acme.example")]),
        ("Reis, Paula (CFO) (p@a.example)", [("Reis, Paula (CFO)", "p@a.example")]),
        ("Paula (p@a.example), Rui (r@a.example)", [("Paula", "p@a.example"), ("Rui", "r@a.example")]),
        ("(p@a.example)", [("", "p@a.example")]),
        ("mailto:p@a.example", [("", "p@a.example")]),
        ("Paula <MAILTO:p@a.example?subject=Hi>", [("Paula", "p@a.example")]),
        ("p@a.example/r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example / r@a.example / ", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example | r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example e r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("Paula <p@a.example> E Rui <r@a.example>", [("Paula", "p@a.example"), ("Rui", "r@a.example")]),
        ("p@a.example y r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example and r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example und r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example et r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example i r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example & r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example、r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("p@a.example・r@a.example；s@a.example",
         [("", "p@a.example"), ("", "r@a.example"), ("", "s@a.example")]),
        ("p@a.example, r@a.example e s@a.example",
         [("", "p@a.example"), ("", "r@a.example"), ("", "s@a.example")]),
        ("p@a.example, and r@a.example", [("", "p@a.example"), ("", "r@a.example")]),
        ("Reis, Paula <p@a.example> / Costa, Rui <r@a.example>",
         [("Reis, Paula", "p@a.example"), ("Costa, Rui", "r@a.example")]),
        ("Silva & Costa <p@a.example>", [("Silva & Costa", "p@a.example")]),
        ("Ana e Rui <p@a.example>, r@a.example", [("Ana e Rui", "p@a.example"), ("", "r@a.example")]),
        ('"a@b / c@d" <p@a.example>', [("a@b / c@d", "p@a.example")]),
        ('"a@b e c@d" <p@a.example> e r@a.example', [("a@b e c@d", "p@a.example"), ("", "r@a.example")]),
        ("Paul/Ana <p@a.example>", [("Paul/Ana", "p@a.example")]),
        ("ポール・レイス <p@a.example>", [("ポール・レイス", "p@a.example")]),
        ("sales/emea@a.example", [("", "sales/emea@a.example")]),
        ("\u200bp@a.example\u200b; \ufeffr@a.example\u00a0", [("", "p@a.example"), ("", "r@a.example")]),
        ("Zoë\u00a0<zoe@acme.example>", [("Zoë", "zoe@acme.example")]),
    ],
)  # fmt: skip
def test_contacts_are_read(cell: Cell, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.email) for person in read_contacts(cell, "billing")] == people


@pytest.mark.parametrize(
    ("cell", "wrong", "hint"),
    [
        ("Paula Reis", ["Paula Reis"], ""),
        ("p@acme@example", ["p@acme@example"], "separate addresses with ;"),
        ("p@a.example r@a.example", ["p@a.example r@a.example"], "separate addresses with ;"),
        ("p@a.example / Rui", ["p@a.example / Rui"], ""),
        ("p@a.example and Rui", ["p@a.example and Rui"], ""),
        ("p@a.example (r@a.example)", ["p@a.example (r@a.example)"], "separate addresses"),
        ("p@a.example (Paula)", ["p@a.example (Paula)"], ""),
        ("p@a.example, x/y@a.example", ["p@a.example, x"], ""),
        ("mailto:Paula", ["Paula"], ""),
        (
            "Reis, Paula <p@a.example>, Costa, Rui <r@a.example>",
            ["Reis, Paula <p@a.example>, Costa, Rui <r@a.example>"],
            "separate addresses",
        ),
        ("Paula <p@a.example> (CFO)", ["Paula <p@a.example> (CFO)"], ""),
        ("Paula <>", [""], ""),
        ("p@a", ["p@a"], "write one address"),
        ('" <p@a', ['" <p@a'], ""),
        ("ok@a.example; nope; p@a", ["nope", "p@a"], ""),
        ("a\0@b.example", ["a\0@b.example"], ""),
        (4411223, ["4411223"], ""),
        (True, ["True"], ""),
    ],
)
def test_invalid_addresses_are_refused(cell: Cell, wrong: list[str], hint: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_contacts(cell, "billing")

    assert [each.message for each in caught.value.problems] == [
        f"billing: {each!r} is not a valid email address" for each in wrong
    ]
    assert caught.value.message == caught.value.problems[0].message
    assert caught.value.hint.startswith(hint)
    assert all(each.hint for each in caught.value.problems)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        (4411223, 4411223),
        (4411223.0, 4411223),
        ("4411223", 4411223),
        (" 4411223 ", 4411223),
        ("4411223.0", 4411223),
        ("4411223,00", 4411223),
        ("4.411223E+06", 4411223),
        ("4,411223e6", 4411223),
        ("1", 1),
        (999_999_999_999_999, 999_999_999_999_999),
    ],
)
def test_a_hub_id_with_all_digits_is_read(cell: Cell, number: int | None) -> None:
    assert read_cell(cell, Kind.HUB_ID) == number


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("4.411.223", "separators"),
        ("4,411,223", "separators"),
        ("4 411 223", "separators"),
        ("4\u00a0411\u00a0223", "separators"),
        ("4'411'223", "separators"),
        ("441.223", "separators"),
        ("441.000", "separators"),
        ("4.41E+06", "dropped"),
        ("4.4112E+06", "dropped"),
        ("4E+06", "dropped"),
        ("4.4112231E+06", "dropped"),
        (4411223.5, "dropped"),
        (4.41e20, "dropped"),
        (10**15, ""),
        ("4.411.223 (old)", ""),
        ("4.411223E+06 (old)", ""),
        ("0", ""),
        ("-4411223", ""),
        (-1, ""),
        ("0044", ""),
        ("acme.example", ""),
        ("٤٤١", ""),
        (True, ""),
        (date(2027, 3, 1), ""),
        (float("inf"), ""),
        ("9" * 5000, ""),
    ],
)
def test_an_ambiguous_hub_id_is_refused(cell: Cell, why: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_cell(cell, Kind.HUB_ID)

    assert "is not a hub ID" in caught.value.message
    assert [word for word in ("separators", "dropped") if word in caught.value.message] == why.split()
    assert ("as text" in caught.value.hint) is (why == "dropped")
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("HubSpot", Owner.HUBSPOT),
        ("hub spot", Owner.HUBSPOT),
        ("ＨｕｂＳｐｏｔ", Owner.HUBSPOT),
        ("partner", Owner.PARTNER),
        (" Partner ", Owner.PARTNER),
        ("Parceiro", Owner.PARTNER),
        ("Socio", Owner.PARTNER),
        ("Partenaire", Owner.PARTNER),
        ("パートナー", Owner.PARTNER),
        ("ﾊﾟｰﾄﾅｰ", Owner.PARTNER),
        ("default", "default"),
        ("Set default", "default"),
        ("Padrão", "default"),
        ("padrao", "default"),
        ("predeterminado", "default"),
        ("Par défaut", "default"),
        ("Standard", "default"),
        ("domyślny", "default"),
        ("デフォルト", "default"),
    ],
)
def test_owners_are_recognized_in_every_language(cell: Cell, value: Owner | str | None) -> None:
    assert read_cell(cell, Kind.OWNER) == value


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("hubpsot", "did you mean hubspot?"),
        ("Parceira", "did you mean partner?"),
        ("Ana Souza", "use hubspot, partner or default"),
        ("-", "use hubspot, partner or default"),
        (True, "use hubspot, partner or default"),
        (1, "use hubspot, partner or default"),
    ],
)
def test_invalid_owners_are_refused(cell: Cell, hint: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_cell(cell, Kind.OWNER)

    assert caught.value.message.endswith("is not a valid owner")
    assert caught.value.hint == hint


CELLS = st.one_of(
    st.none(),
    st.text(),
    st.text('a@b.example<>",; \n'),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
)


@given(CELLS)
def test_arbitrary_cells_are_read_or_refused(cell: Cell) -> None:
    for what in (Kind.HUB_ID, Kind.OWNER, "billing"):
        try:
            if isinstance(what, Kind):
                read_cell(cell, what)
            else:
                read_contacts(cell, what)
        except BadInput as error:
            answer = (error.message, error.hint)
        else:
            answer = ("nothing", "needed")
        assert all(answer)


@pytest.mark.parametrize("sign", ["'", "*", "-", "#", "=", "•", "´"])
def test_an_address_with_a_pasted_sign_is_refused(sign: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_contacts(f"{sign}p@acme.example", "primary")

    assert "begins with an extra character" in caught.value.message
    assert caught.value.hint == "write p@acme.example"


def test_a_cell_with_too_many_addresses_is_refused() -> None:
    with pytest.raises(BadInput, match="120,000 characters"):
        read_contacts("a@b.example;" * 10_000, "primary")
