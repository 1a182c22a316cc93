"""Findings from what is recorded, whoever is notified: keys, users, roles and confirmations."""

from collections.abc import Iterable, Iterator
from datetime import date

from renewctl.domain.check.finding import Finding, command_line, confirm_setting
from renewctl.domain.hubspot import CONTACTS, DEFAULT_SETTING, LOOK_AT_CLIENT
from renewctl.domain.identifiers import address_key, client_key
from renewctl.errors import Problem
from renewctl.model import Client, Confirmation, Owner, Portfolio, Role
from renewctl.text import dotted

MOST_BILLING = 3
_LOOK_AT_CONTACTS = f"(look at: the client's account → {CONTACTS})"


def check_records(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> Iterator[Finding]:
    """Yield what is odd in the records themselves."""
    for remark in remarks:
        yield _find_remark(portfolio, remark)
    yield from _check_domains(portfolio)
    if portfolio.default:
        yield from _check_setting_age(portfolio, None, portfolio.default.confirmed, today)
    for client in portfolio.clients.values():
        yield from _check_roles(client)
        yield from _check_setting_age(portfolio, client, client.confirmed, today)
        yield from _check_contacts_age(portfolio, client, today)


def check_copies(files: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each of the store's conflict copies, named as people name files."""
    for file in files:
        message = "a sync program's copy of the store: somebody's change may be in it alone"
        fix = f"{command_line('diff', data=(file,))}, take over what is missing, then delete the copy"
        yield Finding("conflict-copy", message, (), fix, file=file)


def _find_remark(portfolio: Portfolio, remark: Problem) -> Finding:
    path, message = remark.path, remark.message
    client = None
    if path[0] == "clients" and path[1:]:
        client = portfolio.clients.get(client_key(path[1]) or "")
    if client:
        within_client = path[2:]
        if within_client:
            # The finding names the client already.
            message = message.replace(dotted(path), dotted(within_client))
    return Finding(remark.code, message, path, f"by hand: {remark.hint}", client.key if client else None)


def _check_domains(portfolio: Portfolio) -> Iterator[Finding]:
    domains = portfolio.policy.domains
    settings = (portfolio.default, *(client.override for client in portfolio.clients.values()))
    notified = {address_key(setting.notify or "") for setting in settings if setting}
    for user in portfolio.users.values():
        domain = user.email.rpartition("@")[2]
        domain = client_key(domain) or domain.lower()
        inside = any(domain == own or domain.endswith(f".{own}") for own in domains)
        if domains and user.active and not inside:
            message = f"{user.email} is outside the partner's domains ({', '.join(domains)})"
            if address_key(user.email) in notified:
                command = command_line("user", "replace", data=(user.email, "USER"))
            else:
                command = command_line("user", "remove", data=(user.email,))
            fix = f"by hand: add {domain} to [policy] domains; or else: {command}"
            yield Finding("foreign-address", message, ("users", user.email), fix)


def _check_roles(client: Client) -> Iterator[Finding]:
    path = ("clients", client.spelling, "contacts")
    holders: dict[Role, list[str]] = {}
    for role in Role:
        addresses = (address_key(contact.email) for contact in client.contacts if role in contact.roles)
        holders[role] = list(dict.fromkeys(addresses))
    billing = holders[Role.BILLING]
    if len(billing) > MOST_BILLING:
        message = f"{len(billing)} people hold the role billing; HubSpot allows {MOST_BILLING}"
        fix = command_line("client", "unassign", client.key, Role.BILLING, "EMAIL")
        yield Finding("too-many-billing", message, path, fix, client.key)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(holders[role]) > 1:
            message = f"{', '.join(holders[role])} all hold the role {role}; HubSpot allows one"
            fix = command_line("client", "unassign", client.key, role, "EMAIL")
            yield Finding("several-holders", message, path, fix, client.key)
    if len(billing) == 1 and all(addresses == billing for addresses in holders.values()):
        message = f"{billing[0]} alone holds all the roles"
        fix = command_line("client", "assign", client.key, Role.BILLING, "EMAIL")
        yield Finding("one-person", message, path, fix, client.key)


def _check_setting_age(
    portfolio: Portfolio, client: Client | None, confirmed: Confirmation | None, today: date
) -> Iterator[Finding]:
    if confirmed is None or (today - confirmed.on).days <= portfolio.policy.stale_days:
        return
    what, place = ("this client's setting", LOOK_AT_CLIENT) if client else ("the default", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"{what} was last looked at in HubSpot {_ago(confirmed.on, today)} (look at: {place})"
    yield Finding("stale-setting", message, path, confirm_setting(client), client.key if client else None)


def _check_contacts_age(portfolio: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling), client.contacts_checked
    setting = client.override or portfolio.default
    fix = command_line("done", "--contacts", client.key)
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            message = f"the contacts were never compared with HubSpot {_LOOK_AT_CONTACTS}"
            yield Finding("contacts-never-checked", message, path, fix, client.key)
    elif (today - checked).days > portfolio.policy.stale_days:
        message = f"the contacts were last compared with HubSpot {_ago(checked, today)} {_LOOK_AT_CONTACTS}"
        yield Finding("stale-contacts", message, (*path, "contacts_checked"), fix, client.key)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
