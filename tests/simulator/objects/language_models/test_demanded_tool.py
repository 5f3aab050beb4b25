"""A request demands a tool by `required`, by its name, or among those that it allows."""

from typing import Any

import pytest

from tidegate.simulator.objects.language_models.demanded_tool import demanded

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
CHAT = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in ("one", "two")]
RESPONSES = [
    {"type": "web_search"},
    *({"type": "function", "name": name, "parameters": SCHEMA} for name in ("one", "two")),
]
ANTHROPIC = [{"name": name, "input_schema": SCHEMA} for name in ("one", "two")]


@pytest.mark.parametrize(
    ("tools", "choice", "name"),
    [
        (CHAT, "required", "one"),
        (CHAT, {"type": "function", "function": {"name": "two"}}, "two"),
        (CHAT, {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": CHAT[1:]}}, "two"),
        (RESPONSES, "required", "one"),
        (RESPONSES, {"type": "function", "name": "two"}, "two"),
        (
            RESPONSES,
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "two"}]},
            "two",
        ),
        (ANTHROPIC, {"type": "any"}, "one"),
        (ANTHROPIC, {"type": "tool", "name": "two"}, "two"),
    ],
)
def test_what_is_demanded_is_called(tools: Any, choice: Any, name: str) -> None:
    tool = demanded(tools, choice)
    assert tool is not None
    assert (tool.name, tool.schema) == (name, SCHEMA)


@pytest.mark.parametrize(
    "choice", [None, "auto", "none", 7, {"type": "auto"}, {"type": "allowed_tools", "mode": "auto", "tools": CHAT},
               {"type": "allowed_tools"}, {"type": "function", "function": {"name": "three"}}],
)  # fmt: skip
def test_else_nothing_is(choice: Any) -> None:
    assert demanded(CHAT, choice) is None


@pytest.mark.parametrize("tools", [None, "x", [], [7], [{"function": 7}], [{"name": 7}]])
def test_where_there_are_no_tools_nothing_is(tools: Any) -> None:
    assert demanded(tools, "required") is None


def test_a_tool_without_a_schema_takes_an_object() -> None:
    tool = demanded([{"type": "function", "function": {"name": "one"}}], "required")
    assert tool is not None
    assert tool.schema == {"type": "object"}
