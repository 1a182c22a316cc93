"""The names in the documents for developers exist, and their tables are complete."""

import re
from pathlib import Path
from typing import get_args

import pytest

from renewctl.domain.notes import SEVERITY
from renewctl.domain.resolve import Reason, Rule
from renewctl.package_data import read_texts

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = ("CONTRIBUTING.md", "SECURITY.md", "docs/licences.md", "docs/contributing/architecture.md")
PATTERNS = {"tests/commands/NAME.txt", "tests/data/*.toml", "tests/commands/*.txt"}


def text(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_and_test_named_exists(document):
    words = set(re.findall(r"`([\w./*-]+/[\w./*-]*(?:::\w+)?)`", text(document))) - PATTERNS
    words |= {f"{Path(document).parent / link}" for link in re.findall(r"\]\(([^):#]+)", text(document))}
    for word in sorted(words):
        path, _, test = word.partition("::")
        found = [root for root in (REPOSITORY, REPOSITORY / "src" / "renewctl") if (root / path).exists()]
        assert found, word
        assert not test or f"def {test}(" in text(path), word


def test_every_make_target_named_exists():
    targets = set(re.findall(r"(?m)^([a-z0-9-]+):", text("Makefile")))
    assert set(re.findall(r"(?m)(?:^|`)make ([a-z0-9-]+)", text("CONTRIBUTING.md"))) <= targets


def test_every_rule_and_reason_has_a_text():
    assert set(read_texts("explain")["rules"]) == set(Rule)
    assert set(read_texts("explain")["reasons"]) == set(get_args(Reason))


def test_the_page_on_rules_has_every_rule_and_note():
    rows = re.findall(r"(?m)^\| (`.*?) \|", text("docs/concepts/rules.md"))
    assert {*Rule, *SEVERITY} == set(re.findall(r"`([a-z-]+)`", "".join(rows)))


@pytest.mark.parametrize(
    "folder",
    [
        *("", "cli", "domain", "domain/edit", "exchange", "formats", "formats/json", "formats/toml"),
        *("render", "store", "workspace"),
    ],
)
def test_the_map_of_the_code_names_every_module(folder):
    blocks = re.findall(r"(?ms)^```text$(.*?)^```$", text("docs/contributing/architecture.md"))
    paths = (REPOSITORY / "src" / "renewctl" / folder).iterdir()
    names = {path.stem for path in paths if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert names - {"__init__"} <= set(re.findall(r"\w+", "".join(blocks)))
