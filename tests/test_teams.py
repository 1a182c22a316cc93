"""What teams take from here works: the hook for pre-commit, and the commands of the CI job, with real git."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import EXAMPLES, REPOSITORY, Ran, git

Run = Callable[..., Ran]
WELL = """\
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
    """Return the hook as pre-commit reads it."""
    (one,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    return one


def job() -> dict[str, Any]:
    """Return the one job of the example for GitHub."""
    (one,) = yaml.safe_load((EXAMPLES / "ci-github.yml").read_text())["jobs"].values()
    return one


def hooked(run: Run, *args: str) -> int:
    """Run the hook's command, as pre-commit does at the top of a work tree; return its status."""
    command, *words = shlex.split(hook()["entry"])
    assert command == "renewctl"
    return run(*words, *args, "--as-of", "2026-11-23").status


def test_the_hook_checks_the_store_of_the_work_tree_and_no_other(run: Run, monkeypatch) -> None:
    monkeypatch.setenv("RENEWCTL_STORE", str(EXAMPLES / "agency.toml"))  # it has errors
    Path("renewctl.toml").write_text(WELL)
    assert hooked(run) == 0
    Path("renewctl.toml").write_text(WELL + '\n[clients."silent.example"]\n')
    assert hooked(run) == 1
    Path("renewctl.toml").write_text(WELL + "<<<<<<< HEAD\n")
    assert hooked(run) == 3


def test_the_hook_takes_options_and_another_store(run: Run) -> None:
    assert hooked(run) == 3
    Path("clients").mkdir()
    Path("clients/renewctl.toml").write_text(WELL.replace("billing", "primary"))
    assert hooked(run, "--store", "clients/renewctl.toml") == 0
    assert hooked(run, "--store", "clients/renewctl.toml", "--strict") == 1


def test_the_hook_runs_when_a_store_is_committed() -> None:
    assert (hook()["id"], hook()["language"], hook()["pass_filenames"]) == ("renewctl-check", "python", False)
    for name, is_store in {
        "renewctl.toml": True,
        "clients/renewctl.json": True,
        "renewctl.toml.history.jsonl": False,
        "old-renewctl.toml": False,
    }.items():
        assert bool(re.search(hook()["files"], name)) == is_store, name


@pytest.fixture
def pull_request() -> None:
    """A clone whose ``origin`` has the store, on a branch of its own, as a checkout in CI."""
    git("init", "-q", "-b", "main", "../upstream")
    Path("../upstream/renewctl.toml").write_text(WELL)
    git("-C", "../upstream", "add", ".")
    git("-C", "../upstream", "commit", "-qm", "as it was")
    git("clone", "-q", "../upstream", ".")
    git("switch", "-qc", "change")


def ci() -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the job's steps that run renewctl, as a runner does; return what came of each, by name."""
    environment = {
        **os.environ,
        **job()["env"],
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": "summary.md",
        "RENEWCTL_AS_OF": "2026-11-23",
    }
    return {
        step["name"]: subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for step in job()["steps"]
        if "renewctl " in step.get("run", "")
    }


@pytest.mark.usefixtures("pull_request")
def test_the_job_says_in_its_comment_who_starts_and_stops_hearing(run: Run) -> None:
    assert run("override", "acme.example", "--owner", "partner", "--notify", "rui", "-q").status == 0
    git("commit", "-qam", "one voice")
    ran = ci()
    assert [one.returncode for one in ran.values()] == [1, 0]  # what HubSpot acts on differs: a warning
    (warning,) = [line for line in ran["Check the store"].stdout.splitlines() if line.startswith("::warning")]
    assert warning.startswith("::warning file=renewctl.toml,line=22,col=1,title=not-in-hubspot::acme.example")
    comment = Path("comment.md").read_text()
    assert comment == Path("summary.md").read_text()
    assert comment.startswith("### Who hears about renewals: origin/main:renewctl.toml → renewctl.toml\n")
    assert "| rui@agency.example | acme.example | – | notified | override-partner |" in comment


@pytest.mark.usefixtures("pull_request")
def test_the_job_is_content_with_a_change_that_reaches_nobody(run: Run) -> None:
    assert run("client", "set", "acme.example", "--name", "Acme", "-q").status == 0
    ran = ci()
    assert [one.returncode for one in ran.values()] == [0, 0], ran
    assert "Nobody starts or stops hearing." in Path("comment.md").read_text()


@pytest.mark.usefixtures("pull_request")
def test_the_job_shows_an_unresolved_merge_beside_its_lines() -> None:
    Path("renewctl.toml").write_text(WELL + "<<<<<<< HEAD\nname = 'A'\n=======\nname = 'B'\n>>>>>>> b\n")
    ran = ci()
    assert [one.returncode for one in ran.values()] == [3, 3]
    said = ran["Check the store"].stdout
    assert said.startswith("::error file=renewctl.toml,line=22,col=1"), said
    assert 'unresolved merge in clients."acme.example", lines 22-26' in said


def test_the_job_may_not_do_more_than_it_needs() -> None:
    whole = yaml.safe_load((EXAMPLES / "ci-github.yml").read_text())
    assert whole["permissions"] == {"contents": "read", "pull-requests": "write"}
    # What a pull request's author chooses reaches a shell as a variable only, never as a part of its text.
    assert not [step for step in job()["steps"] if "${{" in step.get("run", "")]
