"""Plans for the roster: clients added, changed, renamed, removed.

Imports ``model``, ``domains``, ``errors`` and its neighbours in ``edit`` only.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from renewctl.domain.edit.contacts import contact_table, set_active, warn_too_many
from renewctl.domain.edit.renewals import renewal_table
from renewctl.domain.identifiers import address_key, client_key
from renewctl.errors import UsageError
from renewctl.model import EMPTY, Change, Client, Contact, Plan, Portfolio, Renewal, Role, Table

_HUB_ID = re.compile(r"[1-9][0-9]{0,14}")


class NewClient(NamedTuple):
    """What is said of a client when it is added: ``holders`` are addresses by role."""

    domain: str
    name: str = ""
    hub_id: int | None = None
    holders: Mapping[Role, Sequence[str]] = EMPTY
    renewal: Renewal | None = None


def add(portfolio: Portfolio, new: NewClient) -> Plan:
    """Plan a new client, following the default.

    Raises:
        UsageError: the domain is none, or is taken; the hub id is another client's.
    """
    key = _free_key(portfolio, new.domain)
    # Who has a hub id only types it for the domain; it is to be known when the domain is.
    hub_id = int(key) if new.hub_id is None and _HUB_ID.fullmatch(key) else new.hub_id
    _check_hub_id(portfolio, key, hub_id)
    table: Table = {}
    if new.name:
        table["name"] = new.name
    if hub_id is not None:
        table["hub_id"] = hub_id
    if contacts := _contacts(new.holders):
        table["contacts"] = [contact_table(contact) for contact in contacts]
    if new.renewal:
        table["renewals"] = [renewal_table(new.renewal)]
    return Plan("client add", (Change(("clients", key), table),), tuple(_worth_saying(portfolio, key, new)))


def _worth_saying(portfolio: Portfolio, key: str, new: NewClient) -> Iterator[str]:
    """Yield what somebody who adds a client may not know."""
    for role, emails in new.holders.items():
        yield from warn_too_many(key, role, len({address_key(email) for email in emails}))
    if "." not in key:
        yield f"{key} is no domain; once that is known: renewctl client rename {key} DOMAIN"
    if portfolio.default is None:
        yield "there is no default for it to follow yet: renewctl set-default --owner hubspot"


def change(
    portfolio: Portfolio,
    client: Client,
    name: str | None = None,
    hub_id: int | None = None,
    activity_of: Mapping[str, bool] | None = None,
) -> Plan:
    """Plan other values for a client; None leaves them, an empty name takes it away.

    ``activity_of`` says of contacts, by address, whether they are active in HubSpot.

    Raises:
        UsageError: nothing is named, the hub id is another client's, or an address is no contact.
    """
    path, changes = ("clients", client.spelling), []
    _check_hub_id(portfolio, client.key, hub_id)
    if name is not None:
        changes.append(Change((*path, "name"), name or None))
    if hub_id is not None:
        changes.append(Change((*path, "hub_id"), hub_id))
    for email, active in (activity_of or {}).items():
        changes.append(set_active(client, email, active=active))
    if not changes:
        hint = "add --name, --hub-id, --deactivate or --reactivate"
        raise UsageError("client set needs to be told what to set", hint=hint)
    return Plan("client set", tuple(changes))


def remove(clients: Sequence[Client]) -> Plan:
    """Plan the removal of clients, with everything recorded of them."""
    return Plan("client remove", tuple(Change(("clients", client.spelling), None) for client in clients))


def rename(portfolio: Portfolio, client: Client, domain: str) -> Plan:
    """Plan another domain for a client, which keeps everything else.

    Raises:
        UsageError: the domain is none, or is taken.
    """
    if client_key(domain) == client.key:
        return Plan("client rename", (), (f"{client.key} has this domain already",))
    key = _free_key(portfolio, domain)
    return Plan("client rename", (Change(("clients", client.spelling), key, renamed=True),))


def _free_key(portfolio: Portfolio, domain: str) -> str:
    key = client_key(domain)
    if key is None:
        raise UsageError(f"{domain!r} is not a client's domain", hint="write it as acme.example")
    if key in portfolio.clients:
        hint = f"to change it: renewctl client set {key}; to see it: renewctl client show {key}"
        raise UsageError(f"{key} is in the store already", hint=hint)
    return key


def _check_hub_id(portfolio: Portfolio, key: str, hub_id: int | None) -> None:
    if hub_id is None:
        return
    if key != str(hub_id) in portfolio.clients:
        hint = f"to give it its domain: renewctl client rename {hub_id} {key}"
        raise UsageError(f"a client stands under hub id {hub_id} already", hint=hint)
    taken = [c.key for c in portfolio.clients.values() if c.hub_id == hub_id and c.key != key]
    if taken:
        raise UsageError(f"hub id {hub_id} is {taken[0]}'s", hint="look it up in HubSpot's account menu")


def _contacts(holders: Mapping[Role, Sequence[str]]) -> tuple[Contact, ...]:
    """Return one contact per address, with all the roles it is named for."""
    roles: dict[str, list[Role]] = {}
    written: dict[str, str] = {}
    for role in Role:
        for email in holders.get(role, ()):
            written.setdefault(address_key(email), email)
            held = roles.setdefault(address_key(email), [])
            held.extend(() if role in held else (role,))
    return tuple(Contact(written[key], roles=tuple(held)) for key, held in roles.items())
