"""Help for every command, and what a terminal shows: whole, within its width, the gap in red and in words."""

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from conftest import PATIENCE
from renewctl.cli.app import COMMAND_BODIES, command_tree
from renewctl.cli.app import COMMANDS as KNOWN

WIDTHS = (80, 140)
COMMON = {"--store", "--output", "-o", "--as-of", "--quiet", "-q", "--help", "-h"}
CHANGING = {"--dry-run", "-n", "--yes", "-y", "--lock-timeout"}


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command of the tree, groups too, with the words that name it."""
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


def test_every_command_that_is_declared_is_named_in_the_tree() -> None:
    assert {" ".join(path) for path in TREE} - {"", *KNOWN} == {
        name for name in COMMAND_BODIES if " " in name
    }
    assert {name.split()[0] for name in COMMAND_BODIES} == set(KNOWN)


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_a_group_lists_a_command_with_what_its_own_help_begins_with(path: tuple[str, ...]) -> None:
    """A command is listed before its module is imported, so the words stand twice."""
    for name, listed in getattr(TREE[path], "commands", {}).items():
        built = TREE[*path, name]
        assert first_paragraph(listed.short_help) == first_paragraph(built.help)
        assert listed.name == built.name == name


def first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


@pytest.mark.parametrize("word", KNOWN)
def test_a_command_is_whole_with_its_own_module_alone(word: str, spawn: Callable) -> None:
    ran = spawn(word, "--help")
    assert (ran.status, ran.err) == (0, b"")
    assert f"renewctl {word}" in ran.out.decode()


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_help_renders_at_every_width_with_and_without_colour(
    path: tuple[str, ...], run: Callable, on_terminal: Callable
) -> None:
    ran = run(*path, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert "Usage:" in ran.out
    assert "\x1b" not in ran.out
    for columns in WIDTHS:
        for colour in (False, True):
            status, out, err = on_terminal(*path, "-h", columns=columns, colour=colour)
            assert (status, err) == (0, "")
            assert "Usage:" in plain(out)
            assert max(map(width, plain(out).splitlines())) <= columns
            assert ("\x1b" in out) == colour
            assert said(plain(out)) == said(ran.out), "something is cut, or missing"
            assert not LEFT_OVER.search(plain(out))


LEFT_OVER = re.compile(r"\[/?(?!required)[a-z]+\]|\\|\*\*|``|Traceback|None|…")
"""What markup, an escape, or a value that is none would leave behind; and the sign of a cut."""


def said(text: str) -> list[str]:
    """Return the characters of a help in an order that does not depend on where its lines are broken."""
    return sorted("".join(re.sub("[─│╭╮╰╯]", " ", text).split()))


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_the_panels_are_those_of_the_tree_and_stand_in_one_order(
    path: tuple[str, ...], run: Callable
) -> None:
    text = run(*path, "--help").out
    titles = re.findall(r"(?m)^╭─ (.*?) ─+╮$", text)
    if path in GROUPS:
        headings = list(dict.fromkeys(known.panel for known in KNOWN.values()))
        assert titles == ["Options", *(["Commands"] if path else headings)]
    else:
        order = ["Arguments", "Options", "Filters and order"]
        order += ["Options of every command", "Options of every change"]
        assert titles == [title for title in order if title in titles]
        assert "Options of every command" in titles


def test_help_in_a_pipe_has_no_colour(spawn: Callable) -> None:
    for argv in (("--help",), ("who", "--help"), ("help", "rules")):
        for env in ({"NO_COLOR": ""}, {"NO_COLOR": "", "FORCE_COLOR": "1", "TERM": "xterm-256color"}):
            assert b"\x1b" not in spawn(*argv, env=env).out


@pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "renewctl")
def test_everything_has_help(path: tuple[str, ...]) -> None:
    command = TREE[path]
    assert (command.help or "").strip().endswith(".")
    options = options_of(command)
    assert [name for name, said in options.items() if not said and name not in {"-h", "--help"}] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_the_common_options(name: str, run: Callable) -> None:
    options = set(options_of(COMMANDS[name]))
    assert options >= COMMON - {"--help", "-h"}
    assert options & CHANGING in (set(), CHANGING)
    text = run(*name.split(), "--help").out
    assert all(option in text for option in options)


def test_the_overview_names_every_command_by_its_group(run: Callable) -> None:
    text = run("--help").out
    for name in {path[0] for path in TREE if path}:
        assert re.search(rf"^│ {re.escape(name)} +\S", text, re.MULTILINE), name
    for group in ("client", "user"):
        shown = run(group, "--help").out
        for name in TREE[(group,)].commands:
            assert re.search(rf"^│ {re.escape(name)} +\S", shown, re.MULTILINE), (group, name)


def test_help_says_that_none_means_nobody(run: Callable) -> None:
    assert "none" in options_of(COMMANDS["set-default"])["--notify"]


# ------------------------------------------------------------------ a real terminal


def width(line: str) -> int:
    """Return how many columns a line takes."""
    shown = (char for char in line if not unicodedata.combining(char))
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def on_pty(columns: int, *argv: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Return status and output of a run on a pseudo-terminal of this width."""
    environment = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "NO_COLOR"}}
    environment |= {"TERM": "xterm-256color", "RENEWCTL_AS_OF": "2026-11-23", **(env or {})}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "renewctl", *argv],
        env=environment,
        dimensions=(50, columns),
        timeout=PATIENCE,
        encoding="utf-8",
    )
    child.ptyproc.delayafterclose = child.delayafterclose = 0
    child.expect(pexpect.EOF)
    child.wait()
    child.close()
    return child.exitstatus, child.before.replace("\r\n", "\n")


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
    """Return the lines that are wider than the terminal and need not be.

    An address is never cut, nor a command: where it does not fit behind its label, it may stand out.
    """
    lines = [line for line in plain(text).splitlines() if width(line) > columns]
    lines = [line for line in lines if not line.strip().startswith("renewctl ")]
    return [line for line in lines if LABEL + max(map(width, line.split())) <= columns]


@pytest.mark.parametrize("columns", [60, 100, 200])
@pytest.mark.parametrize("argv", [REPORTS[0], REPORTS[3], REPORTS[4]], ids=" ".join)
def test_a_terminal_gets_colour_and_no_line_wider_than_it_is(
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
        assert "…" not in plain(out), "something was cut"


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("argv", [REPORTS[0], REPORTS[1], REPORTS[3]], ids=" ".join)
def test_nobody_is_said_in_colour_and_in_words(
    argv: tuple[str, ...], columns: int, agency: Path, on_terminal: Callable
) -> None:
    coloured, grey = (on_terminal(*argv, columns=columns, colour=colour)[1] for colour in (True, False))
    assert NOBODY_IN_RED.search(coloured)
    assert "NOBODY" in grey
    assert "\x1b" not in grey
    assert plain(coloured) == grey


def test_nothing_is_cut_however_narrow_the_terminal(
    agency: Path, run: Callable, on_terminal: Callable
) -> None:
    """Every address of the report can be read whole, at any width."""
    header, *rows = [line.split("\t") for line in run("who", "--all").out.splitlines()]
    addresses = {a for row in rows for name in ("to", "cc") for a in row[header.index(name)].split(";") if a}
    assert len(addresses) > 20
    known = set(re.findall(r"[^\s\"]+@[^\s\"]+", agency.read_text(encoding="utf-8")))
    for columns in (20, 40, 60, 100, 200):
        text = on_terminal("who", "--all", "--long", columns=columns)[1]
        assert {a for a in addresses if a not in text} == set(), columns
        text = on_terminal("who", "--all", columns=columns)[1]
        shown = {word.strip("(),") for word in text.split() if "@" in word}
        assert shown <= known, columns


@pytest.mark.parametrize(
    ("env", "coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"CLICOLOR": "0"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_colour_is_wanted_or_not(env: dict[str, str], coloured: bool, agency: Path) -> None:
    """no-color.org, and FORCE_COLOR=0 for what it says; bold is no colour, but an escape all the same."""
    status, text = on_pty(100, "who", env=env)
    assert status == 0
    assert ("\x1b[" in text) == coloured


@pytest.mark.parametrize("columns", ["20", "10000", "0", "-1", "wide"])
def test_an_odd_width_is_survived(columns: str, agency: Path, on_terminal: Callable) -> None:
    for argv in (("who",), ("explain", "vidros-marinha.example"), ("client", "list"), ("who", "--help")):
        status, _, err = on_terminal(*argv, columns=columns)
        assert status == 0, err


def test_force_colour_puts_none_into_a_pipe(agency: Path, spawn: Callable) -> None:
    for argv in (("who",), ("who", "-o", "json"), ("explain", "vidros-marinha.example")):
        assert b"\x1b" not in spawn(*argv, env={"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}).out


def test_a_large_change_is_asked_for_on_a_terminal(agency: Path) -> None:
    """Anything but yes leaves the store as it was; yes makes the change."""
    before = agency.read_bytes()
    for answer, status, changed in (("n", 1, False), ("", 1, False), ("y", 0, True)):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "renewctl", "clear-override", "--all"],
            env={**os.environ, "TERM": "xterm"},
            dimensions=(50, 100),
            timeout=PATIENCE,
            encoding="utf-8",
        )
        child.expect("Go on")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == status, (answer, child.before)
        assert "Traceback" not in child.before
        assert (agency.read_bytes() != before) == changed


def test_the_footer_says_that_hubspot_was_not_asked(agency: Path, on_terminal: Callable) -> None:
    said = "Based on renewctl.toml, not on live HubSpot data."
    _, out, err = on_terminal("who")
    assert said in out
    assert err == ""
    assert said not in on_terminal("who", "-q")[1]


def test_a_form_asked_for_by_name_is_given(agency: Path, run: Callable, on_terminal: Callable) -> None:
    """A table in a pipe is what a terminal of COLUMNS shows, without colour; auto is tsv there."""
    assert run("who", "-o", "table").out == on_terminal("who", "-o", "table", columns=100)[1]
    assert run("who", "-o", "auto").out == run("who", "-o", "tsv").out == run("who").out
    assert on_terminal("who", "-o", "tsv")[1] == run("who").out


@pytest.mark.parametrize("words", ["who", "client show"])
def test_a_command_has_both_help_options_whichever_context_is_its_first(words: str) -> None:
    command = command_tree()
    for word in words.split():
        command = command.build(word)

    # Without the tree as its parent. The command keeps the help option that its first context has.
    context = command.make_context(words, [], resilient_parsing=True)
    assert context.help_option_names == ["-h", "--help"]
