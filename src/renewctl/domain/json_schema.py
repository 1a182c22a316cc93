"""The table of fields as a JSON Schema, draft 7, for editors: it refuses what reading the file reports."""

from collections.abc import Mapping
from typing import Any

from renewctl.domain.values import ADDRESS_SCHEMA, DOMAIN_SCHEMA, FORMS
from renewctl.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Kind

ID = "urn:renewctl:store:"
"""How the identity of every version's schema begins."""


def json_schema(version: int) -> dict[str, Any]:
    """Return the schema of a store of the current version, ``version``.

    Structure alone: it does not see unknown names, or a renewal that is there twice.
    """
    forms = {
        "version": {"type": "integer", "const": version},
        "defaults": _table("defaults"),
        "policy": _table("policy"),
        "users": {"type": "object", "propertyNames": ADDRESS_SCHEMA, "additionalProperties": _table("users")},
        "clients": {
            "type": "object",
            "propertyNames": DOMAIN_SCHEMA,
            "additionalProperties": _table("clients"),
        },
    }
    properties = {key: {"description": TOP_LEVEL[key], **form} for key, form in forms.items()}
    editors = {"description": "the JSON Schema that an editor checks the store by", "type": "string"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{ID}{version}",
        "title": "renewctl store",
        "description": "who owns HubSpot renewal communication for a partner's clients",
        **_object({EDITORS: editors, **properties}),
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
        form = _table(field.table) if field.table else FORMS[field.kind].schema
        if field.kind is Kind.ITEMS:
            form = {"type": "array", "items": form}
        properties[field.key] = {"description": field.doc, **form}
    required = [field.key for field in TABLES[name].values() if field.required]
    return {**_object(properties), **({"required": required} if required else {})}
