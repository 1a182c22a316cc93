"""Where the store is, and why there: named, in the environment, found from here, or the user's own.

Imports ``errors`` only; platformdirs late, since a store that is named needs none.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from renewctl.errors import StoreInvalid, StoreMissing

VARIABLE = "RENEWCTL_STORE"
COMPARED = "named as"
"""How the reason begins for a store that is only looked at: ``named as OLD``."""
NAMES = ("renewctl.toml", "renewctl.json")
SUFFIXES = (".toml", ".json")


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

    Args:
        option: what ``--store`` named, if anything.
        environment: the process's variables.
        here: the folder to search from.

    Raises:
        StoreInvalid: both a TOML and a JSON store lie in one folder.
    """
    if option is not None:
        return store_at(option, "named by --store")
    if variable := environment.get(VARIABLE):
        return store_at(variable, f"named by {VARIABLE}")
    return _found(here, environment) or _own()


def store_at(text: str, why: str) -> Location:
    """Return a place that was named.

    Raises:
        StoreInvalid: the name does not end as a store's does.
    """
    path = Path(os.path.expanduser(text))  # which leaves an unknown ~name as it is
    if path.suffix.lower() not in SUFFIXES:
        hint = "a store's name ends in .toml or .json"
        raise StoreInvalid(f"{text!r} is not the name of a store", hint=hint)
    return Location(path, text, why)


def _found(here: Path, environment: Mapping[str, str]) -> Location | None:
    """Search this folder and those above, up to a repository's root or the home folder."""
    home = environment.get("HOME")
    for folder in (here, *here.parents):
        if place := _in_folder(folder, here):
            return place
        if (folder / ".git").exists() or str(folder) == home:
            break
    return None


def _in_folder(folder: Path, here: Path) -> Location | None:
    present = _present(folder)
    if len(present) > 1:
        hint = "keep one of the two, or name it: --store renewctl.toml"
        raise StoreInvalid(f"{folder} has both {NAMES[0]} and {NAMES[1]}", hint=hint)
    if not present:
        return None
    if folder == here:
        return Location(Path(present[0].name), present[0].name, "found in this folder")
    return Location(present[0], str(present[0]), "found in a folder above this one")


def _present(folder: Path) -> list[Path]:
    """Return the stores in a folder; a link that leads nowhere is one, and an error later."""
    return [folder / name for name in NAMES if os.path.lexists(folder / name)]


def _own() -> Location:
    import platformdirs

    folder = platformdirs.user_data_path("renewctl", appauthor=False)
    present = _present(folder)
    path = (present or [folder / NAMES[0]])[0]
    return Location(path, str(path), "your own data folder, as there is none in this folder or above")


def missing_store(place: Location) -> StoreMissing:
    """Return the error for a place where no store lies."""
    if place.explicit:
        message = f"there is no store at {place.display} ({place.why})"
        hint = f"to make one there: renewctl init --store {place.display}"
        if place.why.startswith(COMPARED):
            hint = "name a store's file, .toml or .json"
    else:
        message = "there is no store here or in a folder above, nor in your data folder"
        hint = "to make one here: renewctl init; to try it out: renewctl demo"
    return StoreMissing(message, hint=hint)
