"""Where the store is, and why there: named, in the environment, found from here, or the user's own."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from renewctl.command_line import command_line
from renewctl.errors import StoreInvalid, StoreMissing

VARIABLE = "RENEWCTL_STORE"
COMPARED = "named as"  # how the reason begins for a store that is only looked at
NAMES = ("renewctl.toml", "renewctl.json")


class Location(NamedTuple):
    """A store's path, the way it is shown to people, and the reason it was chosen."""

    path: Path
    display: str
    why: str

    @property
    def explicit(self) -> bool:
        """Whether somebody named it, instead of its being found."""
        return self.why.startswith("named")


def find_store(option: str | None, environment: Mapping[str, str], here: Path) -> Location:
    """Return the place of the store, which may not exist yet.

    If not named, it is searched for here and above, up to a repository's root or the home folder.

    Raises:
        StoreInvalid: If both a TOML and a JSON store are in one folder.
    """
    if option is not None:
        return store_at(option, "named by --store")
    if variable := environment.get(VARIABLE):
        return store_at(variable, f"named by {VARIABLE}")
    for folder in (here, *here.parents):
        stores = _stores_in(folder)
        if len(stores) > 1:
            hint = "keep one of the two, or name it: --store renewctl.toml"
            raise StoreInvalid(f"{folder} has both {NAMES[0]} and {NAMES[1]}", hint=hint)
        if stores and folder == here:
            return Location(Path(stores[0].name), stores[0].name, "found in this folder")
        if stores:
            return Location(stores[0], str(stores[0]), "found in a folder above this one")
        if (folder / ".git").exists() or str(folder) == environment.get("HOME"):
            break
    import platformdirs  # Lazy import: a store that is named or found needs none.

    try:
        folder = platformdirs.user_data_path("renewctl", appauthor=False)
    except RuntimeError:  # a process without a home folder, as in some containers
        folder = here
    path = (_stores_in(folder) or [folder / NAMES[0]])[0]
    return Location(path, str(path), "your own data folder, as there is none in this folder or above")


def _stores_in(folder: Path) -> list[Path]:
    """Return the stores in a folder; a link that leads nowhere is one, and an error later."""
    return [folder / name for name in NAMES if os.path.lexists(folder / name)]


def store_at(text: str, why: str) -> Location:
    """Return a place that was named, if the name ends as a store's does."""
    path = Path(os.path.expanduser(text))  # which leaves an unknown ~name as it is
    if path.suffix.lower() not in {".toml", ".json"}:
        hint = "a store's name ends in .toml or .json"
        raise StoreInvalid(f"{text!r} is not the name of a store", hint=hint)
    return Location(path, text, why)


def missing_store(place: Location) -> StoreMissing:
    """Return the error for a place without a store."""
    if place.explicit:
        message = f"there is no store at {place.display} ({place.why})"
        hint = f"to make one there: {command_line('init')}"
        if place.why.startswith(COMPARED):
            hint = "name a store's file, .toml or .json"
    else:
        message = "there is no store here or in a folder above, nor in your data folder"
        hint = f"to make one here: {command_line('init')}; to try it out: renewctl demo"
    return StoreMissing(message, hint=hint)
