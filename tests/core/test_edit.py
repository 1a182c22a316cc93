"""The plan of each command: paths and values in order, and its refusals with the next step."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
import tomli

from renewctl.domain import paths
from renewctl.domain.edit import clients, contacts, renewals, settings, users
from renewctl.domain.validate import read_portfolio
from renewctl.errors import ExitStatus, UsageError
from renewctl.model import Owner, PartnerUser, Plan, Portfolio, Renewal, Role

STORE = """
version = 1

[defaults]
owner = "hubspot"
notify = "Ana@agency.example"

[users."Ana@agency.example"]
name = "Ana Souza"

[users."rui@agency.example"]

[users."ines@agency.example"]
active = false

[clients."Acme.example"]   # written so, not in normal form
name = "Acme Ltda"
hub_id = 4411223
contacts = [
  { email = "Paula@acme.example", name = "Paula", roles = ["primary", "decision-maker"] },
  { email = "fin@acme.example", roles = ["billing"] },
  { email = "two@acme.example", roles = ["billing"] },
  { email = "idle@acme.example", active = false },
]
renewals = [
  { date = 2028-02-29, product = "Marketing Hub" },
  { date = 2027-06-30, product = "Sales Hub", deadline = 2027-05-01 },
]

[clients."beta.example"]
renewals = [{ date = 2027-03-01, deadline = 2027-01-01 }]
override = { owner = "partner", notify = "ana@agency.example", note = "one voice", x-mine = 1 }

[clients."gama.example"]
hub_id = 7
override = { owner = "hubspot", notify = "ana@agency.example" }
contacts = [
  { email = "a@gama.example", roles = ["billing"] },
  { email = "b@gama.example", roles = ["billing"] },
  { email = "c@gama.example", roles = ["billing", "primary"] },
]

[clients."late.example"]
renewals = [{ date = 9999-06-30 }]
override = { owner = "hubspot" }

[clients."twice.example"]
contacts = [
  { email = "x@twice.example", roles = ["billing"] },
  { email = "x@twice.example", roles = ["primary"] },
  { email = "y@twice.example", roles = ["decision-maker"] },
]
"""
PARTNER, HUBSPOT = Owner.PARTNER, Owner.HUBSPOT
ACME, BETA, GAMA, TWICE = "acme.example", "beta.example", "gama.example", "twice.example"
AC, BC, GC = ("clients", "Acme.example"), ("clients", BETA), ("clients", GAMA)
NEW_DAY = date(2029, 1, 31)
TODAY = date(2027, 6, 20)


def portfolio(text: str = STORE) -> Portfolio:
    """Return the portfolio of a text, which must be valid."""
    reading = read_portfolio(tomli.loads(text))
    assert not reading.problems
    return reading.portfolio


class Its(NamedTuple):
    """A portfolio, and its parts by short names."""

    known: Portfolio

    def client(self, key: str) -> Any:
        """Return a client."""
        return self.known.clients[key]

    def user(self, name: str) -> Any:
        """Return a partner user by the part before the @."""
        return self.known.users[f"{name}@agency.example"]


class Case(NamedTuple):
    """A call, and its plan: the command, the changes in order, and parts of the notes."""

    name: str
    call: Callable[[Its], Plan]
    changes: list[tuple[tuple[str, ...], Any]]
    command: str = ""
    notes: tuple[str, ...] = ()
    text: str = STORE


class Refusal(NamedTuple):
    """A call that is refused, and parts of the message and the hint."""

    name: str
    call: Callable[[Its], Plan]
    message: str
    hint: str
    problems: tuple[tuple[tuple[str, ...], str], ...] = ()
    text: str = STORE


NO_DEFAULT = '[users."Ana@agency.example"]\n[clients."acme.example"]\n'
PARTNER_DEFAULT = STORE.replace('owner = "hubspot"\nnotify = "Ana', 'owner = "partner"\nnotify = "Ana')


CASES = [
    # set-default
    Case(
        "the owner alone: the user stays",
        lambda its: settings.set_default(its.known, PARTNER, None),
        [(("defaults", "owner"), "partner")],
        "set-default",
    ),
    Case(
        "the user alone: the owner stays",
        lambda its: settings.set_default(its.known, None, its.user("rui").email),
        [(("defaults", "owner"), "hubspot"), (("defaults", "notify"), "rui@agency.example")],
    ),
    Case(
        "no partner user to copy",
        lambda its: settings.set_default(its.known, None, ""),
        [(("defaults", "owner"), "hubspot"), (("defaults", "notify"), None)],
    ),
    Case(
        "both, and the user is deactivated: a note",
        lambda its: settings.set_default(its.known, PARTNER, its.user("ines").email),
        [(("defaults", "owner"), "partner"), (("defaults", "notify"), "ines@agency.example")],
        notes=("ines@agency.example is deactivated in HubSpot",),
    ),
    Case(
        "a first default",
        lambda its: settings.set_default(its.known, HUBSPOT, None),
        [(("defaults", "owner"), "hubspot")],
        text=NO_DEFAULT,
    ),
    Case(
        "a first default with the owner partner",
        lambda its: settings.set_default(its.known, PARTNER, its.user("ana").email),
        [(("defaults", "owner"), "partner"), (("defaults", "notify"), "Ana@agency.example")],
        text=NO_DEFAULT,
    ),
    # override
    Case(
        "a first override is one table; without a user it has none",
        lambda its: settings.override(its.known, [its.client(ACME)], HUBSPOT, None),
        [((*AC, "override"), {"owner": "hubspot"})],
        "override",
    ),
    Case(
        "a first override with user and note",
        lambda its: settings.override(its.known, [its.client(ACME)], PARTNER, its.user("ana").email, "why"),
        [((*AC, "override"), {"owner": "partner", "notify": "Ana@agency.example", "note": "why"})],
    ),
    Case(
        "an override is replaced as a whole: without a user and a note, those are removed",
        lambda its: settings.override(its.known, [its.client(BETA)], HUBSPOT, None),
        [
            ((*BC, "override", "owner"), "hubspot"),
            ((*BC, "override", "notify"), None),
            ((*BC, "override", "note"), None),
        ],
    ),
    Case(
        "the user alone, where the override has the owner partner",
        lambda its: settings.override(its.known, [its.client(BETA)], None, its.user("rui").email, "new"),
        [
            ((*BC, "override", "owner"), "partner"),
            ((*BC, "override", "notify"), "rui@agency.example"),
            ((*BC, "override", "note"), "new"),
        ],
    ),
    Case(
        "the user alone, where the default has the owner partner",
        lambda its: settings.override(its.known, [its.client(ACME)], None, its.user("rui").email),
        [((*AC, "override"), {"owner": "partner", "notify": "rui@agency.example"})],
        text=PARTNER_DEFAULT,
    ),
    Case(
        "several clients, one of which already has the override",
        lambda its: settings.override(
            its.known, [its.client(ACME), its.client(BETA), its.client("late.example")], HUBSPOT, None
        ),
        [
            ((*AC, "override"), {"owner": "hubspot"}),
            ((*BC, "override", "owner"), "hubspot"),
            ((*BC, "override", "notify"), None),
            ((*BC, "override", "note"), None),
        ],
        notes=("late.example already has this override",),
    ),
    Case(
        "the same override in another spelling and without a note: no changes",
        lambda its: settings.override(its.known, [its.client(BETA)], PARTNER, its.user("ana").email),
        [],
        notes=("beta.example already has this override",),
    ),
    Case(
        "another note is another override",
        lambda its: settings.override(its.known, [its.client(BETA)], PARTNER, its.user("ana").email, "new"),
        [
            ((*BC, "override", "owner"), "partner"),
            ((*BC, "override", "notify"), "Ana@agency.example"),
            ((*BC, "override", "note"), "new"),
        ],
    ),
    Case(
        "the same owner and another user is another override",
        lambda its: settings.override(its.known, [its.client(GAMA)], HUBSPOT, its.user("ines").email),
        [
            ((*GC, "override", "owner"), "hubspot"),
            ((*GC, "override", "notify"), "ines@agency.example"),
            ((*GC, "override", "note"), None),
        ],
        notes=("ines@agency.example is deactivated",),
    ),
    # clear-override
    Case(
        "clients with an override follow the default again; others have a note",
        lambda its: settings.clear_override([its.client(ACME), its.client(BETA), its.client(GAMA)]),
        [((*BC, "override"), None), ((*GC, "override"), None)],
        "clear-override",
        ("acme.example already follows the default",),
    ),
    Case("no clients, no changes", lambda its: settings.clear_override([]), []),
    Case("no clients, no overrides", lambda its: settings.override(its.known, [], HUBSPOT, None), []),
    # client assign
    Case(
        "a new billing contact is added",
        lambda its: contacts.assign(its.client(BETA), Role.BILLING, "New@beta.example", "Nell"),
        [
            (
                (*BC, "contacts", "New@beta.example"),
                {"email": "New@beta.example", "name": "Nell", "roles": ["billing"]},
            )
        ],
        "client assign",
    ),
    Case(
        "a billing contact is added to the others",
        lambda its: contacts.assign(its.client(ACME), Role.BILLING, "PAULA@acme.example"),
        [((*AC, "contacts", "Paula@acme.example", "roles"), ["primary", "billing", "decision-maker"])],
    ),
    Case(
        "a new primary contact replaces the one before, who keeps the other role",
        lambda its: contacts.assign(its.client(ACME), Role.PRIMARY, "new@acme.example"),
        [
            ((*AC, "contacts", "Paula@acme.example", "roles"), ["decision-maker"]),
            ((*AC, "contacts", "new@acme.example"), {"email": "new@acme.example", "roles": ["primary"]}),
        ],
    ),
    Case(
        "a known contact becomes decision maker, with a name",
        lambda its: contacts.assign(its.client(ACME), Role.DECISION_MAKER, "fin@acme.example", "Fin"),
        [
            ((*AC, "contacts", "Paula@acme.example", "roles"), ["primary"]),
            ((*AC, "contacts", "fin@acme.example", "roles"), ["billing", "decision-maker"]),
            ((*AC, "contacts", "fin@acme.example", "name"), "Fin"),
        ],
    ),
    Case(
        "a contact who already has the role keeps it",
        lambda its: contacts.assign(its.client(ACME), Role.PRIMARY, "paula@ACME.example"),
        [((*AC, "contacts", "Paula@acme.example", "roles"), ["primary", "decision-maker"])],
    ),
    Case(
        "a fourth billing contact is planned, with a note",
        lambda its: contacts.assign(its.client(GAMA), Role.BILLING, "d@gama.example"),
        [((*GC, "contacts", "d@gama.example"), {"email": "d@gama.example", "roles": ["billing"]})],
        notes=("4 billing contacts, but HubSpot allows 3",),
    ),
    Case(
        "a third billing contact has no note",
        lambda its: contacts.assign(its.client(GAMA), Role.BILLING, "C@gama.example"),
        [((*GC, "contacts", "c@gama.example", "roles"), ["primary", "billing"])],
    ),
    Case(
        "three billing contacts do not matter for a primary contact",
        lambda its: contacts.assign(its.client(GAMA), Role.PRIMARY, "d@gama.example"),
        [
            ((*GC, "contacts", "c@gama.example", "roles"), ["billing"]),
            ((*GC, "contacts", "d@gama.example"), {"email": "d@gama.example", "roles": ["primary"]}),
        ],
    ),
    # client unassign
    Case(
        "the only contact with the role does not have to be named, and stays in the file",
        lambda its: contacts.unassign(its.client(ACME), Role.PRIMARY),
        [((*AC, "contacts", "Paula@acme.example", "roles"), ["decision-maker"])],
        "client unassign",
    ),
    Case(
        "one of several contacts with the role is named",
        lambda its: contacts.unassign(its.client(ACME), Role.BILLING, "FIN@acme.example"),
        [((*AC, "contacts", "fin@acme.example", "roles"), [])],
    ),
    Case(
        "a contact without the role: no changes",
        lambda its: contacts.unassign(its.client(ACME), Role.PRIMARY, "fin@acme.example"),
        [],
        notes=("fin@acme.example is not a primary contact of acme.example",),
    ),
    Case(
        "an unassigned role: no changes",
        lambda its: contacts.unassign(its.client(GAMA), Role.DECISION_MAKER),
        [],
        notes=("gama.example has no decision maker",),
    ),
    # client set-renewal --rename
    Case(
        "a product is renamed, named in any case; the new name gets single spaces",
        lambda its: renewals.rename_product(its.client(ACME), "SALES hub", " Sales  Pro "),
        [((*AC, "renewals", "Sales Hub"), "Sales Pro")],
        "client set-renewal",
    ),
    Case(
        "the only renewal gets a product",
        lambda its: renewals.rename_product(its.client(BETA), None, "CMS"),
        [((*BC, "renewals", ""), "CMS")],
    ),
    Case(
        "a product gets another spelling",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "sales hub"),
        [((*AC, "renewals", "Sales Hub"), "sales hub")],
    ),
    Case(
        "the product already has the name: no changes",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "Sales Hub"),
        [],
        notes=("acme.example already has a renewal for 'Sales Hub'",),
    ),
    Case(
        "the renewal that an import added under the new name is merged with the renamed one",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "new"),
        [((*AC, "renewals", "New"), None), ((*AC, "renewals", "Sales Hub"), "new")],
        notes=("the renewal for 'Sales Hub' is merged into 'New'",),
        text=STORE.replace(
            "2027-05-01 },\n", '2027-05-01 },\n  { date = 2027-06-30, product = "New" },\n', 1
        ),
    ),
    Case(
        "a product is renamed and gets other dates",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "New", Renewal(NEW_DAY)),
        [
            ((*AC, "renewals", "Sales Hub", "date"), NEW_DAY),
            ((*AC, "renewals", "Sales Hub", "deadline"), None),
            ((*AC, "renewals", "Sales Hub"), "New"),
        ],
    ),
    Case(
        "a product that already has the name gets other dates",
        lambda its: renewals.rename_product(its.client(BETA), None, "CMS", Renewal(NEW_DAY)),
        [((*BC, "renewals", "CMS", "date"), NEW_DAY), ((*BC, "renewals", "CMS", "deadline"), None)],
        text=STORE.replace("2027-01-01 }", '2027-01-01, product = "CMS" }', 1),
    ),
    Case(
        "the renewal that an import added with other dates is merged with the renamed one",
        lambda its: renewals.rename_product(
            its.client(ACME), "Sales Hub", "new", Renewal(NEW_DAY, deadline=date(2028, 1, 1))
        ),
        [
            ((*AC, "renewals", "New"), None),
            ((*AC, "renewals", "Sales Hub", "date"), NEW_DAY),
            ((*AC, "renewals", "Sales Hub", "deadline"), date(2028, 1, 1)),
            ((*AC, "renewals", "Sales Hub"), "new"),
        ],
        notes=("the renewal for 'Sales Hub' is merged into 'New'",),
        text=STORE.replace(
            "2027-05-01 },\n",
            f'2027-05-01 }},\n  {{ date = {NEW_DAY}, product = "New", deadline = 2028-01-01 }},\n',
            1,
        ),
    ),
    # client add
    Case(
        "the domain alone, in whatever form",
        lambda its: clients.add(its.known, "https://www.New.example/x"),
        [(("clients", "new.example"), {})],
        "client add",
    ),
    Case(
        "all at once: one contact per address, with all its roles",
        lambda its: clients.add(
            its.known,
            "new.example",
            {"name": "New", "hub_id": 99},
            {
                Role.DECISION_MAKER: ["Pat@new.example"],
                Role.BILLING: ["fin@new.example", "PAT@new.example", "fin@new.example"],
                Role.PRIMARY: ["pat@new.example"],
            },
            Renewal(NEW_DAY, "Sales Hub", date(2028, 12, 1)),
        ),
        [
            (
                ("clients", "new.example"),
                {
                    "name": "New",
                    "hub_id": 99,
                    "contacts": [
                        {"email": "pat@new.example", "roles": ["primary", "billing", "decision-maker"]},
                        {"email": "fin@new.example", "roles": ["billing"]},
                    ],
                    "renewals": [{"date": NEW_DAY, "product": "Sales Hub", "deadline": date(2028, 12, 1)}],
                },
            )
        ],
    ),
    Case(
        "a hub ID in place of the domain is accepted, with a note",
        lambda its: clients.add(its.known, "4412345"),
        [(("clients", "4412345"), {"hub_id": 4412345})],
        notes=("renewctl client rename 4412345 DOMAIN",),
    ),
    Case(
        "more contacts with a role than HubSpot allows are accepted, with a note",
        lambda its: clients.add(
            its.known,
            "new.example",
            emails={Role.PRIMARY: ["a@b.example", "A@b.example", "c@b.example"]},
        ),
        [
            (
                ("clients", "new.example"),
                {
                    "contacts": [
                        {"email": "a@b.example", "roles": ["primary"]},
                        {"email": "c@b.example", "roles": ["primary"]},
                    ]
                },
            )
        ],
        notes=("new.example: 2 primary contacts, but HubSpot allows 1",),
    ),
    Case(
        "without a default there is a note",
        lambda its: clients.add(Portfolio(), "new.example"),
        [(("clients", "new.example"), {})],
        notes=("no default is set yet; set it: renewctl set-default --owner hubspot",),
    ),
    Case(
        "a renewal has only the values that are given",
        lambda its: clients.add(its.known, "new.example", renewal=Renewal(NEW_DAY)),
        [(("clients", "new.example"), {"renewals": [{"date": NEW_DAY}]})],
    ),
    # client set
    Case(
        "name and hub ID",
        lambda its: clients.change(its.known, its.client(ACME), {"name": "Acme SA", "hub_id": 5}),
        [((*AC, "name"), "Acme SA"), ((*AC, "hub_id"), 5)],
        "client set",
    ),
    Case(
        "an empty name removes the name",
        lambda its: clients.change(its.known, its.client(ACME), {"name": None}),
        [((*AC, "name"), None)],
    ),
    Case(
        "the client's own hub ID is accepted",
        lambda its: clients.change(its.known, its.client(ACME), {"hub_id": 4411223}),
        [((*AC, "hub_id"), 4411223)],
    ),
    Case(
        "contacts deactivated and reactivated",
        lambda its: clients.change(
            its.known,
            its.client(ACME),
            {},
            activity_of={"FIN@acme.example": False, "idle@acme.example": True},
        ),
        [
            ((*AC, "contacts", "fin@acme.example", "active"), False),
            ((*AC, "contacts", "idle@acme.example", "active"), None),
        ],
    ),
    # client remove, client rename
    Case(
        "clients are removed as a whole",
        lambda its: clients.remove([its.client(ACME), its.client(BETA)]),
        [(AC, None), (BC, None)],
        "client remove",
    ),
    Case(
        "another domain",
        lambda its: clients.rename(its.known, its.client(ACME), "https://New.example/"),
        [(AC, "new.example")],
        "client rename",
    ),
    Case(
        "the present domain: no changes",
        lambda its: clients.rename(its.known, its.client(ACME), "WWW.acme.example"),
        [],
        notes=("acme.example already has this domain",),
    ),
    # client set-renewal
    Case(
        "a client's first renewal",
        lambda its: renewals.set_renewal(its.client(GAMA), Renewal(NEW_DAY), named=False),
        [((*GC, "renewals", ""), {"date": NEW_DAY})],
        "client set-renewal",
    ),
    Case(
        "the only renewal does not have to be named; its own deadline is removed if none is given",
        lambda its: renewals.set_renewal(its.client(BETA), Renewal(NEW_DAY), named=False),
        [((*BC, "renewals", "", "date"), NEW_DAY), ((*BC, "renewals", "", "deadline"), None)],
    ),
    Case(
        "a renewal is found by its product in another case",
        lambda its: renewals.set_renewal(
            its.client(ACME), Renewal(NEW_DAY, " sales hub ", date(2029, 1, 1)), named=True
        ),
        [
            ((*AC, "renewals", "Sales Hub", "date"), NEW_DAY),
            ((*AC, "renewals", "Sales Hub", "deadline"), date(2029, 1, 1)),
        ],
    ),
    Case(
        "another product is another renewal",
        lambda its: renewals.set_renewal(its.client(ACME), Renewal(NEW_DAY, "Service Hub"), named=True),
        [((*AC, "renewals", "Service Hub"), {"date": NEW_DAY, "product": "Service Hub"})],
    ),
    Case(
        "the deadline can be the renewal date",
        lambda its: renewals.set_renewal(its.client(GAMA), Renewal(NEW_DAY, "", NEW_DAY), named=False),
        [((*GC, "renewals", ""), {"date": NEW_DAY, "deadline": NEW_DAY})],
    ),
    # client remove-renewal, client renew
    Case(
        "the only renewal is removed",
        lambda its: renewals.remove_renewal(its.client(BETA), None),
        [((*BC, "renewals", ""), None)],
        "client remove-renewal",
    ),
    Case(
        "the named renewal is removed",
        lambda its: renewals.remove_renewal(its.client(ACME), "MARKETING hub"),
        [((*AC, "renewals", "Marketing Hub"), None)],
    ),
    Case(
        "a year later, the deadline, too",
        lambda its: renewals.renew(its.client(ACME), "Sales Hub", TODAY),
        [
            ((*AC, "renewals", "Sales Hub", "date"), date(2028, 6, 30)),
            ((*AC, "renewals", "Sales Hub", "deadline"), date(2028, 5, 1)),
        ],
        "client renew",
        notes=("2027-06-30 is still 10 days away",),
    ),
    Case(
        "due today: no note",
        lambda its: renewals.renew(its.client(ACME), "Sales Hub", date(2027, 6, 30)),
        [
            ((*AC, "renewals", "Sales Hub", "date"), date(2028, 6, 30)),
            ((*AC, "renewals", "Sales Hub", "deadline"), date(2028, 5, 1)),
        ],
        notes=(),
    ),
    Case(
        "29 February becomes the 28th",
        lambda its: renewals.renew(its.client(ACME), "Marketing Hub", TODAY),
        [((*AC, "renewals", "Marketing Hub", "date"), date(2029, 2, 28))],
        notes=("is still 254 days away", "2028-02-29 becomes 28 February"),
    ),
    Case(
        "the only renewal moves by a year",
        lambda its: renewals.renew(its.client(BETA), None, TODAY),
        [
            ((*BC, "renewals", "", "date"), date(2028, 3, 1)),
            ((*BC, "renewals", "", "deadline"), date(2028, 1, 1)),
        ],
    ),
    # user
    Case(
        "a user is added with a name",
        lambda its: users.add(its.known, "New@agency.example", "Nell"),
        [(("users", "New@agency.example"), {"name": "Nell"})],
        "user add",
    ),
    Case(
        "a user is added without one",
        lambda its: users.add(its.known, "new@agency.example"),
        [(("users", "new@agency.example"), {})],
    ),
    Case(
        "an empty name removes a user's name",
        lambda its: users.change(its.known, its.user("ana"), name=""),
        [(("users", "Ana@agency.example", "name"), None)],
        "user set",
    ),
    Case(
        "a user of some settings is deactivated, with a note",
        lambda its: users.change(its.known, its.user("ana"), name="Ana S.", active=False),
        [
            (("users", "Ana@agency.example", "name"), "Ana S."),
            (("users", "Ana@agency.example", "active"), False),
        ],
        notes=("Ana@agency.example is still the partner user of 3 settings",),
    ),
    Case(
        "a user of no setting is deactivated",
        lambda its: users.change(its.known, its.user("rui"), active=False),
        [(("users", "rui@agency.example", "active"), False)],
    ),
    Case(
        "a user is active again: the default value is not written",
        lambda its: users.change(its.known, its.user("ines"), active=True),
        [(("users", "ines@agency.example", "active"), None)],
    ),
    Case(
        "a user of some settings is active: no note",
        lambda its: users.change(its.known, its.user("ana"), active=True),
        [(("users", "Ana@agency.example", "active"), None)],
    ),
    Case(
        "a user of no setting is removed",
        lambda its: users.remove(its.known, its.user("rui")),
        [(("users", "rui@agency.example"), None)],
        "user remove",
    ),
    Case(
        "a user is replaced in every setting, in any spelling; contacts stay",
        lambda its: users.replace(its.known, its.user("ana"), its.user("rui"), deactivate=False),
        [
            (("defaults", "notify"), "rui@agency.example"),
            ((*BC, "override", "notify"), "rui@agency.example"),
            ((*GC, "override", "notify"), "rui@agency.example"),
        ],
        "user replace",
    ),
    Case(
        "a user is replaced by a deactivated one, and deactivated: two notes",
        lambda its: users.replace(its.known, its.user("rui"), its.user("ines"), deactivate=True),
        [(("users", "rui@agency.example", "active"), False)],
        notes=(
            "no setting has the partner user rui@agency.example",
            "ines@agency.example is deactivated in HubSpot",
        ),
    ),
]

HAS_NO = "acme.example has no renewal for 'Service Hub'"
BOTH_PRODUCTS = "--product 'Marketing Hub' or --product 'Sales Hub'"
REFUSALS = [
    Refusal(
        "a default with the owner partner without a user",
        lambda its: settings.set_default(its.known, PARTNER, ""),
        "a partner user is required",
        "--notify USER",
    ),
    Refusal(
        "the user is removed from a default with the owner partner",
        lambda its: settings.set_default(its.known, None, ""),
        "a partner user is required",
        "--notify USER",
        text=PARTNER_DEFAULT,
    ),
    Refusal(
        "a first default with the owner partner without a user",
        lambda its: settings.set_default(its.known, PARTNER, None),
        "a partner user is required",
        "--notify USER",
        text=NO_DEFAULT,
    ),
    Refusal(
        "a first default without an owner",
        lambda its: settings.set_default(its.known, None, its.user("ana").email),
        "no default is set",
        "--owner hubspot or --owner partner",
        text=NO_DEFAULT,
    ),
    Refusal(
        "an override without owner and user",
        lambda its: settings.override(its.known, [its.client(BETA)], None, None),
        "nothing to change",
        "--owner",
    ),
    Refusal(
        "a note alone",
        lambda its: settings.override(its.known, [its.client(ACME)], None, None, "note"),
        "--note alone changes nothing",
        "--owner",
    ),
    Refusal(
        "an override with the owner partner without a user",
        lambda its: settings.override(its.known, [its.client(BETA)], PARTNER, None),
        "a partner user is required",
        "--notify USER",
    ),
    Refusal(
        "a user alone where the owner is not the partner: every such client is listed",
        lambda its: settings.override(
            its.known, [its.client(ACME), its.client(BETA), its.client(GAMA)], None, its.user("rui").email
        ),
        "--notify requires --owner",
        "--owner partner or --owner hubspot",
        (
            (AC, "the renewal owner of acme.example is HubSpot"),
            (GC, "the renewal owner of gama.example is HubSpot"),
        ),
    ),
    Refusal(
        "a user alone without an owner",
        lambda its: settings.override(its.known, [its.client(ACME)], None, its.user("ana").email),
        "--notify requires --owner",
        "--owner partner or --owner hubspot",
        ((("clients", ACME), "no default is set, so acme.example has no renewal owner"),),
        text=NO_DEFAULT,
    ),
    Refusal(
        "a contact listed twice is assigned",
        lambda its: contacts.assign(its.client(TWICE), Role.BILLING, "X@twice.example"),
        "x@twice.example of twice.example appears twice",
        "merge them into one contact in the file",
    ),
    Refusal(
        "a contact listed twice is unassigned",
        lambda its: contacts.unassign(its.client(TWICE), Role.BILLING, "x@twice.example"),
        "x@twice.example of twice.example appears twice",
        "merge them into one contact in the file",
    ),
    Refusal(
        "a contact listed twice is deactivated",
        lambda its: clients.change(its.known, its.client(TWICE), {}, activity_of={"x@twice.example": False}),
        "x@twice.example of twice.example appears twice",
        "merge them into one contact in the file",
    ),
    Refusal(
        "one of several contacts with the role, and none is named",
        lambda its: contacts.unassign(its.client(GAMA), Role.BILLING),
        "gama.example has 3 billing contacts",
        "a@gama.example, b@gama.example, c@gama.example",
    ),
    Refusal(
        "an address to unassign that is not a contact's",
        lambda its: contacts.unassign(its.client(GAMA), Role.BILLING, "z@gama.example"),
        "z@gama.example is not a contact of gama.example",
        "its contacts: a@gama.example, b@gama.example, c@gama.example",
    ),
    Refusal(
        "an address to deactivate, and the client has no contact",
        lambda its: clients.change(its.known, its.client(BETA), {}, activity_of={"z@beta.example": False}),
        "z@beta.example is not a contact of beta.example",
        "renewctl client assign",
    ),
    Refusal(
        "a new client without a domain",
        lambda its: clients.add(its.known, "Acme Ltda"),
        "'Acme Ltda' is not a valid domain",
        "acme.example",
    ),
    Refusal(
        "a new client that already exists",
        lambda its: clients.add(its.known, "https://ACME.example"),
        "client 'acme.example' already exists",
        "renewctl client show acme.example",
    ),
    Refusal(
        "a new client with another client's hub ID",
        lambda its: clients.add(its.known, "new.example", {"hub_id": 4411223}),
        "acme.example already has the hub ID 4411223",
        "account menu",
    ),
    Refusal(
        "a new client that is in the file under its hub ID",
        lambda its: clients.add(
            read_portfolio({"clients": {"4412345": {}}}).portfolio,
            "new.example",
            {"hub_id": 4412345},
        ),
        "client '4412345' already exists",
        "renewctl client rename 4412345 new.example",
    ),
    Refusal(
        "a hub ID in place of the domain, which a client has",
        lambda its: clients.add(its.known, "4411223"),
        "acme.example already has the hub ID 4411223",
        "account menu",
    ),
    Refusal(
        "another client's hub ID is set",
        lambda its: clients.change(its.known, its.client(GAMA), {"hub_id": 4411223}),
        "acme.example already has the hub ID 4411223",
        "account menu",
    ),
    Refusal(
        "no new value for a client",
        lambda its: clients.change(its.known, its.client(ACME), {}),
        "nothing to change",
        "add at least one of --name, ",
    ),
    Refusal(
        "renamed to another client's domain",
        lambda its: clients.rename(its.known, its.client(ACME), "www.beta.example"),
        "client 'beta.example' already exists",
        "renewctl client show beta.example",
    ),
    Refusal(
        "renamed to a text that is not a valid domain",
        lambda its: clients.rename(its.known, its.client(ACME), "a b"),
        "'a b' is not a valid domain",
        "acme.example",
    ),
    Refusal(
        "a renewal is set and not named, where there are several",
        lambda its: renewals.set_renewal(its.client(ACME), Renewal(NEW_DAY), named=False),
        "acme.example has several renewals",
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a deadline after the renewal",
        lambda its: renewals.set_renewal(
            its.client(GAMA), Renewal(NEW_DAY, "", date(2029, 2, 1)), named=False
        ),
        "is after the renewal date",
        "set a deadline on or before the renewal date",
    ),
    Refusal(
        "a product is renamed and not named, where there are several",
        lambda its: renewals.rename_product(its.client(ACME), None, "New"),
        "acme.example has several renewals",
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a product is renamed that the client does not have",
        lambda its: renewals.rename_product(its.client(ACME), "CMS", "New"),
        "acme.example has no renewal for 'CMS'",
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a product is renamed to nothing",
        lambda its: renewals.rename_product(its.client(BETA), None, "  "),
        "--rename requires the name of a product",
        "--rename PRODUCT",
    ),
    Refusal(
        "a product is renamed to one that renews on another day",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "marketing hub"),
        "acme.example already has a renewal for 'Marketing Hub' with other dates",
        "renewctl client remove-renewal acme.example --product PRODUCT",
    ),
    Refusal(
        "a product is renamed to one with other dates than the new ones",
        lambda its: renewals.rename_product(its.client(ACME), "Sales Hub", "marketing hub", Renewal(NEW_DAY)),
        "acme.example already has a renewal for 'Marketing Hub' with other dates",
        "renewctl client remove-renewal acme.example --product PRODUCT",
    ),
    Refusal(
        "a product is renamed and gets a deadline after its date",
        lambda its: renewals.rename_product(
            its.client(ACME), "Sales Hub", "New", Renewal(NEW_DAY, deadline=date(2099, 1, 1))
        ),
        "is after the renewal date",
        "set a deadline on or before the renewal date",
    ),
    Refusal(
        "a renewal is removed and not named, where there are several",
        lambda its: renewals.remove_renewal(its.client(ACME), None),
        "acme.example has several renewals",
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a renewal that does not exist is removed",
        lambda its: renewals.remove_renewal(its.client(ACME), "Service Hub"),
        HAS_NO,
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a client without renewals is renewed",
        lambda its: renewals.renew(its.client(GAMA), None, TODAY),
        "gama.example has no renewal",
        "renewctl client set-renewal gama.example DATE",
    ),
    Refusal(
        "a renewal that does not exist is renewed",
        lambda its: renewals.renew(its.client(ACME), "Service Hub", TODAY),
        HAS_NO,
        BOTH_PRODUCTS,
    ),
    Refusal(
        "a date that cannot be a year later",
        lambda its: renewals.renew(its.client("late.example"), None, TODAY),
        "9999-06-30 cannot be moved by a year",
        "set-renewal",
    ),
    Refusal(
        "a user who already exists",
        lambda its: users.add(its.known, "ana@AGENCY.example"),
        "partner user 'Ana@agency.example' already exists",
        "renewctl user set Ana@agency.example",
    ),
    Refusal(
        "no new value for a user",
        lambda its: users.change(its.known, its.user("ana")),
        "nothing to change",
        "--name, --active or --inactive",
    ),
    Refusal(
        "a user who is still in use is removed: every setting is listed",
        lambda its: users.remove(its.known, its.user("ana")),
        "'Ana@agency.example' is still in use",
        "renewctl user replace Ana@agency.example NEW",
        (
            (("defaults", "notify"), "Ana@agency.example is the partner user of the default"),
            ((*BC, "override", "notify"), "Ana@agency.example is the partner user of beta.example"),
            ((*GC, "override", "notify"), "Ana@agency.example is the partner user of gama.example"),
        ),
    ),
    Refusal(
        "a user is replaced by itself",
        lambda its: users.replace(its.known, its.user("ana"), its.user("ana"), deactivate=True),
        "OLD and NEW are the same",
        "another user",
    ),
]


def check_refused(case: Refusal) -> None:
    """Check that a call is refused as a usage error, with the message, the hint and the places."""
    with pytest.raises(UsageError) as caught:
        case.call(Its(portfolio(case.text)))
    assert case.message in caught.value.message
    assert case.hint in caught.value.hint
    assert tuple((p.path, p.message) for p in caught.value.problems) == case.problems
    assert caught.value.exit_status is ExitStatus.USAGE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plan_has_exactly_these_changes(case: Case) -> None:
    plan = case.call(Its(portfolio(case.text)))

    assert [(change.path, change.after) for change in plan.changes] == case.changes
    for note, part in zip([*plan.unchanged, *plan.notes], case.notes, strict=True):
        assert part in note
    if case.command:
        assert plan.command == case.command
    # A client's domain, or the product of a renewal: the value is the new name.
    names = [
        plan.command == "client rename"
        or (change.path[2:3] == ("renewals",) and isinstance(change.after, str))
        for change in plan.changes
    ]
    assert [change.renamed for change in plan.changes] == names


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plan_leaves_a_valid_file(case: Case) -> None:
    data = tomli.loads(case.text)
    plan = case.call(Its(portfolio(case.text)))
    reading = read_portfolio(paths.apply_changes(data, plan.changes))
    assert not reading.problems
    assert not [remark for remark in reading.remarks if "unknown key" in remark.message]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_refusals_have_a_message_and_a_hint(case: Refusal) -> None:
    check_refused(case)


@pytest.mark.parametrize(
    "case",
    [
        Refusal(
            "a contact listed twice would lose a role",
            lambda its: contacts.assign(its.client(TWICE), Role.PRIMARY, "new@twice.example"),
            "x@twice.example of twice.example appears twice",
            "merge them into one contact in the file",
        ),
        Refusal(
            "a contact listed twice is the only one with the role",
            lambda its: contacts.unassign(its.client(TWICE), Role.PRIMARY),
            "x@twice.example of twice.example appears twice",
            "merge them into one contact in the file",
        ),
    ],
    ids=lambda case: case.name,
)
def test_a_contact_listed_twice_is_never_edited(case: Refusal) -> None:
    check_refused(case)


def test_a_contact_listed_twice_does_not_prevent_changes_to_others() -> None:
    its = Its(portfolio())
    plan = contacts.assign(its.client(TWICE), Role.DECISION_MAKER, "new@twice.example")
    assert [change.path[-2:] for change in plan.changes] == [
        ("y@twice.example", "roles"),
        ("contacts", "new@twice.example"),
    ]


def test_replacing_a_user_keeps_contacts_and_confirmed_settings() -> None:
    text = """
    [defaults]
    owner = "partner"
    notify = "ana@agency.example"
    in_hubspot = { owner = "partner", notify = "ana@agency.example", on = 2026-10-02 }
    [users."ana@agency.example"]
    [users."rui@agency.example"]
    [clients."a.example"]
    contacts = [{ email = "ana@agency.example", roles = ["primary"] }]
    in_hubspot = { owner = "partner", notify = "ana@agency.example", on = 2026-10-02 }
    """
    its = Its(portfolio(text))
    plan = users.replace(its.known, its.user("ana"), its.user("rui"), deactivate=True)
    assert [(change.path, change.after) for change in plan.changes] == [
        (("defaults", "notify"), "rui@agency.example"),
        (("users", "ana@agency.example", "active"), False),
    ]


def test_overrides_that_match_the_default_are_found() -> None:
    assert [client.key for client in settings.find_matching_default(portfolio())] == [GAMA]
    assert [client.key for client in settings.find_matching_default(portfolio(PARTNER_DEFAULT))] == [BETA]
    assert settings.find_matching_default(portfolio(NO_DEFAULT)) == ()


def test_a_user_made_by_hand_can_be_removed() -> None:
    known = portfolio()
    assert users.remove(known, PartnerUser("rui@agency.example")).changes
