"""Every example of every help is run, on a copy of the invented agency in a git work tree."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import PATIENCE
from renewctl.cli.app import COMMAND_BODIES, COMMANDS, command_tree
from renewctl.cli.help import Example, read_examples

EXAMPLES = read_examples()
ALL = [(words, example) for words, examples in EXAMPLES.items() for example in examples]
PROGRAM = '#!/bin/sh\nexec "{python}" -m renewctl "$@"\n'


@pytest.fixture
def work(examples: Path, run: Callable) -> Path:
    """Return the current folder: the agency committed, and then a change of its own on record."""
    os.environ["RENEWCTL_AS_OF"] = "2026-11-23"
    shutil.copytree(examples, "examples")
    shutil.copyfile(examples / "agency.toml", "renewctl.toml")
    git = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@agency.example"]
    for words in (["init", "-q"], ["add", "renewctl.toml"], ["commit", "-qm", "The agency"]):
        subprocess.run([*git, *words], check=True)
    assert run("client", "renew", "acai-do-norte.example").status == 0
    return Path.cwd()


def entered(line: str) -> subprocess.CompletedProcess[str]:
    """Enter a line as it stands in a shell."""
    program = Path.home() / "bin" / "renewctl"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", line],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(("words", "example"), ALL, ids=[example.command for _, example in ALL])
def test_it_runs_and_does_what_its_command_does(words: str, example: Example, work: Path) -> None:
    if words == "init":
        Path("renewctl.toml").unlink()
    before = Path("renewctl.toml").read_bytes() if Path("renewctl.toml").exists() else b""
    ran = entered(example.command)
    assert (ran.returncode, "Traceback" in ran.stderr) == (example.status, False), ran.stderr
    assert f"renewctl {words} " in f"{example.command} "
    if "error" in ran.stderr:
        assert example.status, ran.stderr
    if "not written" in example.comment or " -n" in example.command:
        assert Path("renewctl.toml").read_bytes() == before
    if ">" in example.command:
        assert Path(example.command.split()[-1]).stat().st_size > 0


def test_every_command_has_two_of_them() -> None:
    for name in COMMANDS:
        command_tree().build(name)
    assert set(EXAMPLES) == set(COMMAND_BODIES)
    assert {len(set(examples)) for examples in EXAMPLES.values()} == {2}


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_help_shows_them_whole(words: str, run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = run(*words.split(), "--help").out
    for example in EXAMPLES[words]:
        assert f"\n # {example.comment}\n {example.command}\n" in re.sub(" +\n", "\n", text + "\n")


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_help_has_one_imperative_line_and_says_what_stays_as_it_is(words: str) -> None:
    from inspect import getdoc

    command_tree().build(words.partition(" ")[0])
    first, *others = (getdoc(COMMAND_BODIES[words]) or "").split("\n\n")
    assert "\n" not in first
    assert first.endswith(".")
    assert first.count(". ") == 0
    assert others, "what it changes, and what not"
