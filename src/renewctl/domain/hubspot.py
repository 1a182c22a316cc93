"""HubSpot's limit of billing contacts, and where it shows what the file records."""

MOST_BILLING = 3
"""HubSpot: "at most three billing contacts" (Update the points of contact, 22 October 2025)."""

# The screens, as the article of 28 June 2023 describes them.
DEFAULT_SETTING = "Settings → Partners → Communications"
CLIENTS_SETTING = (
    "Partner → Dashboard → {client} → Actions → Client details → Renewals tab → Edit renewal owner"
)
"""With a place for the client."""
LOOK_AT_CLIENT = CLIENTS_SETTING.format(client="the client")
CONTACTS = "Account & Billing → Company & Contacts"
"""In the client's own account."""
