"""Of content that is one item after the other, a document says what an item is."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.openapi.operations.sequential_media import is_framed

ITEM: dict[str, Any] = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}


def content(**media: Any) -> dict[str, Any]:
    return {"content": {kind.replace("_", "/"): one for kind, one in media.items()}}


def test_what_an_item_is_says_what_the_list_of_them_is() -> None:
    document = Document({"openapi": "3.2.0", "paths": {}})
    holder = content(application_jsonl={"itemSchema": ITEM}, application_json={"schema": ITEM, "itemSchema": {}})
    assert document.described(holder) == {
        "application/jsonl": {"type": "array", "items": ITEM},
        "application/json": ITEM,
    }
    first = document.described(holder)["application/jsonl"]
    assert document.described(holder)["application/jsonl"] is first  # what is compiled from it is compiled once


def test_of_an_event_stream_it_is_the_event() -> None:
    document = Document({"openapi": "3.2.0", "paths": {}})
    media = document.content({"content": {"text/event-stream; charset=utf-8": {"itemSchema": ITEM}}})
    assert [(is_framed(kind, one), one["schema"]) for kind, one in media.items()] == [(True, ITEM)]
    assert not is_framed("text/event-stream", {"schema": ITEM})
    assert not is_framed("application/jsonl", {"itemSchema": ITEM})
