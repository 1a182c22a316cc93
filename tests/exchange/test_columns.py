"""Where names do not decide, the cells do: a command to paste is offered, and nothing is taken."""

import csv
import shlex
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.command_line import find_commands, name_store
from renewctl.errors import BadInput
from renewctl.exchange.columns import MatchedColumns, match_columns
from renewctl.exchange.contents import Content, Contents
from renewctl.exchange.rows import ClientRows, read_client_rows, read_override_rows
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.fields import COLUMNS

FILE = "my clients.csv"


def sheet(*lines: str) -> Sheet:
    """Return the table of lines whose cells are separated by |."""
    header, *rows = csv.reader(lines, delimiter="|")
    cells = [tuple(cell.strip() or None for cell in row) for row in rows]
    return Sheet(tuple(header), tuple(SheetRow(number, row) for number, row in enumerate(cells, 2)))


def read(table: Sheet, *options: str, with_overrides: bool = False) -> ClientRows:
    """Return the rows as an import reads them with these options, each FIELD=HEADER."""
    mapping = dict(option.split("=", 1) for option in options)
    with name_store(["import", FILE, *(f"--map={option}" for option in options)]):
        return read_client_rows(table, FILE, mapping=mapping, with_overrides=with_overrides)


def paste(text: str) -> list[str]:
    """Return the --map options of the command in a text, as a shell reads them."""
    words = shlex.split(find_commands(text)[0])
    assert words[:3] == ["renewctl", "import", FILE]
    return [word.removeprefix("--map=") for word in words[3:] if word != "--map"]


# The table; and what is offered, in order.
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
    # Of two columns that fit, neither is certain.
    "Domain|Vencimento|Fim do contrato": (
        "acme.example|01/03/2027|28/02/2027\nbeta.example|15/03/2027|14/03/2027",
        ["renewal=Vencimento", "renewal=Fim do contrato"],
    ),
    "Domain|Diretor|Aprovador|Financeiro|Faturamento": (
        "acme.example|d@acme.example|a@acme.example|f@acme.example|g@acme.example",
        ["decision_maker=Diretor", "decision_maker=Aprovador", "billing=Financeiro", "billing=Faturamento"],
    ),
    # Addresses of one domain for several clients are the partner's: they are no contacts of the client.
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
    # A column with a certain name has the field, so that no other is offered for it.
    "Domain|Renewal date|Created|Vencimento": ("acme.example|2027-03-01|2025-01-01|2027-03-01", []),
    "Domain|Decision maker|Diretor": ("acme.example|p@acme.example|d@acme.example", []),
    # Unless it is blank, and the other column's name can mean the field.
    "Domain|Renewal date|Created on|Contract end": (
        "acme.example||2025-01-01|2027-03-01\nbeta.example|TBD|2025-01-01|2027-03-01",
        ["renewal=Contract end"],
    ),
    "Domain|LinkedIn|Profile": (
        "acme.example|linkedin.com/company/acme|crm.example/1\nbeta.example|linkedin.com/company/b|crm.example/2",
        [],
    ),
    # Of several columns of notes none is read.
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
    # Each can be pasted, until nothing is offered any more.
    pasted: list[str] = []
    while found.warnings:
        pasted = paste(found.warnings[0])
        found = read(table, *pasted)
    assert {*pasted} <= {*offered}
    assert {option.partition("=")[0] for option in pasted} == {option.partition("=")[0] for option in offered}
    assert found.problems == ()


# The table; why its columns are not read, though some cells fit; what is offered.
PARTLY = {
    "Kunde|Webseite|Vertragsende|Kündigung bis|Hauptkontakt": (
        "Müller|mueller.example|28.02.2027|30.11.2026|k@mueller.example\nGroß|gross.example|unbefristet||a@gross.example",
        ["'Vertragsende' is not used, because 'unbefristet' is not a full date"],
        ["renewal=Vertragsende"],
    ),
    "Domain|Financeiro": (
        "a.example|fin@a.example\nb.example|idem\nc.example|(a mesma)\nd.example|f@d.example",
        ["'Financeiro' is not used, because 'idem' is not an e-mail address"],
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
            "'Contact' is not used, because 'Rui' is not an e-mail address",
            "'Client ID' is not used, because 'C-12' is not a hub ID",
        ],
        ["deadline=Kündigungsfrist", "primary=Contact", "hub_id=Client ID"],
    ),
    "Domain|Renewal date|Contract end": (
        "a.example||2027-03-01\nb.example||rolling",
        ["'Contract end' is not used, because 'rolling' is not a full date"],
        ["renewal=Contract end"],
    ),
    # One cell is enough, wherever it is.
    "Domain|Finance": (
        "\n".join([*(f"c{number}.example|ask {number}" for number in range(120)), "d.example|f@d.example"]),
        ["'Finance' is not used, because 'ask 0' is not an e-mail address"],
        ["billing=Finance"],
    ),
    # The manager of one client is given by the address: who decides is free, the partner user is not.
    "Domain|Manager": (
        "a.example|Ana\nb.example|r@b.example",
        ["'Manager' is not used, because 'Ana' is not an e-mail address"],
        ["decision_maker=Manager"],
    ),
    # Addresses beside other text are the client's, if they are not those of several clients.
    "Domain|Accounting": (
        "a.example|f@a.example\nb.example|same",
        ["'Accounting' is not used, because 'same' is not an e-mail address"],
        ["billing=Accounting"],
    ),
    # No cell fits, the field has another column, the name is not known, or the people are the partner's.
    "Domain|Financeiro|Contact": ("a.example|idem|Paula\nb.example|Rui|Rui", [], []),
    "Domain|Renewal date|Vencimento": ("a.example|2027-03-01|2027-03-01\nb.example||rolling", [], []),
    "Domain|Quem|Quando|LinkedIn": ("a.example|p@a.example|2027-03-01|a.example\nb.example|x|y|z", [], []),
    "Domain|Finance|Site": (
        "a.example|fin@agency.example|\nb.example|fin@agency.example|\nc.example|same|",
        [],
        [],
    ),
    # Any cell can be text.
    "Domain|Licenses": ("a.example|5\nb.example|7\nc.example|9\nd.example|12\ne.example|many", [], []),
}


@pytest.mark.parametrize(
    ("header", "rows", "reasons", "offered"), [(key, *value) for key, value in PARTLY.items()]
)
def test_a_known_name_of_which_some_cells_fit_is_offered_with_the_cell_that_does_not(
    header: str, rows: str, reasons: list[str], offered: list[str]
) -> None:
    table = sheet(header, *rows.split("\n"))
    warnings = read(table).warnings

    assert [
        warning.removeprefix("column ").partition("; if it is the ")[0] for warning in warnings
    ] == reasons
    assert [paste(warning)[-1] for warning in warnings] == offered
    for option in offered:
        found = read(table, option)
        field = option.partition("=")[0]
        assert any(field in row.values for row in found.rows)
        # The cell that does not fit is a problem now, and not lost.
        assert found.problems


def test_a_long_cell_is_cut_in_a_warning() -> None:
    table = sheet("Domain|Vencimento", "a.example|2027-03-01", f"b.example|{'x' * 200}")

    assert f"because '{'x' * 39}…' is not a full date" in read(table).warnings[0]


def test_placeholders_say_nothing_of_what_a_column_holds() -> None:
    table = sheet(
        "Domain|Quem paga", "a.example|-", "b.example|n/a", "c.example|fin@c.example", "d.example|sin"
    )

    assert len(read(table).warnings) == 1


def test_a_field_that_is_left_out_is_not_offered() -> None:
    table = sheet("Domain|Plano|E-mail|Fim", "acme.example|Pro|p@acme.example|2027-03-01")

    assert read(table, "product=", "primary=", "billing=", "decision_maker=", "renewal=").warnings == ()
    assert read(table, "primary=", "product=", "renewal=").warnings[0].endswith("--map billing=E-mail")


def test_warnings_name_the_column_and_what_it_has() -> None:
    table = sheet("Domain|Quem|Validade|Plano", "acme.example|p@acme.example|2027-03-01|Pro")

    assert read(table).warnings == (
        "column 'Quem' has e-mail addresses and is not used; if it is the primary contact "
        "(or billing contact, decision maker): renewctl import 'my clients.csv' --map primary=Quem",
        "column 'Validade' has dates and is not used; if it is the renewal date: "
        "renewctl import 'my clients.csv' --map renewal=Validade",
        "column 'Plano' is not used; if it is the product: "
        "renewctl import 'my clients.csv' --map product=Plano",
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
def test_names_that_are_hard_to_type_can_be_pasted(name: str, typed: str) -> None:
    table = Sheet(("Domain", name), (SheetRow(2, ("acme.example", date(2027, 3, 1))),))

    (warning,) = read(table).warnings
    assert paste(warning) == [f"renewal={typed}"]
    assert read(table, *paste(warning)).rows[0].values == {"renewal": date(2027, 3, 1)}


@pytest.mark.parametrize(
    ("columns", "warning"),
    [
        (
            ("Domain", ""),
            "column B, which has no name, has dates and is not used; give it a name of its own, ",
        ),
        (("Domain", "fim", "Fim"), "column 'fim' has dates and is not used; if it is"),
        (("Domain", "fim", "fim"), "column 'fim' has dates and is not used; give it a name of its own, "),
    ],
)
def test_a_column_without_a_name_of_its_own_has_no_command(columns: tuple[str, ...], warning: str) -> None:
    cells: tuple[Cell, ...] = ("acme.example", date(2027, 3, 1), None)
    table = Sheet(columns, (SheetRow(2, cells[: len(columns)]),))

    assert read(table).warnings[0].startswith(warning)


# The columns of the client and of its name.
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
def test_a_name_that_needs_its_cells(header: str, row: str, columns: dict[str, int]) -> None:
    assert match_columns(sheet(header, *row.split("\n")), {}).columns == columns


# The table; the options; what is read because the cells fit.
REMARKS = [
    ("Domain|Renewal date|Company", "acme.example|2027-03-01|Acme", [], ""),
    ("Site|Renewal date", "acme.example|2027-03-01", [], "'Site' as the client's domain"),
    (
        "Site|Financeiro|Vencimento|Responsável",
        "acme.example|f@acme.example|01/03/2027|Ana",
        [],
        "'Site' as the client's domain, 'Financeiro' as the billing contact, 'Vencimento' as the renewal "
        "date; to leave out: --map billing=, --map renewal=",
    ),
    ("Domain|Vencimento", "acme.example|01/03/2027", ["renewal=Vencimento"], ""),
    ("Domain|Vencimento|Diretor", "acme.example|01/03/2027|", ["renewal="], ""),
    ("Domain|Owner|Responsável", "acme.example|partner|Ana", [], ""),
]


@pytest.mark.parametrize(("header", "row", "options", "named"), REMARKS, ids=[each[0] for each in REMARKS])
def test_a_remark_names_the_columns_that_are_read_because_they_fit(
    header: str, row: str, options: list[str], named: str
) -> None:
    found = read(sheet(header, row), *options).remarks

    assert found == ((f"columns read because their cells fit: {named}",) if named else ())


def test_who_is_responsible_is_read_beside_an_owner() -> None:
    table, alone = (
        sheet("Domain|Owner|Responsável", "acme.example|partner|Ana"),
        ("Domain|Responsável", "a.b|Ana"),
    )
    remark = (
        "columns read because their cells fit: 'Responsável' as the partner user; to leave out: --map notify="
    )

    assert read(table, with_overrides=True).remarks == (remark,)
    assert read_override_rows(table, FILE).remarks == (remark,)
    assert read_override_rows(table, FILE).rows[0].notify == "Ana"
    # Without one it is not read, and not offered: a partner user alone is refused.
    found = read(sheet(*alone), with_overrides=True)
    assert (found.rows[0].values, found.unused, found.warnings) == ({}, ("Responsável",), ())
    with pytest.raises(BadInput, match="no column for the owner"):
        read_override_rows(sheet(*alone), FILE)
    listed = read_override_rows(sheet(*alone), FILE, with_setting=True)
    assert (listed.rows[0].notify, listed.remarks) == ("", ("columns not used: Responsável",))


# The table; the problem; what the hint maps.
NO_CLIENT = [
    ("Nome|Onde", "Acme|crm.example/1\nBeta|crm.example/2", "no column is the client's domain", []),
    ("Nome|LinkedIn", "Acme|acme.example", "no column is the client's domain", []),
    ("Nome|Onde", "Acme|acme.example", "no column is the client's domain", ["client=Onde"]),
    ("First Name|Last Name|Mail", "Ana|Souza|ana@acme.example", "no column is the client's domain", []),
    ("Last Name|Firm", "Souza|beta.example", "no column is the client's domain", ["client=Firm"]),
    (
        "Firma|Webseite",
        "Müller|mueller.example\nGroß|im Aufbau",
        "no column is the client's domain",
        ["client=Webseite"],
    ),
    # A known name comes after one whose cells all fit.
    (
        "Firma|Webseite|Onde",
        "Müller|mueller.example|a.example\nGroß|im Aufbau|b.example",
        "no column is the client's domain",
        ["client=Onde"],
    ),
    (
        "Client|Website",
        "Acme|acme.example\nDune|coming up\nElm|soon",
        "'Client' has names and 'Website' has site addresses, but 'coming up' is not a client's domain",
        ["client=Website"],
    ),
    ("Client|Onde", "Acme|acme.example", "'Client' has names and 'Onde' has site addresses", ["client=Onde"]),
]


@pytest.mark.parametrize(
    ("header", "row", "message", "offered"), NO_CLIENT, ids=[each[0] for each in NO_CLIENT]
)
def test_the_client_is_offered_by_its_cells(header: str, row: str, message: str, offered: list[str]) -> None:
    table = sheet(header, *row.split("\n"))
    with pytest.raises(BadInput) as caught:
        read(table)

    (problem,) = caught.value.problems
    assert problem.message == message
    assert [word for word in offered if word in paste(problem.hint)] == offered
    if offered:
        assert read(table, *offered).rows[0].client.endswith(".example")
        return
    add, _, name = problem.hint.partition("; if a column has them, ")
    assert add == "add a column with each client's domain, for example acme.example"
    # A name helps only if some column has domains.
    shown = f"name it with --map client=HEADER; the columns: {', '.join(table.columns)}"
    assert name == (shown if ".example" in row.replace("@acme.example", "") else "")


def test_a_hint_says_which_cell_keeps_a_column_from_being_the_clients() -> None:
    with pytest.raises(BadInput) as caught:
        read(sheet("Firma|Webseite", "Müller|mueller.example", "Groß|im Aufbau"))

    assert caught.value.problems[0].hint == (
        "'Webseite' is not used, because 'im Aufbau' is not a client's domain; "
        "if it has the clients' domains: renewctl import 'my clients.csv' --map client=Webseite"
    )


# A row below the clients; how many rows are read, or 0 if the column of the sites is not the client's.
TOTALS = [
    ("Total|2||", 2),
    ("|2||", 3),
    ("Total||12,50 €|", 2),
    ("Total clients: 2|||", 2),
    ("Dune|soon||", 0),
]


@pytest.mark.parametrize(("row", "number"), TOTALS)
def test_totals_do_not_count_when_a_column_is_judged(row: str, number: int) -> None:
    clients = ["Acme|acme.example|2027-03-01|a@acme.example", "Bolt|bolt.example|2027-04-01|b@bolt.example"]
    table = sheet("Client|Website|Contract end|Finance", *clients, row)

    if not number:
        with pytest.raises(BadInput, match="matched"):
            read(table)
        return
    assert match_columns(table, {}).columns == {"name": 0, "client": 1, "renewal": 2, "billing": 3}
    assert len(read(table).rows) == number


def test_names_can_be_meant_as_clients() -> None:
    assert read(sheet("Client|Onde", "Acme|acme.example"), "client=Client").rows[0].client == "Acme"


def test_settings_are_not_read_unless_they_are_asked_for() -> None:
    table = sheet("Domain|Owner|Renewal owner|Account manager", "acme.example|Ana Souza|HubSpot|Ana")

    assert read(table).problems == ()
    assert read(table).rows[0].values == {"notify": "Ana"}
    assert read(table).unused == ("Owner", "Renewal owner")
    with pytest.raises(BadInput, match="matched"):
        read(table, with_overrides=True)
    found = read(table, "owner=Renewal owner", with_overrides=True)
    assert found.rows[0].values == {"owner": "hubspot", "notify": "Ana"}


def test_a_cell_of_a_setting_that_cannot_be_read_is_left_out() -> None:
    table = sheet("Domain|Owner", "acme.example|Ana Souza", "beta.example|Partner")

    assert [dict(row.values) for row in read(table).rows] == [{}, {"owner": "partner"}]
    assert read(table).unused == ()
    assert [problem.line for problem in read(table, with_overrides=True).problems] == [2]
    assert read(sheet("Domain|Owner", "acme.example|Ana Souza")).unused == ("Owner",)


# The table; what the warnings begin with; the fields that are read.
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
    # Some address, no cell that is filled, or an error in place of each.
    ("Domain|Primary contact", "a.example|Paula\nb.example|r@b.example", [], ["primary"]),
    ("Domain|Primary contact", "a.example|p@a", [], ["primary"]),
    ("Domain|Primary contact", "a.example|\nb.example|n/a", [], ["primary"]),
]


@pytest.mark.parametrize(("header", "rows", "left_out", "fields"), NAMES_ONLY)
def test_a_column_of_a_role_with_names_only_is_left_out(
    header: str, rows: str, left_out: list[str], fields: list[str]
) -> None:
    table = sheet(header, *rows.split("\n"))

    assert [*match_columns(table, {}).columns][1:] == fields
    assert match_columns(table, {}).warnings == tuple(
        f"column {name} is not used, because it has no e-mail addresses" for name in left_out
    )
    assert match_columns(table, {}, wanted=("client",)).warnings == ()


def test_a_column_of_names_is_read_if_it_is_mapped() -> None:
    table = sheet("Domain|Primary contact", "a.example|Paula", "b.example|Rui")

    assert [paste(problem.hint) for problem in read(table, "primary=Primary contact").problems] == [
        ["primary="]
    ] * 2


@pytest.mark.parametrize("option", ["primary=", "primary=E-mail"])
def test_a_column_of_names_is_not_named_if_its_role_is_mapped(option: str) -> None:
    table = sheet("Domain|Primary contact|E-mail", "a.example|Paula|p@a.example")

    assert not any("has no e-mail addresses" in warning for warning in read(table, option).warnings)


def test_errors_are_not_taken_for_names() -> None:
    bad = BadCell("#N/A", "the cell shows #N/A", "correct it")
    table = Sheet(("Domain", "Primary contact"), (SheetRow(2, ("a.example", bad)),))

    assert [problem.message for problem in read(table).problems] == ["the cell shows #N/A"]


# The table; the remark; whether the partner user is read.
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
    # Without overrides, a column of other people's names is no column for the renewal owner.
    (
        "Domain|Account Manager|Responsável",
        "a.example|Ana|Rui",
        "column 'Account Manager' (partner user) is not used",
        False,
    ),
]


@pytest.mark.parametrize("with_overrides", [False, True])
@pytest.mark.parametrize(("header", "row", "remark", "taken"), PARTNER_USERS)
def test_a_partner_user_is_not_read_without_a_column_for_the_owner(
    header: str, row: str, remark: str, taken: bool, with_overrides: bool
) -> None:
    found = read(sheet(header, row), with_overrides=with_overrides)

    assert found.remarks == ((f"{remark}: the list has no column for the renewal owner",) if remark else ())
    assert found.problems == ()
    assert ("notify" in found.rows[0].values) is taken
    assert not {"CSM", "Account Manager", "notify"} & {*found.unused}


def test_an_owner_of_something_else_is_no_owner_for_the_partner_user() -> None:
    table = sheet("Domain|Owner|Account manager", "a.example|Dana Cole|Ana")

    assert read(table).remarks == (
        "column 'Account manager' (partner user) is not used: the list has no column for the renewal owner",
    )
    assert read(table, "notify=Account manager").rows[0].values == {"notify": "Ana"}
    assert read(table, "owner=").rows[0].values == {}


# The column; its cells; what the hint of each cell offers in the end.
OTHER_MEANING = [
    ("Renewal|Yes|No|Yes", "renewal="),
    ("Deadline|60 days|30 days|", "deadline="),
    ("Primary contact|Paula Reis|@rui|", "primary="),
    ("Hub ID|yes|no|", "hub_id="),
]


@pytest.mark.parametrize(("column", "option"), OTHER_MEANING)
def test_a_column_that_means_something_else_can_be_left_out(column: str, option: str) -> None:
    name, *cells = column.split("|")
    table = sheet(f"Domain|{name}", *(f"c{number}.example|{cell}" for number, cell in enumerate(cells)))

    problems = read(table).problems
    assert len(problems) == len([cell for cell in cells if cell])
    for problem in problems:
        assert paste(problem.hint) == [option]
    left_out = read(table, option)
    assert left_out.problems == ()
    assert left_out.unused == (name,)
    assert left_out.warnings == ()


def test_another_column_is_offered_in_place_of_one_that_cannot_be_read() -> None:
    table = sheet(
        "Domain|Primary contact|E-mail", "acme.example|@paula|p@acme.example", "b.example|@rui|r@b.example"
    )

    (first, _) = read(table).problems
    assert first.hint.endswith(
        "; if 'E-mail' is the primary contact: renewctl import 'my clients.csv' --map primary=E-mail"
    )
    assert read(table, *paste(first.hint)).problems == ()


def test_another_column_is_offered_in_place_of_one_with_names_only() -> None:
    table = sheet(
        "Domain|Primary contact|E-mail", "acme.example|Paula|p@acme.example", "b.example|Rui|r@b.example"
    )

    assert read(table).warnings == (
        "column 'Primary contact' (primary contact) is not used, because it has no e-mail addresses",
        "column 'E-mail' has e-mail addresses and is not used; if it is the primary contact "
        "(or billing contact, decision maker): renewctl import 'my clients.csv' --map primary=E-mail",
    )


def test_one_bad_cell_does_not_question_its_column() -> None:
    table = sheet("Domain|Renewal", "a.example|2027-03-01", "b.example|2027-03-02", "c.example|soon")

    assert [find_commands(problem.hint) for problem in read(table).problems] == [[]]
    alone = sheet("Domain|Renewal", "a.example|soon", "b.example|")
    assert [find_commands(problem.hint) for problem in read(alone).problems] == [[]]
    ambiguous = sheet("Domain|Renewal", "a.example|03/04/2027", "b.example|05/06/2027")
    assert [find_commands(problem.hint) for problem in read(ambiguous).problems] == [[], []]


def test_cells_without_a_value_show_nothing() -> None:
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
        "column 'E-mail' has e-mail addresses and is not used"
    ]


def test_a_bad_cell_questions_a_column_whose_name_does_not_decide() -> None:
    days = [f"{letter}.example|2027-03-01" for letter in "abcd"]
    table = sheet("Domain|Vencimento", *days, "e.example|a combinar")

    (problem,) = read(table).problems
    assert paste(problem.hint) == ["renewal="]
    assert len(read(table, "renewal=").rows) == 5
    (problem,) = read(table, "renewal=Vencimento").problems
    assert find_commands(problem.hint) == []


def test_a_half_converted_column_whose_name_does_not_decide_can_be_left_out() -> None:
    cells: tuple[Cell, ...] = (date(2027, 3, 1), date(2027, 4, 2), "25/03/2027", "28/03/2027")
    rows = [SheetRow(number, (f"c{number}.example", cell)) for number, cell in enumerate(cells, 2)]
    table = Sheet(("Domain", "Vencimento"), tuple(rows))

    with pytest.raises(BadInput, match="cannot be read") as caught:
        read(table)
    (problem,) = caught.value.problems
    assert paste(problem.hint) == ["renewal="]
    assert len(read(table, "renewal=").rows) == 4


def test_notes_are_a_memo_or_the_note_of_a_list_of_overrides() -> None:
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
def test_what_is_offered_can_be_pasted_and_settles_it(data: st.DataObject) -> None:
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
        for command in find_commands(warning)[:1]:
            option = shlex.split(command)[-1]
            field, _, _ = option.partition("=")
            place = found.columns.get(field)
            assert place is None or Contents(table).content(place) is Content.NOTHING
            assert field in match([option]).columns


@pytest.mark.parametrize("name", ["Domain", "Fim", "Notes", "x", ""])
def test_a_table_of_very_many_columns_is_answered_soon_and_shortly(name: str) -> None:
    columns = ("Domain", *(f"{name}{'.' * (number % 3)}" for number in range(16_000)))
    table = Sheet(columns, (SheetRow(2, ("acme.example", *["2027-03-01"] * 16_000)),))

    try:
        said = match_columns(table, {}).warnings
    except BadInput as error:
        said = tuple(problem.message + problem.hint for problem in error.problems)
    assert 1 <= len(said) <= 9
    assert max(map(len, said)) < 1_000


@pytest.mark.parametrize("header", ["old.example|Old", "Old|ana@old.example", "Old|2027-03-01|x"])
def test_a_header_that_is_a_row_of_the_table_is_not_offered(header: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(sheet(header, "new.example|New"))
    [problem] = caught.value.problems
    assert problem.message.startswith("the header looks like a row of the table: ")
    assert "client,renewal" in problem.hint


def test_a_column_of_partner_users_is_not_offered_for_a_role() -> None:
    table = sheet("client|owner|notify", "a.example|partner|ana@p.example", "b.example|partner|ana@p.example")

    assert match_columns(table, {}, wanted=("client", "primary", "billing")).warnings == ()
