"""The one table of finding codes: severity, what each means, why it matters, what mends it, who says so.

Codes of notes have their severity from ``resolve``; the others are decided here. Pure: imports
``resolve`` only.
"""

from collections.abc import Mapping
from typing import NamedTuple

from renewctl.domain.resolve import ARTICLE, SEVERITY, Severity

DEACTIVATED = 'HubSpot, "Deactivate HubSpot users", 6 November 2024'
POINTS_OF_CONTACT = 'HubSpot, "Update the points of contact for your HubSpot account", 24 September 2025'
DEADLINE = 'HubSpot, "Manage upcoming client renewals", 28 June 2023'
OWN_SEVERITY: Mapping[str, Severity] = {
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
"""The codes that are no notes on an answer."""


class Code(NamedTuple):
    """What stands behind a code; ``source`` is empty where HubSpot says nothing about it."""

    severity: Severity
    meaning: str
    why: str
    fix: str
    source: str


_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "no-recipient": (
        "Nobody is notified: no default is set, the partner owns renewal communication and names nobody, "
        "or everybody who would be told is missing or deactivated.",
        "The renewal comes, the contract goes on or ends, and nobody was told in time to act.",
        "Name a partner user (set-default or override, --notify), or a contact (client assign).",
        ARTICLE,
    ),
    "unknown-user": (
        "The address to notify is not one of the partner's users in this file; it still counts as notified.",
        "A mistyped address looks like a recipient, and nobody reads what is sent to it.",
        "If the address is right, add it (user add); if not, name the right one (set-default, override).",
        "",
    ),
    "inactive-user": (
        "The partner user to notify is deactivated in HubSpot.",
        "A deactivated user receives nothing, and the rules name nobody else in that place.",
        "Put a colleague in the user's place everywhere: user replace OLD NEW.",
        DEACTIVATED,
    ),
    "inactive-contact": (
        "A contact who holds a role is deactivated in the client's HubSpot account.",
        "The role looks taken, but its holder receives nothing.",
        "Have the client give the role to somebody else; then record it: client assign, client unassign.",
        DEACTIVATED,
    ),
    "vacant-role": (
        "HubSpot owns renewal communication, and one of the three roles has no holder in this file.",
        "Those who hold the other roles are notified; the person meant for this one is not.",
        "Look who holds the role in the client's account and record it: client assign CLIENT ROLE EMAIL.",
        ARTICLE,
    ),
    "not-in-hubspot": (
        "What HubSpot's own screens last showed is not what this file says.",
        "HubSpot acts on its own setting, whatever this file says: other people than planned are told.",
        "Make the clicks that todo lists and record them with done; or change the file to what HubSpot has.",
        ARTICLE,
    ),
    "renewal-past": (
        "The renewal's date is past.",
        "It has been renewed or has ended, and the next date is not watched.",
        "Once it is renewed: client renewed CLIENT; if it has ended: client drop-renewal CLIENT.",
        "",
    ),
    "no-renewal-date": (
        "No renewal is recorded for the client.",
        "No report by date or deadline, and no calendar, will show it.",
        "Record the date: client set-renewal CLIENT DATE.",
        "",
    ),
    "copy-not-assured": (
        "The client's own setting is HubSpot, and the article does not say whether a partner user is copied.",
        "You may count on a copy that never comes.",
        "Nothing in the file settles it. Where a copy matters, ask the contact to pass the notice on, or let "
        "the partner own the renewal: override CLIENT --owner partner --notify USER.",
        ARTICLE,
    ),
    "no-copy": (
        "The default is HubSpot and names no partner user.",
        "The clients' contacts are notified, and nobody of the partner learns of it.",
        "Name a user to copy: set-default --notify USER.",
        ARTICLE,
    ),
    "deadline-passed": (
        "The last day to alter the renewal's terms is behind us.",
        "HubSpot counts 45 days back from the renewal; after that it goes ahead on the terms it has.",
        "Nothing is wrong in the file. If the contract says another day: client set-renewal … --deadline.",
        DEADLINE,
    ),
    "pinned-same-as-default": (
        "The client's override says the same as the default.",
        "It will not follow later changes of the default, which may or may not be what you want.",
        "Let it follow the default: clear-override CLIENT; or keep it, and ignore this code.",
        ARTICLE,
    ),
    "never-confirmed": (
        "Nothing is recorded of what HubSpot's own screens show for the client, or for the default.",
        "The file may say anything: HubSpot acts on its own setting.",
        "Look in HubSpot and record that you did: done CLIENT, or done --default.",
        "",
    ),
    "too-many-billing": (
        "More than three people hold the billing role.",
        "HubSpot allows three billing contacts, so somebody in this file has not that role there.",
        "Look who holds the role in the client's account; take the others out: client unassign.",
        POINTS_OF_CONTACT,
    ),
    "several-holders": (
        "More than one person is the primary contact, or the decision-maker.",
        "HubSpot has room for one in each, so all but one in this file have not that role there.",
        "Look who holds the role in the client's account; take the others out: client unassign.",
        POINTS_OF_CONTACT,
    ),
    "one-person": (
        "One person holds all three roles, and nobody else holds any.",
        "When that person is away or leaves, nobody at the client is notified.",
        "Ask the client to name a second person; then record it: client assign CLIENT billing EMAIL.",
        "",
    ),
    "foreign-address": (
        "A partner user's address is outside the domains in [policy] domains.",
        "It is a typing error, or somebody outside the agency hears of its clients' renewals.",
        "Correct the address, take the user out (user remove), or add the domain to [policy] domains.",
        "",
    ),
    "unknown-key": (
        "The file has a key that renewctl does not know. It is kept, and has no effect.",
        "A mistyped key is a setting that does not apply.",
        "Correct the key by hand; keys of your own begin with x-.",
        "",
    ),
    "unusual-spelling": (
        "A value or a client's key is understood, but is not spelled as renewctl writes it.",
        "Other programs, and a search by hand, may not find it.",
        "Write it by hand as the finding says.",
        "",
    ),
    "contacts-never-checked": (
        "No day is recorded on which somebody looked at the client's points of contact in HubSpot.",
        "Clients change their contacts themselves: the people in this file may not be those in HubSpot.",
        "Look at Account & Billing in the client's account and record it: done --contacts CLIENT.",
        "",
    ),
    "stale-setting": (
        "HubSpot's own setting was last looked at longer ago than [policy] stale_days.",
        "Somebody may have changed it there since; HubSpot acts on that.",
        "Look again and record it: done CLIENT, or done --default.",
        "",
    ),
    "stale-contacts": (
        "The client's points of contact were last looked at longer ago than [policy] stale_days.",
        "Clients change their contacts themselves, and people leave: the notices may go to others by now.",
        "Look at Account & Billing in the client's account and record it: done --contacts CLIENT.",
        "",
    ),
    "conflict-copy": (
        "Beside the store lies a copy that a sync program made because two people changed it at once.",
        "Somebody's change is in the copy only, and has no effect.",
        "See what differs (diff COPY), take over what is missing, and delete the copy.",
        "",
    ),
}

CODES: Mapping[str, Code] = {
    code: Code({**SEVERITY, **OWN_SEVERITY}[code], *texts) for code, texts in _TEXTS.items()
}
"""Every code that a finding can have."""
