"""``history``: which changes were made, when, by whom and why."""

from collections.abc import Iterator, Sequence

from renewctl import files
from renewctl.cli.app import command
from renewctl.cli.options import Clients
from renewctl.cli.runtime import Run
from renewctl.domain import lookup
from renewctl.domain.identifiers import client_key
from renewctl.model import Change
from renewctl.render import history as render
from renewctl.render.history import HistoryItem
from renewctl.render.result import Result
from renewctl.store import history as record
from renewctl.store.history import History
from renewctl.store.history.record import Record
from renewctl.store.undo import find_origin


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
