"""From the names above a table's columns to the fields they hold: by name, never by position.

Names are compared without case, accents, spaces and signs. Imports ``errors`` only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple
from unicodedata import combining, normalize

from renewctl.errors import BadInput, Problem

# What HubSpot's pages and exports call them, in English, Portuguese, Spanish, French, German,
# Japanese and Polish; and, where those say nothing, what a sheet kept beside them would.
# No synonyms: "Record ID" (hs_object_id) and "HubSpot ID" number the record in the partner's own CRM,
# not the client's account; "Company owner" is the record's owner there, by name, not the renewal's.
_SYNONYMS = {
    "client": """domain; client domain; company domain; company domain name; domain name; customer domain;
        domínio; domínio do cliente; domínio da empresa; nome de domínio da empresa;
        nome do domínio da empresa; dominio; dominio del cliente; dominio de la empresa;
        nombre de dominio de la empresa; nombre del dominio de la empresa; domaine; domaine du client;
        domaine de l'entreprise; nom de domaine de l'entreprise; Kundendomain; Unternehmensdomain;
        Domain-Name des Unternehmens; ドメイン; ドメイン名; 会社のドメイン名; クライアントのドメイン;
        domena; domena klienta; domena firmy; nazwa domeny firmy""",
    "name": """name; company; company name; account name; nome; empresa; nome da empresa; nombre;
        nombre de la empresa; nom; entreprise; nom de l'entreprise; Unternehmen; Unternehmensname;
        Name des Unternehmens; 会社名; nazwa; firma; nazwa firmy""",
    "hub_id": """hub id; portal id; HubSpot account ID; HubSpot portal ID; HubSpot hub ID; ID do hub;
        ID do portal; ID da conta HubSpot; ID da conta do HubSpot; ID del hub; ID del portal;
        ID de cuenta de HubSpot; ID de la cuenta de HubSpot; ID du hub; ID du portail;
        ID du compte HubSpot; HubSpot-Account-ID; ポータルID; ハブID; HubSpotアカウントID; ID portalu;
        ID konta HubSpot""",
    "primary": """primary; primary contact; primary account contact; primary client contact;
        primary contact email; contato principal; contacto principal; contato principal da conta;
        contacto principal de la cuenta; e-mail do contato principal; contact principal;
        contact principal du compte; primärer Account-Kontakt; primärer Kontakt; Hauptkontakt;
        主要連絡先; główny kontakt; główny kontakt konta""",
    "billing": """billing; billing contact; billing contacts; billing contact(s); billing contact email;
        billing email; contato de faturamento; contatos de faturamento; contato de faturação;
        contacto de faturação; contacto de facturação; contacto de faturamento;
        e-mail do contato de faturamento; contacto de facturación; contactos de facturación;
        contact de facturation; contacts de facturation; Abrechnungskontakt; Abrechnungskontakte;
        請求先; 請求先連絡先; kontakt rozliczeniowy; kontakty rozliczeniowe""",
    "decision_maker": """decision maker; decision makers; decision maker email; tomador de decisões;
        tomador de decisão; responsável pela tomada de decisões; e-mail do tomador de decisões;
        responsable de decisiones; responsable de la toma de decisiones; responsable de tomar decisiones;
        décideur; décideurs; Entscheidungsträger; 意思決定者; osoba decyzyjna; osoba podejmująca decyzje""",
    "renewal": """renewal; renewal date; renewal start date; next renewal; next renewal date; renovação;
        data da renovação; data de renovação; renovación; fecha de renovación; fecha de la renovación;
        renouvellement; date de renouvellement; date du renouvellement; Verlängerung;
        Verlängerungsdatum; 更新日; odnowienie; data odnowienia""",
    "deadline": """deadline; renewal deadline; prazo de renovação; prazo da renovação;
        data limite de renovação; data limite da renovação; fecha límite de renovación;
        fecha límite de la renovación; plazo de renovación; date limite de renouvellement;
        échéance de renouvellement; Verlängerungs-Deadline; Verlängerungsfrist; 更新の締め切り;
        更新期限; termin odnowienia""",
    "product": """product; products; product renewals; subscription; produto; produtos; producto; productos;
        produit; produits; Produkt; Produkte; Produktverlängerungen; 製品; 製品更新; produkty;
        odnowienia produktów""",
    "owner": """owner; renewal owner; communication owner; renewal communication owner;
        proprietário da renovação; proprietário da comunicação de renovação;
        proprietário da comunicação de renovação do cliente; propietario de renovación;
        propietario de la renovación; propietario de la comunicación de renovación;
        propietario de la comunicación de renovación del cliente; propriétaire de renouvellement;
        propriétaire du renouvellement; propriétaire de la communication de renouvellement;
        propriétaire de la communication de renouvellement du client;
        Zuständigkeit für die Verlängerung; 更新担当者; właściciel odnowienia""",
    "notify": """notify; partner user; partner user to be notified; user to notify; point of contact;
        renewal point of contact; point of contact for renewals; partner point of contact;
        usuário parceiro; usuário parceiro para ser notificado; ponto de contato; ponto de contacto;
        ponto de contato para renovações; punto de contacto; punto de contacto para renovaciones;
        point de contact; Ansprechpartner; 連絡窓口; punkt kontaktowy""",
    "note": "note; notes; nota; notas; remarque; remarques; Notiz; Notizen; メモ; notatka; notatki; uwagi",
}

# HubSpot's renewal list calls its column "Client" or, in 2018, "Client name", and shows the domain in
# it: so these mean the domain. In a table that has a column for the domain besides, they are the name.
_CLIENT_OR_NAME = """client; client name; customer; customer name; cliente; nome do cliente;
    nombre del cliente; nom du client; Kunde; Kundenname; クライアント; クライアント名; klient;
    nazwa klienta"""

FIELDS = tuple(_SYNONYMS)
"""What a column can hold: the headers of renewctl's own tables, with ``_`` for a hyphen."""

# Letters that are not a letter and an accent to Unicode, but are to whoever types without them.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_SIGNS = re.compile(r"[\W_]+")


class MatchedColumns(NamedTuple):
    """Which column, from 0, holds which field; ``unknown`` are the names of those that hold none."""

    columns: Mapping[str, int]
    unknown: tuple[str, ...]


def fold(name: str) -> str:
    """Return a name in the form it is compared in: without case, accents, spaces and signs."""
    bare = "".join(char for char in normalize("NFKD", name.casefold()) if not combining(char))
    return _SIGNS.sub("", bare.casefold().translate(_PLAIN))


def _all_folded(names: str) -> frozenset[str]:
    return frozenset(map(fold, names.split(";")))


_MEANINGS = {name: field for field, names in _SYNONYMS.items() for name in _all_folded(names)}
_EITHER = _all_folded(_CLIENT_OR_NAME)


def match_columns(
    columns: Sequence[str], mapping: Mapping[str, str], *, file: str = "", line: int = 0
) -> MatchedColumns:
    """Return which column holds which field.

    Args:
        columns: the names above the columns.
        mapping: field to name, as the user says; it wins over what the names would mean.
        file: the table's name, for messages.
        line: where the header stands, for messages.

    Raises:
        BadInput: a field has several columns, there is none for the client, or the mapping names
            what does not exist; all at once.
    """
    found: list[Problem] = []
    said = dict(_said(columns, mapping, found))
    meant = _meant(columns, said)
    found += (_several(columns, field, places) for field, places in meant.items() if len(places) > 1)
    if "client" not in meant and "client" not in map(_field, mapping):
        found.append(_no_client(columns))
    if found:
        placed = [
            Problem(each.message, hint=each.hint, file=file, line=line, column=each.column) for each in found
        ]
        raise BadInput("the columns cannot be told", problems=placed)
    chosen = {field: meant[field][0] for field in FIELDS if field in meant}
    known = set(chosen.values())
    names = (name for place, name in enumerate(columns) if name.strip() and place not in known)
    return MatchedColumns(chosen, tuple(names))


def _field(word: str) -> str:
    return word.strip().lower().replace("-", "_")


def _said(
    columns: Sequence[str], mapping: Mapping[str, str], found: list[Problem]
) -> Iterator[tuple[str, int]]:
    """Yield the mapping's fields with their columns; what is wrong with it goes to ``found``."""
    for word, name in mapping.items():
        field = _field(word)
        places = _named(columns, name)
        if field not in FIELDS:
            found.append(
                Problem(f"--map: there is no field {word!r}", hint=f"the fields: {', '.join(FIELDS)}")
            )
        elif len(places) == 1:
            yield field, places[0]
        elif places:
            found.append(_several(columns, field, places))
        else:
            hint = _did_you_mean(name, columns) or _listed(columns)
            found.append(Problem(f"--map {word}: there is no column {name!r}", hint=hint))


def _named(columns: Sequence[str], name: str) -> list[int]:
    """Return the columns called so: to the letter if there are such, else as names are compared."""
    exact = [place for place, column in enumerate(columns) if column == name.strip() != ""]
    return exact or [place for place, column in enumerate(columns) if fold(column) == fold(name) != ""]


def _meant(columns: Sequence[str], said: Mapping[str, int]) -> dict[str, list[int]]:
    meant: dict[str, list[int]] = {field: [place] for field, place in said.items()}
    free = [(place, fold(name)) for place, name in enumerate(columns) if place not in said.values()]
    for place, name in free:
        field = _MEANINGS.get(name)
        if field and field not in said:
            meant.setdefault(field, []).append(place)
    either = "client" if "client" not in meant else "name"
    if either not in said and (places := [place for place, name in free if name in _EITHER]):
        # With a domain and a name besides, it is one column too many: a person has to say.
        meant.setdefault(either, []).extend(places)
    return meant


def _several(columns: Sequence[str], field: str, places: Sequence[int]) -> Problem:
    names = " and ".join(f"{columns[place]!r} ({_letters(place)})" for place in places)
    hint = f"keep one of them, or say which: --map '{field}=HEADER'"
    return Problem(f"several columns are the {field}: {names}", hint=hint, column=places[1] + 1)


def _no_client(columns: Sequence[str]) -> Problem:
    near = _nearest_to_client(columns)
    example = f"--map 'client={near or 'HEADER'}' names it; {_listed(columns)}"
    return Problem("no column is the client's domain", hint=example)


def _nearest_to_client(columns: Iterable[str]) -> str:
    names = {fold(column): column for column in columns if fold(column) not in _MEANINGS}
    meanings = (*_EITHER, *(name for name, field in _MEANINGS.items() if field == "client"))
    near = (match for meaning in meanings for match in get_close_matches(meaning, names, 1, 0.6))
    return next((names[match] for match in near), "")


def _did_you_mean(name: str, columns: Iterable[str]) -> str:
    names = {fold(column): column for column in columns}
    near = get_close_matches(fold(name), names, 1, 0.6)
    return f"did you mean {names[near[0]]!r}?" if near else ""


def _listed(columns: Iterable[str]) -> str:
    return f"the columns: {', '.join(name for name in columns if name.strip()) or 'none has a name'}"


def _letters(place: int) -> str:
    """Return what a spreadsheet calls a column: A, B, … Z, AA."""
    above, last = divmod(place, 26)
    return (_letters(above - 1) if above else "") + chr(ord("A") + last)
