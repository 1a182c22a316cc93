"""The commands that renewctl prints, to be pasted as they are: quoted, and for the store of this run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise, takewhile
from shlex import quote

_store: ContextVar[str] = ContextVar("store", default="")


@contextmanager
def name_store(arguments: Sequence[str]) -> Iterator[None]:
    """Have every command that is printed inside name the store that a command line names, if any.

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
    token = _store.set(_option("store", store) if store else "")
    try:
        yield
    finally:
        _store.reset(token)


def command_line(words: str, *arguments: str, **options: str | bool | None) -> str:
    """Return a command to be pasted as it is.

    Args:
        words: what is typed as it stands: the command's words, and placeholders in capitals.
        arguments: arguments in their order, quoted where a shell or an option would be read.
        options: options with their values; True is one without a value, and False and None are left out.
    """
    parts = ["renewctl", words]
    chosen = [_option(name, value) for name, value in options.items() if value not in {False, None}]
    chosen += [_store.get()] if _store.get() else []
    quoted = [quote(argument) for argument in arguments]
    if any(argument.startswith("-") for argument in arguments):
        return " ".join([*parts, *chosen, "--", *quoted])
    return " ".join([*parts, *quoted, *chosen])


def _option(name: str, value: str | bool) -> str:
    option = f"--{name.replace('_', '-')}"
    if value is True:
        return option
    return f"{option}{'=' if str(value).startswith('-') else ' '}{quote(str(value))}"
