"""The responsibilities of one person, regardless of dates."""

import pytest

from renewctl.domain.responsibilities import Responsibilities, find_responsibilities
from renewctl.domain.validate import read_portfolio
from renewctl.model import Portfolio, Role

PERSON = {
    "defaults": {"owner": "partner", "notify": "Ana@agency.example"},
    "users": {"ana@agency.example": {"name": "Ana Souza"}, "eva@agency.example": {"active": False}},
    "clients": {
        "a.example": {"contacts": [{"email": "ANA@agency.example", "roles": ["billing", "primary"]}]},
        "b.example": {
            "override": {"owner": "hubspot"},
            "contacts": [
                {"email": "ana@agency.example", "roles": ["decision-maker"], "active": False},
                {"email": "Pat@b.example", "name": "Pat", "roles": ["primary"]},
            ],
        },
        "c.example": {
            "override": {"owner": "partner", "notify": "ANA@agency.example"},
            "contacts": [{"email": "pat@b.example", "roles": ["billing"], "active": False}],
        },
        "d.example": {
            "override": {"owner": "partner", "notify": "eva@agency.example"},
            "contacts": [{"email": "gone@d.example", "active": False}],
        },
    },
}


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        (
            " ana@AGENCY.example",
            Responsibilities(
                email="ana@agency.example",
                name="Ana Souza",
                default=True,
                following=1,
                overrides=("c.example",),
                roles={
                    "a.example": (Role.PRIMARY, Role.BILLING),
                    "b.example": (Role.DECISION_MAKER,),
                },
                not_notified=("a.example",),
                user_inactive=False,
                inactive_at=("b.example",),
                active=True,
            ),
        ),
        (
            "pat@b.example",
            Responsibilities(
                email="Pat@b.example",
                name="Pat",
                default=False,
                following=1,
                overrides=(),
                roles={"b.example": (Role.PRIMARY,), "c.example": (Role.BILLING,)},
                not_notified=("c.example",),
                user_inactive=False,
                inactive_at=("c.example",),
                active=True,
            ),
        ),
        (
            "eva@agency.example",
            Responsibilities("eva@agency.example", "", False, 1, ("d.example",), {}, (), True, (), False),
        ),
        (
            "gone@d.example",
            Responsibilities("gone@d.example", "", False, 1, (), {}, (), False, ("d.example",), False),
        ),
    ],
    ids=["user-and-contact", "contact-of-two", "deactivated-user", "deactivated-contact"],
)
def test_the_responsibilities_of_a_person(email: str, expected: Responsibilities) -> None:
    assert find_responsibilities(read_portfolio(PERSON).portfolio, email) == expected


def test_an_unknown_person_is_responsible_for_nothing() -> None:
    found = find_responsibilities(Portfolio(), "nobody@agency.example")
    assert found == Responsibilities("nobody@agency.example", "", False, 0, (), {}, (), False, (), True)
