"""Lists saved with ``>`` in Windows PowerShell 5.1, which changes letters, and lists saved with ``--out``.

It reads the UTF-8 of a program in the code page of the console, and writes UTF-16 with CRLF.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

CLIENTS = {
    "sao.example": ("São João, Lda", "pediu a Conceição"),
    "pena.example": ("Peña y Muñoz", "¿qué día?"),
    "muller.example": ("Müller Größe", "für Jürgen"),
    "cafe.example": ("L’Hôtel Noël", "façade"),
    "lodz.example": ("Łódź Świętokrzyska", "źdźbło"),
    "kun.example": ("Žluťoučký kůň", "Příliš úpěl"),
}
PAGES = ["cp437", "cp850", "cp852"]


@pytest.fixture
def store(run: Callable) -> Path:
    """Create a data file with clients and overrides that have accents in every text."""
    assert run("init", "--owner", "hubspot", "-q").status == 0
    assert run("user", "add", "ana@agency.example", "-q").status == 0
    for client, (name, note) in CLIENTS.items():
        added = run("client", "add", client, "--name", name, "--memo", note, "-q")
        changed = run("override", client, "--owner", "partner", "--notify", "ana", "--note", note, "-yq")
        assert (added.status, changed.status) == (0, 0)
    return Path("renewctl.toml")


def redirect(text: str, page: str, file: str) -> str:
    """Save what a program printed as ``>`` does."""
    misread = text.encode().decode(page)
    Path(file).write_bytes(misread.replace("\n", "\r\n").encode("utf-16"))
    return file


def refused(ran: object, file: str) -> list[dict]:
    """Return the problems of a refused list."""
    assert ran.status == 3
    problems = [each for each in json.loads(ran.err)["problems"] if each["file"]]
    assert {problem["file"] for problem in problems} == {file}
    return problems


@pytest.mark.parametrize("page", PAGES)
def test_an_import_refuses_every_row_of_a_redirected_export(page: str, store: Path, run: Callable) -> None:
    before = store.read_bytes()
    file = redirect(run("export", "-", "--format", "csv").out, page, "clients.csv")

    found = refused(run("import", file, "--with-overrides", "-o", "json"), file)

    assert {problem["line"] for problem in found} == {*range(2, 8)}
    assert all("wrong encoding" in problem["message"] for problem in found)
    assert all("--out FILE" in problem["hint"] for problem in found)
    assert any("'São João, Lda'" in problem["message"] for problem in found)
    assert store.read_bytes() == before


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("stored", [True, False], ids=["notes stored", "notes new"])
def test_override_refuses_every_note_of_a_redirected_list(
    page: str, stored: bool, store: Path, run: Callable
) -> None:
    file = redirect(run("client", "list", "-o", "csv").out, page, "list.csv")
    if not stored:
        assert run("clear-override", *CLIENTS, "-yq").status == 0
    before = store.read_bytes()

    found = refused(run("override", "--from-file", file, "-o", "json"), file)

    assert [problem["line"] for problem in found] == [*range(2, 8)]
    assert {problem["column"] for problem in found} == {4}
    assert all("wrong encoding" in problem["message"] for problem in found)
    assert all("--out FILE" in problem["hint"] for problem in found)
    assert store.read_bytes() == before


def test_the_same_lists_saved_with_out_change_nothing(store: Path, run: Callable) -> None:
    before = store.read_bytes()
    assert run("client", "list", "--out", "list.csv").status == 0
    assert run("export", "clients.csv").status == 0

    for argv in (("override", "--from-file", "list.csv"), ("import", "clients.csv", "--with-overrides")):
        ran = run(*argv)
        assert (ran.status, ran.err) == (0, "")

    assert store.read_bytes() == before


def test_redirected_json_lines_lose_nothing(store: Path, run: Callable) -> None:
    before = store.read_bytes()
    file = redirect(run("client", "list", "-o", "jsonl").out, "cp850", "list.jsonl")
    assert run("clear-override", *CLIENTS, "-yq").status == 0

    assert run("override", "--from-file", file, "-y").status == 0

    assert store.read_bytes() == before


def test_a_redirected_list_of_names_is_refused(store: Path, run: Callable) -> None:
    names = "".join(f"{name}\n" for name, _ in CLIENTS.values())
    file = redirect(names, "cp850", "names.txt")

    found = refused(run("override", "--from-file", file, "--owner", "hubspot", "-o", "json"), file)

    assert [problem["line"] for problem in found] == [*range(1, 7)]
    assert all("wrong encoding" in problem["message"] for problem in found)


def test_a_note_that_the_client_has_is_accepted_and_its_lost_letters_are_not(
    store: Path, run: Callable
) -> None:
    setting = ("--owner", "partner", "--notify", "ana", "--note", "Jo├úo")
    assert run("override", "sao.example", *setting).status == 0
    Path("list.csv").write_text("client,owner,notify,note\nsao.example,hubspot,,Jo├úo\n", "utf-8")
    assert run("override", "--from-file", "list.csv", "-y").status == 0

    Path("list.csv").write_text("client,owner,notify,note\nmuller.example,hubspot,,f?r J?rgen\n", "utf-8")
    ran = run("override", "--from-file", "list.csv")

    assert ran.status == 3
    assert "list.csv:2:4" in ran.err
    assert "'f?r J?rgen' is 'für Jürgen' in the data file" in ran.err
    assert "override CLIENT --note TEXT" in ran.err


@pytest.mark.parametrize("page", PAGES)
def test_a_redirected_header_is_not_passed_over(page: str, store: Path, run: Callable) -> None:
    table = "Domínio,Razão social,Observações\nacme.example,Acme,why\n"
    file = redirect(table, page, "clients.csv")

    found = refused(run("import", file, "-o", "json"), file)

    assert [(problem["line"], problem["column"]) for problem in found] == [(1, 1), (1, 2), (1, 3)]
    assert all("wrong encoding" in problem["message"] for problem in found)


def test_a_redirected_header_of_no_field_is_passed_over(store: Path, run: Callable) -> None:
    file = redirect("client,name,Preço\nacme.example,Acme,7\n", "cp850", "clients.csv")

    assert run("import", file).status == 0


def test_a_redirected_header_of_a_field_that_is_not_read_is_passed_over(store: Path, run: Callable) -> None:
    file = redirect("client,Razão social\nacme.example,Acme\n", "cp850", "clients.csv")

    assert run("import", file).status == 3
    assert run("import", file, "--map", "name=").status == 0
