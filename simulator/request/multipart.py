"""Multipart bodies (RFC 7578), read: fields, as a form has them, and files.

The bytes of a file are kept apart from the fields, in which it is a text: its name. What a part holds is bytes,
whatever type it says it has. It knows no field's meaning.
"""

import re
from base64 import b64decode
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value
from quopri import decodestring

from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.request.charsets import decoded, taken
from tidegate.simulator.request.forms import FIELDS_MAX, FormError, Node, put

HEAD_BYTES_MAX = 8_192
"""The headers of one part have so many bytes at most."""

PARAMETERS_MAX = 32
"""A Content-Type, and the headers of one part, have so many parameters at most.

The email library takes for each as long as for the rest of the header.
"""

VALUE = "\0"
"""The name of what is no file but a value of its own: a text, a number, or a list of such, that is the whole body."""

_CHARSET = "_charset_"
"""The field that says which charset the texts behind it are in (RFC 7578 §4.6)."""

_HEADERS_END = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_MEDIA = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+", re.ASCII)
_WRONG = (AttributeError, LookupError, MessageError, TypeError, ValueError)
"""The errors of the email library for headers that it cannot read."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that was sent. `name` is the file's own, `media` its type."""

    name: str
    media: str
    content: bytes


@dataclass(slots=True)
class MultipartBody:
    """A multipart body. A file's field holds its name; `uploads` has the file under the field's name as it was sent."""

    fields: dict[str, Node] = field(default_factory=dict)
    uploads: dict[str, UploadedFile] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)
    """The fields that say that they are JSON."""
    charset: str = "utf-8"
    """That of texts which name none themselves."""


@dataclass(frozen=True, slots=True)
class _MultipartPart:
    """`media` is empty where the part says none that there can be, `filename` is None where it is no file."""

    name: str
    filename: str | None
    media: str
    content: bytes
    charset: str = ""


def decode(body: bytes, media: str, whole: Container[str] = ()) -> MultipartBody:
    """A multipart body. `media` is the Content-Type header as it came. Raises FormError."""
    body_read = MultipartBody()
    for count, piece in enumerate(_pieces(body, _boundary(media)), 1):
        if count > FIELDS_MAX:
            raise FormError("", f"A form has at most {FIELDS_MAX} fields")
        _add(body_read, _part(piece), whole)
    return body_read


def _boundary(media: str) -> bytes:
    """The bytes that are between the parts."""
    message = Message()
    if len(media) > HEAD_BYTES_MAX or media.count(";") > PARAMETERS_MAX:
        raise FormError("", f"A Content-Type has at most {PARAMETERS_MAX} parameters")
    try:
        message["Content-Type"] = media.encode("utf-8", "surrogateescape").decode("latin-1")
        boundary = message.get_boundary()
    except _WRONG:
        boundary = None
    if not boundary:
        raise FormError("", "The multipart body names no boundary in its Content-Type")
    return boundary.encode("latin-1", "replace")


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The pieces between the boundary's lines (RFC 2046 §5.1.1); a line may end without CR."""
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)")
    begin = None
    for mark in line.finditer(body):
        if begin is not None:
            yield body[begin : mark.start()]
        begin = mark.end()
        if mark[1]:
            return
    raise FormError("", "The multipart body does not keep to its boundary")


def _part(piece: bytes) -> _MultipartPart:
    """One part: the rest of the boundary's line, headers, an empty line, content."""
    piece = piece.removeprefix(b"\r").removeprefix(b"\n")
    end = _HEADERS_END.search(piece)
    head, content = (piece[: end.start()], piece[end.end() :]) if end else (piece, b"")
    if len(head) > HEAD_BYTES_MAX or head.count(b";") > PARAMETERS_MAX:
        raise FormError("", f"A part's headers have at most {HEAD_BYTES_MAX} bytes, and {PARAMETERS_MAX} parameters")
    try:
        headers = HeaderParser().parsestr(_text(head))
        name, media = headers.get_param("name", header="Content-Disposition"), headers.get_content_type()
        return _MultipartPart(
            name=collapse_rfc2231_value(name) if name else "",
            filename=headers.get_filename(),
            media=media if "Content-Type" in headers and _MEDIA.fullmatch(media) else "",
            content=_plain(content, str(headers.get("Content-Transfer-Encoding", ""))),
            charset=taken(charset) if (charset := headers.get_content_charset()) else "",
        )
    except _WRONG:
        raise FormError("", "A part of the multipart body cannot be read") from None


def _text(head: bytes) -> str:
    """Headers as text, each in one line: UTF-8 (RFC 7578 §5.1), or what older clients send."""
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return _FOLD.sub("", text)


def _plain(content: bytes, encoding: str) -> bytes:
    """Content as it was before it was encoded for mail, as clients before RFC 7578 (§4.7) may do."""
    match encoding.strip().lower():
        case "base64":
            return b64decode(content)
        case "quoted-printable":
            return decodestring(content)
    return content


def _add(body: MultipartBody, part: _MultipartPart, whole: Container[str]) -> None:
    if not part.name:
        raise FormError("", "A part of the multipart body has no name")
    if part.filename is not None:
        body.uploads[part.name] = UploadedFile(part.filename, part.media or "application/octet-stream", part.content)
        put(body.fields, part.name, part.filename, whole)
        return
    if is_json(part.media):
        body.json.add(part.name)
    try:
        text = decoded(part.content, part.charset or body.charset)
    except UnicodeDecodeError as error:
        raise FormError(part.name, f"{part.name!r} is not {error.encoding.upper()} text") from None
    if part.name == _CHARSET:
        body.charset = taken(text)
    put(body.fields, part.name, text, whole)
