"""The question before a large or silencing change: on a real terminal, in a script, under a race."""

import sys
from pathlib import Path

import pexpect
import pytest

from conftest import PATIENCE
from renewctl.main import main


def ask(*argv: str, answer: str | None, columns: int = 100) -> tuple[int, str]:
    """Run renewctl on a terminal, answer the question (None: there must be none); status and screen."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "renewctl", *argv],
        encoding="utf-8",
        timeout=PATIENCE,
        dimensions=(40, columns),
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
    assert seen.endswith("Go on? [y/N]: n\r\nCancelled. Nothing was written.\r\n")

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
    assert '"confirmation-required"' in seen


def test_clear_override_all_is_asked_about_whatever_it_changes(small: Path) -> None:
    status, seen = ask("clear-override", "--all", answer="n")
    assert status == 1
    assert "clear-override --all returns every client to the default. Go on?" in seen
    assert main(["clear-override", "--all"]) == 6
    assert main(["clear-override", "--all", "--yes"]) == 0
    # Nothing is left to be cleared, so there is nothing to ask.
    assert main(["clear-override", "--all"]) == 0


@pytest.mark.parametrize("form", ["table", "tsv", "names", "markdown"])
def test_no_is_an_answer_and_no_error(form: str, narrow: Path) -> None:
    before = narrow.read_bytes()
    status, seen = ask(
        "override", "acme.example", "--owner", "partner", "--notify", "rui", "-o", form, answer=""
    )
    assert (status, narrow.read_bytes()) == (1, before)
    assert seen.endswith("Go on? [y/N]: \r\nCancelled. Nothing was written.\r\n")


@pytest.mark.parametrize(("control", "status"), [("c", 130), ("d", 1)])
def test_a_question_that_ends_without_an_answer_writes_nothing(
    control: str, status: int, narrow: Path
) -> None:
    """The end of the input is a no; Ctrl-C breaks off."""
    before = narrow.read_bytes()
    words = ["-m", "renewctl", "override", "acme.example", "--owner", "partner", "--notify", "rui"]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=PATIENCE)
    child.expect_exact("Go on? [y/N]: ")
    child.sendcontrol(control)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == status
    assert narrow.read_bytes() == before
    assert str(child.before).endswith("\r\nCancelled. Nothing was written.\r\n") == (status == 1)
    assert "error" not in str(child.before)


# ------------------------------------------------------------------ what nobody named


def many(count: int, above: int = 25) -> bytes:
    """Write a store of clients about whom nobody is notified. Return its bytes."""
    lines = ["version = 1", f"policy.confirm_above = {above}", 'defaults.owner = "hubspot"']
    lines += [f"clients.'c{number:02}.example' = {{}}" for number in range(count)]
    Path("renewctl.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["migrate", "--layout", "-q"]) == 0
    return Path("renewctl.toml").read_bytes()


def listed(count: int) -> str:
    """Write a roster of the last clients of that store. Return its name."""
    Path("roster.csv").write_text("client\n" + "".join(f"c{n:02}.example\n" for n in range(count, 40)))
    return "roster.csv"


@pytest.mark.parametrize(
    ("above", "gone", "status"),
    [
        (25, 10, 0),  # just a quarter
        (25, 11, 6),
        (25, 39, 6),
        (4, 4, 0),  # no more than the policy says
        (4, 5, 6),
    ],
)
def test_prune_takes_no_more_than_a_quarter_unasked(
    above: int, gone: int, status: int, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = many(40, above)
    assert main(["import", listed(gone), "--prune", "-q"]) == status
    assert (small.read_bytes() == before) == (status == 6)
    if status:
        first = "c00.example, c01.example, c02.example"
        message = (
            f"import --prune removes {gone} of 40 clients: {first} and {gone - 3} more: in a script that"
        )
        assert capsys.readouterr().err.startswith(f"error: {message} needs --yes; nothing was written\n")
        assert main(["import", "roster.csv", "--prune", "-q", "--dry-run"]) == 0
        assert small.read_bytes() == before
        assert main(["import", "roster.csv", "--prune", "-q", "-y"]) == 0
        assert small.read_bytes().count(b"[clients") == 40 - gone


def test_a_prune_is_asked_about_by_the_number_of_clients_that_go(small: Path) -> None:
    """Nobody stops hearing here, so that the number of people would ask for nothing."""
    before = many(40)
    status, seen = ask("import", listed(11), "--prune", answer="n", columns=200)
    assert (status, small.read_bytes()) == (1, before)
    assert "removes 11 of 40 clients: c00.example, c01.example, c02.example and 8 more. Go on?" in seen
    assert ask("import", "roster.csv", "--prune", "-o", "json", answer=None)[0] == 6
    assert small.read_bytes() == before
    assert ask("import", "roster.csv", "--prune", answer="y")[0] == 0


def test_done_all_does_not_record_a_look_at_many_screens_unasked(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many(40)
    keys = [f"c{number:02}.example" for number in range(40)]
    assert main(["override", *keys[:11], "--owner", "hubspot", "-q"]) == 0
    before = small.read_bytes()
    assert main(["confirm", "--all"]) == 6
    assert "saw the screens of 11 of 40 clients: c00.example, c01.example" in capsys.readouterr().err
    assert ask("confirm", "--all", "-o", "json", answer=None)[0] == 6
    assert ask("confirm", "--all", answer="n")[0] == 1
    assert small.read_bytes() == before
    assert main(["confirm", keys[0], "-q"]) == 0
    assert main(["confirm", "--all", "-q"]) == 0  # the other ten are just a quarter
    assert main(["confirm", *keys, "-q"]) == 0  # named, so asked for


@pytest.mark.parametrize(("today", "status"), [("2026-10-04", 0), ("2026-10-03", 6)])
def test_a_renewal_far_away_is_not_moved_on_unasked(today: str, status: int, small: Path) -> None:
    assert "2027-02-01" in small.read_text()
    assert main(["client", "renew", "borges.example", "--as-of", today]) == status
    assert ("2028-02-01" in small.read_text()) == (status == 0)
    assert main(["client", "renew", "borges.example", "--as-of", today, "--yes"]) == 0


def test_what_was_agreed_to_is_not_written_over_what_came_meanwhile(narrow: Path) -> None:
    words = ["-m", "renewctl", "override", "acme.example", "--owner", "partner", "--notify", "rui"]
    child = pexpect.spawn(sys.executable, words, encoding="utf-8", timeout=PATIENCE)
    child.expect_exact("Go on? [y/N]: ")
    # Nobody has to wait for the answer: the lock is not held while somebody thinks.
    assert main(["client", "set", "acme.example", "--name", "Another", "--lock-timeout", "0", "-q"]) == 0
    between = narrow.read_bytes()
    child.sendline("y")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5
    assert "renewctl.toml" in str(child.before)
    assert narrow.read_bytes() == between
