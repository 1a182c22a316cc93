"""Progress: shown on a terminal for long commands, and nowhere else."""

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.conftest import AS_OF
from conftest import PATIENCE
from renewctl.cli.progress import Progress
from renewctl.cli.runtime import Environment, Run
from renewctl.render.result import Output
from terminals import end_on_terminal, start_renewctl

GONE = "\r\x1b[1A\x1b[2K"
"""The bar's line cleared."""
HIDDEN = "\x1b[?25l"
"""The cursor hidden."""
COMMAND = """
import sys
import rich.progress
from renewctl.cli.progress import Progress
from renewctl.main import main
Progress.delay = 0
sys.exit(main())
"""
WAIT = """
import sys, time
from renewctl.cli.progress import Progress
Progress.delay = 0
progress = Progress(sys.stderr)
try:
    progress.begin("Reading")
    time.sleep(3600)
finally:
    progress.stop()
"""
PAUSED = (
    """
import os, sys
pauses = ["renewctl.render.page", "os.link"]
sys.modules.pop(pauses[0], None)
def pause(event, arguments):
    if pauses[:1] == ([arguments[0]] if event == "import" else [event]):
        os.write(1, b"at " + pauses.pop(0).encode())
        sys.stdin.readline()
sys.addaudithook(pause)
"""
    + COMMAND
)
"""Waits for a line before the first page is built, and when the first file is created."""
HELD = """
import os, signal, sys, time
from renewctl.cli.progress import Progress
from renewctl.signals import hold_signals, restore_signals
Progress.delay = 0
progress = Progress(sys.stderr)
progress.begin("Writing")
input()
with restore_signals():
    hold_signals()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    time.sleep(0.1)
    progress.stop()
    print("complete")
"""


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Iterator[Progress]:
    monkeypatch.setattr(Progress, "delay", 0)
    made = Progress(Terminal())
    yield made
    made.stop()


def screen(progress: Progress) -> str:
    stream = progress.stream
    assert isinstance(stream, Terminal)
    return stream.getvalue()


def wait_for(progress: Progress, text: str, times: int = 1) -> None:
    end = time.monotonic() + PATIENCE
    while screen(progress).count(text) < times and time.monotonic() < end:
        time.sleep(0.01)
    assert screen(progress).count(text) >= times


def start(code: str, *argv: str) -> Any:
    env = {**os.environ, "RENEWCTL_AS_OF": AS_OF, "TERM": "xterm", "PAGER": ""}
    return start_renewctl(*argv, code=code, env=env, rows=24, columns=80)


EMPTY = 'version = 1\n[defaults]\nowner = "hubspot"\n'


def write_list(rows: int) -> Path:
    """Return a list of this many clients, with a file to import it into."""
    Path("renewctl.toml").write_text(EMPTY)
    path = Path("clients.csv")
    lines = (f"c{n}.example,Client {n},2027-05-05,primary@c{n}.example\n" for n in range(rows))
    path.write_text("client,name,renewal,primary\n" + "".join(lines))
    return path


@pytest.fixture
def clients() -> Path:
    """Return a list that is long enough to see each phase."""
    return write_list(1000)


@pytest.fixture
def saved(clients: Path) -> Path:
    """Return a list of clients that are already in the file."""
    lines = (f'[clients."c{n}.example"]\nrenewals = [{{ date = 2027-05-05 }}]\n' for n in range(1000))
    Path("renewctl.toml").write_text(EMPTY + "".join(lines))
    return clients


def test_a_long_phase_is_named_and_its_bar_is_removed(progress: Progress) -> None:
    progress.begin("Reading")
    wait_for(progress, "Reading")
    assert list(progress.track("Planning", iter(range(1200)))) == [*range(1200)]
    progress.begin("Writing")
    progress.stop()
    text = screen(progress)
    assert text.index("Reading") < text.index("Planning") < text.index("Writing")
    assert text.endswith(GONE)
    assert HIDDEN not in text


def test_items_move_the_bar(progress: Progress) -> None:
    progress.begin("Reading")
    wait_for(progress, "Reading")
    rows = iter(progress.track("Planning", [*range(200)]))
    for _ in range(101):
        next(rows)
    wait_for(progress, " 50%")
    assert [*rows] == [*range(101, 200)]
    wait_for(progress, "100%")


def test_after_a_question_the_bar_comes_back(progress: Progress) -> None:
    progress.begin("Checking")
    wait_for(progress, "Checking")
    progress.stop()
    before = screen(progress)
    progress.begin("Writing")
    wait_for(progress, "Writing")
    assert before.endswith(GONE)


def test_a_short_command_shows_no_progress() -> None:
    quick = Progress(Terminal())
    quick.begin("Reading")
    assert [*quick.track("Planning", [1, 2])] == [1, 2]
    quick.stop()
    assert screen(quick) == ""


@pytest.mark.parametrize(
    ("stderr", "options", "variables", "shown"),
    [
        (Terminal(), {}, {}, True),
        (Terminal(), {"quiet": True}, {}, False),
        (Terminal(), {"output": Output.JSON}, {}, False),
        (Terminal(), {"output": Output.CSV}, {}, False),
        (Terminal(), {"output": Output.EML}, {}, True),
        (Terminal(), {}, {"TERM": "dumb"}, False),
        (io.StringIO(), {}, {}, False),
        (None, {}, {}, False),
    ],
    ids=["terminal", "quiet", "JSON", "CSV", "drafts", "dumb", "no terminal", "closed"],
)
def test_progress_is_shown_only_to_people_on_a_terminal(
    stderr: Any, options: dict[str, Any], variables: dict[str, str], shown: bool
) -> None:
    run = Run(Environment(variables, io.StringIO(), io.StringIO(), stderr), **options)
    before = {*threading.enumerate()}
    run.progress.begin("Reading")
    assert [*run.progress.track("Planning", [1, 2])] == [1, 2]
    assert bool({*threading.enumerate()} - before) is shown
    run.progress.stop()


@pytest.mark.usefixtures("agency")
def test_no_bar_can_appear_after_an_answer_is_in_its_file(
    on_terminal: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Progress, "delay", 2 * PATIENCE)
    before = {*threading.enumerate()}
    assert on_terminal("who", "--out", "report.html")[0] == 0
    for timer in {*threading.enumerate()} - before:
        timer.join(PATIENCE)
        assert not timer.is_alive()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_bar_ends_the_process_and_leaves_the_cursor_shown(number: int) -> None:
    process = start(WAIT)
    process.expect("Reading")
    text = process.before
    process.kill(number)
    end_on_terminal(process)
    text += process.before
    assert process.signalstatus == number
    assert HIDDEN not in text
    assert (GONE in text) is (number == signal.SIGINT)


def test_held_signals_do_not_reach_the_threads_of_the_bar() -> None:
    process = start(HELD)
    process.expect("Writing")
    process.sendline()
    process.expect("complete")
    end_on_terminal(process)
    assert process.exitstatus == 0


def test_an_import_names_its_phases(clients: Path) -> None:
    process = start(COMMAND, "import", str(clients), "--yes")
    for phase in ("Planning", "Checking", "Saving"):
        process.expect(phase)
    end_on_terminal(process)
    assert process.exitstatus == 0
    assert process.before.count(GONE) == 1
    assert "c999.example" in Path("renewctl.toml").read_text()


def test_an_import_can_be_interrupted() -> None:
    clients = write_list(6000)  # It must still run when the interruption arrives.
    before = Path("renewctl.toml").read_bytes()
    process = start(COMMAND, "import", str(clients), "--yes")
    process.expect("Planning")
    process.sendintr()
    end_on_terminal(process)
    assert process.exitstatus == 130
    assert process.before.endswith(GONE)
    assert Path("renewctl.toml").read_bytes() == before


def test_a_question_is_not_drawn_over(clients: Path) -> None:
    process = start(COMMAND, "import", str(clients))
    process.expect(r"\[y/N\]: ")
    assert process.before.count(GONE) == 1
    assert "Checking" not in process.before.rpartition(GONE)[2]
    process.sendline("n")
    end_on_terminal(process)
    assert process.exitstatus == 1


@pytest.mark.parametrize("words", [("export", "out.json"), ("calendar",)])
def test_export_and_calendar_name_their_phases(saved: Path, words: tuple[str, ...]) -> None:
    process = start(f"import os; os.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n{COMMAND}", *words)
    process.expect("Writing")
    end_on_terminal(process)
    assert process.exitstatus == 0
    assert process.before.endswith(GONE)


def test_a_list_of_overrides_names_its_phases(saved: Path) -> None:
    words = ("override", "--from-file", str(saved), "--owner", "hubspot", "--yes")
    process = start(COMMAND, *words)
    for phase in ("Checking", "Saving"):
        process.expect(phase)
    end_on_terminal(process)
    assert process.exitstatus == 0


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("interrupted", [False, True])
def test_files_for_each_recipient_are_written_in_a_phase_that_can_be_interrupted(interrupted: bool) -> None:
    process = start(PAUSED, "who", "--by", "recipient", "-o", "html", "--split", "out")
    process.expect("Reading")
    process.sendline()
    process.expect("Preparing")
    process.expect("Writing")
    process.expect("at os.link")
    if interrupted:
        process.sendintr()
    process.sendline()
    end_on_terminal(process)
    _above, _, below = process.before.partition(GONE)
    assert GONE not in below
    assert process.exitstatus == (130 if interrupted else 0)
    assert ("interrupted: 1 of 31 files was written" in below) is interrupted
    assert len(os.listdir("out")) == (1 if interrupted else 31)
