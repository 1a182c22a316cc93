"""Test import, export and calendar: bytes, files, processes, many rows."""

import csv
import io
import json
import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from commands.conftest import AS_OF, Process, run_process
from conftest import OF_ONE_COMMAND, PATIENCE
from renewctl.render.result import Output

LIST = "client,name,renewal\nacme.example,Açaí & Cia,2027-03-01\nborges.example,Borges,2027-02-01\n"


@pytest.fixture
def store() -> Path:
    """Create a data file without clients in the current folder."""
    path = Path("renewctl.toml")
    path.write_text('[defaults]\nowner = "hubspot"\n[users."ana@agency.example"]\nname = "Ana"\n')
    return path


def write_file(data: str | bytes, name: str = "list.csv") -> str:
    Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return name


def names(run: Callable) -> dict[str, str | None]:
    items = json.loads(run("client", "list", "-o", "json").out)["items"]
    return {item["client"]: item["name"] for item in items}


IMPORTED = {"acme.example": "Açaí & Cia", "borges.example": "Borges"}


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    """Return a small .xlsx workbook, as other programs write it."""

    def cell(place: str, value: str | int) -> str:
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    lines = "".join(
        f'<row r="{number}">{"".join(cell(f"{chr(65 + i)}{number}", v) for i, v in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    ml = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{ml}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{ml}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="Clients" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return file.getvalue()


BOOK = workbook(("Domain", "Name"), ("acme.example", "Açaí & Cia"), ("borges.example", "Borges"))


# ------------------------------------------------------------------ the bytes of a table

READ = {
    "UTF-8": (LIST.encode(), ()),
    "UTF-8 with BOM": (LIST.encode("utf-8-sig"), ()),
    "CRLF": (LIST.replace("\n", "\r\n").encode(), ()),
    "UTF-16 with BOM": (LIST.encode("utf-16"), ()),
    "UTF-16 as Excel's Unicode text": (LIST.replace(",", "\t").encode("utf-16"), ()),
    "UTF-16 without": (LIST.encode("utf-16-le"), ("--encoding", "utf-16-le")),
    "Windows-1252": (LIST.replace(",", ";").encode("cp1252"), ("--encoding", "cp1252")),
    "semicolon": (LIST.replace(",", ";").encode(), ()),
    "tab": (LIST.replace(",", "\t").encode(), ()),
    "bar": (LIST.replace(",", "|").encode(), ("--delimiter", "|")),
    "sep=": (b"sep=;\r\n" + LIST.replace(",", ";").encode(), ()),
    "no last line end": (LIST.rstrip("\n").encode(), ()),
    "blank lines": (LIST.replace("\n", "\n\n").encode(), ()),
    "workbook": (BOOK, ()),
}


@pytest.mark.parametrize("form", READ)
def test_every_form_of_table_gives_the_same_clients(form: str, store: Path, run: Callable) -> None:
    data, options = READ[form]
    ran = run("import", write_file(data), *options)
    assert (ran.status, ran.err) == (0, "")
    assert names(run) == IMPORTED


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list"])
def test_a_workbook_is_recognized_by_its_bytes_not_its_name(name: str, store: Path, run: Callable) -> None:
    assert run("import", write_file(BOOK, name)).status == 0
    assert names(run) == IMPORTED


REFUSED = {
    "Windows-1252 without the option": (LIST.encode("cp1252"), (), "list.csv:2", "--encoding cp1252"),
    "Windows-1252 with --encoding utf-16-le": (
        LIST.encode("cp1252"),
        ("--encoding", "utf-16-le"),
        "list.csv",
        "",
    ),
    "UTF-16 without a byte order mark": (
        "client\nacme.example\n".encode("utf-16-le"),
        (),
        "list.csv:1",
        "utf-16-le",
    ),
    "bar without the option": (LIST.replace(",", "|").encode(), (), "list.csv:1", "--delimiter '|'"),
    "NUL": (LIST.replace("Borges", "Bor\0ges").encode(), (), "list.csv:3", "U+0000"),
    "lone CR": (LIST.replace("Borges", "Bor\rges").encode(), (), "list.csv:3", "carriage return"),
    "an open quote": (LIST.replace("Borges", '"Borges').encode(), (), "list.csv:3", "never closed"),
    "empty": (b"", (), "list.csv", "empty"),
    "blank": (b"\n \n,,\n", (), "list.csv", "empty"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(64), (), "list.csv", ".xls"),
    "PDF": (b"%PDF-1.7\n", (), "list.csv", "PDF"),
    "HTML": (b"<!DOCTYPE html><table>", (), "list.csv", "HTML"),
    "JSON": (b'{"version": 1}', (), "list.csv", "JSON"),
    "TOML": (b"version = 1\n", (), "list.csv", "TOML"),
    "half a workbook": (BOOK[:300], (), "list.csv", "damaged"),
    "a zip of something": (b"PK\x03\x04" + bytes(40), (), "list.csv", ""),
}


@pytest.mark.parametrize("form", REFUSED)
def test_ambiguous_files_are_refused(form: str, store: Path, run: Callable) -> None:
    data, options, place, word = REFUSED[form]
    before = store.read_bytes()
    ran = run("import", write_file(data), *options)
    assert (ran.status, ran.out) == (3, "")
    assert f"--> {place}" in ran.err
    assert word in ran.err
    assert "help: " in ran.err
    assert json.loads(run("import", "list.csv", *options, "-o", "json").err)["code"] == "bad-input"
    assert store.read_bytes() == before


def test_a_hub_id_with_lost_digits_is_refused(store: Path, run: Callable) -> None:
    header = ("client", "hub ID")
    assert run("import", write_file(workbook(header, ("acme.example", 4411223)))).status == 0
    shown = json.loads(run("client", "show", "acme.example", "-o", "json").out)
    assert shown["hub_id"] == 4411223
    ran = run("import", write_file(workbook(header, ("acme.example", "4.41E+06"))))
    assert ran.status == 3
    assert "dropped digits" in ran.err


# ------------------------------------------------------------------ sources


def test_standard_input_is_read_once_and_has_a_name_in_messages(store: Path, run: Callable) -> None:
    assert run("import", "-", stdin=LIST).status == 0
    assert names(run) == IMPORTED
    ran = run("import", "-", stdin="client,renewal\nacme.example,soon\n")
    assert ran.status == 3
    assert "--> standard input:2:2" in ran.err
    assert run("import", "-", stdin="").status == 3


def test_bytes_of_a_pipe_are_not_decoded_by_the_locale(store: Path, run: Callable, spawn: Callable) -> None:
    with Path(write_file(LIST.encode("cp1252"))).open("rb") as file:
        ran = spawn("import", "-", "--encoding", "cp1252", stdin=file, env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert (ran.status, ran.err) == (0, b"")
    assert names(run) == IMPORTED


def test_no_standard_input_is_an_error(store: Path, spawn: Callable) -> None:
    done = spawn("import", "-", closed=[0])
    assert done.status == 2
    assert b"standard input is closed" in done.err


@pytest.mark.parametrize("argv", [("import", "fifo"), ("override", "--from-file", "fifo")], ids=" ".join)
def test_a_pipe_by_name_is_refused_and_does_not_hang(
    argv: tuple[str, ...], store: Path, spawn: Callable
) -> None:
    os.mkfifo("fifo")
    ran = spawn(*argv)
    assert ran.status in {2, 3}
    assert b"is a pipe" in ran.err


def test_an_export_into_a_pipe_by_name_does_not_hang(store: Path, spawn: Callable) -> None:
    os.mkfifo("fifo")
    for options in ((), ("--force",)):
        ran = spawn("export", "fifo", "--format", "csv", *options)
        assert ran.status in {2, 3, 74}
        assert ran.err.startswith(b"error: ")


@pytest.mark.parametrize("argv", [("import",), ("override", "--from-file")], ids=" ".join)
@pytest.mark.parametrize("kind", ["nothing", "a folder", "a link to nothing"])
def test_an_unreadable_file_is_an_error(kind: str, argv: tuple[str, ...], store: Path, run: Callable) -> None:
    path = Path("list.csv")
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link to nothing":
        path.symlink_to("nowhere.csv")
    ran = run(*argv, "list.csv")
    assert ran.status in {2, 3, 74}
    assert "list.csv" in ran.err
    assert "help: " in ran.err


@pytest.mark.parametrize(
    "argv", [("import",), ("override", "--from-file"), ("export", "--force")], ids=" ".join
)
def test_the_hint_for_a_folder_is_a_file(argv: tuple[str, ...], store: Path, run: Callable) -> None:
    """The hint does not ask for a data file, because these commands use other files."""
    Path("list.csv").mkdir()
    assert "name a .toml or .json file" not in run(*argv, "list.csv").err


# ------------------------------------------------------------------ extras that are not installed


def without(package: str, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """Run renewctl in a process in which a package cannot be imported."""
    code = f"import sys; sys.modules[{package!r}] = None; from renewctl.main import main; sys.exit(main())"
    environment = {**os.environ, "RENEWCTL_AS_OF": AS_OF}
    command = [sys.executable, "-c", code, *argv]
    return subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False)


def test_without_the_extra_a_workbook_is_refused_with_a_hint(store: Path) -> None:
    before = store.read_bytes()
    done = without("python_calamine", "import", write_file(BOOK, "list.xlsx"))
    assert done.returncode == 3
    assert b"requires python-calamine" in done.stderr
    assert b"-m pip install python-calamine" in done.stderr
    assert b"CSV" in done.stderr
    assert store.read_bytes() == before
    done = without("python_calamine", "import", write_file(LIST))
    assert (done.returncode, done.stderr) == (0, b"")


def test_without_the_extra_a_calendar_is_refused_with_a_hint(small: Path) -> None:
    done = without("icalendar", "calendar")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"-m pip install icalendar" in done.stderr
    done = without("icalendar", "calendar", "-o", "json")
    assert json.loads(done.stderr)["code"] == "missing-extra"
    assert without("icalendar", "who").returncode == 0


# ------------------------------------------------------------------ answers of import


def test_a_second_import_reports_no_changes(store: Path, run: Callable) -> None:
    run("import", write_file(LIST))
    before, status = store.read_bytes(), store.stat()
    ran = run("import", "list.csv")
    assert ran.status == 0
    assert "no changes" in ran.out.lower()
    assert store.read_bytes() == before
    assert (store.stat().st_mtime_ns, store.stat().st_ino) == (status.st_mtime_ns, status.st_ino)


def test_a_dry_run_has_the_same_answer_and_saves_nothing(store: Path, run: Callable) -> None:
    before = store.read_bytes()
    dry = json.loads(run("import", write_file(LIST), "-n", "-o", "json").out)
    assert store.read_bytes() == before
    assert {**dry, "dry_run": False} == json.loads(run("import", "list.csv", "-o", "json").out)
    assert dry["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "removed": 0}


def test_a_blank_cell_changes_nothing(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    header = "client,name,hub_id,primary,billing,decision-maker,product,renewal,deadline,owner,notify,note"
    blank = f"{header}\nacme.example{',' * 11}\nborges.example{', ' * 11}\n"
    ran = run("import", "-", "--with-overrides", "--renewal-from-deadline", "--prune", stdin=blank)
    assert ran.status == 0
    assert "no changes" in ran.out.lower()
    assert "note: 2 clients have no renewal date" in ran.out
    assert small.read_bytes() == before


def test_only_the_lines_of_the_changed_client_change(small: Path, run: Callable) -> None:
    before = small.read_text()
    assert run("import", "-", stdin="hub ID,client\n,borges.example\n99,acme.example\n").status == 0
    assert small.read_text() == before.replace("hub_id = 4411223", "hub_id = 99")


def test_invalid_rows_are_counted_not_cells(store: Path, run: Callable) -> None:
    """Two invalid cells in one row are one invalid row."""
    ran = run("import", "-", stdin="client,hub ID,renewal\nacme.example,x,soon\nborges.example,,\n")
    assert ran.status == 3
    assert ran.err.startswith("error: 1 invalid row; ")
    assert ran.err.count("--> standard input:2:") == 2


CELLS = {
    "client": ("client,name\nnot a domain,X\n", 1, ()),
    "hub ID": ("name,client,hub ID\nX,acme.example,12x\n", 3, ()),
    "primary": ("client,primary\nacme.example,nobody@\n", 2, ()),
    "renewal": ("client,renewal\nacme.example,soon\n", 2, ()),
    "notify": ("client,owner,notify\nacme.example,partner,bob\n", 3, ("--with-overrides",)),
    "hub ID of another": ("client,hub ID\neco.example,4411223\n", 2, ()),
}


@pytest.mark.parametrize("field", CELLS)
def test_an_invalid_row_is_listed_with_its_cell(field: str, small: Path, run: Callable) -> None:
    text, column, options = CELLS[field]
    ran = run("import", "-", *options, "-o", "json", stdin=text)
    assert ran.status == 3
    (problem,) = json.loads(ran.err)["problems"]
    assert (problem["line"], problem["column"]) == (2, column)


def test_one_hub_id_for_two_new_clients_is_refused(store: Path, run: Callable) -> None:
    ran = run("import", "-", stdin="client,hub ID\nacme.example,7\nborges.example,7\n")
    assert ran.status == 3, ran.out
    assert names(run) == {}


def test_a_client_with_an_invalid_row_is_not_pruned(small: Path, run: Callable) -> None:
    """The client is listed, although its row cannot be read."""
    text = "client,hub ID\nacme.example,\nborges.example,x\n"
    ran = run("import", "-", "--prune", "--skip-invalid", stdin=text)
    assert ran.status in {0, 2, 3, 6}
    assert list(names(run)) == ["acme.example", "borges.example"]


def test_skipped_rows_are_in_the_json_answer(store: Path, run: Callable) -> None:
    ran = run(
        "import",
        "-",
        "--skip-invalid",
        "-o",
        "json",
        stdin="client,hub ID\nacme.example,\nborges.example,x\n",
    )
    assert ran.status == 0
    assert list(names(run)) == ["acme.example"]
    assert "not a hub ID" in ran.out


def test_the_notes_on_many_skipped_rows_are_short(store: Path, run: Callable) -> None:
    rows = "".join(f"c{number}.example,x\n" for number in range(500))
    ran = run("import", "-", "--skip-invalid", stdin="client,hub ID\nacme.example,\n" + rows)
    assert ran.status == 0
    assert len(ran.out.splitlines()) < 60
    assert "500" in ran.out or "480" in ran.out


def test_twenty_invalid_rows_are_shown_and_all_are_in_json(store: Path, run: Callable) -> None:
    rows = (
        f"c{number}.example,<p{number}@a.example> of old\n" for number in range(30)
    )  # each with a different hint
    text = "client,primary\n" + "".join(rows)
    ran = run("import", "-", stdin=text)
    assert ran.status == 3
    assert ran.err.count("  --> ") == 20
    assert "30 invalid rows" in ran.err
    assert "… and 10 more (-o json lists them)" in ran.err
    problems = json.loads(run("import", "-", "-o", "json", stdin=text).err)["problems"]
    assert len([problem for problem in problems if problem["line"]]) == 30
    assert problems[-1]["message"] in ran.err  # a note on the column, which is not cut off


def test_many_similar_problems_are_grouped_and_all_are_in_json(store: Path, run: Callable) -> None:
    # The same word in two columns, of which half the cells can be read.
    cells = [("id {}", "soon", "2027-03-01"), ("{}", "2027-03-01", "soon")]
    rows = [
        ",".join([f"c{number}.example", *cells[number % 2]]).format(number + 10_000) for number in range(30)
    ]
    text = "client,hub ID,renewal,deadline\n" + "\n".join(rows)
    ran = run("import", "-", stdin=text)
    assert ran.status == 3
    assert ran.err.splitlines() == [
        "error: 30 invalid rows; nothing was saved",
        "  --> standard input:2:2",
        "      'id 10000' is not a hub ID",
        "      15 lines like this: 2, 4, 6 and 12 more",
        "      help: use a number, for example 4411223",
        "  --> standard input:2:3",
        "      'soon' is not a valid date",
        "      15 lines like this: 2, 4, 6 and 12 more",
        "      help: use YYYY-MM-DD, for example 2027-03-01, or clear the cell",
        "  --> standard input:3:4",
        "      'soon' is not a valid date",
        "      15 lines like this: 3, 5, 7 and 12 more",
        "      help: use YYYY-MM-DD, for example 2027-03-01, or clear the cell",
        "help: correct the rows, or add --skip-invalid to import the others",
    ]
    problems = json.loads(run("import", "-", "-o", "json", stdin=text).err)["problems"]
    assert len(problems) == 45
    assert {problem["hint"] for problem in problems} == {
        "use a number, for example 4411223",
        "use YYYY-MM-DD, for example 2027-03-01, or clear the cell",
    }


def test_few_similar_problems_are_listed_separately(store: Path, run: Callable) -> None:
    rows = ["a.example,id 1,", "b.example,id 2,", "c.example,id 3,", "d.example,,e; f; g; h; i@"]
    ran = run("import", "-", stdin="client,hub ID,primary\n" + "\n".join(rows))
    assert "like this" not in ran.err
    assert all(f"'{word}'" in ran.err for word in ["id 1", "id 2", "id 3", *"efgh", "i@"])


def test_a_row_with_too_many_cells_does_not_hide_other_problems(store: Path, run: Callable) -> None:
    """All problems are listed, because --skip-invalid can skip such rows as well."""
    text = "client,hub ID\nacme.example,1,2\nborges.example,x\ncedro.example,3\n"
    ran = run("import", "-", "-o", "json", stdin=text)
    assert {problem["line"] for problem in json.loads(ran.err)["problems"]} == {2, 3}


def test_import_into_a_missing_or_invalid_file_is_refused(run: Callable) -> None:
    assert run("import", write_file(LIST)).status == 3
    Path("renewctl.toml").write_text('defaults = "x"\n')
    assert "renewctl.toml:1:" in run("import", "list.csv").err


# ------------------------------------------------------------------ override --from-file


def test_clients_in_a_pipe_get_one_setting(agency: Path, run: Callable) -> None:
    names = run("client", "list", "-o", "names").out
    ran = run("override", "--from-file", "-", "--owner", "hubspot", "--yes", stdin=names)
    assert (ran.status, ran.err) == (0, "")
    listed = json.loads(run("client", "list", "-o", "json").out)
    assert {client["owner"] for client in listed["items"]} == {"hubspot"}
    assert {client["source"] for client in listed["items"]} == {"override"}


def test_the_unedited_list_of_clients_changes_nothing(agency: Path, run: Callable) -> None:
    before, status = agency.read_bytes(), agency.stat()
    for output, name in (("csv", "list.csv"), ("jsonl", "list.jsonl")):
        listed = run("client", "list", "-o", output).out
        Path(name).write_bytes(listed.encode())
        ran = run("override", "--from-file", name)
        assert (ran.status, ran.err) == (0, "")
        assert "change" in ran.out
        assert run("override", "--from-file", "-", stdin=listed).status == 0
    assert agency.read_bytes() == before
    assert (agency.stat().st_mtime_ns, agency.stat().st_ino) == (status.st_mtime_ns, status.st_ino)


ODD = {
    "a note with space around it": '{ owner = "hubspot", note = " spaces " }',
    "a note of two lines": '{ owner = "hubspot", note = "two\\r\\nlines" }',
    "a note that is a formula": '{ owner = "hubspot", note = "\'=1+1" }',
    "an unknown user": '{ owner = "partner", notify = "gone@agency.example" }',
    "no user": '{ owner = "partner" }',
}


@pytest.mark.parametrize("output", ["csv", "jsonl"])
@pytest.mark.parametrize("kind", ODD)
def test_the_unedited_list_of_an_odd_file_changes_nothing(
    kind: str, output: str, store: Path, run: Callable
) -> None:
    """This includes values that a command would refuse."""
    store.write_text(f'{store.read_text()}[clients."acme.example"]\noverride = {ODD[kind]}\n')
    before = store.read_bytes()
    listed = run("client", "list", "-o", output)
    if listed.status:
        pytest.skip("not a valid file")
    ran = run("override", "--from-file", "-", stdin=listed.out)
    assert store.read_bytes() == before
    assert ran.status == 0, ran.err


def test_one_edited_row_changes_one_client(agency: Path, run: Callable) -> None:
    before = agency.read_text()
    rows = list(csv.reader(io.StringIO(run("client", "list", "-o", "csv").out, newline="")))
    assert rows[0] == ["client", "owner", "notify", "note"]
    edited = next(row for row in rows[1:] if row[1] == "default")
    edited[1:] = ["hubspot", "", "asked for it; =1"]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(rows)  # as Excel saves it in many countries
    ran = run("override", "--from-file", write_file("\ufeff" + file.getvalue(), "list.csv"), "-o", "json")
    assert ran.status == 0
    (change,) = json.loads(ran.out)["changes"]
    assert change["path"] == ["clients", edited[0], "override"]
    old, new = before.splitlines(), agency.read_text().splitlines()
    assert [line for line in new if line not in old] == [
        'override = { owner = "hubspot", note = "asked for it; =1" }'
    ]
    assert len(new) == len(old) + 1


@pytest.mark.parametrize("argv", [("who", "-o", "csv"), ("who", "-o", "tsv"), ("who", "-o", "jsonl")])
def test_a_report_as_input_is_refused_with_a_reason(
    argv: tuple[str, ...], small: Path, run: Callable
) -> None:
    before = small.read_bytes()
    ran = run("override", "--from-file", "-", stdin=run(*argv).out)
    assert ran.status == 3
    assert "report" in ran.err
    assert "client list" in ran.err
    assert small.read_bytes() == before


def test_an_unknown_client_is_exit_3_with_its_line(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    for text in (
        "client,owner\nacme.example,hubspot\nakme.example,hubspot\n",
        '{"client": "acme.example", "owner": "hubspot"}\n{"client": "akme.example", "owner": "hubspot"}\n',
    ):
        ran = run("override", "--from-file", "-", stdin=text)
        assert ran.status == 3
        assert "--> standard input:" + ("2" if text[0] == "{" else "3") in ran.err
        assert "did you mean acme.example" in ran.err
    assert small.read_bytes() == before


def test_json_lines_that_are_not_utf_8_are_refused(small: Path, spawn: Callable) -> None:
    before = small.read_bytes()
    data = '{"client": "acme.example", "owner": "hubspot", "note": "Açaí"}\n'.encode("latin-1")
    ran = spawn("override", "--from-file", write_file(data, "list.jsonl"))
    assert ran.status == 3, ran.out
    assert small.read_bytes() == before


def test_a_repeated_key_in_a_line_of_json_is_refused(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    text = '{"client": "acme.example", "owner": "hubspot", "owner": "default"}\n'
    assert run("override", "--from-file", "-", stdin=text).status == 3
    assert small.read_bytes() == before


def test_a_list_is_saved_in_one_write(small: Path) -> None:
    text = "client,owner\nacme.example,hubspot\nborges.example,default\n"
    done, writes = counted("override", "--from-file", write_file(text, "list.csv"))
    assert (done.status, writes) == (0, 1)


# ------------------------------------------------------------------ export


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_an_export_is_private_and_keeps_an_existing_mode(small: Path, run: Callable) -> None:
    before = os.umask(0)
    try:
        for name in ("list.csv", "copy.toml", "copy.json"):
            assert run("export", name).status == 0
            assert mode(name) == 0o600
        Path("list.csv").chmod(0o644)
        assert run("export", "list.csv", "--force").status == 0
        assert mode("list.csv") == 0o644
    finally:
        os.umask(before)


@pytest.mark.parametrize("kind", ["itself", "a link", "a hard link", "by another way"])
def test_the_data_file_is_never_overwritten(kind: str, small: Path, run: Callable) -> None:
    before, target = small.read_bytes(), "other.toml"
    if kind == "a link":
        Path(target).symlink_to(small)
    elif kind == "a hard link":
        os.link(small, target)
    else:
        target = "renewctl.toml" if kind == "itself" else "../work/renewctl.toml"
    for options in ((), ("--force",)):
        ran = run("export", target, *options)
        assert ran.status == 2
        assert Path(target).name in ran.err
    assert small.read_bytes() == before


def test_an_export_changes_neither_data_file_nor_existing_files(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    Path("list.csv").write_text("mine")
    ran = run("export", "list.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "--force" in ran.err
    assert Path("list.csv").read_text() == "mine"
    assert run("export", "list.csv", "--force").status == 0
    assert Path("list.csv").read_bytes().startswith(b"client,name,")
    assert small.read_bytes() == before
    assert sorted(path.suffix for path in Path().iterdir() if not path.name.startswith(".")) == [
        ".csv",
        ".toml",
    ]


def test_a_file_has_the_same_bytes_as_standard_output(agency: Path, run: Callable) -> None:
    for kind in ("toml", "json", "csv"):
        run("export", f"copy.{kind}")
        assert Path(f"copy.{kind}").read_bytes().decode() == run("export", "-", "--format", kind).out


def test_toml_to_json_and_back_loses_nothing(agency: Path, run: Callable) -> None:
    first = run("export", "-", "--format", "toml").out
    assert run("export", "copy.json").status == 0
    assert run("export", "-", "--format", "toml", "--store", "copy.json").out == first
    for argv in (("client", "list"), ("user", "list"), ("contacts",), ("set-default",)):
        at_home, away = run(*argv, "-o", "json"), run(*argv, "-o", "json", "--store", "copy.json")
        assert json.loads(at_home.out).get("items") == json.loads(away.out).get("items")


@pytest.mark.parametrize("options", [(), ("--excel",), ("--raw",)], ids=str)
def test_export_and_import_change_nothing(options: tuple[str, ...], agency: Path, run: Callable) -> None:
    before = agency.read_bytes()
    assert run("export", "list.csv", *options).status == 0
    for choices in ((), ("--with-overrides",), ("--prune", "--with-overrides")):
        ran = run("import", "list.csv", *choices)
        assert ran.status == 0, ran.err
        assert "no changes" in ran.out.lower()
    assert agency.read_bytes() == before


def test_importing_into_an_empty_file_gives_the_same_clients(agency: Path, run: Callable) -> None:
    # Import refuses overrides with an unknown user, or with the owner partner and no user.
    assert run("clear-override", "vidros-marinha.example", "sorvetes-jabuticaba.example").status == 0
    run("export", "list.csv")
    text = agency.read_text()
    users = text[: text.index("[clients.")]
    Path("new.toml").write_text(users)
    ran = run("import", "list.csv", "--with-overrides", "--store", "new.toml")
    assert ran.status == 0, ran.err
    exports = [run("export", "-", "--format", "csv", "--store", s).out for s in ("renewctl.toml", "new.toml")]
    assert exports[0] == exports[1]


def test_the_mark_for_excel_needs_the_option(small: Path, run: Callable) -> None:
    plain, marked = (run("export", "-", "--format", "csv", *more).out for more in ((), ("--excel",)))
    assert marked == "\ufeff" + plain


def test_csv_options_are_refused_with_other_formats(small: Path, run: Callable) -> None:
    for kind in ("toml", "json"):
        ran = run("export", "-", "--format", kind, "--excel", "--raw")
        assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize("output", Output)
@pytest.mark.parametrize("argv", [("export", "-", "--format", "csv"), ("calendar", "--all")], ids=" ".join)
def test_every_output_format_has_the_export_or_is_refused(
    argv: tuple[str, ...], output: str, small: Path, run: Callable
) -> None:
    """The answer contains the export, or the command refuses."""
    ran = run(*argv, "-o", output)
    assert ran.status == 2 or "acme.example" in ran.out


# ------------------------------------------------------------------ calendar


def test_a_calendar_is_the_same_bytes_in_any_zone_and_locale(agency: Path, spawn: Callable) -> None:
    places = [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Anchorage", "LC_ALL": "pt_BR.ISO-8859-1", "PYTHONHASHSEED": "2"},
    ]
    ran = [spawn("calendar", "--all", "--remind", "30d", env=env) for env in places]
    assert ran[0] == ran[1]
    assert ran[0].status == 0
    assert ran[0].out.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in ran[0].out.replace(b"\r\n", b"")


def test_clients_without_a_date_are_listed_in_every_format(small: Path, run: Callable) -> None:
    small.write_text(small.read_text() + '[clients."cedro.example"]\n')
    for output in Output:
        ran = run("calendar", "-o", output)
        if output is Output.XLSX or output in OF_ONE_COMMAND:  # a calendar is not a table
            assert (ran.status, ran.out) == (2, "")
            continue
        assert ran.status == 0
        assert "cedro.example" in ran.out + ran.err, output


def test_a_calendar_has_two_events_per_dated_row(agency: Path, run: Callable) -> None:
    for window in (
        ("--all",),
        ("--within", "60d"),
        ("--deadline-within", "30d"),
        ("--recipient", "ana", "--all"),
    ):
        who = run("who", *window, "-o", "json")
        if who.status:
            continue
        dated = [item for item in json.loads(who.out)["items"] if item["renewal"]]
        ran = run("calendar", *window)
        assert ran.status == 0
        assert ran.out.count("BEGIN:VEVENT\r\n") == 2 * len(dated), window
    assert run("calendar").out == run("calendar", "--all").out, (
        "without a window, all renewals are in the file"
    )


def cancelled(run: Callable, *argv: str) -> list[str]:
    """Return the titles of the events that a calendar cancels."""
    ran = run("calendar", *argv, "-o", "json")
    assert ran.status == 0, ran.err
    found: list[str] = json.loads(ran.out)["cancelled"]
    return found


def test_since_cancels_removed_but_not_filtered_renewals(small: Path, run: Callable) -> None:
    Path("last.ics").write_text(run("calendar").out, newline="")
    since = ("--since", "last.ics")
    for filters in ((), ("--within", "5d"), ("acme.example",), ("acme.example", "--to", "2026-12-01")):
        assert cancelled(run, *filters, *since) == [], filters
    assert run("client", "rename", "acme.example", "acme.com").status == 0
    assert run("client", "set-renewal", "acme.com", "2028-01-01").status == 0
    assert cancelled(run, *since) == []
    assert run("client", "remove", "borges.example", "--yes").status == 0
    titles = ["Borges & Filhos (renewal deadline)", "Borges & Filhos (renewal)"]
    for filters in ((), ("--within", "5d"), ("acme.com",)):
        assert cancelled(run, *filters, *since) == titles


def test_since_with_a_recipient_cancels_what_no_longer_reaches_them(small: Path, run: Callable) -> None:
    Path("rui.ics").write_text(run("calendar", "--recipient", "rui").out, newline="")
    since = ("--since", "rui.ics")
    assert cancelled(run, "--recipient", "rui", *since) == []
    assert run("override", "borges.example", "--owner", "partner", "--notify", "ana").status == 0
    assert len(cancelled(run, "--recipient", "rui", *since)) == 2
    assert cancelled(run, *since) == []


def test_since_reads_a_pipe_and_reports_findings_once(small: Path, run: Callable) -> None:
    last = run("calendar").out
    small.write_text("odd = 1\n" + small.read_text())
    ran = run("calendar", "--since", "-", stdin=last)
    assert ran.status == 0
    assert ran.err.count("odd") == 1, ran.err


def test_reading_writes_nothing(small: Path, run: Callable) -> None:
    files = sorted(os.listdir())
    for argv in (("calendar",), ("export", "-", "--format", "csv"), ("import", "-", "-n")):
        assert run(*argv, stdin=LIST).status == 0
    assert sorted(os.listdir()) == files


# ------------------------------------------------------------------ ten thousand rows

COUNTER = """\
import sys
from pathlib import Path
writes = []
sys.addaudithook(lambda event, args: writes.append(args) if event == "os.rename" else None)
from renewctl.main import main
status = main()
Path("writes").write_text(str(len([1 for args in writes if str(args[1]).endswith("renewctl.toml")])))
sys.exit(status)
"""


def counted(*argv: str) -> tuple[Process, int]:
    """Run renewctl in a process. Return its result and its number of writes to the file."""
    return run_process(*argv, code=COUNTER), int(Path("writes").read_text())


MANY = pytest.mark.parametrize("rows", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])


def many(rows: int, bad: int | None = None) -> str:
    lines = ["client,name,hub_id,primary,billing,product,renewal\n"]
    for number in range(2, rows + 2):
        hub = "x" if number == bad else 1_000_000 + number
        people = f"p@c{number}.example,f@c{number}.example"
        lines.append(
            f"c{number}.example,Client {number},{hub},{people},Sales Hub,2027-03-{number % 28 + 1:02}\n"
        )
    return "".join(lines)


@MANY
def test_many_rows_are_saved_in_one_write(rows: int, store: Path) -> None:
    done, writes = counted("import", write_file(many(rows)))
    assert done.status == 0, done.err
    assert f" {rows} ".encode() in done.out
    assert len(done.out.splitlines()) < 40
    assert writes == 1
    before, changed = store.read_bytes(), store.stat().st_mtime_ns
    assert before.count(b"[clients.") == rows
    done, writes = counted("import", "list.csv")
    assert done.status == 0
    assert f" {rows} ".encode() in done.out
    assert writes == 0
    assert (store.read_bytes(), store.stat().st_mtime_ns) == (before, changed)


@MANY
def test_one_invalid_row_of_many_is_listed(rows: int, store: Path) -> None:
    before = store.read_bytes()
    done, writes = counted("import", write_file(many(rows, bad=rows - 1)))
    assert (done.status, done.out, writes) == (3, b"", 0)
    assert f"--> list.csv:{rows - 1}:3".encode() in done.err
    assert b"1 invalid row; nothing was saved" in done.err
    assert store.read_bytes() == before


def test_a_concurrent_change_is_not_lost(store: Path, run: Callable) -> None:
    """Of two imports at the same time, one waits for the other, and both are saved."""
    for part in "ab":
        write_file(f"client\n{part}.example\n", f"{part}.csv")
    command = [sys.executable, "-m", "renewctl", "import", "--lock-timeout", str(PATIENCE)]
    found: list[int] = []

    def go(name: str) -> None:
        found.append(
            subprocess.run([*command, name], capture_output=True, timeout=PATIENCE, check=False).returncode
        )

    threads = [threading.Thread(target=go, args=(f"{part}.csv",)) for part in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0, 0]
    assert set(names(run)) == {"a.example", "b.example"}


def test_custom_keys_in_an_override_survive_an_import(store: Path, run: Callable) -> None:
    own = 'override = { owner = "hubspot", x-ticket = "T-7" }'
    store.write_text(f'{store.read_text()}[clients."acme.example"]\n{own}\n')
    text = "client,owner,notify\nacme.example,partner,ana@agency.example\n"
    assert run("import", "-", "--with-overrides", stdin=text).status == 0
    assert 'x-ticket = "T-7"' in store.read_text()
