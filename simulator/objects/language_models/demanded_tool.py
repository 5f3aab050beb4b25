"""The tool that a request wants a language model to call: OpenAI's and Anthropic's words for it.

It reads a request and makes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ANY = ("required", "any")


@dataclass(frozen=True, slots=True)
class DemandedTool:
    """A tool, and the schema of its arguments."""

    name: str
    schema: dict[str, Any]


def demanded(tools: Any, choice: Any) -> DemandedTool | None:
    """The tool that must be called: the one that is named, or the first; None where the model may say something."""
    known = {tool.name: tool for tool in _tools(tools)}
    if isinstance(choice, str):
        return next(iter(known.values()), None) if choice in _ANY else None
    if not isinstance(choice, dict):
        return None
    if choice.get("type") == "allowed_tools":
        allowed = choice.get("allowed_tools", choice)
        listed = allowed.get("tools") if isinstance(allowed, dict) and allowed.get("mode") == "required" else ()
        return next((known[tool.name] for tool in _tools(listed) if tool.name in known), None)
    if choice.get("type") in _ANY:
        return next(iter(known.values()), None)
    return next((known[tool.name] for tool in _tools([choice]) if tool.name in known), None)


def _tools(listed: Any) -> Iterator[DemandedTool]:
    """The tools with a name and a schema, each as it stands or inside `function`."""
    for tool in listed if isinstance(listed, list | tuple) else ():
        inner = tool.get("function", tool) if isinstance(tool, dict) else None
        if isinstance(inner, dict) and isinstance(name := inner.get("name"), str):
            schema = inner.get("parameters", inner.get("input_schema"))
            yield DemandedTool(name, schema if isinstance(schema, dict) else {"type": "object"})
