"""Who may read and write a file: its owner, group, mode and access control list, taken over by another.

Source:
    acl(5): POSIX 1003.1e draft 17, as Linux keeps it in an extended attribute. Elsewhere Python cannot read
    such lists.
"""

import os
import stat
import struct
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from renewctl.errors import FileError

_ACL = "system.posix_acl_access"
_READ_WRITE = 0o6


class _Tag(IntEnum):
    """Whom an entry of an access control list is about."""

    OWNER = 0x01
    USER = 0x02
    GROUP = 0x04
    NAMED_GROUP = 0x08
    MASK = 0x10
    OTHER = 0x20


class Access(NamedTuple):
    """Owner, group and mode of a file; ``acl`` is its list as the system has it, empty if there is none."""

    uid: int
    gid: int
    mode: int
    acl: bytes = b""


def read_access(file: Path | int) -> Access:
    """Return who may use a file, which can be open. Raises OSError if it cannot be looked at."""
    status, acl = os.stat(file), b""
    if hasattr(os, "getxattr"):
        with suppress(OSError):  # it has no list, or there are none here
            acl = os.getxattr(file, _ACL)
    return Access(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode), acl)


def is_own(access: Access) -> bool:
    """Return whether it is that of a file of this process's user and one of their groups, without a list."""
    groups = {os.getegid(), *os.getgroups()} if hasattr(os, "getgroups") else {access.gid}
    user = os.geteuid() if hasattr(os, "geteuid") else access.uid
    return access.uid == user and access.gid in groups and not access.acl


def copy_access(handle: int, like: Access) -> None:
    """Give an open file the access of another, as far as the system lets the process do so.

    What belongs to a group that cannot be given is handed to no other group. Raises OSError if the mode
    cannot be set.
    """
    if not hasattr(os, "fchown"):
        return  # Windows
    mode, acl = like.mode, like.acl
    with suppress(OSError):
        os.fchown(handle, -1, like.gid)
    with suppress(OSError):
        os.fchown(handle, like.uid, -1)
    now = read_access(handle)
    if now.gid != like.gid and _group_bits(like) != like.mode & 0o7:
        mode, acl = mode & ~0o070 | (mode & 0o7) << 3, b""
    if now.acl and not acl:  # inherited from the folder
        os.removexattr(handle, _ACL)
    if read_access(handle).mode != mode:
        os.fchmod(handle, mode)
    if acl != now.acl and acl:
        with suppress(OSError):
            os.setxattr(handle, _ACL, acl)


def copy_attributes(handle: int, source: Path) -> None:
    """Give an open file the other extended attributes of a file, those that the system lets it have."""
    with suppress(OSError, AttributeError):  # AttributeError: this system's Python knows no attributes
        for name in os.listxattr(source):
            if name != _ACL:
                with suppress(OSError):
                    os.setxattr(handle, name, os.getxattr(source, name))


def follow_access(handle: int, store: Access) -> None:
    """Let those use an open file who may use the store, and nobody else.

    Raises:
        PermissionError: If somebody else may use it, and it is not the process's own.
    """
    now = read_access(handle)
    if now != store:
        try:
            copy_access(handle, store)
        except PermissionError:
            if now.acl != store.acl or now.mode & ~store.mode:
                raise


def check_access(path: Path, before: Access, handle: int) -> None:
    """Check that nobody loses or gains access if an open file takes the place of one.

    Raises:
        FileError: If the owner, the group or the access control list could not be kept, and that matters.
    """
    after, file = read_access(handle), quote(str(path))
    if after.acl != before.acl:
        message = f"the access control list of {path} cannot be kept"
        raise FileError(message, hint=f"have its owner make the change, or end the list: setfacl -b {file}")
    if after.gid != before.gid and (_group_bits(before) ^ before.mode) & _READ_WRITE:
        message = f"{path} belongs to the group {_name_group(before.gid)}, whose access cannot be kept"
        hint = f"have yourself added to the group, or give it the rights that others have: chmod g=o {file}"
        raise FileError(message, hint=hint)
    owners = _bits_of(before.uid, before)
    if after.uid != before.uid and owners & ~_bits_of(before.uid, after) & _READ_WRITE:
        owner = _name_user(before.uid)
        hint = f"have {owner} keep it by an entry in its list: setfacl -m u:{owner}:rw {file}"
        raise FileError(f"{path} belongs to {owner}, who would lose access to it", hint=hint)


def _group_bits(access: Access) -> int:
    """Return what the file's group may do."""
    bits = {tag: perm for tag, perm, _ in _entries(access.acl)}
    return bits[_Tag.GROUP] & bits.get(_Tag.MASK, 0o7) if bits else access.mode >> 3 & 0o7


def _bits_of(uid: int, access: Access) -> int:
    """Return what a user may do with a file, as far as the groups of the user are known."""
    if uid == access.uid:
        return access.mode >> 6 & 0o7
    groups, entries = _groups_of(uid), _entries(access.acl)
    mask = next((perm for tag, perm, _ in entries if tag == _Tag.MASK), 0o7)
    for tag, perm, who in entries:
        if tag == _Tag.USER and who == uid:
            return perm & mask
    of_groups = [_group_bits(access)] if access.gid in groups else []
    of_groups += [perm & mask for tag, perm, who in entries if tag == _Tag.NAMED_GROUP and who in groups]
    return max(of_groups) if of_groups else access.mode & 0o7


def _entries(acl: bytes) -> list[tuple[int, int, int]]:
    """Return tag, permissions and user or group of each entry, behind the four bytes of the version."""
    return [*struct.iter_unpack("<HHI", acl[4:])]


def _groups_of(uid: int) -> list[int]:
    try:
        import pwd  # Lazy import: few changes ask for it, and Windows has none.

        user = pwd.getpwuid(uid)
        return os.getgrouplist(user.pw_name, user.pw_gid)
    except (ImportError, KeyError, OSError):
        return []


def _name_user(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)


def _name_group(gid: int) -> str:
    try:
        import grp

        return grp.getgrgid(gid).gr_name
    except (ImportError, KeyError):
        return str(gid)
