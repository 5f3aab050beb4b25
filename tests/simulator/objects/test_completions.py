"""The language-model vendor's answer, whole and in pieces."""

from typing import Any

from tidegate.simulator.objects.completions import END, complete, pieces


def answer(**values: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"model": "m", "messages": [{"role": "user", "content": "hello there you"}], **values}
    return complete(given, lambda _name, count: "x" * count, 7), given


def test_it_repeats_what_was_said_last_and_counts_words() -> None:
    whole, _ = answer()
    assert whole["choices"][0] == {
        "index": 0, "message": {"role": "assistant", "content": "You said: hello there you"}, "finish_reason": "stop"
    }  # fmt: skip
    assert whole["usage"] == {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}


def test_it_stops_where_it_is_told_to() -> None:
    whole, _ = answer(max_completion_tokens=3)
    assert whole["choices"][0]["message"]["content"] == "You said: hello"
    assert whole["choices"][0]["finish_reason"] == "length"


def test_the_pieces_add_up_to_the_whole() -> None:
    whole, given = answer(stream_options={"include_usage": True})
    told: list[Any] = list(pieces(whole, given))
    assert told[-1] == END
    assert told[-2]["usage"] == whole["usage"]
    content = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in told[:-2])
    assert content == whole["choices"][0]["message"]["content"]
    assert told[-3]["choices"][0]["finish_reason"] == "stop"


def test_content_may_come_in_parts_or_not_at_all() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert (
        answer(messages=[{"role": "user", "content": parts}])[0]["choices"][0]["message"]["content"] == "You said: a b"
    )
    assert answer(messages=[])[0]["choices"][0]["message"]["content"] == "You said:"
