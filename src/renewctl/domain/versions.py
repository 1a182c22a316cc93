"""The version of a file's structure, and the steps that upgrade older data."""

from collections.abc import Callable, Mapping
from typing import Any

from renewctl.errors import Problem, StoreInvalid, StoreTooNew

CURRENT = 1
Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: Mapping[int, Step] = {}
"""The step from each older version to the next one. The first version is 1."""


def version_of(data: Mapping[str, Any], current: int = CURRENT) -> int:
    """Return the version of ``data``; data without a version has the current one.

    Raises:
        StoreInvalid: If it is not a whole number.
        StoreTooNew: If it is newer than ``current``.
    """
    version = data.get("version", current)
    if type(version) is not int or version < 0:
        problem = Problem("version must be a whole number", ("version",), f"write version = {current}")
        raise StoreInvalid("the file cannot be read", problems=[problem])
    if version > current:
        # A number with thousands of digits is valid TOML, and must not make the message fail.
        text = str(version) if version < 10**9 else "over 10^9"
        message = f"the file has version {text}; the newest supported version is {current}"
        hint, problem = "install a newer version of renewctl", Problem(message, ("version",))
        raise StoreTooNew("the file requires a newer version of renewctl", hint=hint, problems=[problem])
    return version


def upgrade(
    data: dict[str, Any], steps: Mapping[int, Step] = STEPS, current: int = CURRENT
) -> dict[str, Any]:
    """Return ``data`` in the current version, unchanged if it already has it.

    Raises:
        StoreInvalid: If its version is not valid, or there is no step from it to the next.
        StoreTooNew: If it is newer than ``current``.
    """
    for version in range(version_of(data, current), current):
        if version not in steps:
            message = f"version {version} does not exist"
            problem = Problem(message, ("version",), f"write version = {current}")
            raise StoreInvalid("the file cannot be read", problems=[problem])
        data = {**steps[version](data), "version": version + 1}
    return data
