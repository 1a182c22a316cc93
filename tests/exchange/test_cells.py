"""Cells that have no value, or not the one that was typed: errors, placeholders, lost zeros and letters."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.edit.import_texts import Doubtful, Placeholder
from renewctl.errors import BadInput
from renewctl.exchange.cells import explain_odd_text, is_placeholder, read_cell, read_people, read_text
from renewctl.exchange.rows import ClientRows, read_client_rows
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.fields import COLUMNS, Kind
from renewctl.model import Contact

FILE = "list.xlsx"
ERROR = BadCell("#N/A", "the cell shows the error #N/A", "clear the cell")


def sheet(columns: str, *rows: tuple[Cell, ...]) -> Sheet:
    """Return the sheet ``S`` of a workbook, with its header in row 1."""
    return Sheet(tuple(columns.split()), tuple(SheetRow(at, row) for at, row in enumerate(rows, 2)), name="S")


def read(columns: str, *rows: tuple[Cell, ...], **options: Any) -> ClientRows:
    """Return the rows of such a sheet."""
    return read_client_rows(sheet(columns, *rows), FILE, mapping={}, **options)


# A partner user is read only beside a column for the owner, a client may be alone.
BESIDE = {"client": "", "notify": " client owner"}


@pytest.mark.parametrize("name", COLUMNS)
def test_an_error_is_never_blank_in_whatever_column(name: str) -> None:
    columns = name + BESIDE.get(name, " client")
    found = read(columns, (ERROR, "a.example", None)[: len(columns.split())])

    [problem] = found.problems
    assert (problem.message, problem.hint) == (ERROR.message, ERROR.hint)
    assert (problem.file, problem.sheet, problem.line, problem.column) == (FILE, "S", 2, 1)
    assert all(row.unread and not row.values for row in found.rows)


@pytest.mark.parametrize("kind", Kind)
def test_an_error_has_no_value_of_any_kind(kind: Kind) -> None:
    with pytest.raises(BadInput, match="shows the error"):
        read_cell(ERROR, kind)
    with pytest.raises(BadInput, match="shows the error"):
        read_people(ERROR, "billing")
    with pytest.raises(BadInput, match="shows the error"):
        read_text(ERROR)


def test_an_error_in_a_column_that_is_not_used_is_no_problem() -> None:
    assert read("client colour", ("a.example", ERROR)).problems == ()


@pytest.mark.parametrize("name", ["client", "name", "product", "notify", "note", "memo"])
@pytest.mark.parametrize(
    ("cell", "what"),
    [
        (date(2026, 3, 4), "the date 2026-03-04"),
        (datetime(2026, 3, 4, 12), "the date 2026-03-04"),  # noqa: DTZ001
        (True, "TRUE"),
        (False, "FALSE"),
    ],
)
def test_text_that_became_a_date_or_a_truth_value_is_refused(name: str, cell: Cell, what: str) -> None:
    columns = name + BESIDE.get(name, " client")
    [problem] = read(columns, (cell, "a.example", None)[: len(columns.split())]).problems

    assert problem.message == f"the spreadsheet has turned the text of the cell into {what}"
    assert problem.hint == "format the column as text in the spreadsheet, then type the cell again"
    assert problem.column == 1


def test_a_number_stays_a_number_until_the_store_is_known_but_for_a_client() -> None:
    [row] = read("client name product", (4411223, 123, 1.5)).rows

    assert (row.client, row.values) == ("4411223", {"name": 123, "product": 1.5})


def test_every_row_with_a_client_is_there_for_its_client_to_be_checked() -> None:
    found = read("client hub_id renewal", ("nowhere", "x", None), ("a.example", 1, "soon"), (None, "y", None))

    assert [(row.client, row.unread, row.values) for row in found.rows] == [
        ("nowhere", True, {}),
        ("a.example", True, {}),
    ]
    assert sorted((problem.line, problem.column) for problem in found.problems) == [
        (2, 2), (3, 3), (4, 1), (4, 2),
    ]  # fmt: skip


def test_a_half_converted_column_is_refused_with_the_problems_of_all_cells() -> None:
    with pytest.raises(BadInput) as caught:
        read(
            "client renewal deadline hub_id",
            ("a.example", date(2027, 1, 3), date(2027, 1, 2), "x"),
            ("b.example", "13/03/2027", "soon", None),
            date_format="dmy",
        )

    assert sorted((each.sheet, each.line, each.column) for each in caught.value.problems) == [
        ("S", 2, 2), ("S", 2, 4), ("S", 3, 3),
    ]  # fmt: skip


# Placeholders


EVERYWHERE = ["-", "–", "—", "--", "n/a", "N/A", "N/D", "n.d.", "TBD", "tbd"]
ELSEWHERE = [
    "TBC",
    "a confirmar",
    "A Confirmar",
    "não tem",
    "nao tem",
    "sin",
    "none",
    "NA",
    "なし",
    "brak",
    "à définir",
]
NOWHERE = ["", "0", "no", "não", "x", "hubspot", "default", "TBD soon", "Sinclair", "."]


@pytest.mark.parametrize("kind", Kind)
def test_a_placeholder_is_blank_where_no_text_is_a_value(kind: Kind) -> None:
    text = kind in {Kind.TEXT, Kind.NAME, Kind.ADDRESS}

    assert all(is_placeholder(each, kind) for each in EVERYWHERE)
    assert {is_placeholder(each, kind) for each in ELSEWHERE} == {not text}
    assert not any(is_placeholder(each, kind) for each in NOWHERE)


def test_placeholders_are_said_once_per_column() -> None:
    found = read(
        "Client Renewal Billing Product",
        ("a.example", "TBD", "não tem", "-"),
        ("b.example", " TBD\u200b", "–", "TBC"),
        ("c.example", "–", "c@c.example", None),
        ("-", None, None, None),
    )

    assert found.remarks == (
        "column 'Client': read 1 cell with '-' as blank",
        "column 'Billing': read 1 cell with 'não tem' and 1 cell with '–' as blank",
        "column 'Product': read 1 cell with '-' as blank",
        "column 'Renewal': read 2 cells with 'TBD' and 1 cell with '–' as blank",
    )
    assert [row.values for row in found.rows] == [
        {"product": Placeholder("-")},
        {"product": "TBC"},
        {"billing": (Contact("c@c.example"),)},
    ]
    assert [problem.message for problem in found.problems] == ["the row names no client: '-'"]


# Text in the wrong encoding


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("BraganÃ§a", "'BraganÃ§a' is probably 'Bragança' in the wrong encoding"),
        ("SÃ£o Paulo", "'SÃ£o Paulo' is probably 'São Paulo' in the wrong encoding"),
        ("MÃ¼ller GmbH", "'MÃ¼ller GmbH' is probably 'Müller GmbH' in the wrong encoding"),
        ("ä¼šç¤¾", "'ä¼šç¤¾' is probably '会社' in the wrong encoding"),
        ("â‚¬ 5", "'â‚¬ 5' is probably '€ 5' in the wrong encoding"),
        ("Bragan\ufffda", "'Bragan\ufffda' has lost letters in the wrong encoding"),
        ("M\x81ller", r"'M\x81ller' has lost letters in the wrong encoding"),
    ],
)
def test_text_in_the_wrong_encoding_is_found(text: str, message: str) -> None:
    found, hint = explain_odd_text(text)

    assert found == message
    assert "--encoding" in hint
    assert "--allow-odd-text" in hint


@pytest.mark.parametrize(
    "text",
    [
        "Bragan?a", "Bragança", "SÃO PAULO", "PÃO DE AÇÚCAR", "IRMÃ", "ÂNGELA", "MAÇÃ", "Nestlé®", "L’Oréal",
        "CAMÕES’", "Łódź", "Müller", "会社", "¿Qué?", "½ Ltda", "Açaí & Cia", "“SÃO JOÃO”", "VOCÊ",
        "İstanbul",
        "Zażółć gęślą jaźń", "ŻÓŁW", "株式会社ＡＢＣ", "Größe", "Ø", "Ἀθῆναι", "Привет", "🎉 Ltda", "",
    ],
)  # fmt: skip
def test_text_of_whatever_language_is_not_taken_for_damaged(text: str) -> None:
    assert explain_odd_text(text) == ("", "")


REAL_WORDS = """Ação Conceição São João Irmãos Côrte-Real Peña Muñoz Núñez Íñigo Güell Œuvres cœur façade Noël
    Hôtel garçon Straße Müller Größe Übung Bjørn Ærø Łódź Żółć GŻEGŻÓŁKA gęś źdźbło Świętokrzyska AÇÚCAR
    PADARIA ÉTÉ & . , -"""
WORDS = st.lists(st.sampled_from(REAL_WORDS.split()), min_size=1).map(" ".join)


@given(WORDS)
def test_words_of_the_seven_languages_are_taken_as_they_are(text: str) -> None:
    assert explain_odd_text(text) == ("", "")


def test_odd_text_is_in_doubt_and_a_client_is_refused() -> None:
    found = read(
        "client name billing note notify owner",
        ("a.example", "BraganÃ§a", "JosÃ© <p@a.example>", "Ã©", "JosÃ©", None),
        ("braganÃ§a.example", None, None, None, None, None),
    )

    [row] = found.rows
    assert {name: type(value) for name, value in row.values.items()} == {
        "name": Doubtful, "billing": Doubtful, "note": Doubtful, "notify": str,
    }  # fmt: skip
    assert row.values["billing"].value == (Contact("p@a.example", "JosÃ©"),)
    assert [(each.line, each.column) for each in found.problems] == [(3, 1)]


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.sampled_from(
        [*EVERYWHERE, *ELSEWHERE, "BraganÃ§a", "2027-03-01", "p@a.example", "partner", "a.example"]
    ),
    st.integers(0, 10**7),
    st.booleans(),
    st.dates(),
    st.just(ERROR),
)


@given(st.lists(st.tuples(*[CELLS] * len(COLUMNS)), max_size=3))
def test_every_cell_is_in_the_answer_or_in_a_message(rows: list[tuple[Cell, ...]]) -> None:
    """Nothing is lost unsaid: a cell that is not blank is a value, a problem, or counted in a remark."""
    try:
        found = read(" ".join(COLUMNS), *rows)
    except BadInput:
        return
    answered = {(row.line, name) for row in found.rows for name in ({*row.values} | {"client"})}
    columns = list(COLUMNS)
    wrong = {(problem.line, columns[problem.column - 1]) for problem in found.problems}
    bad_lines = {line for line, _ in wrong}
    silent: Counter[str] = Counter()
    for line, row in enumerate(rows, 2):
        for name, cell in zip(columns, row, strict=True):
            filled = isinstance(cell, BadCell) or read_text(cell) != ""
            if filled and (line, name) not in answered | wrong and line not in bad_lines:
                assert isinstance(cell, str)
                silent[name] += 1
    for name, number in silent.items():
        people = Counter(read_text(row[columns.index(name)]) for row in rows)  # "; " alone names nobody
        blank = number - sum(n for text, n in people.items() if not text.strip("; ,/|・、；，\n\r\t"))
        assert blank <= 0 or any(remark.startswith(f"column {name!r}: read ") for remark in found.remarks)
