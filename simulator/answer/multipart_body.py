"""A value written as a multipart body: each field of an object, or each entry of a list, is a part (RFC 2046 §5.1).

In a form (RFC 7578) a part has the field's name, and a list is several parts of one name. What is an object is JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from tidegate.openapi.schema_types import types_of
from tidegate.simulator.answer.media_types import JSON, bare, is_multipart
from tidegate.values.json_value import NOTHING, Value

Plain = Callable[[Any], Mapping[str, Any]]
"""Gives one level of a schema in plain words."""

_BOUNDARY = "part"


def parts(media: str, value: Value, schema: Any, plain: Plain) -> bytes:
    """The body. Its boundary is the one that the media type names, else one that no part holds."""
    is_form = bare(media) == "multipart/form-data"
    written = [_part(name, one, plain(node), is_form=is_form) for name, one, node in _named(value, schema, plain)]
    boundary, place = _boundary_of(media) or _BOUNDARY, 0
    while any(boundary.encode() in part for part in written) and not _boundary_of(media):
        place += 1
        boundary = f"{_BOUNDARY}-{place}"
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in written or [b"\r\n"]) + line + b"--\r\n"


def with_boundary(media: str, body: bytes) -> str:
    """The media type of a body: where that is multipart, it names its boundary."""
    if not is_multipart(media) or _boundary_of(media) or not body.startswith(b"--"):
        return media
    boundary = body[2 : body.index(b"\n")].decode("latin-1").strip()
    return f"{media}; boundary={boundary}"


def _boundary_of(media: str) -> str:
    named = media[media.lower().index("boundary=") + len("boundary=") :] if "boundary=" in media.lower() else ""
    return named.partition(";")[0].strip('" ')


def _named(value: Value, schema: Any, plain: Plain) -> Iterator[tuple[str, Value, Any]]:
    """The parts, each with its name and its schema."""
    level = plain(schema)
    if isinstance(value, list):
        yield from (("", one, level.get("items", {})) for one in value)
    elif not isinstance(value, dict):
        yield from [("", value, schema)] if value is not NOTHING else []
    else:
        for name, inner in value.items():
            node = level.get("properties", {}).get(name, {})
            for one in inner if isinstance(inner, list) else [inner]:
                yield name, one, plain(node).get("items", {}) if isinstance(inner, list) else node


def _part(name: str, value: Value, level: Mapping[str, Any], *, is_form: bool) -> bytes:
    is_file = level.get("format") == "binary" or "contentMediaType" in level or "contentEncoding" in level
    media = str(level.get("contentMediaType", "application/octet-stream" if is_file else "text/plain"))
    if isinstance(value, dict | list):
        media = JSON
    text = value if isinstance(value, str) and "object" not in types_of(level) else orjson.dumps(value).decode()
    head = f"Content-Type: {media}\r\n"
    if is_form:
        file = f'; filename="{_quoted(name)}"' if is_file else ""
        head = f'Content-Disposition: form-data; name="{_quoted(name)}"{file}\r\n{head}'
    return f"{head}\r\n{text}".encode()


def _quoted(name: str) -> str:
    """A name as forms write it (WHATWG, multipart/form-data)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
