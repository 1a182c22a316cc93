"""``init``: create a data file."""

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
    typer.Option("--git", help="Also add the lines for git to .gitattributes and .gitignore."),
]


@command("init", changes=True, noted=False)
def init(run: Run, owner: OwnerOption = None, notify: NotifyOption = None, git: GitOption = False) -> Result:
    """Create a new data file.

    Creates renewctl.toml in this folder, or the file that --store names, and never replaces a file. With
    --owner and --notify, the file has that default. Also creates renewctl.schema.json, so that editors
    can complete and check it.

    --git protects line endings, and keeps lock, temporary and history files out of commits. It requires a
    git repository. For an existing data file, it only adds what is missing.
    """
    email = None if notify is None else parse_address(notify, "--notify")
    if owner is None and email:
        raise UsageError("--notify requires --owner", hint="add --owner hubspot or --owner partner")
    if owner is Owner.PARTNER and email is None:
        raise UsageError("--owner partner requires a partner user", hint="add --notify EMAIL")
    name = run.store or run.environment.variables.get(VARIABLE)
    new = store_init.init(name, owner, email, git=git, dry_run=run.dry_run)
    return render.render_init(
        new.store,
        new.companions,
        dry_run=run.dry_run,
        with_default=owner is not None,
        missing_schema=new.missing_schema,
    )
