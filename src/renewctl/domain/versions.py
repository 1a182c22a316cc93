"""The version of a store's structure, and the pure steps that bring older data up to date.

Imports ``errors`` only.
"""

from collections.abc import Callable, Mapping
from typing import Any

from renewctl.errors import Problem, StoreInvalid, StoreTooNew

CURRENT = 1
Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: Mapping[int, Step] = {}
"""For each older version, the step to the next one. Version 1 is the first."""


def version_of(data: Mapping[str, Any], current: int = CURRENT) -> int:
    """Return the version that ``data`` declares; a store that declares none is of the current one.

    Raises:
        StoreInvalid: it is not a whole number.
        StoreTooNew: this renewctl does not know it yet.
    """
    version = data.get("version", current)
    if type(version) is not int or version < 0:
        problem = Problem("version must be a whole number", ("version",), f"write version = {current}")
        raise StoreInvalid("the store cannot be read", problems=[problem])
    if version > current:
        message = f"this store has version {_short(version)}, this renewctl knows versions up to {current}"
        problem = Problem(message, ("version",), "install a newer renewctl; nothing was written")
        raise StoreTooNew("the store is newer than this renewctl", problems=[problem])
    return version


def upgrade(
    data: dict[str, Any], steps: Mapping[int, Step] = STEPS, current: int = CURRENT
) -> dict[str, Any]:
    """Return ``data`` as the current version has it; a store of that version comes back as it is.

    Raises:
        StoreInvalid: its version is no version, or one that no step leads on from.
        StoreTooNew: it is newer than ``current``.
    """
    for version in range(version_of(data, current), current):
        if version not in steps:
            problem = Problem(
                f"there is no store version {version}", ("version",), f"write version = {current}"
            )
            raise StoreInvalid("the store cannot be read", problems=[problem])
        data = {**steps[version](data), "version": version + 1}
    return data


def _short(number: int) -> str:
    # A number of thousands of digits is legal TOML and must not crash the message about it.
    return str(number) if number < 10**9 else "over 10^9"
