"""Test reading tables from bytes: ambiguous files are refused."""

import csv
import io
import sys
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.reading import read_sheet
from renewctl.errors import BadInput, ExitStatus, RenewctlError, UsageError
from renewctl.exchange.spreadsheet import Cell, Sheet, SheetRow
from renewctl.installation import install_command
from renewctl.text import csv_cell

CLIENTS = "client,name\nacme.example,Ação\n"
READ = (("acme.example", "Ação"),)


def cells(data: bytes, **options: str) -> tuple[tuple[Cell, ...], ...]:
    return tuple(row.cells for row in read_sheet(data, "clients.csv", **options).rows)


def outcome(data: bytes, **options: str | None) -> tuple[Sheet | None, RenewctlError | None]:
    """Return the table or the expected error. Other errors are raised."""
    try:
        return read_sheet(data, "x", **options), None
    except (BadInput, UsageError) as error:
        return None, error


def problems(data: bytes, **options: str) -> list[tuple[int, str, str]]:
    """Return line, message and hint of each problem."""
    with pytest.raises(BadInput) as caught:
        read_sheet(data, "clients.csv", **options)
    assert caught.value.exit_status is ExitStatus.INVALID
    assert {problem.file for problem in caught.value.problems} == {"clients.csv"}
    return [(problem.line, problem.message, problem.hint) for problem in caught.value.problems]


def workbook(
    *sheets: dict[str, Cell], hidden: tuple[int, ...] = (), style: str = "14", main: str = "xl/workbook.xml"
) -> bytes:
    """Return an .xlsx workbook with these cells, and dates in this number format."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    numbers = range(1, len(sheets) + 1)
    hide = ' state="hidden"'
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"{hide if n in hidden else ""}/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships {relations}><Relationship Id="r1" Type="{office}/officeDocument" '
        f'Target="{main}"/></Relationships>',
        main: f'<workbook {space} xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        main.replace("xl/", "xl/_rels/") + ".rels": f"<Relationships {relations}>{links}"
        f'<Relationship Id="s" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {space}><cellXfs count="2"><xf numFmtId="0"/>'
        f'<xf numFmtId="{style}"/></cellXfs></styleSheet>',
    }
    for number, sheet in zip(numbers, sheets, strict=True):
        rows: dict[int, str] = {}
        for place, cell in sheet.items():
            row = int(place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            rows[row] = rows.get(row, "") + cell_xml(place, cell)
        body = "".join(f'<row r="{row}">{xml}</row>' for row, xml in sorted(rows.items()))
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>"
        )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name), text
            )  # without the time, because the bytes are in test names
    return file.getvalue()


def cell_xml(place: str, cell: Cell) -> str:
    if cell is None:
        return f'<c r="{place}" s="1"/>'
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        clock = cell.hour / 24 + cell.minute / 1440 if isinstance(cell, datetime) else 0
        return f'<c r="{place}" s="1"><v>{cell.toordinal() - 693594 + clock}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{place}"><v>{cell!r}</v></c>'


# CSV files that are read


@pytest.mark.parametrize(
    "data",
    [
        CLIENTS.encode(),
        b"\xef\xbb\xbf" + CLIENTS.encode(),
        CLIENTS.encode("utf-16"),
        b"\xfe\xff" + CLIENTS.encode("utf-16-be"),
        CLIENTS.replace(",", "\t").encode("utf-16"),
        CLIENTS.replace(",", ";").encode(),
        CLIENTS.replace(",", "\t").encode(),
        CLIENTS.replace("\n", "\r\n").encode(),
        CLIENTS.replace("\n", "\r").encode(),
        CLIENTS.rstrip("\n").encode(),
        ("sep=;\r\n" + CLIENTS.replace(",", ";")).encode(),
        ("SEP=|\n" + CLIENTS.replace(",", "|")).encode(),
        ('"sep=\t"\n' + CLIENTS.replace(",", "\t")).encode(),
        b'"client" , "name" \n  acme.example ,\t"A\xc3\xa7\xc3\xa3o"\n'.replace(b"\t", b" ").replace(
            b'" ', b'"'
        ),
        b"\n\nclient,name,,\n\n,,,\nacme.example,A\xc3\xa7\xc3\xa3o,,,,\n\n",
    ],
)
def test_csv_files_of_common_programs_are_read(data: bytes) -> None:
    sheet = read_sheet(data, "clients.csv")

    assert sheet.columns == ("client", "name")
    assert tuple(row.cells for row in sheet.rows) == READ


@pytest.mark.parametrize("encoding", ["cp1252", "CP1252", "latin-1", "utf-8", "utf-16", "utf-16-le"])
def test_a_given_encoding_is_used(encoding: str) -> None:
    assert cells(CLIENTS.encode(encoding), encoding=encoding) == READ
    assert cells(("\ufeff" + CLIENTS).encode("utf-16-le"), encoding="utf-16-le") == READ
    assert read_sheet(("\ufeff" + CLIENTS).encode("gb18030"), "x", encoding="gb18030").columns[0] == "client"


@pytest.mark.parametrize(
    ("delimiter", "char"), [(";", ";"), ("|", "|"), ("tab", "\t"), ("\\t", "\t"), ("Pipe", "|")]
)
def test_a_given_delimiter_is_used(delimiter: str, char: str) -> None:
    data = f"client{char}a,b;c,d\nacme.example{char}x\n".replace(";", char).encode()

    assert cells(data, delimiter=delimiter)[0][0] == "acme.example"
    assert cells(b"sep=,\n" + data, delimiter=delimiter)[0][0] == "acme.example"


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ('"a,b,c";d', ("a,b,c", "d")),
        ('"a\nb,";"d;"', ("a\nb,", "d;")),
        ("only", ("only",)),
        ("a;b;c,d", ("a", "b", "c,d")),
    ],
)
def test_the_delimiter_is_detected_in_the_header(header: str, columns: tuple[str, ...]) -> None:
    assert read_sheet(f"{header}\n1\n".encode(), "x").columns == columns


def test_rows_have_the_number_of_their_first_line() -> None:
    data = b'sep=,\n\nclient,note\n\na,"two\nlines"\nb,"\n\n"\n,\nc,"last"\n'

    sheet = read_sheet(data, "x")

    assert sheet.line == 3
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (5, ("a", "two\nlines")),
        (7, ("b", None)),
        (11, ("c", "last")),
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("  acme  ", "acme"),
        ("", None),
        ("   ", None),
        ('"  "', None),
        ("'=1+1", "=1+1"),
        ("'+55 11", "+55 11"),
        ("'-x", "-x"),
        ("'@x", "@x"),
        ("'＝x", "＝x"),
        ("''=x", "'=x"),
        ("'plain", "'plain"),
        ("'", "'"),
        ("'\t", None),
        ("'\t=x", "=x"),
        ("' =x", "=x"),
        ('"a ""b"" c"', 'a "b" c'),
        ('"a\r\nb"', "a\r\nb"),
        ('a "b" c', 'a "b" c'),
    ],
)
def test_cells_of_csv_files_are_read(cell: str, value: str | None) -> None:
    assert cells(f"a,b\nx,{cell}\n".encode()) == (("x", value),)


def test_large_cells_and_short_rows_are_read() -> None:
    limit = csv.field_size_limit()

    assert cells(b"a;b;c\n" + b"x" * 200_000 + b"\n") == (("x" * 200_000, None, None),)
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (b"Client;;Contacts;;Renewal\nDomain;Company;Primary contact;Billing contact;Renewal date\n", 2),
        (b"Renewals\nClient;Renewal\nDomain;Company;Renewal date\n", 3),
        (b"Client;Name;Renewal\nDomain;Company;Renewal date\n", 1),
        (b"Client;Name\n\n", 1),
    ],
)
def test_the_header_is_below_the_names_of_groups_of_columns(header: bytes, line: int) -> None:
    assert read_sheet(header + b"a.example;A\n", "x").line == line


def test_a_header_alone_is_an_empty_table() -> None:
    assert read_sheet(b"client,name\n", "x").rows == ()


# Without leading spaces, which are dropped after a delimiter.
TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1).map(
    str.strip
)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=5), st.sampled_from(",;\t"))
def test_written_csv_is_read_back(rows: list[list[str]], delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["client", "name"])
    writer.writerows([[csv_cell(cell) for cell in row] for row in rows])

    for encoding in ("utf-8-sig", "utf-16"):
        wanted = tuple(tuple(cell or None for cell in row) for row in rows if any(row))
        assert cells(file.getvalue().encode(encoding)) == wanted


# CSV files that are refused


@pytest.mark.parametrize(
    ("data", "line", "message", "hint"),
    [
        (b"", 0, "the table is empty", "client,name"),
        (b"\xef\xbb\xbf", 0, "the table is empty", "client,name"),
        (b"\n , ,\n", 0, "the table is empty", ""),
        (b"sep=;\n", 0, "the table is empty", ""),
        ("client\né\n".encode("cp1252"), 2, "byte 0xe9 is not valid UTF-8", "add --encoding cp1252 for 'é'"),
        ("client\r\ré\r".encode("cp1252"), 3, "byte 0xe9 is not valid UTF-8", "--encoding cp1252"),
        (b"\xff\xfea\0\n\0b", 2, "byte 0x62 is not valid UTF-16-LE", ""),
        (b"client\na\0b\n", 2, "the character U+0000 is not allowed in text", "save the file again"),
        ("client\na\n".encode("utf-16-le"), 1, "the character U+0000", "--encoding utf-16-le"),
        ("client\na\n".encode("utf-16-be"), 1, "the character U+0000", "--encoding utf-16-be"),
        (b"\xef\xbb\xbfclient\n\xe9\n", 2, "byte 0xe9 is not valid UTF-8", "save the file again"),
        (b'client,name\na,b\nc,"d\ne,f\n', 3, "the quote that opens here is never closed", "double"),
        (b'client,name\na,"b\nc\n"\n"d","e\nf""\n', 5, "the quote that opens here is never closed", ""),
        (b'sep=,\nclient,name\n"x', 3, "the quote that opens here is never closed", ""),
        (
            b'a,b\n"x y,1\n"z w",2\n',
            2,
            "the quoted cell that begins here has text after its closing quote in line 3",
            "",
        ),
        (
            b'a,b\nx,"y" z\n',
            2,
            "the quoted cell that begins here has text after its closing quote in line 2",
            "double",
        ),
        (b"a,b\nx,y\rz\n", 2, "the line contains a lone carriage return", ""),
        (b"a|b|c\n1|2|3\n", 1, "the header line is separated by |", "--delimiter '|'"),
        (b"a;b,c\n1;2,3\n", 1, "the delimiter of the header line is ambiguous", "--delimiter"),
    ],
)
def test_ambiguous_files_are_refused(data: bytes, line: int, message: str, hint: str) -> None:
    [(found_line, found, way_out)] = problems(data)

    assert found_line == line
    assert found.startswith(message)
    assert hint in way_out


def test_every_row_with_too_many_cells_is_listed() -> None:
    sheet = read_sheet(b"a,b\n1,2,3\n1,2,,\n\n1,2,,4\n", "clients.csv")

    assert sheet.rows == ()
    assert [(problem.line, problem.message) for problem in sheet.problems] == [
        (2, "the row has 3 cells, but the header has 2 columns"),
        (3, "the row has 4 cells, but the header has 2 columns"),
        (5, "the row has 4 cells, but the header has 2 columns"),
    ]
    assert [problem.column for problem in sheet.problems] == [3, 3, 3]
    assert {problem.file for problem in sheet.problems} == {"clients.csv"}
    one = read_sheet(b"a,\n1,2\n", "x").problems[0]
    assert one.message == "the row has 2 cells, but the header has 1 column"


def test_in_a_workbook_a_cell_beyond_the_header_adds_a_column() -> None:
    sheet = read_sheet(workbook({**TABLE, "C2": "x", "E3": "y"}), "x")

    assert [row.cells for row in sheet.rows] == [
        ("acme.example", 4411223, "x", None, None),
        (*[None] * 4, "y"),
    ]
    assert sheet.notes == ("columns without a header are not read: C, E",)
    assert sheet.problems == ()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"version": 1}', "JSON"),
        (b'[\n {"client": 1}]', "JSON"),
        (b"[]", "JSON"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\n<HTML lang='pt'>", "HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
        (b"version = 1\n", "TOML"),
        (b"# ours\n\n[defaults]\nowner = 1\n", "TOML"),
        (b'[clients."acme.example"]\n', "TOML"),
        (b"---\nclient: a\n", "YAML"),
        (b"%PDF-1.7\xff\xfe", "PDF"),
        ("client,name".encode("utf-32"), "UTF-32"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"PK\x05\x06" + b"\0" * 18, "an empty zip archive"),
    ],
)
def test_a_file_of_another_kind_is_identified(data: bytes, kind: str) -> None:
    [(_, message, hint)] = problems(data)

    assert message == f"the file looks like {kind}"
    assert ".xlsx" in hint or hint == "unpack it first"


@pytest.mark.parametrize("header", ["[Client],name", "version,client", "<client>name", "#,client", "# a,b"])
def test_a_header_with_special_characters_is_accepted(header: str) -> None:
    if header.startswith("<"):
        header = f'"{header}"'
    assert read_sheet(f"{header}\nx\n".encode(), "x").rows


@pytest.mark.parametrize(
    "options",
    [
        {"encoding": "klingon"},
        {"encoding": ""},
        {"encoding": "hex"},
        {"encoding": "undefined"},
        {"encoding": "a\0b"},
        {"encoding": "é" * 300},
        {"delimiter": ""},
        {"delimiter": ";;"},
        {"delimiter": '"'},
        {"delimiter": "\n"},
        {"delimiter": "a"},
        {"delimiter": " "},
    ],
)
def test_invalid_options_are_usage_errors(options: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        read_sheet(b"client;name\n-xn--\n", "x", **options)
    assert caught.value.hint


def test_a_byte_order_mark_with_another_encoding_is_refused() -> None:
    [(line, message, hint)] = problems(CLIENTS.encode("utf-8-sig"), encoding="cp1252")

    assert (line, message) == (1, "the file begins with a UTF-8 byte order mark, so it is not cp1252")
    assert hint == "remove --encoding"
    assert cells(CLIENTS.encode("utf-8-sig"), encoding="utf8") == READ
    assert cells(CLIENTS.encode("utf-16"), encoding="UTF-16") == READ


def test_the_given_encoding_is_not_suggested_again() -> None:
    [(line, message, hint)] = problems(b"client\na\n\x81\n", encoding="cp1252")

    assert (line, message) == (3, "byte 0x81 is not valid CP1252")
    assert hint.startswith("add --encoding cp1251 for ")


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "cp932", "cp1251", "latin-1"])
def test_utf8_is_not_read_in_another_encoding(encoding: str) -> None:
    [(_, message, hint)] = problems("client\nBragança\n".encode(), encoding=encoding)

    assert message.startswith(f"the file is UTF-8, so {encoding} ")
    assert hint == "remove --encoding"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Łódź Gęś", "cp1250"), ("Ромашка", "cp1251"), ("更新", "cp932"), ("Açúcar", "cp1252")],
)
def test_suggested_encodings_show_how_they_read_a_word(text: str, encoding: str) -> None:
    [(_, _, hint)] = problems(f"client,name\na.example,{text},\n".encode(encoding))

    assert f"{encoding} for '{text.split(maxsplit=1)[0]}'" in hint


def test_an_extra_blank_cell_is_accepted_only_in_all_rows() -> None:
    shifted = read_sheet(b"client,name,memo\na.example,A, Inc,\nb.example,B,x\n", "x")
    padded = read_sheet(b"client,name,memo\na.example,A,y,\nb.example,B,x,\n", "x")

    assert [problem.line for problem in shifted.problems] == [2]
    assert padded.problems == ()


HEADERS = st.sampled_from(
    [b"", b"a,b\n", b"a;b\r\n", b'"', b"PK\x03\x04", b"\xff\xfe", b"sep=;\n", b"a\tb\r"]
)
CODECS = st.none() | st.sampled_from(
    ["cp1252", "utf-16", "utf-7", "idna", "punycode", "hex", "shift_jis", "x"]
)


@given(HEADERS, st.binary(max_size=200), CODECS, st.none() | st.text(max_size=2))
def test_arbitrary_bytes_are_read_or_refused(
    header: bytes, data: bytes, encoding: str | None, delimiter: str | None
) -> None:
    sheet, error = outcome(header + data, encoding=encoding, delimiter=delimiter)

    assert sheet is None or {len(row.cells) for row in sheet.rows} <= {len(sheet.columns)}
    assert error is None or error.hint or all(problem.hint for problem in error.problems)


@given(st.text("\",\n\r;' a=", max_size=40))
def test_arbitrary_quotes_are_read_or_refused(text: str) -> None:
    _, error = outcome(b"a,b\n" + text.encode())

    lines = text.count("\n") + 2
    assert error is None or all(2 <= problem.line <= lines for problem in error.problems)


# Workbooks

TABLE: dict[str, Cell] = {"A1": "client", "B1": "hub ID", "A2": "acme.example", "B2": 4411223}


def test_a_workbook_is_recognized_by_its_bytes() -> None:
    sheet = read_sheet(workbook(TABLE), "clients.csv")

    assert sheet.columns == ("client", "hub ID")
    assert sheet.rows == (SheetRow(2, ("acme.example", 4411223)),)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (4411223, 4411223),
        (4411223.0, 4411223),
        (1.5, 1.5),
        (1e300, 1e300),
        (True, True),
        (date(2027, 3, 1), date(2027, 3, 1)),
        ("  x ", "x"),
        ("  ", None),
        ("'=x", "=x"),
        ("a & <b>", "a & <b>"),
        (None, None),
    ],
)
def test_cells_of_workbooks_are_read(cell: Cell, value: Cell) -> None:
    [row] = read_sheet(workbook({**TABLE, "B2": cell}), "x").rows

    assert row.cells[1] == value
    assert type(row.cells[1]) is type(value)


def test_times_of_day_are_not_values() -> None:
    moment = datetime(2027, 3, 1, 9, 30)  # noqa: DTZ001
    [row] = read_sheet(workbook({**TABLE, "B2": moment}, style="22"), "x").rows

    assert row.cells[1] == moment


def test_rows_of_a_workbook_keep_their_numbers() -> None:
    sheet = read_sheet(workbook({"B3": "client", "B5": "a", "C3": "name", "B9": "b", "C9": "B"}), "x")

    assert sheet.columns == ("", "client", "name")
    assert sheet.line == 3
    assert sheet.rows == (SheetRow(5, (None, "a", None)), SheetRow(9, (None, "b", "B")))


def test_the_only_filled_sheet_is_read() -> None:
    data = workbook({}, TABLE, {}, {"A1": "list"}, hidden=(4,))

    assert read_sheet(data, "x").rows[0].cells == ("acme.example", 4411223)


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (workbook({}), "the table is empty", "put the column names"),
        (workbook({}, TABLE, hidden=(2,)), "2 rows, with client, hub ID", "--sheet Sheet2"),
        (workbook({**TABLE, "XFD1048576": "x"}), "the sheet is too large", "a distant cell"),
        (workbook(TABLE)[:400], "the workbook is damaged", "save it again"),
        (b"PK\x03\x04nonsense", "the workbook is damaged", "save it again"),
        (
            workbook(TABLE, main="xl/workbook.xmlx"),
            "the file looks like a zip archive without",
            "",
        ),
        (
            workbook(TABLE, main="word/document.xml"),
            "the file looks like a zip archive without",
            "",
        ),
        (workbook(TABLE).replace(b"<sheetData>", b"<sheetDatb>"), "the workbook is damaged", ""),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused(data: bytes, message: str, hint: str) -> None:
    [(_, found, way_out)] = problems(data)

    assert found.startswith(message)
    assert hint in way_out


def test_formatted_blank_cells_do_not_count() -> None:
    assert read_sheet(workbook({**TABLE, "XFD1048576": None}), "x").rows[0].number == 2


def test_without_calamine_the_hint_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    [(_, message, hint)] = problems(workbook(TABLE))

    assert message == "reading this workbook requires python-calamine"
    assert hint == f"{install_command('python-calamine')}, or save it as CSV UTF-8"
    assert cells(CLIENTS.encode()) == READ


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(workbook(TABLE))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    sheet, error = outcome(bytes(whole))

    assert sheet or error
