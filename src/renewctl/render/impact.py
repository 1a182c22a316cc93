"""What a change or a difference means for recipients: in words, as JSON, as rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import EndedRenewal, Impact, Recipient
from renewctl.render.result import HANG, Cell, DataTable, Line, line
from renewctl.text import count_of, list_some

MOST_NAMED = 3
"""So many people or clients are named; of more, the number is printed."""
MOST_AT_ONE = 5
"""So many people of one client are named: HubSpot has room for no more with a role."""
MOST_LINES = 10
WHERE_ALL = "(-o json lists them)"


def impact_document(impact: Impact) -> dict[str, Any]:
    """Return the impact as JSON has it; names are a contract."""
    return {
        "clients": len(impact.clients),
        "starts": [_recipient(recipient) for recipient in impact.added],
        "stops": [_recipient(recipient) for recipient in impact.removed],
        "moves": [
            {
                "email": after.email,
                "client": after.client,
                "from": before.delivery,
                "to": after.delivery,
                "rule": after.rule,
            }
            for before, after in impact.switched
        ],
        "left_without_recipient": list(impact.lost_all),
        "new_without_recipient": list(impact.new_without),
        "renamed": [{"from": old, "to": new} for old, new in impact.renamed],
        "renewals_removed": [
            {
                "client": ended.client,
                "product": ended.renewal.product or None,
                "renewal": ended.renewal.day.isoformat(),
                "no_longer_notified": [recipient.email for recipient in ended.recipients],
            }
            for ended in impact.ended
        ],
    }


def _recipient(recipient: Recipient) -> dict[str, str]:
    email, client, delivery, rule, _ = recipient
    return {"email": email, "client": client, "as": delivery, "rule": rule}


def impact_table(impact: Impact) -> DataTable:
    """Return a row for each person and client: what changes, and by which rule."""
    rows: list[tuple[Cell, ...]] = []
    rows += (("stops", r.email, r.client, r.delivery, None, r.rule) for r in impact.removed)
    rows += (("starts", r.email, r.client, None, r.delivery, r.rule) for r in impact.added)
    rows += (
        ("moves", after.email, after.client, before.delivery, after.delivery, after.rule)
        for before, after in impact.switched
    )
    return DataTable(("change", "email", "client", "before", "after", "rule"), tuple(rows))


def without_recipient_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield which clients have, or would have, no recipient: the first thing to print."""
    yield from lost_recipient_lines(impact, would=would)
    if impact.new_without:
        clients = "the new client" if len(impact.new_without) == 1 else "the new clients"
        yield _nobody_line(impact.new_without, f"for {clients}", would=would)


def lost_recipient_lines(impact: Impact, *, would: bool) -> Iterator[Line]:
    """Yield which clients lose, or would lose, their last recipient."""
    if impact.lost_all:
        yield _nobody_line(impact.lost_all, "any more for", would=would)


def _nobody_line(clients: Sequence[str], words: str, *, would: bool) -> Line:
    verb, names = "would be" if would else "is", list_some(clients, MOST_NAMED, f" {WHERE_ALL}")
    return line(("✗ ", "error"), HANG, (f"NOBODY {verb} notified {words} ", "error"), (names, "strong"))


def recipient_lines(impact: Impact) -> Iterator[Line]:
    """Yield who is no longer notified or copied, who is now, and who changes from one to the other."""
    lines: list[tuple[bool, Line]] = []
    for label, recipients in (("stop hearing", impact.removed), ("start hearing", impact.added)):
        lines += _group_lines(label, [each for each in recipients if each.delivery == "to"])
        lines += _group_lines(f"{label} (copied)", [each for each in recipients if each.delivery == "cc"])
    after = [change.after for change in impact.switched]
    lines += _group_lines("copied → notified", [each for each in after if each.delivery == "to"])
    lines += _group_lines("notified → copied", [each for each in after if each.delivery == "cc"])
    lines += map(_ended_line, impact.ended)

    first_short = next((number for number, (short, _) in enumerate(lines) if short), None)
    for number, (_, parts) in enumerate(lines[:MOST_LINES]):
        yield line(*parts, (f"  {WHERE_ALL}", "dim")) if number == first_short else parts
    if len(lines) > MOST_LINES:
        yield line((f"  … and {len(lines) - MOST_LINES} more such lines {WHERE_ALL}", "dim"))


def _ended_line(ended: EndedRenewal) -> tuple[bool, Line]:
    """Return the line for a renewal that is removed, and whether it has a number in place of names."""
    people, (day, product, _) = ended.recipients, ended.renewal
    few = len(people) <= MOST_AT_ONE
    who = ", ".join(each.email for each in people) if few else count_of(len(people), "client contact")
    end = f"{who} no longer notified" if people else "nobody was notified"
    what = f"{product} ({day})" if product else str(day)
    return not few, line(f"  {'renewal removed':<22}  ", HANG, (what, "strong"), f" at {ended.client}: {end}")


def _group_lines(label: str, recipients: Sequence[Recipient]) -> Iterator[tuple[bool, Line]]:
    """Yield the lines of one kind of change, each with whether it has a number in place of names.

    The clients' contacts share a line, or one for each of a few clients; a partner user has their own.
    """
    by_client = len({each.client for each in recipients if not each.partner}) <= MOST_NAMED
    groups: dict[tuple[bool, str], list[Recipient]] = {}
    for each in recipients:
        contact_key = each.client if by_client else ""
        key = address_key(each.email) if each.partner else contact_key
        groups.setdefault((each.partner, key), []).append(each)
    for (partner, _), group in sorted(groups.items()):
        people = list({address_key(each.email): each.email for each in group}.values())
        clients = sorted({each.client for each in group})
        rules = {each.rule for each in group}
        few_people = len(people) <= (MOST_AT_ONE if len(clients) == 1 else MOST_NAMED)
        few_clients = len(clients) <= MOST_NAMED
        noun = "partner user" if partner else "client contact"
        who = ", ".join(people) if few_people else count_of(len(people), noun)
        where = ", ".join(clients) if few_clients else count_of(len(clients), "client")
        rule = f" by {min(rules)}" if len(rules) == 1 else ""
        parts = line(f"  {label:<22}  ", HANG, (who, "strong"), f" at {where}", (rule, "dim"))
        yield not (few_people and few_clients), parts
