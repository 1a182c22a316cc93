"""The short pages of ``renewctl help``, each made of the table that the code itself goes by."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from renewctl.domain.dates import DAY_FORMS, parse_day, parse_span
from renewctl.domain.resolve import ARTICLE, SEVERITY
from renewctl.errors import ExitStatus, RenewctlError
from renewctl.fields import OWN_KEYS, TABLES
from renewctl.model import Policy
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, DataTable, Line, Result, line

SPANS = ("120d", "6w", "3m", "1y")
_NEAR = ("yesterday", "this-month", "next-month", "this-quarter")
"""Days that are understood too, besides those that a message names."""


def render_exit_codes() -> Result:
    """Return what a process ends with, and the codes of errors that each status stands for."""
    codes: dict[ExitStatus, set[str]] = {status: set() for status in ExitStatus}
    classes: list[type[RenewctlError]] = RenewctlError.__subclasses__()
    for error in classes:  # which grows by the classes below
        classes += error.__subclasses__()
        codes[error.exit_status].add(error.code)
    meanings = read_texts("help_pages")["exit-statuses"]
    items: list[dict[str, Any]] = []
    lines = [line(("Exit statuses", "strong"), "; any but 0 leaves the store as it was."), line()]
    for status in ExitStatus:
        names, meaning = tuple(sorted(codes[status])), meanings[status.name]
        items.append({"status": int(status), "meaning": meaning, "codes": names})
        lines.append(line((f"{status:>5}  ", "strong"), HANG, meaning))
        if names:
            lines.append(line(" " * 7, HANG, (f"({', '.join(names)})", "dim")))
    lines += [line(), line(("In brackets: the codes of its errors under -o json.", "dim"))]
    return _page("exit-codes", items, lines)


def render_rules() -> Result:
    """Return the rules, and the notes an answer can have."""
    items: list[dict[str, Any]] = []
    lines = [line(("Rules", "strong"), ", from ", ARTICLE, "."), line()]
    for rule, text in read_texts("explain")["rules"].items():
        items.append({"rule": rule, "meaning": f"{text[0].upper()}{text[1:]}."})
        lines += _term(rule, items[-1]["meaning"])
    lines += [
        line(),
        line("An override replaces the default completely: owner and user, nothing field by field."),
        line("One person in several roles hears once; who is notified is not copied as well."),
        line(),
        line(("Notes", "strong"), ": what the article leaves open, and what is doubtful about an answer."),
        line(),
    ]
    for code, severity in SEVERITY.items():
        meaning = read_texts("codes")["codes"][code]["meaning"]
        items.append({"note": code, "severity": str(severity), "meaning": meaning})
        lines += _term(f"{code}, {severity}", meaning)
    lines += [line(), line(("Why one matters, and what to do: renewctl check --explain CODE.", "dim"))]
    return _page("rules", items, lines)


def render_store(names: Sequence[str], variable: str) -> Result:
    """Return where the store is looked for, by these names or the variable, and what may stand in it."""
    texts = read_texts("help_pages")
    items: list[dict[str, Any]] = []
    where = texts["store"]["where"].format(variable=variable, names=" or ".join(names))
    lines = [line(("The store", "strong"), texts["store"]["what"])]
    lines += [line(text) for text in (texts["store"]["edits"], "", where, texts["store"]["which"], "")]
    for table, fields in TABLES.items():
        lines.append(line((texts["tables"].get(table, table), "strong")))
        width = max(map(len, fields))
        for key, field in fields.items():
            kind = str(field.kind)
            items.append(
                {"table": table, "key": key, "holds": kind, "required": field.required, "meaning": field.doc}
            )
            remark = ", required" if field.required else ""
            default = getattr(Policy(), key) if table == "policy" else None
            if isinstance(default, int | str):
                remark = f", {default} if not said"
            lines.append(line("  ", (f"{key:<{width}}  ", "copied"), HANG, f"{field.doc} ({kind}{remark})"))
    lines += [line(), line(f"Keys that begin {OWN_KEYS} are your own: kept, and never remarked on."), line()]
    for name, text in texts["beside"].items():
        lines += _term(name, text)
    return _page("store", items, lines)


def render_dates(today: date) -> Result:
    """Return how days and spans are written, and what each means today."""
    forms = [*DAY_FORMS.removeprefix("a date as ").split(", "), *_NEAR]
    items: list[dict[str, Any]] = []
    width = max(map(len, forms))
    lines = [line(("Days", "strong"), f", as they are understood on {today}:"), line()]
    for form in forms:
        day, as_end = (parse_day(form, today, option="", end=end) for end in (False, True))
        items.append({"form": form, "day": day, "as_end": as_end})
        remark = f", as --to {as_end}" if as_end != day else ""
        lines.append(line("  ", (f"{form:<{width}}  ", "copied"), HANG, f"{day}{remark}"))
    lines += [line(), line(("Spans", "strong"), ", for --within, --deadline-within and --remind:"), line()]
    for form in SPANS:
        until = parse_span(form, today, option="")
        items.append({"form": form, "span_until": until})
        lines.append(line("  ", (f"{form:<{width}}  ", "copied"), HANG, f"until {until}"))
    lines += [
        line(),
        line("A minus sign counts back: --from -30d. 03/04/2027 is refused: is it March or April?"),
        line("Today is --as-of, else RENEWCTL_AS_OF, else the local date; there are no times of day."),
    ]
    return _page("dates", items, lines)


def render_contents(pages: Mapping[str, str]) -> Result:
    """Return the pages there are, each with what it is about."""
    items = [{"page": name, "about": about} for name, about in pages.items()]
    width = max(map(len, pages))
    lines = [line(("Short pages", "strong")), line()]
    for name, about in pages.items():
        lines.append(line("  ", (f"renewctl help {name:<{width}}  ", "strong"), HANG, about))
    lines += [
        line(),
        line("renewctl help COMMAND shows a command's help; renewctl --help lists all commands."),
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
