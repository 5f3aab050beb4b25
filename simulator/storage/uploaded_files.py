"""The bytes of uploaded files, by kind and key of the object that stands for each.

Bounded: what has no room is refused. An object stands for a file where it has a field for the file's size in bytes.
It knows no operation and no HTTP.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tidegate.openapi.schema_types import types_of
from tidegate.openapi.schemas import Schemas
from tidegate.simulator.answer import errors
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.request.multipart import UploadedFile

FILES_BYTES_MAX = 64 << 20
"""All files of one vendor together."""

_SIZES = ("bytes", "size", "filesize", "sizebytes", "sizeinbytes", "bytesize", "contentlength")
_NAMES = ("filename", "originalfilename", "name")
_MEDIA = ("contenttype", "mimetype", "mediatype")
"""Plain names of the fields for a file's size, its name and its type, the most telling first."""

_ANY_FILE = frozenset({"application/octet-stream", "application/binary", "binary/octet-stream"})
"""Media types that say no more than that something is a file."""


class UploadedFiles:
    """The files of one vendor. At most `most` bytes are stored."""

    def __init__(self, schemas: Schemas, most: int = FILES_BYTES_MAX) -> None:
        self._schemas = schemas
        self._most = most
        self._files: dict[tuple[str, str], UploadedFile] = {}
        self.bytes = 0
        """The bytes of all files that are stored."""

    def of(self, kind: ResourceKind, uploads: Mapping[str, UploadedFile]) -> UploadedFile | None:
        """The file that a new object of this kind stands for, None for none. Raises errors.VendorError without room."""
        upload = next(iter(uploads.values()), None)
        if upload is None or not (self._size_field(kind) or not kind.fields):
            return None
        room = self._most - self.bytes
        if len(upload.content) > room:
            raise errors.no_room(len(upload.content), room)
        return upload

    def described(self, kind: ResourceKind, upload: UploadedFile) -> dict[str, Any]:
        """The object's fields about its file: the size, and name and type where it has fields for them."""
        size = self._size_field(kind)
        fields: dict[str, Any] = {size: len(upload.content)} if size else {}
        for names, value in ((_NAMES, upload.name), (_MEDIA, upload.media)):
            field = next((kind.names[name] for name in names if name in kind.names), "")
            if field and field != kind.id_field and value:
                fields[field] = value
        return fields

    def get(self, kind: str, key: str) -> UploadedFile | None:
        """The file of an object, None where it has none."""
        return self._files.get((kind, key))

    def put(self, kind: str, key: str, upload: UploadedFile) -> None:
        """Keep the file of an object, in place of the one it had."""
        self.drop(kind, key)
        self._files[kind, key] = upload
        self.bytes += len(upload.content)

    def keep(self, kind: ResourceKind, key: str, uploads: Mapping[str, UploadedFile]) -> None:
        """Keep the file that was put in the place of an object, if one was. Raises errors.VendorError without room."""
        upload = self.of(kind, uploads) if uploads else None
        if upload is not None:
            self.put(kind.name, key, upload)

    def drop(self, kind: str, key: str) -> None:
        """Forget the file of an object, if it has one."""
        gone = self._files.pop((kind, key), None)
        self.bytes -= len(gone.content) if gone is not None else 0

    def all(self) -> Iterator[tuple[str, str, UploadedFile]]:
        """Every file with the kind and key of its object."""
        return ((kind, key, upload) for (kind, key), upload in self._files.items())

    def clear(self) -> None:
        """Forget everything."""
        self._files.clear()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._files)

    def _size_field(self, kind: ResourceKind) -> str:
        for name in _SIZES:
            field = kind.names.get(name, "")
            if field and {"integer", "number"} & {*types_of(self._schemas.plain(kind.fields[field]))}:
                return field
        return ""


def representation(upload: UploadedFile, documented: str, accept: str) -> tuple[bytes | str, str]:
    """A file's bytes and the media type that the document names, or its own where that says nothing.

    Where the document wants JSON and the client takes it, a JSON string: of what is no text, base64. A client asks for
    the file itself by taking another type than JSON.
    """
    accepted = [media_range.partition(";")[0].strip() for media_range in accept.split(",")]
    if "json" not in documented or not any(fnmatchcase(documented, media_range) for media_range in accepted):
        is_any = not documented or documented in _ANY_FILE or "json" in documented or "*" in documented
        return upload.content, upload.media if is_any else documented
    try:
        return upload.content.decode(), documented
    except UnicodeDecodeError:
        return b64encode(upload.content).decode(), documented
