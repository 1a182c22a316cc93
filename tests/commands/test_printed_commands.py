"""Printed commands work when pasted: they are quoted, and name the same file."""

import ast
import json
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import renewctl
from renewctl.cli.app import COMMANDS
from renewctl.command_line import command_line, name_store, repeat_command
from renewctl.render.diff import MARKER

STORE = "my 'own' store.toml"
END = r"(?= says why| shows them| has the ids| once more|\?$|; |\n|$)"
COMMAND = re.compile(rf"renewctl (?!has )[a-z].*?{END}")
SOURCE = Path(renewctl.__file__).parent

# The command line, the words and options of the command, and the printed command.
LINES = [
    ([], ("who",), {}, "renewctl who"),
    (["who"], ("client show", "acme.example"), {}, "renewctl client show acme.example"),
    (["who", "--store", "a.toml"], ("who",), {}, "renewctl who --store a.toml"),
    (["who", "--store=a b.toml"], ("who --all",), {}, "renewctl who --all --store 'a b.toml'"),
    (["who", "--store", "-a.toml"], ("who",), {}, "renewctl who --store=-a.toml"),
    (["who", "--store=a.toml", "--store", "b.toml"], ("who",), {}, "renewctl who --store b.toml"),
    (["who", "--store"], ("who",), {}, "renewctl who"),
    (["explain", "--", "--store", "a.toml"], ("who",), {}, "renewctl who"),
    ([], ("user add", "o'brien@x.example"), {}, """renewctl user add 'o'"'"'brien@x.example'"""),
    (["--store=a.toml"], ("user add", "-x", "y"), {}, "renewctl user add --store a.toml -- -x y"),
    ([], ("confirm",), {"contacts": True, "all": False, "date": None}, "renewctl confirm --contacts"),
    ([], ("confirm",), {"product": "", "as_of": "-1d"}, "renewctl confirm --product= --as-of=-1d"),
]


@pytest.mark.parametrize(("line", "words", "options", "printed"), LINES, ids=[line[3] for line in LINES])
def test_a_command_is_printed_ready_to_paste(
    line: list[str], words: tuple[str, ...], options: dict[str, str | bool | None], printed: str
) -> None:
    with name_store(line):
        assert command_line(*words, **options) == printed


@pytest.mark.parametrize(
    ("line", "repeated"),
    [
        (["import", "x.csv"], "renewctl import x.csv --map 'a=B c'"),
        (
            ["import", "my x.csv", "-n", "--store=a b.toml"],
            "renewctl import 'my x.csv' -n '--store=a b.toml' --map 'a=B c'",
        ),
        (["import", "--", "-x.csv"], "renewctl import --map 'a=B c' -- -x.csv"),
        (
            ["import", "o'brien.csv", "--map", "b=$(x)"],
            """renewctl import 'o'"'"'brien.csv' --map 'b=$(x)' --map 'a=B c'""",
        ),
        # A value of the same key is replaced, whatever its spelling.
        (
            ["import", "x.csv", "--map", "a=", "--map=b=a=x", "--map= A =x", "-n"],
            "renewctl import x.csv --map=b=a=x -n --map 'a=B c'",
        ),
        (["import", "--map", "a=x", "--", "--map=a=y"], "renewctl import --map 'a=B c' -- --map=a=y"),
        (["import", "x.csv", "--note", "a=x"], "renewctl import x.csv --note a=x --map 'a=B c'"),
    ],
)
def test_the_command_of_a_run_can_be_repeated_with_more_options(line: list[str], repeated: str) -> None:
    with name_store(line):
        assert repeat_command(map="a=B c") == repeated


def test_commands_are_printed_only_by_the_function_for_them() -> None:
    """Exceptions are help, completion, the demo and a few commands in prose."""
    apart = {"app.py", "completion.py", "demo.py", "overview.py", "help_pages.py", "suggestions.py"}
    prose = {"renewctl demo", "renewctl schema", "renewctl diff OLD", "renewctl import", "renewctl who"}
    command = re.compile(rf"renewctl (?:{'|'.join(COMMANDS)})\b(?: [A-Z]+\b)?")
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and id(node) not in docstrings and path.name not in apart and node.value != MARKER:
                assert {*command.findall(node.value)} <= prose, (path, node.lineno)


@pytest.fixture
def named(small: Path) -> Path:
    """Return the small file under a name that must be quoted in a shell."""
    small.rename(STORE)
    return Path(STORE)


WRONG = [
    ("explain", "acm.example"),  # only the client is printed
    ("explain", "nothing like it"),
    ("explain", "who@agency.example"),
    ("explain", "rui"),
    ("client", "add", "acme.example"),
    ("client", "remove-renewal", "borges.example", "--product", "Sales Hub"),
    ("client", "unassign", "acme.example", "billing", "nobody@acme.example"),
    ("user", "add", "rui@agency.example"),
    ("user", "remove", "rui"),
    ("user", "set", "o'brien@agency.example", "--name", "O"),
    ("undo", "zzz"),
    ("who", "--expect", "rui@agency.example"),
    ("override",),
    ("clear-override",),
    ("confirm",),
    ("client", "remove"),
    ("list",),
    ("init",),
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_commands_in_hints_name_the_file_of_the_run(
    words: tuple[str, ...], named: Path, run: Callable
) -> None:
    run("client", "set", "acme.example", "--name", "Acme", "--store", STORE)
    ran = run(*words, "--store", STORE)
    assert ran.status in {1, 2, 4}, ran
    for command in COMMAND.findall(ran.err.partition("help: ")[2]):
        if not command.endswith("--help"):
            assert shlex.split(command)[-2:] == ["--store", STORE], command


def test_commands_below_an_answer_name_the_file_of_the_run(
    named: Path, run: Callable, on_terminal: Callable
) -> None:
    answers = [
        run("client", "add", "4412345", "--store", STORE).out,
        run("undo", "--store", STORE).out,
        run("client", "remove", "acme.example", "--store", STORE, "-n").out,
        on_terminal("todo", "--store", STORE, columns=200)[1],
        run("who", "--all", "--store", STORE).out,
        run("init", "--store", "another 'one'.toml").out,
    ]
    commands = [each.rstrip() for answer in answers for each in COMMAND.findall(answer)]
    assert len(commands) > 8
    for command in commands:
        line = re.sub("  .*", "", command)  # todo prints the purpose after each command
        assert shlex.split(line)[-2] == "--store", command
    tasks = json.loads(run("todo", "--store", STORE, "-o", "json").out)["items"]
    assert all(shlex.split(task["done"])[-2:] == ["--store", STORE] for task in tasks)


def test_the_hint_for_a_missing_file_creates_it(run: Callable) -> None:
    for words in (["who"], ["where"]):
        ran = run(*words, "--store", STORE)
        (command,) = COMMAND.findall(ran.err + ran.out)
        assert run(*shlex.split(command)[1:]).status == 0
        Path(STORE).unlink()


def test_the_hint_for_a_missing_file_in_the_environment_creates_it(run: Callable) -> None:
    os.environ["RENEWCTL_STORE"] = STORE
    (command,) = COMMAND.findall(run("who").err)
    assert run(*shlex.split(command)[1:]).status == 0
    assert Path(STORE).exists()


def test_commands_of_other_programs_are_quoted(named: Path, run: Callable) -> None:
    """A file name with quotes and spaces must reach the other program unchanged."""
    named.chmod(0o444)
    ran = run("client", "set", "acme.example", "--name", "A", "--store", STORE)
    (command,) = re.findall("help: .*(chmod .*)", ran.err)
    assert shlex.split(command) == ["chmod", "u+w", str(named.absolute())]


@pytest.fixture
def unready(run: Callable) -> str:
    """Return the name of a file with many findings and tasks."""
    name = "a store of the agency in the north and of the one in the south.toml"
    Path(name).write_text(
        """
version = 1
[defaults]
owner = "hubspot"
notify = "gone@agency.example"
[clients."a-client-with-a-long-domain.example"]
renewals = [{ date = 2025-01-31, product = "Marketing Hub Professional" }]
[clients."a-client-with-a-long-domain.example".override]
owner = "partner"
[clients."borges.example"]
contacts = [{ email = "a-contact@borges.example", roles = ["billing"] }]
[clients."undated.example"]
""",
        "utf-8",
    )
    return name


PRINTING = [
    ("check",),
    ("todo",),
    ("who", "--all"),
    ("who", "--all", "--by", "recipient"),
    ("who", "--expect", "rui@agency.example"),
    ("client", "add", "borges.example"),
    ("client", "add", "4412345", "-n"),
    ("user", "add", "a-user-with-a-name@agency.example"),
    ("override", "borges.example", "--owner", "partner", "--notify", "a-user@agency.example"),
    ("confirm", "a-client-with-a-long-domain.example"),
]


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 160])
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_no_command_is_broken_across_lines(
    words: tuple[str, ...], columns: int, unready: str, run: Callable, on_terminal: Callable
) -> None:
    """Half a command is a valid command for another file."""
    run("user", "add", "a-user-with-a-name@agency.example", "--store", unready)
    _, out, err = on_terminal(*words, "--store", unready, columns=columns)
    lines = (out + err).splitlines()
    end = f" --store {shlex.quote(unready)}"
    commands = [line for line in lines if "renewctl " in line]
    assert commands
    for line in commands:
        assert line.count("renewctl ") == line.count(end), line
    for line in lines:
        assert len(line) <= columns or line.strip().startswith("renewctl "), line
