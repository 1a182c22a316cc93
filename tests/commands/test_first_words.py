"""What people type first, and mistype: answered with the line that they mean, and exit status 2."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from renewctl.cli import synonyms
from renewctl.cli.registry import COMMANDS, command_tree

pytestmark = pytest.mark.usefixtures("small")

WORDS = [
    # what the issue names
    ("report", "renewctl who"),
    ("upcoming 30d", "renewctl who"),
    ("default --owner hubspot", "renewctl set-default"),
    ("reset acme.example", "renewctl clear-override CLIENT"),
    ("unset acme.example", "renewctl clear-override CLIENT"),
    ("override --list", "renewctl client list --overridden"),
    ("override acme.example --owner default", "renewctl clear-override CLIENT"),
    ("calendar -o x.ics", "renewctl calendar > x.ics"),
    # a word instead of a command
    ("ls", "renewctl client list"),
    ("list", "renewctl client list"),
    ("show acme.example", "renewctl client show CLIENT"),
    ("add acme.example", "renewctl client add DOMAIN"),
    ("delete acme.example", "renewctl client remove CLIENT"),
    ("rm acme.example", "renewctl client remove CLIENT"),
    ("status", "renewctl check"),
    ("validate", "renewctl check"),
    ("notify acme.example", "renewctl who"),
    ("owner", "renewctl set-default"),
    ("remind", "renewctl calendar --remind 30d"),
    ("whois acme.example", "renewctl who"),
    ("WHY acme.example", "renewctl explain CLIENT"),
    ("deadlines", "renewctl who --deadline-within 30d"),
    ("overrides", "renewctl client list --overridden"),
    ("users", "renewctl user list"),
    ("assign acme.example primary a@b.io", "renewctl client assign CLIENT ROLE EMAIL"),
    ("renew acme.example", "renewctl client renewed CLIENT"),
    ("log", "renewctl history"),
    ("revert", "renewctl undo"),
    ("backup", "renewctl export FILE"),
    ("sync", "renewctl todo"),
    ("login", "renewctl todo"),
    ("create", "renewctl init"),
    ("config", "renewctl where"),
    ("exit-codes", "renewctl help exit-codes"),
    ("version", "renewctl --version"),
    ("acme.example", "renewctl explain acme.example"),
    ("ana@agency.example", "renewctl who --recipient ana@agency.example"),
    # in a group
    ("client ls", "renewctl client list"),
    ("client delete acme.example", "renewctl client remove"),
    ("client edit acme.example", "renewctl client set"),
    ("client override acme.example", "renewctl override"),
    ("client who", "renewctl who"),
    ("user rm ana", "renewctl user remove"),
    ("user deactivate ana", "renewctl user set USER --inactive"),
    # mistyped
    ("whoo", "renewctl who"),
    ("exlpain acme.example", "renewctl explain"),
    ("client lst", "renewctl client list"),
    ("who --withn 30d", "--within"),
    ("who --deadline 30d", "--deadline-within"),
    ("check --ignor vacant-role", "--ignore"),
    ("override acme.example --owner partnr --notify ana", "partner"),
    ("client assign acme.example prim a@b.io", "primary"),
    ("completion bahs", "bash"),
    ("who -o jsn", "json"),
    ("help exit", "renewctl help exit-codes"),
    ("help whoo", "renewctl help who"),
    ("help report", "renewctl who"),
    ("help client ad", "renewctl client add"),
    # an option of another program
    ("-v", "renewctl --version"),
    ("who --json", "--output json"),
    ("who --format csv", "--output"),
    ("who --file x.toml", "--store"),
    ("who --today 2026-11-23", "--as-of"),
    ("who --days 30", "renewctl who --within 30d"),
    ("who --owner partner", "renewctl client list --owner hubspot"),
    ("override acme.example --owner partner --user ana", "--notify"),
    ("override acme.example --reset", "renewctl clear-override CLIENT"),
    ("clear-override --all --force", "--yes"),
    ("set-default --show", "renewctl set-default"),
    ("set-default --owner partner --notify ana --reason x", "--note"),
    ("calendar --out x.ics", "renewctl calendar > renewals.ics"),
    ("who --next 60d", "renewctl who --within 30d"),
    ("who --until 2027-02-01", "--to"),
    ("who --since 2027-02-01", "--from"),
    ("who --month 2027-01", "renewctl who --from 2027-01 --to 2027-01"),
    ("who --client acme.example", "renewctl who CLIENT"),
    ("who --user ana", "renewctl who --recipient ADDRESS"),
    ("who --nobody", "renewctl check"),
    ("override --file o.csv", "renewctl override --from FILE"),
    ("override --csv o.csv", "renewctl override --from FILE"),
    ("override acme.example --partner ana", "renewctl override CLIENT --owner partner --notify USER"),
    ("export --csv", "renewctl export FILE.csv"),
    ("client add new.example --owner partner", "renewctl override CLIENT --owner partner --notify USER"),
    ("client add new.example --contact a@b.io", "renewctl client add DOMAIN --primary ADDRESS"),
    ("client add new.example --date 2027-01-01", "renewctl client add DOMAIN --renewal DATE"),
    ("client set acme.example --billing a@b.io", "renewctl client assign CLIENT ROLE EMAIL"),
    ("client set acme.example --domain new.example", "renewctl client rename CLIENT DOMAIN"),
    ("client set acme.example --renewal 2027-01-01", "renewctl client set-renewal CLIENT DATE"),
    ("client set-renewal acme.example --date 2027-01-01", "renewctl client set-renewal CLIENT DATE"),
    ("client add-renewal acme.example 2027-01-01", "renewctl client set-renewal"),
    ("client acme.example", "renewctl client show acme.example"),
    ("client assign acme.example dm a@b.io", "renewctl client assign CLIENT decision-maker EMAIL"),
    ("client assign acme.example a@b.io billing", "renewctl client assign CLIENT ROLE ADDRESS"),
    ("user set ana --email a@b.io", "renewctl user replace OLD NEW"),
    ("done acme.example --date 2026-11-01", "renewctl done CLIENT --on DATE"),
    ("client renewed acme.example --date 2028-01-12", "renewctl client set-renewal CLIENT DATE"),
    ("undo --list", "renewctl history"),
    ("tutorial", "renewctl demo"),
    # a value without its option, or of another kind
    ("set-default partner", "--owner partner"),
    ("check json", "--output json"),
    ("explain acme.example paula@acme.example", "renewctl who --recipient paula@acme.example"),
    ("set-default ana@agency.example", "--notify ana@agency.example"),
    ("who -o report.csv", "-o csv > report.csv"),
    ("export -o roster.csv", "renewctl export roster.csv"),
    ("client list --owner default", "renewctl client list --following"),
]


@pytest.mark.parametrize(("typed", "line"), WORDS, ids=[typed for typed, _ in WORDS])
def test_it_is_answered_with_what_is_meant(typed: str, line: str, run: Callable) -> None:
    before = Path("renewctl.toml").read_bytes()
    ran = run(*typed.split())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert f"\nhelp: did you mean {line}? " in ran.err
    assert ran.err.endswith((" shows what can be said\n", " lists the commands\n", " lists the pages\n"))
    assert Path("renewctl.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("--store x.toml who", "--store stands after the command; renewctl --help shows what can be said"),
        ("client --as-of today list", "--as-of stands after the command; renewctl client --help shows"),
        ("who --dry-run", "renewctl who changes nothing, so it has no --dry-run; renewctl who --help shows"),
        ("--bogus", "renewctl --help shows what can be said"),
        ("who --bogus", "renewctl who --help shows what can be said"),
        ("who -o xml", "renewctl who --help shows what can be said"),
        ("who -o x.pdf", "renewctl who --help shows what can be said"),
        ("import a.csv --date-format ymd", "renewctl import --help shows what can be said"),
        ("xyzzy", "renewctl --help lists the commands"),
        ("client xyzzy", "renewctl client --help lists the commands"),
        ("$(id).example", "renewctl --help lists the commands"),
        ("help xyzzy", "renewctl help lists the pages"),
        ("user add a@b.io c@d.io", "renewctl user add --help shows what can be said"),
        ("explain acme.example b", "renewctl explain --help shows what can be said"),
    ],
)
def test_what_nothing_is_like_is_answered_with_where_to_look(typed: str, hint: str, run: Callable) -> None:
    ran = run(*typed.split())
    assert (ran.status, ran.out) == (2, "")
    assert f"\nhelp: {hint}" in ran.err


@pytest.mark.parametrize(
    ("typed", "error", "hint"),
    [
        (
            "client add new.example --renewal 2027-01-01 --product A --renewal 2027-02-01 --product B",
            "--renewal is said 2 times, and takes one value",
            "a second one: renewctl client set-renewal CLIENT DATE --product NAME",
        ),
        (
            "override acme.example --owner=hubspot --owner partner --notify ana",
            "--owner is said 2 times, and takes one value",
            "renewctl override --help shows what can be said",
        ),
    ],
)
def test_an_option_of_a_change_is_not_said_twice(typed: str, error: str, hint: str, run: Callable) -> None:
    """The first value would be lost in silence."""
    before = Path("renewctl.toml").read_bytes()
    ran = run(*typed.split())
    assert (ran.status, ran.err) == (2, f"error: {error}\nhelp: {hint}\n")
    assert Path("renewctl.toml").read_bytes() == before


@pytest.mark.parametrize(
    "typed",
    [
        "client add new.example --billing a@b.io --billing c@d.io",
        "who --within 30d --within 60d",
        "override acme.example --owner hubspot --store none.toml --store renewctl.toml -n --dry-run",
        "client set acme.example --name --hub-id --hub-id 5",
    ],
)
def test_what_may_be_said_twice(typed: str, run: Callable) -> None:
    """Options that take several values, those of a reading, and those that a later one overrules."""
    assert run(*typed.split()).status == 0


def test_help_on_an_option_is_the_help_of_its_command(run: Callable) -> None:
    assert run("help", "override", "--owner").out == run("override", "--help").out != ""


def test_it_is_one_object_under_json(run: Callable) -> None:
    ran = run("override", "--list", "-o", "json")
    error = json.loads(ran.err)
    assert (ran.status, error["schema"], error["code"]) == (2, "renewctl.error/1", "usage")
    assert error["message"] == "No such option: --list"
    assert error["hint"].startswith("did you mean renewctl client list --overridden? ")


def meanings() -> list[str]:
    """Return every command line that the tables answer with."""
    members = [f"{group} {line}" for group, lines in synonyms.MEMBERS.items() for line in lines]
    files = [line.format(file="x") for line in synonyms.FILES.values()]
    return [*synonyms.WORDS, *members, *synonyms.OPTIONS.values(), *synonyms.VALUES.values(), *files]


@pytest.mark.parametrize("line", sorted(set(meanings())))
def test_each_line_that_is_proposed_exists(line: str) -> None:
    words = line.partition(" > ")[0].split()
    command = command_tree()
    while words and words[0] in getattr(command, "commands", ()):
        command = command.build(words.pop(0))
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options
    plain = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("--")]
    assert "commands" not in vars(command) or not plain, f"{plain} is no command"


def test_no_word_of_the_tables_is_a_command_or_stands_twice() -> None:
    for group, table in {"": synonyms.WORDS, **synonyms.MEMBERS}.items():
        words = [word for line in table.values() for word in line.split()]
        tree = command_tree().build(group) if group else command_tree()
        assert len(set(words)) == len(words)
        assert set(words).isdisjoint(tree.commands)
    assert set(synonyms.MEMBERS) == {
        name for name in COMMANDS if hasattr(command_tree().build(name), "commands")
    }
