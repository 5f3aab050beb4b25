"""Conversations with a language-model vendor: answered whole, or piece by piece as its event stream.

The answer repeats the question, so that a test knows what must come. A token is a word. What the answer and its events
look like is the vendor file's matter (tidegate.vendor.conversation_facts). It knows no HTTP.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.objects.lifecycle import Given
from tidegate.simulator.values.json_value import Obj
from tidegate.vendor.conversation_facts import Conversation

Event = tuple[str, Any]
"""An event's name, empty where it has none, and its data."""


def places(talk: Conversation, values: Given, letters: Callable[[str, int], str], wall: int) -> Obj:
    """The values for the places of the templates, for one request."""
    question = _at(values, talk.question)
    words = ["You", "said:", *_last_words(question).split()]
    limit = next((most for pointer in talk.most if (most := _at(values, pointer)) is not None), len(words))
    answered = words[: int(limit)]
    question_tokens = sum(len(_text(message).split()) for message in _messages(question))
    return {
        **values,
        "id": letters("completion", 24),
        "now": wall,
        "text": " ".join(answered),
        "asked": question_tokens,
        "answered": len(answered),
        "total": question_tokens + len(answered),
        **(talk.whole if len(answered) == len(words) else talk.cut),
    }


def answer(talk: Conversation, known: Obj) -> Obj:
    """The whole answer."""
    made: Obj = filled(talk.answer, known)
    return made


def events(talk: Conversation, values: Given, known: Obj, whole: Obj) -> Iterator[Event]:
    """The same answer as a stream."""
    words = known["text"].split(" ") if known["text"] else []
    pieces = [word if place == 0 else f" {word}" for place, word in enumerate(words)]
    number = 0
    for event in talk.events:
        if event.when is not None and not _at(values, event.when):
            continue
        for piece in pieces if event.each else ("",):
            here = {**known, "number": number, "piece": piece}
            data = filled(event.data, here)
            yield filled(event.name or "", here), data if event.answer is None else _around(data, event.answer, whole)
            number += 1


def _around(data: Any, pointer: str, whole: Obj) -> Any:
    """The data with the whole answer at a place in it."""
    step, _, rest = pointer.removeprefix("/").partition("/")
    if not isinstance(data, dict) or not step:
        return {**whole, **data} if isinstance(data, dict) else whole
    return {**data, step: _around(data.get(step, {}), f"/{rest}" if rest else "", whole)}


def _at(values: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        values = values.get(step) if isinstance(values, dict) else None
    return values


def _messages(question: Any) -> list[Any]:
    return question if isinstance(question, list) else [question]


def _last_words(question: Any) -> str:
    """The text of the last message."""
    messages = _messages(question)
    return _text(messages[-1]) if messages else ""


def _text(message: Any) -> str:
    """The words of a text, of a message, or of a part of one."""
    if isinstance(message, str):
        return message
    if isinstance(message, list):
        return " ".join(text for part in message if (text := _text(part)))
    return _text(message.get("content", message.get("text"))) if isinstance(message, dict) else ""
