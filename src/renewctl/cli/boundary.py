"""From arguments to exit status: the one place where output is written and errors are caught."""

import shutil
import sys
from collections.abc import Sequence
from typing import Any

import typer

from renewctl.cli.run import Run
from renewctl.cli.tree import Tree, root
from renewctl.cli.world import World
from renewctl.errors import ExitStatus, FileError
from renewctl.render.result import Output, Result
from renewctl.signals import restore_signals

LAST: list[Any] = []
"""The last run with what it read, and its answer. To free them takes a tenth of the time of a large
run, so that is left to the end of the process, which does not do it."""
COMPLETE = "_RENEWCTL_COMPLETE"
"""What the scripts for shells set when they ask; Typer's own do too, our own set it to ``lines``."""
TYPERS = (["--install-completion"], ["--show-completion"])
"""What Typer itself answers, for those who know it from other programs."""
_CLOSED = "nothing was done; send it to a file or /dev/null"


def main(argv: Sequence[str] | None = None) -> int:
    """Run renewctl.

    Args:
        argv: the arguments after the program's name; the process's own if None.

    Returns:
        The exit status, one of ``ExitStatus``. Never raises on bad input.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    world = World.of_this_process()
    with restore_signals():
        return int(_guarded(world, arguments))


def _guarded(world: World, arguments: Sequence[str]) -> ExitStatus:
    """Run the command; whatever goes wrong becomes one message and an exit status."""
    try:
        return _run(world, arguments)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # SystemExit is Typer's answer to a pipe that closed while it printed help.
        return _without_output(world, ExitStatus.BROKEN_PIPE)
    except OSError as error:
        return _without_output(world, _told(world, arguments, error))
    except Exception as error:
        return _told(world, arguments, error)


def _told(world: World, arguments: Sequence[str], error: Exception) -> ExitStatus:
    from renewctl.cli import complaints  # late: most runs have none

    return complaints.tell(world, arguments, complaints.understood(error, arguments, world.environment))


def _run(world: World, arguments: Sequence[str]) -> ExitStatus:
    if world.stdout is None:
        raise FileError("standard output is closed", hint=_CLOSED)
    asked = world.environment.get(COMPLETE, "")
    if asked == "lines":
        from renewctl.cli import tab

        world.stdout.write(tab.offered(root(), world))
        status = ExitStatus.DONE
    else:
        status = _called(world, arguments, root(installing=bool(asked) or arguments[:1] in TYPERS))
    world.stdout.flush()
    return status


def _called(world: World, arguments: Sequence[str], tree: Tree) -> ExitStatus:
    """Run what the arguments call, and show its answer."""
    try:
        outcome = tree.main(args=list(arguments), prog_name="renewctl", standalone_mode=False, obj=world)
    except SystemExit as ended:
        if ended.code:
            raise
        return ExitStatus.DONE  # how Typer's own completion ends
    LAST[:] = [outcome]
    return _show(world, arguments, *outcome) if isinstance(outcome, tuple) else ExitStatus(outcome or 0)


def _show(world: World, arguments: Sequence[str], run: Run, answer: Result) -> ExitStatus:
    """Write the answer, then what there is to say about it; return the exit status."""
    try:
        world.stdout.write(_text(world, run, answer))
        world.stdout.flush()
    except OSError as error:
        if not answer.written:
            raise
        # The store has been replaced: the change is made, whoever may read of it.
        _without_output(world, ExitStatus.DONE)
        _say(world, f"warning: the change is made, but it could not be shown: {error.strerror}")
        return ExitStatus.DONE
    if run.output not in {Output.JSON, Output.JSONL}:
        _say_all(world, run, answer)
    return _told(world, arguments, answer.failure) if answer.failure else answer.status


def _text(world: World, run: Run, answer: Result) -> str:
    if run.output is Output.TABLE:
        if run.quiet and answer.change:
            return ""
        if world.on_terminal():
            from renewctl.render.terminal import draw

            return draw(answer, world.environment)
    from renewctl.render.machine import format_result

    return format_result(answer, run.output)


def _say_all(world: World, run: Run, answer: Result) -> None:
    for warning in answer.warnings:
        _say(world, f"warning: {warning}")
    if run.quiet:
        return
    for remark in run.remarks:
        _say(world, f"warning: {remark}")
    if run.output is Output.TABLE and world.on_terminal() and answer.footer:
        _say(world, "")
        for footer in answer.footer:
            _say(world, footer)


def _say(world: World, text: str) -> None:
    if world.stderr is None:
        return
    from renewctl.text import showable

    text = showable(text)
    if world.stderr.isatty():
        import textwrap

        width = max(40, shutil.get_terminal_size((100, 24)).columns)
        text = textwrap.fill(text, width - 1, subsequent_indent="  ", break_on_hyphens=False)
    world.stderr.write(text + "\n")


def _without_output(world: World, status: ExitStatus) -> ExitStatus:
    """Forget what is still waiting to be written, so that the interpreter does not try again."""
    import os

    if world.stdout is not None and world.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), world.stdout.fileno())
    return status
