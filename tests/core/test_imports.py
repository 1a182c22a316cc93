"""Test the plan of an import: changes, notes, problems, and removals with --prune."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from shlex import split
from typing import Any, NamedTuple

import pytest
import tomli
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.reading import read_sheet
from renewctl.domain import paths
from renewctl.domain.edit.import_notes import note_contacts, note_implausible_dates
from renewctl.domain.edit.import_plan import plan_import
from renewctl.domain.edit.renewals import rename_product
from renewctl.domain.edit.rows import ImportOptions, ImportRow
from renewctl.domain.validate import read_portfolio
from renewctl.errors import BadInput, ExitStatus, Problem, UsageError
from renewctl.exchange.export import export_csv
from renewctl.exchange.rows import read_client_rows
from renewctl.model import Change, Contact, PartnerUser, Plan, Portfolio, Renewal, Role

STORE = """
[defaults]
owner = "hubspot"
notify = "ana@agency.example"

[users."Ana@agency.example"]
name = "Ana Souza"

[users."rui@agency.example"]
name = "Rui Costa"

[users."rui@other.example"]
name = "Rui Costa"

[users."ines@agency.example"]
name = "ana souza lima"

[clients."Acme.example"]   # not in normal form
name = "Acme Ltda"
hub_id = 4411223
contacts = [
  { email = "Paula@acme.example", roles = ["primary", "decision-maker"] },
  { email = "fin@acme.example", name = "Fin", roles = ["billing"] },
  { email = "two@acme.example", roles = ["billing"] },
  { email = "idle@acme.example", active = false },
]
renewals = [
  { date = 2027-03-01, product = "Marketing Hub" },
  { date = 2027-06-30, product = "Sales Hub", deadline = 2027-05-01 },
]

[clients."beta.example"]
renewals = [{ date = 2027-03-01, product = "Sales Hub", deadline = 2027-01-01 }]
override = { owner = "partner", notify = "Ana@agency.example", note = "one voice" }

[clients."gama.example"]
hub_id = 7
override = { owner = "hubspot", notify = "rui@agency.example" }

[clients."twice.example"]
contacts = [
  { email = "x@twice.example", roles = ["billing"] },
  { email = "X@twice.example", roles = ["primary"] },
]

[clients."one.example"]
hub_id = 8

[clients."other.example"]
hub_id = 8

[clients."cases.example"]
renewals = [{ date = 2027-03-01, product = "Hub" }, { date = 2027-04-01, product = "HUB" }]
"""
PARTNER_DEFAULT = STORE.replace('owner = "hubspot"\nnotify = "ana@', 'owner = "partner"\nnotify = "ana@')
NO_DEFAULT = STORE.partition("\n[users")[1].strip("\n") + STORE.partition("\n[users")[2]
FILE = "roster.csv"
ACME, BETA, GAMA = "acme.example", "beta.example", "gama.example"
AC, BC, GC = ("clients", "Acme.example"), ("clients", BETA), ("clients", GAMA)
NEW = ("clients", "new.example")
DAY, OTHER = date(2027, 9, 1), date(2028, 9, 1)
WITH_OVERRIDES = ImportOptions(with_overrides=True)
BY_DEADLINE = ImportOptions(renewal_from_deadline=True)
SKIP_INVALID = ImportOptions(skip_invalid=True)
PRIMARY, BILLING, DECISION = Role
DIFFERS = "a different owner or partner user in roster.csv"
UNUSED_NOTE = (
    "1 note not imported, because no override is set: {} (to import notes as memos: --map memo=note)"
)


def portfolio(text: str = STORE) -> Portfolio:
    """Return the portfolio of a valid data file."""
    reading = read_portfolio(tomli.loads(text))
    assert not reading.problems
    return reading.portfolio


def row(client: str, line: int = 2, **values: Any) -> ImportRow:
    """Return a row with these values, and with ``contacts`` by role."""
    contacts = {column_of(role): people for role, people in values.pop("contacts", {}).items()}
    return ImportRow(FILE, line, client, {**values, **contacts})


def column_of(role: Role) -> str:
    """Return the column of a role's contacts."""
    return role.replace("-", "_")


def contact_list(*addresses: str, **named: str) -> tuple[Contact, ...]:
    """Return contacts; those with a name are keywords: ``Name="address"``."""
    return (*map(Contact, addresses), *(Contact(email, name) for name, email in named.items()))


def changed(plan: Plan) -> list[tuple[tuple[str, ...], Any]]:
    """Return the paths and the new values of a plan."""
    return [(change.path, change.after) for change in plan.changes]


def applied(text: str, plan: Plan) -> Portfolio:
    """Return the portfolio after the plan."""
    reading = read_portfolio(paths.apply_changes(tomli.loads(text), plan.changes))
    assert not reading.problems
    return reading.portfolio


class Case(NamedTuple):
    """Rows, and the expected changes and notes."""

    name: str
    rows: list[ImportRow]
    changes: list[tuple[tuple[str, ...], Any]]
    options: ImportOptions = ImportOptions()
    notes: tuple[str, ...] = ()
    text: str = STORE


def roles(address: str, *names: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the change that gives one of Acme's contacts these roles."""
    return (*AC, "contacts", address, "roles"), [*names]


def renewal(*product_and_field: str) -> tuple[str, ...]:
    """Return the path of a renewal of Acme's."""
    return (*AC, "renewals", *product_and_field)


CASES = [
    # new, changed, unchanged
    Case("a new client is one change, the domain alone", [row("https://www.New.example/x")], [(NEW, {})]),
    Case(
        "a new client with everything",
        [
            row(
                "new.example",
                name="New",
                hub_id=99,
                renewal=DAY,
                product="Hub",
                deadline=date(2027, 8, 1),
                contacts={
                    PRIMARY: contact_list(Pat="pat@new.example"),
                    BILLING: contact_list("fin@new.example", "PAT@new.example"),
                },
                owner="partner",
                notify="Ana Souza",
                note="asked",
            )
        ],
        [
            (
                NEW,
                {
                    "name": "New",
                    "hub_id": 99,
                    "contacts": [
                        {"email": "pat@new.example", "name": "Pat", "roles": ["primary", "billing"]},
                        {"email": "fin@new.example", "roles": ["billing"]},
                    ],
                    "renewals": [{"date": DAY, "product": "Hub", "deadline": date(2027, 8, 1)}],
                    "override": {"owner": "partner", "notify": "Ana@agency.example", "note": "asked"},
                },
            )
        ],
        WITH_OVERRIDES,
    ),
    Case("a known client without values", [row(ACME)], []),
    Case(
        "name and hub ID",
        [row(ACME, name="Acme SA", hub_id=5)],
        [((*AC, "name"), "Acme SA"), ((*AC, "hub_id"), 5)],
    ),
    Case("known values", [row(ACME, name="Acme Ltda", hub_id=4411223)], []),
    Case("a name in another case or with other spaces", [row(ACME, name="ACME\u00a0  ltda")], []),
    Case(
        "names, contacts and products with different encodings of accents are equal",
        [
            row(
                "new.example",
                2,
                name="N\u00e1 a",
                renewal=DAY,
                product="\u00c9 x",
                contacts={PRIMARY: contact_list(B="b\u00e9@a.example")},
            ),
            row(
                "new.example",
                3,
                name="NA\u0301  A",
                renewal=DAY,
                product="e\u0301\u00a0X",
                contacts={PRIMARY: contact_list(b="be\u0301@a.example")},
            ),
        ],
        [
            (
                NEW,
                {
                    "name": "N\u00e1 a",
                    "contacts": [{"email": "b\u00e9@a.example", "name": "B", "roles": ["primary"]}],
                    "renewals": [{"date": DAY, "product": "\u00c9 x"}],
                },
            )
        ],
    ),
    Case(
        "a product with other spaces is the known one",
        [row(ACME, product="SALES\u00a0  Hub", renewal=DAY)],
        [(renewal("Sales Hub", "date"), DAY)],
        notes=("acme.example: 'Sales Hub' moves to 2027-09-01 but keeps its deadline 2027-05-01",),
    ),
    Case("the client by its hub ID", [row("4411223", name="A")], [((*AC, "name"), "A")]),
    Case("the client by its name", [row(" ACME ltda ", hub_id=5)], [((*AC, "hub_id"), 5)]),
    # contacts
    Case(
        "a new primary contact: only this role moves",
        [row(ACME, contacts={PRIMARY: contact_list(New="new@acme.example")})],
        [
            roles("Paula@acme.example", "decision-maker"),
            (
                (*AC, "contacts", "new@acme.example"),
                {"email": "new@acme.example", "name": "New", "roles": ["primary"]},
            ),
        ],
    ),
    Case(
        "billing contacts are replaced; a contact without roles stays in the file",
        [row(ACME, contacts={BILLING: contact_list("two@acme.example", "PAULA@acme.example")})],
        [roles("Paula@acme.example", "primary", "billing", "decision-maker"), roles("fin@acme.example")],
    ),
    Case(
        "a contact without a role gets one, and stays deactivated",
        [row(ACME, contacts={DECISION: contact_list("idle@acme.example")})],
        [roles("Paula@acme.example", "primary"), roles("idle@acme.example", "decision-maker")],
        notes=(
            "idle@acme.example gets a role but is deactivated in HubSpot and receives nothing; "
            "check whether it is active again "
            "(to record it: renewctl client set acme.example --reactivate idle@acme.example)",
        ),
    ),
    Case(
        "the same contacts in another spelling and order",
        [
            row(
                ACME,
                contacts={
                    PRIMARY: contact_list("PAULA@acme.example"),
                    BILLING: contact_list("two@acme.example", "FIN@acme.example"),
                },
            )
        ],
        [],
    ),
    Case(
        "a name is filled in",
        [row(ACME, contacts={PRIMARY: contact_list(Paula="paula@acme.example")})],
        [((*AC, "contacts", "Paula@acme.example", "name"), "Paula")],
    ),
    Case(
        "a blank name removes none",
        [row(ACME, contacts={BILLING: contact_list("fin@acme.example", "two@acme.example")})],
        [],
    ),
    Case(
        "a name given in the second of two roles is not lost",
        [
            row(
                "new.example",
                contacts={
                    PRIMARY: contact_list("p@new.example"),
                    DECISION: contact_list(Pat="p@new.example"),
                },
            )
        ],
        [
            (
                NEW,
                {
                    "contacts": [
                        {"email": "p@new.example", "name": "Pat", "roles": ["primary", "decision-maker"]}
                    ]
                },
            )
        ],
    ),
    Case(
        "a contact twice in the file, no role listed",
        [row("twice.example", name="T")],
        [(("clients", "twice.example", "name"), "T")],
    ),
    # several rows
    Case(
        "several rows are several renewals of one client",
        [
            row(
                "new.example",
                2,
                name="New",
                renewal=DAY,
                product="A",
                contacts={PRIMARY: contact_list("p@new.example")},
            ),
            row(
                "NEW.example",
                3,
                name="New",
                renewal=DAY,
                product="B",
                contacts={PRIMARY: contact_list("p@new.example")},
            ),
            row("new.example", 4, renewal=OTHER),
        ],
        [
            (
                NEW,
                {
                    "name": "New",
                    "contacts": [{"email": "p@new.example", "roles": ["primary"]}],
                    "renewals": [
                        {"date": DAY, "product": "A"},
                        {"date": DAY, "product": "B"},
                        {"date": OTHER},
                    ],
                },
            )
        ],
    ),
    Case(
        "a blank value in the first row is filled by the second",
        [row(ACME, 2), row(ACME, 3, name="A", contacts={PRIMARY: contact_list("fin@acme.example")})],
        [
            ((*AC, "name"), "A"),
            roles("Paula@acme.example", "decision-maker"),
            roles("fin@acme.example", "primary", "billing"),
        ],
    ),
    Case(
        "a product twice with the same dates is one renewal",
        [row("new.example", 2, renewal=DAY, product="A"), row("new.example", 3, renewal=DAY, product="a")],
        [(NEW, {"renewals": [{"date": DAY, "product": "A"}]})],
    ),
    # renewals
    Case(
        "a date is moved; the product in any case, the deadline stays",
        [row(ACME, product="sales HUB", renewal=DAY)],
        [(renewal("Sales Hub", "date"), DAY)],
        notes=("acme.example: 'Sales Hub' moves to 2027-09-01 but keeps its deadline 2027-05-01",),
    ),
    Case(
        "a recorded deadline",
        [row(ACME, product="Marketing Hub", renewal=date(2027, 3, 1), deadline=date(2027, 2, 1))],
        [(renewal("Marketing Hub", "deadline"), date(2027, 2, 1))],
    ),
    Case(
        "the same dates",
        [row(ACME, product="Sales Hub", renewal=date(2027, 6, 30), deadline=date(2027, 5, 1))],
        [],
    ),
    Case(
        "a date is moved, and the list has the old deadline",
        [row(ACME, product="Sales Hub", renewal=DAY, deadline=date(2027, 5, 1))],
        [(renewal("Sales Hub", "date"), DAY)],
        notes=("acme.example: 'Sales Hub' moves to 2027-09-01 but keeps its deadline 2027-05-01",),
    ),
    Case(
        "a date is moved, and the deadline too",
        [row(ACME, product="Sales Hub", renewal=DAY, deadline=date(2027, 8, 1))],
        [(renewal("Sales Hub", "date"), DAY), (renewal("Sales Hub", "deadline"), date(2027, 8, 1))],
    ),
    Case(
        "another renewal",
        [row(ACME, product="Service Hub", renewal=DAY)],
        [(renewal("Service Hub"), {"date": DAY, "product": "Service Hub"})],
    ),
    Case(
        "no product is the only renewal",
        [row(BETA, renewal=DAY)],
        [((*BC, "renewals", "Sales Hub", "date"), DAY)],
        notes=("beta.example: 'Sales Hub' moves to 2027-09-01 but keeps its deadline 2027-01-01",),
    ),
    Case(
        "no product and no known renewal",
        [row(GAMA, renewal=DAY)],
        [((*GC, "renewals", ""), {"date": DAY})],
    ),
    Case(
        "a product without a date",
        [row(ACME, product="Service Hub")],
        [],
        notes=("not imported, because there is no renewal date: 'Service Hub' of acme.example",),
    ),
    Case("a known product without a date", [row(ACME, product="sales hub")], []),
    Case(
        "products that differ only in case are different",
        [row("cases.example", product="HUB", renewal=DAY)],
        [(("clients", "cases.example", "renewals", "HUB", "date"), DAY)],
    ),
    Case(
        "deadlines without dates are noted",
        [row(ACME, 2, product="Sales Hub", deadline=DAY), row(BETA, 3, deadline=DAY), row(GAMA, 4)],
        [],
        notes=("2 rows have a deadline but no renewal date; to compute them, add --renewal-from-deadline",),
    ),
    Case(
        "one deadline without a date",
        [row(BETA, deadline=DAY)],
        [],
        notes=("1 row has a deadline but no renewal date; to compute it, add --renewal-from-deadline",),
    ),
    Case(
        "with the option, the date is computed and no deadline is saved",
        [row(GAMA, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": date(2027, 10, 16)})],
        BY_DEADLINE,
    ),
    Case(
        "the number of days is that of the policy",
        [row(GAMA, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": date(2027, 9, 11)})],
        BY_DEADLINE,
        text="[policy]\ndeadline_days = 10" + STORE,
    ),
    Case(
        "with the option, a deadline with a date is saved",
        [row(GAMA, renewal=OTHER, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": OTHER, "deadline": DAY})],
        BY_DEADLINE,
    ),
    Case(
        "a deadline on the renewal date",
        [row(GAMA, renewal=DAY, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": DAY, "deadline": DAY})],
    ),
    # overrides
    Case(
        "owner and user without --with-overrides",
        [row(ACME, owner="partner", notify="nobody")],
        [],
        notes=(f"1 client has {DIFFERS}; to import it, add --with-overrides",),
    ),
    Case(
        "a first override",
        [row(ACME, owner="partner", notify="ines", note="why")],
        [((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example", "note": "why"})],
        WITH_OVERRIDES,
    ),
    Case(
        "no user, by the word of the option",
        [row(ACME, owner="hubspot", notify="none")],
        [((*AC, "override"), {"owner": "hubspot"})],
        WITH_OVERRIDES,
    ),
    Case("default clears", [row(BETA, owner="default")], [((*BC, "override"), None)], WITH_OVERRIDES),
    Case("default without an override", [row(ACME, owner="default")], [], WITH_OVERRIDES),
    Case("a blank owner with the known note", [row(BETA, note=" one  voice")], [], WITH_OVERRIDES),
    Case(
        "a note without an owner", [row(BETA, note="other")], [], WITH_OVERRIDES, (UNUSED_NOTE.format(BETA),)
    ),
    Case("a note without an override", [row(ACME, note="other")], [], notes=(UNUSED_NOTE.format(ACME),)),
    Case(
        "a note with the default's owner, which is not an override",
        [row(ACME, owner="hubspot", note="other")],
        [],
        WITH_OVERRIDES,
        (UNUSED_NOTE.format(ACME),),
    ),
    Case(
        "a note with the owner default is removed with the override",
        [row(BETA, owner="default", note="one voice")],
        [((*BC, "override"), None)],
        WITH_OVERRIDES,
        (UNUSED_NOTE.format(BETA),),
    ),
    Case(
        "a memo replaces the memo",
        [row(ACME, memo="calls back\nin May")],
        [((*AC, "memo"), "calls back\nin May")],
    ),
    Case(
        "the known memo with other spaces",
        [row(ACME, memo="calls back in\tMay")],
        [],
        text=STORE.replace('name = "Acme Ltda"', 'memo = "calls back\\nin May"'),
    ),
    Case(
        "an override for a deactivated user, noted once",
        [row(key, line, owner="partner", notify="ines") for line, key in enumerate((ACME, BETA, NEW[1]), 2)],
        [
            ((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example"}),
            ((*BC, "override", "owner"), "partner"),
            ((*BC, "override", "notify"), "ines@agency.example"),
            ((*BC, "override", "note"), None),
            (NEW, {"override": {"owner": "partner", "notify": "ines@agency.example"}}),
        ],
        WITH_OVERRIDES,
        ("ines@agency.example is deactivated in HubSpot and receives nothing",),
        STORE.replace('name = "ana souza lima"', "active = false"),
    ),
    Case(
        "a new client with an override for a deactivated user",
        [row(NEW[1], owner="partner", notify="ines")],
        [(NEW, {"override": {"owner": "partner", "notify": "ines@agency.example"}})],
        WITH_OVERRIDES,
        ("ines@agency.example is deactivated in HubSpot and receives nothing",),
        STORE.replace('name = "ana souza lima"', "active = false"),
    ),
    Case(
        "a deactivated contact loses one role of two",
        [row(ACME, contacts={PRIMARY: contact_list("fin@acme.example")})],
        [roles("fin@acme.example", "primary", "billing"), roles("idle@acme.example", "billing")],
        text=STORE.replace(', roles = ["primary", "decision-maker"]', "").replace(
            "active = false", 'active = false, roles = ["primary", "billing"]'
        ),
    ),
    Case(
        "a new client with the name of one that is not listed",
        [row("new.example", name="ACME ltda")],
        [(NEW, {"name": "ACME ltda"})],
        notes=(
            "new.example has the same name as acme.example, which is not listed; "
            "check whether only the domain changed (renewctl client rename acme.example new.example)",
        ),
    ),
    Case(
        "a new client with the name of one that is listed",
        [row("new.example", name="Acme Ltda"), row(ACME, 3)],
        [(NEW, {"name": "Acme Ltda"})],
    ),
    Case("the default's owner is not an override", [row(ACME, owner="hubspot")], [], WITH_OVERRIDES),
    Case(
        "the default's owner and user are not an override",
        [row(ACME, owner="hubspot", notify="ANA")],
        [],
        WITH_OVERRIDES,
    ),
    Case(
        "the same with the partner as default",
        [row(ACME, owner="partner", notify="ana")],
        [],
        WITH_OVERRIDES,
        text=PARTNER_DEFAULT,
    ),
    Case(
        "the known override",
        [row(BETA, owner="partner", notify="ana", note="one voice")],
        [],
        WITH_OVERRIDES,
    ),
    Case("the override's owner, a blank user", [row(GAMA, owner="hubspot")], [], WITH_OVERRIDES),
    Case(
        "the default's owner with another user",
        [row(ACME, owner="hubspot", notify="ines")],
        [((*AC, "override"), {"owner": "hubspot", "notify": "ines@agency.example"})],
        WITH_OVERRIDES,
    ),
    Case(
        "an override changed to the default's values",
        [row(BETA, owner="hubspot", notify="ana")],
        [
            ((*BC, "override", "owner"), "hubspot"),
            ((*BC, "override", "notify"), "Ana@agency.example"),
            ((*BC, "override", "note"), None),
        ],
        WITH_OVERRIDES,
    ),
    Case(
        "without a default, hubspot is an override",
        [row(ACME, owner="hubspot")],
        [((*AC, "override"), {"owner": "hubspot"})],
        WITH_OVERRIDES,
        text=NO_DEFAULT,
    ),
    Case(
        "the user by display name",
        [row(ACME, owner="partner", notify="ANA SOUZA Lima")],
        [((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example"})],
        WITH_OVERRIDES,
    ),
    Case(
        "different settings are noted without the option",
        [
            row(ACME, 2, owner="hubspot"),
            row(BETA, 3, owner="hubspot"),
            row(GAMA, 4, owner="partner", notify="nobody"),
        ],
        [],
        notes=(f"2 clients have {DIFFERS}; to import them, add --with-overrides",),
    ),
    Case(
        "one different setting is noted",
        [row(BETA, owner="default")],
        [],
        notes=(f"1 client has {DIFFERS}; to import it, add --with-overrides",),
    ),
    Case(
        "the setting in one row of two",
        [row(BETA, 2), row(BETA, 3, owner="default")],
        [((*BC, "override"), None)],
        WITH_OVERRIDES,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_rows_give_these_changes(case: Case) -> None:
    plan = plan_import(portfolio(case.text), case.rows, case.options)
    after = applied(case.text, plan)

    assert list(dict(map(_hashable, changed(plan))).values()) == case.changes
    assert (plan.command, plan.notes) == ("import", case.notes)
    assert not plan_import(after, case.rows, case.options).changes


def _hashable(change: tuple[tuple[str, ...], Any]) -> tuple[str, tuple[tuple[str, ...], Any]]:
    return repr(change), change


def test_a_new_renewal_in_two_equal_rows_is_added_once() -> None:
    rows = [row(GAMA, line, renewal=DAY, product="A") for line in (2, 3)]
    after = applied(STORE, plan_import(portfolio(), rows, ImportOptions()))

    assert [each.product for each in after.clients[GAMA].renewals] == ["A"]


class Refusal(NamedTuple):
    """Rows, and the line, message and hint of each expected problem."""

    name: str
    rows: list[ImportRow]
    problems: list[tuple[int, str, str]]
    options: ImportOptions = ImportOptions()


REFUSALS = [
    Refusal(
        "no domain", [row("Some Company")], [(2, "'Some Company' is not a valid domain", "acme.example")]
    ),
    Refusal(
        "a number that is not a known hub ID", [row("12345")], [(2, "'12345' is not a valid domain", "")]
    ),
    Refusal("a word without a dot", [row("acme")], [(2, "'acme' is not a valid domain", "")]),
    Refusal("an IP address", [row("1.2.3.4")], [(2, "'1.2.3.4' is an IP address", "acme.example")]),
    Refusal(
        "a page on a social network",
        [row("https://pt.linkedin.com/company/acme")],
        [(2, "is a site that many companies share", "acme.example")],
    ),
    Refusal("HubSpot's address", [row("app.hubspot.com")], [(2, "a HubSpot address", "acme.example")]),
    Refusal(
        "another name in another row",
        [row("new.example", 2, name="New"), row("new.example", 3), row("new.example", 4, name="Other")],
        [(4, "new.example has a different name in line 2", "the same value")],
    ),
    Refusal(
        "another hub ID in another row",
        [row(ACME, 2, hub_id=1), row(ACME, 3, hub_id=2)],
        [(3, "a different hub ID in line 2", "")],
    ),
    Refusal(
        "other contacts in another row",
        [
            row(ACME, 2, contacts={BILLING: contact_list("a@a.example")}),
            row(ACME, 3, contacts={BILLING: contact_list("b@a.example")}),
        ],
        [
            (
                3,
                "acme.example has a different billing contact in line 2",
                "list all contacts of the role in one cell, separated by ;",
            )
        ],
    ),
    Refusal(
        "another decision maker in another row, the client by its hub ID",
        [
            row("4411223", 2, contacts={DECISION: contact_list("a@a.example")}),
            row("4411223", 3),
            row("4411223", 4, name="A", contacts={DECISION: contact_list("a@a.example", "b@a.example")}),
            row("4411223", 5, name="B"),
        ],
        [
            (4, "acme.example has a different decision maker in line 2", "separated by ;"),
            (5, "acme.example has a different name in line 4", "the same value"),
        ],
    ),
    Refusal(
        "a hub ID of another client",
        [row(ACME, hub_id=7)],
        [(2, "gama.example already has the hub ID 7", "")],
    ),
    Refusal(
        "a new client with a known hub ID",
        [row("new.example", hub_id=7)],
        [(2, "gama.example already has the hub ID 7", "")],
    ),
    Refusal(
        "the problem is in the row with the hub ID",
        [row("new.example", 2), row("new.example", 3, hub_id=7)],
        [(3, "gama.example already has the hub ID 7", "")],
    ),
    Refusal(
        "a hub ID that two clients have",
        [row("8", name="N")],
        [(2, "'8' is the hub ID of several clients", "one.example, other.example")],
    ),
    Refusal(
        "a product that two renewals resemble",
        [row("cases.example", product="hub", renewal=DAY)],
        [(2, "cases.example has several renewals that look like 'hub'", "merge them")],
    ),
    Refusal(
        "two new clients with one hub ID",
        [row("new.example", 2, hub_id=99), row("newer.example", 3, hub_id=99)],
        [(3, "hub ID 99", "")],
    ),
    Refusal(
        "an address twice in the file",
        [row("twice.example", contacts={DECISION: contact_list("y@twice.example")})],
        [(2, "twice.example has two contacts with the same email address: X@twice.example", "one contact")],
    ),
    Refusal(
        "a product twice with other dates",
        [row(ACME, 2, product="New Hub", renewal=DAY), row("4411223", 3, product="new hub", renewal=OTHER)],
        [(3, "acme.example already has a renewal for 'new hub' in line 2", "unique product")],
    ),
    Refusal(
        "no product twice with other dates",
        [row("new.example", 2, renewal=DAY), row("new.example", 3, renewal=OTHER)],
        [(3, "already has a renewal without a product in line 2", "unique product")],
    ),
    Refusal(
        "no product and the only product, with different dates",
        [row(BETA, 2, product="Sales Hub", renewal=DAY), row(BETA, 3, renewal=OTHER)],
        [(3, "already has a renewal for 'Sales Hub' in line 2", "")],
    ),
    Refusal(
        "no product and several renewals",
        [row(ACME, renewal=DAY)],
        [(2, "acme.example has several renewals", "'Marketing Hub', 'Sales Hub'")],
    ),
    Refusal(
        "a deadline after the renewal",
        [row(GAMA, renewal=DAY, deadline=OTHER)],
        [(2, "the deadline 2028-09-01 is after the renewal date 2027-09-01", "")],
    ),
    Refusal(
        "a date moved before the known deadline",
        [row(BETA, product="Sales Hub", renewal=date(2026, 12, 1))],
        [(2, "the deadline 2027-01-01 is after the renewal date 2026-12-01", "")],
    ),
    Refusal(
        "partner without a user",
        [row(ACME, owner="partner")],
        [(2, "but no partner user is set", "add the partner user")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "a user without an owner",
        [row(ACME, notify="ana")],
        [(2, "a partner user but no owner", "")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "default with a user",
        [row(BETA, 2), row(BETA, 3, owner="default", notify="ana")],
        [(3, "beta.example has a partner user but the owner 'default'", "set the owner")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "the hub ID of a client that may have a new domain",
        [row("new.example", hub_id=7)],
        [(2, "gama.example already has the hub ID 7", "renewctl client rename gama.example new.example")],
    ),
    Refusal(
        "two memos",
        [row(ACME, 2, memo="a"), row(ACME, 3, memo="b")],
        [(3, "a different memo in line 2", "the same value")],
    ),
    Refusal(
        "an unknown user",
        [row(ACME, owner="partner", notify="Zoe")],
        [(2, "'Zoe'", "user add")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "a name two users have",
        [row(ACME, owner="partner", notify="Rui Costa")],
        [(2, "'Rui Costa'", "")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "the problem is in the row with the unknown user",
        [row(ACME, 2), row(ACME, 3, owner="partner", notify="Zoe")],
        [(3, "'Zoe'", "")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "two owners",
        [row(ACME, 2, owner="hubspot"), row(ACME, 3, owner="default")],
        [(3, "a different owner in line 2", "")],
        WITH_OVERRIDES,
    ),
    Refusal(
        "all invalid rows, in the order of the lines",
        [
            row("new.example", 2, hub_id=7),
            row("fine.example", 3),
            row("nowhere", 4),
            row(ACME, 5, renewal=DAY),
        ],
        [(2, "hub ID 7", ""), (4, "'nowhere'", ""), (5, "several renewals", "")],
    ),
    Refusal(
        "two invalid rows of one client",
        [row(ACME, 2, renewal=DAY), row(ACME, 3, product="Hub", renewal=DAY, deadline=OTHER)],
        [(2, "several renewals", ""), (3, "is after the renewal date", "")],
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_all_invalid_rows_are_listed_with_their_lines(case: Refusal) -> None:
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(), case.rows, case.options)

    error, count = caught.value, len(case.problems)
    assert error.message == f"{count} invalid row{'s' * (count > 1)}; nothing was saved"
    assert (error.exit_status, error.hint) == (
        ExitStatus.INVALID,
        "correct the rows, or add --skip-invalid to import the others",
    )
    assert [problem.line for problem in error.problems] == [line for line, _, _ in case.problems]
    for problem, (_, message, hint) in zip(error.problems, case.problems, strict=True):
        assert problem.file == FILE
        assert any(each in problem.message for each in message.split("|"))
        assert hint in problem.hint


def test_implausible_dates_are_noted() -> None:
    """Spreadsheets convert zero to 1899-12-30."""
    today = date(2026, 11, 23)
    rows = [
        row(ACME, 2, renewal=date(1899, 12, 30)),
        row(ACME, 3, renewal=date(2036, 11, 23)),
        row(BETA, 4, renewal=date(2062, 1, 1), deadline=date(2036, 11, 24)),
    ]
    assert [*note_implausible_dates(rows, today)] == [
        "3 implausible dates (before 2006, or more than ten years ahead): "
        "1899-12-30 in line 2, 2062-01-01 in line 4, 2036-11-24 in line 4",
    ]
    many = [row(f"c{n}.example", n, renewal=date(2005, 1, 1)) for n in range(2, 12)]
    (dates,) = note_implausible_dates(many, today)
    assert dates.startswith("10 implausible dates")
    assert dates.endswith("2005-01-01 in line 4, …")
    assert [*note_implausible_dates([row(ACME, renewal=DAY)], today)] == []


CANNOT_KNOW = "check who has the role in HubSpot"


def test_more_contacts_than_hubspot_allows_are_noted() -> None:
    two = {PRIMARY: contact_list("a@acme.example", "b@acme.example", "B@acme.example")}
    rows = [
        row("https://www.acme.example/pt", 2, contacts=two),
        row("4411223", 3, contacts=two),
        row(GAMA, 5, contacts={BILLING: contact_list(*(f"{letter}@gama.example" for letter in "abcd"))}),
        row(BETA, 6, contacts={BILLING: contact_list(*(f"{letter}@beta.example" for letter in "abc"))}),
    ]
    assert plan_import(portfolio(), rows, ImportOptions()).notes == (
        f"acme.example: 2 primary contacts, but HubSpot allows 1; {CANNOT_KNOW}",
        f"gama.example: 4 billing contacts, but HubSpot allows 3; {CANNOT_KNOW}",
    )
    many = {
        f"c{n}.example": [
            row(f"c{n}.example", contacts={DECISION: contact_list("a@x.example", "b@x.example")})
        ]
        for n in range(10)
    }
    first, *_, last = crowded = [*note_contacts(many, {})]
    assert len(crowded) == 4
    assert first == f"c0.example: 2 decision makers, but HubSpot allows 1; {CANNOT_KNOW}"
    assert last == "7 more roles have more contacts than HubSpot allows"


def test_partner_users_listed_as_contacts_are_noted() -> None:
    rows = [
        row(
            ACME,
            2,
            contacts={PRIMARY: contact_list("ANA@agency.example"), DECISION: contact_list("p@acme.example")},
        ),
        *(
            row(f"c{n}.example", n, contacts={PRIMARY: contact_list("ana@agency.example")})
            for n in range(3, 8)
        ),
        row(BETA, 9, contacts={BILLING: contact_list("f@beta.example", "rui@agency.example")}),
    ]
    assert plan_import(portfolio(), rows, ImportOptions()).notes == (
        "Ana@agency.example is a partner user but is listed as primary contact of "
        "acme.example, c3.example, c4.example and 3 more",
        "rui@agency.example is a partner user but is listed as billing contact of beta.example",
    )
    users = {f"u{n}@agency.example": PartnerUser(f"u{n}@agency.example") for n in range(30)}
    *_, last = note_contacts({ACME: [row(ACME, contacts={BILLING: contact_list(*users)})]}, users)
    assert last == "10 more roles have a partner user as contact"


def test_skipped_clients_have_no_other_notes() -> None:
    bad = row(
        BETA,
        3,
        product="Sales Hub",
        renewal=DAY,
        owner="default",
        contacts={PRIMARY: contact_list("ana@agency.example")},
    )
    rows = [row(ACME), bad, row(BETA, 4, product="Sales Hub", renewal=OTHER)]

    assert [note[:8] for note in plan_import(portfolio(), rows, SKIP_INVALID).notes] == [
        "skipped ",
        "also ski",
    ]


BAD_CELLS = (Problem("'x' is not a hub ID", file=FILE, line=3, column=2), Problem("'y'", file=FILE, line=9))


def test_problems_of_unreadable_rows_are_listed_in_order() -> None:
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(), [row("nowhere", 4)], ImportOptions(), BAD_CELLS)

    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(3, 2), (4, 0), (9, 0)]
    assert caught.value.message == "3 invalid rows; nothing was saved"


def test_skip_invalid_notes_the_skipped_rows() -> None:
    rows = [row("nowhere", 4), row("new.example", 5), row(ACME, 6, name="A"), row(ACME, 7, renewal=DAY)]
    plan = plan_import(portfolio(), rows, SKIP_INVALID, BAD_CELLS)

    assert changed(plan) == [(NEW, {})]
    assert [note.partition(": ")[0] for note in plan.notes[:4]] == [
        f"skipped line {line}" for line in (3, 4, 7, 9)
    ]
    assert plan.notes[4] == "also skipped, as rows of the same clients: line 6"
    assert "several renewals" in plan.notes[2]
    assert dict(plan.counts) == {"new": 1, "changed": 0, "unchanged": 0, "removed": 0}


def test_skip_invalid_without_a_valid_row_is_refused() -> None:
    rows = [row("nowhere", 4), row(ACME, 6, name="A"), row(ACME, 7, renewal=DAY)]
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(), rows, SKIP_INVALID, BAD_CELLS)

    assert caught.value.message == "none of the 5 rows can be imported"
    assert (caught.value.exit_status, caught.value.hint) == (ExitStatus.INVALID, "")
    assert [problem.line for problem in caught.value.problems] == [3, 4, 7, 9]
    with pytest.raises(BadInput, match="the only row cannot be imported"):
        plan_import(portfolio(), [], SKIP_INVALID, BAD_CELLS[:1])
    assert plan_import(portfolio(), [], SKIP_INVALID).changes == ()  # no rows, so none is invalid
    unchanged = plan_import(portfolio(), [row(ACME)], SKIP_INVALID, BAD_CELLS)
    assert dict(unchanged.counts)["unchanged"] == 1


@pytest.mark.parametrize(
    ("sheet", "where"), [("", "lines 3, 5, 6 and 1 more"), ("S", "S, rows 3, 5, 6 and 1 more")]
)
def test_skipped_rows_are_grouped_by_reason(sheet: str, where: str) -> None:
    alike = [
        Problem(f"'{n}' is not a date", hint="h", file=FILE, line=n, column=2, sheet=sheet)
        for n in (3, 5, 6, 7)
    ]
    same = [each._replace(message="a formula was never calculated", column=3) for each in alike]
    other = Problem("'x' is not a hub ID", file=FILE, line=4, column=3, sheet=sheet)

    assert plan_import(portfolio(), [row(ACME)], SKIP_INVALID, [*alike, other, *same]).notes == (
        f"skipped 4 rows: '3' is not a date, or similar: {where}",
        f"skipped 4 rows: a formula was never calculated: {where}",
        f"skipped {'S, row 4' if sheet else 'line 4'}: 'x' is not a hub ID",
    )
    three = plan_import(portfolio(), [row(ACME)], SKIP_INVALID, alike[:3]).notes
    assert [note.endswith("is not a date") for note in three] == [True] * 3


def test_skip_invalid_and_prune_cannot_be_used_together() -> None:
    with pytest.raises(UsageError, match="--prune and --skip-invalid can't be used together"):
        plan_import(portfolio(), [row(ACME)], ImportOptions(skip_invalid=True, prune=True), BAD_CELLS)


def test_prune_without_rows_is_refused() -> None:
    with pytest.raises(BadInput, match="no rows to import"):
        plan_import(portfolio(), [], ImportOptions(prune=True))


def test_prune_removes_only_unlisted_clients() -> None:
    plan = plan_import(
        portfolio(), [row("4411223"), row(BETA, name="B"), row("new.example")], ImportOptions(prune=True)
    )

    assert changed(plan) == [
        ((*BC, "name"), "B"),
        (NEW, {}),
        (GC, None),
        (("clients", "twice.example"), None),
        (("clients", "one.example"), None),
        (("clients", "other.example"), None),
        (("clients", "cases.example"), None),
    ]
    assert plan.counts == (("new", 1), ("changed", 1), ("unchanged", 1), ("removed", 5))


def test_prune_uses_the_spelling_of_the_file() -> None:
    plan = plan_import(portfolio(), [row(BETA)], ImportOptions(prune=True))

    assert AC in [path for path, _ in changed(plan)]
    assert list(applied(STORE, plan).clients) == [BETA]


MARCH = date(2027, 3, 1)
PRUNE = ImportOptions(prune=True)
OTHER_CLIENTS = [
    row(key, line) for line, key in enumerate(portfolio().clients, 20) if key not in {ACME, BETA}
]


class Renamed(NamedTuple):
    """Rows with a new product, and the notes without --prune and with it."""

    name: str
    rows: list[ImportRow]
    notes: tuple[str, ...]
    pruned: tuple[str, ...]
    removed: list[tuple[str, ...]]


RENAMES = [
    Renamed(
        "a product of the same day",
        [row(ACME, product="Marketing Hub Pro", renewal=MARCH), row(ACME, 3, product="Sales Hub")],
        (
            "acme.example: 'Marketing Hub Pro' (2027-03-01) is added, but 'Marketing Hub' (2027-03-01) "
            "is not listed; check whether they are the same renewal "
            "(to merge them: renewctl client set-renewal acme.example --product 'Marketing Hub' "
            "--rename 'Marketing Hub Pro')",
        ),
        ("acme.example: 'Marketing Hub Pro' (2027-03-01) replaces 'Marketing Hub' (2027-03-01)",),
        [renewal("Marketing Hub")],
    ),
    Renamed(
        "a product of the same day as one that is listed",
        [
            row(ACME, 2, product="Marketing Hub Pro", renewal=MARCH),
            row(ACME, 3, product="marketing hub", renewal=MARCH),
        ],
        (),
        (),
        [renewal("Sales Hub")],
    ),
    Renamed(
        "a product of another day",
        [row(ACME, 2, product="New", renewal=DAY)],
        (),
        (),
        [renewal("Marketing Hub"), renewal("Sales Hub")],
    ),
]


@pytest.mark.parametrize("case", RENAMES, ids=[case.name for case in RENAMES])
def test_a_renamed_product_is_noted(case: Renamed) -> None:
    added = plan_import(portfolio(), case.rows, ImportOptions())
    pruned = plan_import(portfolio(), [*case.rows, row(BETA, 4), *OTHER_CLIENTS], PRUNE)
    kept = "2 clients have no renewal date in the list and keep their renewals: beta.example, cases.example"

    assert (added.notes, pruned.notes) == (case.notes, (*case.pruned, kept))
    assert [path for path, after in changed(added) if after is None] == []
    assert [path for path, after in changed(pruned) if after is None] == case.removed


def test_a_renewal_without_a_product_is_matched_on_any_date() -> None:
    text = STORE.replace('{ date = 2027-03-01, product = "Hub" }, ', "").replace(
        '[{ date = 2027-03-01, product = "Sales Hub", deadline = 2027-01-01 }]', "[{ date = 2027-03-01 }]"
    )
    plan = plan_import(portfolio(text), [row(BETA, product="CMS", renewal=DAY)], ImportOptions())

    assert plan.notes == (
        "beta.example: 'CMS' (2027-09-01) is added, but the renewal without a product (2027-03-01) is "
        "not listed; check whether they are the same renewal (to merge them: "
        "renewctl client set-renewal beta.example 2027-09-01 --product= --rename CMS)",
    )


UNNAMED = """
[clients."acme.example"]
renewals = [{ date = 2027-03-01, deadline = 2027-01-01 }, { date = 2027-06-30, product = "Sales Hub" }]
"""
FIRST, NAMED = (*NEW[:1], ACME, "renewals", ""), (*NEW[:1], ACME, "renewals")
FILLS = [
    Case(
        "one new product of the same date is filled in; dates stay",
        [row(ACME, product=" New  Hub ", renewal=MARCH), row(ACME, 3, product="CMS", renewal=DAY)],
        [(FIRST, "New Hub"), ((*NAMED, "CMS"), {"date": DAY, "product": "CMS"})],
    ),
    Case(
        "a deadline in the list replaces that of the renewal",
        [row(ACME, product="Hub", renewal=MARCH, deadline=date(2027, 2, 1))],
        [((*FIRST, "deadline"), date(2027, 2, 1)), (FIRST, "Hub")],
    ),
    Case(
        "two rows of one product are one renewal",
        [row(ACME, line, product=product, renewal=MARCH) for line, product in ((2, "Hub"), (3, "HUB"))],
        [(FIRST, "Hub")],
    ),
    Case(
        "a known product on the same date does not count",
        [
            row(ACME, 2, product="sales hub", renewal=MARCH),
            row(ACME, 3, product="Hub", renewal=MARCH),
            row(ACME, 4),
        ],
        [((*NAMED, "Sales Hub", "date"), MARCH), (FIRST, "Hub")],
    ),
    Case(
        "a date from the deadline counts as well",
        [row(ACME, product="Hub", deadline=date(2027, 1, 15))],
        [(FIRST, "Hub")],
        BY_DEADLINE,
    ),
    Case(
        "two new products of the same date: neither is filled in",
        [row(ACME, 2, product="A", renewal=MARCH), row(ACME, 3, product="B", renewal=MARCH)],
        [((*NAMED, each), {"date": MARCH, "product": each}) for each in "AB"],
        notes=(
            "acme.example: 'A' (2027-03-01) is added, but the renewal without a product (2027-03-01) "
            "is not listed; check whether they are the same renewal (to merge them: "
            "renewctl client set-renewal acme.example --product= --rename A)",
        ),
    ),
    Case(
        "a row without a product is the known renewal",
        [row(ACME, 2, product="A", renewal=MARCH), row(ACME, 3, renewal=MARCH)],
        [((*NAMED, "A"), {"date": MARCH, "product": "A"})],
    ),
    Case(
        "a row without a product moves the known renewal",
        [row(ACME, 2, renewal=DAY), row(ACME, 3, product="A", renewal=MARCH)],
        [((*FIRST, "date"), DAY), ((*NAMED, "A"), {"date": MARCH, "product": "A"})],
        notes=("acme.example: the renewal moves to 2027-09-01 but keeps its deadline 2027-01-01",),
    ),
    Case(
        "another date: added, with the command that merges them",
        [row(ACME, product="A", renewal=DAY, deadline=date(2027, 8, 1))],
        [((*NAMED, "A"), {"date": DAY, "product": "A", "deadline": date(2027, 8, 1)})],
        notes=(
            "acme.example: 'A' (2027-09-01) is added, but the renewal without a product (2027-03-01) "
            "is not listed; check whether they are the same renewal (to merge them: "
            "renewctl client set-renewal acme.example 2027-09-01 --product= --rename A "
            "--deadline 2027-08-01)",
        ),
    ),
    Case(
        "no renewal without a product",
        [row(ACME, product="A", renewal=date(2027, 6, 30))],
        [((*NAMED, "A"), {"date": date(2027, 6, 30), "product": "A"})],
        notes=(
            "acme.example: 'A' (2027-06-30) is added, but 'Sales Hub' (2027-06-30) is not listed; "
            "check whether they are the same renewal (to merge them: "
            "renewctl client set-renewal acme.example --product 'Sales Hub' --rename A)",
        ),
        text=UNNAMED.replace("{ date = 2027-03-01, deadline = 2027-01-01 }, ", ""),
    ),
    Case(
        "pruned: filled in, not replaced",
        [row(ACME, product="Hub", renewal=MARCH), row(ACME, 3, product="Sales Hub")],
        [(FIRST, "Hub")],
        PRUNE,
    ),
]


@pytest.mark.parametrize("case", FILLS, ids=[case.name for case in FILLS])
def test_a_renewal_without_a_product_gets_the_listed_product(case: Case) -> None:
    text = UNNAMED if case.text is STORE else case.text
    plan = plan_import(portfolio(text), case.rows, case.options)

    assert list(dict(map(_hashable, changed(plan))).values()) == case.changes
    assert [change.path for change in plan.changes if change.renamed] == [
        path for path, after in case.changes if path == FIRST and isinstance(after, str)
    ]
    assert plan.notes == case.notes
    assert not plan_import(applied(text, plan), case.rows, case.options).changes


@given(
    st.lists(
        st.tuples(
            st.sampled_from([BETA, GAMA, "new.example", "newer.example"]),
            st.sampled_from([MARCH, DAY]),
            st.sampled_from([None, date(2027, 2, 1)]),
            st.sampled_from(["Hub", "CMS \u00e9", "  HUB 2"]),
        ),
        unique_by=lambda each: each[0],
    ),
    st.booleans(),
)
def test_importing_the_products_later_has_the_same_result(
    contracts: list[tuple[str, date, date | None, str]], prune: bool
) -> None:
    text = STORE.replace(
        'renewals = [{ date = 2027-03-01, product = "Sales Hub", deadline = 2027-01-01 }]', ""
    )
    options = ImportOptions(prune=prune)
    rows = [row(ACME, 2)]
    rows += (
        row(key, line, renewal=day, product=product, **({"deadline": deadline} if deadline else {}))
        for line, (key, day, deadline, product) in enumerate(contracts, 3)
    )
    blank = [
        each._replace(values={name: value for name, value in each.values.items() if name != "product"})
        for each in rows
    ]
    once = applied(text, plan_import(portfolio(text), rows, options))
    first = plan_import(portfolio(text), blank, options)
    data = paths.apply_changes(tomli.loads(text), first.changes)
    second = plan_import(read_portfolio(data).portfolio, rows, options)
    twice = read_portfolio(paths.apply_changes(data, second.changes)).portfolio

    assert twice == once
    assert [change for change in second.changes if not change.renamed] == []


@pytest.mark.parametrize(("old", "day"), [("", DAY), (', product = "Old"', MARCH)])
@pytest.mark.parametrize("old_deadline", ["", ", deadline = 2027-01-01"])
@pytest.mark.parametrize("deadline", [None, date(2027, 2, 1), date(2027, 1, 1)])
def test_the_command_in_the_note_works_before_and_after_the_import(
    old: str, day: date, old_deadline: str, deadline: date | None
) -> None:
    text = f"[clients.a]\nrenewals = [{{ date = 2027-03-01{old}{old_deadline} }}]\n"
    values = {"product": "New", "renewal": day} | ({"deadline": deadline} if deadline else {})
    rows = [ImportRow(FILE, 2, "a", values)]
    added = plan_import(portfolio(text), rows, ImportOptions())
    words = split(added.notes[0].partition("(to merge them: ")[2].removesuffix(")"))
    given_options = dict(pairwise([part for word in words for part in word.split("=")]))
    dates = [date.fromisoformat(word) for word in words[4:5] if word[0].isdigit()]
    own = date.fromisoformat(given_options["--deadline"]) if "--deadline" in given_options else None
    renamed = [Renewal(each, deadline=own) for each in dates]

    def rename(text: str, changes: Plan) -> dict[str, Any]:
        data = paths.apply_changes(tomli.loads(text), changes.changes)
        client = read_portfolio(data).portfolio.clients["a"]
        plan = rename_product(client, given_options["--product"], given_options["--rename"], *renamed)
        return paths.apply_changes(data, [each for each in plan.changes if _alters(data, each)])

    after = read_portfolio(rename(text, added)).portfolio
    before = read_portfolio(rename(text, Plan(""))).portfolio
    data = rename(text, Plan(""))
    then = plan_import(before, rows, ImportOptions())
    before = read_portfolio(paths.apply_changes(data, then.changes)).portfolio

    assert before == after
    assert len(after.clients["a"].renewals) == 1
    assert then.notes == ()


def _alters(data: dict[str, Any], change: Change) -> bool:
    """Return whether a change has an effect: it does not remove a missing key."""
    return change.renamed or paths.get(data, change.path) != change.after


def test_renamed_products_are_matched_by_the_closest_name() -> None:
    text = STORE.replace("2027-06-30, product", "2027-03-01, product").replace(", deadline = 2027-05-01", "")
    rows = [
        row(ACME, 2, product="Sales Hub Pro", renewal=MARCH),
        row(ACME, 3, product="Marketing Hub Pro", renewal=MARCH),
    ]
    notes = plan_import(portfolio(text), rows, PRUNE).notes

    assert [note.split(": ")[1] for note in notes] == [
        "'Sales Hub Pro' (2027-03-01) replaces 'Sales Hub' (2027-03-01)",
        "'Marketing Hub Pro' (2027-03-01) replaces 'Marketing Hub' (2027-03-01)",
    ]


def test_prune_removes_unlisted_renewals_after_confirmation() -> None:
    rows = [
        row(ACME, 2, product="SALES hub", renewal=DAY),
        row(BETA, 3, product="Sales Hub"),
        row("cases.example", 4, product="HUB", renewal=DAY),
        row(GAMA, 5, renewal=DAY),
    ]
    plan = plan_import(portfolio(), [*rows, *OTHER_CLIENTS], PRUNE)
    after = applied(STORE, plan)

    assert [path for path, after in changed(plan) if after is None] == [
        renewal("Marketing Hub"), ("clients", "cases.example", "renewals", "Hub"),
    ]  # fmt: skip
    assert [len(client.renewals) for client in after.clients.values()] == [1, 1, 1, 0, 0, 0, 1]
    assert plan.danger == "import --prune removes 2 renewals"
    assert plan.affected == ("acme.example: 1 renewal", "cases.example: 1 renewal")
    assert not plan_import(after, [*rows, *OTHER_CLIENTS], PRUNE).changes

    others = plan_import(portfolio(), rows, PRUNE)
    assert others.danger == ("import --prune removes 3 of 7 clients and 2 renewals")
    assert dict(others.counts)["removed"] == 3


@pytest.mark.parametrize(
    "rows",
    [
        [row(ACME), row(BETA)],  # no column of dates
        [row(ACME, product="New"), row(BETA, deadline=DAY)],  # deadlines are ignored without the option
        [row(ACME, product="Sales Hub", renewal=DAY), row(ACME, 3, product="Marketing Hub"), row(BETA)],
    ],
)
def test_prune_keeps_renewals_if_the_list_has_no_date(rows: list[ImportRow]) -> None:
    plan = plan_import(portfolio(), [*rows, *OTHER_CLIENTS], PRUNE)

    assert [path for path, after in changed(plan) if after is None] == []
    assert plan.danger == ""


def test_prune_by_deadlines_removes_renewals_too() -> None:
    asked = ImportOptions(prune=True, renewal_from_deadline=True)
    rows = [row(ACME, product="New", deadline=DAY), row(BETA, 3), *OTHER_CLIENTS]

    assert [path for path, after in changed(plan_import(portfolio(), rows, asked)) if after is None] == [
        renewal("Marketing Hub"), renewal("Sales Hub"),
    ]  # fmt: skip


def test_problems_have_the_sheet_and_are_in_its_order() -> None:
    places = {"client": 1, "hub_id": 4, "renewal": 3}
    rows = [
        row("nowhere", 2)._replace(sheet="B", places=places),
        row(ACME, 9, hub_id=5)._replace(sheet="A", places=places),
        row(ACME, 3, hub_id=6)._replace(sheet="B", places=places),
    ]
    with pytest.raises(BadInput, match="2 invalid rows") as caught:
        plan_import(portfolio(), rows, ImportOptions())

    problems = caught.value.problems
    assert [(each.sheet, each.line, each.column) for each in problems] == [("B", 2, 1), ("B", 3, 4)]
    assert problems[1].message == "acme.example has a different hub ID in A, row 9"
    notes = plan_import(portfolio(), [*rows, row(GAMA)], SKIP_INVALID).notes
    assert [note.split(":")[0] for note in notes[:2]] == ["skipped B, row 2", "skipped B, row 3"]
    assert notes[2].endswith("rows of the same clients: A, row 9")


def test_counts_are_clients_not_rows() -> None:
    rows = [
        row("new.example", 2),
        row("new.example", 3, product="A", renewal=DAY),
        row("newer.example", 4),
        row(ACME, 5, name="A", hub_id=5),
        row(GAMA, 6, hub_id=7),
        row(BETA, 7),
    ]
    plan = plan_import(portfolio(), rows, ImportOptions())

    assert plan.counts == (("new", 2), ("changed", 1), ("unchanged", 2), ("removed", 0))


def test_without_rows_there_are_no_changes() -> None:
    assert plan_import(portfolio(), [], ImportOptions(), ()).changes == ()


# Laws, on lists of few names, addresses, dates and products, so that rows and data file often collide.
LAW = hypothesis_settings(max_examples=hypothesis_settings().max_examples // 2)
KEYS = (ACME, BETA, GAMA, "new.example", "newer.example")
ADDRESSES = st.sampled_from(["paula@acme.example", "FIN@acme.example", "new@acme.example", "x@beta.example"])
PEOPLE = st.lists(
    st.builds(Contact, ADDRESSES, st.sampled_from(["", "Paula", "Reis, P."])), min_size=1, max_size=2
)
DAYS = st.sampled_from([date(2027, 3, 1), DAY, OTHER])
ENTRIES = st.lists(
    st.builds(
        ImportRow,
        st.just(FILE),
        st.integers(2, 99),
        st.sampled_from(KEYS),
        values=st.fixed_dictionaries(
            {},
            optional={
                "name": st.sampled_from(["A", "Acme Ltda"]),
                "hub_id": st.sampled_from([4411223, 7, 99]),
                **{column_of(role): PEOPLE.map(tuple) for role in Role},
                "renewal": DAYS,
                "product": st.sampled_from(["Sales Hub", "SALES hub", "Other"]),
                "deadline": st.sampled_from([date(2027, 2, 1), OTHER]),
                "owner": st.sampled_from(["hubspot", "partner", "default"]),
                "notify": st.sampled_from(["ana", "Rui Costa", "ines@agency.example"]),
                "note": st.just("why"),
                "memo": st.sampled_from(["free text", "other"]),
            },
        ),
        unread=st.just(False),
    ),
    max_size=6,
)
OPTIONS = st.builds(
    lambda way, overrides, by_deadline: ImportOptions(
        way == "prune", overrides, way == "skip-invalid", by_deadline
    ),
    st.sampled_from(["prune", "skip-invalid", ""]),
    st.booleans(),
    st.booleans(),
)


def good_rows(rows: list[ImportRow], options: ImportOptions) -> list[ImportRow]:
    """Return the rows of accepted clients, with unique hub IDs.

    A hub ID that moves from one client to another is refused the first time and accepted the second.
    """
    ids = {key: number for number, key in enumerate(KEYS, 100)}
    rows = [
        entry._replace(values={**entry.values, "hub_id": ids[entry.client]})
        if "hub_id" in entry.values
        else entry
        for entry in rows
    ]
    bad: set[str] = set()
    for key in KEYS:
        try:
            plan_import(
                portfolio(), [entry for entry in rows if entry.client == key], options._replace(prune=False)
            )
        except BadInput:
            bad.add(key)
    good = [entry for entry in rows if entry.client not in bad]
    try:
        # Together, an owner "default" of one client changes what the owners of the others mean.
        plan_import(portfolio(), good, options._replace(prune=False))
    except BadInput:
        return []
    return good


@LAW
@given(ENTRIES, OPTIONS)
def test_a_second_import_changes_nothing(rows: list[ImportRow], options: ImportOptions) -> None:
    options = options._replace(skip_invalid=False)
    rows = good_rows(rows, options) or [row(ACME)]
    first = plan_import(portfolio(), rows, options)
    again = plan_import(applied(STORE, first), rows, options)

    assert changed(again) == []
    assert again.counts == (
        ("new", 0), ("changed", 0), ("unchanged", len({entry.client for entry in rows})), ("removed", 0),
    )  # fmt: skip


@LAW
@given(ENTRIES, st.booleans(), st.booleans())
def test_importing_an_export_after_pruning_changes_nothing(
    rows: list[ImportRow], overrides: bool, by_deadline: bool
) -> None:
    options = ImportOptions(prune=True, with_overrides=overrides, renewal_from_deadline=by_deadline)
    rows = good_rows(rows, options) or [row(ACME)]
    after = applied(STORE, plan_import(portfolio(), rows, options))
    table = read_client_rows(read_sheet(export_csv(after).encode(), FILE), FILE, mapping={})
    plan = plan_import(after, table.rows, ImportOptions(prune=True, with_overrides=True), table.problems)

    assert (plan.changes, plan.danger) == ((), "")


@LAW
@given(ENTRIES, st.booleans())
def test_prune_keeps_only_the_listed_renewals(rows: list[ImportRow], by_deadline: bool) -> None:
    options = ImportOptions(prune=True, renewal_from_deadline=by_deadline)
    rows = good_rows(rows, options) or [row(ACME)]
    before, after = portfolio(), applied(STORE, plan_import(portfolio(), rows, options))

    for key, client in after.clients.items():
        own = [entry for entry in rows if entry.client == key]
        dated = [
            entry
            for entry in own
            if "renewal" in entry.values or (by_deadline and "deadline" in entry.values)
        ]
        if not dated:
            assert client.renewals == (before.clients[key].renewals if key in before.clients else ())
            continue
        named = {entry.values["product"].lower() for entry in own if "product" in entry.values}
        old = before.clients[key].renewals if key in before.clients else ()
        single = {old[0].product.lower()} if len(old) == 1 else {""}  # a blank product is the only renewal
        assert {each.product.lower() for each in client.renewals} <= named | single
        for entry in dated:
            assert any(
                each.product.lower() in {entry.values.get("product", "").lower(), *single}
                for each in client.renewals
            )


@LAW
@given(ENTRIES, OPTIONS)
def test_without_prune_unlisted_clients_do_not_change(rows: list[ImportRow], options: ImportOptions) -> None:
    before, rows = portfolio(), [*rows, row("good.example", 100)]
    plan = plan_import(
        before, rows, ImportOptions(False, options.with_overrides, True, options.renewal_from_deadline)
    )
    after = applied(STORE, plan)
    listed = {entry.client for entry in rows}

    assert {*before.clients} <= {*after.clients} <= {*before.clients, *listed}
    assert _but(after.clients, listed) == _but(before.clients, listed)
    assert (after.default, after.policy, after.users) == (before.default, before.policy, before.users)


def _but(clients: Mapping[str, Any], listed: set[str]) -> dict[str, Any]:
    return {key: client for key, client in clients.items() if key not in listed}


@LAW
@given(ENTRIES, OPTIONS)
def test_blank_columns_change_nothing(rows: list[ImportRow], options: ImportOptions) -> None:
    known = [entry for entry in rows if entry.client in {ACME, BETA, GAMA}]
    kept = {"note", "product"}
    blank = [
        entry._replace(values={name: value for name, value in entry.values.items() if name in kept})
        for entry in known
    ]
    asked = ImportOptions(False, options.with_overrides, False, options.renewal_from_deadline)

    assert plan_import(portfolio(), blank, asked).changes == ()


@LAW
@given(ENTRIES, st.booleans())
def test_without_the_option_overrides_do_not_change(rows: list[ImportRow], by_deadline: bool) -> None:
    before, rows = portfolio(), [*rows, row("good.example", 100)]
    after = applied(
        STORE, plan_import(before, rows, ImportOptions(skip_invalid=True, renewal_from_deadline=by_deadline))
    )

    assert {key: client.override for key, client in after.clients.items() if key in before.clients} == {
        key: client.override for key, client in before.clients.items()
    }
    assert all(client.override is None for key, client in after.clients.items() if key not in before.clients)


@LAW
@given(ENTRIES)
def test_listed_roles_have_the_listed_contacts_and_others_stay(rows: list[ImportRow]) -> None:
    before = portfolio()
    first = {entry.client: entry for entry in reversed(rows) if entry.client in {ACME, BETA}}
    contacts = {
        key: {role: entry.values[column_of(role)] for role in Role if column_of(role) in entry.values}
        for key, entry in first.items()
    }
    plan = plan_import(
        before, [row(key, contacts=people) for key, people in contacts.items()], ImportOptions()
    )
    after = applied(STORE, plan)

    for key, people in contacts.items():
        for role in Role:
            expected = (
                {person.email.lower() for person in people[role]}
                if role in people
                else _addresses_with(before, key, role)
            )
            assert _addresses_with(after, key, role) == expected
        assert {c.email for c in before.clients[key].contacts} <= {
            c.email for c in after.clients[key].contacts
        }


def _addresses_with(known: Portfolio, key: str, role: Role) -> set[str]:
    return {contact.email.lower() for contact in known.clients[key].contacts if role in contact.roles}


def test_a_note_can_change_alone_but_a_blank_one_changes_nothing() -> None:
    data = tomli.loads(
        '[defaults]\nowner = "hubspot"\n[clients.a]\noverride = { owner = "hubspot", note = "old" }\n'
    )
    known = read_portfolio(data).portfolio

    def changes(note: str) -> list[tuple[object, object]]:
        entry = ImportRow(FILE, 2, "a", {"owner": "hubspot", "note": note} if note else {"owner": "hubspot"})
        return [
            (c.path, c.after) for c in plan_import(known, [entry], ImportOptions(with_overrides=True)).changes
        ]

    assert changes("new") == [(("clients", "a", "override", "note"), "new")]
    assert changes("old") == changes(" old ") == changes("") == []


def test_a_domain_that_is_also_a_clients_name_is_refused() -> None:
    text = STORE + '[clients."old.example"]\nname = "Booking.example"\n'
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(text), [row("booking.example", 2, name="New")], ImportOptions())

    [problem] = caught.value.problems
    assert problem.message.startswith("'booking.example' is the name of old.example, but can be another")
    assert problem.hint.endswith("renewctl client add booking.example")


@pytest.mark.parametrize("products", [("01", "1"), ("1", "01")])
def test_a_number_matches_the_product_with_the_same_digits(products: tuple[str, str]) -> None:
    renewals = ", ".join(f'{{ date = 2027-0{n}-01, product = "{p}" }}' for n, p in enumerate(products, 5))
    known = portfolio(f'[clients."a.example"]\nrenewals = [{renewals}]\n')
    plan = plan_import(known, [row("a.example", product=1, renewal=DAY)], ImportOptions())
    assert [path for path, _ in changed(plan)] == [("clients", "a.example", "renewals", "1", "date")]


def test_a_number_that_matches_two_products_is_refused() -> None:
    renewals = '{ date = 2027-05-01, product = "01" }, { date = 2027-06-01, product = "001" }'
    known = portfolio(f'[clients."a.example"]\nrenewals = [{renewals}]\n')
    with pytest.raises(BadInput) as caught:
        plan_import(known, [row("a.example", product=1, renewal=DAY)], ImportOptions())
    assert "the spreadsheet has the number 1 " in caught.value.problems[0].message
