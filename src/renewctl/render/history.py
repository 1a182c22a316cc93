"""What was changed, when, by whom and why, newest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.model import Change
from renewctl.render.machine import plain_line
from renewctl.render.plan import LAYOUT_ALONE, change_items, change_lines
from renewctl.render.result import Line, Result, line, table_of

COLUMNS = ("at", "user", "host", "command", "id", "changes", "note", "undoes", "what")
OUTSIDE = "changed outside renewctl"


class HistoryItem(NamedTuple):
    """One change that was made; without ``id``, by something else than renewctl.

    ``goes_back_to`` is the change that an undo, or a ``redo`` (the undo of an undo), is about in the
    end. ``unsure``: it is not known whether the change was made.
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
    items: Sequence[HistoryItem], store: Mapping[str, str], warnings: tuple[str, ...] = ()
) -> Result:
    """Return the changes made to a store; the items are listed newest first."""
    return Result(
        {"schema": "renewctl.history/1", "store": dict(store), "items": [_document(item) for item in items]},
        table_of(COLUMNS, map(_flat_item, items)),
        names=tuple(item.id for item in items if item.id),
        screen=lambda _width: _draw(items),
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


def _draw(items: Sequence[HistoryItem]) -> Iterator[Line]:
    if not items:
        yield line(("No change is on record.", "dim"))
    for number, item in enumerate(items):
        if number:
            yield line()
        if not item.id:
            yield line((OUTSIDE, "warning"))
            continue
        when = item.at.replace("T", " ").removesuffix("Z") + " UTC"
        name = f"{'redo' if item.redo else 'undo'} of {item.goes_back_to}" if item.undoes else item.command
        yield line((name, "strong"), (f"  {item.id}  {when}  {item.user} at {item.host}", "dim"))
        if item.unsure:
            yield line(("  ! its writer was killed: whether it was made is not known", "warning"))
        if item.note:
            yield line("  why: ", item.note)
        yield from change_lines(item.changes) if item.changes else [line(f"  {LAYOUT_ALONE}")]
