"""Conversations that follow from a document alone: operations of the form that language-model vendors share.

Messages go in, and choices with a message come out, whole or as a stream of deltas; or inputs go in, and a vector for
each comes out. Only fields that the document has are filled; what else it says stands beside them.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.schema_types import choices_of, may_be_null
from tidegate.vendor.presumed.presumed_responses import known, presumed_response

_MOST = ("max_completion_tokens", "max_tokens", "max_output_tokens")
_EVENTS = "text/event-stream"
OPERATIONS_MAX = 2_000
"""So many operations of a document are looked at."""


def presumed_conversations(document: Document) -> dict[str, Any]:
    """The conversations by their operations, as a vendor file has them."""
    found: dict[str, Any] = {}
    for operation in list(document.operations.values())[:OPERATIONS_MAX]:
        if operation.method == "POST" and (talk := _conversation(document, operation)) is not None:
            found[operation.id] = talk
    return found


def _conversation(document: Document, operation: Operation) -> dict[str, Any] | None:
    try:
        asked = document.follow(next(iter(document.request_content(operation).values()), None))
        names = asked.get("properties", {}) if isinstance(asked, dict) else {}
        if names and not {"messages", "input"} & names.keys() and "allOf" not in asked:
            return None  # nearly all are none, and need not be read further
        sent = _fields(document, asked)
        if not {"messages", "input"} & sent.keys():
            return None
        contents = _success(document, operation)
    except DocumentError:
        return None
    whole = next((schema for media, schema in contents.items() if "json" in media), None)
    if "messages" in sent:
        return _chat(document, sent, whole, contents.get(_EVENTS))
    return _embeddings(document, sent, whole) or presumed_response(document, whole, contents.get(_EVENTS))


def _success(document: Document, operation: Operation) -> Mapping[str, Any]:
    key = next((status for status in sorted(document.responses(operation)) if status[:1] == "2"), "")
    return document.answer_schemas(operation, key) if key else {}


def _chat(document: Document, sent: Mapping[str, Any], whole: Any, chunk: Any) -> dict[str, Any] | None:
    choice = _items(document, _fields(document, whole).get("choices"))
    message = _fields(document, choice.get("message"))
    if "content" not in message:
        return None
    said = {"role": "assistant", "content": "{text}"}
    around = {"index": "{choice}", "finish_reason": "{finish}"}
    told = {"logprobs": _maybe(document, choice, "logprobs")} if "logprobs" in sent else {}
    one = known({**around, **told, "message": known(said, message)}, choice)
    usage: dict[str, Any] = {
        "prompt_tokens": "{asked}", "completion_tokens": "{answered}", "total_tokens": "{total}"
    }  # fmt: skip
    fields = _fields(document, whole)
    answer = known({"created": "{now}", "model": "{model}", "choices": [one]}, fields)
    if counted := known(usage, _fields(document, fields.get("usage"))):
        answer["usage"] = counted
    talk: dict[str, Any] = {
        "most": (*(f"/{name}" for name in _MOST if name in sent),),
        "count": "/n",
        "json_text": {},
        "whole": {"finish": _word(document, choice, "stop")},
        "cut": {"finish": _word(document, choice, "length")},
        "kept": True,
        "answer": answer,
    }
    talk["likelihoods"] = {} if "logprobs" in sent and "logprobs" in choice else None
    calls = _items(document, message.get("tool_calls"))
    if "tools" in sent and {"name", "arguments"} <= _fields(document, calls.get("function")).keys():
        called = known({"id": "call_{call}", "type": "function", "function": _function("{text}")}, calls)
        nothing = None if may_be_null(document.schemas.plain(message["content"])) else ""
        call = known({"role": "assistant", "content": nothing, "tool_calls": [called]}, message)
        begun = {"index": 0, **called, "function": _function("")}
        parts = {"tool_calls": [begun]}, {"tool_calls": [{"index": 0, "function": {"arguments": "{piece}"}}]}
        talk["tool_call"] = {
            "words": {"finish": _word(document, choice, "tool_calls")},
            "answer": {**answer, "choices": [known({**around, **told, "message": call}, choice)]},
            "events": _chunks(document, chunk, usage, {"role": "assistant", "content": None}, *parts),
        }
    spoken = {"role": "assistant", "content": ""}, {"content": "{piece}"}
    return {**talk, "events": _chunks(document, chunk, usage, *spoken)}


def _function(arguments: str) -> dict[str, str]:
    return {"name": "{tool}", "arguments": arguments}


def _maybe(document: Document, fields: Mapping[str, Any], name: str) -> str:
    """The place of a field that is null where there is nothing to say, or away where it may not be null."""
    can_be_null = may_be_null(document.schemas.plain(fields.get(name, {})))
    return f"{{{name}}}" if can_be_null else f"{{{name}?}}"


def _chunks(
    document: Document, chunk: Any, usage: dict[str, Any], *parts: dict[str, Any]
) -> tuple[dict[str, Any], ...]:
    """The stream, as far as the document says that it comes in choices with a delta: the last part for each word."""
    fields = _fields(document, chunk)
    choice = _items(document, fields.get("choices"))
    if "delta" not in choice:
        return ()
    delta = _fields(document, choice["delta"])
    around = {name: "{" + place + "}" for name, place in (("created", "now"), ("model", "model")) if name in fields}
    around |= {"id": "chatcmpl-{id}"} if "id" in fields else {}
    marks = document.schemas.plain(fields.get("object", {}))
    marks_of = marks.get("enum", [marks["const"]] if "const" in marks else [])
    around |= {"object": marks_of[0]} if marks_of else {}

    def event(part: dict[str, Any], finish: str | None, *, each: bool = False) -> dict[str, Any]:
        told = {"logprobs": "{logprobs?}"} if each else {}
        one = known({"index": "{choice}", "delta": known(part, delta), **told, "finish_reason": finish}, choice)
        return {"data": {**around, "choices": [one]}, "each": each}

    *before, last = parts
    begun = [event(part, None) for part in before]
    ended = [event({}, "{finish}")]
    if counted := known(usage, _fields(document, fields.get("usage"))):
        ended.append({"when": "/stream_options/include_usage", "data": {**around, "choices": [], "usage": counted}})
    return *begun, event(last, None, each=True), *ended, {"data": "[DONE]"}


def _word(document: Document, choice: Mapping[str, Any], word: str) -> str:
    """A word for the end of an answer; the first that the document has where it has not this one."""
    listed = [one for one in document.schemas.plain(choice.get("finish_reason", {})).get("enum", ()) if one]
    return word if word in listed or not listed else str(listed[0])


def _embeddings(document: Document, sent: Mapping[str, Any], whole: Any) -> dict[str, Any] | None:
    fields = _fields(document, whole)
    entry = _items(document, fields.get("data"))
    if "embedding" not in entry:
        return None
    usage = known({"prompt_tokens": "{asked}", "total_tokens": "{asked}"}, _fields(document, fields.get("usage")))
    answer = known({"model": "{model}"}, fields) if "model" in sent else {}
    one = known({"index": "{choice}", "embedding": "{vector}"}, entry)
    answer |= {"data": [one]} | ({"usage": usage} if usage else {})
    return {"question": "/input", "count": "/input", "vectors": {}, "answer": answer}


def _fields(document: Document, schema: Any) -> Mapping[str, Any]:
    """The properties of an object, or of its first alternative that has some."""
    level = document.schemas.plain(schema) if isinstance(schema, dict) else {}
    branches = (level, *map(document.schemas.plain, choices_of(level)))
    return next((branch["properties"] for branch in branches if "properties" in branch), {})


def _items(document: Document, schema: Any) -> Mapping[str, Any]:
    """The properties of what is in a list."""
    level = document.schemas.plain(schema) if isinstance(schema, dict) else {}
    return _fields(document, level.get("items"))
