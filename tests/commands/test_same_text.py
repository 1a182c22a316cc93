"""Test every command with composed (NFC) and decomposed (NFD) accents."""

import re
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest

STORE = """version = 1
[defaults]
owner = "hubspot"
notify = "joão@agência.example"

[policy]
domains = ["agência.example"]

[users."joão@agência.example"]
name = "João Antunes"

[users."ana@agência.example"]
name = "Ána Souza"

[clients."acai.example"]
name = "Açaí do Norte, Ltda"
contacts = [
  { email = "josé@acai.example", name = "José Dias", roles = ["primary"] },
  { email = "fin@acai.example", roles = ["billing", "decision-maker"] },
]
renewals = [{ date = 2027-04-12, product = "Gestão Básica" }, { date = 2027-05-12, product = "Étoile" }]

[clients."nordlys.example"]
name = "Nordlys"
override = { owner = "partner", notify = "ana@agência.example", note = "uma só voz" }
"""
FILES = {
    "rows.csv": "client,name,renewal,product,primary,owner,notify,note\n"
    '"Açaí do Norte, Ltda","açaí do  norte,\u00a0Ltda",2027-04-12,GESTÃO\u00a0básica,'
    "josé dias <JOSÉ@acai.example>,,,\n"
    'Nordlys,NORDLYS,,,,partner,ána souza,"uma só voz"\n',
    "new.csv": "client,name,renewal,product,primary,owner,notify,note\n"
    "é.example,Éé\u00a0 Lda,2027-04-12,Gestão  X,Zé Pó <zé@x.example>,partner,ana@agência.example,só\n"
    '"Açaí do Norte, Ltda",,2028-01-01,Gestão Básica,,,,\n',
    "settings.csv": "client,owner,notify,note\n"
    '"açaí do norte, ltda",partner,joão,só um\nnordlys,partner,ANA@agência.example,uma só voz\n',
    "settings.jsonl": '{"client": "Açaí do Norte, Ltda", "owner": "partner", '
    '"notify": "joão@agência.example", "note": "só um"}\n',
}
CLIENT = "açaí do Norte,\u00a0 Ltda"
READING = [
    ["client", "show", CLIENT],
    ["explain", CLIENT],
    ["todo", CLIENT],
    ["who", CLIENT, "--expect", "josé@acai.example,fin@acai.example,joão@agência.example"],
    ["who", "--recipient", "josé@acai.example"],
    ["who", "--product", "étoile", "--all"],
    ["contacts", CLIENT],
    ["client", "list", "--user", "joão", "--search", "Açaí"],
    ["check", "--ignore", "contacts-never-checked,never-confirmed,no-renewal-date,copy-uncertain"],
]
CHANGING = [
    ["user", "set", "João@agência.example", "--inactive"],
    ["user", "set", "joão", "--name", "João Antunes"],
    ["user", "set", "ana@agência.example", "--name", "Ána  souza"],
    ["user", "remove", "ana@agência.example"],
    ["user", "replace", "ana@agência.example", "joão@agência.example"],
    ["user", "add", "JOÃO@agência.example", "--name", "Outro"],
    ["user", "add", "zé@agência.example", "--name", "Zé\u00a0  Pó"],
    ["set-default", "--notify", "JOÃO"],
    ["override", CLIENT, "--owner", "partner", "--notify", "joão@agência.example", "--note", "só um"],
    ["override", "nordlys.example", "--owner", "partner", "--notify", "ana", "--note", "uma só voz"],
    ["override", "--from-file", "settings.csv"],
    ["override", "--from-file", "settings.jsonl"],
    ["client", "add", "novo.example", "--name", "Nóvo\u00a0Lda", "--primary", "zé@novo.example"],
    ["client", "set", CLIENT, "--name", "Açaí do Norte, Ltda"],
    ["client", "set", CLIENT, "--name", "  Açaí\u00a0Novo "],
    ["client", "set", CLIENT, "--deactivate", "JOSÉ@acai.example"],
    ["client", "assign", CLIENT, "decision-maker", "josé@acai.example", "--name", "José\u00a0Dias"],
    ["client", "assign", CLIENT, "billing", "zé@acai.example", "--name", "Zé"],
    ["client", "unassign", CLIENT, "primary", "josé@acai.example"],
    ["client", "renew", CLIENT, "--product", "gestão\u00a0básica"],
    ["client", "set-renewal", CLIENT, "2027-09-01", "--product", "GESTÃO  Básica"],
    ["client", "set-renewal", CLIENT, "2027-09-01", "--product", "Gestão\u00a0  Nova"],
    ["client", "remove-renewal", CLIENT, "--product", "étoile"],
    ["import", "rows.csv", "--with-overrides"],
    ["import", "new.csv", "--with-overrides"],
]


@pytest.mark.parametrize("words", [*READING, *([*words, "-y"] for words in CHANGING)], ids=" ".join)
def test_commands_do_not_depend_on_the_encoding_of_accents(words: list[str], run: Callable) -> None:
    answers = []
    for store_form in ("NFC", "NFD"):
        for form in ("NFC", "NFD"):
            before = normalize(store_form, STORE)
            Path("renewctl.toml").write_text(before)
            for name, text in FILES.items():
                Path(name).write_text(normalize(form, text))

            status, out, err = run(*(normalize(form, word) for word in words), "--as-of", "2026-11-23")

            after = Path("renewctl.toml").read_text()
            texts = (normalize("NFC", text) for text in (re.sub(" +", " ", out), err, after))  # not widths
            answers.append((status, *texts))
            if store_form == "NFC":  # new text is composed
                assert after == normalize("NFC", after)
            for line in {*after.splitlines()} - {*before.splitlines()}:
                assert "\u00a0" not in line
                assert "  " not in line.lstrip()
    assert answers[1:] == answers[:1] * 3
    refused = words[:2] == ["user", "remove"] or words[:3] == ["user", "add", "JOÃO@agência.example"]
    assert answers[0][0] == (2 if refused else 0)


@pytest.mark.parametrize(
    "words",
    [
        ["import", "rows.csv", "--with-overrides"],
        ["user", "set", "joão", "--name", "João Antunes"],
        ["client", "set", CLIENT, "--name", "Açaí do Norte, Ltda"],
        ["override", "nordlys.example", "--owner", "partner", "--notify", "ana", "--note", "uma só voz"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_file_keeps_its_spelling_until_it_changes(words: list[str], form: str, run: Callable) -> None:
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    Path("renewctl.toml").write_text(normalize(form, STORE))
    Path("rows.csv").write_text(normalize(other, FILES["rows.csv"]))

    ran = run(*(normalize(other, word) for word in words), "-y")

    assert ran.status == 0
    assert re.search("no changes|nothing to change", ran.out, re.IGNORECASE)
    assert Path("renewctl.toml").read_text() == normalize(form, STORE)
    assert not Path("renewctl.toml.history.jsonl").exists()


def test_diff_ignores_the_encoding_of_accents(run: Callable) -> None:
    for form in ("NFC", "NFD"):
        Path(f"{form}.toml").write_text(normalize(form, STORE))

    assert run("diff", "NFC.toml", "NFD.toml", "--exit-code").status == 0
