"""What a line that makes no command probably meant: the nearest word, or what people type first.

Only a mistake imports this.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import PurePath
from typing import Any

from renewctl.cli.described import choices_of
from renewctl.cli.offers import ADDRESS
from renewctl.errors import UsageError

WORDS: Mapping[str, str] = {
    "who": "report upcoming renewals notify notified notifications recipients recipient whois next due",
    "who --deadline-within 30d": "deadlines deadline",
    "who --timeline": "timeline months",
    "who --by recipient": "send mail email message",
    "explain CLIENT": "why reason",
    "set-default": "default defaults owner setting",
    "override CLIENT --owner partner --notify USER": "set-override set-owner set-client",
    "clear-override CLIENT": "reset unset clear follow inherit",
    "client list": "list ls clients roster accounts portfolio",
    "client list --overridden": "overrides overridden exceptions",
    "client show CLIENT": "show get view info",
    "client add DOMAIN": "add",
    "client set CLIENT": "set edit update change",
    "client remove CLIENT": "remove delete rm",
    "client rename CLIENT DOMAIN": "rename mv move",
    "client assign CLIENT ROLE EMAIL": "assign",
    "client unassign CLIENT ROLE": "unassign",
    "client set-renewal CLIENT DATE": "set-renewal renewal date",
    "client drop-renewal CLIENT": "drop-renewal",
    "client renewed CLIENT": "renewed renew",
    "user list": "users people team",
    "user add ADDRESS": "add-user",
    "user replace OLD NEW": "replace handover",
    "import FILE": "load csv xlsx",
    "export FILE": "save dump backup",
    "calendar --remind 30d": "remind reminder reminders",
    "calendar > renewals.ics": "ics ical",
    "check": "validate lint verify doctor audit status",
    "diff": "compare changed",
    "history": "log changes",
    "undo": "revert rollback redo",
    "migrate": "upgrade",
    "todo": "sync push apply clicks portal hubspot login connect",
    "done CLIENT": "confirm confirmed mark",
    "init": "create new setup start",
    "where": "path store config which pwd",
    "completion SHELL": "complete install-completion",
    "help exit-codes": "exit-codes",
    "help rules": "rules",
    "help dates": "dates",
    "help": "man usage",
    "--version": "version",
}
"""What people type first instead of a command, by what they mean."""
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "client": {
        "list": "ls all",
        "show": "get view info",
        "add": "new create",
        "set": "edit update change deactivate",
        "remove": "delete rm drop",
        "rename": "mv move",
        "assign": "contact role set-contact",
        "set-renewal": "renewal date",
        "renewed": "renew",
    },
    "user": {
        "list": "ls all show",
        "add": "new create invite",
        "set": "edit update change rename",
        "set USER --inactive": "deactivate disable",
        "remove": "delete rm drop",
        "replace OLD NEW": "swap handover move",
    },
}
"""The same within a group."""
OPTIONS: Mapping[tuple[str, str], str] = {
    ("", "-v"): "--version",
    ("", "-V"): "--version",
    ("override", "--list"): "client list --overridden",
    ("override", "--show"): "client list --overridden",
    ("override", "--all"): "override --from FILE",
    ("override", "--clear"): "clear-override CLIENT",
    ("override", "--reset"): "clear-override CLIENT",
    ("override", "--remove"): "clear-override CLIENT",
    ("override", "--unset"): "clear-override CLIENT",
    ("override", "--default"): "clear-override CLIENT",
    ("set-default", "--show"): "set-default",
    ("set-default", "--list"): "set-default",
    ("clear-override", "--dry"): "clear-override CLIENT --dry-run",
    ("who", "--owner"): "client list --owner hubspot",
    ("who", "--overridden"): "client list --overridden",
    ("who", "--notify"): "who --recipient ADDRESS",
    ("who", "--days"): "who --within 30d",
    ("calendar", "--days"): "calendar --within 30d",
    ("calendar", "--out"): "calendar > renewals.ics",
    ("export", "--out"): "export FILE",
    ("client list", "--all"): "client list",
    ("undo", "--id"): "undo ID",
    ("todo", "--done"): "done CLIENT",
}
"""Options that people type first, and the command line they mean; ``""`` is renewctl by itself."""
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("--json", "--csv", "--tsv", "--markdown", "--jsonl", "--names", "--format"), "--output"),
    **dict.fromkeys(("--file", "--config", "--path", "-f", "-c"), "--store"),
    **dict.fromkeys(("--date", "--today", "--now", "--on"), "--as-of"),
    **dict.fromkeys(("--force", "--confirm", "--no-input", "-f"), "--yes"),
    **dict.fromkeys(("--user", "--contact", "--email", "--poc", "--to"), "--notify"),
    **dict.fromkeys(("--who", "--person", "--for"), "--recipient"),
    **dict.fromkeys(("--message", "-m", "--reason", "--comment"), "--note"),
    **dict.fromkeys(("--simulate", "--preview", "--check", "--what-if"), "--dry-run"),
    **dict.fromkeys(("--silent", "-s"), "--quiet"),
}
"""Names of other programs for options that several commands have."""
VALUES: Mapping[tuple[str, str, str], str] = {
    ("override", "--owner", "default"): "clear-override CLIENT",
    ("override", "--owner", "none"): "clear-override CLIENT",
    ("client list", "--owner", "default"): "client list --following",
}
"""Values that are none of an option's, and the command line they mean."""
FILES: Mapping[tuple[str, str], str] = {
    ("calendar", ".ics"): "calendar > {file}",
    ("export", ""): "export {file}",
    ("completion", ""): "completion SHELL > {file}",
}
"""A file's name as ``-o``'s value: by command and ending; other commands send a format to the file."""
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


def no_command(context: Any, word: str) -> UsageError:
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


def no_page(word: str, known: Iterable[str]) -> UsageError:
    """Return the error for a word that the help has nothing on, as it knows pages and commands."""
    near = _nearest(word, known)
    line = _meant("", word) or (near and f"renewctl help {near}")
    return UsageError(f"there is no help on '{word}'", hint=f"{_asked(line)}renewctl help lists the pages")


def way_out(error: Any, context: Any) -> str:
    """Return what to type instead of what Typer finds wrong, ready to stand before more; or nothing."""
    words = context.command_path.partition(" ")[2]
    if hasattr(error, "possibilities"):
        return _of_option(words, context.command, error.option_name)
    if found := _NO_CHOICE.match(error.message):
        return _asked(_of_value(words, error.param, found[1]))
    if found := _EXTRA.search(error.message):
        return _asked(_of_extra(context.command, found[1].rstrip(")")))
    return ""


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
        return None
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
    return None
