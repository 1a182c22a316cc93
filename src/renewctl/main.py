"""Run a command from its arguments to its exit status."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

import typer

from renewctl.cli.app import COMPLETE, command_tree
from renewctl.cli.error_messages import report_error, write_lines
from renewctl.cli.runtime import Environment, Run, find_shell
from renewctl.command_line import Shell, name_store, quote_for
from renewctl.errors import ExitStatus, FileError, Interrupted, RenewctlError, UsageError
from renewctl.render.machine import format_result
from renewctl.render.result import JSON_FORMS, Output, Result
from renewctl.signals import release_signals, restore_signals
from renewctl.text import showable


def main(argv: Sequence[str] | None = None) -> int:
    """Run renewctl with arguments (default: the process's). Return the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    environment = Environment.from_process()
    with restore_signals(), quote_for(_find_shell), name_store(arguments):
        try:
            return int(_run(environment, arguments))
        except (KeyboardInterrupt, typer.Abort):
            return int(ExitStatus.INTERRUPTED)
        except (BrokenPipeError, SystemExit):
            # Typer raises SystemExit when a pipe closes while it prints help.
            _discard_output(environment)
            return int(ExitStatus.BROKEN_PIPE)
        except Exception as error:
            status = report_error(environment, arguments, error)
            if isinstance(error, Interrupted):
                with suppress(KeyboardInterrupt):
                    release_signals()  # Any pending signal but Ctrl-C ends the process here.
            if isinstance(error, OSError):
                _discard_output(environment)
            return int(status)


def _run(environment: Environment, arguments: Sequence[str]) -> int:
    if environment.stdout is None:
        hint = "redirect it to a file or to /dev/null"
        raise FileError("standard output is closed", hint=hint)
    if environment.is_terminal():
        _enable_colour()
    if environment.variables.get(COMPLETE):
        # Half a command line can be anything, and an error could not be shown: then nothing is suggested.
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
        outcome = 0  # Typer's --install-completion and --show-completion exit like this.
    status = _show(environment, arguments, *outcome) if isinstance(outcome, tuple) else int(outcome or 0)
    environment.stdout.flush()
    return status


def _show(environment: Environment, arguments: Sequence[str], run: Run, result: Result) -> int:
    try:
        content = _render(run, result)
        warnings = _warnings(run, result)
        if run.out is not None:
            from renewctl.cli.output_files import write_answer  # Lazy import: most answers are printed.

            write_answer(run, content)
            if not run.quiet:
                environment.stdout.write(f"Wrote {showable(run.out)}\n")
        elif isinstance(content, bytes):
            environment.stdout.buffer.write(content)
        elif run.form is Output.TABLE and environment.is_terminal() and not run.no_pager:
            from renewctl.cli.pager import show  # Lazy import: a pipe has no pager.

            show(content, environment, below=len(warnings))
        else:
            environment.stdout.write(content)
        environment.stdout.flush()
    except (OSError, RenewctlError, KeyboardInterrupt) as error:
        if not result.written:
            raise
        # The data file or the output files have been replaced, so this is not an error any more.
        why = error.strerror if isinstance(error, OSError) else str(error) or "interrupted"
        if isinstance(error, OSError):
            _discard_output(environment)
        lost = f"warning: done, but the output could not be shown: {why}"
        warnings = [lost, *_warnings(run, result)]
    write_lines(environment, warnings)
    return report_error(environment, arguments, result.failure) if result.failure else result.status


def _warnings(run: Run, result: Result) -> list[str]:
    """Return the warnings for standard error, except for JSON, which includes them."""
    if run.output in JSON_FORMS:
        return []
    return [f"warning: {warning}" for warning in (*result.warnings, *([] if run.quiet else run.warnings))]


def _render(run: Run, result: Result) -> str | bytes:
    """Return the result in the form of this run.

    Raises:
        UsageError: If it does not have this form.
        MissingExtra: If a package for a workbook or a page is missing.
        BadInput: If it cannot be written as a workbook or a page.
    """
    environment = run.environment
    form = run.resolve_form(Output.AUTO) if result.files else run.form
    if form in {Output.AUTO, Output.TABLE} and run.quiet and result.change:
        return ""
    if form is Output.XLSX:
        if result.text or result.data or not result.table.columns:
            raise UsageError("xlsx output is not available here", hint="remove -o xlsx")
        # Lazy import: few answers are workbooks.
        from renewctl.exchange.write_workbook import Content, write_workbook

        columns, rows, title, alarm = result.table
        return write_workbook(Content(title, columns, rows, alarm), run.today)
    made = {Output.HTML: result.page, Output.EML: None, Output.GITHUB: result.annotations}
    if form in made:
        if (make := made[form]) is None:
            raise UsageError(f"{form} output is not available here", hint=f"remove -o {form}")
        return make()
    if result.data:
        return result.data
    if form is Output.TABLE and (environment.is_terminal() or not (result.text or result.message)):
        # Lazy import: output to a pipe does not need rich.
        from renewctl.render.terminal import draw, terminal_width

        colour = run.has_colour(terminal=environment.is_terminal())
        return draw(result, terminal_width(), colour=colour, footer=not run.quiet)
    return format_result(result, form)


def _enable_colour() -> None:
    """Let the console of Windows show colors instead of their codes."""
    if sys.platform == "win32":
        import colorama  # Lazy import: only Windows needs it, where Typer requires it.

        colorama.just_fix_windows_console()


@cache
def _find_shell() -> Shell:
    """Return the shell that commands are quoted for, by default on Windows PowerShell."""
    if sys.platform != "win32":
        return Shell.POSIX
    return {"cmd": Shell.CMD, "bash": Shell.POSIX, "zsh": Shell.POSIX}.get(find_shell(), Shell.POWERSHELL)


def _discard_output(environment: Environment) -> None:
    """Discard buffered output, so that the interpreter does not try to write it again."""
    if environment.stdout is not None and environment.stdout is sys.__stdout__:
        os.dup2(os.open(os.devnull, os.O_WRONLY), environment.stdout.fileno())
