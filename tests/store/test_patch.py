"""What a change replaced in a text can be put back, after other edits of the text, too."""

from hypothesis import given
from hypothesis import strategies as st

from renewctl.store.history.patch import CONTEXT, patches, put_back

LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "name = 1", "", "[clients.x]", "é 🙂"]), st.sampled_from(["\n", "\r\n"])
    ),
    max_size=60,
).map(lambda lines: "".join(line + end for line, end in lines))
NUMBERED = st.lists(st.integers(0, 300).map(lambda n: f"line {n}\n"), min_size=50, max_size=150, unique=True)


def changed(lines: list[str], places: list[int]) -> str:
    """Return lines, some of them replaced, taken out or doubled."""
    made = list(lines)
    for place in places:
        at = place % len(made)
        made[at] = ["changed\n", "", made[at] + "new\n"][place % 3]
    return "".join(made)


@given(LINES, LINES, st.sampled_from(["", "no end"]), st.sampled_from(["", "none either"]))
def test_what_was_replaced_can_be_put_back(old: str, new: str, one: str, other: str) -> None:
    assert put_back(new + other, patches(old + one, new + other)) == old + one


@given(NUMBERED, st.lists(st.integers(0, 1000), max_size=8))
def test_only_what_differs_is_remembered(lines: list[str], places: list[int]) -> None:
    old, new = "".join(lines), changed(lines, places)
    made = patches(old, new)
    assert put_back(new, made) == old
    # Each place touches a few lines; far from each other they are patches of their own.
    assert sum(patch.old.count("\n") + patch.new.count("\n") for patch in made) <= 12 * len(places)
    for patch in made:
        assert new[patch.at : patch.at + len(patch.new)] == patch.new
        assert patch.old != patch.new
        assert max(len(patch.lead), len(patch.tail)) <= CONTEXT


@given(NUMBERED, st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_it_is_found_again_below_lines_that_came_since(lines: list[str], places: list[int]) -> None:
    old, new = "".join(lines), changed(lines, places)
    back = put_back("# a word above\n" + new, patches(old, new))
    assert back in (None, "# a word above\n" + old)  # None where the same words stand elsewhere, too


def test_it_is_found_again_where_nothing_is_alike() -> None:
    old = "".join(f"line {n}\n" for n in range(100))
    new = old.replace("line 50\n", "")
    made = patches(old, new)
    assert len(made) == 1
    assert put_back("above\n" + new + "below\n", made) == "above\n" + old + "below\n"


def test_where_the_place_cannot_be_told_nothing_is_put_back() -> None:
    old = "".join(f"line {n}\n" for n in range(100))
    made = patches(old, old.replace("line 50\n", ""))
    assert put_back(old.replace("line 50\n", "").replace("line 49\n", "other\n"), made) is None
    assert put_back("", made) is None
    assert put_back("something", patches("text", "")) is None
    assert put_back("", patches("text", "")) == "text"
