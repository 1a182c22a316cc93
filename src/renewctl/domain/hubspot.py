"""HubSpot's roles, its limit of billing contacts, and paths to its settings."""

from collections.abc import Mapping

from renewctl.model import Role

ROLE_LABELS: Mapping[str, str] = {
    Role.PRIMARY: "primary contact",
    Role.BILLING: "billing contact",
    Role.DECISION_MAKER: "decision maker",
}
"""The roles in words; their values, such as ``decision-maker``, are for files and commands."""

MOST_BILLING = 3
"""Source: HubSpot, "Update the points of contact for your HubSpot account", 22 October 2025."""

# The paths follow the article of 28 June 2023.
DEFAULT_SETTING = "Settings → Partners → Communications"
CLIENTS_SETTING = (
    "Partner → Dashboard → {client} → Actions → Client details → Renewals tab → Edit renewal owner"
)
"""With a placeholder for the client."""
CLIENT_SETTING = CLIENTS_SETTING.format(client="the client")
CONTACTS = "Account & Billing → Company info (called Company & Contacts in 2023)"
"""In the client's own account. HubSpot's articles of 2024 and 2025 call the tab Company info."""
