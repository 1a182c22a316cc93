"""Test that importing an exported CSV file or workbook changes nothing."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conftest import PATIENCE
from exchange.reading import read_sheet
from renewctl.domain import paths
from renewctl.domain.edit.import_plan import plan_import
from renewctl.domain.edit.rows import ImportOptions
from renewctl.domain.identifiers import name_key, trim
from renewctl.domain.validate import read_portfolio
from renewctl.exchange.cells import is_placeholder
from renewctl.exchange.export import export_csv, export_workbook
from renewctl.exchange.rows import read_client_rows
from renewctl.fields import Kind
from renewctl.model import Plan, Portfolio, Role
from renewctl.text import BOM, csv_cell
from workbooks import open_sheet, read_back

Data = dict[str, Any]
FILE = "roster.csv"
AS_OF = date(2026, 11, 23)
LAW = hypothesis_settings(max_examples=hypothesis_settings().max_examples // 2)
ODD = (
    'Reis, "Paula"', "a;b", "a\nb", "a\r\nb", "a\rb", "=1+1", "'=1", "-2", "+351", "@here", "\t=x", "＝x",
    "🎉 Ltda", "شركة", "\u202eabc", "a<b>", "<a@b.example>", "a@b.example",
    "Costa, Rui", "'", '"', "''", "sep=;",
    "-", "–", "TBD", "\u200babc", "abc\u200e", "BraganÃ§a", "Bragan\ufffda", "M\x81ller",
    "default", "O'Dell", "{x}", "#x", "x\u2028y", "\x1b[31m",
)  # fmt: skip
# Without characters that are not allowed: NUL in CSV, the last two in workbooks.
TEXT = (
    st.sampled_from(ODD)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), max_size=6)
).filter(lambda text: text == text.strip() and bool(text) == bool(trim(text)))
"""Text that is not blank for an import, which ignores invisible characters around it."""
USERS = ("ana@agency.example", "Rui@agency.example", "ines@agency.example")
DAYS = st.dates(date(2026, 1, 1), date(2029, 1, 1))
ADDRESSES = ("p@a.example", "Q@a.example", "r.s+t@b.example")
SETTINGS = st.sampled_from(USERS).flatmap(
    lambda user: st.sampled_from(
        [{"owner": "hubspot"}, {"owner": "hubspot", "notify": user}, {"owner": "partner", "notify": user}]
    )
)


def contacts() -> st.SearchStrategy[list[Data]]:
    """Return lists of contacts with unique addresses."""
    contact = st.fixed_dictionaries(
        {
            "email": st.sampled_from(ADDRESSES),
            "roles": st.lists(st.sampled_from([*map(str, Role)]), unique=True),
        },
        # Names with special characters have their own test.
        optional={"name": TEXT.filter(lambda name: not set("<>\r") & set(name)), "active": st.booleans()},
    )
    return st.lists(contact, max_size=3, unique_by=lambda item: item["email"])


def renewals() -> st.SearchStrategy[list[Data]]:
    """Return lists of renewals with unique products and valid deadlines."""
    renewal = st.builds(
        lambda day, product, own: {
            "date": day,
            **product,
            **({"deadline": day - timedelta(days=own)} if own else {}),
        },
        DAYS,
        st.fixed_dictionaries({}, optional={"product": TEXT}),
        st.sampled_from([None, 1, 30]),
    )
    return st.lists(renewal, max_size=3, unique_by=lambda item: name_key(item.get("product", "")))


Export = Callable[[Portfolio], str | bytes]
EXPORTS: tuple[Export, ...] = (
    export_csv,
    partial(export_csv, excel=True),
    partial(export_workbook, as_of=AS_OF),
)
"""Exports that can be imported without loss."""
CLIENTS = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT,
        "memo": TEXT,
        "must_notify": st.lists(st.sampled_from((*USERS, *ADDRESSES)), max_size=3),
        "contacts": contacts(),
        "renewals": renewals(),
        "override": st.tuples(SETTINGS, TEXT).map(lambda both: {**both[0], "note": both[1]}),
    },
)


def with_ids(clients: Data) -> Data:
    """Return the clients, every second one with a unique hub ID."""
    return {
        key: {**each, **({"hub_id": at} if at % 2 else {})} for at, (key, each) in enumerate(clients.items())
    }


STORES = st.fixed_dictionaries(
    {
        "users": st.just({email: {"name": "N"} for email in USERS}),
        "clients": st.dictionaries(
            st.sampled_from(["a.example", "B.example", "xn--mller-kva.example", "c.d-e.example"]),
            CLIENTS,
            max_size=4,
        ).map(with_ids),
    },
    optional={"defaults": SETTINGS},
)


def portfolio(data: Data) -> Portfolio:
    """Return the portfolio of valid data."""
    reading = read_portfolio(data)
    assert not reading.problems
    return reading.portfolio


def import_plan_of(
    known: Portfolio, content: str | bytes, *, prune: bool = False, allow_odd_text: bool = False
) -> Plan:
    """Return the plan of importing a file with overrides."""
    data = content.encode() if isinstance(content, str) else content
    table = read_client_rows(read_sheet(data, FILE), FILE, mapping={})
    assert not table.unused
    options = ImportOptions(prune=prune, with_overrides=True, allow_odd_text=allow_odd_text)
    return plan_import(known, table.rows, options, table.problems)


@LAW
@given(STORES, st.sampled_from(EXPORTS))
def test_importing_an_export_changes_nothing(data: Data, export: Export) -> None:
    known = portfolio(data)
    plan = import_plan_of(known, export(known))

    assert plan.changes == ()
    assert plan.counts == (("new", 0), ("changed", 0), ("unchanged", len(known.clients)), ("removed", 0))


@LAW
@given(STORES.filter(lambda data: data["clients"]))
def test_importing_an_export_with_prune_changes_nothing(data: Data) -> None:
    known = portfolio(data)
    plan = import_plan_of(known, export_csv(known), prune=True)

    assert (plan.changes, plan.danger) == ((), "")
    assert all("keep" in note or "HubSpot allows" in note for note in plan.notes)


@LAW
@given(st.lists(TEXT, min_size=1, max_size=3), st.sampled_from(EXPORTS))
def test_importing_exported_contacts_with_any_name_changes_nothing(names: list[str], export: Export) -> None:
    people = [
        {"email": f"p{at}@a.example", "name": name, "roles": ["billing"]} for at, name in enumerate(names)
    ]
    known = portfolio({"clients": {"a.example": {"contacts": people}}})

    assert import_plan_of(known, export(known)).changes == ()


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text in the data."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)
    elif isinstance(value, str):
        yield value


def has_marks(data: Data) -> bool:
    """Return whether a text begins like the mark of ``csv_cell``."""
    return any(text.startswith("'") for text in texts_of(data))


def is_plain_text(data: Data) -> bool:
    """Return whether every text is imported unchanged into an empty file."""
    return all(text == trim(text) and not is_placeholder(text, Kind.NAME) for text in texts_of(data))


@LAW
@given(STORES.filter(lambda data: not has_marks(data)), st.booleans())
def test_importing_a_raw_export_changes_nothing(data: Data, excel: bool) -> None:
    known = portfolio(data)

    assert import_plan_of(known, export_csv(known, raw=True, excel=excel)).changes == ()


def is_exported(name: str) -> bool:
    """Return whether an exported cell can contain the name."""
    return name.isprintable() and not set('"<>') & set(name)


def plain(name: str) -> str:
    """Return the name with single spaces, as in an exported cell."""
    return " ".join(name.split())


def exported_data(known: Portfolio) -> Data:
    """Return the data of a portfolio that an export contains."""
    return {
        key: (
            plain(client.name),
            client.memo.split(),
            client.hub_id,
            {role: {c.email for c in client.contacts if role in c.roles} for role in Role},
            {c.email: plain(c.name) for c in client.contacts if c.roles and is_exported(plain(c.name))},
            {(plain(each.product), each.day, each.deadline) for each in client.renewals},
            # An override that matches the default is not imported.
            client.override if not same_as_default(known, client.override) else None,
            {*client.must_notify},
        )
        for key, client in known.clients.items()
    }


def same_as_default(known: Portfolio, override: Any) -> bool:
    """Return whether the override matches the default. A blank user matches any."""
    default = known.default
    if not override or not default or override.owner != default.owner:
        return False
    return override.notify in {None, default.notify}


@LAW
@given(STORES.filter(is_plain_text), st.sampled_from(EXPORTS))
def test_importing_into_an_empty_file_gives_the_same_clients(data: Data, export: Export) -> None:
    known = portfolio(data)
    empty = {**data, "clients": {}}
    plan = import_plan_of(portfolio(empty), export(known), allow_odd_text=True)
    after = portfolio(paths.apply_changes(empty, plan.changes))

    names = {key: whole[4] for key, whole in exported_data(known).items()}
    found = exported_data(after)
    for key, whole in names.items():  # contacts whose names are not exported have none
        found[key][4].update({email: name for email, name in found[key][4].items() if email in whole})
        for email in {*found[key][4]} - {*whole}:
            assert found[key][4].pop(email) == ""
    assert found == exported_data(known)
    assert list(after.clients) == list(known.clients)


STORE = """
[users."ana@agency.example"]
[clients."Acme.example"]
name = "=Acme, Ltda"
hub_id = 7
contacts = [
  { email = "p@acme.example", name = "Reis, Paula", roles = ["decision-maker", "primary"] },
  { email = "f@acme.example", roles = ["billing"] },
  { email = "g@acme.example", name = "Gil \\"G\\"", roles = ["billing"] },
  { email = "idle@acme.example" },
]
renewals = [{ date = 2027-03-01 }, { date = 2027-06-30, product = "Hub", deadline = 2027-05-01 }]
override = { owner = "partner", notify = "ana@agency.example", note = "-why" }
memo = "-two\\nlines"
must_notify = ["f@acme.example", "ana@agency.example"]
[clients."b.example"]
"""
HEADER = (
    "client,name,hub_id,primary,billing,decision-maker,product,renewal,deadline,owner,notify,note,memo"
    ",must_notify"
)
REQUIRED = "f@acme.example; ana@agency.example"
LINES = [
    HEADER,
    'acme.example,"{}=Acme, Ltda",7,"""Reis, Paula"" <p@acme.example>",f@acme.example; g@acme.example,'
    '"""Reis, Paula"" <p@acme.example>",,2027-03-01,,partner,ana@agency.example,{}-why,"{}-two\nlines",'
    + REQUIRED,
    'acme.example,"{}=Acme, Ltda",7,"""Reis, Paula"" <p@acme.example>",f@acme.example; g@acme.example,'
    '"""Reis, Paula"" <p@acme.example>",Hub,2027-06-30,2027-05-01,partner,ana@agency.example,{}-why,'
    '"{}-two\nlines",' + REQUIRED,
    "b.example,,,,,,,,,default,,,,",
    "",
]


@pytest.mark.parametrize(("raw", "mark"), [(False, "'"), (True, "")])
def test_the_exact_csv_text(raw: bool, mark: str) -> None:
    text = export_csv(portfolio(tomli.loads(STORE)), raw=raw)

    assert text == "\r\n".join(LINES).replace("{}", mark)


def test_excel_adds_only_the_byte_order_mark() -> None:
    known = portfolio(tomli.loads(STORE))

    assert export_csv(known, excel=True) == BOM + export_csv(known)
    assert export_csv(known, excel=True).encode().startswith(b"\xef\xbb\xbfclient,")


def test_without_clients_there_is_only_the_header() -> None:
    assert export_csv(Portfolio()) == HEADER + "\r\n"


@LAW
@given(STORES)
def test_no_cell_is_a_formula_and_every_row_has_all_cells(data: Data) -> None:
    rows = list(csv.reader(io.StringIO(export_csv(portfolio(data)), newline=""), strict=True))

    assert {len(row) for row in rows} == {len(HEADER.split(","))}
    for row in rows:
        for cell in row:
            assert cell.startswith("'") or csv_cell(cell) == cell
            assert cell.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize(
    "client",
    [
        'name = " Acme "',
        'contacts = [{ email = "p@a.example", name = " Paula ", roles = ["primary"] }]',
        'contacts = [{ email = "p@a.example", name = "Paula\\rReis", roles = ["primary"] }]',
        'contacts = [{ email = "p@a.example", name = "Paula <Reis>", roles = ["primary"] }]',
        'renewals = [{ date = 2027-03-01, product = " Hub " }, { date = 2027-04-01, product = "Other" }]',
        'renewals = [{ date = 2027-03-01, product = "Hub" }, { date = 2027-04-01, product = "HUB" }]',
        'override = { owner = "hubspot", notify = "ANA@agency.example" }',
        # Not under [users], as in the examples.
        'override = { owner = "hubspot", notify = "pedro@agency.example" }',
        'override = { owner = "partner", notify = "pedro@agency.example" }',
        'override = { owner = "partner" }',
        'override = { owner = "hubspot", note = " why " }',
        'memo = " two\\r\\nlines "',
        "hub_id = 999999999999999",
    ],
)
def test_importing_an_odd_exported_client_changes_nothing(client: str) -> None:
    known = portfolio(tomli.loads(f'[users."ana@agency.example"]\n[clients."a.example"]\n{client}'))

    assert import_plan_of(known, export_csv(known)).changes == ()


def test_importing_the_exported_agency_changes_nothing(examples: Any) -> None:
    known = portfolio(tomli.loads((examples / "agency.toml").read_text("utf-8")))

    assert import_plan_of(known, export_csv(known)).changes == ()


# ---------------------------------------------------------------- workbooks


typed = datetime.fromisoformat
"""The value that openpyxl reads from a cell with a date."""


def test_a_workbook_has_the_same_rows_with_typed_dates_and_numbers() -> None:
    known = portfolio(tomli.loads(STORE))
    header, first, second, last = read_back(export_workbook(known, AS_OF))

    assert header == tuple(HEADER.split(","))
    people = ('"Reis, Paula" <p@acme.example>', "f@acme.example; g@acme.example")
    client = ("acme.example", "=Acme, Ltda", 7, *people, people[0])
    setting = ("partner", "ana@agency.example", "-why", "-two\nlines", REQUIRED)
    assert first == (*client, None, typed("2027-03-01"), None, *setting)
    assert second == (*client, "Hub", typed("2027-06-30"), typed("2027-05-01"), *setting)
    assert last == ("b.example", *[None] * 8, "default", *[None] * 4)


def test_blank_columns_are_formatted_as_text_or_date() -> None:
    """Without a format, spreadsheets change 00123 to 123, and 3/4 to a date."""
    sheet = open_sheet(export_workbook(Portfolio(), AS_OF))
    names = HEADER.split(",")
    formats = {
        names[number - 1]: column.number_format
        for column in sheet.column_dimensions.values()
        for number in range(column.min, column.max + 1)
    }
    dates = {"renewal", "deadline"}
    assert formats == {name: "yyyy-mm-dd" if name in dates else "@" for name in names}


def saved_by_libreoffice(data: bytes, folder: Path) -> bytes:
    """Return a workbook opened and saved by LibreOffice."""
    (folder / "roster.xlsx").write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "saved"), str(folder / "roster.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return (folder / "saved" / "roster.xlsx").read_bytes()


NAMES = (
    *("00123", "3/4", "1e5", "=1+1", "'=1+1", "''=x", "+351 211", "@here", "TRUE", "5%", "2027-03-01"),
    *("12:30", "_x0041_", "a\nb", "日本", "  x  y"),
)
TRICKY = portfolio(
    {
        "users": {"ana@agency.example": {}},
        "clients": {
            f"c{at}.example": {
                "name": name,
                "hub_id": 10**14 + at,
                "memo": f"{name}\n{name}",
                "contacts": [{"email": f"p{at}@c.example", "name": name, "roles": ["primary", "billing"]}],
                "renewals": [
                    {"date": date(2027, 3, 1) + timedelta(days=at), "product": name},
                    {"date": date(1899, 12, 31), "product": "old"},
                    {"date": date(9999, 12, 31), "deadline": date(9999, 12, 30)},
                ],
                "override": {"owner": "partner", "notify": "ana@agency.example", "note": name},
            }
            for at, name in enumerate(NAMES)
        },
    }
)
"""A portfolio with texts that spreadsheets tend to convert."""


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_workbook_saved_by_libreoffice_changes_nothing(tmp_path: Path) -> None:
    data = saved_by_libreoffice(export_workbook(TRICKY, AS_OF), tmp_path)

    assert import_plan_of(TRICKY, data).changes == ()


def test_a_stored_workbook_saved_by_libreoffice_changes_nothing() -> None:
    """Test a stored file, without LibreOffice. See tests/data/README.md."""
    data = (Path(__file__).parent.parent / "data" / "export-saved-by-libreoffice.xlsx").read_bytes()

    assert import_plan_of(TRICKY, data).changes == ()
