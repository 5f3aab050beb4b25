"""How the language-model vendor answers a conversation: whole, or piece by piece as its event stream.

The answer repeats the question, so that a test knows what must come. A token is a word. It knows no HTTP.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.objects.resources import Obj

END = "[DONE]"
"""The data of the last event."""


def complete(values: Given, letters: Callable[[str, int], str], wall: int) -> Obj:
    """The whole answer."""
    said = _said(values)
    words = ["You", "said:", *said.split()]
    most = values.get("max_completion_tokens") or values.get("max_tokens") or len(words)
    answered = words[: int(most)]
    asked = sum(len(_text(message).split()) for message in values["messages"])
    return {
        "id": f"chatcmpl-{letters('completion', 24)}",
        "object": "chat.completion",
        "created": wall,
        "model": values["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": " ".join(answered)},
                "finish_reason": "stop" if len(answered) == len(words) else "length",
            }
        ],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": len(answered),
            "total_tokens": asked + len(answered),
        },
    }


def pieces(whole: Obj, values: Given) -> Iterator[Obj | str]:
    """The same answer as the data of its events, a word in each."""
    head = {"id": whole["id"], "object": "chat.completion.chunk", "created": whole["created"], "model": whole["model"]}
    choice = whole["choices"][0]

    def chunk(delta: Obj, finish: str | None = None) -> Obj:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    words = choice["message"]["content"].split(" ")
    for place, word in enumerate(words):
        yield chunk({"content": word if place == 0 else f" {word}"})
    yield chunk({}, choice["finish_reason"])
    if (values.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": whole["usage"]}
    yield END


def _said(values: Given) -> str:
    """What was said last."""
    return _text(values["messages"][-1]) if values["messages"] else ""


def _text(message: Any) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
