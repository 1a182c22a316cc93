"""Words that several results share."""

from collections.abc import Mapping

from renewctl.model import Role
from renewctl.text import count_of

ROLES: Mapping[str, str] = {
    Role.PRIMARY: "primary contact",
    Role.BILLING: "billing contact",
    Role.DECISION_MAKER: "decision maker",
}
"""What people call the roles."""


def in_days(days: int) -> str:
    """Return how far off a day is, in words."""
    if days == 0:
        return "today"
    return f"in {count_of(days, 'day')}" if days > 0 else f"{count_of(-days, 'day')} ago"
