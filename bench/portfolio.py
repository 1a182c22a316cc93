"""A made-up portfolio of any size, the same at every run: what ``make bench`` measures on."""

import random
from collections.abc import Iterator

PRODUCTS = ("Marketing Hub Professional", "Sales Hub Starter", "Service Hub Enterprise")
HEAD = """\
version = 1

[defaults]
owner = "hubspot"
notify = "user0@agency.example"

"""


def toml(clients: int) -> str:
    """Return a store of so many clients: contacts, renewals, a third overridden, comments here and there."""
    chance = random.Random(clients)  # noqa: S311 (nothing secret about it)
    users = "".join(f'[users."user{n}@agency.example"]\nname = "User {n}"\n\n' for n in range(8))
    return HEAD + users + "\n".join("".join(_client(n, chance)) for n in range(clients))


def _client(number: int, chance: random.Random) -> Iterator[str]:
    domain = f"client{number:06}.example"
    if number % 20 == 0:
        yield f"# met at the fair in {2015 + number % 10}\n"
    yield f'[clients."{domain}"]\nname = "Client {number} Ltda"\nhub_id = {4_000_000 + number}\n'
    yield "contacts = [\n"
    yield f'  {{ email = "ana@{domain}", name = "Ana {number}", roles = ["primary", "decision-maker"] }},\n'
    if number % 7:
        yield f'  {{ email = "fin@{domain}", roles = ["billing"] }},\n'
    yield "]\nrenewals = [\n"
    for product in PRODUCTS[: 1 + number % 5 // 4]:
        day = f"2027-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        yield f'  {{ date = {day}, product = "{product}" }},\n'
    yield "]\n"
    if number % 3 == 0:
        yield f'override = {{ owner = "partner", notify = "user{number % 8}@agency.example" }}\n'
