"""Addresses that are typed or imported, checked more closely than those of a file.

A mistyped address is a person who never hears. Imports ``errors`` only; email-validator late.
"""

from renewctl.errors import UsageError

_RESERVED = (".test", ".local", ".invalid", ".localhost", ".onion")


def typed_address(text: str, what: str) -> str:
    """Return an e-mail address as typed, without surrounding space.

    Args:
        text: what was typed.
        what: the option or column it was typed for, for the message.

    Raises:
        UsageError: it is not one address; reserved domains such as .test are taken for what they are.
    """
    from email_validator import EmailNotValidError, validate_email

    address = text.strip()
    reserved = address.lower().endswith(_RESERVED)
    try:
        validate_email(address + ".example" if reserved else address, check_deliverability=False)
    except EmailNotValidError as error:
        hint = str(error) or "write one address: ana@agency.example"
        raise UsageError(f"{what}: {text!r} is not an e-mail address", hint=hint) from None
    return address
