"""Options and arguments that several commands share, and their completion."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from renewctl import files
from renewctl.domain.identifiers import KEY
from renewctl.domain.resolve import Source
from renewctl.domain.values import suggest
from renewctl.errors import UsageError
from renewctl.model import Owner, Role
from renewctl.package_data import read_texts
from renewctl.store.location import find_store

ADDRESS = r"[A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9])?@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
"""Email addresses without characters that are special in a shell."""

# Completions are plain keys of the file only, because some shells evaluate completions.


def complete_clients(ctx: typer.Context) -> list[str]:
    """Return the clients' domains, without those that are already on the command line."""
    given = ctx.params.get("clients") or ()
    return [key for key in _keys(ctx, "clients") if KEY.fullmatch(key) and key not in given]


def complete_users(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner users."""
    return [address for address in _keys(ctx, "users") if re.fullmatch(ADDRESS, address)]


def complete_users_or_none(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner users, and ``none``."""
    return [*complete_users(ctx), "none"]


def complete_list(incomplete: str, words: Iterable[str]) -> list[str]:
    """Return completions of the last word of a list that is separated by commas."""
    before = incomplete[: incomplete.rfind(",") + 1]
    # Some shells evaluate completions, and the user typed this part of them.
    return [f"{before}{word}" for word in words] if re.fullmatch(r"[\w,-]*", before, re.ASCII) else []


def parse_code(word: str, known: Collection[str], unknown: str) -> str:
    """Return the code that ``word`` names, by the code itself or by its title.

    Args:
        word: The code or title, in any case.
        known: The codes that are allowed.
        unknown: The beginning of the error message; the word follows in quotes.

    Raises:
        UsageError: If no code has this name.
    """
    code = word.strip().lower()
    if code in known:
        return code
    for each, texts in read_texts("codes")["codes"].items():
        if each in known and texts["title"].lower().replace(" ", "-") == code.replace(" ", "-"):
            return str(each)
    renamed = read_texts("synonyms")["codes"].get(code)
    nearest = f"did you mean {renamed}?" if renamed in known else suggest(code, known)
    hint = nearest or f"use one of {', '.join(sorted(known))}"
    raise UsageError(f"{unknown} {word!r}", hint=hint)


def _keys(ctx: typer.Context, table: str) -> list[str]:
    from renewctl.store.snapshot import parse_document  # Lazy import: only completion needs it here.

    try:
        place = find_store(ctx.params.get("store"), ctx.obj.variables, Path.cwd())
        text = files.read_bytes(place.path).decode("utf-8-sig")
        return list(dict(parse_document(text, place).data[table]))
    except Exception:  # A command will report the error.
        return []


Text = str | None
client_argument = partial(typer.Argument, autocompletion=complete_clients)
user_argument = partial(typer.Argument, autocompletion=complete_users)
FILTERS = "Filters and sorting"
user_option = partial(typer.Option, metavar="USER", autocompletion=complete_users_or_none)
filter_option = partial(typer.Option, rich_help_panel=FILTERS)
Clients = Annotated[
    list[str] | None, client_argument(metavar="[CLIENT]...", help="Domains, hub IDs or exact names.")
]
OneClient = Annotated[str, client_argument(metavar="CLIENT", help="A domain, hub ID or exact name.")]
OwnerOption = Annotated[
    Owner | None, typer.Option("--owner", case_sensitive=False, help="Set the renewal owner.")
]
NotifyOption = Annotated[
    Text, user_option("--notify", help="Set the partner user (email address, or the part before @), or none.")
]
SOURCES = {
    "default": frozenset({Source.DEFAULT}),
    "override": frozenset({Source.OVERRIDE}),
    None: frozenset(Source),
}
"""The sources of a setting that each value of --source selects."""
OwnerFilter = Annotated[
    Owner | None,
    filter_option("--owner", case_sensitive=False, help="Show only this renewal owner."),
]
UserFilter = Annotated[
    Text,
    user_option(
        "--user",
        rich_help_panel=FILTERS,
        help="Show only this partner user, or none for settings without one.",
    ),
]
SourceFilter = Annotated[
    Literal["default", "override"] | None,
    filter_option(
        "--source", case_sensitive=False, help="Show only settings from the default or an override."
    ),
]
ReverseOption = Annotated[bool, filter_option("--reverse", help="Reverse the order.")]
NameOption = Annotated[Text, typer.Option("--name", metavar="TEXT", help="Set the name of the person.")]
ProductOption = Annotated[
    Text, typer.Option("--product", metavar="TEXT", help="Name the product that renews.")
]
ExcelOption = Annotated[
    bool, typer.Option("--excel", help="Start the CSV with a byte order mark, so that Excel reads UTF-8.")
]
RoleArgument = Annotated[
    Role, typer.Argument(metavar="ROLE", case_sensitive=False, help="primary, billing or decision-maker.")
]
UserArgument = Annotated[str, user_argument(metavar="USER", help="An email address, or the part before @.")]


def refuse_together(used: Sequence[str]) -> None:
    """Refuse options or arguments that contradict each other.

    Raises:
        UsageError: If more than one is used.
    """
    if len(used) > 1:
        one, other = used[:2]
        raise UsageError(f"{one} and {other} can't be used together", hint=f"remove {one} or {other}")
