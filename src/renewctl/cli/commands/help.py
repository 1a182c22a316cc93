"""``help``: pages on help topics. ``cli.help`` has the help of commands."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer

from renewctl import files  # noqa: F401 (a page lists its errors)
from renewctl.cli.app import COMMANDS, command
from renewctl.cli.runtime import Run
from renewctl.cli.suggestions import suggest_page
from renewctl.exchange import calendar  # noqa: F401 (a page lists its errors)
from renewctl.render import help_pages
from renewctl.render.result import Result
from renewctl.store.location import NAMES, VARIABLE

PAGES = {
    "exit-codes": "exit statuses and error codes, for scripts",
    "rules": "rules for recipients, and meanings of notes",
    "store": "where the data file is, and what it contains",
    "dates": "how to write dates and durations",
}


def _complete_page(incomplete: str) -> list[str]:  # noqa: ARG001
    return [*PAGES, *(name for name in COMMANDS if name != "help")]


@command("help")
def help_(
    run: Run,
    page: Annotated[
        str | None,
        typer.Argument(metavar="[TOPIC]", help="A topic or a command.", autocompletion=_complete_page),
    ] = None,
) -> Result:
    """Show help for a command or a topic.

    Without TOPIC, lists the topics.
    """
    return help_pages.render_contents(PAGES) if page is None else page_of(page, run.today)


def page_of(name: str, today: date) -> Result:
    """Return the page on a topic; its examples of dates are relative to ``today``.

    Raises:
        UsageError: If there is no such topic.
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
