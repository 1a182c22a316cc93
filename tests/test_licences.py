"""docs/licences.md lists what installing renewctl installs, and the licence that each package names."""

import importlib.metadata
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
TEXT = (REPOSITORY / "docs" / "licences.md").read_text("utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [*PROJECT["dependencies"], *(need for name in {*EXTRAS} - {"all"} for need in EXTRAS[name])]
DIRECT = {canonicalize_name(need.name): need.specifier for need in map(Requirement, ASKED)}
SPDX = {"BSD License": "BSD", "ISC License": "ISC", "MIT License": "MIT"}
"""What older metadata calls a licence that has an identifier."""
LOCKED_FOR = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "extra": "",
}
"""Where the lock was made: what is installed for the tests is the same everywhere."""


def tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the rows of both tables by package, without the package's own column."""
    found: list[dict[str, list[str]]] = []
    for part in TEXT.split("\n## ")[1:]:
        rows = [line.strip("| ").split(" | ") for line in part.splitlines() if re.match(r"\| [a-z]", line)]
        found.append({row[0]: row[1:] for row in rows if row[0] != "package"})
    asked, brought = found
    return asked, brought


def licence(package: str) -> str:
    """Return the licence that the installed package's metadata names."""
    about = importlib.metadata.metadata(package)
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if "License ::" in line
    ]
    said = about.get("License-Expression") or about.get("License") or (classified or ["none named"])[0]
    return SPDX.get(said, said)


def brought_along() -> tuple[dict[str, set[str]], set[str]]:
    """Return what the dependencies bring, each with who asks for it; and what they ask for elsewhere only."""
    askers: defaultdict[str, set[str]] = defaultdict(set)
    elsewhere, waiting, seen = set(), list(DIRECT), set()
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        for need in map(Requirement, importlib.metadata.requires(package) or ()):
            name = canonicalize_name(need.name)
            if need.marker is None or need.marker.evaluate(LOCKED_FOR):
                waiting.append(name)
                askers[name].add(package)
            elif "extra" not in str(need.marker):
                elsewhere.add(name)
    return {name: by for name, by in askers.items() if name not in DIRECT}, elsewhere - seen


def test_every_dependency_is_listed_with_its_range_and_use():
    asked, _ = tables()
    assert {name: SpecifierSet(row[0]) for name, row in asked.items()} == DIRECT
    assert [name for name, row in asked.items() if len(row[2].strip()) < 5] == []


def test_the_extra_all_is_all_extras():
    others = sorted(set(EXTRAS) - {"all"})
    assert [Requirement(text).extras for text in EXTRAS["all"]] == [set(others)]
    named = {name: re.match(r"extra `(\w+)`", row[2]) for name, row in tables()[0].items()}
    shown = {(found[1], name) for name, found in named.items() if found}
    assert shown == {(extra, Requirement(text).name) for extra in others for text in EXTRAS[extra]}


@pytest.mark.locked
def test_what_the_dependencies_bring_is_listed_too():
    _, brought = tables()
    askers, elsewhere = brought_along()
    assert {name: set(row[0].split(", ")) for name, row in brought.items()} == askers
    assert [name for name in elsewhere if not re.search(rf"\b{re.escape(name)}\b", TEXT)] == []


@pytest.mark.locked
@pytest.mark.parametrize("package", sorted({**tables()[0], **tables()[1]}))
def test_the_licence_listed_is_the_one_the_package_names(package):
    asked, brought = tables()
    assert (asked | brought)[package][1] == licence(package)


def test_no_licence_asks_for_more_than_to_be_kept():
    """One that asks renewctl to be passed on alike would have to be decided on, not come along unseen."""
    asked, brought = tables()
    known = {"MIT", "ISC", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "Unlicense"}
    assert {row[1] for row in (*asked.values(), *brought.values())} <= known
