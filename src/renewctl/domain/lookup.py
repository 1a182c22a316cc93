"""From what people type to the client or partner user they mean; never a guess, never a creation."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import takewhile

from renewctl.command_line import command_line
from renewctl.domain.identifiers import address_key, client_key, is_address, name_key
from renewctl.errors import Problem, UnknownClient, UnknownUser
from renewctl.model import Client, Owner, PartnerUser, Portfolio

_SPAN = re.compile(r"\d{1,4}[dwmy]", re.I)
_split_labels = re.compile(r"(?=[.@])").split
MOST_NEAREST = 20
"""The number of unknown names for which the nearest known ones are suggested."""


def find_clients(portfolio: Portfolio, words: Sequence[str]) -> tuple[Client, ...]:
    """Return the clients that ``words`` name, each once.

    Raises:
        UnknownClient: If some name no client, or several; all of them are listed.
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
        raise UnknownClient(f"{len(failures)} clients are unknown", problems=problems)
    return tuple(clients.values())


def find_client(portfolio: Portfolio, word: str, *, nearest: bool = True) -> Client:
    """Return the one client that ``word`` names: a domain, a hub ID, or an exact unique name.

    Raises:
        UnknownClient: If it names no client, or several. The hint has the ``nearest`` names only if
            asked for: they take a while in a large portfolio.
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
        raise UnknownClient(f"{word!r} names several clients", hint=f"use the domain: {keys}")
    hint = _suggest_option(portfolio, text) or (_suggest_clients(portfolio, word) if nearest else "")
    raise UnknownClient(f"there is no client {word!r}", hint=hint)


def _suggest_option(portfolio: Portfolio, word: str) -> str:
    """Return where a word belongs that is in place of a client and is plainly something else."""
    if _SPAN.fullmatch(word):
        return f"a span of time stands after its option: --within {word}"
    if word.lower().endswith((".csv", ".jsonl")):
        return f"a list of clients is read by {command_line('override', from_file=word)}"
    if word.lower() in set(Owner):
        return f"an owner stands after its option: --owner {word.lower()}"
    if is_address(word):
        return f"that is a person's address: {command_line('who', recipient=word)}"
    emails = [user.email for user in portfolio.users.values() if address_key(word) in _names(user)]
    command = command_line("who", recipient=emails[0]) if len(emails) == 1 else ""
    return f"that is a partner user: {command}" if command else ""


def _suggest_clients(portfolio: Portfolio, word: str) -> str:
    if not portfolio.clients:
        return suggest_first_client()
    names = {name_key(client.name): client.key for client in portfolio.clients.values() if client.name}
    keys = {key: key for key in portfolio.clients}
    return _suggest(word, {**names, **keys}) or f"{command_line('client list')} shows them all"


def suggest_first_client() -> str:
    """Return what to do about a store without clients."""
    return f"the store has no clients yet; add one: {command_line('client add DOMAIN', name='NAME')}"


def _suggest(word: str, choices: dict[str, str]) -> str:
    """Return a question with what begins like ``word``, or is about as similar as the best.

    What both end in, as domains in ``.com.br``, is not compared: every other client may end in it, too.
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
    """Return the labels that two domains or addresses both end in, from a dot or @ on."""
    labels = zip(reversed(_split_labels(word)[1:]), reversed(_split_labels(choice)[1:]), strict=False)
    shared = [label for label, _ in takewhile(lambda pair: pair[0] == pair[1], labels)]
    return "".join(reversed(shared))


def find_user(portfolio: Portfolio, word: str) -> PartnerUser:
    """Return the partner user that ``word`` names: an address, or its unique part before the @.

    Raises:
        UnknownUser: If it names no user, or several; the hint has the ``user add`` to type.
    """
    key = address_key(word)
    if user := portfolio.users.get(key):
        return user
    matches = [user for user in portfolio.users.values() if address_key(user.email).split("@")[0] == key]
    if len(matches) == 1:
        return matches[0]
    if matches:
        emails = ", ".join(user.email for user in matches)
        raise UnknownUser(f"{word!r} names several partner users", hint=f"use the address: {emails}")
    choices = {name: user.email for user in portfolio.users.values() for name in _names(user)}
    address = word.strip() if is_address(word.strip()) else "EMAIL"
    hint = f"{_suggest(word, choices)} To add: {command_line('user add', address)}".strip()
    raise UnknownUser(f"{word!r} is not one of the partner's users", hint=hint)


def _names(user: PartnerUser) -> tuple[str, str]:
    """Return what a user can be called: the address, and its part before the @."""
    address = address_key(user.email)
    return address, address.split("@")[0]


def find_address(portfolio: Portfolio, word: str) -> str:
    """Return the address that ``word`` names, of any user or contact in the file.

    Raises:
        UnknownUser: If nobody there has it; a report without rows would hide a typing error.
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
        hint = hint or f"{command_line('user list')} and {command_line('contacts')} show them all"
        raise UnknownUser(f"nobody in the store has the address {word!r}", hint=hint) from None
