"""A change on its way from the plan to the result: planned, approved, written, shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import typer

from renewctl.cli.runtime import Run, find_user_and_host
from renewctl.domain.impact import compare_recipients
from renewctl.errors import BadInput, ConfirmationRequired, ExitStatus, Problem
from renewctl.model import Plan, Portfolio
from renewctl.render.impact import MOST_NAMED, lost_recipient_lines
from renewctl.render.machine import plain_line
from renewctl.render.plan import ChangeView, describe_change, render_change
from renewctl.render.result import Output, Result
from renewctl.store.history import Author
from renewctl.store.write import Draft, MakeDraft, WriteOptions, draft_edit, write_change
from renewctl.text import count_of, list_some


def change_store(run: Run, edit: Callable[[Portfolio], Plan], warnings: Sequence[str] = ()) -> Result:
    """Plan a change and make it, or only show it with ``--dry-run``; see ``change_store_with``.

    ``warnings`` are about the data that the change comes from; they are printed if it is refused, too.
    """

    def plan(portfolio: Portfolio) -> Plan:
        run.progress.begin("Planning")
        planned = edit(portfolio)
        run.progress.begin("Checking")
        return planned

    try:
        result = change_store_with(run, draft_edit(plan))
    except BadInput as bad:
        # A column that is not read may have what the rows lack.
        problems = [*map(Problem, warnings), *bad.problems]
        raise BadInput(bad.message, hint=bad.hint, problems=problems) from None
    return result._replace(warnings=(*result.warnings, *warnings))


def change_store_with(run: Run, make_draft: MakeDraft) -> Result:
    """Make a change, or only show it with ``--dry-run``.

    ``make_draft`` is called again if the store changes.
    """
    run.progress.begin("Reading")
    approval = Approval(run)
    options = WriteOptions(approval, lambda: _author(run.note), run.dry_run, run.lock_timeout)
    outcome = write_change(run.place, make_draft, options)
    view = approval.describe(outcome.draft)
    # -q or not, it is said whom a change leaves with nobody.
    lost = lost_recipient_lines(view.impact, would=run.dry_run) if run.quiet else ()
    return render_change(
        view,
        dry_run=run.dry_run,
        written=outcome.written,
        warnings=(*map(plain_line, lost), *outcome.warnings),
        brief=approval.asked and run.environment.is_terminal() and run.form is Output.TABLE,
    )


def _author(note: str) -> Author:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Author(*find_user_and_host(), at, note)


@dataclass
class Approval:
    """Approves drafts, or asks people, or refuses."""

    run: Run
    asked: bool = False
    _view: ChangeView | None = None

    def __call__(self, draft: Draft, may_ask: bool) -> bool:
        """Approve a draft. Return whether people must confirm just this one.

        Raises:
            ConfirmationRequired: If it leaves somebody out, and there is nobody to ask.
            Exit: If somebody was asked, and said no.
        """
        must_confirm = self._approve(draft, may_ask)
        self.run.progress.begin("Writing")
        return must_confirm

    def _approve(self, draft: Draft, may_ask: bool) -> bool:
        if self.run.yes:
            return False
        environment, view = self.run.environment, self.describe(draft)
        lost, clients, danger = view.impact.lost_all, len(view.impact.clients), draft.plan.danger
        # Where the answer is for a program, nobody is to be asked.
        if self.run.output in {Output.JSON, Output.JSONL} or not environment.can_ask():
            if not (danger or lost):
                return False
            what = danger or f"nobody would be notified any more for {list_some(lost, MOST_NAMED)}"
            keys = lost if len(lost) > MOST_NAMED else ()
            raise ConfirmationRequired(
                f"{what}: in a script that needs --yes; nothing was written",
                hint="add --yes, or look first with --dry-run",
                problems=[Problem(f"{key}: nobody would be notified any more") for key in keys],
            )
        if not (danger or lost or clients > draft.before.portfolio.policy.confirm_above):
            return False
        if may_ask:
            # Lazy import: a pipe does not wait for rich.
            from renewctl.render.terminal import draw, terminal_width

            self.run.progress.stop()
            result = Result({}, lines=describe_change(view, would=True))
            environment.stderr.write(draw(result, terminal_width(), colour=self.run.has_colour()))
            what = f"This changes who hears about {count_of(clients, 'client')}"
            if lost:
                what = f"Nobody would be notified any more for {count_of(len(lost), 'client')}"
            if not self._ask(f"{danger or what}. Go on?"):
                environment.stderr.write("Cancelled. Nothing was written.\n")
                raise typer.Exit(ExitStatus.NO)
            self.asked = True
        return True

    def _ask(self, question: str) -> bool:
        """Return the answer to a question; the end of input is a no."""
        try:
            return typer.confirm(question, err=True)
        except typer.Abort as abort:
            if not isinstance(abort.__context__, EOFError):
                raise  # Ctrl-C
            self.run.environment.stderr.write("\n")
            return False

    def describe(self, draft: Draft) -> ChangeView:
        """Return a draft with all that it is shown with, worked out once."""
        if self._view is None or self._view.plan is not draft.plan:
            before, place = draft.before.portfolio, draft.before.place.display
            impact = compare_recipients(before, draft.after)
            self._view = ChangeView(draft.plan, before, draft.after, impact, place, draft.changed)
        return self._view
