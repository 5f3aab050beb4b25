"""The completions port over Anthropic."""

import json

import pytest

from tests.adapters.answering import Answering, Streaming, at_once
from tests.adapters.openai.test_adapter import ASKED
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.ports.completions import (
    Completion,
    CompletionEnd,
    CompletionPart,
    Speaker,
    TextPiece,
    TokenUsage,
    Turn,
)
from tidegate.adapters.ports.failures import (
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)

ANSWER = {
    "id": "msg_1", "model": "m-1", "stop_reason": "end_turn", "usage": {"input_tokens": 5, "output_tokens": 2},
    "content": [{"type": "thinking"}, {"type": "text", "text": "Hel"}, {"type": "text", "text": "lo."}],
}  # fmt: skip
START = {"type": "message_start", "message": {"id": "msg_1", "model": "m-1", "usage": {"input_tokens": 5}}}
PIECES = [{"type": "content_block_delta", "delta": {"type": "text_delta", "text": text}} for text in ("Hel", "lo.")]
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
STOP = {"type": "message_stop"}


def completions(body: object, status: int = 200) -> tuple[AnthropicCompletions, Answering]:
    gateway = Answering(status, json.dumps(body).encode())
    return AnthropicCompletions(gateway, model="m"), gateway


async def streamed(*events: object) -> list[CompletionPart]:
    adapter = AnthropicCompletions(Streaming(*map(json.dumps, events)), model="m")
    return [part async for part in adapter.stream(ASKED, tokens_max=9, key="k")]


def test_a_question_is_asked_and_its_answer_read() -> None:
    adapter, gateway = completions(ANSWER)
    answer = at_once(adapter.complete(ASKED, tokens_max=9, key="k"))
    assert answer == Completion(
        "anthropic:msg_1", "Hello.", CompletionEnd.COMPLETE, "end_turn", TokenUsage(5, 2), "m-1"
    )
    document = {
        "model": "m", "max_tokens": 9, "system": "Be short.", "messages": [{"role": "user", "content": "Hi"}],
    }  # fmt: skip
    assert gateway.asked == ("POST", "/v1/messages", document, "k")


def test_tokens_of_the_cache_are_counted_as_asked() -> None:
    usage = {"input_tokens": 5, "cache_creation_input_tokens": 100, "cache_read_input_tokens": None, "output_tokens": 2}
    answer = at_once(completions({**ANSWER, "usage": usage})[0].complete(ASKED, tokens_max=9, key="k"))
    assert answer.usage == TokenUsage(105, 2)


@pytest.mark.parametrize(
    ("word", "ending"),
    [("max_tokens", CompletionEnd.CUT), ("refusal", CompletionEnd.REFUSED), ("pause_turn", CompletionEnd.UNKNOWN)],
)
def test_an_ending_is_the_domains_and_the_vendors_word_is_kept(word: str, ending: CompletionEnd) -> None:
    answer = at_once(completions({**ANSWER, "stop_reason": word})[0].complete(ASKED, tokens_max=9, key="k"))
    assert (answer.ending, answer.vendor_ending) == (ending, word)


@pytest.mark.parametrize(
    ("status", "kind"), [(529, Unavailable), (500, OutcomeUnknown), (429, RateLimited), (400, Rejected)]
)
def test_errors_are_failures(status: int, kind: type[VendorFailure]) -> None:
    bodies: tuple[object, ...] = ({"type": "error", "error": {"type": "x", "message": "y"}}, [])
    for body in bodies:
        with pytest.raises(kind):
            at_once(completions(body, status)[0].complete(ASKED, tokens_max=9, key="k"))


def test_a_conversation_without_a_turn_is_rejected() -> None:
    with pytest.raises(Rejected):
        at_once(completions(ANSWER)[0].complete((Turn(Speaker.SYSTEM, "x"),), tokens_max=9, key="k"))


@pytest.mark.parametrize("changed", [{"content": None}, {"usage": {}}, {"id": ""}, {"stop_reason": None}])
def test_an_answer_that_is_not_as_agreed_breaks_the_contract(changed: dict[str, object]) -> None:
    with pytest.raises(VendorContractBroken):
        at_once(completions({**ANSWER, **changed})[0].complete(ASKED, tokens_max=9, key="k"))


async def test_a_stream_is_pieces_and_then_the_whole() -> None:
    parts = await streamed(START, {"type": "ping"}, *PIECES, END, STOP)
    whole = Completion("anthropic:msg_1", "Hello.", CompletionEnd.COMPLETE, "end_turn", TokenUsage(5, 2), "m-1")
    assert parts == [TextPiece("Hel"), TextPiece("lo."), whole]


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([START, PIECES[0]], OutcomeUnknown),
        ([START, {"type": "error", "error": {"type": "overloaded_error"}}], OutcomeUnknown),
        ([PIECES[0], STOP], VendorContractBroken),
        ([7], VendorContractBroken),
    ],
)
async def test_a_stream_that_is_not_whole_is_a_failure(events: list[object], kind: type[VendorFailure]) -> None:
    with pytest.raises(kind):
        await streamed(*events)
