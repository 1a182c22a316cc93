"""Plans for the roster: clients added, changed, renamed, removed."""

import re
from collections.abc import Mapping, Sequence

from renewctl.command_line import command_line
from renewctl.domain.edit.contacts import join_roles, set_active, warn_too_many
from renewctl.domain.edit.renewals import renewal_table
from renewctl.domain.edit.tables import record_table, tidy
from renewctl.domain.identifiers import address_key, client_key, explain_no_client
from renewctl.errors import UsageError
from renewctl.fields import TABLES
from renewctl.model import EMPTY, Change, Client, Contact, Path, Plan, Portfolio, Renewal, Role, Scalar
from renewctl.text import count_of, list_some

MOST_NAMED = 3
_HUB_ID = re.compile(r"[1-9][0-9]{0,14}")
_HUB_ID_IN_URL = re.compile(rf"(?:/|portalId=)({_HUB_ID.pattern})(?![\w-])")
_DEFAULTS = Client._field_defaults

FieldValues = Mapping[str, Scalar | None]
"""New values of single fields of a client, by key; None takes the value away."""


def field_changes(path: Path, values: FieldValues) -> list[Change]:
    """Return the changes that give the client at ``path`` these values.

    What the model has for a client without the field is written by leaving the field out.
    """
    fields = TABLES["clients"]
    new = {key: tidy(fields[key], value) for key, value in values.items()}
    return [
        Change((*path, key), None if value == _DEFAULTS[fields[key].attribute] else value)
        for key, value in new.items()
    ]


def ask_about(portfolio: Portfolio, keys: Sequence[str], what: str) -> str:
    """Return what is never done unasked to clients that nobody named; nothing if they are few.

    ``what`` is what would be done, with a place for their number.
    """
    if len(keys) * 4 <= len(portfolio.clients) and len(keys) <= portfolio.policy.confirm_above:
        return ""
    number = f"{len(keys)} of {count_of(len(portfolio.clients), 'client')}"
    return f"{what.format(number)}: {list_some(keys, MOST_NAMED)}"


def add(
    portfolio: Portfolio,
    domain: str,
    values: FieldValues = EMPTY,
    holders: Mapping[Role, Sequence[str]] = EMPTY,
    renewal: Renewal | None = None,
) -> Plan:
    """Plan a new client, following the default; ``domain`` can be its hub id.

    Raises:
        UsageError: If the domain is not valid or is taken, or the hub id is another client's.
    """
    key = _free_key(portfolio, domain, is_new=True)
    by_hub_id = _HUB_ID.fullmatch(key) is not None
    # If you know only the hub id, you pass it in place of the domain; it stays when the domain is set.
    if values.get("hub_id") is None and by_hub_id:
        values = {**values, "hub_id": int(key)}
    _check_hub_id(portfolio, key, values)
    changes = field_changes((), values)
    table = {change.path[0]: change.after for change in changes if change.after is not None}
    pairs = ((role, Contact(email)) for role in Role for email in holders.get(role, ()))
    if contacts := join_roles(pairs).values():
        table["contacts"] = [record_table("contacts", contact) for contact in contacts]
    if renewal:
        table["renewals"] = [renewal_table(renewal)]
    notes: list[str] = []
    for role, emails in holders.items():
        notes += warn_too_many(key, role, len({address_key(email) for email in emails}))
    if by_hub_id:
        notes.append(
            f"{key} is no domain; once that is known: {command_line('client rename', key, 'DOMAIN')}"
        )
    if portfolio.default is None:
        command = command_line("set-default", owner="hubspot")
        notes.append(f"there is no default for it to follow yet: {command}")
    return Plan("client add", (Change(("clients", key), table),), tuple(notes))


def change(
    portfolio: Portfolio, client: Client, values: FieldValues, activity_of: Mapping[str, bool] = EMPTY
) -> Plan:
    """Plan other values for a client, and by address whether its contacts are active in HubSpot.

    Raises:
        UsageError: If nothing is to change, the hub id is another client's, or an address is not a
            contact's.
    """
    _check_hub_id(portfolio, client.key, values)
    changes = field_changes(("clients", client.spelling), values)
    changes += (set_active(client, email, active=active) for email, active in activity_of.items())
    if not changes:
        options = [field.option for field in TABLES["clients"].values() if field.option]
        hint = f"add {', '.join(options)}, --deactivate or --reactivate"
        raise UsageError("client set needs to be told what to set", hint=hint)
    return Plan("client set", tuple(changes))


def remove(clients: Sequence[Client]) -> Plan:
    """Plan the removal of clients, with everything recorded of them."""
    return Plan("client remove", tuple(Change(("clients", client.spelling), None) for client in clients))


def rename(portfolio: Portfolio, client: Client, domain: str) -> Plan:
    """Plan another domain for a client, which keeps everything else.

    Raises:
        UsageError: If the domain is not valid, or is taken.
    """
    if client_key(domain) == client.key:
        return Plan("client rename", (), (f"{client.key} has this domain already",))
    key = _free_key(portfolio, domain, is_new=False)
    return Plan("client rename", (Change(("clients", client.spelling), key, renamed=True),))


def _free_key(portfolio: Portfolio, domain: str, *, is_new: bool) -> str:
    text, key = domain.strip(), client_key(domain)
    hint = "write it as acme.example; if you know only the hub id, pass it in place of the domain"
    if re.fullmatch("[0-9]+", text) and not _HUB_ID.fullmatch(text):
        message = f"{text} is not a hub id: one has at most 15 digits, and does not begin with 0"
        raise UsageError(message, hint="look it up in HubSpot's account menu")
    if key is None:
        raise UsageError(f"{domain!r} is not a client's domain", hint="write it as acme.example")
    if "." not in key and not _HUB_ID.fullmatch(key):
        raise UsageError(f"{domain!r} is not a domain", hint=hint)
    if what := explain_no_client(key):
        if is_new and "hubspot" in key and (match := _HUB_ID_IN_URL.search(text)):
            hint = f"the client's hub id is in the address: {command_line('client add', match[1])}"
        raise UsageError(f"{domain!r} is {what}, not a client's domain", hint=hint)
    if key in portfolio.clients:
        show = command_line("client show", key)
        hint = f"to change it: {command_line('client set', key, name='NAME')}; to see it: {show}"
        raise UsageError(f"{key} is in the store already", hint=hint)
    return key


def _check_hub_id(portfolio: Portfolio, key: str, values: FieldValues) -> None:
    hub_id = values.get("hub_id")
    if hub_id is None:
        return
    if key != str(hub_id) in portfolio.clients:
        hint = f"to give it its domain: {command_line('client rename', str(hub_id), key)}"
        raise UsageError(f"a client stands under hub id {hub_id} already", hint=hint)
    taken = [c.key for c in portfolio.clients.values() if c.hub_id == hub_id and c.key != key]
    if taken:
        raise UsageError(f"hub id {hub_id} is {taken[0]}'s", hint="look it up in HubSpot's account menu")
