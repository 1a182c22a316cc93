"""Output formats that few commands have: the others refuse them before they do anything."""

import shlex
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest

from conftest import OF_ONE_COMMAND, digests
from renewctl.cli.app import COMMAND_BODIES, command_tree
from renewctl.cli.help import read_examples
from renewctl.render.result import Output

EXAMPLES = read_examples()
HAVE = {"who": {"html", "eml"}, "check": {"github"}}
LACKING = [(words, form) for words in EXAMPLES for form in sorted(OF_ONE_COMMAND - HAVE.get(words, set()))]
SHELL = {"|", ">", "<", "&&", ";"}


def example(words: str) -> list[str]:
    """Return the arguments of the command's first example without an output format."""
    lines = [shlex.split(each.command) for each in EXAMPLES[words]]
    calls = [
        [*takewhile(lambda word: word not in SHELL, line)][1:] for line in lines if line[0] == "renewctl"
    ]
    return next(call for call in calls if call[: words.count(" ") + 1] == words.split() and "-o" not in call)


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(("words", "form"), LACKING)
def test_a_format_that_a_command_lacks_is_refused_first(words: str, form: str, run: Callable) -> None:
    argv = example(words)
    end = argv.index("--") if "--" in argv else len(argv)
    before = digests(Path())
    ran = run(*argv[:end], "-o", form, *argv[end:])
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert form in ran.err
    assert digests(Path()) == before


def test_every_command_is_covered() -> None:
    tree = command_tree()
    found = {name: tree.build(name) for name in tree.commands}
    members = {f"{name} {each}" for name, group in found.items() for each in getattr(group, "commands", ())}
    assert {name for name, each in found.items() if not hasattr(each, "commands")} | members == {*EXAMPLES}
    assert {*EXAMPLES} <= {*COMMAND_BODIES}


@pytest.mark.parametrize("argv", ["client remove acme.example", "export new.json", "init --store new.toml"])
@pytest.mark.parametrize("form", sorted(OF_ONE_COMMAND))
def test_a_refused_format_writes_nothing(argv: str, form: str, small: Path, run: Callable) -> None:
    before = digests(Path())
    assert run(*argv.split(), "-o", form).status == 2
    assert digests(Path()) == before


@pytest.mark.parametrize("words", ["who", "check", "override", "client list"])
def test_completion_offers_the_formats_of_the_command(words: str, offered: Callable) -> None:
    forms = {*Output} - OF_ONE_COMMAND | HAVE.get(words, set())
    assert set(offered(f"renewctl {words} -o ")) == forms
