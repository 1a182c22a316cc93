"""Plans for who has which role at a client, and who is deactivated there."""

from collections.abc import Collection, Iterable, Iterator

from renewctl.command_line import command_line
from renewctl.domain.edit.tables import record_table, role_list
from renewctl.domain.hubspot import MOST_BILLING
from renewctl.domain.identifiers import address_key, tidy_name
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Contact, Path, Plan, Role
from renewctl.text import count_of

ROLE_LABELS = {
    Role.PRIMARY: "primary contact",
    Role.BILLING: "billing contact",
    Role.DECISION_MAKER: "decision maker",
}
"""What HubSpot calls the roles."""


def assign(client: Client, role: Role, email: str, name: str = "") -> Plan:
    """Plan a contact with a role; primary contact and decision maker are one contact at a time.

    Whoever had one of those two roles before no longer has it; billing contacts are added.

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
            _find(client, other.email)  # refuses one that is listed twice
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
    """Plan a role without a contact, or without its only one; the contact stays in the file.

    Raises:
        UsageError: If several contacts have the role and none is named, or ``email`` is not a contact's.
    """
    holders = [contact for contact in client.contacts if role in contact.roles]
    if email is not None:
        contact = _require(client, email)
        holders = [contact] if contact in holders else []
    if not holders:
        who = f"{email} does not hold" if email else "nobody holds"
        return Plan("client unassign", (), (f"{who} {role} at {client.key}",))
    if len(holders) > 1:
        addresses = ", ".join(contact.email for contact in holders)
        raise UsageError(f"{client.key} has several holders of {role}", hint=f"name one: {addresses}")
    contact = _require(client, holders[0].email)
    return Plan("client unassign", (_set_roles(client, contact, {*contact.roles} - {role}),))


def set_active(client: Client, email: str, *, active: bool) -> Change:
    """Return the change that marks a contact as active, or as deactivated, in HubSpot.

    Raises:
        UsageError: If ``email`` is not a contact's, or is listed twice.
    """
    contact = _require(client, email)
    return Change((*_path(client, contact.email), "active"), None if active else False)


def join_roles(holders: Iterable[tuple[Role, Contact]]) -> dict[str, Contact]:
    """Return the contacts by address, each with all the roles and the first name it has in ``holders``."""
    contacts: dict[str, Contact] = {}
    for role, holder in holders:
        key = address_key(holder.email)
        contact = contacts.get(key, Contact(holder.email))
        roles = contact.roles if role in contact.roles else (*contact.roles, role)
        contacts[key] = contact._replace(name=contact.name or holder.name, roles=roles)
    return contacts


def warn_too_many(client: str, role: Role, number: int) -> Iterator[str]:
    """Yield a note if the client then has more contacts with the role than HubSpot allows.

    Source:
        HubSpot has one drop-down each for primary contact and decision maker. Which of several it has is
        not in the file.
    """
    most = MOST_BILLING if role is Role.BILLING else 1
    if number > most:
        contacts = count_of(number, ROLE_LABELS[role])
        message = f"{client} then has {contacts}; HubSpot allows {most}, and renewctl cannot know which"
        yield f"{message}: look it up in HubSpot"


def _path(client: Client, email: str) -> Path:
    return ("clients", client.spelling, "contacts", email)


def _set_roles(client: Client, contact: Contact, roles: Collection[Role]) -> Change:
    return Change((*_path(client, contact.email), "roles"), role_list(roles))


def _find(client: Client, email: str) -> Contact | None:
    found = [contact for contact in client.contacts if address_key(contact.email) == address_key(email)]
    if len(found) > 1:
        hint = "make one contact of them in the file, with all the roles"
        raise UsageError(f"{client.key} lists {found[0].email} twice", hint=hint)
    return found[0] if found else None


def _require(client: Client, email: str) -> Contact:
    if contact := _find(client, email):
        return contact
    addresses = ", ".join(contact.email for contact in client.contacts)
    command = command_line("client assign", client.key, "ROLE", email)
    hint = f"its contacts: {addresses}" if addresses else f"it has none yet: {command}"
    raise UsageError(f"{email} is not a contact of {client.key}", hint=hint)
