"""The bodies of Swagger 2.0's requests, which it writes as parameters: one in `body`, or the fields of a form."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class SwaggerContent:
    """The request bodies of one document."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._forms: dict[str, Json] = {}

    def of(self, operation: str, node: Mapping[str, Any], entries: Sequence[Json]) -> Json:
        """Media type → schema; `entries` are the operation's parameters of every place."""
        consumes = node.get("consumes") or self._root.get("consumes")
        types = [str(kind) for kind in consumes] if isinstance(consumes, list) else []
        fields = {str(entry["name"]): entry for entry in entries if entry["in"] == "formData"}
        if fields:
            schema = self._form_schema(operation, fields)
            files = any(entry.get("type") == "file" for entry in fields.values())
            return dict.fromkeys(types or [MULTIPART if files else FORM], schema)
        for entry in entries:
            if entry["in"] == "body":
                return dict.fromkeys(types or ["application/json"], entry.get("schema", {}))
        return {}

    def _form_schema(self, operation: str, fields: dict[str, Json]) -> Json:
        """The form fields as the schema of an object. Made once, so that it is one and the same."""
        if operation not in self._forms:
            self._forms[operation] = {
                "type": "object",
                "properties": {name: _bare(entry) for name, entry in fields.items()},
                "required": [name for name, entry in fields.items() if entry.get("required") is True],
            }
        return self._forms[operation]


def _bare(parameter: Json) -> Json:
    """The schema that a parameter of Swagger 2.0 is at the same time."""
    return {key: value for key, value in parameter.items() if key not in ("name", "in", "required")}
