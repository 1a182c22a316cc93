"""How far a command is, where somebody looks and would wonder; nowhere else."""

import io
import itertools
from collections.abc import Iterable

import pytest

from renewctl.cli.environment import Environment
from renewctl.cli.progress import tracker
from renewctl.cli.runtime import Run
from renewctl.render.result import Output


class Terminal(io.StringIO):
    """What somebody looks at."""

    def isatty(self) -> bool:
        return True


def run(stderr: io.StringIO, output: Output = Output.TABLE, *, quiet: bool = False) -> Run:
    environment = Environment({}, io.StringIO(), io.StringIO(), stderr)
    return Run(environment, store=None, output=output, as_of=None, quiet=quiet)


def passed(run: Run, items: Iterable[int], patience: float = 0) -> list[int]:
    return list(tracker(run, "Reading rows", patience)(items))


def test_what_takes_long_is_counted_on_one_line_that_goes_again() -> None:
    screen = Terminal()
    assert passed(run(screen), range(1200)) == list(range(1200))
    first, *others = screen.getvalue().split("\r")[1:]
    assert first == "Reading rows: 0 of 1,200"
    assert others == ["Reading rows: 500 of 1,200", "Reading rows: 1,000 of 1,200", " " * 28, ""]


def test_the_line_goes_when_the_work_is_broken_off() -> None:
    screen = Terminal()
    rows = iter(tracker(run(screen), "Reading rows", 0)(range(10)))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    assert screen.getvalue().endswith("\r")


@pytest.mark.parametrize(
    ("stderr", "output", "quiet", "patience"),
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
    stderr: io.StringIO, output: Output, quiet: bool, patience: float
) -> None:
    items = passed(run(stderr, output, quiet=quiet), itertools.chain(range(600)), patience)
    assert items == list(range(600))
    assert stderr.getvalue() == ""
