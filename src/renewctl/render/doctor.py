"""The answer of ``doctor``: facts, each with a fix if something is wrong."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from renewctl.errors import ExitStatus
from renewctl.render.result import HANG, DataTable, Line, Result, line
from renewctl.text import count_of


class Status(StrEnum):
    """How a fact is: as it should be, possibly a cause of trouble, or wrong."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Fact(NamedTuple):
    """One thing that was examined: its name, what was found, its status, a fix."""

    section: str
    name: str
    value: str
    status: Status = Status.OK
    fix: str = ""


_STYLES = {Status.OK: "", Status.WARNING: "warning", Status.PROBLEM: "error"}


def render_facts(facts: Sequence[Fact]) -> Result:
    """Return the facts in every format, with exit status 1 if one is a problem."""
    problems = [fact for fact in facts if fact.status is Status.PROBLEM]
    items = [{**fact._asdict(), "fix": fact.fix or None} for fact in facts]
    table = DataTable(Fact._fields, (tuple(fact) for fact in facts), "Doctor")
    return Result(
        {"schema": "renewctl.doctor/1", "ok": not problems, "items": items},
        table,
        [fact.name for fact in problems],
        [*_list_lines(facts), line(), _summarize(facts)],
        status=ExitStatus.NO if problems else ExitStatus.DONE,
    )


def _list_lines(facts: Sequence[Fact]) -> Iterator[Line]:
    width = max(len(fact.name) for fact in facts)
    for number, (section, group) in enumerate(groupby(facts, key=lambda fact: fact.section)):
        if number:
            yield line()
        yield line((section, "strong"))
        for fact in group:
            mark = () if fact.status is Status.OK else ((f"{fact.status}: ", _STYLES[fact.status]),)
            yield line((f"  {fact.name:<{width}}  ", "dim"), HANG, *mark, fact.value)
            if fact.fix:
                yield line(f"  {'':<{width}}  ", HANG, "help: ", fact.fix)


def _summarize(facts: Sequence[Fact]) -> Line:
    counts = [
        count_of(number, status.value)
        for status in (Status.PROBLEM, Status.WARNING)
        if (number := sum(fact.status is status for fact in facts))
    ]
    return line(", ".join(counts) if counts else "No problems found.")
