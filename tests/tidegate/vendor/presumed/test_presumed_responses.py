"""Answers as lists of output items are recognised, and filled as far as the document has fields for it."""

from typing import Any

from tests.tidegate.vendor.presumed.test_presumed_conversations import NUMBER, TEXT, list_of, object_of, presumed

PART = object_of(type={"enum": ["output_text"]}, text=TEXT)
MESSAGE = object_of(
    type={"const": "message"}, id=TEXT, role=TEXT, content=list_of({"anyOf": [object_of(a=TEXT), PART]})
)
USAGE = object_of(input_tokens=NUMBER, total_tokens=NUMBER)
WHOLE = object_of(model=TEXT, output=list_of({"oneOf": [object_of(type=TEXT), MESSAGE]}), usage={"anyOf": [USAGE]})


def events(*names: str) -> dict[str, Any]:
    return {"anyOf": [object_of(type={"enum": [name]}) for name in names]}


def test_an_input_and_output_items_make_a_conversation() -> None:
    talk = presumed(object_of(input=TEXT, model=TEXT), WHOLE)["ask"]
    part = {"type": "output_text", "text": "{text}"}
    assert talk["answer"] == {
        "model": "{model}",
        "output": [{"type": "message", "id": "msg_{id}", "role": "assistant", "content": [part]}],
        "usage": {"input_tokens": "{asked}", "total_tokens": "{total}"},
    }
    assert talk["events"] == ()


def test_the_stream_has_the_events_that_the_document_has() -> None:
    stream = events("response.created", "response.output_text.delta", "response.completed")
    talk = presumed(object_of(input=TEXT), WHOLE, stream)["ask"]
    assert [event["name"] for event in talk["events"]] == [
        "response.created",
        "response.output_text.delta",
        "response.{end}",
    ]
    assert presumed(object_of(input=TEXT), WHOLE, events("other"))["ask"]["events"] == ()


def test_an_input_alone_is_no_conversation() -> None:
    assert presumed(object_of(input=TEXT), object_of(output=list_of(object_of(type=TEXT)))) == {}
    assert presumed(object_of(input=TEXT), object_of(output=TEXT)) == {}


CALL = object_of(type={"const": "function_call"}, id=TEXT, call_id=TEXT, name=TEXT, arguments=TEXT)


def test_an_item_for_calls_makes_calls_of_tools() -> None:
    stream = events("response.output_text.delta", "response.function_call_arguments.delta", "response.completed")
    whole = object_of(output=list_of({"oneOf": [MESSAGE, CALL]}))
    call = presumed(object_of(input=TEXT), whole, stream)["ask"]["tool_call"]
    assert call["answer"] == {
        "output": [{
            "type": "function_call", "id": "fc_{call}", "call_id": "call_{call}", "name": "{tool}",
            "arguments": "{text}",
        }],
    }  # fmt: skip
    assert [event["name"] for event in call["events"]] == ["response.function_call_arguments.delta", "response.{end}"]
    assert presumed(object_of(input=TEXT), WHOLE)["ask"]["tool_call"] is None
