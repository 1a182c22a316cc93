"""``check``: problems in the file, with their fixes."""

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Annotated

import typer

from renewctl.cli.app import command
from renewctl.cli.options import Text, complete_list, parse_code
from renewctl.cli.runtime import Run
from renewctl.command_line import name_store
from renewctl.domain import check as checks
from renewctl.domain.check import CODES
from renewctl.errors import Problem, RenewctlError, StoreInvalid, UsageError
from renewctl.render import check as render_check
from renewctl.render.check import Checked, LocatedFinding
from renewctl.render.result import Output, Result
from renewctl.render.wording import name_clients
from renewctl.store.location import COMPARED, store_at
from renewctl.store.snapshot import Snapshot, load
from renewctl.workspace import conflict_copies


def _complete_codes(incomplete: str) -> list[str]:
    """Return completions of the last code of a list."""
    return complete_list(incomplete, CODES)


@command("check", forms=(Output.GITHUB,))
def check(
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Data files to check (by default, the current file)."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings, too.")] = False,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="CODE",
            help="Ignore findings with this code (can be repeated).",
            autocompletion=_complete_codes,
        ),
    ] = None,
    explain: Annotated[
        Text,
        typer.Option(
            "--explain",
            metavar="CODE",
            help="Explain a code, and what to do about it.",
            autocompletion=_complete_codes,
        ),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Show every finding with its line.")] = False,
) -> Result:
    """Find problems in the file and show how to fix them.

    Exits with 1 if there is an error. In a pipe, prints nothing if there are no findings.
    """
    if explain is not None:
        return render_check.render_code(parse_code(explain, CODES, "--explain: unknown code"))
    words = [word for text in ignore or () for word in text.split(",") if word.strip()]
    ignored = {parse_code(word, CODES, "--ignore: unknown code") for word in words}
    if files and run.store is not None:
        raise UsageError("FILE and --store can't be used together", hint="remove FILE or --store")
    located: list[LocatedFinding] = []
    stores = []
    errors: list[RenewctlError] = []
    for file in _name_once(files or ()) or (None,):
        try:
            with nullcontext() if file is None else name_store(["--store", file]):
                snapshot = load(run.place if file is None else store_at(file, f"{COMPARED} FILE"))
                found = list(_find_problems(snapshot, run.today))
        except RenewctlError as error:
            errors.append(error)
            continue
        stores.append(snapshot.identity)
        located += [each for each in found if each.finding.code not in ignored]
    failure = _combine_errors(errors)
    if failure and not stores and run.output is not Output.GITHUB:
        raise failure
    checked = Checked(located, run.today, stores, failure)
    return render_check.render_findings(checked, strict=strict, long=long)


def _name_once(names: Sequence[str]) -> list[str]:
    """Return the names without repetitions of a file under another name."""
    by_file: dict[object, str] = {}
    for name in names:
        path = os.path.expanduser(name)
        try:
            status = os.stat(path)
        except OSError:
            by_file.setdefault(os.path.realpath(path), name)
        else:  # A file has several names if the system ignores case.
            by_file.setdefault((status.st_dev, status.st_ino), name)
    return [*by_file.values()]


def _find_problems(snapshot: Snapshot, today: date) -> Iterator[LocatedFinding]:
    """Yield the findings on one file, each with its place."""
    file, clients = snapshot.place.display, snapshot.portfolio.clients
    names = name_clients(clients.values())
    for finding in checks.check_portfolio(snapshot.portfolio, snapshot.remarks, today):
        name = names[finding.client] if finding.client else ""
        yield LocatedFinding(finding, file, *snapshot.document.locate(finding.path), name=name)
    ignored = snapshot.portfolio.policy.ignore_copies
    for finding in checks.check_copies(conflict_copies.find_copies(snapshot.place, ignored)):
        yield LocatedFinding(finding, finding.file)


def _combine_errors(errors: Sequence[RenewctlError]) -> RenewctlError | None:
    """Combine the errors of unreadable files. Return None if there are no errors."""
    if len(errors) < 2:
        return errors[0] if errors else None
    problems = [
        problem._replace(hint=problem.hint or error.hint)
        for error in errors
        for problem in error.problems or (Problem(error.message),)
    ]
    kinds = {type(error) for error in errors}
    kind = kinds.pop() if len(kinds) == 1 else StoreInvalid
    return kind(f"{len(errors)} files cannot be read", problems=problems)
