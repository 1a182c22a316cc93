"""Fixtures for the tests of the data file: the server that forks for every run."""

from collections.abc import Iterator

import pytest

from conftest import kept_environment
from store.faulty import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server that forks for every run."""
    server = Server(**kept_environment())
    yield server
    server.close()
