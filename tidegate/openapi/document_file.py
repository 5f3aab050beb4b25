"""A file of a vendor's document, JSON or YAML, read into plain JSON values.

YAML is read as JSON's superset (YAML 1.2, section 10.3: `yes` and dates are text) and takes seconds for a megabyte or
two, so what came of it is kept in a cache, and progress is told. What the values mean is tidegate.openapi.document's
business.
"""

import gc
import json
import re
import stat
import sys
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

VALUES_MAX = 5_000_000
"""A document of more values is refused: YAML's aliases can make a line into a billion of them. GitHub's has 400,000."""

DEPTH_MAX = 250
"""What is nested deeper is left out of JSON, and refused in YAML. The JSON writer's own limit is 254."""

BYTES_MAX = 1 << 26
"""A larger file is not read."""

BRACKETS_MAX = 8_000
"""YAML with more brackets, or with an indentation as INDENTED, has its depth counted before it is read: the reader in C
goes down a call for each level, and has room for some 30,000."""
INDENTED = re.compile(rb"[ ?:\x00-]{5000}")

MERGED_MAX = 100_000
"""The merge keys (`<<`) of one YAML file copy so many entries: one may copy what another has copied, and so on."""

BEYOND: dict[str, Any] = {"x-tidegate-too-deep": True}
"""Stands where something was nested too deep to be kept."""

_YAML = (".yaml", ".yml")


class DocumentError(UsageError):
    """The document, or the part of it that was asked for, cannot be read. The message names the file or the pointer."""


def read_file(path: Path, *, cache: DocumentCache | None = None, progress: Progress | None = None) -> Any:
    """The values in a file, BEYOND where JSON is nested too deep. Raises DocumentError.

    Without a cache, YAML is read each time. `progress` is called for YAML that is not in the cache.
    """
    raw = content(path)
    try:
        if path.suffix.lower() in _YAML:
            return _from_yaml(raw, cache, progress or _silent)
        return _from_json(raw)
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
        raise DocumentError(f"{path}: the document cannot be read: {error.strerror}") from error
    except ValueError as error:  # a name with a zero byte in it
        raise DocumentError(f"{path}: the document cannot be read: {error}") from error


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

    if raw.count(b"[") + raw.count(b"{") > BRACKETS_MAX or INDENTED.search(raw):
        _check_depth(raw)
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


def _check_depth(raw: bytes) -> None:
    """Refuse YAML that is nested too deep, before it is read by calls within calls. Raises ValueError."""
    import yaml

    parser, depth = getattr(yaml, "CParser", yaml.SafeLoader)(raw), 0
    try:
        while parser.check_event():
            event = parser.get_event()
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEPTH_MAX:
                    raise ValueError(f"it is nested more than {DEPTH_MAX} levels deep")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return  # told, with its place, by whoever reads it
    finally:
        parser.dispose()


def _check_merge(loader: Any, node: "yaml.MappingNode") -> None:
    """Refuse a mapping of more merged entries than MERGED_MAX, before they are copied. Raises yaml.MarkedYAMLError."""
    import yaml

    for key, value in list(node.value):
        if key.tag != "tag:yaml.org,2002:merge":
            continue
        for inner in value.value if isinstance(value, yaml.SequenceNode) else (value,):
            if not isinstance(inner, yaml.MappingNode):
                continue
            loader.flatten_mapping(inner)
            loader.merged += len(inner.value)
            if loader.merged > MERGED_MAX:
                problem = f"more than {MERGED_MAX} entries are merged"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _loader_class() -> "Callable[[IO[bytes] | _ProgressFile], yaml.CSafeLoader]":
    """The C loader with the words of YAML 1.2's core schema; the one in Python where the C one was not built."""
    import yaml

    quick: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Core(quick):  # type: ignore[misc]  # its class is found when the program runs
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own way
        merged = 0
        """The number of entries that merge keys have copied."""

        def flatten_mapping(self, node: yaml.MappingNode) -> None:
            _check_merge(self, node)
            super().flatten_mapping(node)

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
