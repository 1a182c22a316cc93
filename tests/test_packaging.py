"""The lock in requirements/ has the dependencies that pyproject.toml declares, and names no index."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from renewctl import __version__

REPOSITORY = Path(__file__).resolve().parent.parent
LOCK = (REPOSITORY / "requirements" / "dev.txt").read_text("utf-8")
PINS = {canonicalize_name(name): pin for name, pin in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)}
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
DECLARED = sorted(
    {
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
    }
)


def satisfied(needed: Requirement) -> bool:
    """Return whether the lock has the package at a version that the requirement allows."""
    pin = PINS.get(canonicalize_name(needed.name))
    return pin is not None and needed.specifier.contains(pin, prereleases=True)


def unlocked(name: str, python: str, platform: str) -> list[str]:
    """Return the requirements of an installed package on a Python and platform that the lock lacks."""
    where = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[platform],
        "extra": "",
    }
    needs = [Requirement(text) for text in importlib.metadata.requires(name) or ()]
    return [
        f"{name} needs {needed}"
        for needed in needs
        if (needed.marker is None or needed.marker.evaluate(where)) and not satisfied(needed)
    ]


@pytest.mark.parametrize("declared", DECLARED)
def test_each_dependency_is_locked_at_an_allowed_version(declared):
    assert satisfied(Requirement(declared))


@pytest.mark.locked
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_the_lock_is_complete_on(python, platform):
    """The lock is made with one Python. A package can require more on another."""
    assert [each for name in PINS for each in unlocked(name, python, platform)] == []


def test_the_lock_was_made_from_the_declared_dependencies():
    lines = (REPOSITORY / "requirements" / "dev.in").read_text("utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#")] == DECLARED, "run: make lock"


def test_every_pin_has_hashes():
    pins = LOCK.replace("\\\n", "").splitlines()

    assert [pin for pin in pins if "==" in pin and "--hash=sha256:" not in pin] == []


@pytest.mark.parametrize(
    "trace",
    [
        "://",
        "--index-url",
        "--extra-index-url",
        "--find-links",
        "--trusted-host",
        " /",
        "@ file",
    ],
)
def test_the_lock_names_no_index_and_no_path_of_a_machine(trace):
    assert trace not in LOCK


def test_the_changelog_has_the_version_with_its_date():
    """A development version (``.dev``) is newer than the newest release."""
    changes = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    first, *releases = re.findall(r"(?m)^## \[(.+?)\](.*)$", changes)
    versions = [Version(name) for name, _ in releases]

    assert first == ("Unreleased", "")
    assert [day for _, day in releases if not re.fullmatch(r" - 20\d\d-\d\d-\d\d", day)] == []
    assert versions == sorted(versions, reverse=True)
    now = Version(__version__)
    assert now > versions[0] if now.is_devrelease else now == versions[0]
