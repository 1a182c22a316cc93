"""The short pages of ``renewctl help``, each made of the table that the code itself goes by."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from renewctl.domain.dates import DAY_FORMS, parse_day, parse_span
from renewctl.domain.resolve import ARTICLE, SEVERITY
from renewctl.errors import ExitStatus, RenewctlError
from renewctl.fields import OWN_KEYS, TABLES
from renewctl.model import Policy
from renewctl.render.check import load_codes
from renewctl.render.result import DataTable, Line, Result, line
from renewctl.render.terminal import wrap_hanging
from renewctl.render.wording import read_texts

MEANINGS: Mapping[ExitStatus, str] = {
    ExitStatus.DONE: "done, or the answer is yes",
    ExitStatus.NO: "the answer is no: --expect is not met, --require-recipient found nobody, check found an "
    "error (with --strict a warning), diff --exit-code a difference, there is nothing to undo, a question "
    "was declined",
    ExitStatus.USAGE: "the words do not make a command, or one that needs what is not installed",
    ExitStatus.INVALID: "the store is missing or invalid, or a row of input is bad",
    ExitStatus.UNKNOWN: "an unknown client or user on the command line",
    ExitStatus.BUSY: "the store is locked, or was changed by somebody else meanwhile",
    ExitStatus.NEEDS_YES: "needs --yes: somebody would be left with nobody notified, or every override "
    "cleared",
    ExitStatus.INTERNAL: "a bug of ours; nothing was written",
    ExitStatus.IO: "the system would not read or write",
    ExitStatus.INTERRUPTED: "interrupted",
    ExitStatus.BROKEN_PIPE: "the pipe that read the output was closed",
}
SPANS = ("120d", "6w", "3m", "1y")
_HEADINGS = {
    "defaults": "[defaults]",
    "policy": "[policy]",
    "users": '[users."ADDRESS"]',
    "clients": '[clients."DOMAIN"]',
    "clients.in_hubspot": "a client's in_hubspot",
    "contacts": "one of a client's contacts",
    "renewals": "one of a client's renewals",
    "override": "a client's override",
    "defaults.in_hubspot": "the default's in_hubspot",
}
_NEAR = ("yesterday", "this-month", "next-month", "this-quarter")
"""Days that are understood too, besides those that a message names."""


def render_exit_codes() -> Result:
    """Return what a process ends with, and the codes of errors that each status stands for."""
    codes = _codes()
    items: list[dict[str, Any]] = []
    lines = [line(("Exit statuses", "strong"), "; any but 0 leaves the store as it was."), line()]
    for status in ExitStatus:
        names = sorted(codes.get(status, []))
        items.append({"status": int(status), "meaning": MEANINGS[status], "codes": names})
        lines.append(line((f"{status:>5}  ", "strong"), MEANINGS[status]))
        if names:
            lines.append(line(" " * 7, (f"({', '.join(names)})", "dim")))
    lines += [line(), line(("In brackets: the codes of its errors under -o json.", "dim"))]
    return _page("exit-codes", items, lines)


def _codes() -> dict[ExitStatus, list[str]]:
    """Return the codes of the whole family of errors, as far as it is imported, by exit status."""
    codes: dict[ExitStatus, list[str]] = {}
    classes: list[type[RenewctlError]] = RenewctlError.__subclasses__()
    for error in classes:  # which grows by the classes below
        classes += error.__subclasses__()
        of_status = codes.setdefault(error.exit_status, [])
        if error.code not in of_status:
            of_status.append(error.code)
    return codes


def render_rules() -> Result:
    """Return the rules, and the notes an answer can have."""
    items: list[dict[str, Any]] = [
        {"rule": rule, "meaning": f"{said[0].upper()}{said[1:]}."}
        for rule, said in read_texts("explain")["rules"].items()
    ]
    codes = load_codes()
    items += [
        {"note": code, "severity": str(severity), "meaning": codes[code].meaning}
        for code, severity in SEVERITY.items()
    ]
    lines = [line(("Rules", "strong"), ", from ", ARTICLE, "."), line()]
    lines += _terms((item["rule"], item["meaning"]) for item in items if "rule" in item)
    lines += [
        line(),
        line("An override replaces the default completely: owner and user, nothing field by field."),
        line("One person in several roles hears once; who is notified is not copied as well."),
        line(),
        line(("Notes", "strong"), ": what the article leaves open, and what is doubtful about an answer."),
        line(),
    ]
    lines += _terms(
        (f"{item['note']}, {item['severity']}", item["meaning"]) for item in items if "note" in item
    )
    lines += [line(), line(("Why one matters, and what to do: renewctl check --explain CODE.", "dim"))]
    return _page("rules", items, lines)


def render_store(names: Sequence[str], variable: str, beside: Sequence[tuple[str, str]]) -> Result:
    """Return where the store is looked for, and what may stand in it.

    Args:
        names: what a store is called where it is searched for.
        variable: the environment's variable that names one.
        beside: the endings of the files that lie beside it, each with what it is.
    """
    items = [
        {
            "table": table,
            "key": key,
            "holds": str(field.kind),
            "required": field.required,
            "meaning": field.doc,
        }
        for table, fields in TABLES.items()
        for key, field in fields.items()
    ]
    lines = [
        line(
            ("The store", "strong"),
            ": one file, TOML or JSON by its suffix. Edit it by hand whenever you like.",
        ),
        line("A command changes only the lines it is about."),
        line(),
        line(
            f"It is the file that --store names, or {variable}; else {' or '.join(names)} in this folder or "
            "one above (up to a repository's root or your home); else the one in your own data folder."
        ),
        line("renewctl where says which, and why."),
        line(),
    ]
    lines += _tables()
    lines += [line(), line(f"Keys that begin {OWN_KEYS} are your own: kept, and never remarked on."), line()]
    lines += _terms(beside)
    return _page("store", items, lines)


def _tables() -> Iterator[Line]:
    """Yield the fields of every table of the store."""
    for table, fields in TABLES.items():
        yield line((_HEADINGS.get(table, table), "strong"))
        width = max(map(len, fields))
        for key, field in fields.items():
            remark = ", required" if field.required else ""
            default = getattr(Policy(), key) if table == "policy" else None
            if isinstance(default, int | str):
                remark = f", {default} if not said"
            yield line("  ", (f"{key:<{width}}", "copied"), f"  {field.doc} ({field.kind}{remark})")


def render_dates(today: date) -> Result:
    """Return how days and spans are written, and what each means today."""
    forms = [*DAY_FORMS.removeprefix("a date as ").split(", "), *_NEAR]
    items: list[dict[str, Any]] = [
        {"form": form, "day": _day(form, today, end=False), "as_end": _day(form, today, end=True)}
        for form in forms
    ]
    items += [{"form": span, "span_until": parse_span(span, today, option="").isoformat()} for span in SPANS]
    width = max(len(form) for form in forms)
    lines = [line(("Days", "strong"), f", as they are understood on {today}:"), line()]
    for item in items[: len(forms)]:
        end = f", as --to {item['as_end']}" if item["as_end"] != item["day"] else ""
        lines.append(line("  ", (f"{item['form']:<{width}}", "copied"), f"  {item['day']}{end}"))
    lines += [line(), line(("Spans", "strong"), ", for --within, --deadline-within and --remind:"), line()]
    for item in items[len(forms) :]:
        lines.append(line("  ", (f"{item['form']:<{width}}", "copied"), f"  until {item['span_until']}"))
    lines += [
        line(),
        line("A minus sign counts back: --from -30d. 03/04/2027 is refused: is it March or April?"),
        line("Today is --as-of, else RENEWCTL_AS_OF, else the local date; there are no times of day."),
    ]
    return _page("dates", items, lines)


def _day(form: str, today: date, *, end: bool) -> str:
    return parse_day(form, today, option="", end=end).isoformat()


def render_contents(pages: Mapping[str, str]) -> Result:
    """Return the pages there are, each with what it is about."""
    items = [{"page": name, "about": about} for name, about in pages.items()]
    width = max(map(len, pages))
    lines = [line(("Short pages", "strong")), line()]
    for name, about in pages.items():
        lines.append(line("  ", (f"renewctl help {name:<{width}}", "strong"), f"  {about}"))
    lines += [
        line(),
        line("renewctl help COMMAND shows a command's help; renewctl --help lists all commands."),
    ]
    return _page("", items, lines)


def _terms(entries: Any) -> Iterator[Line]:
    for term, text in entries:
        yield line(("  " + term, "copied"))
        yield line("    " + text)


def _page(name: str, items: list[dict[str, Any]], lines: Sequence[Line]) -> Result:
    columns = tuple(dict.fromkeys(key for item in items for key in item))
    rows = tuple(tuple(_cell(item.get(key)) for key in columns) for item in items)
    document = {"schema": "renewctl.help/1", "page": name or None, "items": items}
    names = tuple(str(row[0] or row[-1]) for row in rows)
    return Result(document, DataTable(columns, rows), names, lines, screen=partial(wrap_hanging, lines))


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return str(value).lower() if isinstance(value, bool) else value
