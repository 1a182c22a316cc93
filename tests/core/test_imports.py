"""What the rows of a spreadsheet change: new, changed, unchanged, gone; and what is refused."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import pytest
import tomli
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.reading import read_sheet
from renewctl.domain import paths
from renewctl.domain.edit.import_plan import ImportOptions, plan_import
from renewctl.domain.edit.import_remarks import remark_on_rows
from renewctl.domain.edit.rows import ImportRow
from renewctl.domain.validate import read_portfolio
from renewctl.errors import BadInput, ExitStatus, Problem, UsageError
from renewctl.exchange.export import export_csv
from renewctl.exchange.rows import read_client_rows
from renewctl.model import Contact, Plan, Portfolio, Role

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

[clients."Acme.example"]   # written so, not in normal form
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
ALL_IN = ImportOptions(with_overrides=True)
BY_DEADLINE = ImportOptions(deadline_is_date=True)
PARTIAL = ImportOptions(partial=True)
PRIMARY, BILLING, DECISION = Role
UNUSED_NOTE = "1 note not used, because no override is set: {} (--map memo=note imports notes as memos)"


def portfolio(text: str = STORE) -> Portfolio:
    """Return what the text says; it must be a valid store."""
    reading = read_portfolio(tomli.loads(text))
    assert not reading.problems
    return reading.portfolio


def row(client: str, line: int = 2, **values: Any) -> ImportRow:
    """Return a row with these values, and the ``holders`` of roles."""
    holders = {column_of(role): people for role, people in values.pop("holders", {}).items()}
    return ImportRow(FILE, line, client, {**values, **holders})


def column_of(role: Role) -> str:
    """Return the column of a role's contacts."""
    return role.replace("-", "_")


def who(*addresses: str, **named: str) -> tuple[Contact, ...]:
    """Return people, those with a name as ``name="address"``."""
    return (*map(Contact, addresses), *(Contact(email, name) for name, email in named.items()))


def changed(plan: Plan) -> list[tuple[tuple[str, ...], Any]]:
    """Return the paths and the new values of a plan."""
    return [(change.path, change.after) for change in plan.changes]


def applied(text: str, plan: Plan) -> Portfolio:
    """Return what the store says after the plan."""
    reading = read_portfolio(paths.apply_changes(tomli.loads(text), plan.changes))
    assert not reading.problems
    return reading.portfolio


class Case(NamedTuple):
    """Rows, and the changes they mean."""

    name: str
    rows: list[ImportRow]
    changes: list[tuple[tuple[str, ...], Any]]
    wishes: ImportOptions = ImportOptions()
    said: tuple[str, ...] = ()
    text: str = STORE


def roles(address: str, *held: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the change that gives one of Acme's contacts these roles."""
    return (*AC, "contacts", address, "roles"), [*held]


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
                holders={
                    PRIMARY: who(Pat="pat@new.example"),
                    BILLING: who("fin@new.example", "PAT@new.example"),
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
        ALL_IN,
    ),
    Case("a known client with nothing said", [row(ACME)], []),
    Case(
        "name and hub id",
        [row(ACME, name="Acme SA", hub_id=5)],
        [((*AC, "name"), "Acme SA"), ((*AC, "hub_id"), 5)],
    ),
    Case("what is so already", [row(ACME, name="Acme Ltda", hub_id=4411223)], []),
    Case("a name in another case or with other spaces", [row(ACME, name="ACME\u00a0  ltda")], []),
    Case(
        "names, contacts and products that look the same in each row are one",
        [
            row(
                "new.example",
                2,
                name="N\u00e1 a",
                renewal=DAY,
                product="\u00c9 x",
                holders={PRIMARY: who(B="b\u00e9@a.example")},
            ),
            row(
                "new.example",
                3,
                name="NA\u0301  A",
                renewal=DAY,
                product="e\u0301\u00a0X",
                holders={PRIMARY: who(b="be\u0301@a.example")},
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
        "a product with other spaces is the one in the store",
        [row(ACME, product="SALES\u00a0  Hub", renewal=DAY)],
        [(renewal("Sales Hub", "date"), DAY)],
        said=("acme.example: 'Sales Hub' moves to 2027-09-01 and keeps its deadline 2027-05-01",),
    ),
    Case("the client by its hub id", [row("4411223", name="A")], [((*AC, "name"), "A")]),
    Case("the client by its name", [row(" ACME ltda ", hub_id=5)], [((*AC, "hub_id"), 5)]),
    # holders
    Case(
        "a new primary: just that role moves, the other roles stay",
        [row(ACME, holders={PRIMARY: who(New="new@acme.example")})],
        [
            roles("Paula@acme.example", "decision-maker"),
            (
                (*AC, "contacts", "new@acme.example"),
                {"email": "new@acme.example", "name": "New", "roles": ["primary"]},
            ),
        ],
    ),
    Case(
        "billing is replaced, not added to; who loses the last role stays on record",
        [row(ACME, holders={BILLING: who("two@acme.example", "PAULA@acme.example")})],
        [roles("Paula@acme.example", "primary", "billing", "decision-maker"), roles("fin@acme.example")],
    ),
    Case(
        "a contact without a role takes one, and stays deactivated",
        [row(ACME, holders={DECISION: who("idle@acme.example")})],
        [roles("Paula@acme.example", "primary"), roles("idle@acme.example", "decision-maker")],
        said=(
            "idle@acme.example gets a role and is deactivated in HubSpot, so receives nothing; "
            "if active again: renewctl client set acme.example --reactivate idle@acme.example",
        ),
    ),
    Case(
        "the same people in another spelling and order",
        [
            row(
                ACME,
                holders={
                    PRIMARY: who("PAULA@acme.example"),
                    BILLING: who("two@acme.example", "FIN@acme.example"),
                },
            )
        ],
        [],
    ),
    Case(
        "a name is filled in",
        [row(ACME, holders={PRIMARY: who(Paula="paula@acme.example")})],
        [((*AC, "contacts", "Paula@acme.example", "name"), "Paula")],
    ),
    Case(
        "a blank name takes none away",
        [row(ACME, holders={BILLING: who("fin@acme.example", "two@acme.example")})],
        [],
    ),
    Case(
        "a name given in the second of two roles is not lost",
        [row("new.example", holders={PRIMARY: who("p@new.example"), DECISION: who(Pat="p@new.example")})],
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
        "contacts twice in the store, no role named",
        [row("twice.example", name="T")],
        [(("clients", "twice.example", "name"), "T")],
    ),
    # several rows
    Case(
        "several rows are several renewals; what they say alike is said once",
        [
            row(
                "new.example",
                2,
                name="New",
                renewal=DAY,
                product="A",
                holders={PRIMARY: who("p@new.example")},
            ),
            row(
                "NEW.example",
                3,
                name="New",
                renewal=DAY,
                product="B",
                holders={PRIMARY: who("p@new.example")},
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
        "what the first row leaves blank the second fills",
        [row(ACME, 2), row(ACME, 3, name="A", holders={PRIMARY: who("fin@acme.example")})],
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
        "a date is moved; the product in any case, the deadline of its own stays",
        [row(ACME, product="sales HUB", renewal=DAY)],
        [(renewal("Sales Hub", "date"), DAY)],
        said=("acme.example: 'Sales Hub' moves to 2027-09-01 and keeps its deadline 2027-05-01",),
    ),
    Case(
        "a deadline of its own",
        [row(ACME, product="Marketing Hub", renewal=date(2027, 3, 1), deadline=date(2027, 2, 1))],
        [(renewal("Marketing Hub", "deadline"), date(2027, 2, 1))],
    ),
    Case(
        "the same dates",
        [row(ACME, product="Sales Hub", renewal=date(2027, 6, 30), deadline=date(2027, 5, 1))],
        [],
    ),
    Case(
        "a renewal more",
        [row(ACME, product="Service Hub", renewal=DAY)],
        [(renewal("Service Hub"), {"date": DAY, "product": "Service Hub"})],
    ),
    Case(
        "no product means the only renewal",
        [row(BETA, renewal=DAY)],
        [((*BC, "renewals", "Sales Hub", "date"), DAY)],
        said=("beta.example: 'Sales Hub' moves to 2027-09-01 and keeps its deadline 2027-01-01",),
    ),
    Case(
        "no product where there is no renewal",
        [row(GAMA, renewal=DAY)],
        [((*GC, "renewals", ""), {"date": DAY})],
    ),
    Case(
        "a product without a date",
        [row(ACME, product="Service Hub")],
        [],
        said=("no renewal date, not imported: 'Service Hub' of acme.example",),
    ),
    Case("a known product without a date", [row(ACME, product="sales hub")], []),
    Case(
        "products that differ in case only are told apart",
        [row("cases.example", product="HUB", renewal=DAY)],
        [(("clients", "cases.example", "renewals", "HUB", "date"), DAY)],
    ),
    Case(
        "a deadline alone is not used, and that is said",
        [row(ACME, 2, product="Sales Hub", deadline=DAY), row(BETA, 3, deadline=DAY), row(GAMA, 4)],
        [],
        said=("2 rows with a deadline and no renewal date: not used (see --renewal-from-deadline)",),
    ),
    Case(
        "one deadline alone",
        [row(BETA, deadline=DAY)],
        [],
        said=("1 row with a deadline and no renewal date: not used (see --renewal-from-deadline)",),
    ),
    Case(
        "a deadline alone gives the date when asked, and is no deadline of its own",
        [row(GAMA, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": date(2027, 10, 16)})],
        BY_DEADLINE,
    ),
    Case(
        "the policy says how many days",
        [row(GAMA, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": date(2027, 9, 11)})],
        BY_DEADLINE,
        text="[policy]\ndeadline_days = 10" + STORE,
    ),
    Case(
        "with a renewal date, a deadline is a deadline even then",
        [row(GAMA, renewal=OTHER, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": OTHER, "deadline": DAY})],
        BY_DEADLINE,
    ),
    Case(
        "a deadline on the day itself",
        [row(GAMA, renewal=DAY, deadline=DAY)],
        [((*GC, "renewals", ""), {"date": DAY, "deadline": DAY})],
    ),
    # overrides
    Case(
        "owner and user without --with-overrides",
        [row(ACME, owner="partner", notify="nobody")],
        [],
        said=("another owner or partner user for 1 client: not used (see --with-overrides)",),
    ),
    Case(
        "a first override",
        [row(ACME, owner="partner", notify="ines", note="why")],
        [((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example", "note": "why"})],
        ALL_IN,
    ),
    Case("default clears", [row(BETA, owner="default")], [((*BC, "override"), None)], ALL_IN),
    Case("default where it is so already", [row(ACME, owner="default")], [], ALL_IN),
    Case("a blank owner with the note that is there", [row(BETA, note=" one  voice")], [], ALL_IN),
    Case("a note without an owner", [row(BETA, note="other")], [], ALL_IN, (UNUSED_NOTE.format(BETA),)),
    Case("a note without an override", [row(ACME, note="other")], [], said=(UNUSED_NOTE.format(ACME),)),
    Case(
        "a note beside the default's owner, which is no override",
        [row(ACME, owner="hubspot", note="other")],
        [],
        ALL_IN,
        (UNUSED_NOTE.format(ACME),),
    ),
    Case(
        "a note beside the owner default goes with the override",
        [row(BETA, owner="default", note="one voice")],
        [((*BC, "override"), None)],
        ALL_IN,
        (UNUSED_NOTE.format(BETA),),
    ),
    Case(
        "a memo replaces the memo",
        [row(ACME, memo="calls back\nin May")],
        [((*AC, "memo"), "calls back\nin May")],
    ),
    Case(
        "the memo as it is, with other spaces",
        [row(ACME, memo="calls back in\tMay")],
        [],
        text=STORE.replace('name = "Acme Ltda"', 'memo = "calls back\\nin May"'),
    ),
    Case(
        "an override for a deactivated user, who is named once",
        [row(key, line, owner="partner", notify="ines") for line, key in enumerate((ACME, BETA, NEW[1]), 2)],
        [
            ((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example"}),
            ((*BC, "override", "owner"), "partner"),
            ((*BC, "override", "notify"), "ines@agency.example"),
            ((*BC, "override", "note"), None),
            (NEW, {"override": {"owner": "partner", "notify": "ines@agency.example"}}),
        ],
        ALL_IN,
        ("ines@agency.example is deactivated in HubSpot and receives nothing",),
        STORE.replace('name = "ana souza lima"', "active = false"),
    ),
    Case(
        "a new client with an override for a deactivated user",
        [row(NEW[1], owner="partner", notify="ines")],
        [(NEW, {"override": {"owner": "partner", "notify": "ines@agency.example"}})],
        ALL_IN,
        ("ines@agency.example is deactivated in HubSpot and receives nothing",),
        STORE.replace('name = "ana souza lima"', "active = false"),
    ),
    Case(
        "a deactivated contact loses one role of two",
        [row(ACME, holders={PRIMARY: who("fin@acme.example")})],
        [roles("fin@acme.example", "primary", "billing"), roles("idle@acme.example", "billing")],
        text=STORE.replace(', roles = ["primary", "decision-maker"]', "").replace(
            "active = false", 'active = false, roles = ["primary", "billing"]'
        ),
    ),
    Case(
        "a new client with the name of one that is not listed",
        [row("new.example", name="ACME ltda")],
        [(NEW, {"name": "ACME ltda"})],
        said=(
            "new.example is new and has the name of acme.example, which is not listed; if its domain "
            "changed, run this before the import: renewctl client rename acme.example new.example",
        ),
    ),
    Case(
        "a new client with the name of one that is listed",
        [row("new.example", name="Acme Ltda"), row(ACME, 3)],
        [(NEW, {"name": "Acme Ltda"})],
    ),
    Case("the default's owner is not pinned", [row(ACME, owner="hubspot")], [], ALL_IN),
    Case("nor its owner and user, however spelled", [row(ACME, owner="hubspot", notify="ANA")], [], ALL_IN),
    Case(
        "nor the partner's default",
        [row(ACME, owner="partner", notify="ana")],
        [],
        ALL_IN,
        text=PARTNER_DEFAULT,
    ),
    Case("the override as it is", [row(BETA, owner="partner", notify="ana", note="one voice")], [], ALL_IN),
    Case("the override's owner, a blank user", [row(GAMA, owner="hubspot")], [], ALL_IN),
    Case(
        "the same owner and another user than the default's",
        [row(ACME, owner="hubspot", notify="ines")],
        [((*AC, "override"), {"owner": "hubspot", "notify": "ines@agency.example"})],
        ALL_IN,
    ),
    Case(
        "an override with the default's values where another stands now",
        [row(BETA, owner="hubspot", notify="ana")],
        [
            ((*BC, "override", "owner"), "hubspot"),
            ((*BC, "override", "notify"), "Ana@agency.example"),
            ((*BC, "override", "note"), None),
        ],
        ALL_IN,
    ),
    Case(
        "without a default, hubspot is an override",
        [row(ACME, owner="hubspot")],
        [((*AC, "override"), {"owner": "hubspot"})],
        ALL_IN,
        text=NO_DEFAULT,
    ),
    Case(
        "the user by display name",
        [row(ACME, owner="partner", notify="ANA SOUZA Lima")],
        [((*AC, "override"), {"owner": "partner", "notify": "ines@agency.example"})],
        ALL_IN,
    ),
    Case(
        "settings are not used unless asked for, and that is said where they are others",
        [
            row(ACME, 2, owner="hubspot"),
            row(BETA, 3, owner="hubspot"),
            row(GAMA, 4, owner="partner", notify="nobody"),
        ],
        [],
        said=("another owner or partner user for 2 clients: not used (see --with-overrides)",),
    ),
    Case(
        "one setting is not used",
        [row(BETA, owner="default")],
        [],
        said=("another owner or partner user for 1 client: not used (see --with-overrides)",),
    ),
    Case(
        "the setting in one row of two",
        [row(BETA, 2), row(BETA, 3, owner="default")],
        [((*BC, "override"), None)],
        ALL_IN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_rows_mean_these_changes(case: Case) -> None:
    plan = plan_import(portfolio(case.text), case.rows, case.wishes)
    after = applied(case.text, plan)

    assert list(dict(map(_hashable, changed(plan))).values()) == case.changes
    assert (plan.command, plan.notes) == ("import", case.said)
    assert not plan_import(after, case.rows, case.wishes).changes


def _hashable(change: tuple[tuple[str, ...], Any]) -> tuple[str, tuple[tuple[str, ...], Any]]:
    return repr(change), change


def test_a_known_clients_new_renewal_in_two_like_rows_is_written_once() -> None:
    rows = [row(GAMA, line, renewal=DAY, product="A") for line in (2, 3)]
    after = applied(STORE, plan_import(portfolio(), rows, ImportOptions()))

    assert [each.product for each in after.clients[GAMA].renewals] == ["A"]


class Refusal(NamedTuple):
    """Rows, and the line, message and hint of each problem."""

    name: str
    rows: list[ImportRow]
    problems: list[tuple[int, str, str]]
    wishes: ImportOptions = ImportOptions()


REFUSALS = [
    Refusal(
        "no domain", [row("Some Company")], [(2, "'Some Company' is not a client's domain", "acme.example")]
    ),
    Refusal(
        "a number that is no known hub id", [row("12345")], [(2, "'12345' is not a client's domain", "")]
    ),
    Refusal("a word without a dot", [row("acme")], [(2, "'acme' is not a client's domain", "")]),
    Refusal("an IP address", [row("1.2.3.4")], [(2, "'1.2.3.4' is an IP address", "acme.example")]),
    Refusal(
        "a page on a social network",
        [row("https://pt.linkedin.com/company/acme")],
        [(2, "is a site that many companies share", "acme.example")],
    ),
    Refusal("HubSpot's address", [row("app.hubspot.com")], [(2, "of HubSpot's own", "acme.example")]),
    Refusal(
        "another name in another row",
        [row("new.example", 2, name="New"), row("new.example", 3), row("new.example", 4, name="Other")],
        [(4, "new.example has another name in line 2", "say the same")],
    ),
    Refusal(
        "another hub id in another row",
        [row(ACME, 2, hub_id=1), row(ACME, 3, hub_id=2)],
        [(3, "another hub id in line 2", "")],
    ),
    Refusal(
        "other holders in another row",
        [
            row(ACME, 2, holders={BILLING: who("a@a.example")}),
            row(ACME, 3, holders={BILLING: who("b@a.example")}),
        ],
        [(3, "another billing", "")],
    ),
    Refusal("a hub id that is another's", [row(ACME, hub_id=7)], [(2, "hub id 7 is gama.example's", "")]),
    Refusal(
        "a new client with a known hub id", [row("new.example", hub_id=7)], [(2, "hub id 7 is gama", "")]
    ),
    Refusal(
        "the row that has the hub id is the one named",
        [row("new.example", 2), row("new.example", 3, hub_id=7)],
        [(3, "hub id 7 is gama.example's", "")],
    ),
    Refusal(
        "a hub id that two clients of the store have",
        [row("8", name="N")],
        [(2, "'8' is the hub id of several clients", "use the domain: one.example, other.example")],
    ),
    Refusal(
        "a product that two renewals of the store look like",
        [row("cases.example", product="hub", renewal=DAY)],
        [(2, "cases.example has several renewals that look like 'hub'", "make one of them")],
    ),
    Refusal(
        "two new clients with one hub id",
        [row("new.example", 2, hub_id=99), row("newer.example", 3, hub_id=99)],
        [(3, "hub id 99", "")],
    ),
    Refusal(
        "an address twice in the store",
        [row("twice.example", holders={DECISION: who("y@twice.example")})],
        [(2, "twice.example lists X@twice.example twice in the store", "one contact")],
    ),
    Refusal(
        "a product twice with other dates",
        [row(ACME, 2, product="New Hub", renewal=DAY), row(ACME, 3, product="new hub", renewal=OTHER)],
        [(3, "renews New Hub in line 2 too|renews new hub in line 2 too", "own product")],
    ),
    Refusal(
        "no product twice with other dates",
        [row("new.example", 2, renewal=DAY), row("new.example", 3, renewal=OTHER)],
        [(3, "renews without a product in line 2 too", "own product")],
    ),
    Refusal(
        "no product and the product that it means, with other dates",
        [row(BETA, 2, product="Sales Hub", renewal=DAY), row(BETA, 3, renewal=OTHER)],
        [(3, "renews Sales Hub in line 2 too", "")],
    ),
    Refusal(
        "no product where there are several renewals",
        [row(ACME, renewal=DAY)],
        [(2, "acme.example has several renewals", "'Marketing Hub', 'Sales Hub'")],
    ),
    Refusal(
        "a deadline after the renewal",
        [row(GAMA, renewal=DAY, deadline=OTHER)],
        [(2, "the deadline is after the renewal (2028-09-01, 2027-09-01)", "")],
    ),
    Refusal(
        "a date moved before the deadline that stays",
        [row(BETA, product="Sales Hub", renewal=date(2026, 12, 1))],
        [(2, "the deadline is after the renewal (2027-01-01, 2026-12-01)", "")],
    ),
    Refusal(
        "partner without a user",
        [row(ACME, owner="partner")],
        [(2, "has owner partner and no partner user", "point-of-contact")],
        ALL_IN,
    ),
    Refusal(
        "a user without an owner", [row(ACME, notify="ana")], [(2, "a partner user but no owner", "")], ALL_IN
    ),
    Refusal(
        "default with a user",
        [row(BETA, 2), row(BETA, 3, owner="default", notify="ana")],
        [(3, "beta.example has owner default and a partner user", "or no partner user")],
        ALL_IN,
    ),
    Refusal(
        "the hub id of a client that may have a new domain",
        [row("new.example", hub_id=7)],
        [(2, "hub id 7 is gama.example's", "renewctl client rename gama.example new.example")],
    ),
    Refusal(
        "two memos",
        [row(ACME, 2, memo="a"), row(ACME, 3, memo="b")],
        [(3, "another memo in line 2", "the same in each row")],
    ),
    Refusal(
        "an unknown user",
        [row(ACME, owner="partner", notify="Zoe")],
        [(2, "'Zoe' is not one", "user add")],
        ALL_IN,
    ),
    Refusal(
        "a name two users have",
        [row(ACME, owner="partner", notify="Rui Costa")],
        [(2, "'Rui Costa'", "")],
        ALL_IN,
    ),
    Refusal(
        "the row with the unknown user is the one named",
        [row(ACME, 2), row(ACME, 3, owner="partner", notify="Zoe")],
        [(3, "'Zoe' is not one", "")],
        ALL_IN,
    ),
    Refusal(
        "two owners",
        [row(ACME, 2, owner="hubspot"), row(ACME, 3, owner="default")],
        [(3, "another owner in line 2", "")],
        ALL_IN,
    ),
    Refusal(
        "all bad rows at once, in the order of the lines",
        [
            row("new.example", 2, hub_id=7),
            row("fine.example", 3),
            row("nowhere", 4),
            row(ACME, 5, renewal=DAY),
        ],
        [(2, "hub id 7", ""), (4, "'nowhere'", ""), (5, "several renewals", "")],
    ),
    Refusal(
        "two bad rows of one client are both listed",
        [row(ACME, 2, renewal=DAY), row(ACME, 3, product="Hub", renewal=DAY, deadline=OTHER)],
        [(2, "several renewals", ""), (3, "the deadline is after the renewal", "")],
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_bad_rows_are_all_listed_with_their_lines(case: Refusal) -> None:
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(), case.rows, case.wishes)

    error, count = caught.value, len(case.problems)
    assert error.message == f"{count} bad row{'s' * (count > 1)}; nothing was written"
    assert (error.exit_status, error.hint) == (ExitStatus.INVALID, "--partial imports the others")
    assert [problem.line for problem in error.problems] == [line for line, _, _ in case.problems]
    for problem, (_, message, hint) in zip(error.problems, case.problems, strict=True):
        assert problem.file == FILE
        assert any(each in problem.message for each in message.split("|"))
        assert hint in problem.hint


def test_what_can_hardly_be_meant_is_remarked_on_the_first_of_each_kind() -> None:
    """1899-12-30 is what an empty cell becomes in a spreadsheet; HubSpot has one primary contact."""
    today = date(2026, 11, 23)
    rows = [
        row(ACME, 2, renewal=date(1899, 12, 30), holders={PRIMARY: who("a@acme.example", "b@acme.example")}),
        row(ACME, 3, renewal=date(2036, 11, 23), holders={PRIMARY: who("a@acme.example", "b@acme.example")}),
        row(BETA, 4, renewal=date(2062, 1, 1), deadline=date(2036, 11, 24)),
        row(GAMA, 5, holders={BILLING: who(*(f"{letter}@gama.example" for letter in "abcd"))}),
    ]
    assert [*remark_on_rows(rows, today)] == [
        "3 dates that cannot be meant (before 2006, or more than ten years ahead): "
        "1899-12-30 in line 2, 2062-01-01 in line 4, 2036-11-24 in line 4",
        "acme.example then has 2 primary contacts; HubSpot takes 1",
        "gama.example then has 4 billing contacts; HubSpot takes 3",
    ]
    many = [
        row(
            f"c{n}.example",
            n,
            renewal=date(2005, 1, 1),
            holders={DECISION: who("a@x.example", "b@x.example")},
        )
        for n in range(2, 12)
    ]
    dates, *crowded = remark_on_rows(many, today)
    assert dates.startswith("10 dates that cannot be meant")
    assert dates.endswith("2005-01-01 in line 4, …")
    assert len(crowded) == 4
    assert crowded[-1] == "and 7 more roles with more contacts than HubSpot takes"
    assert [*remark_on_rows([row(ACME, renewal=DAY)], today)] == []


BAD_CELLS = (Problem("'x' is not a hub id", file=FILE, line=3, column=2), Problem("'y'", file=FILE, line=9))


def test_the_problems_of_rows_that_are_no_entries_are_listed_among_the_others() -> None:
    with pytest.raises(BadInput) as caught:
        plan_import(portfolio(), [row("nowhere", 4)], ImportOptions(), BAD_CELLS)

    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(3, 2), (4, 0), (9, 0)]
    assert caught.value.message == "3 bad rows; nothing was written"


def test_partial_leaves_the_bad_ones_out_and_says_so() -> None:
    rows = [row("nowhere", 4), row("new.example", 5), row(ACME, 6, name="A"), row(ACME, 7, renewal=DAY)]
    plan = plan_import(portfolio(), rows, PARTIAL, BAD_CELLS)

    assert changed(plan) == [(NEW, {})]
    assert [said.partition(": ")[2][:7] for said in plan.notes] == [
        "line 3:",
        "line 4:",
        "line 7:",
        "line 9:",
        "line 6",
    ]
    assert all(said.startswith("left out: line ") for said in plan.notes[:4])
    assert plan.notes[4] == "left out with them, as rows of the same clients: line 6"
    assert "several renewals" in plan.notes[2]
    assert dict(plan.counts) == {"new": 1, "changed": 0, "unchanged": 0, "removed": 0}


def test_partial_and_prune_exclude_each_other_as_a_client_with_a_bad_row_would_be_removed() -> None:
    with pytest.raises(UsageError, match="--prune and --partial exclude each other"):
        plan_import(portfolio(), [row(ACME)], ImportOptions(partial=True, prune=True), BAD_CELLS)


def test_prune_without_rows_would_remove_everybody_and_is_refused() -> None:
    with pytest.raises(BadInput, match="there are no rows"):
        plan_import(portfolio(), [], ImportOptions(prune=True))


def test_prune_removes_what_is_not_listed_and_nothing_else() -> None:
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


def test_pruned_clients_go_by_the_name_the_file_has() -> None:
    plan = plan_import(portfolio(), [row(BETA)], ImportOptions(prune=True))

    assert AC in [path for path, _ in changed(plan)]
    assert list(applied(STORE, plan).clients) == [BETA]


MARCH = date(2027, 3, 1)
PRUNE = ImportOptions(prune=True)
EVERYBODY = [row(key, line) for line, key in enumerate(portfolio().clients, 20) if key not in {ACME, BETA}]


class Renamed(NamedTuple):
    """Rows of Acme or Beta with a new product; what is said without --prune, and with it."""

    name: str
    rows: list[ImportRow]
    said: tuple[str, ...]
    pruned: tuple[str, ...]
    removed: list[tuple[str, ...]]


RENAMES = [
    Renamed(
        "a product of the same day",
        [row(ACME, product="Marketing Hub Pro", renewal=MARCH), row(ACME, 3, product="Sales Hub")],
        (
            "acme.example: 'Marketing Hub Pro' (2027-03-01) is added to 'Marketing Hub' (2027-03-01), which "
            "is not listed; if that has a new name, run before the import: renewctl client set-renewal "
            "acme.example --product 'Marketing Hub' --rename 'Marketing Hub Pro'",
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
def test_a_product_with_a_new_name_is_remarked_on(case: Renamed) -> None:
    added = plan_import(portfolio(), case.rows, ImportOptions())
    pruned = plan_import(portfolio(), [*case.rows, row(BETA, 4), *EVERYBODY], PRUNE)
    kept = "2 clients have no renewal date in the list and keep their renewals: beta.example, cases.example"

    assert (added.notes, pruned.notes) == (case.said, (*case.pruned, kept))
    assert [path for path, after in changed(added) if after is None] == []
    assert [path for path, after in changed(pruned) if after is None] == case.removed


def test_a_renewal_without_a_product_is_taken_for_the_new_product_whatever_the_day() -> None:
    text = STORE.replace('{ date = 2027-03-01, product = "Hub" }, ', "").replace(
        '[{ date = 2027-03-01, product = "Sales Hub", deadline = 2027-01-01 }]', "[{ date = 2027-03-01 }]"
    )
    plan = plan_import(portfolio(text), [row(BETA, product="CMS", renewal=DAY)], ImportOptions())

    assert plan.notes == (
        "beta.example: 'CMS' (2027-09-01) is added to the renewal without a product (2027-03-01), which is "
        "not listed; if that has a new name, run before the import: "
        "renewctl client set-renewal beta.example --product '' --rename CMS",
    )


def test_two_products_with_new_names_are_told_apart_by_how_near_the_names_are() -> None:
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


def test_prune_removes_renewals_that_the_list_does_not_have_and_asks_about_them() -> None:
    rows = [
        row(ACME, 2, product="SALES hub", renewal=DAY),
        row(BETA, 3, product="Sales Hub"),
        row("cases.example", 4, product="HUB", renewal=DAY),
        row(GAMA, 5, renewal=DAY),
    ]
    plan = plan_import(portfolio(), [*rows, *EVERYBODY], PRUNE)
    after = applied(STORE, plan)

    assert [path for path, after in changed(plan) if after is None] == [
        renewal("Marketing Hub"), ("clients", "cases.example", "renewals", "Hub"),
    ]  # fmt: skip
    assert [len(client.renewals) for client in after.clients.values()] == [1, 1, 1, 0, 0, 0, 1]
    assert plan.danger == "import --prune removes 2 renewals: acme.example, cases.example"
    assert not plan_import(after, [*rows, *EVERYBODY], PRUNE).changes

    others = plan_import(portfolio(), rows, PRUNE)
    assert others.danger == (
        "import --prune removes 3 of 7 clients and 2 renewals: "
        "twice.example, one.example, other.example and 2 more"
    )
    assert dict(others.counts)["removed"] == 3


@pytest.mark.parametrize(
    "rows",
    [
        [row(ACME), row(BETA)],  # no column of dates
        [row(ACME, product="New"), row(BETA, deadline=DAY)],  # a deadline is not used unless asked for
        [row(ACME, product="Sales Hub", renewal=DAY), row(ACME, 3, product="Marketing Hub"), row(BETA)],
    ],
)
def test_prune_leaves_renewals_of_which_the_list_has_no_date(rows: list[ImportRow]) -> None:
    plan = plan_import(portfolio(), [*rows, *EVERYBODY], PRUNE)

    assert [path for path, after in changed(plan) if after is None] == []
    assert plan.danger == ""


def test_prune_by_deadlines_removes_renewals_too() -> None:
    asked = ImportOptions(prune=True, deadline_is_date=True)
    rows = [row(ACME, product="New", deadline=DAY), row(BETA, 3), *EVERYBODY]

    assert [path for path, after in changed(plan_import(portfolio(), rows, asked)) if after is None] == [
        renewal("Marketing Hub"), renewal("Sales Hub"),
    ]  # fmt: skip


def test_problems_name_the_sheet_and_are_in_its_order() -> None:
    places = {"client": 1, "hub_id": 4, "renewal": 3}
    rows = [
        row("nowhere", 2)._replace(sheet="B", places=places),
        row(ACME, 9, hub_id=5)._replace(sheet="A", places=places),
        row(ACME, 3, hub_id=6)._replace(sheet="B", places=places),
    ]
    with pytest.raises(BadInput, match="2 bad rows") as caught:
        plan_import(portfolio(), rows, ImportOptions())

    problems = caught.value.problems
    assert [(each.sheet, each.line, each.column) for each in problems] == [("B", 2, 1), ("B", 3, 4)]
    assert problems[1].message == "acme.example has another hub id in A, row 9"
    notes = plan_import(portfolio(), rows, PARTIAL).notes
    assert [note.split(":")[1].strip() for note in notes[:2]] == ["B, row 2", "B, row 3"]
    assert notes[2].endswith("rows of the same clients: A, row 9")


def test_counts_are_of_clients_not_of_rows() -> None:
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


def test_no_rows_no_changes() -> None:
    assert plan_import(portfolio(), [], ImportOptions(), ()).changes == ()


# Laws, on rosters of few names, addresses, days and products, so that rows meet each other and the store.
LAW = hypothesis_settings(max_examples=100)
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
WISHES = st.builds(
    lambda way, overrides, by_deadline: ImportOptions(
        way == "prune", overrides, way == "partial", by_deadline
    ),
    st.sampled_from(["prune", "partial", ""]),
    st.booleans(),
    st.booleans(),
)


def good_rows(rows: list[ImportRow], wishes: ImportOptions) -> list[ImportRow]:
    """Return the rows without those of clients that are refused, each client with a hub id of its own.

    An id that one client gives up and another takes is refused the first time, and free the second.
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
                portfolio(), [entry for entry in rows if entry.client == key], wishes._replace(prune=False)
            )
        except BadInput:
            bad.add(key)
    return [entry for entry in rows if entry.client not in bad]


@LAW
@given(ENTRIES, WISHES)
def test_a_second_import_changes_nothing(rows: list[ImportRow], wishes: ImportOptions) -> None:
    wishes = wishes._replace(partial=False)
    rows = good_rows(rows, wishes) or [row(ACME)]
    first = plan_import(portfolio(), rows, wishes)
    again = plan_import(applied(STORE, first), rows, wishes)

    assert changed(again) == []
    assert again.counts == (
        ("new", 0), ("changed", 0), ("unchanged", len({entry.client for entry in rows})), ("removed", 0),
    )  # fmt: skip


@LAW
@given(ENTRIES, st.booleans(), st.booleans())
def test_the_export_of_what_a_pruning_import_left_changes_nothing(
    rows: list[ImportRow], overrides: bool, by_deadline: bool
) -> None:
    wishes = ImportOptions(prune=True, with_overrides=overrides, deadline_is_date=by_deadline)
    rows = good_rows(rows, wishes) or [row(ACME)]
    after = applied(STORE, plan_import(portfolio(), rows, wishes))
    table = read_client_rows(read_sheet(export_csv(after).encode(), FILE), FILE, mapping={})
    plan = plan_import(after, table.rows, ImportOptions(prune=True, with_overrides=True), table.problems)

    assert (plan.changes, plan.danger) == ((), "")


@LAW
@given(ENTRIES, st.booleans())
def test_prune_leaves_of_a_client_what_its_rows_have_and_only_that(
    rows: list[ImportRow], by_deadline: bool
) -> None:
    wishes = ImportOptions(prune=True, deadline_is_date=by_deadline)
    rows = good_rows(rows, wishes) or [row(ACME)]
    before, after = portfolio(), applied(STORE, plan_import(portfolio(), rows, wishes))

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
        single = {old[0].product.lower()} if len(old) == 1 else {""}  # a blank product means the only renewal
        assert {each.product.lower() for each in client.renewals} <= named | single
        for entry in dated:
            assert any(
                each.product.lower() in {entry.values.get("product", "").lower(), *single}
                for each in client.renewals
            )


@LAW
@given(ENTRIES, WISHES)
def test_without_prune_nobody_goes_and_who_is_not_listed_stays_as_it_was(
    rows: list[ImportRow], wishes: ImportOptions
) -> None:
    before = portfolio()
    plan = plan_import(
        before, rows, ImportOptions(False, wishes.with_overrides, True, wishes.deadline_is_date)
    )
    after = applied(STORE, plan)
    listed = {entry.client for entry in rows}

    assert {*before.clients} <= {*after.clients} <= {*before.clients, *listed}
    assert _but(after.clients, listed) == _but(before.clients, listed)
    assert (after.default, after.policy, after.users) == (before.default, before.policy, before.users)


def _but(clients: Mapping[str, Any], listed: set[str]) -> dict[str, Any]:
    return {key: client for key, client in clients.items() if key not in listed}


@LAW
@given(ENTRIES, WISHES)
def test_a_column_left_blank_changes_nothing(rows: list[ImportRow], wishes: ImportOptions) -> None:
    known = [entry for entry in rows if entry.client in {ACME, BETA, GAMA}]
    kept = {"note", "product"}
    blank = [
        entry._replace(values={name: value for name, value in entry.values.items() if name in kept})
        for entry in known
    ]
    asked = ImportOptions(False, wishes.with_overrides, False, wishes.deadline_is_date)

    assert plan_import(portfolio(), blank, asked).changes == ()


@LAW
@given(ENTRIES, st.booleans())
def test_without_overrides_no_setting_changes(rows: list[ImportRow], by_deadline: bool) -> None:
    before = portfolio()
    after = applied(
        STORE, plan_import(before, rows, ImportOptions(partial=True, deadline_is_date=by_deadline))
    )

    assert {key: client.override for key, client in after.clients.items() if key in before.clients} == {
        key: client.override for key, client in before.clients.items()
    }
    assert all(client.override is None for key, client in after.clients.items() if key not in before.clients)


@LAW
@given(ENTRIES)
def test_holders_named_are_the_holders_and_the_other_roles_stay(rows: list[ImportRow]) -> None:
    before = portfolio()
    first = {entry.client: entry for entry in reversed(rows) if entry.client in {ACME, BETA}}
    holders = {
        key: {role: entry.values[column_of(role)] for role in Role if column_of(role) in entry.values}
        for key, entry in first.items()
    }
    plan = plan_import(before, [row(key, holders=people) for key, people in holders.items()], ImportOptions())
    after = applied(STORE, plan)

    for key, people in holders.items():
        for role in Role:
            expected = (
                {person.email.lower() for person in people[role]}
                if role in people
                else _holding(before, key, role)
            )
            assert _holding(after, key, role) == expected
        assert {c.email for c in before.clients[key].contacts} <= {
            c.email for c in after.clients[key].contacts
        }


def _holding(known: Portfolio, key: str, role: Role) -> set[str]:
    return {contact.email.lower() for contact in known.clients[key].contacts if role in contact.roles}


def test_a_note_alone_may_change_and_a_blank_one_does_not() -> None:
    data = tomli.loads(
        '[defaults]\nowner = "hubspot"\n[clients.a]\noverride = { owner = "hubspot", note = "old" }\n'
    )
    book = read_portfolio(data).portfolio

    def changes(note: str) -> list[tuple[object, object]]:
        entry = ImportRow(FILE, 2, "a", {"owner": "hubspot", "note": note} if note else {"owner": "hubspot"})
        return [
            (c.path, c.after) for c in plan_import(book, [entry], ImportOptions(with_overrides=True)).changes
        ]

    assert changes("new") == [(("clients", "a", "override", "note"), "new")]
    assert changes("old") == changes(" old ") == changes("") == []
