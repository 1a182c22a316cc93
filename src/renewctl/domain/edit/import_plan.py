"""Plans for a roster that comes from a spreadsheet: what is new, what differs, what is gone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from renewctl.domain.edit.import_client import (
    BadRow,
    ClientIndex,
    ImportOptions,
    ImportRow,
    client_changes,
    has_other_setting,
)
from renewctl.domain.edit.override_list import DEFAULT
from renewctl.errors import BadInput, Problem, UsageError
from renewctl.model import Change, Plan, Portfolio
from renewctl.text import count_of

Track = Callable[[Iterable[tuple[str, list[ImportRow]]]], Iterable[tuple[str, list[ImportRow]]]]


def plan_import(
    portfolio: Portfolio,
    rows: Sequence[ImportRow],
    options: ImportOptions,
    bad: Sequence[Problem] = (),
    track: Track = iter,
) -> Plan:
    """Plan the roster as the rows have it; several rows of one client are its renewals.

    ``bad`` are problems of other rows; ``track`` yields the clients it is given, and may show the progress.

    Raises:
        BadInput: If a row is bad, and not ``partial``; or if all clients would be removed.
        UsageError: If clients are to be removed, and bad rows left out.
    """
    if options.prune and options.partial:
        hint = "a client whose row is left out would be removed: mend the rows, or prune later"
        raise UsageError("--prune and --partial exclude each other", hint=hint)
    if options.prune and not rows and not bad:
        raise BadInput("there are no rows, and --prune would remove every client", hint="look at the file")
    # Where a row has the owner "default", the owners are settings, not whoever owns in the end.
    options = options._replace(settings=any(row.owner == DEFAULT for row in rows))
    index = ClientIndex(portfolio)
    problems = list(bad)
    groups: dict[str, list[ImportRow]] = {}
    for row in rows:
        try:
            groups.setdefault(index.find_key(row), []).append(row)
        except BadRow as error:
            problems.append(error.problem)
    changes: list[Change] = []
    counts = {"new": 0, "changed": 0, "unchanged": 0, "removed": 0}
    for key, group in track(groups.items()):
        wanted, wrong = client_changes(index, key, group, options)
        problems += wrong
        if not wrong:
            counts["new" if key not in portfolio.clients else "changed" if wanted else "unchanged"] += 1
            changes += wanted
    problems.sort(key=lambda problem: (problem.line, problem.column))
    if problems and not options.partial:
        message = f"{count_of(len({problem.line for problem in problems}), 'bad row')}; nothing was written"
        raise BadInput(message, hint="--partial imports the others", problems=problems)
    if options.prune:
        removed = [client for key, client in portfolio.clients.items() if key not in groups]
        counts["removed"] = len(removed)
        changes += (Change(("clients", client.spelling), None) for client in removed)
    notes = [f"left out: line {problem.line}: {problem.message}" for problem in problems]
    notes += _unused_cells(index, groups, options)
    return Plan("import", tuple(changes), tuple(notes), tuple(counts.items()))


def _unused_cells(
    index: ClientIndex, groups: Mapping[str, Sequence[ImportRow]], options: ImportOptions
) -> Iterator[str]:
    """Yield a note for deadlines, and one for settings, that are not imported without an option."""
    undated = [row for group in groups.values() for row in group if row.deadline and row.renewal is None]
    if undated and not options.deadline_is_date:
        number = count_of(len(undated), "row")
        yield f"{number} with a deadline and no renewal date: not used (see --renewal-from-deadline)"
    if options.with_overrides:
        return
    others = sum(has_other_setting(index, key, group, options) for key, group in groups.items())
    if others:
        clients = count_of(others, "client")
        yield f"another owner or partner user for {clients}: not used (see --with-overrides)"
