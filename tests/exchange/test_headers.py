"""Test matching columns by their names in seven languages."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.errors import BadInput
from renewctl.exchange.columns import MatchedColumns, match_columns
from renewctl.exchange.headers import fold, read_headers, recognize_fields
from renewctl.exchange.spreadsheet import Sheet
from renewctl.fields import COLUMNS
from renewctl.package_data import read_texts

DATA = Path(__file__).resolve().parent.parent / "data" / "headers.toml"
EVERYDAY = [
    (language, field, name)
    for language, fields in tomllib.loads(DATA.read_text("utf-8")).items()
    for field, names in fields.items()
    for name in names
]
FIELDS = tuple(COLUMNS)
LANGUAGES = ("en", "pt", "es", "fr", "de", "ja", "pl")
ADD_MAPPING = "add --map client=HEADER for the column with the clients' domains"
NAMES = {
    "client": "Client|Client name|Cliente|Kunde|クライアント|Klient|domain|Domain|Company Domain Name"
    "|Company domain name|Domínio|DOMINIO|Domaine|Nombre del dominio de la empresa",
    "name": "name|Company name|COMPANY NAME|Nome da empresa|Nombre de la empresa|Nom de l'entreprise",
    "hub_id": "hub_id|hub-id|Hub ID|HubID|portalId|HubSpot account ID|ID da conta HubSpot|Portal-ID",
    "primary": "primary|Primary contact|Primary (account) contact|Contacto Principal|contato principal"
    "|contact principal|Primärer Account-Kontakt|Główny kontakt"
    "|Główny kontakt (konta)|Primary client contact",
    "billing": "billing|Billing contact|Billing contact(s)|Contacto de Facturação|contato de faturamento"
    "|Contato de faturação|contacto de facturación|contact de facturation|Abrechnungskontakt"
    "|Kontakt rozliczeniowy",
    "decision_maker": "decision-maker|decision_maker|Decision maker|Tomador de Decisões|tomador de decisoes"
    "|responsável pela tomada de decisões|responsable de decisiones|responsable de la toma de decisiones"
    "|responsable de tomar decisiones|décideur|Entscheidungsträger|Osoba decyzyjna|osoba podejmująca decyzje",
    "renewal": "renewal|Renewal date|Data da renovação|Fecha de renovación|Date de renouvellement"
    "|Data odnowienia",
    "deadline": "deadline|Renewal deadline|Verlängerungs-Deadline|更新の締め切り|Termin odnowienia",
    "product": "product|Product renewals|Products|Produktverlängerungen|製品更新|Odnowienia produktów"
    "|Produkty",
    "owner": "owner|Renewal owner|Communication owner|Proprietário da renovação"
    "|Proprietário da comunicação de renovação do cliente|Propietario de renovación"
    "|Propietario de la comunicación de renovación|Propriétaire de renouvellement"
    "|Propriétaire de la communication de renouvellement|Zuständigkeit für die Verlängerung|更新担当者"
    "|Właściciel odnowienia",
    "notify": "notify|partner user|partner point of contact|Account manager|CSM|usuário parceiro",
    "note": "note|Note",
    "memo": "memo|Notes|nota|Notiz",
}


def problems(columns: tuple[str, ...], mapping: dict[str, str] | None = None) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        match_columns(Sheet(columns, (), 3), mapping or {}, file="x.csv")
    assert {(problem.file, problem.line) for problem in caught.value.problems} == {("x.csv", 3)}
    return [(problem.message, problem.hint) for problem in caught.value.problems]


def match(columns: tuple[str, ...], mapping: dict[str, str] | None = None) -> MatchedColumns:
    """Return the columns of a table that has only a header."""
    return match_columns(Sheet(columns, ()), mapping or {})


@pytest.mark.parametrize(
    ("field", "name"), [(field, name) for field, names in NAMES.items() for name in names.split("|")]
)
def test_a_field_is_recognized_by_its_names(field: str, name: str) -> None:
    columns = ("x", name) if field == "client" else ("x", name, "domain")
    columns += ("renewal owner",) if field == "notify" else ()

    assert match(columns).columns[field] == 1
    assert match(columns).unknown == ("x",)


@pytest.mark.parametrize(("language", "field", "name"), EVERYDAY, ids=map(" ".join, EVERYDAY))
def test_an_everyday_name_is_its_field_or_unknown(language: str, field: str, name: str) -> None:
    columns = ("x", name) if field == "client" else ("domain", name)
    columns += ("renewal owner",) if field == "notify" else ()
    taken = {} if field in {"ambiguous", "other", "unknown"} else {field: 1}
    taken |= ({} if field == "client" else {"client": 0}) | ({"owner": 2} if field == "notify" else {})
    headers = read_headers()

    assert match(columns).columns == taken
    assert (fold(name) in headers.ambiguous, fold(name) in headers.other) == (
        field == "ambiguous",
        field == "other",
    )


def test_every_field_has_its_own_header() -> None:
    for headers in (FIELDS, [field.replace("_", "-") for field in FIELDS]):
        found = match(tuple(headers))

        assert dict(found.columns) == {field: place for place, field in enumerate(FIELDS)}
        assert found.unknown == ()


def test_no_name_is_in_two_groups() -> None:
    texts = read_texts("headers")
    groups = [*texts["certain"].values(), *texts["fitting"].values(), *texts["ambiguous"], texts["other"]]
    names = [{fold(name) for key in LANGUAGES for name in group.get(key, ())} for group in groups]
    own = {fold(field) for field in COLUMNS if field != "client"}

    assert [
        name
        for name, count in Counter(name for group in [*names, own] for name in group).items()
        if count > 1
    ] == []
    assert "" not in set().union(*names)


def test_groups_of_names_are_of_fields_and_languages() -> None:
    texts = read_texts("headers")
    fields = {
        *texts["certain"],
        *texts["fitting"],
        *(field for group in texts["ambiguous"] for field in group["fields"]),
    }
    groups = [*texts["certain"].values(), *texts["fitting"].values(), *texts["ambiguous"], texts["other"]]

    assert fields - {"client-or-name"} <= {*FIELDS}
    assert {key for group in groups for key in group} <= {*LANGUAGES, "why", "fields"}
    assert all(group["why"] for group in texts["ambiguous"])
    for group in groups:
        for language in LANGUAGES:
            names = [fold(name) for name in group.get(language, ())]
            assert len(names) == len(set(names)), (language, names)


@pytest.mark.parametrize(
    "name",
    [
        "Record ID",
        "hs_object_id",
        "Company owner",
        "Responsible",
        "hubspot_owner_id",
        "Current MRR",
        "Renewal MRR",
        "Create Date",
        "Renewal manager",
        "Associated Company IDs",
        "Website URL",
        "",
    ],
)
def test_names_that_only_resemble_a_field_are_unknown(name: str) -> None:
    found = match(("domain", name))

    assert dict(found.columns) == {"client": 0}
    assert found.unknown == ((name,) if name else ())


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("  Renewal   OWNER ", "renewalowner"),
        ("decision_maker (e-mail)", "decisionmakeremail"),
        ("Ｃｌｉｅｎｔ", "client"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("İstanbul", "istanbul"),
        ("Cafe\u0301", "cafe"),
        ("hub\u00a0id", "hubid"),
        ("#", ""),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(name: str, bare: str) -> None:
    assert fold(name) == bare


@given(st.text())
def test_folding_once_is_enough(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_client_is_the_name_if_there_is_a_domain_column() -> None:
    assert dict(match(("Client", "Domain")).columns) == {"client": 1, "name": 0}
    assert dict(match(("Client name", "Name")).columns) == {"client": 0, "name": 1}
    assert (
        problems(("Client", "Domain", "Name"))[0][0]
        == "several columns match the field name: 'Name' (C) and 'Client' (A)"
    )


def test_a_problem_points_at_the_second_column() -> None:
    with pytest.raises(BadInput) as caught:
        match(("domain", "x", "domain"))

    assert [problem.column for problem in caught.value.problems] == [3]


def test_two_columns_for_one_field_are_both_listed() -> None:
    columns = ("Domain", *"abcdefghijklmnopqrstuvwxy", "Company Domain Name", "Portal ID", "hub-id")

    assert problems(columns) == [
        (
            "several columns match the field client: 'Domain' (A) and 'Company Domain Name' (AA)",
            "choose one with --map client=Domain or --map 'client=Company Domain Name'",
        ),
        (
            "several columns match the field hub_id: 'Portal ID' (AB) and 'hub-id' (AC)",
            "choose one with --map 'hub_id=Portal ID' or --map hub_id=hub-id",
        ),
    ]


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        (("Domains", "Last Name"), "columns: Domains, Last Name"),
        (("a", "", "name"), "columns: a, name"),
        ((), "no column has a name"),
    ],
)
def test_without_a_client_column_the_columns_are_listed(columns: tuple[str, ...], hint: str) -> None:
    assert problems(columns) == [("no column has the clients' domains", f"{ADD_MAPPING} ({hint})")]


@pytest.mark.parametrize(
    ("mapping", "columns", "unknown"),
    [
        ({"client": "Site"}, {"client": 0, "name": 2}, ("Domain", "Kontakt")),
        ({"decision-maker": "kontakt"}, {"client": 1, "name": 2, "decision_maker": 3}, ("Site",)),
        ({" Decision_Maker ": " Kontakt "}, {"client": 1, "name": 2, "decision_maker": 3}, ("Site",)),
        ({"note": "Name"}, {"client": 1, "note": 2}, ("Site", "Kontakt")),
        ({"name": "Domain", "client": "Domain"}, {"client": 1, "name": 1}, ("Site", "Name", "Kontakt")),
    ],
)
def test_the_mapping_overrides_the_names(
    mapping: dict[str, str], columns: dict[str, int], unknown: tuple[str, ...]
) -> None:
    found = match(("Site", "Domain", "Name", "Kontakt"), mapping)

    assert (dict(found.columns), found.unknown) == (columns, unknown)


def test_the_mapping_chooses_between_two_columns() -> None:
    found = match(("Domain", "Company Domain Name"), {"client": "Domain"})

    assert (dict(found.columns), found.unknown) == ({"client": 0}, ("Company Domain Name",))
    assert dict(match(("NAME", "name", "domain"), {"name": "name"}).columns) == {
        "client": 2,
        "name": 1,
    }


def test_all_problems_with_columns_are_listed() -> None:
    mapping = {"mail": "Name", "primary": "Kontakt", "note": "NAME"}

    found = problems(("Name", "name", "Kontact"), mapping)

    assert found == [
        ("--map: field 'mail' not found", f"use one of: {', '.join(FIELDS)}"),
        ("--map primary: column 'Kontakt' not found", "did you mean 'Kontact'?"),
        (
            "several columns match the field note: 'Name' (A) and 'name' (B)",
            "choose one with --map note=Name or --map note=name",
        ),
        (
            "several columns match the field name: 'Name' (A) and 'name' (B)",
            "choose one with --map name=Name or --map name=name",
        ),
        (
            "no column has the clients' domains",
            f"{ADD_MAPPING} (columns: Name, name, Kontact)",
        ),
    ]
    assert problems(("domain",), {"note": "x", "client": "zzz"}) == [
        ("--map note: column 'x' not found", "use one of the columns: domain"),
        ("--map client: column 'zzz' not found", "use one of the columns: domain"),
    ]


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(FIELDS), max_size=6),
    st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=3),
)
def test_arbitrary_names_are_matched_or_refused(columns: list[str], mapping: dict[str, str]) -> None:
    try:
        found = match(tuple(columns), mapping)
    except BadInput as error:
        hints = [problem.hint for problem in error.problems]
    else:
        hints = ["none needed"]
        assert "client" in found.columns
        assert set(found.columns) <= set(FIELDS)
    assert hints
    assert all(hints)


@pytest.mark.parametrize(
    ("columns", "mapping", "fields"),
    [
        (("Domain", "Company name", "City"), {}, "client name"),
        (("Client", "Renewal date"), {}, "client renewal"),
        (("Renewals 2027", "", ""), {}, ""),
        (("acme.example", "Acme", "2027-03-01"), {}, ""),
        (("Firm", "Owner"), {"client": "firm"}, "client owner"),
        (("Domain", "Owner"), {"client": "firm", "what": "Owner"}, "client owner"),
        (("Domain", "Owner"), {"owner": ""}, "client"),
        (("Site", "Vencimento", "Diretor", "HubSpot ID"), {}, "client renewal decision_maker hub_id"),
        (("Site", "Responsável"), {}, "client"),
        (("Site", "Responsável", "Renewal owner"), {}, "client notify owner"),
        ((), {"owner": "x"}, ""),
    ],
)
def test_the_fields_recognized_in_a_row(
    columns: tuple[str, ...], mapping: dict[str, str], fields: str
) -> None:
    assert recognize_fields(columns, mapping) == {*fields.split()}
