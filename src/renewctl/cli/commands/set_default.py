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
    """Set the default renewal owner and partner user.

    The default applies to every client without an override. If HubSpot is the owner, HubSpot notifies
    the client's contacts and copies the partner user. If the partner is the owner, only the partner
    user is notified.

    If you omit an option, its value stays. Without options, shows the current default.
    """
    if owner is None and notify is None:
        return render_default(run.load().portfolio)

    def edit(portfolio: Portfolio) -> Plan:
        return settings.set_default(portfolio, owner, select_user(portfolio, notify, can_add=True))

    return change_store(run, edit)
