"""A schema's XML Object (OpenAPI 3.1): what a value is called in XML, and where it stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tidegate.openapi.schema_types import Level


@dataclass(frozen=True, slots=True)
class XmlObject:
    """What is said of XML; a text is empty where nothing is said."""

    name: str
    namespace: str
    prefix: str
    attribute: bool
    wrapped: bool


def xml_object(level: Level) -> XmlObject:
    """The XML Object of one level of a schema; what is unsound in it counts as not said."""
    said = level.get("xml")
    said = said if isinstance(said, Mapping) else {}
    return XmlObject(
        _text(said.get("name")),
        _text(said.get("namespace")),
        _text(said.get("prefix")),
        attribute=said.get("attribute") is True,
        wrapped=said.get("wrapped") is True,
    )


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""
