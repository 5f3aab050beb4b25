"""A file of a vendor's document, JSON or YAML, read into plain JSON values.

YAML is read as JSON's superset (YAML 1.2, section 10.3: `yes` and dates are text) and takes seconds for a megabyte or
two, so what came of it is kept in a cache, and progress is told. What the values mean is tidegate.openapi.document's
business.
"""

import gc
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from tidegate.openapi.document_cache import DocumentCache
from tidegate.problems import UsageError

if TYPE_CHECKING:
    import yaml

Progress = Callable[[str, float], None]
"""Takes what is being done and the share that is done, from 0 to 1."""

VALUES_MAX = 20_000_000
"""A document of more values is refused: YAML's aliases can make a line into a billion of them."""

DEPTH_MAX = 250
"""The JSON writer's own limit is 254."""

BYTES_MAX = 1 << 27
"""A larger file is not read."""

_YAML = (".yaml", ".yml")


class DocumentError(UsageError):
    """The document, or the part of it that was asked for, cannot be read. The message names the file or the pointer."""


def read_file(path: Path, *, cache: DocumentCache | None = None, progress: Progress | None = None) -> Any:
    """The values in a file. Raises DocumentError.

    Without a cache, YAML is read each time. `progress` is called for YAML that is not in the cache.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise DocumentError(f"{path}: the document cannot be read: it has more than {BYTES_MAX >> 20} MiB")
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: the document cannot be read: {error.strerror}") from error
    try:
        if path.suffix.lower() in _YAML:
            return _from_yaml(raw, cache, progress or _silent)
        return orjson.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{path}: the document cannot be read: {error}") from error


def _silent(_what: str, _share: float) -> None:
    return


def _from_yaml(raw: bytes, cache: DocumentCache | None, progress: Progress) -> Any:
    cached = cache.get(raw) if cache is not None else None
    if cached is not None:
        return orjson.loads(cached)
    text = _as_json(_parsed(raw, progress))
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


# --- YAML ------------------------------------------------------------------------------------------------------------


class _ProgressFile:
    """The text as a file that tells how much of it was read."""

    def __init__(self, raw: bytes, progress: Progress) -> None:
        self._raw = raw
        self._progress = progress
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """As files do."""
        end = len(self._raw) if size < 0 else self._at + size
        piece = self._raw[self._at : end]
        self._at += len(piece)
        self._progress("reading YAML", self._at / max(len(self._raw), 1) * _PARSED)
        return piece


_PARSED = 0.7
"""The share of the time after which the text is read; then the values are made of it."""


def _parsed(raw: bytes, progress: Progress) -> Any:
    """The parsed YAML. Raises ValueError with the place of the mistake."""
    import yaml

    loader = _loader_class()(_ProgressFile(raw, progress))
    collects = gc.isenabled()
    gc.disable()  # millions of small objects, none of them garbage: looking for it takes as long as reading
    try:
        tree = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = " ".join(filter(None, (error.context, error.problem))) or "this is not YAML"
        raise ValueError(place + problem) from error
    except yaml.YAMLError as error:
        raise ValueError(str(error).splitlines()[0]) from error
    finally:
        loader.dispose()
        if collects:
            gc.enable()
    progress("reading YAML", 1.0)
    return tree


def _loader_class() -> "Callable[[IO[bytes] | _ProgressFile], yaml.CSafeLoader]":
    """The C loader with the words of YAML 1.2's core schema; the one in Python where the C one was not built."""
    import yaml

    quick: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Core(quick):  # type: ignore[misc]  # its class is found when the program runs
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own way

    for tag, pattern, first in _CORE:
        Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    Core.add_constructor("tag:yaml.org,2002:int", _integer)
    return Core


_CORE = (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("float", r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("merge", r"^<<$", "<"),
)  # fmt: skip
"""YAML 1.2, section 10.3.2, and the merge key, which documents still use: tag, pattern, first letters."""


def _integer(loader: "yaml.CSafeLoader", node: "yaml.ScalarNode") -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
