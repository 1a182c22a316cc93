"""The screen of renewctl without a command."""

from datetime import date

from renewctl.domain.report import build_rows, without_recipient
from renewctl.model import Policy, Portfolio
from renewctl.render.result import HANG, Line, Result, line
from renewctl.render.wording import NOBODY, OWNERS
from renewctl.text import count_of

COMMANDS = (
    ("renewctl who", "Show who is notified about upcoming renewals"),
    ("renewctl explain CLIENT", "Explain who is notified about one client, and why"),
    ("renewctl set-default", "Set the default renewal owner"),
    ("renewctl override CLIENT", "Set the renewal owner for one client"),
    ("renewctl client add DOMAIN", "Add a client"),
)


def render_overview(
    version: str, store: str | None, portfolio: Portfolio | None, today: date, *, missing: bool = False
) -> Result:
    """Return the purpose, the file in use, five commands, and the next step.

    Args:
        version: The version of renewctl.
        store: The file in use, or what is wrong with it; None if there is none.
        portfolio: The data of the file, if it can be read.
        today: The day of the report.
        missing: Whether the file must be created first.
    """
    what = ": find out who is notified about a HubSpot renewal, and why"
    lines = [line((f"renewctl {version}", "strong"), what), line()]
    lines.append(line(("file  ", "dim"), HANG, store or "none in this folder or above"))
    if portfolio is not None:
        lines.append(line("      ", HANG, *_describe_contents(portfolio, today)))
    width = max(len(words) for words, _ in COMMANDS)
    commands = [line("  ", (f"{words:<{width}}  ", "strong"), HANG, meaning) for words, meaning in COMMANDS]
    lines += [line(), *commands, line(), _suggest_next(store, portfolio, missing=missing), line()]
    lines.append(line(("All commands: renewctl --help. A tour with sample data: renewctl demo", "dim")))
    document = {"schema": "renewctl.overview/1", "store": store}
    return Result(document, lines=lines)


def _describe_contents(portfolio: Portfolio, today: date) -> Line:
    """Return the number of clients, the default owner, and the alarm."""
    rows = build_rows(portfolio, portfolio.clients.values(), None, today)
    silent = len({row.client.key for row in without_recipient(rows)})
    default = f"default owner {OWNERS[portfolio.default.owner] if portfolio.default else 'not set'}"
    counts = f"{count_of(len(portfolio.clients), 'client')}, {default}"
    if not silent:
        return line(counts)
    return line(f"{counts}, ", *NOBODY, f" is notified about {count_of(silent, 'client')}")


def _suggest_next(store: str | None, portfolio: Portfolio | None, *, missing: bool) -> Line:
    """Return the command to run next, and what it does or why."""
    if missing:
        command = "renewctl init --owner hubspot --notify YOU@YOUR-AGENCY"
        why = "create a file in this folder" if store is None else "create it"
    elif portfolio is None:
        command, why = "renewctl who", "show what is wrong with the file, and where"
    elif portfolio.default is None:
        command, why = "renewctl set-default --owner hubspot --notify USER", "no default is set"
    elif not portfolio.clients:
        command = "renewctl client add acme.example --primary paula@acme.example --renewal 2027-03-01"
        why = "no clients yet"
    else:
        is_usual = portfolio.policy.horizon_days == Policy().horizon_days
        command, why = "renewctl who", "the next 120 days" if is_usual else "the report"
    return line(("next  ", "dim"), HANG, (command, "notified"), f"  ({why})")
