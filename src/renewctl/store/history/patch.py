"""What a change replaced in a text, remembered so that it can be put back word for word.

Knows text only: no TOML, no JSON. Imports the standard library only.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

CONTEXT = 80
"""So many characters on either side tell the place again after other edits."""


class Patch(NamedTuple):
    """One place of a text: ``new`` stands at ``at`` (in characters), where ``old`` stood before.

    ``lead`` and ``tail`` are the text on either side, as far as they are kept.
    """

    at: int
    old: str
    new: str
    lead: str
    tail: str


def patches(old: str, new: str) -> tuple[Patch, ...]:
    """Return the places by which two texts differ, whole lines each, in order."""
    start = _shared_start(old, new)
    end = _shared_end(old[start:], new[start:])
    before, after = _lines(old[start : len(old) - end]), _lines(new[start : len(new) - end])
    found, at = [], start
    for gone, come, skipped in _regions(before, after):
        at += skipped
        lead, tail = new[max(0, at - CONTEXT) : at], new[at + len(come) : at + len(come) + CONTEXT]
        found.append(Patch(at, gone, come, lead, tail))
        at += len(come)
    return tuple(found)


def put_back(text: str, found: Sequence[Patch]) -> str | None:
    """Return the text with what stood there before, or None where a place cannot be told again."""
    pieces, end = [], 0
    for patch in found:
        at = _place(text, patch)
        if at is None or at < end:
            return None
        pieces += [text[end:at], patch.old]
        end = at + len(patch.new)
    return "".join([*pieces, text[end:]])


def _place(text: str, patch: Patch) -> int | None:
    whole = patch.lead + patch.new + patch.tail
    if not whole:  # the text had become empty
        return None if text else 0
    if patch.at >= len(patch.lead) and text.startswith(whole, patch.at - len(patch.lead)):
        return patch.at
    at = text.find(whole)
    if at < 0 or text.find(whole, at + 1) >= 0:
        return None
    return at + len(patch.lead)


def _shared_start(old: str, new: str) -> int:
    """Return how much both begin with, in whole lines."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if old[low:middle] == new[low:middle] else (low, middle - 1)
    return old.rfind("\n", 0, low) + 1


def _shared_end(old: str, new: str) -> int:
    """Return how much both end with, in whole lines."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        same = old[len(old) - middle :] == new[len(new) - middle :]
        low, high = (middle, high) if same else (low, middle - 1)
    rest = old[len(old) - low :]
    lines = low == len(old) == len(new) or (low == len(old) and new[-low - 1 : -low] == "\n")
    return low if lines else len(rest) - (rest.find("\n") + 1 or len(rest))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\r" not in text.replace("\r\n", "") else [text]


def _regions(old: list[str], new: list[str]) -> Iterator[tuple[str, str, int]]:
    """Yield what went and what came in its place, with how many characters are the same before it."""
    skipped, i, j = 0, 0, 0
    for a, b in (*_anchors(old, new), (len(old), len(new))):
        gone, come = old[i:a], new[j:b]
        head = _alike(gone, come)
        foot = _alike(gone[head:][::-1], come[head:][::-1])
        skipped += sum(map(len, come[:head]))
        gone, come = gone[head : len(gone) - foot], come[head : len(come) - foot]
        if gone or come:
            yield "".join(gone), "".join(come), skipped
            skipped = 0
        skipped += sum(map(len, new[b - foot : b])) + (len(new[b]) if b < len(new) else 0)
        i, j = a + 1, b + 1


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Return lines that stand once in both, in an order that holds for both: as many as there are."""
    if not (old and new):
        return []
    once = {line for line, count in Counter(old).items() if count == 1}
    places = {line: at for at, line in enumerate(old) if line in once}
    counts = Counter(new)
    pairs = [(places[line], at) for at, line in enumerate(new) if counts[line] == 1 and line in places]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs (not adjacent ones only) whose first places rise."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (place, _) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(ends[length - 1] if length else -1)
        tops[length:] = [place, *tops[length + 1 :]] if length < len(tops) else [place]
        ends[length:] = [index, *ends[length + 1 :]] if length < len(ends) else [index]
    found, index = [], ends[-1] if ends else -1
    while index >= 0:
        found.append(pairs[index])
        index = before[index]
    return found[::-1]
