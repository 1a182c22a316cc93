"""What there is to do in HubSpot, in the words of its screens (article of 28 June 2023).

Imports the pure floors only.
"""

from collections.abc import Iterator

from renewctl.domain.hubspot import CLIENTS_SETTING, CONTACTS, DEFAULT_SETTING
from renewctl.domain.resolve import PARTNER_USER, Decision
from renewctl.domain.todo import Choice, Question, Screen, Task
from renewctl.model import Confirmation, Owner

OWNERS = {Owner.HUBSPOT: "HubSpot", Owner.PARTNER: "Partner"}
BACK = '"Set default" if it is offered'
WHERE = {
    Screen.DEFAULT: f"{DEFAULT_SETTING}, in the partner's own account",
    Screen.OVERRIDE: f"{CLIENTS_SETTING} → Save",
    Screen.CONTACTS: f"{CONTACTS}, in the client's own account",
}
RECORDED_WITH = {
    Screen.DEFAULT: "renewctl done --default",
    Screen.OVERRIDE: "renewctl done {client}",
    Screen.CONTACTS: "renewctl done --contacts {client}",
}


def where(task: Task) -> str:
    """Return the path through HubSpot's screens."""
    return WHERE[task.screen].format(client=task.client.key if task.client else "")


def recorded_with(task: Task) -> str:
    """Return the command that records that it was done, or what the client answered."""
    if task.client and task.question and (task.question.vacant or task.question.inactive):
        return f"renewctl client assign {task.client.key} ROLE EMAIL"
    return RECORDED_WITH[task.screen].format(client=task.client.key if task.client else "")


def describe_task(task: Task) -> str:
    """Return what to choose, or what to ask the client."""
    if task.question:
        return "; ".join(_asked(task.question))
    if not task.back:
        return _chosen(task.screen, task.choice) if task.choice else ""
    if not task.required:
        return f"{BACK}; else nothing, while the default stays as it is"
    if task.choice is None:
        return f"{BACK}; the file has no default to set instead"
    return f"{BACK}; else what the default says now: {_chosen(Screen.OVERRIDE, task.choice)}"


def _chosen(screen: Screen, choice: Choice) -> str:
    owner = OWNERS[choice.setting.owner]
    if screen is Screen.DEFAULT:
        return f"{owner}, partner user to be notified: {_user(choice)}"
    if choice.setting.owner is Owner.PARTNER:
        return f"{owner}, point of contact for renewals: {_user(choice)}"
    return f"{owner} (the screens of 2023 offer no user to copy here)" if choice.setting.notify else owner


def _user(choice: Choice) -> str:
    """Return a partner user as a list in HubSpot shows people, name first; or that there is none."""
    email, user = choice.setting.notify, choice.user
    if not email:
        needed = choice.setting.owner is Owner.PARTNER
        return "the file names nobody, set one first" if needed else "nobody (the file names none)"
    state = "" if user is None or user.active else ", deactivated: cannot be chosen"
    return f"{user.name} ({email}{state})" if user and user.name else email + state


def _asked(question: Question) -> Iterator[str]:
    if question.vacant:
        yield f"nobody holds {_listed(question.vacant)}"
    for decision in question.inactive:
        yield f"{_holder(decision)} is deactivated"
    if question.since:
        people = ", ".join(map(_holder, question.holders))
        asked = f"is it still {people}?" if people else "is that still so?"
        yield f"{asked} last looked at on {question.since}"


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _holder(decision: Decision) -> str:
    roles = ", ".join(role for role in decision.roles if role != PARTNER_USER)
    return f"{decision.email} ({roles})"


def last_seen(task: Task) -> str:
    """Return what was last confirmed, and when; nothing where the sentence says it."""
    if task.seen:
        return f"last seen: {_shown(task.seen)}, {task.looked}"
    if task.looked is None:
        return "never looked at"
    return "" if task.question and task.question.since else f"last looked at on {task.looked}"


def _shown(seen: Confirmation) -> str:
    owner = OWNERS[seen.owner] if seen.owner else "the default"
    return f"{owner}, {seen.notify}" if seen.notify else owner
