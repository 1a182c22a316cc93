"""Findings: problems in a portfolio, and what to do about each."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.hubspot import CLIENT_SETTING, CONTACTS, DEFAULT_SETTING, MOST_BILLING, ROLE_LABELS
from renewctl.domain.identifiers import address_key, client_key, parse_address
from renewctl.domain.notes import SEVERITY, Note, Severity
from renewctl.domain.plausibility import find_implausible
from renewctl.domain.report import FOOTER_CODE, build_rows
from renewctl.domain.resolve import Resolution, lacks_user, resolve, setting_of
from renewctl.errors import Problem, UsageError
from renewctl.model import Client, Confirmation, Owner, Path, Portfolio, Renewal, Role
from renewctl.text import count_of, dotted

CODES: Mapping[str, Severity] = {
    **SEVERITY,
    "too-many-billing": Severity.WARNING,
    "duplicate-role": Severity.WARNING,
    "single-contact": Severity.INFO,
    "outside-domains": Severity.WARNING,
    "unknown-key": Severity.WARNING,
    "nonstandard-spelling": Severity.INFO,
    "contacts-never-checked": Severity.INFO,
    "stale-setting": Severity.WARNING,
    "stale-contacts": Severity.WARNING,
    "conflict-copy": Severity.WARNING,
    "look-alike": Severity.WARNING,
    "duplicate-hub-id": Severity.WARNING,
    "implausible-date": Severity.WARNING,
}
"""Every code that a finding can have: the codes of notes, and those that only ``check`` reports."""
_MOST_REPEATED = 5
"""The most addresses that a command repeats."""
_CHECK_ROLE = "check who has the role in the client's account, then"


class Finding(NamedTuple):
    """One problem that ``check`` reports. It has either a fix or a note.

    Args:
        code: What kind of problem it is.
        message: What is wrong.
        path: The place in the file that causes it.
        fix: A command that is right to paste as it is.
        client: The key of the client that it concerns; None for no single client.
        file: The file that it concerns, if that is not the data file.
        note: What to look up or decide, and then which command to run, with placeholders in capitals.
        subject: The address, role or field that it concerns; for a default, the number of clients too.
    """

    code: str
    message: str
    path: Path
    fix: str = ""
    client: str | None = None
    file: str = ""
    note: str = ""
    subject: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of the finding's code."""
        return CODES[self.code]


def check_portfolio(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> Iterator[Finding]:
    """Yield all findings on a portfolio, in no particular order; never raise.

    ``remarks`` are the oddities found when the file was read (``Reading.remarks``).
    """
    yield from _check_notes(portfolio, today)
    for remark in (*remarks, *find_implausible(portfolio, today)):
        path, message = remark.path, remark.message
        key = client_key(path[1]) if path[0] == "clients" and path[1:] else None
        key, place = (key, dotted(path[2:])) if key in portfolio.clients else (None, "")
        if place:
            message = message.replace(dotted(path), place)  # The finding already names the client.
        yield Finding(remark.code, message, path, client=key, note=remark.hint, subject=place)
    yield from _check_domains(portfolio)
    if portfolio.default:
        yield from _check_setting_age(portfolio, None, portfolio.default.confirmed, today)
    for client in portfolio.clients.values():
        yield from _check_roles(client)
        yield from _check_setting_age(portfolio, client, client.confirmed, today)
        yield from _check_contacts_age(portfolio, client, today)


def check_copies(files: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each conflict copy of the data file."""
    for file in files:
        message = "conflict copy of the data file; it may have changes that are missing here"
        yield Finding("conflict-copy", message, (), command_line("diff", file), file=file)


def _check_notes(portfolio: Portfolio, today: date) -> Iterator[Finding]:
    """Yield the findings from the notes on recipients and dates, each once.

    A note that the default causes is one finding, with the number of clients that it affects.
    """
    rows = build_rows(portfolio, portfolio.clients.values(), None, today)
    answers = list({row.client.key: row.resolution for row in rows}.values())
    if portfolio.default:
        # An empty client, so that a default that no client follows is checked too.
        added = Client("", "", confirmed=Confirmation(None, None, today))
        answers.insert(0, resolve(portfolio, added))
    by_default: dict[Note, list[Resolution]] = {}
    findings: list[Finding] = []
    for answer in answers:
        for note in answer.notes:
            if _is_of_default(note):
                by_default.setdefault(note, []).append(answer)
            elif answer.client.key in portfolio.clients:
                findings.append(_find(portfolio, answer, note))
    for note, group in by_default.items():
        count = sum(answer.client.key in portfolio.clients for answer in group)
        if note.code == FOOTER_CODE:
            # A client that was never confirmed itself does not repeat the default's note.
            count = sum(client.override is None for client in portfolio.clients.values())
        finding, clients = _find(portfolio, group[0], note)._replace(client=None), count_of(count, "client")
        if count:
            subject = f"{finding.subject}, {clients}" if finding.subject else clients
            finding = finding._replace(message=f"{finding.message}; affects {clients}", subject=subject)
        yield finding
    yield from findings
    for row in rows:
        for note in row.notes[len(row.resolution.notes) :]:
            yield _find(portfolio, row.resolution, note, row.renewal)


def _is_of_default(note: Note) -> bool:
    return note.path[0] == "defaults"


def _find(portfolio: Portfolio, answer: Resolution, note: Note, renewal: Renewal | None = None) -> Finding:
    """Return the finding of a note, with what to do apart from the message.

    ``renewal`` is the renewal whose dates the note concerns, if any.
    """
    client = answer.client
    finding = Finding(note.code, note.message, note.path, client=client.key, subject=note.subject)
    if note.code == "differs-from-hubspot":
        clients = () if _is_of_default(note) else (client.key,)
        return finding._replace(fix=command_line("todo", *clients))
    if note.code == "must-notify-missing":
        return finding._replace(note=_advise_required(portfolio, answer, note.subject))
    return finding._replace(note=_advise(portfolio, answer, note, renewal))


def _advise_required(portfolio: Portfolio, answer: Resolution, email: str) -> str:
    """Return the advice on a required recipient that is missing."""
    client, setting, key = answer.client, answer.setting, address_key(email)
    others = [each for each in client.must_notify if address_key(each) != key]
    others = others if len(others) <= _MOST_REPEATED else ["EMAIL"]
    user = portfolio.users.get(key)
    is_inactive = any(not each.active for each in client.contacts if address_key(each.email) == key)
    if is_inactive or (user and not user.active):
        command = command_line("client set", client.key, must_notify=[*others, "EMAIL"])
        return f"if someone else must be notified now: {command}"
    if user:
        command = command_line("override", client.key, owner="partner", notify=email)
        advice = f"to notify only this person: {command}"
    elif setting and setting.owner is Owner.HUBSPOT:
        advice = f"{_CHECK_ROLE}: {command_line('client assign', client.key, 'ROLE', email)}"
    else:
        command = command_line("override", client.key, owner="hubspot")
        advice = f"if HubSpot should notify contacts again: {command}"
    drop = command_line("client set", client.key, must_notify=others or "")
    return f"{advice}; if this is no longer required: {drop}"


def _advise(portfolio: Portfolio, answer: Resolution, note: Note, renewal: Renewal | None) -> str:
    """Return the advice on a note: a check or a decision, then the command."""
    key, setting, subject, of_default = answer.client.key, answer.setting, note.subject, _is_of_default(note)
    code, role = note.code, subject
    if code == "no-recipient":
        owner = "none" if setting is None else setting.owner
        code, role = f"{code}/{owner}", str(Role.PRIMARY)
    elif code == "inactive-contact":
        entries = [one for one in answer.client.contacts if address_key(one.email) == address_key(subject)]
        role = next((role for entry in entries for role in entry.roles), Role.PRIMARY)
        code = f"{code}/{role}" if role is Role.BILLING else code
    elif code == FOOTER_CODE and not of_default and lacks_user(answer.client.override):
        code = "no-recipient/partner"  # HubSpot has no such setting to confirm.
    user = "USER"
    if code == "unknown-user":
        # Addresses of one agency share a domain, so only the part before the @ is compared.
        names = {each.partition("@")[0]: found.email for each, found in portfolio.users.items()}
        near = get_close_matches(address_key(subject).partition("@")[0], names, 1, 0.8)
        user = names[near[0]] if near else user
        try:
            parse_address(subject, "")
        except UsageError:
            code = "unknown-user/impossible"
    owner, day = (setting.owner if setting else "OWNER"), (str(renewal.day) if renewal else "DATE")
    product = renewal.product if renewal and len(answer.client.renewals) > 1 else None
    commands = {
        "add": lambda: command_line("user add", subject),
        "assign": lambda: command_line("client assign", key, role, "EMAIL"),
        "clear": lambda: command_line("clear-override", key),
        "confirm": lambda: command_line("confirm --default") if of_default else command_line("confirm", key),
        "date": lambda: command_line("client set-renewal", key, "DATE"),
        "deadline": lambda: command_line("client set-renewal", key, day, product=product, deadline="DATE"),
        "own": lambda: command_line("override", key, owner="partner", notify="USER"),
        "remove": lambda: command_line("client remove-renewal", key, product=product),
        "renew": lambda: command_line("client renew", key, product=product),
        "replace": lambda: command_line("user replace", subject, "USER"),
        "set_default": lambda: command_line("set-default", owner="OWNER", notify="USER"),
        "set_user": lambda: (
            command_line("set-default", notify=user)
            if of_default
            else command_line("override", key, owner=owner, notify=user)
        ),
        "unassign": lambda: command_line("client unassign", key, role, subject),
    }
    texts: Mapping[str, Callable[[], str]] = {
        **commands,
        "place": lambda: DEFAULT_SETTING if of_default else CLIENT_SETTING,
    }
    return re.sub(r"{(\w+)}", lambda match: texts[match[1]](), _NOTES[code])


_NOTES: Mapping[str, str] = {
    "no-recipient/none": "choose a renewal owner, then: {set_default}",
    "no-recipient/hubspot": f"{_CHECK_ROLE}: {{assign}}",
    "no-recipient/partner": "choose a partner user, then: {set_user}",
    "unknown-user": "if the address is right: {add}; otherwise: {set_user}",
    "unknown-user/impossible": "set the right address: {set_user}",
    "inactive-user": "choose another partner user, then: {replace}",
    "inactive-contact": "ask the client who has the role now, then: {assign}",
    "inactive-contact/billing": "ask the client who has the role now, then: {assign}; {unassign}",
    "vacant-role": f"{_CHECK_ROLE}: {{assign}}",
    "copy-uncertain": (
        "if you need a copy, make the partner the renewal owner; then only USER is notified,"
        " and the client's contacts are not: {own}"
    ),
    "no-copy": "to have a partner user copied: {set_user}",
    "override-matches-default": "if the client should follow later changes to the default: {clear}",
    "never-confirmed": "check {place}; if it matches the file: {confirm}",
    "renewal-past": "if it was renewed: {renew}; if it ended: {remove}",
    "no-renewal-date": "look up the date, then: {date}",
    "deadline-passed": "if the contract has a different deadline: {deadline}",
}
"""By code, and where needed by a variant of it."""


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
            command = command_line("user remove", user.email)
            if address_key(user.email) in notified:
                command = command_line("user replace", user.email, "USER")
            note = f"if it is right, add {domain} to [policy] domains by hand; otherwise: {command}"
            yield Finding("outside-domains", message, ("users", user.email), note=note)


def _check_roles(client: Client) -> Iterator[Finding]:
    """Yield the findings on a client's roles.

    Source: HubSpot, "Update the points of contact for your HubSpot account", 24 September 2025.
    """
    path = ("clients", client.spelling, "contacts")
    contacts: dict[Role, list[str]] = {}
    for role in Role:
        addresses = (address_key(contact.email) for contact in client.contacts if role in contact.roles)
        contacts[role] = list(dict.fromkeys(addresses))
    billing = contacts[Role.BILLING]
    if len(billing) > MOST_BILLING:
        message = f"the file has {len(billing)} billing contacts, but HubSpot allows {MOST_BILLING}"
        note = f"{_CHECK_ROLE}: {command_line('client unassign', client.key, 'billing', 'EMAIL')}"
        yield Finding("too-many-billing", message, path, client=client.key, note=note)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(emails := contacts[role]) > 1:
            found = f"{count_of(len(emails), ROLE_LABELS[role])} ({', '.join(emails)})"
            message = f"the file has {found}, but HubSpot allows one"
            note = f"{_CHECK_ROLE}: {command_line('client unassign', client.key, role, 'EMAIL')}"
            yield Finding("duplicate-role", message, path, client=client.key, note=note, subject=role)
    if len(billing) == 1 and all(addresses == billing for addresses in contacts.values()):
        message = f"{billing[0]} alone has all three roles"
        command = command_line("client assign", client.key, "billing", "EMAIL")
        note = f"ask the client for a second contact, then: {command}"
        yield Finding("single-contact", message, path, client=client.key, note=note, subject=billing[0])


def _check_setting_age(
    portfolio: Portfolio, client: Client | None, confirmed: Confirmation | None, today: date
) -> Iterator[Finding]:
    if confirmed is None or (today - confirmed.on).days <= portfolio.policy.stale_days:
        return
    what, place = ("HubSpot setting", CLIENT_SETTING) if client else ("default in HubSpot", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"the {what} was last confirmed {_ago(confirmed.on, today)}"
    command = command_line("confirm", client.key) if client else command_line("confirm --default")
    note = f"check {place}; if it still matches the file: {command}"
    if client and lacks_user(client.override):
        command = command_line("override", client.key, owner="partner", notify="USER")
        note = f"choose a partner user, then: {command}"
    yield Finding("stale-setting", message, path, client=client.key if client else None, note=note)


def _check_contacts_age(portfolio: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling), client.contacts_checked
    setting = setting_of(portfolio, client)
    command = command_line("confirm --contacts", client.key)
    note = f"check {CONTACTS} in the client's account; once the file matches: {command}"
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            message = "the contacts were never checked in HubSpot"
            yield Finding("contacts-never-checked", message, path, client=client.key, note=note)
    elif (today - checked).days > portfolio.policy.stale_days:
        message = f"the contacts were last checked in HubSpot {_ago(checked, today)}"
        place = (*path, "contacts_checked")
        yield Finding("stale-contacts", message, place, client=client.key, note=note)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
