"""Findings: a line each as linters write them, JSON and columns, two lines each on a terminal.

Or as GitHub's workflow commands, which it shows beside the lines they are about. Data is made
showable first, then escaped: no name in a store is read as a command.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.check import Finding
from renewctl.domain.resolve import Severity
from renewctl.errors import ExitStatus, Problem, RenewctlError
from renewctl.render.codes import load_codes
from renewctl.render.result import Cell, DataTable, Line, Result, line
from renewctl.render.wording import count_of
from renewctl.text import showable

SCHEMA = "renewctl.check/1"
CODE_SCHEMA = "renewctl.check-code/1"
COLUMNS = ("severity", "code", "file", "line", "column", "client", "message", "mend")
MOST_INFOS = 10
"""So many infos of one code a terminal shows; warnings and errors are all shown."""
GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class LocatedFinding(NamedTuple):
    """A finding and its place; line and column are 0 where it is about a file as a whole."""

    finding: Finding
    file: str
    line: int = 0
    column: int = 0

    @property
    def place(self) -> str:
        """The place as editors write it."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    @property
    def message(self) -> str:
        """What was found, and at which client."""
        client = f"{self.finding.client}: " if self.finding.client else ""
        return f"{client}{self.finding.message}"


def sort_findings(findings: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return the findings as they are listed: by severity, then as they are in the file."""

    def order(located: LocatedFinding) -> tuple[int, bool, int, int, str]:
        finding = located.finding
        severity = list(Severity).index(finding.severity)
        return severity, bool(finding.file), located.line, located.column, finding.code

    return sorted(findings, key=order)


def render_findings(
    findings: Sequence[LocatedFinding], as_of: date, store: Mapping[str, Any], *, strict: bool
) -> Result:
    """Return the findings; the exit status is 1 if there is an error, with ``strict`` also a warning."""
    counts = Counter(located.finding.severity for located in findings)
    bad = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])
    by_severity = [count_of(counts[severity], severity) for severity in Severity if counts[severity]]
    return Result(
        {
            "schema": SCHEMA,
            "as_of": as_of.isoformat(),
            "store": dict(store),
            "items": lambda: [_item(located) for located in findings],
            "summary": {f"{severity}s": counts[severity] for severity in Severity},
        },
        DataTable(COLUMNS, map(_cells, findings)),
        names=tuple(dict.fromkeys(filter(None, (located.finding.client for located in findings)))),
        lines=map(_line, findings),
        grid=DataTable(("Severity", "Code", "Place", "Finding", "Mend"), map(_grid_cells, findings)),
        screen=(lambda _width: _draw(findings)) if findings else None,
        footer=(f"{', '.join(by_severity)} in {store['path']}",) if findings else (),
        status=ExitStatus.NO if bad else ExitStatus.DONE,
    )


def _item(located: LocatedFinding) -> dict[str, Any]:
    finding = located.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "client": finding.client,
        "message": finding.message,
        "mend": finding.fix,
        "file": located.file,
        "line": located.line or None,
        "column": located.column or None,
    }


def _cells(located: LocatedFinding) -> tuple[Cell, ...]:
    item = _item(located)
    return tuple(item[column] for column in COLUMNS)


def _line(located: LocatedFinding) -> Line:
    finding = located.finding
    what = f"{finding.severity} {finding.code}: {located.message}"
    return line(f"{located.place}: {what}; mend: {finding.fix}")


def _grid_cells(located: LocatedFinding) -> tuple[Cell, ...]:
    finding = located.finding
    return finding.severity, finding.code, located.place, located.message, finding.fix


def _draw(findings: Sequence[LocatedFinding]) -> Iterator[Line]:
    """Yield the findings for a terminal; of many infos of one code, some and how many more."""
    infos: Counter[str] = Counter()
    for located in findings:
        finding = located.finding
        infos[finding.code] += finding.severity is Severity.INFO
        if infos[finding.code] <= MOST_INFOS:
            style = str(finding.severity)
            yield line((f"{located.place}: ", "dim"), (f"{style} {finding.code}: ", style), located.message)
            yield line("    ", ("mend: ", "dim"), finding.fix)
    for code, count in infos.items():
        if count > MOST_INFOS:
            yield line((f"… and {count - MOST_INFOS} more {code} (-o tsv lists them all)", "info"))


def render_code(code: str) -> Result:
    """Return what a code means, why it matters and what fixes it."""
    texts = load_codes()[code]
    document = {
        "code": code,
        "severity": texts.severity,
        "meaning": texts.meaning,
        "why": texts.why,
        "mend": texts.fix,
        "source": texts.source or None,
    }
    lines = [
        line((f"{texts.severity} {code}", str(texts.severity))),
        line(("  means: ", "dim"), texts.meaning),
        line(("  why: ", "dim"), texts.why),
        line(("  mend: ", "dim"), texts.fix),
        line(
            ("  source: ", "dim"), texts.source or "renewctl's own: HubSpot's articles say nothing about it"
        ),
    ]
    table = DataTable(tuple(document), (tuple(document.values()),))
    return Result({"schema": CODE_SCHEMA, **document}, table, names=(code,), lines=lines)


# ------------------------------------------------------------------ for GitHub


def annotate(result: Result, findings: Iterable[LocatedFinding]) -> Result:
    """Return the result with the findings as annotations, in place of its lines."""
    text = ""
    for located in findings:
        finding = located.finding
        message = f"{located.message}; mend: {finding.fix}"
        place = (located.file, located.line, located.column)
        text += _annotation(GITHUB_COMMANDS[finding.severity], place, finding.code, message)
    return result._replace(lines=(), screen=None, text=text)


def annotate_error(error: RenewctlError) -> Result:
    """Return the problems of a store that cannot be checked as annotations, and the error itself."""
    text = ""
    for problem in error.problems or (Problem(error.message, hint=error.hint),):
        message = f"{problem.message}; mend: {problem.hint}" if problem.hint else problem.message
        text += _annotation("error", (problem.file, problem.line, problem.column), error.code, message)
    return Result({}, DataTable((), ()), text=text, failure=error)


def _annotation(command: str, place: tuple[str, int, int], title: str, message: str) -> str:
    values = zip(("file", "line", "col", "title"), (*place, title), strict=True)
    properties = ",".join(f"{key}={_escape_property(str(value))}" for key, value in values if value)
    return f"::{command} {properties}::{_escape(message)}\n"


def _escape(text: str) -> str:
    return showable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
