"""Errors and warnings on standard error, as text or as JSON."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise, takewhile

import typer

from renewctl.cli.runtime import Environment
from renewctl.errors import (
    MOST_ALIKE,
    ExitStatus,
    FileError,
    InternalError,
    Problem,
    RenewctlError,
    group_alike,
)
from renewctl.render.machine import json_text, plain_line
from renewctl.render.result import HANG, JSON_FORMS, Line, Result, line
from renewctl.text import cell_reference, count_of, list_some

MOST_SHOWN = 20
TRACEBACK = "RENEWCTL_TRACEBACK"
_LABEL = r" *(?:error: |warning: |help: |--> |- )"
_OUTPUT = r"--output|-[a-z]*o"
_OUTPUT_VALUE = r"(?:--output=|-[nqy]*o=?)(.+)"


def report_error(environment: Environment, arguments: Sequence[str], error: Exception) -> ExitStatus:
    """Write an error to standard error. Return its exit status.

    The error is JSON if the output format of the command is.

    Raises:
        Exception: The error itself, if it is a bug and RENEWCTL_TRACEBACK is set.
    """
    reported = _as_renewctl_error(error, arguments, environment.variables)
    if not _wants_json(arguments):
        write_lines(environment, _lines(reported))
        return reported.exit_status
    hints = (problem.hint for problem in reported.problems if problem.hint)
    document = {
        "schema": "renewctl.error/1",
        "code": reported.code,
        "message": reported.message,
        "hint": reported.hint or next(hints, ""),
        "problems": [
            {
                "file": p.file or None,
                "sheet": p.sheet or None,
                "line": p.line or None,
                "column": p.column or None,
                "message": p.message,
                "hint": p.hint or None,
            }
            for p in reported.problems
        ],
    }
    _write(environment, json_text(document))
    return reported.exit_status


def write_lines(environment: Environment, lines: Iterable[str]) -> None:
    """Write lines to standard error.

    On a terminal, wrap them between words, never inside an address.
    """
    drawn = [_indent(text) for text in lines]
    if drawn and environment.stderr is not None and environment.stderr.isatty():
        # Lazy import: pipes must not import rich.
        from renewctl.render.terminal import draw, terminal_width

        _write(environment, draw(Result({}, lines=drawn), terminal_width() - 1, colour=False))
        return
    _write(environment, "".join(plain_line(parts) + "\n" for parts in drawn))


def _indent(text: str) -> Line:
    """Return a line that wraps below its text, not below its label."""
    label = re.match(_LABEL, text)
    return line(label[0], HANG, text[label.end() :]) if label else line(text)


def _write(environment: Environment, text: str) -> None:
    if environment.stderr is not None:
        with suppress(OSError):  # Nobody can read the error, but the exit status still shows it.
            environment.stderr.write(text)
            environment.stderr.flush()


def _as_renewctl_error(
    error: Exception, arguments: Sequence[str], variables: Mapping[str, str]
) -> RenewctlError:
    if isinstance(error, RenewctlError):
        return error
    if isinstance(error, typer.TyperException):
        from renewctl.cli.suggestions import usage_error  # Lazy import: most errors are not Typer's.

        # The name of the command comes before the first option.
        words = list(takewhile(lambda word: not word.startswith("-"), arguments))
        count = 2 if words[:1] in (["client"], ["user"]) else 1
        return usage_error(error, " ".join(["renewctl", *words[:count]]))
    if isinstance(error, OSError):
        what = f"cannot access {error.filename}" if error.filename else "system error"
        return FileError(f"{what}: {error.strerror or error}")
    if variables.get(TRACEBACK):
        raise error
    message = f"internal error: {type(error).__name__}: {error}"
    return InternalError(message, hint=f"report this bug, with the output under {TRACEBACK}=1")


def _wants_json(arguments: Sequence[str]) -> bool:
    """Return whether the output format is JSON, even for invalid arguments."""
    words = list(arguments)
    if "--" in words:
        words = words[: words.index("--")]
    values = [following for word, following in pairwise(words) if re.fullmatch(_OUTPUT, word)]
    values += [match[1] for word in words if (match := re.fullmatch(_OUTPUT_VALUE, word))]
    return any(value.lower() in JSON_FORMS for value in values)


def _lines(error: RenewctlError) -> Iterator[str]:
    yield f"error: {error.message}"
    # Problems without a place, such as a note on a whole column, come last.
    unplaced = [problem for problem in error.problems if not problem.file]
    groups = group_alike([problem for problem in error.problems if problem.file])
    groups, others = (groups, unplaced) if groups else (group_alike(unplaced), [])
    # A hint that all problems share is printed once, at the end.
    hints = [group[0].hint for group in groups]
    shared = hints[0] if len(hints) > 1 and len({*hints}) == 1 else ""
    for group in groups[:MOST_SHOWN]:
        problem, numbers = group[0], list(dict.fromkeys(str(each.line) for each in group))
        if problem.file:
            yield f"  --> {_place(problem)}"
        yield f"{'      ' if problem.file else '  - '}{problem.message}"
        if len(group) > 1:
            where = "row" if problem.sheet else "line"
            yield f"      {count_of(len(numbers), where)} like this: {list_some(numbers, MOST_ALIKE)}"
        if problem.hint and not shared:
            yield f"      help: {problem.hint}"
    if left := sum(map(len, groups[MOST_SHOWN:])):
        yield f"  … and {left} more (-o json lists them)"
    for problem in others:
        yield f"  - {problem.message}"
        if problem.hint:
            yield f"      help: {problem.hint}"
    yield from (f"help: {hint}" for hint in dict.fromkeys((shared, error.hint)) if hint)


def _place(problem: Problem) -> str:
    """Return the place of a problem, as ``FILE:LINE:COLUMN`` or ``FILE:Sheet!F3``."""
    if problem.sheet:
        return f"{problem.file}:{cell_reference(problem.sheet, problem.line, problem.column)}"
    return ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part)
