"""What mends each note on an answer: the command to type, with the client's own names in it.

Pure: imports the finding, ``outlook`` and the floors below only.
"""

from collections.abc import Callable, Mapping
from shlex import quote
from typing import NamedTuple

from renewctl.domain.check.finding import command_line
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import Note, Reason, Resolution
from renewctl.model import Client, Owner, Portfolio, Renewal, Role


class NotedAnswer(NamedTuple):
    """A note and what it is on: an answer, or the dates of a renewal."""

    book: Portfolio
    answer: Resolution
    note: Note
    renewal: Renewal | None = None

    @property
    def client(self) -> Client:
        """The client whose answer it is."""
        return self.answer.client

    @property
    def of_default(self) -> bool:
        """Whether the default gives rise to it."""
        return self.note.path[0] == "defaults"


def suggest_fix(noted: NotedAnswer) -> str:
    """Return what mends a note."""
    return _MENDS[noted.note.code](noted)


def confirm(client: Client | None) -> str:
    """Return the command that records a look at HubSpot's setting; the default's without a client."""
    return command_line("done", client.key) if client else command_line("done", "--default")


def _nobody(noted: NotedAnswer) -> str:
    setting, key = noted.answer.setting, noted.client.key
    if setting is None:
        return command_line("set-default", "--owner", "OWNER", "--notify", "USER")
    if setting.owner is Owner.HUBSPOT:
        return command_line("client", "assign", key, Role.PRIMARY, "EMAIL")
    if noted.of_default:
        return command_line("set-default", "--notify", "USER")
    return command_line("override", key, "--owner", Owner.PARTNER, "--notify", "USER")


def _user(noted: NotedAnswer) -> str:
    """Return the address that a note on a partner user is about."""
    setting = noted.book.default if noted.of_default else noted.client.override
    return (setting.notify if setting else None) or "USER"


def _inactive_contact(noted: NotedAnswer) -> str:
    """Return what takes the first of the person's roles away, or gives it to somebody else."""
    email = noted.note.path[-1]
    same = (one for one in noted.client.contacts if address_key(one.email) == address_key(email))
    role = next(iter(role for one in same for role in one.roles), Role.PRIMARY)
    if role is Role.BILLING:
        return command_line("client", "unassign", noted.client.key, role, data=(email,))
    return command_line("client", "assign", noted.client.key, role, "EMAIL")


def _vacant(noted: NotedAnswer) -> str:
    vacant = (d.roles[0] for d in noted.answer.decisions if d.reason is Reason.VACANT)
    role = next((role for role in vacant if noted.note.message.endswith(f" {role}")), "ROLE")
    return command_line("client", "assign", noted.client.key, role, "EMAIL")


def _confirmed(noted: NotedAnswer) -> str:
    return confirm(None if noted.of_default else noted.client)


def _todo(noted: NotedAnswer) -> str:
    return command_line("todo") if noted.of_default else command_line("todo", noted.client.key)


def _renewed(noted: NotedAnswer) -> str:
    several = noted.renewal is not None and len(noted.client.renewals) > 1
    product = ("--product", quote(noted.renewal.product)) if noted.renewal and several else ()
    return command_line("client", "renewed", noted.client.key, *product)


_MENDS: Mapping[str, Callable[[NotedAnswer], str]] = {
    "no-recipient": _nobody,
    "unknown-user": lambda noted: command_line("user", "add", data=(_user(noted),)),
    "inactive-user": lambda noted: command_line("user", "replace", data=(_user(noted), "USER")),
    "inactive-contact": _inactive_contact,
    "vacant-role": _vacant,
    "not-in-hubspot": lambda noted: f"{_todo(noted)}, then {_confirmed(noted)}",
    "copy-not-assured": lambda _: (
        "nothing in the file settles it; see renewctl check --explain copy-not-assured"
    ),
    "no-copy": lambda _: command_line("set-default", "--notify", "USER"),
    "pinned-same-as-default": lambda noted: command_line("clear-override", noted.client.key),
    "never-confirmed": _confirmed,
    "renewal-past": _renewed,
    "no-renewal-date": lambda noted: command_line("client", "set-renewal", noted.client.key, "DATE"),
    "deadline-passed": lambda noted: f"once renewed: {_renewed(noted)}",
}
