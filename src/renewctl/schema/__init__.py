"""Plain data ⇄ model: the table of fields, and the reading that reports every problem at once. Pure."""

from renewctl.schema.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Field, Kind
from renewctl.schema.kinds import nearest
from renewctl.schema.reading import Reading, read

__all__ = ["EDITORS", "OWN_KEYS", "TABLES", "TOP_LEVEL", "Field", "Kind", "Reading", "nearest", "read"]
