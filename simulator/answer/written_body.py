"""A value written as the body of an answer in a media type other than JSON: text, CSV, XML, a form.

XML as OpenAPI has it (3.1, XML Object): names, attributes and wrapped lists by the schema's `xml`. What a medium cannot
say is written as text.
"""

import csv
import gzip
import io
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from tidegate.simulator.answer.media_types import (
    FORM,
    SEQUENCE,
    TABLES,
    bare,
    is_json,
    is_lines,
    is_multipart,
    is_xml,
)
from tidegate.simulator.answer.multipart_body import Plain, parts
from tidegate.simulator.answer.xml_object import xml_object
from tidegate.values.json_value import NOTHING, Value, as_text

DEPTH_MAX = 20
"""Objects inside objects are written so deep."""

_FILES = {
    "application/pdf": b"%PDF-1.4\n%%EOF\n",
    "image/png": bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                               "1f15c4890000000d49444154789c6260000002000005000120a5f5d00000000049454e44ae426082"),
    "image/jpeg": bytes.fromhex(  # one black point: a table of ones, two codes of one bit, both used once
        "ffd8 ffdb004300" + 64 * "01" + "ffc0000b08000100010101" + "1100" + "ffc4001400" + "01" + 16 * "00"
        + "ffc4001410" + "01" + 16 * "00" + "ffda0008010100003f00" + "3f" + "ffd9"
    ),
    "image/gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "application/gzip": gzip.compress(b"simulated\n", mtime=0),
    "application/zip": b"PK\x05\x06" + bytes(18),
}  # fmt: skip
"""The smallest files of their kinds."""


def written(media: str, value: Value, schema: Any, plain: Plain, name: str = "") -> bytes:
    """The body. `schema` is what the document says of it, `name` what it calls that."""
    kind = bare(media)
    if isinstance(value, bytes):
        return value
    if is_json(kind) and value is NOTHING:
        return b""
    if is_lines(kind):
        return _lines(kind, value)
    if is_json(kind):
        return orjson.dumps(value)
    if kind in _FILES:
        return _FILES[kind]
    if is_multipart(kind):
        return parts(media, value, schema, plain)
    if is_xml(kind):
        return _xml({} if value is NOTHING else value, schema, plain, name or "response")
    return _as_text(kind, value).encode(charset(media), "replace")


def is_as_it_is(media: str) -> bool:
    """True for a text that is not made of fields: no table, and no XML."""
    kind = bare(media)
    return kind.startswith("text/") and kind not in TABLES and not is_xml(kind)


def charset(media: str) -> str:
    """The encoding that a media type names, UTF-8 where it names none that there is (RFC 9110 §8.3.2)."""
    named = media.lower().partition("charset=")[2].partition(";")[0].strip("\"' ")
    try:
        return named if named and "é".encode(named, "replace") else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"


def _as_text(kind: str, value: Value) -> str:
    if value is NOTHING:
        return "simulated\n"
    if kind in TABLES and not isinstance(value, str):
        return _table(value, TABLES[kind])
    if kind == FORM and isinstance(value, dict):
        return urlencode([(name, as_text(one)) for name, inner in value.items() for one in _each(inner)])
    return as_text(value)


def _each(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _lines(kind: str, value: Value) -> bytes:
    """A value a line; a list is several (RFC 7464 §2.2: each of a sequence begins with a separator)."""
    begin = b"\x1e" if kind == SEQUENCE else b""
    return b"".join(begin + orjson.dumps(item) + b"\n" for item in (value if isinstance(value, list) else [value]))


def _table(value: Value, separator: str) -> str:
    """Rows: the objects of a list, or of the first list in an object, under the names of their fields."""
    rows: Any = value
    if isinstance(value, dict):
        rows = next((inner for inner in value.values() if isinstance(inner, list)), [value])
    if not isinstance(rows, list):
        return as_text(value)
    names = [*dict.fromkeys(name for row in rows if isinstance(row, dict) for name in row)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")  # RFC 4180 §2
    if names:
        writer.writerow(names)
    for row in rows:
        cells = [row.get(name) for name in names] if isinstance(row, dict) else row if isinstance(row, list) else [row]
        writer.writerow(["" if cell is None else as_text(cell) for cell in cells])
    return text.getvalue()


def _xml(value: Value, schema: Any, plain: Plain, name: str) -> bytes:
    if isinstance(value, str) and value.lstrip().startswith("<"):
        return value.encode()  # an example that is XML already
    root = _started(_name(schema, plain, name), plain(schema))
    _fill(root, value, schema, plain, DEPTH_MAX)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root)


def _name(schema: Any, plain: Plain, default: str) -> str:
    """The element's name: what `xml` says, else that of the schema itself, else the field's."""
    if named := xml_object(plain(schema)).name:
        return _element(named)
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if default == "response" and isinstance(reference, str):
        return _element(reference.rsplit("/", 1)[-1])
    return _element(default)


def _started(name: str, level: Mapping[str, Any], parent: Element | None = None) -> Element:
    """An element that says its namespace (OpenAPI 3.1, XML Object); a prefix without one would mean nothing."""
    about, said = xml_object(level), dict[str, str]()
    if about.namespace:
        prefix = _element(about.prefix) if about.prefix else ""
        said[f"xmlns:{prefix}" if prefix else "xmlns"] = _sayable(about.namespace)
        name = f"{prefix}:{name}" if prefix else name
    return Element(name, said) if parent is None else SubElement(parent, name, said)


def _element(name: str) -> str:
    """A name that may stand in XML (XML 1.0 §2.3)."""
    fit = "".join(char if char.isascii() and (char.isalnum() or char in "_-.") else "_" for char in name)
    return fit if fit[:1].isalpha() or fit[:1] == "_" else f"_{fit}"


def _fill(element: Element, value: Value, schema: Any, plain: Plain, depth: int) -> None:
    level = plain(schema)
    if depth <= 0 or value is None:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            _field(element, name, inner, level.get("properties", {}).get(name, {}), plain, depth)
    elif isinstance(value, list):
        for item in value:
            inner = level.get("items", {})
            _fill(_started(_name(inner, plain, "item"), plain(inner), element), item, inner, plain, depth - 1)
    else:
        element.text = _sayable(as_text(value))


def _field(element: Element, name: str, value: Value, schema: Any, plain: Plain, depth: int) -> None:
    about, named = xml_object(plain(schema)), _name(schema, plain, name)
    if about.attribute and not isinstance(value, dict | list):
        if about.namespace and about.prefix:
            prefix = _element(about.prefix)
            element.set(f"xmlns:{prefix}", _sayable(about.namespace))
            named = f"{prefix}:{named}"
        element.set(named, _sayable(as_text(value)))
    elif about.text and not isinstance(value, dict | list):
        element.text = (element.text or "") + _sayable(as_text(value))
    elif isinstance(value, list) and not about.wrapped:
        inner = plain(schema).get("items", {})
        for item in value:
            _fill(_started(_name(inner, plain, name), plain(inner), element), item, inner, plain, depth - 1)
    else:
        _fill(_started(named, plain(schema), element), value, schema, plain, depth - 1)


_UNSAYABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _sayable(text: str) -> str:
    """Without the characters that XML cannot hold (XML 1.0 §2.2)."""
    return _UNSAYABLE.sub("", text)
