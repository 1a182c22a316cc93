"""Addresses that are typed or imported, checked more closely than those of a file.

A mistyped address is a person who never hears. Imports ``errors`` only; email-validator late.
"""

import re

from renewctl.errors import UsageError

_WITHIN = re.compile(r"<\s*([^<>@\s]+@[^<>@\s]+)\s*>")
_RESERVED = (".test", ".local", ".invalid", ".localhost", ".onion")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PLAIN = re.compile(
    rf"[a-z0-9]{{1,30}}(?:[._+-][a-z0-9]{{1,30}})?@(?:{_LABEL}\.){{1,3}}(?!xn--)[a-z]{{2,12}}", re.I
)
"""What most addresses look like. Whatever it matches the library takes too (a test says so), which
is worth knowing beforehand: a roster has tens of thousands of them."""


def parse_address(text: str, what: str) -> str:
    """Return an e-mail address as typed, without surrounding space.

    Args:
        text: what was typed.
        what: the option or column it was typed for, for the message.

    Raises:
        UsageError: it is not one address; reserved domains such as .test are taken for what they are.
    """
    address = text.strip()
    if PLAIN.fullmatch(address) and "--" not in address:
        return address
    _validate(address, text, what)
    return address


def _validate(address: str, text: str, what: str) -> None:
    from email_validator import EmailNotValidError, validate_email

    reserved = address.lower().endswith(_RESERVED)
    try:
        validate_email(address + ".example" if reserved else address, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        within = _WITHIN.search(text)
        hint = f"{error} Write one address: ana@agency.example".strip()
        hint = f"write the address alone: {within[1]}" if within else hint
        raise UsageError(f"{what}: {text!r} is not an e-mail address", hint=hint) from None
