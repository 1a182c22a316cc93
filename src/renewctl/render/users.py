"""Partner users and the default, in every form."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from renewctl.command_line import command_line
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import lacks_user
from renewctl.fields import TABLES
from renewctl.model import Owner, Portfolio, Setting
from renewctl.render.result import Column, Grid, Line, Result, line, table_of
from renewctl.render.values import record_values, render_fields
from renewctl.render.wording import OWNERS
from renewctl.text import count_of

DEACTIVATED = (" (deactivated)", "warning")
INACTIVE = ("†", "warning")
"""The short form for tables; see ``explain_mark``."""
_WORDS = {"nobody", "none"}
"""Words that tables use, and that no short name can be."""


def name_users(portfolio: Portfolio) -> Mapping[str, str]:
    """Return short names of partner users: the part before the @, if unique.

    An address that is only in settings counts as a partner user if its domain is one of the users' domains.
    """
    settings = [portfolio.default, *(client.override for client in portfolio.clients.values())]
    emails = [user.email for user in portfolio.users.values()]
    domains = {address_key(email).rpartition("@")[2] for email in emails}
    emails += [setting.notify for setting in settings if setting and setting.notify]
    known = {address_key(email): email.rpartition("@")[0] for email in emails}
    numbers = Counter(map(address_key, known.values()))
    return {
        key: name
        for key, name in known.items()
        if numbers[address_key(name)] == 1
        and key.rpartition("@")[2] in domains
        and address_key(name) not in _WORDS
    }


def is_inactive(portfolio: Portfolio, email: str) -> bool:
    """Return whether an address is that of a deactivated partner user."""
    user = portfolio.users.get(address_key(email))
    return user is not None and not user.active


def explain_mark(columns: Sequence[Column]) -> Iterator[Line]:
    """Yield the meaning of the mark for deactivated people, if it is in a table."""
    if any(INACTIVE in cell for column in columns for cell in column.cells):
        yield line(INACTIVE, "  deactivated in HubSpot, receives nothing")


def describe_setting(
    portfolio: Portfolio, setting: Setting | None, short: Mapping[str, str] | None = None
) -> Line:
    """Return the owner and the partner user of a setting, in words.

    Args:
        portfolio: The data of the file.
        setting: The setting; None for no default.
        short: Short names of users, by address; None for whole addresses.
    """
    if setting is None:
        return line(("not set", "error"))
    owner, email = OWNERS[setting.owner], setting.notify
    if email is None:
        return line(f"{owner}: none" if lacks_user(setting) else owner)
    name, mark = (email, DEACTIVATED) if short is None else (short.get(address_key(email), email), INACTIVE)
    role = ": " if setting.owner is Owner.PARTNER else ", copy to "
    return line(f"{owner}{role}{name}", mark if is_inactive(portfolio, email) else "")


def render_default(portfolio: Portfolio) -> Result:
    """Return the default, and how many clients follow it, in every form."""
    default, fields = portfolio.default, TABLES["defaults"]
    overridden = sum(client.override is not None for client in portfolio.clients.values())
    following = len(portfolio.clients) - overridden
    values = {
        "owner": str(default.owner) if default else None,
        "notify": default.notify if default else None,
        "following": following,
        "overridden": overridden,
    }
    user = default.notify if default else None
    deactivated = DEACTIVATED[0] if user and is_inactive(portfolio, user) else ""
    shown = {
        fields["owner"].label: OWNERS[default.owner] if default else "not set",
        fields["notify"].label: f"{user or 'none'}{deactivated}",
        "Following the default": count_of(following, "client"),
        "With an override": count_of(overridden, "client"),
    }
    command = command_line("set-default", owner="hubspot", notify="USER")
    extra = () if default else (f"Set a default: {command}",)
    return render_fields("renewctl.default/1", values, shown, extra)


def render_users(portfolio: Portfolio) -> Result:
    """Return the partner users, and the settings that use each, in every form."""
    default = portfolio.default
    overrides = [client.override for client in portfolio.clients.values() if client.override]
    numbers = Counter(address_key(override.notify or "") for override in overrides)
    items: list[dict[str, Any]] = []
    for key, user in sorted(portfolio.users.items(), key=lambda pair: pair[1].email):
        is_default = default is not None and address_key(default.notify or "") == key
        record = record_values(user, TABLES["users"].values())
        items.append({"email": user.email, **record, "default": is_default, "overrides": numbers[key]})
    columns = ("email", *TABLES["users"], "default", "overrides")
    emails, names, settings = _make_columns(items)
    nothing = line("No partner users. Add one with: ", command_line("user add EMAIL", name="NAME"))
    grid = Grid([[emails, names, settings], [emails, settings], [emails]])
    return Result(
        {"schema": "renewctl.user-list/1", "items": items},
        table_of(columns, items, "Partner users"),
        names=tuple(item["email"] for item in items),
        screen=lambda _: [grid if items else nothing],
        columns=lambda: (emails, names, settings),
    )


def _make_columns(items: Sequence[Mapping[str, Any]]) -> tuple[Column, Column, Column]:
    emails = [line((item["email"], "strong"), "" if item["active"] else DEACTIVATED) for item in items]
    names = [line(item["name"] or "") for item in items]
    return Column("PARTNER USER", emails), Column("NAME", names), Column("USED IN", [*map(_show_uses, items)])


def _show_uses(item: Mapping[str, Any]) -> Line:
    """Return the settings that use a partner user."""
    settings = ["the default"] if item["default"] else []
    settings += [count_of(item["overrides"], "override")] if item["overrides"] else []
    return line(" and ".join(settings)) if settings else line(("not used", "dim"))
