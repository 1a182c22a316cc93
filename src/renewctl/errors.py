"""The errors of renewctl: classes have a code and an exit status.

The command line makes the text safe for a terminal when it prints it.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple

MOST_ALIKE = 3
"""Up to this number, similar problems are shown one by one; more than that are shown as one group."""
_QUOTED = """'[^']*'|["][^"]*["]"""


class ExitStatus(IntEnum):
    """The exit status of a process; part of the contract with scripts."""

    DONE = 0
    NO = 1
    USAGE = 2
    INVALID = 3
    UNKNOWN = 4
    BUSY = 5
    CONFIRMATION_REQUIRED = 6
    INTERNAL = 70
    IO = 74
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class Problem(NamedTuple):
    """One problem in the data of a file.

    Args:
        message: What is wrong.
        path: The place in the data, set by the domain.
        hint: What to do about it.
        file: The file; with ``line`` and ``column``, it is set where the text is known.
        line: The line, from 1 (0: unknown); in a workbook, the row.
        column: The column, from 1 (0: unknown).
        code: The code of the finding, if the problem is one.
        sheet: The sheet of a workbook.
        note: What may be wrong with the whole column; printed once, after the problems.
    """

    message: str
    path: tuple[str, ...] = ()
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = ""
    sheet: str = ""
    note: str = ""


def group_alike(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Return the problems in order, with many similar ones of a column in one group.

    Similar problems have the same hint, and messages that differ only in quoted text and in words with
    other characters than letters: numbers, dates, addresses.
    """
    kinds: dict[object, list[int]] = {}
    for number, problem in enumerate(problems):
        shape = tuple(filter(str.isalpha, re.sub(_QUOTED, "", problem.message).split()))
        kind = (problem.file, problem.sheet, problem.column, problem.hint, shape)
        kinds.setdefault(kind if problem.line else number, []).append(number)
    groups: list[list[int]] = []
    for numbers in kinds.values():
        many = len({problems[number].line for number in numbers}) > MOST_ALIKE
        groups += [numbers] if many else ([number] for number in numbers)
    return [[problems[number] for number in numbers] for numbers in sorted(groups)]


class RenewctlError(Exception):
    """An error that the user can understand and correct.

    ``message`` is what is wrong, ``hint`` is the next step, ``problems`` are the places in files.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[ExitStatus] = ExitStatus.NO

    def __init_subclass__(cls, *, code: str, exit_status: ExitStatus | None = None) -> None:
        super().__init_subclass__()
        cls.code, cls.exit_status = code, exit_status or cls.exit_status

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)


class UsageError(RenewctlError, code="usage", exit_status=ExitStatus.USAGE):
    """The command line is not a valid command."""


class UnknownClient(RenewctlError, code="unknown-client", exit_status=ExitStatus.UNKNOWN):
    """No client matches the given name, or several do."""


class UnknownUser(RenewctlError, code="unknown-user", exit_status=ExitStatus.UNKNOWN):
    """No partner user matches the given name, or several do."""


class StoreMissing(RenewctlError, code="store-missing", exit_status=ExitStatus.INVALID):
    """No data file was found in the places searched."""


class StoreInvalid(RenewctlError, code="store-invalid", exit_status=ExitStatus.INVALID):
    """The data file cannot be read, or has a value that is not allowed."""


class StoreTooNew(StoreInvalid, code="store-too-new"):
    """The data file was written for a later version of renewctl."""


class UnsupportedLayout(StoreInvalid, code="unsupported-layout"):
    """The data file is valid, but this edit cannot be made safely in its layout."""


class BadInput(RenewctlError, code="bad-input", exit_status=ExitStatus.INVALID):
    """The input cannot be used; ``problems`` has every invalid row."""


class StoreLocked(RenewctlError, code="store-locked", exit_status=ExitStatus.BUSY):
    """Another process is writing the data file."""


class StoreChanged(RenewctlError, code="store-changed", exit_status=ExitStatus.BUSY):
    """The data file changed between reading and writing."""


class ConfirmationRequired(
    RenewctlError, code="confirmation-required", exit_status=ExitStatus.CONFIRMATION_REQUIRED
):
    """The change must be confirmed, and there is no terminal to ask on."""


class NothingToUndo(RenewctlError, code="nothing-to-undo"):
    """There is no change to undo."""


class UnexpectedRecipients(RenewctlError, code="not-as-expected"):
    """The answer was printed, and differs from the expected recipients."""


class NoRecipient(RenewctlError, code="no-recipient"):
    """The answer was printed, and one of its clients has no recipient."""


class MissingExtra(RenewctlError, code="missing-extra", exit_status=ExitStatus.USAGE):
    """A package is missing that comes with an extra of renewctl."""


class InternalError(RenewctlError, code="internal", exit_status=ExitStatus.INTERNAL):
    """One of renewctl's checks of its own work failed: a bug. Nothing was saved."""


class Interrupted(RenewctlError, code="interrupted", exit_status=ExitStatus.INTERRUPTED):
    """A signal arrived when part of the work was done; that part is kept."""


class FileError(RenewctlError, code="io", exit_status=ExitStatus.IO):
    """The operating system cannot read or write a file."""
