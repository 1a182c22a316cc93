"""What renewctl says by itself: the overview, the demo, where the store is, what to type next.

Imports the pure floors and its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from renewctl.domain.report import build_rows, default_window, without_recipient
from renewctl.model import Portfolio
from renewctl.render.clients import fields
from renewctl.render.result import DataTable, Line, Result, line
from renewctl.render.terminal import wrap_hanging

EMPTY = DataTable((), ())
WHAT = "who gets notified about a client's HubSpot renewal, and why"
KNOW = (
    ("renewctl who", "who would be notified for upcoming renewals"),
    ("renewctl explain CLIENT", "why: each value, each candidate, the rule"),
    ("renewctl set-default", "who owns renewals unless overridden"),
    ("renewctl override CLIENT", "one client's own setting"),
    ("renewctl client add DOMAIN", "a new client"),
)


def render_version(number: str) -> Result:
    """Return the version."""
    document = {"schema": "renewctl.version/1", "version": number}
    return Result(document, DataTable(("version",), ((number,),)), lines=(line(f"renewctl {number}"),))


def render_overview(
    number: str, store: str | None, book: Portfolio | None, today: date, *, missing: bool = False
) -> Result:
    """Return what renewctl is, which store is in use, the five commands to know, and the next step.

    Args:
        number: the version.
        store: the store in use, or what is wrong with it; None where there is none.
        book: what the store says, if it can be read.
        today: the day the report would be of.
        missing: whether there is no store, so that one has to be made first.
    """
    lines = [line((f"renewctl {number}", "strong"), f": {WHAT}"), line()]
    lines.append(line(("store  ", "dim"), store or "none yet, here or above"))
    if book is not None:
        lines.append(line(("       ", "dim"), _counts(book, today)))
    lines += [line(), *_commands(), line(), *_next(store, book, missing=missing), line()]
    lines.append(
        line(("renewctl --help lists all; each has --help; renewctl demo shows some at work.", "dim"))
    )
    document = {"schema": "renewctl.overview/1", "store": store}
    return Result(document, EMPTY, lines=lines, screen=partial(wrap_hanging, lines))


def _counts(book: Portfolio, today: date) -> str:
    found = build_rows(book, book.clients.values(), default_window(book.policy, today), today)
    nobody = len({row.client.key for row in without_recipient(found)})
    default = f"default owner {book.default.owner}" if book.default else "no default"
    clients = f"{len(book.clients)} client{'' if len(book.clients) == 1 else 's'}"
    return f"{clients}, {default}" + (f", {nobody} with NOBODY notified" if nobody else "")


def _commands() -> Iterator[Line]:
    width = max(len(words) for words, _ in KNOW)
    for words, meaning in KNOW:
        yield line("  ", (f"{words:<{width}}", "strong"), f"  {meaning}")


def _next(store: str | None, book: Portfolio | None, *, missing: bool) -> Iterator[Line]:
    """Say the one thing to type now."""
    if missing:
        words = "renewctl init --owner hubspot --notify YOU@YOUR-AGENCY"
        why = "make a store in this folder" if store is None else "make it"
    elif book is None:
        words, why = "renewctl who", "shows what is wrong in the store, with the lines"
    elif book.default is None:
        words, why = "renewctl set-default --owner hubspot --notify USER", "there is no default yet"
    elif not book.clients:
        words = "renewctl client add acme.example --primary ANA@ACME.EXAMPLE --renewal 2027-03-01"
        why = "there is no client yet"
    else:
        words, why = "renewctl who", "the next 120 days" if book.policy.horizon_days == 120 else "the report"
    yield line(("next   ", "dim"), (words, "notified"), f"  ({why})")


def render_init(store: str, beside: Mapping[str, str], *, dry_run: bool, with_default: bool) -> Result:
    """Return that a store was made, what lies beside it, and what to type next."""
    lines = [line(f"{'Would create' if dry_run else 'Created'} {store}."), *_beside(beside, dry_run=dry_run)]
    if not with_default:
        lines.append(line("Set the default:  ", ("renewctl set-default --owner hubspot", "notified")))
    add = "renewctl client add acme.example --name Acme --primary ANA@ACME.EXAMPLE --renewal 2027-03-01"
    lines.append(line("Add a client:     ", (add, "notified")))
    lines.append(line("Then ask:         ", ("renewctl who", "notified")))
    return _init(store, beside, lines, dry_run=dry_run, new=True)


def render_companion_files(store: str, beside: Mapping[str, str], unmarked: str, *, dry_run: bool) -> Result:
    """Return what was added beside a store that was there; it should begin with ``unmarked``, if anything."""
    lines = [line(f"{store} is there already, and stays as it is."), *_beside(beside, dry_run=dry_run)]
    if unmarked:
        what = "a first line, and an empty one," if unmarked.startswith("#") else "a first key"
        lines.append(line(f"For your editor give it {what} by hand: ", (unmarked, "notified")))
    return _init(store, beside, lines, dry_run=dry_run, new=False)


def _init(store: str, beside: Mapping[str, str], lines: list[Line], *, dry_run: bool, new: bool) -> Result:
    document = {
        "schema": "renewctl.init/1",
        "path": store,
        "dry_run": dry_run,
        "created": new and not dry_run,
        "beside": [{"path": path, "done": done} for path, done in beside.items()],
    }
    changed = new or any(done not in _UNCHANGED for done in beside.values())
    foreign = tuple(
        f"{path} is not renewctl's, so it is left; renewctl schema prints what belongs there"
        for path, done in beside.items()
        if done == "left"
    )
    sheet = DataTable(("path",), ((store,),))
    written = changed and not dry_run
    return Result(document, sheet, (store,), tuple(lines), warnings=foreign, change=True, written=written)


_UNCHANGED = {"kept", "left"}
_FOR = {".gitattributes": "line ends, for git", ".gitignore": "what git leaves out"}


def _beside(beside: Mapping[str, str], *, dry_run: bool) -> Iterator[Line]:
    """Say what became of the files beside the store; of what was left a warning says it."""
    for path, done in beside.items():
        if done not in _UNCHANGED:
            what = _FOR.get(path.rpartition("/")[2], "for your editor")
            said = f" (would be {done})" if dry_run else "" if done == "created" else f" ({done})"
            yield line(f"Beside it:        {path}, {what}{said}")
    if all(done == "kept" for done in beside.values()):
        yield line("Nothing is missing beside it.")


def render_schema(document: Mapping[str, Any], text: str) -> Result:
    """Return the JSON Schema of a store; in JSON too it is one, with the mark of an answer in it."""
    return Result({"schema": "renewctl.schema/1", **document}, EMPTY, text=text)


def render_demo(shown: Sequence[tuple[str, Sequence[str], Result]]) -> Result:
    """Return commands with what they answer, one after the other."""
    parts = []
    for said, words, answer in shown:
        command = "renewctl " + " ".join(words)
        heading = (line((f"# {said}", "dim")), line(("$ ", "dim"), (command, "strong")))
        parts += [Result({}, EMPTY, lines=heading), answer, Result({}, EMPTY, lines=(line(),))]
    last = line(("An invented portfolio, deleted again. Your own: renewctl init", "dim"))
    parts.append(Result({}, EMPTY, lines=(last,)))
    items: list[dict[str, Any]] = [
        {"command": ["renewctl", *words], "answer": answer.document} for _, words, answer in shown
    ]
    commands = DataTable(("command",), tuple((" ".join(item["command"]),) for item in items))
    return Result({"schema": "renewctl.demo/1", "items": items}, commands, parts=tuple(parts))


def render_location(path: str, why: str, *, exists: bool) -> Result:
    """Return where the store is, and why there."""
    answer = fields("renewctl.where/1", {"path": path, "why": why, "exists": exists})
    return Result(answer.document, answer.table, (path,), answer.lines)


def render_completion(shell: str, script: str) -> Result:
    """Return the script that lets a shell complete."""
    document = {"schema": "renewctl.completion/1", "shell": shell, "script": script}
    return Result(document, EMPTY, text=script)
