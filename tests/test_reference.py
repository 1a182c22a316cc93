"""The command reference and the manual page contain the help of every command."""

import re
import shutil
import subprocess

import pytest

import reference as made
from renewctl.cli.help import read_examples
from renewctl.domain.check import CODES

ACCEPTED = re.compile(r'WARNING: missing date, using "": TH')
"""A date would change the page every day."""


@pytest.mark.parametrize(
    ("path", "text"),
    [(made.REFERENCE, made.reference), (made.FINDINGS, made.findings), (made.MANUAL, made.manual)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_it_is_up_to_date(path, text):
    assert path.read_text(encoding="utf-8") == text(), "run make reference"


def test_the_reference_has_a_section_and_a_link_for_every_command():
    text = made.reference()
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    anchors = [heading.lower().replace(" ", "-") for heading in headings]
    assert {f"renewctl {words}" for words in read_examples()} <= set(headings)
    assert {link for link in re.findall(r"\]\(#([^)]*)\)", text) if link not in anchors} == set()


def test_the_findings_have_a_section_for_every_code():
    text = made.findings()
    assert re.findall(r"(?m)^## (.*)$", text) == re.findall(r"\]\(#([^)]*)\)", text)
    assert set(re.findall(r"(?m)^## (.*)$", text)) == set(CODES)


def test_both_contain_every_option_and_every_example():
    reference, manual = made.reference(), made.manual()
    for each in made.described():
        for term, _ in (record for records in each.options.values() for record in records):
            assert made._code(term) in reference, (each.words, term)
            assert made._roff(term) in manual, (each.words, term)
        for example in each.examples:
            assert example.command in reference
            assert made._roff(example.command) in manual


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_reports_no_problems():
    ran = subprocess.run(["mandoc", "-Tlint", made.MANUAL], capture_output=True, text=True, check=False)
    assert [line for line in ran.stdout.splitlines() if not ACCEPTED.search(line)] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_reports_no_problems_and_keeps_the_width():
    ran = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-rLL=80n", made.MANUAL],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stderr == ""
    text = re.sub(r".\x08", "", ran.stdout)
    assert max(map(len, text.splitlines())) <= 80
    assert "Notify only Inês about a client's renewals" in text
    assert "--from-file FILE" in text
