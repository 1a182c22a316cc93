"""Reading plain data: the valid values of each field, and all problems at once."""

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.validate import Reading, read_portfolio
from renewctl.errors import Problem
from renewctl.fields import OWN_KEYS, TABLES, TOP_LEVEL, Field, Kind
from renewctl.model import (
    Client,
    Confirmation,
    Contact,
    Copies,
    Default,
    Override,
    Owner,
    PartnerUser,
    Policy,
    Portfolio,
    Renewal,
    Role,
)

MANY_DIGITS = 10**4999  # str() of such a number raises
DAY = date(2026, 10, 2)
LONG = "x" * 300

FULL: dict[str, Any] = {
    "version": 1,
    "defaults": {
        "owner": "hubspot",
        "notify": "Ana@agency.example",
        "in_hubspot": {"owner": "partner", "notify": "rui@agency.example", "on": DAY},
    },
    "policy": {
        "hubspot_override_copies": "default-user",
        "deadline_days": 30,
        "horizon_days": 90,
        "stale_days": 100,
        "confirm_above": 5,
        "domains": ["Agency.example", "https://www.other.example/"],
    },
    "users": {"Ana@agency.example": {"name": "Ana Souza"}, "rui@agency.example": {"active": False}},
    "clients": {
        "WWW.Acme.example": {
            "name": "Acme Ltda",
            "hub_id": 4411223,
            "contacts": [
                {"email": "paula@acme.example", "name": "Paula", "roles": ["primary", "decision-maker"]},
                {"email": "fin@acme.example", "roles": ["billing"], "active": False},
            ],
            "contacts_checked": DAY,
            "renewals": [
                {"date": date(2027, 3, 1), "product": "Marketing Hub"},
                {"date": date(2027, 6, 30), "product": "Sales Hub", "deadline": date(2027, 5, 1)},
            ],
            "override": {"owner": "partner", "notify": "ana@agency.example", "note": "asked for one voice"},
            "in_hubspot": {"owner": "default", "on": DAY},
        },
        "plain.example": {},
        "shown.example": {"in_hubspot": {"owner": "partner", "notify": "rui@agency.example", "on": DAY}},
    },
}


def problems(data: dict[str, Any]) -> list[tuple[tuple[str, ...], str, str]]:
    """Return the problems of the data."""
    return [(p.path, p.message, p.hint) for p in read_portfolio(data).problems]


def remarks(data: dict[str, Any]) -> list[tuple[tuple[str, ...], str, str]]:
    """Return the findings of data without problems."""
    reading = read_portfolio(data)
    assert not reading.problems
    return [(p.path, p.message, p.hint) for p in reading.remarks]


# --- valid data -------------------------------------------------------------------------------


def test_a_full_file_is_read_completely() -> None:
    reading = read_portfolio(FULL)
    assert reading == Reading(
        Portfolio(
            Default(
                Owner.HUBSPOT,
                "Ana@agency.example",
                Confirmation(Owner.PARTNER, "rui@agency.example", DAY),
            ),
            Policy(Copies.DEFAULT_USER, 30, 90, 100, 5, ("agency.example", "other.example")),
            {
                "ana@agency.example": PartnerUser("Ana@agency.example", "Ana Souza"),
                "rui@agency.example": PartnerUser("rui@agency.example", active=False),
            },
            {
                "acme.example": Client(
                    "acme.example",
                    "WWW.Acme.example",
                    "Acme Ltda",
                    4411223,
                    (
                        Contact("paula@acme.example", "Paula", (Role.PRIMARY, Role.DECISION_MAKER)),
                        Contact("fin@acme.example", "", (Role.BILLING,), active=False),
                    ),
                    DAY,
                    (
                        Renewal(date(2027, 3, 1), "Marketing Hub"),
                        Renewal(date(2027, 6, 30), "Sales Hub", date(2027, 5, 1)),
                    ),
                    Override(Owner.PARTNER, "ana@agency.example", "asked for one voice"),
                    Confirmation(None, None, DAY),
                ),
                "plain.example": Client("plain.example", "plain.example"),
                "shown.example": Client(
                    "shown.example",
                    "shown.example",
                    confirmed=Confirmation(Owner.PARTNER, "rui@agency.example", DAY),
                ),
            },
        ),
        (),
        (
            *(
                Problem(
                    f"policy.domains has the nonstandard spelling '{written}'",
                    ("policy", "domains"),
                    f'write "{plain}"',
                    code="nonstandard-spelling",
                )
                for written, plain in (
                    ("Agency.example", "agency.example"),
                    ("https://www.other.example/", "other.example"),
                )
            ),
            Problem(
                'clients."WWW.Acme.example" is a nonstandard spelling of acme.example',
                ("clients", "WWW.Acme.example"),
                'write [clients."acme.example"]',
                code="nonstandard-spelling",
            ),
        ),
    )


def test_an_empty_file_is_an_empty_portfolio_with_the_default_policy() -> None:
    assert read_portfolio({}) == Reading(Portfolio(), (), ())
    assert Portfolio().policy == Policy(Copies.NOBODY, 45, 120, 180, 25, ())
    assert read_portfolio({"policy": {}, "users": {}, "clients": {}}) == Reading(Portfolio(), (), ())


def test_reading_does_not_change_the_data() -> None:
    data = copy.deepcopy(FULL)
    read_portfolio(data)
    assert data == FULL


# --- one value at a time ------------------------------------------------------------------------
# For each kind: a place of that kind, values taken (and as what), values refused (message, hint).

NUMBER = "must be a number of days, not {}"
PLACES: dict[Kind, tuple[tuple[str, ...], Any]] = {
    Kind.TEXT: (("clients", "a", "override", "note"), lambda p: p.clients["a"].override.note),
    Kind.NAME: (("clients", "a", "name"), lambda p: p.clients["a"].name),
    Kind.OWNER: (("defaults", "owner"), lambda p: p.default.owner),
    Kind.OWNER_SEEN: (("clients", "a", "in_hubspot", "owner"), lambda p: p.clients["a"].confirmed.owner),
    Kind.ADDRESS: (("defaults", "notify"), lambda p: p.default.notify),
    Kind.ADDRESSES: (("clients", "a", "must_notify"), lambda p: p.clients["a"].must_notify),
    Kind.DATE: (("clients", "a", "contacts_checked"), lambda p: p.clients["a"].contacts_checked),
    Kind.FLAG: (("users", "u@p.example", "active"), lambda p: p.users["u@p.example"].active),
    Kind.DAYS: (("policy", "deadline_days"), lambda p: p.policy.deadline_days),
    Kind.COUNT: (("policy", "confirm_above"), lambda p: p.policy.confirm_above),
    Kind.HUB_ID: (("clients", "a", "hub_id"), lambda p: p.clients["a"].hub_id),
    Kind.COPIES: (("policy", "hubspot_override_copies"), lambda p: p.policy.hubspot_override_copies),
    Kind.ROLES: (
        ("clients", "a", "contacts", "c@a.example", "roles"),
        lambda p: p.clients["a"].contacts[0].roles,
    ),
    Kind.DOMAINS: (("policy", "domains"), lambda p: p.policy.domains),
    Kind.NAMES: (("policy", "ignore_copies"), lambda p: p.policy.ignore_copies),
    Kind.TABLE: (("clients", "a", "override"), lambda p: p.clients["a"].override),
    Kind.ITEMS: (("clients", "a", "renewals"), lambda p: p.clients["a"].renewals),
}

TAKEN: list[tuple[Kind, Any, Any]] = [
    (Kind.TEXT, "", ""),
    (Kind.TEXT, " a\n\x1b", " a\n\x1b"),
    (Kind.NAME, "", ""),
    (Kind.NAME, " A\u0301\u00a0 b", " A\u0301\u00a0 b"),
    (Kind.OWNER, "hubspot", Owner.HUBSPOT),
    (Kind.OWNER, "partner", Owner.PARTNER),
    (Kind.OWNER_SEEN, "default", None),
    (Kind.OWNER_SEEN, "partner", Owner.PARTNER),
    (Kind.ADDRESS, "Ana.Souza+x@Agency.example", "Ana.Souza+x@Agency.example"),
    (Kind.ADDRESS, "a@b", "a@b"),
    (Kind.ADDRESS, "é@münchen.test", "é@münchen.test"),
    (Kind.ADDRESSES, [], ()),
    (Kind.ADDRESSES, ["Ana@Agency.example", "a@b"], ("Ana@Agency.example", "a@b")),
    (Kind.DATE, DAY, DAY),
    (Kind.DATE, "2026-10-02", DAY),
    (Kind.DATE, date.min, date.min),
    (Kind.FLAG, True, True),
    (Kind.FLAG, False, False),
    (Kind.DAYS, 0, 0),
    (Kind.DAYS, 3660, 3660),
    (Kind.COUNT, 0, 0),
    (Kind.COUNT, 10**9, 10**9),
    (Kind.HUB_ID, 1, 1),
    (Kind.HUB_ID, 10**15, 10**15),
    (Kind.COPIES, "nobody", Copies.NOBODY),
    (Kind.COPIES, "default-user", Copies.DEFAULT_USER),
    (Kind.ROLES, [], ()),
    (Kind.ROLES, ["decision-maker", "primary"], (Role.DECISION_MAKER, Role.PRIMARY)),
    (Kind.ROLES, [" Billing "], (Role.BILLING,)),
    (Kind.NAMES, [], ()),
    (Kind.NAMES, ["renewctl-north.toml", " a"], ("renewctl-north.toml", " a")),
    (Kind.DOMAINS, [], ()),
    (Kind.DOMAINS, ["Agency.example", "münchen.example"], ("agency.example", "xn--mnchen-3ya.example")),
    (Kind.TABLE, {"owner": "hubspot"}, Override(Owner.HUBSPOT)),
    (Kind.ITEMS, [], ()),
    (Kind.ITEMS, [{"date": "2026-10-02"}], (Renewal(DAY),)),
]

QUOTES = "put it in quotes"
TRUTH = "write true or false, without quotes"
OWNERS, ISO = "must be hubspot or partner, not {}", "write YYYY-MM-DD, for example 2027-03-01"
ONE = "write one address, for example ana@agency.example"
DOMAIN = 'write a domain, for example "agency.example"'
REFUSED: list[tuple[Kind, Any, str, str]] = [
    (Kind.TEXT, 5, "must be text, not 5", QUOTES),
    (Kind.TEXT, True, "must be text, not true", QUOTES),
    (Kind.TEXT, None, "must be text, not null", QUOTES),
    (Kind.TEXT, [], "must be text, not a list", QUOTES),
    (Kind.TEXT, {}, "must be text, not a table", QUOTES),
    (Kind.TEXT, DAY, "must be text, not 2026-10-02", QUOTES),
    (Kind.TEXT, MANY_DIGITS, "must be text, not a number with more than 18 digits", QUOTES),
    (Kind.TEXT, -MANY_DIGITS, "must be text, not a number with more than 18 digits", QUOTES),
    (Kind.NAME, 5, "must be text, not 5", QUOTES),
    (Kind.NAME, None, "must be text, not null", QUOTES),
    (Kind.OWNER, "hubspott", OWNERS.format("'hubspott'"), "did you mean hubspot?"),
    (Kind.OWNER, "Partners", OWNERS.format("'Partners'"), "did you mean partner?"),
    (Kind.OWNER, "agency", OWNERS.format("'agency'"), ""),
    (Kind.OWNER, "default", OWNERS.format("'default'"), ""),
    (Kind.OWNER, "", OWNERS.format("''"), ""),
    (Kind.OWNER, True, OWNERS.format("true"), ""),
    (Kind.OWNER, ["hubspot"], OWNERS.format("a list"), ""),
    (
        Kind.OWNER_SEEN,
        "defualt",
        "must be hubspot, partner or default, not 'defualt'",
        "did you mean default?",
    ),
    (Kind.OWNER_SEEN, 1.5, "must be hubspot, partner or default, not 1.5", ""),
    (Kind.ADDRESS, "", "must be an email address, not ''", "remove the key"),
    (Kind.ADDRESS, "none", "must be an email address, not 'none'", ONE),
    (Kind.ADDRESS, "a@b@c", "must be an email address, not 'a@b@c'", ONE),
    (Kind.ADDRESS, "a b@c", "must be an email address, not 'a b@c'", ONE),
    (Kind.ADDRESS, "a@b\n", "must be an email address, not 'a@b\n'", ONE),
    (Kind.ADDRESS, "a\x00@b", "must be an email address, not 'a\x00@b'", ONE),
    (Kind.ADDRESS, ["a@b"], "must be an email address, not a list", ONE),
    (Kind.ADDRESS, LONG + "@b", f"must be an email address, not '{'x' * 58}…", ONE),
    (
        Kind.ADDRESSES,
        "ana@agency.example",
        "must be a list of email addresses, not 'ana@agency.example'",
        'write ["ana@agency.example"]',
    ),
    (Kind.ADDRESSES, ["a@b", "none"], "must be an email address, not 'none'", ONE),
    (
        Kind.DATE,
        datetime(2026, 10, 2, 9, 30),  # noqa: DTZ001 - TOML has such
        "must be a date without a time, not 2026-10-02 09:30:00",
        "write 2026-10-02",
    ),
    (Kind.DATE, time(9, 30), "must be a date, not 09:30:00", ISO),
    (Kind.DATE, "02/10/2026", "must be a date, not '02/10/2026'", ISO),
    (Kind.DATE, "2026-10-02T00:00", "must be a date, not '2026-10-02T00:00'", ISO),
    (Kind.DATE, "20261002", "must be a date, not '20261002'", ISO),
    (Kind.DATE, "٢٠٢٦-١٠-٠٢", "must be a date, not '٢٠٢٦-١٠-٠٢'", ISO),
    (
        Kind.DATE,
        "2026-02-30",
        "must be a valid date, not '2026-02-30'",
        "correct the day or month",
    ),
    (Kind.DATE, 20261002, "must be a date, not 20261002", ISO),
    (Kind.DATE, "", "must be a date, not ''", ISO),
    (Kind.FLAG, "true", "must be true or false, not 'true'", TRUTH),
    (Kind.FLAG, 1, "must be true or false, not 1", TRUTH),
    (Kind.FLAG, 0, "must be true or false, not 0", TRUTH),
    (Kind.DAYS, -1, NUMBER.format("-1"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, 3661, NUMBER.format("3661"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, True, NUMBER.format("true"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, 45.0, NUMBER.format("45.0"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, float("nan"), NUMBER.format("nan"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, "45", NUMBER.format("'45'"), "write it without quotes"),
    (Kind.DAYS, "45d", NUMBER.format("'45d'"), "write a whole number from 0 to 3660"),
    (Kind.DAYS, "²", NUMBER.format("'²'"), "write a whole number from 0 to 3660"),
    (
        Kind.DAYS,
        MANY_DIGITS,
        NUMBER.format("a number with more than 18 digits"),
        "write a whole number from 0 to 3660",
    ),
    (Kind.COUNT, -1, "must be a whole number, not -1", "write a whole number from 0 to 1000000000"),
    (
        Kind.COUNT,
        10**9 + 1,
        "must be a whole number, not 1000000001",
        "write a whole number from 0 to 1000000000",
    ),
    (Kind.COUNT, False, "must be a whole number, not false", "write a whole number from 0 to 1000000000"),
    (Kind.HUB_ID, 0, "must be a hub ID, not 0", "write a whole number from 1 to 1000000000000000"),
    (Kind.HUB_ID, True, "must be a hub ID, not true", "write a whole number from 1 to 1000000000000000"),
    (
        Kind.HUB_ID,
        10**15 + 1,
        "must be a hub ID, not 1000000000000001",
        "write a whole number from 1 to 1000000000000000",
    ),
    (
        Kind.HUB_ID,
        10**18,
        "must be a hub ID, not a number with more than 18 digits",
        "write a whole number from 1 to 1000000000000000",
    ),
    (Kind.HUB_ID, "4411223", "must be a hub ID, not '4411223'", "write it without quotes"),
    (Kind.COPIES, "noone", "must be nobody or default-user, not 'noone'", ""),
    (
        Kind.COPIES,
        "default_user",
        "must be nobody or default-user, not 'default_user'",
        "did you mean default-user?",
    ),
    (Kind.ROLES, "", "must be a list of roles, not ''", 'write [""]'),
    (Kind.ROLES, "primary", "must be a list of roles, not 'primary'", 'write ["primary"]'),
    (
        Kind.ROLES,
        ["decision maker"],
        "must be primary, billing or decision-maker, not 'decision maker'",
        "did you mean decision-maker?",
    ),
    (Kind.ROLES, ["primary", 3], "must be primary, billing or decision-maker, not 3", ""),
    (Kind.ROLES, [["primary"]], "must be primary, billing or decision-maker, not a list", ""),
    (
        Kind.DOMAINS,
        "agency.example",
        "must be a list of domains, not 'agency.example'",
        'write ["agency.example"]',
    ),
    (Kind.NAMES, "a.toml", "must be a list of file names, not 'a.toml'", 'write ["a.toml"]'),
    (Kind.NAMES, [1], "must be text, not 1", "put it in quotes"),
    (Kind.DOMAINS, ["a b"], "must be a list of domains; 'a b' is not a domain", DOMAIN),
    (Kind.DOMAINS, [7], "must be a list of domains; 7 is not a domain", DOMAIN),
    (Kind.TABLE, "partner", "must be a table, not 'partner'", ""),
    (Kind.TABLE, [], "must be a table, not a list", ""),
    (Kind.ITEMS, "", "must be a list, not ''", "write renewals = [ { … } ]"),
    (Kind.ITEMS, {}, "must be a list, not a table", "write renewals = [ { … } ]"),
    (Kind.ITEMS, DAY, "must be a list, not 2026-10-02", "write renewals = [ { … } ]"),
]


def store_with(kind: Kind, value: Any) -> dict[str, Any]:
    """Return valid data, except for the value in a field of that kind."""
    data: dict[str, Any] = {
        "defaults": {"owner": "hubspot"},
        "policy": {},
        "users": {"u@p.example": {}},
        "clients": {
            "a": {
                "in_hubspot": {"owner": "default", "on": DAY},
                "contacts": [{"email": "c@a.example"}],
                "override": {"owner": "hubspot"},
            }
        },
    }
    here: Any = data
    path = PLACES[kind][0]
    for step in path[:-1]:
        here = here[0] if isinstance(here, list) else here[step]
    here[path[-1]] = value
    return data


def case_id(value: Any) -> str:
    """Return a short ID for a test, also for a number with many digits."""
    return (
        "many digits"
        if isinstance(value, int) and abs(value) > 10**20
        else str(value)[:30].encode("unicode_escape").decode()
    )


@pytest.mark.parametrize(("kind", "value", "is_"), TAKEN, ids=case_id)
def test_a_valid_value_is_accepted(kind: Kind, value: Any, is_: Any) -> None:
    reading = read_portfolio(store_with(kind, value))
    assert not reading.problems
    assert PLACES[kind][1](reading.portfolio) == is_
    assert type(PLACES[kind][1](reading.portfolio)) is type(is_)


@pytest.mark.parametrize(("kind", "value", "message", "hint"), REFUSED, ids=case_id)
def test_an_invalid_value_is_refused_with_its_place_and_a_hint(
    kind: Kind, value: Any, message: str, hint: str
) -> None:
    path = PLACES[kind][0]
    ((at, found, way_out),) = problems(store_with(kind, value))
    assert at == path
    assert found.endswith(" " + message)
    assert way_out == hint


def test_every_kind_of_field_has_valid_and_invalid_values_above() -> None:
    used = {field.kind for table in TABLES.values() for field in table.values()}
    assert used == set(PLACES) == {kind for kind, *_ in TAKEN} == {kind for kind, *_ in REFUSED} == set(Kind)


def test_the_message_starts_with_the_path_in_toml() -> None:
    data = {"clients": {"acme.example": {"override": {"owner": "hub"}}}}
    ((_, message, _),) = problems(data)
    assert message == "clients.\"acme.example\".override.owner must be hubspot or partner, not 'hub'"


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["text", 5, True, [], [{}], DAY, None, MANY_DIGITS], ids=case_id)
@pytest.mark.parametrize("name", ["defaults", "policy", "users", "clients"])
def test_a_value_in_place_of_a_table_is_refused(name: str, value: Any) -> None:
    ((path, message, hint),) = problems({name: value})
    assert path == (name,)
    if name in {"users", "clients"}:
        assert message.startswith(f"{name} must contain tables, not ")
        assert (
            hint
            == {
                "users": 'write tables, for example [users."ana@agency.example"]',
                "clients": 'write tables, for example [clients."acme.example"]',
            }[name]
        )
    else:
        assert message.startswith(f"{name} must be a table, not ")


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"users": {"a@p.example": "Ana"}}, ("users", "a@p.example")),
        ({"clients": {"a": "Acme"}}, ("clients", "a")),
        ({"clients": {"a": {"contacts": ["p@a.example"]}}}, ("clients", "a", "contacts", "0")),
        ({"clients": {"a": {"renewals": [{"date": DAY}, DAY]}}}, ("clients", "a", "renewals", "1")),
        ({"clients": {"a": {"in_hubspot": "default"}}}, ("clients", "a", "in_hubspot")),
        ({"defaults": {"owner": "hubspot", "in_hubspot": True}}, ("defaults", "in_hubspot")),
    ],
)
def test_a_value_in_place_of_an_entry_or_item_is_refused(data: dict[str, Any], path: tuple[str, ...]) -> None:
    ((at, message, _),) = problems(data)
    assert at == path
    assert "must be a table, not" in message


@pytest.mark.parametrize(
    ("data", "path", "key"),
    [
        ({"defaults": {}}, ("defaults",), "owner"),
        ({"defaults": {"owner": "hubspot", "in_hubspot": {"on": DAY}}}, ("defaults", "in_hubspot"), "owner"),
        (
            {"defaults": {"owner": "hubspot", "in_hubspot": {"owner": "hubspot"}}},
            ("defaults", "in_hubspot"),
            "on",
        ),
        ({"clients": {"a": {"override": {"notify": "x@p"}}}}, ("clients", "a", "override"), "owner"),
        ({"clients": {"a": {"in_hubspot": {"on": DAY}}}}, ("clients", "a", "in_hubspot"), "owner"),
        ({"clients": {"a": {"in_hubspot": {"owner": "default"}}}}, ("clients", "a", "in_hubspot"), "on"),
        ({"clients": {"a": {"contacts": [{"name": "P"}]}}}, ("clients", "a", "contacts", ""), "email"),
        ({"clients": {"a": {"renewals": [{"product": "X"}]}}}, ("clients", "a", "renewals", "X"), "date"),
    ],
)
def test_a_missing_required_field_is_reported(data: dict[str, Any], path: tuple[str, ...], key: str) -> None:
    ((at, message, hint),) = problems(data)
    assert at == path
    assert message.endswith(f" has no {key}")
    assert hint.startswith(f"add {key}: ")


def test_the_required_fields_are_those_of_the_design() -> None:
    assert {
        (name, field.key) for name, table in TABLES.items() for field in table.values() if field.required
    } == {
        ("defaults", "owner"),
        ("defaults.in_hubspot", "owner"),
        ("defaults.in_hubspot", "on"),
        ("clients.in_hubspot", "owner"),
        ("clients.in_hubspot", "on"),
        ("contacts", "email"),
        ("renewals", "date"),
        ("override", "owner"),
    }


@pytest.mark.parametrize("key", ["not a domain", "", "-acme.example", "acme.example-", "a@b", ".", "x" * 254])
def test_a_client_key_that_is_not_a_domain_is_refused(key: str) -> None:
    ((path, message, hint),) = problems({"clients": {key: {}}})
    assert path == ("clients", key)
    assert message.endswith(" is not a valid domain")
    assert hint == 'use a domain, for example [clients."acme.example"]'


@pytest.mark.parametrize("key", ["ana", "", "a@b@c", "ana @agency.example"])
def test_a_user_key_that_is_not_an_address_is_refused(key: str) -> None:
    ((path, message, hint),) = problems({"users": {key: {}}})
    assert path == ("users", key)
    assert message.endswith(" is not an email address")
    assert hint == 'use an address, for example [users."ana@agency.example"]'


@pytest.mark.parametrize(
    "other",
    [
        "Acme.example",
        "www.acme.example",
        "https://acme.example",
        "acme.example.",
        "acme。example",
        "ACME.EXAMPLE/x",
    ],
)
def test_two_keys_of_one_client_are_refused(other: str) -> None:
    ((path, message, hint),) = problems({"clients": {"acme.example": {}, other: {}}})
    assert path == ("clients", other)
    assert message.endswith(' is the same client as clients."acme.example"')
    assert hint == "remove one of the two"


def test_two_spellings_of_one_user_are_refused() -> None:
    ((path, message, hint),) = problems({"users": {"Ana@agency.example": {}, "ana@AGENCY.example": {}}})
    assert path == ("users", "ana@AGENCY.example")
    assert message.endswith(" is the same address as Ana@agency.example")
    assert hint == "remove one of the two"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("jose\u0301@agency.example", "jos\u00e9@agency.example"),
        ("jose@m\u00fcnchen.example", "jose@xn--mnchen-3ya.example"),
    ],
)
def test_two_encodings_of_one_user_are_one_user_and_a_finding(one: str, two: str) -> None:
    """They were two users until text was compared composed; such files stay valid."""
    reading = read_portfolio({"users": {one: {"active": False}, two: {"name": "José"}}})
    assert not reading.problems
    assert [*reading.portfolio.users.values()] == [PartnerUser(one, "José", active=False)]
    ((message, path, code),) = [(each.message, each.path, each.code) for each in reading.remarks]
    assert (path, code) == (("users", two), "look-alike")
    assert message.endswith(" appears twice, with the same letters encoded in two ways")


def test_a_domain_with_sharp_s_differs_from_the_one_with_ss() -> None:
    reading = read_portfolio({"clients": {"straße.example": {}, "strasse.example": {}}})
    assert not reading.problems
    assert set(reading.portfolio.clients) == {"xn--strae-oqa.example", "strasse.example"}


@pytest.mark.parametrize(
    ("products", "message"),
    [
        (["Sales", "Sales"], "is a second renewal for 'Sales'"),
        ([None, None], "is a second renewal without a product"),
        ([None, ""], "is a second renewal without a product"),
    ],
)
def test_a_second_renewal_of_one_product_is_refused(products: list[str | None], message: str) -> None:
    items = [{"date": DAY} if product is None else {"date": DAY, "product": product} for product in products]
    ((path, found, hint),) = problems({"clients": {"a": {"renewals": items}}})
    assert path == ("clients", "a", "renewals", "1")
    assert found.endswith(message)
    assert hint == "give each renewal a product of its own"


def test_an_item_that_is_not_a_table_does_not_count_as_a_renewal() -> None:
    ((path, _, _),) = problems({"clients": {"a": {"renewals": ["2027-03-01", {"date": DAY}]}}})
    assert path == ("clients", "a", "renewals", "0")


def test_renewals_of_different_products_and_one_without_are_accepted() -> None:
    items = [{"date": DAY, "product": "Sales"}, {"date": DAY}, {"date": DAY, "product": "Service"}]
    assert not problems({"clients": {"a": {"renewals": items}}})
    assert not problems({"clients": {"a": {"renewals": items}, "b": {"renewals": items}}})


def test_a_contact_listed_twice_is_read_twice() -> None:
    items = [{"email": "p@a.example", "roles": ["primary"]}, {"email": "p@a.example", "roles": ["billing"]}]
    reading = read_portfolio({"clients": {"a": {"contacts": items}}})
    assert not reading.problems
    assert [contact.roles for contact in reading.portfolio.clients["a"].contacts] == [
        (Role.PRIMARY,),
        (Role.BILLING,),
    ]


def test_an_item_is_named_by_its_identity_and_its_second_by_its_place() -> None:
    items = [{"email": "p@a.example", "active": 1}, {"email": "p@a.example", "active": 2}, {"email": 3}]
    assert [path for path, _, _ in problems({"clients": {"a": {"contacts": items}}})] == [
        ("clients", "a", "contacts", "p@a.example", "active"),
        ("clients", "a", "contacts", "1", "active"),
        ("clients", "a", "contacts", "2", "email"),
    ]


def test_all_problems_are_reported_at_once() -> None:
    data = {
        "defaults": {"owner": "hub", "notify": "x", "in_hubspot": {"owner": "default"}},
        "policy": {"deadline_days": "45", "horizon_days": -1},
        "users": {"ana": {"active": "no"}, "b@p.example": 5},
        "clients": {
            "a b": {"hub_id": "x"},
            "acme.example": {
                "name": 1,
                "contacts": [{"roles": ["boss"]}, 5],
                "renewals": [{"date": "soon", "deadline": "later"}],
                "override": {"notify": ""},
            },
        },
    }
    acme = ("clients", "acme.example")
    assert [path for path, _, _ in problems(data)] == [
        ("defaults", "owner"),
        ("defaults", "notify"),
        ("defaults", "in_hubspot", "owner"),
        ("defaults", "in_hubspot"),
        ("policy", "deadline_days"),
        ("policy", "horizon_days"),
        ("users", "ana"),
        ("users", "ana", "active"),
        ("users", "b@p.example"),
        ("clients", "a b"),
        ("clients", "a b", "hub_id"),
        (*acme, "name"),
        (*acme, "contacts", "", "roles"),
        (*acme, "contacts", ""),
        (*acme, "contacts", "1"),
        (*acme, "renewals", "", "date"),
        (*acme, "renewals", "", "deadline"),
        (*acme, "override", "notify"),
        (*acme, "override"),
    ]


def test_a_table_with_a_problem_is_not_read_in_part() -> None:
    reading = read_portfolio(
        {"defaults": {"owner": "partner", "notify": 5}, "policy": {"horizon_days": 9, "stale_days": ""}}
    )
    assert reading.portfolio.default is None
    assert reading.portfolio.policy == Policy()


# --- remarks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "path", "hint"),
    [
        ({"clientes": {}}, ("clientes",), "did you mean clients?"),
        ({"default": {}}, ("default",), "did you mean defaults?"),
        ({"zzz": 1}, ("zzz",), "correct the key, or start it with x- if it is your own"),
        ({"x": 1}, ("x",), "correct the key, or start it with x- if it is your own"),
        ({"defaults": {"owner": "hubspot", "Notify": "a@b"}}, ("defaults", "Notify"), "did you mean notify?"),
        (
            {"defaults": {"owner": "hubspot", "in_hubspot": {"owner": "hubspot", "on": DAY, "onn": DAY}}},
            ("defaults", "in_hubspot", "onn"),
            "did you mean on?",
        ),
        ({"policy": {"horizon": 5}}, ("policy", "horizon"), "did you mean horizon_days?"),
        ({"users": {"a@b": {"actve": True}}}, ("users", "a@b", "actve"), "did you mean active?"),
        ({"clients": {"a": {"hubid": 5}}}, ("clients", "a", "hubid"), "did you mean hub_id?"),
        (
            {"clients": {"a": {"override": {"owner": "hubspot", "notes": ""}}}},
            ("clients", "a", "override", "notes"),
            "did you mean note?",
        ),
        (
            {"clients": {"a": {"in_hubspot": {"owner": "default", "on": DAY, "seen by": ""}}}},
            ("clients", "a", "in_hubspot", "seen by"),
            "correct the key, or start it with x- if it is your own",
        ),
        (
            {"clients": {"a": {"contacts": [{"email": "p@a", "role": "primary"}]}}},
            ("clients", "a", "contacts", "p@a", "role"),
            "did you mean roles?",
        ),
        (
            {"clients": {"a": {"renewals": [{"date": DAY, "produkt": "S"}]}}},
            ("clients", "a", "renewals", "", "produkt"),
            "did you mean product?",
        ),
    ],
)
def test_an_unknown_key_is_a_finding_with_a_suggestion(
    data: dict[str, Any], path: tuple[str, ...], hint: str
) -> None:
    ((at, message, way_out),) = remarks(data)
    assert at == path
    assert message.startswith("unknown key ")
    assert way_out == hint


def test_the_users_own_keys_are_never_a_finding() -> None:
    own = {"x-crm": 5, "x-": {"deep": [MANY_DIGITS]}}
    data = {
        **own,
        "defaults": {"owner": "hubspot", "in_hubspot": {"owner": "hubspot", "on": DAY, **own}, **own},
        "policy": own,
        "users": {"a@b": own},
        "clients": {
            "a": {
                "override": {"owner": "hubspot", **own},
                "in_hubspot": {"owner": "default", "on": DAY, **own},
                "contacts": [{"email": "p@a", **own}],
                "renewals": [{"date": DAY, **own}],
                **own,
            }
        },
    }
    assert not remarks(data)
    assert OWN_KEYS == "x-"


@pytest.mark.parametrize(
    ("kind", "written", "plain"),
    [
        (Kind.OWNER, "HubSpot", "hubspot"),
        (Kind.OWNER, " PARTNER ", "partner"),
        (Kind.OWNER_SEEN, "Default", "default"),
        (Kind.COPIES, "Nobody", "nobody"),
    ],
)
def test_a_nonstandard_spelling_is_read_and_is_a_finding(kind: Kind, written: str, plain: str) -> None:
    path, got = PLACES[kind]
    ((at, message, hint),) = remarks(store_with(kind, written))
    assert at == path
    assert message.endswith(f" has the nonstandard spelling '{written}'")
    assert hint == f'write "{plain}"'
    assert got(read_portfolio(store_with(kind, written)).portfolio) == got(
        read_portfolio(store_with(kind, plain)).portfolio
    )


@pytest.mark.parametrize(
    ("kind", "written", "plain"),
    [
        (Kind.ROLES, ["primary", " Billing ", "PRIMARY"], ["primary", "billing", "primary"]),
        (Kind.DOMAINS, ["www.agency.example", "b.example"], ["agency.example", "b.example"]),
    ],
)
def test_each_nonstandard_spelling_in_a_list_is_a_finding(
    kind: Kind, written: list[str], plain: list[str]
) -> None:
    path, got = PLACES[kind]
    odd = [(was, word) for was, word in zip(written, plain, strict=True) if was != word]
    assert [
        (at, message.partition(" has the nonstandard spelling ")[2], hint)
        for at, message, hint in remarks(store_with(kind, written))
    ] == [(path, f"'{was}'", f'write "{word}"') for was, word in odd]
    assert got(read_portfolio(store_with(kind, written)).portfolio) == got(
        read_portfolio(store_with(kind, plain)).portfolio
    )


@pytest.mark.parametrize(
    ("value", "remarked"), [("./renewctl.schema.json", False), ("", False), (5, True), ({}, True)]
)
def test_the_schema_key_is_ignored_if_it_is_text(value: Any, remarked: bool) -> None:
    assert [code for *_, code in remarks({"$schema": value})] == [
        "correct the key, or start it with x- if it is your own"
    ] * remarked


def test_top_level_keys_are_those_of_the_design() -> None:
    assert tuple(TOP_LEVEL) == ("version", "defaults", "policy", "users", "clients")


# --- whatever the data -------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        *TOP_LEVEL,
        "x-a",
        "",
        "\ud800",
        *{key for table in TABLES.values() for key in table},
        "a@b",
        "acme.example",
        "www.acme.example",
    ]
) | st.text(max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([1, -1]).map(lambda sign: sign * MANY_DIGITS)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["hubspot", "partner", "default", "primary", "a@b", "acme.example", "2027-03-01", "2027-02-30", LONG]
    )
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-3))]))
    | st.times()
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
# Data of the right shape with something wrong in it gets further than data of any shape.
SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "defaults": st.dictionaries(st.sampled_from([*TABLES["defaults"]]), ANYTHING),
        "policy": st.dictionaries(st.sampled_from([*TABLES["policy"]]), ANYTHING),
        "users": st.dictionaries(
            KEYS, st.dictionaries(st.sampled_from([*TABLES["users"]]), LEAVES), max_size=3
        ),
        "clients": st.dictionaries(
            KEYS,
            st.fixed_dictionaries(
                {},
                optional={
                    "contacts": st.lists(
                        st.dictionaries(st.sampled_from([*TABLES["contacts"]]), ANYTHING), max_size=3
                    ),
                    "renewals": st.lists(
                        st.dictionaries(st.sampled_from([*TABLES["renewals"]]), LEAVES), max_size=3
                    ),
                    "override": st.dictionaries(st.sampled_from([*TABLES["override"]]), LEAVES),
                    "hub_id": LEAVES,
                },
            ),
            max_size=3,
        ),
    },
)


@given(st.dictionaries(KEYS, ANYTHING, max_size=5) | SHAPED)
def test_reading_never_raises_and_every_problem_has_a_message_and_a_place(data: dict[str, Any]) -> None:
    reading = read_portfolio(data)
    for problem in (*reading.problems, *reading.remarks):
        assert isinstance(problem, Problem)
        assert problem.message
        assert problem.path
        assert all(type(step) is str for step in problem.path)
        assert len(problem.message) < 400 + sum(map(len, problem.path))


# --- every field ----------------------------------------------------------------------------------

CLIENT = ("clients", "WWW.Acme.example")
WHERE: dict[str, tuple[str | int, ...]] = {
    "defaults": ("defaults",),
    "defaults.in_hubspot": ("defaults", "in_hubspot"),
    "policy": ("policy",),
    "users": ("users", "Ana@agency.example"),
    "clients": CLIENT,
    "clients.in_hubspot": (*CLIENT, "in_hubspot"),
    "contacts": (*CLIENT, "contacts", 0),
    "renewals": (*CLIENT, "renewals", 0),
    "override": (*CLIENT, "override"),
}
"""A table of each name in the full store."""
FIELDS = [(name, field) for name, fields in TABLES.items() for field in fields.values()]


def full_but(name: str, field: Field, value: Any) -> Reading:
    """Read the full data with another value for a field of the table."""
    table = data = copy.deepcopy(FULL)
    for step in WHERE[name]:
        table = table[step]  # type: ignore[index]
    table[field.key] = value
    return read_portfolio(data)


RECORDS: dict[str, Callable[[Portfolio], Any]] = {
    "defaults": lambda p: p.default,
    "defaults.in_hubspot": lambda p: p.default and p.default.confirmed,
    "policy": lambda p: p.policy,
    "users": lambda p: p.users["ana@agency.example"],
    "clients": lambda p: p.clients["acme.example"],
    "clients.in_hubspot": lambda p: p.clients["acme.example"].confirmed,
    "contacts": lambda p: p.clients["acme.example"].contacts[0],
    "renewals": lambda p: p.clients["acme.example"].renewals[0],
    "override": lambda p: p.clients["acme.example"].override,
}
"""The class of the model for each of those tables."""


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_field_takes_and_refuses_what_its_kind_does(name: str, field: Field) -> None:
    for value, read in [
        (value, read) for kind, value, read in TAKEN if kind is field.kind and not field.table
    ]:
        reading = full_but(name, field, value)
        assert not reading.problems, value
        assert getattr(RECORDS[name](reading.portfolio), field.attribute) == read
    for value in [None, *(value for kind, value, *_ in REFUSED if kind is field.kind)]:
        assert len(full_but(name, field, value).problems) == 1, value


def values_of(name: str, wrong: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return tables of a kind; with ``wrong``, some with a problem."""
    fields = {field.key: value_of(field, wrong) for field in TABLES[name].values()}
    needed = {field.key: fields[field.key] for field in TABLES[name].values() if field.required}
    others = {key: fields[key] for key in fields if key not in needed}
    right = st.fixed_dictionaries(needed, optional=others)
    some = st.fixed_dictionaries({}, optional={**fields, "nmae": st.just("")})
    return st.integers(0, 9).flatmap(lambda n: some if n == 0 else right) if wrong else right


def value_of(field: Field, wrong: bool) -> st.SearchStrategy[Any]:
    """Return valid values for the field; with ``wrong``, others, too."""
    if field.table:
        tables = values_of(field.table, wrong)
        return tables if field.kind is Kind.TABLE else st.lists(tables, max_size=3)
    taken = st.sampled_from([value for kind, value, _ in TAKEN if kind is field.kind])
    refused = st.sampled_from([value for kind, value, *_ in REFUSED if kind is field.kind])
    others = {0: LEAVES, 1: refused}
    return st.integers(0, 40).flatmap(lambda n: others.get(n, taken)) if wrong else taken
