"""Python code as text: literals, and lines that are broken where they are too long, as formatters break them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 120


def literal(value: Any) -> str:
    """A value of JSON as Python writes it."""
    match value:
        case None | bool() | int() | float():
            return repr(value)
        case str():
            return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)
        case Mapping():
            return "{" + ", ".join(f"{literal(str(key))}: {literal(inner)}" for key, inner in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(map(literal, value)) + "]"
        case _:
            return literal(str(value))


def wrapped(head: str, parts: Sequence[str], tail: str, indent: int) -> list[str]:
    """`head(part, part)tail` on one line, with the parts on a line of their own, or with a line for each."""
    pad, inner = " " * indent, " " * (indent + 4)
    one = f"{pad}{head}({', '.join(parts)}){tail}"
    if len(one) <= WIDTH:
        return [one]
    together = inner + ", ".join(parts)
    if len(together) <= WIDTH and "*" not in parts:
        return [f"{pad}{head}(", together, f"{pad}){tail}"]
    if len(together) <= WIDTH:
        return [f"{pad}{head}(", together, f"{pad}){tail}"]
    return [f"{pad}{head}(", *(f"{inner}{part}," for part in parts), f"{pad}){tail}"]
