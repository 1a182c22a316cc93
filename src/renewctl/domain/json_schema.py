"""The table of fields as a JSON Schema (draft 7), for checks in editors."""

from collections.abc import Mapping
from typing import Any

from renewctl.domain.values import ADDRESS_SCHEMA, DOMAIN_SCHEMA, FORMS
from renewctl.fields import EDITORS, OWN_KEYS, TABLES, TOP_LEVEL, Kind

ID = "urn:renewctl:store:"
"""The start of the ``$id`` of the schema of every version."""


def json_schema(version: int) -> dict[str, Any]:
    """Return the schema of files of ``version``, which must be the current one.

    It covers structure only: not partner users that do not exist, or renewals that appear twice.
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
    editors = {"description": "the JSON Schema for editors to check this file with", "type": "string"}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{ID}{version}",
        "title": "renewctl data file",
        "description": "the renewal owners of the clients of a HubSpot partner",
        **_object({EDITORS: editors, **properties}),
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a table with these keys and any keys of the user."""
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
