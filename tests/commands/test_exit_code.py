"""``who --exit-code``: filters become gates for scripts."""

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.usefixtures("agency")
AS_OF = ["--as-of", "2026-11-29"]
GATES = [
    ("--deadline-within 14d", 1),
    ("--deadline-within 0d", 1),  # Past renewals and clients without a date are listed in every window.
    ("--deadline-within 0d --owner partner", 0),
    ("--no-recipient", 1),
    ("--no-recipient --product Nothing", 0),
    ("--code differs-from-hubspot", 1),
    ("--code inactive-contact --owner partner", 0),
    ("--all --timeline", 1),
    ("--by recipient", 1),
    ("-o json", 1),
    ("-q", 1),
]


@pytest.mark.parametrize(("options", "status"), GATES)
def test_the_status_is_1_if_a_renewal_is_listed(options: str, status: int, run: Callable) -> None:
    words = ["who", *options.split(), *AS_OF]
    plain, ran = run(*words), run(*words, "--exit-code")
    assert (plain.status, ran.status) == (0, status)
    assert ran.err == plain.err
    assert ran.out.replace(" --exit-code", "") == plain.out


def test_it_counts_with_split_and_out_too(run: Callable) -> None:
    split = ["who", "--by", "recipient", "-o", "html", "--split", "pages", *AS_OF]
    assert run(*split, "--exit-code").status == 1
    assert run("who", "--out", "who.csv", "--exit-code", *AS_OF).status == 1


def test_another_gate_that_fails_names_its_reason(run: Callable) -> None:
    ran = run("who", "--require-recipient", "--exit-code", *AS_OF)
    assert ran.status == 1
    assert ran.err.startswith("error: ")
