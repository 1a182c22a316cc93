"""Findings from the notes on every client's answer: each note once, however many rows repeat it.

A note that the default causes is one finding, which says how many clients it concerns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from shlex import quote
from typing import NamedTuple

from renewctl.domain.check.finding import Finding, command_line, confirm_setting
from renewctl.domain.hubspot import DEFAULT_SETTING, LOOK_AT_CLIENT
from renewctl.domain.identifiers import address_key
from renewctl.domain.report import FOOTER_CODE, build_rows
from renewctl.domain.resolve import Note, Resolution, resolve
from renewctl.model import Client, Confirmation, Owner, Portfolio, Renewal, Role


class NoteContext(NamedTuple):
    """A note with the answer it is on, and with the renewal if it is on that one's dates."""

    portfolio: Portfolio
    answer: Resolution
    note: Note
    renewal: Renewal | None = None

    @property
    def client(self) -> Client:
        """The client whose answer it is."""
        return self.answer.client

    @property
    def from_default(self) -> bool:
        """Whether the default causes it."""
        return self.note.path[0] == "defaults"


def check_notes(portfolio: Portfolio, today: date) -> Iterator[Finding]:
    """Yield the findings from the notes on who is notified, and when."""
    rows = build_rows(portfolio, portfolio.clients.values(), None, today)
    answers = list({row.client.key: row.resolution for row in rows}.values())
    if portfolio.default:
        # A client just added, so that a default without followers is checked too.
        added = Client("", "", confirmed=Confirmation(None, None, today))
        answers.insert(0, resolve(portfolio, added))
    contexts = [NoteContext(portfolio, answer, note) for answer in answers for note in answer.notes]
    yield from _check_default(portfolio, [context for context in contexts if context.from_default])
    for context in contexts:
        if context.client.key in portfolio.clients and not context.from_default:
            yield _find(context)
    for row in rows:
        for note in row.notes[len(row.resolution.notes) :]:
            yield _find(NoteContext(portfolio, row.resolution, note, row.renewal))


def _check_default(portfolio: Portfolio, contexts: Sequence[NoteContext]) -> Iterator[Finding]:
    """Yield each note that the default causes once, with the number of clients it concerns."""
    by_note: dict[Note, list[NoteContext]] = {}
    for context in contexts:
        by_note.setdefault(context.note, []).append(context)
    for note, group in by_note.items():
        if note.code == FOOTER_CODE:
            # A client whose own setting was never confirmed does not repeat the default's note.
            count = sum(client.override is None for client in portfolio.clients.values())
        else:
            count = sum(context.client.key in portfolio.clients for context in group)
        concerns = f"; concerns {count} client{'' if count == 1 else 's'}" if count else ""
        yield Finding(note.code, _message(group[0]) + concerns, note.path, _fix(group[0]))


def _find(context: NoteContext) -> Finding:
    note = context.note
    return Finding(note.code, _message(context), note.path, _fix(context), context.client.key)


def _message(context: NoteContext) -> str:
    """Return the note's message without the command, which the finding has as its fix."""
    note, renewal = context.note, context.renewal
    if note.code == FOOTER_CODE:
        place = DEFAULT_SETTING if context.from_default else LOOK_AT_CLIENT
        return f"{note.message} (look at: {place})"
    if note.code == "no-renewal-date":
        return "no renewal date is recorded"
    if note.code == "renewal-past" and renewal:
        product = f"{renewal.product}: " if renewal.product else ""
        return f"{product}the renewal date {renewal.day} is past"
    return note.message


def _fix(context: NoteContext) -> str:
    return _FIXES[context.note.code](context)


def _fix_no_recipient(context: NoteContext) -> str:
    setting, key = context.answer.setting, context.client.key
    if setting is None:
        return command_line("set-default", "--owner", "OWNER", "--notify", "USER")
    if setting.owner is Owner.HUBSPOT:
        return command_line("client", "assign", key, Role.PRIMARY, "EMAIL")
    if context.from_default:
        return command_line("set-default", "--notify", "USER")
    return command_line("override", key, "--owner", Owner.PARTNER, "--notify", "USER")


def _partner_user(context: NoteContext) -> str:
    setting = context.portfolio.default if context.from_default else context.client.override
    return (setting.notify if setting else None) or "USER"


def _fix_inactive_contact(context: NoteContext) -> str:
    """Return the command that takes the contact's first role away, or gives it to another contact."""
    email = context.note.path[-1]
    entries = [entry for entry in context.client.contacts if address_key(entry.email) == address_key(email)]
    role = next((role for entry in entries for role in entry.roles), Role.PRIMARY)
    if role is Role.BILLING:
        return command_line("client", "unassign", context.client.key, role, data=(email,))
    return command_line("client", "assign", context.client.key, role, "EMAIL")


def _fix_vacant_role(context: NoteContext) -> str:
    role = next(role for role in Role if context.note.message.endswith(f" {role}"))
    return command_line("client", "assign", context.client.key, role, "EMAIL")


def _fix_never_confirmed(context: NoteContext) -> str:
    return confirm_setting(None if context.from_default else context.client)


def _fix_difference(context: NoteContext) -> str:
    todo = command_line("todo") if context.from_default else command_line("todo", context.client.key)
    return f"{todo}, then {_fix_never_confirmed(context)}"


def _fix_renewal_past(context: NoteContext) -> str:
    several = context.renewal is not None and len(context.client.renewals) > 1
    product = ("--product", quote(context.renewal.product)) if context.renewal and several else ()
    return command_line("client", "renewed", context.client.key, *product)


_FIXES: Mapping[str, Callable[[NoteContext], str]] = {
    "no-recipient": _fix_no_recipient,
    "unknown-user": lambda context: command_line("user", "add", data=(_partner_user(context),)),
    "inactive-user": lambda context: command_line("user", "replace", data=(_partner_user(context), "USER")),
    "inactive-contact": _fix_inactive_contact,
    "vacant-role": _fix_vacant_role,
    "not-in-hubspot": _fix_difference,
    "copy-not-assured": lambda _: (
        "nothing in the file settles it; see renewctl check --explain copy-not-assured"
    ),
    "no-copy": lambda _: command_line("set-default", "--notify", "USER"),
    "pinned-same-as-default": lambda context: command_line("clear-override", context.client.key),
    "never-confirmed": _fix_never_confirmed,
    "renewal-past": _fix_renewal_past,
    "no-renewal-date": lambda context: command_line("client", "set-renewal", context.client.key, "DATE"),
    "deadline-passed": lambda context: f"once renewed: {_fix_renewal_past(context)}",
}
