"""The tasks in HubSpot as JSON, as columns, as check boxes and as text."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.hubspot import CLIENTS_SETTING, CONTACTS, DEFAULT_SETTING
from renewctl.domain.resolve import PARTNER_USER, Decision
from renewctl.domain.todo import Choice, Question, Screen, Task, command_to_set_user
from renewctl.model import Client, Owner
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, Line, Result, line, table_of
from renewctl.render.wording import ROLES, list_roles
from renewctl.text import count_of, list_some, markdown_cell

COLUMNS = (
    "screen",
    "client",
    "name",
    "owner",
    "notify",
    "task",
    "seen_owner",
    "seen_notify",
    "seen_on",
    "required",
    "done",
)
PATHS = {Screen.DEFAULT: DEFAULT_SETTING, Screen.OVERRIDE: CLIENTS_SETTING, Screen.CONTACTS: CONTACTS}
GROUPS = {
    "default": Screen.DEFAULT,
    "overrides": Screen.OVERRIDE,
    "contacts": Screen.CONTACTS,
    "optional": None,
}
"""The groups of tasks, in order, and the place in HubSpot of each."""
MOST_NAMED = 3
"""The most clients that are named because they were never confirmed."""


class TaskList(NamedTuple):
    """The tasks of a data file as of a day.

    Args:
        tasks: What is to do.
        as_of: The day.
        store: The path and checksum of the data file.
        named: Whether only the tasks of clients named on the command line are listed.
        never: The clients without a task for their setting, because it was never confirmed.
        empty: Whether the file has neither a default nor clients.
    """

    tasks: Sequence[Task]
    as_of: date
    store: Mapping[str, Any]
    named: bool = False
    never: Sequence[Client] = ()
    empty: bool = False

    @property
    def groups(self) -> dict[str, list[Task]]:
        """The tasks of each group."""
        groups = {}
        for group, screen in GROUPS.items():
            groups[group] = [
                task for task in self.tasks if screen is (task.screen if task.required else None)
            ]
        return groups


def render_tasks(todo: TaskList) -> Result:
    """Return the tasks in every form."""
    items = [_item(task) for task in todo.tasks]
    return Result(
        {
            "schema": "renewctl.todo/1",
            "as_of": todo.as_of,
            "store": todo.store,
            "items": items,
            "summary": {group: len(tasks) for group, tasks in todo.groups.items()},
        },
        table_of(COLUMNS, map(_flat_item, items)),
        names=tuple(dict.fromkeys(task.client.key for task in todo.tasks if task.client)),
        screen=lambda _width: _draw(todo),
        markdown=lambda: _markdown(todo),
    )


def _item(task: Task) -> dict[str, Any]:
    client, confirmed = task.client, task.confirmation
    key = client.key if client else ""
    setting = task.choice.setting if task.choice else None
    choose = {"owner": setting.owner, "notify": setting.notify} if setting else None
    owner = (confirmed.owner or "default") if confirmed else None
    seen = {"owner": owner, "notify": confirmed.notify if confirmed else None, "on": task.day}
    return {
        "screen": task.screen,
        "where": _where(task.screen, key),
        "client": key or None,
        "name": (client.name or None) if client else None,
        "choose": {"owner": "default", "notify": None} if task.to_default else choose,
        "else": choose if task.to_default and task.required else None,
        "task": describe_task(task),
        "seen": seen if task.day else None,
        "required": task.required,
        "done": _command_to_record(task),
    }


def _command_to_record(task: Task) -> str:
    """Return the command that records a task as done, or that must come before it."""
    if task.lacks_user:
        return command_to_set_user(task)
    if task.client is None:
        return command_line("confirm --default")
    question = task.question
    if question and (question.unassigned or question.inactive):
        return command_line("client assign", task.client.key, "ROLE", "EMAIL")
    return command_line(
        "confirm --contacts" if task.screen is Screen.CONTACTS else "confirm", task.client.key
    )


def _where(screen: Screen, client: str) -> str:
    return _text("where", screen, path=PATHS[screen].format(client=client))


def _flat_item(item: Mapping[str, Any]) -> Mapping[str, Any]:
    none = {"owner": None, "notify": None, "on": None}
    seen = {f"seen_{key}": value for key, value in (item["seen"] or none).items()}
    return {**item, **(item["choose"] or none), **seen}


def _draw(todo: TaskList) -> Iterator[Line]:
    nothing = _describe_nothing(todo)
    if nothing:
        yield line((nothing, "notified"))
    for number, (heading, text, tasks) in enumerate(_sections(todo)):
        if number or nothing:
            yield line()
        yield line((heading, "strong"))
        yield line("  ", HANG, text)
        yield line()
        for task in tasks:
            name = f"  {task.client.name}" if task.client and task.client.name else ""
            subject = ((task.client.key, "strong"), f"{name}: ") if task.client else ()
            yield line("  ☐ " if task.required else "  · ", HANG, *subject, describe_task(task))
            if confirmed := describe_confirmed(task):
                yield line("    ", HANG, (confirmed, "dim"))
    commands = [*_commands(todo)]
    width = max((len(command) for _, command, _ in commands), default=0)
    for heading, group in groupby(commands, itemgetter(0)):
        yield line()
        yield line((_text("commands", heading), "strong"))
        for _, command, meaning in group:
            yield line(f"  {command:<{width}}  ", HANG, (_text("commands", meaning), "dim"))
    if todo.never:
        if commands:
            yield line()
        yield line(_describe_unconfirmed(todo))


def _commands(todo: TaskList) -> Iterator[tuple[str, str, str]]:
    """Yield commands to record tasks, each with the keys of its heading and meaning."""
    groups = todo.groups
    settings = [task for task in (*groups["default"], *groups["overrides"]) if not task.lacks_user]
    overrides = [task for task in settings if task.client]
    if any(task.lacks_user for task in groups["default"]):
        yield "before", command_to_set_user(groups["default"][0]), "set-user"
    if any(task.lacks_user for task in groups["overrides"]):
        yield "before", command_line("override CLIENT", owner="partner", notify="USER"), "set-user"
    if len(settings) > len(overrides):
        yield "entered", command_line("confirm --default"), "default"
    if overrides or groups["optional"]:
        yield "entered", command_line("confirm CLIENT…"), "clients"
    if any(task.to_default and task.choice for task in overrides):
        yield "entered", command_line("confirm --entered-as-override CLIENT…"), "as-override"
    if settings and not todo.named:
        yield "entered", command_line("confirm --all"), "all"
    if groups["contacts"]:
        yield "answered", command_line("confirm --contacts CLIENT…"), "contacts"
        yield "answered", command_line("client assign CLIENT ROLE EMAIL"), "role"


def _markdown(todo: TaskList) -> str:
    """Return tasks as check boxes; optional ones have none, so they are not open."""
    nothing = _describe_nothing(todo)
    lines = [nothing, ""] if nothing else []
    for heading, text, tasks in _sections(todo):
        lines += [f"## {heading}", "", markdown_cell(text), ""]
        for task in tasks:
            name = f" {markdown_cell(task.client.name)}" if task.client and task.client.name else ""
            subject = f"**{markdown_cell(task.client.key)}**{name}: " if task.client else ""
            confirmed = describe_confirmed(task)
            seen = f" ({markdown_cell(confirmed)})" if confirmed else ""
            box = "- [ ] " if task.required else "- "
            lines.append(f"{box}{subject}{markdown_cell(describe_task(task))}{seen}")
        lines.append("")
    if todo.never:
        lines += [markdown_cell(_describe_unconfirmed(todo)), ""]
    return "\n".join(lines[:-1]) + "\n"


def _text(group: str, key: str, **values: object) -> str:
    return str(read_texts("todo")[group][key]).format(**values)


def _sections(todo: TaskList) -> Iterator[tuple[str, str, list[Task]]]:
    """Yield each group with tasks: heading, path or text, and tasks."""
    for group, tasks in todo.groups.items():
        if tasks:
            words, screen = read_texts("todo")["groups"][group], GROUPS[group]
            yield words["heading"], _where(screen, "CLIENT") if screen else words["text"], tasks


def _describe_nothing(todo: TaskList) -> str:
    """Return a sentence if there is no required task; otherwise an empty text."""
    if any(task.required for task in todo.tasks):
        return ""
    return _text("nothing", "empty" if todo.empty else "unknown" if todo.never else "known")


def _describe_unconfirmed(todo: TaskList) -> str:
    """Return which settings were never confirmed, and how to confirm them."""
    keys = [client.key for client in todo.never]
    command = command_line("confirm", keys[0]) if len(keys) == 1 else command_line("confirm CLIENT…")
    return _text(
        "unconfirmed",
        "one" if len(keys) == 1 else "several",
        number=count_of(len(keys), "client"),
        clients=list_some(keys, MOST_NAMED),
        command=command,
    )


def describe_task(task: Task) -> str:
    """Return the setting to choose, or the question for the client, in words."""
    if task.question:
        return _describe_question(task.question)
    if not task.to_default:
        return _describe_choice(task.screen, task.choice) if task.choice else ""
    if not task.required:
        return _text("back", "optional")
    if task.choice is None:
        return _text("back", "no-default")
    return _text("back", "default", choice=_describe_choice(Screen.OVERRIDE, task.choice))


def _describe_choice(screen: Screen, choice: Choice) -> str:
    owner, email = choice.setting.owner, choice.setting.notify
    key = "default" if screen is Screen.DEFAULT else str(owner)
    if owner is Owner.PARTNER and not email:
        key = "no-user"
    elif key == "hubspot" and email:
        key = "hubspot-with-user"
    user, name = choice.user, choice.user.name if choice.user else ""
    user_key = ("named" if name else "unnamed") if email else "none"
    if user and not user.active:
        user_key += "-inactive"
    return _text(
        "choose", key, owner=_text("owners", owner), user=_text("user", user_key, name=name, email=email)
    )


def _describe_question(question: Question) -> str:
    questions = []
    if question.unassigned:
        key = "several-unassigned" if len(question.unassigned) > 1 else "unassigned"
        questions.append(_text("ask", key, roles=list_roles(question.unassigned)))
    for decision in question.inactive:
        questions.append(_text("ask", "inactive", contact=_describe_contact(decision)))
    if question.since:
        contacts = ", ".join(map(_describe_contact, question.active))
        key = "contacts" if contacts else "no-contacts"
        questions.append(_text("ask", key, contacts=contacts, day=question.since))
    return "; ".join(questions)


def _describe_contact(decision: Decision) -> str:
    roles = ", ".join(ROLES[role] for role in decision.roles if role != PARTNER_USER)
    return f"{decision.email} ({roles})"


def describe_confirmed(task: Task) -> str:
    """Return the last confirmation; empty if the task already includes it."""
    if task.day is None:
        return _text("seen", "never-checked" if task.screen is Screen.CONTACTS else "never")
    if task.confirmation is None:
        asked = task.question is not None and task.question.since is not None
        return "" if asked else _text("seen", "contacts", day=task.day)
    owner = _text("owners", task.confirmation.owner or "default")
    setting = f"{owner}, {task.confirmation.notify}" if task.confirmation.notify else owner
    return _text("seen", "setting", setting=setting, day=task.day)
