"""The impact of a change on recipients: in words, as JSON, as rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from renewctl.domain.identifiers import address_key
from renewctl.domain.impact import EndedRenewal, Impact, Recipient
from renewctl.model import EMPTY
from renewctl.render.result import HANG, Cell, DataTable, Line, line
from renewctl.text import count_of, join_names, list_some

MOST_NAMED = 3
"""The most recipients or clients that a line names; of more, it has the number."""
MOST_AT_ONE = 5
"""The same for recipients of one client: HubSpot has room for no more contacts with a role."""
MOST_LINES = 10
WHERE_ALL = "(-o json lists them)"
_WORDS = {"to": "notified", "cc": "copied"}
_LABEL_WIDTH = len("no longer notified") + 3


def impact_document(impact: Impact) -> dict[str, Any]:
    """Return the impact as JSON has it; the keys are a contract."""
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
        "left_without_required": [each._asdict() for each in impact.lost_required],
        "new_without_required": [each._asdict() for each in impact.new_required],
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
    email, client, delivery, rule = recipient[:4]
    return {"email": email, "client": client, "as": delivery, "rule": rule}


def impact_table(impact: Impact) -> DataTable:
    """Return a row for each recipient and client: what changes, and by which rule."""
    rows: list[tuple[Cell, ...]] = []
    rows += (("stops", r.email, r.client, r.delivery, None, r.rule) for r in impact.removed)
    rows += (("starts", r.email, r.client, None, r.delivery, r.rule) for r in impact.added)
    rows += (
        ("moves", after.email, after.client, before.delivery, after.delivery, after.rule)
        for before, after in impact.switched
    )
    return DataTable(("change", "email", "client", "before", "after", "rule"), tuple(rows))


def without_recipient_lines(
    impact: Impact, names: Mapping[str, str] = EMPTY, *, would: bool = False
) -> Iterator[Line]:
    """Yield the clients that lose, or are added without, a recipient they need.

    These lines come first.

    Args:
        impact: The recipients that change.
        names: What to call clients, by key; one that it lacks is called by the key.
        would: Whether the change is only shown.
    """
    be, is_not, yet = ("would be", "would not be", "") if would else ("is", "is not", " yet")
    for heading, noun, clients in (
        (f"NOBODY {be} notified about", "client", impact.lost_all),
        (f"NOBODY {be} notified{yet} about", "new client", impact.new_without),
    ):
        if clients:
            listed = list_some([names.get(key, key) for key in clients], MOST_NAMED, f" {WHERE_ALL}")
            number = count_of(len(clients), noun)
            yield line((f"{heading} {number}: ", "error"), HANG, (listed, "strong"))
    clients_of: dict[tuple[str, bool], list[str]] = {}
    for client, email, uncertain in (*impact.lost_required, *impact.new_required):
        clients_of.setdefault((email, uncertain), []).append(names.get(client, client))
    if len(clients_of) > MOST_NAMED:
        people = len({email for email, _ in clients_of})
        keys = {each.client for each in (*impact.lost_required, *impact.new_required)}
        listed = f"{people} people about {count_of(len(keys), 'client')} {WHERE_ALL}"
        yield line((f"Must be notified, but {is_not}: ", "error"), HANG, listed)
        return
    for (email, uncertain), missing_at in clients_of.items():
        what = f"the copy {be} uncertain" if uncertain else is_not
        listed = list_some(missing_at, MOST_NAMED, f" {WHERE_ALL}")
        yield line((f"Must be notified, but {what}: ", "error"), HANG, (email, "strong"), f" about {listed}")


def recipient_lines(
    impact: Impact, names: Mapping[str, str] = EMPTY, *, named: bool = False
) -> Iterator[Line]:
    """Yield the lines of the recipients that a change removes, adds or switches.

    Args:
        impact: The recipients that change.
        names: What to call clients, by key; one that it lacks is called by the key.
        named: Whether there is only one client, which the reader knows.
    """
    groups: list[tuple[str, Sequence[Recipient]]] = []
    for label, recipients in (("no longer", impact.removed), ("now", impact.added)):
        for delivery, word in _WORDS.items():
            group = [each for each in recipients if each.delivery == delivery]
            groups.append((f"{label} {word}", group))
    after = [change.after for change in impact.switched]
    groups.append(("copied → notified", [each for each in after if each.delivery == "to"]))
    groups.append(("notified → copied", [each for each in after if each.delivery == "cc"]))
    lines = [each for label, group in groups for each in _group_lines(label, group, names, named=named)]
    lines += (_ended_line(ended, names) for ended in impact.ended if ended.recipients)

    first_short = next((number for number, (short, _) in enumerate(lines) if short), None)
    for number, (_, parts) in enumerate(lines[:MOST_LINES]):
        yield line(*parts, (f"  {WHERE_ALL}", "dim")) if number == first_short else parts
    yield from count_others(len(lines) - MOST_LINES)


def count_others(number: int) -> Iterator[Line]:
    """Yield how many lines are left out, if there are any."""
    if number > 0:
        yield line((f"  … and {number} more {WHERE_ALL}", "dim"))


def _ended_line(ended: EndedRenewal, names: Mapping[str, str]) -> tuple[bool, Line]:
    """Return the line of a removed renewal, and whether it has only numbers."""
    recipients, (day, product, _) = ended.recipients, ended.renewal
    few = len(recipients) <= MOST_AT_ONE
    who = ", ".join(each.email for each in recipients) if few else count_of(len(recipients), "contact")
    what = f"{product} ({day})" if product else str(day)
    head = line(f"  {'renewal removed':<{_LABEL_WIDTH}}", HANG, (what, "strong"))
    return not few, line(*head, f" of {names.get(ended.client, ended.client)}: {who} no longer notified")


def _group_lines(
    label: str, recipients: Sequence[Recipient], names: Mapping[str, str], *, named: bool
) -> Iterator[tuple[bool, Line]]:
    """Yield the lines of one kind of change, and whether each has only numbers.

    The clients' contacts share a line, or one for each of a few clients; a partner user has their own.
    """
    by_client = len({each.client for each in recipients if not each.partner}) <= MOST_NAMED
    groups: dict[tuple[bool, str, bool], list[Recipient]] = {}
    for each in recipients:
        contact_key = each.client if by_client else ""
        key = address_key(each.email) if each.partner else contact_key
        groups.setdefault((each.partner, key, each.uncertain), []).append(each)
    for (partner, _, uncertain), group in sorted(groups.items()):
        emails = list({address_key(each.email): each.email for each in group}.values())
        clients = sorted({each.client for each in group})
        few_emails = len(emails) <= (MOST_AT_ONE if len(clients) == 1 else MOST_NAMED)
        few_clients = len(clients) <= MOST_NAMED
        noun = "partner user" if partner else "contact"
        who = ", ".join(emails) if few_emails else count_of(len(emails), noun)
        who += " (uncertain)" if uncertain and not label.startswith("no longer") else ""
        where = count_of(len(clients), "client")
        where = join_names([names.get(key, key) for key in clients]) if few_clients else where
        where = "" if named else f" for {where}"
        parts = line(f"  {label:<{_LABEL_WIDTH}}", HANG, (who, "strong"), where)
        yield not (few_emails and few_clients), parts
