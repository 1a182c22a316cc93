"""The answer to a Tab: what the scripts of ``shells`` ask for, with the line in the environment.

Typer has scripts and answers of its own (``--install-completion``): for zsh they are evaluated, fish
asks twice, and any word of help costs the import of rich. It is the same tree that is asked.
"""

import re
from collections.abc import Iterator

from typer._click.shell_completion import (
    CompletionItem,
    _resolve_context,
    _resolve_incomplete,
    split_arg_string,
)

from renewctl.cli.environment import Environment
from renewctl.cli.registry import CommandGroup

LINE = "_RENEWCTL_LINE"
"""The line as far as the cursor."""
_FILE = "\tfile\n"
"""The answer where the shell is to look for a file."""
_FILES = {"FILE", "PATH", "[OLD]", "[NEW]"}
_ASSIGNMENT = re.compile(r"\w+=")
_OPTION = re.compile(r"--[\w-]+=")


def complete(tree: CommandGroup, environment: Environment) -> str:
    """Return what the last word of the line may become: a line each, of the word, a tab and its help."""
    try:
        return "".join(_offered(tree, environment, environment.variables.get(LINE, "")))
    except Exception:  # half a command line may be anything, and nobody could read of an error
        return ""


def _offered(tree: CommandGroup, environment: Environment, line: str) -> Iterator[str]:
    words = split_arg_string(line)
    last = words.pop() if words and not line[-1:].isspace() else ""
    while words and _ASSIGNMENT.match(words[0]):
        del words[0]
    arguments = words[1:]
    context = _resolve_context(tree, {"obj": environment}, "renewctl", arguments)
    asked, word = _resolve_incomplete(context, arguments, last)
    if getattr(asked, "metavar", None) in _FILES:
        yield _FILE
        return
    option = _OPTION.match(last)
    for item in asked.shell_complete(context, word):
        yield _line(item, option[0] if option and word != last else "")


def _line(item: CompletionItem, before: str) -> str:
    said = " ".join((item.help or "").split())
    return f"{before}{item.value}\t{said}".rstrip("\t") + "\n"
