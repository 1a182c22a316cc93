"""The table of fields as a JSON Schema, draft 7, for editors: it refuses what reading the file reports.

Patterns keep to what every editor's regular expressions know: none looks ahead.
"""

from collections.abc import Mapping
from typing import Any

from renewctl.domain.identifiers import ADDRESS, KEY, LONGEST_ADDRESS
from renewctl.domain.values import LAST_HUB_ID, MOST, MOST_DAYS
from renewctl.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Kind
from renewctl.model import Copies, Owner, Role

ID = "urn:renewctl:store:"
"""How the identity of every version's schema begins."""
_DRAFT = "http://json-schema.org/draft-07/schema#"
_DOMAIN = {"pattern": f"^{KEY.pattern}$", "not": {"pattern": r"^www\..*\."}}
_ADDRESS = {"pattern": f"^{ADDRESS.pattern}$", "maxLength": LONGEST_ADDRESS}
_FORMS: Mapping[Kind, Mapping[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.OWNER: {"type": "string", "enum": [*map(str, Owner)]},
    Kind.OWNER_SEEN: {"type": "string", "enum": [*map(str, Owner), "default"]},
    Kind.ADDRESS: {"type": "string", **_ADDRESS},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.FLAG: {"type": "boolean"},
    Kind.DAYS: {"type": "integer", "minimum": 0, "maximum": MOST_DAYS},
    Kind.COUNT: {"type": "integer", "minimum": 0, "maximum": MOST},
    Kind.HUB_ID: {"type": "integer", "minimum": 1, "maximum": LAST_HUB_ID},
    Kind.COPIES: {"type": "string", "enum": [*map(str, Copies)]},
    Kind.ROLES: {"type": "array", "items": {"type": "string", "enum": [*map(str, Role)]}},
    Kind.DOMAINS: {"type": "array", "items": {"type": "string", **_DOMAIN}},
}
"""What single values of each kind look like; a date in TOML is text to an editor, too."""


def json_schema(version: int) -> dict[str, Any]:
    """Return the schema of a store of the current version, ``version``.

    Structure alone: whether a name is known, and no renewal there twice, is for ``check``.
    """
    forms = {
        "version": {"type": "integer", "const": version},
        "defaults": _table("defaults"),
        "policy": _table("policy"),
        "users": {"type": "object", "propertyNames": _ADDRESS, "additionalProperties": _table("users")},
        "clients": {"type": "object", "propertyNames": _DOMAIN, "additionalProperties": _table("clients")},
    }
    editors = {"description": "the JSON Schema that an editor checks the store by", "type": "string"}
    return {
        "$schema": _DRAFT,
        "$id": f"{ID}{version}",
        "title": "renewctl store",
        "description": "who owns HubSpot renewal communication for a partner's clients",
        **_object(
            {
                EDITORS: editors,
                **{key: {"description": TOP_LEVEL[key], **form} for key, form in forms.items()},
            }
        ),
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of a table with these keys, and the user's own."""
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {f"^{OWN_KEYS}": {}},
        "additionalProperties": False,
    }


def _table(name: str) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in TABLES[name].values():
        form = _FORMS.get(field.kind) or _table(field.table)
        if field.kind is Kind.ITEMS:
            form = {"type": "array", "items": form}
        properties[field.key] = {"description": field.doc, **form}
    required = [field.key for field in TABLES[name].values() if field.required]
    return {**_object(properties), **({"required": required} if required else {})}
