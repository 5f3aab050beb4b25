"""YAML read into plain values: YAML 1.2's core schema, in which `yes` and dates are text, and merge keys.

A tag says nothing about a document, so whatever has one is read by what it looks like. It takes seconds for a megabyte
or two, and tells its progress.
"""

import gc
import re
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

Progress = Callable[[str, float], None]
"""Takes what is being done and the share that is done, from 0 to 1."""

DEPTH_MAX = 250
"""What is nested deeper is left out of JSON, and refused in YAML. The JSON writer's own limit is 254."""

BRACKETS_MAX = 8_000
"""YAML with more brackets, or with an indentation as INDENTED, has its depth counted before it is read: the reader in C
goes down a call for each level, and has room for some 30,000."""
INDENTED = re.compile(rb"[ ?:\x00-]{5000}")

MERGED_MAX = 100_000
"""The merge keys (`<<`) of one YAML file copy so many entries: one may copy what another has copied, and so on."""

_EMPTY = re.compile(rb"(?m)^ *\t[ \t]*(?=\r?$)")
"""A line of nothing but space; with a tab in it YAML 1.2 (§6.2) has it, and the reader in C has not."""


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


def parsed(raw: bytes, progress: Progress) -> Any:
    """The parsed YAML. Raises ValueError with the place of the mistake."""
    import yaml

    if raw.count(b"[") + raw.count(b"{") > BRACKETS_MAX or INDENTED.search(raw):
        _check_depth(raw)
    raw = _EMPTY.sub(b"", raw)
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
    for tag in ("binary", "timestamp", "set", "omap", "pairs"):
        Core.add_constructor(f"tag:yaml.org,2002:{tag}", _untagged)
    Core.add_constructor(None, _untagged)
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


def _untagged(loader: "yaml.CSafeLoader", node: "yaml.Node") -> Any:
    """The value without its tag: JSON has texts, lists and objects, and nothing is made by the name of a class."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return str(loader.construct_scalar(node))  # type: ignore[arg-type]  # the third kind of node
