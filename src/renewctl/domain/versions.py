"""The version of a store's structure, and the steps that bring older data up to date."""

from collections.abc import Callable, Mapping
from typing import Any

from renewctl.errors import Problem, StoreInvalid, StoreTooNew

CURRENT = 1
Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: Mapping[int, Step] = {}
"""The step from each older version to the next. Version 1 is the first."""


def version_of(data: Mapping[str, Any], current: int = CURRENT) -> int:
    """Return the version that ``data`` declares; a store that declares none has the current one.

    Raises:
        StoreInvalid: If it is not a whole number.
        StoreTooNew: If this renewctl does not know it yet.
    """
    version = data.get("version", current)
    if type(version) is not int or version < 0:
        problem = Problem("version must be a whole number", ("version",), f"write version = {current}")
        raise StoreInvalid("the store cannot be read", problems=[problem])
    if version > current:
        # A number of thousands of digits is legal TOML and must not crash the message about it.
        text = str(version) if version < 10**9 else "over 10^9"
        message = f"this store has version {text}, this renewctl knows versions up to {current}"
        problem = Problem(message, ("version",), "install a newer renewctl; nothing was written")
        raise StoreTooNew("the store is newer than this renewctl", problems=[problem])
    return version


def upgrade(
    data: dict[str, Any], steps: Mapping[int, Step] = STEPS, current: int = CURRENT
) -> dict[str, Any]:
    """Return ``data`` in the current version; a store of that version is returned unchanged.

    Raises:
        StoreInvalid: If its version is not a version, or has no step to the next.
        StoreTooNew: If it is newer than ``current``.
    """
    for version in range(version_of(data, current), current):
        if version not in steps:
            message = f"there is no store version {version}"
            problem = Problem(message, ("version",), f"write version = {current}")
            raise StoreInvalid("the store cannot be read", problems=[problem])
        data = {**steps[version](data), "version": version + 1}
    return data
