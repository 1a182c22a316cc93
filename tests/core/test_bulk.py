"""The plan of a list of overrides, row by row: all rows or none."""

from datetime import date
from typing import Any, NamedTuple

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain import paths
from renewctl.domain.edit.override_list import find_listed_clients, plan_override_list
from renewctl.domain.edit.rows import OverrideRow
from renewctl.domain.edit.settings import override
from renewctl.domain.validate import read_portfolio
from renewctl.errors import BadInput, ExitStatus
from renewctl.model import Owner, Plan, Portfolio
from renewctl.render.clients import ClientListing, render_client_list

STORE = """
[defaults]
owner = "hubspot"
notify = "Ana@agency.example"

[users."Ana@agency.example"]
name = "Ana Souza"

[users."rui@agency.example"]

[users."rui@other.example"]

[users."ines@agency.example"]
active = false

[clients."Acme.example"]   # written so, not in normal form
name = "Acme Ltda"
hub_id = 4411223

[clients."beta.example"]
override = { owner = "partner", notify = "ana@agency.example", note = "one voice", x-mine = 1 }

[clients."gama.example"]
override = { owner = "hubspot", notify = "ines@agency.example" }

[clients."delta.example"]
override = { owner = "hubspot" }
"""
AC = ("clients", "Acme.example", "override")
BC, GC, DC = (("clients", f"{name}.example", "override") for name in ("beta", "gama", "delta"))
FILE = "list.csv"
OWN_SETTING = "remove the column from the list"


def portfolio(text: str = STORE) -> Portfolio:
    """Return the portfolio of a text, which must be valid."""
    reading = read_portfolio(tomli.loads(text))
    assert not reading.problems
    return reading.portfolio


def row(client: str, owner: str = "", notify: str = "", note: str = "", *, line: int = 2) -> OverrideRow:
    """Return a row of the list."""
    return OverrideRow(FILE, line, client, owner, notify, note)


def changed(plan: Plan) -> list[tuple[tuple[str, ...], Any]]:
    """Return the paths and the new values of a plan."""
    return [(change.path, change.after) for change in plan.changes]


class Case(NamedTuple):
    """A row, its changes and its notes."""

    name: str
    row: OverrideRow
    changes: list[tuple[tuple[str, ...], Any]]
    notes: tuple[str, ...] = ()


CASES = [
    Case("hubspot", row("acme.example", "hubspot"), [(AC, {"owner": "hubspot"})]),
    Case(
        "hubspot with a user to copy",
        row("acme.example", "hubspot", "Ana@agency.example"),
        [(AC, {"owner": "hubspot", "notify": "Ana@agency.example"})],
    ),
    Case(
        "an owner in capitals between spaces",
        row("acme.example", " HubSpot "),
        [(AC, {"owner": "hubspot"})],
    ),
    Case(
        "partner, the user by the part before the @, with a note",
        row("acme.example", "partner", "ana", " asked for it "),
        [(AC, {"owner": "partner", "notify": "Ana@agency.example", "note": "asked for it"})],
    ),
    Case(
        "a user in another spelling",
        row("acme.example", "partner", "ANA@AGENCY.example"),
        [(AC, {"owner": "partner", "notify": "Ana@agency.example"})],
    ),
    Case(
        "a deactivated user is set, with a note",
        row("acme.example", "partner", "ines"),
        [(AC, {"owner": "partner", "notify": "ines@agency.example"})],
        ("ines@agency.example is deactivated in HubSpot and receives nothing",),
    ),
    Case(
        "a user by name",
        row("acme.example", "partner", "ana souza"),
        [(AC, {"owner": "partner", "notify": "Ana@agency.example"})],
    ),
    Case(
        "no user, by the word of the option",
        row("acme.example", "hubspot", "None"),
        [(AC, {"owner": "hubspot"})],
    ),
    Case("the client by hub id", row("4411223", "hubspot"), [(AC, {"owner": "hubspot"})]),
    Case("the client by name", row("acme ltda", "hubspot"), [(AC, {"owner": "hubspot"})]),
    Case("the client as pasted", row("https://www.ACME.example/x", "hubspot"), [(AC, {"owner": "hubspot"})]),
    Case("default clears", row("beta.example", "default"), [(BC, None)]),
    Case("default in capitals", row("beta.example", " DEFAULT "), [(BC, None)]),
    Case("default with a note clears", row("beta.example", "default", note="gone"), [(BC, None)]),
    Case(
        "default, where the client already follows it: no changes and no note",
        row("acme.example", "default"),
        [],
    ),
    Case("a blank owner changes nothing", row("beta.example"), []),
    Case("a blank owner with a note changes nothing", row("beta.example", note="other"), []),
    Case("an owner of spaces is blank", row("beta.example", "  ", "  "), []),
    Case(
        "the same in another spelling and without a note: no changes and no note",
        row("beta.example", "partner", "ana"),
        [],
    ),
    Case(
        "another note is another override; the user's own keys stay",
        row("beta.example", "partner", "ana", "new"),
        [
            ((*BC, "owner"), "partner"),
            ((*BC, "notify"), "Ana@agency.example"),
            ((*BC, "note"), "new"),
        ],
    ),
    Case(
        "an override is replaced as a whole: without a user and a note, those are removed",
        row("beta.example", "hubspot"),
        [((*BC, "owner"), "hubspot"), ((*BC, "notify"), None), ((*BC, "note"), None)],
    ),
    Case(
        "a blank user next to an owner means none",
        row("gama.example", "hubspot"),
        [((*GC, "owner"), "hubspot"), ((*GC, "notify"), None), ((*GC, "note"), None)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_row_plans_these_changes(case: Case) -> None:
    plan = plan_override_list(portfolio(), [case.row])

    assert (plan.command, changed(plan), plan.notes) == ("override", case.changes, case.notes)


class Refusal(NamedTuple):
    """Rows, and the line, message and hint of each problem."""

    name: str
    rows: list[OverrideRow]
    problems: list[tuple[int, str, str]]


REFUSALS = [
    Refusal(
        "an unknown client",
        [row("acmee.example", "hubspot")],
        [(2, "'acmee.example'", "acme.example")],
    ),
    Refusal("no client", [row("", "hubspot")], [(2, "the row has no client", "")]),
    Refusal("half a list in one cell", [row("acme.example,hubspot\n" * 2000)], [(2, "…' not found", "")]),
    Refusal(
        "a partner without a user, by the word of the option",
        [row("acme.example", "partner", "none")],
        [(2, "no partner user is set", "fill the notify column")],
    ),
    Refusal(
        "an unknown user",
        [row("acme.example", "partner", "anna@agency.example")],
        [(2, "'anna@agency.example'", "did you mean Ana@agency.example?")],
    ),
    Refusal(
        "a new user",
        [row("acme.example", "partner", "zoe@new.example")],
        [(2, "'zoe@new.example'", "renewctl user add zoe@new.example")],
    ),
    Refusal(
        "a part before the @ that two users share",
        [row("acme.example", "partner", "rui")],
        [(2, "'rui'", "rui@agency.example, rui@other.example")],
    ),
    Refusal(
        "an owner that does not exist",
        [row("acme.example", "Ana Souza")],
        [(2, "'Ana Souza' is not a valid owner", "hubspot, partner or default")],
    ),
    Refusal(
        "a blank owner with a user",
        [row("acme.example", "", "ana")],
        [(2, "acme.example has a partner user but no owner", "hubspot or partner")],
    ),
    Refusal(
        "default with a user",
        [row("beta.example", "Default", "ana")],
        [(2, "beta.example has a partner user but the owner 'default'", "hubspot or partner")],
    ),
    Refusal(
        "partner without a user",
        [row("acme.example", "partner")],
        [(2, "but no partner user is set", "fill the notify column")],
    ),
    Refusal(
        "partner without a user, although the client has one",
        [row("beta.example", "partner")],
        [(2, "but no partner user is set", "fill the notify column")],
    ),
    Refusal(
        "a client twice, by two of its names",
        [row("acme.example", "hubspot", line=2), row("4411223", "default", line=3)],
        [(3, "4411223 is already in line 2", "remove one of the two rows")],
    ),
    Refusal(
        "a client twice, even with the same values, and three times",
        [row("acme.example", "hubspot", line=number) for number in (2, 5, 9)],
        [(5, "is already in line 2", ""), (9, "is already in line 2", "")],
    ),
    Refusal(
        "all invalid rows at once; the valid ones between them are not saved",
        [
            row("acme.example", "hubspot", line=2),
            row("nobody.example", "hubspot", line=3),
            row("beta.example", "partner", "nobody", line=4),
            row("gama.example", "default", line=5),
            row("delta.example", "somebody", line=6),
        ],
        [
            (3, "'nobody.example'", ""),
            (4, "'nobody'", ""),
            (6, "'somebody' is not a valid owner", ""),
        ],
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_bad_rows_are_all_listed_with_their_lines(case: Refusal) -> None:
    with pytest.raises(BadInput) as caught:
        plan_override_list(portfolio(), case.rows)

    error = caught.value
    count = len(case.problems)
    assert error.message == f"{count} invalid row{'s' * (count > 1)}; nothing was saved"
    assert error.exit_status == ExitStatus.INVALID
    assert [problem.line for problem in error.problems] == [line for line, _, _ in case.problems]
    for problem, (_, message, hint) in zip(error.problems, case.problems, strict=True):
        assert problem.file == FILE
        assert message in problem.message
        assert len(problem.message) < 500
        assert hint in problem.hint


def test_changes_are_in_the_order_of_the_rows_and_notes_come_once() -> None:
    rows = [
        row("delta.example", "partner", "ines", line=2),
        row("acme.example", "partner", "ines", line=3),
        row("beta.example", "default", line=4),
        row("gama.example", line=5),
    ]
    plan = plan_override_list(portfolio(), rows)

    assert [path for path, _ in changed(plan)] == [
        (*DC, "owner"), (*DC, "notify"), (*DC, "note"), AC, BC,
    ]  # fmt: skip
    assert plan.notes == ("ines@agency.example is deactivated in HubSpot and receives nothing",)


IN_SHEET = {"places": {"client": 1, "owner": 3, "notify": 2}, "sheet": "Clients"}


def test_problems_name_the_cell_and_the_sheet() -> None:
    rows = [
        row("nobody.example", "hubspot", line=2),
        row("beta.example", "default", "ana", line=3),
        row("gama.example", "nobody", line=4),
        row("delta.example", "partner", "zoe", line=5),
        row("acme.example", "partner", line=6),
        row("acme.example", "hubspot", line=7),
    ]
    with pytest.raises(BadInput) as caught:
        plan_override_list(portfolio(), [each._replace(**IN_SHEET) for each in rows])

    problems = caught.value.problems
    assert [(each.sheet, each.line, each.column) for each in problems] == [
        ("Clients", 2, 1), ("Clients", 3, 2), ("Clients", 4, 3), ("Clients", 5, 2), ("Clients", 6, 2),
        ("Clients", 7, 1),
    ]  # fmt: skip
    assert problems[-1].message == "acme.example is already in Clients, row 6"


# One setting for a list of clients


def test_one_setting_for_each_client_of_a_list_once() -> None:
    rows = [row(" 4411223 ", line=1), row("delta.example", line=2), row("ACME.example", line=3)]
    known = portfolio()
    listed = find_listed_clients(known, rows)
    plan = override(known, listed, Owner.PARTNER, "Ana@agency.example", "one list")
    table = {"owner": "partner", "notify": "Ana@agency.example", "note": "one list"}

    assert plan.command == "override"
    assert changed(plan) == [(AC, table), *(((*DC, key), value) for key, value in table.items())]


def test_every_invalid_row_of_a_list_for_one_setting_is_listed() -> None:
    rows = [
        row("acmee.example", line=1),
        row("beta.example", "hubspot", line=2),
        row("gama.example", "", "ana", line=3),
        row("delta.example", "", "", "why", line=4),
        row("acme.example", line=5),
        row("", line=6),
    ]
    with pytest.raises(BadInput, match="5 invalid rows; nothing was saved") as caught:
        find_listed_clients(portfolio(), rows)

    problems = caught.value.problems
    assert [each.line for each in problems] == [1, 2, 3, 4, 6]
    assert [(each.message, each.hint) for each in problems[1:4]] == [
        ("the row of beta.example also sets the owner", OWN_SETTING),
        ("the row of gama.example also sets the partner user", OWN_SETTING),
        ("the row of delta.example also sets the note", OWN_SETTING),
    ]
    with pytest.raises(BadInput, match="has no clients"):
        find_listed_clients(portfolio(), [])


def test_no_rows_no_changes() -> None:
    assert plan_override_list(portfolio(), []) == Plan("override")


def plan_of_exported(known: Portfolio) -> Plan:
    """Return the plan of what ``client list -o csv`` prints, read again."""
    listing = ClientListing(known, tuple(known.clients.values()), date(2026, 11, 23))
    cells = render_client_list(listing).table.rows
    rows = [OverrideRow(FILE, line, *map(str, each)) for line, each in enumerate(cells, 2)]
    return plan_override_list(known, rows)


def test_the_exported_list_of_clients_changes_nothing() -> None:
    assert plan_of_exported(portfolio()) == Plan("override")


@pytest.mark.parametrize(
    "override",
    [
        '{ owner = "partner", notify = "pedro@agency.example" }',  # not under [users], as in the examples
        '{ owner = "hubspot", notify = "pedro@agency.example" }',
        '{ owner = "partner" }',  # a finding of check; the list must still be read
        '{ owner = "hubspot", note = " why " }',
    ],
)
def test_an_odd_override_in_an_exported_list_changes_nothing(override: str) -> None:
    known = portfolio(f'[users."ana@agency.example"]\n[clients."a.example"]\noverride = {override}')

    assert not plan_of_exported(known).changes


NAMES = ("acme.example", "beta.example", "gama.example", "delta.example")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(
            [("", ""), ("default", ""), ("hubspot", ""), ("hubspot", "ana"), ("partner", "ines")]
        ),
        st.sampled_from(["", "a note"]),
    ),
    unique_by=lambda each: each[0],
)


@given(ROWS)
def test_a_list_plans_what_its_rows_plan_one_by_one_and_then_nothing(rows: list[Any]) -> None:
    data = tomli.loads(STORE)
    known = read_portfolio(data).portfolio
    listed = [row(client, *setting, note) for client, setting, note in rows]
    after = read_portfolio(paths.apply_changes(data, plan_override_list(known, listed).changes)).portfolio
    one_by_one = data
    for each in listed:
        one_by_one = paths.apply_changes(
            one_by_one, plan_override_list(read_portfolio(one_by_one).portfolio, [each]).changes
        )

    assert read_portfolio(one_by_one).portfolio == after
    assert not plan_override_list(after, listed).changes
    for client, (owner, _), _ in rows:
        now = after.clients[client].override
        if owner in {"hubspot", "partner"}:
            assert now is not None
            assert now.owner == owner
        else:
            assert now == (None if owner else known.clients[client].override)
