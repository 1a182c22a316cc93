"""Words that several results share."""

from collections.abc import Mapping
from datetime import date

from renewctl.model import Role
from renewctl.text import count_of

ROLES: Mapping[str, str] = {
    Role.PRIMARY: "primary contact",
    Role.BILLING: "billing contact",
    Role.DECISION_MAKER: "decision maker",
}
"""What people call the roles."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"


def name_day(day: date, *, long: bool = False) -> str:
    """Return a day as people write it: 6 Dec 2026, or with ``long`` 6 December 2026."""
    return f"{day.day} {name_month(day, long=long)}"


def name_month(day: date, *, long: bool = False) -> str:
    """Return a day's month as people write it: Dec 2026, or with ``long`` December 2026."""
    month = _MONTHS[day.month - 1]
    return f"{month if long else month[:3]} {day.year}"
