"""Test reading rows from tables and JSON Lines, with all problems."""

from datetime import date
from typing import Any

import pytest

from exchange.reading import read_sheet
from renewctl.domain.edit.rows import ImportRow, OverrideRow
from renewctl.errors import BadInput, Problem
from renewctl.exchange.json_lines import is_jsonl
from renewctl.exchange.json_lines import read_override_lines as json_rows_of
from renewctl.exchange.rows import ReadRows, read_client_rows, read_override_list, read_override_rows
from renewctl.exchange.sheets import DEFAULTS
from renewctl.exchange.spreadsheet import Sheet
from renewctl.model import Contact

FILE = "roster.csv"


def sheet(*lines: str) -> Sheet:
    """Return a table from lines with cells separated by ``|``."""
    return read_sheet("\n".join(lines).encode(), FILE, delimiter="|")


def entries(*lines: str, mapping: dict[str, str] | None = None, **options: Any) -> ReadRows[ImportRow]:
    """Return client and values of the rows, without the places of columns."""
    read = read_client_rows(sheet(*lines), FILE, mapping=mapping or {}, **options)
    return read._replace(rows=tuple(entry._replace(places={}) for entry in read.rows))


def places(problems: tuple[Problem, ...]) -> list[tuple[int, int, str]]:
    """Return line, column and message of each problem, in the order of the file."""
    assert {problem.file for problem in problems} <= {FILE}
    return sorted((problem.line, problem.column, problem.message) for problem in problems)


FULL = ImportRow(
    FILE,
    2,
    "acme.example",
    {
        "name": "Acme",
        "hub_id": 4411223,
        "primary": (Contact("p@acme.example", "Paula Reis"),),
        "billing": (Contact("a@acme.example"), Contact("b@acme.example", "B")),
        "decision_maker": (Contact("p@acme.example"),),
        "renewal": date(2027, 3, 1),
        "product": "Hub",
        "deadline": date(2027, 1, 15),
        "owner": "partner",
        "notify": "Ana Souza",
        "note": "why",
    },
)
VALUES = (
    "acme.example|Acme|4411223|Paula Reis <p@acme.example>|a@acme.example; B <b@acme.example>"
    "|p@acme.example|2027-03-01|Hub|2027-01-15|{}|Ana Souza|why"
)


@pytest.mark.parametrize(
    ("header", "owner"),
    [
        (
            "client|name|hub_id|primary|billing|decision-maker|renewal|product|deadline|owner|notify|note",
            "partner",
        ),
        (
            "COMPANY DOMAIN NAME|Company name|HubSpot account ID|Primary contact|Billing contact(s)|"
            "Decision Maker|Renewal date|Products|Renewal deadline|Renewal owner|Partner user|Note",
            "Partner",
        ),
        (
            "Domínio|Nome da empresa|ID do portal|Contato principal|Contato de faturamento|"
            "Tomador de decisoes|Data de renovação|Produto|"
            "Prazo de renovação|Proprietário da renovação|Usuário parceiro|Note",
            "Parceiro",
        ),
        (
            "Kundendomain|Unternehmen|Portal ID|Hauptkontakt|Abrechnungskontakte|Entscheidungsträger|"
            "Verlängerungsdatum|Produkte|Verlängerungsfrist|"
            "Zuständigkeit für die Verlängerung|Kundenbetreuer|Note",
            "Partner",
        ),
    ],
)
def test_columns_are_matched_by_name_and_cells_are_read(header: str, owner: str) -> None:
    assert entries(header, VALUES.format(owner)) == ReadRows((FULL,))


def test_columns_can_be_in_any_order() -> None:
    header = "client|name|hub_id|primary|billing|decision-maker|renewal|product|deadline|owner|notify|note"
    lines = ["|".join(reversed(line.split("|"))) for line in (header, VALUES.format("partner"))]

    assert entries(*lines).rows == (FULL,)


def test_blank_cells_have_no_value() -> None:
    found = entries(
        "client|name|hub ID|primary|billing|renewal|deadline|owner|notify|note", "a.example||  |;|"
    )

    assert found == ReadRows((ImportRow(FILE, 2, "a.example"),))


def test_unused_columns_are_listed_by_name() -> None:
    found = entries("Record ID|client|Current MRR||Company owner", "1|a.example|5||Ana")

    assert found.unused == ("Record ID", "Current MRR", "Company owner")
    assert found.rows == (ImportRow(FILE, 2, "a.example"),)


def test_a_mapping_selects_a_column() -> None:
    found = entries(
        "client|Conta|Site", "Acme Ltda|Paula|a.example", mapping={"client": "site", "name": "client"}
    )

    assert found == ReadRows((ImportRow(FILE, 2, "a.example", {"name": "Acme Ltda"}),), unused=("Conta",))


def test_ambiguous_columns_are_refused() -> None:
    with pytest.raises(BadInput) as caught:
        entries("name|owner|renewal owner", "a|b|c")

    assert [(problem.line, problem.file) for problem in caught.value.problems] == [(1, FILE)] * 2


def test_all_problems_of_all_rows_are_listed_with_their_cells() -> None:
    found = entries(
        "client|hub_id|primary|billing|renewal|deadline|owner",
        "a.example|x|nobody|a@a.example; b; c|soon|45000|Ana Souza",
        "b.example|1|b@b.example|||2027-01-01|hubspot",
        "c.example|4,41E+06|||2027-02-30||",
    )

    assert [(line, column) for line, column, _ in places(found.problems)] == [
        (2, 2), (2, 3), (2, 4), (2, 4), (2, 5), (2, 6), (2, 7), (4, 2), (4, 5),
    ]  # fmt: skip
    messages = [message for _, _, message in places(found.problems)]
    for part, message in zip(
        ["'x'", "'nobody'", "'b'", "'c'", "'soon'", "'45000'", "'Ana Souza'", "dropped", "2027-02-30"],
        messages,
        strict=True,
    ):
        assert part in message
    assert [(entry.line, entry.unread) for entry in found.rows] == [(2, True), (3, False), (4, True)]


def test_a_row_with_an_invalid_date_is_unread() -> None:
    found = entries("client|renewal|deadline", "a.example|2027-03-01|soon", "b.example|soon|", "c.example||")

    assert [entry.client for entry in found.rows if not entry.unread] == ["c.example"]
    assert [(line, column) for line, column, _ in places(found.problems)] == [(2, 3), (3, 2)]


def test_dates_are_read_by_column() -> None:
    found = entries(
        "client|renewal|deadline",
        "a.example|03/04/2027|05/06/2027",
        "b.example|13/04/2027|",
        "c.example||07/06/2027",
    )

    # The 13th shows the order for the renewals only.
    assert [(line, column) for line, column, _ in places(found.problems)] == [(2, 3), (4, 3)]
    good = [entry for entry in found.rows if not entry.unread]
    assert [entry.values["renewal"] for entry in good] == [date(2027, 4, 13)]


def test_the_order_of_dates_can_be_given() -> None:
    lines = ("client|renewal|deadline", "a.example|03/04/2027|01/02/2027")
    dmy, mdy = (entries(*lines, date_format=order).rows[0].values for order in ("dmy", "mdy"))

    assert (dmy["renewal"], dmy["deadline"]) == (date(2027, 4, 3), date(2027, 2, 1))
    assert (mdy["renewal"], mdy["deadline"]) == (date(2027, 3, 4), date(2027, 1, 2))


def test_a_filled_row_without_a_client_is_a_problem() -> None:
    found = entries("name|client|hub_id", "Acme||", "||", "Beta|b.example|")

    assert places(found.problems) == [(2, 2, "the row has no client: 'Acme'")]
    assert [(entry.line, entry.client) for entry in found.rows] == [(4, "b.example")]


def test_a_row_without_a_client_is_quoted_up_to_forty_characters() -> None:
    long = f"Notes: {'x' * 34}"
    found = entries("client|hub_id|city", f"|{long}|", f"||{long[:40]}", "|7|Porto")

    assert [problem.message for problem in found.problems if "client" in problem.message] == [
        f"the row has no client: '{long[:39]}…'",
        f"the row has no client: '{long[:40]}'",
        "the row has no client: '7, Porto'",
    ]


def test_a_row_without_a_client_and_with_an_invalid_cell_has_two_problems() -> None:
    found = entries("client|hub_id", "|x")

    assert [(line, column) for line, column, _ in places(found.problems)] == [(2, 1), (2, 2)]


def test_rows_pass_the_tracker_once_and_in_order() -> None:
    seen: list[int] = []

    def track(rows: Any) -> Any:
        for row in rows:
            seen.append(row.number)
            yield row

    assert len(entries("client", "a.example", "b.example", track=track).rows) == 2
    assert seen == [2, 3]


# Overrides from a table


def test_a_list_of_overrides_is_read() -> None:
    found = read_override_rows(
        sheet("Client|Name|Owner|Notify|Note", "a.example|A|partner|ana|'=why", "", "b.example"), FILE
    )

    places = {"client": 1, "name": 2, "owner": 3, "notify": 4, "note": 5}
    assert found.rows == (
        OverrideRow(FILE, 2, "a.example", "partner", "ana", "=why", places),
        OverrideRow(FILE, 4, "b.example", places=places),
    )


def test_notify_and_note_are_optional() -> None:
    assert read_override_rows(sheet("owner|client", "default|a.example"), FILE).rows == (
        OverrideRow(FILE, 2, "a.example", "default", places={"owner": 1, "client": 2}),
    )


@pytest.mark.parametrize("lines", ["Vinhos do Vale, Lda.\nb.example\n", "b.example\nVale, Lda.\n"])
def test_in_a_list_without_settings_a_name_can_have_a_comma(lines: str) -> None:
    with pytest.raises(BadInput, match="lists clients but no settings"):
        read_override_list(lines.encode(), FILE, DEFAULTS)


def test_a_report_of_who_is_refused_with_a_hint() -> None:
    from renewctl.render.who_columns import COLUMNS

    for columns in (COLUMNS, [" Client", "OWNER", "Rule ", "TO"]):
        with pytest.raises(BadInput) as caught:
            read_override_rows(sheet("|".join(columns), "a.example"), FILE)
        assert "a report of renewctl who" in caught.value.message
        assert "renewctl client list -o csv" in caught.value.hint


@pytest.mark.parametrize(
    ("header", "message"), [("client|notify", "no column for the renewal owner"), ("owner|note", "")]
)
def test_a_list_needs_client_and_owner(header: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_override_rows(sheet(header, "a.example|b"), FILE)
    assert message in caught.value.message


def test_a_table_with_a_line_break_in_a_cell_is_not_a_list() -> None:
    with pytest.raises(BadInput) as caught:
        read_override_list(b'Domain name here,Who,Why\na.example,hubspot,"one\ntwo"\n', FILE, DEFAULTS)
    assert "lists clients but no settings" not in caught.value.message


# Overrides from JSON Lines


def json_rows(*lines: str) -> tuple[OverrideRow, ...]:
    """Return the rows of the lines."""
    return json_rows_of("\n".join(lines).encode(), FILE)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"client"', True),
        (b'\xef\xbb\xbf \r\n{"', True),
        ('\ufeff{"client"'.encode("utf-16-le"), True),
        ('\ufeff{"client"'.encode("utf-16-be"), True),
        (b"\xff\xfe{", False),
        (b"client,owner", False),
        (b"", False),
        (b"[{", False),
    ],
)
def test_json_lines_are_recognized(data: bytes, expected: bool) -> None:
    assert is_jsonl(data) is expected


def test_json_lines_are_read_with_bom_crlf_and_blank_lines() -> None:
    data = (
        b'\xef\xbb\xbf{"client": "a.example", "owner": "partner", "notify": "ana",'
        b' "note": "why", "x-me": 1}'
        b'\r\n\r\n{"client": "b.example", "owner": "default"}\r\n'
        b'{"client": "M\xc3\xbcller", "owner": "hubspot"}'
    )

    assert json_rows_of(data, FILE) == (
        OverrideRow(FILE, 1, "a.example", "partner", "ana", "why"),
        OverrideRow(FILE, 3, "b.example", "default"),
        OverrideRow(FILE, 4, "Müller", "hubspot"),
    )


def test_null_is_blank() -> None:
    line = '{"client": "a.example", "owner": null, "notify": null, "note": null}'

    assert json_rows(line) == (OverrideRow(FILE, 1, "a.example"),)


@pytest.mark.parametrize("source", ["default", "none"])
def test_a_client_that_follows_the_default_has_owner_default(source: str) -> None:
    line = '{"client": "a.example", "name": "A", "hub_id": 1, "owner": "hubspot", "source": "?"}'
    line = line.replace("?", source)

    assert json_rows(line) == (OverrideRow(FILE, 1, "a.example", "default"),)


def test_a_client_with_an_override_keeps_it() -> None:
    line = '{"client": "a.example", "source": "override", "owner": "hubspot", "notify": "ana", "note": null}'

    assert json_rows(line) == (OverrideRow(FILE, 1, "a.example", "hubspot", "ana"),)


def test_all_invalid_lines_are_listed() -> None:
    with pytest.raises(BadInput) as caught:
        json_rows(
            '{"client": "a.example", "owner": "hubspot"}',
            '{"client": "a.example",',
            '["a.example"]',
            '{"owner": "hubspot"}',
            '{"client": "", "owner": "hubspot"}',
            '{"client": 5, "owner": "hubspot"}',
            '{"client": "a.example", "owner": true, "notfy": "ana"}',
            '{"client": "a.example", "x-mine": [1]}',
            "[" * 100_000,
        )

    problems = caught.value.problems
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 6, 7, 7, 9]
    assert {problem.file for problem in problems} == {FILE}
    messages = [problem.message for problem in problems]
    assert messages[0].startswith("not valid JSON")
    assert messages[1] == messages[2] == messages[3] == "not an object with the key client"
    assert messages[4:7] == ["client must be text", "unknown key 'notfy'", "owner must be text"]


def test_json_lines_that_are_not_utf8_are_refused() -> None:
    data = '{"client": "a.example", "owner": "hubspot", "note": "João"}'.encode("cp1252")

    with pytest.raises(BadInput):
        json_rows_of(data, FILE)


def test_a_repeated_key_is_refused() -> None:
    with pytest.raises(BadInput):
        json_rows('{"client": "a.example", "owner": "hubspot", "owner": "default"}')
