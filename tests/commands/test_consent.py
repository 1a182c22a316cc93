"""The question before a large or silencing change: on a real terminal, in a script, under a race."""

import sys
from pathlib import Path

import pexpect
import pytest

from renewctl.main import main


def ask(*argv: str, answer: str | None, columns: int = 100) -> tuple[int, str]:
    """Run renewctl on a terminal, answer the question (None: there must be none); status and screen."""
    child = pexpect.spawn(
        sys.executable, ["-m", "renewctl", *argv], encoding="utf-8", timeout=20, dimensions=(40, columns)
    )
    seen = ""
    if answer is not None:
        child.expect_exact("Go on? [y/N]: ")
        seen = str(child.before) + str(child.after)
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, seen + str(child.before)


@pytest.fixture
def narrow(small: Path) -> Path:
    """Return the small store, in which a change about one client is already to be asked about."""
    small.write_text(small.read_text() + "\n[policy]\nconfirm_above = 0\n", encoding="utf-8")
    return small


SILENCING = ("user", "set", "rui", "--inactive")


def test_a_change_that_reaches_more_clients_than_the_policy_says_is_asked_about(narrow: Path) -> None:
    before = narrow.read_bytes()
    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer="n")
    assert status == 1
    assert narrow.read_bytes() == before
    assert "This changes who hears about 1 client. Go on?" in seen
    assert seen.index("start hearing") < seen.index("Go on?")  # what is agreed to is seen before
    assert "nothing was written" in seen

    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer="y")
    assert status == 0
    assert narrow.read_bytes() != before
    assert seen.count("start hearing") == 1  # and is not said twice
    assert seen.rstrip().endswith("Written to renewctl.toml.")


def test_a_change_that_reaches_no_more_is_not_asked_about(small: Path) -> None:
    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer=None)
    assert (status, "Go on?" in seen) == (0, False)


def test_a_script_is_not_stopped_by_the_number_of_clients(narrow: Path) -> None:
    assert main(["override", "acme.example", "--owner", "partner", "--notify", "rui", "-q"]) == 0


def test_whom_it_leaves_with_nobody_is_said_first_and_asked_about(small: Path) -> None:
    status, seen = ask(*SILENCING, answer="n")
    assert status == 1
    assert seen.lstrip().startswith("✗ NOBODY would be notified any more for borges.example")
    assert "Nobody would be notified any more for 1 client. Go on?" in seen
    assert ask(*SILENCING, answer="y")[0] == 0
    assert "active = false" in small.read_text()


@pytest.mark.parametrize("way", ["--yes", "-y", "--dry-run", "-n"])
def test_yes_and_a_dry_run_are_not_asked(small: Path, way: str) -> None:
    status, seen = ask(*SILENCING, way, answer=None)
    assert (status, "Go on?" in seen) == (0, False)
    assert ("active = false" in small.read_text()) == (way in {"--yes", "-y"})


def test_a_script_that_would_leave_nobody_needs_yes(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = small.read_bytes()
    assert main([*SILENCING]) == 6
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "error: nobody would be notified any more for borges.example: in a script that needs --yes; "
        "nothing was written",
        "help: add --yes, or look first with --dry-run",
    ]
    assert small.read_bytes() == before
    assert main([*SILENCING, "--yes"]) == 0
    assert capsys.readouterr().out.startswith("✗ NOBODY is notified any more for borges.example\n")


def test_an_answer_for_a_program_is_never_asked_about(small: Path) -> None:
    status, seen = ask(*SILENCING, "-o", "json", answer=None)
    assert status == 6
    assert '"needs-yes"' in seen


def test_clear_override_all_is_asked_about_whatever_it_changes(small: Path) -> None:
    status, seen = ask("clear-override", "--all", answer="n")
    assert status == 1
    assert "clear-override --all returns every client to the default. Go on?" in seen
    assert main(["clear-override", "--all"]) == 6
    assert main(["clear-override", "--all", "--yes"]) == 0
    # Nothing is left to be cleared, so there is nothing to ask.
    assert main(["clear-override", "--all"]) == 0


def test_an_interrupted_question_is_130_and_writes_nothing(narrow: Path) -> None:
    before = narrow.read_bytes()
    words = ["-m", "renewctl", "override", "acme.example", "--owner", "partner", "--notify", "rui"]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=20)
    child.expect_exact("Go on? [y/N]: ")
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert narrow.read_bytes() == before


def test_what_was_agreed_to_is_not_written_over_what_came_meanwhile(narrow: Path) -> None:
    words = ["-m", "renewctl", "override", "acme.example", "--owner", "partner", "--notify", "rui"]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=20)
    child.expect_exact("Go on? [y/N]: ")
    # Nobody has to wait for the answer: the lock is not held while somebody thinks.
    assert main(["client", "set", "acme.example", "--name", "Another", "--lock-timeout", "0", "-q"]) == 0
    between = narrow.read_bytes()
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5
    assert "changed by somebody else since you were asked" in str(child.before)
    assert narrow.read_bytes() == between
