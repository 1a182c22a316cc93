"""Fixtures for the tests of the data file: the server that forks for every run."""

from collections.abc import Iterator

import pytest

from store.faulty import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server that forks for every run."""
    server = Server()
    yield server
    server.close()
