"""The question before a large change, or one that leaves a client without a recipient."""

from pathlib import Path

import pytest

from renewctl.main import main
from terminals import end_on_terminal, start_renewctl


def ask(*argv: str, answer: str | None, columns: int = 100) -> tuple[int, str]:
    """Run renewctl on a terminal and answer the question. Return the status and the screen.

    ``answer`` is None if no question must come.
    """
    child = start_renewctl(*argv, columns=columns)
    seen = ""
    if answer is not None:
        child.expect_exact("Continue? [y/N]: ")
        seen = str(child.before) + str(child.after)
        child.sendline(answer)
    rest = end_on_terminal(child)
    return child.exitstatus, seen.replace("\r\n", "\n") + rest


@pytest.fixture
def narrow(small: Path) -> Path:
    """Return the small file, in which a change for one client must be confirmed."""
    small.write_text(small.read_text() + "\n[policy]\nconfirm_above = 0\n", encoding="utf-8")
    return small


WITHOUT_RECIPIENT = ("user", "set", "rui", "--inactive")


def test_a_change_for_more_clients_than_the_policy_allows_must_be_confirmed(narrow: Path) -> None:
    before = narrow.read_bytes()
    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer="n")
    assert status == 1
    assert narrow.read_bytes() == before
    assert "Recipients change for 1 client. Continue?" in seen
    assert seen.index("now notified") < seen.index("Continue?")  # The change is shown before the question.
    assert seen.endswith("Continue? [y/N]: n\nCancelled. Nothing was saved.\n")

    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer="y")
    assert status == 0
    assert narrow.read_bytes() != before
    assert seen.count("now notified") == 1  # It is not shown again.
    assert "Saved renewctl.toml." in seen.rstrip().splitlines()[-2]


def test_a_change_for_fewer_clients_needs_no_confirmation(small: Path) -> None:
    status, seen = ask("override", "acme.example", "--owner", "partner", "--notify", "rui", answer=None)
    assert (status, "Continue?" in seen) == (0, False)


def test_a_script_is_not_stopped_by_the_number_of_clients(narrow: Path) -> None:
    assert main(["override", "acme.example", "--owner", "partner", "--notify", "rui", "-q"]) == 0


def test_clients_without_a_recipient_come_first_and_must_be_confirmed(small: Path) -> None:
    status, seen = ask(*WITHOUT_RECIPIENT, answer="n")
    assert status == 1
    assert seen.lstrip().startswith("NOBODY would be notified about 1 client: Borges & Filhos")
    assert "1 client would have no recipient. Continue?" in seen
    assert ask(*WITHOUT_RECIPIENT, answer="y")[0] == 0
    assert "active = false" in small.read_text()


@pytest.mark.parametrize("way", ["--yes", "-n"])
def test_yes_and_a_dry_run_need_no_confirmation(small: Path, way: str) -> None:
    status, seen = ask(*WITHOUT_RECIPIENT, way, answer=None)
    assert (status, "Continue?" in seen) == (0, False)
    assert ("active = false" in small.read_text()) == (way == "--yes")


def test_a_script_needs_yes_to_leave_a_client_without_a_recipient(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = small.read_bytes()
    assert main([*WITHOUT_RECIPIENT]) == 6
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "error: confirmation required: borges.example would have no recipient",
        "help: check the change with --dry-run, then add --yes",
    ]
    assert small.read_bytes() == before
    assert main([*WITHOUT_RECIPIENT, "--yes"]) == 0
    assert capsys.readouterr().out.startswith("NOBODY is notified about 1 client: Borges & Filhos\n")


def test_json_output_never_has_a_question(small: Path) -> None:
    status, seen = ask(*WITHOUT_RECIPIENT, "-o", "json", answer=None)
    assert status == 6
    assert '"confirmation-required"' in seen


def test_a_declined_prune_of_the_history_removes_nothing(small: Path) -> None:
    for name in "abc":
        assert main(["client", "set", "acme.example", "--name", name, "-q"]) == 0
    journal = Path("renewctl.toml.history.jsonl")
    before = journal.read_bytes()
    status, seen = ask("history", "--prune", "--keep", "1", answer="n")
    assert (status, journal.read_bytes()) == (1, before)
    assert "2 older changes would be removed from" in seen
    assert ask("history", "--prune", "--keep", "1", answer="y")[0] == 0
    assert journal.read_bytes() != before


def test_clear_override_all_must_always_be_confirmed(small: Path) -> None:
    status, seen = ask("clear-override", "--all", answer="n")
    assert status == 1
    assert "clear-override --all clears 1 override. Continue?" in seen
    assert main(["clear-override", "--all"]) == 6
    assert main(["clear-override", "--all", "--yes"]) == 0
    # No override is left, so there is no question.
    assert main(["clear-override", "--all"]) == 0


@pytest.mark.parametrize("form", ["table", "tsv"])
def test_a_declined_question_is_not_an_error(form: str, narrow: Path) -> None:
    before = narrow.read_bytes()
    status, seen = ask(
        "override", "acme.example", "--owner", "partner", "--notify", "rui", "-o", form, answer=""
    )
    assert (status, narrow.read_bytes()) == (1, before)
    assert seen.endswith("Continue? [y/N]: \nCancelled. Nothing was saved.\n")


@pytest.mark.parametrize(("control", "status"), [("c", 130), ("d", 1)])
def test_a_question_without_an_answer_saves_nothing(control: str, status: int, narrow: Path) -> None:
    """The end of the input counts as no; Ctrl-C interrupts."""
    before = narrow.read_bytes()
    child = start_renewctl("override", "acme.example", "--owner", "partner", "--notify", "rui")
    child.expect_exact("Continue? [y/N]: ")
    child.sendcontrol(control)
    text = end_on_terminal(child)
    assert child.exitstatus == status
    assert narrow.read_bytes() == before
    assert text.endswith("\nCancelled. Nothing was saved.\n") == (status == 1)
    assert "error" not in text


# ------------------------------------------------------------------ clients that were not named


def many(count: int, above: int = 25) -> bytes:
    """Write a file of clients without recipients. Return its bytes."""
    lines = ["version = 1", f"policy.confirm_above = {above}", 'defaults.owner = "hubspot"']
    lines += [f"clients.'c{number:02}.example' = {{}}" for number in range(count)]
    Path("renewctl.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["migrate", "--layout", "-q"]) == 0
    return Path("renewctl.toml").read_bytes()


def listed(count: int) -> str:
    """Write a list of the last clients of that file. Return its name."""
    Path("list.csv").write_text("client\n" + "".join(f"c{n:02}.example\n" for n in range(count, 40)))
    return "list.csv"


@pytest.mark.parametrize(
    ("above", "gone", "status"),
    [
        (25, 10, 0),  # exactly a quarter
        (25, 11, 6),
        (25, 39, 6),
        (4, 4, 0),  # no more than the policy allows
        (4, 5, 6),
    ],
)
def test_prune_of_more_than_a_quarter_must_be_confirmed(
    above: int, gone: int, status: int, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = many(40, above)
    assert main(["import", listed(gone), "--prune", "-q"]) == status
    assert (small.read_bytes() == before) == (status == 6)
    if status:
        assert f"{gone} of 40 clients\n  - c00.example\n  - c01.example\n" in capsys.readouterr().err
        assert main(["import", "list.csv", "--prune", "-q", "--dry-run"]) == 0
        assert small.read_bytes() == before
        assert main(["import", "list.csv", "--prune", "-q", "-y"]) == 0
        assert small.read_bytes().count(b"[clients") == 40 - gone


def test_a_prune_must_be_confirmed_by_the_number_of_removed_clients(small: Path) -> None:
    """The clients have no recipients, so the number of changed recipients would not matter."""
    before = many(40)
    status, seen = ask("import", listed(11), "--prune", answer="n", columns=200)
    assert (status, small.read_bytes()) == (1, before)
    assert "11 of 40 clients. Continue?" in seen
    assert "c10.example: removed" in seen
    assert ask("import", "list.csv", "--prune", "-o", "json", answer=None)[0] == 6
    assert small.read_bytes() == before
    assert ask("import", "list.csv", "--prune", answer="y")[0] == 0


def test_confirm_all_of_many_clients_must_be_confirmed(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many(40)
    keys = [f"c{number:02}.example" for number in range(40)]
    assert main(["override", *keys[:11], "--owner", "hubspot", "-q"]) == 0
    before = small.read_bytes()
    assert main(["confirm", "--all"]) == 6
    assert "HubSpot settings of 11 of 40 clients\n  - c00.example\n" in capsys.readouterr().err
    assert ask("confirm", "--all", "-o", "json", answer=None)[0] == 6
    assert ask("confirm", "--all", answer="n")[0] == 1
    assert small.read_bytes() == before
    assert main(["confirm", keys[0], "-q"]) == 0
    assert main(["confirm", "--all", "-q"]) == 0  # the other ten are exactly a quarter
    assert main(["confirm", *keys, "-q"]) == 0  # named, so no question


@pytest.mark.parametrize(("today", "status"), [("2026-10-04", 0), ("2026-10-03", 6)])
def test_a_renewal_that_is_far_away_must_be_confirmed(today: str, status: int, small: Path) -> None:
    assert "2027-02-01" in small.read_text()
    assert main(["client", "renew", "borges.example", "--as-of", today]) == status
    assert ("2028-02-01" in small.read_text()) == (status == 0)
    assert main(["client", "renew", "borges.example", "--as-of", today, "--yes"]) == 0


def test_a_confirmed_change_does_not_overwrite_a_later_one(narrow: Path) -> None:
    child = start_renewctl("override", "acme.example", "--owner", "partner", "--notify", "rui")
    child.expect_exact("Continue? [y/N]: ")
    # The lock is not held during the question, so another change can be made.
    assert main(["client", "set", "acme.example", "--name", "Another", "--lock-timeout", "0", "-q"]) == 0
    between = narrow.read_bytes()
    child.sendline("y")
    text = end_on_terminal(child)
    assert child.exitstatus == 5
    assert "renewctl.toml" in text
    assert narrow.read_bytes() == between
