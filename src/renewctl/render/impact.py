"""What a change or a difference means in people: in words, as JSON, as rows.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import DeliveryChange, Impact, Recipient
from renewctl.render.result import Cell, DataTable, Line, line

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
        "starts": [_hearing(hearing) for hearing in impact.added],
        "stops": [_hearing(hearing) for hearing in impact.removed],
        "moves": [_move(move) for move in impact.switched],
        "left_without_recipient": list(impact.lost_all),
        "new_without_recipient": list(impact.new_without),
        "renamed": [{"from": old, "to": new} for old, new in impact.renamed],
    }


def _hearing(hearing: Recipient) -> dict[str, str]:
    return {
        "email": hearing.email,
        "client": hearing.client,
        "as": hearing.delivery,
        "rule": str(hearing.rule),
    }


def _move(move: DeliveryChange) -> dict[str, str]:
    after = move.after
    heard_as = {"from": move.before.delivery, "to": after.delivery}
    return {"email": after.email, "client": after.client, **heard_as, "rule": str(after.rule)}


def impact_sheet(impact: Impact) -> DataTable:
    """Return one row a person and client: what changes, and by which rule."""
    rows: list[tuple[Cell, ...]] = []
    rows += (("stops", h.email, h.client, h.delivery, None, str(h.rule)) for h in impact.removed)
    rows += (("starts", h.email, h.client, None, h.delivery, str(h.rule)) for h in impact.added)
    rows += (
        ("moves", m.after.email, m.after.client, m.before.delivery, m.after.delivery, str(m.after.rule))
        for m in impact.switched
    )
    return DataTable(("change", "email", "client", "before", "after", "rule"), tuple(rows))


def without_recipient_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield of which clients nobody is notified, or would be: the first thing to be said."""
    yield from no_recipient_lines(impact, would=would)
    if impact.new_without:
        verb = "would be" if would else "is"
        of = "the new client" if len(impact.new_without) == 1 else "the new clients"
        yield line(
            (f"✗ NOBODY {verb} notified for {of} ", "error"), (list_some(impact.new_without), "strong")
        )


def no_recipient_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield of which clients nobody is notified any more, or would be."""
    verb = "would be" if would else "is"
    if impact.lost_all:
        whose = list_some(impact.lost_all)
        yield line((f"✗ NOBODY {verb} notified any more for ", "error"), (whose, "strong"))


def recipient_lines(impact: Impact) -> Iterator[Line]:
    """Yield who stops, who starts and who goes on hearing otherwise."""
    lines = [found for label, group in _groups(impact) for found in _group_lines(label, group)]
    said = False
    for short, parts in lines[:MOST_LINES]:
        yield line(*parts, (f"  {_LISTED}", "dim")) if short and not said else parts
        said = said or short
    if len(lines) > MOST_LINES:
        yield line((f"  … and {len(lines) - MOST_LINES} more such lines {_LISTED}", "dim"))


def _groups(impact: Impact) -> Iterator[tuple[str, Sequence[Recipient]]]:
    for label, hearings in (("stop hearing", impact.removed), ("start hearing", impact.added)):
        for heard_as in ("to", "cc"):
            group = [hearing for hearing in hearings if hearing.delivery == heard_as]
            yield label + (" (copied)" if heard_as == "cc" else ""), group
    for heard_as in ("to", "cc"):
        group = [move.after for move in impact.switched if move.after.delivery == heard_as]
        before = "cc" if heard_as == "to" else "to"
        yield f"{_WORDS[before]} → {_WORDS[heard_as]}", group


def _group_lines(label: str, group: Sequence[Recipient]) -> Iterator[tuple[bool, Line]]:
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
    users: dict[str, list[Recipient]] = {}
    for hearing in group:
        if hearing.partner:
            users.setdefault(address_key(hearing.email), []).append(hearing)
    yield from (_line(label, users[key], "partner user") for key in sorted(users))


def _line(label: str, group: Sequence[Recipient], noun: str) -> tuple[bool, Line]:
    people = list({address_key(hearing.email): hearing.email for hearing in group}.values())
    clients = {hearing.client for hearing in group}
    rules = {hearing.rule for hearing in group}
    named = len(people) <= (MOST_AT_ONE if len(clients) == 1 else MOST_NAMED)
    who = ", ".join(people) if named else count_of(len(people), noun)
    few = len(clients) <= MOST_NAMED
    where = ", ".join(sorted(clients)) if few else count_of(len(clients), "client")
    by = f" by {min(rules)}" if len(rules) == 1 else ""
    return not (named and few), line(f"  {label:<22}  ", (who, "strong"), f" at {where}", (by, "dim"))


def list_some(keys: Sequence[str], listed: str = " " + _LISTED) -> str:
    """Return the first of some names, how many more there are, and where they are ``listed``."""
    more = f" and {len(keys) - MOST_NAMED} more{listed}" if len(keys) > MOST_NAMED else ""
    return ", ".join(keys[:MOST_NAMED]) + more


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun in the right form."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
