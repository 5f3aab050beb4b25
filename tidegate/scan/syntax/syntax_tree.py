"""Syntax trees of JavaScript, TypeScript and Go by ast-grep (the extra `scan`), and what scans ask of one.

ast-grep is imported when the first such file is met. Without it those files are not looked into, which is said.
"""

from collections.abc import Iterator
from typing import Any

Node = Any
"""A node of ast-grep's. Its types are the library's own; it is asked for kind, text, fields and children alone."""

NODES_MAX = 400_000
"""So many nodes of a file are walked."""


class SyntaxMissing(Exception):
    """The library is not installed."""


def parse_syntax(text: str, language: str) -> Node:
    """The root of a file. Raises SyntaxMissing."""
    try:
        from ast_grep_py import SgRoot
    except ImportError:
        raise SyntaxMissing from None
    return SgRoot(text, language).root()


def walk(node: Node, stop: frozenset[str] = frozenset()) -> Iterator[Node]:
    """A node and all below it, in the file's order; not below nodes of the kinds in `stop`, but for the first."""
    todo, count = [node], 0
    while todo and count < NODES_MAX:
        here = todo.pop()
        count += 1
        yield here
        if here is node or here.kind() not in stop:
            todo += reversed(here.children())


def place(node: Node) -> tuple[int, int]:
    """Line and column, from 1."""
    start = node.range().start
    return start.line + 1, start.column + 1


def unquoted(node: Node) -> str:
    """The text of a string, without its quotes; of a template, with its places as they are written."""
    text: str = node.text()
    return text[1:-1] if len(text) >= 2 and text[0] in "\"'`" and text[-1] == text[0] else text


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, comments left out."""
    listed = call.field("arguments")
    return [one for one in listed.children() if one.is_named() and one.kind() != "comment"] if listed else []


def field_text(node: Node, name: str) -> str:
    """The text of a field; empty where there is none."""
    inner = node.field(name)
    return str(inner.text()) if inner is not None else ""
