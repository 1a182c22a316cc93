"""One decision explained: each value and where it comes from, each candidate, the rule in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, get_args

from renewctl.domain.identifiers import address_key
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import (
    ARTICLE,
    Decision,
    Note,
    Outcome,
    Resolution,
    Severity,
    decisions_about,
    setting_path,
)
from renewctl.model import Copies, Default, PartnerUser, Path, Policy, Portfolio
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, Segment, line, table_of
from renewctl.render.who import note_item
from renewctl.render.who_columns import OWNERS, note_line
from renewctl.render.wording import ROLES, ROLES_AND_USER, SETTING_LABELS, show_client
from renewctl.text import count_of

COLUMNS = ("email", "name", "roles", "outcome", "reason", "why")
_LABEL = len("Notified")
_WORDS = {str(owner): name for owner, name in OWNERS.items()}
_WORDS[Copies.DEFAULT_USER] = "the default's partner user"


class _Row(NamedTuple):
    """A row of a section of the explanation: two cells, and texts beside or below each other."""

    one: Line
    two: Line
    texts: list[Line]


PlaceOf = Callable[[Path], str | None]
"""Returns where in the file a path is, as FILE:LINE; None if it is not in the file."""


def render_explanation(
    rows: tuple[ReportRow, ...],
    portfolio: Portfolio,
    place_of: PlaceOf,
    recipient: PartnerUser | None = None,
) -> Result:
    """Return the decision about the one client of the rows, or about that ``recipient`` alone."""
    resolution = rows[0].resolution
    client = resolution.client
    values = _values(resolution, portfolio.default, portfolio.policy, place_of)
    notes = list(dict.fromkeys(note for row in rows for note in row.notes))
    if recipient:
        key = address_key(recipient.email)
        resolution = resolution._replace(decisions=decisions_about(resolution, recipient))
        notes = [note for note in notes if address_key(note.subject) == key]
    notes.sort(key=lambda note: list(Severity).index(note.severity))
    reasons = read_texts("explain")["reasons"]
    decisions = [
        {
            "email": decision.email,
            "name": decision.name or None,
            "roles": decision.roles,
            "outcome": decision.outcome,
            "reason": decision.reason,
            "why": reasons[decision.reason],
        }
        for decision in resolution.decisions
    ]
    document = {
        "schema": "renewctl.explain/2",
        "client": client.key,
        "name": client.name or None,
        "rule": resolution.rule,
        "source": resolution.source,
        "recipient": recipient.email if recipient else None,
        "values": values,
        "decisions": decisions,
        "notes": [note_item(note) for note in notes],
        "article": ARTICLE,
    }
    return Result(
        document,
        table_of(COLUMNS, decisions),
        names=(client.key,),
        lines=_write(resolution, values, notes, alone=recipient is not None),
        screen=lambda _: _draw(resolution, values, notes, recipient),
    )


def _values(
    resolution: Resolution, default: Default | None, policy: Policy, place_of: PlaceOf
) -> list[dict[str, Any]]:
    """Return each value with its source, and the default's that it overrides."""
    client, setting = resolution.client, resolution.setting
    if setting is None:
        return []
    values = []
    for field in ("owner", "notify"):
        path = setting_path(client)
        hidden: Mapping[str, Any] | None = None
        if client.override and default:
            at = place_of(("defaults", field)) or place_of(("defaults",))
            hidden = {"source": "default", "value": getattr(default, field) or None, "at": at}
        values.append(
            {
                "field": field,
                "value": getattr(setting, field) or None,
                "source": "override" if client.override else "default",
                "at": place_of((*path, field)) or place_of(path),
                "overrides": hidden,
            }
        )
    if client.override and setting.owner == "hubspot" and not setting.notify:
        field = "hubspot_override_copies"
        value, at = str(policy.hubspot_override_copies), place_of(("policy", field))
        values.append({"field": field, "value": value, "source": "policy", "at": at, "overrides": None})
    return values


def _write(
    resolution: Resolution, values: Sequence[Mapping[str, Any]], notes: Sequence[Note], *, alone: bool
) -> Iterator[Line]:
    """Yield the explanation as a pipe gets it."""
    client = resolution.client
    yield line((client.key, "strong"), f"  {client.name}" if client.name else "")
    if not values:
        yield line(("  no default and no override: nobody is known to be notified", "error"))
    for value in values:
        hidden, overridden = value["overrides"], ""
        if hidden:
            verb = "says" if value["field"] == "owner" else "names"
            overridden = f"; default ({hidden['at']}) {verb} {hidden['value'] or 'nobody'}, overridden"
        yield line(
            f"  {value['field']:<7} ",
            (value["value"] or "nobody", "strong"),
            f" ← {value['source']} ({value['at'] or 'not written: what holds without it'})",
            (overridden, "dim"),
        )
    yield line()
    if not resolution.to and not alone:
        yield line("  ", ("NOBODY is notified", "error"))
    yield from _decision_lines(resolution)
    yield line()
    yield line((resolution.rule, "strong"), f": {read_texts('explain')['rules'][resolution.rule]}.")
    yield line((f"Source: {ARTICLE}.", "dim"))
    if notes:
        yield line()
        yield from map(note_line, notes)


def _decision_lines(resolution: Resolution) -> Iterator[Line]:
    width = max((len(_candidate(decision)) for decision in resolution.decisions), default=0)
    for decision in sorted(resolution.decisions, key=lambda found: get_args(Outcome).index(found.outcome)):
        style = decision.outcome if decision.outcome in {"notified", "copied"} else "dim"
        reason = read_texts("explain")["reasons"][decision.reason]
        if decision.reason != "no-candidate":
            reason = f"{', '.join(decision.roles) or 'no role'}: {reason}"
        yield line(
            "  ",
            (f"{decision.outcome:<8}", style),
            f"  {_candidate(decision):<{width}}  ",
            (reason, "dim" if style == "dim" else ""),
        )


def _candidate(decision: Decision) -> str:
    if decision.email is None:
        return "(vacant)"
    return f"{decision.email} ({decision.name})" if decision.name else decision.email


def _draw(
    resolution: Resolution,
    values: Sequence[Mapping[str, Any]],
    notes: Sequence[Note],
    recipient: PartnerUser | None,
) -> Iterator[Block]:
    """Yield the explanation as people see it: sections, each behind its label."""
    texts = read_texts("explain")
    yield from (_head(resolution, recipient), line())
    if values:
        yield _lay_out(_show_values(values), ["Setting"] * len(values))
    else:
        yield line(_label("Setting"), "  ", HANG, ("no default and no override", "error"))
    yield line()
    if resolution.decisions:
        decisions = sorted(resolution.decisions, key=lambda each: get_args(Outcome).index(each.outcome))
        shown = [_show_decision(decision, texts["reasons"]) for decision in decisions]
        yield _lay_out(shown, [decision.outcome.capitalize() for decision in decisions])
        yield line()
    yield line(
        _label("Rule"), "  ", HANG, (resolution.rule, "strong"), f": {texts['rules'][resolution.rule]}."
    )
    yield line(_label(), "  ", HANG, (f"Source: {ARTICLE}", "dim"))
    for number, note in enumerate(notes):
        yield line(_label("" if number else "Notes"), "  ", HANG, *_show_note(note))


def _show_note(note: Note) -> Line:
    """Return a note behind its title, which the message does not repeat."""
    title, style = read_texts("codes")["codes"][note.code]["title"], str(note.severity)
    if note.message.lower().startswith(title.lower()):
        return line((title, style), note.message[len(title) :])
    return line((f"{title}: ", style), ROLES.get(note.subject, note.message))


def _label(text: str = "") -> Segment:
    return f"{text:<{_LABEL}}", "dim"


def _head(resolution: Resolution, recipient: PartnerUser | None) -> Line:
    """Return the client, and how many recipients there are, or what becomes of the one asked about."""
    client, number = resolution.client, len(resolution.to) + len(resolution.cc)
    name = line(*show_client(client), ": ")
    if recipient:
        outcome = resolution.decisions[0].outcome
        return line(*name, f"{recipient.email} is {'not notified' if outcome == 'skipped' else outcome}")
    if not resolution.to:
        return line(*name, ("NOBODY is notified", "error"))
    return line(*name, count_of(number, "recipient"))


def _show_values(values: Sequence[Mapping[str, Any]]) -> list[_Row]:
    """Return each value of the setting: its name, itself, and its place with what it replaces."""
    rows = []
    for value in values:
        place, hidden = f"{value['source']}, {value['at'] or 'not in the file'}", value["overrides"]
        replaced = line((f"(default: {_say(hidden['value'])})", "dim")) if hidden else line()
        shown = line((_say(value["value"]), "strong"))
        rows.append(_Row(line(SETTING_LABELS[value["field"]]), shown, [line(place), replaced]))
    return rows


def _say(value: str | None) -> str:
    """Return a value of a setting in words."""
    return "none" if value is None else _WORDS.get(value, value)


def _show_decision(decision: Decision, reasons: Mapping[str, str]) -> _Row:
    """Return a decision: the address, the name, and the roles with the reason."""
    style = decision.outcome if decision.outcome in {"notified", "copied"} else "dim"
    why = [", ".join(map(ROLES_AND_USER.__getitem__, decision.roles))]
    if decision.reason not in {"holds-role", "vacant"}:  # the rule, or the address, says it already
        why.append(reasons[decision.reason])
    email = (decision.email or reasons["vacant"], style)
    return _Row(line(email), line((decision.name, "dim")), [line(": ".join(filter(None, why)))])


def _lay_out(rows: Sequence[_Row], labels: Sequence[str]) -> Grid:
    """Return rows behind their labels: in columns if they fit, otherwise in two lines each."""
    first = [_label("" if each in labels[:number] else each) for number, each in enumerate(labels)]
    ones, twos, details = zip(*rows, strict=True)
    indent = " " * (_LABEL - max(map(len, labels)))  # values of all sections begin in one column
    columns = [
        Column("", [line(label) for label in first]),
        Column("", [line(indent, *one) for one in ones]),
        Column("", twos),
    ]

    def write() -> Iterator[Line]:
        for label, (one, two, texts) in zip(first, rows, strict=True):
            yield line(label, "  ", HANG, *one, "  ", *two)
            yield line(_label(), "    ", HANG, *chain.from_iterable((*text, ("  ", "")) for text in texts))

    beside = [Column("", texts) for texts in zip(*details, strict=True)]
    below = Column("", [[text for text in texts if text] for texts in details], wraps=True)
    return Grid([[*columns, *beside], [*columns, below]], long=write)
