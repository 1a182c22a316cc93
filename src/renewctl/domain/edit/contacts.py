"""Plans for who holds which role at a client, and who is deactivated there.

Imports ``model``, ``domains`` and ``errors`` only.
"""

from collections.abc import Collection, Iterator

from renewctl.domain.identifiers import address_key
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Contact, Path, Plan, Role, Table, Value

MOST_BILLING = 3
"""HubSpot: "at most three billing contacts" (Update the points of contact, 22 October 2025)."""
_NAMES = {role: str(role) for role in Role}


def assign(client: Client, role: Role, email: str, name: str = "") -> Plan:
    """Plan ``email`` as holder of ``role``; primary and decision-maker have one holder at a time.

    HubSpot offers one drop-down each for those two ("Update the points of contact for your HubSpot
    account", 2025), so whoever held the role before no longer does. Billing is added to.

    Raises:
        UsageError: the file lists the address twice for this client.
    """
    contact = _find(client, email)
    changes = list(_step_down(client, role, email)) if role is not Role.BILLING else []
    if contact is None:
        new = Contact(email, name, (role,))
        changes.append(Change(_path(client, email), contact_table(new)))
    else:
        changes.append(_roles(client, contact, {*contact.roles, role}))
        if name:
            changes.append(Change((*_path(client, contact.email), "name"), name))
    before = sum(role in other.roles and other is not contact for other in client.contacts)
    held = before + 1 if role is Role.BILLING else 1
    return Plan("client assign", tuple(changes), tuple(warn_too_many(client.key, role, held)))


def unassign(client: Client, role: Role, email: str | None = None) -> Plan:
    """Plan ``role`` without ``email``, or without its only holder; the contact stays on record.

    Raises:
        UsageError: the role has several holders and none is named, or ``email`` is no contact.
    """
    holders = [contact for contact in client.contacts if role in contact.roles]
    if email is not None:
        contact = _find(client, email) or _unknown(client, email)
        holders = [contact] if contact in holders else []
    if not holders:
        who = f"{email} does not hold" if email else "nobody holds"
        return Plan("client unassign", (), (f"{who} {role} at {client.key}",))
    if len(holders) > 1:
        addresses = ", ".join(contact.email for contact in holders)
        raise UsageError(f"{client.key} has several holders of {role}", hint=f"name one: {addresses}")
    contact = _find(client, holders[0].email) or holders[0]
    return Plan("client unassign", (_roles(client, contact, {*contact.roles} - {role}),))


def set_active(client: Client, email: str, *, active: bool) -> Change:
    """Return the change that marks a contact as active, or as deactivated, in HubSpot.

    Raises:
        UsageError: ``email`` is no contact of the client, or is listed twice.
    """
    contact = _find(client, email) or _unknown(client, email)
    return Change((*_path(client, contact.email), "active"), None if active else False)


def contact_table(contact: Contact) -> Table:
    """Return a contact as the file has it."""
    table: Table = {"email": contact.email}
    if contact.name:
        table["name"] = contact.name
    table["roles"] = role_list(contact.roles)
    return table


def role_list(roles: Collection[Role]) -> list[Value]:
    """Return roles as the file has them, in their order."""
    return [name for role, name in _NAMES.items() if role in roles]


def _path(client: Client, email: str) -> Path:
    return ("clients", client.spelling, "contacts", email)


def _roles(client: Client, contact: Contact, roles: Collection[Role]) -> Change:
    return Change((*_path(client, contact.email), "roles"), role_list(roles))


def _step_down(client: Client, role: Role, email: str) -> Iterator[Change]:
    for contact in client.contacts:
        if role in contact.roles and address_key(contact.email) != address_key(email):
            _find(client, contact.email)  # refuses one that is listed twice
            yield _roles(client, contact, {*contact.roles} - {role})


def _find(client: Client, email: str) -> Contact | None:
    found = [c for c in client.contacts if address_key(c.email) == address_key(email)]
    if len(found) > 1:
        hint = "make one contact of them in the file, with all the roles"
        raise UsageError(f"{client.key} lists {found[0].email} twice", hint=hint)
    return found[0] if found else None


def _unknown(client: Client, email: str) -> Contact:
    addresses = ", ".join(contact.email for contact in client.contacts)
    hint = f"its contacts: {addresses}" if addresses else "it has none yet: renewctl client assign"
    raise UsageError(f"{email} is not a contact of {client.key}", hint=hint)


def warn_too_many(client: str, role: Role, holders: int) -> Iterator[str]:
    """Yield that a client then has more holders of a role than HubSpot takes, if it has."""
    most = MOST_BILLING if role is Role.BILLING else 1
    if holders > most:
        yield f"{client} then has {holders} {role} contacts; HubSpot takes {most}"
