"""Fixtures for the page: a browser that reports every error, and answers to compare."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from browser import EXECUTABLE, open_browser

AS_OF = "2026-11-23"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, started once."""
    if not EXECUTABLE:
        pytest.skip("Chromium is not installed")
    with open_browser() as running:
        yield running


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return ``show(html, **context) -> Page``.

    A message on the console, an error, a dialogue or a request to anywhere fails the test.
    """
    contexts, wrong = [], []

    def open_page(html: str, **options: Any) -> Page:
        file = tmp_path / "report.html"
        file.write_text(html, "utf-8")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialogue: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request", lambda request: wrong.append(request.url) if request.url != file.as_uri() else None
        )
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [each for each in wrong if each != f"request: {(tmp_path / 'report.html').as_uri()}"] == []


@pytest.fixture
def ask(run: Callable, examples: Path) -> Callable[..., str]:
    """Return ``ask(*argv, store=...) -> str``: the answer of a command for the example agency."""

    def answer(*argv: str, store: Path = examples / "agency.toml") -> str:
        ran = run(*argv, "--store", str(store), "--as-of", AS_OF)
        assert ran.status == 0, ran.err
        return ran.out

    return answer


@pytest.fixture
def ask_json(ask: Callable) -> Callable[..., dict[str, Any]]:
    """Return ``ask_json(*argv) -> dict``: the same answer in JSON."""
    return lambda *argv, **options: json.loads(ask(*argv, "-o", "json", **options))
