"""Test workbooks written by people and programs: shown values are not blank."""

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from exchange.reading import read_sheet
from renewctl.errors import BadInput, UsageError
from renewctl.exchange.sheets import ReadingOptions, drop_totals, read_sheets
from renewctl.exchange.spreadsheet import BadCell, Cell, Sheet, SheetRow
from renewctl.exchange.workbook import read_workbook
from renewctl.installation import install_command

DATA = Path(__file__).parent.parent / "data" / "workbooks"
FORMATS = ("xlsx", "ods", "xls")
HEADER = ("client", "name")


def tracker(suffix: str) -> bytes:
    return (DATA / f"tracker.{suffix}").read_bytes()


def book(*rows: tuple[Any, ...], edit: Callable[[Any], object] = lambda _: None) -> bytes:
    """Return a workbook by openpyxl with a sheet changed by ``edit``."""
    made = openpyxl.Workbook()
    made.active.title = "Clients"
    for row in rows:
        made.active.append(row)
    edit(made.active)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def parts(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return an archive in which each member is changed by ``change``."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def _add_sheets(sheet: Any, number: int, row: int = 1) -> None:
    for _ in range(number):
        sheet.parent.create_sheet().cell(row, 1, "x")


def message_of(cell: Cell) -> str:
    assert isinstance(cell, BadCell)
    assert cell.hint
    return cell.message


def problem(data: bytes, name: str = "book", **options: Any) -> tuple[str, str, str, int]:
    """Return sheet, message, hint and row of the only problem of a workbook."""
    with pytest.raises(BadInput) as caught:
        read_sheets(data, name, ReadingOptions(**options))
    [found] = caught.value.problems
    return found.sheet, found.message, found.hint, found.line


# ------------------------------------------------------------------ written by LibreOffice, in three formats


@pytest.fixture(params=FORMATS)
def sheet(request: pytest.FixtureRequest) -> Sheet:
    return read_sheet(tracker(request.param), "tracker", hidden_rows="include")


def test_the_header_is_found_below_a_title(sheet: Sheet) -> None:
    assert sheet.name == "Clients 2027"
    assert sheet.line == 3
    assert sheet.columns[:3] == ("Domain", "Name", "Renewal date")
    assert "header found in row 3; skipped above it: row 1 (Clients of the agency)" in sheet.notes


def test_values_are_what_the_cells_show(sheet: Sheet) -> None:
    assert sheet.rows[0].number == 4
    assert sheet.rows[0].cells == (
        *("acme.example", "Acme", date(2027, 3, 1), "CRM", 4411223, "ana@acme.example", None),
    )
    assert sheet.rows[1].cells[1] == "Acme", "by a formula"
    assert sheet.rows[2].cells[2] == datetime(2027, 5, 3, 9, 30)  # noqa: DTZ001
    assert sheet.rows[2].cells[6] in (True, 1)
    assert message_of(sheet.rows[3].cells[6]) in {
        f"the cell contains the time {text}" for text in ("09:30:00", "9:30:00")
    }


def test_an_error_is_not_blank(sheet: Sheet) -> None:
    assert [message_of(cell) for cell in sheet.rows[1].cells[4:]] == [
        f"the cell shows the error {error}" for error in ("#N/A", "#DIV/0!", "#NAME?")
    ]


def test_a_formula_with_an_empty_result_is_blank(sheet: Sheet) -> None:
    assert sheet.rows[1].cells[3] is None


def test_a_cell_covered_by_a_merge_is_not_blank(sheet: Sheet) -> None:
    assert sheet.rows[3].cells[1] == "Merged"
    assert message_of(sheet.rows[4].cells[1]) == "the cell is merged with B7"
    assert [row.number for row in sheet.rows] == [4, 5, 6, 7, 8, 9], "an empty merge is no row"


def test_hidden_columns_and_sheets_are_noted(sheet: Sheet) -> None:
    assert "hidden columns are read like the others: Comments" in sheet.notes
    assert "hidden sheets are not read: Lists (to read one, add --sheet NAME)" in sheet.notes


@pytest.mark.parametrize("suffix", FORMATS)
def test_hidden_rows_are_refused_without_the_option(suffix: str) -> None:
    sheet, message, hint, row = problem(tracker(suffix))
    assert (sheet, row) == ("Clients 2027", 6)
    assert message.startswith("1 row is hidden or filtered out, starting with cedro.example, Hidden")
    assert "--hidden-rows include" in hint

    skipped = read_sheet(tracker(suffix), "tracker", hidden_rows="skip")
    assert [row.number for row in skipped.rows] == [4, 5, 7, 8, 9]
    assert "hidden rows are skipped: row 6 (cedro.example, Hidden, 2027-05-03 09:30:00 and 2 more)" in [
        *skipped.notes
    ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_hidden_sheet_can_be_chosen(suffix: str) -> None:
    assert read_sheet(tracker(suffix), "tracker", sheets=["lists"]).rows[0].cells == ("hubspot",)


SHAPE = (
    '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><draw:text-box>'
    "<text:p>CONFIRM BY PHONE</text:p></draw:text-box></draw:frame>"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{SHAPE}<text:p>Acme</text:p>", "Acme"),
        (f"<text:p>Acme</text:p>{SHAPE}", "Acme"),
        ("<text:p>Acme<text:tab/>Brasil</text:p>", "Acme\tBrasil"),
        ("<text:p>Acme<text:line-break/>Brasil</text:p>", "Acme\nBrasil"),
        ("<text:p>Acme</text:p><text:p>Brasil</text:p>", "Acme\nBrasil"),
        ('<text:p>Ac<text:span>m<text:a>e</text:a></text:span><text:s text:c="3"/>x</text:p>', "Acme   x"),
        ("<office:annotation><text:p>a comment</text:p></office:annotation><text:p>Acme</text:p>", "Acme"),
    ],
)
def test_an_ods_cell_has_its_own_text_without_shapes(text: str, shown: str) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"<text:p>Acme</text:p>", text.encode(), 1) if name == "content.xml" else data

    sheet = read_sheet(parts(tracker("ods"), change), "tracker", hidden_rows="skip")
    assert sheet.rows[0].cells[1] == shown


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<row r="3"', '<row ht="0" customHeight="1" r="3"'),
        ("<sheetFormatPr", '<sheetFormatPr zeroHeight="1"'),
    ],
)
def test_a_row_without_height_is_hidden(old: str, new: str) -> None:
    def change(_: str, data: bytes) -> bytes:
        return data.replace(old.encode(), new.encode())

    assert "hidden or filtered out" in problem(parts(book(HEADER, (), ("a.example", "x")), change))[1]


def test_a_column_without_width_is_hidden() -> None:
    def narrow(_: str, data: bytes) -> bytes:
        return data.replace(b"<sheetData>", b'<cols><col min="2" max="2" width="0"/></cols><sheetData>')

    sheet = read_sheet(parts(book(HEADER, ("a.example", "x")), narrow), "x")
    assert sheet.notes == ("hidden columns are read like the others: name",)


def test_text_covered_by_a_merge_is_not_read() -> None:
    def merge(_: str, data: bytes) -> bytes:
        return data.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="B2:C2"/></mergeCells>')

    data = parts(book((*HEADER, "product"), ("a.example", None, "Ghost Hub")), merge)
    assert message_of(read_sheet(data, "x").rows[0].cells[2]) == "the cell is merged with B2"


# ----------------------------------------------------------------------------- written by libraries


def test_a_formula_written_by_openpyxl_is_uncalculated() -> None:
    sheet = read_sheet(book(HEADER, ("a.example", "=A1"), ("b.example", "=NA()")), "x")

    assert [message_of(row.cells[1]) for row in sheet.rows] == [
        "the cell has a formula that was never calculated"
    ] * 2


@pytest.mark.parametrize(("value", "cell"), [({}, None), ({"value": "Acme"}, "Acme"), ({"value": ""}, None)])
def test_a_formula_written_by_xlsxwriter_has_the_given_value(value: Any, cell: Cell) -> None:
    """Without a value, XlsxWriter writes 0 and a request to recalculate."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        written = made.add_worksheet()
        written.write_row(0, 0, HEADER)
        written.write_row(1, 0, ("a.example",))
        written.write_formula(1, 1, "=A1", **value)
    [row] = read_sheet(file.getvalue(), "x").rows

    if value.get("value") == "Acme":
        assert row.cells[1] == cell
    else:
        assert message_of(row.cells[1]) == "the cell has a formula that was never calculated"


def test_an_error_written_by_a_program_is_not_blank() -> None:
    sheet = read_sheet(book(HEADER, ("a.example", "#N/A"), ("b.example", "#REF!")), "x")

    assert [message_of(row.cells[1]) for row in sheet.rows] == [
        "the cell shows the error #N/A",
        "the cell shows the error #REF!",
    ]


def test_filtered_rows_are_hidden() -> None:
    def filter_out(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(1, ["x"])
        sheet.row_dimensions[3].hidden = True

    data = book(HEADER, ("a.example", "x"), ("b.example", "y"), edit=filter_out)
    assert problem(data)[1] == "1 row is hidden or filtered out, starting with b.example, y"


def test_hidden_blank_rows_are_ignored() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.row_dimensions[9].hidden = True

    assert len(read_sheet(book(HEADER, (), ("a.example", "x"), edit=hide), "x").rows) == 1


def test_cell_references_and_row_numbers_are_optional() -> None:
    """Some programs write none. Then each cell follows the one before."""

    def bare(name: str, data: bytes) -> bytes:
        for number in (b"1", b"2"):
            data = data.replace(b' r="%s"' % number, b"")
            data = data.replace(b' r="A%s"' % number, b"").replace(b' r="B%s"' % number, b"")
        return data

    sheet = read_sheet(parts(book(HEADER, ("a.example", "=A1")), bare), "x")
    assert message_of(sheet.rows[0].cells[1]) == "the cell has a formula that was never calculated"


# --------------------------------------------------------------------------- choice of sheet and header


def several(*names: str) -> bytes:
    made = openpyxl.Workbook()
    for name in names:
        sheet = made.create_sheet(name)
        sheet.append(HEADER)
        sheet.append((f"{name.lower()}.example", name))
    made.remove(made.worksheets[0])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_several_filled_sheets_are_listed_with_their_headers() -> None:
    with pytest.raises(BadInput) as caught:
        read_sheets(several("Brasil", "Old ones"), "book.xlsx")

    assert caught.value.message == "several sheets contain data, and none was chosen"
    assert [(each.sheet, each.message, each.hint) for each in caught.value.problems] == [
        ("Brasil", "2 rows, with client, name", "renewctl --sheet Brasil"),
        ("Old ones", "2 rows, with client, name", "renewctl --sheet 'Old ones'"),
    ]


def test_several_sheets_can_be_read() -> None:
    sheets = read_sheets(several("A", "B", "C"), "x", ReadingOptions(sheets=["C", "a", "c"]))

    assert [sheet.name for sheet in sheets] == ["C", "A"]
    assert [sheet.rows[0].cells[1] for sheet in sheets] == ["C", "A"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sheets": ["D"]}, "sheet 'D' not found"),
        ({"encoding": "cp1252"}, "--encoding does not apply to a workbook"),
        ({"delimiter": ";"}, "--delimiter does not apply to a workbook"),
    ],
)
def test_options_that_do_not_fit_a_workbook(options: Any, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_sheets(several("A"), "x", ReadingOptions(**options))
    assert caught.value.message == message


def test_a_csv_file_has_no_sheets() -> None:
    with pytest.raises(UsageError, match="--sheet requires a workbook"):
        read_sheets(b"client\na.example\n", "x", ReadingOptions(sheets=["A"]))


TITLED = b"Clients 2027\n\nDomain,Name\na.example,A\nClient,Name\n"


@pytest.mark.parametrize(
    ("data", "options", "line", "columns"),
    [
        (TITLED, {}, 3, ("Domain", "Name")),
        (b"Clients 2027\n\nDomain;Name\na.example;A\n", {}, 3, ("Domain", "Name")),
        (b"client\nAcme; Sons\n", {}, 1, ("client",)),
        (TITLED, {"header_row": 5}, 5, ("Client", "Name")),
        (b"Foo,Name\na.example,A\n", {}, 1, ("Foo", "Name")),
        (b"x,y\nFoo,Name\na.example,A\n", {"mapping": {"client": "Foo"}}, 2, ("Foo", "Name")),
        (b"client\na.example\n", {}, 1, ("client",)),
        (b"x,y\n" * 20 + b"client,name\n", {}, 1, ("x", "y")),
        (b"x,y\n" * 19 + b"client,name\n", {}, 20, ("client", "name")),
    ],
)
def test_the_header_is_the_first_row_with_client_and_another_field(
    data: bytes, options: Any, line: int, columns: tuple[str, ...]
) -> None:
    sheet = read_sheet(data, "x", **options)

    assert (sheet.line, sheet.columns) == (line, columns)
    assert any(remark.startswith(f"header found in line {line};") for remark in sheet.notes) is (line > 1)


def test_a_header_row_that_is_blank_is_refused() -> None:
    with pytest.raises(UsageError, match="row 2 is blank or missing"):
        read_sheet(TITLED, "x", header_row=2)


@pytest.mark.parametrize(
    ("row", "skipped"),
    [
        (("Total", None, 40), True),
        ((None, "Total geral:", "R$ 4.500,00"), True),
        ((None, None, "1,234.50 €"), True),
        (("合計", None, -2.5), True),
        (("Total clientes", None, 6), True),
        ((None, "Total clients: 12", None), True),
        (("Total Energies", None, 4411223), False),
        (("total.example", None, 4411223), False),
        ((None, "Subtotal", BadCell("", "the cell is merged with B7", "unmerge")), True),
        ((None, None, "(12)"), True),
        (("acme.example", "Total", 40), False),
        ((None, "Acme", 40), False),
        ((None, "Total", "2027-03-01"), False),
        ((None, "Total", "01.03.2027"), False),
        ((None, "Total", "1/3/2027"), False),
        ((None, "Total", date(2027, 3, 1)), False),
        ((None, None, True), False),
        ((None, "Total", BadCell("#N/A", "the cell shows the error #N/A", "x")), False),
        ((None, "Total", "ana@acme.example"), False),
        ((7, None, 40), False),
        ((7, "Total", 40), True),
        (("7 €", "Total", None), True),
        # A hub ID can be in the client column, and there is a company with this name.
        ((4411223, "Total", None), False),
        (("4411223", "Total", None), False),
    ],
)
def test_a_row_of_totals_is_skipped_and_noted(row: tuple[Cell, ...], skipped: bool) -> None:
    rows = (SheetRow(2, ("a.example", "A", None)), SheetRow(9, row))
    columns = {"client": 0, "name": 1}
    sheet = drop_totals(Sheet(("client", "name", "value"), rows, name="Clients"), columns)

    assert sheet.rows == (rows[:1] if skipped else rows)
    assert any(remark.startswith("totals are skipped: row 9 (") for remark in sheet.notes) is skipped


@pytest.mark.parametrize("field", ["hub_id", "name", "renewal", "product", "primary"])
def test_a_number_in_a_field_is_not_a_total(field: str) -> None:
    """The row can be that of a client whose domain is missing."""
    sheet = Sheet(("client", field), (SheetRow(2, (None, 5511000)),))

    assert drop_totals(sheet, {"client": 0, field: 1}) is sheet
    assert drop_totals(sheet, {"client": 0, "memo": 1}).rows == ()


# ----------------------------------------------------------------------------- workbooks that cannot be read


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return file.getvalue()


def doctype(name: str, data: bytes) -> bytes:
    if not name.endswith("sheet1.xml"):
        return data
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return entities.encode() + data[data.index(b"<worksheet") :]


def unlinked(name: str, data: bytes) -> bytes:
    return data.replace(b"sheet1.xml", b"sheet9.xml") if name.endswith("workbook.xml.rels") else data


def huge_count(name: str, data: bytes) -> bytes:
    """calamine would allocate memory for so many texts at once, and crash."""
    return data.replace(b'uniqueCount="', b'uniqueCount="19999999999') if "sharedStrings" in name else data


def shared() -> bytes:
    """Return a workbook that has its texts in a separate part."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        made.add_worksheet().write_row(0, 0, HEADER)
    return file.getvalue()


SMALL = book(HEADER, ("a.example", "A"))


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (zipped("Index/Document.iwa"), "the file looks like an Apple Numbers document", "Export To > Excel"),
        (
            zipped("Index.zip", "Data/x.jpg"),
            "the file looks like an Apple Numbers document",
            "Export To > Excel",
        ),
        (
            b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
            "the file looks like a saved web page",
            ".xlsx",
        ),
        (
            zipped("x.txt"),
            "the file looks like a zip archive without an .xlsx or .ods workbook in it",
            ".xlsx",
        ),
        (parts(SMALL, doctype), "the workbook is damaged: it declares a document type", "save it again"),
        (parts(shared(), huge_count), "the sheet is too large", "distant cell"),
        (parts(SMALL, unlinked), "the workbook is damaged", "save it again"),
        (tracker("xls")[:3000], "the workbook is damaged", "save it again"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "the workbook is damaged", "save it again"),
        (
            book(HEADER, edit=lambda sheet: sheet.cell(1_000_000, 200, 1)),
            "the sheet is too large",
            "distant cell",
        ),
        (book(HEADER, edit=lambda sheet: _add_sheets(sheet, 255)), "the sheet is too large", "distant cell"),
        (book(HEADER, edit=lambda sheet: _add_sheets(sheet, 6, 1_000_000)), "the sheet is too large", ""),
    ],
    # The bytes differ with the time of their making, and so would the names of the tests in each process.
    ids=[
        *("Numbers", "Numbers with an index", "web page", "zip", "document type", "too many texts"),
        *("part that is missing", "xls that is cut off", "xls without content", "distant cell"),
        *("many sheets", "distant cells on several sheets"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused(data: bytes, message: str, hint: str) -> None:
    sheet, found, way_out, _ = problem(data)

    assert not sheet
    assert found.startswith(message)
    assert hint in way_out


@pytest.mark.parametrize("suffix", FORMATS)
def test_without_its_package_the_hint_is_how_to_install_it(
    suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "olefile" if suffix == "xls" else "python-calamine"
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)

    _, message, hint, _ = problem(tracker(suffix))
    assert message == f"reading this workbook requires {package}"
    assert hint == f"{install_command(package)}, or save it as CSV UTF-8"


def test_a_wrong_count_in_an_xls_does_not_end_the_process() -> None:
    """calamine reserved the memory for all the columns that a sheet claims to have."""
    whole = tracker("xls")
    damaged = whole[:0x1460] + b"\x92" + whole[0x1461:]
    assert read_workbook(damaged, "x.xls") == read_workbook(whole, "x.xls")


def test_a_class_id_in_an_xls_does_not_matter() -> None:
    """Excel writes one for workbooks that are embedded in other documents."""
    whole = tracker("xls")
    assert read_workbook(whole[:8] + b"\1" * 16 + whole[24:], "x.xls") == read_workbook(whole, "x.xls")


def test_an_xls_in_an_xls_is_damaged() -> None:
    """xlrd would open the inner container, whose short sectors form a loop."""
    data = (DATA / "container-in-a-container.xls").read_bytes()
    assert problem(data)[1].startswith("the workbook is damaged")


def test_an_xls_without_a_workbook_is_identified() -> None:
    data = tracker("xls").replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    assert problem(data)[1] == "the file looks like a document of another kind"


@pytest.mark.parametrize(("place", "number"), [(56, 2**31 - 1), (7680 + 128 + 120, 4000)])
def test_an_xls_whose_sectors_form_a_loop_is_damaged(place: int, number: int) -> None:
    """xlrd alone follows short sectors for ever, here those of the workbook.

    The number is the size up to which streams are short, or that of the workbook.
    """
    data, third_short_sector = bytearray(tracker("xls")), 6144 + 2 * 4
    struct.pack_into("<i", data, place, number)
    struct.pack_into("<ii", data, third_short_sector, 3, 2)
    assert problem(bytes(data))[1].startswith("the workbook is damaged")


@pytest.mark.parametrize("length", [4200, 6000, 7000, 8000])
def test_a_truncated_xls_is_damaged_and_prints_nothing_else(
    length: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert problem(tracker("xls")[:length])[1].startswith("the workbook is damaged")
    assert capfd.readouterr().err == ""


def test_workbooks_are_read_in_a_process_without_standard_error() -> None:
    code = "import os, sys; os.close(2); from renewctl.exchange.workbook import read_workbook; "
    code += "print(len(read_workbook(open(sys.argv[1], 'rb').read(), 'x')))"
    for suffix in FORMATS:
        command = [sys.executable, "-c", code, str(DATA / f"tracker.{suffix}")]
        assert subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout == b"3\n"


def test_an_xls_with_a_password_is_identified() -> None:
    first_record, password = 1536 + 20, b"\x2f\0"
    data = tracker("xls")
    data = data[:first_record] + password + data[first_record + 2 :]
    assert problem(data)[1] == "the file looks like a password-protected workbook"


def test_a_password_protected_workbook_is_identified() -> None:
    data = tracker("xls") + "EncryptedPackage".encode("utf-16-le")
    assert problem(data)[1] == "the file looks like a password-protected workbook"


def test_too_many_merges_are_refused() -> None:
    def merge(name: str, data: bytes) -> bytes:
        many = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 999 + b"</mergeCells>"
        return data.replace(b"</sheetData>", b"</sheetData>" + many) if "sheet1" in name else data

    rows = [("client", "name", *range(98))] + [("a.example", *range(99))] * 200
    assert problem(parts(book(*rows), merge))[1] == "the sheet is too large"
