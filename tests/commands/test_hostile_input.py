"""Typed input: invalid, ambiguous and deceptive domains, addresses and dates.

Imported tables are tested in ``test_data`` and ``tests/exchange``. That typed text is shown and never
interpreted is tested in ``test_hostile_text``.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli

NO_CLIENTS = [
    *("../../etc/passwd", "-rf", "--", "$(id)", "a;b", "", " ", ".", "-a", "a b", "a\\b", "a\nb", "a\0b"),
    *(
        "acme",
        "CON",
        "a/b",
        "http://acme/",
        "007",
        "1" * 16,
        "a@b.example",
        "a" * 254,
        "*",
        "a|b",
        "`id`",
        "http://",
        "//x",
        "\u202e",
    ),
]
CLIENTS = {
    "CON.example": "con.example",
    "4412345": "4412345",
    "nul.example": "nul.example",
    "a.example/b": "a.example",
    "HTTPS://www.Acme.COM:8443/x?y#z": "acme.com",
    " acme.com. ": "acme.com",
    "\u0430cme.example": "xn--cme-5cd.example",
    "straße.example": "xn--strae-oqa.example",
    "日本。example": "xn--wgv71a.example",
}
NO_ADDRESSES = [
    *("a@b.example, c@d.example", "a@b.example;c@d.example", "a@b.example c@d.example", "<a@b.example>"),
    *("a@b.example\r\nBcc: c@d.example", "a\0@b.example", "a@b\n.example", "Ana <a@b.example>"),
    *("=cmd|' /C calc'!A0@b.io", "mailto:a@b.example", "a@b", "a", "a@", "@b.example", "a@b@c.example", ""),
    *("a" * 241 + "@agency.example", '"a b"@c.example', "a@[127.0.0.1]", "a@b..example", "a\u202e@b.example"),
]
NO_DAYS = [
    *("x", "", " ", "2026-13-01", "2026-02-30", "0000-01-01", "03/04/2027", "3.4.2027", "20261123"),
    *("2026-11-23T10:00", "2026-11-23 10:00", "2026-W01-1", "2026-1-1", "1e3d", "99999999999d", "1.5d"),
    *("٢٠٢٦-١١-٢٣", "٩٠d", "２０２６-11-23", "9" * 5000 + "d", "2026-11-23\0", "10000-01-01", "nan", "inf"),
]


def refused(ran: tuple[int, str, str], status: int = 2) -> str:
    """Check that nothing was done and there is a hint; return the error."""
    assert (ran[0], ran[1]) == (status, ""), ran
    assert ran[2].startswith("error: "), ran
    assert "\nhelp: " in ran[2], ran
    assert all(char.isprintable() or char == "\n" for char in ran[2]), ran
    assert len(ran[2]) < 8000
    return ran[2]


@pytest.mark.parametrize("word", NO_CLIENTS, ids=lambda word: ascii(word)[:30])
def test_an_invalid_domain_adds_no_client(word: str, small: Path, run: Callable) -> None:
    before = small.read_bytes()
    refused(run("client", "add", "--", word))
    refused(run("client", "rename", "--", "acme.example", word))
    refused(run("explain", "--", word), 4)
    refused(run("client", "remove", "--yes", "--", word), 4)
    assert small.read_bytes() == before


@pytest.mark.parametrize("word", CLIENTS, ids=ascii)
def test_a_pasted_domain_becomes_one_key(word: str, small: Path, run: Callable) -> None:
    """It is the same client however it is typed, and never a path or a device."""
    assert run("client", "add", "--yes", "--", word).status == 0
    data = tomli.loads(small.read_text(encoding="utf-8"))
    assert set(data["clients"]) == {"acme.example", "borges.example", CLIENTS[word]}
    assert json.loads(run("client", "show", "-o", "json", "--", word).out)["client"] == CLIENTS[word]
    refused(run("client", "add", "--", word))
    assert set(Path().iterdir()) - {Path(small)} <= {
        Path(".renewctl.toml.lock"),
        Path("renewctl.toml.history.jsonl"),
    }


@pytest.mark.parametrize("word", NO_ADDRESSES, ids=lambda word: ascii(word)[:30])
def test_an_invalid_address_is_refused(word: str, small: Path, run: Callable) -> None:
    before = small.read_bytes()
    refused(run("user", "add", "--", word))
    refused(run("client", "assign", "--", "acme.example", "billing", word))
    refused(run("client", "add", "new.example", f"--primary={word}"))
    assert run("set-default", f"--notify={word}").status in {2, 4}
    assert small.read_bytes() == before


def test_a_person_is_the_same_in_every_spelling(small: Path, run: Callable) -> None:
    before = small.read_bytes()
    refused(run("user", "add", " ANA@Agency.example "))
    assert small.read_bytes() == before
    assert run("client", "assign", "acme.example", "billing", "PAULA@acme.example").status == 0
    contacts = tomli.loads(small.read_text())["clients"]["acme.example"]["contacts"]
    assert [(one["email"], one["roles"]) for one in contacts] == [
        ("paula@acme.example", ["primary", "billing", "decision-maker"]),
        ("fin@acme.example", ["billing"]),
    ]


@pytest.mark.parametrize("word", NO_DAYS, ids=lambda word: ascii(word)[:30])
def test_an_invalid_date_is_refused_with_the_valid_forms(word: str, small: Path, run: Callable) -> None:
    before = small.read_bytes()
    for argv in (
        ("who", f"--as-of={word}"),
        ("who", f"--within={word}"),
        ("who", f"--from={word}", "--to=2027-01-01"),
        ("client", "set-renewal", "--", "acme.example", word),
        ("client", "add", "new.example", f"--renewal={word}"),
    ):
        message = refused(run(*argv))
        assert "is not a valid date" in message or "is not a valid duration" in message, argv
        assert "help: use " in message, argv
    assert small.read_bytes() == before


def test_the_date_in_the_environment_is_checked(
    small: Path, run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for word in ("soon", "2026-02-30", "99999999999d"):
        monkeypatch.setenv("RENEWCTL_AS_OF", word)
        assert "RENEWCTL_AS_OF" in refused(run("who"))


@pytest.mark.parametrize("word", ["0001-01-01", "9999-12-31", "-5d", "90d", "2027-Q1", "today"])
def test_any_date_can_be_today(word: str, agency: Path, run: Callable) -> None:
    """Deadlines before the first date and horizons after the last one do not overflow."""
    before = agency.read_bytes()
    for argv in (("who",), ("who", "--all"), ("todo",), ("check",), ("calendar",)):
        ran = run(*argv, f"--as-of={word}")
        assert ran.status in {0, 1}, ran.err
        assert "bug" not in ran.err
    assert agency.read_bytes() == before
