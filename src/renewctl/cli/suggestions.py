"""What a line that makes no command probably meant: the nearest word, or what people type first.

Only a mistake imports this.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from renewctl.cli.completers import ADDRESS
from renewctl.cli.help_text import arguments, choices_of
from renewctl.cli.synonyms import AGAIN, ALIASES, FILES, MEMBERS, OPTIONS, VALUES, WORDS
from renewctl.errors import UsageError

_FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".txt": "table",
}
_CHANGING = {"-n", "--dry-run", "-y", "--yes", "--lock-timeout", "--note"}
_COMMON = {"--store", "-o", "--output", "--as-of", "-q", "--quiet"} | _CHANGING
_LIKE = 0.7
"""How like a word must be: less, and mdy would be offered for ymd."""
_NO_CHOICE = re.compile(r"'(.*)' is not one of")
_EXTRA = re.compile(r"unexpected extra argument(?:s|\(s\))? \((\S+)")
_PLAIN = re.compile(r"[\w./-]+")


def unknown_command(context: Any, word: str) -> UsageError:
    """Return the error for a word that is no command of the group that a context is of."""
    group = context.command
    near = _nearest(word, group.commands)
    line = (
        _meant(group.words, word) or _elsewhere(context, word) or (near and f"{context.command_path} {near}")
    )
    more = f"{context.command_path} --help lists the commands"
    return UsageError(f"No such command '{word}'", hint=f"{_asked(line)}{more}")


def _elsewhere(context: Any, word: str) -> str | None:
    """Return the command of the whole that a word calls which is none of the group's."""
    return f"renewctl {word.lower()}" if word.lower() in context.find_root().command.commands else None


def unknown_page(word: str, known: Iterable[str]) -> UsageError:
    """Return the error for a word that the help has nothing on, as it knows pages and commands."""
    near = _nearest(word, known)
    line = _meant("", word) or (near and f"renewctl help {near}")
    return UsageError(f"there is no help on '{word}'", hint=f"{_asked(line)}renewctl help lists the pages")


def suggest(error: Any, context: Any) -> str:
    """Return what to type instead of what Typer finds wrong, ready to stand before more; or nothing."""
    words = context.command_path.partition(" ")[2]
    if hasattr(error, "possibilities"):
        return _of_option(words, context.command, error.option_name)
    if error.message == "" and getattr(error, "param_type", None) != "option":
        return f"write {context.command_path} {' '.join(arguments(context.command))}; "
    if found := _NO_CHOICE.match(error.message):
        return _asked(_of_value(words, error.param, found[1]))
    if found := _EXTRA.search(error.message):
        return _asked(_of_extra(context.command, found[1].rstrip(")")))
    return ""


def refuse_repeated_options(context: Any, given: Sequence[str]) -> None:
    """Refuse an option of a change that is said twice: the first value would be lost in silence.

    Options of every command may be: a later one overrules that of an alias.

    Raises:
        UsageError: such a one is there.
    """
    command = context.command
    options = [each for each in command.params if each.param_type_name == "option"]
    if not any(each.name == "dry_run" for each in options):
        return
    order = command.make_parser(context).parse_args(args=list(given))[2]
    single = [each for each in options if not (each.multiple or each.is_flag or _is_everywhere(each))]
    for option, times in Counter(each for each in order if each in single).items():
        if times > 1:
            name = option.opts[-1]
            words = context.command_path.partition(" ")[2]
            more = AGAIN.get((words, name), f"{context.command_path} --help shows what can be said")
            raise UsageError(f"{name} is said {times} times, and takes one value", hint=more)


def _is_everywhere(option: Any) -> bool:
    return bool((option.rich_help_panel or "").startswith("Options of every"))


def _asked(line: str | None) -> str:
    return f"did you mean {line}? " if line else ""


def _nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a word begins, if there is one only, or else the one most like it."""
    known = list(choices)
    begun = [choice for choice in known if choice.startswith(word.lower())]
    if len(begun) == 1 and word.strip("-"):
        return begun[0]
    return next(iter(get_close_matches(word.lower(), known, 1, _LIKE)), None)


def _meant(group: str, word: str) -> str | None:
    """Return the command line that somebody means who types a word where a command should stand."""
    known = MEMBERS[group] if group else WORDS
    for line, words in known.items():
        if word.lower() in words.split():
            return " ".join(filter(None, ("renewctl", group, line)))
    if group:
        named = group == "client" and "." in word and _PLAIN.fullmatch(word)
        return f"renewctl client show {word}" if named else None
    if re.fullmatch(ADDRESS, word):
        return f"renewctl who --recipient {word}"
    return f"renewctl explain {word}" if "." in word and _PLAIN.fullmatch(word) else None


def _of_option(words: str, command: Any, option: str) -> str:
    """Return what an option means that the command has not."""
    if line := OPTIONS.get((words, option)):
        return _asked(f"renewctl {line}")
    known = [name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)]
    alias = ALIASES.get(option, "")
    if alias in known:
        return _asked(f"{alias} {option.lstrip('-')}" if option.lstrip("-") in _FORMATS.values() else alias)
    if near := _nearest(option, [name for name in known if name.startswith("--")]):
        return _asked(near)
    if option not in _COMMON:
        return ""
    if hasattr(command, "commands"):
        return f"{option} stands after the command; "
    return f"renewctl {words} changes nothing, so it has no {option}; " if option in _CHANGING else ""


def _of_value(words: str, parameter: Any, value: str) -> str | None:
    names = getattr(parameter, "opts", ())
    if "role" in names and "@" in value:
        return f"renewctl {words} CLIENT ROLE ADDRESS"
    for name in names:
        if line := VALUES.get((words, name, value.lower())):
            return f"renewctl {line}"
    if "--output" in names and (suffix := PurePath(value).suffix.lower()):
        return _to_file(words, value, suffix)
    return _nearest(value, choices_of(parameter))


def _to_file(words: str, value: str, suffix: str) -> str | None:
    """Return how an answer comes into a file: ``-o`` names a format, not a file."""
    file = value if _PLAIN.fullmatch(value) else f"FILE{suffix}"
    line = FILES.get((words, suffix)) or FILES.get((words, ""))
    if line is None and suffix in _FORMATS:
        return f"-o {_FORMATS[suffix]} > {file}"
    return f"renewctl {line.format(file=file)}" if line else None


def _of_extra(command: Any, word: str) -> str | None:
    """Return the option that a word too many is a value of."""
    for parameter in command.params:
        long = [name for name in getattr(parameter, "opts", ()) if name.startswith("--")]
        if long and word.lower() in choices_of(parameter):
            return f"{long[0]} {word.lower()}"
    if not re.fullmatch(ADDRESS, word):
        return None
    names = [name for parameter in command.params for name in parameter.opts]
    if "--notify" in names:
        return f"--notify {word}"
    return None if "--dry-run" in names else f"renewctl who --recipient {word}"
