"""Normalize and check client domains, email addresses and names.

idna and email-validator are imported lazily: most text is plain ASCII and needs neither.
"""

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import combining, normalize

from renewctl.errors import UsageError

KEY = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
LONGEST_ADDRESS = 254
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PLAIN_ADDRESS = rf"(?i)[a-z0-9]{{1,30}}(?:[._+-][a-z0-9]{{1,30}})?@(?:{_LABEL}\.){{1,3}}(?!xn--)[a-z]{{2,12}}"
"""The shape of most addresses. email-validator accepts all of them (a test compares), but takes 113 µs
per address instead of 1.4 µs, and 0.17 s to import; a file can have tens of thousands."""
_SHARED_SITES = tuple(
    f".{site}"
    for site in (
        "facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "sites.google.com", "tiktok.com",
        "twitter.com", "wa.me", "x.com", "youtube.com",
    )
)  # fmt: skip
"""Sites on which companies without a domain of their own have a page."""
_RESERVED_DOMAINS = (".test", ".local", ".invalid", ".localhost", ".onion")
# Strings, so that ``re`` compiles a pattern only if a command uses it.
_URL_PARTS = r"(?s)^[a-z][a-z0-9+.-]*://|[/?#].*$|:\d+(?=[/?#]|$)"
# Letters that Unicode does not decompose into a letter and an accent, but people type without it.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_NO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_DOTS = "[.\u3002\uff0e\uff61]"
_ADDRESS_IN_BRACKETS = r"<\s*([^<>@\s]+@[^<>@\s]+)\s*>"


def client_key(text: str) -> str | None:
    """Return the client key for a typed or pasted domain or URL, or None.

    Case, scheme, ``www.``, port, path and a final dot are removed. International names become punycode
    (IDNA 2008, so ß and ss are different domains).
    """
    if KEY.fullmatch(text) and not text.startswith(("www.", "xn--")):
        return text
    host = re.sub(_URL_PARTS, "", text.strip().lower())
    if not host.isascii():
        host = _punycode(host) or ""
    host = host.rstrip(".")
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host if KEY.fullmatch(host) else None


def explain_no_client(key: str) -> str:
    """Return why a key cannot be a client's domain, as a noun phrase, or "" if it can."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)+", key):
        return "an IP address" if key.count(".") == 3 else "a number"
    if f".{key}".endswith(_SHARED_SITES):
        return "a site that many companies share"
    return "a HubSpot address" if f".{key}".endswith(".hubspot.com") else ""


@cache
def _punycode(host: str) -> str | None:
    import idna

    try:
        labels = re.split(_DOTS, idna.uts46_remap(host, std3_rules=False, transitional=False))
        return ".".join(label if label.isascii() else idna.alabel(label).decode() for label in labels)
    except (idna.IDNAError, UnicodeError):
        return None


def trim(text: str) -> str:
    """Return text without surrounding spaces and zero-width characters."""
    bare = text.strip()
    while bare and (bare[0] in _NO_WIDTH or bare[-1] in _NO_WIDTH):
        bare = bare.strip(_NO_WIDTH).strip()
    return bare


def compose(text: str) -> str:
    """Return text in Unicode's composed form (NFC), in which é is one character."""
    return text if text.isascii() else normalize("NFC", text)


def tidy_name(text: str) -> str:
    """Return a name or product as it is saved: composed, with single spaces."""
    return compose(" ".join(text.split()))


def name_key(text: str) -> str:
    """Return a name or product for comparison: without case and repeated spaces.

    Composed and decomposed accents compare equal, as do all kinds of spaces.
    """
    text = " ".join(text.split())
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFD", text).casefold())


def plain_key(text: str) -> str:
    """Return text for searching and sorting: as ``name_key``, and without accents."""
    key = name_key(text)
    if key.isascii():
        return key
    bare = "".join(char for char in normalize("NFKD", key) if not combining(char))
    return name_key(bare).translate(_PLAIN)


def address_key(text: str) -> str:
    """Return an email address for comparison: without case, as HubSpot logins are.

    Composed and decomposed accents compare equal, as do an international domain and its punycode.
    """
    key = text.strip().lower()
    if key.isascii():
        return key
    key = normalize("NFC", normalize("NFD", text.strip()).lower())
    name, at, domain = key.rpartition("@")
    return f"{name}@{_punycode(domain) or domain}" if at and not domain.isascii() else key


def unique_addresses(addresses: Iterable[str]) -> list[str]:
    """Return email addresses, each once, in the spelling of the first."""
    spellings: dict[str, str] = {}
    for address in addresses:
        spellings.setdefault(address_key(address), address)
    return [*spellings.values()]


def is_address(text: str) -> bool:
    """Return whether text has the shape of one address. ``parse_address`` checks more."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None


def parse_address(text: str, what: str) -> str:
    """Return a typed or imported email address, composed and trimmed.

    ``what`` is the option or column in messages. Reserved domains such as .test are accepted.

    Raises:
        UsageError: If the text is not one valid address.
    """
    address = compose(text.strip())
    if re.fullmatch(PLAIN_ADDRESS, address) and "--" not in address:
        return address
    from email_validator import EmailNotValidError, validate_email

    reserved = address.lower().endswith(_RESERVED_DOMAINS)
    try:
        validate_email(address + ".example" if reserved else address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        within = re.search(_ADDRESS_IN_BRACKETS, text)
        hint = "write one address, for example ana@agency.example"
        if within:
            hint = f"write only the address: {within[1]}"
        elif re.fullmatch(r"[^@\s]+@[^@\s.]+", address):
            hint += " (the part after @ needs a dot)"
        raise UsageError(f"{what}: {text!r} is not a valid email address", hint=hint) from None
    return address
