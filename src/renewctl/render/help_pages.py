"""The topics of ``renewctl help``, from the tables that the code itself uses."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.domain.dates import parse_day, parse_span
from renewctl.domain.notes import SEVERITY
from renewctl.domain.resolve import ARTICLE
from renewctl.errors import ExitStatus, RenewctlError
from renewctl.fields import OWN_KEYS, TABLES
from renewctl.model import Policy
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, DataTable, Line, Result, line

SPANS = ("120d", "6w", "3m", "1y")
_DAYS = (
    *("2027-03-01", "today", "tomorrow", "yesterday", "90d", "6w", "3m", "1y"),
    *("2027-03", "this-month", "next-month", "2027-Q1", "this-quarter", "next-quarter"),
)
"""Examples of each form of a date."""


def render_exit_codes() -> Result:
    """Render the exit statuses, with the error codes of each."""
    codes: dict[ExitStatus, set[str]] = {status: set() for status in ExitStatus}
    classes: list[type[RenewctlError]] = RenewctlError.__subclasses__()
    for error in classes:  # The list grows by the subclasses of each class.
        classes += error.__subclasses__()
        codes[error.exit_status].add(error.code)
    meanings = read_texts("help_pages")["exit-statuses"]
    items: list[dict[str, Any]] = []
    lines = [line(("Exit statuses", "strong")), line()]
    lines += [line("If the status of a change is not 0, the file is unchanged."), line()]
    for status in ExitStatus:
        names, meaning = tuple(sorted(codes[status])), meanings[status.name]
        items.append({"status": int(status), "meaning": meaning, "codes": names})
        lines.append(line((f"{status:>5}  ", "strong"), HANG, meaning))
        if names:
            lines.append(line(" " * 7, HANG, (f"({', '.join(names)})", "dim")))
    lines += [line(), line(("In parentheses: the error codes in the output of -o json.", "dim"))]
    return _page("exit-codes", items, lines)


def render_rules() -> Result:
    """Render the rules, and the notes that a report can have."""
    items: list[dict[str, Any]] = []
    lines = [line(("Rules", "strong"), " (source: ", ARTICLE, ")"), line()]
    lines += [
        line(
            "The renewal owner is either HubSpot or the partner. "
            "The default sets it for all clients; an override sets it for one."
        ),
    ]
    lines += [line()]
    for rule, text in read_texts("explain")["rules"].items():
        items.append({"rule": rule, "meaning": f"{text[0].upper()}{text[1:]}."})
        lines += _term(rule, items[-1]["meaning"])
    lines += [
        line(),
        line("An override replaces the default completely, both the renewal owner and the partner user."),
        line("A person with several roles is notified once. A person who is notified is not also copied."),
        line(),
        line(("Notes", "strong"), " (uncertain or unusual facts about a renewal)"),
        line(),
    ]
    for code, severity in SEVERITY.items():
        meaning = read_texts("codes")["codes"][code]["meaning"]
        items.append({"note": code, "severity": str(severity), "meaning": meaning})
        lines += _term(f"{code}, {severity}", meaning)
    lines += [line(), line(("Explain a code: renewctl check --explain CODE", "dim"))]
    return _page("rules", items, lines)


def render_store(names: Sequence[str], variable: str) -> Result:
    """Render where renewctl looks for the data file, and what it contains.

    Args:
        names: The names of a data file.
        variable: The environment variable that names a data file.
    """
    texts = read_texts("help_pages")
    items: list[dict[str, Any]] = []
    where = texts["store"]["where"].format(variable=variable, names=" or ".join(names))
    lines = [line(("The data file", "strong"), texts["store"]["what"])]
    lines += [line(text) for text in (texts["store"]["edits"], "", where, texts["store"]["which"], "")]
    for table, fields in TABLES.items():
        lines.append(line((texts["tables"].get(table, table), "strong")))
        width = max(map(len, fields))
        for key, field in fields.items():
            kind = str(field.kind)
            items.append(
                {"table": table, "key": key, "holds": kind, "required": field.required, "meaning": field.doc}
            )
            detail = ", required" if field.required else ""
            default = getattr(Policy(), key) if table == "policy" else None
            if isinstance(default, int | str):
                detail = f", default {default}"
            lines.append(line("  ", (f"{key:<{width}}  ", "copied"), HANG, f"{field.doc} ({kind}{detail})"))
    lines += [line(), line(f"Keys that begin with {OWN_KEYS} are your own. renewctl keeps them."), line()]
    lines += [line(("Files next to the data file", "strong")), line()]
    for name, text in texts["companions"].items():
        lines += _term(name, text)
    return _page("store", items, lines)


def render_dates(today: date) -> Result:
    """Render the forms of dates and durations, with their meaning today."""
    items: list[dict[str, Any]] = []
    width = max(map(len, _DAYS))
    lines = [line(("Dates", "strong"), f" (if today is {today})"), line()]
    for form in _DAYS:
        day, as_end = (parse_day(form, today, option="", end=end) for end in (False, True))
        items.append({"form": form, "day": day, "as_end": as_end})
        note = f", with --to {as_end}" if as_end != day else ""
        lines.append(line("  ", (f"{form:<{width}}  ", "copied"), HANG, f"{day}{note}"))
    lines += [
        line(),
        line(("Durations", "strong"), " (for --within, --deadline-within and --remind)"),
        line(),
    ]
    for form in SPANS:
        until = parse_span(form, today, option="")
        items.append({"form": form, "span_until": until})
        lines.append(line("  ", (f"{form:<{width}}  ", "copied"), HANG, f"until {until}"))
    lines += [
        line(),
        line("For a date in the past, use a minus sign, for example --from -30d."),
        line("03/04/2027 is not valid, because it can be in March or in April."),
        line("Today is the local date, unless --as-of or RENEWCTL_AS_OF names another date."),
    ]
    return _page("dates", items, lines)


def render_contents(pages: Mapping[str, str]) -> Result:
    """Render the list of topics."""
    items = [{"page": name, "about": about} for name, about in pages.items()]
    width = max(map(len, pages))
    lines = [line(("Help topics", "strong")), line()]
    for name, about in pages.items():
        lines.append(line("  ", (f"renewctl help {name:<{width}}  ", "strong"), HANG, about))
    lines += [
        line(),
        line("For the help of a command, run renewctl help COMMAND."),
        line("For a list of all commands, run renewctl --help."),
    ]
    return _page("", items, lines)


def _term(term: str, text: str) -> list[Line]:
    return [line(("  " + term, "copied")), line("    " + text)]


def _page(name: str, items: Sequence[Mapping[str, Any]], lines: Sequence[Line]) -> Result:
    columns = tuple(dict.fromkeys(key for item in items for key in item))
    rows = tuple(tuple(item.get(key) for key in columns) for item in items)
    document = {"schema": "renewctl.help/1", "page": name or None, "items": items}
    names = tuple(str(next(iter(item.values()))) for item in items)
    return Result(document, DataTable(columns, rows), names, lines)
