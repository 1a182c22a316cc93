"""One value at a time: what the file holds ⇄ what the model holds, or what is wrong with it.

Imports ``model`` and ``domains`` only.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from renewctl.domain.identifiers import client_key, is_address
from renewctl.fields import Kind
from renewctl.model import Copies, Owner, Role

E = TypeVar("E", bound=StrEnum)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_DAYS = 3660
MOST = 10**9
LAST_HUB_ID = 10**15
_LONGEST_SHOWN = 60


class Bad(Exception):
    """A value that a field cannot hold: what is wrong, and what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return "did you mean …?" with the choice most like ``word``, or nothing."""
    lower = {choice.lower(): choice for choice in choices}
    found = get_close_matches(word.strip().lower(), lower, 1, 0.6)
    return f"did you mean {lower[found[0]]}?" if found else ""


def describe_value(value: Any) -> str:
    """Return a value for a message: short, and safe whatever its size."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of many digits"
    words = f'"{value}"' if isinstance(value, str) else str(value)
    return words if len(words) <= _LONGEST_SHOWN else words[: _LONGEST_SHOWN - 1] + "…"


def text(value: Any) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise Bad(f"must be text, not {describe_value(value)}", "put it in quotes")
    return value


def address(value: Any) -> str:
    """Return an e-mail address, as written."""
    if not isinstance(value, str) or not is_address(value):
        hint = "leave the key out for nobody" if value == "" else "write one address: ana@agency.example"
        raise Bad(f"must be an e-mail address, not {describe_value(value)}", hint)
    return value


def day(value: Any) -> date:
    """Return a calendar date; a string in ISO form is read too."""
    if type(value) is date:  # of which a time is a subclass
        return value
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Bad(f"there is no day {describe_value(value)}", "write a day of the calendar") from None
    if isinstance(value, datetime):
        raise Bad(f"must be a date without a time, not {value}", f"write {value.date()}")
    raise Bad(f"must be a date, not {describe_value(value)}", "write it as 2027-03-01")


def flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Bad(
            f"must be true or false, not {describe_value(value)}", "write true or false, without quotes"
        )
    return value


def _whole(value: Any, least: int, most: int, what: str) -> int:
    if type(value) is not int or not least <= value <= most:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        hint = "write it without quotes" if digits else f"write a whole number from {least} to {most}"
        raise Bad(f"must be {what}, not {describe_value(value)}", hint)
    return value


def days(value: Any) -> int:
    """Return a number of days from 0 to about ten years."""
    return _whole(value, 0, MOST_DAYS, "a number of days")


def count(value: Any) -> int:
    """Return a number from 0."""
    return _whole(value, 0, MOST, "a whole number")


def hub_id(value: Any) -> int:
    """Return a HubSpot account number."""
    return _whole(value, 1, LAST_HUB_ID, "a hub id")


_MEMBERS: Mapping[type[StrEnum], Mapping[str, Any]] = {
    kind: {str(member): member for member in kind} for kind in (Owner, Copies, Role)
}
"""The members by their text: to ask the class takes ten times as long, and stores have thousands."""


def _choice(kind: type[E], value: Any, *more: str) -> E | None:
    if type(value) is str and value in _MEMBERS[kind]:
        member: E = _MEMBERS[kind][value]
        return member
    choices = [*kind, *more]
    word = value.strip().lower() if isinstance(value, str) else None
    if word not in choices:
        listed = ", ".join(choices[:-1]) + " or " + choices[-1]
        raise Bad(f"must be {listed}, not {describe_value(value)}", suggest(value, choices) if word else "")
    return None if word in more else kind(str(word))


def owner(value: Any) -> Owner | None:
    """Return the owner; case is forgiven, and remarked on by the reader."""
    return _choice(Owner, value)


def owner_seen(value: Any) -> Owner | None:
    """Return the owner that HubSpot showed for a client; None where it showed the default."""
    return _choice(Owner, value, "default")


def copies(value: Any) -> Copies | None:
    """Return who is copied on a HubSpot override that names nobody."""
    return _choice(Copies, value)


def _listed(value: Any, of: str) -> list[Any]:
    if not isinstance(value, list):
        raise Bad(f"must be a list of {of}, not {describe_value(value)}", f"write [{describe_value(value)}]")
    return value


def roles(value: Any) -> tuple[Role, ...]:
    """Return the roles a contact holds."""
    return tuple([role for item in _listed(value, "roles") if (role := _choice(Role, item))])


def domains(value: Any) -> tuple[str, ...]:
    """Return domains in normal form."""
    found = []
    for item in _listed(value, "domains"):
        key = client_key(item) if isinstance(item, str) else None
        if key is None:
            raise Bad(f"must be a list of domains; {describe_value(item)} is none", 'write "agency.example"')
        found.append(key)
    return tuple(found)


READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: text,
    Kind.OWNER: owner,
    Kind.OWNER_SEEN: owner_seen,
    Kind.ADDRESS: address,
    Kind.DATE: day,
    Kind.FLAG: flag,
    Kind.DAYS: days,
    Kind.COUNT: count,
    Kind.HUB_ID: hub_id,
    Kind.COPIES: copies,
    Kind.ROLES: roles,
    Kind.DOMAINS: domains,
}
"""What reads each kind of single value; each raises ``Bad`` for what it cannot hold."""
