"""Findings from what is recorded, whoever is notified: roles, users, keys, and when somebody looked.

Pure: imports its neighbours and the floors below only.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from renewctl.domain.check.finding import Finding, command_line
from renewctl.domain.check.fixes import confirm
from renewctl.domain.hubspot import CONTACTS, DEFAULT_SETTING, LOOK_AT_CLIENT
from renewctl.domain.identifiers import address_key, client_key
from renewctl.errors import Problem
from renewctl.model import Client, Confirmation, Owner, Path, Portfolio, Role
from renewctl.text import dotted

MOST_BILLING = 3
_ROLES = tuple(Role)
_LOOK = f"(look at: the client's account → {CONTACTS})"
_NEVER = f"the contacts were never compared with HubSpot {_LOOK}"
_OF_CLIENT = 2
"""So many steps of a path name a client: clients, KEY."""


def check_records(book: Portfolio, remarks: Iterable[Problem], today: date) -> Iterator[Finding]:
    """Yield what is odd in the records themselves."""
    for remark in remarks:
        yield _of_remark(book, remark)
    yield from _of_users(book)
    if book.default:
        yield from _stale(book, None, book.default.confirmed, today)
    for client in book.clients.values():
        yield from _of_roles(client)
        yield from _stale(book, client, client.confirmed, today)
        yield from _of_looking(book, client, today)


def check_copies(files: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each of the store's conflict copies, named as people name files."""
    for file in files:
        message = "a sync program's copy of the store: somebody's change may be in it alone"
        mend = f"{command_line('diff', data=(file,))}, take over what is missing, then delete the copy"
        yield Finding("conflict-copy", message, (), mend, file=file)


def _of_remark(book: Portfolio, remark: Problem) -> Finding:
    path = remark.path
    client = book.clients.get(client_key(path[1]) or "") if path[0] == "clients" and path[1:] else None
    message = remark.message
    if client and len(path) > _OF_CLIENT:
        # The finding says whose it is.
        message = message.replace(dotted(path), dotted(path[_OF_CLIENT:]))
    return Finding(remark.code, message, path, f"by hand: {remark.hint}", client.key if client else None)


def _of_users(book: Portfolio) -> Iterator[Finding]:
    own = book.policy.domains
    settings = (book.default, *(client.override for client in book.clients.values()))
    named = {address_key(setting.notify or "") for setting in settings if setting}
    for user in book.users.values():
        domain = _domain_of(user.email)
        if own and user.active and not any(domain == one or domain.endswith(f".{one}") for one in own):
            message = f"{user.email} is outside the partner's domains ({', '.join(own)})"
            used = address_key(user.email) in named
            replaced, removed = ("replace", (user.email, "USER")), ("remove", (user.email,))
            word, data = replaced if used else removed
            other = command_line("user", word, data=data)
            mend = f"by hand: add {domain} to [policy] domains; or else: {other}"
            yield Finding("foreign-address", message, ("users", user.email), mend)


def _domain_of(email: str) -> str:
    domain = email.rpartition("@")[2]
    return client_key(domain) or domain.lower()


def _of_roles(client: Client) -> Iterator[Finding]:
    held = _holders(client)
    path: Path = ("clients", client.spelling, "contacts")
    if len(held[Role.BILLING]) > MOST_BILLING:
        message = f"{len(held[Role.BILLING])} people hold the role billing; HubSpot allows {MOST_BILLING}"
        mend = command_line("client", "unassign", client.key, Role.BILLING, "EMAIL")
        yield Finding("too-many-billing", message, path, mend, client.key)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(held[role]) > 1:
            people = ", ".join(held[role])
            message = f"{people} all hold the role {role}; HubSpot allows one"
            mend = command_line("client", "unassign", client.key, role, "EMAIL")
            yield Finding("several-holders", message, path, mend, client.key)
    (first, *others) = held.values()
    if len(first) == 1 and all(other == first for other in others):
        message = f"{first[0]} alone holds all the roles"
        mend = command_line("client", "assign", client.key, Role.BILLING, "EMAIL")
        yield Finding("one-person", message, path, mend, client.key)


def _holders(client: Client) -> dict[Role, list[str]]:
    """Return for each role the addresses of those who hold it, each person once."""
    held: dict[Role, list[str]] = {role: [] for role in _ROLES}
    for contact in client.contacts:
        key = address_key(contact.email)
        for role in contact.roles:
            if key not in held[role]:
                held[role].append(key)
    return held


def _stale(
    book: Portfolio, client: Client | None, seen: Confirmation | None, today: date
) -> Iterator[Finding]:
    if seen is None or (today - seen.on).days <= book.policy.stale_days:
        return
    what, place = ("this client's setting", LOOK_AT_CLIENT) if client else ("the default", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"{what} was last looked at in HubSpot {_ago(seen.on, today)} (look at: {place})"
    yield Finding("stale-setting", message, path, confirm(client), client.key if client else None)


def _of_looking(book: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling, "contacts_checked"), client.contacts_checked
    setting = client.override or book.default
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            mend = command_line("done", "--contacts", client.key)
            yield Finding("contacts-never-checked", _NEVER, path[:_OF_CLIENT], mend, client.key)
    elif (today - checked).days > book.policy.stale_days:
        ago = _ago(checked, today)
        message = f"the contacts were last compared with HubSpot {ago} {_LOOK}"
        mend = command_line("done", "--contacts", client.key)
        yield Finding("stale-contacts", message, path, mend, client.key)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
