"""What a change did to the texts of entries: found out, and undone.

Imports ``model`` and ``formats.entries`` only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from renewctl.formats.entries import Entry, Swap
from renewctl.model import Path


def apply_swaps(entries: Sequence[Entry], swaps: Iterable[Swap]) -> list[Entry] | None:
    """Return the entries with their old texts, gaps and places; None where one is not as it was left."""
    left = {swap.path: swap for swap in swaps if swap.new or not swap.old}
    gone = {swap.after: swap for swap in swaps if swap.old and not swap.new}
    found: list[Entry] = []

    def add(entry: Entry | None) -> None:
        while entry:
            found.append(entry)
            swap = gone.pop(entry.path, None)
            entry = Entry(swap.was, swap.old, swap.old_gap) if swap else None

    if swap := gone.pop((), None):
        add(Entry(swap.was, swap.old, swap.old_gap))
    for entry in entries:
        swap = left.pop(entry.path, None)
        if swap is None:
            add(entry)
        elif entry.gap != swap.new_gap or (swap.new and entry.text != swap.new):
            return None
        elif swap.old or not swap.new:
            add(Entry(swap.was, swap.old or entry.text, swap.old_gap))
    return None if left or gone else found


def find_swaps(old: Sequence[Entry], new: Sequence[Entry], renamed: Mapping[Path, Path]) -> Iterator[Swap]:
    """Yield what became of each entry whose path, text or gap is another one now.

    Args:
        old: the entries before.
        new: the entries after, in the same order but for what came and what went.
        renamed: the old path of each entry that has another one now.
    """
    kept = {renamed.get(entry.path, entry.path) for entry in new}
    known = {entry.path for entry in old}
    rest = iter(old)
    after: Path = ()
    for entry in new:
        was = renamed.get(entry.path, entry.path)
        if was not in known:
            yield Swap(entry.path, was, "", entry.text, "", entry.gap, after)
            continue
        for before in rest:
            if before.path in kept:
                break
            yield Swap(before.path, before.path, before.text, "", before.gap, "", after)
            after = before.path
        if before[:3] != entry[:3]:
            texts = (before.text, entry.text) if before[:2] != entry[:2] else ("", "")
            yield Swap(entry.path, was, *texts, before.gap, entry.gap, after)
        after = before.path
    for before in rest:
        yield Swap(before.path, before.path, before.text, "", before.gap, "", after)
        after = before.path


def in_line_ends_of(text: str, swaps: Sequence[Swap]) -> Sequence[Swap]:
    """Return the swaps with the line ends of a text, which git may have converted since.

    A text that mixes them leaves the swaps as they are.
    """
    crlf = text.count("\r\n")
    if crlf not in (0, text.count("\n")):
        return swaps
    end = "\r\n" if crlf else "\n"

    def ended(part: str) -> str:
        return re.sub("\r?\n", end, part)

    return [
        swap._replace(
            old=ended(swap.old),
            new=ended(swap.new),
            old_gap=ended(swap.old_gap),
            new_gap=ended(swap.new_gap),
        )
        for swap in swaps
    ]
