"""The explanation of one client's recipients, in every form."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, get_args

from renewctl.domain.identifiers import address_key
from renewctl.domain.notes import Note, Severity
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import ARTICLE, Decision, Outcome, Resolution, decisions_about, setting_path
from renewctl.model import Copies, Default, PartnerUser, Path, Policy, Portfolio
from renewctl.package_data import read_texts
from renewctl.render.machine import plain_line
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, Segment, line, table_of
from renewctl.render.who import note_item
from renewctl.render.wording import OWNERS, ROLES, ROLES_AND_USER, SETTING_LABELS, show_client
from renewctl.text import count_of

COLUMNS = ("email", "name", "roles", "outcome", "reason", "why")
_LABEL = len("Not assigned")
ASSUMPTION = "renewctl's assumption; HubSpot does not document it"
_WORDS = {str(owner): name for owner, name in OWNERS.items()}
_WORDS[Copies.DEFAULT_USER] = "the default's partner user"


class _Row(NamedTuple):
    """A row of a section: its label, two cells, and texts on one line or on several."""

    label: str
    one: Line
    two: Line
    texts: list[Line]


PlaceOf = Callable[[Path], str | None]
"""Returns the place of a path as FILE:LINE; None if it is not in the file."""


def render_explanation(
    rows: tuple[ReportRow, ...],
    portfolio: Portfolio,
    place_of: PlaceOf,
    recipient: PartnerUser | None = None,
) -> Result:
    """Return the explanation for a client, or for one person, in every form.

    Args:
        rows: The rows of the report on that client.
        portfolio: The data of the file.
        place_of: Returns the place of a value in the file.
        recipient: The person to explain; None for all candidates.
    """
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
        lines=_write(_draw(resolution, values, notes, recipient)),
        screen=lambda _: _draw(resolution, values, notes, recipient),
    )


def _values(
    resolution: Resolution, default: Default | None, policy: Policy, place_of: PlaceOf
) -> list[dict[str, Any]]:
    """Return each value of the setting, its source, and the default it overrides."""
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


def _write(blocks: Iterable[Block]) -> Iterator[Line]:
    """Yield the explanation as lines for a pipe, which must not import rich."""
    for block in blocks:
        if not isinstance(block, Grid):
            yield block
            continue
        rows = [
            [plain_line(cell) for cell in column.cells if not isinstance(cell, list)]
            for column in block.layouts[0]
        ]
        widths = [max(map(len, cells)) for cells in rows]
        for cells in zip(*rows, strict=True):
            shown = [f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True) if width]
            yield line("  ".join(shown))


def _draw(
    resolution: Resolution,
    values: Sequence[Mapping[str, Any]],
    notes: Sequence[Note],
    recipient: PartnerUser | None,
) -> Iterator[Block]:
    """Yield the explanation in sections, each after its label."""
    texts = read_texts("explain")
    yield from (_head(resolution, recipient), line())
    if values:
        yield _lay_out([*map(_show_value, values)])
    else:
        yield line(_label("Setting"), "  ", HANG, ("not set", "error"))
    yield line()
    if resolution.decisions:
        candidates = [decision for decision in resolution.decisions if decision.email]
        candidates.sort(key=lambda each: get_args(Outcome).index(each.outcome))
        if candidates:
            yield _lay_out([_show_decision(decision, texts["reasons"]) for decision in candidates])
        if roles := [ROLES[decision.roles[0]] for decision in resolution.decisions if not decision.email]:
            yield line(_label("Not assigned"), "  ", HANG, (", ".join(roles), "warning"))
        yield line()
    yield line(
        _label("Rule"), "  ", HANG, (resolution.rule, "strong"), f": {texts['rules'][resolution.rule]}."
    )
    yield line(_label(), "  ", HANG, (f"Source: {ARTICLE}", "dim"))
    for number, note in enumerate(notes):
        yield line(_label("" if number else "Notes"), "  ", HANG, *_show_note(note))


def _show_note(note: Note) -> Line:
    """Return the title and the message of a note, without repeating the title."""
    title, style = read_texts("codes")["codes"][note.code]["title"], str(note.severity)
    if note.message.lower().startswith(title.lower()):
        return line((title, style), note.message[len(title) :])
    whole = note.severity is Severity.ERROR or not note.subject
    return line((f"{title}: ", style), note.message if whole else ROLES.get(note.subject, note.subject))


def _label(text: str = "") -> Segment:
    return f"{text:<{_LABEL}}", "dim"


def _head(resolution: Resolution, recipient: PartnerUser | None) -> Line:
    """Return the client, and the number of recipients or the outcome for one person."""
    client, number = resolution.client, len(resolution.to) + len(resolution.cc)
    name = line(*show_client(client), ": ")
    if recipient:
        outcome = resolution.decisions[0].outcome
        return line(*name, f"{recipient.email} is {'not notified' if outcome == 'skipped' else outcome}")
    if not resolution.to:
        return line(*name, ("NOBODY is notified", "error"))
    return line(*name, count_of(number, "recipient"))


def _show_value(value: Mapping[str, Any]) -> _Row:
    """Return the row of a value of the setting, with its place."""
    place, hidden = f"{value['source']}, {value['at'] or 'not in the file'}", value["overrides"]
    if value["source"] == "policy" and not value["at"]:
        place = ASSUMPTION
    replaced = line((f"(default: {_name_value(hidden['value'])})", "dim")) if hidden else line()
    shown = line((_name_value(value["value"]), "strong"))
    return _Row("Setting", line(SETTING_LABELS[value["field"]]), shown, [line(place), replaced])


def _name_value(value: str | None) -> str:
    """Return a value of the setting in words."""
    return "none" if value is None else _WORDS.get(value, value)


def _show_decision(decision: Decision, reasons: Mapping[str, str]) -> _Row:
    """Return the row of a decision: address, name, and roles with the reason."""
    style = decision.outcome if decision.outcome in {"notified", "copied"} else "dim"
    why = [", ".join(map(ROLES_AND_USER.__getitem__, decision.roles))]
    if decision.reason != "holds-role":  # already in the rule
        why.append(reasons[decision.reason])
    email, name = line((decision.email or "", style)), line((decision.name, "dim"))
    return _Row(decision.outcome.capitalize(), email, name, [line(": ".join(filter(None, why)))])


def _lay_out(rows: Sequence[_Row]) -> Grid:
    """Return rows after their labels, in columns if they fit."""
    labels, ones, twos, details = zip(*rows, strict=True)
    first = [_label("" if each in labels[:number] else each) for number, each in enumerate(labels)]
    indent = " " * (_LABEL - max(map(len, labels)))  # so that the values of all sections are aligned
    columns = [
        Column("", [line(label) for label in first]),
        Column("", [line(indent, *one) for one in ones]),
        Column("", twos),
    ]

    def write() -> Iterator[Line]:
        for label, one, two, texts in zip(first, ones, twos, details, strict=True):
            yield line(label, "  ", HANG, *one, "  ", *two)
            yield line(_label(), "    ", HANG, *chain.from_iterable((*text, ("  ", "")) for text in texts))

    on_one_line = [Column("", texts) for texts in zip(*details, strict=True)]
    on_several = Column("", [[text for text in texts if text] for texts in details], wraps=True)
    return Grid([[*columns, *on_one_line], [*columns, on_several]], long=write)
