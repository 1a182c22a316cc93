"""One family of errors: the class has code and exit status, the instance the raw text.

The text is made safe for a terminal once, where the command line prints it.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar, NamedTuple


class ExitStatus(IntEnum):
    """The exit status of a process; part of the contract with scripts."""

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

    The domain names the ``path`` into the data; the store fills in ``file``, ``line`` and
    ``column`` (both from 1; 0 means unknown). ``code`` is the finding code of a remark.
    """

    message: str
    path: tuple[str, ...] = ()
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    code: str = ""


class RenewctlError(Exception):
    """An error that the user can understand and correct.

    ``message`` is what is wrong, ``hint`` the next step, ``problems`` every place it is wrong at.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[ExitStatus] = ExitStatus.NO

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)


class UsageError(RenewctlError):
    """The command line is not a valid command."""

    code = "usage"
    exit_status = ExitStatus.USAGE


class UnknownClient(RenewctlError):
    """No client in the file has the name given, or several have."""

    code = "unknown-client"
    exit_status = ExitStatus.UNKNOWN


class UnknownUser(RenewctlError):
    """No partner user in the file has the name given, or several have."""

    code = "unknown-user"
    exit_status = ExitStatus.UNKNOWN


class StoreMissing(RenewctlError):
    """There is no store in the places searched."""

    code = "store-missing"
    exit_status = ExitStatus.INVALID


class StoreInvalid(RenewctlError):
    """The store cannot be read, or has a value that is not allowed."""

    code = "store-invalid"
    exit_status = ExitStatus.INVALID


class StoreTooNew(StoreInvalid):
    """The store was written for a later version of renewctl."""

    code = "store-too-new"


class UnsupportedLayout(StoreInvalid):
    """The store is valid, but its layout does not allow this edit to be made safely."""

    code = "layout-refused"


class BadInput(RenewctlError):
    """Rows or text given as input cannot be used; ``problems`` has every bad row."""

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
    """The change is large or leaves a client without a recipient, and nobody can be asked."""

    code = "needs-yes"
    exit_status = ExitStatus.NEEDS_YES


class Declined(RenewctlError):
    """The user was asked and said no."""

    code = "declined"


class NothingToUndo(RenewctlError):
    """There is no change to undo."""

    code = "nothing-to-undo"


class UnexpectedRecipients(RenewctlError):
    """The answer was printed, and is not the one that was expected."""

    code = "not-as-expected"


class NoRecipient(RenewctlError):
    """The answer was printed, and a client in it has no recipient."""

    code = "no-recipient"


class InternalError(RenewctlError):
    """A check on renewctl's own work failed: a bug; nothing was written."""

    code = "internal"
    exit_status = ExitStatus.INTERNAL


class FileError(RenewctlError):
    """The operating system cannot read or write a file."""

    code = "io"
    exit_status = ExitStatus.IO
