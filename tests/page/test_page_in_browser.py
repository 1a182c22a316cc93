"""The page in a real browser: content, sorting and filters, keyboard, print, dark and phone."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from page.conftest import AS_OF
from page.stores import large_store, page_of, report_on
from renewctl.domain.report import build_digests
from renewctl.package_data import read_texts
from renewctl.render.page import render_people_page, render_person_page

WIDTHS = [360, 390, 700, 1101, 1239, 1240, 1280, 1920]
OWNERS = {"hubspot": "HubSpot", "partner": "Partner"}
READ_ROWS = """() => [...document.querySelectorAll("table.rows > tbody[id]")].map((body) => ({
  hidden: !body.checkVisibility(),
  cells: [...body.rows[0].cells].map((cell) => ({
    days: [...cell.querySelectorAll("time")].map((time) => time.dateTime),
    lines: [...cell.querySelectorAll("p")].map((line) => line.textContent.trim()),
  })),
}))"""
READ_BODIES = """() => [...document.querySelectorAll("table.rows > tbody")]
  .filter((body) => body.checkVisibility())
  .map((body) => [Boolean(body.id), body.innerText.trim()])"""
READ_SORTS = "(headings) => headings.map((heading) => heading.getAttribute('aria-sort'))"
READ_PEOPLE = """() => [...document.querySelectorAll(".people section")].map((section) => ({
  headings: [...section.querySelectorAll("[id^=to-]")].map((heading) => heading.innerText),
  sentences: [...section.querySelectorAll(":scope > p")].map((sentence) => sentence.innerText),
  lists: [...section.querySelectorAll("ul")].map((list) => [...list.children].map((item) => item.innerText)),
}))"""
ONE_OF_EACH = (
    *("escola-do-rio.example", "joias-aurora.example"),
    *("ginasio-norte.example", "acai-do-norte.example"),
)
"""Clients whose rows have every style of note."""
FIND_OVERFLOW = """() => [...document.querySelectorAll("section, table, td, li, svg text")].filter((each) => {
  const card = each.closest("section, .rows");
  return card && each.checkVisibility() && !each.closest(".sr, .scroll")
    && each.getBoundingClientRect().right > card.getBoundingClientRect().right + 1;
}).map((each) => each.textContent)"""
"""The elements that are wider than their card."""
FIND_LINES = """(selector) => [...document.querySelectorAll(selector)].flatMap((each) => {
  const walker = document.createTreeWalker(each, NodeFilter.SHOW_TEXT);
  const lines = [];
  let [top, node] = [null, null];
  while ((node = walker.nextNode())) {
    for (let index = 0; index < node.length; index += 1) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      const box = range.getBoundingClientRect();
      if (top === null || box.top > top + box.height / 2) lines.push("");
      top = box.top;
      lines[lines.length - 1] += node.data[index];
    }
  }
  return lines.length > 1 ? [lines] : [];
})"""
"""The lines of each element that has several."""
HOSTILE = "</style></script><img src=x onerror=alert(1)>\u202e{{7*7}}\"'"


def rows_of(page: Page) -> list[dict[str, Any]]:
    """Return the rows that are visible, by heading."""
    headings = page.locator("table.rows > thead th").all_text_contents()
    rows = [row for row in page.evaluate(READ_ROWS) if not row["hidden"]]
    return [dict(zip(headings, row["cells"], strict=True)) for row in rows]


def labels_of(page: Page) -> dict[str, int]:
    """Return the visible labels in the table, with the number of rows below each."""
    found: dict[str, int] = {}
    for is_row, text in page.evaluate(READ_BODIES):
        if not is_row:
            found[text] = 0
        elif found:
            found[[*found][-1]] += 1
    return found


def names_of(page: Page) -> list[str]:
    """Return the first line of each visible row's client."""
    return [row["Client"]["lines"][0] for row in rows_of(page)]


def counter(page: Page) -> str:
    """Return how many rows are shown."""
    return page.locator("form.filters output").inner_text()


def in_words(day: str) -> str:
    """Return a day as the page shows it."""
    return f"{date.fromisoformat(day).day} {date.fromisoformat(day):%b %Y}"


@pytest.mark.parametrize("argv", [["who"], ["who", "--all"], ["who", "--recipient", "ana@agency.example"]])
def test_each_row_has_the_values_of_the_json(
    argv: list[str], show: Callable, ask: Callable, ask_json: Callable
) -> None:
    items = ask_json(*argv)["items"]
    titles = {code: texts["title"] for code, texts in read_texts("codes")["codes"].items()}
    rows = rows_of(show(ask(*argv, "-o", "html")))

    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        deadline, renewal = row["Deadline"], row["Renewal"]
        assert deadline["days"] == ([item["deadline"]] if item["deadline"] else [])
        assert deadline["lines"][:1] == ([in_words(item["deadline"])] if item["deadline"] else [])
        assert re.sub(r"\D", "", "".join(deadline["lines"][1:])) == re.sub(
            r"\D", "", str(item["days_to_deadline"] or "")
        )
        assert renewal["days"] == ([item["renewal"]] if item["renewal"] else [])
        assert renewal["lines"][0] == (in_words(item["renewal"]) if item["renewal"] else "no date")
        assert row["Client"]["lines"] == [*filter(None, [item["name"]]), item["client"]]
        assert row["Product"]["lines"] == [*filter(None, [item["product"]])]
        override = ["override"] if item["source"] == "override" else []
        assert row["Owner"]["lines"] == [OWNERS[item["owner"]], *override]
        assert row["Notified"]["lines"] == [each["email"] for each in item["to"]] or ["NOBODY"]
        assert row["Copied"]["lines"] == [each["email"] for each in item["cc"]]
        assert row["Notes"]["lines"] == [*dict.fromkeys(titles[note["code"]] for note in item["notes"])]


def test_each_row_opens_to_the_explanation(show: Callable, ask: Callable, ask_json: Callable) -> None:
    page = show(ask("who", "-o", "html"))
    items = ask_json("who")["items"]
    details = page.locator("table.rows > tbody[id] details > div")
    assert details.count() == len(items)
    assert page.locator("details > div:visible").count() == 0
    page.evaluate("document.querySelectorAll('table.rows summary').forEach((each) => each.click())")
    assert page.locator("table.rows > tbody[id] details > div:visible").count() == len(items)
    for item, text in zip(items, details.all_inner_texts(), strict=True):
        explained = ask_json("explain", item["client"])
        for value in explained["values"]:
            if value["at"]:
                assert f"{value['source']}, line {value['at'].rpartition(':')[2]}" in text
            else:
                assert (value["source"], "assumption" in text) == ("policy", True)
            assert OWNERS.get(value["value"], value["value"] or "none") in text
        for decision in explained["decisions"]:
            if decision["email"]:
                assert decision["why"] in text
                assert decision["email"] in text
                assert decision["outcome"].capitalize() in text
            else:
                assert "Not assigned" in text
        for note in item["notes"]:
            assert note["message"] in text
        assert explained["rule"] in text


def test_the_memo_is_in_the_details_and_is_searched(show: Callable, ask: Callable, agency: Path) -> None:
    text = agency.read_text("utf-8").replace(
        'name = "Casa do Fado"', 'name = "Casa do Fado"\nmemo = "Prefere uma única voz.\\nCall first."', 1
    )
    agency.write_text(text, "utf-8")
    page = show(ask("who", "--all", "-o", "html", store=agency))

    page.get_by_label("Search").fill("UNICA voz")
    assert set(names_of(page)) == {"Casa do Fado"}
    page.locator("table.rows > tbody[id]:visible summary").first.click()
    assert page.locator(".memo:visible").all_inner_texts() == ["Memo Prefere uma única voz.", "Call first."]


@pytest.mark.parametrize("more", [[], ["--by", "recipient"]])
def test_each_recipient_has_a_section_with_the_values_of_the_json(
    more: list[str], show: Callable, ask: Callable, ask_json: Callable
) -> None:
    page = show(ask("who", *more, "-o", "html"))
    sections = page.evaluate(READ_PEOPLE)
    for person in ask_json("who", "--by", "recipient")["items"]:
        [(section, heading)] = [
            (each, text) for each in sections for text in each["headings"] if person["email"] in text
        ]
        assert (person["name"] or "") in heading
        lists, sentences = section["lists"], section["sentences"]
        assert len(sentences) == len(lists) > 0
        renewals = {"notified": [], "copied": [], "whether": []}
        for renewal in person["renewals"]:
            past = renewal["renewal"] and renewal["renewal"] < "2026-11-23"
            renewals["whether" if past else {"to": "notified", "cc": "copied"}[renewal["as"]]].append(renewal)
        assert [word for word, found in renewals.items() if found] == [
            word for text in sentences for word in renewals if word in text
        ]
        for each, found in zip(lists, filter(None, renewals.values()), strict=True):
            for item, renewal in zip(each, found, strict=True):
                assert (renewal["name"] or renewal["client"]) in item
                assert (renewal["product"] or "") in item
                for day in filter(None, (renewal["renewal"], renewal["deadline"])):
                    assert in_words(day) in item


def test_renewals_without_a_recipient_are_first_on_the_page_of_people(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "--by", "recipient", "-o", "html"))
    first = page.locator(".people section").first
    assert first.locator("h2").inner_text() == "NOBODY"
    assert "NOBODY is notified about 3 renewals" in first.inner_text()
    assert first.locator("a").all_inner_texts() == ["Padrão Engenharia", "Ginásio Norte", "Casa da Ameixa"]


def test_the_tiles_count_and_filter(show: Callable, ask: Callable, ask_json: Callable) -> None:
    items = ask_json("who")["items"]
    expected = {
        "No recipient": [not item["to"] for item in items],
        "Deadline passed": [
            item["renewal"] is not None and item["days_to_deadline"] < 0 <= item["days_to_renewal"]
            for item in items
        ],
        "Deadline within 14 days": [
            item["renewal"] is not None and 0 <= item["days_to_deadline"] <= 14 for item in items
        ],
        "Differs from HubSpot": [
            any(note["code"] == "differs-from-hubspot" for note in item["notes"]) for item in items
        ],
    }
    page = show(ask("who", "-o", "html"))
    tiles = page.locator(".tiles button")
    assert tiles.count() == 4
    for label, fits in expected.items():
        tile = tiles.filter(has_text=label)
        assert tile.inner_text().split(maxsplit=1) == [str(sum(fits)), label]
        tile.click()
        assert tile.get_attribute("aria-pressed") == "true"
        assert page.get_by_label("Status").locator("option:checked").inner_text() == label
        assert names_of(page) == [item["name"] for item, one in zip(items, fits, strict=True) if one]
        assert counter(page) == f"{sum(fits)} of {len(items)} rows"
        tile.click()
        assert tile.get_attribute("aria-pressed") == "false"
    assert counter(page) == f"{len(items)} of {len(items)} rows"


def test_rows_that_need_attention_are_sorted_by_severity_then_deadline(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "--sort", "client", "--reverse", "-o", "html"))
    assert page.locator(".attention li a").all_inner_texts() == [
        *("Padrão Engenharia", "Ginásio Norte", "Casa da Ameixa"),
        *("Transportes Guimarães", "Açaí do Norte Ltda"),
        *("Vinhos do Vale, Lda.", "Escola do Rio"),
        *("Café Serra Azul", "Instituto Aprender"),
    ]
    assert page.locator("table.rows > thead th").evaluate_all(READ_SORTS) == [None] * 8


def test_filters_combine_and_are_cleared_together(show: Callable, ask: Callable, ask_json: Callable) -> None:
    items = ask_json("who")["items"]
    page = show(ask("who", "-o", "html"))

    page.get_by_label("Search").fill("HUB fundacao")
    assert names_of(page) == ["Fundação Tejo"]
    page.get_by_label("Search").fill("ines@agency")
    assert names_of(page) == ["Mar Azul Hotéis"] * 2
    page.get_by_label("Search").fill("")

    page.get_by_label("Owner").select_option(label="Partner")
    assert names_of(page) == [item["name"] for item in items if item["owner"] == "partner"]
    page.get_by_label("Person").select_option(label="Beatriz Conceição beatriz@agency.example (3)")
    assert names_of(page) == ["Construtora Horizonte S.A."] * 2
    page.get_by_label("Owner").select_option(label="All")
    assert names_of(page) == ["Editora Paineira", *["Construtora Horizonte S.A."] * 2]
    assert labels_of(page) == {}
    page.get_by_label("Status").select_option(label="No renewal date")
    assert names_of(page) == []
    assert counter(page) == f"0 of {len(items)} rows"
    assert page.get_by_text("No renewal matches these filters.").is_visible()

    page.get_by_role("button", name="Clear").click()
    expect(page.locator("form.filters output")).to_have_text(f"{len(items)} of {len(items)} rows")
    expect(page.locator("table.rows > tbody[id]:visible")).to_have_count(len(items))
    assert page.get_by_text("No renewal matches these filters.").is_hidden()


def test_the_first_screen_appears_at_once_and_the_rest_soon(show: Callable) -> None:
    page = show(page_of(large_store(120)))
    visible = page.evaluate(
        """() => {
          const search = document.querySelector("input[type=search]");
          const type = (text) => {
            search.value = text;
            search.dispatchEvent(new Event("input", { bubbles: true }));
            return document.querySelectorAll("table.rows > tbody[id]:not([hidden])").length;
          };
          return [type("nothing"), type("transportes")];
        }"""
    )
    assert visible == [0, 50]
    assert counter(page) == "120 of 120 rows"
    expect(page.locator("table.rows > tbody[id]:visible")).to_have_count(120)


def test_sorting_by_keyboard_has_both_directions_and_shows_them(
    show: Callable, ask: Callable, ask_json: Callable
) -> None:
    items = ask_json("who", "--all")["items"]
    page = show(ask("who", "--all", "-o", "html"))
    sorts = lambda: page.locator("table.rows > thead th").evaluate_all(READ_SORTS)  # noqa: E731
    assert sorts() == ["ascending", *[None] * 7]

    page.get_by_role("button", name="Renewal", exact=True).focus()
    page.keyboard.press("Enter")
    assert sorts() == [None, "ascending", *[None] * 6]
    assert labels_of(page) == {"Renewal date passed": 1, "No renewal date": 1}
    dated = sorted(item["renewal"] for item in items if item["renewal"])
    past, upcoming = dated[:1], dated[1:]
    assert past[0] < "2026-11-23" <= upcoming[0]
    days = [row["Renewal"]["days"] for row in rows_of(page)]
    assert days == [*([day] for day in (*upcoming, *past)), []]

    page.keyboard.press("Space")
    assert sorts() == [None, "descending", *[None] * 6]
    days = [row["Renewal"]["days"] for row in rows_of(page)]
    assert days == [*([day] for day in (*reversed(upcoming), *past)), []]
    assert labels_of(page) == {"Renewal date passed": 1, "No renewal date": 1}

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    names = names_of(page)
    assert names[:-2] == sorted(names[:-2], key=_fold)
    assert {*names} == {item["name"] or item["client"] for item in items}

    page.get_by_role("button", name="Deadline", exact=True).click()
    assert names_of(page) == [item["name"] or item["client"] for item in items]


@pytest.mark.parametrize("order", ["deadline", "renewal", "client", "product"])
def test_sorting_gives_the_order_of_who_in_both_directions(
    order: str, show: Callable, ask: Callable, ask_json: Callable
) -> None:
    page = show(ask("who", "--all", "--sort", "owner", "-o", "html"))
    key = "name" if order == "client" else order
    for more in [], ["--reverse"]:
        page.get_by_role("button", name=order.capitalize(), exact=True).click()
        items = ask_json("who", "--all", "--sort", order, *more)["items"]
        shown = rows_of(page)
        values = {
            "client": [row["Client"]["lines"][0] for row in shown],
            "product": [(row["Product"]["lines"] or [None])[0] for row in shown],
        }.get(order) or [(row[order.capitalize()]["days"] or [None])[0] for row in shown]
        assert values == [item[key] for item in items]


def test_rows_without_a_value_are_last_in_both_directions(show: Callable) -> None:
    store = large_store(3)
    [without, one, other] = store["clients"].values()
    without["renewals"][0]["product"] = ""
    one["renewals"][0]["product"], other["renewals"][0]["product"] = "Alpha", "Beta"
    page = show(page_of(store))
    for products in (["Alpha"], ["Beta"], []), (["Beta"], ["Alpha"], []):
        page.get_by_role("button", name="Product", exact=True).click()
        assert [row["Product"]["lines"] for row in rows_of(page)] == [*products]


def test_numbers_are_sorted_as_numbers(show: Callable, ask: Callable, ask_json: Callable) -> None:
    page = show(ask("who", "-o", "html", "--columns", "days_to_deadline,client"))
    page.get_by_role("button", name="Days", exact=True).click()
    items = [item for item in ask_json("who")["items"] if item["renewal"]]
    *expected, past = sorted((item["days_to_renewal"] < 0, item["days_to_deadline"]) for item in items)
    assert past == (True, -68)
    found = [row["Days"]["lines"] for row in rows_of(page)]
    assert found == [*([str(number)] for _, number in expected), ["-68"], []]


def _fold(text: str) -> str:
    plain = "".join(char for char in normalize("NFD", text) if not combining(char))
    return re.sub(r"[^\w ]", "", plain).casefold()


def test_everything_can_be_reached_and_used_by_keyboard_alone(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "-o", "html"))
    focused = "document.activeElement.closest('table') ? 'table' : document.activeElement.textContent.trim()"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "3 No recipient"
    page.keyboard.press("Enter")
    assert counter(page).startswith("3 of ")
    while page.evaluate("document.activeElement.type") != "search":
        page.keyboard.press("Tab")
    page.keyboard.type("padrão")
    assert names_of(page) == ["Padrão Engenharia"]
    while page.evaluate("document.activeElement.tagName") != "SUMMARY":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("details > div:visible").count() == 1
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_link_to_a_row_opens_it_in_spite_of_filters(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "-o", "html"))
    page.get_by_label("Search").fill("vinhos")
    page.locator(".attention a", has_text="Padrão Engenharia").click()
    expect(page.locator("tbody:target details > div")).to_be_visible()
    assert "rui@agency.example" in page.locator("tbody:target").inner_text()
    expect(page.locator("table.rows > tbody[id]:visible")).to_have_count(21)


def test_without_scripts_the_page_is_complete_and_has_no_controls(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "-o", "html"), scripts=False)
    assert page.locator("table.rows > tbody[id]:visible").count() == 21
    assert page.locator("button:visible, input:visible, select:visible").count() == 0
    assert page.locator(".tiles li:visible").count() == 4
    page.locator("#r9 summary").click()
    assert page.locator("#r9 details > div").is_visible()


def test_in_print_the_page_has_all_rows_and_no_controls(
    show: Callable, ask: Callable, tmp_path: Path
) -> None:
    page = show(ask("who", "-o", "html"))
    page.get_by_label("Search").fill("padrão")
    page.emulate_media(media="print")
    assert len(rows_of(page)) == 21
    assert page.locator("input:visible, select:visible, output:visible, summary:visible").count() == 0

    pdf = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert {tuple(round(float(side)) for side in size) for size in sizes} == {(842, 595)}
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= pages <= 6
    if shutil.which("pdftotext"):
        file = tmp_path / "report.pdf"
        file.write_bytes(pdf)
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True).stdout
        sheets = [each for each in text.decode().partition("By person")[0].split("\f") if each.strip()]
        assert len(sheets) > 1
        assert all(re.search(r"Deadline +Renewal +Client", sheet) for sheet in sheets)


def test_the_page_follows_the_colours_of_the_system(show: Callable, ask: Callable) -> None:
    html = ask("who", "-o", "html")
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert min(show(html, scheme="light").evaluate(ground)) > 200
    assert max(show(html, scheme="dark").evaluate(ground)) < 50


def test_pages_fit_the_screen_and_addresses_break_only_between_parts(show: Callable) -> None:
    for html in _pages_with_long_texts():
        page = show(html)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(FIND_OVERFLOW) == [], width
            broken = page.evaluate(FIND_LINES, ".rows .notified, .rows .copied, .rows .domain, .people small")
            ends = {text[-1] for lines in broken if "unbreak" not in lines[0] for text in lines[:-1]}
            assert ends <= {"@", "."}, width


def _pages_with_long_texts() -> list[str]:
    store = large_store(4)
    longest = "abcd-efgh-ijkl-mnop-qrst"  # as long as a part of an address that is never broken
    for number, client in enumerate(store["clients"].values()):
        client["name"] = "Sociedade de Transportes & Irmãos, Unipessoal Lda. " * (number + 1)
        client["renewals"] *= 2
        client["renewals"][1] = {"date": "2026-12-10", "product": "Enterprise" * 3 * number}
        for contact in client["contacts"]:
            contact["email"] = f"{longest[1:]}{number}@{longest[:-5]}-{number}.{longest[:9]}.example"
            contact["active"] = number != 2
    store["users"] = {f"{longest}@{longest}.example": {}}
    store["defaults"]["notify"] = f"{longest}@{longest}.example"
    for client in store["clients"].values():
        client.pop("override", None)
    contact["email"] = f"{'unbreakable' * 5}@{longest}.example"
    report = report_on(store)
    digests = build_digests(report.rows)
    return [page_of(store), render_people_page(report, digests), render_person_page(report, digests[0])]


def test_on_a_phone_rows_are_cards_with_labels_and_fit(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "-o", "html"), width=360)
    label = "(cell) => getComputedStyle(cell, '::before').content"
    cells = page.locator("#r1 > tr:first-child > td")
    assert [json.loads(cell.evaluate(label)) for cell in cells.all()] == [
        *("Deadline", "Renewal", "Client", "Product", "Owner", "Notified", "Copied", "Notes")
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Client", exact=True).click()
    assert names_of(page)[0] == "Açaí do Norte Ltda"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_serious(scheme: str, width: int, show: Callable, ask: Callable) -> None:
    html = ask("who", *ONE_OF_EACH, "-o", "html")
    page = show(html, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    _check_with_axe(page)


def test_axe_finds_nothing_serious_on_the_page_of_people(show: Callable, ask: Callable) -> None:
    _check_with_axe(show(ask("who", *ONE_OF_EACH, "--by", "recipient", "-o", "html")))


def _check_with_axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == []
    assert [each["id"] for each in found if each["id"] in {"heading-order", "region"}] == []


def test_hostile_text_is_shown_as_text(show: Callable) -> None:
    store = large_store(3)
    for client in store["clients"].values():
        client["name"], client["memo"] = HOSTILE, HOSTILE
        client["renewals"][0]["product"] = HOSTILE
        client["contacts"][0]["name"] = HOSTILE
    page = show(page_of(store))
    shown = HOSTILE.replace("\u202e", "\\u202e")
    assert names_of(page) == [shown] * 3
    page.locator("#r1 summary").click()
    assert page.locator("#r1 .memo").inner_text() == f"Memo {shown}"
    assert page.locator("img").count() == 0


def test_the_heading_counts_clients_without_a_renewal_separately(
    show: Callable, ask: Callable, ask_json: Callable
) -> None:
    dated = [item["client"] for item in ask_json("who")["items"] if item["renewal"]]
    expected = f"{len(dated)} renewals of {len({*dated})} clients, 1 client without a renewal date"
    assert show(ask("who", "-o", "html")).locator("#renewals h2 small").inner_text() == expected


def test_a_file_without_clients_has_a_page(show: Callable) -> None:
    page = show(page_of({"users": {}, "clients": {}}))
    assert "No renewals." in page.locator("main").inner_text()
    assert "No renewals and no deadlines." in page.locator(".months").inner_text()


@pytest.mark.parametrize(
    ("page_of", "timeline_of"),
    [
        ([], ["--within", "120d"]),
        (["--all"], ["--from", AS_OF]),
        (["--from", "2026-01-01", "--to", "2027-02-10"], ["--to", "2027-02-10"]),
        (
            ["--deadline-within", "60d", "--owner", "hubspot"],
            ["--deadline-within", "60d", "--owner", "hubspot"],
        ),
        (["--recipient", "ana"], ["--recipient", "ana", "--within", "120d"]),
    ],
)
def test_the_months_have_the_counts_of_the_timeline_from_today_on(
    page_of: list[str], timeline_of: list[str], show: Callable, ask: Callable, ask_json: Callable
) -> None:
    page = show(ask("who", *page_of, "-o", "html"))
    headings = [text.lower() for text in page.locator(".months thead th").all_text_contents()]
    rows = page.locator(".months tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    found = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [
        [row["month"].strip(), *(_number(row.get(key, "")) for key in ("renewals", "nobody", "deadlines"))]
        for row in found
    ] == [
        [in_words(f"{item['month']}-01")[2:], item["renewals"], item["without_recipient"], item["deadlines"]]
        for item in ask_json("who", "--timeline", *timeline_of)["items"]
    ]


def _number(text: str) -> int:
    return int(text.strip().replace("–", "") or 0)


def test_the_months_explain_differences_from_the_table(
    show: Callable, ask: Callable, ask_json: Callable
) -> None:
    page = show(ask("who", "-o", "html"))
    timeline = ask_json("who", "--timeline", "--within", "120d")["summary"]
    passed = int(page.locator(".tiles li", has_text="Deadline passed").locator("strong").inner_text())
    later = timeline["deadlines"] - timeline["renewals"] + passed
    assert page.locator(".months > p").all_inner_texts() == [
        f"{later} of the deadlines are not in the table, because their renewal dates are later.",
        f"Not included: {passed} deadlines before today, 1 renewal with a past date, "
        "1 client without a renewal date.",
    ]
    assert page.locator(".months tbody rect[fill]").count() == 3


def test_clients_never_confirmed_are_counted_before_rows_that_need_attention(show: Callable) -> None:
    store = large_store(8)
    store["clients"] = dict([*store["clients"].items()][-2:])
    page = show(page_of(store))
    assert page.locator(".attention > p").all_inner_texts() == [
        "Never confirmed in HubSpot: 2 clients. The settings there can differ.",
        "Nothing urgent: every renewal has a recipient, no deadline is close.",
    ]


def test_if_all_clients_are_confirmed_nothing_differs(show: Callable, ask: Callable) -> None:
    page = show(ask("who", "--all", "padaria-central.example", "-o", "html"))
    [text] = page.locator(".attention > p").all_inner_texts()
    assert text.endswith("no deadline is close, and nothing differs from HubSpot.")
