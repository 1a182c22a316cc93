"""Findings: what is wrong, doubtful or old in a portfolio, and the command that fixes it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from shlex import quote
from typing import NamedTuple

from renewctl.domain.hubspot import CONTACTS, DEFAULT_SETTING, LOOK_AT_CLIENT, MOST_BILLING
from renewctl.domain.identifiers import address_key, client_key
from renewctl.domain.plausibility import find_implausible
from renewctl.domain.report import FOOTER_CODE, build_rows
from renewctl.domain.resolve import SEVERITY, Note, Resolution, Severity, resolve, setting_of
from renewctl.errors import Problem
from renewctl.model import Client, Confirmation, Owner, Path, Portfolio, Renewal, Role
from renewctl.text import count_of, dotted

CODES: Mapping[str, Severity] = {
    **SEVERITY,
    "too-many-billing": Severity.WARNING,
    "several-holders": Severity.WARNING,
    "one-person": Severity.INFO,
    "foreign-address": Severity.WARNING,
    "unknown-key": Severity.WARNING,
    "unusual-spelling": Severity.INFO,
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


class Finding(NamedTuple):
    """One thing wrong, doubtful or old.

    ``path`` is the place in the file that causes it, ``file`` the other file it is about, if it is
    about another. ``client`` is the key of the one client it concerns. ``fix`` is what to type, with
    placeholders in capitals, or what to do by hand.
    """

    code: str
    message: str
    path: Path
    fix: str
    client: str | None = None
    file: str = ""

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
        if key not in portfolio.clients:
            key = None
        elif path[2:]:
            message = message.replace(dotted(path), dotted(path[2:]))  # The finding names the client already.
        yield Finding(remark.code, message, path, f"by hand: {remark.hint}", key)
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
        fix = f"renewctl diff {_argument(file)}, take over what is missing, then delete the copy"
        yield Finding("conflict-copy", message, (), fix, file=file)


def _argument(text: str) -> str:
    """Return text from the file as an argument of a command: quoted, and never an option."""
    return f"-- {quote(text)}" if text.startswith("-") else quote(text)


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
                findings.append(_find(answer, note))
    for note, group in by_default.items():
        count = sum(answer.client.key in portfolio.clients for answer in group)
        if note.code == FOOTER_CODE:
            # A client whose own setting was never confirmed does not repeat the default's note.
            count = sum(client.override is None for client in portfolio.clients.values())
        concerns = f"; concerns {count_of(count, 'client')}" if count else ""
        finding = _find(group[0], note)
        yield finding._replace(message=finding.message + concerns, client=None)
    yield from findings
    for row in rows:
        for note in row.notes[len(row.resolution.notes) :]:
            yield _find(row.resolution, note, row.renewal)


def _is_of_default(note: Note) -> bool:
    return note.path[0] == "defaults"


def _find(answer: Resolution, note: Note, renewal: Renewal | None = None) -> Finding:
    """Return the finding that a note is: its message without the command, which is the fix.

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
    if note.code == "no-recipient":
        fix = _fix_no_recipient(answer, note)
    elif note.code == "inactive-contact":
        fix = _fix_inactive_contact(client, note.subject)
    else:
        several = renewal is not None and len(client.renewals) > 1
        fix = _FIXES[note.code].format(
            client=client.key,
            subject=_argument(note.subject),
            todo="todo" if _is_of_default(note) else f"todo {client.key}",
            setting="--default" if _is_of_default(note) else client.key,
            product=f" --product {quote(renewal.product)}" if renewal and several else "",
        )
    return Finding(note.code, message, note.path, fix, client.key)


def _fix_no_recipient(answer: Resolution, note: Note) -> str:
    if answer.setting is None:
        return "renewctl set-default --owner OWNER --notify USER"
    if answer.setting.owner is Owner.HUBSPOT:
        return f"renewctl client assign {answer.client.key} primary EMAIL"
    if _is_of_default(note):
        return "renewctl set-default --notify USER"
    return f"renewctl override {answer.client.key} --owner partner --notify USER"


def _fix_inactive_contact(client: Client, email: str) -> str:
    """Return the command that takes the contact's first role away, or gives it to another contact."""
    entries = [entry for entry in client.contacts if address_key(entry.email) == address_key(email)]
    role = next((role for entry in entries for role in entry.roles), Role.PRIMARY)
    if role is Role.BILLING:
        return f"renewctl client unassign {client.key} {role} {_argument(email)}"
    return f"renewctl client assign {client.key} {role} EMAIL"


_FIXES: Mapping[str, str] = {
    "unknown-user": "renewctl user add {subject}",
    "inactive-user": "renewctl user replace {subject} USER",
    "vacant-role": "renewctl client assign {client} {subject} EMAIL",
    "not-in-hubspot": "renewctl {todo}, then renewctl done {setting}",
    "copy-not-assured": "nothing in the file settles it; see renewctl check --explain copy-not-assured",
    "no-copy": "renewctl set-default --notify USER",
    "pinned-same-as-default": "renewctl clear-override {client}",
    "never-confirmed": "renewctl done {setting}",
    "renewal-past": "renewctl client renewed {client}{product}",
    "no-renewal-date": "renewctl client set-renewal {client} DATE",
    "deadline-passed": "once renewed: renewctl client renewed {client}{product}",
}


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
            command = f"renewctl user remove {_argument(user.email)}"
            if address_key(user.email) in notified:
                command = f"renewctl user replace {_argument(user.email)} USER"
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
        fix = f"renewctl client unassign {client.key} billing EMAIL"
        yield Finding("too-many-billing", message, path, fix, client.key)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(holders[role]) > 1:
            message = f"{', '.join(holders[role])} all hold the role {role}; HubSpot allows one"
            fix = f"renewctl client unassign {client.key} {role} EMAIL"
            yield Finding("several-holders", message, path, fix, client.key)
    if len(billing) == 1 and all(addresses == billing for addresses in holders.values()):
        message = f"{billing[0]} alone holds all the roles"
        fix = f"renewctl client assign {client.key} billing EMAIL"
        yield Finding("one-person", message, path, fix, client.key)


def _check_setting_age(
    portfolio: Portfolio, client: Client | None, confirmed: Confirmation | None, today: date
) -> Iterator[Finding]:
    if confirmed is None or (today - confirmed.on).days <= portfolio.policy.stale_days:
        return
    what, place = ("this client's setting", LOOK_AT_CLIENT) if client else ("the default", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"{what} was last looked at in HubSpot {_ago(confirmed.on, today)} (look at: {place})"
    fix = f"renewctl done {client.key if client else '--default'}"
    yield Finding("stale-setting", message, path, fix, client.key if client else None)


def _check_contacts_age(portfolio: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling), client.contacts_checked
    setting = setting_of(portfolio, client)
    fix = f"renewctl done --contacts {client.key}"
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            message = f"the contacts were never compared with HubSpot {_LOOK_AT_CONTACTS}"
            yield Finding("contacts-never-checked", message, path, fix, client.key)
    elif (today - checked).days > portfolio.policy.stale_days:
        message = f"the contacts were last compared with HubSpot {_ago(checked, today)} {_LOOK_AT_CONTACTS}"
        yield Finding("stale-contacts", message, (*path, "contacts_checked"), fix, client.key)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
