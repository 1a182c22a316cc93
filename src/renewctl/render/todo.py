"""What is still to do in HubSpot: as JSON, fixed columns, check boxes, and by screen for people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.command_line import command_line
from renewctl.domain.hubspot import CLIENTS_SETTING, CONTACTS, DEFAULT_SETTING
from renewctl.domain.resolve import PARTNER_USER, Decision
from renewctl.domain.todo import Choice, Question, Screen, Task, command_to_set_user
from renewctl.model import Owner
from renewctl.package_data import read_texts
from renewctl.render.result import HANG, Line, Result, line, table_of
from renewctl.text import count_of, markdown_cell

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
"""The groups that tasks are listed in, in order, and the screen of each."""


class TaskList(NamedTuple):
    """What is to do as of a day, by a store; of ``named`` clients or of all.

    ``never`` is the number of clients whose setting in HubSpot was never confirmed.
    """

    tasks: Sequence[Task]
    as_of: date
    store: Mapping[str, Any]
    named: bool = False
    never: int = 0

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
    """Return what is still to do."""
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
    client, seen = task.client, task.confirmation
    key = client.key if client else ""
    setting = task.choice.setting if task.choice else None
    choose = {"owner": setting.owner, "notify": setting.notify} if setting else None
    owner = (seen.owner or "default") if seen else None
    last_seen = {"owner": owner, "notify": seen.notify if seen else None, "on": task.day}
    return {
        "screen": task.screen,
        "where": _where(task.screen, key),
        "client": key or None,
        "name": (client.name or None) if client else None,
        "choose": {"owner": "default", "notify": None} if task.to_default else choose,
        "else": choose if task.to_default and task.required else None,
        "task": describe_task(task),
        "seen": last_seen if task.day else None,
        "required": task.required,
        "done": _command_to_record(task),
    }


def _command_to_record(task: Task) -> str:
    """Return what to type once a task is done, or so that it can be."""
    if task.lacks_user:
        return command_to_set_user(task)
    if task.client is None:
        return command_line("confirm --default")
    question = task.question
    if question and (question.vacant or question.inactive):
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
            if seen := describe_last_seen(task):
                yield line("    ", HANG, (seen, "dim"))
    if commands := list(_commands(todo)):
        yield line()
        yield line(("To record it", "strong"))
        width = max(len(command) for command, _ in commands)
        for command, meaning in commands:
            yield line(f"  {command:<{width}}  ", HANG, (meaning, "dim"))


def _commands(todo: TaskList) -> Iterator[tuple[str, str]]:
    groups = todo.groups
    clicks = [task for task in (*groups["default"], *groups["overrides"]) if not task.lacks_user]
    overrides = [task for task in clicks if task.client]
    if len(clicks) > len(overrides):
        yield command_line("confirm --default"), "the default's"
    elif groups["default"]:
        yield command_to_set_user(groups["default"][0]), "who is missing"
    if overrides or groups["optional"]:
        yield command_line("confirm CLIENT…"), "a client's click"
    if any(task.lacks_user for task in groups["overrides"]):
        yield command_line("override CLIENT", owner="partner", notify="USER"), "who is missing"
    if any(task.to_default and task.choice for task in overrides):
        yield command_line("confirm --entered-as-override CLIENT…"), 'no "Set default"'
    if clicks and not todo.named:
        yield command_line("confirm --all"), "every click"
    if groups["contacts"]:
        yield command_line("confirm --contacts CLIENT…"), "looked, or asked"
        yield command_line("client assign CLIENT ROLE EMAIL"), "the answer"


def _markdown(todo: TaskList) -> str:
    """Return boxes to tick; what need not be done has none, so that it does not count as open."""
    nothing = _describe_nothing(todo)
    lines = [nothing, ""] if nothing else []
    for heading, text, tasks in _sections(todo):
        lines += [f"## {heading}", "", markdown_cell(text), ""]
        for task in tasks:
            name = f" {markdown_cell(task.client.name)}" if task.client and task.client.name else ""
            subject = f"**{markdown_cell(task.client.key)}**{name}: " if task.client else ""
            seen = describe_last_seen(task)
            last_seen = f" ({markdown_cell(seen)})" if seen else ""
            box = "- [ ] " if task.required else "- "
            lines.append(f"{box}{subject}{markdown_cell(describe_task(task))}{last_seen}")
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _text(group: str, key: str, **values: object) -> str:
    return str(read_texts("todo")[group][key]).format(**values)


def _sections(todo: TaskList) -> Iterator[tuple[str, str, list[Task]]]:
    """Yield the heading of each group with tasks, the path to its screen or what to know, and the tasks."""
    for group, tasks in todo.groups.items():
        if tasks:
            words, screen = read_texts("todo")["groups"][group], GROUPS[group]
            yield words["heading"], _where(screen, "CLIENT") if screen else words["text"], tasks


def _describe_nothing(todo: TaskList) -> str:
    """Return that nothing must be done; nothing where something must."""
    if any(task.required for task in todo.tasks):
        return ""
    key = "unknown" if todo.never else "known"
    return _text("nothing", key, clients=count_of(todo.never, "client"))


def describe_task(task: Task) -> str:
    """Return what to choose, or what to ask the client."""
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
    if key == "hubspot" and email:
        key = "hubspot-with-user"
    user, name = choice.user, choice.user.name if choice.user else ""
    user_key = "named" if name else "unnamed"
    if not email:
        user_key = "none-for-partner" if owner is Owner.PARTNER else "none"
    elif user and not user.active:
        user_key += "-inactive"
    return _text(
        "choose", key, owner=_text("owners", owner), user=_text("user", user_key, name=name, email=email)
    )


def _describe_question(question: Question) -> str:
    questions = []
    if question.vacant:
        *others, last = question.vacant
        roles = f"{', '.join(others)} or {last}" if others else last
        questions.append(_text("ask", "vacant", roles=roles))
    for decision in question.inactive:
        questions.append(_text("ask", "inactive", holder=_holder(decision)))
    if question.since:
        holders = ", ".join(map(_holder, question.holders))
        key = "holders" if holders else "no-holders"
        questions.append(_text("ask", key, holders=holders, day=question.since))
    return "; ".join(questions)


def _holder(decision: Decision) -> str:
    roles = ", ".join(role for role in decision.roles if role != PARTNER_USER)
    return f"{decision.email} ({roles})"


def describe_last_seen(task: Task) -> str:
    """Return what was last confirmed, and when; nothing where the task itself says it."""
    if task.day is None:
        return _text("seen", "never")
    if task.confirmation is None:
        asked = task.question is not None and task.question.since is not None
        return "" if asked else _text("seen", "contacts", day=task.day)
    owner = _text("owners", task.confirmation.owner) if task.confirmation.owner else "the default"
    setting = f"{owner}, {task.confirmation.notify}" if task.confirmation.notify else owner
    return _text("seen", "setting", setting=setting, day=task.day)
