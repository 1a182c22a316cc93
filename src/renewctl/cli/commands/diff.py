"""What a change means before it is made for good: ``diff``."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.command_line import command_line
from renewctl.domain.diff import find_differences
from renewctl.domain.impact import compare_recipients
from renewctl.domain.versions import upgrade
from renewctl.errors import UsageError
from renewctl.render.diff import Comparison, render_diff
from renewctl.render.result import Result
from renewctl.store.location import COMPARED, store_at
from renewctl.store.snapshot import load
from renewctl.workspace.git import load_revision


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
    warnings: tuple[str, ...] = ()
    if old is not None and revision is not None:
        hint = f"{command_line('diff --git REV')}, or renewctl diff OLD NEW"
        raise UsageError("OLD and --git REV exclude each other", hint=hint)
    after = run.read() if new is None else load(store_at(new, f"{COMPARED} NEW"))
    if old is not None:
        before = load(store_at(old, f"{COMPARED} OLD"))
    else:
        revision = "HEAD" if revision is None else revision
        before, warning = load_revision(run.place, revision)
        warnings = (warning,) if warning else ()
    people = compare_recipients(before.portfolio, after.portfolio)
    old_data, new_data = upgrade(before.document.data), upgrade(after.document.data)
    changes = find_differences(old_data, new_data, people.renamed)
    comparison = Comparison(before.identity, after.identity, changes, people)
    return render_diff(comparison, recipients_only=recipients_only, exit_code=exit_code, warnings=warnings)
