"""Find the client or partner user that was typed; never guess or create one."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile

from renewctl.command_line import command_line
from renewctl.domain.identifiers import LONGEST_ADDRESS, address_key, client_key, is_address, name_key
from renewctl.errors import Problem, UnknownClient, UnknownUser
from renewctl.model import Client, Owner, PartnerUser, Portfolio
from renewctl.text import quote_text

_SPAN = r"(?i)\d{1,4}[dwmy]"
_LABEL_START = r"(?=[.@])"
MOST_NEAREST = 20
"""The number of unknown names for which similar names are suggested."""


def find_clients(portfolio: Portfolio, words: Sequence[str]) -> tuple[Client, ...]:
    """Return the clients that match ``words``, each once.

    Raises:
        UnknownClient: If a word matches no client, or several; all such words are listed.
    """
    clients: dict[str, Client] = {}
    failures: list[UnknownClient] = []
    for word in words:
        try:
            client = find_client(portfolio, word, nearest=len(failures) < MOST_NEAREST)
            clients.setdefault(client.key, client)
        except UnknownClient as failure:
            failures.append(failure)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        problems = [Problem(failure.message, hint=failure.hint) for failure in failures]
        raise UnknownClient(f"{len(failures)} clients not found", problems=problems)
    return tuple(clients.values())


def find_client(portfolio: Portfolio, word: str, *, nearest: bool = True) -> Client:
    """Return the client that matches a domain, a hub ID or an exact, unique name.

    Args:
        portfolio: The clients to search.
        word: What the user typed.
        nearest: Whether to suggest similar names, which takes a while among many clients.

    Raises:
        UnknownClient: If it matches no client, or several.
    """
    if client := portfolio.clients.get(client_key(word) or ""):
        return client
    clients, text = portfolio.clients.values(), word.strip()
    matches = [client for client in clients if client.hub_id is not None and str(client.hub_id) == text]
    if not matches and (name := name_key(text)):
        matches = [client for client in clients if name_key(client.name) == name]
    if len(matches) == 1:
        return matches[0]
    if matches:
        keys = ", ".join(client.key for client in matches)
        raise UnknownClient(f"{word!r} matches several clients", hint=f"use one of the domains: {keys}")
    hint = _suggest_option(portfolio, text) or (_suggest_clients(portfolio, word) if nearest else "")
    raise UnknownClient(f"client {quote_text(word, LONGEST_ADDRESS)} not found", hint=hint)


def _suggest_option(portfolio: Portfolio, word: str) -> str:
    """Return the option for a word that is not a client; empty if none fits."""
    if re.fullmatch(_SPAN, word):
        return f"pass a duration as --within {word}"
    if word.lower().endswith((".csv", ".jsonl")):
        return f"read clients from a file: {command_line('override', from_file=word)}"
    if word.lower() in set(Owner):
        return f"pass a renewal owner as --owner {word.lower()}"
    if is_address(word):
        return f"search by email address: {command_line('who', recipient=word)}"
    emails = [user.email for user in portfolio.users.values() if address_key(word) in _names(user)]
    command = command_line("who", recipient=emails[0]) if len(emails) == 1 else ""
    return f"search by partner user: {command}" if command else ""


def _suggest_clients(portfolio: Portfolio, word: str) -> str:
    if not portfolio.clients:
        return suggest_first_client()
    names = {name_key(client.name): client.key for client in portfolio.clients.values() if client.name}
    keys = {key: key for key in portfolio.clients}
    return _suggest(word, {**names, **keys}) or f"list all clients: {command_line('client list')}"


def suggest_first_client() -> str:
    """Return a hint for a file without clients."""
    return f"add the first client: {command_line('client add DOMAIN', name='NAME')}"


def _suggest(word: str, choices: dict[str, str]) -> str:
    """Return "did you mean …?" with the choices most similar to ``word``.

    A choice that starts with ``word`` counts as similar.

    A shared ending such as ``.com.br`` is not compared, because many other clients can have it, too.
    """
    word = name_key(word)
    alike = [(choice, choice, word) for choice in choices if word and choice.startswith(word)]
    if not alike:
        stems: dict[str, dict[str, str]] = {}
        for choice in choices:
            end = _shared_end(word, choice)
            stems.setdefault(end, {})[choice.removesuffix(end)] = choice
        for end, choice_of in stems.items():
            stem = word.removesuffix(end)
            alike += [(choice_of[near], near, stem) for near in get_close_matches(stem, choice_of, 6, 0.6)]
    ratios = {choice: SequenceMatcher(None, one, other).ratio() for choice, one, other in alike}
    ranked = sorted(ratios, key=lambda choice: -ratios[choice])
    best = [choice for choice in ranked if ratios[choice] > ratios[ranked[0]] - 0.1]
    meanings = list(dict.fromkeys(choices[match] for match in best))[:3]
    return f"did you mean {' or '.join(meanings)}?" if meanings else ""


def _shared_end(word: str, choice: str) -> str:
    """Return the common ending of two domains or addresses, from a dot or @ on."""
    ends = (reversed(re.split(_LABEL_START, text)[1:]) for text in (word, choice))
    labels = zip(*ends, strict=False)
    shared = [label for label, _ in takewhile(lambda pair: pair[0] == pair[1], labels)]
    return "".join(reversed(shared))


def find_user(portfolio: Portfolio, word: str, *, can_add: bool = False) -> PartnerUser:
    """Return the partner user of an address, or of its unique part before the @.

    Args:
        portfolio: The users to search.
        word: What the user typed.
        can_add: Whether the word can be a new user's, so that the next step is to add the user.

    Raises:
        UnknownUser: If it matches no user, or several.
    """
    key = address_key(word)
    if user := portfolio.users.get(key):
        return user
    matches = [user for user in portfolio.users.values() if address_key(user.email).split("@")[0] == key]
    if len(matches) == 1:
        return matches[0]
    if matches:
        emails = ", ".join(user.email for user in matches)
        raise UnknownUser(f"{word!r} matches several partner users", hint=f"use the address: {emails}")
    choices = {name: user.email for user in portfolio.users.values() for name in _names(user)}
    hint = _suggest(word, choices)
    if not hint and can_add:
        address = word.strip() if is_address(word.strip()) else "EMAIL"
        hint = f"add the user: {command_line('user add', address)}"
    hint = hint or f"list all partner users: {command_line('user list')}"
    raise UnknownUser(f"partner user {quote_text(word, LONGEST_ADDRESS)} not found", hint=hint)


def _names(user: PartnerUser) -> tuple[str, str]:
    """Return the names of a user: the address, and its part before the @."""
    address = address_key(user.email)
    return address, address.split("@")[0]


def find_address(portfolio: Portfolio, word: str) -> str:
    """Return the address of the user or contact in the file that matches ``word``.

    Raises:
        UnknownUser: If there is none: a report without rows would hide a typing error.
    """
    key, clients = address_key(word), portfolio.clients.values()
    settings = (portfolio.default, *(client.override for client in clients))
    known = {address_key(setting.notify) for setting in settings if setting and setting.notify}
    known.update(address_key(contact.email) for client in clients for contact in client.contacts)
    if key in known:
        return key
    try:
        return address_key(find_user(portfolio, word).email)
    except UnknownUser:
        hint = _suggest(word, {address: address for address in sorted({*known, *portfolio.users})})
        hint = hint or f"check the spelling, or list all contacts: {command_line('contacts')}"
        raise UnknownUser(f"email address {quote_text(word, LONGEST_ADDRESS)} not found", hint=hint) from None
