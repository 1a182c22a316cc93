"""The whole command tree: importing it declares every command."""

from renewctl.cli import check, clients, data, everyday, history, portal, reports, safety, start, users
from renewctl.cli.app import app

__all__ = [
    "app",
    "check",
    "clients",
    "data",
    "everyday",
    "history",
    "portal",
    "reports",
    "safety",
    "start",
    "users",
]
