"""``diff`` against git: the store at a revision, through real repositories, read only."""

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
    """Return the small store, committed in a repository."""
    git("init", "-q", "-b", "main", ".")
    git("add", ".")
    git("commit", "-qm", "as it was")
    return small


def test_without_arguments_it_compares_with_head(kept: Path, run: Callable) -> None:
    assert run("diff") == (0, "", "")
    run("override", "acme.example", "--owner", "partner", "--notify", "rui", "-q")
    status, out, _ = run("diff")
    assert status == 0
    assert out.splitlines()[:3] == [
        "HEAD:renewctl.toml → renewctl.toml",
        "1 setting differs",
        "  acme.example override + owner partner, notify rui@agency.example",
    ]
    assert "start hearing           rui@agency.example at acme.example by override-partner" in out


def test_any_revision_can_be_named(kept: Path, run: Callable) -> None:
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


def test_it_works_from_a_folder_below_and_for_a_store_named_or_linked(kept: Path, run: Callable) -> None:
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    Path("below").mkdir()
    os.chdir("below")
    assert "1 setting differs" in run("diff").out
    os.chdir("..")
    assert "1 setting differs" in run("diff", "--store", str(kept.absolute())).out
    Path("elsewhere").mkdir()
    Path("elsewhere/linked.toml").symlink_to(kept.absolute())
    assert "1 setting differs" in run("diff", "--store", "elsewhere/linked.toml").out


def test_a_store_that_is_not_there_yet_is_compared_with_an_empty_one(kept: Path, run: Callable) -> None:
    kept.rename("new.toml")  # and git was not told
    status, out, err = run("diff", "--store", "new.toml", "-o", "names")
    assert (status, out.splitlines()) == (
        0,
        ["ana@agency.example", "rui@agency.example", "acme.example", "borges.example"],
    )
    assert err == "warning: new.toml is not in HEAD: compared with an empty store\n"


@pytest.mark.parametrize("name", ["new.toml", "below/new.toml", "a b/new.toml"])
def test_a_store_that_git_knows_by_an_old_name_can_be_compared(name: str, kept: Path, run: Callable) -> None:
    """The command that the warning names works where it was said."""
    Path(name).parent.mkdir(exist_ok=True)
    git("mv", str(kept), name)
    assert run("client", "set", "acme.example", "--name", "Acme", "-q", "--store", name).status == 0
    _, _, err = run("diff", "--store", name)
    start = f"warning: {name} is not in HEAD: compared with an empty store; there it is renewctl.toml: "
    assert err.startswith(start)
    shell, command = err.removeprefix(start).strip().split("; ")
    subprocess.run(shell, shell=True, check=True)
    assert "1 setting differs" in run(*shlex.split(command)[1:], name).out


def test_the_filters_of_git_give_the_store_of_a_revision(kept: Path, run: Callable) -> None:
    """As git-crypt does, and LFS: what is in the repository is not what is in the folder."""
    git("config", "filter.swap.clean", "tr a-z b-za")
    git("config", "filter.swap.smudge", "tr b-za a-z")
    Path(".gitattributes").write_text("*.toml filter=swap\n")
    git("add", "--renormalize", ".")
    git("commit", "-qm", "filtered")
    assert "bdnf.fybnqmf" in git("show", "HEAD:renewctl.toml")
    run("client", "set", "acme.example", "--name", "Acme", "-q")
    assert "1 setting differs" in run("diff").out


ENCRYPTED = "it is encrypted by git-crypt: git-crypt unlock makes it readable"


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
            "it is Git LFS's pointer to the file: git lfs pull gets it",
        ),
    ],
)
def test_what_stands_for_the_file_is_named(data: bytes, hint: str, suffix: str, run: Callable) -> None:
    Path(f"renewctl.{suffix}").write_bytes(data)
    ran = run("who")
    assert (ran.status, ran.out) == (3, "")
    assert f"help: {hint}\n" in ran.err
    assert "UTF-8" not in ran.err.replace("is not UTF-8", "").replace("not UTF-8: byte", "")


@pytest.mark.parametrize(
    "words", [("import", "list.csv"), ("override", "--from-file", "list.csv")], ids=" ".join
)
@pytest.mark.parametrize("data", [b"\0GITCRYPT\0\xff", b"version https://git-lfs.github.com/spec/v1\n"])
def test_what_stands_for_a_list_is_named(
    data: bytes, words: tuple[str, ...], small: Path, run: Callable
) -> None:
    Path("list.csv").write_bytes(data)
    ran = run(*words)
    assert (ran.status, ran.out) == (3, "")
    assert "git has something else here in place of the file" in ran.err
    assert "git-crypt unlock" in ran.err or "git lfs pull" in ran.err


def test_a_store_invalid_at_the_revision_says_where(kept: Path, run: Callable) -> None:
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
        (("--git", "nope"), "git knows no revision 'nope'"),
        (("--git=-x",), "'-x' is not a revision"),
        (("--git", "HEAD:renewctl.toml"), "is not a revision"),
        (("--git", ""), "'' is not a revision"),
        (("--git", "HEAD:"), "is not a revision"),
        (("old.toml", "--git", "HEAD"), "OLD and --git can't be used together"),
    ],
)
def test_what_is_no_revision_is_a_usage_error(
    kept: Path, run: Callable, words: tuple[str, ...], message: str
) -> None:
    status, out, err = run("diff", *words)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err


def test_an_empty_repository_has_no_head(small: Path, run: Callable) -> None:
    git("init", "-q", ".")
    status, _, err = run("diff")
    assert (status, err.splitlines()[0]) == (2, "error: git knows no revision 'HEAD'")


def test_without_git_there_is_a_way_out(kept: Path, run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(kept.parent.absolute() / "nothing"))
    status, _, err = run("diff")
    assert status == 2
    assert err == (
        "error: git is not installed\n"
        "help: install git, or compare two files: renewctl diff OLD.toml NEW.toml\n"
    )


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


def test_nothing_that_git_is_told_to_run_is_run(kept: Path, run: Callable) -> None:
    """But filters, which a checkout runs as well."""
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


def test_a_repository_of_somebody_else_is_told_with_gits_own_way_out(
    kept: Path, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    ran = run("diff")
    assert (ran.status, ran.out) == (2, "")
    folder = kept.parent.absolute()
    assert ran.err == (
        "error: git does not trust the repository: it is somebody else's\n"
        f"help: git config --global --add safe.directory {folder}\n"
    )
