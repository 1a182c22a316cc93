"""The question before a change that reaches many, or leaves somebody with nobody to be notified."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from renewctl.cli.runtime import Environment
from renewctl.domain.impact import Impact, compare_recipients
from renewctl.errors import ConfirmationRequired, Declined, Problem
from renewctl.render.impact import MOST_NAMED
from renewctl.render.plan import ChangeView, describe_change
from renewctl.render.result import DataTable, Result
from renewctl.render.wording import count_of, list_some
from renewctl.store.write import Draft


@dataclass
class Approval:
    """Lets changes pass, or asks, or refuses.

    Args:
        environment: where to ask.
        yes: whether everything is agreed to.
        script: whether the answer is for a program, so that nobody is to be asked.
        grave: what the command does that is never done unasked, if anything.
    """

    environment: Environment
    yes: bool
    script: bool
    danger: str = ""
    asked: bool = False
    _known: tuple[Draft, Impact] | None = None

    def impact_of(self, draft: Draft) -> Impact:
        """Return what a draft means in people, worked out once."""
        if self._known is None or self._known[0] is not draft:
            self._known = draft, compare_recipients(draft.before.portfolio, draft.after)
        return self._known[1]

    def describe(self, draft: Draft) -> ChangeView:
        """Return a draft with all that it is told with."""
        book, shown = draft.before.portfolio, draft.before.place.display
        return ChangeView(draft.plan, book, draft.after, self.impact_of(draft), shown, draft.changed)

    def __call__(self, draft: Draft, may_ask: bool) -> bool:
        """Let a draft pass; return whether it is one to ask about.

        Raises:
            NeedsYes: it leaves somebody out, and there is nobody to ask.
            Declined: somebody was asked, and said no.
        """
        if self.yes:
            return False
        silenced = self.impact_of(draft).lost_all
        if not self.script and self.environment.can_ask():
            return self._asked(draft, silenced, may_ask)
        if self.danger or silenced:
            what = self.danger or f"nobody would be notified any more for {list_some(silenced, MOST_NAMED)}"
            message = f"{what}: in a script that needs --yes; nothing was written"
            others = silenced if len(silenced) > MOST_NAMED else ()
            problems = [Problem(f"{key}: nobody would be notified any more") for key in others]
            raise ConfirmationRequired(
                message, hint="add --yes, or look first with --dry-run", problems=problems
            )
        return False

    def _asked(self, draft: Draft, silenced: Sequence[str], may_ask: bool) -> bool:
        clients = len(self.impact_of(draft).clients)
        wide = clients > draft.before.portfolio.policy.confirm_above
        if not (self.danger or silenced or wide):
            return False
        if may_ask:
            self._show(draft)
            what = f"This changes who hears about {count_of(clients, 'client')}"
            if silenced:
                what = f"Nobody would be notified any more for {count_of(len(silenced), 'client')}"
            if not typer.confirm(f"{self.danger or what}. Go on?", err=True):
                raise Declined("nothing was written")
            self.asked = True
        return True

    def _show(self, draft: Draft) -> None:
        from renewctl.render.terminal import draw

        lines = tuple(describe_change(self.describe(draft), would=True))
        seen = Result({}, DataTable((), ()), lines=lines)
        self.environment.stderr.write(draw(seen, self.environment.variables))
