"""``make bench`` measures what its table shows: its files and cases, without timing."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
import tomli

from renewctl.domain.validate import read_portfolio
from renewctl.store.snapshot import Snapshot

REPOSITORY = Path(__file__).resolve().parent.parent
CLIENTS = 20
RENEWCTL = [sys.executable, "-m", "renewctl"]

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(REPOSITORY / "bench"))
    portfolio, measure, stores, cases, peers, bench = map(
        import_module, ("portfolio", "measure", "stores", "cases", "peers", "bench")
    )

BASELINES = {f"{row.label(CLIENTS)}, {row.way}": row for row in cases.OPERATIONS}
WITHOUT_LIMIT = {"explain, JSON store", "override, JSON store"}
MADE = ("toml", "json", "client_list", "records", "git_config", "routes")


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "bench"
    folder.mkdir()
    return stores.Stores(folder, RENEWCTL, sys.executable)


def loaded(path: Path) -> Snapshot:
    from renewctl.store.location import store_at
    from renewctl.store.snapshot import load

    return load(store_at(str(path), "a test"))


@pytest.mark.parametrize("name", MADE)
def test_the_generator_gives_the_same_text_each_time(name):
    make = getattr(portfolio, name)
    assert make(CLIENTS) == make(CLIENTS)
    assert make(CLIENTS).count("client000019.example") >= 1
    assert "client000020.example" not in make(CLIENTS)


def test_a_store_is_valid_and_the_same_in_toml_and_json(made):
    toml, json_ = (loaded(made.store(kind, CLIENTS)) for kind in ("toml", "json"))
    assert not toml.remarks
    assert not json_.remarks
    assert toml.portfolio == json_.portfolio
    clients = toml.portfolio.clients.values()
    assert len(clients) == CLIENTS
    assert sum(client.override is not None for client in clients) == 7
    assert all(client.contacts and client.renewals for client in clients)
    assert "# met at the fair" in portfolio.toml(CLIENTS)


def test_an_imported_list_has_the_clients_of_the_store_without_overrides(made):
    data = tomli.loads(portfolio.toml(CLIENTS))
    for client in data["clients"].values():
        client.pop("override", None)
    assert loaded(made.store("imported", CLIENTS)).portfolio.clients == read_portfolio(data).portfolio.clients


@pytest.mark.parametrize("row", cases.OPERATIONS, ids=lambda row: f"{row.name}, {row.store}")
def test_every_operation_has_its_exit_status(row, made):
    assert measure.measure(row.process(made, CLIENTS, 0)) > 0


@pytest.mark.parametrize("row", BASELINES.values(), ids=BASELINES)
def test_every_baseline_has_its_exit_status(row, made):
    assert measure.measure(row.baseline(made, CLIENTS)) > 0


@pytest.mark.parametrize("row", [row for row in cases.OPERATIONS if row.copied], ids=lambda row: row.name)
def test_every_run_of_a_change_changes_the_store(row, made):
    source = made.store(row.store, CLIENTS)
    untouched = source.read_bytes()
    for number in range(2):
        process = row.process(made, CLIENTS, number)
        store = Path(process.environment["RENEWCTL_STORE"])
        before = store.read_bytes()
        measure.measure(process)
        assert store.read_bytes() != before
    assert source.read_bytes() == untouched


def test_an_import_again_changes_nothing(made):
    (row,) = (row for row in cases.OPERATIONS if row.name == "import, no change")
    store = made.store("imported", CLIENTS)
    before = store.read_bytes()
    measure.measure(row.process(made, CLIENTS, 0))
    assert store.read_bytes() == before


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_is_installed_does_its_task(peer, made):
    if not peer.installed:
        pytest.skip(f"not installed: {peer.tool}")
    for number in range(2):
        assert measure.measure(peer.process(made, CLIENTS, number)) > 0


def test_a_process_that_fails_is_not_measured(made, tmp_path):
    failing = measure.Process([sys.executable, "-c", "raise SystemExit('broken')"], tmp_path)
    with pytest.raises(measure.Failed, match="broken"):
        measure.measure(failing)


def test_the_table_shows_bar_and_stretch_of_every_operation():
    listed = bench.select_cases([100, 1_000, 10_000], "")
    named = {case.name: case for case in listed}
    assert {row.name for row in cases.OPERATIONS} <= set(named)
    for row in cases.OPERATIONS:
        assert row.name in WITHOUT_LIMIT or row.bar or row.stretch
        assert row.bar is None or row.stretch is None or row.stretch <= row.bar
    for case in listed:
        figure = bench.Figure(case.name, case.clients, "L", case.unit, 1, 1, 1, case.bar, case.stretch, "·")
        shown = bench.format_line(figure).split()
        assert all(bar is None or f"{bar:g}" in shown for bar in (case.bar, case.stretch))


@pytest.mark.parametrize(
    ("ratio", "bar", "stretch", "expected"),
    [
        (1.0, 1.2, 1.0, "✓"),
        (1.1, 1.2, 1.0, "·"),
        (1.8, 1.2, 1.0, "✗ +50%"),
        (1.5, None, 1.3, ""),
        (9.0, None, None, ""),
    ],
)
def test_the_mark_compares_a_ratio_with_its_limits(ratio, bar, stretch, expected):
    assert bench.mark(ratio, bar, stretch) == expected


def test_only_and_sizes_select_cases():
    names = {(case.name, case.clients) for case in bench.select_cases([1_000], "override")}
    assert names == {("override", 1_000), ("override --from-file, 1,000 rows", 1_000)}
    assert all(case.clients == 0 for case in bench.select_cases([], ""))
