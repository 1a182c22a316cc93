"""Test cells with errors, placeholders, lost zeros and lost letters."""

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renewctl.domain.edit.import_texts import Doubtful, Placeholder
from renewctl.domain.edit.rows import ImportRow
from renewctl.domain.identifiers import compose, trim
from renewctl.errors import BadInput
from renewctl.exchange.cells import (
    explain_odd_text,
    is_placeholder,
    read_cell,
    read_contacts,
    read_text,
    restore_text,
)
from renewctl.exchange.rows import ReadRows, read_client_rows
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.fields import COLUMNS, Kind
from renewctl.model import Contact

FILE = "list.xlsx"
ERROR = BadCell("#N/A", "the cell shows the error #N/A", "clear the cell")


def sheet(columns: str, *rows: tuple[Cell, ...]) -> Sheet:
    """Return the sheet ``S`` of a workbook, with its header in row 1."""
    return Sheet(tuple(columns.split()), tuple(SheetRow(at, row) for at, row in enumerate(rows, 2)), name="S")


def read(columns: str, *rows: tuple[Cell, ...], **options: Any) -> ReadRows[ImportRow]:
    """Return the rows of such a sheet."""
    return read_client_rows(sheet(columns, *rows), FILE, mapping={}, **options)


# A partner user is read only if there is an owner; a client can be alone.
NEIGHBORS = {"client": "", "notify": " client owner"}


@pytest.mark.parametrize("name", COLUMNS)
def test_an_error_is_not_blank_in_any_column(name: str) -> None:
    columns = name + NEIGHBORS.get(name, " client")
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
        read_contacts(ERROR, "billing")
    with pytest.raises(BadInput, match="shows the error"):
        read_text(ERROR)


def test_an_error_in_an_unused_column_is_ignored() -> None:
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
def test_text_converted_to_a_date_or_boolean_is_refused(name: str, cell: Cell, what: str) -> None:
    columns = name + NEIGHBORS.get(name, " client")
    [problem] = read(columns, (cell, "a.example", None)[: len(columns.split())]).problems

    assert problem.message == f"the spreadsheet converted the text of the cell to {what}"
    assert problem.hint == "format the column as text in the spreadsheet, then enter the value again"
    assert problem.column == 1


def test_a_number_in_a_text_column_stays_a_number() -> None:
    [row] = read("client name product", (4411223, 123, 1.5)).rows

    assert (row.client, row.values) == ("4411223", {"name": 123, "product": 1.5})


def test_rows_with_problems_are_kept_to_check_their_clients() -> None:
    found = read("client hub_id renewal", ("nowhere", "x", None), ("a.example", 1, "soon"), (None, "y", None))

    assert [(row.client, row.unread, row.values) for row in found.rows] == [
        ("nowhere", True, {}),
        ("a.example", True, {}),
    ]
    assert sorted((problem.line, problem.column) for problem in found.problems) == [
        (2, 2), (3, 3), (4, 1), (4, 2),
    ]  # fmt: skip


def test_a_partly_converted_column_is_refused_with_all_problems() -> None:
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
def test_a_placeholder_is_blank_in_columns_that_are_not_text(kind: Kind) -> None:
    text = kind in {Kind.TEXT, Kind.NAME, Kind.ADDRESS}

    assert all(is_placeholder(each, kind) for each in EVERYWHERE)
    assert {is_placeholder(each, kind) for each in ELSEWHERE} == {not text}
    assert not any(is_placeholder(each, kind) for each in NOWHERE)


def test_placeholders_have_one_note_per_column() -> None:
    found = read(
        "Client Renewal Billing Product",
        ("a.example", "TBD", "não tem", "-"),
        ("b.example", " TBD\u200b", "–", "TBC"),
        ("c.example", "–", "c@c.example", None),
        ("-", None, None, None),
    )

    assert found.notes == (
        "column 'Client': 1 cell with '-' treated as blank",
        "column 'Billing': 1 cell with 'não tem' and 1 cell with '–' treated as blank",
        "column 'Product': 1 cell with '-' treated as blank",
        "column 'Renewal': 2 cells with 'TBD' and 1 cell with '–' treated as blank",
    )
    assert [row.values for row in found.rows] == [
        {"product": Placeholder("-")},
        {"product": "TBC"},
        {"billing": (Contact("c@c.example"),)},
    ]
    assert [problem.message for problem in found.problems] == ["the row has no client: '-'"]


# Text in the wrong encoding


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("BraganÃ§a", "'BraganÃ§a' is probably 'Bragança' in the wrong encoding"),
        ("SÃ£o Paulo", "'SÃ£o Paulo' is probably 'São Paulo' in the wrong encoding"),
        ("MÃ¼ller GmbH", "'MÃ¼ller GmbH' is probably 'Müller GmbH' in the wrong encoding"),
        ("ä¼šç¤¾", "'ä¼šç¤¾' is probably '会社' in the wrong encoding"),
        ("â‚¬ 5", "'â‚¬ 5' is probably '€ 5' in the wrong encoding"),
        ("Bragan\ufffda", "'Bragan\ufffda' lost letters in the wrong encoding"),
        ("M\x81ller", r"'M\x81ller' lost letters in the wrong encoding"),
    ],
)
def test_text_in_the_wrong_encoding_is_found(text: str, message: str) -> None:
    found, hint = explain_odd_text(text)

    assert found == message
    assert hint == "export the table again as CSV UTF-8"


@pytest.mark.parametrize(
    "text",
    [
        "Bragan?a", "Bragança", "SÃO PAULO", "PÃO DE AÇÚCAR", "IRMÃ", "ÂNGELA", "MAÇÃ", "Nestlé®", "L’Oréal",
        "CAMÕES’", "Łódź", "Müller", "会社", "¿Qué?", "½ Ltda", "Açaí & Cia", "“SÃO JOÃO”", "VOCÊ",
        "İstanbul",
        "Zażółć gęślą jaźń", "ŻÓŁW", "株式会社ＡＢＣ", "Größe", "Ø", "Ἀθῆναι", "Привет", "🎉 Ltda", "",
    ],
)  # fmt: skip
def test_correct_text_in_any_language_is_accepted(text: str) -> None:
    assert explain_odd_text(text) == ("", "")


REAL_WORDS = """Ação Conceição São João Irmãos Côrte-Real Peña Muñoz Núñez Íñigo Güell Œuvres cœur façade Noël
    Hôtel garçon Straße Müller Größe Übung Bjørn Ærø Łódź Żółć GŻEGŻÓŁKA gęś źdźbło Świętokrzyska AÇÚCAR
    PADARIA ÉTÉ & . , -"""
WORDS = st.lists(st.sampled_from(REAL_WORDS.split()), min_size=1).map(" ".join)


@given(WORDS)
def test_words_of_the_seven_languages_are_accepted(text: str) -> None:
    assert explain_odd_text(text) == ("", "")


ACCENTS = "áàâãäåæçéèêëíîïñóòôõöøœúùûüýÿßąćęłńóśźżčďěňřšťůž¿¡"
LETTERS = st.text(st.sampled_from("aeiounrst-." + ACCENTS + ACCENTS.upper())).map(lambda text: f"A{text}")


@given(WORDS | LETTERS, st.sampled_from(["cp437", "cp850", "cp852"]))
@example("L’Oréal – “São João” 5 €", "cp850")
@example("Men’s", "cp437")
@example("¿Qué?", "cp850")
@example("Č", "cp852")
def test_utf_8_read_in_the_code_page_of_a_console_is_found(text: str, page: str) -> None:
    """Law: text with accents is found, with the right text; what stays the same is accepted."""
    text = compose(trim(text))
    misread = text.encode().decode(page)
    found, hint = explain_odd_text(compose(trim(misread)))

    assert bool(found) == (misread != text)
    if found:
        assert "in the wrong encoding" in found
        assert "--out FILE" in hint
        assert restore_text(misread) == text or page != "cp850"


@pytest.mark.parametrize(
    "text",
    [
        "├─ item", "├── a\n│   └── São João", "┌──┬──┐\n│ á│ é│\n└──┴──┘", "═══ João ═══", "João ─ Lisboa",
        "╔═╗ Ação", "█▓▒░ 75 %", "株式会社─本社", "Ана ─ Москва", "Αθήνα │ Πάτρα", "■ Conceição ■", "Côte│é",
        "Íñigo", "ÔÇA", "šťáva", "πΓΔ", "Ελλάδα", "Ромашка", "Їжак", "日本語のメモ", "ﾊﾟｰﾃｨｰ",
        "Việt Nam", "한국어",
    ],
)  # fmt: skip
def test_drawings_and_other_languages_are_accepted(text: str) -> None:
    assert explain_odd_text(text) == ("", "")


BOXES = st.text(st.sampled_from("─│┌┐└┘├┤┬┴┼═║╔╗╚╝█▓▒░ "), max_size=6).map(lambda box: f" {box} ")


@given(st.lists(WORDS, min_size=1, max_size=4), BOXES)
@example(["item"], " ─┐ ")
def test_boxes_between_words_are_accepted(words: list[str], box: str) -> None:
    """Law: characters for boxes that touch no letter do not make a text odd."""
    assert explain_odd_text(box + box.join(words)) == ("", "")


def test_odd_text_is_doubtful_and_refused_as_a_client() -> None:
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
def test_every_cell_is_read_or_reported(rows: list[tuple[Cell, ...]]) -> None:
    """A filled cell is a value, a problem, counted in a note, or unused."""
    try:
        found = read(" ".join(COLUMNS), *rows)
    except BadInput:
        return
    answered = {(row.line, name) for row in found.rows for name in ({*row.values} | {"client"})}
    columns = list(COLUMNS)
    wrong = {(problem.line, columns[problem.column - 1]) for problem in found.problems}
    bad_lines = {line for line, _ in wrong}
    quiet: Counter[str] = Counter()
    totals = " ".join(note for note in found.notes if note.startswith("totals are skipped"))
    for line, row in enumerate(rows, 2):
        if re.search(rf"\b{line}\b", totals.partition("(")[0]):
            continue
        for name, cell in zip(columns, row, strict=True):
            filled = isinstance(cell, BadCell) or read_text(cell) != ""
            is_reported = name in found.unused or (line, name) in answered | wrong
            if filled and not is_reported and line not in bad_lines:
                assert isinstance(cell, str)
                quiet[name] += 1
    for name, number in quiet.items():
        # "; " alone is not a contact.
        texts = Counter(read_text(row[columns.index(name)]) for row in rows)
        blank = number - sum(n for text, n in texts.items() if not text.strip("; ,/|・、；，\n\r\t"))
        assert blank <= 0 or any(note.startswith(f"column {name!r}: ") for note in found.notes)
