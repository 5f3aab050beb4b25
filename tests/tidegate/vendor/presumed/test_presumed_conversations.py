"""Language models' operations are recognised by their form, and filled as far as the document has fields for it."""

from typing import Any

from tidegate.openapi.document import Document
from tidegate.vendor.conversation_facts import Conversation
from tidegate.vendor.presumed.presumed_conversations import presumed_conversations

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def object_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def list_of(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def presumed(sent: Any, whole: Any, chunk: Any = None) -> dict[str, Any]:
    content = {"application/json": {"schema": whole}} | ({"text/event-stream": {"schema": chunk}} if chunk else {})
    body = {"content": {"application/json": {"schema": sent}}}
    post = {"operationId": "ask", "requestBody": body, "responses": {"200": {"content": content}}}
    found = presumed_conversations(Document({"openapi": "3.0.3", "paths": {"/ask": {"post": post}}}))
    for talk in found.values():
        Conversation.model_validate(talk)
    return found


ASKED = object_of(messages=list_of(TEXT), max_tokens=NUMBER)
FINISH = {"type": "string", "enum": ["done", "length"]}
WHOLE = object_of(choices=list_of(object_of(index=NUMBER, message=object_of(content=TEXT), finish_reason=FINISH)))
CHUNK = object_of(object={"enum": ["chunk"]}, choices=list_of(object_of(index=NUMBER, delta=object_of(content=TEXT))))


def test_messages_and_choices_make_a_chat() -> None:
    talk = presumed(ASKED, WHOLE, CHUNK)["ask"]
    assert talk["answer"] == {
        "choices": [{"index": "{choice}", "message": {"content": "{text}"}, "finish_reason": "{finish}"}]
    }
    assert (talk["most"], talk["whole"], talk["cut"]) == (("/max_tokens",), {"finish": "done"}, {"finish": "length"})
    assert talk["events"][1] == {
        "data": {"object": "chunk", "choices": [{"index": "{choice}", "delta": {"content": "{piece}"}}]}, "each": True
    }  # fmt: skip
    assert talk["events"][-1] == {"data": "[DONE]"}


def test_without_a_stream_in_choices_no_events_are_made_up() -> None:
    assert presumed(ASKED, WHOLE, object_of(other=TEXT))["ask"]["events"] == ()


def test_inputs_and_embeddings_make_vectors() -> None:
    whole = object_of(
        data=list_of(object_of(embedding=list_of({"type": "number"}))), usage=object_of(total_tokens=NUMBER)
    )
    talk = presumed(object_of(input=TEXT), whole)["ask"]
    assert talk["answer"] == {"data": [{"embedding": "{vector}"}], "usage": {"total_tokens": "{asked}"}}


def test_other_operations_are_no_conversations() -> None:
    assert presumed(object_of(messages=TEXT), object_of(id=TEXT)) == {}
    assert presumed(object_of(input=TEXT), object_of(data=list_of(object_of(id=TEXT)))) == {}
    assert presumed(object_of(name=TEXT), WHOLE) == {}


def test_the_stream_tells_its_usage_where_that_is_asked_for() -> None:
    usage = object_of(total_tokens=NUMBER)
    chunk = object_of(choices=CHUNK["properties"]["choices"], usage=usage)
    *_, told, done = presumed(ASKED, WHOLE, chunk)["ask"]["events"]
    assert told == {
        "when": "/stream_options/include_usage", "data": {"choices": [], "usage": {"total_tokens": "{total}"}}
    }  # fmt: skip
    assert done == {"data": "[DONE]"}


FUNCTION = object_of(name=TEXT, arguments=TEXT)
CALLS = list_of(object_of(index=NUMBER, id=TEXT, type=TEXT, function=FUNCTION))
MAYBE = {**object_of(content=list_of(TEXT)), "nullable": True}


def test_tools_and_calls_make_calls_of_tools() -> None:
    asked = object_of(messages=list_of(TEXT), tools=list_of(TEXT), logprobs={"type": "boolean"})
    said = object_of(content={**TEXT, "nullable": True}, tool_calls=CALLS)
    choice = object_of(index=NUMBER, message=said, logprobs=MAYBE, finish_reason=TEXT)
    delta = object_of(index=NUMBER, delta=object_of(content=TEXT, tool_calls=CALLS), logprobs=MAYBE)
    talk = presumed(asked, object_of(choices=list_of(choice)), object_of(choices=list_of(delta)))["ask"]
    call = talk["tool_call"]
    (one,) = call["answer"]["choices"]
    assert one["logprobs"] == "{logprobs}"
    assert one["message"]["content"] is None
    assert one["message"]["tool_calls"][0]["function"] == {"name": "{tool}", "arguments": "{text}"}
    assert call["words"] == {"finish": "tool_calls"}
    pieces = [event["data"]["choices"][0]["delta"] for event in call["events"] if event.get("each")]
    assert pieces == [{"tool_calls": [{"index": 0, "function": {"arguments": "{piece}"}}]}]
    assert talk["likelihoods"] == {}
    assert talk["events"][1]["data"]["choices"][0]["logprobs"] == "{logprobs?}"


def test_without_calls_in_the_document_no_tool_is_called() -> None:
    talk = presumed(object_of(messages=list_of(TEXT), tools=list_of(TEXT)), WHOLE, CHUNK)["ask"]
    assert "tool_call" not in talk
    assert talk["likelihoods"] is None
