"""The bytes of uploaded files, by kind and key of the object that stands for each.

Bounded: what has no room is refused. An object stands for a file where it has a field for the file's size in bytes.
It knows no operation and no HTTP.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from tidegate.openapi.schemas import Schemas
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.media_types import is_json
from tidegate.simulator.document.resource_kind import ResourceKind, size_field
from tidegate.simulator.request.multipart import VALUE, UploadedFile

FILES_BYTES_MAX = 64 << 20
"""All files of one vendor together."""

_NAMES = ("filename", "originalfilename", "name")
_MEDIA = ("contenttype", "mimetype", "mediatype")
"""Plain names of the fields for a file's name and its type, the most telling first."""

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
        upload = self.sent(kind, uploads)
        if upload is None:
            return None
        room = self._most - self.bytes
        if len(upload.content) > room:
            raise errors.no_room(len(upload.content), room)
        return upload

    def sent(self, kind: ResourceKind, uploads: Mapping[str, UploadedFile]) -> UploadedFile | None:
        """The file among uploads that an object of this kind may stand for; a value only where it is nothing else."""
        upload = next(iter(uploads.values()), None)
        if upload is None or not kind.fields:
            return upload
        return upload if upload.name != VALUE and size_field(self._schemas, kind) else None

    def described(self, kind: ResourceKind, upload: UploadedFile) -> dict[str, Any]:
        """The object's fields about its file: the size, and name and type where it has fields for them."""
        size = size_field(self._schemas, kind)
        fields: dict[str, Any] = {size: len(upload.content)} if size else {}
        for names, value in ((_NAMES, upload.name), (_MEDIA, upload.media)):
            field = next((kind.names[name] for name in names if name in kind.names), "")
            if field and field != kind.id_field and value:
                fields[field] = value
        return fields

    def get(self, kind: str, key: str) -> UploadedFile | None:
        """The file of an object, None where it has none."""
        return self._files.get((kind, key))

    def put(self, kind: str, key: str, upload: UploadedFile | None) -> None:
        """Keep the file of an object, in place of the one it had; that stays where none was sent."""
        if upload is None:
            return
        self.drop(kind, key)
        self._files[kind, key] = upload
        self.bytes += len(upload.content)

    def received(
        self, kind: ResourceKind, uploads: Mapping[str, UploadedFile], values: Mapping[str, Any]
    ) -> tuple[UploadedFile | None, Mapping[str, Any]]:
        """The file that was sent for an object, if one was, and the values with what they tell of it.

        Raises errors.VendorError without room.
        """
        upload = self.of(kind, uploads) if uploads else None
        return upload, {**self.described(kind, upload), **values} if upload is not None else values

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


def representation(upload: UploadedFile, documented: str, accept: str) -> tuple[bytes | str, str]:
    """A file's bytes and the media type that the document names, or its own where that says nothing.

    Where the document wants JSON and the client takes it, a JSON string: of what is no text, base64. A client asks for
    the file itself by taking another type than JSON.
    """
    if upload.name == VALUE and is_json(upload.media) == is_json(documented):
        return upload.content, documented
    accepted = [media_range.partition(";")[0].strip() for media_range in accept.split(",")]
    if "json" not in documented or not any(fnmatchcase(documented, media_range) for media_range in accepted):
        is_any = not documented or documented in _ANY_FILE or "json" in documented or "*" in documented
        return upload.content, upload.media if is_any else documented
    try:
        return upload.content.decode(), documented
    except UnicodeDecodeError:
        return b64encode(upload.content).decode(), documented
