"""``who --by recipient --split``: a page or a draft for each recipient."""

import json
import os
import re
import signal
import stat
from collections.abc import Callable
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commands.conftest import run_process
from conftest import RESET, Ran, digests
from renewctl.cli.split_files import file_name
from renewctl.domain.identifiers import ADDRESS, address_key, compose
from renewctl.text import is_invisible

DRAFTS = ("who", "--by", "recipient", "-o", "eml", "--split")
PAGES = ("who", "--by", "recipient", "-o", "html", "--split")
HEADERS = ["X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"]
MEANINGFUL = st.sampled_from([*"aZé,<>@\"\\;:()[]\r\n\t =?_.日'", "\x00", "\x85", "\u2028", "\u202e"])
FRAGMENTS = st.sampled_from(
    ["=?utf-8?q?a=2Cb?=", "evil@evil.example", "<evil@evil.example>", ", ", "\r\nBcc: evil@evil.example", "é"]
)
names = st.text(MEANINGFUL, max_size=120) | st.lists(FRAGMENTS, max_size=10).map("".join) | st.text()
addresses = (
    st.just("paula@acme.example")
    | st.from_regex(ADDRESS, fullmatch=True).filter(lambda text: len(text) <= 254)
    | st.builds(
        "{}@{}".format,
        st.text(st.sampled_from([*'aAé,<>"\\;:().-+/|*?', "\u202e"]), min_size=1, max_size=20),
        st.sampled_from(["acme.example", "açaí.example", "acme.example,evil.example", "evil.example>"]),
    )
)


def read_draft(path: Path) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(path.read_bytes())


def parts(message: EmailMessage) -> tuple[str, str]:
    """Return the text and the HTML of a message, as a mail program shows them."""
    text, page = message.iter_parts()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    return text.get_content().replace("\r\n", "\n"), page.get_content().replace("\r\n", "\n")


def listed(run: Callable, *options: str) -> list[dict]:
    return json.loads(run("who", "--by", "recipient", "-o", "json", *options).out)["items"]


def write_contact(name: str, address: str, client: str = "Acme") -> None:
    contact = {"email": address, "name": name, "roles": ["primary"]}
    data = {
        "version": 1,
        "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
        "users": {"ana@agency.example": {"name": "Ana Souza"}},
        "clients": {
            "acme.example": {
                "name": client,
                "contacts": [contact],
                "renewals": [{"date": "2027-01-31", "product": client}],
            }
        },
    }
    Path("renewctl.json").write_text(json.dumps(data), encoding="utf-8")


# ------------------------------------------------------------------ drafts


@pytest.mark.usefixtures("agency")
def test_each_recipient_gets_one_draft_with_their_renewals(run: Callable) -> None:
    ran = run(*DRAFTS, "drafts", "--as-of", "2026-11-23")
    items = listed(run, "--as-of", "2026-11-23")
    assert ran.status == 0
    assert ran.out.splitlines() == [f"drafts/{item['email']}.eml" for item in items]
    for item in items:
        path = Path("drafts", f"{item['email']}.eml")
        message = read_draft(path)
        assert message.keys() == HEADERS
        assert message["X-Unsent"] == "1"
        assert [address.addr_spec for address in message["To"].addresses] == [item["email"]]
        assert message["To"].addresses[0].display_name == (item["name"] or "")
        text, page = parts(message)
        for renewal in item["renewals"]:
            assert text.count(f"({renewal['client']})") == sum(
                each["client"] == renewal["client"] for each in item["renewals"]
            )
            assert renewal["client"] in page
            for value in ("renewal", "product"):
                assert (renewal[value] or "") in text
                assert (renewal[value] or "") in page
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("drafts").stat().st_mode) == 0o700


@pytest.mark.usefixtures("agency")
def test_the_text_of_a_draft_is_the_message_in_a_pipe(run: Callable) -> None:
    options = ("--recipient", "ana", "--as-of", "2026-11-23")
    run(*DRAFTS, "drafts", *options)
    text, _ = parts(read_draft(Path("drafts/ana@agency.example.eml")))
    assert text == run("who", "--by", "recipient", "-o", "table", *options).out


@pytest.mark.usefixtures("agency")
def test_draft_and_page_have_the_same_groups_and_announce_no_past_renewal(run: Callable) -> None:
    options = ("--all", "--as-of", "2026-11-23")
    assert run(*DRAFTS, "out", *options).status == run(*PAGES, "out", *options).status == 0
    for item in listed(run, *options):
        text, mail = parts(read_draft(Path(f"out/{item['email']}.eml")))
        page = Path(f"out/{item['email']}.html").read_text("utf-8")
        sentences = re.findall(r"(?m)^(.+):$", text)
        assert re.findall("<b>(.+):</b>", mail) == sentences
        assert re.findall("(?m)^<p>(.+):$", page) == sentences
        counts = dict.fromkeys(("notified", "copied", "passed"), 0)
        for sentence in sentences:
            [kind] = [kind for kind in counts if kind in sentence]
            counts[kind] += sum(map(int, re.findall(r"\d+", sentence)))
        past = [each for each in item["renewals"] if each["renewal"] and each["renewal"] < "2026-11-23"]
        others = [each["as"] for each in item["renewals"] if each not in past]
        assert counts == {"notified": others.count("to"), "copied": others.count("cc"), "passed": len(past)}
        undated = sum(each["renewal"] is None for each in item["renewals"])
        assert text.count("without a renewal date") == bool(undated)


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("command", [DRAFTS, PAGES], ids=["drafts", "pages"])
def test_the_same_report_gives_the_same_files(command: tuple[str, ...], run: Callable) -> None:
    for folder in ("one", "two"):
        assert run(*command, folder, "--as-of", "2026-11-23").status == 0
    assert digests(Path("one")) == digests(Path("two"))
    assert digests(Path("one"))


# Each example runs the program.
@settings(max_examples=settings().max_examples // 2, suppress_health_check=RESET)
@given(name=names, address=addresses, client=names)
@example(name="=?utf-8?q?Ana=2C?= evil@evil.example", address="paula@acme.example", client="")
@example(name="Souza, João " * 9, address="paula@acme.example", client="<script>")
@example(name="Ana\r\nBcc: evil@evil.example", address="paula@acme.example", client="\r\n.\r\n")
@example(name="João", address="joão@açaí.example", client="")
@example(name="", address="acme.example,evil@evil.example", client="")
@example(name="", address="a,b@acme.example", client="")
def test_no_name_or_address_adds_a_header_or_a_recipient(
    name: str, address: str, client: str, run: Callable
) -> None:
    """Law: a draft is addressed only to the address in the file; otherwise nothing is written."""
    write_contact(name, address, client)
    ran = run(*DRAFTS, "drafts", "--force", "--as-of", "2026-11-23")
    if ran.status == 3:
        assert "nothing was written" in ran.err or "-->" in ran.err, ran.err
        assert ran.out == ""
        return
    assert ran.status == 0, ran.err
    written = [Path("drafts", file_name(each, ".eml")) for each in (address, "ana@agency.example")]
    assert sorted(ran.out.splitlines()) == sorted(map(str, written))
    for path, expected in zip(written, (address, "ana@agency.example"), strict=True):
        message, raw = read_draft(path), path.read_bytes()
        assert message.keys() == HEADERS
        # An address that is not ASCII is in UTF-8, which the parser returns as bytes.
        to = str(message["To"]).encode(errors="surrogateescape").decode()
        (found,) = [each.addr_spec.encode(errors="surrogateescape") for each in message["To"].addresses]
        assert found.decode() == compose(expected.strip())
        assert compose(expected.strip()).encode() in raw.partition(b"Subject:")[0]
        assert not any(map(is_invisible, to))
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        text, page = parts(message)
        assert "\r" not in text + page
        assert "<script" not in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Souza, João (Lda.)", "Souza João Lda"),
        ("=?utf-8?q?Ana=2C?= <x@evil.example>", "utf-8 q Ana 2C x evil example"),
        ("Maria João Álvares de Orleans e Bragança da Costa e Silva Neto e Filhos", None),
        ("日本語" * 40, None),
    ],
)
def test_a_name_in_a_header_has_no_punctuation(name: str, shown: str | None, run: Callable) -> None:
    write_contact(name, "joao@acme.example")
    assert run(*DRAFTS, "drafts", "--all").status == 0
    message = read_draft(Path("drafts/joao@acme.example.eml"))
    assert message["To"].addresses[0].display_name == (shown or name[:60].strip())
    ((encoded, address),) = getaddresses(
        [message_from_bytes(Path("drafts/joao@acme.example.eml").read_bytes())["To"]]
    )
    assert str(make_header(decode_header(encoded))) == (shown or name[:60].strip())
    assert address == "joao@acme.example"
    assert parts(message)[0].startswith(f"{name} (joao@acme.example)\n")


def test_all_invalid_addresses_are_listed_and_nothing_is_written(run: Callable) -> None:
    write_contact("", "a,b@acme.example")
    ran = run(*DRAFTS, "drafts", "--all")
    assert (ran.status, ran.out) == (3, "")
    assert "'a,b@acme.example' is not a valid email address" in ran.err
    assert not Path("drafts").exists()
    assert run(*PAGES, "pages", "--all").status == 0, "a page needs no valid address"


@pytest.mark.usefixtures("small")
def test_renewals_without_a_recipient_have_no_draft_but_a_warning(run: Callable) -> None:
    store = Path("renewctl.toml")
    store.write_text(
        store.read_text("utf-8").replace('"rui@agency.example"]', '"rui@agency.example"]\nactive = false')
    )
    ran = run(*DRAFTS, "drafts", "--all", "--require-recipient")
    assert ran.status == 1
    assert "borges.example" in ran.err
    assert sorted(os.listdir("drafts")) == sorted(f"{item['email']}.eml" for item in listed(run, "--all"))
    assert all("borges" not in parts(read_draft(path))[0] for path in Path("drafts").iterdir())


# ------------------------------------------------------------------ files


@given(st.lists(addresses | st.builds("{}@x.example".format, st.text(min_size=1)), max_size=4))
@example(["con.x@acme.example", "NUL@acme.example", ".x@acme.example", "-x@acme.example"])
@example(["a/b@acme.example", "a\\b@acme.example", "a|b@acme.example", "../a@acme.example"])
@example(["A" * 90 + "@acme.example", "a" * 91 + "@acme.example", "é@é", "è@è"])
def test_file_names_are_safe_on_every_system_and_unique(found: list[str]) -> None:
    """Law: a name is valid on every system, and unique even where case is ignored."""
    by_key = {address_key(address): file_name(address, ".html") for address in found}
    assert len({name.lower() for name in by_key.values()}) == len(by_key)
    for name in by_key.values():
        assert name.isascii()
        assert name.isprintable()
        assert len(name) <= 100
        assert not set(name) & set("/\\:*?\"<>| '")
        assert name[0] not in ".-@"
        assert not PureWindowsPath(name).is_reserved()


def test_an_ordinary_address_is_the_name_of_its_file() -> None:
    assert file_name("Ana.Souza+x@Agency.example", ".eml") == "ana.souza+x@agency.example.eml"
    assert file_name("joão@agency.example", ".eml").startswith("joao@agency-example-")


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("command", [DRAFTS, PAGES], ids=["drafts", "pages"])
def test_existing_files_are_listed_and_replaced_only_with_force(
    command: tuple[str, ...], run: Callable
) -> None:
    suffix = command[4]
    first, second = (f"out/{name}@agency.example.{suffix}" for name in ("ana", "tiago"))
    Path("out").mkdir()
    Path(first).write_text("mine", encoding="utf-8")
    Path(second).symlink_to("elsewhere")
    before = sorted(os.listdir("out"))
    ran = run(*command, "out")
    assert (ran.status, ran.out, sorted(os.listdir("out"))) == (2, "", before)
    assert first in ran.err
    assert second in ran.err
    assert "--force" in ran.err
    assert Path(first).read_text("utf-8") == "mine"
    Path(second).unlink()
    assert run(*command, "out", "--force").status == 0
    assert "mine" not in Path(first).read_text("utf-8")


@pytest.mark.usefixtures("agency")
def test_all_files_that_cannot_be_replaced_are_listed_before_any_is_written(run: Callable) -> None:
    assert run(*DRAFTS, "out").status == 0
    names = ("folder", "read-only", "linked", "dangling")
    paths = dict(zip(names, sorted(Path("out").iterdir())[3:], strict=False))
    for name in ("folder", "dangling"):
        paths[name].unlink()
    paths["folder"].mkdir()
    paths["dangling"].symlink_to("nowhere")
    paths["read-only"].chmod(0o400)
    os.link(paths["linked"], "second")
    Path("out/ana@agency.example.eml").write_text("mine", encoding="utf-8")
    before = digests(Path())
    ran = run(*DRAFTS, "out", "--force", "--as-of", "2026-12-24")
    assert (ran.status, ran.out) == (74, "")
    for name in names:
        assert paths[name].name in ran.err
    assert digests(Path()) == before


@pytest.mark.usefixtures("agency")
def test_one_file_that_cannot_be_replaced_keeps_its_status_and_its_hint(run: Callable) -> None:
    Path("out/tiago@agency.example.eml").mkdir(parents=True)
    ran = run(*DRAFTS, "out", "--force")
    assert (ran.status, ran.out, os.listdir("out")) == (3, "", ["tiago@agency.example.eml"])
    assert "out/tiago@agency.example.eml" in ran.err
    assert "help: " in ran.err


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("folder", ["", " "])
@pytest.mark.parametrize("command", [DRAFTS, PAGES], ids=["drafts", "pages"])
def test_a_folder_without_a_name_is_refused(folder: str, command: tuple[str, ...], run: Callable) -> None:
    ran = run(*command, folder)
    assert (ran.status, ran.out) == (2, "")
    assert "--split requires the name of a folder" in ran.err


@pytest.mark.usefixtures("agency")
def test_the_folder_is_created_but_not_its_parents(run: Callable) -> None:
    ran = run(*DRAFTS, "no/such")
    assert (ran.status, ran.out, Path("no").exists()) == (74, "", False)
    assert "cannot create 'no/such'" in ran.err
    Path("file").touch()
    ran = run(*DRAFTS, "file")
    assert (ran.status, ran.err) == (2, "error: 'file' is not a folder\nhelp: pass a folder to --split\n")


@pytest.mark.usefixtures("agency")
def test_the_answer_is_a_table_on_a_terminal_and_nothing_with_quiet(
    run: Callable, on_terminal: Callable
) -> None:
    status, out, _ = on_terminal(*DRAFTS, "one")
    assert status == 0
    assert "one/ana@agency.example.eml" in out
    assert out.splitlines()[0].split() == ["FILE", "NOTIFIED", "COPIED", "DATE", "PASSED"]
    assert "Wrote 31 drafts to one. Nothing was sent." in out
    assert run(*DRAFTS, "two", "-q").out == ""
    assert len(os.listdir("one")) == len(os.listdir("two"))


@pytest.mark.usefixtures("small")
def test_a_report_without_recipients_writes_nothing(run: Callable) -> None:
    ran = run(*DRAFTS, "drafts", "--within", "1d")
    assert (ran.status, ran.out, Path("drafts").exists()) == (0, "", False)


# ------------------------------------------------------------------ stopped


STRUCK = """
import os, signal, sys
number, kind, act = int(sys.argv.pop(1)), *sys.argv.pop(1).split("-")
if act == "ignored":
    signal.signal(getattr(signal, kind), signal.SIG_IGN)
created = []
def strike(event, _):
    if event != "os.link":
        return
    created.append(event)
    if len(created) == number:
        if kind == "full":
            raise OSError(28, os.strerror(28))
        os.kill(os.getpid(), getattr(signal, kind))
sys.addaudithook(strike)
from renewctl.__main__ import run
sys.exit(run())
"""
"""Strikes while the given file is created: with a signal, or a full disk."""
RECIPIENTS = 31


def strike(number: int, kind: str, *argv: str) -> Ran:
    ran = run_process(str(number), kind, *argv, code=STRUCK)
    return Ran(ran.status, ran.out.decode(), ran.err.decode())


def drafts(folder: str = "out") -> list[str]:
    return sorted(f"{folder}/{name}" for name in os.listdir(folder))


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(
    ("kind", "status"), [("SIGINT", 130), ("SIGTERM", -signal.SIGTERM), ("SIGHUP", -signal.SIGHUP)]
)
@pytest.mark.parametrize(("number", "so_far"), [(1, "1 of 31 files was"), (3, "3 of 31 files were")])
def test_a_signal_stops_between_two_files_and_the_number_of_files_is_named(
    number: int, so_far: str, kind: str, status: int
) -> None:
    ran = strike(number, f"{kind}-", *DRAFTS, "out")
    assert (ran.status, ran.out) == (status, "")
    assert so_far in ran.err
    assert ran.err.endswith("renewctl who --by recipient -o eml --split out --force\n")
    assert len(drafts()) == number
    assert all(read_draft(Path(path)).keys() == HEADERS for path in drafts())


@pytest.mark.usefixtures("agency")
def test_a_signal_during_the_last_file_comes_too_late() -> None:
    ran = strike(RECIPIENTS, "SIGTERM-", *DRAFTS, "out")
    assert (ran.status, ran.out.splitlines()) == (0, drafts())
    assert len(drafts()) == RECIPIENTS


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize("kind", ["SIGINT", "SIGHUP"])
def test_a_signal_that_the_process_ignores_stops_nothing(kind: str) -> None:
    """As after ``nohup``, and in the background of a script."""
    ran = strike(2, f"{kind}-ignored", *DRAFTS, "out")
    assert (ran.status, ran.err, len(drafts())) == (0, ran.err, RECIPIENTS)
    assert "interrupted" not in ran.err


@pytest.mark.usefixtures("agency")
def test_the_command_to_continue_has_force_only_once() -> None:
    ran = strike(2, "SIGINT-", *DRAFTS, "out", "--force")
    assert ran.status == 130
    assert ran.err.endswith("renewctl who --by recipient -o eml --split out --force\n")


@pytest.mark.usefixtures("agency")
@pytest.mark.parametrize(("number", "so_far"), [(2, "1 of 31 files was"), (3, "2 of 31 files were")])
def test_a_full_disk_leaves_the_list_of_the_files_before(number: int, so_far: str) -> None:
    ran = strike(number, "full-", *DRAFTS, "out")
    assert ran.status == 74
    assert ran.out.splitlines() == drafts()
    assert len(drafts()) == number - 1
    assert so_far in ran.err
    assert "nothing was" not in ran.err


@pytest.mark.usefixtures("agency")
def test_a_full_disk_before_the_first_file_has_nothing_to_list() -> None:
    ran = strike(1, "full-", *DRAFTS, "out")
    assert (ran.status, ran.out, drafts()) == (74, "", [])
    assert "files w" not in ran.err
