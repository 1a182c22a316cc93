"""The report as an assertion: ``--expect`` and ``--require-recipient``."""

from collections.abc import Iterator, Sequence

from renewctl.domain.identifiers import address_key, is_address
from renewctl.domain.report import ReportRow, without_recipient
from renewctl.errors import NoRecipient, Problem, UnexpectedRecipients, UsageError
from renewctl.render.result import Result

WHY = "renewctl explain CLIENT says why"


def check_expected(answer: Result, rows: Sequence[ReportRow], expect: str | None) -> Result:
    """Return the answer, with a complaint unless To and Cc of each row together are just ``expect``.

    Raises:
        UsageError: ``expect`` is not a list of addresses.
    """
    if expect is None:
        return answer
    wanted = frozenset(_addresses(expect))
    if not rows:
        complaint = UnexpectedRecipients(
            "nothing is listed, so nothing is as expected", hint="widen the window"
        )
        return answer._replace(failure=complaint)
    problems = [problem for row in rows if (problem := _difference(row, wanted))]
    if not problems:
        return answer
    return answer._replace(failure=UnexpectedRecipients("not as expected", hint=WHY, problems=problems))


def _addresses(expect: str) -> Iterator[str]:
    if expect.strip().lower() == "none":
        return
    for word in (word.strip() for word in expect.split(",")):
        if not is_address(word):
            raise UsageError(f"--expect: {word!r} is not an e-mail address", hint="write A@B,C@D, or none")
        yield address_key(word)


def _difference(row: ReportRow, wanted: frozenset[str]) -> Problem | None:
    missing, surplus = sorted(wanted - row.recipients), sorted(row.recipients - wanted)
    if not missing and not surplus:
        return None
    what = [f"{', '.join(missing)} would not hear"] if missing else []
    what += [f"{', '.join(surplus)} would"] if surplus else []
    product = f" ({row.renewal.product})" if row.renewal and row.renewal.product else ""
    return Problem(f"{row.client.key}{product}: {'; '.join(what)}")


def check_everyone_notified(answer: Result, rows: Sequence[ReportRow], *, wanted: bool) -> Result:
    """Return the answer, with a complaint if it is ``wanted`` that each row notifies somebody."""
    nobody = without_recipient(rows) if wanted else ()
    if not nobody or answer.failure:
        return answer
    keys = dict.fromkeys(row.client.key for row in nobody)
    problems = [Problem(f"{key}: nobody is notified") for key in keys]
    return answer._replace(failure=NoRecipient("nobody would be notified", hint=WHY, problems=problems))
