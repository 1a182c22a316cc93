"""Findings: as linters write them, as JSON and columns, on a terminal, as annotations of GitHub."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.check import CODES, Finding
from renewctl.domain.resolve import Severity
from renewctl.errors import ExitStatus, Problem, RenewctlError
from renewctl.package_data import read_texts
from renewctl.render.machine import markdown_table
from renewctl.render.result import DataTable, Line, Result, line, table_of
from renewctl.text import count_of, showable

COLUMNS = ("severity", "code", "file", "line", "column", "client", "message", "mend", "note")
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

    @property
    def remedy(self) -> tuple[str, str]:
        """What to do about it, behind the word for what that is: a command, or a note."""
        return ("mend", self.finding.fix) if self.finding.fix else ("note", self.finding.note)


def render_findings(
    located: Iterable[LocatedFinding],
    as_of: date,
    stores: Sequence[Mapping[str, Any]],
    *,
    strict: bool,
    for_github: bool,
) -> Result:
    """Return the findings, by severity, then in the order of the file.

    Args:
        located: the findings.
        as_of: the day they are of.
        stores: path and sha256 of each store that was checked.
        strict: exit with status 1 on a warning too, not only on an error.
        for_github: write GitHub's workflow commands, which it shows beside the lines they are about.
    """
    findings = sorted(located, key=_sort_key)
    counts = Counter(each.finding.severity for each in findings)
    bad = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])
    by_severity = [count_of(counts[severity], severity) for severity in Severity if counts[severity]]
    checked = stores[0]["path"] if len(stores) == 1 else f"{len(stores)} stores"
    headings = ("Severity", "Code", "Place", "Finding", "Mend", "Note")
    return Result(
        {
            "schema": "renewctl.check/1",
            "as_of": as_of.isoformat(),
            "store": dict(stores[0]) if len(stores) == 1 else None,
            "stores": [dict(store) for store in stores],
            "items": lambda: [_item(each) for each in findings],
            "summary": {f"{severity}s": counts[severity] for severity in Severity},
        },
        table_of(COLUMNS, map(_item, findings)),
        names=tuple(dict.fromkeys(each.finding.client for each in findings if each.finding.client)),
        text="".join(map(_annotate_finding, findings)) if for_github else "",
        lines=map(_line, findings),
        screen=(lambda _width: _draw(findings)) if findings else None,
        footer=(line(f"{', '.join(by_severity)} in {checked}"),) if findings else (),
        markdown=lambda: markdown_table(DataTable(headings, map(_grid_cells, findings))),
        status=ExitStatus.NO if bad else ExitStatus.DONE,
    )


def _sort_key(located: LocatedFinding) -> tuple[int, bool, str, int, int, str]:
    finding = located.finding
    severity = list(Severity).index(finding.severity)
    return severity, bool(finding.file), located.file, located.line, located.column, finding.code


def _item(located: LocatedFinding) -> dict[str, Any]:
    finding = located.finding
    return {
        "code": finding.code,
        "severity": finding.severity,
        "client": finding.client,
        "message": finding.message,
        "mend": finding.fix or None,
        "note": finding.note or None,
        "file": located.file,
        "line": located.line or None,
        "column": located.column or None,
    }


def _line(located: LocatedFinding) -> Line:
    finding = located.finding
    what = f"{finding.severity} {finding.code}: {located.message}"
    return line(f"{located.place}: {what}; {': '.join(located.remedy)}")


def _grid_cells(located: LocatedFinding) -> tuple[str, ...]:
    finding = located.finding
    return finding.severity, finding.code, located.place, located.message, finding.fix, finding.note


def _draw(findings: Sequence[LocatedFinding]) -> Iterator[Line]:
    """Yield the findings for a terminal; of many infos of one code, some and how many more."""
    infos: Counter[str] = Counter()
    for located in findings:
        finding = located.finding
        infos[finding.code] += finding.severity is Severity.INFO
        if infos[finding.code] <= MOST_INFOS:
            style = str(finding.severity)
            yield line((f"{located.place}: ", "dim"), (f"{style} {finding.code}: ", style), located.message)
            label, remedy = located.remedy
            yield line("    ", (f"{label}: ", "dim"), remedy)
    for code, count in infos.items():
        if count > MOST_INFOS:
            yield line((f"… and {count - MOST_INFOS} more {code} (-o tsv lists them all)", "info"))


def annotate_error(error: RenewctlError) -> str:
    """Return the problems of stores that cannot be checked as annotations."""
    problems = error.problems or (Problem(error.message, hint=error.hint),)
    return "".join(_annotation("error", error.code, problem, ("help", problem.hint)) for problem in problems)


def _annotate_finding(located: LocatedFinding) -> str:
    finding, file, row, column = located
    problem = Problem(located.message, file=file, line=row, column=column)
    return _annotation(GITHUB_COMMANDS[finding.severity], finding.code, problem, located.remedy)


def _annotation(command: str, title: str, problem: Problem, remedy: tuple[str, str]) -> str:
    """Return a workflow command that ends in a labelled remedy, if any.

    Data is made showable, then escaped: no name is read as a command.
    """
    values = {"file": problem.file, "line": problem.line, "col": problem.column, "title": title}
    escapes = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})
    properties = [
        f"{key}={showable(str(value)).translate(escapes)}" for key, value in values.items() if value
    ]
    message = f"{problem.message}; {': '.join(remedy)}" if remedy[1] else problem.message
    return f"::{command} {','.join(properties)}::{showable(message).replace('%', '%25')}\n"


def render_code(code: str) -> Result:
    """Return what a code means, why it matters and what to do about it."""
    texts, severity = read_texts("codes"), CODES[code]
    text = texts["codes"][code]
    document = {
        "code": code,
        "severity": severity,
        "meaning": text["meaning"],
        "why": text["why"],
        "mend": text.get("fix"),
        "note": text.get("note"),
        "source": texts["sources"].get(text.get("source")),
    }
    source = document["source"] or "renewctl's own: HubSpot's articles say nothing about it"
    lines = [
        line((f"{severity} {code}", str(severity))),
        line(("  means: ", "dim"), text["meaning"]),
        line(("  why: ", "dim"), text["why"]),
        line(("  mend: " if "fix" in text else "  note: ", "dim"), text.get("fix") or text["note"]),
        line(("  source: ", "dim"), source),
    ]
    table = table_of(tuple(document), [document])
    return Result({"schema": "renewctl.check-code/1", **document}, table, names=(code,), lines=lines)
