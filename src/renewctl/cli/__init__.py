"""The command line: Typer lives only here. ``main`` is the way in."""

from renewctl.cli.boundary import main

__all__ = ["main"]
