"""Versions of the structure of data, and the steps between them."""

import copy
from typing import Any

import pytest

from renewctl.domain.versions import CURRENT, STEPS, upgrade, version_of
from renewctl.errors import ExitStatus, StoreInvalid, StoreTooNew

HUGE = 10**4999


def case_id(value: Any) -> str:
    """Return a short ID for a test."""
    return "huge" if isinstance(value, int) and abs(value) > 10**20 else repr(value)


def test_data_of_the_current_version_is_unchanged() -> None:
    data = {"version": CURRENT, "x-mine": 1}
    assert version_of(data) == CURRENT
    assert upgrade(data) is data


def test_data_without_a_version_has_the_current_one() -> None:
    assert version_of({}) == CURRENT
    assert upgrade({"clients": {}}) == {"clients": {}}


@pytest.mark.parametrize(
    "version", [True, False, 1.0, 1.5, float("nan"), -1, -HUGE, "1", "", None, [], {}, [1]], ids=case_id
)
def test_a_version_that_is_not_a_whole_number_is_refused(version: Any) -> None:
    for ask in (version_of, upgrade):
        with pytest.raises(StoreInvalid) as caught:
            ask({"version": version})
        assert type(caught.value) is StoreInvalid
        (problem,) = caught.value.problems
        assert problem.path == ("version",)
        assert problem.message == "version must be a whole number"
        assert problem.hint == f"write version = {CURRENT}"


@pytest.mark.parametrize(
    ("version", "named"),
    [(CURRENT + 1, str(CURRENT + 1)), (10**9 - 1, "999999999"), (10**9, "over 10^9"), (HUGE, "over 10^9")],
    ids=case_id,
)
def test_a_newer_version_is_refused_with_a_hint(version: int, named: str) -> None:
    for ask in (version_of, upgrade):
        with pytest.raises(StoreTooNew) as caught:
            ask({"version": version})
        (problem,) = caught.value.problems
        assert problem.path == ("version",)
        assert f"version {named};" in problem.message
        assert problem.message.endswith(f" {CURRENT}")
        assert "newer version of renewctl" in caught.value.hint
        assert caught.value.exit_status is ExitStatus.INVALID


def test_an_old_version_without_a_step_is_refused() -> None:
    with pytest.raises(StoreInvalid) as caught:
        upgrade({"version": 0})
    (problem,) = caught.value.problems
    assert problem.message == "version 0 does not exist"
    assert problem.path == ("version",)


def test_every_version_before_the_current_one_has_a_step() -> None:
    assert set(STEPS) == set(range(1, CURRENT))


def first(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade an invented version 1 to version 2."""
    assert data["version"] == 1
    return {
        **{key: value for key, value in data.items() if key != "owner"},
        "defaults": {"owner": data["owner"]},
    }


def second(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade an invented version 2 to version 3."""
    assert data["version"] == 2
    return {**data, "defaults": {**data["defaults"], "notify": "a@b"}}


MADE_UP = {1: first, 2: second}


def test_older_data_is_upgraded_by_every_step_in_order() -> None:
    old = {"version": 1, "owner": "hubspot", "x-mine": [1]}
    before = copy.deepcopy(old)
    new = {"version": 3, "x-mine": [1], "defaults": {"owner": "hubspot", "notify": "a@b"}}

    assert upgrade(old, MADE_UP, 3) == new
    assert old == before
    assert upgrade({"version": 2, "defaults": {}}, MADE_UP, 3) == {
        "version": 3,
        "defaults": {"notify": "a@b"},
    }
    assert upgrade(new, MADE_UP, 3) is new


def test_a_missing_step_is_refused() -> None:
    with pytest.raises(StoreInvalid) as caught:
        upgrade({"version": 1, "owner": "hubspot"}, {1: first}, 3)
    assert "version 2 does not exist" in caught.value.problems[0].message


def test_newer_counts_from_the_current_version_given() -> None:
    assert version_of({"version": 3}, 3) == 3
    with pytest.raises(StoreTooNew):
        upgrade({"version": 4}, MADE_UP, 3)
