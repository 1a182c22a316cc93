"""Fixtures for the tests of the data file."""

import pytest

from store.faulty import Runs


@pytest.fixture
def server() -> Runs:
    """Return runs whose calls on files are recorded, and can fail."""
    return Runs()
