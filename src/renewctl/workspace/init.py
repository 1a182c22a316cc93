"""A new store, with what is known already, never over an old one; and the files next to it."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from renewctl import files
from renewctl.command_line import command_line
from renewctl.domain.versions import CURRENT
from renewctl.errors import UsageError
from renewctl.fields import EDITORS
from renewctl.model import Owner
from renewctl.store.location import NAMES, Location, store_at
from renewctl.workspace.companion_files import SCHEMA_COMMENT, SCHEMA_NAME, plan_git_files, plan_schema_file


class NewStore(NamedTuple):
    """What ``init`` created or, with ``--dry-run``, would have: the store, and each file next to it.

    ``missing_schema`` is what a store that was there should begin with, to name its schema, if it does not;
    None for a new store.
    """

    store: str
    companions: Mapping[str, str]
    missing_schema: str | None


def init(name: str | None, owner: Owner | None, email: str | None, *, git: bool, dry_run: bool) -> NewStore:
    """Create a store and its companion files; with ``git``, only the latter where there is a store.

    The store comes last: it is there or not whatever happens, and the others can be made again.

    Args:
        name: the store that was named; None for ./renewctl.toml.
        owner: the default's owner; None for no default yet.
        email: the default's partner user, registered among the users.
        git: whether to write .gitattributes and .gitignore.
        dry_run: whether to check only.

    Raises:
        UsageError: If there is a store already, its name is the schema's, or there is no work tree for git.
        StoreInvalid: If the name is not that of a store.
        FileError: If a file cannot be written.
    """
    places = [store_at(each, "new") for each in ([name] if name else NAMES)]
    if places[0].path.name.lower() == SCHEMA_NAME:
        raise UsageError(f"{SCHEMA_NAME} is the schema's own name", hint="give the store another one")
    existing = next((place for place in places if os.path.lexists(place.path)), None)
    if existing and (owner or not git):
        hint = f"to see it: {command_line('where')}; to change it: {command_line('set-default')}"
        raise UsageError(f"{existing.path} exists already", hint=hint)
    place = existing or places[0]
    missing_schema = _missing_schema(existing) if existing else None
    real = files.resolve_link(place.path) if place.path.is_symlink() else place.path
    companions = [*(plan_git_files(real.parent, real.name) if git else ()), plan_schema_file(real.parent)]
    if not dry_run:
        for companion in companions:
            companion.write()
        if not existing:
            text = _new_text(owner, email, as_json=_is_json(place))
            try:
                files.create(place.path, text.encode())
            except FileExistsError:
                message = f"{place.display} exists already"
                raise UsageError(message, hint="somebody made it just now") from None
    statuses = {str(companion.path): companion.status for companion in companions}
    return NewStore(place.display, statuses, missing_schema)


def _missing_schema(store: Location) -> str:
    """Return what names the schema, if the store does not."""
    text = files.read_bytes(store.path)
    if f'"{EDITORS}"'.encode() in text or b"#:schema " in text.partition(b"\n")[0]:
        return ""
    return f'"{EDITORS}": "./{SCHEMA_NAME}",' if _is_json(store) else SCHEMA_COMMENT


def _is_json(store: Location) -> bool:
    return store.path.suffix.lower() == ".json"


def _new_text(owner: Owner | None, email: str | None, *, as_json: bool) -> str:
    """Return the text of a new store."""
    data: dict[str, Any] = {"version": CURRENT}
    if owner:
        data["defaults"] = {"owner": str(owner), **({"notify": email} if email else {})}
    if email:
        data["users"] = {email: {}}
    if as_json:
        return json.dumps({EDITORS: f"./{SCHEMA_NAME}", **data}, indent=2, ensure_ascii=False) + "\n"
    import tomlkit  # Lazy import: only a new store is composed with it.

    store: Any = tomlkit.item(data)
    if owner and email:
        comment = "copied when HubSpot owns, sole recipient when the partner owns"
        store["defaults"]["notify"].comment(comment)
    if email:
        store["users"][email].comment("partner user")
    title = "# Who owns renewal communication: HubSpot or the partner, by default and for each client."
    return f"{SCHEMA_COMMENT}\n\n{title}\n{tomlkit.dumps(store)}"
