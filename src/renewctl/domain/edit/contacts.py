"""Plans for contacts: their roles, and whether they are active in HubSpot."""

from collections.abc import Collection, Iterable, Iterator

from renewctl.command_line import command_line
from renewctl.domain.edit.tables import record_table, role_list
from renewctl.domain.hubspot import MOST_BILLING, ROLE_LABELS
from renewctl.domain.identifiers import address_key, tidy_name
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Contact, Path, Plan, Role
from renewctl.text import count_of


def assign(client: Client, role: Role, email: str, name: str = "") -> Plan:
    """Plan a role for a contact.

    A new primary contact or decision maker replaces the one before. A billing contact is added.

    Args:
        client: The client.
        role: The role to assign.
        email: The contact's address. A contact that is not in the file is added.
        name: The contact's name; empty if it does not change.

    Raises:
        UsageError: If the file lists an address twice for this client.

    Source:
        HubSpot offers one drop-down each for those two ("Update the points of contact for your HubSpot
        account", 2025).
    """
    contact = _find(client, email)
    others = [
        other
        for other in client.contacts
        if role in other.roles and address_key(other.email) != address_key(email)
    ]
    changes: list[Change] = []
    if role is not Role.BILLING:
        for other in others:
            _find(client, other.email)  # raises if it is listed twice
            changes.append(_set_roles(client, other, {*other.roles} - {role}))
    if contact is None:
        new = Contact(email, name, (role,))
        changes.append(Change(_path(client, email), record_table("contacts", new)))
    else:
        changes.append(_set_roles(client, contact, {*contact.roles, role}))
        if name:
            changes.append(Change((*_path(client, contact.email), "name"), tidy_name(name)))
    number = len(others) + 1 if role is Role.BILLING else 1
    return Plan("client assign", tuple(changes), tuple(warn_too_many(client.key, role, number)))


def unassign(client: Client, role: Role, email: str | None = None) -> Plan:
    """Plan a contact without a role; the contact stays in the file.

    Args:
        client: The client.
        role: The role to unassign.
        email: The contact's address; None means the only contact with the role.

    Raises:
        UsageError: If several contacts have the role and none is named, or ``email`` is not a contact's.
    """
    contacts, label = [contact for contact in client.contacts if role in contact.roles], ROLE_LABELS[role]
    if email is not None:
        contact = _require(client, email)
        contacts = [contact] if contact in contacts else []
    if not contacts:
        why = f"{email} is not a {label} of {client.key}" if email else f"{client.key} has no {label}"
        return Plan("client unassign", unchanged=(why,))
    if len(contacts) > 1:
        addresses = ", ".join(contact.email for contact in contacts)
        message = f"{client.key} has {count_of(len(contacts), label)}"
        raise UsageError(message, hint=f"add one of these addresses: {addresses}")
    contact = _require(client, contacts[0].email)
    return Plan("client unassign", (_set_roles(client, contact, {*contact.roles} - {role}),))


def set_active(client: Client, email: str, *, active: bool) -> Change:
    """Return the change that marks a contact as active, or as deactivated, in HubSpot.

    Raises:
        UsageError: If ``email`` is not a contact's, or is listed twice.
    """
    contact = _require(client, email)
    return Change((*_path(client, contact.email), "active"), None if active else False)


def join_roles(pairs: Iterable[tuple[Role, Contact]]) -> dict[str, Contact]:
    """Return contacts by address, each with all its roles and its first name."""
    contacts: dict[str, Contact] = {}
    for role, named in pairs:
        key = address_key(named.email)
        contact = contacts.get(key, Contact(named.email))
        roles = contact.roles if role in contact.roles else (*contact.roles, role)
        contacts[key] = Contact(contact.email, contact.name or named.name, roles)
    return contacts


def warn_too_many(client: str, role: Role, number: int) -> Iterator[str]:
    """Yield a note if more contacts have the role than HubSpot allows.

    Source:
        HubSpot has one drop-down each for primary contact and decision maker. The file does not show which
        of several contacts HubSpot has.
    """
    most = MOST_BILLING if role is Role.BILLING else 1
    if number > most:
        contacts = count_of(number, ROLE_LABELS[role])
        yield f"{client}: {contacts}, but HubSpot allows {most}; check who has the role in HubSpot"


def _path(client: Client, email: str) -> Path:
    return ("clients", client.spelling, "contacts", email)


def _set_roles(client: Client, contact: Contact, roles: Collection[Role]) -> Change:
    return Change((*_path(client, contact.email), "roles"), role_list(roles))


def _find(client: Client, email: str) -> Contact | None:
    found = [contact for contact in client.contacts if address_key(contact.email) == address_key(email)]
    if len(found) > 1:
        hint = "merge them into one contact in the file"
        raise UsageError(f"contact {found[0].email} of {client.key} appears twice in the file", hint=hint)
    return found[0] if found else None


def _require(client: Client, email: str) -> Contact:
    if contact := _find(client, email):
        return contact
    addresses = ", ".join(contact.email for contact in client.contacts)
    command = command_line("client assign", client.key, "ROLE", email)
    hint = f"use one of its contacts: {addresses}" if addresses else f"add the contact first: {command}"
    raise UsageError(f"{email} is not a contact of {client.key}", hint=hint)
