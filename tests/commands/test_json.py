"""Formats for programs: the names, order, types and bytes that scripts rely on."""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import OF_ONE_COMMAND
from renewctl.render.result import Output

RICH = """\
version = 1
[defaults]
owner = "hubspot"
notify = "ana@agency.example"
[users."ana@agency.example"]
name = "Ana Souza"
[users."rui@agency.example"]
active = false
[users."sol@agency.example"]

[clients."acme.example"]
name = "Acme Açaí"
contacts = [{ email = "paula@acme.example", name = "Paula", roles = ROLES }]
renewals = [
  { date = 2027-03-01, product = "Marketing Hub" },
  { date = 2027-02-01, product = "Sales Hub", deadline = 2026-11-01 },
]
[clients."borges.example"]
renewals = [{ date = 2027-02-20 }]
override = { owner = "partner", notify = "rui@agency.example" }
[clients."cedro.example"]
contacts = [{ email = "c@cedro.example", roles = ["primary"] }]
[clients."delta.example"]
contacts = [{ email = "d@delta.example", roles = ["primary", "billing", "decision-maker"] }]
renewals = [{ date = 2026-11-01 }]
""".replace("ROLES", '["primary", "billing", "decision-maker"]')
ITEM = [
    *("client", "name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline"),
    *("owner", "source", "rule", "to", "cc", "notes"),
]
FORMATS = tuple(sorted({*map(str, Output)} - OF_ONE_COMMAND))
READS = [
    ("who",),
    ("who", "--by", "recipient"),
    ("who", "acme.example", "--recipient", "ana"),
    ("explain", "acme.example"),
    ("explain", "borges.example"),
    ("contacts",),
    ("client", "list"),
    ("client", "show", "acme.example"),
    ("user", "list"),
    ("set-default",),
    ("check",),
    ("check", "--explain", "vacant-role"),
    ("todo",),
    ("diff", "other.toml"),
    ("who", "--timeline"),
    ("where",),
    ("doctor",),
    ("demo",),
]
CHANGES = [
    ("set-default", "--notify", "none"),
    ("override", "acme.example", "--owner", "hubspot", "--note", "n"),
    ("clear-override", "borges.example"),
    ("client", "add", "eco.example", "--primary", "e@eco.example", "--renewal", "2027-01-01"),
    ("client", "set", "acme.example", "--name", "A", "--deactivate", "paula@acme.example"),
    ("client", "remove", "acme.example", "borges.example"),
    ("client", "rename", "acme.example", "acme.com"),
    ("client", "assign", "acme.example", "billing", "x@acme.example"),
    ("client", "unassign", "acme.example", "primary"),
    ("client", "set-renewal", "cedro.example", "2027-05-01"),
    ("client", "remove-renewal", "borges.example"),
    ("client", "renew", "delta.example"),
    ("user", "add", "eva@agency.example"),
    ("user", "set", "ana", "--inactive"),
    ("user", "remove", "sol"),
    ("user", "replace", "rui", "ana"),
    ("import", "roster.csv", "--with-overrides"),
    ("override", "--from-file", "list.csv"),
    ("confirm", "--default", "acme.example"),
]
ANSWERED_NO = {("check",): 1}
"""Commands whose answer for this file is no."""
WITH_WARNING = {
    ("who", "--timeline"),
    ("who", "--by", "recipient"),
    ("client", "set", "acme.example", "--name", "A", "--deactivate", "paula@acme.example"),
}
"""Outputs whose columns lack something, with a warning: a row, or a client without a recipient."""
FILES = {
    "other.toml": 'version = 1\n\n[clients."acme.example"]\nname = "Other"\n',
    "roster.csv": "client,name,renewal\neco.example,Eco,2027-01-01\n",
    "list.csv": "client,owner,note\nacme.example,hubspot,n\nborges.example,default,\n",
}


@pytest.fixture(autouse=True)
def _store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", "2026-11-23")
    Path("renewctl.toml").write_text(RICH, encoding="utf-8")
    for file, text in FILES.items():
        Path(file).write_text(text, encoding="utf-8")


def answered(run: Callable, *argv: str, status: int = 0) -> Any:
    """Return the JSON on standard output; standard error must be empty."""
    ran = run(*argv, "-o", "json")
    assert (ran.status, ran.err) == (ANSWERED_NO.get(argv, status), "")
    return json.loads(ran.out, object_pairs_hook=list_of_pairs)


def list_of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), "a key is given twice"
    return found


# ------------------------------------------------------------------ who


def test_who_is_the_contract_of_the_design(run: Callable) -> None:
    """Sets and order of keys, and the values, of design.md §4, exactly."""
    document = answered(run, "who", "acme.example", "--within", "120d")
    digest = hashlib.sha256(Path("renewctl.toml").read_bytes()).hexdigest()
    one, other = document["items"]
    assert list(document) == ["schema", "as_of", "store", "items", "summary"]
    assert (document["schema"], document["as_of"]) == ("renewctl.who/1", "2026-11-23")
    assert document["store"] == {"path": "renewctl.toml", "sha256": digest}
    assert list(one) == list(other) == ITEM
    assert other == {
        "client": "acme.example",
        "name": "Acme Açaí",
        "product": "Marketing Hub",
        "renewal": "2027-03-01",
        "deadline": "2027-01-15",
        "days_to_renewal": 98,
        "days_to_deadline": 53,
        "owner": "hubspot",
        "source": "default",
        "rule": "default-hubspot",
        "to": [
            {
                "email": "paula@acme.example",
                "name": "Paula",
                "roles": ["primary", "billing", "decision-maker"],
            }
        ],
        "cc": [{"email": "ana@agency.example", "name": "Ana Souza", "roles": ["partner-user"]}],
        "notes": [],
    }
    assert list(other["to"][0]) == ["email", "name", "roles"]
    assert one["notes"] == [
        {
            "code": "deadline-passed",
            "severity": "info",
            "message": "Sales Hub: the renewal deadline was 2026-11-01",
        }
    ]
    assert (one["deadline"], one["days_to_deadline"], one["days_to_renewal"]) == ("2026-11-01", -22, 70)


def test_rows_are_sorted_by_deadline_then_client_with_past_and_undated_last(run: Callable) -> None:
    items = answered(run, "who", "--all")["items"]
    assert [(item["client"], item["renewal"]) for item in items] == [
        ("acme.example", "2027-02-01"),
        ("borges.example", "2027-02-20"),
        ("acme.example", "2027-03-01"),
        ("delta.example", "2026-11-01"),
        ("cedro.example", None),
    ]


def test_an_undated_row_has_all_keys_and_null_dates(run: Callable) -> None:
    item = next(i for i in answered(run, "who")["items"] if i["client"] == "cedro.example")
    assert list(item) == ITEM
    dates = ("name", "product", "renewal", "deadline", "days_to_renewal", "days_to_deadline")
    assert all(item[key] is None for key in dates)
    codes = {note["code"]: note["severity"] for note in item["notes"]}
    assert codes == {"vacant-role": "warning", "no-renewal-date": "warning"}


def test_the_summary_counts_clients_renewals_and_gaps(run: Callable) -> None:
    document = answered(run, "who", "--all")
    assert list(document["summary"]) == ["clients", "renewals", "without_recipient", "undated"]
    assert document["summary"] == {"clients": 4, "renewals": 4, "without_recipient": 1, "undated": 1}


def test_a_client_without_an_owner_has_a_null_owner(run: Callable) -> None:
    Path("renewctl.toml").write_text('[clients."a.example"]\nrenewals = [{ date = 2027-01-01 }]\n')
    (item,) = answered(run, "who")["items"]
    assert (item["owner"], item["source"], item["rule"]) == (None, "none", "no-default")
    assert (item["to"], item["cc"]) == ([], [])


def test_no_rows_are_an_empty_list(run: Callable) -> None:
    document = answered(run, "who", "acme.example", "--within", "1d")
    assert document["items"] == []
    assert set(document["summary"].values()) == {0}


def test_by_recipient_has_a_schema_of_its_own(run: Callable) -> None:
    document = answered(run, "who", "--by", "recipient")
    assert document["schema"] == "renewctl.who-by-recipient/1"
    assert [item["email"] for item in document["items"]] == [
        "ana@agency.example",
        "c@cedro.example",
        "d@delta.example",
        "paula@acme.example",
    ]
    copies = document["items"][0]["renewals"]
    assert {entry["as"] for entry in copies} == {"cc"}
    assert [entry["client"] for entry in copies] == [
        "acme.example",
        "acme.example",
        "delta.example",
        "cedro.example",
    ]


@pytest.mark.parametrize(
    "argv", [("who",), ("who", "--by", "recipient"), ("client", "list"), ("user", "list")]
)
def test_jsonl_has_one_item_per_line_and_nothing_else(argv: tuple[str, ...], run: Callable) -> None:
    lines = run(*argv, "-o", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == answered(run, *argv)["items"]


def test_jsonl_of_no_items_is_empty(run: Callable) -> None:
    assert run("who", "acme.example", "--within", "1d", "-o", "jsonl") == (0, "", "")


# ------------------------------------------------------------------ other answers


SECOND_FORMS = {"renewctl.check", "renewctl.check-code", "renewctl.explain"}
"""The documents whose keys changed in 0.2."""


@pytest.mark.parametrize("argv", READS, ids=" ".join)
def test_documents_have_a_schema_are_ascii_and_use_null_for_missing_values(
    argv: tuple[str, ...], run: Callable
) -> None:
    """One rule for all documents: a missing value is null, never empty text."""
    document = answered(run, *argv)
    assert next(iter(document)) == "schema"
    name, _, version = document["schema"].partition("/")
    assert re.fullmatch(r"renewctl\.[a-z-]+", name)
    assert version == ("2" if name in SECOND_FORMS else "1")
    for output in ("json", "jsonl"):
        text = run(*argv, "-o", output).out
        assert text.isascii()
        assert '""' not in text


@pytest.mark.parametrize("argv", CHANGES, ids=" ".join)
def test_a_change_answers_with_its_plan_dry_or_not(argv: tuple[str, ...], run: Callable) -> None:
    before = Path("renewctl.toml").read_bytes()
    dry = answered(run, *argv, "--dry-run")
    assert Path("renewctl.toml").read_bytes() == before
    done = answered(run, *argv, "--yes")
    assert Path("renewctl.toml").read_bytes() != before
    assert list(dry)[:6] == ["schema", "command", "dry_run", "changed", "changes", "impact"]
    assert dry["schema"] == "renewctl.plan/1"
    assert (dry["dry_run"], done["dry_run"]) == (True, False)
    assert {**dry, "dry_run": False} == done
    assert done["changed"] is True
    assert done["command"] == " ".join(argv[: 2 if argv[0] in {"client", "user"} else 1])
    for change in done["changes"]:
        assert list(change)[:3] == ["path", "before", "after"]
        assert all(isinstance(step, str) for step in change["path"])


def test_a_plan_has_paths_with_the_values_before_and_after(run: Callable) -> None:
    document = answered(run, "set-default", "--owner", "partner", "--notify", "rui", "-n")
    assert document["changes"] == [
        {"path": ["defaults", "owner"], "before": "hubspot", "after": "partner"},
        {"path": ["defaults", "notify"], "before": "ana@agency.example", "after": "rui@agency.example"},
    ]
    document = answered(run, "client", "set-renewal", "cedro.example", "2027-05-01")
    assert document["changes"] == [
        {
            "path": ["clients", "cedro.example", "renewals", ""],
            "before": None,
            "after": {"date": "2027-05-01"},
        }
    ]


def test_a_command_that_changes_nothing_has_changed_false(run: Callable) -> None:
    document = answered(run, "set-default", "--owner", "hubspot")
    assert (document["changed"], document["changes"]) == (False, [])


# ------------------------------------------------------------------ errors

ERRORS = {
    "usage": (("who", "--within", "soon"), 2),
    "usage, by the parser": (("who", "--bogus"), 2),
    "usage, of a file": (("import", "none.csv"), 2),
    "bad-input": (("import", "bad.toml"), 3),
    "bad-input, of a row": (("override", "--from-file", "unknown.csv"), 3),
    "unknown-client": (("explain", "akme.example"), 4),
    "unknown-user": (("set-default", "--notify", "anna"), 4),
    "store-missing": (("who", "--store", "none.toml"), 3),
    "store-invalid": (("who", "--store", "bad.toml"), 3),
    "store-too-new": (("who", "--store", "new.toml"), 3),
    "not-a-file": (("who", "--store", "folder.toml"), 3),
    "confirmation-required": (("clear-override", "--all"), 6),
    "io": (("set-default", "--notify", "none", "--store", "linked.toml"), 74),
}
STORES = {
    "unknown.csv": "client,owner\nakme.example,hubspot\n",
    "bad.toml": '[defaults]\nowner = "hubpsot"\n[clients."a b"]\n',
    "new.toml": "version = 99\n",
    "linked.toml": '[defaults]\nowner = "hubspot"\nnotify = "a@b.example"\n',
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_a_single_object_on_standard_error(name: str, run: Callable) -> None:
    for file, text in STORES.items():
        Path(file).write_text(text)
    Path("folder.toml").mkdir()
    os.link("linked.toml", "twin.toml")
    argv, status = ERRORS[name]
    for output in ("json", "jsonl"):
        ran = run(*argv, "-o", output)
        document = json.loads(ran.err, object_pairs_hook=list_of_pairs)
        assert (ran.status, ran.out) == (status, "")
        assert list(document) == ["schema", "code", "message", "hint", "problems"]
        assert (document["schema"], document["code"]) == ("renewctl.error/1", name.partition(",")[0])
        assert document["message"]
        for problem in document["problems"]:
            assert list(problem) == ["file", "sheet", "line", "column", "message", "hint"]


def test_all_problems_of_a_store_are_listed_at_once_with_their_places(run: Callable) -> None:
    Path("bad.toml").write_text(STORES["bad.toml"])
    problems = json.loads(run("who", "--store", "bad.toml", "-o", "json").err)["problems"]
    assert [(p["file"], p["line"], p["column"]) for p in problems] == [("bad.toml", 2, 1), ("bad.toml", 3, 1)]
    assert "defaults.owner" in problems[0]["message"]


@pytest.mark.parametrize(
    ("option", "code"),
    [(("--expect", "x@y.example"), "not-as-expected"), (("--require-recipient",), "no-recipient")],
)
def test_a_failed_assertion_has_its_answer_on_standard_output_and_an_error_object(
    option: tuple[str, ...], code: str, run: Callable
) -> None:
    ran = run("who", *option, "-o", "json")
    assert ran.status == 1
    assert json.loads(ran.out)["schema"] == "renewctl.who/1"
    assert json.loads(ran.err)["code"] == code


def test_every_spelling_of_the_json_option_is_accepted(run: Callable) -> None:
    for words in (("-o", "json"), ("-ojson",), ("--output", "JSON"), ("--output=json",), ("-qo", "json")):
        ran = run("explain", "akme.example", *words)
        assert json.loads(ran.err)["code"] == "unknown-client", words


def test_a_warning_about_the_file_does_not_break_json(run: Callable) -> None:
    Path("renewctl.toml").write_text(RICH + "\n[defualts]\n", encoding="utf-8")
    assert run("who", "-o", "json").err == ""
    assert "defualts" in run("who", "-o", "tsv").err


# ------------------------------------------------------------------ bytes


def test_an_error_in_json_is_ascii(run: Callable) -> None:
    ran = run("explain", "açaí.example", "-o", "json")
    assert ran.err.isascii()
    assert "açaí" in json.loads(ran.err)["message"]


def test_the_same_bytes_in_any_locale_and_time_zone(spawn: Callable) -> None:
    for argv in (("who", "-o", "json"), ("who",)):
        places = [
            {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
            {"TZ": "America/Anchorage", "LC_ALL": "pt_BR.ISO-8859-1", "COLUMNS": "40"},
            {"TZ": "UTC", "LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "PYTHONHASHSEED": "7"},
        ]
        ran = [spawn(*argv, env=env) for env in places]
        assert {(r.status, r.out, r.err) for r in ran} == {(0, ran[0].out, b"")}
    assert "Açaí".encode() in spawn("who", env=places[0]).out


def test_every_command_has_every_format(run: Callable) -> None:
    """The status is 0, standard error is empty, and JSON is valid."""
    for argv in [*READS, *CHANGES]:
        for output in FORMATS:
            Path("renewctl.toml").write_text(RICH, encoding="utf-8")
            ran = run(*argv, *(("--yes",) if argv in CHANGES else ()), "-o", output)
            quiet = output == "json" or argv not in WITH_WARNING
            assert ran.status == ANSWERED_NO.get(argv, 0), (argv, output)
            assert ran.err == "" or not quiet, (argv, output)
            if output == "json":
                json.loads(ran.out)
            if output in {"tsv", "csv"} and argv != ("demo",):
                separator = "\t" if output == "tsv" else ","
                rows = ran.out.splitlines()
                assert separator in rows[0] or rows[0].isidentifier(), (argv, output)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_csv_has_the_columns_of_the_items_crlf_and_joined_lists(run: Callable) -> None:
    text = run("who", "--all", "-o", "csv").out
    assert text.count("\r\n") == text.count("\n") == 6
    header, *rows = rows_of(text)
    assert header == ITEM
    assert {len(row) for row in rows} == {len(header)}
    last = dict(zip(header, rows[-1], strict=True))
    assert last["notes"] == "vacant-role:billing;vacant-role:decision-maker;no-renewal-date"
    assert (last["to"], last["cc"]) == ("c@cedro.example", "ana@agency.example")
    assert (last["renewal"], last["days_to_renewal"]) == ("", "")


def test_csv_keeps_numbers_numbers(run: Callable) -> None:
    """A negative number of days is not a formula."""
    header, first, *_ = rows_of(run("who", "--all", "-o", "csv").out)
    row = dict(zip(header, first, strict=True))
    assert row["deadline"] == "2026-11-01"
    assert row["days_to_deadline"] == "-22"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "-1+1"])
def test_csv_keeps_text_exactly_behind_the_formula_prefix(name: str, run: Callable) -> None:
    run("client", "set", "acme.example", "--name", name)
    header, *rows = rows_of(run("who", "acme.example", "-o", "csv").out)
    assert {row[header.index("name")] for row in rows} == {"'" + name}


def name_acme(name: str) -> None:
    """Change the client's name in the file as an editor would; a command would tidy it."""
    path = Path("renewctl.toml")
    path.write_text(path.read_text().replace('"Acme Açaí"', f'"{name}"'))


def test_tsv_has_a_header_and_as_many_cells_in_every_row(run: Callable) -> None:
    name_acme(r"a\tb\nc")
    header, *rows = [line.split("\t") for line in run("who", "--all", "-o", "tsv").out.split("\n")[:-1]]
    assert header == ITEM
    assert {len(row) for row in rows} == {len(header)}
    assert rows[0][1] == r"a\x09b\x0ac"


def test_a_pipe_gets_complete_tsv(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    run("client", "set", "acme.example", "--name", "x" * 500)
    monkeypatch.setenv("COLUMNS", "20")
    assert run("who").out == run("who", "-o", "tsv").out
    assert "x" * 500 in run("who").out


def test_names_are_unique_keys_one_per_line(run: Callable) -> None:
    names = run("who", "--all", "-o", "names").out.splitlines()
    assert names == ["acme.example", "borges.example", "delta.example", "cedro.example"]
    people = run("who", "--by", "recipient", "-o", "names").out.splitlines()
    assert people == ["ana@agency.example", "c@cedro.example", "d@delta.example", "paula@acme.example"]
    assert run("override", *names, "--owner", "hubspot").status == 0, "names can be given back"


def test_markdown_is_one_table_with_as_many_cells_in_every_row(run: Callable) -> None:
    name_acme(r"a|b\nc <b> `d` [x](y) *z*")
    lines = run("who", "--all", "-o", "markdown").out.splitlines()
    cells = [line.replace("\\|", "").count("|") for line in lines]
    assert len(lines) == 7
    assert len(set(cells)) == 1
    assert r"a\|b\\x0ac \<b\> \`d\` \[x\](y) \*z\*" in lines[2]
