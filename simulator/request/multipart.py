"""Reads a multipart body (RFC 7578): fields, as a form has them, and files.

The bytes of a file are kept apart from the fields, in which it is a text: its name. It knows no field's meaning.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

from tidegate.simulator.request.forms import FIELDS_MAX, FormError, Node, put


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. `name` is the file's own, `media` its type."""

    name: str
    media: str
    content: bytes


@dataclass(slots=True)
class Parts:
    """What a body holds. A file's field holds its name; `uploads` has it under the field's name as it was sent."""

    fields: dict[str, Node] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)
    """The fields that say that they are JSON."""


def decode(body: bytes, media: str, whole: Container[str] = ()) -> Parts:
    """A multipart body. `media` is the Content-Type header as it came. Raises FormError."""
    head = b"Content-Type: " + media.encode("latin-1", "replace").replace(b"\r", b"").replace(b"\n", b"")
    message: Message = BytesParser(policy=HTTP).parsebytes(head + b"\r\n\r\n" + body)
    if message.get_boundary() is None:
        raise FormError("", "The multipart body names no boundary in its Content-Type")
    pieces = message.get_payload()
    if not isinstance(pieces, list) or message.defects:
        raise FormError("", "The multipart body does not keep to its boundary")
    if len(pieces) > FIELDS_MAX:
        raise FormError("", f"A form has at most {FIELDS_MAX} fields")
    found = Parts()
    for piece in pieces:
        if isinstance(piece, Message):
            _add(found, piece, whole)
    return found


def _add(found: Parts, piece: Message, whole: Container[str]) -> None:
    name = piece.get_param("name", header="Content-Disposition")
    if not isinstance(name, str) or not name:
        raise FormError("", "A part of the multipart body has no name")
    content = piece.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    media = piece.get_content_type() if "Content-Type" in piece else ""
    filename = piece.get_filename()
    if filename is not None:
        found.uploads[name] = Upload(filename, media or "application/octet-stream", content)
        put(found.fields, name, filename, whole)
        return
    if media.endswith("json"):
        found.json.add(name)
    try:
        put(found.fields, name, content.decode(), whole)
    except UnicodeDecodeError:
        raise FormError(name, f"{name!r} is not UTF-8 text") from None
