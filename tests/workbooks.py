"""Read workbooks written by renewctl with openpyxl."""

from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape


def open_sheet(data: bytes) -> Any:
    """Return the only sheet of a workbook. Fail if a cell is not a plain value."""
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
    """Return the values of all rows of a workbook, including the header."""
    # openpyxl does not unescape _x000D_, the escape for a character that XML does not allow.
    return [
        tuple(unescape(value) if isinstance(value, str) else value for value in row)
        for row in open_sheet(data).iter_rows(values_only=True)
    ]
