"""Tables from bytes, for the tests of what is read from them."""

from typing import Any

from renewctl.exchange.sheets import ReadingOptions, read_sheets
from renewctl.exchange.spreadsheet import Sheet


def read_sheet(data: bytes, name: str, **options: Any) -> Sheet:
    """Return the one table that is in the data."""
    [sheet] = read_sheets(data, name, ReadingOptions(**options))
    return sheet
