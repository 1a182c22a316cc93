"""The one decorator that makes a function a command: the common options, and its place in the tree."""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Annotated, Any

import typer

from renewctl.cli.runtime import AS_OF, Run
from renewctl.render.result import Output, Result
from renewctl.store.location import VARIABLE

COMMAND_BODIES: dict[str, Callable[..., Any]] = {}
"""Commands by the words that call them, of the modules imported so far: see ``tree``."""
EVERYWHERE = "Options of every command"
_common = partial(typer.Option, rich_help_panel=EVERYWHERE)
_change = partial(typer.Option, rich_help_panel="Options of every change")

_COMMON: dict[str, tuple[Any, Any]] = {
    "store": (
        Annotated[
            str | None,
            _common(
                "--store", metavar="PATH", help=f"The store; else {VARIABLE}, else the one found from here."
            ),
        ],
        None,
    ),
    "output": (
        Annotated[
            Output,
            _common(
                "-o", "--output", metavar="FORM", case_sensitive=False, help="How the answer is written."
            ),
        ],
        Output.TABLE,
    ),
    "as_of": (
        Annotated[
            str | None,
            _common(
                "--as-of", metavar="DATE", help=f"Take this day for today; else {AS_OF}, else the local date."
            ),
        ],
        None,
    ),
    "quiet": (Annotated[bool, _common("-q", "--quiet", help="Say only what was asked for.")], False),
}
_CHANGING: dict[str, tuple[Any, Any]] = {
    "dry_run": (
        Annotated[bool, _change("-n", "--dry-run", help="Show the change; write nothing.")],
        False,
    ),
    "yes": (Annotated[bool, _change("-y", "--yes", help="Answer yes to every question.")], False),
    "lock_timeout": (
        Annotated[
            float,
            _change("--lock-timeout", metavar="SECONDS", min=0, help="How long to wait for another writer."),
        ],
        10.0,
    ),
}

_NOTED: dict[str, tuple[Any, Any]] = {
    "note": (Annotated[str, _change("--note", metavar="TEXT", help="Why; kept in the history.")], ""),
}

Body = Callable[..., Result]


def command(words: str, *, changes: bool = False, noted: bool = True) -> Callable[[Body], Body]:
    """Make a function from a ``Run`` and its own options to an ``Answer`` a command.

    Args:
        words: what people type; a group's name first.
        changes: whether it changes the store, and so has the options of a change.
        noted: whether the change is kept in the history, and so can have a note.
    """
    options = {**_COMMON, **(_CHANGING if changes else {}), **(_NOTED if changes and noted else {})}

    def made(body: Body) -> Body:
        @wraps(body)
        def called(ctx: typer.Context, **given: Any) -> tuple[Run, Result]:
            run = Run(ctx.obj, **{key: given.pop(key) for key in options})
            return run, body(run, **given)

        _declare(called, body, options)
        COMMAND_BODIES[words] = called
        return body

    return made


def _declare(called: Any, body: Body, options: dict[str, tuple[Any, Any]]) -> None:
    """Give the function the signature that Typer reads: the body's own options, then the common."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [
        parameter.replace(kind=keyword) for parameter in list(inspect.signature(body).parameters.values())[1:]
    ]
    context = inspect.Parameter("ctx", keyword, annotation=typer.Context)
    common = [
        inspect.Parameter(key, keyword, default=default, annotation=annotation)
        for key, (annotation, default) in options.items()
    ]
    called.__signature__ = inspect.Signature([context, *own, *common])
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in (context, *own, *common)}
    del called.__wrapped__
