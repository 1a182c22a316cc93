"""What to type instead of a line that makes no command: by Typer, and by a table of synonyms."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from renewctl.cli.options import ADDRESS
from renewctl.cli.runtime import EVERYWHERE
from renewctl.command_line import command_line
from renewctl.errors import UsageError
from renewctl.package_data import read_texts

_FORMATS = {f".{form}": form for form in ("csv", "tsv", "json", "jsonl", "xlsx")} | {".md": "markdown"}
_TO_FILE = {"export": "renewctl export {file}", "calendar": "renewctl calendar > {file}"}
"""How the answer of some commands comes into a file; others send a format there."""
_EXTRA = re.compile(r"unexpected extra argument(?:s|\(s\))? \((.*)\)")
_NO_CHOICE = re.compile(r"'([^']*)' is not one of (.*)")
_PLAIN = re.compile(r"[\w./-]+")


def usage_error(error: Any, path: str) -> UsageError:
    """Return what Typer finds wrong with a command line, with what to type instead.

    ``path`` is the command's words, where the error has no context.
    """
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else path
    is_group = hasattr(context and context.command, "commands")
    hint = f"{path} --help lists the {'commands' if is_group else 'options'}"
    message, _, guess = " ".join(error.format_message().split()).partition(" Did you mean ")
    message = f"{message[:1].lower()}{message[1:]}".rstrip(".")
    if hasattr(error, "possibilities"):
        message = f"unknown option {error.option_name}"
        hint = _for_option(context, error) or hint
    elif message.startswith("no such command "):
        word = message.removeprefix("no such command ")[1:-1]
        message = f"unknown command '{word}'"
        near = _nearest(word, re.findall(r"'([^']*)'", guess))
        hint = _for_command(context, word) or _ask(near and f"{path} {near}") or hint
    elif extra := _EXTRA.search(message):
        message = f"unexpected argument '{extra[1]}'"
    elif choices := _NO_CHOICE.search(message):
        known = re.findall(r"'([^']+)'", choices[2])
        hint = _for_value(context.command.name, error.param, choices[1], known) or hint
    elif error.message == "" and context:
        arguments = (each for each in context.command.params if each.param_type_name == "argument")
        names = [each.metavar or each.name.upper() for each in arguments]
        hint = f"write {command_line(' '.join([path.removeprefix('renewctl '), *names]))}"
    return UsageError(message, hint=hint)


def suggest_page(word: str, known: Iterable[str]) -> UsageError:
    """Return the error for a word that the help has nothing on, as it knows pages and commands."""
    near = _nearest(word, known)
    hint = _ask(_synonym("renewctl", word) or (near and f"renewctl help {near}"))
    return UsageError(f"there is no help on '{word}'", hint=hint or "renewctl help lists the pages")


def refuse_repeated_options(context: Any, arguments: Sequence[str]) -> None:
    """Refuse an option of a change that is given twice: the first value would be lost in silence.

    Options of every command can be repeated, as a later one overrules that of an alias.
    """
    if not any(each.name == "dry_run" for each in context.command.params):
        return
    order = context.command.make_parser(context).parse_args(args=list(arguments))[2]
    for option, times in Counter(order).items():
        repeatable = option.param_type_name != "option" or option.multiple or option.is_flag
        if times > 1 and not repeatable and option.rich_help_panel != EVERYWHERE:
            hint = f"{context.command_path} --help lists the options"
            if option.opts[-1] in {"--renewal", "--product"}:
                command = command_line("client set-renewal CLIENT DATE --product NAME")
                hint = f"a second one: {command}"
            raise UsageError(f"{option.opts[-1]} can be given only once", hint=hint)


def _for_command(context: Any, word: str) -> str:
    group = context.command.name
    line = _synonym(group, word)
    if not line and word.lower() in context.find_root().command.commands:
        line = f"renewctl {word.lower()}"
    if not line and re.fullmatch(ADDRESS, word):
        line = f"renewctl who --recipient {word}"
    if not line and group != "user" and "." in word and _PLAIN.fullmatch(word):
        line = f"renewctl {'client show' if group == 'client' else 'explain'} {word}"
    return _ask(line)


def _for_option(context: Any, error: Any) -> str:
    name, command = error.option_name, context.command
    known = [each for parameter in command.params for each in (*parameter.opts, *parameter.secondary_opts)]
    synonym = read_texts("synonyms")["options"].get(name, "")
    if synonym.partition(" ")[0] in known:
        return _ask(synonym)
    change = context.find_root().command.build("undo")  # has the options that commands have in common
    panel = next((each.rich_help_panel for each in change.params if name in each.opts), None)
    if hasattr(command, "commands"):
        line = f"{context.command_path} COMMAND {name}"
        return f"options stand after the command: {line}" if panel else ""
    if panel not in {None, EVERYWHERE}:
        return f"{context.command_path} changes nothing, so it has no {name}"
    return _ask(_nearest(name, error.possibilities or ()))


def _for_value(command: str, parameter: Any, value: str, choices: Sequence[str]) -> str:
    suffix = PurePath(value).suffix.lower()
    if "--output" not in parameter.opts or not suffix:
        return _ask(_nearest(value, choices))
    line = _TO_FILE.get(command) or (f"-o {_FORMATS[suffix]} > {{file}}" if suffix in _FORMATS else "")
    return _ask(line.format(file=value if _PLAIN.fullmatch(value) else f"FILE{suffix}"))


def _synonym(group: str, word: str) -> str:
    """Return the command line that people mean by a word where a command of a group belongs."""
    table, word = read_texts("synonyms"), word.lower()
    if group == "renewctl":
        line = table[group].get(word, "")
    elif line := table.get(group, {}).get(word, ""):
        line = f"{group} {line}"
    elif not (line := table["renewctl"].get(word, "")).startswith(f"{group} "):
        line = ""
    return f"renewctl {line}" if line else ""


def _nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice that is most like a word: with less likeness, mdy would be offered for ymd."""
    return next(iter(get_close_matches(word.lower(), list(choices), 1, 0.7)), "")


def _ask(line: str) -> str:
    if line.startswith("renewctl "):
        words, redirect, file = line.removeprefix("renewctl ").partition(" > ")
        line = command_line(words) + redirect + file
    return f"did you mean {line}?" if line else ""
