"""From arguments to exit status: the one place where output is written and errors are caught."""

import shutil
import sys
from collections.abc import Sequence
from typing import Any

import typer

from renewctl.cli.app import COMPLETE, command_tree
from renewctl.cli.runtime import Environment, Run
from renewctl.errors import ExitStatus, FileError
from renewctl.render.result import Output, Result
from renewctl.signals import restore_signals

KEPT: list[Any] = []
"""The last run with what it read, and its answer. To free them takes a tenth of the time of a large
run, so that is left to the end of the process, which does not do it."""
_CLOSED = "nothing was done; send it to a file or /dev/null"


def main(argv: Sequence[str] | None = None) -> int:
    """Run renewctl.

    Args:
        argv: the arguments after the program's name; the process's own if None.

    Returns:
        The exit status, one of ``ExitStatus``. Never raises on bad input.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    environment = Environment.from_process()
    with restore_signals():
        return int(_guarded(environment, arguments))


def _guarded(environment: Environment, arguments: Sequence[str]) -> int:
    """Run the command; whatever goes wrong becomes one message and an exit status."""
    try:
        return _run(environment, arguments)
    except (KeyboardInterrupt, typer.Abort):
        return ExitStatus.INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # SystemExit is Typer's answer to a pipe that closed while it printed help.
        return _without_output(environment, ExitStatus.BROKEN_PIPE)
    except OSError as error:
        return _without_output(environment, _told(environment, arguments, error))
    except Exception as error:
        return _told(environment, arguments, error)


def _told(environment: Environment, arguments: Sequence[str], error: Exception) -> ExitStatus:
    from renewctl.cli import error_messages  # late: most runs have none

    return error_messages.print_error(
        environment, arguments, error_messages.as_renewctl_error(error, arguments, environment.variables)
    )


def _run(environment: Environment, arguments: Sequence[str]) -> int:
    if environment.stdout is None:
        raise FileError("standard output is closed", hint=_CLOSED)
    if environment.variables.get(COMPLETE):
        from renewctl.cli.completion import answer_shell  # Lazy import: only a Tab needs it.

        return answer_shell(environment)
    status = _called(environment, arguments)
    environment.stdout.flush()
    return status


def _called(environment: Environment, arguments: Sequence[str]) -> ExitStatus:
    """Run what the arguments call, and show its answer."""
    try:
        outcome = command_tree().main(
            args=list(arguments), prog_name="renewctl", standalone_mode=False, obj=environment
        )
    except SystemExit as ended:
        if ended.code:
            raise
        return ExitStatus.DONE  # how Typer's own completion ends
    KEPT[:] = [outcome]
    return _show(environment, arguments, *outcome) if isinstance(outcome, tuple) else ExitStatus(outcome or 0)


def _show(environment: Environment, arguments: Sequence[str], run: Run, answer: Result) -> ExitStatus:
    """Write the answer, then what there is to say about it; return the exit status."""
    try:
        environment.stdout.write(_text(environment, run, answer))
        environment.stdout.flush()
    except OSError as error:
        if not answer.written:
            raise
        # The store has been replaced: the change is made, whoever may read of it.
        _without_output(environment, ExitStatus.DONE)
        _say(environment, f"warning: the change is made, but it could not be shown: {error.strerror}")
        return ExitStatus.DONE
    if run.output not in {Output.JSON, Output.JSONL}:
        _say_all(environment, run, answer)
    return _told(environment, arguments, answer.failure) if answer.failure else answer.status


def _text(environment: Environment, run: Run, answer: Result) -> str:
    if run.output is Output.TABLE:
        if run.quiet and answer.change:
            return ""
        if environment.is_terminal():
            from renewctl.render.terminal import draw

            return draw(answer, environment.variables)
    from renewctl.render.machine import format_result

    return format_result(answer, run.output)


def _say_all(environment: Environment, run: Run, answer: Result) -> None:
    for warning in answer.warnings:
        _say(environment, f"warning: {warning}")
    if run.quiet:
        return
    for remark in run.remarks:
        _say(environment, f"warning: {remark}")
    if run.output is Output.TABLE and environment.is_terminal() and answer.footer:
        _say(environment, "")
        for footer in answer.footer:
            _say(environment, footer)


def _say(environment: Environment, text: str) -> None:
    if environment.stderr is None:
        return
    from renewctl.text import showable

    text = showable(text)
    if environment.stderr.isatty():
        import textwrap

        width = max(40, shutil.get_terminal_size((100, 24)).columns)
        text = textwrap.fill(text, width - 1, subsequent_indent="  ", break_on_hyphens=False)
    environment.stderr.write(text + "\n")


def _without_output(environment: Environment, status: ExitStatus) -> ExitStatus:
    """Forget what is still waiting to be written, so that the interpreter does not try again."""
    import os

    if environment.stdout is not None and environment.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), environment.stdout.fileno())
    return status
