"""Options and arguments that several commands share, each declared once, and what completes them."""

import re
from collections.abc import Collection, Iterable
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
"""Addresses that mean nothing to a shell."""

# What completes a word: plain keys of the store only, as some shells evaluate what they are offered.


def complete_clients(ctx: typer.Context) -> list[str]:
    """Return the keys of the store's clients, without those that are on the command line already."""
    given = ctx.params.get("clients") or ()
    return [key for key in _keys(ctx, "clients") if KEY.fullmatch(key) and key not in given]


def complete_users(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users."""
    return [address for address in _keys(ctx, "users") if re.fullmatch(ADDRESS, address)]


def complete_users_or_none(ctx: typer.Context) -> list[str]:
    """Return the addresses of the partner's users, and the word for nobody."""
    return [*complete_users(ctx), "none"]


def complete_list(incomplete: str, words: Iterable[str]) -> list[str]:
    """Return what the last of some words that are separated by commas can become."""
    before = incomplete[: incomplete.rfind(",") + 1]
    # Some shells evaluate what they are offered, and this part of it was typed.
    return [f"{before}{word}" for word in words] if re.fullmatch(r"[\w,-]*", before, re.ASCII) else []


def parse_code(word: str, known: Collection[str], unknown: str) -> str:
    """Return the code that ``word`` names; screens have its title, which names it as well.

    Raises:
        UsageError: If it is not known; the message is ``unknown`` and the word, the hint the nearest or all.
    """
    code = word.strip().lower()
    if code in known:
        return code
    for each, texts in read_texts("codes")["codes"].items():
        if each in known and texts["title"].lower().replace(" ", "-") == code.replace(" ", "-"):
            return str(each)
    renamed = read_texts("synonyms")["codes"].get(code)
    nearest = f"did you mean {renamed}?" if renamed in known else suggest(code, known)
    hint = nearest or f"the codes: {', '.join(sorted(known))}"
    raise UsageError(f"{unknown} {word!r}", hint=hint)


def _keys(ctx: typer.Context, table: str) -> list[str]:
    from renewctl.store.snapshot import parse_document  # Lazy import: only a Tab needs it here.

    try:
        place = find_store(ctx.params.get("store"), ctx.obj.variables, Path.cwd())
        text = files.read_bytes(place.path).decode("utf-8-sig")
        return list(dict(parse_document(text, place).data[table]))
    except Exception:  # Whatever it is, a command will report it.
        return []


Text = str | None
client_argument = partial(typer.Argument, autocompletion=complete_clients)
user_argument = partial(typer.Argument, autocompletion=complete_users)
FILTERS = "Filters and order"
user_option = partial(typer.Option, metavar="USER", autocompletion=complete_users_or_none)
filter_option = partial(typer.Option, rich_help_panel=FILTERS)
Clients = Annotated[
    list[str] | None, client_argument(metavar="[CLIENT]...", help="Domains, hub ids or exact names.")
]
OneClient = Annotated[str, client_argument(metavar="CLIENT", help="A domain, a hub id or an exact name.")]
OwnerOption = Annotated[
    Owner | None, typer.Option("--owner", case_sensitive=False, help="Who owns renewal communication.")
]
NotifyOption = Annotated[
    Text, user_option("--notify", help="The partner user: an address, what is before its @, or none.")
]
SOURCES = {
    "default": frozenset({Source.DEFAULT}),
    "override": frozenset({Source.OVERRIDE}),
    None: frozenset(Source),
}
"""Where a setting comes from, by the value of --source."""
OwnerFilter = Annotated[
    Owner | None,
    filter_option("--owner", case_sensitive=False, help="Only where this is the renewal owner."),
]
UserFilter = Annotated[
    Text,
    user_option(
        "--user",
        rich_help_panel=FILTERS,
        help="Only where this is the partner user; none for where no partner user is set.",
    ),
]
SourceFilter = Annotated[
    Literal["default", "override"] | None,
    filter_option("--source", case_sensitive=False, help="Only where this is the setting that applies."),
]
ReverseOption = Annotated[bool, filter_option("--reverse", help="Reverse the order.")]
NameOption = Annotated[Text, typer.Option("--name", metavar="TEXT", help="The name people know.")]
ProductOption = Annotated[
    Text, typer.Option("--product", metavar="TEXT", help="What renews; tells renewals apart.")
]
ExcelOption = Annotated[
    bool, typer.Option("--excel", help="CSV: add the mark by which Excel recognises UTF-8.")
]
RoleArgument = Annotated[
    Role, typer.Argument(metavar="ROLE", case_sensitive=False, help="primary, billing or decision-maker.")
]
UserArgument = Annotated[str, user_argument(metavar="USER", help="An address, or what is before its @.")]
