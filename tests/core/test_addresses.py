"""Addresses that are typed: what a person means is taken, what cannot be one address is refused."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.addresses import PLAIN, parse_address
from renewctl.errors import UsageError

RESERVED = (".test", ".local", ".invalid", ".localhost", ".onion", ".arpa")


@given(st.from_regex(PLAIN, fullmatch=True).filter(lambda text: "--" not in text))
def test_what_is_taken_without_the_library_the_library_takes_too(text: str) -> None:
    if not text.lower().endswith(RESERVED):
        assert validate_email(text, check_deliverability=False, strict=True).original == text


@pytest.mark.parametrize(
    "text",
    [
        "ana@agency.example",
        " ana@agency.example\n",
        "Ana.Souza+hub@sub.agency.example",
        "josé@agência.example",
        "a@x.test",
        "a@x.local",
        "o'neil@agency.example",
    ],
)
def test_an_address_comes_back_as_typed(text: str) -> None:
    assert parse_address(text, "ADDRESS") == text.strip()


@pytest.mark.parametrize("text", ["Ana <ana@agency.example>", "Zé Sá < ana@agency.example >"])
def test_an_address_with_a_name_is_asked_for_alone(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, "ADDRESS")
    assert refused.value.hint == "write the address alone: ana@agency.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@agency.example",
        "ana@agency",
        "ana@@agency.example",
        "a b@agency.example",
        "ana@agency..example",
        ".ana@agency.example",
        "ana@-agency.example",
        "a\x00@agency.example",
        "ana@agency.example, rui@x.example",
        "Ana <ana@agency.example>",
        "a@127.0.0.1",
        "x" * 65 + "@agency.example",
        "ana@" + "x" * 64 + ".example",
    ],
)
def test_what_is_not_one_address_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, "ADDRESS")
    assert refused.value.message.startswith("ADDRESS: ")
    assert refused.value.hint
