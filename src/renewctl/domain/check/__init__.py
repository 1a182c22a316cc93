"""Findings: what is wrong, doubtful or old in a portfolio, and the command that fixes it."""

from collections.abc import Iterable
from datetime import date

from renewctl.domain.check.finding import CODES, Finding
from renewctl.domain.check.notes import check_notes
from renewctl.domain.check.records import check_copies, check_records
from renewctl.errors import Problem
from renewctl.model import Portfolio

__all__ = ["CODES", "Finding", "check_copies", "check_portfolio"]


def check_portfolio(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> tuple[Finding, ...]:
    """Return all findings, in no particular order; never raises.

    Args:
        portfolio: the file's.
        remarks: what was odd when the file was read (``Reading.remarks``).
        today: the day from which dates are past and confirmations are old.
    """
    return (*check_notes(portfolio, today), *check_records(portfolio, remarks, today))
