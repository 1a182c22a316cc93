"""What a change or a difference means in people: in words, as JSON, as rows.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import Hearing, Impact, Move
from renewctl.render.result import Cell, Line, Sheet, line

MOST_NAMED = 3
"""So many people or clients are named; of more, the number is said."""
MOST_AT_ONE = 5
"""So many people of one client are named: HubSpot takes a primary, a decision-maker, three for billing."""
MOST_LINES = 10
_LISTED = "(-o json lists them)"
_WORDS = {"to": "notified", "cc": "copied"}


def impact_document(impact: Impact) -> dict[str, Any]:
    """Return the impact as JSON has it; names are a contract."""
    return {
        "clients": len(impact.clients),
        "starts": [_hearing(hearing) for hearing in impact.starts],
        "stops": [_hearing(hearing) for hearing in impact.stops],
        "moves": [_move(move) for move in impact.moves],
        "left_without_recipient": list(impact.silenced),
        "new_without_recipient": list(impact.silent),
        "renamed": [{"from": old, "to": new} for old, new in impact.renamed],
    }


def _hearing(hearing: Hearing) -> dict[str, str]:
    return {
        "email": hearing.email,
        "client": hearing.client,
        "as": hearing.heard_as,
        "rule": str(hearing.rule),
    }


def _move(move: Move) -> dict[str, str]:
    after = move.after
    heard_as = {"from": move.before.heard_as, "to": after.heard_as}
    return {"email": after.email, "client": after.client, **heard_as, "rule": str(after.rule)}


def impact_sheet(impact: Impact) -> Sheet:
    """Return one row a person and client: what changes, and by which rule."""
    rows: list[tuple[Cell, ...]] = []
    rows += (("stops", h.email, h.client, h.heard_as, None, str(h.rule)) for h in impact.stops)
    rows += (("starts", h.email, h.client, None, h.heard_as, str(h.rule)) for h in impact.starts)
    rows += (
        ("moves", m.after.email, m.after.client, m.before.heard_as, m.after.heard_as, str(m.after.rule))
        for m in impact.moves
    )
    return Sheet(("change", "email", "client", "before", "after", "rule"), tuple(rows))


def silence_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield of which clients nobody is notified, or would be: the first thing to be said."""
    yield from left_lines(impact, would=would)
    if impact.silent:
        verb = "would be" if would else "is"
        of = "the new client" if len(impact.silent) == 1 else "the new clients"
        yield line((f"✗ NOBODY {verb} notified for {of} ", "error"), (some_of(impact.silent), "strong"))


def left_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield of which clients nobody is notified any more, or would be."""
    verb = "would be" if would else "is"
    if impact.silenced:
        whose = some_of(impact.silenced)
        yield line((f"✗ NOBODY {verb} notified any more for ", "error"), (whose, "strong"))


def people_lines(impact: Impact) -> Iterator[Line]:
    """Yield who stops, who starts and who goes on hearing otherwise."""
    lines = [found for label, group in _groups(impact) for found in _group_lines(label, group)]
    said = False
    for short, parts in lines[:MOST_LINES]:
        yield line(*parts, (f"  {_LISTED}", "dim")) if short and not said else parts
        said = said or short
    if len(lines) > MOST_LINES:
        yield line((f"  … and {len(lines) - MOST_LINES} more such lines {_LISTED}", "dim"))


def _groups(impact: Impact) -> Iterator[tuple[str, Sequence[Hearing]]]:
    for label, hearings in (("stop hearing", impact.stops), ("start hearing", impact.starts)):
        for heard_as in ("to", "cc"):
            group = [hearing for hearing in hearings if hearing.heard_as == heard_as]
            yield label + (" (copied)" if heard_as == "cc" else ""), group
    for heard_as in ("to", "cc"):
        group = [move.after for move in impact.moves if move.after.heard_as == heard_as]
        before = "cc" if heard_as == "to" else "to"
        yield f"{_WORDS[before]} → {_WORDS[heard_as]}", group


def _group_lines(label: str, group: Sequence[Hearing]) -> Iterator[tuple[bool, Line]]:
    """Yield a line for the clients' people together, then one for each of the partner's.

    With each, whether it says a number in place of names.
    """
    contacts = [hearing for hearing in group if not hearing.partner]
    clients = sorted({hearing.client for hearing in contacts})
    if len(clients) <= MOST_NAMED:
        for client in clients:
            yield _line(label, [h for h in contacts if h.client == client], "client contact")
    else:
        yield _line(label, contacts, "client contact")
    users: dict[str, list[Hearing]] = {}
    for hearing in group:
        if hearing.partner:
            users.setdefault(address_key(hearing.email), []).append(hearing)
    yield from (_line(label, users[key], "partner user") for key in sorted(users))


def _line(label: str, group: Sequence[Hearing], noun: str) -> tuple[bool, Line]:
    people = list({address_key(hearing.email): hearing.email for hearing in group}.values())
    clients = {hearing.client for hearing in group}
    rules = {hearing.rule for hearing in group}
    named = len(people) <= (MOST_AT_ONE if len(clients) == 1 else MOST_NAMED)
    who = ", ".join(people) if named else counted(len(people), noun)
    few = len(clients) <= MOST_NAMED
    where = ", ".join(sorted(clients)) if few else counted(len(clients), "client")
    by = f" by {min(rules)}" if len(rules) == 1 else ""
    return not (named and few), line(f"  {label:<22}  ", (who, "strong"), f" at {where}", (by, "dim"))


def some_of(keys: Sequence[str], listed: str = " " + _LISTED) -> str:
    """Return the first of some names, how many more there are, and where they are ``listed``."""
    more = f" and {len(keys) - MOST_NAMED} more{listed}" if len(keys) > MOST_NAMED else ""
    return ", ".join(keys[:MOST_NAMED]) + more


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the right form."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
