"""Stores made up by hypothesis, for laws that hold whatever the store says.

Addresses come from a small alphabet in several spellings, so that the same person turns up as a
contact, as a contact of another client, and as a partner user.
"""

from datetime import date, timedelta
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from renewctl.domain.identifiers import address_key
from renewctl.domain.validate import read_portfolio
from renewctl.model import Copies, Owner, Portfolio, Role

Data = dict[str, Any]
# Half the profile's number of stores for each law: there are many laws, and making stores takes long.
LAW = hypothesis_settings(max_examples=hypothesis_settings().max_examples // 2)
KEYS = ("a.example", "b.example", "c.example")
ADDRESSES = st.sampled_from(
    [
        "u@p.example",
        "U@p.example",
        "v@p.example",
        "V@P.example",
        "w@p.example",
        "x@a.example",
        "X@a.example",
        "y@a.example",
        "\u00e9@a.example",
        "E\u0301@a.example",
    ]
)
# Few days, so that they coincide with each other, with today and with the ends of windows.
DAYS = st.integers(0, 30).map(lambda fortnights: date(2026, 11, 23) + timedelta(days=15 * fortnights - 90))
SETTINGS = st.fixed_dictionaries(
    {"owner": st.sampled_from([*map(str, Owner)])}, optional={"notify": ADDRESSES}
)
CONTACTS = st.lists(
    st.fixed_dictionaries(
        {"email": ADDRESSES},
        optional={
            "name": st.sampled_from(["", "N"]),
            "roles": st.lists(st.sampled_from([*map(str, Role)]), max_size=3),
            "active": st.booleans(),
        },
    ),
    max_size=4,
)
RENEWALS = st.lists(
    st.fixed_dictionaries(
        {"date": DAYS}, optional={"product": st.sampled_from(["", "S", "T"]), "deadline": DAYS}
    ),
    max_size=3,
    unique_by=lambda item: item.get("product", ""),
)
CLIENTS = st.fixed_dictionaries(
    {"contacts": CONTACTS},
    optional={
        "override": SETTINGS,
        "renewals": RENEWALS,
        "in_hubspot": st.fixed_dictionaries(
            {"owner": st.sampled_from(["hubspot", "partner", "default"]), "on": DAYS},
            optional={"notify": ADDRESSES},
        ),
    },
)
USERS = st.lists(
    st.tuples(ADDRESSES, st.fixed_dictionaries({}, optional={"active": st.booleans()})),
    max_size=4,
    unique_by=lambda item: address_key(item[0]),
).map(dict)
STORES = st.fixed_dictionaries(
    {"users": USERS, "clients": st.dictionaries(st.sampled_from(KEYS), CLIENTS, min_size=1, max_size=3)},
    optional={
        "defaults": SETTINGS,
        "policy": st.fixed_dictionaries(
            {}, optional={"hubspot_override_copies": st.sampled_from([*map(str, Copies)])}
        ),
    },
)


def portfolio(data: Data) -> Portfolio:
    """Return what the data says; the strategies make valid data only."""
    reading = read_portfolio(data)
    assert not reading.problems
    return reading.portfolio
