"""What is still to do in HubSpot: as JSON, fixed columns, check boxes, and by screen for people.

Imports the pure floors and its neighbours in ``render``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from renewctl.domain.todo import Screen, Task
from renewctl.model import AnySetting
from renewctl.render.hubspot_steps import WHERE, describe_task, last_seen, recorded_with, where
from renewctl.render.result import Cell, DataTable, Line, Result, line
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
GROUPS = (
    ("default", "The default", WHERE[Screen.DEFAULT]),
    ("overrides", "One client at a time", WHERE[Screen.OVERRIDE].format(client="CLIENT")),
    ("contacts", "To ask the client, whose super admin alone can change it", WHERE[Screen.CONTACTS]),
    (
        "optional",
        'Only if the screen offers "Set default"',
        "HubSpot has the default's present values there as an override: nothing differs as long as"
        " the default stays as it is.",
    ),
)
"""(its name in the summary, heading, the path or what there is to know) of each group, in order."""


class TaskList(NamedTuple):
    """What is to do, the day it is seen from, the store read; and whether it is of named clients."""

    tasks: Sequence[Task]
    as_of: date
    store: Mapping[str, str]
    named: bool = False
    never: int = 0
    """Of how many clients nothing is recorded of what HubSpot shows."""

    @property
    def nothing(self) -> str:
        """What is said where no click is due."""
        if not self.never:
            return "Nothing to click: as last confirmed, HubSpot agrees with the file."
        clients = f"{self.never} client{'s' * (self.never != 1)}"
        return f"Nothing to click, as far as is known: HubSpot's screens were never looked at for {clients}."


def render_tasks(found: TaskList) -> Result:
    """Return what is still to do."""
    items = [_item(task) for task in found.tasks]
    document = {
        "schema": SCHEMA,
        "as_of": found.as_of,
        "store": found.store,
        "items": items,
        "summary": {name: len(tasks) for name, tasks in _grouped(found.tasks).items()},
    }
    return Result(
        document,
        DataTable(COLUMNS, tuple(map(_cells, items))),
        names=tuple(dict.fromkeys(task.client.key for task in found.tasks if task.client)),
        screen=lambda _width: _drawn(found),
        markdown=partial(_markdown, found),
    )


def _grouped(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    groups: dict[str, list[Task]] = {name: [] for name, _, _ in GROUPS}
    for task in tasks:
        groups[_group(task)].append(task)
    return groups


def _group(task: Task) -> str:
    if not task.required:
        return "optional"
    return "overrides" if task.screen is Screen.OVERRIDE else str(task.screen)


def _item(task: Task) -> dict[str, Any]:
    client, setting = task.client, task.choice.setting if task.choice else None
    seen = task.seen
    return {
        "screen": str(task.screen),
        "where": where(task),
        "client": client.key if client else None,
        "name": (client.name or None) if client else None,
        "choose": {"owner": "default", "notify": None} if task.back else _setting(setting),
        "else": _setting(setting) if task.back and task.required else None,
        "task": describe_task(task),
        "seen": {
            "owner": str(seen.owner or "default") if seen else None,
            "notify": seen.notify if seen else None,
            "on": task.looked,
        }
        if task.looked
        else None,
        "required": task.required,
        "done": recorded_with(task),
    }


def _setting(setting: AnySetting | None) -> dict[str, Any] | None:
    return {"owner": str(setting.owner), "notify": setting.notify} if setting else None


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


def _drawn(found: TaskList) -> Iterator[Line]:
    if not any(task.required for task in found.tasks):
        yield line((found.nothing, "notified"))
    for number, (title, way, tasks) in enumerate(_headed(found.tasks)):
        if number or not tasks[0].required:
            yield line()
        yield line((title, "strong"))
        yield line(f"  {way}")
        yield line()
        for task in tasks:
            yield from _task_lines(task)
    yield from _how_to_record(found)


def _headed(tasks: Sequence[Task]) -> Iterator[tuple[str, str, list[Task]]]:
    """Yield heading, path and tasks of the groups that have any."""
    groups = _grouped(tasks)
    yield from ((title, way, groups[name]) for name, title, way in GROUPS if groups[name])


def _task_lines(task: Task) -> Iterator[Line]:
    box = "☐ " if task.required else "· "
    client = task.client
    if client is None:
        yield line("  ", box, describe_task(task))
    else:
        name = f"  {client.name}: " if client.name else ": "
        yield line("  ", box, (client.key, "strong"), name, describe_task(task))
    if seen := last_seen(task):
        yield line("    ", (seen, "dim"))


def _how_to_record(found: TaskList) -> Iterator[Line]:
    commands = list(_commands(found))
    if commands:
        yield line()
        yield line(("To record it", "strong"))
        width = max(len(command) for command, _ in commands)
        for command, meaning in commands:
            yield line(f"  {command:<{width}}", (f"  {meaning}", "dim"))


def _commands(found: TaskList) -> Iterator[tuple[str, str]]:
    groups = _grouped(found.tasks)
    if groups["default"]:
        yield "renewctl done --default", "the default's"
    if groups["overrides"] or groups["optional"]:
        yield "renewctl done CLIENT…", "a client's click"
    if any(task.back and task.choice for task in groups["overrides"]):
        yield "renewctl done --as-override CLIENT…", 'no "Set default"'
    if (groups["default"] or groups["overrides"]) and not found.named:
        yield "renewctl done --all", "every click"
    if groups["contacts"]:
        yield "renewctl done --contacts CLIENT…", "looked, or asked"
        yield "renewctl client assign CLIENT ROLE EMAIL", "the answer"


def _markdown(found: TaskList) -> str:
    lines = [] if any(task.required for task in found.tasks) else [found.nothing, ""]
    for title, way, tasks in _headed(found.tasks):
        lines += [f"## {title}", "", markdown_cell(way), "", *map(_box, tasks), ""]
    return "\n".join(lines[:-1]) + "\n"


def _box(task: Task) -> str:
    """Return a box to tick; what need not be done has none, so that it is not counted as open."""
    box = "- [ ] " if task.required else "- "
    who = f"**{markdown_cell(task.client.key)}** " if task.client else ""
    name = task.client.name if task.client else ""
    whose = who.rstrip() + (f" {markdown_cell(name)}: " if name else ": ") if who else ""
    seen = last_seen(task)
    return box + whose + markdown_cell(describe_task(task)) + (f" ({markdown_cell(seen)})" if seen else "")
