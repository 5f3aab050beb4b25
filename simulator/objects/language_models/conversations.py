"""Conversations with a language-model vendor: answered whole, or piece by piece as its event stream.

The answer repeats the question, so that a test knows what must come. A token is a word. What the answer and its events
look like is the vendor file's matter (tidegate.vendor.conversation_facts). It knows no HTTP.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from tidegate.simulator.answer.error_envelope import filled
from tidegate.simulator.objects.language_models import conversation_texts
from tidegate.simulator.objects.language_models.demanded_tool import demanded
from tidegate.simulator.objects.lifecycle import Given
from tidegate.values.json_value import Obj, Value
from tidegate.vendor.conversation_facts import Conversation

Event = tuple[str, Any]
"""An event's name, empty where it has none, and its data."""

CHOICES_MAX = 2_048
"""So many answers are given to one request at most."""
CHOICE = "{choice}"


def places(talk: Conversation, values: Given, letters: Callable[[str, int], str], wall: int) -> Obj:
    """The values for the places of the templates, for one request."""
    question = _at(values, talk.question)
    wish = talk.json_text
    said = _last_words(question)
    text = conversation_texts.structured(_at(values, wish.kind), _at(values, wish.schema_at), said) if wish else None
    call = demanded(_at(values, talk.tool_call.tools), _at(values, talk.tool_call.choice)) if talk.tool_call else None
    text = text if call is None else conversation_texts.arguments(call.schema, said)
    words = (conversation_texts.repeated(" ".join(said.split())) if text is None else text).split(" ")
    limit = next((most for pointer in talk.most if (most := _at(values, pointer)) is not None), len(words))
    answered = words[: int(limit)]
    asked = max(sum(len(_text(message).split()) for message in _messages(question)), 1)  # an empty text counts, too
    choices = _choices(talk, values)
    ended = talk.whole if talk.tool_call is None or call is None else {**talk.whole, **talk.tool_call.words}
    likely = _tokens(talk, values, _pieces(" ".join(answered)))
    return {
        **values,
        "id": letters("completion", 24),
        "tool": call.name if call is not None else None,
        "call": letters("call", 24),
        "arguments": orjson.loads(text) if call is not None and text is not None else None,
        "tokens": likely or [],
        "logprobs": _logprobs(likely),
        "now": wall,
        "text": " ".join(answered),
        "asked": asked,
        "answered": len(answered) * len(choices),
        "total": asked + len(answered) * len(choices),
        "": choices,
        **{f"{name}.{place}": value for place, choice in enumerate(choices) for name, value in choice.items()},
        **(ended if len(answered) == len(words) else talk.cut),
    }


def answer(talk: Conversation, known: Obj) -> Obj:
    """The whole answer."""
    template = talk.answer if talk.tool_call is None or known["tool"] is None else talk.tool_call.answer
    made: Obj = filled(_repeated(template, known), known)
    return made


def events(talk: Conversation, values: Given, known: Obj, whole: Obj) -> Iterator[Event]:
    """The same answer as a stream."""
    pieces = _pieces(known["text"])
    listed = talk.events if talk.tool_call is None or known["tool"] is None else talk.tool_call.events
    number = 0
    for event in listed:
        if event.when is not None and not _at(values, event.when):
            continue
        for choice in known[""] if _has_choice(event.data) else ({},):
            for piece in pieces if event.each else ("",):
                here = {**known, **choice, "number": number, "piece": piece}
                if event.each:
                    likely = _tokens(talk, values, [piece])
                    here |= {"tokens": likely or [], "logprobs": _logprobs(likely)}
                data = filled(_repeated(event.data, here) if not choice else event.data, here)
                yield (
                    filled(event.name or "", here),
                    data if event.answer is None else _around(data, event.answer, whole),
                )
                number += 1


def _pieces(text: str) -> list[str]:
    """The words of a text, each but the first with the space before it."""
    return [word if place == 0 else f" {word}" for place, word in enumerate(text.split(" "))] if text else []


def _tokens(talk: Conversation, values: Given, pieces: list[str]) -> list[Value] | None:
    """How likely each piece was; None where the request does not want to know."""
    asked = _at(values, talk.likelihoods.asked) if talk.likelihoods is not None else None
    listed = asked if isinstance(asked, list) else ()
    if talk.likelihoods is None or not (asked is True or any(str(one).endswith("logprobs") for one in listed)):
        return None
    most = _at(values, talk.likelihoods.most)
    return [conversation_texts.likelihood(piece, most if isinstance(most, int) else 0) for piece in pieces]


def _logprobs(likely: list[Value] | None) -> Value:
    return None if likely is None else {"content": likely, "refusal": None}


# --- several answers -------------------------------------------------------------------------------------------------


def _choices(talk: Conversation, values: Given) -> list[Obj]:
    """The values of the places that differ from one answer to the next."""
    wanted = _at(values, talk.count) if talk.count is not None else 1
    inputs = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    if inputs and all(isinstance(item, int) for item in inputs):  # the tokens of one text
        inputs = [" ".join(map(str, inputs))]
    count = len(inputs) if inputs else wanted if isinstance(wanted, int) and wanted > 0 else 1
    choices: list[Obj] = [{"choice": place} for place in range(min(count, CHOICES_MAX))]
    if talk.vectors is not None:
        size = _at(values, talk.vectors.dimensions)
        dimensions = size if isinstance(size, int) and size > 0 else talk.vectors.otherwise
        in_base64 = _at(values, talk.vectors.encoding) == "base64"
        for place, choice in enumerate(choices):
            numbers = conversation_texts.vector(str(inputs[place]) if inputs else "", dimensions)
            choice["vector"] = conversation_texts.in_base64(numbers) if in_base64 else numbers
    return choices


def _repeated(template: object, known: Obj) -> Any:
    """The template, in which a list of one entry with the place of a choice has an entry for each."""
    if isinstance(template, Mapping):
        return {name: _repeated(inner, known) for name, inner in template.items()}
    if isinstance(template, list | tuple):
        if len(template) == 1 and _has_choice(template[0]):
            return [_numbered(template[0], place) for place in range(len(known[""]))]
        return [_repeated(inner, known) for inner in template]
    return template


def _numbered(template: object, place: int) -> Any:
    """The template with the places of one of the answers: `{choice}` is `{choice.0}` in the first."""
    if isinstance(template, Mapping):
        return {name: _numbered(inner, place) for name, inner in template.items()}
    if isinstance(template, list | tuple):
        return [_numbered(inner, place) for inner in template]
    if not isinstance(template, str):
        return template
    return template.replace(CHOICE, f"{{choice.{place}}}").replace("{vector}", f"{{vector.{place}}}")


def _has_choice(template: object) -> bool:
    if isinstance(template, Mapping):
        return any(map(_has_choice, template.values()))
    if isinstance(template, list | tuple):
        return any(map(_has_choice, template))
    return isinstance(template, str) and CHOICE in template


def _around(data: Any, pointer: str, whole: Obj) -> Any:
    """The data with the whole answer at a place in it."""
    step, _, rest = pointer.removeprefix("/").partition("/")
    if not isinstance(data, dict) or not step:
        return {**whole, **data} if isinstance(data, dict) else whole
    return {**data, step: _around(data.get(step, {}), f"/{rest}" if rest else "", whole)}


# --- what was said ---------------------------------------------------------------------------------------------------


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
