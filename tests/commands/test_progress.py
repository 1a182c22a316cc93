"""How far a command is, where somebody looks and would wonder; nowhere else."""

import io
import itertools
import signal
import sys
from collections.abc import Iterable

import pexpect
import pytest

from conftest import PATIENCE
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Environment, Run
from renewctl.render.result import Output

GONE = "\r\x1b[1A\x1b[2K"
"""The bar's line cleared."""
WORK = """
import time
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Environment, Run
for _ in tracker(Run(Environment.from_process()), "Reading rows", 0)(range(6000)):
    time.sleep(0.1)
"""


class Terminal(io.StringIO):
    """What somebody looks at."""

    def isatty(self) -> bool:
        return True


def run(stderr: io.StringIO, output: Output = Output.TABLE, *, quiet: bool = False) -> Run:
    environment = Environment({}, io.StringIO(), io.StringIO(), stderr)
    return Run(environment, store=None, output=output, as_of=None, quiet=quiet)


def passed(run: Run, items: Iterable[int], delay: float = 0) -> list[int]:
    return list(tracker(run, "Reading rows", delay)(items))


def test_what_takes_long_has_a_bar_that_goes_again() -> None:
    screen = Terminal()
    assert passed(run(screen), range(1200)) == list(range(1200))
    text = screen.getvalue()
    assert "Reading rows" in text
    assert "100%" in text
    assert text.endswith(GONE)


def test_the_bar_goes_when_the_work_is_broken_off() -> None:
    screen = Terminal()
    rows = iter(tracker(run(screen), "Reading rows", 0)(range(10)))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert screen.getvalue().endswith(GONE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_bar_leaves_the_cursor_shown(number: int) -> None:
    environment = {"TERM": "xterm"}
    process = pexpect.spawn(sys.executable, ["-c", WORK], env=environment, encoding="utf-8", timeout=PATIENCE)
    process.expect("Reading rows")
    screen = process.before
    process.kill(number)
    process.expect(pexpect.EOF)
    process.close()
    assert process.signalstatus == number
    assert "\x1b[?25l" not in screen + process.before


@pytest.mark.parametrize(
    ("stderr", "output", "quiet", "delay"),
    [
        (Terminal(), Output.TABLE, False, 3600),
        (Terminal(), Output.TABLE, True, 0),
        (Terminal(), Output.JSON, False, 0),
        (Terminal(), Output.CSV, False, 0),
        (io.StringIO(), Output.TABLE, False, 0),
    ],
    ids=["soon done", "quiet", "JSON", "CSV", "no terminal"],
)
def test_nothing_is_said_where_nobody_wonders(
    stderr: io.StringIO, output: Output, quiet: bool, delay: float
) -> None:
    items = passed(run(stderr, output, quiet=quiet), itertools.chain(range(600)), delay)
    assert items == list(range(600))
    assert stderr.getvalue() == ""
