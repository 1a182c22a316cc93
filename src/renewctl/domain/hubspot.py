"""Where HubSpot shows what the file records, as its article of 28 June 2023 describes the screens."""

DEFAULT_SETTING = "Settings → Partners → Communications"
CLIENTS_SETTING = (
    "Partner → Dashboard → {client} → Actions → Client details → Renewals tab → Edit renewal owner"
)
"""With a place for the client."""
LOOK_AT_CLIENT = CLIENTS_SETTING.format(client="the client")
CONTACTS = "Account & Billing → Company & Contacts"
"""In the client's own account."""
