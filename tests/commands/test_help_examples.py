"""Every example of the help, on a copy of the sample agency in a git repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from inspect import getdoc
from pathlib import Path

import pytest

from conftest import EXAMPLES, PATIENCE, Ran, arguments_of
from renewctl.cli.app import COMMAND_BODIES, COMMANDS, command_tree
from renewctl.cli.help import Example, read_examples

ALL = [(words, example) for words, examples in read_examples().items() for example in examples]
PROGRAM = '#!/bin/sh\nexec "{python}" -m renewctl "$@"\n'


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the examples and the agency, in which the agency is committed."""
    folder = tmp_path_factory.mktemp("committed")
    shutil.copytree(EXAMPLES, folder / "examples")
    shutil.copyfile(EXAMPLES / "agency.toml", folder / "renewctl.toml")
    git = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@agency.example"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    for words in (["init", "-q"], ["add", "renewctl.toml"], ["commit", "-qm", "The agency"]):
        subprocess.run([*git, *words], cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture
def work(committed: Path, run: Callable) -> Path:
    """Return the current folder, with the agency committed and one change after that."""
    os.environ["RENEWCTL_AS_OF"] = "2026-11-23"
    shutil.copytree(committed, ".", dirs_exist_ok=True)
    assert run("client", "renew", "acai-do-norte.example").status == 0
    return Path.cwd()


def run_in_shell(line: str) -> Ran:
    """Run a line in a shell."""
    program = Path.home() / "bin" / "renewctl"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", "-c", line],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(("words", "example"), ALL, ids=[example.command for _, example in ALL])
def test_an_example_runs(words: str, example: Example, work: Path, run: Callable) -> None:
    if words == "init":
        Path("renewctl.toml").unlink()
    before = Path("renewctl.toml").read_bytes() if Path("renewctl.toml").exists() else b""
    arguments = arguments_of(example.command)
    ran = run_in_shell(example.command) if arguments is None else run(*arguments)
    assert (ran.status, "Traceback" in ran.err) == (example.status, False), ran.err
    assert f"renewctl {words} " in f"{example.command} "
    if "error" in ran.err:
        assert example.status, ran.err
    if " -n" in example.command:
        assert Path("renewctl.toml").read_bytes() == before
    if ">" in example.command:
        assert Path(example.command.split()[-1]).stat().st_size > 0


def test_every_command_has_two_examples() -> None:
    for name in COMMANDS:
        command_tree().build(name)
    assert set(read_examples()) == set(COMMAND_BODIES)
    assert {len(set(examples)) for examples in read_examples().values()} == {2}


@pytest.mark.parametrize("words", read_examples())
def test_the_help_shows_the_examples(words: str, run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    text = run(*words.split(), "--help").out
    for example in read_examples()[words]:
        assert f"\n # {example.comment}\n {example.command}\n" in re.sub(" +\n", "\n", text + "\n")


@pytest.mark.parametrize("words", read_examples())
def test_the_summary_is_one_short_sentence(words: str) -> None:
    command_tree().build(words.partition(" ")[0])
    summary = (getdoc(COMMAND_BODIES[words]) or "").partition("\n\n")[0]
    assert re.fullmatch(r"[A-Z][^;:\n]*\.", summary)
    assert len(summary) <= 60
    assert ". " not in summary


def test_the_comment_of_an_example_is_a_phrase_without_a_full_stop() -> None:
    comments = [example.comment for _, example in ALL]
    assert [text for text in comments if not re.fullmatch(r"[A-Z][^;:]*[^.]", text)] == []
