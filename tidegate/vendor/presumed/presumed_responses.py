"""Answers of language models as lists of output items: an input goes in, a message with parts of text comes out.

The form of OpenAI's Responses API, which others share. Only fields that the document has are filled.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.schema_types import choices_of

CHOICES_MAX = 1_000
"""So many alternatives of an output item, or of an event, are looked at."""

_ITEM = "msg_{id}"
_CALL = "fc_{call}"

Written = tuple[str, dict[str, Any], dict[str, Any]]
"""An event by its type, what it has besides, and how it comes."""

_BEGUN: tuple[Written, ...] = tuple(
    (f"response.{name}", {"response": {"status": "in_progress", "output": []}}, {"answer": "/response"})
    for name in ("created", "in_progress")
)
_ENDED: Written = ("response.{end}", {}, {"answer": "/response"})


def presumed_response(document: Document, whole: Any, event: Any) -> dict[str, Any] | None:
    """The conversation, as a vendor file has it; None where the answer has no list of messages with text."""
    fields = _with(_alternatives(document, whole), {"output"})
    item = next(
        (one for one in _items(document, fields.get("output")) if {"role", "content", "type"} <= one.keys()), {}
    )
    part = next((one for one in _items(document, item.get("content")) if {"type", "text"} <= one.keys()), {})
    if not part:
        return None
    words = {name: _word(document, schema) for name, schema in (("item", item["type"]), ("part", part["type"]))}
    said = known({"type": words["part"], "text": "{text}", "annotations": [], "logprobs": "{tokens}"}, part)
    message = known(
        {"type": words["item"], "id": _ITEM, "role": "assistant", "status": "{end}", "content": [said]}, item
    )
    usage: dict[str, Any] = {"input_tokens": "{asked}", "output_tokens": "{answered}", "total_tokens": "{total}"}
    counted = _with(_alternatives(document, fields.get("usage")), {"total_tokens"})
    answer: dict[str, Any] = {
        "created_at": "{now}", "status": "{end}", "error": None, "incomplete_details": "{why}", "model": "{model}",
        "output": [message],
    }  # fmt: skip
    answer |= {"usage": known(usage, counted)} if counted else {}
    answer = known(answer, fields)
    types = {_word(document, one["type"]) for one in _alternatives(document, event) if "type" in one}
    return {
        "question": "/input",
        "most": ("/max_output_tokens",),
        "json_text": {"kind": "/text/format/type", "schema_at": "/text/format/schema"},
        "whole": {"end": "completed", "why": None},
        "cut": {"end": "incomplete", "why": {"reason": "max_output_tokens"}},
        "kept": True,
        "likelihoods": {"asked": "/include"},
        "tool_call": _tool_call(document, fields, answer, types),
        "answer": answer,
        "events": _events(types, message, said),
    }


def _tool_call(
    document: Document, fields: Mapping[str, Any], answer: dict[str, Any], types: set[str]
) -> dict[str, Any] | None:
    """The answer that calls a tool; None where the document has no such item."""
    item = _with(_items(document, fields.get("output")), {"type", "name", "arguments", "call_id"})
    if not item:
        return None
    call = known(
        {"type": _word(document, item["type"]), "id": _CALL, "call_id": "call_{call}", "name": "{tool}",
         "arguments": "{text}", "status": "{end}"}, item,
    )  # fmt: skip
    place, empty = {"item_id": _CALL, "output_index": 0}, {**call, "arguments": "", "status": "in_progress"}
    delta = "response.function_call_arguments.delta"
    written: tuple[Written, ...] = (
        *_BEGUN,
        ("response.output_item.added", {"output_index": 0, "item": empty}, {}),
        (delta, {**place, "delta": "{piece}"}, {"each": True}),
        ("response.function_call_arguments.done", {**place, "name": "{tool}", "arguments": "{text}"}, {}),
        ("response.output_item.done", {"output_index": 0, "item": call}, {}),
        _ENDED,
    )
    return {"answer": {**answer, "output": [call]}, "events": _told(types, written) if delta in types else ()}


def _events(types: set[str], message: Any, said: Any) -> tuple[dict[str, Any], ...]:
    """The stream, as far as the document has its events: each is known by its type."""
    place = {"item_id": _ITEM, "output_index": 0, "content_index": 0}
    empty = {**message, "status": "in_progress", "content": []}
    open_part = {**said, "text": "", **({"logprobs": []} if "logprobs" in said else {})}
    written: tuple[Written, ...] = (
        *_BEGUN,
        ("response.output_item.added", {"output_index": 0, "item": empty}, {}),
        ("response.content_part.added", {**place, "part": open_part}, {}),
        ("response.output_text.delta", {**place, "delta": "{piece}", "logprobs": "{tokens}"}, {"each": True}),
        ("response.output_text.done", {**place, "text": "{text}", "logprobs": "{tokens}"}, {}),
        ("response.content_part.done", {**place, "part": said}, {}),
        ("response.output_item.done", {"output_index": 0, "item": message}, {}),
        _ENDED,
    )
    return _told(types, written) if "response.output_text.delta" in types else ()


def _told(types: set[str], written: tuple[Written, ...]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"name": name, "data": {"type": name, "sequence_number": "{number}", **data}, **how}
        for name, data, how in written
        if name in types or name == "response.{end}"
    )


def _alternatives(document: Document, schema: Any) -> Iterator[Mapping[str, Any]]:
    """The properties of an object, or of each of its alternatives."""
    level = document.schemas.plain(schema) if isinstance(schema, dict) else {}
    if "properties" in level:
        yield level["properties"]
    for branch in choices_of(level)[:CHOICES_MAX]:
        inner = document.schemas.plain(branch)
        if "properties" in inner:
            yield inner["properties"]
        else:
            yield from (
                plain["properties"]
                for choice in choices_of(inner)[:CHOICES_MAX]
                if "properties" in (plain := document.schemas.plain(choice))
            )


def _items(document: Document, schema: Any) -> Iterator[Mapping[str, Any]]:
    """The same of what is in a list, or in an alternative that is one."""
    level = document.schemas.plain(schema) if isinstance(schema, dict) else {}
    for branch in (level, *map(document.schemas.plain, choices_of(level))):
        if "items" in branch:
            yield from _alternatives(document, branch["items"])


def _with(found: Iterator[Mapping[str, Any]], names: set[str]) -> Mapping[str, Any]:
    """The first properties that have all of these names; none where there are none."""
    return next((fields for fields in found if names <= fields.keys()), {})


def _word(document: Document, schema: Any) -> str:
    """The one word that a field may hold, the first of several."""
    level = document.schemas.plain(schema)
    return str(next(iter(level.get("enum", ())), level.get("const", "")))


def known(template: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of a template the document has fields for."""
    return {name: value for name, value in template.items() if name in fields}
