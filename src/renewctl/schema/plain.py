"""Clients about whom there is nothing to say → model, at the price of little more than a look at each value.

Nearly every client is of this kind. What is not plain (an unknown key, a wrong type, a spelling worth
a remark) is not judged here: ``reading`` looks again with care, by the table of fields. Both say the
same; a law in the tests holds them together. The parameters below are the keys of the file.
Imports ``model``, ``domains`` and its neighbours only.
"""

from collections.abc import Callable
from typing import Any

from renewctl.domains import ADDRESS, LONGEST_ADDRESS, client_key
from renewctl.model import Client, Confirmation, Contact, Override, Owner, Renewal, Role
from renewctl.schema import kinds
from renewctl.schema.kinds import Bad, day, text

_ABSENT: Any = object()
_ADDRESS = ADDRESS.fullmatch
_OWNERS: dict[str, Owner] = {str(owner): owner for owner in Owner}
_SEEN: dict[str, Owner | None] = {**_OWNERS, "default": None}
_ROLES: dict[str, Role] = {str(role): role for role in Role}


def plain_client(key: str, table: Any) -> Client | None:
    """Return the client under ``key``, or None where anything about it needs a careful look."""
    try:
        return _client(key, **table) if client_key(key) == key else None
    except (Bad, LookupError, TypeError):  # a value, a word or a key that is none of the known ones
        return None


def _client(  # noqa: PLR0913 (the keys of a client)
    client: str,
    /,
    *,
    name: Any = "",
    hub_id: Any = _ABSENT,
    contacts: Any = _ABSENT,
    contacts_checked: Any = _ABSENT,
    renewals: Any = _ABSENT,
    override: Any = _ABSENT,
    in_hubspot: Any = _ABSENT,
) -> Client:
    return Client(
        client,
        client,
        text(name),
        None if hub_id is _ABSENT else kinds.hub_id(hub_id),
        () if contacts is _ABSENT else _each(_contact, contacts),
        None if contacts_checked is _ABSENT else day(contacts_checked),
        () if renewals is _ABSENT else _renewals(renewals),
        None if override is _ABSENT else _override(**override),
        None if in_hubspot is _ABSENT else _confirmation(**in_hubspot),
    )


def _each(read: Callable[..., Any], tables: Any) -> tuple[Any, ...]:
    if type(tables) is not list:
        raise TypeError
    return tuple([read(**table) for table in tables])


def _contact(*, email: Any, name: Any = "", roles: Any = _ABSENT, active: Any = True) -> Contact:
    if type(name) is not str or type(active) is not bool:
        raise TypeError
    return Contact(_address(email), name, () if roles is _ABSENT else _roles(roles), active)


def _roles(words: Any) -> tuple[Role, ...]:
    if type(words) is not list:
        raise TypeError
    return tuple([_ROLES[word] for word in words])


def _renewals(tables: Any) -> tuple[Renewal, ...]:
    renewals = _each(_renewal, tables)
    if len(renewals) > 1 and len({renewal.product for renewal in renewals}) < len(renewals):
        raise LookupError
    return renewals


def _renewal(*, date: Any, product: Any = "", deadline: Any = _ABSENT) -> Renewal:
    if type(product) is not str:
        raise TypeError
    return Renewal(day(date), product, None if deadline is _ABSENT else day(deadline))


def _override(*, owner: Any, notify: Any = _ABSENT, note: Any = "") -> Override:
    return Override(_OWNERS[owner], None if notify is _ABSENT else _address(notify), text(note))


def _confirmation(*, owner: Any, on: Any, notify: Any = _ABSENT) -> Confirmation:
    return Confirmation(_SEEN[owner], None if notify is _ABSENT else _address(notify), day(on))


def _address(value: Any) -> str:
    if len(value) > LONGEST_ADDRESS or not _ADDRESS(value):
        raise TypeError
    return str(value)
