"""One family of errors: the class has code and exit status, the instance the raw text.

The text is made safe for a terminal once, where the command line prints it.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple

MOST_ALIKE = 3
"""Of so many problems of one kind, each is shown; of more, one with the lines of the first."""
_QUOTED = re.compile("""'[^']*'|["][^"]*["]""")


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
    """One thing wrong with the data of a file.

    The domain names the ``path`` into the data; the store fills in ``file``, ``line`` and
    ``column`` (both from 1; 0 means unknown). ``code`` is the finding code of a remark, ``sheet``
    the sheet of a workbook, in which ``line`` is a row.
    """

    message: str
    path: tuple[str, ...] = ()
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = ""
    sheet: str = ""


def group_alike(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Return the problems in their order; those of one kind in one column as groups, if many.

    Problems of one kind have the same hint, and the same message but for what is quoted, and for words
    that are not of letters alone: numbers, dates, addresses.
    """
    kinds: dict[object, list[int]] = {}
    for number, problem in enumerate(problems):
        shape = tuple(filter(str.isalpha, _QUOTED.sub("", problem.message).split()))
        kind = (problem.file, problem.sheet, problem.column, problem.hint, shape)
        kinds.setdefault(kind if problem.line else number, []).append(number)
    groups: list[list[int]] = []
    for numbers in kinds.values():
        many = len({problems[number].line for number in numbers}) > MOST_ALIKE
        groups += [numbers] if many else ([number] for number in numbers)
    return [[problems[number] for number in numbers] for numbers in sorted(groups)]


class RenewctlError(Exception):
    """An error that the user can understand and correct.

    ``message`` is what is wrong, ``hint`` the next step, ``problems`` every place it is wrong at.
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
    """No client in the file has the name given, or several have."""


class UnknownUser(RenewctlError, code="unknown-user", exit_status=ExitStatus.UNKNOWN):
    """No partner user in the file has the name given, or several have."""


class StoreMissing(RenewctlError, code="store-missing", exit_status=ExitStatus.INVALID):
    """There is no store in the places searched."""


class StoreInvalid(RenewctlError, code="store-invalid", exit_status=ExitStatus.INVALID):
    """The store cannot be read, or has a value that is not allowed."""


class StoreTooNew(StoreInvalid, code="store-too-new"):
    """The store was written for a later version of renewctl."""


class UnsupportedLayout(StoreInvalid, code="unsupported-layout"):
    """The store is valid, but its layout does not allow this edit to be made safely."""


class BadInput(RenewctlError, code="bad-input", exit_status=ExitStatus.INVALID):
    """Rows or text given as input cannot be used; ``problems`` has every bad row."""


class StoreLocked(RenewctlError, code="store-locked", exit_status=ExitStatus.BUSY):
    """Another process is writing the store."""


class StoreChanged(RenewctlError, code="store-changed", exit_status=ExitStatus.BUSY):
    """The store changed between reading and writing."""


class ConfirmationRequired(
    RenewctlError, code="confirmation-required", exit_status=ExitStatus.CONFIRMATION_REQUIRED
):
    """The change is large or leaves a client without a recipient, and nobody can be asked."""


class NothingToUndo(RenewctlError, code="nothing-to-undo"):
    """There is no change to undo."""


class UnexpectedRecipients(RenewctlError, code="not-as-expected"):
    """The answer was printed, and is not the one that was expected."""


class NoRecipient(RenewctlError, code="no-recipient"):
    """The answer was printed, and a client in it has no recipient."""


class MissingExtra(RenewctlError, code="missing-extra", exit_status=ExitStatus.USAGE):
    """A package that comes with an extra of renewctl is needed, and missing."""


class InternalError(RenewctlError, code="internal", exit_status=ExitStatus.INTERNAL):
    """A check on renewctl's own work failed: a bug; nothing was written."""


class Interrupted(RenewctlError, code="interrupted", exit_status=ExitStatus.INTERRUPTED):
    """A signal came when a part of the work was done, which is kept."""


class FileError(RenewctlError, code="io", exit_status=ExitStatus.IO):
    """The operating system cannot read or write a file."""
