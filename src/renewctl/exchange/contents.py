"""What the cells of a table are, whatever the name of their column: dates, people, domains, hub IDs, text."""

from enum import StrEnum
from functools import cache

from renewctl.domain.identifiers import client_key, explain_no_client
from renewctl.errors import BadInput
from renewctl.exchange.cells import parse_dates, read_people, read_text
from renewctl.exchange.spreadsheet import Cell

_LONGEST_DATE = 40
_LEAST_HUB_ID = 10_000
"""Smaller numbers are those of rows, days and prices."""
_LONGEST_HUB_ID = 9
"""Digits. HubSpot numbers the records of a CRM, too; recent ones have ten digits or more."""


class Content(StrEnum):
    """What the cells of a column are."""

    NOTHING = ""
    DOMAINS = "site addresses"
    ADDRESSES = "e-mail addresses"
    DATES = "dates"
    HUB_IDS = "numbers"
    FIGURES = "figures"
    TEXT = "text"


@cache  # The same people and days are in many cells.
def content_of(cell: Cell) -> Content:
    """Return what one cell is; a number or a date only if it can hardly be anything else."""
    text = read_text(cell)
    if not text:
        return Content.NOTHING
    if _is_address(text):
        return Content.ADDRESSES
    if _is_domain(text):
        return Content.DOMAINS
    if _is_date(cell, text):
        return Content.DATES
    if any(map(str.isalpha, text)) and not isinstance(cell, bool):
        return Content.TEXT
    return Content.HUB_IDS if _is_hub_id(text) else Content.FIGURES


def _is_address(text: str) -> bool:
    try:
        return "@" in text and bool(read_people(text, ""))
    except BadInput:
        return False


def _is_hub_id(text: str) -> bool:
    digits = text.removesuffix(".0")
    return (
        digits.isascii()
        and digits.isdigit()
        and len(digits) <= _LONGEST_HUB_ID
        and int(digits) >= _LEAST_HUB_ID
    )


def _is_domain(text: str) -> bool:
    # A domain or the address of a site, not a name such as "Acme S.A.".
    if "@" in text or "." not in text or any(char.isspace() for char in text):
        return False
    key = client_key(text) or ""
    last = key.rpartition(".")[2]
    return "." in key and len(last) > 1 and not last.isdigit() and not explain_no_client(key)


def _is_date(cell: Cell, text: str) -> bool:
    # A text without a year is not read as a date; most texts have none, so that nothing is tried.
    if isinstance(cell, str) and (len(text) > _LONGEST_DATE or sum(map(str.isdigit, text)) < len("2027")):
        return False
    return any(parse_dates([(1, cell)], date_format=order)[0] for order in ("dmy", "mdy"))
