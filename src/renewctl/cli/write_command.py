"""A change from the plan to the result: planned, approved, saved, shown."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import typer

from renewctl.cli.runtime import Run, find_user_and_host
from renewctl.domain.impact import Impact, compare_recipients
from renewctl.errors import BadInput, ConfirmationRequired, ExitStatus, Problem
from renewctl.model import Plan, Portfolio
from renewctl.render.impact import MOST_NAMED
from renewctl.render.plan import ChangeView, describe_change, render_change
from renewctl.render.result import JSON_FORMS, Output, Result
from renewctl.store.journal import Author
from renewctl.store.write import Draft, MakeDraft, WriteOptions, draft_edit, write_change
from renewctl.text import count_of, list_some


def change_store(run: Run, edit: Callable[[Portfolio], Plan], warnings: Sequence[str] = ()) -> Result:
    """Plan a change and make it, or only show it with ``--dry-run``.

    Args:
        run: The run of the command.
        edit: Returns the plan for a portfolio.
        warnings: About the data that the change comes from; printed if the change is refused, too.
    """

    def plan(portfolio: Portfolio) -> Plan:
        run.progress.begin("Planning")
        planned = edit(portfolio)
        run.progress.begin("Checking")
        return planned

    try:
        result = change_store_with(run, draft_edit(plan))
    except BadInput as bad:
        # A warning can explain a problem: the missing values may be in a column that is not used.
        problems = [*map(Problem, warnings), *bad.problems]
        raise BadInput(bad.message, hint=bad.hint, problems=problems) from None
    return result._replace(warnings=(*result.warnings, *warnings))


def change_store_with(run: Run, make_draft: MakeDraft) -> Result:
    """Make a change, or only show it with ``--dry-run``.

    ``make_draft`` is called again if the file has changed.
    """
    run.progress.begin("Reading")
    approval = Approval(run)
    options = WriteOptions(approval, lambda: _author(run.note), run.dry_run, run.lock_timeout)
    outcome = write_change(run.place, make_draft, options)
    view = approval.describe(outcome.draft)
    # A client that loses its last or a required recipient is reported even with -q or as CSV.
    has_impact = run.output in {Output.AUTO, Output.TABLE, *JSON_FORMS} and not run.quiet
    lost = () if has_impact else _describe_losses(view.impact, would=run.dry_run)
    return render_change(
        view,
        dry_run=run.dry_run,
        written=outcome.written,
        warnings=(*lost, *outcome.warnings),
        brief=approval.asked and run.environment.is_terminal() and run.form is Output.TABLE,
    )


def _describe_losses(impact: Impact, *, would: bool) -> Iterator[str]:
    """Yield which clients lose their last or a required recipient, as clauses."""
    if clients := impact.lost_all:
        have = "would have" if would else "has" if len(clients) == 1 else "have"
        yield f"{list_some(clients, MOST_NAMED)} {have} no recipient"
    missing = impact.lost_required
    if len(missing) > MOST_NAMED:
        number = len({each.client for each in missing})
        verb = "would lack" if would else "lacks" if number == 1 else "lack"
        yield f"{count_of(number, 'client')} {verb} a required recipient"
    else:
        verb = "would lack" if would else "lacks"
        yield from (f"{each.client} {verb} the required recipient {each.email}" for each in missing)


def _count_losses(impact: Impact) -> Iterator[str]:
    """Yield how many clients would lose a recipient they need, as clauses."""
    if number := len(impact.lost_all):
        yield f"{count_of(number, 'client')} would have no recipient"
    if number := len({each.client for each in impact.lost_required}):
        yield f"{count_of(number, 'client')} would lack a required recipient"


def _list_losses(impact: Impact) -> Iterator[Problem]:
    """Yield a problem for each client that would lose a recipient it needs."""
    yield from (Problem(f"{key} would have no recipient") for key in impact.lost_all)
    yield from (
        Problem(f"{client} would lack the required recipient {email}")
        for client, email, _ in impact.lost_required
    )


def _author(note: str) -> Author:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Author(*find_user_and_host(), at, note)


def can_ask(run: Run) -> bool:
    """Return whether a person can answer questions; a program may read the output."""
    return run.output not in JSON_FORMS and run.environment.can_ask()


def ask(run: Run, question: str) -> None:
    """Ask the user to confirm a change. The end of the input counts as no.

    Raises:
        Exit: If the user declined.
    """
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise  # Ctrl-C
        run.environment.stderr.write("\n")
        agreed = False
    if not agreed:
        run.environment.stderr.write("Cancelled. Nothing was saved.\n")
        raise typer.Exit(ExitStatus.NO)


class Approval:
    """Approves a draft, asks the user, or refuses."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.asked = False
        self._view: ChangeView | None = None

    def __call__(self, draft: Draft, may_ask: bool) -> bool:
        """Approve a draft. Return whether the user must confirm exactly this one.

        Args:
            draft: The change.
            may_ask: Whether the user can still be asked.

        Raises:
            ConfirmationRequired: If it must be confirmed, and nobody can be asked.
            Exit: If the user declined.
        """
        must_confirm = self._approve(draft, may_ask)
        self.run.progress.begin("Saving")
        return must_confirm

    def _approve(self, draft: Draft, may_ask: bool) -> bool:
        if self.run.yes:
            return False
        environment, view = self.run.environment, self.describe(draft)
        losses, clients = [*_describe_losses(view.impact, would=True)], len(view.impact.clients)
        danger = draft.plan.danger
        if not can_ask(self.run):
            if not (danger or losses):
                return False
            problems = [Problem(key) for key in draft.plan.affected]
            if len(view.impact.lost_all) > MOST_NAMED or len(view.impact.lost_required) > MOST_NAMED:
                problems += _list_losses(view.impact)
            raise ConfirmationRequired(
                f"confirmation required: {'; '.join(filter(None, [danger, *losses]))}",
                hint="check the change with --dry-run, then add --yes",
                problems=problems,
            )
        if not (danger or losses or clients > draft.before.portfolio.policy.confirm_above):
            return False
        if may_ask:
            # Lazy import: a pipe does not wait for rich.
            from renewctl.render.terminal import draw, terminal_width

            self.run.progress.stop()
            result = Result({}, lines=describe_change(view, would=True))
            environment.stderr.write(draw(result, terminal_width(), colour=self.run.has_colour()))
            reasons = [*filter(None, [danger]), *_count_losses(view.impact)]
            what = "; ".join(reasons) or f"Recipients change for {count_of(clients, 'client')}"
            ask(self.run, f"{what}. Continue?")
            self.asked = True
        return True

    def describe(self, draft: Draft) -> ChangeView:
        """Return a draft as it is shown, with its impact; computed once."""
        if self._view is None or self._view.plan is not draft.plan:
            before, place = draft.before.portfolio, draft.before.place.display
            impact = compare_recipients(before, draft.after, draft.plan.changes)
            self._view = ChangeView(draft.plan, before, draft.after, impact, place, draft.changed)
        return self._view
