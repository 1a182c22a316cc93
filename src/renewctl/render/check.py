"""Findings: a line each as linters write them, JSON and columns, and on a terminal two lines each.

Imports the pure floors and its neighbours in ``render``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from renewctl.domain.check import Finding
from renewctl.domain.resolve import Severity
from renewctl.errors import ExitStatus
from renewctl.render.codes import load_codes
from renewctl.render.result import Cell, DataTable, Line, Result, line

SCHEMA = "renewctl.check/1"
CODE_SCHEMA = "renewctl.check-code/1"
COLUMNS = ("severity", "code", "file", "line", "column", "client", "message", "mend")
MOST_INFOS = 10
"""So many infos of one code a terminal shows; warnings and errors are all shown."""
_ORDER = {severity: index for index, severity in enumerate(Severity)}


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
    def where(self) -> str:
        """What was found, and at which client."""
        client = f"{self.finding.client}: " if self.finding.client else ""
        return f"{client}{self.finding.message}"


def sort_findings(found: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return the findings as they are shown: the gravest first, then as they stand in the file."""
    return sorted(found, key=_order)


def render_findings(
    found: Sequence[LocatedFinding], as_of: date, store: Mapping[str, str], *, strict: bool
) -> Result:
    """Return what was found in a store, seen from a day, and whether all is well as the exit status."""
    counts = Counter(placed.finding.severity for placed in found)
    summary = {f"{severity}s": counts[severity] for severity in Severity}
    heading = {"schema": SCHEMA, "as_of": as_of.isoformat(), "store": dict(store)}
    bad = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])
    return Result(
        {**heading, "items": [_item(placed) for placed in found], "summary": summary},
        DataTable(COLUMNS, tuple(map(_cells, found))),
        names=tuple(dict.fromkeys(p.finding.client for p in found if p.finding.client)),
        lines=tuple(map(_line, found)),
        grid=DataTable(("Severity", "Code", "Place", "Finding", "Mend"), tuple(map(_peoples_cells, found))),
        screen=partial(_drawn, found) if found else None,
        footer=(_counted(counts, store["path"]),) if found else (),
        status=ExitStatus.NO if bad else ExitStatus.DONE,
    )


def _order(placed: LocatedFinding) -> tuple[int, bool, int, int, str]:
    finding = placed.finding
    return _ORDER[finding.severity], bool(finding.file), placed.line, placed.column, finding.code


def _item(placed: LocatedFinding) -> dict[str, Any]:
    finding = placed.finding
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "client": finding.client,
        "message": finding.message,
        "mend": finding.fix,
        "file": placed.file,
        "line": placed.line or None,
        "column": placed.column or None,
    }


def _cells(placed: LocatedFinding) -> tuple[Cell, ...]:
    item = _item(placed)
    return tuple(item[column] for column in COLUMNS)


def _line(placed: LocatedFinding) -> Line:
    finding = placed.finding
    head = f"{placed.place}: {finding.severity} {finding.code}: "
    return line(f"{head}{placed.where}; mend: {finding.fix}")


def _peoples_cells(placed: LocatedFinding) -> tuple[Cell, ...]:
    finding = placed.finding
    return str(finding.severity), finding.code, placed.place, placed.where, finding.fix


def _drawn(found: Sequence[LocatedFinding], _width: int) -> Iterator[Line]:
    """Yield the findings for a terminal; of many infos of one code, some and how many more."""
    infos: Counter[str] = Counter()
    for placed in found:
        finding = placed.finding
        infos[finding.code] += finding.severity is Severity.INFO
        if infos[finding.code] <= MOST_INFOS:
            style = str(finding.severity)
            yield line((f"{placed.place}: ", "dim"), (f"{style} {finding.code}: ", style), placed.where)
            yield line("    ", ("mend: ", "dim"), finding.fix)
    for code, count in infos.items():
        if count > MOST_INFOS:
            yield line((f"… and {count - MOST_INFOS} more {code} (-o tsv lists them all)", "info"))


def _counted(counts: Mapping[Severity, int], path: str) -> str:
    said = [f"{counts[one]} {one}{'' if counts[one] == 1 else 's'}" for one in Severity if counts[one]]
    return f"{', '.join(said)} in {path}"


def render_code(code: str) -> Result:
    """Return what a code means, why it matters and what mends it."""
    found = load_codes()[code]
    source = found.source or "renewctl's own: HubSpot's articles say nothing about it"
    told = {
        "code": code,
        "severity": str(found.severity),
        "meaning": found.meaning,
        "why": found.why,
        "mend": found.fix,
        "source": found.source or None,
    }
    lines = [line((f"{found.severity} {code}", str(found.severity)))]
    for label, text in (
        ("means", found.meaning),
        ("why", found.why),
        ("mend", found.fix),
        ("source", source),
    ):
        lines.append(line(("  " + f"{label}: ", "dim"), text))
    sheet = DataTable(tuple(told), (tuple(told.values()),))
    return Result({"schema": CODE_SCHEMA, **told}, sheet, names=(code,), lines=tuple(lines))
