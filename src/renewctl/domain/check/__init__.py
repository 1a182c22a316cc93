"""Findings: what is wrong, doubtful or old in a portfolio, and the command that mends it.

Pure: imports the floors below only.
"""

from collections.abc import Iterable
from datetime import date

from renewctl.domain.check.codes import CODES, Code
from renewctl.domain.check.finding import Finding
from renewctl.domain.check.recipients import check_recipients
from renewctl.domain.check.records import check_copies, check_records
from renewctl.errors import Problem
from renewctl.model import Portfolio

__all__ = ["CODES", "Code", "Finding", "check_copies", "check_portfolio"]


def check_portfolio(portfolio: Portfolio, remarks: Iterable[Problem], today: date) -> tuple[Finding, ...]:
    """Return all there is to find, in no order that means anything; never raises.

    Args:
        portfolio: the store's.
        remarks: what was odd when the store was read (``Reading.remarks``).
        today: the day from which dates are past and confirmations are old.
    """
    return (*check_recipients(portfolio, today), *check_records(portfolio, remarks, today))
