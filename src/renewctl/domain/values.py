"""One value of the file at a time: what the model has for it, or what is wrong with it."""

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


def read_text(value: Any) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise Bad(f"must be text, not {describe_value(value)}", "put it in quotes")
    return value


def read_address(value: Any) -> str:
    """Return an e-mail address, as written."""
    if not isinstance(value, str) or not is_address(value):
        hint = "leave the key out for nobody" if value == "" else "write one address: ana@agency.example"
        raise Bad(f"must be an e-mail address, not {describe_value(value)}", hint)
    return value


def read_date(value: Any) -> date:
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


def read_flag(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        message = f"must be true or false, not {describe_value(value)}"
        raise Bad(message, "write true or false, without quotes")
    return value


def _read_whole(value: Any, what: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        hint = "write it without quotes" if digits else f"write a whole number from {least} to {most}"
        raise Bad(f"must be {what}, not {describe_value(value)}", hint)
    return value


_MEMBERS: Mapping[type[StrEnum], Mapping[str, Any]] = {
    kind: {str(member): member for member in kind} for kind in (Owner, Copies, Role)
}
"""The members by their text: to ask the class takes ten times as long, and stores have thousands."""


def read_choice(value: Any, kind: type[E], *more: str) -> E | None:
    """Return a member of an enumeration, whatever its case; None for one of the words in ``more``."""
    if type(value) is str and value in _MEMBERS[kind]:
        member: E = _MEMBERS[kind][value]
        return member
    choices = [*kind, *more]
    word = value.strip().lower() if isinstance(value, str) else None
    if word not in choices:
        listed = ", ".join(choices[:-1]) + " or " + choices[-1]
        raise Bad(f"must be {listed}, not {describe_value(value)}", suggest(value, choices) if word else "")
    return None if word in more else kind(str(word))


def _require_list(value: Any, of: str) -> list[Any]:
    if not isinstance(value, list):
        raise Bad(f"must be a list of {of}, not {describe_value(value)}", f"write [{describe_value(value)}]")
    return value


def read_roles(value: Any) -> tuple[Role, ...]:
    """Return the roles of a contact."""
    return tuple([role for item in _require_list(value, "roles") if (role := read_choice(item, Role))])


def read_domains(value: Any) -> tuple[str, ...]:
    """Return domains in normal form."""
    domains = []
    for item in _require_list(value, "domains"):
        key = client_key(item) if isinstance(item, str) else None
        if key is None:
            raise Bad(f"must be a list of domains; {describe_value(item)} is none", 'write "agency.example"')
        domains.append(key)
    return tuple(domains)


READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: read_text,
    Kind.OWNER: lambda value: read_choice(value, Owner),
    Kind.OWNER_SEEN: lambda value: read_choice(value, Owner, "default"),
    Kind.ADDRESS: read_address,
    Kind.DATE: read_date,
    Kind.FLAG: read_flag,
    Kind.DAYS: lambda value: _read_whole(value, "a number of days", 0, MOST_DAYS),
    Kind.COUNT: lambda value: _read_whole(value, "a whole number", 0, MOST),
    Kind.HUB_ID: lambda value: _read_whole(value, "a hub id", 1, LAST_HUB_ID),
    Kind.COPIES: lambda value: read_choice(value, Copies),
    Kind.ROLES: read_roles,
    Kind.DOMAINS: read_domains,
}
"""What reads a value of each kind; each raises ``Bad`` for what the kind cannot hold."""
