"""Test columns that are matched by their cells, and the offered commands."""

import csv
import re
import shlex
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.command_line import name_store
from renewctl.domain.edit.rows import ImportRow
from renewctl.errors import BadInput
from renewctl.exchange.columns import MatchedColumns, match_columns
from renewctl.exchange.contents import Content, Contents
from renewctl.exchange.rows import ReadRows, read_client_rows, read_override_rows
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.fields import COLUMNS

FILE = "my clients.csv"


def sheet(*lines: str) -> Sheet:
    """Return a table from lines with cells separated by |."""
    header, *rows = csv.reader(lines, delimiter="|")
    cells = [tuple(cell.strip() or None for cell in row) for row in rows]
    return Sheet(tuple(header), tuple(SheetRow(number, row) for number, row in enumerate(cells, 2)))


def read(table: Sheet, *options: str, with_overrides: bool = False) -> ReadRows[ImportRow]:
    """Return the rows of an import with these --map options, each FIELD=HEADER."""
    mapping = dict(option.split("=", 1) for option in options)
    with name_store(["import", FILE, *(f"--map={option}" for option in options)]):
        return read_client_rows(table, FILE, mapping=mapping, with_overrides=with_overrides)


def paste(text: str) -> list[str]:
    """Return the --map options in a text, as a shell reads them."""
    options = re.findall(r"""--map ((?:'[^']*'|"[^"]*"|[\w@%+=:./-])+)""", text)
    return [word for option in options for word in shlex.split(option)]


# The table; the offers in order.
OFFERED = {
    "Cliente|Domínio|E-mail|Vencimento": (
        "Acme|acme.example|paula@acme.example|01/03/2027\nBeta|beta.example|rui@beta.example|15/03/2027",
        ["primary=E-mail"],
    ),
    "Empresa|Site|Contato|Responsável|Plano": (
        "Acme|www.acme.example|Paula|Ana|Pro\nBeta|http://beta.example/pt|Rui|Ana|Starter",
        ["product=Plano"],
    ),
    "Client|Domain|Billing Contact|Email|Due date|Start date": (
        "Acme|acme.example|fin@acme.example|p@acme.example|2027-03-01|2026-03-01",
        ["primary=Email", "renewal=Due date"],
    ),
    # If two columns fit, both are offered.
    "Domain|Vencimento|Fim do contrato": (
        "acme.example|01/03/2027|28/02/2027\nbeta.example|15/03/2027|14/03/2027",
        ["renewal=Vencimento", "renewal=Fim do contrato"],
    ),
    "Domain|Diretor|Aprovador|Financeiro|Faturamento": (
        "acme.example|d@acme.example|a@acme.example|f@acme.example|g@acme.example",
        ["decision_maker=Diretor", "decision_maker=Aprovador", "billing=Financeiro", "billing=Faturamento"],
    ),
    # Addresses of one domain for several clients are the partner's, not the client's contacts.
    "Domain|Contact|Financeiro": (
        "acme.example|ana@agency.example|fin@agency.example\nbeta.example|rui@agency.example|fin@agency.example",
        [],
    ),
    "Domain|Quem|Quando|Quanto": (
        "acme.example|p@acme.example|2027-03-01|890\nbeta.example|r@beta.example|2027-04-01|45",
        ["primary=Quem", "renewal=Quando"],
    ),
    "Domain|Primary contact|Billing contact|Decision maker|Renewal date|Other people|Last call": (
        "acme.example|p@acme.example|||2027-03-01|x@acme.example|2026-10-01",
        [],
    ),
    # If a column with a certain name has the field, no other is offered for it.
    "Domain|Renewal date|Created|Vencimento": ("acme.example|2027-03-01|2025-01-01|2027-03-01", []),
    "Domain|Decision maker|Diretor": ("acme.example|p@acme.example|d@acme.example", []),
    # Except if it is blank and the name of the other column can mean the field.
    "Domain|Renewal date|Created on|Contract end": (
        "acme.example||2025-01-01|2027-03-01\nbeta.example|TBD|2025-01-01|2027-03-01",
        ["renewal=Contract end"],
    ),
    "Domain|LinkedIn|Profile": (
        "acme.example|linkedin.com/company/acme|crm.example/1\nbeta.example|linkedin.com/company/b|crm.example/2",
        [],
    ),
    # If there are several columns of notes, none is read.
    "Domain|Notes|Comments|# Contrat|Licenses": (
        "acme.example|a|b|12|5\nbeta.example||c|13|7",
        ["memo=Notes", "memo=Comments"],
    ),
    "Domain|Owner|Vendor|Status": ("acme.example|Ana|HubSpot|ok", []),
    "Domain|Client ID|ID|Price": (
        "acme.example|4411223|1|12000\nbeta.example|4411224|2|900",
        ["hub_id=Client ID"],
    ),
    "Domain|HubSpot ID|Account ID": (
        "acme.example|17611259571|5239412083\nbeta.example|17611259572|5239412084",
        [],
    ),
}


@pytest.mark.parametrize(("header", "rows", "offered"), [(key, *value) for key, value in OFFERED.items()])
def test_columns_that_look_like_fields_are_offered(header: str, rows: str, offered: list[str]) -> None:
    table = sheet(header, *rows.split("\n"))

    found = read(table)

    assert [paste(warning)[-1] for warning in found.warnings] == offered
    # All offered commands can be pasted one after the other.
    pasted: list[str] = []
    while found.warnings:
        pasted += paste(found.warnings[0])
        found = read(table, *pasted)
    assert {*pasted} <= {*offered}
    assert {option.partition("=")[0] for option in pasted} == {option.partition("=")[0] for option in offered}
    assert found.problems == ()


# The table; the reasons why partly fitting columns are not read; the offers.
PARTLY = {
    "Kunde|Webseite|Vertragsende|Kündigung bis|Hauptkontakt": (
        "Müller|mueller.example|28.02.2027|30.11.2026|k@mueller.example\nGroß|gross.example|unbefristet||a@gross.example",
        ["'Vertragsende' is not used, because 'unbefristet' is not a full date"],
        ["renewal=Vertragsende"],
    ),
    "Domain|Financeiro": (
        "a.example|fin@a.example\nb.example|idem\nc.example|(a mesma)\nd.example|f@d.example",
        ["'Financeiro' is not used, because 'idem' is not an email address"],
        ["billing=Financeiro"],
    ),
    "Domain|Vencimento|Contract end": (
        "a.example|2027-03-01|2027-03-01\nb.example|rolling|none yet",
        [
            "'Vencimento' is not used, because 'rolling' is not a full date",
            "'Contract end' is not used, because 'none yet' is not a full date",
        ],
        ["renewal=Vencimento", "renewal=Contract end"],
    ),
    # Ambiguous names.
    "Domain|Kündigungsfrist|Contact|Client ID": (
        "a.example|30.11.2026|p@a.example|4411223\nb.example|3 Monate|Rui|C-12",
        [
            "'Kündigungsfrist' is not used, because '3 Monate' is not a full date",
            "'Contact' is not used, because 'Rui' is not an email address",
            "'Client ID' is not used, because 'C-12' is not a hub ID",
        ],
        ["deadline=Kündigungsfrist", "primary=Contact", "hub_id=Client ID"],
    ),
    "Domain|Renewal date|Contract end": (
        "a.example||2027-03-01\nb.example||rolling",
        ["'Contract end' is not used, because 'rolling' is not a full date"],
        ["renewal=Contract end"],
    ),
    # One fitting cell is enough.
    "Domain|Finance": (
        "\n".join([*(f"c{number}.example|ask {number}" for number in range(120)), "d.example|f@d.example"]),
        ["'Finance' is not used, because 'ask 0' is not an email address"],
        ["billing=Finance"],
    ),
    # The decision maker has no column yet; the partner user has one.
    "Domain|Manager": (
        "a.example|Ana\nb.example|r@b.example",
        ["'Manager' is not used, because 'Ana' is not an email address"],
        ["decision_maker=Manager"],
    ),
    # Addresses among other texts are the client's, unless several clients have them.
    "Domain|Accounting": (
        "a.example|f@a.example\nb.example|same",
        ["'Accounting' is not used, because 'same' is not an email address"],
        ["billing=Accounting"],
    ),
    # No cell fits, the field has another column, the name is unknown, or the addresses are the partner's.
    "Domain|Financeiro|Contact": ("a.example|idem|Paula\nb.example|Rui|Rui", [], []),
    "Domain|Renewal date|Vencimento": ("a.example|2027-03-01|2027-03-01\nb.example||rolling", [], []),
    "Domain|Quem|Quando|LinkedIn": ("a.example|p@a.example|2027-03-01|a.example\nb.example|x|y|z", [], []),
    "Domain|Finance|Site": (
        "a.example|fin@agency.example|\nb.example|fin@agency.example|\nc.example|same|",
        [],
        [],
    ),
    # Every cell fits a text field.
    "Domain|Licenses": ("a.example|5\nb.example|7\nc.example|9\nd.example|12\ne.example|many", [], []),
}


@pytest.mark.parametrize(
    ("header", "rows", "reasons", "offered"), [(key, *value) for key, value in PARTLY.items()]
)
def test_a_partly_fitting_column_is_offered_with_the_misfit(
    header: str, rows: str, reasons: list[str], offered: list[str]
) -> None:
    table = sheet(header, *rows.split("\n"))
    warnings = read(table).warnings

    assert [
        warning.removeprefix("column ").partition("; check whether it is the ")[0] for warning in warnings
    ] == reasons
    assert [paste(warning)[-1] for warning in warnings] == offered
    for option in offered:
        found = read(table, option)
        field = option.partition("=")[0]
        assert any(field in row.values for row in found.rows)
        # The cell that does not fit is now a problem.
        assert found.problems


def test_a_long_cell_is_shortened_in_a_warning() -> None:
    table = sheet("Domain|Vencimento", "a.example|2027-03-01", f"b.example|{'x' * 200}")

    assert f"because '{'x' * 39}…' is not a full date" in read(table).warnings[0]


def test_placeholders_do_not_count_when_columns_are_matched() -> None:
    table = sheet(
        "Domain|Quem paga", "a.example|-", "b.example|n/a", "c.example|fin@c.example", "d.example|sin"
    )

    assert len(read(table).warnings) == 1


def test_a_skipped_field_is_not_offered() -> None:
    table = sheet("Domain|Plano|E-mail|Fim", "acme.example|Pro|p@acme.example|2027-03-01")

    assert read(table, "product=", "primary=", "billing=", "decision_maker=", "renewal=").warnings == ()
    assert read(table, "primary=", "product=", "renewal=").warnings[0].endswith("(--map billing=E-mail)")


def test_warnings_have_the_column_and_its_content() -> None:
    table = sheet("Domain|Quem|Validade|Plano", "acme.example|p@acme.example|2027-03-01|Pro")

    assert read(table).warnings == (
        "column 'Quem' has email addresses but is not used; "
        "check whether it is the primary contact, billing contact or decision maker (--map primary=Quem)",
        "column 'Validade' has dates but is not used; "
        "check whether it is the renewal date (--map renewal=Validade)",
        "column 'Plano' is not used; check whether it is the product (--map product=Plano)",
    )


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Validade\n(contrato)", "Validade (contrato)"),
        ("Data\u00a0fim", "Data fim"),
        ("\u200bData fim\u200b", "Data fim"),
        ("it's = due", "it's = due"),
        ("-x", "-x"),
        ("$(date)", "$(date)"),
    ],
)
def test_commands_with_unusual_names_can_be_pasted(name: str, typed: str) -> None:
    table = Sheet(("Domain", name), (SheetRow(2, ("acme.example", date(2027, 3, 1))),))

    (warning,) = read(table).warnings
    assert paste(warning) == [f"renewal={typed}"]
    assert read(table, *paste(warning)).rows[0].values == {"renewal": date(2027, 3, 1)}


@pytest.mark.parametrize(
    ("columns", "warning"),
    [
        (
            ("Domain", ""),
            "column B, which has no name, has dates but is not used; "
            "check whether it is the renewal date (to read it, give it a unique name)",
        ),
        (("Domain", "fim", "Fim"), "column 'fim' has dates but is not used; check whether it is"),
        (
            ("Domain", "fim", "fim"),
            "column 'fim' has dates but is not used; "
            "check whether it is the renewal date (to read it, give it a unique name)",
        ),
    ],
)
def test_a_column_without_a_unique_name_has_no_command(columns: tuple[str, ...], warning: str) -> None:
    cells: tuple[Cell, ...] = ("acme.example", date(2027, 3, 1), None)
    table = Sheet(columns, (SheetRow(2, cells[: len(columns)]),))

    assert read(table).warnings[0].startswith(warning)


# The columns of the client and its name.
CLIENTS = [
    ("Client|Domain", "Acme|acme.example", {"client": 1, "name": 0}),
    ("Client|Site", "Acme|https://www.acme.example/pt/?x=1", {"client": 1, "name": 0}),
    ("Domain|Website URL", "acme.example|www.acme.example", {"client": 0}),
    ("Client|Site", "acme.example|Lisboa", {"client": 0}),
    ("Client|Site", "acme.example|", {"client": 1, "name": 0}),
    ("Site|Razão social", "acme.example|Acme SA", {"client": 0, "name": 1}),
    ("Site|Empresa|Razão social", "acme.example|Acme|Acme SA", {"client": 0, "name": 1}),
    ("Domain|Hub", "acme.example|Marketing Hub", {"client": 0}),
    ("Domain|Hub", "acme.example|4411223", {"client": 0, "hub_id": 1}),
    ("Domain|Financeiro", "acme.example|Paula", {"client": 0}),
    ("Domain|Financeiro", "acme.example|fin@acme.example", {"client": 0, "billing": 1}),
    ("Domain|Faturamento", "acme.example|12.000,00", {"client": 0}),
    ("Domain|Renews", "acme.example|Yes", {"client": 0}),
    ("Domain|Renews", "acme.example|2027-03-01", {"client": 0, "renewal": 1}),
    ("Domain|Vencimento", "acme.example|01/03/2027", {"client": 0, "renewal": 1}),
    ("Domain|Vencimento", "acme.example|todo dia 5", {"client": 0}),
    ("Domain|Vencimento", "acme.example|30", {"client": 0}),
    ("Domain|Vencimento", "acme.example|", {"client": 0, "renewal": 1}),
    ("Domain|Vencimento|Renewal date", "acme.example|28/02/2027|01/03/2027", {"client": 0, "renewal": 2}),
    ("Domain|Vencimento|Contract end", "acme.example|28/02/2027|01/03/2027", {"client": 0}),
    ("Domain|Vencimento|Contract end", "acme.example|30 dias|01/03/2027", {"client": 0, "renewal": 2}),
    ("Domain|Vencimento|Contract end", "acme.example||01/03/2027", {"client": 0, "renewal": 2}),
    ("Domain|Vencimento|Contract end", "acme.example||", {"client": 0}),
    ("Website|URL", "|acme.example", {"client": 1}),
    ("Domain|HubSpot ID", "acme.example|4411223", {"client": 0, "hub_id": 1}),
    ("Domain|HubSpot ID", "acme.example|245678901", {"client": 0, "hub_id": 1}),
    ("Domain|HubSpot ID", "acme.example|5239412083", {"client": 0}),
    ("Domain|HubSpot ID", "acme.example|17611259571", {"client": 0}),
    ("Domain|HubSpot ID", "acme.example|12", {"client": 0}),
    ("Domain|Diretor", "acme.example|Paula Reis", {"client": 0}),
    ("Domain|Diretor", "acme.example|Paula Reis <p@acme.example>", {"client": 0, "decision_maker": 1}),
    ("Domain|Approver", "a.example|ana@agency.example\nb.example|rui@agency.example", {"client": 0}),
    ("Domain|Approver", "a.example|p@a.example\nb.example|r@b.example", {"client": 0, "decision_maker": 1}),
    ("Domain|Responsável", "acme.example|Ana", {"client": 0}),
    ("Domain|Responsável|Owner", "acme.example|Ana|partner", {"client": 0, "notify": 1, "owner": 2}),
    ("Domain|Responsável|Owner", "acme.example|p@acme.example|partner", {"client": 0, "owner": 2}),
    (
        "Domain|Responsible|Owner",
        "a.example|ana@agency.example|partner\nb.example|rui@agency.example|partner",
        {"client": 0, "notify": 1, "owner": 2},
    ),
    (
        "Domain|Responsável|Account manager|Owner",
        "acme.example|P|Ana|partner",
        {"client": 0, "notify": 2, "owner": 3},
    ),
    ("Domain|Responsável|Encargado|Owner", "acme.example|Ana|Rui|partner", {"client": 0, "owner": 3}),
]


@pytest.mark.parametrize(("header", "row", "columns"), CLIENTS, ids=[" ".join(each[:2]) for each in CLIENTS])
def test_an_uncertain_name_is_read_only_with_fitting_cells(
    header: str, row: str, columns: dict[str, int]
) -> None:
    assert match_columns(sheet(header, *row.split("\n")), {}).columns == columns


# The table; the options; the columns read because their cells fit.
REMARKS = [
    ("Domain|Renewal date|Company", "acme.example|2027-03-01|Acme", [], ""),
    ("Site|Renewal date", "acme.example|2027-03-01", [], "'Site' as the client's domain"),
    (
        "Site|Financeiro|Vencimento|Responsável",
        "acme.example|f@acme.example|01/03/2027|Ana",
        [],
        "'Site' as the client's domain, 'Financeiro' as the billing contact, 'Vencimento' as the renewal "
        "date (to skip: --map billing=, --map renewal=)",
    ),
    ("Domain|Vencimento", "acme.example|01/03/2027", ["renewal=Vencimento"], ""),
    ("Domain|Vencimento|Diretor", "acme.example|01/03/2027|", ["renewal="], ""),
    ("Domain|Owner|Responsável", "acme.example|partner|Ana", [], ""),
]


@pytest.mark.parametrize(("header", "row", "options", "named"), REMARKS, ids=[each[0] for each in REMARKS])
def test_a_note_lists_the_columns_that_are_read_because_they_fit(
    header: str, row: str, options: list[str], named: str
) -> None:
    found = read(sheet(header, row), *options).notes

    assert found == ((f"columns recognized by their cells: {named}",) if named else ())


def test_a_responsible_person_is_read_only_with_an_owner() -> None:
    table, alone = (
        sheet("Domain|Owner|Responsável", "acme.example|partner|Ana"),
        ("Domain|Responsável", "a.b|Ana"),
    )
    remark = "columns recognized by their cells: 'Responsável' as the partner user (to skip: --map notify=)"

    assert read(table, with_overrides=True).notes == (remark,)
    assert read_override_rows(table, FILE).notes == (remark,)
    assert read_override_rows(table, FILE).rows[0].notify == "Ana"
    # Without an owner, it is neither read nor offered, because a partner user alone is refused.
    found = read(sheet(*alone), with_overrides=True)
    assert (found.rows[0].values, found.unused, found.warnings) == ({}, ("Responsável",), ())
    with pytest.raises(BadInput, match="no column for the renewal owner"):
        read_override_rows(sheet(*alone), FILE)
    listed = read_override_rows(sheet(*alone), FILE, with_setting=True)
    assert (listed.rows[0].notify, listed.notes) == ("", ("columns not used: Responsável",))


# The table; the problem; the mapping in the hint.
NO_CLIENT = [
    ("Nome|Onde", "Acme|crm.example/1\nBeta|crm.example/2", "no column has the clients' domains", []),
    ("Nome|LinkedIn", "Acme|acme.example", "no column has the clients' domains", []),
    ("Nome|Onde", "Acme|acme.example", "no column has the clients' domains", ["client=Onde"]),
    ("First Name|Last Name|Mail", "Ana|Souza|ana@acme.example", "no column has the clients' domains", []),
    ("Last Name|Firm", "Souza|beta.example", "no column has the clients' domains", ["client=Firm"]),
    (
        "Firma|Webseite",
        "Müller|mueller.example\nGroß|im Aufbau",
        "no column has the clients' domains",
        ["client=Webseite"],
    ),
    # A column whose cells all fit comes before a known name.
    (
        "Firma|Webseite|Onde",
        "Müller|mueller.example|a.example\nGroß|im Aufbau|b.example",
        "no column has the clients' domains",
        ["client=Onde"],
    ),
    (
        "Client|Website",
        "Acme|acme.example\nDune|coming up\nElm|soon",
        "'Client' has names and 'Website' has web addresses, but 'coming up' is not a client's domain",
        ["client=Website"],
    ),
    ("Client|Onde", "Acme|acme.example", "'Client' has names and 'Onde' has web addresses", ["client=Onde"]),
]


@pytest.mark.parametrize(
    ("header", "row", "message", "offered"), NO_CLIENT, ids=[each[0] for each in NO_CLIENT]
)
def test_a_client_column_is_offered_by_its_cells(
    header: str, row: str, message: str, offered: list[str]
) -> None:
    table = sheet(header, *row.split("\n"))
    with pytest.raises(BadInput) as caught:
        read(table)

    (problem,) = caught.value.problems
    assert problem.message == message
    assert [word for word in offered if word in paste(problem.hint)] == offered
    if offered:
        assert read(table, *offered).rows[0].client.endswith(".example")
        return
    # The columns are listed only if one has domains.
    listed = f"the clients' domains (columns: {', '.join(table.columns)})"
    shown = f"add --map client=HEADER for the column with {listed}"
    none = "add a column with each client's domain, for example acme.example"
    assert problem.hint == (shown if ".example" in row.replace("@acme.example", "") else none)


def test_the_hint_has_the_cell_that_does_not_fit_the_client() -> None:
    with pytest.raises(BadInput) as caught:
        read(sheet("Firma|Webseite", "Müller|mueller.example", "Groß|im Aufbau"))

    assert caught.value.problems[0].hint == (
        "add --map client=Webseite if 'Webseite' has the clients' domains "
        "(although 'im Aufbau' is not a client's domain)"
    )


# A row below the clients; the number of rows read, or 0 if the column of sites is not the client's.
TOTALS = [
    ("Total|2||", 2),
    ("|2||", 3),
    ("Total||12,50 €|", 2),
    ("Total clients: 2|||", 2),
    ("Dune|soon||", 0),
]


@pytest.mark.parametrize(("row", "number"), TOTALS)
def test_totals_do_not_count_when_columns_are_matched(row: str, number: int) -> None:
    clients = ["Acme|acme.example|2027-03-01|a@acme.example", "Bolt|bolt.example|2027-04-01|b@bolt.example"]
    table = sheet("Client|Website|Contract end|Finance", *clients, row)

    if not number:
        with pytest.raises(BadInput, match="matched"):
            read(table)
        return
    assert match_columns(table, {}).columns == {"name": 0, "client": 1, "renewal": 2, "billing": 3}
    assert len(read(table).rows) == number


def test_a_column_of_names_can_be_mapped_to_the_client() -> None:
    assert read(sheet("Client|Onde", "Acme|acme.example"), "client=Client").rows[0].client == "Acme"


def test_overrides_are_read_only_with_the_option() -> None:
    table = sheet("Domain|Owner|Renewal owner|Account manager", "acme.example|Ana Souza|HubSpot|Ana")

    assert read(table).problems == ()
    assert read(table).rows[0].values == {"notify": "Ana"}
    assert read(table).unused == ("Owner", "Renewal owner")
    with pytest.raises(BadInput, match="matched"):
        read(table, with_overrides=True)
    found = read(table, "owner=Renewal owner", with_overrides=True)
    assert found.rows[0].values == {"owner": "hubspot", "notify": "Ana"}


def test_unreadable_cells_of_overrides_are_blank_without_the_option() -> None:
    table = sheet("Domain|Owner", "acme.example|Ana Souza", "beta.example|Partner")

    assert [dict(row.values) for row in read(table).rows] == [{}, {"owner": "partner"}]
    assert read(table).unused == ()
    assert [problem.line for problem in read(table, with_overrides=True).problems] == [2]
    assert read(sheet("Domain|Owner", "acme.example|Ana Souza")).unused == ("Owner",)


# The table; the beginnings of the warnings; the fields that are read.
NAMES_ONLY = [
    (
        "Domain|Contato principal",
        "a.example|Paula\nb.example|Rui",
        ["'Contato principal' (primary contact)"],
        [],
    ),
    (
        "Domain|Billing contact|Decision maker",
        "a.example|Paula|Rui\nb.example||",
        ["'Billing contact' (billing contact)", "'Decision maker' (decision maker)"],
        [],
    ),
    # Another column can have the field instead.
    (
        "Domain|Primary contact|Primary email",
        "a.example|Paula|p@a.example",
        ["'Primary contact' (primary contact)"],
        ["primary"],
    ),
    (
        "Domain|Billing contact|Financeiro",
        "a.example|Paula|p@a.example",
        ["'Billing contact' (billing contact)"],
        ["billing"],
    ),
    # One address, no filled cell, or only errors.
    ("Domain|Primary contact", "a.example|Paula\nb.example|r@b.example", [], ["primary"]),
    ("Domain|Primary contact", "a.example|p@a", [], ["primary"]),
    ("Domain|Primary contact", "a.example|\nb.example|n/a", [], ["primary"]),
]


@pytest.mark.parametrize(("header", "rows", "left_out", "fields"), NAMES_ONLY)
def test_a_role_column_without_addresses_is_skipped(
    header: str, rows: str, left_out: list[str], fields: list[str]
) -> None:
    table = sheet(header, *rows.split("\n"))

    assert [*match_columns(table, {}).columns][1:] == fields
    assert match_columns(table, {}).warnings == tuple(
        f"column {name} is not used, because it has no email addresses" for name in left_out
    )
    assert match_columns(table, {}, wanted=("client",)).warnings == ()


def test_a_mapped_column_of_names_is_read() -> None:
    table = sheet("Domain|Primary contact", "a.example|Paula", "b.example|Rui")

    assert [paste(problem.note) for problem in read(table, "primary=Primary contact").problems] == [
        ["primary="]
    ] * 2


@pytest.mark.parametrize("option", ["primary=", "primary=E-mail"])
def test_a_column_of_names_has_no_warning_if_its_role_is_mapped(option: str) -> None:
    table = sheet("Domain|Primary contact|E-mail", "a.example|Paula|p@a.example")

    assert not any("has no email addresses" in warning for warning in read(table, option).warnings)


def test_errors_do_not_count_as_names() -> None:
    bad = BadCell("#N/A", "the cell shows #N/A", "correct it")
    table = Sheet(("Domain", "Primary contact"), (SheetRow(2, ("a.example", bad)),))

    assert [problem.message for problem in read(table).problems] == ["the cell shows #N/A"]


# The table; the note; whether the partner user is read.
PARTNER_USERS = [
    ("Domain|Account Manager", "a.example|Ana", "column 'Account Manager' (partner user) is not used", False),
    ("Domain|notify", "a.example|Ana", "column 'notify' (partner user) is not used", False),
    (
        "Domain|CSM|Account lead",
        "a.example|Ana|Rui",
        "columns 'CSM', 'Account lead' (partner user) are not used",
        False,
    ),
    ("Domain|Account Manager|Renewal owner", "a.example|Ana|partner", "", True),
    ("Domain|Account Manager|Renewal owner", "a.example|Ana|", "", True),
    # Without overrides, a column of other names does not count as the renewal owner.
    (
        "Domain|Account Manager|Responsável",
        "a.example|Ana|Rui",
        "column 'Account Manager' (partner user) is not used",
        False,
    ),
]


@pytest.mark.parametrize("with_overrides", [False, True])
@pytest.mark.parametrize(("header", "row", "remark", "taken"), PARTNER_USERS)
def test_a_partner_user_is_read_only_if_there_is_an_owner(
    header: str, row: str, remark: str, taken: bool, with_overrides: bool
) -> None:
    found = read(sheet(header, row), with_overrides=with_overrides)

    assert found.notes == ((f"{remark}: the list has no column for the renewal owner",) if remark else ())
    assert found.problems == ()
    assert ("notify" in found.rows[0].values) is taken
    assert not {"CSM", "Account Manager", "notify"} & {*found.unused}


def test_an_owner_column_of_other_values_does_not_count() -> None:
    table = sheet("Domain|Owner|Account manager", "a.example|Dana Cole|Ana")

    assert read(table).notes == (
        "column 'Account manager' (partner user) is not used: the list has no column for the renewal owner",
    )
    assert read(table, "notify=Account manager").rows[0].values == {"notify": "Ana"}
    assert read(table, "owner=").rows[0].values == {}


# The column; its cells; the option at the end of each hint.
OTHER_MEANING = [
    ("Renewal|Yes|No|Yes", "renewal="),
    ("Deadline|60 days|30 days|", "deadline="),
    ("Primary contact|Paula Reis|@rui|", "primary="),
    ("Hub ID|yes|no|", "hub_id="),
]


@pytest.mark.parametrize(("column", "option"), OTHER_MEANING)
def test_an_unreadable_column_can_be_skipped(column: str, option: str) -> None:
    name, *cells = column.split("|")
    table = sheet(f"Domain|{name}", *(f"c{number}.example|{cell}" for number, cell in enumerate(cells)))

    problems = read(table).problems
    assert len(problems) == len([cell for cell in cells if cell])
    for problem in problems:
        assert paste(problem.note) == [option]
    left_out = read(table, option)
    assert left_out.problems == ()
    assert left_out.unused == (name,)
    assert left_out.warnings == ()


def test_another_column_is_offered_for_an_unreadable_one() -> None:
    table = sheet(
        "Domain|Primary contact|E-mail", "acme.example|@paula|p@acme.example", "b.example|@rui|r@b.example"
    )

    (first, _) = read(table).problems
    assert first.note == "check whether 'E-mail' is the primary contact (--map primary=E-mail)"
    assert read(table, *paste(first.note)).problems == ()


def test_another_column_is_offered_for_one_without_addresses() -> None:
    table = sheet(
        "Domain|Primary contact|E-mail", "acme.example|Paula|p@acme.example", "b.example|Rui|r@b.example"
    )

    assert read(table).warnings == (
        "column 'Primary contact' (primary contact) is not used, because it has no email addresses",
        "column 'E-mail' has email addresses but is not used; "
        "check whether it is the primary contact, billing contact or decision maker (--map primary=E-mail)",
    )


def test_one_invalid_cell_adds_no_hint_about_its_column() -> None:
    table = sheet("Domain|Renewal", "a.example|2027-03-01", "b.example|2027-03-02", "c.example|soon")

    assert [paste(problem.note) for problem in read(table).problems] == [[]]
    alone = sheet("Domain|Renewal", "a.example|soon", "b.example|")
    assert [paste(problem.note) for problem in read(alone).problems] == [[]]
    ambiguous = sheet("Domain|Renewal", "a.example|03/04/2027", "b.example|05/06/2027")
    assert [paste(problem.note) for problem in read(ambiguous).problems] == [[], []]


def test_cells_with_errors_do_not_count_when_columns_are_matched() -> None:
    bad = BadCell("#N/A", "the cell shows #N/A", "correct it")
    rows: list[tuple[Cell, ...]] = [
        ("acme.example", bad, bad, bad),
        ("beta.example", "r@beta.example", bad, "x"),
    ]
    table = Sheet(
        ("Domain", "E-mail", "Owner", "Notes"), tuple(SheetRow(n, row) for n, row in enumerate(rows, 2))
    )

    found = match_columns(table, {}, wanted=("client", "primary", "memo"))
    assert found.columns == {"client": 0, "memo": 3}
    assert [warning.partition(";")[0] for warning in found.warnings] == [
        "column 'E-mail' has email addresses but is not used"
    ]


def test_an_invalid_cell_adds_a_hint_if_the_name_is_uncertain() -> None:
    days = [f"{letter}.example|2027-03-01" for letter in "abcd"]
    table = sheet("Domain|Vencimento", *days, "e.example|a combinar")

    (problem,) = read(table).problems
    assert paste(problem.note) == ["renewal="]
    assert len(read(table, "renewal=").rows) == 5
    (problem,) = read(table, "renewal=Vencimento").problems
    assert problem.note == ""


def test_a_partly_converted_column_can_be_skipped_if_its_name_is_uncertain() -> None:
    cells: tuple[Cell, ...] = (date(2027, 3, 1), date(2027, 4, 2), "25/03/2027", "28/03/2027")
    rows = [SheetRow(number, (f"c{number}.example", cell)) for number, cell in enumerate(cells, 2)]
    table = Sheet(("Domain", "Vencimento"), tuple(rows))

    with pytest.raises(BadInput, match="cannot be read") as caught:
        read(table)
    (problem, note) = caught.value.problems
    assert paste(problem.note) == paste(note.message) == ["renewal="]
    assert len(read(table, "renewal=").rows) == 4


def test_notes_are_memos_or_in_a_list_of_overrides_notes() -> None:
    table = sheet("Domain|Notes", "acme.example|why")

    assert match_columns(table, {}).columns == {"client": 0, "memo": 1}
    assert match_columns(table, {}, wanted=("client", "owner", "note")).columns == {"client": 0, "note": 1}
    both = sheet("Domain|memo|note", "acme.example|a|b")
    assert match_columns(both, {}, wanted=("client", "note")).columns["note"] == 2


CELLS = (
    st.none()
    | st.text(max_size=12)
    | st.dates()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        [
            "acme.example",
            "p@acme.example",
            "2027-03-01",
            "03/04/2027",
            "https://x.example/a",
            "n/a",
            "a@b@c",
            "4411223",
        ]
    )
)
NAMES = st.sampled_from(
    [
        "Domain",
        "Client",
        "Site",
        "E-mail",
        "Owner",
        "Renewal",
        "Primary contact",
        "Account manager",
        "Contact",
        "Vencimento",
        "Contract end",
        "Diretor",
        "Responsável",
        "Notes",
        "",
        "Hub",
    ]
)


@given(st.data())
def test_offered_commands_can_be_pasted_and_work(data: st.DataObject) -> None:
    columns = tuple(data.draw(st.lists(NAMES | st.text(max_size=6), min_size=1, max_size=5)))
    width = len(columns)
    rows = data.draw(st.lists(st.tuples(*[CELLS] * width), max_size=4))
    table = Sheet(columns, tuple(SheetRow(number, row) for number, row in enumerate(rows, 2)))

    def match(options: list[str]) -> MatchedColumns:
        mapping = dict(option.split("=", 1) for option in options)
        with name_store(["import", FILE, *(f"--map={option}" for option in options)]):
            return match_columns(table, mapping, file=FILE)

    try:
        found = match([])
    except BadInput as error:
        hints = [problem.hint for problem in error.problems]
        found = MatchedColumns({}, ())
    else:
        hints = ["none needed"]
    assert hints
    assert all(hints)
    assert set(found.columns) <= set(COLUMNS)
    assert sorted(found.columns.values()) == sorted(set(found.columns.values()))
    for warning in found.warnings:
        for option in paste(warning)[:1]:
            field, _, _ = option.partition("=")
            place = found.columns.get(field)
            assert place is None or Contents(table).content(place) is Content.NOTHING
            assert field in match([option]).columns


@pytest.mark.parametrize("name", ["Domain", "Fim", "Notes", "x", ""])
def test_a_table_with_many_columns_has_a_fast_and_short_answer(name: str) -> None:
    columns = ("Domain", *(f"{name}{'.' * (number % 3)}" for number in range(16_000)))
    table = Sheet(columns, (SheetRow(2, ("acme.example", *["2027-03-01"] * 16_000)),))

    try:
        messages = match_columns(table, {}).warnings
    except BadInput as error:
        messages = tuple(problem.message + problem.hint for problem in error.problems)
    assert 1 <= len(messages) <= 9
    assert max(map(len, messages)) < 1_000


@pytest.mark.parametrize("header", ["old.example|Old", "Old|ana@old.example", "Old|2027-03-01|x"])
def test_a_header_with_data_is_not_offered_as_a_column(header: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(sheet(header, "new.example|New"))
    [problem] = caught.value.problems
    assert problem.message.startswith("the header line contains data: ")
    assert "client,renewal" in problem.hint


def test_a_column_of_partner_users_is_not_offered_for_a_role() -> None:
    table = sheet("client|owner|notify", "a.example|partner|ana@p.example", "b.example|partner|ana@p.example")

    assert match_columns(table, {}, wanted=("client", "primary", "billing")).warnings == ()
