"""What people see of clients, contacts and decisions: one line each, aligned, and never half an address."""

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
    """Return a store, its domains and all its addresses."""
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


@settings(max_examples=30, suppress_health_check=RESET)
@given(store=stores(), columns=st.sampled_from([*WIDTHS, 40]))
@example(
    store=(
        '[clients."acme.example"]\nmemo = "ask someone.with.a.long.name@mail.acme.example, who may know"',
        {"acme.example"},
        {"someone.with.a.long.name@mail.acme.example"},
    ),
    columns=80,
)
def test_an_address_is_whole_or_not_shown(
    store: tuple[str, set[str], set[str]], columns: int, on_terminal: Callable
) -> None:
    """Law: on every screen, at every width, what has an @ is an address of the store."""
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


@settings(max_examples=30, suppress_health_check=RESET)
@given(store=stores(), columns=st.sampled_from(WIDTHS))
def test_what_is_before_an_at_is_shown_only_beside_its_domain(
    store: tuple[str, set[str], set[str]], columns: int, on_terminal: Callable
) -> None:
    """Law: a contact is named by what is before the @ only in the line of the domain behind it."""
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


@pytest.mark.parametrize("columns", WIDTHS)
def test_sections_of_an_explanation_begin_in_one_column(
    columns: int, agency: Path, run: Callable, on_terminal: Callable
) -> None:
    for client in run("client", "list", "-o", "names").out.split():
        _, out, _ = on_terminal("explain", client, columns=columns)
        # A command that is too long to be pasted from two lines stands on one of its own.
        sections = [each for each in out.partition("\n\n")[2].splitlines() if "    renewctl" not in each]
        labels = [each[:10].strip() for each in sections]
        assert set(labels) <= {"", "Setting", "Notified", "Copied", "Skipped", "Rule", "Notes"}
        assert labels.count("Notified") <= 1
        assert all(each[9:11].strip() == each[10] for each in sections if each[:8].strip())


@pytest.mark.parametrize("argv", [("client", "list"), ("contacts",)], ids=" ".join)
def test_a_table_asked_for_in_a_pipe_is_what_a_terminal_shows(
    argv: tuple[str, ...], agency: Path, run: Callable, on_terminal: Callable
) -> None:
    assert run(*argv, "-o", "table").out.replace(" -o table", "") == on_terminal(*argv)[1]
