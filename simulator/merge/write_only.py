"""What a document calls `writeOnly`: a request may hold it, and no answer does (OpenAPI 3.0.3, Schema Object).

It is taken out before anything is stored: nobody could see it again.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.schemas import Schemas

DEPTH_MAX = 6
"""Parts of parts of a field are looked into so deep."""

LEVELS_MAX = 300
"""So many schemas of one field are looked at."""


class WriteOnly:
    """The fields of one document's schemas that are never answered."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._holding: dict[int, tuple[Any, bool]] = {}
        self._hidden: dict[int, tuple[Mapping[str, Any], frozenset[str]]] = {}

    def is_hidden(self, schema: Any) -> bool:
        """True where a field of this schema is never answered."""
        return self._schemas.plain(schema).get("writeOnly") is True

    def hidden(self, fields: Mapping[str, Any]) -> frozenset[str]:
        """The names of those of an object's fields that are never answered."""
        known = self._hidden.get(id(fields))
        if known is None:
            names = frozenset(name for name, node in fields.items() if self.is_hidden(node))
            known = self._hidden[id(fields)] = (fields, names)
        return known[1]

    def without(self, schema: Any, value: Any) -> Any:
        """A value without its parts that are never answered."""
        if not isinstance(value, dict | list) or not value:
            return value
        known = self._holding.get(id(schema))
        if known is None:
            known = self._holding[id(schema)] = (schema, self._holds(schema))
        return self._cleared(schema, value, DEPTH_MAX) if known[1] else value

    def _cleared(self, schema: Any, value: Any, depth: int) -> Any:
        level = self._schemas.plain(schema)
        if depth and isinstance(value, list):
            return [self._cleared(level.get("items", {}), item, depth - 1) for item in value]
        if not depth or not isinstance(value, dict):
            return value
        properties: Mapping[str, Any] = level.get("properties", {})
        return {
            name: self._cleared(properties.get(name, {}), inner, depth - 1)
            for name, inner in value.items()
            if name not in properties or not self.is_hidden(properties[name])
        }

    def _holds(self, schema: Any) -> bool:
        """True where such a part is somewhere inside."""
        todo, left = [(schema, DEPTH_MAX)], LEVELS_MAX
        while todo and left:
            node, depth = todo.pop()
            left -= 1
            level = self._schemas.plain(node)
            if level.get("writeOnly") is True:
                return True
            if depth:
                inner = [*level.get("properties", {}).values(), level.get("items")]
                todo += [(part, depth - 1) for part in inner if isinstance(part, dict)]
        return False
