"""The whole command tree: importing it declares every command."""

from renewctl.cli import clients, data, everyday, reports, start, users
from renewctl.cli.app import app

__all__ = ["app", "clients", "data", "everyday", "reports", "start", "users"]
