"""Gates of ``who``: options that make the exit status depend on the recipients."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from renewctl.cli.options import Text
from renewctl.command_line import command_line
from renewctl.domain import lookup
from renewctl.domain import report as reports
from renewctl.domain.identifiers import address_key, is_address
from renewctl.domain.report import ReportRow
from renewctl.domain.resolve import why_no_recipient
from renewctl.errors import NoRecipient, Problem, RenewctlError, UnexpectedRecipients, UsageError
from renewctl.render.who_report import Report
from renewctl.text import agree, count_of


class Gates(NamedTuple):
    """The options that make the exit status depend on the rows."""

    expect: Annotated[
        Text,
        typer.Option(
            "--expect",
            metavar="EMAIL",
            help="Exit 1 unless each renewal has exactly these recipients (comma-separated), or none.",
        ),
    ] = None
    require_recipient: Annotated[
        bool, typer.Option("--require-recipient", help="Exit 1 if a renewal has no recipient.")
    ] = False
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="Exit 1 if any row is listed, also a past renewal or one without a date."
        ),
    ] = False


def find_failure(gates: Gates, report: Report, rows: Sequence[ReportRow]) -> RenewctlError | None:
    """Return the error of the first gate that the rows fail; None if they pass all.

    Raises:
        UsageError: If the expected addresses are invalid.
    """
    unexpected = _unexpected(report, rows, gates.expect) if gates.expect is not None else None
    return unexpected or (_lacks_recipient(report, rows) if gates.require_recipient else None)


def _suggest_explain(recipient: str | None = None) -> str:
    return f"find out why: {command_line('explain CLIENT', recipient=recipient)}"


def _suggest_wider(report: Report) -> str:
    """Return the next step for a report without rows."""
    if not report.portfolio.clients:
        return lookup.suggest_first_client()
    if not report.wider and report.person:
        return _suggest_explain(report.person.email)
    return report.wider


def _lacks_recipient(report: Report, rows: Sequence[ReportRow]) -> NoRecipient | None:
    """Return an error unless there are rows, each with a recipient."""
    if not rows:
        return NoRecipient("no renewals are listed, so nobody is notified", hint=_suggest_wider(report))
    found = {row.client.key: row.resolution for row in reports.without_recipient(rows)}
    problems = [
        Problem(f"{key}: {why_no_recipient(each.setting, each.decisions)}") for key, each in found.items()
    ]
    message = f"{count_of(len(found), 'client')} {agree(len(found), 'have')} no recipient"
    return NoRecipient(message, hint=_suggest_explain(), problems=problems) if found else None


def _unexpected(report: Report, rows: Sequence[ReportRow], expect: str) -> UnexpectedRecipients | None:
    """Return an error unless each row has exactly the expected recipients.

    Raises:
        UsageError: If ``expect`` is not a list of addresses.
    """
    words = [] if expect.strip().lower() == "none" else [word.strip() for word in expect.split(",")]
    expected = set()
    for word in words:
        if not is_address(word):
            hint = "use email addresses separated by commas, or none"
            raise UsageError(f"--expect: {word!r} is not a valid email address", hint=hint)
        expected.add(address_key(word))
    if not rows:
        message = "no renewals are listed, so --expect cannot be met"
        return UnexpectedRecipients(message, hint=_suggest_wider(report))
    problems = []
    for row in rows:
        missing, surplus = sorted(expected - row.recipients), sorted(row.recipients - expected)
        what = [f"missing {', '.join(missing)}"] if missing else []
        what += [f"unexpected {', '.join(surplus)}"] if surplus else []
        if what:
            product = f" ({row.renewal.product})" if row.renewal and row.renewal.product else ""
            problems.append(Problem(f"{row.client.key}{product}: {'; '.join(what)}"))
    message = "recipients are not as expected"
    return UnexpectedRecipients(message, hint=_suggest_explain(), problems=problems) if problems else None
