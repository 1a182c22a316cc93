"""``history``: the changes of the file, with time, author and reason."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import typer

from renewctl import files
from renewctl.cli.app import command
from renewctl.cli.options import Clients, refuse_together
from renewctl.cli.runtime import Run
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain.identifiers import client_key
from renewctl.domain.paths import LIST_DEPTH
from renewctl.errors import ConfirmationRequired, StoreChanged, UsageError
from renewctl.model import Change
from renewctl.render import history as render
from renewctl.render.history import HistoryItem
from renewctl.render.result import DataTable, Output, Result, line
from renewctl.store import history as store_history
from renewctl.store.history import History
from renewctl.store.journal import Record
from renewctl.store.lock import lock_store
from renewctl.store.undo import find_origin
from renewctl.text import count_of

_MOST_SHOWN = 20
"""The number of changes that a terminal shows without ``--limit``."""


@command("history", options=("dry_run", "yes", "lock_timeout"))
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
    everything: Annotated[bool, typer.Option("--all", help="Show all changes on a terminal, too.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Show every changed value.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove older changes, which can no longer be undone.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="NUMBER", min=1, help="Keep the newest NUMBER changes.")
    ] = None,
) -> Result:
    """Show past changes, with date, author and reason.

    Lists all changes, or only those of the clients that you name, newest first. Edits made without
    renewctl are listed, too, but not in detail.
    """
    if prune or keep is not None:
        others = {"CLIENT": clients, "--limit": limit, "--all": everything, "--long": long, "--out": run.out}
        refuse_together(["--prune", *(name for name, given in others.items() if given)])
        return _prune(run, keep, prune=prune)
    if run.dry_run:
        raise UsageError("--dry-run requires --prune", hint="remove --dry-run")
    digest = _read_digest(run)
    past = store_history.read(run.place.path, digest)
    if limit is None and not everything and run.form is Output.TABLE and run.environment.is_terminal():
        limit = _MOST_SHOWN
    found = _items_of_clients(run, past, clients) if clients else _items(past)
    items = [*islice(found, None if limit is None else limit + 1)]
    shown = items[:limit]
    warnings: tuple[str, ...] = ()
    if past.unreadable:
        numbers = ", ".join(map(str, past.unreadable[:5]))
        warnings = (f"some lines of the history cannot be read: {numbers}",)
    warnings += _warn_of_renamed(run, past, digest)
    store = {"path": run.place.display, "sha256": digest}
    result = render.render_history(shown, store, warnings, long=long)
    if len(items) > len(shown):
        command = command_line("history", *(clients or ()), all=True, long=long)
        result = result._replace(
            footer=(*result.footer, line(f"Older changes are not shown. To show all: {command}"))
        )
    return result


def _prune(run: Run, keep: int | None, *, prune: bool) -> Result:
    """Shorten the history, and return how many changes were removed and kept.

    Raises:
        UsageError: If one of ``--prune`` and ``--keep`` is missing.
        ConfirmationRequired: If changes would be removed, and nobody can be asked.
        StoreChanged: If the history has changed since the changes were counted.
        RenewctlError: If it is locked, or cannot be read or replaced.
    """
    from renewctl.cli.write_command import ask, can_ask  # Lazy import: only a change needs it.

    if keep is None or not prune:
        raise UsageError("--prune requires --keep" if prune else "--keep requires --prune", hint="add both")
    store = run.place.path
    name = store_history.path_of(store).name
    removed, kept = store_history.prune(store, keep, _read_digest(run))
    changes = count_of(removed, "older change")
    if removed and not run.dry_run:
        loss = f"{changes} would be removed from {name} for good"
        if not (run.yes or can_ask(run)):
            hint = "check the number with --dry-run, then add --yes"
            raise ConfirmationRequired(f"confirmation required: {loss}", hint=hint)
        if not run.yes:
            ask(run, f"{loss}. Continue?")
        with lock_store(store, run.lock_timeout):
            found, kept = store_history.prune(store, keep, _read_digest(run), confirmed=removed)
        if found != removed:
            message = f"{name} has changed since; nothing was removed"
            raise StoreChanged(message, hint="run the command again")
    if not removed:
        lines = [line(f"No changes: {name} has {count_of(kept, 'change')}.")]
    elif run.dry_run:
        lines = [line(f"Would remove {changes} from {name} and keep {kept}.")]
        lines.append(line(("Dry run: nothing was saved.", "warning")))
    else:
        lines = [line(f"Removed {changes} from {name} and kept {kept}.")]
    counts = {"removed": removed, "kept": kept}
    document = {"schema": "renewctl.history-prune/1", "dry_run": run.dry_run, **counts}
    table = DataTable(("removed", "kept"), ((removed, kept),))
    return Result(document, table, lines=lines, change=True, written=removed > 0 and not run.dry_run)


def _read_digest(run: Run) -> str:
    """Return the digest of the data file; empty if only its history exists.

    Raises:
        RenewctlError: If neither exists.
    """
    store = run.place.path
    if not store.exists() and not store_history.path_of(store).exists():
        run.read()  # This raises the error.
    return files.digest(files.read_bytes(store)) if store.exists() else ""


def _warn_of_renamed(run: Run, past: History, digest: str) -> tuple[str, ...]:
    """Return a warning if another journal may be of this file, before a rename."""
    oldest = past.find_oldest()
    first = oldest.before if oldest else digest
    renamed = store_history.find_renamed(run.place.path, first, certain=oldest is not None)
    if not renamed:
        return ()
    old, _ = renamed
    name = run.place.display
    if oldest:
        return (f"changes from before '{name}' was renamed are in '{old}'",)
    return (f"'{name}' has no history; check whether '{old}' belongs to it",)


def _items(past: History) -> Iterator[HistoryItem]:
    """Yield every change, and where something else changed the file, newest first."""
    if past.outside:
        yield HistoryItem()
    for record in past:
        yield _item(past, record, record.changes)
        if record.outside:
            yield HistoryItem()


def _item(past: History, record: Record, changes: tuple[Change, ...]) -> HistoryItem:
    origin, steps = find_origin(record, past)
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


def _items_of_clients(run: Run, past: History, words: Sequence[str]) -> Iterator[HistoryItem]:
    """Yield the changes of clients, also under earlier domains, newest first.

    Raises:
        UnknownClient: If a client is neither in the file nor in its history.
    """
    keys = set()
    for word in words:
        key = client_key(word) or ""
        known = any(_concerns(change, {key}) for record in past for change in record.changes)
        keys.add(key if known else lookup.find_client(run.load().portfolio, word).spelling)
    for record in past:
        renamed = {str(change.after): change.path[-1] for change in record.changes if _is_renamed(change)}
        keys |= {old for new, old in renamed.items() if new in keys}
        changes = tuple(change for change in record.changes if _concerns(change, keys))
        if changes:
            yield _item(past, record, changes)


def _is_renamed(change: Change) -> bool:
    """Return whether a change renames a client."""
    return change.renamed and len(change.path) == LIST_DEPTH


def _concerns(change: Change, keys: set[str]) -> bool:
    return change.path[0] == "clients" and bool({*change.path[1:2], str(change.after)} & keys)
