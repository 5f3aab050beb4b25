"""A file of a vendor's document, JSON or YAML, read into plain JSON values.

YAML is read as JSON's superset (YAML 1.2, section 10.3: `yes` and dates are text) and takes seconds for a megabyte or
two, so what came of it is kept in a cache, and progress is told. What the values mean is tidegate.openapi.document's
business.
"""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import orjson

from tidegate.openapi.document_cache import DocumentCache
from tidegate.openapi.files.text_encoding import as_utf8
from tidegate.openapi.files.yaml_values import DEPTH_MAX, Progress, parsed
from tidegate.problems import UsageError

VALUES_MAX = 5_000_000
"""A document of more values is refused: YAML's aliases can make a line into a billion of them. GitHub's has 400,000."""

BYTES_MAX = 1 << 26
"""A larger file is not read."""

BEYOND: dict[str, Any] = {"x-tidegate-too-deep": True}
"""Stands where something was nested too deep to be kept."""

BEGIN_BYTES = 4_096
"""Whether a file may be JSON is seen in its first bytes."""

GUESSED_BYTES_MAX = 1 << 22
"""What looks like JSON and is none is tried as YAML, which takes a comma too many, up to this size."""

_YAML = (".yaml", ".yml")
_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_ADDRESSES = ("http:/", "https:/", "file:/")
"""As a path they have lost their second slash."""


class DocumentError(UsageError):
    """The document, or the part of it that was asked for, cannot be read. The message names the file or the pointer."""


def read_file(path: Path, *, cache: DocumentCache | None = None, progress: Progress | None = None) -> Any:
    """The values in a file, BEYOND where JSON is nested too deep. Raises DocumentError.

    Without a cache, YAML is read each time. `progress` is called for YAML that is not in the cache.
    """
    raw = content(path)
    if raw.startswith(_PACKED):
        raise DocumentError(f"{path}: the document cannot be read: it is packed; unpack it first")
    try:
        raw = as_utf8(raw)
        if path.suffix.lower() in _YAML:
            return _from_yaml(raw, cache, progress or _silent)
        return _from_either(raw, cache, progress or _silent)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: the document cannot be read: {error}") from error


def content(path: Path) -> bytes:
    """The bytes of a file. Raises DocumentError, also for a pipe or a device."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise DocumentError(f"{path}: the document cannot be read: it is no file")
        if about.st_size > BYTES_MAX:
            raise DocumentError(f"{path}: the document cannot be read: it has more than {BYTES_MAX >> 20} MiB")
        with path.open("rb") as file:
            return file.read(BYTES_MAX)
    except OSError as error:
        is_address = str(path).lower().startswith(_ADDRESSES)
        why = "it is an address, and nothing is fetched; save it as a file" if is_address else error.strerror
        raise DocumentError(f"{path}: the document cannot be read: {why}") from error
    except ValueError as error:  # a name with a zero byte in it
        raise DocumentError(f"{path}: the document cannot be read: {error}") from error


def _from_either(raw: bytes, cache: DocumentCache | None, progress: Progress) -> Any:
    """JSON, or YAML where that is what the file holds, whatever its name. Raises ValueError."""
    try:
        return _from_json(raw)
    except ValueError:
        if raw[:BEGIN_BYTES].lstrip()[:1] in (b"{", b"[", b"") and len(raw) > GUESSED_BYTES_MAX:
            raise
        try:
            tree = _from_yaml(raw, cache, progress)
        except (ValueError, RecursionError):
            tree = None
        if isinstance(tree, dict):
            return tree
        raise


def _from_json(raw: bytes) -> Any:
    """Raises ValueError."""
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > VALUES_MAX:  # each value has one of these before it
        raise ValueError(f"it has more than {VALUES_MAX} values")
    try:
        tree = orjson.loads(raw)
    except orjson.JSONDecodeError:
        tree = _forgiven(raw)
    try:
        orjson.dumps(tree)  # far quicker than looking through it here
    except TypeError:
        _cut(tree)
    return tree


def _forgiven(raw: bytes) -> Any:
    """What orjson refuses although JSON has it: huge numbers, halves of surrogate pairs. Raises ValueError."""
    try:
        tree = json.loads(raw, parse_float=_finite, parse_constant=_no_number)
        return orjson.loads(json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return orjson.loads(raw)


def _finite(text: str) -> float:
    return max(min(float(text), sys.float_info.max), -sys.float_info.max)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _cut(tree: Any) -> None:
    """Put BEYOND where a tree is nested deeper than DEPTH_MAX."""
    level = [tree]
    for depth in range(DEPTH_MAX):
        inner: list[Any] = []
        for node in level:
            for key, value in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(value, dict | list):
                    if depth + 1 == DEPTH_MAX:
                        node[key] = BEYOND
                    else:
                        inner.append(value)
        level = inner


def _silent(_what: str, _share: float) -> None:
    return


def _from_yaml(raw: bytes, cache: DocumentCache | None, progress: Progress) -> Any:
    cached = cache.get(raw) if cache is not None else None
    if cached is not None:
        return orjson.loads(cached)
    text = _as_json(parsed(raw, progress))
    if cache is not None:
        cache.put(raw, text)
    return orjson.loads(text)


def _as_json(tree: Any) -> bytes:
    """JSON text, in which keys such as 200 have become text too. Raises ValueError."""
    _measure(tree)
    try:
        return orjson.dumps(tree, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # an integer of more than 64 bits, which JSON has, or a tag such as !!binary, which it has not
        pass
    try:
        return json.dumps(tree, ensure_ascii=False, allow_nan=False).encode()
    except TypeError as error:
        raise ValueError(f"it holds a value that JSON has not: {error}") from error


def _measure(tree: Any) -> None:
    """Refuse what would not end, or not fit into memory, once its aliases are written out. Raises ValueError."""
    sizes: dict[int, int] = {}

    def size(node: Any, depth: int) -> int:
        if not isinstance(node, dict | list):
            return 1
        values = sizes.get(id(node))
        if values is None:
            if depth > DEPTH_MAX:
                raise ValueError(f"it is nested more than {DEPTH_MAX} levels deep, or holds itself")
            inner = node.values() if isinstance(node, dict) else node
            values = sizes[id(node)] = 1 + sum(size(part, depth + 1) for part in inner)
        return values

    if size(tree, 0) > VALUES_MAX:
        raise ValueError(f"with its aliases written out it has more than {VALUES_MAX} values")
