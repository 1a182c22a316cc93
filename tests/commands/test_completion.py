"""Completion with Typer's scripts: a Tab never runs words of the file or line.

The shells are real. Their ``renewctl`` completes as the real one, as a fork. A command that is entered
writes its arguments to a file instead, so that a test sees how the shell has parsed the line.
"""

import json
import os
import re
import shlex
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import PATIENCE, RESET
from forks import SERVER
from renewctl.cli.app import command_tree
from renewctl.cli.options import ADDRESS
from renewctl.domain.check import CODES
from renewctl.domain.identifiers import KEY
from renewctl.domain.notes import SEVERITY
from terminals import start_on_terminal

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--private", "-i"],
}
READY = {
    "bash": "PS1='> '; bind 'set bell-style none'",
    "zsh": "PS1='> '; unsetopt beep; (( $+_comps )) || { autoload -U compinit; compinit -u -D }",
    "fish": "function fish_prompt; echo '> '; end; function fish_greeting; end",
}
HOSTILE = (
    *("ab$(touch F)", "ab`touch F`", "ab;touch F", "ab|touch F", "ab&touch F", "ab\ntouch F"),
    *("ab'$(touch F)'", 'ab"$(touch F)"', "ab touch F", "ab>F", "ab*", "ab~", "ab:ab", "ab\ttouch", "abé"),
    *("ab'; touch F; '", "ab))'; touch F; '((", 'ab":"ab"; touch F; "', "ab\\$(touch F)"),
    *("-ab", "--ab", "ab\x1b[2J", "ab{a,b}"),
)
RENEWCTL = """\
#!/bin/sh
[ -n "$_RENEWCTL_COMPLETE" ] && {complete}
printf '%s\\n' "$@" > "$HOME/words.new" && mv "$HOME/words.new" "$HOME/words"
"""


def store(clients: tuple[str, ...], users: tuple[str, ...] = (), path: str = "renewctl.toml") -> Path:
    data = {"version": 1, "users": {user: {} for user in users}, "clients": {key: {} for key in clients}}
    Path(path).write_text(tomlkit.dumps(data), encoding="utf-8")
    return Path(path)


START = f'exec {shlex.quote(sys.executable)} -m renewctl "$@"'
ASK = """[ $# = 0 ] && env -0 > "$HOME/asked.new" && mv "$HOME/asked.new" "$HOME/asked" &&
cat "$HOME/answer" && exit "$(cat "$HOME/status")\"
"""
"""Lets the test answer: a fork with this environment writes into the pipe of that name."""


class Shell:
    """A shell in the current folder."""

    def __init__(self, name: str, *begin: str, complete: str = ASK) -> None:
        self.name = name
        os.mkfifo(Path.home() / "answer")
        program = Path.home() / "bin" / "renewctl"
        program.parent.mkdir()
        program.write_text(RENEWCTL.format(complete=complete))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "TERM": "dumb"}
        self.child = start_on_terminal(shutil.which(name), SHELLS[name][1:], environment, columns=200)
        self.child.delaybeforesend = 0.05  # A shell needs a moment to read the keys itself.
        for line in (*begin, READY[name], "echo RE''ADY"):
            self.child.send(line + "\r")
        self.child.expect_exact("READY")

    def entered(self, typed: str) -> list[str]:
        """Type, press Tab and Enter, and return the arguments of renewctl."""
        words = Path.home() / "words"
        words.unlink(missing_ok=True)
        self.child.send(typed + "\t\r")
        for _ in range(PATIENCE * 100):
            if words.exists():
                return words.read_text().splitlines()
            self.answer()
            time.sleep(0.01)
        raise AssertionError(f"{typed!r} was never run: {self.child.read_nonblocking(10000, 1)}")

    def answer(self) -> None:
        """Let a fork complete if the shell has asked."""
        asked = Path.home() / "asked"
        if asked.exists():
            lines = asked.read_text("utf-8", "surrogateescape").split("\0")
            asked.unlink()
            with open(os.devnull, "r+") as null, open(Path.home() / "answer", "w") as answer:
                env = dict(line.split("=", 1) for line in lines if line)
                status = SERVER.start([], [null, answer, null], env=env).wait(PATIENCE)
                Path.home().joinpath("status").write_text(str(status))


def sourced(name: str, script: str) -> str:
    """Return the line that loads a completion script.

    zsh must load its own completion first.
    """
    Path.home().joinpath("script").write_text(script)
    return f"{READY['zsh']}; source ~/script" if name == "zsh" else "source ~/script"


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, run: Callable) -> Iterator[Shell]:
    """Return a shell with renewctl's completion script."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    one = Shell(request.param, sourced(request.param, run("completion", request.param).out))
    yield one
    one.child.close(force=True)


# ------------------------------------------------------------------ in real shells

LINES = (
    *("renewctl explain $(touch F)", "renewctl explain `touch F`", "renewctl explain '$(touch F)"),
    *('renewctl explain "`touch F`', "renewctl explain a;touch F", 'renewctl "$(touch F)" ab'),
    *("renewctl check --ignore $(touch F),no-", "renewctl --store '$(touch F)' explain ab"),
    *("renewctl check --ignore '`touch F`,no-", "renewctl check --ignore \"a))';touch F;'((,no-"),
)
# Words, quotes, variables, pipes and paths differ between shells; test_values_are_offered has the rest.
KNOWN = [
    ("renewctl expl", ["explain"]),
    ("renewctl who acme.example bor", ["who", "acme.example", "borges-2.example"]),
    ("renewctl who --requ", ["who", "--require-recipient"]),
    ("renewctl set-default --notify an", ["set-default", "--notify", "ana+x@agency.example"]),
    (
        "renewctl explain --store 'an other.toml' oth",
        ["explain", "--store", "an other.toml", "other.example"],
    ),
    ("FOO=1 renewctl explain ac", ["explain", "acme.example"]),
    ("true | renewctl explain ac", ["explain", "acme.example"]),
    ("renewctl import ros", ["import", "roster.csv"]),
    ("renewctl who --store oth", ["who", "--store", "other.toml"]),
]


def test_a_tab_completes_the_word(shell: Shell) -> None:
    store(("acme.example", "borges-2.example"), ("ana+x@agency.example",))
    store(("other.example",), path="other.toml")
    store(("other.example",), path="an other.toml")
    Path("roster.csv").write_text("client\n")
    for typed, words in KNOWN:
        assert shell.entered(typed) == words, typed


def test_names_with_special_characters_are_not_offered(shell: Shell) -> None:
    """The shell runs and inserts nothing, with any names in the file."""
    store(HOSTILE, tuple(f"{name}@agency.example" for name in HOSTILE))
    assert shell.entered("renewctl explain ab") == ["explain", "ab"]
    assert shell.entered("renewctl user remove ab") == ["user", "remove", "ab"]
    assert {path.name for path in Path().iterdir()} == {"renewctl.toml"}
    store((*HOSTILE, "abc.example"))
    assert shell.entered("renewctl explain ab") == ["explain", "abc.example"]
    assert {path.name for path in Path().iterdir()} == {"renewctl.toml"}


def test_an_unreadable_file_offers_nothing(shell: Shell) -> None:
    Path("renewctl.toml").write_text("version = ")
    assert shell.entered("renewctl explain a") == ["explain", "a"]
    assert shell.entered("renewctl expl") == ["explain"]


def test_a_thousand_clients_are_completed(shell: Shell) -> None:
    store(tuple(f"client{number:04}.example" for number in range(1000)))
    assert shell.entered("renewctl explain client05") == ["explain", "client05"]
    assert shell.entered("renewctl explain client0500") == ["explain", "client0500.example"]


def test_nothing_that_is_typed_is_run(shell: Shell) -> None:
    """A Tab after half a command line runs nothing. Ctrl-U then clears the line.

    zsh itself expands substitutions at a Tab, unless Tab is bound to complete-word.
    """
    store((*HOSTILE, "abc.example"))
    if shell.name == "zsh":
        shell.child.send("bindkey '^I' complete-word\r")
    for line in LINES:
        shell.child.send(line + "\t\x15")
    assert shell.entered("renewctl expl") == ["explain"]
    assert {path.name for path in Path().iterdir()} == {"renewctl.toml"}


PLACES = {
    "bash": (
        ".local/share/bash-completion/completions/renewctl",
        ". /usr/share/bash-completion/bash_completion",
    ),
    "zsh": ("functions/_renewctl", "fpath=(~/functions $fpath)"),
    "fish": (
        ".config/fish/completions/renewctl.fish",
        "set -p fish_complete_path ~/.config/fish/completions",
    ),
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_script_works_in_the_place_that_its_first_lines_name(name: str, run: Callable) -> None:
    """The shell loads it from there when it is needed."""
    where, begin = PLACES[name]
    if shutil.which(name) is None or (name == "bash" and not Path(begin.split()[1]).exists()):
        pytest.skip(f"{name} or its support for completion is not installed")
    script = run("completion", name).out
    assert where.rpartition("/")[2] in "".join(script.splitlines(keepends=True)[:3])
    path = Path.home() / where
    path.parent.mkdir(parents=True)
    path.write_text(script)
    store(("acme.example",))
    shell = Shell(name, begin, complete=START)
    for _ in range(2):  # The first Tab loads the file.
        assert shell.entered("renewctl explain ac") == ["explain", "acme.example"]
    shell.child.close(force=True)


# ------------------------------------------------------------------ completions


def commands(tree: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    yield path, tree
    for name in getattr(tree, "commands", ()):
        yield from commands(tree.build(name), (*path, name))


COMMANDS = dict(commands(command_tree()))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(path) or "renewctl")
def test_every_option_of_every_command_is_offered(path: tuple[str, ...], offered: Callable) -> None:
    given = offered(" ".join(["renewctl", *path, "-"]))
    options = {
        name
        for parameter in COMMANDS[path].params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("-") and not parameter.hidden
    }
    assert set(given) == options | {"--help", "-h"}


@pytest.mark.parametrize("path", [path for path, each in COMMANDS.items() if hasattr(each, "commands")])
def test_every_command_is_offered(path: tuple[str, ...], offered: Callable) -> None:
    assert offered(" ".join(["renewctl", *path, ""])) == list(COMMANDS[path].commands)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("client assign acme.example ", {"primary", "billing", "decision-maker"}),
        ("client sh", {"show"}),
        ("client assign acme.example dec", {"decision-maker"}),
        ("user remove ana", {"ana@agency.example"}),
        ("who -o mark", {"markdown"}),
        ("set-default --owner ", {"hubspot", "partner"}),
        ("set-default --notify ", {"ana@agency.example", "rui@agency.example", "none"}),
        ("client list --user ", {"ana@agency.example", "rui@agency.example", "none"}),
        ("who --user ", {"ana@agency.example", "rui@agency.example", "none"}),
        ("who --source ", {"default", "override"}),
        ("who --code ", set(SEVERITY)),
        ("who --code no-recipient,no-co", {"no-recipient,no-copy"}),
        ("who --code $(id),no-co", set()),
        ("who --recipient ", {"ana@agency.example", "rui@agency.example"}),
        ("user replace ana@agency.example ", {"ana@agency.example", "rui@agency.example"}),
        ("who --by ", {"client", "recipient"}),
        ("import x.csv --date-format ", {"dmy", "mdy"}),
        ("check --explain ", set(CODES)),
        ("check --ignore no-recipient,no-co", {"no-recipient,no-copy"}),
        ("check --ignore $(id),no-co", set()),
        ("completion ", {"bash", "zsh", "fish", "powershell", "pwsh"}),
        ("contacts ", {"acme.example", "borges.example"}),
        ("contacts acme.example ", {"borges.example"}),
        ("explain acme.example ", set()),
        ("client add ", set()),
        ("client set acme.example --name ", set()),
        ("bogus --", {"--help", "--version"}),
        ("who --store ", set()),
        ("import ", set()),
    ],
)
def test_values_are_offered(line: str, words: set[str], offered: Callable, small: Path) -> None:
    assert set(offered(f"renewctl {line}")) == words


@pytest.mark.parametrize(
    "text", [None, "", "version = ", "\x00\xff", "clients = 3", "version = 99", "a = " + "[" * 5000]
)
def test_no_value_of_an_unreadable_file_is_offered(text: str | None, offered: Callable) -> None:
    if text is not None:
        Path("renewctl.toml").write_text(text, encoding="latin-1")
    assert offered("renewctl explain a") == []
    assert offered("renewctl expl") == ["explain"]


def test_completion_uses_the_same_file_as_a_command(
    offered: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered("renewctl explain ") == []
    Path("stores").mkdir()
    Path("stores/a.json").write_text('{"version": 1, "clients": {"json.example": {}}}')
    store(("here.example",))
    assert set(offered("renewctl explain ")) == {"here.example"}
    assert set(offered("renewctl explain --store stores/a.json ")) == {"json.example"}
    monkeypatch.setenv("RENEWCTL_STORE", "stores/a.json")
    assert set(offered("renewctl explain ")) == {"json.example"}


@settings(suppress_health_check=RESET)
@given(names=st.lists(st.text() | st.from_regex(KEY, fullmatch=True) | st.sampled_from(HOSTILE), max_size=5))
def test_only_plain_names_are_offered(names: list[str], offered: Callable) -> None:
    data = {
        "clients": {name: {} for name in names},
        "users": {f"{name}@agency.example": {} for name in names},
    }
    Path("renewctl.json").write_text(json.dumps(data))
    plain = {name for name in names if KEY.fullmatch(name)}
    assert set(offered("renewctl explain ")) == plain
    safe = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@")
    for address in offered("renewctl user remove "):
        assert set(address) <= safe
        assert address[0].isalnum()


@pytest.mark.parametrize("shell", ["powershell", "pwsh"])
def test_powershell_gets_values_without_help(
    shell: str, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Test the requests and answers of Typer's script, without a PowerShell."""
    script = run("completion", shell).out
    assert "Register-ArgumentCompleter -Native -CommandName renewctl" in script
    assert '$Env:_RENEWCTL_COMPLETE = "complete_powershell"' in script
    store(("acme.example", "ab$(touch F)"))
    monkeypatch.setenv("_RENEWCTL_COMPLETE", "complete_powershell")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "renewctl explain a")
    monkeypatch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", "a")
    assert run() == (0, "acme.example::: \n", "")


@pytest.mark.parametrize("words", ["renewctl ", "renewctl who --", "renewctl explain "])
def test_a_tab_does_not_import_rich(words: str, spawn: Callable) -> None:
    store(("acme.example",))
    asked = {
        "_RENEWCTL_COMPLETE": "complete_zsh",
        "_TYPER_COMPLETE_ARGS": words,
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    ran = spawn(env=asked)
    assert b"_arguments" in ran.out
    assert b" rich" not in ran.err


@given(line=st.text())
@settings(suppress_health_check=RESET)
def test_any_line_can_be_completed(line: str, offered: Callable) -> None:
    offered(line.replace("\0", ""))
    offered("renewctl override " + line.replace("\0", ""))


def test_addresses_have_only_plain_characters() -> None:
    assert re.fullmatch(ADDRESS, "ana.souza+hub@agency-1.example")
    for address in (
        "-a@b.example",
        "a@-b.example",
        "a b@c.example",
        "a@b@c",
        "á@b.example",
        "a'b@c.example",
        "a@b\n",
    ):
        assert not re.fullmatch(ADDRESS, address), address


# ------------------------------------------------------------------ completion SHELL


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_printed(name: str, run: Callable) -> None:
    ran = run("completion", name)
    assert (ran.status, ran.err) == (0, "")
    assert f"for {name}" in ran.out.splitlines()[0] + ran.out.splitlines()[1]
    assert f'"shell": "{name}"' in run("completion", name, "-o", "json").out


def test_another_shell_is_a_usage_error(run: Callable) -> None:
    assert run("completion", "tcsh").status == 2
    assert run("completion").status == 2


@pytest.mark.parametrize("text", ["clients = [1, 2]\n", "clients = 5\n", "[[clients]]\n"])
def test_a_file_of_another_structure_offers_nothing(text: str, offered: Callable) -> None:
    Path("renewctl.toml").write_text(f"version = 1\n{text}")
    assert offered("renewctl client show ") == []
