"""What renewctl shows without a command: what it is, the store in use, five commands, the next step."""

from datetime import date

from renewctl.domain.report import build_rows, without_recipient
from renewctl.model import Policy, Portfolio
from renewctl.render.result import HANG, Line, Result, line
from renewctl.text import count_of

KNOW = (
    ("renewctl who", "who would be notified for upcoming renewals"),
    ("renewctl explain CLIENT", "why: each value, each candidate, the rule"),
    ("renewctl set-default", "who owns renewals unless overridden"),
    ("renewctl override CLIENT", "one client's own setting"),
    ("renewctl client add DOMAIN", "a new client"),
)


def render_overview(
    version: str, store: str | None, portfolio: Portfolio | None, today: date, *, missing: bool = False
) -> Result:
    """Return what renewctl is, the store in use, five commands, and the next step.

    Args:
        version: the program's.
        store: the store in use, or what is wrong with it; None where there is none.
        portfolio: what the store says, if it can be read.
        today: the day the report would be of.
        missing: whether there is no store, so that one has to be made first.
    """
    what = ": who gets notified about a client's HubSpot renewal, and why"
    lines = [line((f"renewctl {version}", "strong"), what), line()]
    lines.append(line(("store  ", "dim"), HANG, store or "none yet, here or above"))
    if portfolio is not None:
        rows = build_rows(portfolio, portfolio.clients.values(), None, today)
        nobody = len({row.client.key for row in without_recipient(rows)})
        default = f"default owner {portfolio.default.owner}" if portfolio.default else "no default"
        alarm = f", {nobody} with NOBODY notified" if nobody else ""
        counts = f"{count_of(len(portfolio.clients), 'client')}, {default}{alarm}"
        lines.append(line("       ", HANG, counts))
    width = max(len(words) for words, _ in KNOW)
    commands = [line("  ", (f"{words:<{width}}  ", "strong"), HANG, meaning) for words, meaning in KNOW]
    lines += [line(), *commands, line(), _next_step(store, portfolio, missing=missing), line()]
    more = "renewctl --help lists all; each has --help; renewctl demo shows some at work."
    lines.append(line((more, "dim")))
    document = {"schema": "renewctl.overview/1", "store": store}
    return Result(document, lines=lines)


def _next_step(store: str | None, portfolio: Portfolio | None, *, missing: bool) -> Line:
    if missing:
        words = "renewctl init --owner hubspot --notify YOU@YOUR-AGENCY"
        why = "make a store in this folder" if store is None else "make it"
    elif portfolio is None:
        words, why = "renewctl who", "shows what is wrong in the store, with the lines"
    elif portfolio.default is None:
        words, why = "renewctl set-default --owner hubspot --notify USER", "there is no default yet"
    elif not portfolio.clients:
        words = "renewctl client add acme.example --primary ANA@ACME.EXAMPLE --renewal 2027-03-01"
        why = "there is no client yet"
    else:
        is_usual = portfolio.policy.horizon_days == Policy().horizon_days
        words, why = "renewctl who", "the next 120 days" if is_usual else "the report"
    return line(("next   ", "dim"), HANG, (words, "notified"), f"  ({why})")
