"""docs/licences.md lists the packages that renewctl installs, with the licence in each one's metadata."""

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
NEEDS = [*PROJECT["dependencies"], *(need for name in {*EXTRAS} - {"all"} for need in EXTRAS[name])]
DIRECT = {canonicalize_name(need.name): need.specifier for need in map(Requirement, NEEDS)}
SPDX = {"BSD License": "BSD", "ISC License": "ISC", "MIT License": "MIT"}
"""SPDX identifiers of licences that older metadata names otherwise."""
LOCK_PLATFORM = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "extra": "",
}
"""Where the lock was made: the tests have the same packages on every platform."""


def tables() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the rows of both tables by package, without the column of the package."""
    found: list[dict[str, list[str]]] = []
    for part in TEXT.split("\n## ")[1:]:
        rows = [line.strip("| ").split(" | ") for line in part.splitlines() if re.match(r"\| [a-z]", line)]
        found.append({row[0]: row[1:] for row in rows if row[0] != "package"})
    direct, indirect = found
    return direct, indirect


def licence(package: str) -> str:
    """Return the licence in the metadata of an installed package."""
    about = importlib.metadata.metadata(package)
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if "License ::" in line
    ]
    named = about.get("License-Expression") or about.get("License") or (classified or ["none named"])[0]
    return SPDX.get(named, named)


def find_indirect() -> tuple[dict[str, set[str]], set[str]]:
    """Return the indirect dependencies, with the packages that require each; and those of other platforms."""
    dependents: defaultdict[str, set[str]] = defaultdict(set)
    elsewhere, waiting, seen = set(), list(DIRECT), set()
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        for need in map(Requirement, importlib.metadata.requires(package) or ()):
            name = canonicalize_name(need.name)
            if need.marker is None or need.marker.evaluate(LOCK_PLATFORM):
                waiting.append(name)
                dependents[name].add(package)
            elif "extra" not in str(need.marker):
                elsewhere.add(name)
    return {name: by for name, by in dependents.items() if name not in DIRECT}, elsewhere - seen


def test_every_direct_dependency_is_listed_with_its_range_and_purpose():
    direct, _ = tables()
    assert {name: SpecifierSet(row[0]) for name, row in direct.items()} == DIRECT
    assert [name for name, row in direct.items() if len(row[2].strip()) < 5] == []


def test_the_extra_all_has_all_extras():
    others = sorted(set(EXTRAS) - {"all"})
    assert [Requirement(text).extras for text in EXTRAS["all"]] == [set(others)]
    named = {name: re.match(r"extra `(\w+)`", row[2]) for name, row in tables()[0].items()}
    shown = {(found[1], name) for name, found in named.items() if found}
    assert shown == {(extra, Requirement(text).name) for extra in others for text in EXTRAS[extra]}


@pytest.mark.locked
def test_every_indirect_dependency_is_listed():
    _, indirect = tables()
    dependents, elsewhere = find_indirect()
    assert {name: set(row[0].split(", ")) for name, row in indirect.items()} == dependents
    assert [name for name in elsewhere if not re.search(rf"\b{re.escape(name)}\b", TEXT)] == []


@pytest.mark.locked
@pytest.mark.parametrize("package", sorted({**tables()[0], **tables()[1]}))
def test_the_licence_listed_is_the_one_in_the_metadata(package):
    direct, indirect = tables()
    assert (direct | indirect)[package][1] == licence(package)


def test_every_licence_is_permissive():
    """A copyleft licence would need a decision."""
    direct, indirect = tables()
    known = {"MIT", "ISC", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "Unlicense"}
    assert {row[1] for row in (*direct.values(), *indirect.values())} <= known
