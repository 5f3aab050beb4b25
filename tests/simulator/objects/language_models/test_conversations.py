"""Answers of language models, whole and as the events of a stream, as the vendor files say."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

import tidegate
from tidegate.simulator.objects.language_models.conversations import answer, events, places
from tidegate.vendor.conversation_facts import Conversation, Likelihoods
from tidegate.vendor.vendor_file import load_vendor

ADAPTERS = Path(tidegate.__file__).parent / "adapters"
CHAT = load_vendor(ADAPTERS / "openai" / "vendor.yaml").vendor.facts.conversations["createChatCompletion"]
RESPONSES = load_vendor(ADAPTERS / "openai" / "vendor.yaml").vendor.facts.conversations["createResponse"]


def spoken(talk: Conversation, **values: Any) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The whole answer, and the events of its stream."""
    known = places(talk, values, lambda _name, count: "x" * count, 7)
    whole = answer(talk, known)
    return whole, list(events(talk, values, known, whole))


def chat(**values: Any) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    return spoken(CHAT, **{"model": "m", "messages": [{"role": "user", "content": "hello there you"}], **values})


def test_it_repeats_what_was_said_last_and_counts_words() -> None:
    whole, _ = chat()
    assert whole["choices"][0] == {
        "index": 0, "message": {"role": "assistant", "content": "You said: hello there you"}, "finish_reason": "stop"
    }  # fmt: skip
    assert whole["usage"] == {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}


@pytest.mark.parametrize("most", ["max_completion_tokens", "max_tokens"])
def test_it_stops_where_it_is_told_to(most: str) -> None:
    whole, _ = chat(**{most: 3})
    assert whole["choices"][0]["message"]["content"] == "You said: hello"
    assert whole["choices"][0]["finish_reason"] == "length"


def test_the_pieces_add_up_to_the_whole() -> None:
    whole, events = chat(stream_options={"include_usage": True})
    chunks = [data for _, data in events]
    assert {name for name, _ in events} == {""}
    assert chunks[-1] == "[DONE]"
    assert chunks[-2]["usage"] == whole["usage"]
    content = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-2])
    assert content == whole["choices"][0]["message"]["content"]
    assert chunks[-3]["choices"][0]["finish_reason"] == "stop"


def test_an_event_may_come_only_where_it_is_asked_for() -> None:
    assert all("usage" not in data for _, data in chat()[1][:-1])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}], "You said: a b"),
        (None, "You said:"),
        ("{model}", "You said: {model}"),
    ],
)
def test_content_may_be_in_parts_or_missing_or_look_like_a_place(content: Any, said: str) -> None:
    whole, _ = chat(messages=[{"role": "user", "content": content}])
    assert whole["choices"][0]["message"]["content"] == said


def test_nothing_said_is_answered_too() -> None:
    assert chat(messages=[])[0]["choices"][0]["message"]["content"] == "You said:"


@pytest.mark.parametrize("question", ["hello there", [{"role": "user", "content": "hello there"}]])
def test_a_question_may_be_a_text_or_messages(question: Any) -> None:
    whole, _ = spoken(RESPONSES, model="m", input=question)
    assert whole["output"][0]["content"][0]["text"] == "You said: hello there"
    assert whole["usage"]["input_tokens"] == 2


def test_named_events_are_numbered_and_hold_the_answer_where_the_file_says() -> None:
    whole, events = spoken(RESPONSES, model="m", input="hi")
    assert [data["sequence_number"] for _, data in events] == list(range(len(events)))
    assert all(name == data["type"] for name, data in events)
    assert events[0][1]["response"] == {
        **whole, "status": "in_progress", "incomplete_details": None, "output": [], "usage": None
    }  # fmt: skip
    assert events[-1] == (
        "response.completed",
        {"type": "response.completed", "sequence_number": len(events) - 1, "response": whole},
    )


def test_the_last_event_says_that_the_answer_was_cut() -> None:
    whole, events = spoken(RESPONSES, model="m", input="one two three", max_output_tokens=2)
    assert (whole["status"], whole["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert events[-1][0] == "response.incomplete"
    assert "".join(data["delta"] for name, data in events if name == "response.output_text.delta") == "You said:"


EMBEDDINGS = load_vendor(ADAPTERS / "openai" / "vendor.yaml").vendor.facts.conversations["createEmbedding"]


def test_as_many_answers_come_as_are_wanted_whole_and_in_pieces() -> None:
    whole, heard = chat(n=2, stream=True)
    assert [choice["index"] for choice in whole["choices"]] == [0, 1]
    assert whole["usage"]["completion_tokens"] == 10
    chunks = [data for _, data in heard if isinstance(data, dict)]
    for index in (0, 1):
        parts = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == index]
        assert "".join(part["delta"].get("content", "") for part in parts) == "You said: hello there you"
        assert parts[-1]["finish_reason"] == "stop"


def test_what_a_client_writes_between_braces_stays() -> None:
    whole, _ = chat(n=2, messages=[{"role": "user", "content": "{model} {choice}"}])
    assert whole["choices"][1]["message"]["content"] == "You said: {model} {choice}"


def test_a_json_schema_is_answered_by_json_that_fits_it() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    wish = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    whole, heard = chat(response_format=wish, stream=True)
    text = whole["choices"][0]["message"]["content"]
    assert isinstance(json.loads(text)["a"], int)
    pieces = [data["choices"][0]["delta"].get("content", "") for _, data in heard if isinstance(data, dict)]
    assert "".join(pieces) == text


@pytest.mark.parametrize(("given", "count"), [("a", 1), (["a", "b"], 2), ([1, 2, 3], 1), ([[1, 2], [3]], 2)])
def test_each_input_has_its_vector(given: Any, count: int) -> None:
    whole, _ = spoken(EMBEDDINGS, model="m", input=given, dimensions=4)
    assert [entry["index"] for entry in whole["data"]] == list(range(count))
    assert all(len(entry["embedding"]) == 4 and any(entry["embedding"]) for entry in whole["data"])


def test_a_vector_comes_in_base64_where_the_client_asks_for_it() -> None:
    whole, _ = spoken(EMBEDDINGS, model="m", input="a", dimensions=2, encoding_format="base64")
    assert len(b64decode(whole["data"][0]["embedding"])) == 8


CALLING = Conversation.model_validate({
    "whole": {"finish": "stop"}, "cut": {"finish": "length"}, "most": ("/most",), "likelihoods": {},
    "tool_call": {
        "words": {"finish": "tool_calls"},
        "answer": {"tool": "{tool}", "id": "call_{call}", "arguments": "{text}", "finish": "{finish}"},
        "events": ({"data": "{tool}"}, {"data": {"piece": "{piece}"}, "each": True}),
    },
    "answer": {"text": "{text}", "finish": "{finish}", "logprobs": "{logprobs}", "tokens": "{tokens}"},
    "events": ({"data": {"piece": "{piece}", "logprobs": "{logprobs?}", "tokens": "{tokens}"}, "each": True},),
})  # fmt: skip
TOOLS = [{"name": "find", "parameters": {"type": "object", "required": ["at"], "properties": {"at": {"const": "a b"}}}}]


def test_a_tool_is_called_where_the_request_demands_it() -> None:
    whole, events = spoken(CALLING, messages="hello", tools=TOOLS, tool_choice="required")
    assert whole == {"tool": "find", "id": f"call_{'x' * 24}", "arguments": '{"at":"a b"}', "finish": "tool_calls"}
    assert events[0] == ("", "find")
    assert "".join(data["piece"] for _, data in events[1:]) == '{"at":"a b"}'
    assert spoken(CALLING, messages="hello", tools=TOOLS, tool_choice="required", most=1)[0]["finish"] == "length"
    assert spoken(CALLING, messages="hello", tools=TOOLS)[0]["text"] == "You said: hello"


def test_how_likely_the_tokens_were_is_told_to_who_asks() -> None:
    whole, events = spoken(CALLING, messages="é b", logprobs=True, top_logprobs=2)
    tokens = whole["tokens"]
    assert whole["logprobs"] == {"content": tokens, "refusal": None}
    assert [token["token"] for token in tokens] == ["You", " said:", " é", " b"]
    assert tokens[2]["bytes"] == [32, 195, 169]
    assert [[other["token"] for other in token["top_logprobs"]] for token in tokens[:1]] == [["You", "Youa"]]
    assert tokens[0]["logprob"] == tokens[0]["top_logprobs"][0]["logprob"] > tokens[0]["top_logprobs"][1]["logprob"]
    assert [data["tokens"][0] for _, data in events] == tokens
    assert [data["logprobs"]["content"] for _, data in events] == [[token] for token in tokens]
    listed, _ = spoken(CALLING.model_copy(update={"likelihoods": Likelihoods(asked="/include")}), messages="a",
                       include=["message.output_text.logprobs"])  # fmt: skip
    assert listed["tokens"][0]["top_logprobs"] == []


def test_who_does_not_ask_hears_nothing_of_it() -> None:
    whole, events = spoken(CALLING, messages="hello")
    assert (whole["logprobs"], whole["tokens"]) == (None, [])
    assert events[0][1] == {"piece": "You", "tokens": []}
