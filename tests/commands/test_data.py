"""Data in and out, where a transcript does not reach: bytes, files, processes, and ten thousand rows."""

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

from conftest import OF_ONE_COMMAND, PATIENCE
from renewctl.render.result import Output

ROSTER = "client,name,renewal\nacme.example,Açaí & Cia,2027-03-01\nborges.example,Borges,2027-02-01\n"
AS_OF = "2026-11-23"


@pytest.fixture
def store() -> Path:
    """Return a store without clients, found here."""
    path = Path("renewctl.toml")
    path.write_text('[defaults]\nowner = "hubspot"\n[users."ana@agency.example"]\nname = "Ana"\n')
    return path


def roster(data: str | bytes, name: str = "roster.csv") -> str:
    Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return name


def names(run: Callable) -> dict[str, str | None]:
    items = json.loads(run("client", "list", "-o", "json").out)["items"]
    return {item["client"]: item["name"] for item in items}


IMPORTED = {"acme.example": "Açaí & Cia", "borges.example": "Borges"}


def workbook(*rows: tuple[str | int, ...]) -> bytes:
    """Return a small .xlsx, as any program writes it."""

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
    "UTF-8": (ROSTER.encode(), ()),
    "UTF-8 with BOM": (ROSTER.encode("utf-8-sig"), ()),
    "CRLF": (ROSTER.replace("\n", "\r\n").encode(), ()),
    "UTF-16 with BOM": (ROSTER.encode("utf-16"), ()),
    "UTF-16 as Excel's Unicode text": (ROSTER.replace(",", "\t").encode("utf-16"), ()),
    "UTF-16 without": (ROSTER.encode("utf-16-le"), ("--encoding", "utf-16-le")),
    "Windows-1252": (ROSTER.replace(",", ";").encode("cp1252"), ("--encoding", "cp1252")),
    "semicolon": (ROSTER.replace(",", ";").encode(), ()),
    "tab": (ROSTER.replace(",", "\t").encode(), ()),
    "bar": (ROSTER.replace(",", "|").encode(), ("--delimiter", "|")),
    "sep=": (b"sep=;\r\n" + ROSTER.replace(",", ";").encode(), ()),
    "no last line end": (ROSTER.rstrip("\n").encode(), ()),
    "blank lines": (ROSTER.replace("\n", "\n\n").encode(), ()),
    "workbook": (BOOK, ()),
}


@pytest.mark.parametrize("form", READ)
def test_the_same_clients_come_in_from_every_form_of_table(form: str, store: Path, run: Callable) -> None:
    data, options = READ[form]
    ran = run("import", roster(data), *options)
    assert (ran.status, ran.err) == (0, "")
    assert "Added 2 clients\n" in ran.out
    assert names(run) == IMPORTED


@pytest.mark.parametrize("name", ["roster.csv", "roster.xlsx", "roster"])
def test_a_workbook_is_known_by_its_bytes_not_its_name(name: str, store: Path, run: Callable) -> None:
    assert run("import", roster(BOOK, name)).status == 0
    assert names(run) == IMPORTED


REFUSED = {
    "Windows-1252, not said": (ROSTER.encode("cp1252"), (), "roster.csv:2", "--encoding cp1252"),
    "Windows-1252, said to be UTF-16": (
        ROSTER.encode("cp1252"),
        ("--encoding", "utf-16-le"),
        "roster.csv",
        "",
    ),
    "UTF-16 without its mark": (
        "client\nacme.example\n".encode("utf-16-le"),
        (),
        "roster.csv:1",
        "utf-16-le",
    ),
    "bar, not said": (ROSTER.replace(",", "|").encode(), (), "roster.csv:1", "--delimiter '|'"),
    "NUL": (ROSTER.replace("Borges", "Bor\0ges").encode(), (), "roster.csv:3", "U+0000"),
    "lone CR": (ROSTER.replace("Borges", "Bor\rges").encode(), (), "roster.csv:3", "carriage return"),
    "an open quote": (ROSTER.replace("Borges", '"Borges').encode(), (), "roster.csv:3", "never closed"),
    "empty": (b"", (), "roster.csv", "empty"),
    "blank": (b"\n \n,,\n", (), "roster.csv", "empty"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(64), (), "roster.csv", ".xls"),
    "PDF": (b"%PDF-1.7\n", (), "roster.csv", "PDF"),
    "HTML": (b"<!DOCTYPE html><table>", (), "roster.csv", "HTML"),
    "JSON": (b'{"version": 1}', (), "roster.csv", "JSON"),
    "TOML": (b"version = 1\n", (), "roster.csv", "TOML"),
    "half a workbook": (BOOK[:300], (), "roster.csv", "damaged"),
    "a zip of something": (b"PK\x03\x04" + bytes(40), (), "roster.csv", ""),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_cannot_be_read_for_certain_is_refused(form: str, store: Path, run: Callable) -> None:
    data, options, place, word = REFUSED[form]
    before = store.read_bytes()
    ran = run("import", roster(data), *options)
    assert (ran.status, ran.out) == (3, "")
    assert f"--> {place}" in ran.err
    assert word in ran.err
    assert "help: " in ran.err
    assert json.loads(run("import", "roster.csv", *options, "-o", "json").err)["code"] == "bad-input"
    assert store.read_bytes() == before


def test_a_mangled_hub_id_of_a_workbook_is_caught_and_a_whole_one_read(store: Path, run: Callable) -> None:
    header = ("client", "hub id")
    assert run("import", roster(workbook(header, ("acme.example", 4411223)))).status == 0
    shown = json.loads(run("client", "show", "acme.example", "-o", "json").out)
    assert shown["hub_id"] == 4411223
    ran = run("import", roster(workbook(header, ("acme.example", "4.41E+06"))))
    assert ran.status == 3
    assert "lost digits" in ran.err


# ------------------------------------------------------------------ where it comes from


def test_standard_input_is_read_once_and_named(store: Path, run: Callable) -> None:
    assert "Added 2 clients\n" in run("import", "-", stdin=ROSTER).out
    assert names(run) == IMPORTED
    ran = run("import", "-", stdin="client,renewal\nacme.example,soon\n")
    assert ran.status == 3
    assert "--> standard input:2:2" in ran.err
    assert run("import", "-", stdin="").status == 3


def test_bytes_of_a_pipe_are_not_decoded_by_the_locale(store: Path, run: Callable, spawn: Callable) -> None:
    with Path(roster(ROSTER.encode("cp1252"))).open("rb") as file:
        ran = spawn("import", "-", "--encoding", "cp1252", stdin=file, env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert (ran.status, ran.err) == (0, b"")
    assert names(run) == IMPORTED


def test_no_standard_input_is_an_error(store: Path, spawn: Callable) -> None:
    command = [sys.executable, "-m", "renewctl", "import", "-"]
    line = " ".join(f"'{word}'" for word in command) + " <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert b"standard input is closed" in done.stderr


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
def test_a_file_that_cannot_be_read_is_said(
    kind: str, argv: tuple[str, ...], store: Path, run: Callable
) -> None:
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
def test_the_way_out_of_a_folder_is_not_a_store(argv: tuple[str, ...], store: Path, run: Callable) -> None:
    """It is a table that is read here, or any file that is written."""
    Path("list.csv").mkdir()
    assert "name a .toml or .json file" not in run(*argv, "list.csv").err


# ------------------------------------------------------------------ extras that are not installed


def without(package: str, *argv: str) -> subprocess.CompletedProcess[bytes]:
    """Run renewctl in a process in which a package cannot be imported."""
    code = f"import sys; sys.modules[{package!r}] = None; from renewctl.main import main; sys.exit(main())"
    environment = {**os.environ, "RENEWCTL_AS_OF": AS_OF}
    command = [sys.executable, "-c", code, *argv]
    return subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False)


def test_without_the_extra_a_workbook_is_refused_with_the_line_that_installs_it(store: Path) -> None:
    before = store.read_bytes()
    done = without("python_calamine", "import", roster(BOOK, "roster.xlsx"))
    assert done.returncode == 3
    assert b"needs python-calamine" in done.stderr
    assert b"-m pip install python-calamine" in done.stderr
    assert b"CSV" in done.stderr
    assert store.read_bytes() == before
    done = without("python_calamine", "import", roster(ROSTER))
    assert (done.returncode, done.stderr) == (0, b"")


def test_without_the_extra_a_calendar_is_refused_with_the_line_that_installs_it(small: Path) -> None:
    done = without("icalendar", "calendar")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"-m pip install icalendar" in done.stderr
    done = without("icalendar", "calendar", "-o", "json")
    assert json.loads(done.stderr)["code"] == "missing-extra"
    assert without("icalendar", "who").returncode == 0


# ------------------------------------------------------------------ import changes what it says


def test_a_second_run_says_no_changes_and_leaves_the_file(store: Path, run: Callable) -> None:
    run("import", roster(ROSTER))
    before, status = store.read_bytes(), store.stat()
    ran = run("import", "roster.csv")
    assert (ran.status, ran.out) == (0, "No changes: 2 clients already up to date.\n")
    assert store.read_bytes() == before
    assert (store.stat().st_mtime_ns, store.stat().st_ino) == (status.st_mtime_ns, status.st_ino)


def test_a_dry_run_answers_as_the_real_one_and_writes_nothing(store: Path, run: Callable) -> None:
    before = store.read_bytes()
    dry = json.loads(run("import", roster(ROSTER), "-n", "-o", "json").out)
    assert store.read_bytes() == before
    assert {**dry, "dry_run": False} == json.loads(run("import", "roster.csv", "-o", "json").out)
    assert dry["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "removed": 0}


def test_a_blank_cell_changes_nothing(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    header = "client,name,hub_id,primary,billing,decision-maker,product,renewal,deadline,owner,notify,note"
    blank = f"{header}\nacme.example{',' * 11}\nborges.example{', ' * 11}\n"
    ran = run("import", "-", "--with-overrides", "--renewal-from-deadline", "--prune", stdin=blank)
    assert ran.status == 0
    assert ran.out.startswith(
        "No changes: 2 clients already up to date.\n  note: 2 clients have no renewal date"
    )
    assert small.read_bytes() == before


def test_only_the_lines_of_the_changed_client_change(small: Path, run: Callable) -> None:
    before = small.read_text()
    assert run("import", "-", stdin="hub id,client\n,borges.example\n99,acme.example\n").status == 0
    assert small.read_text() == before.replace("hub_id = 4411223", "hub_id = 99")


def test_bad_rows_are_counted_as_rows(store: Path, run: Callable) -> None:
    """Two bad cells of one row are one bad row."""
    ran = run("import", "-", stdin="client,hub id,renewal\nacme.example,x,soon\nborges.example,,\n")
    assert ran.status == 3
    assert ran.err.startswith("error: 1 bad row; ")
    assert ran.err.count("--> standard input:2:") == 2


CELLS = {
    "client": ("client,name\nnot a domain,X\n", 1, ()),
    "hub id": ("name,client,hub id\nX,acme.example,12x\n", 3, ()),
    "primary": ("client,primary\nacme.example,nobody@\n", 2, ()),
    "renewal": ("client,renewal\nacme.example,soon\n", 2, ()),
    "notify": ("client,owner,notify\nacme.example,partner,bob\n", 3, ("--with-overrides",)),
    "hub id of another": ("client,hub id\neco.example,4411223\n", 2, ()),
}


@pytest.mark.parametrize("field", CELLS)
def test_a_bad_row_is_listed_with_its_cell(field: str, small: Path, run: Callable) -> None:
    text, column, options = CELLS[field]
    ran = run("import", "-", *options, "-o", "json", stdin=text)
    assert ran.status == 3
    (problem,) = json.loads(ran.err)["problems"]
    assert (problem["line"], problem["column"]) == (2, column)


def test_one_hub_id_for_two_new_clients_is_refused(store: Path, run: Callable) -> None:
    ran = run("import", "-", stdin="client,hub id\nacme.example,7\nborges.example,7\n")
    assert ran.status == 3, ran.out
    assert names(run) == {}


def test_a_client_whose_row_is_bad_is_not_pruned(small: Path, run: Callable) -> None:
    """It is listed: what the row says of it could not be read, that is all."""
    text = "client,hub id\nacme.example,\nborges.example,x\n"
    ran = run("import", "-", "--prune", "--skip-invalid", stdin=text)
    assert ran.status in {0, 2, 3, 6}
    assert list(names(run)) == ["acme.example", "borges.example"]


def test_a_partial_import_says_in_json_what_it_left_out(store: Path, run: Callable) -> None:
    ran = run(
        "import",
        "-",
        "--skip-invalid",
        "-o",
        "json",
        stdin="client,hub id\nacme.example,\nborges.example,x\n",
    )
    assert ran.status == 0
    assert list(names(run)) == ["acme.example"]
    assert "not a hub ID" in ran.out


def test_a_partial_import_of_many_bad_rows_lists_no_endless_notes(store: Path, run: Callable) -> None:
    rows = "".join(f"c{number}.example,x\n" for number in range(500))
    ran = run("import", "-", "--skip-invalid", stdin="client,hub id\nacme.example,\n" + rows)
    assert ran.status == 0
    assert len(ran.out.splitlines()) < 60
    assert "500" in ran.out or "480" in ran.out


def test_the_first_twenty_bad_rows_are_shown_and_all_are_in_json(store: Path, run: Callable) -> None:
    rows = (f"c{number}.example,<p{number}@a.example> of old\n" for number in range(30))  # each its own hint
    text = "client,primary\n" + "".join(rows)
    ran = run("import", "-", stdin=text)
    assert ran.status == 3
    assert ran.err.count("  --> ") == 20
    assert "30 bad rows" in ran.err
    assert "… and 10 more (-o json lists them)" in ran.err
    assert len(json.loads(run("import", "-", "-o", "json", stdin=text).err)["problems"]) == 30


def test_many_problems_of_a_kind_are_one_with_their_lines_and_all_are_in_json(
    store: Path, run: Callable
) -> None:
    # The same word in two columns; half the cells of each can be read.
    cells = [("id {}", "soon", "2027-03-01"), ("{}", "2027-03-01", "soon")]
    rows = [
        ",".join([f"c{number}.example", *cells[number % 2]]).format(number + 10_000) for number in range(30)
    ]
    text = "client,hub id,renewal,deadline\n" + "\n".join(rows)
    ran = run("import", "-", stdin=text)
    assert ran.status == 3
    assert ran.err.splitlines() == [
        "error: 30 bad rows; nothing was written",
        "  --> standard input:2:2",
        "      'id 10000' is not a hub ID",
        "      15 lines like this: 2, 4, 6 and 12 more",
        "      help: it is a number, for example 4411223",
        "  --> standard input:2:3",
        "      'soon' is not a date that can be read for certain",
        "      15 lines like this: 2, 4, 6 and 12 more",
        "      help: clear the cell if there is no date; otherwise write it as 2027-03-01",
        "  --> standard input:3:4",
        "      'soon' is not a date that can be read for certain",
        "      15 lines like this: 3, 5, 7 and 12 more",
        "      help: clear the cell if there is no date; otherwise write it as 2027-03-01",
        "help: --skip-invalid imports the others",
    ]
    problems = json.loads(run("import", "-", "-o", "json", stdin=text).err)["problems"]
    assert len(problems) == 45
    assert {problem["hint"] for problem in problems} == {
        "it is a number, for example 4411223",
        "clear the cell if there is no date; otherwise write it as 2027-03-01",
    }


def test_three_problems_of_a_kind_and_many_in_one_line_are_listed_one_by_one(
    store: Path, run: Callable
) -> None:
    rows = ["a.example,id 1,", "b.example,id 2,", "c.example,id 3,", "d.example,,e; f; g; h; i@"]
    ran = run("import", "-", stdin="client,hub id,primary\n" + "\n".join(rows))
    assert "like this" not in ran.err
    assert all(f"'{word}'" in ran.err for word in ["id 1", "id 2", "id 3", *"efgh", "i@"])


def test_a_row_with_cells_too_many_does_not_hide_the_others(store: Path, run: Callable) -> None:
    """All problems at once: --skip-invalid can leave such a row out as well as any other."""
    text = "client,hub id\nacme.example,1,2\nborges.example,x\ncedro.example,3\n"
    ran = run("import", "-", "-o", "json", stdin=text)
    assert {problem["line"] for problem in json.loads(ran.err)["problems"]} == {2, 3}


def test_import_into_a_store_that_is_not_there_or_bad(run: Callable) -> None:
    assert run("import", roster(ROSTER)).status == 3
    Path("renewctl.toml").write_text('defaults = "x"\n')
    assert "renewctl.toml:1:" in run("import", "roster.csv").err


# ------------------------------------------------------------------ override --from-file


def test_the_names_of_clients_in_a_pipe_take_one_setting(agency: Path, run: Callable) -> None:
    names = run("client", "list", "-o", "names").out
    ran = run("override", "--from-file", "-", "--owner", "hubspot", "--yes", stdin=names)
    assert (ran.status, ran.err) == (0, "")
    listed = json.loads(run("client", "list", "-o", "json").out)
    assert {client["owner"] for client in listed["items"]} == {"hubspot"}
    assert {client["source"] for client in listed["items"]} == {"override"}


def test_the_list_of_clients_fed_back_unedited_changes_nothing(agency: Path, run: Callable) -> None:
    before, status = agency.read_bytes(), agency.stat()
    for output, name in (("csv", "list.csv"), ("jsonl", "list.jsonl")):
        listed = run("client", "list", "-o", output).out
        Path(name).write_bytes(listed.encode())
        ran = run("override", "--from-file", name)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out == "No changes: renewctl.toml already has these values.\n"
        assert run("override", "--from-file", "-", stdin=listed).status == 0
    assert agency.read_bytes() == before
    assert (agency.stat().st_mtime_ns, agency.stat().st_ino) == (status.st_mtime_ns, status.st_ino)


ODD = {
    "a note with space around it": '{ owner = "hubspot", note = " spaces " }',
    "a note of two lines": '{ owner = "hubspot", note = "two\\r\\nlines" }',
    "a note that is a formula": '{ owner = "hubspot", note = "\'=1+1" }',
    "a user who is none": '{ owner = "partner", notify = "gone@agency.example" }',
    "nobody": '{ owner = "partner" }',
}


@pytest.mark.parametrize("output", ["csv", "jsonl"])
@pytest.mark.parametrize("kind", ODD)
def test_an_odd_store_fed_back_unedited_changes_nothing(
    kind: str, output: str, store: Path, run: Callable
) -> None:
    """Also where the store has what a change would not be given."""
    store.write_text(f'{store.read_text()}[clients."acme.example"]\noverride = {ODD[kind]}\n')
    before = store.read_bytes()
    listed = run("client", "list", "-o", output)
    if listed.status:
        pytest.skip("no store says that")
    ran = run("override", "--from-file", "-", stdin=listed.out)
    assert store.read_bytes() == before
    assert (ran.status, ran.out) == (0, "No changes: renewctl.toml already has these values.\n"), ran.err


def test_one_row_edited_changes_one_client(agency: Path, run: Callable) -> None:
    before = agency.read_text()
    rows = list(csv.reader(io.StringIO(run("client", "list", "-o", "csv").out, newline="")))
    assert rows[0] == ["client", "owner", "notify", "note"]
    edited = next(row for row in rows[1:] if row[1] == "default")
    edited[1:] = ["hubspot", "", "asked for it; =1"]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";").writerows(rows)  # as Excel saves it in many countries
    ran = run("override", "--from-file", roster("\ufeff" + file.getvalue(), "list.csv"), "-o", "json")
    assert ran.status == 0
    (change,) = json.loads(ran.out)["changes"]
    assert change["path"] == ["clients", edited[0], "override"]
    old, new = before.splitlines(), agency.read_text().splitlines()
    assert [line for line in new if line not in old] == [
        'override = { owner = "hubspot", note = "asked for it; =1" }'
    ]
    assert len(new) == len(old) + 1


@pytest.mark.parametrize("argv", [("who", "-o", "csv"), ("who", "-o", "tsv"), ("who", "-o", "jsonl")])
def test_a_report_fed_back_is_refused_with_a_word_why(
    argv: tuple[str, ...], small: Path, run: Callable
) -> None:
    before = small.read_bytes()
    ran = run("override", "--from-file", "-", stdin=run(*argv).out)
    assert ran.status == 3
    assert "renewctl who" in ran.err
    assert "client list" in ran.err
    assert small.read_bytes() == before


def test_an_unknown_client_in_a_row_is_exit_3_with_the_line(small: Path, run: Callable) -> None:
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


def test_json_lines_that_are_not_utf_8_are_refused_not_guessed(small: Path, spawn: Callable) -> None:
    before = small.read_bytes()
    data = '{"client": "acme.example", "owner": "hubspot", "note": "Açaí"}\n'.encode("latin-1")
    ran = spawn("override", "--from-file", roster(data, "list.jsonl"))
    assert ran.status == 3, ran.out
    assert small.read_bytes() == before


def test_a_key_said_twice_in_a_line_of_json_is_refused(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    text = '{"client": "acme.example", "owner": "hubspot", "owner": "default"}\n'
    assert run("override", "--from-file", "-", stdin=text).status == 3
    assert small.read_bytes() == before


def test_a_list_changes_all_its_clients_in_one_write(small: Path) -> None:
    text = "client,owner\nacme.example,hubspot\nborges.example,default\n"
    done, writes = counted("override", "--from-file", roster(text, "list.csv"))
    assert (done.returncode, writes) == (0, 1)


# ------------------------------------------------------------------ export


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


def test_an_export_is_for_its_owner_alone_and_keeps_a_mode_it_finds(small: Path, run: Callable) -> None:
    before = os.umask(0)
    try:
        for name in ("roster.csv", "copy.toml", "copy.json"):
            assert run("export", name).status == 0
            assert mode(name) == 0o600
        Path("roster.csv").chmod(0o644)
        assert run("export", "roster.csv", "--force").status == 0
        assert mode("roster.csv") == 0o644
    finally:
        os.umask(before)


@pytest.mark.parametrize("kind", ["itself", "a link", "a hard link", "by another way"])
def test_the_store_itself_is_never_written_over(kind: str, small: Path, run: Callable) -> None:
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


def test_an_export_leaves_the_store_and_what_it_would_write_over(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    Path("roster.csv").write_text("mine")
    ran = run("export", "roster.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "--force" in ran.err
    assert Path("roster.csv").read_text() == "mine"
    assert run("export", "roster.csv", "--force").status == 0
    assert Path("roster.csv").read_bytes().startswith(b"client,name,")
    assert small.read_bytes() == before
    assert sorted(path.suffix for path in Path().iterdir() if not path.name.startswith(".")) == [
        ".csv",
        ".toml",
    ]


def test_the_bytes_of_a_file_are_those_of_standard_output(agency: Path, run: Callable) -> None:
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
def test_export_then_import_is_the_identity(options: tuple[str, ...], agency: Path, run: Callable) -> None:
    before = agency.read_bytes()
    assert run("export", "roster.csv", *options).status == 0
    for wishes in ((), ("--with-overrides",), ("--prune", "--with-overrides")):
        ran = run("import", "roster.csv", *wishes)
        assert ran.status == 0, ran.err
        assert ran.out.startswith("No changes: ")
    assert agency.read_bytes() == before


def test_an_export_imported_into_an_empty_store_is_the_same_roster(agency: Path, run: Callable) -> None:
    # A list can't bring what a command would refuse: partner-owned without a user, an unknown user.
    assert run("clear-override", "vidros-marinha.example", "sorvetes-jabuticaba.example").status == 0
    run("export", "roster.csv")
    text = agency.read_text()
    users = text[: text.index("[clients.")]
    Path("new.toml").write_text(users)
    ran = run("import", "roster.csv", "--with-overrides", "--store", "new.toml")
    assert ran.status == 0, ran.err
    exports = [run("export", "-", "--format", "csv", "--store", s).out for s in ("renewctl.toml", "new.toml")]
    assert exports[0] == exports[1]


def test_excel_gets_its_mark_and_only_when_asked(small: Path, run: Callable) -> None:
    plain, marked = (run("export", "-", "--format", "csv", *more).out for more in ((), ("--excel",)))
    assert marked == "\ufeff" + plain


def test_options_of_csv_with_another_format_do_not_spoil_it(small: Path, run: Callable) -> None:
    for kind in ("toml", "json"):
        ran = run("export", "-", "--format", kind, "--excel", "--raw")
        assert (ran.status, ran.out) == (2, "")


@pytest.mark.parametrize("output", Output)
@pytest.mark.parametrize("argv", [("export", "-", "--format", "csv"), ("calendar", "--all")], ids=" ".join)
def test_no_format_swallows_the_file(argv: tuple[str, ...], output: str, small: Path, run: Callable) -> None:
    """Either what was asked for is in the answer, or the answer is no."""
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


def test_the_clients_without_a_date_are_said_in_every_format(small: Path, run: Callable) -> None:
    small.write_text(small.read_text() + '[clients."cedro.example"]\n')
    for output in Output:
        ran = run("calendar", "-o", output)
        if output is Output.XLSX or output in OF_ONE_COMMAND:  # a calendar is not a table
            assert (ran.status, ran.out) == (2, "")
            continue
        assert ran.status == 0
        assert "cedro.example" in ran.out + ran.err, output


def test_a_calendar_has_two_events_a_dated_row_of_who(agency: Path, run: Callable) -> None:
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
    assert run("calendar").out == run("calendar", "--all").out, "a renewal that moves stays in the file"


def cancelled(run: Callable, *argv: str) -> list[str]:
    """Return the titles of the events that a calendar cancels."""
    ran = run("calendar", *argv, "-o", "json")
    assert ran.status == 0, ran.err
    found: list[str] = json.loads(ran.out)["cancelled"]
    return found


def test_since_cancels_what_left_the_store_not_what_filters_leave_out(small: Path, run: Callable) -> None:
    Path("last.ics").write_text(run("calendar").out, newline="")
    since = ("--since", "last.ics")
    for filters in ((), ("--within", "5d"), ("acme.example",), ("acme.example", "--to", "2026-12-01")):
        assert cancelled(run, *filters, *since) == [], filters
    assert run("client", "rename", "acme.example", "acme.com").status == 0
    assert run("client", "set-renewal", "acme.com", "2028-01-01").status == 0
    assert cancelled(run, *since) == []
    assert run("client", "remove", "borges.example", "--yes").status == 0
    titles = ["Deadline: Borges & Filhos: last day to alter terms", "Renewal: Borges & Filhos"]
    for filters in ((), ("--within", "5d"), ("acme.com",)):
        assert cancelled(run, *filters, *since) == titles


def test_since_of_one_person_cancels_what_does_not_reach_that_person(small: Path, run: Callable) -> None:
    Path("rui.ics").write_text(run("calendar", "--recipient", "rui").out, newline="")
    since = ("--since", "rui.ics")
    assert cancelled(run, "--recipient", "rui", *since) == []
    assert run("override", "borges.example", "--owner", "partner", "--notify", "ana").status == 0
    assert len(cancelled(run, "--recipient", "rui", *since)) == 2
    assert cancelled(run, *since) == []


def test_since_reads_a_pipe_and_remarks_on_the_store_once(small: Path, run: Callable) -> None:
    last = run("calendar").out
    small.write_text("odd = 1\n" + small.read_text())
    ran = run("calendar", "--since", "-", stdin=last)
    assert ran.status == 0
    assert ran.err.count("odd") == 1, ran.err


def test_reading_writes_nothing(small: Path, run: Callable) -> None:
    files = sorted(os.listdir())
    for argv in (("calendar",), ("export", "-", "--format", "csv"), ("import", "-", "-n")):
        assert run(*argv, stdin=ROSTER).status == 0
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


def counted(*argv: str) -> tuple[subprocess.CompletedProcess[bytes], int]:
    """Run renewctl in a process of its own; return it, and how often it has replaced the store."""
    command = [sys.executable, "-c", COUNTER, *argv]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    return done, int(Path("writes").read_text())


def ten_thousand(bad: int | None = None) -> str:
    rows = ["client,name,hub_id,primary,billing,product,renewal\n"]
    for number in range(2, 10_002):
        hub = "x" if number == bad else 1_000_000 + number
        people = f"p@c{number}.example,f@c{number}.example"
        rows.append(
            f"c{number}.example,Client {number},{hub},{people},Sales Hub,2027-03-{number % 28 + 1:02}\n"
        )
    return "".join(rows)


def test_ten_thousand_rows_go_in_in_one_write(store: Path) -> None:
    done, writes = counted("import", roster(ten_thousand()))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"Added 10000 clients\n")
    assert len(done.stdout.splitlines()) < 40
    assert writes == 1
    before, changed = store.read_bytes(), store.stat().st_mtime_ns
    assert before.count(b"[clients.") == 10_000
    done, writes = counted("import", "roster.csv")
    assert (done.returncode, done.stdout) == (0, b"No changes: 10000 clients already up to date.\n")
    assert writes == 0
    assert (store.read_bytes(), store.stat().st_mtime_ns) == (before, changed)


def test_one_bad_row_of_ten_thousand_is_named_and_nothing_is_written(store: Path) -> None:
    before = store.read_bytes()
    done, writes = counted("import", roster(ten_thousand(bad=9_999)))
    assert (done.returncode, done.stdout, writes) == (3, b"", 0)
    assert b"--> roster.csv:9999:3" in done.stderr
    assert b"1 bad row; nothing was written" in done.stderr
    assert store.read_bytes() == before


def test_a_change_by_somebody_else_meanwhile_is_not_lost(store: Path, run: Callable) -> None:
    """Two imports at once: one waits for the other, and both are in the store."""
    for part in "ab":
        roster(f"client\n{part}.example\n", f"{part}.csv")
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


def test_a_key_of_the_users_own_in_an_override_outlives_an_import(store: Path, run: Callable) -> None:
    own = 'override = { owner = "hubspot", x-ticket = "T-7" }'
    store.write_text(f'{store.read_text()}[clients."acme.example"]\n{own}\n')
    text = "client,owner,notify\nacme.example,partner,ana@agency.example\n"
    assert run("import", "-", "--with-overrides", stdin=text).status == 0
    assert 'x-ticket = "T-7"' in store.read_text()
