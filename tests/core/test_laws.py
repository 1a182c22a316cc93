"""What holds of every answer, whatever the store: laws, tried on stores made up by hypothesis."""

import copy
from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from portfolios import ADDRESSES, DAYS, LAW, SETTINGS, STORES, Data, portfolio
from renewctl.domain import paths, report
from renewctl.domain.dates import Window
from renewctl.domain.edit import settings
from renewctl.domain.identifiers import address_key
from renewctl.domain.resolve import Resolution, resolve
from renewctl.model import Client, Copies, Owner, PartnerUser, Portfolio


def answers(known: Portfolio) -> dict[str, Resolution]:
    """Return every client's answer."""
    return {key: resolve(known, client) for key, client in known.clients.items()}


def keys_of(found: tuple[Any, ...]) -> list[str]:
    """Return the addresses of decisions in the form they are compared in."""
    return [address_key(decision.email) for decision in found]


def recipients(answer: Resolution) -> tuple[list[str], list[str]]:
    """Return who is notified and who is copied."""
    return keys_of(answer.to), keys_of(answer.cc)


def user(known: Portfolio, email: str) -> PartnerUser:
    """Return the partner user of that address, made up if there is none."""
    return known.users.get(address_key(email), PartnerUser(email))


def reversed_tables(data: Any) -> Any:
    """Return the data with the keys of every table in the opposite order."""
    if isinstance(data, dict):
        return {key: reversed_tables(data[key]) for key in reversed(data)}
    if isinstance(data, list):
        return [reversed_tables(item) for item in data]
    return data


@LAW
@given(STORES, SETTINGS | st.none())
def test_one_clients_override_never_changes_another_clients_answer(data: Data, other: Data | None) -> None:
    changed = copy.deepcopy(data)
    key = min(changed["clients"])
    changed["clients"][key].pop("override", None)
    if other:
        changed["clients"][key]["override"] = other
    before, after = answers(portfolio(data)), answers(portfolio(changed))

    assert {k: v for k, v in before.items() if k != key} == {k: v for k, v in after.items() if k != key}


@LAW
@given(STORES)
def test_recipients_are_exactly_the_decisions_notified_or_copied_each_once_and_never_both(data: Data) -> None:
    for answer in answers(portfolio(data)).values():
        to, cc = recipients(answer)
        assert list(answer.to) == [d for d in answer.decisions if d.outcome == "notified"]
        assert list(answer.cc) == [d for d in answer.decisions if d.outcome == "copied"]
        assert max(Counter(to + cc).values(), default=1) == 1


@LAW
@given(STORES)
def test_everybody_who_could_have_been_told_has_a_decision(data: Data) -> None:
    known = portfolio(data)
    for key, answer in answers(known).items():
        decided = {address_key(d.email) for d in answer.decisions if d.email}
        client = known.clients[key]
        named = {known.default.notify} if known.default else set()
        named |= {client.override.notify} if client.override else set()
        named |= {contact.email for contact in client.contacts}
        assert decided == {address_key(email) for email in named if email}


@LAW
@given(STORES)
def test_the_order_of_tables_and_keys_does_not_matter(data: Data) -> None:
    before, after = answers(portfolio(data)), answers(portfolio(reversed_tables(data)))
    assert before == after


@LAW
@given(STORES)
def test_the_spelling_of_addresses_does_not_matter_to_who_hears(data: Data) -> None:
    def spelled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key.upper() if "@" in key else key: spelled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [spelled(item) for item in value]
        return value.upper() if isinstance(value, str) and "@" in value else value

    before, after = answers(portfolio(data)), answers(portfolio(spelled(data)))
    assert {k: recipients(v) for k, v in before.items()} == {k: recipients(v) for k, v in after.items()}
    assert {k: [n.code for n in v.notes] for k, v in before.items()} == {
        k: [n.code for n in v.notes] for k, v in after.items()
    }


@LAW
@given(STORES, st.sampled_from(Owner), ADDRESSES)
def test_setting_and_clearing_an_override_restores_the_defaults_answer(
    data: Data, owner: Owner, email: str
) -> None:
    key = min(data["clients"])
    data["clients"][key].pop("override", None)
    known = portfolio(data)
    plan = settings.override(known, [known.clients[key]], owner, user(known, email).email, "note")
    overridden = paths.apply_changes(data, plan.changes)
    again = portfolio(overridden)
    cleared = paths.apply_changes(overridden, settings.clear_override(again.clients.values()).changes)

    assert again.clients[key].override is not None
    assert answers(portfolio(cleared))[key] == answers(known)[key]


def allowed(known: Portfolio, client: Client) -> set[str]:
    """Return everybody who may be told: the client's contacts and the user of the setting that applies."""
    setting = client.override or known.default
    may = {contact.email for contact in client.contacts}
    if setting and setting.notify:
        may.add(setting.notify)
    elif (
        client.override and client.override.owner is Owner.HUBSPOT and known.default and known.default.notify
    ):
        may |= (
            {known.default.notify} if known.policy.hubspot_override_copies is Copies.DEFAULT_USER else set()
        )
    return {address_key(email) for email in may}


@LAW
@given(STORES)
def test_nobody_is_told_but_the_clients_contacts_and_the_user_of_the_setting_that_applies(data: Data) -> None:
    known = portfolio(data)
    for key, answer in answers(known).items():
        to, cc = recipients(answer)
        assert {*to, *cc} <= allowed(known, known.clients[key])
        if answer.setting is None or answer.setting.owner is Owner.HUBSPOT:
            active_roles = {address_key(c.email) for c in known.clients[key].contacts if c.roles and c.active}
            assert set(to) <= active_roles


@LAW
@given(STORES)
def test_the_note_that_nobody_is_notified_stands_exactly_where_nobody_is(data: Data) -> None:
    for answer in answers(portfolio(data)).values():
        codes = [note.code for note in answer.notes]
        assert codes.count("no-recipient") == (not answer.to)
        if not answer.to:
            assert not answer.cc


@LAW
@given(STORES)
def test_where_the_partner_owns_at_most_the_settings_user_is_notified_and_nobody_copied(data: Data) -> None:
    for answer in answers(portfolio(data)).values():
        if answer.setting and answer.setting.owner is Owner.PARTNER:
            to, cc = recipients(answer)
            assert to in ([], [address_key(answer.setting.notify or "")])
            assert cc == []


@LAW
@given(STORES)
def test_where_hubspot_owns_every_active_holder_of_a_role_is_notified(data: Data) -> None:
    known = portfolio(data)
    for key, answer in answers(known).items():
        if answer.setting and answer.setting.owner is Owner.HUBSPOT:
            contacts = known.clients[key].contacts
            deactivated = {address_key(c.email) for c in contacts if not c.active}
            holders = {address_key(c.email) for c in contacts if c.roles} - deactivated
            assert set(recipients(answer)[0]) == holders


@LAW
@given(STORES, st.integers(-1000, 1000))
def test_who_is_told_does_not_depend_on_dates(data: Data, days: int) -> None:
    later = copy.deepcopy(data)
    for client in later["clients"].values():
        for item in client.get("renewals", ()):
            item["date"] += timedelta(days=days)
    before, after = answers(portfolio(data)), answers(portfolio(later))
    assert {k: (v.rule, v.decisions, v.notes) for k, v in before.items()} == {
        k: (v.rule, v.decisions, v.notes) for k, v in after.items()
    }


def rest_of(known: Portfolio, *keys: str) -> dict[str, Client]:
    """Return the clients but for those named."""
    return {key: client for key, client in known.clients.items() if key not in keys}


@LAW
@given(STORES, st.sampled_from(Owner), ADDRESSES | st.none() | st.just(""))
def test_a_default_that_was_set_is_the_default_and_no_client_is_another(
    data: Data, owner: Owner, to: str | None
) -> None:
    known = portfolio(data)
    before = known.default.notify if known.default else None
    email = before if to is None else to
    assume(owner is Owner.HUBSPOT or email)
    asked = user(known, to).email if to else to
    again = portfolio(paths.apply_changes(data, settings.set_default(known, owner, asked).changes))

    assert again.default is not None
    assert again.default.owner is owner
    assert address_key(again.default.notify or "") == address_key(email or "")
    assert again.clients == known.clients
    assert (again.users, again.policy) == (known.users, known.policy)


@LAW
@given(STORES, st.sampled_from(Owner), ADDRESSES | st.none(), st.sampled_from(["", "why"]), st.integers(1, 3))
def test_an_override_that_was_set_is_the_override_and_no_other_client_is_another(
    data: Data, owner: Owner, email: str | None, note: str, count: int
) -> None:
    assume(owner is Owner.HUBSPOT or email)
    known = portfolio(data)
    keys = sorted(known.clients)[:count]
    asked = [known.clients[key] for key in keys]
    plan = settings.override(known, asked, owner, user(known, email).email if email else None, note)
    again = portfolio(paths.apply_changes(data, plan.changes))

    for key in keys:
        got = again.clients[key].override
        assert got is not None
        assert (got.owner, address_key(got.notify or "")) == (owner, address_key(email or ""))
        assert got.note == note
    assert rest_of(again, *keys) == rest_of(known, *keys)
    assert (again.default, again.users) == (known.default, known.users)
    twice = settings.override(
        again, [again.clients[key] for key in keys], owner, user(known, email).email if email else None, note
    )
    assert twice.changes == ()


@LAW
@given(STORES, st.integers(1, 3))
def test_an_override_that_was_cleared_is_gone_and_no_other_client_is_another(data: Data, count: int) -> None:
    known = portfolio(data)
    keys = sorted(known.clients)[:count]
    again = portfolio(
        paths.apply_changes(data, settings.clear_override([known.clients[key] for key in keys]).changes)
    )

    assert not any(again.clients[key].override for key in keys)
    assert rest_of(again, *keys) == rest_of(known, *keys)
    assert settings.clear_override([again.clients[key] for key in keys]).changes == ()


@LAW
@given(STORES)
def test_clearing_redundant_overrides_changes_no_setting(data: Data) -> None:
    known = portfolio(data)
    again = portfolio(
        paths.apply_changes(data, settings.clear_override(settings.find_matching_default(known)).changes)
    )
    for key, answer in answers(again).items():
        before = resolve(known, known.clients[key]).setting
        now = answer.setting
        assert (before.owner if before else None) == (now.owner if now else None)
        assert address_key((before and before.notify) or "") == address_key((now and now.notify) or "")
    assert settings.find_matching_default(again) == ()


def listed(found: tuple[report.ReportRow, ...]) -> Counter[tuple[str, str | None]]:
    """Return how often each renewal of each client is listed."""
    return Counter((row.client.key, row.renewal.product if row.renewal else None) for row in found)


@LAW
@given(STORES, DAYS)
def test_without_a_window_every_renewal_is_listed_once_and_so_is_a_client_without_one(
    data: Data, today: date
) -> None:
    known = portfolio(data)
    found = report.build_rows(known, known.clients.values(), None, today)
    there = [(c.key, r.product) for c in known.clients.values() for r in c.renewals]
    without = [(c.key, None) for c in known.clients.values() if not c.renewals]
    assert listed(found) == Counter(there + without)


@LAW
@given(
    STORES, DAYS, DAYS, st.sampled_from([0, 15, 44, 45, 60, 120]), st.sampled_from(["renewal", "deadline"])
)
def test_a_window_shows_what_is_in_it_and_never_hides_what_is_past_or_undated(
    data: Data, today: date, start: date, days: int, on: Any
) -> None:
    known = portfolio(data)
    window = Window(start, start + timedelta(days=days), on)
    everything = report.build_rows(known, known.clients.values(), None, today)
    found = report.build_rows(known, known.clients.values(), window, today)

    def shown(row: report.ReportRow) -> bool:
        if row.renewal is None or row.deadline is None or row.renewal.day < today:
            return True
        return window.start <= (row.renewal.day if on == "renewal" else row.deadline) <= window.end

    assert list(found) == [row for row in everything if shown(row)]


@LAW
@given(STORES, DAYS)
def test_rows_stand_by_deadline_then_client_the_past_after_the_dated_and_the_undated_last(
    data: Data, today: date
) -> None:
    known = portfolio(data)
    found = report.build_rows(known, known.clients.values(), None, today)
    groups = [2 if row.renewal is None else 1 if row.renewal.day < today else 0 for row in found]
    assert groups == sorted(groups)
    for group in (0, 1, 2):
        inside = [
            (r.deadline or date.max, r.client.key) for r, g in zip(found, groups, strict=True) if g == group
        ]
        assert inside == sorted(inside)


@LAW
@given(STORES, DAYS)
def test_digests_are_the_same_rows_by_person(data: Data, today: date) -> None:
    known = portfolio(data)
    found = report.build_rows(known, known.clients.values(), None, today)
    people = {address_key(digest.email): digest for digest in report.build_digests(found)}

    assert set(people) == {email for row in found for email in row.recipients}
    for email, digest in people.items():
        assert tuple(row for _, row in digest.rows) == report.rows_for_recipient(found, email)
        assert report.build_digests(found, email) == (digest,)
    assert [address_key(digest.email) for digest in report.build_digests(found)] == sorted(people)
