"""Create a data file, but never replace one, and the files next to it."""

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
    """The result of ``init``: the data file, and the status of the files next to it.

    ``missing_schema`` is what an existing file must start with to refer to its schema; empty if it does so
    already, None for a new file.
    """

    store: str
    companions: Mapping[str, str]
    missing_schema: str | None


def init(name: str | None, owner: Owner | None, email: str | None, *, git: bool, dry_run: bool) -> NewStore:
    """Create a data file and the files next to it.

    With ``git`` and an existing data file, create only the others.

    The data file is created last, because the others can be written again.

    Args:
        name: The path of the data file; None for ./renewctl.toml.
        owner: The renewal owner of the default; None for no default.
        email: The partner user of the default, who is added to the users.
        git: Whether to write .gitattributes and .gitignore.
        dry_run: Whether to write nothing.

    Raises:
        UsageError: If the file exists, its name is not allowed, or the folder is not in a git repository.
        StoreInvalid: If the name does not end in .toml or .json.
        FileError: If a file cannot be written.
    """
    places = [store_at(each, "new") for each in ([name] if name else NAMES)]
    if places[0].path.name.lower() == SCHEMA_NAME:
        raise UsageError(f"{SCHEMA_NAME} is reserved for the schema", hint="choose another file name")
    existing = next((place for place in places if os.path.lexists(place.path)), None)
    if existing and (owner or not git):
        hint = f"change its default: {command_line('set-default')}"
        raise UsageError(f"'{existing.path}' already exists", hint=hint)
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
                message = f"'{place.display}' already exists"
                raise UsageError(message, hint="check the file, which was created just now") from None
    statuses = {str(companion.path): companion.status for companion in companions}
    return NewStore(place.display, statuses, missing_schema)


def _missing_schema(store: Location) -> str:
    """Return the text that refers to the schema; empty if the file has it."""
    text = files.read_bytes(store.path)
    if f'"{EDITORS}"'.encode() in text or b"#:schema " in text.partition(b"\n")[0]:
        return ""
    return f'"{EDITORS}": "./{SCHEMA_NAME}",' if _is_json(store) else SCHEMA_COMMENT


def _is_json(store: Location) -> bool:
    return store.path.suffix.lower() == ".json"


def _new_text(owner: Owner | None, email: str | None, *, as_json: bool) -> str:
    """Return the text of a new data file."""
    data: dict[str, Any] = {"version": CURRENT}
    if owner:
        data["defaults"] = {"owner": str(owner), **({"notify": email} if email else {})}
    if email:
        data["users"] = {email: {}}
    if as_json:
        return json.dumps({EDITORS: f"./{SCHEMA_NAME}", **data}, indent=2, ensure_ascii=False) + "\n"
    import tomlkit  # Lazy import: only a new file needs it.

    store: Any = tomlkit.item(data)
    if owner and email:
        comment = "copied if owner is hubspot, the only recipient if owner is partner"
        store["defaults"]["notify"].comment(comment)
    if email:
        store["users"][email].comment("partner user")
    title = "# Renewal owners: HubSpot or the partner, by default and for each client."
    return f"{SCHEMA_COMMENT}\n\n{title}\n{tomlkit.dumps(store)}"
