"""Read and copy the access rights of files: owner, group, mode and access list.

Source:
    acl(5): POSIX 1003.1e draft 17, which Linux stores in an extended attribute. On other systems Python
    cannot read access control lists.
"""

import os
import stat
import struct
import sys
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from renewctl.errors import FileError

_ACL = "system.posix_acl_access"
_READ_WRITE = 0o6


class _Tag(IntEnum):
    """The kinds of entries in an access control list."""

    OWNER = 0x01
    USER = 0x02
    GROUP = 0x04
    NAMED_GROUP = 0x08
    MASK = 0x10
    OTHER = 0x20


class Access(NamedTuple):
    """Owner, group and mode of a file; ``acl`` is its raw access control list, if any."""

    uid: int
    gid: int
    mode: int
    acl: bytes = b""


def read_access(file: Path | int) -> Access:
    """Return the access rights of a path or an open file.

    Raises:
        OSError: If they cannot be read.
    """
    status, acl = os.stat(file), b""
    if sys.platform == "linux" and hasattr(os, "getxattr"):
        with suppress(OSError):  # It has no list, or this file system has none.
            acl = os.getxattr(file, _ACL)
    return Access(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode), acl)


def is_own(access: Access) -> bool:
    """Return whether user and group are this process's own, and there is no list."""
    if sys.platform == "win32" or not hasattr(os, "getegid"):
        return True  # Python shows no owners here.
    groups = {os.getegid(), *os.getgroups()}
    return access.uid == os.geteuid() and access.gid in groups and not access.acl


def copy_access(handle: int, like: Access) -> None:
    """Give an open file the access rights of another, as far as the system permits.

    If the group cannot be set, its rights go to no other group.

    Raises:
        OSError: If the mode cannot be set.
    """
    if sys.platform == "win32" or not hasattr(os, "fchown"):
        return
    mode, acl = like.mode, like.acl
    with suppress(OSError):
        os.fchown(handle, -1, like.gid)
    with suppress(OSError):
        os.fchown(handle, like.uid, -1)
    now = read_access(handle)
    if now.gid != like.gid and _group_bits(like) != like.mode & 0o7:
        mode, acl = mode & ~0o070 | (mode & 0o7) << 3, b""
    if sys.platform == "linux" and now.acl and not acl:  # The list is inherited from the folder.
        os.removexattr(handle, _ACL)
    if read_access(handle).mode != mode:
        os.fchmod(handle, mode)
    if sys.platform == "linux" and acl != now.acl and acl:
        with suppress(OSError):
            os.setxattr(handle, _ACL, acl)


def copy_attributes(handle: int, source: Path) -> None:
    """Copy the other extended attributes of a file to an open file, where permitted."""
    if sys.platform != "linux" or not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            if name != _ACL:
                with suppress(OSError):
                    os.setxattr(handle, name, os.getxattr(source, name))


def follow_access(handle: int, store: Access) -> None:
    """Give an open file the access rights of the data file.

    Raises:
        PermissionError: If others can access it, and it does not belong to this user.
    """
    now = read_access(handle)
    if now != store:
        try:
            copy_access(handle, store)
        except PermissionError:
            if now.acl != store.acl or now.mode & ~store.mode:
                raise


def check_access(path: Path, before: Access, handle: int) -> None:
    """Check that nobody loses or gains access if an open file replaces ``path``.

    Raises:
        FileError: If the owner, group or access control list cannot be kept, and that changes access.
    """
    after, file = read_access(handle), quote(str(path))
    if after.acl != before.acl:
        message = f"the access control list of '{path}' cannot be kept"
        raise FileError(message, hint=f"remove the list: setfacl -b {file}")
    if after.gid != before.gid and (_group_bits(before) ^ before.mode) & _READ_WRITE:
        message = f"'{path}' belongs to the group {_name_group(before.gid)}, whose access cannot be kept"
        hint = f"join the group, or give it the same rights as others: chmod g=o {file}"
        raise FileError(message, hint=hint)
    owners = _bits_of(before.uid, before)
    if after.uid != before.uid and owners & ~_bits_of(before.uid, after) & _READ_WRITE:
        owner = _name_user(before.uid)
        hint = f"give {owner} access by an entry in the access control list: setfacl -m u:{owner}:rw {file}"
        raise FileError(f"'{path}' belongs to {owner}, who would lose access to it", hint=hint)


def _group_bits(access: Access) -> int:
    """Return the permission bits of the file's group."""
    bits = {tag: perm for tag, perm, _ in _entries(access.acl)}
    return bits[_Tag.GROUP] & bits.get(_Tag.MASK, 0o7) if bits else access.mode >> 3 & 0o7


def _bits_of(uid: int, access: Access) -> int:
    """Return the permission bits of a user, as far as the user's groups are known."""
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
    """Return tag, permissions and ID of each entry, after the version's four bytes."""
    return [*struct.iter_unpack("<HHI", acl[4:])]


def _groups_of(uid: int) -> list[int]:
    if sys.platform == "win32":
        return []
    import pwd  # Lazy import: few changes ask for it.

    try:
        user = pwd.getpwuid(uid)
        return os.getgrouplist(user.pw_name, user.pw_gid)
    except (KeyError, OSError):
        return []


def _name_user(uid: int) -> str:
    if sys.platform == "win32":
        return str(uid)
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _name_group(gid: int) -> str:
    if sys.platform == "win32":
        return str(gid)
    import grp

    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
