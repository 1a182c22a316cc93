"""Safety: ``check``, which reads the store and says what is wrong, doubtful or old in it."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Annotated, NamedTuple

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text
from renewctl.cli.runtime import Run
from renewctl.domain import check as checks
from renewctl.domain.check import CODES
from renewctl.errors import StoreInvalid, StoreMissing, UsageError
from renewctl.render import check as render_check
from renewctl.render.check import LocatedFinding
from renewctl.render.result import Output, Result
from renewctl.store.snapshot import Snapshot
from renewctl.workspace import conflict_copies


class CheckOptions(NamedTuple):
    """What the options said."""

    strict: bool
    ignored: frozenset[str]
    github: bool


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
    """Find what is wrong, doubtful or old in the store, and the command that mends it.

    Silent when all is well; exit 1 if there is an error. Reads only; HubSpot is not asked.
    """
    if explain is not None:
        return render_check.render_code(_code(explain, "--explain"))
    return _answered(
        run, CheckOptions(strict, frozenset(_codes(ignore or [])), _github(run, wanted=format_github))
    )


def _answered(run: Run, wanted: CheckOptions) -> Result:
    """Check the store; for GitHub, one that cannot be read has annotations too."""
    try:
        return _checked(run, wanted)
    except (StoreInvalid, StoreMissing) as error:
        if not wanted.github:
            raise
        return render_check.annotate_error(error)


def _checked(run: Run, wanted: CheckOptions) -> Result:
    snapshot = run.read()
    found = checks.check_portfolio(snapshot.portfolio, snapshot.remarks, run.today)
    found += tuple(checks.check_copies(conflict_copies.find_copies(snapshot.place)))
    kept = [one for one in found if one.code not in wanted.ignored]
    placed = render_check.sort_findings(_placed(snapshot, one) for one in kept)
    store = snapshot.identity
    answer = render_check.render_findings(placed, run.today, store, strict=wanted.strict)
    return render_check.annotate(answer, placed) if wanted.github else answer


def _placed(snapshot: Snapshot, finding: checks.Finding) -> LocatedFinding:
    if finding.file:
        return LocatedFinding(finding, finding.file)
    return LocatedFinding(finding, snapshot.place.display, *snapshot.document.locate(finding.path))


def _github(run: Run, *, wanted: bool) -> bool:
    if wanted and run.output is not Output.TABLE:
        raise UsageError(f"--format-github and -o {run.output} exclude each other", hint="name one form")
    return wanted


def _codes(given: Sequence[str]) -> Iterator[str]:
    for word in (word.strip() for text in given for word in text.split(",")):
        if word:
            yield _code(word, "--ignore")


def _code(word: str, option: str) -> str:
    """Return a code as it is written.

    Raises:
        UsageError: there is none like it.
    """
    code = word.strip().lower()
    if code in CODES:
        return code
    near = get_close_matches(code, CODES, 1, 0.6)
    hint = f"did you mean {near[0]}?" if near else f"the codes: {', '.join(sorted(CODES))}"
    raise UsageError(f"{option}: there is no code {word!r}", hint=hint)
