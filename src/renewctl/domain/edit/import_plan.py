"""Plans for a roster that comes from a spreadsheet: what is new, what differs, what is gone.

All rows or none, unless asked otherwise; nothing is removed unless asked. Imports the floors below
and its neighbours in ``edit`` only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from renewctl.domain.edit.import_client import client_changes, has_other_setting
from renewctl.domain.edit.import_rows import BadRow, ClientIndex, ImportOptions, ImportRow
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.model import Change, Plan, Portfolio

Track = Callable[[Iterable[tuple[str, list[ImportRow]]]], Iterable[tuple[str, list[ImportRow]]]]


def plan_import(
    portfolio: Portfolio,
    entries: Iterable[ImportRow],
    wishes: ImportOptions,
    bad: Sequence[Problem] = (),
    track: Track = iter,
) -> Plan:
    """Plan the roster as ``entries`` have it.

    Args:
        portfolio: as it is.
        entries: the rows; several of one client are one client with several renewals.
        wishes: how the import is meant.
        bad: what was wrong with rows that did not become entries.
        track: passes the clients on, and may show how far they are.

    Raises:
        BadInput: a row is bad, and not ``partial``; all bad rows are listed. Or there are no rows, and
            all clients would be removed.
        UsageError: clients are to be removed, and bad rows left out.
    """
    entries = list(entries)
    wishes = wishes.for_rows(entries)
    _check_prune(wishes, empty=not entries and not bad)
    problems = list(bad)
    book = ClientIndex(portfolio)
    groups = _grouped(book, entries, problems)
    changes: list[Change] = []
    counts = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0}
    for key, group in track(groups.items()):
        found, wrong = client_changes(book, key, group, wishes)
        problems += wrong
        if not wrong:
            counts["new" if key not in portfolio.clients else "changed" if found else "unchanged"] += 1
            changes += found
    if problems and not wishes.partial:
        raise _refused(problems)
    if wishes.prune:
        gone = [client for key, client in portfolio.clients.items() if key not in groups]
        counts["removed"] = len(gone)
        changes += (Change(("clients", client.spelling), None) for client in gone)
    said = (*_left_out(problems), *_alone(groups.values(), wishes), *_settings_left(book, groups, wishes))
    return Plan("import", tuple(changes), said, tuple(counts.items()))


def _check_prune(wishes: ImportOptions, *, empty: bool) -> None:
    if wishes.prune and wishes.partial:
        hint = "a client whose row is left out would be removed: mend the rows, or prune later"
        raise UsageError("--prune and --partial exclude each other", hint=hint)
    if wishes.prune and empty:
        raise BadInput("there are no rows, and --prune would remove every client", hint="look at the file")


def _refused(problems: list[Problem]) -> BadInput:
    number = len({problem.line for problem in problems})
    message = f"{number} bad row{'' if number == 1 else 's'}; nothing was written"
    hint = "--partial imports the others"
    return BadInput(message, hint=hint, problems=sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def _grouped(
    book: ClientIndex, entries: Iterable[ImportRow], problems: list[Problem]
) -> dict[str, list[ImportRow]]:
    groups: dict[str, list[ImportRow]] = {}
    for entry in entries:
        try:
            groups.setdefault(book.key(entry), []).append(entry)
        except BadRow as row:
            problems.append(row.problem)
    return groups


def _left_out(problems: Sequence[Problem]) -> Iterator[str]:
    for problem in sorted(problems, key=_place):
        yield f"left out: line {problem.line}: {problem.message}"


def _alone(groups: Iterable[Sequence[ImportRow]], wishes: ImportOptions) -> Iterator[str]:
    """Say that deadlines without a renewal date were passed over."""
    if wishes.deadline_is_date:
        return
    rows = [entry for group in groups for entry in group if entry.deadline and entry.renewal is None]
    if rows:
        count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
        yield f"{count} with a deadline and no renewal date: not used (see --renewal-from-deadline)"


def _settings_left(
    book: ClientIndex, groups: Mapping[str, Sequence[ImportRow]], wishes: ImportOptions
) -> Iterator[str]:
    """Say that settings other than those of the store were passed over."""
    if wishes.with_overrides:
        return
    number = sum(has_other_setting(book, key, group, wishes) for key, group in groups.items())
    if number:
        clients = f"{number} client{'' if number == 1 else 's'}"
        yield f"another owner or partner user for {clients}: not used (see --with-overrides)"
