"""Suggestions for invalid command lines, also from a table of synonyms."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from renewctl.cli.options import ADDRESS
from renewctl.cli.runtime import COMMON_OPTIONS
from renewctl.command_line import command_line
from renewctl.errors import UsageError
from renewctl.package_data import read_texts

_FORMATS = {f".{form}": form for form in ("csv", "tsv", "json", "jsonl", "xlsx")} | {".md": "markdown"}
_TO_FILE = {"export": "renewctl export {file}", "calendar": "--out {file}"}
"""How to write the output of some commands to a file, whatever its suffix is."""
_EXTRA = re.compile(r"unexpected extra argument(?:s|\(s\))? \((.*)\)")
_NO_CHOICE = re.compile(r"'([^']*)' is not one of (.*)")
_TOO_SMALL = re.compile(r"(\S+) is not in the range x>=(\S+)")
_NOT_A_NUMBER = re.compile(r"(.*) is not a valid (?:int|integer|float)(?: range)?")
_PLAIN = re.compile(r"[\w./-]+")


def usage_error(error: Any, path: str) -> UsageError:
    """Convert an error of Typer. The hint is what to type instead.

    Args:
        error: The error.
        path: The name of the command, for errors without a context.
    """
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else path
    hint = f"see {path} --help"
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
    elif hasattr(error, "option_name"):
        words = message.replace("requires an argument", "requires a value")
        message = words.replace(f"option '{error.option_name}'", error.option_name)
    elif error.message == "" and context:
        message = f"missing {_name(error.param)}"
        if choices := [str(choice) for choice in getattr(error.param.type, "choices", ())]:
            message = f"{message}: {', '.join(choices[:-1])} or {choices[-1]}"
        arguments = (each for each in context.command.params if each.param_type_name == "argument")
        names = [each.metavar or each.name.upper() for each in arguments]
        hint = f"run {command_line(' '.join([path.removeprefix('renewctl '), *names]))}"
    elif context and getattr(error, "param", None):
        message, alternative = _for_value(context.command, error.param, error.message)
        hint = alternative or hint
    return UsageError(message, hint=hint)


def suggest_page(word: str, known: Iterable[str]) -> UsageError:
    """Return the error for a word that is neither a help topic nor a command."""
    near = _nearest(word, known)
    hint = _ask(_synonym("renewctl", word) or (near and f"renewctl help {near}"))
    return UsageError(f"no help for '{word}'", hint=hint or "list the topics: renewctl help")


def refuse_repeated_options(context: Any, arguments: Sequence[str]) -> None:
    """Refuse a repeated option of a change: its first value would have no effect.

    Common options can be repeated, so that a later one takes precedence over one in a shell alias.
    """
    if not any(each.name == "dry_run" for each in context.command.params):
        return
    order = context.command.make_parser(context).parse_args(args=list(arguments))[2]
    for option, times in Counter(order).items():
        repeatable = option.param_type_name != "option" or option.multiple or option.is_flag
        if times > 1 and not repeatable and option.rich_help_panel != COMMON_OPTIONS:
            hint = f"see {context.command_path} --help"
            if option.opts[-1] in {"--renewal", "--product"}:
                command = command_line("client set-renewal CLIENT DATE --product NAME")
                hint = f"add another renewal with: {command}"
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
    change = context.find_root().command.build("undo")  # It has every common option.
    panel = next((each.rich_help_panel for each in change.params if name in each.opts), None)
    if hasattr(command, "commands"):
        line = f"{context.command_path} COMMAND {name}"
        return f"put options after the command: {line}" if panel else ""
    if name == "--out" and command.name == "export":
        return f"name the file: {command_line('export FILE')}"
    if name == "--out":
        return "remove --out: commands that change the file do not have it"
    if panel not in {None, COMMON_OPTIONS}:
        return f"remove {name}, because {context.command_path} makes no changes"
    return _ask(_nearest(name, error.possibilities or ()))


def _for_value(command: Any, parameter: Any, problem: str) -> tuple[str, str]:
    """Return the error for an invalid value, and its hint, which can be empty.

    Args:
        command: The command.
        parameter: The option or argument.
        problem: The message of Typer, without the name of the parameter.
    """
    name, problem = _name(parameter), " ".join(problem.split()).rstrip(".")
    if small := _TOO_SMALL.fullmatch(problem):
        return f"{name}: {small[1]} is less than {small[2]}", ""
    if number := _NOT_A_NUMBER.fullmatch(problem):
        return f"{name}: {number[1]} is not a number", ""
    if not (choice := _NO_CHOICE.fullmatch(problem)):
        return f"{name}: {problem}", ""
    value, choices = choice[1], re.findall(r"'([^']+)'", choice[2])
    message = f"'{value}' is not a valid {'value for ' if name.startswith('-') else ''}{name}"
    suffix = PurePath(value).suffix.lower()
    if "--output" in parameter.opts and suffix:
        line = _TO_FILE.get(command.name, "")
        if not line and suffix in _FORMATS:
            reads = any("--out" in each.opts for each in command.params)
            line = "--out {file}" if reads else f"-o {_FORMATS[suffix]}"
        return message, _ask(line.format(file=value if _PLAIN.fullmatch(value) else f"FILE{suffix}"))
    hint = _ask(_nearest(value, choices))
    if not hint and "--output" not in parameter.opts:  # --help lists only the formats of the command.
        hint = f"use {', '.join(choices[:-1])} or {choices[-1]}"
    return message, hint


def _name(parameter: Any) -> str:
    """Return the long name of an option, or the metavar of an argument."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper()).strip("[].")
    return str(parameter.opts[-1])


def _synonym(group: str, word: str) -> str:
    """Return the command line for a synonym in a group; empty if there is none."""
    table, word = read_texts("synonyms"), word.lower()
    if group == "renewctl":
        line = table[group].get(word, "")
    elif line := table.get(group, {}).get(word, ""):
        line = f"{group} {line}"
    elif not (line := table["renewctl"].get(word, "")).startswith(f"{group} "):
        line = ""
    return f"renewctl {line}" if line else ""


def _nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice most similar to a word; empty if none is similar.

    A lower limit would suggest mdy for ymd.
    """
    return next(iter(get_close_matches(word.lower(), list(choices), 1, 0.7)), "")


def _ask(line: str) -> str:
    if line.startswith("renewctl "):
        line = command_line(line.removeprefix("renewctl "))
    return f"did you mean {line}?" if line else ""
