"""renewctl: who gets notified about a client's HubSpot renewal, and why."""

__version__ = "0.1.0"
