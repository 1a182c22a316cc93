"""``make dist`` builds the same bytes everywhere, and includes only what is needed."""

import email.parser
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.metadata import Metadata

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
IGNORED = (REPOSITORY / ".gitignore").read_text("utf-8").split()
UNTRACKED = shutil.ignore_patterns(".git", "PKG-INFO", *(line.strip("/") for line in IGNORED))
AT_THE_TOP = {
    ".gitignore",
    ".importlinter",
    ".pre-commit-hooks.yaml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "mkdocs.yml",
}
AT_THE_TOP |= {"PKG-INFO", "README.md", "SECURITY.md", "pyproject.toml"}
FOLDERS = {"src", "tests", "docs", "examples", "bench", "requirements"}
EPOCH = "1795769261"


class Built(NamedTuple):
    """A committed copy of the repository, and the files that ``make dist`` built from it."""

    tree: Path
    sdist: Path
    wheel: Path


def committed(tree: Path) -> None:
    """Make the copy a repository with one commit, at a fixed time."""
    author = ["-c", "user.name=A", "-c", "user.email=a@agency.example", "-c", "core.autocrlf=false"]
    times = {"GIT_AUTHOR_DATE": f"{EPOCH} +0000", "GIT_COMMITTER_DATE": f"{EPOCH} +0000"}
    for words in (["init", "-q"], ["add", "-A"], [*author, "commit", "-q", "-m", "all", "--no-gpg-sign"]):
        command = ["git", "-c", "core.hooksPath=/dev/null", *words]
        subprocess.run(command, cwd=tree, env={**os.environ, **times}, check=True)


def build(tree: Path, umask: int, **environment: str) -> Built:
    """Run ``make dist`` in the tree with the environment that runs the tests."""
    stamp = tree / ".venv" / ".stamp"
    stamp.parent.mkdir()
    stamp.touch()
    done = subprocess.run(
        ["make", "dist", f"BIN={Path(sys.executable).parent}"],
        cwd=tree,
        env={"PATH": os.environ["PATH"], "HOME": str(tree.parent), "LC_ALL": "C.UTF-8", **environment},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [sdist], [wheel] = (tree / "dist").glob("*.tar.gz"), (tree / "dist").glob("*.whl")
    return Built(tree, sdist, wheel)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the files built from a copy."""
    tree = tmp_path_factory.mktemp("one") / "renewctl"
    shutil.copytree(REPOSITORY, tree, ignore=UNTRACKED)
    committed(tree)
    return build(tree, 0o022, TZ="UTC")


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory, built: Built) -> Built:
    """Return the files built elsewhere and later, with another umask and uncommitted files."""
    tree = tmp_path_factory.mktemp("two") / "a longer name"
    old = os.umask(0o077)
    try:
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(built.tree), str(tree)], check=True)
        for path in sorted(tree.rglob("*.py"), reverse=True):
            os.utime(path, (86_400 * 365 * 30, 86_400 * 365 * 30))
        (tree / "src" / "renewctl" / "notes.txt").write_text("uncommitted")
        (tree / "src" / "renewctl" / "text.py").write_text("half an edit")
    finally:
        os.umask(old)
    return build(tree, 0o077, TZ="Asia/Kolkata", PYTHONHASHSEED="7", SOURCE_DATE_EPOCH="1")


def test_the_same_commit_gives_the_same_bytes(built: Built, again: Built) -> None:
    for one, two in zip(built[1:], again[1:], strict=True):
        assert one.name == two.name
        assert one.read_bytes() == two.read_bytes(), one.name


def test_a_wheel_built_from_the_sdist_is_the_same(built: Built, tmp_path: Path) -> None:
    """pip builds from the sdist if there is no wheel."""
    filtered = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # from Python 3.11.4 on
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, **filtered)
    [tree] = tmp_path.glob("renewctl-*")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    subprocess.run(command, cwd=tree, env=environment, check=True, capture_output=True)
    assert (tmp_path / "dist" / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def files(tree: Path, *folders: str) -> Iterator[str]:
    """Yield the paths of the committed files in the folders of a tree."""
    command = ["git", "ls-files", "-z", *folders]
    names = subprocess.run(command, cwd=tree, check=True, capture_output=True, text=True).stdout
    yield from names.split("\0")[:-1]


def test_the_wheel_has_the_package_and_its_licence_only(built: Built) -> None:
    version = built.wheel.name.split("-")[1]
    package = {name.removeprefix("src/") for name in files(built.tree, "src")}
    about = {f"renewctl-{version}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD")}
    about |= {f"renewctl-{version}.dist-info/{name}" for name in ("entry_points.txt", "licenses/LICENSE")}
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"].get("shared-data", {})
    data = {f"renewctl-{version}.data/data/{place}" for place in shared.values()}
    with zipfile.ZipFile(built.wheel) as archive:
        names = archive.namelist()
    assert sorted(names) == sorted(package | about | data)
    needed = {
        "py.typed",
        "texts/demo.toml",
        "texts/examples.toml",
        "texts/synonyms.toml",
        "render/templates/page.html.j2",
    }
    assert {f"renewctl/{name}" for name in needed} <= set(names)


def test_the_sdist_has_what_make_test_needs_and_nothing_else(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    names = {member.name.partition("/")[2] for member in members}
    assert names == {*files(built.tree, *FOLDERS)} | AT_THE_TOP
    assert {member.mode for member in members} == {0o644, 0o755}
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "")}


def test_the_metadata_is_valid_and_names_the_extras(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        text = archive.read(name).decode()
    about = Metadata.from_email(text)  # raises an error for what an index would refuse
    assert about.provides_extra == ["all", "calendar", "fast", "html", "xlsx"]
    assert about.license_expression == "MIT"
    assert "Typing :: Typed" in about.classifiers
    assert email.parser.Parser().parsestr(text).get_payload() == (REPOSITORY / "README.md").read_text("utf-8")
