"""Remarks on rows that are imported as they are, though they can hardly be meant."""

from collections.abc import Iterator, Sequence
from datetime import date

from renewctl.domain.edit.contacts import warn_too_many
from renewctl.domain.edit.import_plan import ImportRow
from renewctl.domain.plausibility import FAR_OFF, describe_far_off
from renewctl.model import Role
from renewctl.text import count_of

MOST_REMARKS = 3


def remark_on_rows(rows: Sequence[ImportRow], today: date) -> Iterator[str]:
    """Yield a note for the dates that are far off, and for the first clients with too many in a role."""
    days = [
        f"{value} in line {row.line}"
        for row in rows
        for value in row.values.values()
        if isinstance(value, date) and describe_far_off(value, today)
    ]
    if days:
        some = ", ".join([*days[:MOST_REMARKS], *(["…"] if len(days) > MOST_REMARKS else [])])
        yield f"{count_of(len(days), 'date')} that cannot be meant ({FAR_OFF}): {some}"
    crowded: dict[str, None] = {}
    for row in rows:
        for role in Role:
            people = row.values.get(role.replace("-", "_"), ())
            crowded |= dict.fromkeys(warn_too_many(row.client, role, len(people)))
    yield from [*crowded][:MOST_REMARKS]
    if len(crowded) > MOST_REMARKS:
        yield f"and {len(crowded) - MOST_REMARKS} more roles with more contacts than HubSpot takes"
