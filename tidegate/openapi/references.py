"""Follows the `$ref`s of a document: inside it, and into files beside it or below its folder.

Nothing is fetched, and no file above or outside the document's folder is opened, whatever a reference or a link says: a
document is data from somebody else. Files are read when something in them is first asked for.
"""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tidegate.openapi.document_file import DocumentError

HOPS_MAX = 32
"""A `$ref` to a `$ref` to a `$ref` … longer than this is taken for a loop."""

FILES_MAX = 1_000
"""So many files beside the main one are read; of those that cannot be read none counts."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\")


class Outside(DocumentError):
    """The reference is to an address, or to a file outside the document's folder."""


class References:
    """`root` is the document's main file, `path` where it was read, None where it was made in memory."""

    def __init__(self, root: Any, name: str, path: Path | None, read: Callable[[Path], Any]) -> None:
        self.name = name
        self._files: dict[str, Any] = {"": root}
        self._read = read
        self._main = path.name if path is not None else ""
        self._folder = path.parent.resolve() if path is not None else None

    def resolve(self, reference: str) -> Any:
        """The target of a `$ref`. Raises DocumentError.

        The pointer is percent-decoded first, then `~1` and `~0` (RFC 6901 §6).
        """
        file, _, pointer = reference.partition("#")
        node = self._file(file, reference)
        for token in unquote(pointer).split("/")[1:]:
            key = token.replace("~1", "/").replace("~0", "~")
            try:
                node = node[_index(key)] if isinstance(node, list) else node[key]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise DocumentError(f"{self.name}: {reference} points at nothing") from error
        return node

    def follow(self, node: Any) -> Any:
        """The node itself, or what its `$ref` leads to in the end; deeper references stay. Raises DocumentError."""
        reference = ""
        for _ in range(HOPS_MAX):
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            reference = node["$ref"]
            node = self.resolve(reference)
        raise DocumentError(f"{self.name}: the references from {reference} lead in a circle")

    def _file(self, written: str, reference: str) -> Any:
        if written in self._files:
            return self._files[written]
        if _ADDRESS.match(written):
            raise Outside(f"{self.name}: {reference} is an address outside the document; nothing is fetched")
        inside = posixpath.normpath(unquote(written))
        if self._folder is None or inside.startswith(("/", "..")):
            raise Outside(f"{self.name}: {reference} is outside the document's folder; it is not opened")
        if inside == self._main:
            return self._files[""]
        if inside not in self._files:
            path = self._path(self._folder, inside, reference)
            if not path.is_relative_to(self._folder):  # by way of a symbolic link
                raise Outside(f"{self.name}: {reference} is outside the document's folder; it is not opened")
            if len(self._files) > FILES_MAX:
                raise DocumentError(f"{self.name}: {reference} is not read: {FILES_MAX} other files were")
            tree = self._read(path)
            _localise(tree, posixpath.dirname(inside), inside)
            self._files[inside] = tree
        self._files[written] = self._files[inside]
        return self._files[inside]

    def _path(self, folder: Path, inside: str, reference: str) -> Path:
        try:
            return (folder / inside).resolve()
        except (OSError, ValueError, RuntimeError) as error:  # no name of a file, or links in a circle
            raise DocumentError(f"{self.name}: {reference} names no file") from error


def _index(token: str) -> int:
    """A place in a list (RFC 6901 §4). Raises ValueError."""
    if not token.isascii() or not token.isdecimal():
        raise ValueError(token)
    return int(token)


def _localise(tree: Any, folder: str, file: str) -> None:
    """Write the references of another file as seen from the main one. Each file is read once, so this is done once."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            written = node.get("$ref")
            if isinstance(written, str) and not _ADDRESS.match(written):
                path, mark, pointer = written.partition("#")
                node["$ref"] = (posixpath.normpath(posixpath.join(folder, path)) if path else file) + mark + pointer
            todo += node.values()
        elif isinstance(node, list):
            todo += node
