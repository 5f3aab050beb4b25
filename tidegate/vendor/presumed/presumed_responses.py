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
    said = known({"type": words["part"], "text": "{text}", "annotations": [], "logprobs": []}, part)
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
    return {
        "question": "/input",
        "most": ("/max_output_tokens",),
        "json_text": {"kind": "/text/format/type", "schema_at": "/text/format/schema"},
        "whole": {"end": "completed", "why": None},
        "cut": {"end": "incomplete", "why": {"reason": "max_output_tokens"}},
        "kept": True,
        "answer": known(answer, fields),
        "events": _events(document, event, message, said),
    }


def _events(document: Document, event: Any, message: Any, said: Any) -> tuple[dict[str, Any], ...]:
    """The stream, as far as the document has its events: each is known by its type."""
    types = {_word(document, fields["type"]) for fields in _alternatives(document, event) if "type" in fields}
    place = {"item_id": _ITEM, "output_index": 0, "content_index": 0}
    begun = {"status": "in_progress", "output": []}
    empty, open_part = {**message, "status": "in_progress", "content": []}, {**said, "text": ""}
    written: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("response.created", {"response": begun}, {"answer": "/response"}),
        ("response.in_progress", {"response": begun}, {"answer": "/response"}),
        ("response.output_item.added", {"output_index": 0, "item": empty}, {}),
        ("response.content_part.added", {**place, "part": open_part}, {}),
        ("response.output_text.delta", {**place, "delta": "{piece}", "logprobs": []}, {"each": True}),
        ("response.output_text.done", {**place, "text": "{text}", "logprobs": []}, {}),
        ("response.content_part.done", {**place, "part": said}, {}),
        ("response.output_item.done", {"output_index": 0, "item": message}, {}),
        ("response.{end}", {}, {"answer": "/response"}),
    )
    if "response.output_text.delta" not in types:
        return ()
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
