"""What of the store is offered for a word that is being typed: client keys, partner users.

Some shells evaluate what they are offered, and all insert it: names of plain characters only, and not
a word of the data as help. What cannot be read offers nothing; a Tab never says what is wrong.
"""

import re
from collections.abc import Iterator
from typing import Any

import typer

ADDRESS = r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
"""Addresses that mean nothing to a shell."""


def complete_clients(ctx: typer.Context) -> list[str]:
    """Return the keys of the store's clients, without those that are on the command line already."""
    from renewctl.domain.identifiers import KEY

    given = ctx.params.get("clients") or ()
    return [key for key in _names(ctx, "clients") if KEY.fullmatch(key) and key not in given]


def complete_users(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users."""
    return [address for address in _names(ctx, "users") if re.fullmatch(ADDRESS, address)]


def complete_users_or_none(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users, and the word for nobody."""
    return [*complete_users(ctx), "none"]


def _names(ctx: typer.Context, part: str) -> Iterator[str]:
    try:
        return iter(list(_data(ctx)[part]))
    except Exception:  # whatever it is, a command will say it
        return iter(())


def _data(ctx: typer.Context) -> dict[str, Any]:
    """Return the plain data of the store that the words typed so far would use."""
    from renewctl import files
    from renewctl.store import location

    environment = ctx.obj
    found = location.find_store(ctx.params.get("store"), environment.variables, environment.current_folder())
    text = files.read_bytes(found.path).decode("utf-8-sig")
    data: dict[str, Any] = _parsed(text, found.path.suffix.lower())
    return data


def _parsed(text: str, suffix: str) -> Any:
    if suffix == ".json":
        import json

        return json.loads(text)
    import tomli

    return tomli.loads(text)
