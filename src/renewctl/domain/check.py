"""Findings: what is wrong, doubtful or old in a portfolio, and what to do about it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.hubspot import CONTACTS, DEFAULT_SETTING, LOOK_AT_CLIENT, MOST_BILLING
from renewctl.domain.identifiers import address_key, client_key, parse_address
from renewctl.domain.plausibility import find_implausible
from renewctl.domain.report import FOOTER_CODE, build_rows
from renewctl.domain.resolve import SEVERITY, Note, Resolution, Severity, lacks_user, resolve, setting_of
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
"""Every code that a finding can have: those of the notes on answers, and those of ``check`` alone."""
_LOOK_AT_CONTACTS = f"(look at: the client's account → {CONTACTS})"
_LOOK_FOR_ROLE = "look who has the role in the client's account, then"


class Finding(NamedTuple):
    """One thing wrong, doubtful or old.

    ``path`` is the place in the file that causes it, ``file`` the other file it is about, if it is
    about another. ``client`` is the key of the one client it concerns, ``subject`` the address, role or
    field that it is about, and of a default how many clients follow it. Either ``fix`` is a command that is
    right as it stands; or ``note`` is what to look up or decide, and which command then does it, with
    placeholders in capitals.
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
        """The severity of its code."""
        return CODES[self.code]


def check_portfolio(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> Iterator[Finding]:
    """Yield all findings, in no particular order; never raises.

    ``remarks`` are what was odd when the file was read (``Reading.remarks``).
    """
    yield from _check_notes(portfolio, today)
    for remark in (*remarks, *find_implausible(portfolio, today)):
        path, message = remark.path, remark.message
        key = client_key(path[1]) if path[0] == "clients" and path[1:] else None
        key, place = (key, dotted(path[2:])) if key in portfolio.clients else (None, "")
        if place:
            message = message.replace(dotted(path), place)  # The finding names the client already.
        note = f"by hand: {remark.hint}"
        yield Finding(remark.code, message, path, client=key, note=note, subject=place)
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
        message = "a sync program's copy of the store: somebody's change may be in it alone; "
        message += "delete it once nothing is missing here"
        yield Finding("conflict-copy", message, (), command_line("diff", file), file=file)


def _check_notes(portfolio: Portfolio, today: date) -> Iterator[Finding]:
    """Yield the findings from the notes on who is notified, and when; each once, whatever rows repeat it.

    A note that the default causes is one finding, with the number of clients it concerns.
    """
    rows = build_rows(portfolio, portfolio.clients.values(), None, today)
    answers = list({row.client.key: row.resolution for row in rows}.values())
    if portfolio.default:
        # A client just added, so that a default without followers is checked too.
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
            # A client whose own setting was never confirmed does not repeat the default's note.
            count = sum(client.override is None for client in portfolio.clients.values())
        finding, clients = _find(portfolio, group[0], note)._replace(client=None), count_of(count, "client")
        if count:
            subject = f"{finding.subject}, {clients}" if finding.subject else clients
            finding = finding._replace(message=f"{finding.message}; concerns {clients}", subject=subject)
        yield finding
    yield from findings
    for row in rows:
        for note in row.notes[len(row.resolution.notes) :]:
            yield _find(portfolio, row.resolution, note, row.renewal)


def _is_of_default(note: Note) -> bool:
    return note.path[0] == "defaults"


def _find(portfolio: Portfolio, answer: Resolution, note: Note, renewal: Renewal | None = None) -> Finding:
    """Return the finding that a note is: its message without what to do, which is apart.

    ``renewal`` is the one on whose dates the note is.
    """
    message, client = note.message, answer.client
    if note.code == FOOTER_CODE:
        message += f" (look at: {DEFAULT_SETTING if _is_of_default(note) else LOOK_AT_CLIENT})"
    elif note.code == "no-renewal-date":
        message = "no renewal date is recorded"
    elif note.code == "renewal-past" and renewal:
        product = f"{renewal.product}: " if renewal.product else ""
        message = f"{product}the renewal date {renewal.day} is past"
    finding = Finding(note.code, message, note.path, client=client.key, subject=note.subject)
    if note.code == "differs-from-hubspot":
        clients = () if _is_of_default(note) else (client.key,)
        return finding._replace(fix=command_line("todo", *clients))
    return finding._replace(note=_advise(portfolio, answer, note, renewal))


def _advise(portfolio: Portfolio, answer: Resolution, note: Note, renewal: Renewal | None) -> str:
    """Return what to look up or decide about a note, and which command then does it."""
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
        code = "no-recipient/partner"  # ``confirm`` cannot record what HubSpot cannot show.
    user = "USER"
    if code == "unknown-user":
        # All addresses of an agency end alike, so they are compared by what is before the @.
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
    return re.sub(r"{(\w+)}", lambda place: commands[place[1]](), _NOTES[code])


_NOTES: Mapping[str, str] = {
    "no-recipient/none": "decide who owns renewal communication, then: {set_default}",
    "no-recipient/hubspot": f"{_LOOK_FOR_ROLE}: {{assign}}",
    "no-recipient/partner": "choose a partner user, then: {set_user}",
    "unknown-user": "if the address is right: {add}; if it is mistyped: {set_user}",
    "unknown-user/impossible": "name the right one: {set_user}",
    "inactive-user": "choose a colleague, then: {replace}",
    "inactive-contact": "ask the client who has the role now, then: {assign}",
    "inactive-contact/billing": "ask the client who has the role now, then: {assign}; {unassign}",
    "vacant-role": f"{_LOOK_FOR_ROLE}: {{assign}}",
    "copy-uncertain": "the file cannot settle it; if a copy matters, have the partner own it: {own}",
    "no-copy": "if somebody of the partner is to be copied: {set_user}",
    "override-matches-default": "if it is to follow later changes of the default: {clear}",
    "never-confirmed": "look there; if HubSpot shows what the file says: {confirm}",
    "renewal-past": "if it was renewed: {renew}; if it ended: {remove}",
    "no-renewal-date": "look the date up, then: {date}",
    "deadline-passed": "nothing is wrong; if the contract has another deadline: {deadline}",
}
"""By code, and by what makes a difference within it."""


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
            note = f"if it is right, add {domain} to [policy] domains by hand; if it is not: {command}"
            yield Finding("outside-domains", message, ("users", user.email), note=note)


def _check_roles(client: Client) -> Iterator[Finding]:
    path = ("clients", client.spelling, "contacts")
    holders: dict[Role, list[str]] = {}
    for role in Role:
        addresses = (address_key(contact.email) for contact in client.contacts if role in contact.roles)
        holders[role] = list(dict.fromkeys(addresses))
    billing = holders[Role.BILLING]
    if len(billing) > MOST_BILLING:
        message = f"{len(billing)} people hold the role billing; HubSpot allows {MOST_BILLING}"
        note = f"{_LOOK_FOR_ROLE}: {command_line('client unassign', client.key, 'billing', 'EMAIL')}"
        yield Finding("too-many-billing", message, path, client=client.key, note=note)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(holders[role]) > 1:
            message = f"{', '.join(holders[role])} all hold the role {role}; HubSpot allows one"
            note = f"{_LOOK_FOR_ROLE}: {command_line('client unassign', client.key, role, 'EMAIL')}"
            yield Finding("duplicate-role", message, path, client=client.key, note=note, subject=role)
    if len(billing) == 1 and all(addresses == billing for addresses in holders.values()):
        message = f"{billing[0]} alone holds all the roles"
        command = command_line("client assign", client.key, "billing", "EMAIL")
        note = f"if the client names a second person: {command}"
        yield Finding("single-contact", message, path, client=client.key, note=note, subject=billing[0])


def _check_setting_age(
    portfolio: Portfolio, client: Client | None, confirmed: Confirmation | None, today: date
) -> Iterator[Finding]:
    if confirmed is None or (today - confirmed.on).days <= portfolio.policy.stale_days:
        return
    what, place = ("this client's setting", LOOK_AT_CLIENT) if client else ("the default", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"{what} was last looked at in HubSpot {_ago(confirmed.on, today)} (look at: {place})"
    command = command_line("confirm", client.key) if client else command_line("confirm --default")
    note = f"look again; if HubSpot shows what the file says: {command}"
    if client and lacks_user(client.override):
        command = command_line("override", client.key, owner="partner", notify="USER")
        note = f"choose a partner user, then: {command}"
    yield Finding("stale-setting", message, path, client=client.key if client else None, note=note)


def _check_contacts_age(portfolio: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling), client.contacts_checked
    setting = setting_of(portfolio, client)
    command = command_line("confirm --contacts", client.key)
    note = f"look there; once the file has the same people: {command}"
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            message = f"the contacts were never compared with HubSpot {_LOOK_AT_CONTACTS}"
            yield Finding("contacts-never-checked", message, path, client=client.key, note=note)
    elif (today - checked).days > portfolio.policy.stale_days:
        message = f"the contacts were last compared with HubSpot {_ago(checked, today)} {_LOOK_AT_CONTACTS}"
        place = (*path, "contacts_checked")
        yield Finding("stale-contacts", message, place, client=client.key, note=note)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
