"""``diff``: the differences between two versions of the file."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text, refuse_together
from renewctl.cli.runtime import Run
from renewctl.domain.diff import find_differences
from renewctl.domain.impact import compare_recipients
from renewctl.domain.versions import upgrade
from renewctl.render.diff import Comparison, render_diff
from renewctl.render.plan import name_changed_clients
from renewctl.render.result import Result
from renewctl.store.location import COMPARED, store_at
from renewctl.store.snapshot import load
from renewctl.workspace.git import load_revision


@command("diff")
def diff(
    run: Run,
    old: Annotated[Text, typer.Argument(metavar="[OLD]", help="Old version of the file.")] = None,
    new: Annotated[
        Text, typer.Argument(metavar="[NEW]", help="New version (by default, the current file).")
    ] = None,
    revision: Annotated[
        Text, typer.Option("--git", metavar="REV", help="Compare with the file at this git revision.")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 if anything differs.")] = False,
    recipients_only: Annotated[
        bool, typer.Option("--recipients-only", help="Show only the changes of recipients.")
    ] = False,
) -> Result:
    """Compare two versions of the file.

    Shows which settings differ, and how the recipients change. Without OLD, compares the current file
    with its version in the last git commit, or in the revision of --git.
    """
    warnings: tuple[str, ...] = ()
    if old is not None and revision is not None:
        refuse_together(["OLD", "--git"])
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
    names = name_changed_clients(before.portfolio, after.portfolio, changes, people)
    comparison = Comparison(before.identity, after.identity, changes, people, names)
    return render_diff(comparison, recipients_only=recipients_only, exit_code=exit_code, warnings=warnings)
