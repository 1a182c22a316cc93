"""Plain data that was read before, and is changed here and there: what is new in it is read, no more.

Imports ``model`` and its neighbour ``reading`` only.
"""

from collections.abc import Mapping
from typing import Any

from renewctl.model import Client, Portfolio
from renewctl.schema.reading import Reading, read


def read_again(data: dict[str, Any], known: dict[str, Any], portfolio: Portfolio) -> Reading:
    """Read ``data`` as ``read`` does, taking the clients from before whose tables are the same objects.

    The remarks are those on what is new.

    Args:
        data: the plain data, of the current version.
        known: what was read before, without problems; nothing in it has changed since.
        portfolio: what it says.
    """
    tables, before = data.get("clients"), known.get("clients")
    if not (isinstance(tables, dict) and isinstance(before, dict)):
        return read(data)
    fresh = {written: table for written, table in tables.items() if table is not before.get(written)}
    reading = read({**data, "clients": fresh})
    if reading.problems:
        return read(data)  # they may concern clients that are not new, too
    clients = _together(tables, portfolio.clients, reading.portfolio.clients)
    if len(clients) < len(tables):
        return read(data)
    return reading._replace(portfolio=reading.portfolio._replace(clients=clients))


def _together(
    tables: Mapping[str, Any], old: Mapping[str, Client], new: Mapping[str, Client]
) -> dict[str, Client]:
    """Return the clients by key, in the order of their tables; of two that are equal only one."""
    written = {client.written: client for client in (*old.values(), *new.values())}
    return {written[name].key: written[name] for name in tables}
