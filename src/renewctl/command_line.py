"""Compose commands that users can paste, with the --store option of this run."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from itertools import pairwise, takewhile

from renewctl.text import showable


class Shell(StrEnum):
    """A kind of shell, by the way it reads a command."""

    POSIX = "posix"
    POWERSHELL = "powershell"
    CMD = "cmd"


_SYSTEM_COMMANDS: Mapping[str, Mapping[Shell, str]] = {
    "move": {Shell.POSIX: "mv", Shell.POWERSHELL: "Move-Item", Shell.CMD: "move"},
    "remove": {Shell.POSIX: "rm", Shell.POWERSHELL: "Remove-Item", Shell.CMD: "del"},
    "make writable": {Shell.POSIX: "chmod u+w", Shell.POWERSHELL: "attrib -r", Shell.CMD: "attrib -r"},
}
_PLAIN = r"[\w./\\:+=-][\w./\\:+=@-]*"
"""Text that every shell of Windows reads as one word."""
_POWERSHELL_QUOTES = "['\N{LEFT SINGLE QUOTATION MARK}-\N{SINGLE HIGH-REVERSED-9 QUOTATION MARK}]"

_shell: ContextVar[Callable[[], Shell]] = ContextVar("shell", default=lambda: Shell.POSIX)
_store: ContextVar[str] = ContextVar("store", default="")
_arguments: ContextVar[tuple[str, ...]] = ContextVar("arguments", default=())
_commands: dict[int, set[str]] = {}
"""The commands composed so far, as they are shown, by length."""


@contextmanager
def quote_for(find_shell: Callable[[], Shell]) -> Iterator[None]:
    """Quote the commands composed inside for a shell; find it when it first matters."""
    token = _shell.set(find_shell)
    try:
        yield
    finally:
        _shell.reset(token)


def quote(text: str) -> str:
    """Return an argument as it is typed in the user's shell, quoted where needed.

    Source:
        Windows PowerShell 5.1, about_Quoting_Rules: a quotation mark is doubled, and so are the curly ones.
        Microsoft C, "Parsing C command-line arguments": what a program started from cmd reads.
    """
    shell = _shell.get()()
    if shell is Shell.POSIX:
        import shlex  # Lazy import: data for programs has no commands.

        return shlex.quote(text)
    if re.fullmatch(_PLAIN, text):
        return text
    if shell is Shell.POWERSHELL:
        return f"'{re.sub(_POWERSHELL_QUOTES, lambda match: match[0] * 2, text)}'"
    # Backslashes before a quotation mark would escape it, so they are doubled.
    parts = [part + "\\" * (len(part) - len(part.rstrip("\\"))) for part in text.split('"')]
    return '"' + '\\"'.join(parts) + '"'


def system_command(name: str, *paths: str) -> str:
    """Return a command of the user's shell: ``move``, ``remove``, ``make writable``."""
    return " ".join([_SYSTEM_COMMANDS[name][_shell.get()()], *map(quote, paths)])


@contextmanager
def name_store(arguments: Sequence[str]) -> Iterator[None]:
    """Add a command line's --store option, if any, to each command composed inside.

    Typer does not parse the line here, because many messages are about lines that Typer rejects. A file
    from the environment variable or the search needs no option: a pasted command finds the same one.
    """
    words = [*takewhile(lambda word: word != "--", arguments)]
    store = ""
    for word, following in pairwise([*words, ""]):
        if word == "--store":
            store = following
        elif word.startswith("--store="):
            store = word.removeprefix("--store=")
    token = _store.set(option("store", store) if store else "")
    repeated = _arguments.set(tuple(_without_out(arguments)))
    try:
        yield
    finally:
        _store.reset(token)
        _arguments.reset(repeated)


def command_line(words: str, *arguments: str, **options: str | bool | Sequence[str] | None) -> str:
    """Return a command that can be pasted.

    Args:
        words: The words of the command and placeholders in capitals, used unchanged.
        arguments: Arguments in order; they are quoted where needed.
        options: Options with their values; True is a flag, False and None are omitted. A list repeats the
            option.
    """
    return _remember(_compose(words, arguments, options))


def repeat_command(**options: str | bool) -> str:
    """Return the command line of this run with more options, ready to paste.

    An option with the value ``KEY=VALUE`` replaces those with the same key.
    """
    words = [*_arguments.get()]
    end = words.index("--") if "--" in words else len(words)
    given, operands = words[:end], words[end:]
    for name, value in options.items():
        given = _drop(given, option(name, True), value) if isinstance(value, str) and "=" in value else given
    added = [option(name, value) for name, value in options.items()]
    return _remember(" ".join(["renewctl", *map(quote, given), *added, *map(quote, operands)]))


def _without_out(arguments: Sequence[str]) -> Iterator[str]:
    """Yield arguments without ``--out``, as a repeated command must not replace it."""
    words = iter(arguments)
    for word in words:
        if word == "--":
            yield from (word, *words)
        elif word == "--out":
            next(words, None)
        elif not word.startswith("--out="):
            yield word


def _drop(words: Sequence[str], option: str, value: str) -> list[str]:
    """Return words without the options whose value has the same key (before ``=``)."""
    kept: list[str] = []
    for word in words:
        is_value = kept[-1:] == [option]
        given = word if is_value else word.removeprefix(f"{option}=")
        if (is_value or given != word) and _key(given) == _key(value):
            kept = kept[:-1] if is_value else kept
        else:
            kept.append(word)
    return kept


def _key(value: str) -> str:
    return value.partition("=")[0].strip().lower().replace("-", "_")


def _remember(command: str) -> str:
    text = showable(command)
    _commands.setdefault(len(text), set()).add(text)
    return command


def find_commands(text: str) -> list[str]:
    """Return the commands in a text, the longest first, as one can start another.

    Prose can follow a command, so only commands composed here are recognized.
    """
    found = set()
    for match in re.finditer("renewctl ", text):
        for length, commands in _commands.items():
            if (part := text[match.start() : match.start() + length]) in commands:
                found.add(part)
    return sorted(found, key=len, reverse=True)


def _compose(
    words: str, arguments: Sequence[str], options: Mapping[str, str | bool | Sequence[str] | None]
) -> str:
    parts = ["renewctl", words]
    chosen: list[str] = []
    for name, value in options.items():
        if isinstance(value, str | bool):
            chosen += [option(name, value)] if value is not False else []
        else:
            chosen += (option(name, each) for each in value or ())
    chosen += [_store.get()] if _store.get() else []
    quoted = [quote(argument) for argument in arguments]
    if any(argument.startswith("-") for argument in arguments):
        return " ".join([*parts, *chosen, "--", *quoted])
    return " ".join([*parts, *quoted, *chosen])


def option(name: str, value: str | bool) -> str:
    """Return an option as it is typed, with its value quoted; True is a flag."""
    option = f"--{name.replace('_', '-')}"
    if value is True:
        return option
    if value == "":  # Windows PowerShell 5.1 drops an empty argument.
        return f"{option}="
    return f"{option}{'=' if str(value).startswith('-') else ' '}{quote(str(value))}"
