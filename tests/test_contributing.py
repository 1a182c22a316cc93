"""What CONTRIBUTING.md and SECURITY.md name is there, and the tables that they tell of are whole."""

import re
from pathlib import Path
from typing import get_args

import pytest

from renewctl.domain.resolve import SEVERITY, Reason, Rule
from renewctl.package_data import read_texts

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = ("CONTRIBUTING.md", "SECURITY.md", "docs/licences.md")
OF_A_KIND = {"tests/commands/NAME.txt", "tests/data/*.toml", "tests/commands/*.txt"}


def text(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_and_test_named_is_there(document):
    words = set(re.findall(r"`([\w./*-]+/[\w./*-]*(?:::\w+)?)`", text(document))) - OF_A_KIND
    words |= {f"{Path(document).parent / link}" for link in re.findall(r"\]\(([^):#]+)", text(document))}
    for word in sorted(words):
        path, _, test = word.partition("::")
        found = [root for root in (REPOSITORY, REPOSITORY / "src" / "renewctl") if (root / path).exists()]
        assert found, word
        assert not test or f"def {test}(" in text(path), word


def test_every_target_of_make_named_is_there():
    targets = set(re.findall(r"(?m)^([a-z-]+):", text("Makefile")))
    assert set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", text("CONTRIBUTING.md"))) <= targets


def test_every_rule_and_reason_has_its_words():
    assert set(read_texts("explain")["rules"]) == set(Rule)
    assert set(read_texts("explain")["reasons"]) == set(get_args(Reason))


def test_every_rule_and_note_stands_in_the_readme():
    named = re.findall(r"`([a-z-]+)`", "".join(re.findall(r"(?m)^\| (`.*?) \|", text("README.md"))))
    assert {*Rule, *SEVERITY} <= set(named)
