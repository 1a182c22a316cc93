"""What mends each note on an answer: the command to type, with the client's own names in it.

Pure: imports the finding, ``outlook`` and the floors below only.
"""

from collections.abc import Callable, Mapping
from shlex import quote
from typing import NamedTuple

from renewctl.domain.check.finding import typed
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import Note, Reason, Resolution
from renewctl.model import Client, Owner, Portfolio, Renewal, Role


class Noted(NamedTuple):
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


def mend(noted: Noted) -> str:
    """Return what mends a note."""
    return _MENDS[noted.note.code](noted)


def confirm(client: Client | None) -> str:
    """Return the command that records a look at HubSpot's setting; the default's without a client."""
    return typed("done", client.key) if client else typed("done", "--default")


def _nobody(noted: Noted) -> str:
    setting, key = noted.answer.setting, noted.client.key
    if setting is None:
        return typed("set-default", "--owner", "OWNER", "--notify", "USER")
    if setting.owner is Owner.HUBSPOT:
        return typed("client", "assign", key, Role.PRIMARY, "EMAIL")
    if noted.of_default:
        return typed("set-default", "--notify", "USER")
    return typed("override", key, "--owner", Owner.PARTNER, "--notify", "USER")


def _user(noted: Noted) -> str:
    """Return the address that a note on a partner user is about."""
    setting = noted.book.default if noted.of_default else noted.client.override
    return (setting.notify if setting else None) or "USER"


def _inactive_contact(noted: Noted) -> str:
    """Return what takes the first of the person's roles away, or gives it to somebody else."""
    email = noted.note.path[-1]
    same = (one for one in noted.client.contacts if address_key(one.email) == address_key(email))
    role = next(iter(role for one in same for role in one.roles), Role.PRIMARY)
    if role is Role.BILLING:
        return typed("client", "unassign", noted.client.key, role, data=(email,))
    return typed("client", "assign", noted.client.key, role, "EMAIL")


def _vacant(noted: Noted) -> str:
    vacant = (d.roles[0] for d in noted.answer.decisions if d.reason is Reason.VACANT)
    role = next((role for role in vacant if noted.note.message.endswith(f" {role}")), "ROLE")
    return typed("client", "assign", noted.client.key, role, "EMAIL")


def _confirmed(noted: Noted) -> str:
    return confirm(None if noted.of_default else noted.client)


def _todo(noted: Noted) -> str:
    return typed("todo") if noted.of_default else typed("todo", noted.client.key)


def _renewed(noted: Noted) -> str:
    several = noted.renewal is not None and len(noted.client.renewals) > 1
    product = ("--product", quote(noted.renewal.product)) if noted.renewal and several else ()
    return typed("client", "renewed", noted.client.key, *product)


_MENDS: Mapping[str, Callable[[Noted], str]] = {
    "no-recipient": _nobody,
    "unknown-user": lambda noted: typed("user", "add", data=(_user(noted),)),
    "inactive-user": lambda noted: typed("user", "replace", data=(_user(noted), "USER")),
    "inactive-contact": _inactive_contact,
    "vacant-role": _vacant,
    "not-in-hubspot": lambda noted: f"{_todo(noted)}, then {_confirmed(noted)}",
    "copy-not-assured": lambda _: (
        "nothing in the file settles it; see renewctl check --explain copy-not-assured"
    ),
    "no-copy": lambda _: typed("set-default", "--notify", "USER"),
    "pinned-same-as-default": lambda noted: typed("clear-override", noted.client.key),
    "never-confirmed": _confirmed,
    "renewal-past": _renewed,
    "no-renewal-date": lambda noted: typed("client", "set-renewal", noted.client.key, "DATE"),
    "deadline-passed": lambda noted: f"once renewed: {_renewed(noted)}",
}
