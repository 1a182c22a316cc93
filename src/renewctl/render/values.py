"""A few named values: with labels for people, as an object for programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from renewctl.fields import TABLES, Field
from renewctl.render.result import HANG, Block, Column, DataTable, Grid, Line, Result, join_lines, line

_GAP = "  "


class Rows(NamedTuple):
    """A value that is a small table without headings; its last column can wrap.

    If there is no room for a table, the cells from index ``below`` on go on a second line.
    """

    cells: Sequence[Sequence[Line]]
    below: int = 1


def label_values(values: Mapping[str, Sequence[Line] | Rows], indent: str = "") -> Iterator[Block]:
    """Yield the lines of each value after its label; values without lines are omitted."""
    shown = {
        label: value for label, value in values.items() if (value.cells if isinstance(value, Rows) else value)
    }
    width = max(map(len, shown), default=0)
    for label, value in shown.items():
        lines = value.cells if isinstance(value, Rows) else value
        labels = [
            line(indent, (f"{'' if number else label:<{width}}", "dim")) for number in range(len(lines))
        ]
        if isinstance(value, Rows):
            yield _lay_out(labels, value, len(indent) + width)
        else:
            yield from (line(*head, _GAP, HANG, *parts) for head, parts in zip(labels, value, strict=True))


def _lay_out(labels: Sequence[Line], rows: Rows, width: int) -> Grid:
    """Return labeled rows, in columns if they fit, otherwise in two lines each."""

    def write() -> Iterator[Line]:
        for head, cells in zip(labels, rows.cells, strict=True):
            above, below = _join(cells[: rows.below]), _join(cells[rows.below :])
            yield line(*head, _GAP, HANG, *above)
            if below:
                yield line(" " * width, _GAP * 2, HANG, *below)

    columns = [cells for cells in zip(*rows.cells, strict=True) if _join(cells)]
    last = len(columns) - 1
    table = [Column("", cells, wraps=place == last > 0) for place, cells in enumerate(columns)]
    return Grid([[Column("", labels, least=width), *table]], long=write)


def _join(cells: Sequence[Line]) -> Line:
    """Return the cells that are not empty as one line."""
    return join_lines((cell for cell in cells if any(text for text, _ in cell)), _GAP)


def record_values(record: Any, fields: Iterable[Field]) -> dict[str, Any]:
    """Return fields of a record for JSON; empty text becomes null."""
    values: dict[str, Any] = {}
    for field in fields:
        value = getattr(record, field.attribute)
        if isinstance(value, tuple):  # roles, or the items of another table
            inner = TABLES[field.table].values() if field.table else ()
            value = [record_values(item, inner) if inner else item for item in value]
        values[field.key] = None if value == "" else value
    return values


def render_fields(
    schema: str, values: Mapping[str, Any], shown: Mapping[str, str], extra: Iterable[str] = ()
) -> Result:
    """Return a few named values as a result.

    Args:
        schema: The schema ID of the JSON form.
        values: The values by key, for programs.
        shown: The values as text by label, for people.
        extra: Lines below the values, for people.
    """
    width = max(map(len, values))
    lines = []
    for key, value in values.items():
        words = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        lines.append(line((f"{key:<{width}}  ", "dim"), "–" if value is None else words))
    more = [line(text) for text in extra]
    return Result(
        {"schema": schema, **values},
        DataTable(("field", "value"), tuple(values.items())),
        lines=lines + more,
        screen=lambda _: [*label_values({label: [line(text)] for label, text in shown.items()}), *more],
    )
