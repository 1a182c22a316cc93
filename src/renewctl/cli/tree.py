"""The whole command tree; of its modules only those are imported that a command line needs."""

from collections.abc import Sequence
from importlib import import_module

import typer

from renewctl.cli import overview
from renewctl.cli.app import app

__all__ = ["app", "grown", "overview"]

MODULES = {
    "set-default": "everyday",
    "override": "everyday",
    "clear-override": "everyday",
    "who": "who",
    "explain": "explain",
    "contacts": "explain",
    "client": "clients",
    "user": "users",
    "import": "data",
    "export": "data",
    "calendar": "data",
    "check": "check",
    "diff": "safety",
    "history": "history",
    "undo": "history",
    "migrate": "history",
    "todo": "portal",
    "done": "portal",
    "init": "start",
    "demo": "start",
    "where": "start",
}
"""Which module declares which command or group, in the order of the help."""
ALONE = {"--version"}
"""What needs no command at all."""


def grown(arguments: Sequence[str]) -> typer.Typer:
    """Return the tree with the command that ``arguments`` begin with, or with all of them.

    To import all takes as long as to start; for help, a mistyped command, and ``demo`` it has to be.
    """
    word = arguments[0] if arguments else None
    if word in MODULES and word != "demo":
        import_module(f"renewctl.cli.{MODULES[word]}")
    elif word is not None and word not in ALONE:
        for name in dict.fromkeys(MODULES.values()):
            import_module(f"renewctl.cli.{name}")
    return app
