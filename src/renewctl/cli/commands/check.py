"""``check``: what is wrong, doubtful or old in the store."""

import re
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.domain import check as checks
from renewctl.domain.check import CODES
from renewctl.domain.values import suggest
from renewctl.errors import StoreInvalid, StoreMissing, UsageError
from renewctl.render import check as render_check
from renewctl.render.check import LocatedFinding
from renewctl.render.result import Output, Result
from renewctl.workspace import conflict_copies


def _complete_codes(incomplete: str) -> list[str]:
    """Return the codes that the last of a list can become."""
    before = incomplete[: incomplete.rfind(",") + 1]
    # Some shells evaluate what they are offered, and this part of it was typed.
    return [f"{before}{code}" for code in CODES] if re.fullmatch(r"[\w,-]*", before, re.ASCII) else []


@command("check")
def check(
    run: Run,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings, as on errors.")] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="CODE",
            help="Leave findings of this code out.",
            autocompletion=_complete_codes,
        ),
    ] = None,
    format_github: Annotated[
        bool, typer.Option("--format-github", help="Write annotations for GitHub's workflows.")
    ] = False,
    explain: Annotated[
        Text,
        typer.Option(
            "--explain", metavar="CODE", help="Say what a code means.", autocompletion=_complete_codes
        ),
    ] = None,
) -> Result:
    """Find what is wrong, doubtful or old in the store, and what to do about it.

    Silent when all is well; exit 1 if there is an error. Reads only; HubSpot is not asked.
    """
    if explain is not None:
        return render_check.render_code(_parse_code(explain, "--explain"))
    words = [word for text in ignore or () for word in text.split(",") if word.strip()]
    ignored = {_parse_code(word, "--ignore") for word in words}
    if format_github and run.output is not Output.TABLE:
        raise UsageError(f"--format-github and -o {run.output} exclude each other", hint="name one form")
    try:
        snapshot = run.read()
    except (StoreInvalid, StoreMissing) as error:
        if not format_github:
            raise
        return render_check.annotate_error(error)
    findings = [
        *checks.check_portfolio(snapshot.portfolio, snapshot.remarks, run.today),
        *checks.check_copies(
            conflict_copies.find_copies(snapshot.place, snapshot.portfolio.policy.ignore_copies)
        ),
    ]
    located = []
    for finding in findings:
        if finding.code not in ignored:
            place = () if finding.file else snapshot.document.locate(finding.path)
            located.append(LocatedFinding(finding, finding.file or snapshot.place.display, *place))
    return render_check.render_findings(
        located, run.today, snapshot.identity, strict=strict, for_github=format_github
    )


def _parse_code(word: str, option: str) -> str:
    code = word.strip().lower()
    if code in CODES:
        return code
    hint = suggest(code, CODES) or f"the codes: {', '.join(sorted(CODES))}"
    raise UsageError(f"{option}: there is no code {word!r}", hint=hint)
