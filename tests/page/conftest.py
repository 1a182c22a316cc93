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


@pytest.fixture(scope="session")
def pages(browser: Browser) -> dict[bool, Page]:
    """Return a page with scripts and one without, by whether they run. Tests load one after another."""
    pages = {}
    for scripts in (True, False):
        pages[scripts] = browser.new_context(java_script_enabled=scripts).new_page()
        pages[scripts].set_default_timeout(5000)
    return pages


@pytest.fixture
def show(pages: dict[bool, Page], tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return ``show(html, width=1280, scheme="light", scripts=True) -> Page``.

    The page replaces the one shown before. A message on the console, an error, a dialogue or a request to
    anywhere fails the test.
    """
    wrong: list[str] = []
    file = tmp_path / "report.html"
    listeners: dict[str, Callable[[Any], object]] = {
        "console": lambda message: wrong.append(f"console: {message.text}"),
        "pageerror": lambda error: wrong.append(f"error: {error}"),
        "dialog": lambda dialog: (wrong.append(f"dialogue: {dialog.message}"), dialog.dismiss()),
        "request": lambda request: wrong.append(request.url) if request.url != file.as_uri() else None,
    }

    def open_page(html: str, width: int = 1280, scheme: Any = "light", scripts: bool = True) -> Page:
        file.write_text(html, "utf-8")
        page = pages[scripts]
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media="screen", color_scheme=scheme)
        page.goto(file.as_uri())
        return page

    for page in pages.values():
        for event, listener in listeners.items():
            page.on(event, listener)
    yield open_page
    for page in pages.values():
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
    assert wrong == []


@pytest.fixture(scope="session")
def answers() -> dict[tuple[str, ...], str]:
    """Return the answers for the example agency so far, by their arguments."""
    return {}


@pytest.fixture
def ask(run: Callable, examples: Path, answers: dict[tuple[str, ...], str]) -> Callable[..., str]:
    """Return ``ask(*argv) -> str``: the answer of a command for the example agency, or another store."""

    def answer(*argv: str, store: Path | None = None) -> str:
        if store is None and argv in answers:
            return answers[argv]
        ran = run(*argv, "--store", str(store or examples / "agency.toml"), "--as-of", AS_OF)
        assert ran.status == 0, ran.err
        return ran.out if store else answers.setdefault(argv, ran.out)

    return answer


@pytest.fixture
def ask_json(ask: Callable) -> Callable[..., dict[str, Any]]:
    """Return ``ask_json(*argv) -> dict``: the same answer in JSON."""
    return lambda *argv, **options: json.loads(ask(*argv, "-o", "json", **options))
