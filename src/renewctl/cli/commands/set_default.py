"""``set-default``: the setting of every client without an override."""

from renewctl.cli.app import command
from renewctl.cli.options import NotifyOption, OwnerOption
from renewctl.cli.runtime import Run, select_user
from renewctl.cli.write_command import change_store
from renewctl.domain.edit import settings
from renewctl.model import Plan, Portfolio
from renewctl.render.result import Result
from renewctl.render.users import render_default


@command("set-default", changes=True)
def set_default(run: Run, owner: OwnerOption = None, notify: NotifyOption = None) -> Result:
    """Set who owns renewal communication for every client without an override.

    What is not named stays as it is; --notify none takes the partner user out. Overridden clients
    are not touched. Without an option, shows the default and changes nothing.
    """
    if owner is None and notify is None:
        return render_default(run.load().portfolio)

    def edit(portfolio: Portfolio) -> Plan:
        return settings.set_default(portfolio, owner, select_user(portfolio, notify))

    return change_store(run, edit)
