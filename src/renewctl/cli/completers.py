"""What of the store completes a word: plain keys only, as some shells evaluate what they are offered."""

import re
from pathlib import Path

import typer

from renewctl import files
from renewctl.domain.identifiers import KEY
from renewctl.store.location import find_store

ADDRESS = r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
"""Addresses that mean nothing to a shell."""


def complete_clients(ctx: typer.Context) -> list[str]:
    """Return the keys of the store's clients, without those that are on the command line already."""
    given = ctx.params.get("clients") or ()
    return [key for key in _keys(ctx, "clients") if KEY.fullmatch(key) and key not in given]


def complete_users(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users."""
    return [address for address in _keys(ctx, "users") if re.fullmatch(ADDRESS, address)]


def complete_users_or_none(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users, and the word for nobody."""
    return [*complete_users(ctx), "none"]


def _keys(ctx: typer.Context, table: str) -> list[str]:
    from renewctl.store.snapshot import parse_document  # Lazy import: only a Tab needs it here.

    try:
        place = find_store(ctx.params.get("store"), ctx.obj.variables, Path.cwd())
        text = files.read_bytes(place.path).decode("utf-8-sig")
        return list(dict(parse_document(text, place).data[table]))
    except Exception:  # Whatever it is, a command will report it.
        return []
