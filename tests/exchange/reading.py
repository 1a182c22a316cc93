"""Read tables from bytes, for tests."""

from typing import Any

from renewctl.exchange.sheets import ReadingOptions, read_sheets
from renewctl.exchange.spreadsheet import Sheet


def read_sheet(data: bytes, name: str, **options: Any) -> Sheet:
    """Return the only table in the data."""
    [sheet] = read_sheets(data, name, ReadingOptions(**options))
    return sheet
