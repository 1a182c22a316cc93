"""Filters and limits on the command line: the same in every format, and named in the footer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

AS_OF = "2026-11-23"
Item = dict[str, Any]
FILTERS: list[tuple[str, Callable[[Item], bool]]] = [
    ("--owner partner", lambda item: item["owner"] == "partner"),
    ("--owner hubspot", lambda item: item["owner"] == "hubspot"),
    ("--source override", lambda item: item["source"] == "override"),
    ("--source default", lambda item: item["source"] == "default"),
    ("--no-recipient", lambda item: item["to"] == []),
    ("--product marketing", lambda item: "Marketing" in (item["product"] or "")),
    ("--code no-recipient", lambda item: "no-recipient" in codes(item)),
    (
        "--code differs-from-hubspot,inactive-user",
        lambda item: bool(codes(item) & {"differs-from-hubspot", "inactive-user"}),
    ),
    ("--code renewal-past --code no-renewal-date", lambda item: (item["days_to_renewal"] or -1) < 0),
    (
        "--overdue",
        lambda item: item["renewal"] is not None and item["days_to_deadline"] < 0 <= item["days_to_renewal"],
    ),
]


@pytest.fixture(autouse=True)
def _today(agency: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RENEWCTL_AS_OF", AS_OF)


def codes(item: Item) -> set[str]:
    return {note["code"] for note in item["notes"]}


def listed(ran: Any) -> list[Item]:
    assert (ran.status, ran.err) == (0, "")
    items: list[Item] = json.loads(ran.out)["items"]
    return items


@pytest.mark.parametrize(("options", "wanted"), FILTERS, ids=[options for options, _ in FILTERS])
def test_a_filter_lists_the_matching_items(
    options: str, wanted: Callable[[Item], bool], run: Callable
) -> None:
    everything = listed(run("who", "--all", "-o", "json"))
    found = listed(run("who", "--all", *options.split(), "-o", "json"))
    assert found == [item for item in everything if wanted(item)]
    assert 0 < len(found) < len(everything)


@pytest.mark.parametrize("options", [options for options, _ in FILTERS])
def test_every_format_has_the_same_rows(options: str, run: Callable) -> None:
    words = ("who", "--all", "--sort", "client", "--reverse", *options.split())
    items = listed(run(*words, "-o", "json"))
    assert [json.loads(line) for line in run(*words, "-o", "jsonl").out.splitlines()] == items
    keys = [item["client"] for item in items]
    for form, between in {"tsv": "\t", "csv": ","}.items():
        lines = run(*words, "-o", form).out.splitlines()[1:]
        assert [line.partition(between)[0] for line in lines] == keys
    assert len(run(*words, "-o", "markdown").out.splitlines()) == len(items) + 2
    assert run(*words, "-o", "names").out.splitlines() == list(dict.fromkeys(keys))
    shown = [item for item in items if item["to"] or item["cc"]]
    by_recipient = listed(run(*words, "--by", "recipient", "-o", "json"))
    assert {each["client"] for person in by_recipient for each in person["renewals"]} == {
        item["client"] for item in shown
    }
    summary = json.loads(run(*words, "--timeline", "-o", "json").out)["summary"]
    assert sum(summary[key] for key in ("renewals", "past", "undated", "outside")) == len(items)


@pytest.mark.parametrize("form", [(), ("--timeline",), ("--by", "recipient"), ("--long",)], ids=" ".join)
def test_the_footer_names_the_filters(form: tuple[str, ...], on_terminal: Callable) -> None:
    filters = ("--owner", "partner", "--user", "rui", "--source", "override", "--product", "Sales Hub")
    codes = ("--code", "no-copy", "--code", "inactive-user", "--no-recipient")
    named = "--owner partner, --user rui, --source override, --product 'Sales Hub'"
    _, out, _ = on_terminal("who", *filters, *codes, "--sort", "owner", *form, columns=200)
    assert f" with {named}, --code no-copy,inactive-user, --no-recipient." in out


def test_a_filter_that_is_not_given_is_not_named(on_terminal: Callable) -> None:
    _, out, _ = on_terminal("who", "--all", "--sort", "owner", "--reverse", columns=200)
    assert "only" not in out.splitlines()[-3]


def test_overdue_renewals_are_those_of_all_dates(run: Callable) -> None:
    """A deadline can be long before the renewal. No window hides one that has passed."""
    client = ("client", "set-renewal", "nordlys.example", "2029-01-01", "--product", "X")
    assert run(*client, "--deadline", "2026-01-01", "-q").status == 0
    assert "nordlys.example" not in run("who", "--product", "X", "-o", "names").out
    assert run("who", "--product", "X", "--overdue", "-o", "names").out == "nordlys.example\n"
    assert run("who", "--product", "X", "--overdue", "--within", "1y", "-o", "names").out == ""


def test_the_newest_twenty_changes_are_shown_on_a_terminal_and_all_elsewhere(
    run: Callable, on_terminal: Callable
) -> None:
    for number in range(23):
        assert run("client", "set", "nordlys.example", "--name", f"Nordlys {number}", "-q").status == 0
    assert len(run("history", "-o", "names").out.splitlines()) == 23
    assert len(run("history").out.splitlines()) == 1 + 23
    _, out, _ = on_terminal("history")
    assert [f"Nordlys {number}" in out for number in (3, 22)] == [True, True]
    assert "Nordlys 1 → Nordlys 2" not in out
    assert out.endswith("renewctl history --all\n")
    assert len(on_terminal("history", "-o", "names")[1].splitlines()) == 23
    _, out, _ = on_terminal("history", "--limit", "23", "--long")
    assert "Nordlys Energi AS → Nordlys 0" in out
    assert "not shown" not in out
