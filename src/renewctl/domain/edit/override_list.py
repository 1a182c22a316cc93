"""Plans for many overrides at once, row by row of a list: all rows or none.

Imports ``model``, ``lookup``, ``errors`` and its neighbours in ``edit`` only.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from renewctl.domain.edit import settings
from renewctl.domain.identifiers import address_key
from renewctl.domain.lookup import MOST_NEAREST, find_client, find_user
from renewctl.errors import BadInput, Problem, RenewctlError
from renewctl.model import Change, Client, Owner, Plan, Portfolio

DEFAULT = "default"
"""In place of an owner: the client is to follow the default."""


class OverrideRow(NamedTuple):
    """What one row says: ``owner`` is hubspot, partner, default, or empty for nothing at all."""

    file: str
    line: int
    client: str
    owner: str = ""
    notify: str = ""
    note: str = ""

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem of this row."""
        return Problem(message, hint=hint, file=self.file, line=self.line)


def plan_override_list(portfolio: Portfolio, rows: Iterable[OverrideRow]) -> Plan:
    """Plan what each row says; a row with a blank owner changes nothing.

    Raises:
        BadInput: a row names an unknown client or user, contradicts itself, or repeats a client;
            all such rows are listed.
    """
    changes: list[Change] = []
    said: list[str] = []
    problems: list[Problem] = []
    seen: dict[str, OverrideRow] = {}
    for row in rows:
        try:
            client = find_client(portfolio, row.client, nearest=len(problems) < MOST_NEAREST)
            _check_once(row, seen.setdefault(client.key, row))
            if _says_what_is(client, row):
                continue
            _check(row)
            plan = _planned(portfolio, client, row)
        except RenewctlError as error:
            problems.append(row.problem(error.message, error.hint))
            continue
        changes += plan.changes
        said += _warnings(plan)
    if problems:
        count = f"{len(problems)} bad row{'' if len(problems) == 1 else 's'}"
        raise BadInput(f"{count}; nothing was written", hint="mend the rows and try again", problems=problems)
    return Plan("override", tuple(changes), tuple(dict.fromkeys(said)))


def _check_once(row: OverrideRow, first: OverrideRow) -> None:
    if first is not row:
        raise BadInput(f"{row.client} stands in line {first.line} too", hint="keep one of the two rows")


def _says_what_is(client: Client, row: OverrideRow) -> bool:
    """Tell whether a row is what the store says already, be it ever so odd: feeding back changes nothing."""
    now = client.override
    if now is None:
        return False
    same_user = address_key(row.notify) == address_key(now.notify or "")
    return row.owner.strip().lower() == now.owner and same_user and row.note.strip() == now.note.strip()


def _check(row: OverrideRow) -> None:
    owner = row.owner.strip().lower()
    if owner not in {"", DEFAULT, *Owner}:
        hint = "write hubspot, partner or default, or leave it blank for no change"
        raise BadInput(f"{row.owner!r} is no owner", hint=hint)
    if owner in {"", DEFAULT} and row.notify.strip():
        what = "a partner user but no owner" if not owner else "owner default and a partner user"
        raise BadInput(f"{row.client} has {what}", hint="name hubspot or partner as owner")
    if owner == Owner.PARTNER and not row.notify.strip():
        message = f"{row.client} has owner partner and no partner user: nobody would be notified"
        raise BadInput(message, hint="fill the notify column")


def _planned(portfolio: Portfolio, client: Client, row: OverrideRow) -> Plan:
    owner = row.owner.strip().lower()
    if not owner:
        return Plan("override")
    if owner == DEFAULT:
        return settings.clear_override([client])
    user = find_user(portfolio, row.notify) if row.notify.strip() else None
    return settings.override(portfolio, [client], Owner(owner), user, row.note.strip())


def _warnings(plan: Plan) -> Iterator[str]:
    """Yield what is worth saying of many rows at once: not that one is so already."""
    yield from (said for said in plan.notices if not said.endswith(" already"))
