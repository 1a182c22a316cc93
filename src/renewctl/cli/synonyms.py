"""What people type first, and what they mean by it: the tables that ``meant`` answers from."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "who": "report upcoming renewals notify notified notifications recipients recipient whois next due",
    "who --deadline-within 30d": "deadlines deadline",
    "who --timeline": "timeline months",
    "who --by recipient": "send mail email message",
    "explain CLIENT": "why reason",
    "set-default": "default defaults owner setting",
    "override CLIENT --owner partner --notify USER": "set-override set-owner set-client",
    "clear-override CLIENT": "reset unset clear follow inherit",
    "client list": "list ls clients roster accounts portfolio",
    "client list --overridden": "overrides overridden exceptions",
    "client show CLIENT": "show get view info",
    "client add DOMAIN": "add",
    "client set CLIENT": "set edit update change",
    "client remove CLIENT": "remove delete rm",
    "client rename CLIENT DOMAIN": "rename mv move",
    "client assign CLIENT ROLE EMAIL": "assign contact add-contact",
    "client unassign CLIENT ROLE": "unassign",
    "client set-renewal CLIENT DATE": "set-renewal add-renewal renewal date",
    "client drop-renewal CLIENT": "drop-renewal",
    "client renewed CLIENT": "renewed renew",
    "user list": "users people team",
    "user add ADDRESS": "add-user",
    "user replace OLD NEW": "replace handover offboard leave",
    "import FILE": "load csv xlsx",
    "export FILE": "save dump backup",
    "calendar --remind 30d": "remind reminder reminders",
    "calendar > renewals.ics": "ics ical",
    "check": "validate lint verify doctor audit status",
    "diff": "compare changed",
    "history": "log changes",
    "undo": "revert rollback redo",
    "migrate": "upgrade",
    "todo": "sync push apply clicks portal hubspot login connect",
    "done CLIENT": "confirm confirmed mark",
    "init": "create new setup start",
    "demo": "example examples sample try tutorial",
    "where": "path store config which pwd",
    "completion SHELL": "complete install-completion",
    "help exit-codes": "exit-codes",
    "help rules": "rules",
    "help dates": "dates",
    "help": "man usage",
    "--version": "version",
}
"""What people type first instead of a command, by what they mean."""
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "client": {
        "list": "ls all",
        "show": "get view info",
        "add": "new create",
        "set": "edit update change deactivate",
        "remove": "delete rm drop",
        "rename": "mv move",
        "assign": "contact role set-contact add-contact set-primary set-billing add-billing",
        "unassign": "remove-contact delete-contact drop-contact",
        "set-renewal": "renewal date add-renewal new-renewal",
        "renewed": "renew",
    },
    "user": {
        "list": "ls all show",
        "add": "new create invite",
        "set": "edit update change rename",
        "set USER --inactive": "deactivate disable",
        "remove": "delete rm drop",
        "replace OLD NEW": "swap handover move",
    },
}
"""The same within a group."""
OPTIONS: Mapping[tuple[str, str], str] = {
    ("", "-v"): "--version",
    ("", "-V"): "--version",
    ("override", "--list"): "client list --overridden",
    ("override", "--show"): "client list --overridden",
    **{
        ("override", name): "override --from FILE"
        for name in ("--all", "--file", "--csv", "--input", "--import", "--bulk")
    },
    **dict.fromkeys(
        (
            ("override", "--partner"),
            ("client add", "--owner"),
            ("client add", "--notify"),
            ("client set", "--owner"),
            ("client set", "--notify"),
        ),
        "override CLIENT --owner partner --notify USER",
    ),
    ("override", "--hubspot"): "override CLIENT --owner hubspot",
    ("set-default", "--partner"): "set-default --owner partner --notify USER",
    ("set-default", "--hubspot"): "set-default --owner hubspot",
    ("override", "--clear"): "clear-override CLIENT",
    ("override", "--reset"): "clear-override CLIENT",
    ("override", "--remove"): "clear-override CLIENT",
    ("override", "--unset"): "clear-override CLIENT",
    ("override", "--default"): "clear-override CLIENT",
    ("set-default", "--show"): "set-default",
    ("set-default", "--list"): "set-default",
    ("clear-override", "--dry"): "clear-override CLIENT --dry-run",
    ("who", "--owner"): "client list --owner hubspot",
    ("who", "--overridden"): "client list --overridden",
    ("who", "--notify"): "who --recipient ADDRESS",
    **{
        ("who", name): "who --recipient ADDRESS"
        for name in ("--user", "--contact", "--email", "--person", "--to-user")
    },
    **{("who", name): "check" for name in ("--nobody", "--unnotified", "--without-recipient")},
    **{("who", name): "who --within 30d" for name in ("--days", "--next", "--in")},
    **{
        ("who", name): "who --from 2027-01 --to 2027-01"
        for name in ("--month", "--quarter", "--year", "--between")
    },
    **{
        (words, "--client"): f"{words} CLIENT"
        for words in ("who", "explain", "contacts", "override", "clear-override", "calendar", "todo", "done")
    },
    ("calendar", "--days"): "calendar --within 30d",
    ("calendar", "--out"): "calendar > renewals.ics",
    **{("export", name): "export FILE" for name in ("--out", "--file", "-f")},
    **{("export", f"--{suffix}"): f"export FILE.{suffix}" for suffix in ("csv", "json", "toml")},
    **{
        (words, name): "client assign CLIENT ROLE EMAIL"
        for words in ("client set", "client assign")
        for name in ("--primary", "--billing", "--decision-maker", "--contact", "--email", "--role")
    },
    ("client add", "--contact"): "client add DOMAIN --primary ADDRESS",
    ("client add", "--email"): "client add DOMAIN --primary ADDRESS",
    ("client add", "--date"): "client add DOMAIN --renewal DATE",
    ("client add", "--domain"): "client add DOMAIN",
    **{
        (words, name): "client set-renewal CLIENT DATE"
        for words in ("client set", "client set-renewal")
        for name in ("--renewal", "--date")
    },
    ("client set", "--domain"): "client rename CLIENT DOMAIN",
    ("user set", "--email"): "user replace OLD NEW",
    ("user set", "--address"): "user replace OLD NEW",
    ("user add", "--email"): "user add ADDRESS",
    ("client list", "--all"): "client list",
    ("undo", "--id"): "undo ID",
    ("undo", "--list"): "history",
    ("done", "--date"): "done CLIENT --on DATE",
    ("client renewed", "--date"): "client set-renewal CLIENT DATE",
    ("who", "--group-by"): "who --by recipient",
    ("check", "--client"): "explain CLIENT",
    ("todo", "--done"): "done CLIENT",
}
"""Options that people type first, and the command line they mean; ``""`` is renewctl by itself."""
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("--json", "--csv", "--tsv", "--markdown", "--jsonl", "--names", "--format"), "--output"),
    **dict.fromkeys(("--file", "--config", "--path", "-f", "-c"), "--store"),
    **dict.fromkeys(("--date", "--today", "--now", "--on"), "--as-of"),
    **dict.fromkeys(("--force", "--confirm", "--no-input", "-f"), "--yes"),
    **dict.fromkeys(("--user", "--contact", "--email", "--poc", "--to"), "--notify"),
    **dict.fromkeys(("--who", "--person", "--for"), "--recipient"),
    **dict.fromkeys(("--message", "-m", "--reason", "--comment"), "--note"),
    **dict.fromkeys(("--simulate", "--preview", "--check", "--what-if"), "--dry-run"),
    **dict.fromkeys(("--silent", "-s"), "--quiet"),
    **dict.fromkeys(("--since", "--after", "--start"), "--from"),
    **dict.fromkeys(("--until", "--before", "--end"), "--to"),
}
"""Names of other programs for options that several commands have."""
VALUES: Mapping[tuple[str, str, str], str] = {
    ("override", "--owner", "default"): "clear-override CLIENT",
    ("override", "--owner", "none"): "clear-override CLIENT",
    ("client list", "--owner", "default"): "client list --following",
    ("client assign", "role", "dm"): "client assign CLIENT decision-maker EMAIL",
    ("client unassign", "role", "dm"): "client unassign CLIENT decision-maker",
}
"""Values that are none of an option's, and the command line they mean."""
FILES: Mapping[tuple[str, str], str] = {
    ("calendar", ".ics"): "calendar > {file}",
    ("export", ""): "export {file}",
    ("completion", ""): "completion SHELL > {file}",
}
"""A file's name as ``-o``'s value: by command and ending; other commands send a format to the file."""
AGAIN: Mapping[tuple[str, str], str] = {
    ("client add", "--renewal"): "a second one: renewctl client set-renewal CLIENT DATE --product NAME",
    ("client add", "--product"): "a second one: renewctl client set-renewal CLIENT DATE --product NAME",
}
"""What to do instead of saying an option twice."""
