"""A new store, with what is known already and a word of guidance; never over an old one.

Imports ``files``, the places and the canonical text of each format.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from renewctl import files
from renewctl.errors import UsageError
from renewctl.migrate import CURRENT
from renewctl.model import Owner
from renewctl.store.place import NAMES, VARIABLE, Place, named

_TOML = """\
# Who owns renewal communication: HubSpot or the partner, by default and client by client.
version = {version}
"""
_DEFAULTS = """
[defaults]
owner = "{owner}"
"""
_NOTIFY = (
    "notify = {email}    # partner user: copied when HubSpot owns, sole recipient when the partner owns\n"
)
_USER = """
[users.{email}]    # the partner's own people
"""


def init(
    option: str | None,
    environment: Mapping[str, str],
    owner: Owner | None,
    email: str | None,
    *,
    dry_run: bool,
) -> Place:
    """Create a store and return its place.

    Args:
        option: what ``--store`` named; else the environment's variable, else ./renewctl.toml.
        environment: the process's variables.
        owner: the default's owner; None for no default yet.
        email: the default's partner user, registered among the users.
        dry_run: check only.

    Raises:
        UsageError: there is a store already.
        StoreInvalid: the name is none of a store.
        FileTrouble: the file cannot be written.
    """
    place = named(option or environment.get(VARIABLE) or NAMES[0], "new")
    taken = [place.path] if option or environment.get(VARIABLE) else [Path(name) for name in NAMES]
    for path in taken:
        if path.exists() or path.is_symlink():
            hint = "to see it: renewctl where; to change it: renewctl set-default"
            raise UsageError(f"{path} exists already", hint=hint)
    if not dry_run:
        _create(place, owner, email)
    return place


def _create(place: Place, owner: Owner | None, email: str | None) -> None:
    text = _json(owner, email) if place.path.suffix.lower() == ".json" else _toml(owner, email)
    try:
        files.create(place.path, text.encode())
    except FileExistsError:
        raise UsageError(f"{place.shown} exists already", hint="somebody made it just now") from None


def _toml(owner: Owner | None, email: str | None) -> str:
    quoted = json.dumps(email, ensure_ascii=False)
    text = _TOML.format(version=CURRENT)
    if owner:
        text += _DEFAULTS.format(owner=owner)
    if owner and email:
        text += _NOTIFY.format(email=quoted) + _USER.format(email=quoted)
    return text


def _json(owner: Owner | None, email: str | None) -> str:
    data: dict[str, Any] = {"version": CURRENT}
    if owner:
        data["defaults"] = {"owner": str(owner), **({"notify": email} if email else {})}
    if email:
        data["users"] = {email: {}}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
