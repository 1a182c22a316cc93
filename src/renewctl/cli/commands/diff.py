"""What a change means before it is made for good: ``diff``."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.domain.diff import find_differences
from renewctl.domain.impact import compare_recipients
from renewctl.domain.versions import upgrade
from renewctl.errors import UsageError
from renewctl.render.diff import Comparison, render_diff
from renewctl.render.result import Result
from renewctl.store.location import COMPARED, store_at
from renewctl.store.snapshot import Snapshot, load
from renewctl.workspace.git import at_revision


@command("diff")
def diff(
    run: Run,
    old: Annotated[Text, typer.Argument(metavar="[OLD]", help="A store's file.")] = None,
    new: Annotated[Text, typer.Argument(metavar="[NEW]", help="Another; else the store in use.")] = None,
    revision: Annotated[
        Text, typer.Option("--git", metavar="REV", help="Compare with the store at this revision.")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if anything differs.")] = False,
    recipients_only: Annotated[
        bool, typer.Option("--recipients-only", help="Only who hears, not which settings differ.")
    ] = False,
) -> Result:
    """Show which settings differ between two stores, and who starts and stops hearing.

    Without OLD: the store as git has it at HEAD, or at --git, against the file as it is. Reads only.
    """
    before, after, warnings = _both(run, old, new, revision)
    return render_diff(
        _compared(before, after), recipients_only=recipients_only, exit_code=exit_code, warnings=warnings
    )


def _both(
    run: Run, old: str | None, new: str | None, revision: str | None
) -> tuple[Snapshot, Snapshot, tuple[str, ...]]:
    """Return the two stores that the words name, and what is to be said of them."""
    if old is not None and revision is not None:
        hint = "renewctl diff --git REV, or renewctl diff OLD NEW"
        raise UsageError("OLD and --git REV exclude each other", hint=hint)
    if old is not None:
        after = load(store_at(new, f"{COMPARED} NEW")) if new is not None else run.read()
        return load(store_at(old, f"{COMPARED} OLD")), after, ()
    after = run.read()
    revision = "HEAD" if revision is None else revision
    before, known = at_revision(run.place, revision)
    unknown = f"{run.place.display} is not in {revision}: compared with an empty store"
    return before, after, () if known else (unknown,)


def _compared(before: Snapshot, after: Snapshot) -> Comparison:
    people = compare_recipients(before.portfolio, after.portfolio)
    old, new = (upgrade(snapshot.document.data) for snapshot in (before, after))
    changes = find_differences(old, new, people.renamed)
    return Comparison(before.identity, after.identity, changes, people)
