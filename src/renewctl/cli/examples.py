"""Two examples for every command, as its help shows them; each is run by a test.

They stand here and not beside their commands, so that only a help imports them. The names are those
of ``examples/agency.toml``.
"""

from collections.abc import Mapping

from renewctl.render.manual import Example

_SHEET = "examples/hubspot-export.csv"
EXAMPLES: Mapping[str, tuple[Example, Example]] = {
    "set-default": (
        Example("renewctl set-default --owner hubspot --notify ana", "HubSpot writes, and copies Ana"),
        Example(
            "renewctl set-default --owner partner --notify ana -n", "what that would change; not written"
        ),
    ),
    "override": (
        Example(
            'renewctl override escola-do-rio.example --owner partner --notify ines --note "asked by phone"',
            "only Inês hears of this client's renewals",
        ),
        Example(
            "renewctl override 'Moda Ipanema' --owner hubspot", "by its name; HubSpot writes to the client"
        ),
    ),
    "clear-override": (
        Example("renewctl clear-override cafe-serra-azul.example", "it follows the default again"),
        Example("renewctl clear-override --redundant -n", "which overrides say what the default says anyway"),
    ),
    "contacts": (
        Example("renewctl contacts escola-do-rio.example", "one client"),
        Example("renewctl contacts -o csv > contacts.csv", "all of them, for a spreadsheet"),
    ),
    "who": (
        Example("renewctl who --deadline-within 30d", "where the last day to alter terms is near"),
        Example("renewctl who --by recipient --recipient ana", "what one person hears of, as a message"),
    ),
    "explain": (
        Example("renewctl explain padrao-engenharia.example", "why nobody hears about this one"),
        Example("renewctl explain 'Mar Azul Hotéis' -o json", "by its name, for a program"),
    ),
    "client list": (
        Example("renewctl client list --overridden", "who has an override, and why"),
        Example("renewctl client list --notify ines -o names", "whose partner user Inês is, one a line"),
    ),
    "client show": (
        Example("renewctl client show mar-azul-hoteis.example", "contacts, renewals, setting"),
        Example("renewctl client show 23655470 -o json", "by hub id, for a program"),
    ),
    "client add": (
        Example(
            "renewctl client add acme.example --name Acme --primary eva@acme.example --renewal 2027-03-01",
            "a client with a contact and a renewal",
        ),
        Example("renewctl client add www.acme.example -n", "how the domain is understood; not written"),
    ),
    "client set": (
        Example("renewctl client set nordlys.example --name 'Nordlys AS'", "another name"),
        Example(
            "renewctl client set escola-do-rio.example --deactivate tesouraria@escola-do-rio.example",
            "HubSpot no longer notifies this contact",
        ),
    ),
    "client remove": (
        Example("renewctl client remove clube-nautico.example --note 'left us'", "gone, and why"),
        Example("renewctl client remove clube-nautico.example -n", "who would stop hearing; not written"),
    ),
    "client rename": (
        Example("renewctl client rename nordlys.example nordlys-group.example", "a new domain"),
        Example("renewctl client rename 'Lumi Studio Oy' lumi.example -n", "by its name; not written"),
    ),
    "client assign": (
        Example(
            "renewctl client assign escola-do-rio.example decision-maker dora@escola-do-rio.example",
            "somebody for a vacant role",
        ),
        Example(
            "renewctl client assign nordlys.example billing kari@nordlys.example --name 'Kari Lie'",
            "one more for billing",
        ),
    ),
    "client unassign": (
        Example("renewctl client unassign escola-do-rio.example billing", "its only holder"),
        Example(
            "renewctl client unassign azulejos-braganca.example billing teresa.vaz@azulejos-braganca.example",
            "one of several",
        ),
    ),
    "client set-renewal": (
        Example("renewctl client set-renewal startup-jacaranda.example 2027-06-30", "a first date"),
        Example(
            "renewctl client set-renewal nordlys.example 2027-Q4 --product 'Sales Hub' --deadline 2027-06-01",
            "a product with a deadline of its own",
        ),
    ),
    "client drop-renewal": (
        Example("renewctl client drop-renewal radio-atlantica.example", "its only renewal"),
        Example(
            "renewctl client drop-renewal grupo-altamira.example --product 'Service Hub Starter'",
            "one of several",
        ),
    ),
    "client renewed": (
        Example("renewctl client renewed radio-atlantica.example", "its only renewal, a year on"),
        Example(
            "renewctl client renewed mar-azul-hoteis.example --product 'Marketing Hub Professional'",
            "one of several",
        ),
    ),
    "user list": (
        Example("renewctl user list", "everybody, and how often each is set"),
        Example("renewctl user list -o names", "the addresses, one a line"),
    ),
    "user add": (
        Example("renewctl user add eva@agency.example --name 'Eva Lima'", "a new colleague"),
        Example("renewctl user add eva@agency.example -n", "is the address in order? not written"),
    ),
    "user set": (
        Example("renewctl user set ana --name 'Ana Souza Lima'", "another name"),
        Example("renewctl user set mariko --inactive", "deactivated in HubSpot: receives nothing any more"),
    ),
    "user remove": (
        Example("renewctl user remove mariko -n", "is she still set somewhere? not written"),
        Example("renewctl user remove mariko --note 'another team'", "gone, and why"),
    ),
    "user replace": (
        Example("renewctl user replace rui ines", "Rui has left: his clients go to Inês"),
        Example("renewctl user replace ana beatriz --deactivate -n", "what that would change; not written"),
    ),
    "import": (
        Example(f"renewctl import {_SHEET} -n", "what would be new; not written"),
        Example(f"renewctl import {_SHEET} --map name='Company name' --yes", "say which column it is"),
    ),
    "export": (
        Example("renewctl export roster.csv --excel", "the roster, for Excel"),
        Example("renewctl export - --format json > store.json", "everything, for a program"),
    ),
    "calendar": (
        Example("renewctl calendar > renewals.ics", "the next 120 days, for any calendar"),
        Example("renewctl calendar --all --recipient ines --remind 30d > ines.ics", "what Inês hears of"),
    ),
    "check": (
        Example("renewctl check --strict", "fails on warnings too: here there are some", 1),
        Example("renewctl check --explain vacant-role", "what a finding means, and what to do"),
    ),
    "diff": (
        Example("renewctl diff", "what you changed since the last commit"),
        Example("renewctl diff --git HEAD -o markdown", "the same, for a comment under a pull request"),
    ),
    "history": (
        Example("renewctl history", "every change, newest first"),
        Example("renewctl history radio-atlantica.example -o csv", "one client's, for a spreadsheet"),
    ),
    "undo": (
        Example("renewctl undo -n", "what would be taken back; not written"),
        Example("renewctl undo --note 'wrong client'", "take it back, and say why"),
    ),
    "migrate": (
        Example("renewctl migrate -n", "is there anything to do?"),
        Example("renewctl migrate --layout", "write each client and user as one block"),
    ),
    "todo": (
        Example("renewctl todo -o markdown", "a list with boxes, to work through"),
        Example("renewctl todo cafe-serra-azul.example", "one client's clicks"),
    ),
    "done": (
        Example("renewctl done cafe-serra-azul.example", "you made this client's click today"),
        Example(
            "renewctl done --contacts nordlys.example --on 2026-11-20", "you looked who its contacts are"
        ),
    ),
    "init": (
        Example("renewctl init --owner hubspot --notify ana@agency.example", "begin in this folder"),
        Example("renewctl init --store portfolio.json", "as JSON, by another name, without a default yet"),
    ),
    "demo": (
        Example("renewctl demo", "see it at work"),
        Example("renewctl demo -o json", "what programs get"),
    ),
    "where": (
        Example("renewctl where", "which file, and why that one"),
        Example("renewctl where -o names", "its path alone, for scripts"),
    ),
    "schema": (
        Example("renewctl schema > renewctl.schema.json", "anew beside a store, for editors"),
        Example("renewctl schema -o json", "the same, as any program's answer"),
    ),
    "completion": (
        Example("renewctl completion bash", "its first lines say where to put it"),
        Example("renewctl completion zsh > _renewctl", "into a file"),
    ),
    "help": (
        Example("renewctl help exit-codes", "what scripts can rely on"),
        Example("renewctl help client add", "the help of a command"),
    ),
}
