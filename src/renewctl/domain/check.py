"""Findings: what is wrong, doubtful or old in a portfolio, and the command that fixes it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from shlex import quote
from typing import NamedTuple

from renewctl.domain.hubspot import CONTACTS, DEFAULT_SETTING, LOOK_AT_CLIENT, MOST_BILLING
from renewctl.domain.identifiers import address_key, client_key
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


def check_portfolio(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> tuple[Finding, ...]:
    """Return all findings, in no particular order; never raises.

    ``remarks`` are what was odd when the file was read (``Reading.remarks``).
    """
    return (*_check_notes(portfolio, today), *_check_records(portfolio, remarks, today))


def check_copies(files: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for each of the store's conflict copies, named as people name files."""
    for file in files:
        message = "a sync program's copy of the store: somebody's change may be in it alone"
        fix = f"{_command('diff', data=(file,))}, take over what is missing, then delete the copy"
        yield Finding("conflict-copy", message, (), fix, file=file)


def _command(*words: str, data: tuple[str, ...] = ()) -> str:
    """Return the command line of renewctl with ``data`` from the file quoted, and never an option."""
    ended = ["--"] if any(word.startswith("-") for word in data) else []
    return " ".join(["renewctl", *words, *ended, *map(quote, data)])


def _confirm_command(client: Client | None) -> str:
    """Return the command that records a look at HubSpot's setting; the default's without a client."""
    return _command("done", client.key) if client else _command("done", "--default")


class _Context(NamedTuple):
    """A note with the answer it is on, and with the renewal if it is on that one's dates."""

    portfolio: Portfolio
    answer: Resolution
    note: Note
    renewal: Renewal | None = None

    @property
    def client(self) -> Client:
        return self.answer.client

    @property
    def from_default(self) -> bool:
        return self.note.path[0] == "defaults"


def _check_notes(portfolio: Portfolio, today: date) -> Iterator[Finding]:
    """Yield the findings from the notes on who is notified, and when; each once, whatever rows repeat it."""
    rows = build_rows(portfolio, portfolio.clients.values(), None, today)
    answers = list({row.client.key: row.resolution for row in rows}.values())
    if portfolio.default:
        # A client just added, so that a default without followers is checked too.
        added = Client("", "", confirmed=Confirmation(None, None, today))
        answers.insert(0, resolve(portfolio, added))
    contexts = [_Context(portfolio, answer, note) for answer in answers for note in answer.notes]
    yield from _check_default(portfolio, [context for context in contexts if context.from_default])
    for context in contexts:
        if context.client.key in portfolio.clients and not context.from_default:
            yield _find(context)
    for row in rows:
        for note in row.notes[len(row.resolution.notes) :]:
            yield _find(_Context(portfolio, row.resolution, note, row.renewal))


def _check_default(portfolio: Portfolio, contexts: Sequence[_Context]) -> Iterator[Finding]:
    """Yield each note that the default causes once, with the number of clients it concerns."""
    by_note: dict[Note, list[_Context]] = {}
    for context in contexts:
        by_note.setdefault(context.note, []).append(context)
    for note, group in by_note.items():
        if note.code == FOOTER_CODE:
            # A client whose own setting was never confirmed does not repeat the default's note.
            count = sum(client.override is None for client in portfolio.clients.values())
        else:
            count = sum(context.client.key in portfolio.clients for context in group)
        concerns = f"; concerns {count_of(count, 'client')}" if count else ""
        finding = _find(group[0])
        yield finding._replace(message=finding.message + concerns, client=None)


def _find(context: _Context) -> Finding:
    """Return the finding that a note is: its message without the command, which is the fix."""
    note, renewal, message = context.note, context.renewal, context.note.message
    if note.code == FOOTER_CODE:
        message += f" (look at: {DEFAULT_SETTING if context.from_default else LOOK_AT_CLIENT})"
    elif note.code == "no-renewal-date":
        message = "no renewal date is recorded"
    elif note.code == "renewal-past" and renewal:
        product = f"{renewal.product}: " if renewal.product else ""
        message = f"{product}the renewal date {renewal.day} is past"
    return Finding(note.code, message, note.path, _FIXES[note.code](context), context.client.key)


def _fix_no_recipient(context: _Context) -> str:
    setting, key = context.answer.setting, context.client.key
    if setting is None:
        return _command("set-default", "--owner", "OWNER", "--notify", "USER")
    if setting.owner is Owner.HUBSPOT:
        return _command("client", "assign", key, Role.PRIMARY, "EMAIL")
    if context.from_default:
        return _command("set-default", "--notify", "USER")
    return _command("override", key, "--owner", Owner.PARTNER, "--notify", "USER")


def _partner_user(context: _Context) -> str:
    setting = context.portfolio.default if context.from_default else context.client.override
    return (setting.notify if setting else None) or "USER"


def _fix_inactive_contact(context: _Context) -> str:
    """Return the command that takes the contact's first role away, or gives it to another contact."""
    email = context.note.path[-1]
    entries = [entry for entry in context.client.contacts if address_key(entry.email) == address_key(email)]
    role = next((role for entry in entries for role in entry.roles), Role.PRIMARY)
    if role is Role.BILLING:
        return _command("client", "unassign", context.client.key, role, data=(email,))
    return _command("client", "assign", context.client.key, role, "EMAIL")


def _fix_vacant_role(context: _Context) -> str:
    role = next(role for role in Role if context.note.message.endswith(f" {role}"))
    return _command("client", "assign", context.client.key, role, "EMAIL")


def _fix_never_confirmed(context: _Context) -> str:
    return _confirm_command(None if context.from_default else context.client)


def _fix_difference(context: _Context) -> str:
    todo = _command("todo") if context.from_default else _command("todo", context.client.key)
    return f"{todo}, then {_fix_never_confirmed(context)}"


def _fix_renewal_past(context: _Context) -> str:
    several = context.renewal is not None and len(context.client.renewals) > 1
    product = ("--product", quote(context.renewal.product)) if context.renewal and several else ()
    return _command("client", "renewed", context.client.key, *product)


_FIXES: Mapping[str, Callable[[_Context], str]] = {
    "no-recipient": _fix_no_recipient,
    "unknown-user": lambda context: _command("user", "add", data=(_partner_user(context),)),
    "inactive-user": lambda context: _command("user", "replace", data=(_partner_user(context), "USER")),
    "inactive-contact": _fix_inactive_contact,
    "vacant-role": _fix_vacant_role,
    "not-in-hubspot": _fix_difference,
    "copy-not-assured": lambda _: (
        "nothing in the file settles it; see renewctl check --explain copy-not-assured"
    ),
    "no-copy": lambda _: _command("set-default", "--notify", "USER"),
    "pinned-same-as-default": lambda context: _command("clear-override", context.client.key),
    "never-confirmed": _fix_never_confirmed,
    "renewal-past": _fix_renewal_past,
    "no-renewal-date": lambda context: _command("client", "set-renewal", context.client.key, "DATE"),
    "deadline-passed": lambda context: f"once renewed: {_fix_renewal_past(context)}",
}


def _check_records(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> Iterator[Finding]:
    """Yield what is odd in the records themselves, whoever is notified."""
    for remark in remarks:
        yield _find_remark(portfolio, remark)
    yield from _check_domains(portfolio)
    if portfolio.default:
        yield from _check_setting_age(portfolio, None, portfolio.default.confirmed, today)
    for client in portfolio.clients.values():
        yield from _check_roles(client)
        yield from _check_setting_age(portfolio, client, client.confirmed, today)
        yield from _check_contacts_age(portfolio, client, today)


def _find_remark(portfolio: Portfolio, remark: Problem) -> Finding:
    path, message, client = remark.path, remark.message, None
    if path[0] == "clients" and path[1:]:
        client = portfolio.clients.get(client_key(path[1]) or "")
    if client and path[2:]:
        message = message.replace(dotted(path), dotted(path[2:]))  # The finding names the client already.
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
                command = _command("user", "replace", data=(user.email, "USER"))
            else:
                command = _command("user", "remove", data=(user.email,))
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
        fix = _command("client", "unassign", client.key, Role.BILLING, "EMAIL")
        yield Finding("too-many-billing", message, path, fix, client.key)
    for role in (Role.PRIMARY, Role.DECISION_MAKER):
        if len(holders[role]) > 1:
            message = f"{', '.join(holders[role])} all hold the role {role}; HubSpot allows one"
            fix = _command("client", "unassign", client.key, role, "EMAIL")
            yield Finding("several-holders", message, path, fix, client.key)
    if len(billing) == 1 and all(addresses == billing for addresses in holders.values()):
        message = f"{billing[0]} alone holds all the roles"
        fix = _command("client", "assign", client.key, Role.BILLING, "EMAIL")
        yield Finding("one-person", message, path, fix, client.key)


def _check_setting_age(
    portfolio: Portfolio, client: Client | None, confirmed: Confirmation | None, today: date
) -> Iterator[Finding]:
    if confirmed is None or (today - confirmed.on).days <= portfolio.policy.stale_days:
        return
    what, place = ("this client's setting", LOOK_AT_CLIENT) if client else ("the default", DEFAULT_SETTING)
    path = ("clients", client.spelling, "in_hubspot", "on") if client else ("defaults", "in_hubspot", "on")
    message = f"{what} was last looked at in HubSpot {_ago(confirmed.on, today)} (look at: {place})"
    yield Finding("stale-setting", message, path, _confirm_command(client), client.key if client else None)


def _check_contacts_age(portfolio: Portfolio, client: Client, today: date) -> Iterator[Finding]:
    path, checked = ("clients", client.spelling), client.contacts_checked
    setting = setting_of(portfolio, client)
    fix = _command("done", "--contacts", client.key)
    if checked is None:
        if client.contacts or (setting and setting.owner is Owner.HUBSPOT):
            message = f"the contacts were never compared with HubSpot {_LOOK_AT_CONTACTS}"
            yield Finding("contacts-never-checked", message, path, fix, client.key)
    elif (today - checked).days > portfolio.policy.stale_days:
        message = f"the contacts were last compared with HubSpot {_ago(checked, today)} {_LOOK_AT_CONTACTS}"
        yield Finding("stale-contacts", message, (*path, "contacts_checked"), fix, client.key)


def _ago(day: date, today: date) -> str:
    return f"on {day}, {(today - day).days} days ago"
