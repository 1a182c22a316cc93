"""Findings and problems as GitHub's workflow commands, which it shows beside the lines they are about.

Data is made showable first, then escaped: no name in a store is read as a command.
Imports the pure floors and its neighbours in ``render``.
"""

from collections.abc import Iterable, Iterator

from renewctl.domain.resolve import Severity
from renewctl.errors import Problem, RenewctlError
from renewctl.render.check import LocatedFinding
from renewctl.render.result import DataTable, Result
from renewctl.text import showable

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotate(answer: Result, found: Iterable[LocatedFinding]) -> Result:
    """Return the answer with the findings as annotations, in place of its lines."""
    return answer._replace(lines=(), screen=None, text="".join(map(_of_finding, found)))


def annotate_error(error: RenewctlError) -> Result:
    """Return what is wrong with a store that cannot be checked as annotations, and as the error it is."""
    text = "".join(_of_problems(error))
    return Result({}, DataTable((), ()), text=text, failure=error)


def _of_finding(placed: LocatedFinding) -> str:
    finding = placed.finding
    says = f"{placed.where}; mend: {finding.fix}"
    place = (placed.file, placed.line, placed.column)
    return _command(_KINDS[finding.severity], place, finding.code, says)


def _of_problems(error: RenewctlError) -> Iterator[str]:
    for problem in error.problems or (Problem(error.message, hint=error.hint),):
        says = f"{problem.message}; mend: {problem.hint}" if problem.hint else problem.message
        yield _command("error", (problem.file, problem.line, problem.column), error.code, says)


def _command(kind: str, place: tuple[str, int, int], title: str, message: str) -> str:
    named = zip(("file", "line", "col", "title"), (*place, title), strict=True)
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in named if value)
    return f"::{kind} {properties}::{_data(message)}\n"


def _data(text: str) -> str:
    return showable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
