"""Plans for clients: added, changed, renamed, removed."""

import re
from collections.abc import Mapping, Sequence

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import join_roles, set_active, warn_too_many
from renewctl.domain.edit.renewals import renewal_table
from renewctl.domain.edit.tables import record_table, tidy
from renewctl.domain.identifiers import address_key, client_key, explain_no_client
from renewctl.errors import UsageError
from renewctl.fields import TABLES
from renewctl.model import EMPTY, Change, Client, Contact, Path, Plan, Portfolio, Renewal, Role, Value
from renewctl.text import count_of

_HUB_ID = re.compile(r"[1-9][0-9]{0,14}")
_HUB_ID_IN_URL = re.compile(rf"(?:/|portalId=)({_HUB_ID.pattern})(?![\w-])")
_DEFAULTS = Client._field_defaults
_FIND_HUB_ID = "look up the hub ID in HubSpot's account menu"

FieldValues = Mapping[str, Value | None]
"""New values of single fields of a client, by key; None removes the value."""


def field_changes(path: Path, values: FieldValues) -> list[Change]:
    """Return the changes that give the client at ``path`` these values.

    A value that the model has by default is not written.
    """
    fields = TABLES["clients"]
    new = {key: tidy(fields[key], value) for key, value in values.items()}
    return [
        Change((*path, key), None if value == _DEFAULTS[fields[key].attribute] else value)
        for key, value in new.items()
    ]


def ask_about(portfolio: Portfolio, keys: Sequence[str], what: str) -> str:
    """Return the question to confirm; empty if few clients are affected.

    It is for changes to clients that the user did not name. The plan names them as ``affected``.

    Args:
        portfolio: All clients.
        keys: The clients that would be affected.
        what: What would be done, with a place for their number.
    """
    if len(keys) * 4 <= len(portfolio.clients) and len(keys) <= portfolio.policy.confirm_above:
        return ""
    return what.format(f"{len(keys)} of {count_of(len(portfolio.clients), 'client')}")


def add(
    portfolio: Portfolio,
    domain: str,
    values: FieldValues = EMPTY,
    emails: Mapping[Role, Sequence[str]] = EMPTY,
    renewal: Renewal | None = None,
) -> Plan:
    """Plan a new client that follows the default.

    Args:
        portfolio: The clients so far.
        domain: The client's domain, or its hub ID.
        values: The values of its fields, by key.
        emails: The addresses of its contacts, by role.
        renewal: Its renewal; None if none is recorded.

    Raises:
        UsageError: If the domain is not valid or is taken, or the hub ID belongs to another client.
    """
    key = _free_key(portfolio, domain, is_new=True)
    by_hub_id = _HUB_ID.fullmatch(key) is not None
    # If only the hub ID is known, it is the key. It stays in its field when the client gets its domain.
    if values.get("hub_id") is None and by_hub_id:
        values = {**values, "hub_id": int(key)}
    _check_hub_id(portfolio, key, values)
    changes = field_changes((), values)
    table = {change.path[0]: change.after for change in changes if change.after is not None}
    pairs = ((role, Contact(email)) for role in Role for email in emails.get(role, ()))
    if contacts := join_roles(pairs).values():
        table["contacts"] = [record_table("contacts", contact) for contact in contacts]
    if renewal:
        table["renewals"] = [renewal_table(renewal)]
    notes: list[str] = []
    for role, addresses in emails.items():
        notes += warn_too_many(key, role, len({address_key(email) for email in addresses}))
    if by_hub_id:
        notes.append(f"set the domain when you know it: {command_line('client rename', key, 'DOMAIN')}")
    if portfolio.default is None:
        command = command_line("set-default", owner="hubspot")
        notes.append(f"no default is set yet; set it: {command}")
    return Plan("client add", (Change(("clients", key), table),), tuple(notes))


def change(
    portfolio: Portfolio, client: Client, values: FieldValues, activity_of: Mapping[str, bool] = EMPTY
) -> Plan:
    """Plan new values for a client and its contacts.

    Args:
        portfolio: All clients.
        client: The client.
        values: The new values of its fields, by key.
        activity_of: Whether contacts are active in HubSpot, by address.

    Raises:
        UsageError: If nothing would change, the hub ID belongs to another client, or an address to no
            contact of the client.
    """
    _check_hub_id(portfolio, client.key, values)
    changes = field_changes(("clients", client.spelling), values)
    changes += (set_active(client, email, active=active) for email, active in activity_of.items())
    if not changes:
        options = [field.option for field in TABLES["clients"].values() if field.option]
        hint = f"add at least one of {', '.join(options)}, --deactivate, --reactivate"
        raise UsageError("nothing to change", hint=hint)
    return Plan("client set", tuple(changes))


def remove(clients: Sequence[Client]) -> Plan:
    """Plan the removal of clients, with all that is recorded about them."""
    return Plan("client remove", tuple(Change(("clients", client.spelling), None) for client in clients))


def rename(portfolio: Portfolio, client: Client, domain: str) -> Plan:
    """Plan a new domain for a client, which keeps everything else.

    Raises:
        UsageError: If the domain is not valid, or is taken.
    """
    if client_key(domain) == client.key:
        return Plan("client rename", unchanged=(f"{client.key} already has this domain",))
    key = _free_key(portfolio, domain, is_new=False)
    return Plan("client rename", (Change(("clients", client.spelling), key, renamed=True),))


def _free_key(portfolio: Portfolio, domain: str, *, is_new: bool) -> str:
    text, key = domain.strip(), client_key(domain)
    hint = "use the client's domain, for example acme.example"
    hint += ", or its hub ID" if is_new else ""
    if re.fullmatch("[0-9]+", text) and not _HUB_ID.fullmatch(text):
        message = f"{text!r} is not a hub ID: it has at most 15 digits and does not begin with 0"
        raise UsageError(message, hint=_FIND_HUB_ID)
    if key is None:
        raise UsageError(f"{domain!r} is not a valid domain", hint=hint)
    if "." not in key and not _HUB_ID.fullmatch(key):
        raise UsageError(f"{domain!r} is not a valid domain", hint=hint)
    if what := explain_no_client(key):
        if is_new and "hubspot" in key and (match := _HUB_ID_IN_URL.search(text)):
            hint = f"use the hub ID in the address: {command_line('client add', match[1])}"
        raise UsageError(f"{domain!r} is {what}, not a client's domain", hint=hint)
    if key in portfolio.clients:
        hint = f"show it: {command_line('client show', key)}"
        raise UsageError(f"client {key!r} already exists", hint=hint)
    return key


def _check_hub_id(portfolio: Portfolio, key: str, values: FieldValues) -> None:
    hub_id = values.get("hub_id")
    if hub_id is None:
        return
    if key != str(hub_id) in portfolio.clients:
        hint = f"set its domain: {command_line('client rename', str(hub_id), key)}"
        raise UsageError(f"client '{hub_id}' already exists", hint=hint)
    taken = [c.key for c in portfolio.clients.values() if c.hub_id == hub_id and c.key != key]
    if taken:
        raise UsageError(f"{taken[0]} already has the hub ID {hub_id}", hint=_FIND_HUB_ID)
