"""What was changed, taking it back, and older stores: ``history``, ``undo``, ``migrate``."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from renewctl import files
from renewctl.cli.app import command
from renewctl.cli.changing import made
from renewctl.cli.options import Clients
from renewctl.cli.run import Run
from renewctl.domain import lookup
from renewctl.domain.identifiers import client_key
from renewctl.model import Change
from renewctl.render import history as render
from renewctl.render.history import HistoryItem
from renewctl.render.result import Result
from renewctl.store import history as record
from renewctl.store.history import History
from renewctl.store.history.record import Record
from renewctl.store.migrate import reformat_store, upgrade_store
from renewctl.store.undo import find_origin, undo_change


@command("history")
def history(run: Run, clients: Clients = None) -> Result:
    """Show what was changed, when, by whom and why, newest first.

    All changes, or those of the clients named. What something else changed in the file shows as
    such. Reads only.
    """
    digest = files.digest(files.read_bytes(run.place.path)) if run.place.path.exists() else ""
    found = record.read(run.place.path, digest)
    done = tuple(_of_clients(run, found, clients)) if clients else tuple(_all(found))
    return render.render_history(done[::-1], {"path": run.place.display, "sha256": digest}, _warnings(found))


@command("undo", changes=True)
def undo(
    run: Run,
    change: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Which change, by its id; else the last.")
    ] = None,
) -> Result:
    """Take the last change back as one step; a bulk change is one.

    Comments and places come back too; what others changed since stays. Refused if somebody changed
    the same values. To undo an undo is to do the change again.
    """
    return made(run, undo_change(change))


@command("migrate", changes=True)
def migrate(
    run: Run,
    layout: Annotated[
        bool, typer.Option("--layout", help="Write each client and user as one block instead.")
    ] = False,
) -> Result:
    """Rewrite a store of an older version in the current one.

    The old file is kept in a copy, and no setting changes. An older store is read as it is; only
    changing it needs this. A client or user whose text is in several places, or inside one line with
    others, can be read but not changed: --layout rewrites the file once, comments kept.
    """
    return made(run, reformat_store if layout else upgrade_store)


def _all(found: History) -> Iterator[HistoryItem]:
    for entry in found.records:
        if entry.outside:
            yield HistoryItem()
        yield _done(found, entry, entry.changes)
    if found.outside:
        yield HistoryItem()


def _done(found: History, entry: Record, changes: tuple[Change, ...]) -> HistoryItem:
    author = entry.author
    root, steps = find_origin(entry, found.records)
    return HistoryItem(
        entry.id,
        author.at,
        author.user,
        author.host,
        entry.command,
        author.note,
        entry.undoes,
        changes,
        goes_back_to=f"{root.command} {root.id}" if steps else "",
        redo=steps > 0 and steps % 2 == 0,
        unsure=entry.unsure,
    )


def _of_clients(run: Run, found: History, words: Sequence[str]) -> Iterator[HistoryItem]:
    """Yield what was done to some clients, under the keys they had before, too, oldest first."""
    wanted = {_key(run, found, word) for word in words}
    done = []
    for entry in reversed(found.records):
        renamed = {str(change.after): change.path[-1] for change in entry.changes if change.renamed}
        wanted |= {old for new, old in renamed.items() if new in wanted}
        changes = tuple(change for change in entry.changes if _concerns(change, wanted))
        done += [_done(found, entry, changes)] if changes else []
    yield from reversed(done)


def _concerns(change: Change, keys: set[str]) -> bool:
    return change.path[0] == "clients" and bool({*change.path[1:2], str(change.after)} & keys)


def _key(run: Run, found: History, word: str) -> str:
    """Return the key of a client of the store, or of one that is no longer there.

    Raises:
        UnknownClient: it is neither in the store nor in its history.
    """
    key = client_key(word) or ""
    changes = (change for entry in found.records for change in entry.changes)
    known = any(_concerns(change, {key}) for change in changes)
    return key if known else lookup.find_client(run.load().portfolio, word).spelling


def _warnings(found: History) -> tuple[str, ...]:
    if not found.unreadable:
        return ()
    numbers = ", ".join(map(str, found.unreadable[:5]))
    return (f"lines of the history that cannot be read: {numbers}",)
