"""The screens of clients, contacts and explanations."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import RESET

WIDTHS = (60, 80, 100, 140, 200)
words = st.lists(st.text("abc", min_size=1, max_size=12), min_size=1, max_size=3).map("-".join)
domains = words.map(lambda word: f"{word}.example")
names = st.text("aé日 ,.&", max_size=50)


@st.composite
def stores(draw: st.DrawFn) -> tuple[str, set[str], set[str]]:
    """Return the text of a file, its domains and its addresses."""
    keys = draw(st.lists(domains, min_size=1, max_size=5, unique=True))
    users = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    emails = {f"{user}@agency.example" for user in users}
    lines = ["version = 1", "[defaults]", 'owner = "hubspot"', f'notify = "{users[0]}@agency.example"']
    lines += [f'[users."{user}@agency.example"]' for user in users[1:]]
    for key in keys:
        roles = draw(st.lists(st.sampled_from(["primary", "billing", "decision-maker"]), max_size=4))
        contacts = []
        for role in roles:
            email = f"{draw(words)}{len(emails)}@{draw(st.just(key) | domains)}"
            emails.add(email)
            active = draw(st.sampled_from(["", ", active = false"]))
            contacts.append(f'{{ email = "{email}", roles = ["{role}"]{active} }}')
        lines += [f'[clients."{key}"]', f'name = "{draw(names)}"', f"contacts = [{', '.join(contacts)}]"]
        if draw(st.booleans()):
            lines.append(
                f'override = {{ owner = "partner", notify = "{draw(st.sampled_from(sorted(emails)))}" }}'
            )
        if draw(st.booleans()):
            lines.append(f'memo = "{draw(words)} {" ".join(sorted(emails))}"')
    return "\n".join(lines), set(keys), emails


@settings(max_examples=settings().max_examples // 4, suppress_health_check=RESET)
@given(store=stores(), columns=st.sampled_from([*WIDTHS, 40]))
@example(
    store=(
        '[clients."acme.example"]\nmemo = "ask someone.with.a.long.name@mail.acme.example, who may know"',
        {"acme.example"},
        {"someone.with.a.long.name@mail.acme.example"},
    ),
    columns=80,
)
def test_an_address_is_shown_whole_or_not_at_all(
    store: tuple[str, set[str], set[str]], columns: int, on_terminal: Callable
) -> None:
    """Law: at every width, every word with an @ is an address in the file."""
    text, keys, emails = store
    Path("renewctl.toml").write_text(text, encoding="utf-8")
    for argv in (
        *(["contacts"], ["contacts", "--long"], ["client", "list"], ["client", "list", "--long"]),
        *(["client", "show", min(keys)], ["explain", min(keys)], ["user", "list"], ["set-default"]),
    ):
        status, out, err = on_terminal(*argv, columns=columns)
        assert (status, err) == (0, "")
        shown = {word.strip("†(),.:") for word in re.split(r"[\s,]+", out) if "@" in word}
        assert shown - {"@"} <= emails, (argv, columns)


@settings(max_examples=settings().max_examples // 4, suppress_health_check=RESET)
@given(store=stores(), columns=st.sampled_from(WIDTHS))
def test_an_address_is_shown_without_its_domain_only_on_the_line_of_that_domain(
    store: tuple[str, set[str], set[str]], columns: int, on_terminal: Callable
) -> None:
    """Law: the part before the @ is alone only on a line with its domain."""
    text, _, emails = store
    Path("renewctl.toml").write_text(text, encoding="utf-8")
    out = on_terminal("contacts", columns=columns)[1]
    for email in emails:
        local, _, domain = email.rpartition("@")
        for each in out.splitlines():
            if domain != "agency.example" and re.search(rf"(^|[ ,]){re.escape(local)}(?=[ ,†]|$)", each):
                assert domain in each, (email, columns)


@pytest.mark.parametrize("columns", [100, 140, 200])
@pytest.mark.parametrize("argv", [("client", "list"), ("contacts",)], ids=" ".join)
def test_a_client_takes_one_line(
    argv: tuple[str, ...], columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    clients = run(*argv, "-o", "names").out.splitlines()
    lines = on_terminal(*argv, columns=columns)[1].splitlines()
    assert len(clients) < len(lines) <= len(clients) + 8


@pytest.mark.parametrize("columns", [60, 100, 200])
def test_sections_of_an_explanation_are_aligned(
    columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    for client in run("client", "list", "-o", "names").out.split():
        _, out, _ = on_terminal("explain", client, columns=columns)
        # A command that would be broken has a line of its own.
        sections = [each for each in out.partition("\n\n")[2].splitlines() if "    renewctl" not in each]
        labels = [each[:14].strip() for each in sections]
        outcomes = {"Notified", "Copied", "Skipped", "Not assigned"}
        assert set(labels) <= {"", "Setting", *outcomes, "Rule", "Notes"}
        assert max(map(labels.count, outcomes)) <= 1
        assert all(each[13:15].strip() == each[14] for each in sections if each[:12].strip())


@pytest.mark.parametrize("argv", [("client", "list"), ("contacts",)], ids=" ".join)
def test_a_table_requested_in_a_pipe_is_the_same_as_on_a_terminal(
    argv: tuple[str, ...], agency: Path, run: Callable, on_terminal: Callable
) -> None:
    assert run(*argv, "-o", "table").out.replace(" -o table", "") == on_terminal(*argv)[1]


def write_clients(*tables: str) -> None:
    """Write a file with default owner HubSpot and a copy to ana@agency.example."""
    default = '[defaults]\nowner = "hubspot"\nnotify = "ana@agency.example"\n[users."ana@agency.example"]\n'
    Path("renewctl.toml").write_text(f"version = 1\n{default}" + "\n".join(tables), encoding="utf-8")


@pytest.mark.parametrize("columns", [60, 100, 200])
def test_every_client_without_a_recipient_has_the_alarm(
    columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    without_recipient = set(run("who", "--all", "--no-recipient", "-o", "names").out.split())
    assert len(without_recipient) == 4
    alarm = "NOBODY is notified about 4 clients: renewctl who --all --no-recipient"
    for argv in (["client", "list"], ["client", "list", "--long"]):
        assert alarm in " ".join(on_terminal(*argv, columns=columns)[1].split())
    for client in run("client", "list", "-o", "names").out.split():
        # A search for the domain lists only this client.
        for argv in (["client", "list", "--search", client], ["client", "show", client]):
            _, out, _ = on_terminal(*argv, columns=columns)
            assert ("NOBODY" in out.partition("\n\n")[0]) == (client in without_recipient), argv


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("field", ["memo", "override"])
def test_the_text_that_a_search_found_is_shown(field: str, columns: int, on_terminal: Callable) -> None:
    """The match is at the end of a text that is too long for any terminal."""
    text = f"{'they do not like surprises ' * 9}but Zazá calls"
    value = f'{{ owner = "hubspot", note = "{text}" }}' if field == "override" else f'"{text}"'
    write_clients(
        f'[clients."acme.example"]\nname = "Acme and Daughters"\n{field} = {value}',
        '[clients."beta.example"]\nmemo = "they do not like surprises"',
    )
    status, out, _ = on_terminal("client", "list", "--search", "ZAZA calls", columns=columns)
    assert (status, "but Zazá calls\n" in out, "beta" in out) == (0, True, False)
    assert len(out.partition("\n\n")[0].splitlines()) == 2


def test_an_empty_list_names_the_filters_to_remove(agency: Path, on_terminal: Callable) -> None:
    _, out, _ = on_terminal("client", "list", "--search", "no such", "--owner", "partner", "--overridden")
    footer = "To list more, remove --overridden or --owner partner or --search 'no such'"
    assert out == f"No clients.\n\n{footer}\n"


def test_the_domain_is_dropped_before_names_and_memos_are_cut(on_terminal: Callable) -> None:
    name, memo = "Acme and Daughters and Sons Limited", "wants one voice, no letters"
    write_clients(f'[clients."{"long-" * 11}name.example"]\nname = "{name}"\nmemo = "{memo}"')
    for columns in (100, 140):
        _, out, _ = on_terminal("client", "list", columns=columns)
        assert re.search(rf"^{name} +NOBODY \(default\) +no date +{memo}$", out, re.MULTILINE)
    assert "long-name.example" in on_terminal("client", "list", columns=200)[1]


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_long_domain_does_not_hide_the_contacts_of_other_clients(
    columns: int, on_terminal: Callable
) -> None:
    roles = ("primary", "billing", "decision-maker")
    tables = []
    for key in (*(f"client-{number}.example" for number in range(9)), f"{'long-' * 9}name.example"):
        contacts = ", ".join(f'{{ email = "{role}.person@{key}", roles = ["{role}"] }}' for role in roles)
        tables.append(f'[clients."{key}"]\nname = "Called {key[:4]}"\ncontacts = [{contacts}]')
    write_clients(*tables)
    _, out, _ = on_terminal("contacts", columns=columns)
    shown = r"(?:Called clie  )?client-\d\.example +primary\.person +billing\.person +decision-maker\.person"
    assert len(re.findall(rf"^{shown}", out, re.MULTILINE)) == 9
    assert re.search(r"^Called long +(1 contact +1 contact +1 contact|long-.*person)", out, re.MULTILINE)


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_long_product_wraps_in_its_own_column(columns: int, on_terminal: Callable) -> None:
    """Other renewals, and contacts without many roles, keep one line each."""
    long = (
        "Additional paid seats, second contract for the subsidiary, twenty-five seats, billed on one invoice"
    )
    renewals = f'{{ date = 2027-03-01, product = "Sales Hub" }}, {{ date = 2027-02-01, product = "{long}" }}'
    contacts = '{ email = "p@acme.example", roles = ["primary", "billing", "decision-maker"] }'
    contacts += ', { email = "b@acme.example", name = "Berta Alves de Sousa", roles = ["billing"] }'
    write_clients(f'[clients."acme.example"]\nrenewals = [{renewals}]\ncontacts = [{contacts}]')
    out = on_terminal("client", "show", "acme.example", columns=columns)[1].splitlines()
    (first,) = [each for each in out if "Sales Hub" in each]
    assert re.search(r"2027-03-01  deadline \S+  Sales Hub$", first)
    place = first.index("Sales Hub")
    start = next(number for number, each in enumerate(out) if "Additional" in each)
    end = out.index("", start)
    assert " ".join(each[place:] for each in out[start:end]) == long
    assert all(not each[:place].strip() for each in out[start + 1 : end])
    (person,) = [each for each in out if "b@acme.example" in each]
    assert re.search(r"b@acme\.example  Berta Alves de Sousa  billing contact$", person)


def test_unassigned_roles_are_shown(agency: Path, on_terminal: Callable) -> None:
    _, out, _ = on_terminal("client", "show", "escola-do-rio.example")
    assert re.search(r"^Not assigned +decision maker$", out, re.MULTILINE)
    assert "Not assigned" not in on_terminal("client", "show", "joias-aurora.example")[1]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize(
    "argv", [("client", "list"), ("contacts",), ("who", "--all"), ("check",)], ids=" ".join
)
def test_clients_with_the_same_name_are_shown_with_their_domains(
    argv: tuple[str, ...], columns: int, on_terminal: Callable
) -> None:
    """Names are the same if they differ only in case."""
    names = {"one": "Acme", "two": "ACME", "three": "Borges"}
    renewals = "renewals = [{ date = 2027-03-01 }]"
    write_clients(*(f'[clients."{key}.example"]\nname = "{name}"\n{renewals}' for key, name in names.items()))
    _, out, _ = on_terminal(*argv, columns=columns)
    for line in out.splitlines():
        for key in ("one", "two"):
            assert not re.search(rf"\b{names[key]}\b(?! \({key}\.example\))(?! +{key}\.example)", line), line


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_partner_user_takes_one_line(
    columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    users = run("user", "list", "-o", "names").out.split()
    _, out, _ = on_terminal("user", "list", columns=columns)
    head, *lines = out.splitlines()
    assert head.startswith("PARTNER USER")
    assert [each.split()[0] for each in lines] == users


def test_an_explanation_has_whole_addresses_and_no_repetition(agency: Path, on_terminal: Callable) -> None:
    _, out, _ = on_terminal("explain", "padrao-engenharia.example", columns=140)
    assert "(default: ana@agency.example)" in out
    _, out, _ = on_terminal("explain", "startup-jacaranda.example", columns=140)
    assert "Notes         No renewal date is recorded\n" in out
    _, out, _ = on_terminal("explain", "escola-do-rio.example", columns=140)
    assert "Role not assigned: decision maker\n" in out
