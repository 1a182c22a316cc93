"""Paths as Windows has them: the logic alone, with Python's own classes for them. No file is opened.

Only Windows can show what its file systems make of these paths.
"""

import ntpath
import os
import sys
from pathlib import PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from renewctl.errors import StoreInvalid
from renewctl.files import is_on_share, is_reserved_name
from renewctl.store import location
from renewctl.store.location import find_store, store_at
from renewctl.store.lock import lock_name

FOLDERS = {
    r"C:\renewals": r"C:\renewals\{}",
    r"\\server\share\renewals": r"\\server\share\renewals\{}",
    "\\\\server\\share\\": r"\\server\share\{}",
    r"\\?\C:\renewals": r"\\?\C:\renewals\{}",
    r"\\?\UNC\server\share\renewals": r"\\?\UNC\server\share\renewals\{}",
    r"\renewals": r"\renewals\{}",
    "C:": "C:{}",
    "C:renewals": r"C:renewals\{}",
    r"C:\ends. ": "C:\\ends. \\{}",
}


class WindowsPath(PureWindowsPath):
    """A path of Windows, with the few methods that the search for a data file calls."""

    @classmethod
    def home(cls) -> "WindowsPath":
        return cls(r"C:\Users\Ana")

    def exists(self) -> bool:
        return False


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the module that finds data files use paths of Windows."""
    monkeypatch.setattr(location, "Path", WindowsPath)
    monkeypatch.setattr(os.path, "expanduser", ntpath.expanduser)
    monkeypatch.setenv("USERPROFILE", r"C:\Users\Ana")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("slash", ["\\", "/"])
def test_a_named_file_and_those_next_to_it_are_in_its_folder(folder: str, slash: str) -> None:
    name = "renewctl.toml"
    text = FOLDERS[folder].format(name)
    if slash == "/" and "?" not in text:  # \\?\ takes paths literally
        text = text.replace("\\", "/")

    place = store_at(text, "set by --store")

    assert place.display == text
    assert (place.path.name, place.path.parent) == (name, PureWindowsPath(folder))
    assert str(place.path.with_name(lock_name(place.path.name))) == FOLDERS[folder].format(f".{name}.lock")


def test_the_home_folder_is_expanded() -> None:
    assert store_at(r"~\agency.TOML", "").path == PureWindowsPath(r"C:\Users\Ana\agency.TOML")


@pytest.mark.parametrize("text", ["renewctl.toml.", "renewctl.toml ", "renewctl", r"C:\a.toml\b", "C:"])
def test_a_name_whose_end_windows_drops_is_refused(text: str) -> None:
    with pytest.raises(StoreInvalid):
        store_at(text, "")


def find_from(here: str, stores: set[str], monkeypatch: pytest.MonkeyPatch) -> location.Location:
    """Search for a data file, as if only these existed."""
    found = {PureWindowsPath(store) for store in stores}
    monkeypatch.setattr(os.path, "lexists", lambda path: PureWindowsPath(path) in found)
    return find_store(None, {}, WindowsPath(here))


@pytest.mark.parametrize("root", ["C:\\", r"\\server\share", r"\\?\C:\x", r"\\?\UNC\server\share"])
def test_the_search_goes_up_to_the_root_of_a_drive_or_share(
    root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PureWindowsPath(root, "renewctl.json")
    here = PureWindowsPath(root, "a", "b. ", "c")

    place = find_from(str(here), {str(store)}, monkeypatch)

    assert (place.path, place.display) == (store, str(store))
    assert place.why == "found in a parent folder"
    assert find_from(str(here), set(), monkeypatch).why.startswith("default location")


@pytest.mark.parametrize("here", [r"C:\Users\Ana\docs", r"c:\users\ANA\docs", "C:/Users/Ana/docs/2027"])
def test_the_search_ends_at_the_home_folder_in_any_case(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_from(here, {r"C:\renewctl.toml"}, monkeypatch).why.startswith("default location")
    assert find_from(here, {r"C:\Users\Ana\renewctl.toml"}, monkeypatch).why == "found in a parent folder"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"\\server\share\renewctl.toml", True),
        ("//server/share/renewctl.toml", True),
        (r"\\?\UNC\server\share\renewctl.toml", True),
        (r"\\?\unc\server\share\renewctl.toml", True),
        (r"\\?\C:\renewctl.toml", False),
        (r"\\.\C:\renewctl.toml", False),
        (r"C:\renewctl.toml", False),
        ("C:renewctl.toml", False),
        (r"\renewctl.toml", False),
    ],
)
def test_a_share_is_recognized(path: str, expected: bool) -> None:
    assert is_on_share(PureWindowsPath(path)) is expected


NAMES = st.one_of(
    st.text("conCOMprnauxlpt019¹². :$i-é", min_size=1, max_size=8),
    st.tuples(
        st.sampled_from(["con", "PRN", "Aux", "nul", "com1", "LPT9", "com²", "CONIN$", "conout$"]),
        st.sampled_from(["", ".", " ", ".toml", " .toml", "  .a.b", "x", "-1.toml"]),
    ).map("".join),
)


@given(NAMES)
@example("renewals:2027.toml")
@example("what?.toml")
@example("a|b.toml")
@example("com².toml")
def test_every_name_that_windows_reserves_is_recognized(name: str) -> None:
    """Law: what Python for Windows considers reserved is reserved."""
    if sys.version_info >= (3, 13):
        reserved = ntpath.isreserved(name)
    else:
        reserved = PureWindowsPath(name).is_reserved() or name[-1] in ". " or bool(set(name) & set('<>:"|?*'))
    assert reserved in {False, is_reserved_name(name)}


@pytest.mark.parametrize(
    "name",
    ["renewctl.toml", ".renewctl.toml.lock", "console.toml", "com10.toml", "nula.json", "João 2027.toml"],
)
def test_ordinary_names_are_not_reserved(name: str) -> None:
    assert not is_reserved_name(name)
