"""``history``: the changes of the file, with time, author and reason."""

from collections.abc import Sequence
from typing import Annotated

import typer

from renewctl import files
from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.identifiers import client_key
from renewctl.domain.paths import LIST_DEPTH
from renewctl.model import Change
from renewctl.render import history as render
from renewctl.render.history import HistoryItem
from renewctl.render.result import Output, Result, line
from renewctl.store import history as journal
from renewctl.store.history import History, Record
from renewctl.store.undo import find_origin
from renewctl.text import count_of

_MOST_SHOWN = 20
"""The number of changes that a terminal shows without ``--limit``."""


@command("history")
def history(
    run: Run,
    clients: Clients = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="NUMBER",
            min=1,
            help=f"Show only the newest NUMBER changes (on a terminal, {_MOST_SHOWN} by default).",
        ),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Show every changed value.")] = False,
) -> Result:
    """Show past changes, with date, author and reason.

    Lists all changes, or only those of the clients that you name, newest first. Edits made without
    renewctl are listed, too, but not in detail.
    """
    digest = files.digest(files.read_bytes(run.place.path)) if run.place.path.exists() else ""
    past = journal.read(run.place.path, digest)
    if clients:
        items = _items_of_clients(run, past, clients)
    else:
        items = [] if not past.outside else [HistoryItem()]
        for record in reversed(past.records):
            items.append(_item(past, record, record.changes))
            if record.outside:
                items.append(HistoryItem())
    warnings: tuple[str, ...] = ()
    if past.unreadable:
        numbers = ", ".join(map(str, past.unreadable[:5]))
        warnings = (f"some lines of the history cannot be read: {numbers}",)
    first = past.records[0].before if past.records else digest
    if renamed := journal.find_renamed(run.place.path, first, certain=bool(past.records)):
        old, _ = renamed
        warning = f"changes from before '{run.place.display}' was renamed are in '{old}'"
        if not past.records:
            name = run.place.display
            warning = f"'{name}' has no history; check whether '{old}' belongs to it"
        warnings += (warning,)
    if limit is None and run.form is Output.TABLE and run.environment.is_terminal():
        limit = _MOST_SHOWN
    shown = items[:limit]
    store = {"path": run.place.display, "sha256": digest}
    result = render.render_history(shown, store, warnings, long=long)
    if older := len(items) - len(shown):
        everything = command_line("history", *(clients or ()), limit=str(len(items)), long=long)
        footer = line(f"Not shown: {count_of(older, 'older change')}. To show all: {everything}")
        result = result._replace(footer=(*result.footer, footer))
    return result


def _item(past: History, record: Record, changes: tuple[Change, ...]) -> HistoryItem:
    origin, steps = find_origin(record, past.records)
    return HistoryItem(
        record.id,
        command=record.command,
        undoes=record.undoes,
        redo=steps > 0 and steps % 2 == 0,
        goes_back_to=f"{origin.command} {origin.id}" if steps else "",
        unsure=record.unsure,
        changes=changes,
        **record.author._asdict(),
    )


def _items_of_clients(run: Run, past: History, words: Sequence[str]) -> list[HistoryItem]:
    """Return the changes of clients, also under earlier domains, newest first.

    Raises:
        UnknownClient: If a client is neither in the file nor in its history.
    """
    keys = set()
    for word in words:
        key = client_key(word) or ""
        known = any(_concerns(change, {key}) for record in past.records for change in record.changes)
        keys.add(key if known else lookup.find_client(run.load().portfolio, word).spelling)
    items = []
    for record in reversed(past.records):
        renamed = {str(change.after): change.path[-1] for change in record.changes if _is_renamed(change)}
        keys |= {old for new, old in renamed.items() if new in keys}
        changes = tuple(change for change in record.changes if _concerns(change, keys))
        if changes:
            items.append(_item(past, record, changes))
    return items


def _is_renamed(change: Change) -> bool:
    """Return whether a change renames a client."""
    return change.renamed and len(change.path) == LIST_DEPTH


def _concerns(change: Change, keys: set[str]) -> bool:
    return change.path[0] == "clients" and bool({*change.path[1:2], str(change.after)} & keys)
