"""From what people type to the client or partner user they mean; never a guess, never a creation.

Imports ``model``, ``domains`` and ``errors`` only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote

from renewctl.domain.identifiers import address_key, client_key, is_address
from renewctl.errors import Problem, UnknownClient, UnknownUser
from renewctl.fields import TABLES
from renewctl.model import EMPTY, AnySetting, Client, Owner, PartnerUser, Portfolio, Scalar

_SPAN = re.compile(r"\d{1,4}[dwmy]", re.I)
MOST_NEAREST = 20
"""So many of the names that are unknown are answered with the nearest."""


def find_clients(portfolio: Portfolio, words: Sequence[str]) -> tuple[Client, ...]:
    """Return the clients that ``words`` name (domain, hub id, or exact unique name), each once.

    Raises:
        UnknownClient: some name no client, or several; all of them are listed.
    """
    found: dict[str, Client] = {}
    failures: list[UnknownClient] = []
    for word in words:
        try:
            client = find_client(portfolio, word, nearest=len(failures) < MOST_NEAREST)
            found.setdefault(client.key, client)
        except UnknownClient as failure:
            failures.append(failure)
    _raise_all(failures)
    return tuple(found.values())


def find_client(portfolio: Portfolio, word: str, *, nearest: bool = True) -> Client:
    """Return the one client that ``word`` names.

    Args:
        portfolio: where to look.
        word: a domain, a hub id, or an exact unique name.
        nearest: name the nearest in the error; it takes a while in a large portfolio.

    Raises:
        UnknownClient: none answers to it, or several do.
    """
    if client := portfolio.clients.get(client_key(word) or ""):
        return client
    named = _by_hub_id(portfolio, word) or _by_name(portfolio, word)
    if len(named) == 1:
        return named[0]
    if named:
        keys = ", ".join(client.key for client in named)
        raise UnknownClient(f"{word!r} names several clients", hint=f"use the domain: {keys}")
    hint = _of_another_kind(portfolio, word.strip()) or (_nearest_clients(portfolio, word) if nearest else "")
    raise UnknownClient(f"there is no client {word!r}", hint=hint)


def _raise_all(failures: list[UnknownClient]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        problems = [Problem(failure.message, hint=failure.hint) for failure in failures]
        raise UnknownClient(f"{len(failures)} clients are unknown", problems=problems)


def _by_hub_id(portfolio: Portfolio, word: str) -> list[Client]:
    digits = word.strip()
    if not (digits.isascii() and digits.isdigit()):
        return []
    return [client for client in portfolio.clients.values() if str(client.hub_id) == digits]


def _by_name(portfolio: Portfolio, word: str) -> list[Client]:
    name = word.strip().casefold()
    return [
        client for client in portfolio.clients.values() if name and client.name.strip().casefold() == name
    ]


def _of_another_kind(portfolio: Portfolio, word: str) -> str:
    """Return where a word belongs that stands for a client and is plainly something else."""
    if _SPAN.fullmatch(word):
        return f"a span of time stands after its option: --within {word}"
    if word.lower().endswith((".csv", ".jsonl")):
        return f"a list of clients is read by renewctl override --from {quote(word)}"
    if word.lower() in set(Owner):
        return f"an owner stands after its option: --owner {word.lower()}"
    if is_address(word):
        return f"that is a person's address: renewctl who --recipient {quote(word)}"
    emails = [user.email for user in portfolio.users.values() if word.lower() in _names_of(user)]
    return f"that is a partner user: renewctl who --recipient {quote(emails[0])}" if len(emails) == 1 else ""


def _nearest_clients(portfolio: Portfolio, word: str) -> str:
    if not portfolio.clients:
        return "the store has no clients yet; add one: renewctl client add DOMAIN --name NAME"
    names = {client.name.casefold(): client.key for client in portfolio.clients.values() if client.name}
    keys = {key: key for key in portfolio.clients}
    return _did_you_mean(word, {**names, **keys}) or "renewctl client list shows them all"


def _did_you_mean(word: str, choices: dict[str, str]) -> str:
    """Return a question with what begins like ``word``, or is about as like it as the best."""
    from difflib import SequenceMatcher, get_close_matches  # most names are known

    word = word.strip().casefold()
    begun = [choice for choice in choices if word and choice.startswith(word)]
    close = begun or get_close_matches(word, choices, 6, 0.6)
    likeness = [SequenceMatcher(None, choice, word).ratio() for choice in close]
    best = [choice for choice, ratio in zip(close, likeness, strict=True) if ratio > max(likeness) - 0.1]
    found = list(dict.fromkeys(choices[match] for match in best))[:3]
    return f"did you mean {' or '.join(found)}?" if found else ""


def find_user(portfolio: Portfolio, word: str) -> PartnerUser:
    """Return the partner user that ``word`` names: an address, or its unique part before the @.

    Raises:
        UnknownUser: none answers to it, or several do; the message has the ``user add`` to type.
    """
    key = address_key(word)
    if user := portfolio.users.get(key):
        return user
    named = [user for user in portfolio.users.values() if address_key(user.email).split("@")[0] == key]
    if len(named) == 1:
        return named[0]
    if named:
        emails = ", ".join(user.email for user in named)
        raise UnknownUser(f"{word!r} names several partner users", hint=f"use the address: {emails}")
    raise UnknownUser(f"{word!r} is not one of the partner's users", hint=_user_hint(portfolio, word))


def find_address(portfolio: Portfolio, word: str) -> str:
    """Return the address that ``word`` names, of anybody the store knows: user or client contact.

    Raises:
        UnknownUser: nobody there has it; reporting that they hear nothing would hide a typo.
    """
    key = address_key(word)
    known = {key for client in portfolio.clients.values() for key in _addresses_of(client)}
    if key in known or (portfolio.default and key == address_key(portfolio.default.notify or "")):
        return key
    try:
        return address_key(find_user(portfolio, word).email)
    except UnknownUser:
        hint = _did_you_mean(word, {address: address for address in (*known, *portfolio.users)})
        raise UnknownUser(f"nobody in the store has the address {word!r}", hint=hint) from None


def _addresses_of(client: Client) -> Iterator[str]:
    yield from (address_key(contact.email) for contact in client.contacts)
    if client.override and client.override.notify:
        yield address_key(client.override.notify)


def filter_clients(
    portfolio: Portfolio,
    overridden: bool | None = None,
    owner: Owner | None = None,
    notify: str | None = None,
    values: Mapping[str, Scalar | None] = EMPTY,
) -> tuple[Client, ...]:
    """Return the clients that pass every filter; None lets any client pass.

    Args:
        portfolio: The clients'.
        overridden: Whether the client has an override, or follows the default.
        owner: The owner of the setting that applies.
        notify: The address of the partner user of the setting that applies; empty for none.
        values: What the client's own fields must be, by key; None for no value. Text is compared
            without case.
    """
    return tuple(
        client
        for client in portfolio.clients.values()
        if overridden in {None, client.override is not None}
        and _has_setting(client.override or portfolio.default, owner, notify)
        and all(
            _plain(getattr(client, TABLES["clients"][key].attribute)) == _plain(value)
            for key, value in values.items()
        )
    )


def _has_setting(setting: AnySetting | None, owner: Owner | None, notify: str | None) -> bool:
    if owner is None and notify is None:
        return True
    if setting is None or owner not in {None, setting.owner}:
        return False
    return notify is None or address_key(setting.notify or "") == address_key(notify)


def _plain(value: object) -> object:
    return (value or "").strip().casefold() if isinstance(value, str | None) else value


def _user_hint(portfolio: Portfolio, word: str) -> str:
    choices = {name: user.email for user in portfolio.users.values() for name in _names_of(user)}
    address = word.strip() if is_address(word.strip()) else "ADDRESS"
    return " ".join(filter(None, (_did_you_mean(word, choices), f"To add: renewctl user add {address}")))


def _names_of(user: PartnerUser) -> Iterable[str]:
    address = address_key(user.email)
    return address, address.split("@")[0]
