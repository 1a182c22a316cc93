"""``init``: a new store."""

from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import NotifyOption, OwnerOption
from renewctl.cli.runtime import Run
from renewctl.domain.identifiers import parse_address
from renewctl.errors import UsageError
from renewctl.model import Owner
from renewctl.render import init as render
from renewctl.render.result import Result
from renewctl.store.location import VARIABLE
from renewctl.workspace import init as store_init

GitOption = Annotated[
    bool,
    typer.Option("--git", help="Tell git, too: line ends in .gitattributes, what is ignored in .gitignore."),
]


@command("init", changes=True, noted=False)
def init(run: Run, owner: OwnerOption = None, notify: NotifyOption = None, git: GitOption = False) -> Result:
    """Make a new store, ./renewctl.toml unless --store names another; never overwrites.

    With --owner and --notify it begins with that default, and with that partner user. Beside it comes
    renewctl.schema.json, by which editors complete and check it as you type.

    --git adds to .gitattributes and .gitignore beside the store the lines that they lack, so that line
    ends survive and lock, temporary files and history stay out; it needs a git work tree. Where there is a
    store, init --git adds what is missing beside it, and leaves the store as it is.
    """
    email = None if notify is None else parse_address(notify, "--notify")
    if owner is None and email:
        raise UsageError("--notify needs --owner", hint="add --owner hubspot or --owner partner")
    if owner is Owner.PARTNER and email is None:
        raise UsageError("owner partner needs a partner user", hint="add --notify YOUR-ADDRESS")
    name = run.store or run.environment.variables.get(VARIABLE)
    new = store_init.init(name, owner, email, git=git, dry_run=run.dry_run)
    return render.render_init(
        new.store,
        new.companions,
        dry_run=run.dry_run,
        with_default=owner is not None,
        missing_schema=new.missing_schema,
    )
