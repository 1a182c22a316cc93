"""The window a report is asked for, from the options that name it."""

from dataclasses import dataclass
from datetime import date

from renewctl.errors import UsageError
from renewctl.model import Policy
from renewctl.outlook import horizon
from renewctl.upcoming import Window, parse_day, parse_span


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options said, as typed."""

    within: str | None
    since: str | None
    until: str | None
    deadline_within: str | None
    everything: bool


def window_of(asked: Asked, policy: Policy, today: date, *, named: bool) -> Window | None:
    """Return the window asked for; None for all dates.

    Args:
        asked: the options.
        policy: for the horizon where none is asked for.
        today: the day spans begin at.
        named: whether clients were named, which then are shown whatever the date.

    Raises:
        UsageError: the options exclude each other, or one cannot be read.
    """
    ways = {
        "--within": asked.within,
        "--from/--to": asked.since or asked.until,
        "--deadline-within": asked.deadline_within,
        "--all": asked.everything or None,
    }
    used = [name for name, value in ways.items() if value is not None]
    if len(used) > 1:
        raise UsageError(f"{' and '.join(used)} exclude each other", hint="name one window")
    if asked.within is not None:
        return Window(today, parse_span(asked.within, today, option="--within"))
    if asked.deadline_within is not None:
        end = parse_span(asked.deadline_within, today, option="--deadline-within")
        return Window(today, end, on="deadline")
    if asked.since is not None or asked.until is not None:
        return _between(asked, today)
    return None if asked.everything or named else horizon(policy, today)


def _between(asked: Asked, today: date) -> Window:
    start = parse_day(asked.since, today, option="--from") if asked.since is not None else today
    end = date.max if asked.until is None else parse_day(asked.until, today, option="--to", end=True)
    if end < start:
        raise UsageError(f"--to {end} is before --from {start}", hint="name the earlier day as --from")
    return Window(start, end)
