"""``--split``: a file for each recipient, named by the address."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from unicodedata import normalize

from renewctl.cli.output_files import write_files
from renewctl.cli.runtime import Run
from renewctl.domain.identifiers import address_key
from renewctl.domain.report import Digest, build_digests
from renewctl.errors import BadInput, FileError, Problem, UsageError
from renewctl.files import digest as hash_content
from renewctl.files import explain_os_error, is_reserved_name
from renewctl.render.result import Column, Grid, Output, Result, line
from renewctl.render.who_by_recipient import list_deliveries
from renewctl.render.who_report import Report
from renewctl.text import count_of

NOTHING = "No recipients: no files were written."
_SAFE = re.compile(r"[a-z0-9_][a-z0-9._+@-]{0,79}")


def file_name(address: str, suffix: str) -> str:
    """Return a file name for an address, the same in every report.

    It is ASCII and has up to 100 characters. Most addresses are their own names. Of the others, what is safe
    is kept, and a hash keeps the name apart from every other one, on systems that ignore case too.
    """
    key = address_key(address)
    if _SAFE.fullmatch(key) and not is_reserved_name(key):
        return key + suffix
    plain = normalize("NFKD", key).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^a-z0-9@]+", "-", plain)[:80].strip("-@") or "recipient"
    return f"{kept}-{hash_content(key.encode(errors='surrogatepass'))[:8]}{suffix}"


def check_split(run: Run, folder: str | None, by: str, *, force: bool) -> None:
    """Refuse combinations of options that make no sense.

    Raises:
        UsageError: If an option requires another one.
    """
    if folder is None:
        if run.output is Output.EML:
            raise UsageError("-o eml requires --split", hint="add --by recipient --split FOLDER")
        if force:
            raise UsageError("--force requires --split", hint="remove --force")
    elif not folder.strip():
        raise UsageError("--split requires the name of a folder", hint="add a folder: --split FOLDER")
    elif by != "recipient":
        raise UsageError("--split requires --by recipient", hint="add --by recipient")
    elif run.out is not None:
        raise UsageError("--split and --out can't be used together", hint="remove --out")
    elif run.output not in {Output.HTML, Output.EML}:
        raise UsageError(
            "--split requires -o html or -o eml", hint="add -o html for pages or -o eml for drafts"
        )


def split_report(run: Run, report: Report, folder: Path, answer: Result, *, force: bool) -> Result:
    """Write a page or a draft for each recipient. Return a list of the files.

    The list replaces the ``answer``. The folder is created if it is missing. Renewals about which nobody is
    notified are in no file.

    Raises:
        UsageError: If files already exist and ``force`` is not set. No file was written.
        BadInput: If a message cannot be addressed to some recipients. No file was written.
        RenewctlError: If files cannot be replaced, or none can be written.
        Interrupted: If a signal came after some files were written.
    """
    digests = build_digests(report.rows, report.person.email if report.person else None)
    contents = _build_files(run, report, digests)
    paths = [folder / file_name(digest.email, f".{run.output}") for digest in digests]
    written, failure = 0, None
    if digests:
        _make_folder(folder)
        written, failure = write_files(run, dict(zip(paths, contents, strict=True)), force=force)
    paths, digests = paths[:written], digests[:written]
    kind = count_of(written, "draft" if run.output is Output.EML else "page")
    return Result(
        {},
        lines=[line(str(path)) for path in paths],
        screen=lambda _width: (
            [_list_files(paths, digests, report.as_of)] if digests else [line((NOTHING, "dim"))]
        ),
        footer=[line(f"Wrote {kind} to {folder}. Nothing was sent.")] if digests else (),
        warnings=answer.warnings,
        failure=failure or answer.failure,
        status=answer.status,
        change=True,
        written=written > 0,
        files=True,
    )


def _list_files(paths: Sequence[Path], digests: Sequence[Digest], today: date) -> Grid:
    columns = [Column("FILE", [line(str(path)) for path in paths])]
    counts = [{each.kind: len(each.rows) for each in list_deliveries(digest, today)} for digest in digests]
    for heading, kind in (("NOTIFIED", "to"), ("COPIED", "cc"), ("DATE PASSED", "past")):
        numbers = [line(str(found.get(kind, 0))) for found in counts]
        columns.append(Column(heading, numbers, right=True))
    return Grid([columns, columns[:1]])


def _build_files(run: Run, report: Report, digests: Sequence[Digest]) -> list[bytes]:
    """Return the content of each recipient's file.

    Raises:
        BadInput: If a message cannot be addressed to some recipients; its problems name them.
    """
    # Lazy imports: only pages and drafts need them.
    from renewctl.render.drafts import build_draft
    from renewctl.render.page import render_person_page

    contents, problems = [], []
    for digest in run.progress.track("Preparing", digests):
        try:
            page = run.output is Output.HTML
            contents.append(
                render_person_page(report, digest).encode() if page else build_draft(digest, report)
            )
        except UsageError as error:
            problems.append(Problem(error.message))
    if problems:
        message = f"{count_of(len(problems), 'invalid recipient')}; nothing was written"
        raise BadInput(message, hint="correct the addresses", problems=problems)
    return contents


def _make_folder(folder: Path) -> None:
    """Create a folder that only the user can read, unless it exists.

    Raises:
        UsageError: If the path is not a folder.
        FileError: If the folder cannot be created.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise UsageError(f"'{folder}' is not a folder", hint="pass a folder to --split") from None
    except FileNotFoundError:
        message = f"cannot create '{folder}': the folder '{folder.parent}' does not exist"
        raise FileError(message, hint=f"create the folder '{folder.parent}' first") from None
    except OSError as error:
        raise explain_os_error("create", folder, error) from None
