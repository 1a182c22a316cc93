"""What is still to do in HubSpot: as JSON, fixed columns, check boxes, and by screen for people.

The words are in ``todo.toml``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from renewctl.domain.hubspot import CLIENTS_SETTING, CONTACTS, DEFAULT_SETTING
from renewctl.domain.resolve import PARTNER_USER, Decision
from renewctl.domain.todo import Choice, Question, Screen, Task
from renewctl.model import AnySetting, Owner
from renewctl.render.result import Cell, DataTable, Line, Result, line
from renewctl.render.wording import count_of, read_texts
from renewctl.text import markdown_cell

SCHEMA = "renewctl.todo/1"
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
    """What is to do, the day it is seen from, the store read; and whether it is of ``named`` clients.

    Of ``never`` clients nothing is recorded of what HubSpot shows.
    """

    tasks: Sequence[Task]
    as_of: date
    store: Mapping[str, Any]
    named: bool = False
    never: int = 0


def render_tasks(todo: TaskList) -> Result:
    """Return what is still to do."""
    items = [_item(task) for task in todo.tasks]
    groups = _group_tasks(todo.tasks)
    return Result(
        {
            "schema": SCHEMA,
            "as_of": todo.as_of,
            "store": todo.store,
            "items": items,
            "summary": {group: len(tasks) for group, tasks in groups.items()},
        },
        DataTable(COLUMNS, tuple(map(_cells, items))),
        names=tuple(dict.fromkeys(task.client.key for task in todo.tasks if task.client)),
        screen=lambda _width: _draw(todo, groups),
        markdown=lambda: _markdown(todo, groups),
    )


def _group_tasks(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    groups: dict[str, list[Task]] = {group: [] for group in GROUPS}
    names = {screen: group for group, screen in GROUPS.items()}
    for task in tasks:
        groups[names[task.screen] if task.required else "optional"].append(task)
    return groups


def _item(task: Task) -> dict[str, Any]:
    client, seen = task.client, task.seen
    setting = _setting(task.choice.setting if task.choice else None)
    return {
        "screen": task.screen,
        "where": _where(task.screen, client.key if client else ""),
        "client": client.key if client else None,
        "name": (client.name or None) if client else None,
        "choose": {"owner": "default", "notify": None} if task.back else setting,
        "else": setting if task.back and task.required else None,
        "task": describe_task(task),
        "seen": {
            "owner": (seen.owner or "default") if seen else None,
            "notify": seen.notify if seen else None,
            "on": task.looked,
        }
        if task.looked
        else None,
        "required": task.required,
        "done": _recorded_with(task),
    }


def _setting(setting: AnySetting | None) -> dict[str, Any] | None:
    return {"owner": setting.owner, "notify": setting.notify} if setting else None


def _where(screen: Screen, client: str) -> str:
    return _text("where", screen, path=PATHS[screen].format(client=client))


def _recorded_with(task: Task) -> str:
    """Return the command that records that it was done, or what the client answered."""
    unassigned = task.question is not None and bool(task.question.vacant or task.question.inactive)
    client = task.client.key if task.client else ""
    return _text("recorded_with", "role" if unassigned else task.screen, client=client)


def _cells(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    choose, seen = item["choose"] or {}, item["seen"] or {}
    return (
        item["screen"],
        item["client"],
        item["name"],
        choose.get("owner"),
        choose.get("notify"),
        item["task"],
        seen.get("owner"),
        seen.get("notify"),
        str(seen["on"]) if seen else None,
        "true" if item["required"] else "false",
        item["done"],
    )


# ------------------------------------------------------------------ for people


def _draw(todo: TaskList, groups: Mapping[str, Sequence[Task]]) -> Iterator[Line]:
    if not any(task.required for task in todo.tasks):
        yield line((_describe_nothing(todo), "notified"))
    for number, (group, tasks) in enumerate(each for each in groups.items() if each[1]):
        heading, text = _heading(group)
        if number or group == "optional":
            yield line()
        yield line((heading, "strong"))
        yield line(f"  {text}")
        yield line()
        for task in tasks:
            name = f"  {task.client.name}" if task.client and task.client.name else ""
            subject = ((task.client.key, "strong"), f"{name}: ") if task.client else ()
            yield line("  ", "☐ " if task.required else "· ", *subject, describe_task(task))
            if seen := describe_last_seen(task):
                yield line("    ", (seen, "dim"))
    commands = list(_commands(todo, groups))
    if commands:
        yield line()
        yield line(("To record it", "strong"))
        width = max(len(command) for command, _ in commands)
        for command, meaning in commands:
            yield line(f"  {command:<{width}}", (f"  {meaning}", "dim"))


def _commands(todo: TaskList, groups: Mapping[str, Sequence[Task]]) -> Iterator[tuple[str, str]]:
    if groups["default"]:
        yield "renewctl done --default", "the default's"
    if groups["overrides"] or groups["optional"]:
        yield "renewctl done CLIENT…", "a client's click"
    if any(task.back and task.choice for task in groups["overrides"]):
        yield "renewctl done --as-override CLIENT…", 'no "Set default"'
    if (groups["default"] or groups["overrides"]) and not todo.named:
        yield "renewctl done --all", "every click"
    if groups["contacts"]:
        yield "renewctl done --contacts CLIENT…", "looked, or asked"
        yield "renewctl client assign CLIENT ROLE EMAIL", "the answer"


def _markdown(todo: TaskList, groups: Mapping[str, Sequence[Task]]) -> str:
    """Return boxes to tick; what need not be done has none, so that it does not count as open."""
    lines = [] if any(task.required for task in todo.tasks) else [_describe_nothing(todo), ""]
    for group, tasks in groups.items():
        if not tasks:
            continue
        heading, text = _heading(group)
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


# ------------------------------------------------------------------ in words


def _text(group: str, key: str, **values: object) -> str:
    return str(read_texts("todo")[group][key]).format(**values)


def _heading(group: str) -> tuple[str, str]:
    """Return a group's heading, and the path to its screen or what there is to know."""
    words, screen = read_texts("todo")["groups"][group], GROUPS[group]
    return words["heading"], _where(screen, "CLIENT") if screen else words["text"]


def _describe_nothing(todo: TaskList) -> str:
    key = "unknown" if todo.never else "known"
    return _text("nothing", key, clients=count_of(todo.never, "client"))


def describe_task(task: Task) -> str:
    """Return what to choose, or what to ask the client."""
    if task.question:
        return "; ".join(_describe_question(task.question))
    if not task.back:
        return _describe_choice(task.screen, task.choice) if task.choice else ""
    if not task.required:
        return _text("back", "optional")
    if task.choice is None:
        return _text("back", "no-default")
    return _text("back", "default", choice=_describe_choice(Screen.OVERRIDE, task.choice))


def _describe_choice(screen: Screen, choice: Choice) -> str:
    setting = choice.setting
    key = "default" if screen is Screen.DEFAULT else str(setting.owner)
    if key == "hubspot" and setting.notify:
        key = "hubspot-with-user"
    return _text("choose", key, owner=_text("owners", setting.owner), user=_describe_user(choice))


def _describe_user(choice: Choice) -> str:
    """Return a partner user as a list in HubSpot shows people, name first; or that there is none."""
    email, user = choice.setting.notify, choice.user
    if not email:
        return _text("user", "none-for-partner" if choice.setting.owner is Owner.PARTNER else "none")
    key = "named" if user and user.name else "unnamed"
    inactive = "-inactive" if user and not user.active else ""
    return _text("user", key + inactive, name=user.name if user else "", email=email)


def _describe_question(question: Question) -> Iterator[str]:
    if question.vacant:
        *others, last = question.vacant
        yield _text("ask", "vacant", roles=" or ".join(filter(None, (", ".join(others), last))))
    for decision in question.inactive:
        yield _text("ask", "inactive", holder=_holder(decision))
    if question.since:
        holders = ", ".join(map(_holder, question.holders))
        yield _text("ask", "holders" if holders else "no-holders", holders=holders, day=question.since)


def _holder(decision: Decision) -> str:
    roles = ", ".join(role for role in decision.roles if role != PARTNER_USER)
    return f"{decision.email} ({roles})"


def describe_last_seen(task: Task) -> str:
    """Return what was last confirmed, and when; nothing where the task itself says it."""
    if task.looked is None:
        return _text("seen", "never")
    if task.seen is None:
        asked = task.question is not None and task.question.since is not None
        return "" if asked else _text("seen", "contacts", day=task.looked)
    owner = _text("owners", task.seen.owner) if task.seen.owner else "the default"
    setting = f"{owner}, {task.seen.notify}" if task.seen.notify else owner
    return _text("seen", "setting", setting=setting, day=task.looked)
