"""The command that adds a missing package fits the way in which renewctl was installed."""

import re
import shutil
import sys
from pathlib import Path
from shlex import quote

import pytest

from conftest import REPOSITORY
from renewctl.installation import install_command

PIPX = "/home/ana/.local/share/pipx/venvs/"
UV = "/home/ana/.local/share/uv/tools/renewctl"
INSTALLS = re.compile(r"\b(?:pipx?|uv pip|uv tool|uv) (?:install|inject|run)\b([^\n`#|]*)")
BARE = re.compile(r"renewctl(?:\[[\w,]*\])?(?:[=<>~!]=?[\w.*]*)?")


def shipped() -> list[Path]:
    """Return every text file that is distributed."""
    folders = [REPOSITORY / name for name in ("src", "docs", "examples")]
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix != ".pyc"]
    return sorted(filter(Path.is_file, [*paths, *REPOSITORY.glob("*.md"), *REPOSITORY.glob(".pre-commit*")]))


def bare_names(text: str) -> list[str]:
    """Return the arguments of install commands that name renewctl without its source."""
    lines = [line.replace(" @ ", "@") for line in INSTALLS.findall(text)]
    words = [word.strip("'\"`;,.)") for line in lines for word in line.split()]
    return [word for word in words if BARE.fullmatch(word)]


def installed(monkeypatch: pytest.MonkeyPatch, record: str | None) -> None:
    """Simulate an installation of renewctl, with or without a record of its source."""
    folder = Path("site/renewctl-9.dist-info")
    folder.mkdir(parents=True)
    folder.joinpath("METADATA").write_text("Name: renewctl\nVersion: 9\n")
    if record is not None:
        folder.joinpath("direct_url.json").write_text(record)
    monkeypatch.syspath_prepend(str(Path("site").resolve()))


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        (f"{PIPX}renewctl", "pipx inject renewctl icalendar"),
        (f"{PIPX}renewctl-0.2", "pipx inject renewctl-0.2 icalendar"),
        ("/opt/my venvs/x", f"{quote(sys.executable)} -m pip install icalendar"),
    ],
)
def test_the_package_is_added_to_the_environment_of_renewctl(prefix: str, command: str) -> None:
    assert install_command("icalendar", prefix) == command


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        (f"{PIPX}renewctl", "pipx runpip renewctl install --force-reinstall icalendar"),
        (UV, f"uv pip install --reinstall --python {UV} icalendar"),
        ("/opt/venv", f"{quote(sys.executable)} -m pip install --force-reinstall icalendar"),
    ],
)
def test_a_package_whose_files_are_missing_is_installed_again(
    prefix: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, None)
    assert install_command("icalendar", prefix, again=True) == command


def test_the_command_is_short_if_python_on_the_path_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setattr(sys, "executable", shutil.which("python"))
    assert install_command("icalendar", "/opt/venv") == "python -m pip install icalendar"


@pytest.mark.parametrize(
    ("record", "source"),
    [
        (
            '{"url": "file:///home/ana/renewctl-0.2.whl", "archive_info": {}}',
            "file:///home/ana/renewctl-0.2.whl",
        ),
        (
            '{"url": "https://git.example/renewctl", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "git+https://git.example/renewctl@abc",
        ),
    ],
)
def test_uv_gets_the_source_of_renewctl_and_the_packages_added_before(
    record: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, record)
    monkeypatch.setattr("renewctl.installation.find_spec", {"toml_rs": object()}.get)
    added = "--with icalendar --with toml-rs"
    assert install_command("icalendar", UV) == f"uv tool install {added} 'renewctl @ {source}'"


def test_uv_adds_a_package_to_the_environment_if_the_source_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, None)
    assert install_command("icalendar", UV) == f"uv pip install --python {UV} icalendar"


def test_no_text_installs_renewctl_from_an_index() -> None:
    assert bare_names(
        "pipx install renewctl\nx; pip install 'renewctl[xlsx]'; uv tool install -U renewctl==1.0"
    )
    assert (
        bare_names("pipx install dist/renewctl-0.1.0-py3-none-any.whl; pipx install 'renewctl @ git+x'") == []
    )
    texts = {path: path.read_text("utf-8", "replace") for path in shipped()}
    assert {path: found for path, text in texts.items() if (found := bare_names(text))} == {}
