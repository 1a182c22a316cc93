"""From arguments to exit status: the one place where output is written and errors are caught."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer

from renewctl.cli.app import COMPLETE, command_tree
from renewctl.cli.error_messages import report_error, write_lines
from renewctl.cli.runtime import Environment, Run
from renewctl.command_line import name_store
from renewctl.errors import ExitStatus, FileError
from renewctl.render.machine import format_result
from renewctl.render.result import Output, Result
from renewctl.signals import restore_signals


def main(argv: Sequence[str] | None = None) -> int:
    """Run renewctl on arguments, by default the process's own. Return the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    environment = Environment.from_process()
    with restore_signals(), name_store(arguments):
        try:
            return int(_run(environment, arguments))
        except (KeyboardInterrupt, typer.Abort):
            return int(ExitStatus.INTERRUPTED)
        except (BrokenPipeError, SystemExit):
            # SystemExit is Typer's answer to a pipe that closed while it printed help.
            _discard_output(environment)
            return int(ExitStatus.BROKEN_PIPE)
        except Exception as error:
            status = report_error(environment, arguments, error)
            if isinstance(error, OSError):
                _discard_output(environment)
            return int(status)


def _run(environment: Environment, arguments: Sequence[str]) -> int:
    if environment.stdout is None:
        hint = "nothing was done; send it to a file or /dev/null"
        raise FileError("standard output is closed", hint=hint)
    if environment.variables.get(COMPLETE):
        # Half a command line can be anything, and nobody could read of an error: then nothing is offered.
        with suppress(Exception):
            try:
                command_tree().main(args=[], prog_name="renewctl", obj=environment)
            except SystemExit as end:
                return int(end.code or 0)
        return 1
    try:
        outcome = command_tree().main(
            args=list(arguments), prog_name="renewctl", standalone_mode=False, obj=environment
        )
    except SystemExit as end:
        if end.code:
            raise
        outcome = 0  # Typer's --install-completion and --show-completion end so.
    status = _show(environment, arguments, *outcome) if isinstance(outcome, tuple) else int(outcome or 0)
    environment.stdout.flush()
    return status


def _show(environment: Environment, arguments: Sequence[str], run: Run, result: Result) -> int:
    table, terminal = run.output is Output.TABLE, environment.is_terminal()
    if table and run.quiet and result.change:
        text = ""
    elif table and terminal:
        from renewctl.render.terminal import draw  # Lazy import: a pipe does not wait for rich.

        text = draw(result, environment.variables)
    else:
        text = format_result(result, run.output)
    try:
        environment.stdout.write(text)
        environment.stdout.flush()
    except OSError as error:
        if not result.written:
            raise
        # The store has been replaced: the change is made, whoever may read of it.
        _discard_output(environment)
        warning = f"warning: the change is made, but it could not be shown: {error.strerror}"
        write_lines(environment, [warning])
        return ExitStatus.DONE
    if run.output not in {Output.JSON, Output.JSONL}:
        warnings = [*result.warnings, *([] if run.quiet else run.remarks)]
        notes = [f"warning: {warning}" for warning in warnings]
        if not run.quiet and table and terminal and result.footer:
            notes += ["", *result.footer]
        write_lines(environment, notes)
    return report_error(environment, arguments, result.failure) if result.failure else result.status


def _discard_output(environment: Environment) -> None:
    """Forget what is still waiting to be written, so that the interpreter does not try again."""
    if environment.stdout is not None and environment.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), environment.stdout.fileno())
