"""Every command that a document shows is run on a terminal, and shows just what the document says."""

import re

import pytest

import documents as shown

NOT_RUN = re.compile(r"(uv tool install|pipx install|make|git clone|cd) ?.*")


@pytest.mark.parametrize("path", shown.documents(), ids=lambda path: str(path.relative_to(shown.REPOSITORY)))
def test_the_commands_shown_answer_as_shown(path):
    text = path.read_text(encoding="utf-8")
    assert shown.refreshed(text) == text, "make docs shows what has changed"


@pytest.mark.parametrize("path", shown.documents(), ids=lambda path: str(path.relative_to(shown.REPOSITORY)))
def test_only_installing_is_shown_and_not_run(path):
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"(?ms)^```sh\n(.*?)^```$", text):
        for line in block.splitlines():
            assert NOT_RUN.fullmatch(line.split("#")[0].strip()), line
