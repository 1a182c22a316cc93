"""Mistyped and old names: one error, one hint, exit status 2."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renewctl.cli.app import command_tree
from renewctl.domain.check import CODES
from renewctl.package_data import read_texts

pytestmark = pytest.mark.usefixtures("small")

SYNONYMS = read_texts("synonyms")

SUGGESTIONS = [
    # mistyped
    ("whoo", "renewctl who"),
    ("exlpain acme.example", "renewctl explain"),
    ("client lst", "renewctl client list"),
    ("help whoo", "renewctl help who"),
    ("help client ad", "renewctl client add"),
    ("who --withn 30d", "--within"),
    ("who --deadline 30d", "--deadline-within"),
    ("override acme.example --owner partnr --notify ana", "partner"),
    ("client assign acme.example prim a@b.io", "primary"),
    ("who -o jsn", "json"),
    # a synonym
    ("report", "renewctl who"),
    ("WHY acme.example", "renewctl explain CLIENT"),
    ("help report", "renewctl who"),
    ("client rm acme.example", "renewctl client remove CLIENT"),
    ("client new acme.example", "renewctl client add DOMAIN"),
    ("user deactivate ana", "renewctl user set USER --inactive"),
    ("-v", "--version"),
    ("who --json", "--output json"),
    ("override acme.example --owner partner --user ana", "--notify"),
    ("client list --notify ana", "--user"),
    ("who --notify ana", "--user"),
    ("who --code no-recipien", "no-recipient"),
    # a command in a wrong group; a client or an address instead of a command; a file instead of a format
    ("client override acme.example", "renewctl override"),
    ("acme.example", "renewctl explain acme.example"),
    ("client acme.example", "renewctl client show acme.example"),
    ("ana@agency.example", "renewctl who --recipient ana@agency.example"),
    ("who -o report.csv", "--out report.csv"),
    ("who -o report.xlsx", "--out report.xlsx"),
    ("who -o $(id).csv", "--out FILE.csv"),
    ("export -o roster.csv", "renewctl export roster.csv"),
    ("calendar -o x.ics", "--out x.ics"),
    ("undo -o change.json", "-o json"),
    # a name of 0.1
    ("done --all", "renewctl confirm"),
    ("help done", "renewctl confirm"),
    ("client renewed acme.example", "renewctl client renew"),
    ("client drop-renewal acme.example", "renewctl client remove-renewal CLIENT"),
    ("confirm acme.example --on today", "--date"),
    ("confirm acme.example --as-override", "--entered-as-override"),
    ("override --from list.csv", "--from-file"),
    ("clear-override --redundant", "--matching-default"),
    ("import a.csv --partial", "--skip-invalid"),
    ("check --format-github", "-o github"),
    ("check --explain One-Person", "single-contact"),
    ("who --code not-in-hubspot", "differs-from-hubspot"),
    ("who --code pinned-same-as-default", "override-matches-default"),
    ("check --ignore not-in-hubspot", "differs-from-hubspot"),
    ("check --ignore pinned-same-as-default", "override-matches-default"),
    ("check --ignore copy-not-assured", "copy-uncertain"),
    ("check --ignore one-person", "single-contact"),
    ("check --ignore several-holders", "duplicate-role"),
    ("check --ignore foreign-address", "outside-domains"),
    ("check --ignore unusual-spelling", "nonstandard-spelling"),
]


@pytest.mark.parametrize(("typed", "line"), SUGGESTIONS)
def test_a_mistake_is_answered_with_a_suggestion(typed: str, line: str, run: Callable) -> None:
    ran = run(*typed.split())
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"error: .+\nhelp: (.+)\n", ran.err)[1] == f"did you mean {line}?"


ERRORS = [
    ("xyzzy", "unknown command 'xyzzy'", "see renewctl --help"),
    ("client xyzzy", "unknown command 'xyzzy'", "see renewctl client --help"),
    ("$(id).example", "unknown command '$(id).example'", "see renewctl --help"),
    ("it's", "unknown command 'it's'", "see renewctl --help"),
    ("'", "unknown command '''", "see renewctl --help"),
    ("user acme.example", "unknown command 'acme.example'", "see renewctl user --help"),
    ("help xyzzy", "no help for 'xyzzy'", "list the topics: renewctl help"),
    ("--bogus", "unknown option --bogus", "see renewctl --help"),
    ("who --bogus", "unknown option --bogus", "see renewctl who --help"),
    ("user set ana --email a@b.io", "unknown option --email", "see renewctl user set --help"),
    ("who --dry-run", "unknown option --dry-run", "remove --dry-run, because renewctl who makes no changes"),
    ("--store x who", "unknown option --store", "put options after the command: renewctl COMMAND --store"),
    (
        "client --as-of today list",
        "unknown option --as-of",
        "put options after the command: renewctl client COMMAND --as-of",
    ),
    ("explain", "missing CLIENT", "run renewctl explain CLIENT"),
    ("user replace ana", "missing NEW", "run renewctl user replace OLD NEW"),
    ("explain a b", "unexpected argument 'b'", "see renewctl explain --help"),
    ("explain a b c", "unexpected argument 'b c'", "see renewctl explain --help"),
    ("who --within", "--within requires a value", "see renewctl who --help"),
    ("who --all=3", "--all does not take a value", "see renewctl who --help"),
    (
        "import a.csv --date-format ymd",
        "'ymd' is not a valid value for --date-format",
        "use dmy or mdy",
    ),
    (
        "who -o x.pdf",
        "'x.pdf' is not a valid value for --output",
        "see renewctl who --help",
    ),
    (
        "client assign acme.example boss a@b.io",
        "'boss' is not a valid ROLE",
        "use primary, billing or decision-maker",
    ),
    ("history --limit 0", "--limit: 0 is less than 1", "see renewctl history --help"),
    ("history --limit x", "--limit: 'x' is not a number", "see renewctl history --help"),
    (
        "set-default --lock-timeout x",
        "--lock-timeout: 'x' is not a number",
        "see renewctl set-default --help",
    ),
    ("--version who", "--version can't be used together with a command", "run renewctl --version"),
    (
        "override acme.example --owner=hubspot --owner partner --notify ana",
        "--owner can be given only once",
        "see renewctl override --help",
    ),
    (
        "client add new.example --renewal 2027-01-01 --product A --renewal 2027-02-01 --product B",
        "--renewal can be given only once",
        "add another renewal with: renewctl client set-renewal CLIENT DATE --product NAME",
    ),
]


@pytest.mark.parametrize(("typed", "error", "hint"), ERRORS)
def test_a_mistake_has_one_error_and_one_hint(typed: str, error: str, hint: str, run: Callable) -> None:
    before = Path("renewctl.toml").read_bytes()
    assert run(*typed.split()) == (2, "", f"error: {error}\nhelp: {hint}\n")
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
def test_some_options_can_be_given_twice(typed: str, run: Callable) -> None:
    """Options with several values, options of reports, and common options can."""
    assert run(*typed.split()).status == 0


def test_help_for_an_option_is_the_help_of_its_command(run: Callable) -> None:
    assert run("help", "override", "--owner").out == run("override", "--help").out != ""


def test_a_mistake_is_one_object_under_json(run: Callable) -> None:
    ran = run("client", "lst", "-o", "json")
    error = json.loads(ran.err)
    assert (ran.status, error["schema"], error["code"]) == (2, "renewctl.error/1", "usage")
    assert error["message"] == "unknown command 'lst'"
    assert error["hint"] == "did you mean renewctl client list?"


def lines() -> list[str]:
    """Return every command line in the table of synonyms."""
    found = [
        " ".join(filter(None, (group.removeprefix("renewctl"), line)))
        for group, table in SYNONYMS.items()
        if group not in {"options", "codes"}
        for line in table.values()
    ]
    return sorted(set(found))


@pytest.mark.parametrize("line", lines())
def test_each_line_of_the_table_is_a_valid_command_line(line: str) -> None:
    words = line.split()
    command = command_tree()
    while words and words[0] in getattr(command, "commands", ()):
        command = command.build(words.pop(0))
    assert words == ["--version"] or not hasattr(command, "commands"), "it does not name a command"
    examples = {"DATE": "2027-03-01", "ROLE": "primary"}
    command.make_context(line, [examples.get(word, word) for word in words])


def test_some_command_has_each_option_of_the_table_under_another_name() -> None:
    for word, line in SYNONYMS["options"].items():
        assert any(line.split()[0] in known and word not in known for known in options()), word


def options() -> Iterator[list[str]]:
    """Yield the options of each command and of the tree."""
    commands = [command_tree()]
    for command in commands:
        commands += [command.build(name) for name in getattr(command, "commands", ())]
        yield [name for parameter in command.params for name in parameter.opts]


def test_the_table_is_short_and_has_no_commands_as_synonyms() -> None:
    assert sum(map(len, SYNONYMS.values())) <= 60
    for group in set(SYNONYMS) - {"options", "codes"}:
        tree = command_tree() if group == "renewctl" else command_tree().build(group)
        assert set(SYNONYMS[group]).isdisjoint(tree.commands)


def test_each_old_code_of_the_table_has_a_new_name() -> None:
    assert set(SYNONYMS["codes"]).isdisjoint(CODES)
    assert set(SYNONYMS["codes"].values()) <= set(CODES)
