"""Examine the program, its environment and the data file, for a bug report."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TextIO

from renewctl.render.doctor import Fact
from renewctl.store.location import Location
from renewctl.workspace.file_facts import examine_file
from renewctl.workspace.program_facts import examine_packages, examine_program, examine_terminal

_FOLDER = re.compile(r"[/\\]")


class Context(NamedTuple):
    """The environment of the process, the file, and whether to show personal data."""

    variables: Mapping[str, str]
    stdout: TextIO
    shell: str
    find_place: Callable[[], Location]
    full: bool


def examine(context: Context) -> Iterator[Fact]:
    """Yield the facts by section. Only the note inside the lock file changes.

    Without ``full``, a fix that names a folder is not shown, because folders can have personal names.
    """
    for fact in _examine(context):
        hidden = not context.full and _FOLDER.search(fact.fix)
        yield fact._replace(fix="add --full to see the command") if hidden else fact


def _examine(context: Context) -> Iterator[Fact]:
    yield from examine_program(full=context.full)
    yield from examine_terminal(context.variables, context.stdout, context.shell, full=context.full)
    yield from examine_file(context.find_place, full=context.full)
    yield from examine_packages()
