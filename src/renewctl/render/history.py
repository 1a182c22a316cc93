"""What was changed, when, by whom and why, newest first.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.model import Change
from renewctl.render.machine import plain_line
from renewctl.render.plan import LAYOUT_ALONE, change_items, change_lines
from renewctl.render.result import Cell, DataTable, Line, Result, line

SCHEMA = "renewctl.history/1"
COLUMNS = ("at", "user", "host", "command", "id", "changes", "note", "undoes", "what")
OUTSIDE = "changed outside renewctl"


class HistoryItem(NamedTuple):
    """One change that was made; without ``id`` something else than renewctl changed the store.

    ``goes_back_to`` is the change that an undo, or the undo of an undo (``redo``), is about in the
    end. ``unsure`` says that nobody knows whether it was made.
    """

    id: str = ""
    at: str = ""
    user: str = ""
    host: str = ""
    command: str = ""
    note: str = ""
    undoes: str = ""
    changes: tuple[Change, ...] = ()
    goes_back_to: str = ""
    redo: bool = False
    unsure: bool = False


def render_history(
    done: Sequence[HistoryItem], store: Mapping[str, str], warnings: tuple[str, ...] = ()
) -> Result:
    """Return what was done to a store.

    Args:
        done: newest first.
        store: its path and sha256.
        warnings: what is to be said besides.
    """
    return Result(
        {"schema": SCHEMA, "store": dict(store), "items": [_item(one) for one in done]},
        DataTable(COLUMNS, tuple(map(_cells, done))),
        names=tuple(one.id for one in done if one.id),
        screen=lambda _width: _lines(done),
        warnings=warnings,
    )


def _item(one: HistoryItem) -> dict[str, Any]:
    return {
        "id": one.id or None,
        "outside": not one.id,
        "at": one.at or None,
        "user": one.user or None,
        "host": one.host or None,
        "command": one.command or None,
        "note": one.note or None,
        "undoes": one.undoes or None,
        "redo": one.redo,
        "goes_back_to": one.goes_back_to or None,
        "unsure": one.unsure,
        "changes": change_items(one.changes),
    }


def _cells(one: HistoryItem) -> tuple[Cell, ...]:
    if not one.id:
        return None, None, None, OUTSIDE, None, None, None, None, None
    lines = change_lines(one.changes, len(one.changes))
    what = tuple(plain_line(found).strip() for found in lines) or (LAYOUT_ALONE,)
    return one.at, one.user, one.host, one.command, one.id, len(one.changes), one.note, one.undoes, what


def _lines(done: Sequence[HistoryItem]) -> Iterator[Line]:
    if not done:
        yield line(("No change is on record.", "dim"))
    for number, one in enumerate(done):
        if number:
            yield line()
        yield from _told(one) if one.id else [line((OUTSIDE, "warning"))]


def _told(one: HistoryItem) -> Iterator[Line]:
    when = one.at.replace("T", " ").removesuffix("Z") + " UTC"
    name = f"{'redo' if one.redo else 'undo'} of {one.goes_back_to}" if one.undoes else one.command
    yield line((name, "strong"), (f"  {one.id}  {when}  {one.user} at {one.host}", "dim"))
    if one.unsure:
        yield line(("  ! its writer was killed: whether it was made is not known", "warning"))
    if one.note:
        yield line("  why: ", one.note)
    yield from change_lines(one.changes) if one.changes else [line(f"  {LAYOUT_ALONE}")]
