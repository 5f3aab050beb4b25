"""XML bodies, read as OpenAPI has them (3.1, XML Object): names, attributes and wrapped lists by the schema's `xml`.

Prefixes of namespaces are passed over. A document type is refused: what it declares could ask for any amount of text
(CWE-776), and no API needs one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from tidegate.openapi.schema_types import Level, choices_of, types_of
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.xml_object import xml_object
from tidegate.simulator.request.charsets import decoded
from tidegate.simulator.request.coercion import Coercions

ELEMENTS_MAX = 100_000
"""More elements than this are refused."""

DEPTH_MAX = 100
"""More elements inside one another are refused."""

Plain = Callable[[Any], Level]
"""Gives one level of a schema in plain words."""


@dataclass(slots=True)
class XmlElement:
    """An element, its names without prefixes."""

    name: str
    attributes: Mapping[str, str]
    children: "list[XmlElement]" = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> "list[XmlElement]":
        """The children of a name."""
        return [child for child in self.children if child.name == name]


def parsed(body: bytes, charset: str = "utf-8") -> XmlElement:
    """The outermost element. Raises errors.VendorError.

    A charset of the media type counts before what the body says of itself, but not before its mark (RFC 7303 §3).
    """
    reader, is_marked = _XmlReader(), body.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe"))
    try:
        return reader.read(body if charset == "utf-8" or is_marked else decoded(body, charset))
    except expat.ExpatError as error:
        raise errors.refused(f"The body is not XML: {expat.ErrorString(error.code)}, line {error.lineno}.") from None
    except (LookupError, ValueError):
        raise errors.refused("The body is not XML.") from None


class _XmlReader:
    """One body being read."""

    def __init__(self) -> None:
        self._whole = XmlElement("", {})
        self._open = [self._whole]
        self._count = 0

    def read(self, body: bytes | str) -> XmlElement:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(body, True)
        return self._whole.children[0]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX or len(self._open) > DEPTH_MAX:
            raise errors.refused("The body has too many XML elements, or too many inside one another.")
        element = XmlElement(_local(name), {_local(key): value for key, value in attributes.items()})
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _refuse(self, *_declared: Any) -> None:
        raise errors.refused("The body has a document type, and may have none.")


class XmlValues:
    """Values of elements, as their schemas ask for them."""

    def __init__(self, plain: Plain, coercions: Coercions) -> None:
        self._plain = plain
        self._coercions = coercions

    def of(self, element: XmlElement, node: Any) -> Any:
        """The value of an element with this schema."""
        if element.attributes.get("nil") in ("true", "1"):  # XML Schema, xsi:nil
            return None
        level = self._plain(node)
        if "properties" in level or "object" in types_of(level):
            return self._object(element, level)
        if "items" in level or "array" in types_of(level):
            return [self.of(child, level.get("items", {})) for child in element.children]
        if choices := choices_of(level):
            structured = [choice for choice in choices if "properties" in self._plain(choice)]
            return self.of(element, structured[0] if structured and element.children else choices[0])
        if not types_of(level) and (element.children or element.attributes):
            return self._object(element, level)
        coercer = self._coercions.of(node)
        return element.text if coercer is None else coercer(element.text.strip())

    def _object(self, element: XmlElement, level: Level) -> dict[str, Any]:
        made: dict[str, Any] = {}
        read: set[str] = set()
        for name, node in level.get("properties", {}).items():
            inner = self._plain(node)
            about = xml_object(inner)
            wanted = _local(about.name or name)
            if about.text or about.attribute:
                if (text := _written_in(element, wanted if about.attribute else "")) is not None:
                    made[name] = self.of(XmlElement(wanted, {}, text=text), node)
            elif "array" in types_of(inner) or "items" in inner:
                item = xml_object(self._plain(_items(inner)))
                wanted = wanted if about.wrapped else _local(item.name or name)
                if found := element.named(wanted):
                    made[name] = self._list(found, inner, wrapped=about.wrapped)
            elif found := element.named(wanted):
                made[name] = self.of(found[-1], node)
            read.add(wanted)
        extra = level.get("additionalProperties")
        for child in element.children:
            if child.name not in read:
                made[child.name] = self.of(child, extra if isinstance(extra, dict) else {})
        return made

    def _list(self, found: list[XmlElement], level: Level, *, wrapped: bool) -> list[Any]:
        """Items: those inside of what is wrapped, which many do although the document does not say so."""
        items = _items(level)
        if len(found) == 1 and not wrapped:
            names = {child.name for child in found[0].children}
            wrapped = len(names) == 1 and not {"object"} & {*types_of(self._plain(items))}
        elements = [child for element in found for child in element.children] if wrapped else found
        return [self.of(element, items) for element in elements]


def _written_in(element: XmlElement, attribute: str) -> str | None:
    """The text of an attribute, or of the element itself; None where there is none."""
    if attribute:
        return element.attributes.get(attribute)
    return element.text if element.text.strip() else None


def _items(level: Level) -> Any:
    return level.get("items", {})


def _local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]
