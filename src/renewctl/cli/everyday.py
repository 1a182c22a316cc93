"""The settings: ``set-default``, ``override``, ``clear-override``."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.changing import change
from renewctl.cli.options import Clients, NotifyOption, OwnerOption
from renewctl.cli.run import Run, some, user
from renewctl.domain import lookup
from renewctl.domain.edit import override_list, settings
from renewctl.errors import UsageError
from renewctl.model import Client, Plan, Portfolio
from renewctl.render import clients as render_clients
from renewctl.render.result import Result


@command("set-default", changes=True)
def set_default(run: Run, owner: OwnerOption = None, notify: NotifyOption = None) -> Result:
    """Set who owns renewal communication for every client without an override.

    What is not named stays as it is; --notify none takes the partner user out. Overridden clients
    are not touched. Without an option, shows the default and changes nothing.
    """
    if owner is None and notify is None:
        return render_clients.render_default(run.load().portfolio)
    return change(run, lambda book: settings.set_default(book, owner, _kept(book, notify)))


@command("override", changes=True)
def override(
    run: Run,
    clients: Clients = None,
    owner: OwnerOption = None,
    notify: NotifyOption = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A list of overrides, CSV or JSON Lines; - for a pipe."),
    ] = None,
) -> Result:
    """Give clients their own setting, instead of the default.

    The whole override is written: without --notify it names nobody, and --note is kept in it. The
    default and other clients are not touched.

    A list (--from) has the columns client, owner, notify and note, as client list -o csv prints
    them; owner default clears the override. All rows are written, or none.
    """
    if source is not None:
        return _from_list(run, source, alone=not (clients or owner or notify))
    words = some(clients, "renewctl override acme.example --owner partner --notify ana")

    def edit(book: Portfolio) -> Plan:
        return settings.override(book, lookup.find_clients(book, words), owner, user(book, notify), run.note)

    return change(run, edit)


@command("clear-override", changes=True)
def clear_override(
    run: Run,
    clients: Clients = None,
    redundant: Annotated[
        bool, typer.Option("--redundant", help="Those that say what the default says.")
    ] = False,
    everyone: Annotated[bool, typer.Option("--all", help="Every override there is.")] = False,
) -> Result:
    """Return clients to the default.

    The override goes, its note too; the default and what is recorded of the clients stay. A client
    that follows the default already is said, and is no error.
    """
    if bool(clients) + redundant + everyone != 1:
        raise UsageError(
            "name clients, or --redundant, or --all", hint="renewctl clear-override acme.example"
        )
    grave = "clear-override --all returns every client to the default" if everyone else ""
    return change(run, lambda book: settings.clear_override(_chosen(book, clients, everyone)), grave)


def _from_list(run: Run, source: str, *, alone: bool) -> Result:
    if not alone:
        message = "--from brings clients, owners and users itself"
        raise UsageError(message, hint="leave the others out")
    from renewctl.cli import transfer  # most overrides come from no list

    rows = transfer.override_rows(run, source)
    return change(run, lambda book: override_list.plan_override_list(book, rows))


def _kept(book: Portfolio, notify: str | None) -> settings.Notify:
    return settings.KEEP if notify is None else user(book, notify)


def _chosen(book: Portfolio, words: list[str] | None, everyone: bool) -> tuple[Client, ...]:
    if words:
        return lookup.find_clients(book, words)
    return settings.find_overridden(book) if everyone else settings.find_matching_default(book)
