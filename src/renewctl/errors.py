"""One family of errors. The class carries code and exit status, the instance the raw text.

Nothing here is made fit for a terminal: that happens once, at the command line's boundary.
May import nothing of renewctl.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple


class ExitStatus(IntEnum):
    """What a process of renewctl ends with; part of its contract with scripts."""

    DONE = 0
    NO = 1
    USAGE = 2
    INVALID = 3
    UNKNOWN = 4
    BUSY = 5
    NEEDS_YES = 6
    INTERNAL = 70
    IO = 74
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class Problem(NamedTuple):
    """One thing wrong with the data of a file.

    Pure code names the ``path`` into the data; whoever read the file fills in ``file``, ``line``
    and ``column`` (both from 1; 0 means unknown). ``code`` names the kind of a remark.
    """

    message: str
    path: tuple[str, ...] = ()
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = ""


class RenewctlError(Exception):
    """Something the user can understand and mend.

    ``message`` says what is wrong, ``hint`` the way out, ``problems`` every place it is wrong at.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[ExitStatus] = ExitStatus.NO

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)


class UsageError(RenewctlError):
    """The words of the command line do not make a command."""

    code = "usage"
    exit_status = ExitStatus.USAGE


class UnknownClient(RenewctlError):
    """No client of the store answers to the name given."""

    code = "unknown-client"
    exit_status = ExitStatus.UNKNOWN


class UnknownUser(RenewctlError):
    """No partner user of the store answers to the name given."""

    code = "unknown-user"
    exit_status = ExitStatus.UNKNOWN


class StoreMissing(RenewctlError):
    """There is no store where one was looked for."""

    code = "store-missing"
    exit_status = ExitStatus.INVALID


class StoreInvalid(RenewctlError):
    """The store cannot be read, or says what it must not."""

    code = "store-invalid"
    exit_status = ExitStatus.INVALID


class StoreTooNew(StoreInvalid):
    """The store was written for a later version of renewctl."""

    code = "store-too-new"


class UnsupportedLayout(StoreInvalid):
    """The store is valid, but laid out so that this edit cannot be made safely."""

    code = "layout-refused"


class BadInput(RenewctlError):
    """Rows or text that were handed in cannot be used; every bad row is among the problems."""

    code = "bad-input"
    exit_status = ExitStatus.INVALID


class StoreLocked(RenewctlError):
    """Another process is writing the store."""

    code = "store-locked"
    exit_status = ExitStatus.BUSY


class StoreChanged(RenewctlError):
    """The store changed between reading and writing."""

    code = "store-changed"
    exit_status = ExitStatus.BUSY


class ConfirmationRequired(RenewctlError):
    """The change is large or leaves somebody out, and nobody was there to be asked."""

    code = "needs-yes"
    exit_status = ExitStatus.NEEDS_YES


class Declined(RenewctlError):
    """The user was asked and said no."""

    code = "declined"
    exit_status = ExitStatus.NO


class NothingToUndo(RenewctlError):
    """There is no change that could be taken back."""

    code = "nothing-to-undo"
    exit_status = ExitStatus.NO


class UnexpectedRecipients(RenewctlError):
    """The answer was given, and it is not the one that was expected."""

    code = "not-as-expected"
    exit_status = ExitStatus.NO


class NoRecipient(RenewctlError):
    """The answer was given, and it leaves somebody with nobody notified."""

    code = "no-recipient"
    exit_status = ExitStatus.NO


class InternalError(RenewctlError):
    """A check on renewctl's own work failed: a bug of ours; nothing was written."""

    code = "internal"
    exit_status = ExitStatus.INTERNAL


class FileError(RenewctlError):
    """The operating system would not read or write."""

    code = "io"
    exit_status = ExitStatus.IO
