"""Workbooks that renewctl wrote, read by another program's library."""

from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape


def open_sheet(data: bytes) -> Any:
    """Return the one sheet of a workbook; fail where a cell is more than a value."""
    workbook = openpyxl.load_workbook(BytesIO(data))
    (sheet,) = workbook.worksheets
    assert not workbook.defined_names
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in {"s", "n", "d", "b"}, f"not a plain value: {cell.value!r}"
            assert cell.hyperlink is None
            assert cell.comment is None
    return sheet


def read_back(data: bytes) -> list[tuple[Any, ...]]:
    """Return the values of a workbook's rows, the header first."""
    # openpyxl leaves it to its user to read _x000D_ as the character that XML cannot hold.
    return [
        tuple(unescape(value) if isinstance(value, str) else value for value in row)
        for row in open_sheet(data).iter_rows(values_only=True)
    ]
