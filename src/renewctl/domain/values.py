"""Read single values of the file, or explain what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, NamedTuple

from renewctl.domain.identifiers import ADDRESS, KEY, LONGEST_ADDRESS, client_key, is_address
from renewctl.errors import BadInput
from renewctl.fields import Kind
from renewctl.model import Copies, Owner, Role

_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LONGEST_SHOWN = 60


class Form(NamedTuple):
    """How values of a kind are written in the file and described to an editor.

    Args:
        read: Returns the model's value for a value of the file; raises ``BadInput`` if it is not valid.
        schema: The JSON Schema. Its patterns have no lookahead, because some editors do not support it.
        spellings: Whether a value can be spelled in several ways.
    """

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]
    spellings: bool = False


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return "did you mean …?" with the most similar choice; empty if none is similar."""
    lower = {choice.lower(): choice for choice in choices}
    found = get_close_matches(word.strip().lower(), lower, 1, 0.6)
    return f"did you mean {lower[found[0]]}?" if found else ""


def describe_value(value: Any) -> str:
    """Return a value for a message, shortened if it is long."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number with more than 18 digits"
    words = f"'{value}'" if isinstance(value, str) else str(value)
    return words if len(words) <= _LONGEST_SHOWN else words[: _LONGEST_SHOWN - 1] + "…"


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput(f"must be text, not {describe_value(value)}", hint="put it in quotes")
    return value


def _read_address(value: Any) -> str:
    if not isinstance(value, str) or not is_address(value):
        hint = "remove the key" if value == "" else "write one address, for example ana@agency.example"
        raise BadInput(f"must be an email address, not {describe_value(value)}", hint=hint)
    return value


def _read_date(value: Any) -> date:
    if type(value) is date:  # Not isinstance, because datetime is a subclass.
        return value
    if isinstance(value, str) and re.fullmatch(_ISO, value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            message = f"must be a valid date, not {describe_value(value)}"
            raise BadInput(message, hint="correct the day or month") from None
    if isinstance(value, datetime):
        raise BadInput(f"must be a date without a time, not {value}", hint=f"write {value.date()}")
    raise BadInput(
        f"must be a date, not {describe_value(value)}", hint="write YYYY-MM-DD, for example 2027-03-01"
    )


def _read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        message = f"must be true or false, not {describe_value(value)}"
        raise BadInput(message, hint="write true or false, without quotes")
    return value


def _whole(what: str, least: int, most: int) -> Form:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            digits = isinstance(value, str) and value.isascii() and value.isdigit()
            hint = "write it without quotes" if digits else f"write a whole number from {least} to {most}"
            raise BadInput(f"must be {what}, not {describe_value(value)}", hint=hint)
        return value

    return Form(read, {"type": "integer", "minimum": least, "maximum": most})


def _choice(kind: type[StrEnum], *more: str) -> Form:
    """Return the form of an enumeration, in any case; words in ``more`` mean None."""
    members: Mapping[str, StrEnum | None] = {
        **{str(member): member for member in kind},
        **dict.fromkeys(more),
    }
    *words, last = members

    def read(value: Any) -> StrEnum | None:
        word = value.strip().lower() if isinstance(value, str) else ""
        if word not in members:
            hint = suggest(value, members) if word else ""
            raise BadInput(f"must be {', '.join(words)} or {last}, not {describe_value(value)}", hint=hint)
        return members[word]

    return Form(read, {"type": "string", "enum": [*members]}, spellings=True)


def _list_of(what: str, item: Form) -> Form:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            words = describe_value(value)
            hint = f'write ["{value}"]' if isinstance(value, str) else "put its items in brackets"
            raise BadInput(f"must be a list of {what}, not {words}", hint=hint)
        return tuple(map(item.read, value))

    return Form(read, {"type": "array", "items": item.schema}, spellings=True)


def _read_domain(value: Any) -> str:
    key = client_key(value) if isinstance(value, str) else None
    if key is None:
        message = f"must be a list of domains; {describe_value(value)} is not a domain"
        raise BadInput(message, hint='write a domain, for example "agency.example"')
    return key


ADDRESS_SCHEMA = {"pattern": f"^{ADDRESS.pattern}$", "maxLength": LONGEST_ADDRESS}
DOMAIN_SCHEMA = {"pattern": f"^{KEY.pattern}$", "not": {"pattern": r"^www\..*\."}}
_ADDRESS = Form(_read_address, {"type": "string", **ADDRESS_SCHEMA})
FORMS: Mapping[Kind, Form] = {
    Kind.TEXT: Form(_read_text, {"type": "string"}),
    Kind.NAME: Form(_read_text, {"type": "string"}),
    Kind.OWNER: _choice(Owner),
    Kind.OWNER_SEEN: _choice(Owner, "default"),
    Kind.ADDRESS: _ADDRESS,
    Kind.ADDRESSES: _list_of("email addresses", _ADDRESS),
    Kind.DATE: Form(_read_date, {"type": "string", "format": "date"}),  # Editors see dates of TOML as text.
    Kind.FLAG: Form(_read_flag, {"type": "boolean"}),
    Kind.DAYS: _whole("a number of days", 0, 3660),
    Kind.COUNT: _whole("a whole number", 0, 10**9),
    Kind.HUB_ID: _whole("a hub ID", 1, 10**15),
    Kind.COPIES: _choice(Copies),
    Kind.ROLES: _list_of("roles", _choice(Role)),
    Kind.NAMES: _list_of("file names", Form(_read_text, {"type": "string"})),
    Kind.DOMAINS: _list_of("domains", Form(_read_domain, {"type": "string", **DOMAIN_SCHEMA})),
}
"""The form of each kind of value."""
