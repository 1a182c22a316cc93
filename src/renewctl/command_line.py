"""The commands that renewctl prints, to be pasted as they are: quoted, and for the store of this run."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise, takewhile
from shlex import quote

from renewctl.text import showable

_store: ContextVar[str] = ContextVar("store", default="")
_arguments: ContextVar[tuple[str, ...]] = ContextVar("arguments", default=())
_commands: dict[int, set[str]] = {}
"""The commands that were made, as they are shown, by their length."""


@contextmanager
def name_store(arguments: Sequence[str]) -> Iterator[None]:
    """Have every command that is printed inside name the store that a command line names, if any.

    ``repeat_command`` repeats the command line itself.

    The line is not read by Typer here: half of what is printed is about lines that Typer refuses. A store
    that the environment names, or that is found, is the same one where the command is pasted.
    """
    words = [*takewhile(lambda word: word != "--", arguments)]
    store = ""
    for word, following in pairwise([*words, ""]):
        if word == "--store":
            store = following
        elif word.startswith("--store="):
            store = word.removeprefix("--store=")
    token = _store.set(option("store", store) if store else "")
    repeated = _arguments.set(tuple(arguments))
    try:
        yield
    finally:
        _store.reset(token)
        _arguments.reset(repeated)


def command_line(words: str, *arguments: str, **options: str | bool | None) -> str:
    """Return a command to be pasted as it is.

    Args:
        words: what is typed as it stands: the command's words, and placeholders in capitals.
        arguments: arguments in their order, quoted where a shell or an option would be read.
        options: options with their values; True is one without a value, and False and None are left out.
    """
    return _remember(_compose(words, arguments, options))


def repeat_command(**options: str | bool) -> str:
    """Return the command line of this run with more options, to be pasted as it is.

    An option ``KEY=VALUE`` replaces those of the same key.
    """
    words = [*_arguments.get()]
    end = words.index("--") if "--" in words else len(words)
    given, operands = words[:end], words[end:]
    for name, value in options.items():
        given = _drop(given, option(name, True), value) if isinstance(value, str) and "=" in value else given
    added = [option(name, value) for name, value in options.items()]
    return _remember(" ".join(["renewctl", *map(quote, given), *added, *map(quote, operands)]))


def _drop(words: Sequence[str], option: str, value: str) -> list[str]:
    """Return words without those of an option whose value has the same key, which is before the ``=``."""
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
    """Return the commands in a text, the longest first: half a command is another one.

    Prose follows a command, and only who made it knows where it ends.
    """
    found = set()
    for match in re.finditer("renewctl ", text):
        for length, commands in _commands.items():
            if (part := text[match.start() : match.start() + length]) in commands:
                found.add(part)
    return sorted(found, key=len, reverse=True)


def _compose(words: str, arguments: Sequence[str], options: Mapping[str, str | bool | None]) -> str:
    parts = ["renewctl", words]
    chosen = [option(name, value) for name, value in options.items() if value not in {False, None}]
    chosen += [_store.get()] if _store.get() else []
    quoted = [quote(argument) for argument in arguments]
    if any(argument.startswith("-") for argument in arguments):
        return " ".join([*parts, *chosen, "--", *quoted])
    return " ".join([*parts, *quoted, *chosen])


def option(name: str, value: str | bool) -> str:
    """Return an option as it is typed, quoted; True is one without a value."""
    option = f"--{name.replace('_', '-')}"
    if value is True:
        return option
    return f"{option}{'=' if str(value).startswith('-') else ' '}{quote(str(value))}"
