"""What ``init`` answers: the store and the files beside it, and what to type next."""

from collections.abc import Iterator, Mapping

from renewctl.render.result import DataTable, Line, Result, line

_UNCHANGED = {"kept", "left"}
_FOR = {".gitattributes": "line ends, for git", ".gitignore": "what git leaves out"}


def render_init(store: str, beside: Mapping[str, str], *, dry_run: bool, with_default: bool) -> Result:
    """Return that a store was made, what lies beside it, and what to type next."""
    lines = [line(f"{'Would create' if dry_run else 'Created'} {store}."), *_beside(beside, dry_run=dry_run)]
    if not with_default:
        lines.append(line("Set the default:  ", ("renewctl set-default --owner hubspot", "notified")))
    add = "renewctl client add acme.example --name Acme --primary ANA@ACME.EXAMPLE --renewal 2027-03-01"
    lines.append(line("Add a client:     ", (add, "notified")))
    lines.append(line("Then ask:         ", ("renewctl who", "notified")))
    return _result(store, beside, lines, dry_run=dry_run, new=True)


def render_companion_files(store: str, beside: Mapping[str, str], unmarked: str, *, dry_run: bool) -> Result:
    """Return what was added beside a store that was there; it should begin with ``unmarked``, if anything."""
    lines = [line(f"{store} is there already, and stays as it is."), *_beside(beside, dry_run=dry_run)]
    if unmarked:
        what = "a first line, and an empty one," if unmarked.startswith("#") else "a first key"
        lines.append(line(f"For your editor give it {what} by hand: ", (unmarked, "notified")))
    return _result(store, beside, lines, dry_run=dry_run, new=False)


def _result(store: str, beside: Mapping[str, str], lines: list[Line], *, dry_run: bool, new: bool) -> Result:
    document = {
        "schema": "renewctl.init/1",
        "path": store,
        "dry_run": dry_run,
        "created": new and not dry_run,
        "beside": [{"path": path, "done": done} for path, done in beside.items()],
    }
    changed = new or any(done not in _UNCHANGED for done in beside.values())
    warnings = tuple(
        f"{path} is not renewctl's, so it is left; renewctl schema prints what belongs there"
        for path, done in beside.items()
        if done == "left"
    )
    table = DataTable(("path",), ((store,),))
    written = changed and not dry_run
    return Result(document, table, (store,), tuple(lines), warnings=warnings, change=True, written=written)


def _beside(beside: Mapping[str, str], *, dry_run: bool) -> Iterator[Line]:
    """Yield what became of the files beside the store; a warning reports those that were left."""
    for path, done in beside.items():
        if done not in _UNCHANGED:
            what = _FOR.get(path.rpartition("/")[2], "for your editor")
            suffix = f" (would be {done})" if dry_run else "" if done == "created" else f" ({done})"
            yield line(f"Beside it:        {path}, {what}{suffix}")
    if all(done == "kept" for done in beside.values()):
        yield line("Nothing is missing beside it.")
