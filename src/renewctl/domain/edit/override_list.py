"""Plans for many overrides at once, row by row of a list: all rows or none."""

from collections.abc import Iterable
from typing import NamedTuple

from renewctl.domain.edit import settings
from renewctl.domain.identifiers import address_key
from renewctl.domain.lookup import MOST_NEAREST, find_client, find_user
from renewctl.errors import BadInput, Problem, RenewctlError
from renewctl.model import Change, Client, Owner, Plan, Portfolio
from renewctl.text import count_of

DEFAULT = "default"
"""In place of an owner: the client follows the default."""


class OverrideRow(NamedTuple):
    """A row of a list; ``owner`` is hubspot, partner, default, or empty for no change."""

    file: str
    line: int
    client: str
    owner: str = ""
    notify: str = ""
    note: str = ""


def plan_override_list(portfolio: Portfolio, rows: Iterable[OverrideRow]) -> Plan:
    """Plan the overrides of a list; a row with a blank owner changes nothing.

    Raises:
        BadInput: If a row names an unknown client or user, contradicts itself, or repeats a client;
            all such rows are listed.
    """
    changes: list[Change] = []
    notes: dict[str, None] = {}
    problems: list[Problem] = []
    first_of: dict[str, OverrideRow] = {}
    for row in rows:
        try:
            client = find_client(portfolio, row.client, nearest=len(problems) < MOST_NEAREST)
            first = first_of.setdefault(client.key, row)
            if first is not row:
                message = f"{row.client} stands in line {first.line} too"
                raise BadInput(message, hint="keep one of the two rows")
            plan = _plan_row(portfolio, client, row)
        except RenewctlError as error:
            problems.append(Problem(error.message, hint=error.hint, file=row.file, line=row.line))
            continue
        changes += plan.changes
        # That one of many is so already is not worth a note.
        notes |= dict.fromkeys(text for text in plan.notes if not text.endswith(" already"))
    if problems:
        message = f"{count_of(len(problems), 'bad row')}; nothing was written"
        raise BadInput(message, hint="mend the rows and try again", problems=problems)
    return Plan("override", tuple(changes), tuple(notes))


def _plan_row(portfolio: Portfolio, client: Client, row: OverrideRow) -> Plan:
    owner, notify, note = row.owner.strip().lower(), row.notify.strip(), row.note.strip()
    now = client.override
    same_user = now and address_key(notify) == address_key(now.notify or "")
    if now and same_user and (owner, note) == (now.owner, now.note.strip()):
        return Plan("override")  # feeding a list back changes nothing, however odd the setting is
    if owner not in {"", DEFAULT, *Owner}:
        hint = "write hubspot, partner or default, or leave it blank for no change"
        raise BadInput(f"{row.owner!r} is no owner", hint=hint)
    if owner in {"", DEFAULT} and notify:
        what = "owner default and a partner user" if owner else "a partner user but no owner"
        raise BadInput(f"{row.client} has {what}", hint="name hubspot or partner as owner")
    if owner == Owner.PARTNER and not notify:
        message = f"{row.client} has owner partner and no partner user: nobody would be notified"
        raise BadInput(message, hint="fill the notify column")
    if not owner:
        return Plan("override")
    if owner == DEFAULT:
        return settings.clear_override([client])
    user = find_user(portfolio, notify) if notify else None
    return settings.override(portfolio, [client], Owner(owner), user, note)
