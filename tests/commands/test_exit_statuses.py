"""Exit statuses, and output that cannot be written.

A saved change ends with 0. With any other status, the file is unchanged.
"""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.conftest import Process
from conftest import PATIENCE
from renewctl.errors import ExitStatus

# argv, status, code, part of the message on standard error
TABLE = [
    # 0: done, or the answer is yes
    ("who", 0, None, ""),
    ("who --require-recipient", 0, None, ""),
    ("who borges.example --expect rui@agency.example", 0, None, ""),
    ("who acme.example --expect PAULA@acme.example,fin@acme.example,ana@agency.example", 0, None, ""),
    ("explain acme.example", 0, None, ""),
    ("clear-override acme.example", 0, None, ""),
    ("set-default --owner hubspot", 0, None, ""),
    ("clear-override --all --dry-run", 0, None, ""),
    ("where --store none.toml", 0, None, ""),
    ("--version", 0, None, ""),
    ("--help", 0, None, ""),
    ("", 0, None, ""),
    ("calendar", 0, None, ""),
    ("export - --format toml", 0, None, ""),
    ("import good.csv --dry-run", 0, None, ""),
    ("override --from-file good.csv --dry-run", 0, None, ""),
    # 1: the answer is no
    ("who acme.example --expect fin@acme.example", 1, "not-as-expected", "acme.example"),
    ("who borges.example --expect ana@agency.example", 1, "not-as-expected", "rui@agency.example"),
    ("who --within 1d --expect rui@agency.example", 1, "not-as-expected", "no renewals are listed"),
    ("who nobody.example --require-recipient --store nobody.toml", 1, "no-recipient", "nobody.example"),
    ("who --within 1d --require-recipient", 1, "no-recipient", "no renewals are listed"),
    # 2: usage
    ("whoo", 2, "usage", "whoo"),
    ("client shw", 2, "usage", "shw"),
    ("who --bogus", 2, "usage", "--bogus"),
    ("who -o xml", 2, "usage", "xml"),
    ("client set acme.example --hub-id 100000000000000000000", 2, "usage", "--hub-id must be a hub ID"),
    ("who --within 30d --all", 2, "usage", "--within and --all"),
    ("who --within 30d --deadline-within 30d", 2, "usage", "--deadline-within"),
    ("who --within soon", 2, "usage", "soon"),
    ("who --from 2027-05-01 --to 2027-04-01", 2, "usage", "before"),
    ("who --expect rui", 2, "usage", "rui"),
    ("explain", 2, "usage", "CLIENT"),
    ("set-default --owner partner --notify none", 2, "usage", "a partner user is required"),
    ("set-default --owner nobody", 2, "usage", "nobody"),
    ("override acme.example", 2, "usage", "nothing to change"),
    ("clear-override", 2, "usage", "--matching-default"),
    ("client add acme.example", 2, "usage", "already"),
    ("client add eco.example --primary =cmd|x@b.io,a@b.io", 2, "usage", "=cmd"),
    ("client add eco.example --renewal 2027-01-01 --deadline 2027-02-01", 2, "usage", "deadline"),
    ("client assign acme.example boss a@b.example", 2, "usage", "boss"),
    ("user remove rui", 2, "usage", "in use"),
    ("init", 2, "usage", "exists"),
    ("init --store new.toml --owner partner", 2, "usage", "partner user"),
    ("import none.csv", 2, "usage", "none.csv"),
    ("import good.csv --date-format ymd", 2, "usage", "ymd"),
    ("export -", 2, "usage", "format"),
    ("export renewctl.toml --force", 2, "usage", "the data file itself"),
    ("export renewctl.toml.history.jsonl --format json --force", 2, "usage", "the history of the data file"),
    ("export .renewctl.toml.lock --format csv", 2, "usage", "the lock file of the data file"),
    ("export ./renewctl.schema.json", 2, "usage", "the schema of the data file"),
    ("export .renewctl.toml.abc.tmp --format toml", 2, "usage", "a temporary file"),
    ("export renewctl.toml.copy.tmp --format toml", 0, None, ""),
    ("calendar --remind soon", 2, "usage", "soon"),
    # 3: the file
    ("who --store none.toml", 3, "store-missing", "none.toml"),
    ("set-default --owner hubspot --store none.toml", 3, "store-missing", "none.toml"),
    ("who --store bad.toml", 3, "store-invalid", "bad.toml:1:"),
    ("set-default --owner hubspot --store bad.toml", 3, "store-invalid", "bad.toml:1:"),
    ("who --store new.toml", 3, "store-too-new", "99"),
    ("set-default --owner hubspot --store new.toml", 3, "store-too-new", "99"),
    ("who --store folder.toml", 3, "not-a-file", "a folder"),
    ("who --store store.yaml", 3, "store-invalid", "store.yaml"),
    ("import bad.csv", 3, "bad-input", "bad.csv:2:"),
    ("import good.csv --map name=nothing", 3, "bad-input", "good.csv:1"),
    ("import bad.toml", 3, "bad-input", "bad.toml"),
    ("override --from-file bad.csv", 3, "bad-input", "bad.csv:2"),
    ("export - --format csv --store none.toml", 3, "store-missing", "none.toml"),
    ("calendar --store bad.toml", 3, "store-invalid", "bad.toml:1:"),
    # 4: an unknown name on the command line
    ("calendar --recipient nobody@agency.example", 4, "unknown-user", "nobody@agency.example"),
    ("who akme.example", 4, "unknown-client", "akme.example"),
    ("contacts 999", 4, "unknown-client", "999"),
    ("client remove acme.example akme.example", 4, "unknown-client", "akme.example"),
    ("set-default --notify anna", 4, "unknown-user", "anna"),
    (
        "override acme.example --owner partner --notify anna@agency.example",
        4,
        "unknown-user",
        "did you mean ana@agency.example?",
    ),
    ("who --recipient nobody@agency.example", 4, "unknown-user", "nobody@agency.example"),
    # 6: requires --yes
    ("clear-override --all", 6, "confirmation-required", "--yes"),
    # 74: the system
    ("set-default --notify none --store linked.toml", 74, "io", "hard links"),
    ("set-default --notify none --store readonly.toml", 74, "io", "read-only"),
    ("init --store no/such/folder.toml", 74, "io", "no/such"),
    ("export no/such/roster.csv", 74, "io", "no/such"),
    ("import good.csv --store readonly.toml", 74, "io", "read-only"),
]
DEFAULT = '[defaults]\nowner = "hubspot"\nnotify = "ana@agency.example"\n'


@pytest.fixture(autouse=True)
def _stores(small: Path) -> None:
    Path("nobody.toml").write_text('[clients."nobody.example"]\nrenewals = [{ date = 2027-01-01 }]\n')
    Path("bad.toml").write_text('defaults = "x"\n')
    Path("new.toml").write_text("version = 99\n")
    Path("folder.toml").mkdir()
    Path("linked.toml").write_text(DEFAULT)
    os.link("linked.toml", "twin.toml")
    Path("readonly.toml").write_text(DEFAULT)
    Path("readonly.toml").chmod(0o444)
    Path("good.csv").write_text("client,owner,hub id\nacme.example,hubspot,9\n")
    Path("bad.csv").write_text("client,owner,hub id\nakme.example,hubspot,x\n")


def contents() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in Path().iterdir()
        if path.suffix in {".toml", ".json"}
        if path.is_file()
    }


@pytest.mark.parametrize(("line", "status", "code", "message"), TABLE, ids=[row[0] or "-" for row in TABLE])
def test_status(line: str, status: int, code: str | None, message: str, run: Callable) -> None:
    """An error has its status, code and message, and a hint, and changes nothing."""
    before = contents()
    ran = run(*line.split())
    assert ran.status == status, ran.err
    if status == 0:
        assert ran.err == ""
        return
    assert contents() == before
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert "\\x0" not in ran.err, "the parser's lines are joined into one"
    assert ran.err.splitlines()[-1].lstrip().startswith("help: ")
    if status != 1:
        assert ran.out == ""
    if "-o" not in line:
        assert f'"code": "{code}"' in run(*line.split(), "-o", "json").err


@pytest.mark.parametrize("group", ["client", "user"])
def test_a_group_alone_shows_its_commands_and_no_empty_error(group: str, run: Callable) -> None:
    ran = run(group)
    assert "assign" in ran.out + ran.err or "replace" in ran.out + ran.err
    assert "error: \n" not in ran.err
    assert (ran.status == 0) == (ran.err == "")


def test_the_statuses_do_not_change() -> None:
    assert {status.name: int(status) for status in ExitStatus} == {
        "DONE": 0,
        "NO": 1,
        "USAGE": 2,
        "INVALID": 3,
        "UNKNOWN": 4,
        "BUSY": 5,
        "CONFIRMATION_REQUIRED": 6,
        "INTERNAL": 70,
        "IO": 74,
        "INTERRUPTED": 130,
        "BROKEN_PIPE": 141,
    }


def test_a_missing_value_points_to_the_help_of_the_command(run: Callable) -> None:
    assert "renewctl who --help" in run("who", "--within").err


# ------------------------------------------------------------------ 70 and 130


def test_an_internal_error_is_70_with_one_message(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr("renewctl.main.format_result", broken)
    ran = run("who")
    assert (ran.status, ran.out) == (70, "")
    assert "ZeroDivisionError" in ran.err
    assert "Traceback" not in ran.err


PRINTS_LOCK_ATTEMPTS = """
import os, sys
sys.addaudithook(lambda event, _: event == "fcntl.flock" and os.write(1, b"tried\\n"))
from renewctl.__main__ import run
run()
"""


def test_an_interruption_while_waiting_for_the_lock_is_130_and_changes_nothing(small: Path) -> None:
    before = small.read_bytes()
    process = hold_lock(small)
    try:
        command = [sys.executable, "-c", PRINTS_LOCK_ATTEMPTS, "set-default", "--notify", "none"]
        waiting = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert [waiting.stdout.readline() for _ in range(3)] == [b"tried\n"] * 3
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.communicate()
    assert (waiting.returncode, out.replace(b"tried\n", b"")) == (130, b"")
    assert b"Traceback" not in err
    assert small.read_bytes() == before


def hold_lock(store: Path) -> subprocess.Popen:
    """Return a process that keeps the file locked until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from renewctl.store.lock import lock_store\n"
        "with lock_store(Path(sys.argv[1])): print('held', flush=True); time.sleep(3600)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


# ------------------------------------------------------------------ output that nobody reads


def shell(line: str) -> subprocess.CompletedProcess:
    """Run a shell line, in which $R is renewctl.

    The status is that of the last command in a pipe that fails.
    """
    line = line.replace("$R", f"{shlex.quote(sys.executable)} -m renewctl")
    return subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {line}"], capture_output=True, timeout=PATIENCE, check=False
    )


def full(spawn: Callable, line: str) -> Process:
    """Run renewctl with a standard output to which nothing can be written."""
    with open("/dev/full", "w") as out:
        return spawn(*line.split(), stdout=out)


READS = ["who", "who -o json", "explain acme.example", "--version", "--help", "demo", ""]


@pytest.mark.parametrize("line", READS)
def test_a_closed_standard_output_is_74(line: str, spawn: Callable) -> None:
    done = spawn(*line.split(), closed=[1])
    assert done.status == 74
    assert done.err.startswith(b"{" if "json" in line else b"error: ")
    assert b"Traceback" not in done.err


@pytest.mark.parametrize("line", ["who", "--version"])
def test_a_shell_closes_and_fills_standard_output_with_the_same_results(line: str, spawn: Callable) -> None:
    """The process is new, which matters for what happens at its start."""
    done = shell(f"$R {line} >&-")
    assert (done.returncode, b"", done.stderr) == spawn(line, closed=[1])
    if Path("/dev/full").exists():
        done = shell(f"$R {line} > /dev/full")
        assert (done.returncode, b"", done.stderr) == full(spawn, line)


def test_a_closed_standard_output_prevents_a_change(small: Path, spawn: Callable) -> None:
    before = small.read_bytes()
    assert spawn("set-default", "--notify", "none", closed=[1]).status == 74
    assert small.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("line", READS)
def test_a_full_disk_is_74_with_one_message(line: str, spawn: Callable) -> None:
    done = full(spawn, line)
    assert done.status == 74
    assert done.err.startswith(b"{" if "json" in line else b"error: ")
    assert done.err.count(b"\n") <= 2 or "json" in line
    assert b"Traceback" not in done.err
    assert b"Exception ignored" not in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("form", ["", "-o json", "-q", "-o names"])
def test_a_change_is_saved_if_its_output_fails(form: str, small: Path, spawn: Callable) -> None:
    """After the file is replaced, a failure of the output is a warning."""
    before = small.read_bytes()
    done = full(spawn, f"set-default --notify none {form}")
    assert done.status == 0
    assert small.read_bytes() == before.replace(b'notify = "ana@agency.example"\n', b"", 1)
    assert b"Traceback" not in done.err
    if form != "-q":
        assert done.err.startswith(b"warning: ")
        assert len(done.err.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("line", "status", "written"),
    [
        ("export clients.csv", 0, {"clients.csv"}),
        ("export clients.csv -q", 0, {"clients.csv"}),
        ("who --all --by recipient -o eml --split out", 0, {"out/rui@agency.example.eml"}),
        ("who --all --by recipient -o html --split out --expect none", 1, {"out/rui@agency.example.html"}),
    ],
)
def test_files_are_written_if_the_output_fails(
    line: str, status: int, written: set[str], spawn: Callable
) -> None:
    done = full(spawn, line)
    assert done.status == status
    assert all(Path(path).stat().st_size for path in written)
    if "-q" not in line:
        first = done.err.splitlines()[0]
        assert first == b"warning: done, but the output could not be shown: No space left on device"
    assert (b"error: recipients are not as expected" in done.err) == (status == 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_dry_run_fails_if_its_output_fails(small: Path, spawn: Callable) -> None:
    before = small.read_bytes()
    assert full(spawn, "set-default --notify none --dry-run").status == 74
    assert small.read_bytes() == before


def test_a_change_is_saved_if_nobody_reads_the_pipe(small: Path) -> None:
    before = small.read_bytes()
    done = shell("$R set-default --notify none | true; echo ${PIPESTATUS[0]}")
    assert done.stdout == b"0\n"
    assert small.read_bytes() != before


def large(path: str) -> None:
    client = '[clients."c{0}.example"]\nname = "Client number {0}"\nrenewals = [{{ date = 2027-01-01 }}]\n'
    Path(path).write_text("".join(client.format(number) for number in range(3000)))


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["", "unbuffered"])
@pytest.mark.parametrize("line", ["who", "who -o json", "client list -o csv"])
def test_a_pipe_closed_early_is_141_without_a_message(
    line: str, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a buffer, Python ignores a partial write."""
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    large("large.toml")
    done = shell(f"$R {line} --store large.toml | head -1; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.splitlines()[-1] == b"141"
    assert done.stderr == b""


def test_a_closed_standard_error_does_not_change_the_status(small: Path, spawn: Callable) -> None:
    assert spawn("who", closed=[2]).status == 0
    assert spawn("who", "akme.example", closed=[2]).status == 4
    before = small.read_bytes()
    assert spawn("set-default", "--notify", "none", closed=[2]).status == 0
    assert small.read_bytes() != before


def test_no_standard_input_is_needed(small: Path, spawn: Callable) -> None:
    assert spawn("who", closed=[0]).status == 0
    before = small.read_bytes()
    assert spawn("clear-override", "--all", closed=[0]).status == 6
    assert small.read_bytes() == before


def test_the_module_and_the_script_have_the_same_results() -> None:
    script = Path(sys.executable).with_name("renewctl")
    if not script.exists():
        pytest.skip("renewctl is not installed with this Python")
    for words in (["who", "akme.example"], ["who"], ["--version"]):
        one = subprocess.run([script, *words], capture_output=True, timeout=PATIENCE, check=False)
        other = subprocess.run(
            [sys.executable, "-m", "renewctl", *words], capture_output=True, timeout=PATIENCE, check=False
        )
        assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
