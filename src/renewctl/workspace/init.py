"""A new store, with what is known already, never over an old one; and the files beside it.

Imports ``files``, ``store.place``, its neighbour ``beside``, the pure floors, and tomlkit, which composes
the new text.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from renewctl import files
from renewctl.domain.versions import CURRENT
from renewctl.errors import UsageError
from renewctl.fields import EDITORS
from renewctl.model import Owner
from renewctl.store.location import NAMES, Location, store_at
from renewctl.workspace import companion_files

_KEY = f'"{EDITORS}": "./{companion_files.SCHEMA}",'


class NewStore(NamedTuple):
    """What ``init`` made, or without ``--dry-run`` would have.

    ``created`` says that there was no store; ``beside`` what became of each file beside it;
    ``unmarked`` is what the store should begin with, to name its schema, if it does not.
    """

    store: str
    created: bool
    beside: Mapping[str, str]
    unmarked: str = ""


def init(
    name: str | None,
    owner: Owner | None,
    email: str | None,
    *,
    git: bool,
    dry_run: bool,
) -> NewStore:
    """Create a store and what lies beside it; with ``git``, only the latter where there is a store.

    The store comes last: it is there or not whatever happens, and the others can be made again.

    Args:
        name: the store that was named; None for ./renewctl.toml.
        owner: the default's owner; None for no default yet.
        email: the default's partner user, registered among the users.
        git: whether its folder is told how git is to treat it.
        dry_run: check only.

    Raises:
        UsageError: there is a store already, or there is no work tree for git.
        StoreInvalid: the name is none of a store.
        FileTrouble: a file cannot be written.
    """
    taken = _taken(name)
    if taken and (owner or not git):
        hint = "to see it: renewctl where; to change it: renewctl set-default"
        raise UsageError(f"{taken.path} exists already", hint=hint)
    place = taken or store_at(name or NAMES[0], "new")
    unmarked = _unmarked(taken) if taken else ""
    real = files.resolve_link(place.path) if place.path.is_symlink() else place.path
    others = [
        *(companion_files.plan_git_files(real.parent, real.name) if git else ()),
        companion_files.plan_schema_file(real.parent),
    ]
    if not dry_run:
        for other in others:
            other.write()
        if not taken:
            _create(place, owner, email)
    return NewStore(place.display, not taken, {str(each.path): each.done for each in others}, unmarked)


def _taken(name: str | None) -> Location | None:
    """Return the store that is there already, under the name or in this folder.

    Raises:
        StoreInvalid: the name is none of a store.
        UsageError: it is that of the schema.
    """
    places = [store_at(each, "there already") for each in ([name] if name else NAMES)]
    if places[0].path.name.lower() == companion_files.SCHEMA:
        raise UsageError(
            f"{companion_files.SCHEMA} is the schema's own name", hint="give the store another one"
        )
    return next((place for place in places if os.path.lexists(place.path)), None)


def _unmarked(store: Location) -> str:
    """Return what names the schema, if the store does not."""
    text = files.read_bytes(store.path)
    if f'"{EDITORS}"'.encode() in text or b"#:schema " in text.partition(b"\n")[0]:
        return ""
    return _KEY if _is_json(store) else companion_files.SCHEMA_LINE


def _is_json(store: Location) -> bool:
    return store.path.suffix.lower() == ".json"


def _create(place: Location, owner: Owner | None, email: str | None) -> None:
    text = _json(owner, email) if _is_json(place) else _toml(owner, email)
    try:
        files.create(place.path, text.encode())
    except FileExistsError:
        raise UsageError(f"{place.display} exists already", hint="somebody made it just now") from None


def _toml(owner: Owner | None, email: str | None) -> str:
    import tomlkit  # late: no other command composes a new text

    store = tomlkit.document()
    store.add(
        tomlkit.comment(
            "Who owns renewal communication: HubSpot or the partner, by default and for each client."
        )
    )
    store.add("version", tomlkit.item(CURRENT))
    if owner:
        defaults = tomlkit.table()
        defaults.add("owner", str(owner))
        if email:
            defaults.add("notify", email)
            defaults["notify"].comment("copied when HubSpot owns, sole recipient when the partner owns")
        store.add("defaults", defaults)
    if email:
        users = tomlkit.table(is_super_table=True)
        users.add(email, tomlkit.table().comment("partner user"))
        store.add("users", users)
    return f"{companion_files.SCHEMA_LINE}\n\n{tomlkit.dumps(store)}"


def _json(owner: Owner | None, email: str | None) -> str:
    data: dict[str, Any] = {EDITORS: f"./{companion_files.SCHEMA}", "version": CURRENT}
    if owner:
        data["defaults"] = {"owner": str(owner), **({"notify": email} if email else {})}
    if email:
        data["users"] = {email: {}}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
