"""The history: who changed what, when and why, newest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.command_line import command_line, repeat_command
from renewctl.model import Change
from renewctl.render.change_words import describe_changes, is_about_clients, name_changes, name_subjects
from renewctl.render.machine import plain_line
from renewctl.render.plan import LAYOUT_ALONE, change_items, change_lines
from renewctl.render.result import HANG, Block, Column, Grid, Line, Result, line, separate, table_of
from renewctl.text import count_of

COLUMNS = ("at", "user", "host", "command", "id", "changes", "note", "undoes", "what")
OUTSIDE = "changed outside renewctl"
_UNSURE = "interrupted, possibly not saved"
_LAYOUTS = (
    ("id", "minute", "user", "command", "change", "note"),
    ("id", "minute", "user", "command", "change"),
    ("id", "minute", "command", "change"),
    ("id", "day", "command", "change"),
    ("id", "command", "change"),
)
"""The columns of the table, from the widest to the narrowest."""
_TO_DAY, _TO_MINUTE = len("2026-11-29"), len("2026-11-29 12:00")


class HistoryItem(NamedTuple):
    """One change in the history; without ``id``, it was not made by renewctl.

    ``goes_back_to`` is the original change of an undo or ``redo`` (the undo of an undo). ``unsure`` is
    whether it is unknown if the change was saved.
    """

    id: str = ""
    at: str = ""
    user: str = ""
    host: str = ""
    command: str = ""
    note: str = ""
    undoes: str = ""
    redo: bool = False
    goes_back_to: str = ""
    unsure: bool = False
    changes: tuple[Change, ...] = ()


def render_history(
    items: Sequence[HistoryItem],
    store: Mapping[str, str],
    warnings: tuple[str, ...] = (),
    *,
    long: bool = False,
) -> Result:
    """Return the history of a data file, newest first.

    ``long`` shows every value on a terminal.
    """
    return Result(
        {"schema": "renewctl.history/1", "store": dict(store), "items": [_document(item) for item in items]},
        table_of(COLUMNS, map(_flat_item, items)),
        names=tuple(item.id for item in items if item.id),
        screen=lambda width: separate(map(_draw_values, items)) if long else _draw(items, width),
        footer=tuple(_describe_more(long=long)) if items else (),
        warnings=warnings,
    )


def _document(item: HistoryItem) -> dict[str, Any]:
    values = {key: None if value == "" else value for key, value in item._asdict().items()}
    document = {"id": values.pop("id"), "outside": not item.id, **values}
    return {**document, "changes": change_items(item.changes)}


def _flat_item(item: HistoryItem) -> Mapping[str, Any]:
    if not item.id:
        return {**dict.fromkeys(COLUMNS), "command": OUTSIDE}
    number = len(item.changes)
    what = [plain_line(parts).strip() for parts in change_lines(item.changes, number)]
    return {**item._asdict(), "changes": number, "what": tuple(what or [LAYOUT_ALONE])}


def _draw(items: Sequence[HistoryItem], width: int) -> Iterator[Block]:
    """Yield a line for each change, with as many columns as fit."""
    # Lazy import: output to a pipe does not need rich.
    from renewctl.render.terminal import LEAST_TEXT, measure_columns

    if not items:
        yield line(("No changes recorded.", "dim"))
        return
    columns = {
        "id": Column("ID", [line(item.id) for item in items]),
        "minute": Column("WHEN (UTC)", [line((_show_time(item)[:_TO_MINUTE], "dim")) for item in items]),
        "day": Column("DATE (UTC)", [line((_show_time(item)[:_TO_DAY], "dim")) for item in items]),
        "user": Column("USER", [line((_name_author(item), "dim")) for item in items]),
        "command": Column("COMMAND", [line((_name_command(item), "strong")) for item in items]),
        "note": Column("NOTE", [line((item.note, "dim")) for item in items]),
    }
    layouts = []
    for keys in _LAYOUTS:
        room = width - measure_columns(columns[key] for key in keys if key != "change")
        # Before the day is dropped, the changes are shortened to their number.
        if room >= LEAST_TEXT or "minute" not in keys:
            change = Column("CHANGE", [_summarize(item, room) for item in items])
            layouts.append([change if key == "change" else columns[key] for key in keys])
    yield Grid(layouts, long=lambda: separate(map(_draw_values, items)))


def _summarize(item: HistoryItem, room: int) -> Line:
    """Return a summary of a change in up to ``room`` columns, at least its size."""
    from renewctl.render.terminal import list_fitting, measure  # Lazy import: a pipe does not need rich.

    if not item.id:
        return line((OUTSIDE, "warning"))
    if item.unsure:
        return line((_UNSURE, "warning"))
    if not item.changes:
        return line(LAYOUT_ALONE)
    subjects = name_subjects(item.changes)
    number = count_of(len(subjects), "client" if is_about_clients(item.changes) else "change")
    if len(subjects) == 1:
        choices = [*describe_changes(item.changes), line(name_changes(item.changes))]
    else:
        choices = [line(f"{number}: {list_fitting(subjects, room - len(f'{number}: '))}")]
    choices.append(line(list_fitting(subjects, room)))
    return next((each for each in choices if measure(each) <= room), line(number))


def _name_command(item: HistoryItem, *, long: bool = False) -> str:
    """Return the command; for an undo, also the ID of the original change.

    ``long`` adds the command of that change.
    """
    origin = item.goes_back_to if long else item.goes_back_to.rpartition(" ")[2]
    return f"{'redo' if item.redo else 'undo'} of {origin}" if item.undoes else item.command


def _name_author(item: HistoryItem) -> str:
    return f"{item.user} at {item.host}" if item.id else ""


def _show_time(item: HistoryItem) -> str:
    return item.at.replace("T", " ").removesuffix("Z")


def _describe_more(*, long: bool) -> Iterator[Line]:
    """Yield how to show every value, and how to undo a change."""
    if not long:
        yield line(f"Show every value: {repeat_command(long=True)}")
    yield line(f"Undo a change: {command_line('undo ID')}")


def _draw_values(item: HistoryItem) -> Iterator[Line]:
    """Yield a change with all its values."""
    if not item.id:
        yield line((OUTSIDE, "warning"))
        return
    about = f"{item.id}  {_show_time(item)} UTC  {_name_author(item)}"
    yield line((f"{_name_command(item, long=True)}  ", "strong"), HANG, (about, "dim"))
    if item.unsure:
        yield line((f"  ! {_UNSURE}", "warning"))
    if item.note:
        yield line("  reason: ", HANG, item.note)
    yield from change_lines(item.changes) if item.changes else [line(f"  {LAYOUT_ALONE}")]
