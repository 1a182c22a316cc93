"""The facts of ``doctor`` about renewctl, the terminal and the packages."""

import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import TextIO

from renewctl import __version__
from renewctl.domain.dates import parse_day
from renewctl.errors import UsageError
from renewctl.installation import install_command
from renewctl.render.doctor import Fact, Status

_PROGRAM, _TERMINAL, _PACKAGES = "Program", "Terminal", "Packages"
_AS_OF = "RENEWCTL_AS_OF"
_VARIABLE = re.compile(r"RENEWCTL_\w+|PAGER|NO_COLOR|CLICOLOR|FORCE_COLOR|COLUMNS")
_NAME, _LEAST, _EXTRA = re.compile(r"[\w.-]+"), re.compile(r">=([\d.]+)"), re.compile(r"extra == '(\w+)'")
"""The parts of a requirement, as the metadata of a package has it."""


def examine_program(*, full: bool) -> Iterator[Fact]:
    """Yield the versions of renewctl, Python and the system."""
    yield Fact(_PROGRAM, "renewctl", __version__)
    name = f"{platform.python_implementation()} {platform.python_version()}"
    yield Fact(_PROGRAM, "Python", f"{name}, {sys.executable}" if full else name)
    yield Fact(_PROGRAM, "System", f"{platform.system()} {platform.release()}, {platform.machine()}")


def examine_terminal(
    variables: Mapping[str, str], stdout: TextIO, shell: str, *, full: bool
) -> Iterator[Fact]:
    """Yield the shell, the output and the variables.

    Args:
        variables: The environment variables.
        stdout: Standard output.
        shell: The name of the shell; empty if it is unknown.
        full: Whether to show the values of the variables.
    """
    yield Fact(_TERMINAL, "Shell", shell or "unknown")
    size = shutil.get_terminal_size()
    kind = f"{variables.get('TERM') or 'unknown kind'}, {size.columns} × {size.lines}"
    yield Fact(_TERMINAL, "Output", kind if stdout.isatty() else "not a terminal")
    encoding = f"{stdout.encoding or 'utf-8'}, file names {sys.getfilesystemencoding()}"
    yield Fact(_TERMINAL, "Encoding", encoding)
    names = sorted(filter(_VARIABLE.fullmatch, variables))
    found = ", ".join(f"{name}={variables[name]}" if full else name for name in names)
    yield Fact(_TERMINAL, "Variables", found or "none that renewctl reads")
    try:
        parse_day(variables.get(_AS_OF) or "today", date.today(), option=_AS_OF)  # noqa: DTZ011
    except UsageError as error:
        text = error.message if full else f"{_AS_OF} is not a valid date"
        yield Fact(_TERMINAL, "Date", text, Status.PROBLEM, error.hint)


def examine_packages() -> Iterator[Fact]:
    """Yield the packages: installed, missing, without files, or too old."""
    try:
        required = requires("renewctl") or []
    except PackageNotFoundError:
        required = []
    for text in required:
        requirement, _, marker = text.partition(";")
        extra = _EXTRA.search(marker)
        if not extra or extra[1] != "all":  # That one repeats the other extras.
            yield _examine_package(requirement, extra[1] if extra else "")


def _examine_package(requirement: str, extra: str) -> Fact:
    [name] = _NAME.findall(requirement)[:1]
    least, purpose = _LEAST.search(requirement), f" (extra {extra})" if extra else ""
    try:
        found = version(name)
    except PackageNotFoundError:
        status = Status.OK if extra else Status.PROBLEM
        return Fact(_PACKAGES, name, f"not installed{purpose}", status, install_command(name))
    module = find_spec(name.replace("-", "_"))  # The module is found, not imported.
    if not module or not module.origin:  # A folder without files has no origin.
        fix = install_command(name, again=True)
        return Fact(_PACKAGES, name, f"{found}{purpose}, but its files are missing", Status.PROBLEM, fix)
    if least and _number(found) < _number(least[1]):
        fix = install_command(f"{name}>={least[1]}")
        return Fact(_PACKAGES, name, f"{found}{purpose}, needs {least[1]}", Status.PROBLEM, fix)
    return Fact(_PACKAGES, name, found + purpose)


def _number(text: str) -> list[int]:
    """Return the numbers of a version before any letters, for comparing."""
    return [int(part) for part in re.findall(r"\d+", re.split(r"[a-z+-]", text)[0])]
