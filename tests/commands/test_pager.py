"""Answers longer than the terminal go through the user's pager, and are complete without one."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest

from commands.conftest import AS_OF
from conftest import PATIENCE
from terminals import end_on_terminal, start_renewctl

LONG = ("client", "list")
PAGED = Path("paged")
PROMPT = r"\r\x1b\[K:|:\x1b\[K"
"""The prompt of less."""
TO_FILE = "cat >paged"
"""A pager that shows nothing and writes its input to a file."""


class Screen(NamedTuple):
    """The exit status and what was on the terminal."""

    status: int | None
    text: str


def start(*argv: str, height: int = 10, width: int = 100, **variables: str | None) -> Any:
    """Start renewctl on a terminal of this size; a variable that is None is not set."""
    env = {**os.environ, "RENEWCTL_AS_OF": AS_OF, "TERM": "xterm-256color", "PAGER": TO_FILE, **variables}
    env = {name: value for name, value in env.items() if value is not None and name != "COLUMNS"}
    return start_renewctl(*argv, env=env, rows=height, columns=width)


def end(process: Any) -> Screen:
    text = end_on_terminal(process)
    return Screen(process.exitstatus, text)


def look(*argv: str, **options: Any) -> Screen:
    return end(start(*argv, **options))


def paged() -> str:
    """Return the input of the pager; empty if it did not run."""
    return PAGED.read_text(encoding="utf-8") if PAGED.exists() else ""


@pytest.mark.usefixtures("agency")
def test_an_answer_longer_than_the_terminal_goes_through_the_pager() -> None:
    plain = look(*LONG, height=9999)
    assert not PAGED.exists()
    screen = look(*LONG)
    assert screen.status == plain.status == 0
    assert paged()
    assert paged() + screen.text == plain.text


@pytest.mark.usefixtures("agency")
def test_an_answer_fits_if_the_prompt_fits_below_it() -> None:
    rows = look(*LONG, height=9999).text.count("\n")
    look(*LONG, height=rows + 1)
    assert not PAGED.exists()
    look(*LONG, height=rows)
    assert PAGED.exists()


@pytest.mark.usefixtures("agency")
def test_rows_are_counted_as_the_terminal_breaks_lines() -> None:
    narrow = look(*LONG, height=9999, width=20).text
    assert any(len(line) > 20 for line in narrow.splitlines())
    look(*LONG, height=narrow.count("\n") + 1, width=20)
    assert PAGED.exists()


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("own", "other", "runs"),
    [
        (TO_FILE, "false", True),
        (None, TO_FILE, True),
        ("", TO_FILE, False),
        ("cat", TO_FILE, False),
        (None, "", False),
        (None, "cat", False),
    ],
)
def test_renewctls_own_variable_comes_first_and_empty_or_cat_is_no_pager(
    own: str | None, other: str, runs: bool
) -> None:
    look(*LONG, RENEWCTL_PAGER=own, PAGER=other)
    assert PAGED.exists() is runs


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("pager", ["no-such-pager", "/no/such", "false", "cat >/dev/null; exit 3", "kill $$"])
def test_a_pager_that_does_not_run_loses_nothing(pager: str, on_terminal: Callable) -> None:
    plain = on_terminal(*LONG)[1]
    screen = look(*LONG, PAGER=pager)
    assert screen.status == 0
    assert screen.text.endswith(plain)


@pytest.mark.parametrize(
    ("size", "options", "status"), [(30, ("--require-recipient",), 1), (1500, (), 0), (30, (), 0)]
)
def test_leaving_the_pager_early_keeps_the_exit_status(
    size: int, options: tuple[str, ...], status: int
) -> None:
    clients = (f'[clients."c{n}.example"]\nrenewals = [{{date = 2026-12-24}}]\n' for n in range(size))
    Path("renewctl.toml").write_text('version = 1\n[defaults]\nowner = "hubspot"\n' + "".join(clients))
    screen = look("who", "--all", *options, PAGER="head -1 >paged")
    assert screen.status == status
    assert paged().count("\n") == 1
    assert screen.text.startswith("error: ") is bool(status)


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (("--no-pager",), {}),
        (("-o", "tsv"), {}),
        (("-o", "json"), {}),
        (("-o", "markdown"), {}),
        (("-o", "names"), {}),
        ((), {"TERM": "dumb"}),
        ((), {"TERM": ""}),
        ((), {"TERM": None}),
    ],
)
def test_cases_without_a_pager(options: tuple[str, ...], variables: dict[str, str | None]) -> None:
    screen = look(*LONG, *options, **variables)
    assert not PAGED.exists()
    assert screen.text.count("\n") > 10
    assert screen.status == 0


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("form", [(), ("-o", "table")])
def test_no_pager_in_a_pipe(run: Callable, form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PAGER": TO_FILE, "TERM": "xterm", "LINES": "10"}.items():
        monkeypatch.setenv(name, value)
    ran = run(*LONG, *form)
    assert not PAGED.exists()
    assert ran.out.count("\n") > 10


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("option", "no_color", "coloured"),
    [
        ("--color=auto", None, True),
        ("--color=auto", "1", False),
        ("--color=never", None, False),
        ("--color=always", "1", True),
    ],
)
def test_colours_reach_the_pager_only_if_they_are_on(
    option: str, no_color: str | None, coloured: bool
) -> None:
    look(*LONG, option, NO_COLOR=no_color)
    assert ("\x1b[" in paged()) is coloured


@pytest.mark.usefixtures("agency")
def test_pagers_are_set_to_show_colours_and_utf_8_unless_the_user_has_set_them() -> None:
    show = "printenv LESS LV LESSCHARSET >paged"
    look(*LONG, PAGER=show, LC_ALL="C")
    assert paged() == "FRX\n-c\nutf-8\n"
    look(*LONG, PAGER=show, LESS="-S", LV="-a", LESSCHARSET="latin1")
    assert paged() == "-S\n-a\nlatin1\n"


@pytest.mark.usefixtures("agency")
def test_the_pager_gets_utf_8_in_any_locale() -> None:
    look(*LONG, LC_ALL="C", PYTHONIOENCODING="latin-1")
    assert "Transportes Guimarães" in paged()


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
@pytest.mark.usefixtures("agency")
def test_less_is_the_default_pager_and_survives_ctrl_c() -> None:
    process = start(*LONG, PAGER=None, RENEWCTL_PAGER=None)
    process.expect(PROMPT)
    process.sendintr()
    process.send(" ")
    process.expect(PROMPT)
    assert process.isalive()
    process.send("q")
    screen = end(process)
    assert screen.status == 0
    assert "Traceback" not in screen.text


@pytest.mark.usefixtures("agency")
def test_without_less_there_is_no_pager() -> None:
    screen = look(*LONG, PAGER=None, PATH="/nowhere")
    assert screen.text.count("\n") > 10
    assert screen.status == 0


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_renewctl_after_the_pager(number: int) -> None:
    process = start(*LONG, PAGER=None, RENEWCTL_PAGER=None)
    process.expect(PROMPT)
    process.kill(number)
    process.send(" ")
    process.expect(PROMPT)
    assert process.isalive()
    process.send("q")
    screen = end(process)
    assert (screen.status, process.signalstatus) == (None, number)


def interrupt(process: Any) -> str:
    """Type Ctrl-C until the process ends. Return what it wrote then."""
    for _ in range(PATIENCE):  # a shell that is just about to start a command can miss one
        process.sendintr()
        if process.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=1) == 0:
            break
    process.close()
    return process.before.replace("^C", "")


@pytest.mark.usefixtures("agency")
def test_ctrl_c_that_ends_the_pager_is_130() -> None:
    process = start(*LONG, PAGER="echo showing; sleep 3600")
    process.expect("showing\r\n")
    text = interrupt(process)
    assert (process.exitstatus, text.strip()) == (130, "")


def test_ctrl_c_in_the_pager_after_a_change_keeps_the_change() -> None:
    Path("renewctl.toml").write_text('version = 1\n[defaults]\nowner = "hubspot"\n')
    rows = (f"c{n}.example,primary@c{n}.example\n" for n in range(30))
    Path("clients.csv").write_text("client,primary\n" + "".join(rows))
    process = start("import", "clients.csv", "--yes", PAGER="echo showing; sleep 3600")
    process.expect("showing\r\n")
    text = interrupt(process)
    assert process.exitstatus == 0
    assert text.strip().startswith("warning: ")
    assert text.strip().endswith("interrupted")
    assert "c29.example" in Path("renewctl.toml").read_text()


def test_after_a_change_the_pager_can_be_ended() -> None:
    Path("renewctl.toml").write_text('version = 1\n[defaults]\nowner = "hubspot"\n')
    rows = (f"c{n}.example,primary@c{n}.example\n" for n in range(30))
    Path("clients.csv").write_text("client,primary\n" + "".join(rows))
    screen = look("import", "clients.csv", "--yes", PAGER="kill $$; echo alive >paged")
    assert not PAGED.exists()
    assert screen.status == 0
    assert "c9.example" in screen.text


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("options", "coloured"),
    [
        (("-o", "table", "--color", "always"), True),
        (("-o", "table"), False),
        (("--color", "always"), False),
        (("-o", "csv", "--color", "always"), False),
        (("-o", "markdown", "--color", "always"), False),
    ],
)
def test_in_a_pipe_only_a_table_has_colours_and_only_on_request(
    run: Callable, options: tuple[str, ...], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ("\x1b[" in run(*LONG, *options).out) is coloured
