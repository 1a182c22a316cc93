"""What each person will hear about, as a message that could be sent to them.

On a terminal and as Markdown the words are the same. Imports the pure floors and its neighbours
in ``render``; is itself imported late, as most reports are by client.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from renewctl.domain.report import Digest, ReportRow
from renewctl.render.columns import wrapped
from renewctl.render.result import Line, line
from renewctl.render.who_table import in_days
from renewctl.text import markdown_cell

NOTHING = "Nobody hears of anything here."
NOBODY = "Nobody"
INDENT = 14
"""Where the words begin, behind the date."""
_SAID = (("to", "would be notified of", "notified"), ("cc", "would be copied on", "copied"))


def digest_lines(
    digests: Sequence[Digest], nobody: Sequence[ReportRow], as_of: date, width: int
) -> Iterator[Line]:
    """Yield a block a person, and one for the rows that notify nobody."""
    if not digests and not nobody:
        yield line((NOTHING, "dim"))
    for number, digest in enumerate(digests):
        if number:
            yield line()
        name = (digest.name, "strong")
        yield line(name, f" <{digest.email}>") if digest.name else line((digest.email, "strong"))
        for kind, said, style in _SAID:
            yield from _told(_of(digest, kind), said, style, as_of, width)
    if nobody:
        yield from [line()] if digests else []
        yield line((NOBODY, "error"))
        yield from _told(nobody, _SAID[0][1], "error", as_of, width)


def markdown(digests: Sequence[Digest], nobody: Sequence[ReportRow], as_of: date) -> str:
    """Return the same as Markdown: a heading a person, an item a renewal."""
    blocks = []
    for digest in digests:
        email = markdown_cell(digest.email)
        blocks.append(f"### {markdown_cell(digest.name)} ({email})" if digest.name else f"### {email}")
        for kind, said, _ in _SAID:
            blocks += _listed(_of(digest, kind), said, as_of)
    if nobody:
        blocks += [f"### {NOBODY}", *_listed(nobody, _SAID[0][1], as_of)]
    return "\n\n".join(blocks or [NOTHING]) + "\n"


def _of(digest: Digest, kind: str) -> list[ReportRow]:
    return [row for found, row in digest.rows if found == kind]


def _told(rows: Sequence[ReportRow], said: str, style: str, as_of: date, width: int) -> Iterator[Line]:
    if rows:
        yield line((said, style), f" {_how_many(rows)}:")
    for row in rows:
        date_or_none = str(row.renewal.day) if row.renewal else "no date"
        first, *more = wrapped(_about(row), width - INDENT, hang=2)
        yield line(f"  {date_or_none:<{INDENT - 2}}", *first)
        for found in (*more, *wrapped(line(_when(row, as_of)), width - INDENT, hang=2)):
            yield line(" " * INDENT, *found)


def _listed(rows: Sequence[ReportRow], said: str, as_of: date) -> list[str]:
    if not rows:
        return []
    items = [_item(row, as_of) for row in rows]
    return [f"{said[0].upper()}{said[1:]} {_how_many(rows)}:", "\n".join(items)]


def _item(row: ReportRow, as_of: date) -> str:
    day = f"**{row.renewal.day}** " if row.renewal else ""
    about = "".join(markdown_cell(text) for text, _ in _about(row))
    return f"- {day}{about}; {_when(row, as_of)[0]}"


def _how_many(rows: Sequence[ReportRow]) -> str:
    dated = sum(row.renewal is not None for row in rows)
    undated = len(rows) - dated
    said = [f"{dated} renewal{'' if dated == 1 else 's'}"] if dated else []
    said += [f"{undated} client{'' if undated == 1 else 's'} without a renewal date"] if undated else []
    return " and ".join(said)


def _about(row: ReportRow) -> Line:
    client, product = row.client, row.renewal.product if row.renewal else ""
    who = line((client.name, "strong"), f" ({client.key})") if client.name else line((client.key, "strong"))
    return (*who, (f", {product}", "")) if product else who


def _when(row: ReportRow, as_of: date) -> tuple[str, str]:
    """Return until when the terms can be altered, or what is wrong with the date; and its style."""
    if row.renewal is None or row.deadline is None:
        return "no renewal date is recorded", "warning"
    if row.renewal.day < as_of:
        return f"the renewal date {row.renewal.day} is past", "warning"
    days = in_days((row.deadline - as_of).days)
    if row.deadline < as_of:
        return f"the last day to change the terms was {row.deadline}, {days}", "error"
    return f"the terms can be changed until {row.deadline}, {days}", "dim"
