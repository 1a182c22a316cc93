"""Writes the command reference and the manual page from the command tree: ``make reference``.

Both are kept in the repository; test_reference.py asks that nothing changes.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from renewctl import __version__
from renewctl.cli.app import COMMANDS, command_tree
from renewctl.cli.commands.help import PAGES, page_of
from renewctl.cli.error_messages import TRACEBACK
from renewctl.cli.help import Example, read_examples
from renewctl.cli.runtime import AS_OF
from renewctl.render.terminal import draw
from renewctl.store.location import VARIABLE

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE, MANUAL = REPOSITORY / "docs" / "commands.md", REPOSITORY / "docs" / "man" / "renewctl.1"
DAY = date(2026, 11, 23)
WIDTH = 96
WRITTEN = "Written by 'make reference' from the command tree: change it there."
SHARED = ("Options of every command", "Options of every change")
ENVIRONMENT = (
    (VARIABLE, "The store, where --store names none."),
    (AS_OF, "The day to take for today, where --as-of names none."),
    ("NO_COLOR", "Set to anything: no colour on a terminal."),
    ("COLUMNS", "How wide a line may be, whatever the terminal says."),
    (TRACEBACK, "Set to anything: a bug shows where it happened."),
)


class Described(NamedTuple):
    """A command as its help has it: words, heading, usage, paragraphs, options by panel, examples."""

    words: str
    panel: str
    usage: str
    paragraphs: list[str]
    options: dict[str, list[tuple[str, str]]]
    examples: tuple[Example, ...]


def described() -> list[Described]:
    """Return every command that can be called, a group's under the group's heading."""
    top = _context(command_tree(), "renewctl", None)
    found = []
    for name, known in COMMANDS.items():
        command = command_tree().build(name)
        context = _context(command, name, top)
        members = getattr(command, "commands", {})
        if not members:
            found.append(_described(context, known.panel))
        for each in members:
            found.append(_described(_context(command.build(each), each, context), known.panel))
    return found


def _described(context: Any, panel: str) -> Described:
    command = context.command
    words = context.command_path.partition(" ")[2]
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            title = parameter.rich_help_panel or f"{parameter.param_type_name.title()}s"
            options.setdefault(title, []).append(record)
    paragraphs = command.help.split("\n\n")
    return Described(words, panel, usage, paragraphs, options, read_examples()[words])


def _context(command: Any, name: str, parent: Any) -> Any:
    return command.make_context(name, [], parent=parent, resilient_parsing=True)


def panels(commands: Iterable[Described]) -> dict[str, list[Described]]:
    """Return the commands under their headings."""
    found: dict[str, list[Described]] = {}
    for each in commands:
        found.setdefault(each.panel, []).append(each)
    return found


def shared(commands: Iterable[Described]) -> dict[str, list[tuple[str, str]]]:
    """Return the options that many commands have, each panel once and whole."""
    whole = next(each for each in commands if each.words == "override")
    return {title: whole.options[title] for title in SHARED}


# ------------------------------------------------------------------ docs/commands.md


def reference() -> str:
    """Return the command reference, in Markdown."""
    return "\n".join(_reference()) + "\n"


def _reference() -> Iterator[str]:
    commands = described()
    yield from ("# Commands", "", f"<!-- {WRITTEN} -->", "")
    yield "What `renewctl COMMAND --help` says, of all commands; names in the examples are those of"
    yield "[examples/agency.toml](../examples/agency.toml)."
    yield ""
    for title, members in panels(commands).items():
        links = (f"[`{each.words}`](#renewctl-{each.words.replace(' ', '-')})" for each in members)
        yield f"- {title}: {' · '.join(links)}"
    for title, members in panels(commands).items():
        yield from ("", f"## {title}")
        for each in members:
            yield from _section(each)
    for title, records in shared(commands).items():
        yield from ("", f"## {title}", "", *_entries(title, records))
    for name, about in PAGES.items():
        yield from ("", f"## renewctl help {name}", "", f"{about[0].upper()}{about[1:]}.", "", "```")
        yield from (*_lines(name, WIDTH), "```")


def _section(each: Described) -> Iterator[str]:
    yield from ("", f"### renewctl {each.words}", "")
    for text in each.paragraphs:
        yield from (_escaped(text), "")
    yield from ("```", each.usage, "```", "")
    own = {title: records for title, records in each.options.items() if title not in SHARED}
    for title, records in own.items():
        yield from (*_entries(title, records), "")
    also = [title for title in each.options if title in SHARED]
    links = " and ".join(f"[{_lower(title)}](#{title.lower().replace(' ', '-')})" for title in also)
    yield from (f"{'And the' if own else 'The'} {links}.", "", "```sh")
    for example in each.examples:
        yield from (f"# {example.comment}", example.command)
    yield "```"


def _entries(title: str, records: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {_lower(title)} | |"
    yield "|---|---|"
    for name, text in records:
        yield f"| `{name.replace('|', chr(92) + '|')}` | {_escaped(text)} |"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)


def _lines(name: str, width: int) -> list[str]:
    """Return a page of the help, broken into lines."""
    return draw(page_of(name, DAY), width, colour=False).splitlines()


# ------------------------------------------------------------------ docs/man/renewctl.1


def manual() -> str:
    """Return the manual page, for man(1)."""
    return "\n".join(_manual()) + "\n"


def _manual() -> Iterator[str]:
    commands = described()
    yield f'.\\" {WRITTEN}'
    yield f'.TH RENEWCTL 1 "" "renewctl {__version__}" "User Commands"'
    yield from (".ad l", ".nh")
    yield from (".SH NAME", _roff("renewctl - who gets notified about a client's HubSpot renewal, and why"))
    yield from (".SH SYNOPSIS", ".B renewctl", ".I COMMAND", "[OPTIONS] ...")
    yield ".SH DESCRIPTION"
    yield from _text(
        "renewctl keeps who owns renewal communication, HubSpot or the partner, by default and client by "
        "client, in one text file, and tells who would be notified about a client's upcoming renewal, and "
        "why. It never talks to HubSpot and never sends a message."
    )
    yield ".PP"
    yield from _text(
        "Options stand after the command. Names in the examples are those of examples/agency.toml."
    )
    yield ".SH COMMANDS"
    for title, members in panels(commands).items():
        yield f".SS {_quoted(title)}"
        for each in members:
            yield from _command(each)
    for title, records in shared(commands).items():
        yield from (f".SH {_quoted(title.upper())}", *_terms(records))
    yield from _pages()
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", f".B {_roff(name)}", *_text(meaning))
    yield from (".SH SEE ALSO", ".BR git (1)", ".PP", _roff("renewctl help, renewctl COMMAND --help"))


def _command(each: Described) -> Iterator[str]:
    yield from (".TP", f".B {_roff(each.usage)}")
    first, *others = each.paragraphs
    yield from _text(first)
    yield ".RS"
    for text in others:
        yield from (".PP", *_text(text))
    for title, records in each.options.items():
        if title not in SHARED:
            yield from _terms(records)
    yield from (".PP", "Examples:")
    for example in each.examples:
        yield from _example(example)
    yield ".RE"


def _example(example: Example) -> Iterator[str]:
    yield from (".TP", f".B {_roff(example.command)}", *_text(example.comment))


def _terms(records: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in records:
        yield from (".TP", f".B {_roff(name)}", *_text(text))


def _pages() -> Iterator[str]:
    """Yield the short pages of the help, each a section, line by line."""
    titles = {"exit-codes": "EXIT STATUS", "store": "FILES"}
    for name in PAGES:
        yield f".SH {_quoted(titles.get(name, name.upper()))}"
        yield ".nf"
        yield from (_roff(text) for text in _lines(name, 70))
        yield ".fi"


def _text(text: str) -> Iterator[str]:
    """Yield text as lines that roff joins again."""
    lines = textwrap.wrap(_roff(text), 78, break_long_words=False, break_on_hyphens=False)
    yield from (f"\\&{each}" if each.startswith((".", "'")) else each for each in lines)


def _quoted(text: str) -> str:
    return f'"{_roff(text)}"'


def _roff(text: str) -> str:
    """Return text that roff sets as it is: any character, and no request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("'", "\\(aq")
    text = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", text)
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    for path, text in ((REFERENCE, reference()), (MANUAL, manual())):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(REPOSITORY))
