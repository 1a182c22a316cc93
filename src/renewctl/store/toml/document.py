"""A store's TOML text as a document: read, positions of its values, and edits that touch one block.

Text in, text out; the file system is not for here. tomli reads; what finds places and what edits is
imported when it is used: most commands only read. May import ``errors``, ``model`` and its neighbours;
no other part of the store.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import tomli

from renewctl.errors import StoreInvalid
from renewctl.model import Change, Path

if TYPE_CHECKING:
    from renewctl.store.toml.blocks import Layout
    from renewctl.store.toml.places import Places


class TomlDocument:
    """One TOML text. ``data`` is what it says.

    Raises StoreInvalid, with a Problem for each finding, if ``text`` is not TOML.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.data: dict[str, Any] = tomli.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._invalid(error) from None

    def check_sizes(self) -> None:
        """Raise StoreInvalid where something is too deep or too long for whoever walks or shows it."""
        from renewctl.store.toml.sizes import check_sizes

        try:
            check_sizes(self.text, self.data)
        except (ValueError, RecursionError) as error:
            raise self._invalid(error) from None

    def _invalid(self, error: ValueError | RecursionError) -> StoreInvalid:
        from renewctl.store.toml.errors import invalid

        return invalid(self.text, error)

    @cached_property
    def _layout(self) -> "Layout":
        from renewctl.store.toml.blocks import Layout

        return Layout(self.text)

    @cached_property
    def _places(self) -> "Places":
        from renewctl.store.toml.places import Places

        return Places(self.text, self.data, self._layout)

    def locate(self, path: Path) -> tuple[int, int]:
        """Return line and column, from 1, of the key at ``path``, or of what is nearest above it.

        Items of a list are named by their identity (see ``tree``) or, failing that, by their index.
        """
        return self._places.locate(path)

    def edit(self, changes: Sequence[Change]) -> str:
        """Return the text with ``changes`` made: it says what ``tree.applied`` says, nothing else moves.

        Raises LayoutRefused where an entry is laid out so that this cannot be done safely, and
        InternalGuard if it was done wrongly on an ordinary layout.
        """
        from renewctl.store.toml.edit import Editor

        return Editor(self.text, self.data, self._layout).edit(changes)
