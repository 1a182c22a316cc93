"""Client domains and e-mail addresses in the one form in which they are compared.

May import ``model``'s neighbours only, and idna (a pure library), late: most text is plain ASCII.
"""

import re

KEY = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?")
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
LONGEST_ADDRESS = 254
_AROUND = re.compile(r"^[a-z][a-z0-9+.-]*://|[/?#].*$|:\d+(?=[/?#]|$)", re.DOTALL)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")


def client_key(text: str) -> str | None:
    """Return the client key meant by what a person typed or pasted, or None where there is none.

    Case, scheme, ``www.``, port, path and a final dot fall away; international names become
    punycode (IDNA 2008, so ß stays ß: its own domain).
    """
    if KEY.fullmatch(text) and not text.startswith(("www.", "xn--")):
        return text
    host = _AROUND.sub("", text.strip().lower())
    if not host.isascii():
        host = _punycode(host) or ""
    host = host.rstrip(".")
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host if KEY.fullmatch(host) else None


def _punycode(host: str) -> str | None:
    import idna

    try:
        labels = _DOTS.split(idna.uts46_remap(host, std3_rules=False, transitional=False))
        return ".".join(label if label.isascii() else idna.alabel(label).decode() for label in labels)
    except (idna.IDNAError, UnicodeError):
        return None


def address_key(text: str) -> str:
    """Return an address in the form it is compared in: HubSpot logins ignore case."""
    return text.strip().lower()


def is_address(text: str) -> bool:
    """Tell whether ``text`` is shaped like one address; what is typed is checked more closely."""
    return len(text) <= LONGEST_ADDRESS and ADDRESS.fullmatch(text) is not None
