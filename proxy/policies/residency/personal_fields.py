"""Personal fields in a request: found by JSON Pointer in JSON, forms, queries and paths, and taken out or replaced.

A pointer of the vendor file is met wherever a vendor could read the field: names in any case, under every element of a
list that stands on the way, in a form's `shipping[address]`, as a parameter of the query or the path. What is met is
changed with all that is in it; all else stays as it was, numbers to the digit. What cannot be read in one way alone is
not read: a name that stands twice, numbers that are none, what is nested too deep. Pure.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

READ_BYTES_MAX = 1024 * 1024
"""A longer body is not read."""
MEMBERS_MAX = 100_000
DEPTH_MAX = 64
FIELDS_MAX = 10_000
"""A form, or a query, of more fields is not read."""

_STEP = re.compile(r"[^\[\]]+|\[\]")


class Unreadable(ValueError):
    """It cannot be read in one way alone. Its text says why, and holds nothing of it."""


class NoToken(ValueError):
    """A value that is to become a token and cannot: a number, or a text that is too long for a reversible one."""


DROPPED = object()
"""What a change makes of a value that is left out."""

Change = Callable[[str, object], object]
"""Pointer and value (a text, a number, a boolean or None) → what is sent for it, or DROPPED. Raises NoToken."""


@dataclass(slots=True)
class PersonalFields:
    """The pointers that are looked for, and those that were met. One for each request."""

    pointers: Sequence[str]
    change: Change
    met: dict[str, None] = field(default_factory=dict)
    changed: bool = False
    _steps: list[tuple[str, tuple[str, ...]]] = field(init=False)
    _left: int = MEMBERS_MAX

    def __post_init__(self) -> None:
        self._steps = [(pointer, steps_of(pointer)) for pointer in self.pointers]

    def in_json(self, body: bytes) -> bytes:
        """A JSON text with the fields changed; the same bytes where none is met. Raises Unreadable and NoToken."""
        document = self._walk(_read(body), self._steps, 0)
        if document is DROPPED:
            document = {}
        try:
            return _written(document).encode("utf-8", "surrogatepass") if self.changed else body
        except RecursionError:
            raise Unreadable("it is nested too deep") from None

    def in_form(self, text: str, *, plus: bool = True) -> str:
        """A form, or a query (RFC 3986 §3.4), with the fields changed; all other pairs as they were."""
        pairs = text.split("&")
        if len(pairs) > FIELDS_MAX:
            raise Unreadable("it has too many fields")
        kept = []
        for pair in pairs:
            name, mark, value = pair.partition("=")
            decode = unquote_plus if plus else unquote
            pointer = self._pointer_of(tuple(_STEP.findall(decode(name))))
            if pointer is None:
                kept.append(pair)
                continue
            new = self._change(pointer, decode(value) if mark else "")
            if new is DROPPED:
                continue
            kept.append(pair if new == decode(value) else f"{name}={quote_plus(str(new))}")
        return "&".join(kept)

    def in_path(self, template: str, path: str) -> str:
        """A path with the parameters changed whose names are those of fields. None of them can be left out."""
        names, parts = template.split("/"), path.split("/")
        if len(names) != len(parts):
            return path
        for place, (name, part) in enumerate(zip(names, parts, strict=True)):
            for found in re.finditer(r"\{([^{}]+)\}", name):
                pointer = self._pointer_of((found[1],))
                if pointer is None:
                    continue
                before, after = name[: found.start()], name[found.end() :]
                value = part[len(before) : len(part) - len(after)]
                new = self._change(pointer, unquote(value))
                if new is DROPPED:
                    raise NoToken("a part of a path cannot be left out")
                parts[place] = f"{before}{quote(str(new), safe='@+')}{after}"
        return "/".join(parts) if self.changed else path

    def _change(self, pointer: str, value: object) -> object:
        self.met[pointer] = None
        new = self.change(pointer, value)
        if new is DROPPED or new != value:
            self.changed = True
        return new

    def _pointer_of(self, steps: tuple[str, ...]) -> str | None:
        """The pointer that a name of a form means, or something in what it means."""
        named = [step.casefold() for step in steps]
        for pointer, wanted in self._steps:
            if _leads(wanted, named):
                return pointer
        return None

    def _walk(self, value: Any, steps: list[tuple[str, tuple[str, ...]]], depth: int) -> Any:
        """The value with every field changed that the rest of a pointer leads to."""
        if depth > DEPTH_MAX:
            raise Unreadable("it is nested too deep")
        for pointer, rest in steps:
            if not rest:
                return self._all_of(pointer, value, depth)
        if isinstance(value, list):
            self._count(len(value))
            kept = []
            for place, item in enumerate(value):
                inner = [(p, rest[1:]) for p, rest in steps if rest[0] in ("*", str(place))]
                new = self._walk(item, [*dict.fromkeys([*inner, *steps])], depth + 1)
                if new is not DROPPED:
                    kept.append(new)
            return kept
        if not isinstance(value, dict):
            return value
        self._count(len(value))
        changed: dict[str, Any] = {}
        for name, item in value.items():
            inner = [(p, rest[1:]) for p, rest in steps if rest[0] in ("*", name.casefold())]
            new = self._walk(item, inner, depth + 1) if inner else item
            if new is not DROPPED:
                changed[name] = new
        return changed

    def _all_of(self, pointer: str, value: Any, depth: int) -> Any:
        """The value with every text, number and boolean in it changed."""
        if depth > DEPTH_MAX:
            raise Unreadable("it is nested too deep")
        if isinstance(value, dict | list) and value:
            self._count(len(value))
            if isinstance(value, list):
                new = [self._all_of(pointer, item, depth + 1) for item in value]
                kept = [item for item in new if item is not DROPPED]
                return kept or DROPPED
            members = {name: self._all_of(pointer, item, depth + 1) for name, item in value.items()}
            left = {name: item for name, item in members.items() if item is not DROPPED}
            return left or DROPPED
        return self._change(pointer, value)

    def _count(self, members: int) -> None:
        self._left -= members
        if self._left < 0:
            raise Unreadable("it has too many members")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def steps_of(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer (RFC 6901 §4), in one case."""
    return tuple(step.replace("~1", "/").replace("~0", "~").casefold() for step in pointer.split("/")[1:])


def _leads(wanted: Sequence[str], named: Sequence[str]) -> bool:
    """Whether a pointer leads to what a name of a form means: steps of lists that it does not have are passed over."""
    place = 0
    for step in named:
        if place == len(wanted):
            return True
        if wanted[place] in (step, "*"):
            place += 1
        elif not (step.isdigit() or step == "[]"):
            return False
    return place == len(wanted)


def _read(body: bytes) -> Any:
    """The document in a JSON text. Raises Unreadable."""
    if len(body) > READ_BYTES_MAX:
        raise Unreadable("it is longer than what is read")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(pairs)
        if len(document) != len(pairs):
            raise Unreadable("a name stands twice in it")
        return document

    def constant(_name: str) -> Any:
        raise Unreadable("it holds a number that JSON does not have")

    try:
        return json.loads(
            body, object_pairs_hook=members, parse_float=_Number, parse_int=_Number, parse_constant=constant
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError):
        raise Unreadable("it is no JSON") from None


def _written(value: Any) -> str:
    """The JSON text of a document, its numbers as they were written. No deeper than what was read."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value)
