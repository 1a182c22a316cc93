"""``help``: short pages on single matters. A command's own help is its ``--help``: see ``cli.help``."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer

from renewctl import files  # noqa: F401 (its errors are of the family that a page lists)
from renewctl.cli.app import COMMANDS, command
from renewctl.cli.runtime import Run
from renewctl.cli.suggestions import suggest_page
from renewctl.exchange import calendar  # noqa: F401 (likewise)
from renewctl.render import help_pages
from renewctl.render.result import Result
from renewctl.store.location import NAMES, VARIABLE

PAGES = {
    "exit-codes": "what a script gets back",
    "rules": "who is notified, and the notes an answer can have",
    "store": "where the file is, and what may stand in it",
    "dates": "how days and spans are written",
}


def _complete_page(incomplete: str) -> list[str]:  # noqa: ARG001
    return [*PAGES, *(name for name in COMMANDS if name != "help")]


@command("help")
def help_(
    run: Run,
    page: Annotated[
        str | None,
        typer.Argument(metavar="[PAGE]", help="A page, or a command.", autocompletion=_complete_page),
    ] = None,
) -> Result:
    """Show the help of a command, or a page on exit-codes, rules, store or dates.

    Without a word, lists the pages. Reads no store and changes nothing.
    """
    return help_pages.render_contents(PAGES) if page is None else page_of(page, run.today)


def page_of(name: str, today: date) -> Result:
    """Return a page as it is on a day.

    Raises:
        UsageError: If there is none of this name.
    """
    pages: dict[str, Callable[[], Result]] = {
        "exit-codes": help_pages.render_exit_codes,
        "rules": help_pages.render_rules,
        "store": lambda: help_pages.render_store(NAMES, VARIABLE),
        "dates": lambda: help_pages.render_dates(today),
    }
    if name not in pages:
        raise suggest_page(name, [*PAGES, *COMMANDS])
    return pages[name]()
