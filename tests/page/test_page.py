"""The page as text: its policy, its links and its size."""

import re
import sys
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.stores import large_store, page_of, report_on
from portfolios import LAW, STORES
from renewctl.domain.report import build_digests
from renewctl.errors import MissingExtra
from renewctl.installation import install_command
from renewctl.render.page import open_templates, render_page, render_people_page, render_person_page
from renewctl.render.who_columns import COLUMNS, ReportColumn

TODAY = date(2026, 11, 23)
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
ODD = st.text(st.sampled_from("<>&\"'{}%\\/a \x1b\u202e\x00\u2028\n"), max_size=12)


class Outline(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element with this name."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("more", [[], ["--by", "recipient"]])
def test_the_policy_allows_its_own_style_and_script_and_nothing_else(more: list[str], ask: Callable) -> None:
    html = ask("who", "-o", "html", *more)

    [policy] = [each["content"] for each in Outline(html).named("meta") if "http-equiv" in each]
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    expected = {
        f"{tag}-src": f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for tag, text in re.findall(r"<(style|script)>(.*?)</\1>", html, re.DOTALL)
    }
    assert allowed == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", **expected}
    assert ("script-src" in allowed) == (not more)


def test_the_page_has_no_external_address_inline_handler_or_inline_style(ask: Callable) -> None:
    for tag, attributes in Outline(ask("who", "--all", "-o", "html")).elements:
        assert tag not in {"link", "img", "iframe", "object", "base", "embed"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "src", "srcset", "action", "formaction", "ping"}
            assert name != "href" or (value or "").startswith("#")


def test_the_same_input_gives_the_same_bytes(ask: Callable) -> None:
    assert ask("who", "-o", "html") == ask("who", "-o", "html")


def test_every_link_has_a_target_and_every_anchor_is_unique(ask: Callable) -> None:
    outline = Outline(ask("who", "--all", "-o", "html"))
    anchors = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]

    assert len({*anchors}) == len(anchors)
    assert {attributes["href"] for attributes in outline.named("a")} <= {f"#{anchor}" for anchor in anchors}
    assert any(anchor.startswith("to-ana-") for anchor in anchors)


def test_an_anchor_depends_on_the_address_alone() -> None:
    def anchors(*emails: str) -> dict[str, str]:
        contacts = [{"email": email, "roles": ["billing"]} for email in emails]
        clients = {"c.example": {"contacts": contacts}}
        outline = Outline(page_of({"defaults": {"owner": "hubspot"}, "users": {}, "clients": clients}))
        return dict(zip(emails, sorted(each["id"] for each in outline.named("h3")), strict=True))

    emails = ("a.b@c.example", "a-b@c.example", "a_b@c.example", "\u65e5@c.example", "\u4e2d@c.example")
    together = set(anchors(*emails).values())
    assert len(together) == len(emails)
    assert {anchors(email)[email] for email in emails} == together


def test_a_thousand_renewals_take_less_than_two_megabytes() -> None:
    html = page_of(large_store(1000))
    assert html.count("<tbody id=") == 1000
    assert len(html.encode()) < 2_000_000


@LAW
@given(STORES, ODD, ODD)
def test_text_of_the_file_is_never_markup_or_invisible(data: dict[str, Any], name: str, product: str) -> None:
    allowed = {tag for tag, _ in Outline(page_of(data)).elements} | {"b", "small", "i"}
    for client in data["clients"].values():
        client["name"] = client["memo"] = f"x{name}"
        for renewal in client.get("renewals", ()):
            renewal["product"] = f"{product}{renewal.get('product', '')}"
        for contact in client["contacts"]:
            contact["name"] = name
    report = report_on(data)
    digests = build_digests(report.rows)
    pages = [
        render_page(report, report.rows, lambda _: None, f"renewctl for {name}"),
        render_people_page(report, digests, name),
        *(render_person_page(report, digest, name) for digest in digests[:1]),
    ]
    for html in pages:
        assert not INVISIBLE.search(html)
        assert {tag for tag, _ in Outline(html).elements} <= allowed
        assert "{{" not in html.partition("<body>")[2] or "{{" in name + product


def test_a_new_column_is_on_the_page(monkeypatch: pytest.MonkeyPatch, ask: Callable) -> None:
    column = ReportColumn("hub_id", "Hub ID", lambda row, _: row.client.hub_id, page=True)
    monkeypatch.setitem(COLUMNS, column.key, column)

    html = ask("who", "azulejos-braganca.example", "-o", "html")
    assert '<th scope="col">Hub ID</th>' in html
    assert html.count("<p>24418830") == 2


def test_a_required_recipient_that_is_missing_needs_attention(ask: Callable) -> None:
    tile = 'data-status="required"'
    assert tile not in ask("who", "mar-azul-hoteis.example", "-o", "html").partition("<table")[0]
    page = ask("who", "seguros-atlas.example", "-o", "html")
    assert "compras@seguros-atlas.example must be notified, but is not" in page.replace("<wbr>", "")
    assert "Nothing urgent" not in page
    assert "Required recipient missing" in page.partition("<table")[0]


def test_the_page_has_the_chosen_columns(ask: Callable) -> None:
    html = ask("who", "-o", "html", "--columns", "client,days_to_renewal,recipients")
    assert re.findall(r'<th scope="col">([^<]+)</th>', html.partition('class="rows"')[2]) == [
        *("Client", "Days to renewal", "Recipients")
    ]
    assert ">cc ana@agency.example<" in html


def test_without_jinja2_the_error_has_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch, agency: Path, run: Callable
) -> None:
    open_templates.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    ran = run("who", "-o", "html")

    assert (ran.status, ran.out) == (MissingExtra("").exit_status, "")
    assert "requires the package jinja2" in ran.err
    assert install_command("jinja2") in ran.err


def test_other_answers_have_no_page(run: Callable, agency: Path) -> None:
    ran = run("who", "--timeline", "-o", "html")
    assert ran.status == 2
    assert "html" in ran.err
