"""What people mistype, and type for something else: one error, one hint, exit status 2."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from renewctl.cli.app import command_tree
from renewctl.domain.check import CODES
from renewctl.package_data import read_texts
from renewctl.render.result import Output

FORMS = ", ".join(repr(str(each)) for each in Output)

pytestmark = pytest.mark.usefixtures("small")

SYNONYMS = read_texts("synonyms")

MEANT = [
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
    # a word that is none of renewctl's
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
    # a command of the whole in a group, a client or an address for a command, a file for a format
    ("client override acme.example", "renewctl override"),
    ("acme.example", "renewctl explain acme.example"),
    ("client acme.example", "renewctl client show acme.example"),
    ("ana@agency.example", "renewctl who --recipient ana@agency.example"),
    ("who -o report.csv", "-o csv > report.csv"),
    ("who -o report.xlsx", "-o xlsx > report.xlsx"),
    ("who -o $(id).csv", "-o csv > FILE.csv"),
    ("export -o roster.csv", "renewctl export roster.csv"),
    ("calendar -o x.ics", "renewctl calendar > x.ics"),
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


@pytest.mark.parametrize(("typed", "line"), MEANT)
def test_a_mistake_is_answered_with_what_is_meant(typed: str, line: str, run: Callable) -> None:
    ran = run(*typed.split())
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"error: .+\nhelp: (.+)\n", ran.err)[1] == f"did you mean {line}?"


ERRORS = [
    ("xyzzy", "unknown command 'xyzzy'", "renewctl --help lists the commands"),
    ("client xyzzy", "unknown command 'xyzzy'", "renewctl client --help lists the commands"),
    ("$(id).example", "unknown command '$(id).example'", "renewctl --help lists the commands"),
    ("it's", "unknown command 'it's'", "renewctl --help lists the commands"),
    ("'", "unknown command '''", "renewctl --help lists the commands"),
    ("user acme.example", "unknown command 'acme.example'", "renewctl user --help lists the commands"),
    ("help xyzzy", "there is no help on 'xyzzy'", "renewctl help lists the pages"),
    ("--bogus", "unknown option --bogus", "renewctl --help lists the commands"),
    ("who --bogus", "unknown option --bogus", "renewctl who --help lists the options"),
    ("user set ana --email a@b.io", "unknown option --email", "renewctl user set --help lists the options"),
    ("who --dry-run", "unknown option --dry-run", "renewctl who changes nothing, so it has no --dry-run"),
    ("--store x who", "unknown option --store", "options stand after the command: renewctl COMMAND --store"),
    (
        "client --as-of today list",
        "unknown option --as-of",
        "options stand after the command: renewctl client COMMAND --as-of",
    ),
    ("explain", "missing argument 'CLIENT'", "write renewctl explain CLIENT"),
    ("user replace ana", "missing argument 'NEW'", "write renewctl user replace OLD NEW"),
    ("explain a b", "unexpected argument 'b'", "renewctl explain --help lists the options"),
    ("explain a b c", "unexpected argument 'b c'", "renewctl explain --help lists the options"),
    ("who --within", "option '--within' requires an argument", "renewctl who --help lists the options"),
    ("who --all=3", "option '--all' does not take a value", "renewctl who --help lists the options"),
    (
        "import a.csv --date-format ymd",
        "invalid value for '--date-format': 'ymd' is not one of 'dmy', 'mdy'",
        "renewctl import --help lists the options",
    ),
    (
        "who -o x.pdf",
        f"invalid value for '-o' / '--output': 'x.pdf' is not one of {FORMS}",
        "renewctl who --help lists the options",
    ),
    (
        "override acme.example --owner=hubspot --owner partner --notify ana",
        "--owner can be given only once",
        "renewctl override --help lists the options",
    ),
    (
        "client add new.example --renewal 2027-01-01 --product A --renewal 2027-02-01 --product B",
        "--renewal can be given only once",
        "a second one: renewctl client set-renewal CLIENT DATE --product NAME",
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
def test_what_can_be_given_twice(typed: str, run: Callable) -> None:
    """Options that take several values, those of a reading, and those that a later one overrules."""
    assert run(*typed.split()).status == 0


def test_help_on_an_option_is_the_help_of_its_command(run: Callable) -> None:
    assert run("help", "override", "--owner").out == run("override", "--help").out != ""


def test_a_mistake_is_one_object_under_json(run: Callable) -> None:
    ran = run("client", "lst", "-o", "json")
    error = json.loads(ran.err)
    assert (ran.status, error["schema"], error["code"]) == (2, "renewctl.error/1", "usage")
    assert error["message"] == "unknown command 'lst'"
    assert error["hint"] == "did you mean renewctl client list?"


def lines() -> list[str]:
    """Return every command line that the table of synonyms answers with."""
    found = [
        " ".join(filter(None, (group.removeprefix("renewctl"), line)))
        for group, table in SYNONYMS.items()
        if group not in {"options", "codes"}
        for line in table.values()
    ]
    return sorted(set(found))


@pytest.mark.parametrize("line", lines())
def test_each_line_of_the_table_can_be_parsed(line: str) -> None:
    words = line.split()
    command = command_tree()
    while words and words[0] in getattr(command, "commands", ()):
        command = command.build(words.pop(0))
    assert words == ["--version"] or not hasattr(command, "commands"), "it names no command"
    examples = {"DATE": "2027-03-01", "ROLE": "primary"}
    command.make_context(line, [examples.get(word, word) for word in words])


def test_each_option_of_the_table_is_one_that_some_command_has_under_another_name() -> None:
    for word, line in SYNONYMS["options"].items():
        assert any(line.split()[0] in known and word not in known for known in options()), word


def options() -> Iterator[list[str]]:
    """Yield the options of each command, and those of the whole."""
    commands = [command_tree()]
    for command in commands:
        commands += [command.build(name) for name in getattr(command, "commands", ())]
        yield [name for parameter in command.params for name in parameter.opts]


def test_the_table_is_short_and_no_word_of_it_is_a_command() -> None:
    assert sum(map(len, SYNONYMS.values())) <= 60
    for group in set(SYNONYMS) - {"options", "codes"}:
        tree = command_tree() if group == "renewctl" else command_tree().build(group)
        assert set(SYNONYMS[group]).isdisjoint(tree.commands)


def test_each_code_of_the_table_has_another_name_now() -> None:
    assert set(SYNONYMS["codes"]).isdisjoint(CODES)
    assert set(SYNONYMS["codes"].values()) <= set(CODES)
