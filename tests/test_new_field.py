"""A new field of a client needs one line in the table of fields and one attribute of the model.

The tests follow "Add a field" in CONTRIBUTING.md in a copy of the code, with one field of each kind that is
likely for a client. Then they use the new fields as people do.
"""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import kept_environment
from forks import Server
from store.faulty import Runs

SOURCE = Path(__file__).resolve().parent.parent / "src" / "renewctl"


class New(NamedTuple):
    """A new field and a value of it, in every form."""

    kind: str
    attribute: str
    """The attribute's type and default in the model."""
    typed: str
    """The value as it is typed after the option; empty for a flag."""
    stored: str
    """The value in TOML."""
    cell: str
    """The value in a spreadsheet that people wrote."""
    text: str
    """The value as renewctl writes it in a cell."""
    document: object
    """The value in JSON."""
    wrong: str
    """A value in TOML that the field does not allow."""


NEW = {
    "tier": New("TEXT", 'str = ""', "gold", '"gold"', " gold ", "gold", "gold", "5"),
    "since": New(
        "DATE", "date | None = None", "2024-05-31", "2024-05-31", "31/05/2024", "2024-05-31", "2024-05-31",
        '"May"',
    ),
    "vip": New("FLAG", "bool = False", "", "true", "Yes", "true", True, '"yes"'),
    "seats": New("COUNT", "int | None = None", "7", "7", "7", "7", 7, '"7"'),
    "mailbox": New(
        "ADDRESS", "str | None = None", "crm@acme.example", '"crm@acme.example"', "crm@acme.example",
        "crm@acme.example", "crm@acme.example", '"crm"',
    ),
    "cohort": New(
        "ADDRESSES", "tuple[str, ...] = ()", "ines@agency.example", '["ines@agency.example"]',
        " Ines <ines@agency.example>; INES@agency.example ", "ines@agency.example", ["ines@agency.example"],
        '"ines@agency.example"',
    ),
}  # fmt: skip
EMPTY = {"vip": False, "cohort": []}
"""The values in JSON of fields that a client does not have, if not null."""
FLAG = "vip"
QUIET = "remark"
"""A field that only ``client show`` shows."""
SET = [word for key, new in NEW.items() for word in (f"--{key}", *filter(None, [new.typed]))]
CLEAR = [
    word for key in NEW if key not in {FLAG, "seats"} for word in (f"--{key}", "")
] + ["--no-vip"]  # fmt: skip
ACME = '[clients."acme.example"]\nname = "Acme"\n'
VALUES = "".join(f"{key} = {new.stored}\n" for key, new in NEW.items())


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Return a server that runs a copy of the code, which has the new fields."""
    folder = tmp_path_factory.mktemp("new-field")
    shutil.copytree(SOURCE, folder / "renewctl", ignore=shutil.ignore_patterns("__pycache__"))
    lines = [
        f'Field("{key}", Kind.{new.kind}, "the {key} of a client", column="{key}",'
        f' option="--{key}{"/--no-vip" * (key == FLAG)}", shown=Shown.COLUMN, filter=True)'
        for key, new in NEW.items()
    ]
    lines.append(f'Field("{QUIET}", Kind.TEXT, "a remark", shown=Shown.CLIENT)')
    attributes = [f"{key}: {new.attribute}" for key, new in NEW.items()] + [f'{QUIET}: str = ""']
    clients = r'    "clients": \(\n(?:        .*\n)*'
    insert(folder / "renewctl" / "fields.py", clients, "".join(f"        {line},\n" for line in lines))
    client = r"class Client\(NamedTuple\):\n(?:    .*\n|\n(?!\n))*"
    insert(folder / "renewctl" / "model.py", client, "".join(f"    {line}\n" for line in attributes))
    with (folder / "renewctl" / "texts" / "headers.toml").open("a", encoding="utf-8") as headers:
        headers.writelines(f'\n[certain.{key}]\nde = ["Das {key}"]\n' for key in NEW)
    server = Server(**kept_environment() | {"PYTHONPATH": str(folder)})
    yield Runs(server)
    server.close()


def insert(path: Path, block: str, lines: str) -> None:
    """Add lines to a file after the block that the pattern matches."""
    text = path.read_text("utf-8")
    found = re.search(block, text)
    assert found, block
    path.write_text(text[: found.end()] + lines + text[found.end() :], "utf-8")


class Program:
    """The copy of renewctl with the new fields, and its store in the current folder."""

    def __init__(self, server: Runs) -> None:
        os.environ |= {"RENEWCTL_AS_OF": "2026-11-23", "COLUMNS": "140"}
        self.server = server
        self.path = Path("renewctl.toml")

    def write(self, clients: str) -> None:
        """Write a store with these clients."""
        self.path.write_text(f'version = 1\n\n[defaults]\nowner = "hubspot"\n\n{clients}', "utf-8")

    def read(self) -> str:
        """Return the text of the store."""
        return self.path.read_text("utf-8")

    def run(self, *argv: str, status: int = 0) -> str:
        """Return the output of the command."""
        ran = self.server.run(*argv, watched=False, env=os.environ | self.server.server.environment)
        assert ran.status == status, ran.out + ran.err
        return ran.out + ran.err

    def json(self, *argv: str, status: int = 0) -> Any:
        """Return the document that the command prints."""
        return json.loads(self.run(*argv, "-o", "json", status=status))

    def csv(self, *argv: str) -> list[dict[str, str]]:
        """Return the rows that the command prints."""
        return list(csv.DictReader(io.StringIO(self.run(*argv))))


@pytest.fixture
def program(changed: Runs) -> Program:
    """Return the program, and two clients of which the first has all the new fields."""
    program = Program(changed)
    program.write(f'{ACME}{VALUES}\n[clients."beta.example"]\n')
    return program


def test_fields_are_set_and_cleared(program: Program) -> None:
    program.write(ACME)
    bare = program.read()
    program.run("client", "set", "acme.example", *SET)
    assert program.read() == bare + VALUES
    program.run("client", "set", "acme.example", *CLEAR)
    assert program.read() == bare + "seats = 7\n"
    program.run("client", "add", "gama.example", "--name", "Gama", *SET)
    assert program.read().endswith(f'[clients."gama.example"]\nname = "Gama"\n{VALUES}')


@pytest.mark.parametrize("header", ["{}", "Das {}"])
def test_fields_are_imported_by_their_names_and_by_other_headers(program: Program, header: str) -> None:
    program.write(ACME + '\n[clients."beta.example"]\n')
    headers, cells = ",".join(header.format(key) for key in NEW), ",".join(new.cell for new in NEW.values())
    lines = [f"client,{headers}", f"acme.example,{cells}", "beta.example,,,,,,", f"gama.example,{cells}"]
    Path("clients.csv").write_text("\n".join(lines), "utf-8")
    program.run("import", "clients.csv")
    assert ACME + VALUES in program.read()
    assert program.read().endswith(f'[clients."beta.example"]\n\n[clients."gama.example"]\n{VALUES}')
    assert program.json("import", "clients.csv")["counts"]["unchanged"] == 3


def test_importing_the_export_changes_nothing(program: Program) -> None:
    acme, beta = program.csv("export", "-", "--format", "csv")
    assert {key: acme[key] for key in NEW} == {key: new.text for key, new in NEW.items()}
    assert {key: beta[key] for key in NEW} == {key: "false" if key == FLAG else "" for key in NEW}
    assert QUIET not in acme
    program.run("export", "clients.csv")
    assert program.json("import", "clients.csv")["counts"]["unchanged"] == 2


def test_fields_are_shown(program: Program) -> None:
    shown = program.json("client", "show", "acme.example")
    assert {key: shown[key] for key in NEW} == {key: new.document for key, new in NEW.items()}
    assert shown[QUIET] is None
    text = program.run("client", "show", "acme.example")
    assert text.endswith("".join(f"{key}\t{new.text}\n" for key, new in NEW.items()) + f"{QUIET}\t\n")
    acme = program.run("client", "show", "acme.example", "-o", "table")
    beta = program.run("client", "show", "beta.example", "-o", "table")
    for key, new in NEW.items():
        value = "yes" if key == FLAG else new.text
        assert re.search(rf"(?m)^{key.capitalize()} +{re.escape(value)}$", acme)
        assert key.capitalize() not in beta, "it has no value"


def test_fields_are_listed(program: Program) -> None:
    acme, beta = program.json("client", "list")["items"]
    assert {key: acme[key] for key in NEW} == {key: new.document for key, new in NEW.items()}
    assert {key: beta[key] for key in NEW} == {key: EMPTY.get(key) for key in NEW}
    assert QUIET not in acme
    row = program.csv("client", "list", "-o", "csv")[0]
    assert {key: row[key] for key in NEW} == {key: new.text for key, new in NEW.items()}
    heading, line, *_ = program.run("client", "list", "-o", "table").splitlines()
    assert heading.endswith("  TIER  SINCE       VIP  SEATS  MAILBOX           COHORT")
    assert line.endswith("  gold  2024-05-31  yes  7      crm@acme.example  ines@agency.example")
    heading, _, line, *_ = program.run("client", "list", "-o", "markdown").splitlines()
    assert heading.endswith(" | Note | Tier | Since | Vip | Seats | Mailbox | Cohort |")
    assert line.endswith(" | gold | 2024-05-31 | true | 7 | crm@acme.example | ines@agency.example |")


def test_an_exported_list_with_the_fields_can_be_imported_as_overrides(program: Program) -> None:
    for form in ("csv", "jsonl"):
        path = Path(f"clients.{form}")
        path.write_text(program.run("client", "list", "-o", form), "utf-8")
        answer = program.json("override", "--from-file", str(path))
        assert answer["changes"] == []
        assert "not used" not in program.run("override", "--from-file", str(path))


def test_clients_are_filtered_by_the_fields(program: Program) -> None:
    for key, new in NEW.items():
        typed = [f"--{key}", *filter(None, [new.typed.upper()])]
        assert program.run("client", "list", *typed, "-o", "names") == "acme.example\n", key
    assert program.run("client", "list", *CLEAR, "-o", "names") == "beta.example\n"


def test_fields_are_documented(program: Program) -> None:
    for command in ("set", "add", "list"):
        text = program.run("client", command, "--help")
        assert [key for key in NEW if f"│ --{key}" not in text] == [], command
        assert QUIET not in text
    keys = program.json("schema")["properties"]["clients"]["additionalProperties"]["properties"]
    assert {*NEW, QUIET} <= keys.keys()
    assert "The seats of a client." in program.run("client", "set", "--help")
    assert "the seats of a client" in program.run("help", "store")


def test_mistyped_keys_and_invalid_values_are_found(program: Program) -> None:
    program.write(ACME + "".join(f"{key}x = {new.stored}\n" for key, new in NEW.items()))
    found = program.run("check", status=1)
    assert [key for key in NEW if f"did you mean {key}?" not in found] == []

    program.write(ACME + "".join(f"{key} = {new.wrong}\n" for key, new in NEW.items()))
    error = program.run("client", "list", status=3)
    for line, key in enumerate(NEW, 8):
        assert f'renewctl.toml:{line}:1\n      clients."acme.example".{key} must be ' in error


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--since", "31/31/2024"), "'31/31/2024' is not "),
        (("--mailbox", "crm"), "'crm' is not "),
        (("--cohort", "ines"), "'ines' is not "),
        (("--seats", "-1"), "--seats"),
    ],
)
def test_invalid_values_of_options_are_refused(
    program: Program, option: tuple[str, str], message: str
) -> None:
    for command in (("set", "acme.example"), ("list",)):
        assert message in program.run("client", *command, *option, status=2)


def test_invalid_cells_are_refused(program: Program) -> None:
    Path("clients.csv").write_text(
        "client,since,vip,seats,mailbox\nacme.example,May,perhaps,many,crm\n", "utf-8"
    )
    error = program.run("import", "clients.csv", status=3)
    for column, word in enumerate(("May", "perhaps", "many", "crm"), 2):
        assert f"clients.csv:2:{column}\n      '{word}' is not " in error
