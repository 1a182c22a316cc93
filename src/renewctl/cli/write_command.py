"""A change on its way from the plan to the answer: agreed to, made, told."""

from collections.abc import Callable

from renewctl.cli.approval import Approval
from renewctl.cli.runtime import Run
from renewctl.model import Plan, Portfolio
from renewctl.render.impact import lost_recipient_lines
from renewctl.render.machine import plain_line
from renewctl.render.plan import render_change
from renewctl.render.result import Output, Result
from renewctl.store.write import MakeDraft, WriteOptions, write_change
from renewctl.store.write import draft_edit as drafts


def change_store(run: Run, edit: Callable[[Portfolio], Plan], grave: str = "") -> Result:
    """Plan a change and make it, or show it only, with ``--dry-run``.

    Args:
        run: the command's common options.
        edit: from the portfolio to the plan; it may be called again if the store changes.
        grave: what the command does that is never done unasked, if anything.
    """
    return change_store_with(run, drafts(edit), grave)


def change_store_with(run: Run, drafted: MakeDraft, grave: str = "") -> Result:
    """Make a change, or show it only, with ``--dry-run``.

    Args:
        run: the command's common options.
        drafted: what drafts the change.
        grave: what the command does that is never done unasked, if anything.
    """
    consent = Approval(run.environment, run.yes, run.output in {Output.JSON, Output.JSONL}, grave)
    terms = WriteOptions(consent, lambda: run.environment.author(run.note), run.dry_run, run.lock_timeout)
    done = write_change(run.place, drafted, terms)
    told = consent.describe(done.draft)
    # Whom a change leaves with nobody is said, however little was asked to be said.
    left = (
        [plain_line(parts) for parts in lost_recipient_lines(told.impact, would=run.dry_run)]
        if run.quiet
        else []
    )
    return render_change(
        told,
        dry_run=run.dry_run,
        written=done.written,
        warnings=(*left, *done.warnings),
        brief=consent.asked and run.environment.is_terminal() and run.output is Output.TABLE,
    )
