"""The hook for pre-commit and the commands of the CI workflow work, with real git."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import EXAMPLES, REPOSITORY, Ran, git
from renewctl.render.diff import MARKER

Run = Callable[..., Ran]
VALID = """\
version = 1

[defaults]
owner = "hubspot"
notify = "ana@agency.example"
in_hubspot = { owner = "hubspot", notify = "ana@agency.example", on = 2026-11-02 }

[users."ana@agency.example"]

[users."rui@agency.example"]

[clients."acme.example"]
contacts = [
  { email = "paula@acme.example", roles = ["primary", "decision-maker"] },
  { email = "fin@acme.example", roles = ["billing"] },
]
contacts_checked = 2026-11-02
renewals = [
  { date = 2027-03-01 },
]
in_hubspot = { owner = "default", on = 2026-11-02 }
"""


def hook() -> dict[str, Any]:
    """Return the hook, as pre-commit reads it."""
    (entry,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    return entry


def workflow() -> dict[str, Any]:
    """Return the example workflow for GitHub."""
    return yaml.safe_load((EXAMPLES / "ci-github.yml").read_text())


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the hook, as users name it in their configuration."""
    folder = tmp_path_factory.mktemp("hooks")
    shutil.copy(REPOSITORY / ".pre-commit-hooks.yaml", folder)
    git("-C", str(folder), "init", "-q")
    git("-C", str(folder), "add", ".")
    git("-C", str(folder), "commit", "-qm", "the hook")
    return folder


@pytest.fixture
def commit(hooks: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Return ``commit(args=None) -> (status, output)``, which commits all files with the hook installed.

    The hook runs the renewctl under test instead of one that pre-commit fetches and installs.
    """
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("RENEWCTL_STORE", str(EXAMPLES / "agency.toml"))  # it has errors
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ana")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ana@agency.example")
    git("init", "-q")
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], check=True, capture_output=True)

    def run_commit(args: list[str] | None = None) -> tuple[int, str]:
        hook = {"id": "renewctl-check", "language": "system"} | ({"args": args} if args else {})
        revision = git("-C", str(hooks), "rev-parse", "HEAD").strip()
        configuration = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [hook]}]}
        Path(".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration))
        git("add", ".")
        done = subprocess.run(["git", "commit", "-qm", "Change"], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run_commit


def test_the_hook_checks_every_file_in_a_commit(commit: Callable[..., tuple[int, str]]) -> None:
    Path("renewctl.toml").write_text(VALID)
    for folder in ("clients", "--store=x"):
        Path(folder).mkdir()
        Path(folder, "renewctl.toml").write_text(VALID)
    status, output = commit()
    assert (status, output.split(".")[-1]) == (0, "Passed\n")

    Path("clients/renewctl.toml").write_text(VALID + "<<<<<<< HEAD\n")
    Path("--store=x/renewctl.toml").write_text(VALID + '\n[clients."silent.example"]\n')
    status, output = commit()
    assert status == 1
    assert "clients/renewctl.toml:22" in output
    assert "--store=x/renewctl.toml:23:1: error no-recipient: silent.example" in output


def test_the_hook_checks_a_json_file(run: Run, commit: Callable[..., tuple[int, str]]) -> None:
    Path("source.toml").write_text(VALID)
    assert run("export", "renewctl.json", "--format", "json", "--store", "source.toml").status == 0
    assert commit()[0] == 0
    text = Path("renewctl.json").read_text()
    Path("renewctl.json").write_text(text.replace('"partner"', '"nobody"').replace('"hubspot"', '"nobody"'))
    status, output = commit()
    assert (status, "defaults.owner must be hubspot or partner" in output) == (1, True)


def test_the_hook_accepts_options(commit: Callable[..., tuple[int, str]]) -> None:
    Path("renewctl.toml").write_text(VALID.replace("billing", "primary"))  # a warning
    assert commit()[0] == 0
    Path("renewctl.toml").write_text(VALID.replace("billing", "primary") + "\n")
    status, output = commit(["--strict", "--"])
    assert (status, "warning vacant-role" in output) == (1, True)


def test_the_hook_runs_for_files_of_renewctl_only() -> None:
    assert (hook()["id"], hook()["language"]) == ("renewctl-check", "python")
    for name, is_store in {
        "renewctl.toml": True,
        "clients/renewctl.json": True,
        "renewctl.toml.history.jsonl": False,
        "old-renewctl.toml": False,
    }.items():
        assert bool(re.search(hook()["files"], name)) == is_store, name


@pytest.fixture
def pull_request() -> None:
    """Make a clone whose ``origin`` has the file, on a branch, like a checkout in CI."""
    git("init", "-q", "-b", "main", "../upstream")
    Path("../upstream/renewctl.toml").write_text(VALID)
    git("-C", "../upstream", "add", ".")
    git("-C", "../upstream", "commit", "-qm", "Add the file")
    git("clone", "-q", "../upstream", ".")
    git("switch", "-qc", "change")


def ci(job: str, **variables: str) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the steps of a job as a runner does, except the installation. Return the results by name."""
    environment = {
        **os.environ,
        **workflow()["env"],
        "PATH": f"{Path.cwd()}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": "summary.md",
        "GITHUB_OUTPUT": "output",
        "RENEWCTL_AS_OF": "2026-11-23",
        **variables,
    }
    return {
        step["name"]: subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for step in workflow()["jobs"][job]["steps"]
        if "run" in step and step["name"] != "Install renewctl"
    }


@pytest.mark.usefixtures("pull_request")
def test_the_comment_of_the_job_lists_changed_recipients(run: Run) -> None:
    assert run("override", "acme.example", "--owner", "partner", "--notify", "rui", "-q").status == 0
    git("commit", "-qam", "Override Acme")
    ran = ci("check")
    assert [one.returncode for one in ran.values()] == [1, 0]  # A warning: HubSpot has another setting.
    (warning,) = [line for line in ran["Check the file"].stdout.splitlines() if line.startswith("::warning")]
    assert warning.startswith(
        "::warning file=renewctl.toml,line=22,col=1,title=differs-from-hubspot::acme.example"
    )
    comment = Path("comment.md").read_text()
    assert comment == Path("summary.md").read_text()
    name, end = Path("output").read_text().partition("\n")[0].split("<<")
    assert Path("output").read_text() == f"{name}<<{end}\n{comment}{end}\n"
    assert (name, len(end)) == ("comment", 32)
    assert comment.startswith(
        f"{MARKER}\n### Recipients of renewal notices: origin/main:renewctl.toml → renewctl.toml\n"
    )
    assert "| rui@agency.example | acme.example | – | notified | override-partner |" in comment


@pytest.mark.usefixtures("pull_request")
def test_the_job_accepts_a_change_without_an_effect_on_recipients(run: Run) -> None:
    assert run("client", "set", "acme.example", "--name", "Acme", "-q").status == 0
    ran = ci("check")
    assert [one.returncode for one in ran.values()] == [0, 0], ran
    assert "No recipients change." in Path("comment.md").read_text()


@pytest.mark.usefixtures("pull_request")
def test_the_job_annotates_an_unresolved_merge_with_its_line() -> None:
    Path("renewctl.toml").write_text(VALID + "<<<<<<< HEAD\nname = 'A'\n=======\nname = 'B'\n>>>>>>> b\n")
    ran = ci("check")
    assert [one.returncode for one in ran.values()] == [3, 3]
    output = ran["Check the file"].stdout
    assert output.startswith("::error file=renewctl.toml,line=22,col=1"), output
    assert 'clients."acme.example", lines 22-26' in output


FAKE_GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> calls
case $* in *--paginate*) printf '%s' "$COMMENTS" ;; esac
"""


@pytest.mark.parametrize(
    ("comments", "call"),
    [
        ("", "--method POST repos/agency/clients/issues/7/comments"),
        ("15\n16\n", "--method PATCH repos/agency/clients/issues/comments/15"),
    ],
)
def test_the_comment_is_created_once_and_then_replaced(comments: str, call: str) -> None:
    Path("gh").write_text(FAKE_GH)
    Path("gh").chmod(0o755)
    text = "<!-- renewctl diff -->\n### `$(touch injected)`"
    ran = ci("comment", COMMENT=text, NUMBER="7", GITHUB_REPOSITORY="agency/clients", COMMENTS=comments)
    assert [one.returncode for one in ran.values()] == [0], ran
    *_, last = Path("calls").read_text().splitlines()
    assert last == f"api --silent {call} --field body=@comment.md"
    assert Path("comment.md").read_text() == text + "\n"
    assert not Path("injected").exists()
    (step,) = workflow()["jobs"]["comment"]["steps"]
    assert f'startswith("{MARKER}")' in step["run"]


def test_the_monday_report_fails_if_nobody_is_notified_about_a_client() -> None:
    Path("renewctl.toml").write_text(VALID)
    environment = {"RENEWCTL_AS_OF": "2027-01-04"}
    ran = ci("monday", **environment)
    assert [one.returncode for one in ran.values()] == [0, 0], ran
    deadlines, renewals = Path("summary.md").read_text().split("\n## Renewal within 120 days\n")
    assert deadlines.startswith("## Deadline within 30 days\n\n| Deadline |")
    assert ["acme.example" in part for part in (deadlines, renewals)] == [True, True]
    Path("renewctl.toml").write_text(VALID + '\n[clients."silent.example"]\n')
    ran = ci("monday", **environment)
    assert [one.returncode for one in ran.values()] == [0, 1]


def test_the_workflow_has_no_permission_that_it_does_not_need() -> None:
    jobs = workflow()["jobs"]
    assert workflow()["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "check": {"contents": "read"},
        "comment": {"pull-requests": "write"},
        "monday": {"contents": "read"},
    }
    steps = [step for job in jobs.values() for step in job["steps"]]
    # Text from the author of a pull request reaches a shell as a variable only, never as part of a command.
    assert not [step for step in steps if "${{" in step.get("run", "")]
    used = [step for step in steps if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in used)
    assert all(step["with"]["persist-credentials"] is False for step in used)
    assert all("timeout-minutes" in job for job in jobs.values())
    # The job that can write runs no code from elsewhere.
    assert not [step for step in jobs["comment"]["steps"] if "uses" in step or "pipx" in step["run"]]


@pytest.mark.parametrize("linter", ["zizmor --offline --persona auditor --no-progress", "actionlint"])
def test_linters_find_nothing_in_the_workflow(linter: str) -> None:
    command, *options = linter.split()
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    Path(".github/workflows").mkdir(parents=True)
    path = shutil.copy(EXAMPLES / "ci-github.yml", ".github/workflows/renewals.yml")
    done = subprocess.run([command, *options, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
