"""Test normalizing and checking domains, addresses and names."""

from collections.abc import Callable
from unicodedata import normalize

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from renewctl.domain.identifiers import (
    KEY,
    PLAIN_ADDRESS,
    address_key,
    client_key,
    compose,
    is_address,
    name_key,
    parse_address,
    tidy_name,
)
from renewctl.errors import UsageError

RESERVED = (".test", ".local", ".invalid", ".localhost", ".onion", ".arpa")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("acme.example", "acme.example"),
        ("ACME.Example", "acme.example"),
        ("  acme.example\n", "acme.example"),
        ("www.acme.example", "acme.example"),
        ("WWW.acme.example", "acme.example"),
        ("http://acme.example", "acme.example"),
        ("https://www.acme.example/", "acme.example"),
        ("HTTPS://Acme.Example/about?x=1#top", "acme.example"),
        ("https://acme.example:8443/x", "acme.example"),
        ("acme.example:443", "acme.example"),
        ("acme.example/path", "acme.example"),
        ("acme.example?x=www.other.example", "acme.example"),
        ("acme.example#x", "acme.example"),
        ("acme.example.", "acme.example"),
        ("shop.acme.example", "shop.acme.example"),
        ("www.example", "www.example"),
        ("wwwacme.example", "wwwacme.example"),
        ("acme_x.example", "acme_x.example"),
        ("acme-x.example", "acme-x.example"),
        ("a", "a"),
        ("4411223", "4411223"),
        ("a" * 253, "a" * 253),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("mu\u0308nchen.example", "xn--mnchen-3ya.example"),
        ("https://www.münchen.example/x", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え.example", "xn--r8jz45g.example"),
        ("acme。example", "acme.example"),
        ("ａｃｍｅ.example", "acme.example"),
    ],
)
def test_typed_and_pasted_domains_are_normalized(typed: str, key: str) -> None:
    assert client_key(typed) == key
    assert client_key(key) == key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        ".",
        "..",
        "https://",
        "/",
        "-acme.example",
        "acme.example-",
        "_acme.example",
        "acme example",
        "Acme Ltda",
        "pat@acme.example",
        "https://pat@acme.example",
        "acme.example\x00",
        "acme\x1b[31m.example",
        "acme.example\nother.example",
        "a" * 254,
        "☃.example",
        "\ud800.example",
        "ü" * 300 + ".example",
        "acme,example",
        '"acme"',
        "*",
        "xn--\u00fc.example",
    ],
)
def test_other_texts_have_no_client_key(typed: str) -> None:
    assert client_key(typed) is None


@pytest.mark.parametrize("typed", ["www.www.acme.example", "ｗｗｗ.acme.example", "www。acme.example"])
def test_a_client_key_is_its_own_key(typed: str) -> None:
    key = client_key(typed)
    assert key is not None
    assert client_key(key) == key


@given(st.text(max_size=20) | st.from_regex(r"(https?://)?[a-zß.ü。:/-]{1,20}", fullmatch=True))
def test_any_text_gives_a_valid_key_or_none(typed: str) -> None:
    key = client_key(typed)
    if key is not None:
        assert KEY.fullmatch(key)
        assert key.isascii()
        assert client_key(key) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ana@Agency.EXAMPLE", "ana@agency.example"),
        (" a@b\t", "a@b"),
        ("É@x", "é@x"),
        ("E\u0301@x", "é@x"),
        ("\u212b@x", "å@x"),
        ("straße@x", "straße@x"),
        ("", ""),
    ],
)
def test_addresses_are_compared_without_case_and_surrounding_spaces(written: str, key: str) -> None:
    assert address_key(written) == key
    assert address_key(key) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Acme Ltda", "acme ltda"),
        (" ACME \t  Ltda\n", "acme ltda"),
        ("Acme\u00a0\u202fLtda", "acme ltda"),
        ("Acme\u3000Ltda", "acme ltda"),
        ("Ac\u0327a\u0303o", "ação"),
        ("AÇÃO", "ação"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("", ""),
        (" ", ""),
    ],
)
def test_names_are_compared_without_case_and_extra_spaces(written: str, key: str) -> None:
    assert name_key(written) == key


def test_a_new_name_is_composed_with_single_spaces_and_keeps_its_case() -> None:
    assert tidy_name(" Gesta\u0303o\u00a0  X ") == "Gestão X"
    assert compose(" a\u0301  b") == " á  b"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (" Ana@Agency.example ", "ana@agency.example"),
        ("ana@MÜNCHEN.example", "ana@xn--mnchen-3ya.example"),
        ("ana@mu\u0308nchen.example", "ana@xn--mnchen-3ya.example"),
        ("ana@XN--MNCHEN-3YA.example", "ana@xn--mnchen-3ya.example"),
        ("JOSÉ@agency.example", "josé@agency.example"),
        ("José@straße.example", "josé@xn--strae-oqa.example"),
        ("ana@☃.example", "ana@☃.example"),
        ("Müller", "müller"),
    ],
)
def test_keys_of_addresses(address: str, key: str) -> None:
    assert address_key(address) == key


@pytest.mark.parametrize("key_of", [address_key, name_key])
@given(st.text(max_size=12) | st.text("aA\u0301\u0345ΑΣςıİKÅßé\u00a0 @", max_size=8))
def test_text_that_looks_the_same_has_one_key(key_of: Callable[[str], str], text: str) -> None:
    key = key_of(text)
    assert key_of(key) == key
    assert normalize("NFC", key) == key
    for form in ("NFC", "NFD"):
        assert key_of(normalize(form, text)) == key


@pytest.mark.parametrize(
    "text",
    ["a@b", "ana@agency.example", "Ana.Souza+hub@Agency.example", "é@ü.test", "a'b@c", "x" * 252 + "@b"],
)
def test_text_in_the_shape_of_an_address_is_accepted(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a@@b",
        "a@b@c",
        "a b@c",
        " a@b",
        "a@b ",
        "a@b\n",
        "a\x00@b",
        "a@b\x7f",
        "a@\x1b[2Jb",
        "a@b,c d@e",
        "x" * 253 + "@b",
        "a@b\u2028",
    ],
)
def test_text_in_another_shape_is_not_an_address(text: str) -> None:
    assert not is_address(text)


@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True).filter(lambda text: "--" not in text))
def test_the_library_accepts_every_plain_address(text: str) -> None:
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
def test_an_address_is_returned_as_typed_but_composed(text: str) -> None:
    assert parse_address(text, "ADDRESS") == text.strip()
    assert parse_address(normalize("NFD", text), "ADDRESS") == text.strip()


@pytest.mark.parametrize("text", ["Ana <ana@agency.example>", "Zé Sá < ana@agency.example >"])
def test_for_an_address_with_a_name_the_hint_has_the_address(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, "ADDRESS")
    assert refused.value.hint == "write only the address: ana@agency.example"


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
def test_text_that_is_not_one_address_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text, "ADDRESS")
    assert refused.value.message.startswith("ADDRESS: ")
    assert refused.value.hint
