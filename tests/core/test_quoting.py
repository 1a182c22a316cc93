"""Commands to paste are quoted for the shell at hand: POSIX, PowerShell or cmd."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewctl.command_line import Shell, command_line, quote, quote_for, system_command

QUOTED = [
    ("ana@agency.example", "ana@agency.example", "ana@agency.example", "ana@agency.example"),
    ("2027-03-01", "2027-03-01", "2027-03-01", "2027-03-01"),
    (r"C:\renewals\r.toml", r"'C:\renewals\r.toml'", r"C:\renewals\r.toml", r"C:\renewals\r.toml"),
    ("my file.toml", "'my file.toml'", "'my file.toml'", '"my file.toml"'),
    ("Bob's", "'Bob'\"'\"'s'", "'Bob''s'", '"Bob\'s"'),
    ("Bob’s", "'Bob’s'", "'Bob’’s'", '"Bob’s"'),
    ('"A" & B', "'\"A\" & B'", "'\"A\" & B'", r'"\"A\" & B"'),
    ("a,b", "a,b", "'a,b'", '"a,b"'),
    ("@list", "@list", "'@list'", '"@list"'),
    ("$HOME", "'$HOME'", "'$HOME'", '"$HOME"'),
    ("a\\ b\\", "'a\\ b\\'", "'a\\ b\\'", '"a\\ b\\\\"'),
    ("", "''", "''", '""'),
]


@pytest.mark.parametrize(("text", "posix", "powershell", "cmd"), QUOTED)
def test_an_argument_is_quoted_for_each_shell(text: str, posix: str, powershell: str, cmd: str) -> None:
    expected = {Shell.POSIX: posix, Shell.POWERSHELL: powershell, Shell.CMD: cmd}
    for shell, quoted in expected.items():
        with quote_for(lambda shell=shell: shell):
            assert quote(text) == quoted


def parse_cmd(line: str) -> list[str]:
    """Return the arguments as the C runtime of Windows parses them."""
    arguments, current, quoted, slashes, started = [], "", False, 0, False
    for character in line:
        if character == "\\":
            slashes += 1
            continue
        if character == '"':
            current += "\\" * (slashes // 2)
            if slashes % 2:
                current += '"'
            else:
                quoted, started = not quoted, True
        elif character == " " and not quoted:
            current += "\\" * slashes
            if current or started:
                arguments.append(current)
            current, started = "", False
        else:
            current += "\\" * slashes + character
        slashes = 0
    current += "\\" * slashes
    return [*arguments, current] if current or started else arguments


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text("\\\"' ab", max_size=8))
def test_cmd_gets_back_what_was_quoted(text: str, hostile: str) -> None:
    with quote_for(lambda: Shell.CMD):
        assert parse_cmd(f"renewctl {quote(text)} {quote(hostile)}") == ["renewctl", text, hostile]


@given(st.text())
def test_a_posix_shell_gets_back_what_was_quoted(text: str) -> None:
    assert shlex.split(quote(text)) == [text]


def test_whole_commands_follow_the_shell() -> None:
    with quote_for(lambda: Shell.POWERSHELL):
        assert (
            command_line("explain", "Bob's", store="a b.toml")
            == "renewctl explain 'Bob''s' --store 'a b.toml'"
        )
        assert system_command("move", "a.txt", "b c.txt") == "Move-Item a.txt 'b c.txt'"
    with quote_for(lambda: Shell.CMD):
        assert system_command("make writable", "a b.toml") == 'attrib -r "a b.toml"'
