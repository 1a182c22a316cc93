"""How much of a text is looked at for places: headers, statements and parts once, however many are asked."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
import tomli

from renewctl.model import Path
from renewctl.store.toml import places as toml_places
from renewctl.store.toml.blocks import Layout
from renewctl.store.toml.places import Places

VALUE = '{ name = "C", contacts = [{ email = "a@c", roles = ["primary"] }] }'
FIELDS = ('name = "C"\n', 'contacts = [{ email = "a@c", roles = ["primary"] }]\n')
ASKED: list[Path] = [("name",), ("contacts", "a@c", "roles"), ("contacts", "a@c", "email"), ("override",)]

LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "header": lambda keys: "".join(f'[clients."{key}"]\n{"".join(FIELDS)}' for key in keys),
    "split": lambda keys: (
        "".join(f'[clients."{key}"]\nname = "C"\n' for key in keys)
        + "".join(f'[[clients."{key}".contacts]]\nemail = "a@c"\nroles = ["primary"]\n' for key in keys)
    ),
    "inline": lambda keys: "[clients]\n" + "".join(f'"{key}" = {VALUE}\n' for key in keys),
    "one line": lambda keys: "clients = { " + ", ".join(f'"{key}" = {VALUE}' for key in keys) + " }\n",
    "dotted": lambda keys: "[clients]\n" + "".join(f'"{key}".{line}' for key in keys for line in FIELDS),
    "dotted above": lambda keys: "".join(f'clients."{key}".{line}' for key in keys for line in FIELDS),
}


def places(text: str) -> Places:
    return Places(text, tomli.loads(text), Layout(text))


def some_keys(count: int) -> list[str]:
    return [f"c{number}.example" for number in range(count)]


def located(here: Places, keys: list[str]) -> None:
    """Ask for several places in each client; all of them are different."""
    found = {here.locate(("clients", key, *path)) for key in keys for path in ASKED}
    assert len(found) == len(keys) * len(ASKED)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list of the headers, statements and parts that are found from now on."""
    seen: list[Any] = []

    def noted(real: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def found(*where: Any) -> Iterator[Any]:
            for one in real(*where):
                seen.append(one)
                yield one

        return found

    monkeypatch.setattr(toml_places, "scan", noted(toml_places.scan))
    monkeypatch.setattr(toml_places, "parts", noted(toml_places.parts))
    return seen


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_looked_at_twice(layout: str, looked_at: list[Any]) -> None:
    keys = some_keys(50)
    located(places(LAYOUTS[layout](keys)), keys)
    assert len(looked_at) == len(set(looked_at))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_twice_as_many_clients_are_twice_the_work(layout: str) -> None:
    some, more = (calls(places(LAYOUTS[layout](keys)), keys) for keys in (some_keys(50), some_keys(100)))
    assert some * 1.9 < more < some * 2.1


def calls(here: Places, keys: list[str]) -> int:
    """Return how often a function or generator runs, or runs on, while the places are found."""
    count = 0

    def noted(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(noted)
    try:
        located(here, keys)
    finally:
        sys.setprofile(before)
    return count


def test_a_client_is_looked_at_no_further_than_to_what_is_asked_for(looked_at: list[Any]) -> None:
    here = places("version = 1\n[clients.a]\n" + "".join(f"x-{number} = 1\n" for number in range(50)))
    assert here.locate(("clients", "a")) == (2, 1)
    assert len(looked_at) == 1, "what stands above all headers"
    assert here.locate(("clients", "a", "x-0")) == (3, 1)
    assert len(looked_at) == 3, "the header and its first key"
    assert here.locate(("clients", "a", "x-1")) == (4, 1)
    assert here.locate(("clients", "a", "x-0")) == (3, 1)
    assert len(looked_at) == 4


def test_other_clients_are_not_looked_at(looked_at: list[Any]) -> None:
    here = places(LAYOUTS["header"](some_keys(50)))
    assert here.locate(("clients", "c49.example", "name")) == (149, 1)
    assert len(looked_at) == 2
