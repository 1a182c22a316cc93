"""``diff`` against git: the data file at a revision, in real repositories."""

import json
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import git


@pytest.fixture
def kept(small: Path) -> Path:
    """Return the small data file, committed in a repository."""
    git("init", "-q", "-b", "main", ".")
    git("add", ".")
    git("commit", "-qm", "as it was")
    return small


def test_diff_without_arguments_compares_with_head(kept: Path, run: Callable) -> None:
    assert run("diff") == (0, "", "")
    run("override", "acme.example", "--owner", "partner", "--notify", "rui", "-q")
    status, out, _ = run("diff")
    assert status == 0
    assert out.splitlines()[:3] == [
        "HEAD:renewctl.toml → renewctl.toml",
        "1 setting differs",
        "  Acme Ltda: owner Partner, partner user rui@agency.example (was: follows the default)",
    ]
    assert "now notified         rui@agency.example for Acme Ltda" in out


def test_diff_accepts_any_revision(kept: Path, run: Callable) -> None:
    git("tag", "v1")
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    git("commit", "-qam", "another name")
    assert run("diff", "--exit-code").status == 0
    for revision in ("v1", "HEAD~1", "HEAD^", git("rev-parse", "v1").strip()):
        status, out, _ = run("diff", "--git", revision, "-o", "json", "--exit-code")
        assert status == 1
        answer = json.loads(out)
        assert answer["old"]["path"] == f"{revision}:renewctl.toml"
        assert [change["path"] for change in answer["changes"]] == [["clients", "acme.example", "name"]]


def test_diff_works_in_a_subfolder_and_with_a_named_or_linked_file(kept: Path, run: Callable) -> None:
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    Path("below").mkdir()
    os.chdir("below")
    assert "1 setting differs" in run("diff").out
    os.chdir("..")
    assert "1 setting differs" in run("diff", "--store", str(kept.absolute())).out
    Path("elsewhere").mkdir()
    Path("elsewhere/linked.toml").symlink_to(kept.absolute())
    assert "1 setting differs" in run("diff", "--store", "elsewhere/linked.toml").out


def test_a_file_that_does_not_exist_at_the_revision_is_compared_with_an_empty_one(
    kept: Path, run: Callable
) -> None:
    kept.rename("new.toml")  # Not with git mv.
    status, out, err = run("diff", "--store", "new.toml", "-o", "names")
    assert (status, out.splitlines()) == (
        0,
        ["ana@agency.example", "rui@agency.example", "acme.example", "borges.example"],
    )
    assert err == "warning: new.toml does not exist in HEAD, so it was compared with an empty file\n"


@pytest.mark.parametrize("name", ["new.toml", "below/new.toml", "a b/new.toml"])
def test_a_renamed_file_can_be_compared_with_its_old_name(name: str, kept: Path, run: Callable) -> None:
    """The commands in the warning can be pasted."""
    Path(name).parent.mkdir(exist_ok=True)
    git("mv", str(kept), name)
    assert run("client", "set", "acme.example", "--name", "Acme", "-q", "--store", name).status == 0
    _, _, err = run("diff", "--store", name)
    start = f"warning: {name} does not exist in HEAD, so it was compared with an empty file; "
    assert err.startswith(start)
    commands = err.removeprefix(f"{start}to compare with renewctl.toml, its name there: ")
    shell, command = commands.strip().split("; ")
    subprocess.run(shell, shell=True, check=True)
    assert "1 setting differs" in run(*shlex.split(command)[1:], name).out


def test_the_file_at_a_revision_is_read_with_the_filters_of_git(kept: Path, run: Callable) -> None:
    """With filters, for example of git-crypt, the repository has other bytes."""
    git("config", "filter.swap.clean", "tr a-z b-za")
    git("config", "filter.swap.smudge", "tr b-za a-z")
    Path(".gitattributes").write_text("*.toml filter=swap\n")
    git("add", "--renormalize", ".")
    git("commit", "-qm", "filtered")
    assert "bdnf.fybnqmf" in git("show", "HEAD:renewctl.toml")
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    assert "1 setting differs" in run("diff").out


ENCRYPTED = "decrypt the file, which is encrypted by git-crypt: git-crypt unlock"


@pytest.mark.parametrize("suffix", ["toml", "json"])
@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (
            b"\0GITCRYPT\0\x12\xff\xfe\0\x80",
            ENCRYPTED,
        ),
        (b"\0GITCRYPT\0readable", ENCRYPTED),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "download the file, which is only a Git LFS pointer: git lfs pull",
        ),
    ],
)
def test_a_git_placeholder_of_the_data_file_is_explained(
    data: bytes, hint: str, suffix: str, run: Callable
) -> None:
    Path(f"renewctl.{suffix}").write_bytes(data)
    ran = run("who")
    assert (ran.status, ran.out) == (3, "")
    assert f"help: {hint}\n" in ran.err
    assert "save the file as UTF-8" not in ran.err


@pytest.mark.parametrize(
    "words", [("import", "list.csv"), ("override", "--from-file", "list.csv")], ids=" ".join
)
@pytest.mark.parametrize("data", [b"\0GITCRYPT\0\xff", b"version https://git-lfs.github.com/spec/v1\n"])
def test_a_git_placeholder_of_an_import_file_is_explained(
    data: bytes, words: tuple[str, ...], small: Path, run: Callable
) -> None:
    Path("list.csv").write_bytes(data)
    ran = run(*words)
    assert (ran.status, ran.out) == (3, "")
    assert "git has a placeholder here" in ran.err
    assert "git-crypt unlock" in ran.err or "git lfs pull" in ran.err


def test_an_invalid_file_at_the_revision_is_reported_with_its_place(kept: Path, run: Callable) -> None:
    good = kept.read_text()
    kept.write_text(good + "\n[clients.x]\nhub_id = false\n")
    git("commit", "-qam", "broken")
    kept.write_text(good)
    status, out, err = run("diff")
    assert (status, out) == (3, "")
    assert "--> HEAD:renewctl.toml:" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--git", "nope"), "revision 'nope' not found"),
        (("--git=-x",), "'-x' is not a valid revision"),
        (("--git", "HEAD:renewctl.toml"), "is not a valid revision"),
        (("--git", ""), "'' is not a valid revision"),
        (("--git", "HEAD:"), "is not a valid revision"),
        (("old.toml", "--git", "HEAD"), "OLD and --git can't be used together"),
    ],
)
def test_an_invalid_revision_is_a_usage_error(
    kept: Path, run: Callable, words: tuple[str, ...], message: str
) -> None:
    status, out, err = run("diff", *words)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err


def test_an_empty_repository_has_no_head(small: Path, run: Callable) -> None:
    git("init", "-q", ".")
    status, _, err = run("diff")
    assert (status, err.splitlines()[0]) == (2, "error: revision 'HEAD' not found")


def test_without_git_there_is_a_hint(kept: Path, run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(kept.parent.absolute() / "nothing"))
    status, _, err = run("diff")
    assert status == 2
    assert err == ("error: git is not installed\nhelp: install git\n")


def test_nothing_is_written_into_the_repository(kept: Path, run: Callable) -> None:
    run("client", "set", "acme.example", "--name", "Acme", "-q")

    def files() -> dict[str, tuple[bytes, int]]:
        found = (path for path in Path().rglob("*") if path.is_file())
        return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in found}

    # As after a checkout by another tool: git would like to refresh its index.
    os.utime(kept, (1, 1))
    before = files()
    assert run("diff").status == 0
    assert files() == before


def test_no_program_from_the_git_configuration_is_run(kept: Path, run: Callable) -> None:
    """Only filters are run, as by a checkout."""
    ran = Path("ran").absolute()
    Path("evil").write_text(f'#!/bin/sh\necho "$0" >> {shlex.quote(str(ran))}\ncat "$1" 2>/dev/null\n')
    Path("evil").chmod(0o755)
    evil = str(Path("evil").absolute())
    Path(".gitattributes").write_text("*.toml diff=evil\n")
    for key in ("diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager", "core.fsmonitor"):
        git("config", key, evil)
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        Path(f".git/hooks/{hook}").write_bytes(Path("evil").read_bytes())
        Path(f".git/hooks/{hook}").chmod(0o755)
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    ran.unlink(missing_ok=True)
    assert "1 setting differs" in run("diff").out
    assert run("diff", f"--git=--output={ran}").status == 2
    assert run("diff", "--store", "renewctl.toml", "--git", "--ext-diff").status == 2
    kept.rename("new.toml")
    assert run("diff", "--store", "new.toml").status == 0
    assert run("check", "--store", "new.toml", "-q").status in {0, 1}
    assert not ran.exists(), ran.read_text()


def test_a_repository_of_another_user_is_reported_with_gits_own_hint(
    kept: Path, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ran = run("diff")
    assert (ran.status, ran.out) == (2, "")
    folder = kept.parent.absolute()
    assert ran.err == (
        "error: git does not trust this repository, because another user owns it\n"
        f"help: trust it, if you know its owner: git config --global --add safe.directory {folder}\n"
    )
