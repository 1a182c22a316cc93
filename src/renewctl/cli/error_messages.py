"""Errors as people and programs read them, on standard error.

``error: what`` / ``  --> file:line:column`` / ``help: way out``; one JSON object under ``-o json``.
"""

import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

import typer

from renewctl.cli.runtime import Environment
from renewctl.errors import ExitStatus, FileError, InternalError, Problem, RenewctlError
from renewctl.render.result import Output
from renewctl.text import showable

MOST_SHOWN = 20
_OUTPUT = re.compile(r"--output|-[a-z]*o")
_OUTPUT_VALUE = re.compile(r"(?:--output=|-[nqy]*o=?)(.+)")
TRACEBACK = "RENEWCTL_TRACEBACK"


def print_error(environment: Environment, arguments: Sequence[str], error: RenewctlError) -> ExitStatus:
    """Write the error where errors go, in the form asked for, and return its exit status."""
    if environment.stderr is None:
        return error.exit_status
    try:
        environment.stderr.write(_text(environment, arguments, error))
        environment.stderr.flush()
    except OSError:
        pass  # nobody can be told; the status still says it
    return error.exit_status


def _text(environment: Environment, arguments: Sequence[str], error: RenewctlError) -> str:
    if not _wants_json(arguments):
        return _for_people(error, wrapped=environment.stderr.isatty())
    from renewctl.render.machine import json_text

    return json_text(_document(error))


def as_renewctl_error(
    error: Exception, arguments: Sequence[str], variables: Mapping[str, str]
) -> RenewctlError:
    """Return any error as one that says what is the matter.

    Raises:
        Exception: the error itself, if it is a bug and RENEWCTL_TRACEBACK is set.
    """
    if isinstance(error, RenewctlError):
        return error
    if isinstance(error, typer.TyperException):
        from renewctl.cli.suggestions import usage_error  # Lazy import: most errors are of another kind.

        return usage_error(error, _command_path(arguments))
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return FileError(f"the system refused{where}: {error.strerror or error}")
    if variables.get(TRACEBACK):
        raise error
    message = f"renewctl has a bug: {type(error).__name__}: {error}"
    return InternalError(message, hint=f"please report it; {TRACEBACK}=1 shows where it happened")


def _command_path(arguments: Sequence[str]) -> str:
    """Return the command meant, as far as the words before the first option say."""
    words = list(takewhile(lambda word: not word.startswith("-"), arguments))
    return " ".join(["renewctl", *words[: 2 if words[:1] in (["client"], ["user"]) else 1]])


def _wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether JSON was asked for, even where the arguments as a whole make no sense."""
    words = list(arguments)
    if "--" in words:
        words = words[: words.index("--")]
    values = [following for word, following in pairwise(words) if _OUTPUT.fullmatch(word)]
    values += [found[1] for word in words if (found := _OUTPUT_VALUE.fullmatch(word))]
    return any(value.lower() in {Output.JSON, Output.JSONL} for value in values)


def _document(error: RenewctlError) -> dict[str, Any]:
    hints = (problem.hint for problem in error.problems if problem.hint)
    return {
        "schema": "renewctl.error/1",
        "code": error.code,
        "message": error.message,
        "hint": error.hint or next(hints, ""),
        "problems": [
            {"file": p.file or None, "line": p.line or None, "column": p.column or None, "message": p.message}
            for p in error.problems
        ],
    }


def _for_people(error: RenewctlError, *, wrapped: bool) -> str:
    lines = [showable(text) for text in _lines(error)]
    if wrapped:
        width = max(40, shutil.get_terminal_size((100, 24)).columns) - 1
        lines = [_filled(text, width) for text in lines]
    return "".join(text + "\n" for text in lines)


def _filled(text: str, width: int) -> str:
    """Return a line broken between words: half an address is none."""
    if len(text) <= width:
        return text
    indent = " " * (len(text) - len(text.lstrip(" ")))
    return textwrap.fill(
        text.lstrip(" "),
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(error: RenewctlError) -> Iterator[str]:
    yield f"error: {error.message}"
    for problem in error.problems[:MOST_SHOWN]:
        yield from _problem(problem)
    if len(error.problems) > MOST_SHOWN:
        yield f"  … and {len(error.problems) - MOST_SHOWN} more (-o json lists them)"
    if error.hint:
        yield f"help: {error.hint}"


def _problem(problem: Problem) -> Iterator[str]:
    place = ""
    if problem.file:
        place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part)
        yield f"  --> {place}"
    yield f"{'      ' if place else '  - '}{problem.message}"
    if problem.hint:
        yield f"      help: {problem.hint}"
