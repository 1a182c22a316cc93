"""Finding the client or user that was typed: no guesses, no creation."""

from typing import Any

import pytest

from renewctl.domain.lookup import find_address, find_client, find_clients, find_user
from renewctl.domain.validate import read_portfolio
from renewctl.errors import UnknownClient, UnknownUser
from renewctl.model import Portfolio

DATA: dict[str, Any] = {
    "defaults": {"owner": "hubspot", "notify": "Gone@agency.example"},
    "users": {
        "Ana@agency.example": {"name": "Ana Souza"},
        "rui@agency.example": {},
        "rui@other.example": {},
        "maria.silva@agency.example": {},
    },
    "clients": {
        "Acme.example": {
            "name": "Acme Ltda",
            "hub_id": 4411223,
            "contacts": [{"email": "Paula@acme.example"}],
        },
        "beta.example": {
            "name": "Beta",
            "hub_id": 7,
            "override": {"owner": "partner", "notify": "old@agency.example"},
        },
        "beta2.example": {"name": "BETA", "hub_id": 8, "override": {"owner": "hubspot"}},
        "münchen.example": {
            "name": "Ação",
            "hub_id": 8,
            "override": {"owner": "partner", "notify": "ANA@agency.example"},
        },
        "4411224": {"name": "acme.example"},
    },
}


def known() -> Portfolio:
    """Return the portfolio to search."""
    reading = read_portfolio(DATA)
    assert not reading.problems
    return reading.portfolio


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("acme.example", "acme.example"),
        ("ACME.example", "acme.example"),
        ("https://www.acme.example/pricing?x=1", "acme.example"),
        (" acme.example. ", "acme.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("4411223", "acme.example"),
        (" 4411223 ", "acme.example"),
        ("4411224", "4411224"),
        ("7", "beta.example"),
        ("Acme Ltda", "acme.example"),
        (" acme ltda ", "acme.example"),
        ("AÇÃO", "xn--mnchen-3ya.example"),
        ("Ac\u0327a\u0303o", "xn--mnchen-3ya.example"),
        ("Acme\u00a0  Ltda", "acme.example"),
    ],
)
def test_a_client_is_found_by_domain_hub_id_or_name(word: str, key: str) -> None:
    assert find_client(known(), word).key == key


def test_a_domain_wins_over_a_name_that_looks_like_it() -> None:
    assert find_client(known(), "acme.example").name == "Acme Ltda"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("beta", "use one of the domains: beta.example, beta2.example"),
        ("8", "use one of the domains: beta2.example, xn--mnchen-3ya.example"),
    ],
)
def test_a_name_or_hub_id_of_several_clients_is_refused_with_their_domains(word: str, hint: str) -> None:
    with pytest.raises(UnknownClient) as caught:
        find_client(known(), word)
    assert caught.value.message == f"{word!r} matches several clients"
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("acme.exmple", "did you mean acme.example?"),
        ("Acme Ldta", "did you mean acme.example?"),
        ("beta3.example", "did you mean beta.example or beta2.example?"),
        ("441122", "did you mean 4411224?"),
        ("zzzzzz", "list all clients: renewctl client list"),
        ("", "list all clients: renewctl client list"),
        ("4411223.0", "did you mean 4411224?"),
        ("٧", "list all clients: renewctl client list"),
        ("60d", "pass a duration as --within 60d"),
        ("o.csv", "read clients from a file: renewctl override --from-file o.csv"),
        ("Partner", "pass a renewal owner as --owner partner"),
        ("x@acme.example", "search by email address: renewctl who --recipient x@acme.example"),
        ("ana", "search by partner user: renewctl who --recipient Ana@agency.example"),
        ("\ud800", "list all clients: renewctl client list"),
    ],
)
def test_an_unknown_client_is_refused_with_similar_names(word: str, hint: str) -> None:
    with pytest.raises(UnknownClient) as caught:
        find_client(known(), word)
    assert caught.value.message == f"client {word!r} not found"
    assert caught.value.hint == hint


def test_part_of_a_name_does_not_match() -> None:
    for word in ("Acme", "acme", "example", "beta.exampl"):
        with pytest.raises(UnknownClient):
            find_client(known(), word)


def test_no_word_finds_a_client_without_hub_id_or_name() -> None:
    bare = read_portfolio({"clients": {"a.example": {}}}).portfolio
    for word in ("", " ", "None", "0"):
        with pytest.raises(UnknownClient):
            find_client(bare, word)


def test_without_clients_the_hint_is_to_add_one() -> None:
    with pytest.raises(UnknownClient) as caught:
        find_client(Portfolio(), "acme.example")
    assert "renewctl client add" in caught.value.hint


def test_several_clients_are_returned_once_in_the_order_typed() -> None:
    found = find_clients(known(), ["beta.example", "4411223", "7", "ACME.example", "beta2.example"])
    assert [client.key for client in found] == ["beta.example", "acme.example", "beta2.example"]
    assert find_clients(known(), []) == ()


def test_one_unknown_client_among_several_gives_the_error_of_that_client() -> None:
    with pytest.raises(UnknownClient) as caught:
        find_clients(known(), ["beta.example", "acme.exmple"])
    assert caught.value.message == "client 'acme.exmple' not found"
    assert caught.value.hint == "did you mean acme.example?"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("xyz.com.br", ""),
        ("zzz.com.br", ""),
        ("bananna.com.br", "banana.com.br"),
        ("banana.com", "banana.com.br"),
        ("banana.com.bt", "banana.com.br"),
        ("shop.banana.com.br", "banana.com.br"),
        ("abacaxi.pt", "abacaxi.com.br"),
        ("banana", "banana.com.br"),
        ("com.br", ""),
    ],
)
def test_a_domain_is_not_suggested_because_of_a_common_ending(word: str, hint: str) -> None:
    book = read_portfolio({"clients": {"abacaxi.com.br": {}, "banana.com.br": {}}}).portfolio
    with pytest.raises(UnknownClient) as caught:
        find_client(book, word)
    assert caught.value.hint == (
        f"did you mean {hint}?" if hint else "list all clients: renewctl client list"
    )


def test_an_address_is_not_suggested_because_of_a_common_domain() -> None:
    book = read_portfolio({"users": {"ana@agency.example": {}, "rui@agency.example": {}}}).portfolio
    for word, hint in {"zzz@agency.example": "", "anna@agency.example": "ana@agency.example"}.items():
        with pytest.raises(UnknownUser) as caught:
            find_address(book, word)
        assert caught.value.hint.startswith(
            f"did you mean {hint}?" if hint else "check the spelling, or list all contacts"
        )


def test_several_unknown_clients_are_all_listed_with_their_hints() -> None:
    with pytest.raises(UnknownClient) as caught:
        find_clients(known(), ["acme.exmple", "beta.example", "beta", "zzzzzz"])
    assert caught.value.message == "3 clients not found"
    assert [(p.message, p.hint) for p in caught.value.problems] == [
        ("client 'acme.exmple' not found", "did you mean acme.example?"),
        ("'beta' matches several clients", "use one of the domains: beta.example, beta2.example"),
        ("client 'zzzzzz' not found", "list all clients: renewctl client list"),
    ]


@pytest.mark.parametrize(
    ("word", "email"),
    [
        ("ana@agency.example", "Ana@agency.example"),
        (" ANA@AGENCY.example ", "Ana@agency.example"),
        ("ana", "Ana@agency.example"),
        ("Ana", "Ana@agency.example"),
        ("rui@other.example", "rui@other.example"),
        ("Maria.Silva", "maria.silva@agency.example"),
    ],
)
def test_a_user_is_found_by_address_or_by_its_part_before_the_at(word: str, email: str) -> None:
    assert find_user(known(), word).email == email


def test_a_local_part_of_several_users_is_refused_with_their_addresses() -> None:
    with pytest.raises(UnknownUser) as caught:
        find_user(known(), "rui")
    assert caught.value.message == "'rui' matches several partner users"
    assert caught.value.hint == "use the address: rui@agency.example, rui@other.example"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        (
            "anna@agency.example",
            "did you mean Ana@agency.example?",
        ),
        ("anna", "did you mean Ana@agency.example?"),
        ("zzzz@q.test", "list all partner users: renewctl user list"),
        ("", "list all partner users: renewctl user list"),
        ("Ana Souza", "list all partner users: renewctl user list"),
        ("agency.example", "did you mean rui@agency.example or Ana@agency.example?"),
    ],
)
def test_an_unknown_user_is_refused_with_similar_names_and_a_command(word: str, hint: str) -> None:
    with pytest.raises(UnknownUser) as caught:
        find_user(known(), word)
    assert caught.value.message == f"partner user {word!r} not found"
    assert caught.value.hint == hint


def test_an_unknown_user_can_be_added_where_a_setting_names_one() -> None:
    for word, address in (("zzzz@q.test", "zzzz@q.test"), ("Ana Souza", "EMAIL")):
        with pytest.raises(UnknownUser) as caught:
            find_user(known(), word, can_add=True)
        assert caught.value.hint == f"add the user: renewctl user add {address}"


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("PAULA@acme.example", "paula@acme.example"),
        ("ana", "ana@agency.example"),
        ("gone@agency.example", "gone@agency.example"),
        ("old@agency.example", "old@agency.example"),
    ],
)
def test_an_address_is_found_anywhere_in_the_file(word: str, key: str) -> None:
    assert find_address(known(), word) == key


@pytest.mark.parametrize(
    ("word", "hint"),
    [("paulla@acme.example", "did you mean paula@acme.example?"), ("zzzz", ""), ("", ""), ("paula", "")],
)
def test_an_unknown_address_is_refused(word: str, hint: str) -> None:
    with pytest.raises(UnknownUser) as caught:
        find_address(known(), word)
    assert caught.value.message == f"email address {word!r} not found"
    assert hint in caught.value.hint


def test_equally_similar_addresses_are_suggested_in_order() -> None:
    """A set of eight addresses would have this order for one in 40,320 hash seeds."""
    names = ["una", "pia", "noa", "mia", "lea", "ina", "eva", "ana"]
    contacts = [{"email": f"finance.{name}@acme.example"} for name in names]
    book = read_portfolio({"clients": {"acme.example": {"contacts": contacts}}}).portfolio
    with pytest.raises(UnknownUser) as caught:
        find_address(book, "finance")
    first = [f"finance.{name}@acme.example" for name in ("ana", "eva", "ina")]
    assert caught.value.hint == f"did you mean {' or '.join(first)}?"


def test_an_empty_address_matches_nobody() -> None:
    with pytest.raises(UnknownUser):
        find_address(read_portfolio({"defaults": {"owner": "hubspot"}}).portfolio, "")
