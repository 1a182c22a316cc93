"""Output and input are UTF-8, whatever code page the console has, and in Python's UTF-8 mode.

A console of Windows is not a byte stream: Python writes Unicode to it. Only Windows can show that.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from commands.conftest import AS_OF
from terminals import end_on_terminal, start_renewctl

NAME, PRODUCT = "São João & Łódź", "更新 ハブ ☕"
ENVIRONMENTS = {
    "cp437": {"PYTHONIOENCODING": "cp437"},
    "cp852, strict": {"PYTHONIOENCODING": "cp852:strict"},
    "cp932": {"PYTHONIOENCODING": "cp932"},
    "UTF-8 mode": {"PYTHONUTF8": "1"},
    "no UTF-8 mode": {"PYTHONUTF8": "0"},
    "unbuffered, cp437": {"PYTHONIOENCODING": "cp437", "PYTHONUNBUFFERED": "1"},
}


FEW = {name: ENVIRONMENTS[name] for name in ("cp437", "cp852, strict", "UTF-8 mode")}
"""Those for everything but the report, which is written, and read, the same way."""


@pytest.fixture(autouse=True)
def store(run: Callable) -> Path:
    """Create a data file with letters of several scripts."""
    os.environ["RENEWCTL_AS_OF"] = AS_OF
    assert run("init", "--owner", "hubspot", "--notify", "ana@agency.example", "-q").status == 0
    client = ("acme.example", "--name", NAME, "--primary", "eva@acme.example")
    assert run("client", "add", *client, "--renewal", "2027-03-01", "--product", PRODUCT).status == 0
    return Path("renewctl.toml")


@pytest.mark.parametrize(
    "argv",
    [
        ("who", "--all"),
        ("who", "--all", "-o", "table"),
        ("who", "--all", "-o", "csv"),
        ("who", "--all", "--by", "recipient", "-o", "markdown"),
        ("client", "show", "acme.example", "-o", "table"),
        ("--help",),
    ],
    ids=" ".join,
)
def test_output_is_the_same_utf_8_in_every_code_page(argv: tuple[str, ...], spawn: Callable) -> None:
    expected = spawn(*argv)
    assert (expected.status, expected.err) == (0, b"")
    assert argv == ("--help",) or "Łódź".encode() in expected.out
    for name, environment in (ENVIRONMENTS if argv == ("who", "--all") else {"cp437": FEW["cp437"]}).items():
        assert spawn(*argv, env=environment) == expected, name


def test_an_error_quotes_any_letter_in_every_code_page(store: Path, spawn: Callable) -> None:
    Path("list.csv").write_text("client,renewal\nacme.example,更新 à Łódź\n", "utf-8")
    for name, environment in FEW.items():
        ran = spawn("import", "list.csv", env=environment)
        assert (ran.status, ran.out) == (3, b""), name
        assert "更新 à Łódź".encode() in ran.err, name


def test_a_list_on_standard_input_is_utf_8_in_every_code_page(run: Callable, spawn: Callable) -> None:
    for number, (name, environment) in enumerate(FEW.items()):
        table = f"client,name\nc{number}.example,{NAME} 更新\n".encode()
        ran = spawn("import", "-", env=environment, given=table)
        assert ran.status == 0, name
        shown = run("client", "show", f"c{number}.example", "-o", "json")
        assert json.loads(shown.out)["name"] == f"{NAME} 更新", name


@pytest.mark.parametrize("argv", [("who", "--all"), ("--help",), ("check",)], ids=" ".join)
def test_a_terminal_shows_every_letter_in_every_code_page(argv: tuple[str, ...]) -> None:
    screens = set()
    for environment in ({}, *(FEW.values() if argv[0] == "who" else [FEW["cp437"]])):
        variables = {**os.environ, "TERM": "xterm-256color", "PAGER": "", **environment}
        child = start_renewctl(*argv, env=variables, columns=120)
        screens.add(end_on_terminal(child))
        assert child.exitstatus == 0
    (screen,) = screens
    assert argv[0] != "who" or (NAME in screen and PRODUCT in screen)
