"""Follows the `$ref`s of a document: inside it, and into files beside it or below its folder.

Nothing is fetched, and no file above or outside the document's folder is opened, whatever a reference or a link says: a
document is data from somebody else. Files are read when something in them is first asked for.
"""

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from tidegate.json_pointer import steps_of
from tidegate.openapi.document_file import DocumentError, content
from tidegate.openapi.named_schemas.anchors import Anchors
from tidegate.openapi.named_schemas.base_uris import ADDRESS, localise

HOPS_MAX = 32
"""A `$ref` to a `$ref` to a `$ref` … longer than this is taken for a loop."""

FILES_MAX = 1_000
"""So many files beside the main one are read; of those that cannot be read none counts."""

_GIVEN = "tidegate-given:"
"""Begins the references to nodes that stand in no file."""
_READABLE = (".json", ".yaml", ".yml")


class Outside(DocumentError):
    """The reference is to an address, or to a file outside the document's folder."""


class References:
    """`root` is the document's main file, `path` where it was read, None where it was made in memory.

    `names` is whether `$id` names schemas in the main file, as from OpenAPI 3.1 on. Its references are written anew
    when the first such schema is met.
    """

    def __init__(
        self, root: Any, name: str, path: Path | None, read: Callable[[Path], Any], *, names: bool = True
    ) -> None:
        self.name = name
        self._files: dict[str, Any] = {"": root}
        self._read = read
        self._anchors = Anchors()
        self._named: dict[str, str] = {}
        self._unlearnt = names
        self._steps = 0
        self._found: dict[str, Any] = {}
        self._given: list[Any] = []
        self._main = path.name if path is not None else ""
        own = root.get("$self") if isinstance(root, dict) else None
        self._own = own if isinstance(own, str) else ""
        self._folder = path.parent.resolve() if path is not None else None
        self.others: list[Path] = []
        """The files beside the main one that were asked for so far, by the names that references give them."""

    def resolve(self, reference: str) -> Any:
        """The target of a `$ref`. Raises DocumentError.

        The pointer is percent-decoded first, then `~1` and `~0` (RFC 6901 §6).
        """
        file, _, pointer = reference.partition("#")
        if file.startswith(_GIVEN):
            return self._given[int(file.removeprefix(_GIVEN))]
        try:
            node = self._file(file, reference)
        except DocumentError:
            node = self._identified(file)
            if node is None:
                raise
        written = unquote(pointer)
        try:
            if written and not written.startswith("/"):
                return self._anchors.find(node, f"#{written}")
            for step in steps_of(written):
                node = self._step(node, step)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise DocumentError(f"{self.name}: {reference} points at nothing") from error
        return node

    def _first(self, reference: str) -> Any:
        target = self._found[reference] = self.resolve(reference)
        return target

    def _step(self, node: Any, key: str) -> Any:
        """What is below a node; where that is a reference itself (`schemas: {$ref: …}`), below what it leads to.

        Raises KeyError, IndexError, ValueError, TypeError.
        """
        if isinstance(node, list):
            return node[_index(key)]
        self.learn(node)
        if isinstance(node, dict) and key not in node and "$ref" in node:
            if self._steps >= HOPS_MAX:
                raise KeyError(key)
            self._steps += 1
            try:
                node = self.follow(node)
            finally:
                self._steps -= 1
        return node[key]

    def learn(self, node: Any) -> None:
        """Learn the main file's names, if this node is the first to have one; None: at once."""
        if self._unlearnt and (node is None or (isinstance(node, dict) and "$id" in node)):
            self._unlearnt = False
            self._named |= localise(self._files[""], self._main or "document", main=True)

    def _identified(self, file: str) -> Any:
        """The schema whose `$id` a reference names, of the main file or one that was read; None for none."""
        if file in self._named:
            return self.resolve(self._named[file])
        try:
            return self._anchors.find(self._files[""], file)
        except KeyError:
            return None

    def name_of(self, node: Any) -> str:
        """A reference that leads to this very node from now on."""
        self._given.append(node)
        return f"{_GIVEN}{len(self._given) - 1}"

    def follow(self, node: Any) -> Any:
        """The node itself, or what its `$ref` leads to in the end; deeper references stay. Raises DocumentError."""
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        reference = ""
        for _ in range(HOPS_MAX):
            self.learn(node)
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
                return node
            reference = node["$ref"]
            node = self._found[reference] if reference in self._found else self._first(reference)
        raise DocumentError(f"{self.name}: the references from {reference} lead in a circle")

    def literal(self, written: str) -> Any:
        """What stands in a file, named as `$ref` names one: values where it is JSON or YAML, else its text, or bytes.

        OpenAPI 3.1, Example Object, `externalValue`. Raises DocumentError.
        """
        if written.lower().endswith(_READABLE):
            return self.resolve(written)
        if written not in self._files:
            path = self._path_of(written, written)[1]
            raw = content(path)
            try:
                self._files[written] = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                self._files[written] = raw
        return self._files[written]

    def _file(self, written: str, reference: str) -> Any:
        if written in self._files:
            return self._files[written]
        if self._own and _absolute(self._own, written) == _absolute(self._own, ""):
            return self._files[""]  # the main file's own name, which is the base of its references (OpenAPI 3.2)
        inside, path = self._path_of(written, reference)
        if inside == self._main:
            return self._files[""]
        if inside not in self._files:
            self._ask_for(inside)
            tree = self._read(path)
            self._named |= localise(tree, inside)
            self._files[inside] = tree
        self._files[written] = self._files[inside]
        return self._files[inside]

    def _ask_for(self, inside: str) -> None:
        named = Path(self._folder or "", inside)
        if named not in self.others:
            self.others.append(named)

    def _path_of(self, written: str, reference: str) -> tuple[str, Path]:
        """A file as seen from the main one, and its path. Raises DocumentError where it is not to be read."""
        if ADDRESS.match(written):
            raise Outside(f"{self.name}: {reference} is an address outside the document; nothing is fetched")
        inside = posixpath.normpath(unquote(written))
        if self._folder is None or inside.startswith(("/", "..")):
            raise Outside(f"{self.name}: {reference} is outside the document's folder; it is not opened")
        path = self._path(self._folder, inside, reference)
        if inside not in self._files and inside != self._main:
            if not path.is_relative_to(self._folder):  # by way of a symbolic link
                raise Outside(f"{self.name}: {reference} is outside the document's folder; it is not opened")
            if len(self._files) > FILES_MAX:
                raise DocumentError(f"{self.name}: {reference} is not read: {FILES_MAX} other files were")
        return inside, path

    def _path(self, folder: Path, inside: str, reference: str) -> Path:
        try:
            return (folder / inside).resolve()
        except (OSError, ValueError, RuntimeError) as error:  # no name of a file, or links in a circle
            raise DocumentError(f"{self.name}: {reference} names no file") from error


def _absolute(base: str, written: str) -> str:
    """A reference without its fragment, as seen from a base."""
    try:
        return urldefrag(urljoin(base, written))[0]
    except ValueError:  # no address at all
        return written


def _index(token: str) -> int:
    """A place in a list (RFC 6901 §4). Raises ValueError."""
    if not token.isascii() or not token.isdecimal():
        raise ValueError(token)
    return int(token)
