"""A few named values: each behind its label for people, an object for programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from renewctl.render.result import HANG, DataTable, Line, Result, Segment, line


def label_values(values: Mapping[str, Sequence[Line]], indent: str = "") -> Iterator[Line]:
    """Yield the lines of each value behind its label; a value without lines is left out."""
    width = max((len(label) for label, lines in values.items() if lines), default=0)
    for label, lines in values.items():
        for number, parts in enumerate(lines):
            yield line(indent, (f"{'' if number else label:<{width}}", "dim"), "  ", HANG, *parts)


def align(rows: Sequence[Sequence[Line]]) -> list[Line]:
    """Return a line for each row of cells, which stand in columns; a column without text is left out."""
    from renewctl.render.terminal import GAP, measure  # Lazy import: a pipe does not wait for rich.

    widths = [max(map(measure, cells)) for cells in zip(*rows, strict=True)]
    places = [place for place, width in enumerate(widths) if width]
    lines = []
    for row in rows:
        parts: list[Segment] = []
        for place in places:
            padding = widths[place] - measure(row[place]) + GAP
            parts += [*row[place], (" " * padding if place != places[-1] else "", "")]
        lines.append(tuple(parts))
    return lines


def render_fields(
    schema: str, values: Mapping[str, Any], shown: Mapping[str, str], extra: Iterable[str] = ()
) -> Result:
    """Return a few named values.

    Args:
        schema: the name of the JSON form.
        values: the values by key, for programs.
        shown: the same in words, by label, for people.
        extra: what else people should know, a line each.
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
