"""Help of every command, and the width, color and content of terminal output."""

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE
from renewctl.cli.app import COMMAND_BODIES, command_tree
from renewctl.cli.app import COMMANDS as KNOWN
from terminals import end_on_terminal, start_renewctl

COMMON = {"--store", "--output", "-o", "--as-of", "--quiet", "-q", "--help", "-h"}
CHANGING = {"--dry-run", "-n", "--yes", "-y", "--lock-timeout"}


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command and group of the tree, with its name."""
    yield path, command
    for name in getattr(command, "commands", ()):
        yield from tree(command.build(name), (*path, name))


TREE = dict(tree(command_tree()))
GROUPS = {path for path, command in TREE.items() if hasattr(command, "commands")}
COMMANDS = {" ".join(path): command for path, command in TREE.items() if path not in GROUPS}


def options_of(command: Any) -> dict[str, str]:
    return {
        name: getattr(parameter, "help", None) or ""
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("-")
    }


def test_the_tree_contains_every_declared_command() -> None:
    assert {" ".join(path) for path in TREE} - {"", *KNOWN} == {
        name for name in COMMAND_BODIES if " " in name
    }
    assert {name.split()[0] for name in COMMAND_BODIES} == set(KNOWN)


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_a_group_lists_a_command_with_what_its_own_help_begins_with(path: tuple[str, ...]) -> None:
    """A command is listed before it is imported, so the code has its summary twice."""
    for name, listed in getattr(TREE[path], "commands", {}).items():
        built = TREE[*path, name]
        assert first_paragraph(listed.short_help) == first_paragraph(built.help)
        assert listed.name == built.name == name


def first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


EACH_ALONE = """
import os, sys
from renewctl.main import main
main(["--help"])
sys.stdout.flush()
for word in sys.argv[1:]:
    process = os.fork()
    if not process:
        status = main([word, "--help"])
        sys.stdout.flush()
        os._exit(status)
    assert os.waitpid(process, 0)[1] == 0, word
"""
"""Imports each command in a process that has imported no other command."""


def test_a_command_needs_only_its_own_module() -> None:
    command = [sys.executable, "-c", EACH_ALONE, *KNOWN]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    for word in KNOWN:
        assert f"Usage: renewctl {word} " in ran.stdout


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_help_renders_at_every_width_with_and_without_colour(
    path: tuple[str, ...], run: Callable, on_terminal: Callable
) -> None:
    ran = run(*path, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert "Usage:" in ran.out
    assert "\x1b" not in ran.out
    for columns, colour in ((80, True), (140, False)):
        status, out, err = on_terminal(*path, "-h", columns=columns, colour=colour)
        assert (status, err) == (0, "")
        assert "Usage:" in plain(out)
        assert max(map(width, plain(out).splitlines())) <= columns
        assert ("\x1b" in out) == colour
        assert characters(plain(out)) == characters(ran.out), "something is cut off or missing"
        assert not LEFT_OVER.search(plain(out))


LEFT_OVER = re.compile(r"\[/?(?!required)[a-z]+\]|\\|\*\*|``|Traceback|None|…")
"""Traces of markup, of escapes, of None, and of text that was cut off."""


def characters(text: str) -> list[str]:
    """Return the sorted characters of a help text, so that it ignores line breaks."""
    return sorted("".join(re.sub("[─│╭╮╰╯]", " ", text).split()))


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_the_panels_are_those_of_the_tree_in_the_same_order(path: tuple[str, ...], run: Callable) -> None:
    text = run(*path, "--help").out
    titles = re.findall(r"(?m)^╭─ (.*?) ─+╮$", text)
    if path in GROUPS:
        headings = list(dict.fromkeys(known.panel for known in KNOWN.values()))
        assert titles == ["Options", *(["Commands"] if path else headings)]
    else:
        order = ["Arguments", "Options", "Filters and sorting", "Options for changes", "Common options"]
        assert titles == [title for title in order if title in titles]
        assert "Common options" in titles


@pytest.mark.parametrize(
    "env", [{"TERM": "xterm-256color"}, {"FORCE_COLOR": "1"}, {"FORCE_COLOR": "0"}], ids=str
)
def test_help_in_a_pipe_has_no_color(env: dict[str, str], spawn: Callable) -> None:
    """Typer reads these variables when it is imported."""
    assert b"\x1b" not in spawn("who", "--help", env={"NO_COLOR": "", **env}).out


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_everything_has_help(path: tuple[str, ...]) -> None:
    command = TREE[path]
    assert (command.help or "").strip().endswith(".")
    options = options_of(command)
    assert [name for name, text in options.items() if not text and name not in {"-h", "--help"}] == []
    assert [name for name, text in options.items() if text and not text.endswith(".")] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_the_common_options(name: str, run: Callable) -> None:
    options = set(options_of(COMMANDS[name]))
    assert options >= COMMON - {"--help", "-h"}
    assert options & CHANGING in (set(), CHANGING)
    text = run(*name.split(), "--help").out
    assert all(option in text for option in options)


def test_the_overview_lists_every_command(run: Callable) -> None:
    text = run("--help").out
    for name in {path[0] for path in TREE if path}:
        assert re.search(rf"^│ {re.escape(name)} +\S", text, re.MULTILINE), name
    for group in ("client", "user"):
        shown = run(group, "--help").out
        for name in TREE[(group,)].commands:
            assert re.search(rf"^│ {re.escape(name)} +\S", shown, re.MULTILINE), (group, name)


@pytest.mark.parametrize(
    ("words", "variable"), [("--store", "RENEWCTL_STORE"), ("--as-of", "RENEWCTL_AS_OF")]
)
def test_the_help_names_the_variable_of_an_option(words: str, variable: str, run: Callable) -> None:
    text = " ".join(run("who", "--help").out.replace("│", " ").split())
    assert re.search(rf"{words} [^-]*\[env var: {variable}\]", text)


def test_the_help_lists_the_formats_that_the_command_has(run: Callable) -> None:
    assert "github" in run("check", "--help").out
    assert "github" not in run("who", "--help").out


def test_the_help_of_notify_mentions_none() -> None:
    assert "none" in options_of(COMMANDS["set-default"])["--notify"]


# ------------------------------------------------------------------ a real terminal


def width(line: str) -> int:
    """Return the number of columns that a line takes."""
    shown = (char for char in line if not unicodedata.combining(char))
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def on_pty(columns: int, *argv: str) -> tuple[int, str]:
    """Return the status and the output of a run on a pseudo-terminal of this width."""
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "NO_COLOR"}}
    environment |= {"TERM": "xterm-256color", "RENEWCTL_AS_OF": "2026-11-23"}
    child = start_renewctl(*argv, env=environment, columns=columns)
    text = end_on_terminal(child)
    return child.exitstatus, text


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


REPORTS = [
    ("who", "--all"),
    ("who", "--all", "--long"),
    ("who", "--by", "recipient"),
    ("explain", "vidros-marinha.example"),
    ("client", "list"),
    ("contacts",),
    ("user", "list"),
    ("client", "show", "mar-azul-hoteis.example"),
    (),
]


LABEL = 18


def too_wide(text: str, columns: int) -> list[str]:
    """Return the lines that are wider than the terminal without need.

    Addresses and commands are never cut off. They can exceed the width if they do not fit after a label.
    """
    lines = [line for line in plain(text).splitlines() if width(line) > columns]
    lines = [line for line in lines if not line.strip().startswith("renewctl ")]
    return [line for line in lines if LABEL + max(map(width, line.split())) <= columns]


@pytest.mark.parametrize(
    ("argv", "columns"), [(REPORTS[0], 60), (REPORTS[3], 100), (REPORTS[4], 200), (REPORTS[0], 200)]
)
def test_a_terminal_gets_color_and_no_line_wider_than_itself(
    argv: tuple[str, ...], columns: int, agency: Path
) -> None:
    status, text = on_pty(columns, *argv)
    assert status == 0
    assert "\x1b[" in text
    assert "\t" not in text
    assert too_wide(text, columns) == []
    if argv != ("client", "list"):
        assert NOBODY_IN_RED.search(text)


NOBODY_IN_RED = re.compile(r"\x1b\[1;31m[^\x1b]*NOBODY")


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
@pytest.mark.parametrize("argv", REPORTS, ids=lambda argv: " ".join(argv) or "renewctl")
def test_no_line_is_wider_than_the_terminal(
    argv: tuple[str, ...], columns: int, agency: Path, on_terminal: Callable
) -> None:
    status, out, _ = on_terminal(*argv, columns=columns, colour=True)
    assert status == 0
    assert too_wide(out, columns) == []
    assert not any("…" in word and re.search("[@.]", word) for word in plain(out).split()), "half an address"
    if "--long" in argv:
        assert "…" not in plain(out), "something was cut off"


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("argv", [REPORTS[0], REPORTS[1], REPORTS[3]], ids=" ".join)
def test_no_recipient_is_marked_in_color_and_in_words(
    argv: tuple[str, ...], columns: int, agency: Path, on_terminal: Callable
) -> None:
    coloured, grey = (on_terminal(*argv, columns=columns, colour=colour)[1] for colour in (True, False))
    assert NOBODY_IN_RED.search(coloured)
    assert "NOBODY" in grey
    assert "\x1b" not in grey
    assert plain(coloured) == grey


def test_no_address_is_cut_off_at_any_width(agency: Path, run: Callable, on_terminal: Callable) -> None:
    header, *rows = [line.split("\t") for line in run("who", "--all").out.splitlines()]
    addresses = {a for row in rows for name in ("to", "cc") for a in row[header.index(name)].split(";") if a}
    assert len(addresses) > 20
    known = set(re.findall(r"[^\s\"]+@[^\s\"]+", agency.read_text(encoding="utf-8")))
    for columns in (20, 40, 60, 100, 200):
        text = on_terminal("who", "--all", "--long", columns=columns)[1]
        assert {a for a in addresses if a not in text} == set(), columns
        text = on_terminal("who", "--all", columns=columns)[1]
        shown = {word.strip("(),;") for word in text.split() if "@" in word}
        assert shown <= known, columns


@pytest.mark.parametrize("columns", ["20", "10000", "0", "-1", "wide"])
def test_unusual_widths_work(columns: str, agency: Path, on_terminal: Callable) -> None:
    for argv in (("who",), ("explain", "vidros-marinha.example"), ("client", "list"), ("who", "--help")):
        status, _, err = on_terminal(*argv, columns=columns)
        assert status == 0, err


def test_the_footer_names_the_source_of_the_report(agency: Path, on_terminal: Callable) -> None:
    footer = "Based on renewctl.toml, not on live HubSpot data."
    _, out, err = on_terminal("who")
    assert footer in out
    assert err == ""
    assert footer not in on_terminal("who", "-q")[1]


def test_a_requested_format_is_used_everywhere(agency: Path, run: Callable, on_terminal: Callable) -> None:
    """In a pipe, a table has the width of COLUMNS and no color, and auto is tsv."""
    assert run("who", "-o", "table").out == on_terminal("who", "-o", "table", columns=100)[1]
    assert run("who", "-o", "auto").out == run("who", "-o", "tsv").out == run("who").out
    assert on_terminal("who", "-o", "tsv")[1] == run("who").out


@pytest.mark.parametrize("words", ["who", "client show"])
def test_a_command_has_both_help_options_in_any_context(words: str) -> None:
    command = command_tree()
    for word in words.split():
        command = command.build(word)

    # The context has no parent. The command keeps the help option of its first context.
    context = command.make_context(words, [], resilient_parsing=True)
    assert context.help_option_names == ["-h", "--help"]
