"""Findings in every form, and the explanation of a code."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line, repeat_command
from renewctl.domain.check import CODES, Finding
from renewctl.domain.notes import Severity
from renewctl.errors import ExitStatus, Problem, RenewctlError
from renewctl.package_data import read_texts
from renewctl.render.machine import markdown_table
from renewctl.render.result import HANG, Column, DataTable, Grid, Line, Result, line, table_of
from renewctl.render.wording import ROLES
from renewctl.text import count_of, showable

COLUMNS = ("severity", "code", "file", "line", "column", "client", "message", "fix", "note")
MOST_NAMED = 3
"""How many clients of a code are named on a terminal; ``--long`` lists all of them."""
GAP = "  "
_COMMAND = re.compile(r"renewctl((?: [a-z][a-z-]*| --[a-z-]+| [A-Z]+)+)")
"""A command in the texts of a code; its placeholders are in capitals."""
GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class LocatedFinding(NamedTuple):
    """A finding and its place; line and column are 0 if it concerns a whole file.

    ``name`` is the name of its client, if it has one.
    """

    finding: Finding
    file: str
    line: int = 0
    column: int = 0
    name: str = ""

    @property
    def subject(self) -> str:
        """Return the subject of the finding, for example a client or the default."""
        finding = self.finding
        if finding.client:
            return self.name or finding.client
        entry = {"defaults": "default", "users": "".join(finding.path[1:2])}
        return entry.get("".join(finding.path[:1])) or self.place

    @property
    def place(self) -> str:
        """The place in the form that editors recognise."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    @property
    def message(self) -> str:
        """The message, after the client if there is one."""
        client = f"{self.finding.client}: " if self.finding.client else ""
        return f"{client}{self.finding.message}"

    @property
    def remedy(self) -> tuple[str, str]:
        """The label and the text of what to do: a fix or a note."""
        return ("fix", self.finding.fix) if self.finding.fix else ("note", self.finding.note)


class Checked(NamedTuple):
    """The result of a check.

    Args:
        findings: The findings in all files.
        as_of: The day of the check.
        stores: The path and sha256 of each file.
        failure: The error for files that cannot be checked.
    """

    findings: Iterable[LocatedFinding]
    as_of: date
    stores: Sequence[Mapping[str, Any]]
    failure: RenewctlError | None = None


class _Group(NamedTuple):
    """The findings of one code; ``subjects`` has what each concerns, with details."""

    code: str
    texts: Mapping[str, str]
    findings: Sequence[LocatedFinding]
    subjects: Mapping[tuple[str, str], Sequence[str]]

    @property
    def extent(self) -> str:
        """The number of clients, or of places if the findings do not all concern a client."""
        of_clients = all(located.finding.client for located in self.findings)
        return count_of(len(self.subjects), "client" if of_clients else "place")

    @property
    def remedy(self) -> tuple[str, str]:
        """Return the remedy for all findings, or a note with placeholders."""
        if len(remedies := {located.remedy for located in self.findings}) == 1:
            return remedies.pop()
        if fix := self.texts.get("fix"):
            return "fix", _compose(fix)
        text = _compose(self.texts["note"])
        return "note", text[0].lower() + text[1:].rstrip(".")

    def describe_subjects(self, room: int) -> str:
        """Return the subjects that fit, or the message of a finding without any."""
        # Lazy import: a pipe does not wait for rich.
        from renewctl.render.terminal import list_fitting

        if len(self.findings) == 1 and self.findings[0].subject == self.findings[0].place:
            return f"{self.findings[0].place}: {self.findings[0].message}"
        of_one = len(self.subjects) == 1 and self.findings[0].finding.client
        form = "{}: {}" if of_one else "{} ({})"
        subjects = [
            form.format(name, ", ".join(details)) if details else name
            for (_, name), details in self.subjects.items()
        ]
        return list_fitting(subjects, room, MOST_NAMED)


def render_findings(checked: Checked, *, strict: bool, long: bool) -> Result:
    """Return the findings, by severity, then in the order of the file.

    Args:
        checked: What was checked and found.
        strict: Whether a warning sets exit status 1, as an error does.
        long: Whether people see every finding with its place, not a group for each code.
    """
    stores, failure = checked.stores, checked.failure
    findings = sorted(checked.findings, key=_sort_key)
    counts = Counter(each.finding.severity for each in findings)
    bad = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])

    def draw_screen(width: int) -> Iterator[Line]:
        yield from (line((_count_findings(counts, stores), "strong")), line())
        several = len(stores) > 1
        yield from _draw(findings) if long else _draw_groups(_group(findings, several=several), width)

    headings = ("Severity", "Code", "Place", "Finding", "Fix", "Note")
    return Result(
        {
            "schema": "renewctl.check/2",
            "as_of": checked.as_of.isoformat(),
            "store": dict(stores[0]) if len(stores) == 1 else None,
            "stores": [dict(store) for store in stores],
            "items": lambda: [_item(each) for each in findings],
            "summary": {f"{severity}s": counts[severity] for severity in Severity},
        },
        table_of(COLUMNS, map(_item, findings)),
        names=tuple(dict.fromkeys(each.finding.client for each in findings if each.finding.client)),
        lines=map(_line, findings),
        screen=draw_screen if findings else None,
        footer=tuple(_describe_more(long=long)) if findings else _describe_nothing(stores),
        markdown=lambda: markdown_table(DataTable(headings, map(_grid_cells, findings))),
        annotations=lambda: (
            (_annotate_error(failure) if failure else "") + "".join(map(_annotate_finding, findings))
        ),
        failure=failure,
        status=ExitStatus.NO if bad else ExitStatus.DONE,
    )


def _count_findings(counts: Mapping[Severity, int], stores: Sequence[Mapping[str, Any]]) -> str:
    """Return the number of findings by severity, and the file."""
    nouns = {Severity.INFO: "info finding"}
    found = [count_of(counts[each], nouns.get(each, str(each))) for each in Severity if counts[each]]
    return f"{', '.join(found)} in {_name_checked(stores)}"


def _name_checked(stores: Sequence[Mapping[str, Any]]) -> str:
    return str(stores[0]["path"]) if len(stores) == 1 else count_of(len(stores), "file")


def _describe_more(*, long: bool) -> Iterator[Line]:
    """Yield the commands that show every finding and explain a code."""
    if not long:
        yield line(f"Show every finding with its line: {repeat_command(long=True)}")
    yield line(f"Explain a code: {command_line('check --explain CODE')}")


def _describe_nothing(stores: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return (line(f"No findings in {_name_checked(stores)}."),) if stores else ()


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
        "fix": finding.fix or None,
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
    """Yield every finding with its place, in the form that editors recognise."""
    for located in findings:
        finding, style = located.finding, str(located.finding.severity)
        yield line((f"{located.place}: ", "dim"), HANG, (f"{style} {finding.code}: ", style), located.message)
        label, remedy = _label_remedy(located.remedy)
        yield line("    ", label, HANG, remedy)


def _group(findings: Iterable[LocatedFinding], *, several: bool) -> list[_Group]:
    """Return the findings by code, errors first; with files if ``several``."""
    texts = read_texts("codes")["codes"]
    by_code: dict[str, list[LocatedFinding]] = {}
    for located in findings:
        by_code.setdefault(located.finding.code, []).append(located)
    groups = []
    codes = [code for severity in Severity for code in CODES if CODES[code] is severity]
    for code in filter(by_code.get, codes):
        subjects: dict[tuple[str, str], list[str]] = {}
        alone = len({(located.file, located.subject) for located in by_code[code]}) == 1
        for located in by_code[code]:
            details = subjects.setdefault((located.file, located.subject), [located.file] if several else [])
            detail = located.finding.subject
            # Details are left out if there are several clients, to leave room for names.
            if detail and (alone or not located.finding.client):
                details.append(ROLES.get(detail, detail))
        groups.append(_Group(code, texts[code], by_code[code], subjects))
    return groups


def _draw_groups(groups: Sequence[_Group], width: int) -> Iterator[Line]:
    """Yield for each code what its findings concern, and what to do.

    An info needs no action; ``--explain`` and ``--long`` show what can be done.
    """
    from renewctl.render.terminal import measure  # Lazy import: a pipe does not wait for rich.

    margin = max(map(len, Severity)) + len(GAP)
    title = max(len(group.texts["title"]) for group in groups) + len(GAP)
    extent = max(len(group.extent) for group in groups) + len(GAP)
    for group in groups:
        style = str(CODES[group.code])
        head = line(
            (f"{style.upper():<{margin}}", style),
            HANG,
            (f"{group.texts['title']:<{title}}", "strong"),
            f"{group.extent:<{extent}}",
        )
        subjects = line(group.describe_subjects(width - measure(head)))
        if measure((*head, *subjects)) > width:
            yield head
            head, subjects = line(" " * margin, HANG), line(group.describe_subjects(width - margin))
        found, code = line(*head, *subjects), (group.code, "dim")
        is_info = CODES[group.code] is Severity.INFO
        if is_info and measure(line(*found, GAP, code)) <= width:
            yield line(*found, GAP, code)
            continue
        yield found
        remedy = () if is_info else line(GAP, *_label_remedy(group.remedy))
        yield line(" " * margin, HANG, code, *remedy)


def _label_remedy(remedy: tuple[str, str]) -> Line:
    label, text = remedy
    return line((f"{label}: ", "dim"), text)


def _annotate_error(error: RenewctlError) -> str:
    """Return the problems of files that cannot be checked, as annotations."""
    problems = error.problems or (Problem(error.message, hint=error.hint),)
    return "".join(_annotation("error", error.code, problem, ("help", problem.hint)) for problem in problems)


def _annotate_finding(located: LocatedFinding) -> str:
    finding, file, row, column, _ = located
    problem = Problem(located.message, file=file, line=row, column=column)
    return _annotation(GITHUB_COMMANDS[finding.severity], finding.code, problem, located.remedy)


def _annotation(command: str, title: str, problem: Problem, remedy: tuple[str, str]) -> str:
    """Return a workflow command for GitHub, which ends in a labelled remedy, if any.

    Data is made showable, then escaped, so that GitHub reads no name as a command.
    """
    values = {"file": problem.file, "line": problem.line, "col": problem.column, "title": title}
    escapes = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})
    properties = [
        f"{key}={showable(str(value)).translate(escapes)}" for key, value in values.items() if value
    ]
    message = f"{problem.message}; {': '.join(remedy)}" if remedy[1] else problem.message
    return f"::{command} {','.join(properties)}::{showable(message).replace('%', '%25')}\n"


def _compose(text: str) -> str:
    """Return a text with each command as it can be typed for the file in use."""
    return _COMMAND.sub(lambda match: command_line(match[1].strip()), text)


def render_code(code: str) -> Result:
    """Return the explanation of a code, in every form."""
    texts, severity = read_texts("codes"), CODES[code]
    text = {key: value if key == "more" else _compose(value) for key, value in texts["codes"][code].items()}
    document = {
        "code": code,
        "severity": severity,
        "meaning": text["meaning"],
        "why": text["why"],
        "fix": text.get("fix"),
        "note": text.get("note"),
        "source": texts["sources"].get(text.get("source")),
    }
    source = document["source"] or "renewctl; not mentioned in HubSpot's articles"
    labelled = {key: str(text[key]) for key in ("meaning", "why", "fix", "note") if key in text}
    if "more" in text:
        labelled["note"] = text["more"]
    labelled["source"] = source
    lines = [line((f"{severity} {code}", str(severity)))]
    lines += [line((f"  {label}: ", "dim"), value) for label, value in labelled.items()]
    labels = [line((label, "dim")) for label in ("Code", "Severity", *map(str.capitalize, labelled))]
    values = [*map(line, (code, severity, *labelled.values()))]
    grid = Grid([[Column("", labels), Column("", values, wraps=True)]])
    return Result(
        {"schema": "renewctl.check-code/2", **document},
        table_of(tuple(document), [document]),
        names=(code,),
        lines=lines,
        screen=lambda _width: (line((text["title"], "strong")), line(), grid),
    )
