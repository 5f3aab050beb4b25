"""A schema's XML Object (OpenAPI 3.2): what a value is called in XML, and where it stands there."""

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
    """True for a list whose items stand inside of an element of its own."""
    text: bool
    """True for what is the text of the element around it."""


def xml_object(level: Level) -> XmlObject:
    """The XML Object of one level of a schema; what is unsound in it counts as not said."""
    said = level.get("xml")
    said = said if isinstance(said, Mapping) else {}
    return XmlObject(
        _text(said.get("name")),
        _text(said.get("namespace")),
        _text(said.get("prefix")),
        attribute=said.get("attribute") is True or said.get("nodeType") == "attribute",
        wrapped=said.get("wrapped") is True or said.get("nodeType") == "element",
        text=said.get("nodeType") in ("text", "cdata"),
    )


def _text(said: Any) -> str:
    return said if isinstance(said, str) else ""
