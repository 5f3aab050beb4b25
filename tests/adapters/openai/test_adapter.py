"""The completions port over OpenAI."""

import json

import pytest

from tests.adapters.answering import Answering, Streaming, at_once
from tidegate.adapters.openai.adapter import OpenAICompletions
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
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    VendorContractBroken,
    VendorFailure,
)

ASKED = (Turn(Speaker.SYSTEM, "Be short."), Turn(Speaker.USER, "Hi"))
ANSWER = {
    "id": "chatcmpl-1", "model": "m-1", "usage": {"prompt_tokens": 5, "completion_tokens": 2},
    "choices": [{"message": {"content": "Hello.", "refusal": None}, "finish_reason": "stop"}],
}  # fmt: skip
USAGE = TokenUsage(5, 2)


def completions(body: object, status: int = 200) -> tuple[OpenAICompletions, Answering]:
    gateway = Answering(status, json.dumps(body).encode())
    return OpenAICompletions(gateway, model="m"), gateway


def chunk(**fields: object) -> str:
    return json.dumps({"id": "chatcmpl-1", "model": "m-1", "choices": [], **fields})


def piece(text: str | None = None, end: str | None = None, **delta: object) -> str:
    return chunk(choices=[{"delta": {"content": text, **delta}, "finish_reason": end}])


async def streamed(*data: str) -> list[CompletionPart]:
    adapter = OpenAICompletions(Streaming(*data), model="m")
    return [part async for part in adapter.stream(ASKED, tokens_max=9, key="k")]


def test_a_question_is_asked_and_its_answer_read() -> None:
    adapter, gateway = completions(ANSWER)
    answer = at_once(adapter.complete(ASKED, tokens_max=9, key="k"))
    assert answer == Completion("openai:chatcmpl-1", "Hello.", CompletionEnd.COMPLETE, "stop", USAGE, "m-1")
    messages = [{"role": "developer", "content": "Be short."}, {"role": "user", "content": "Hi"}]
    document = {"model": "m", "messages": messages, "max_completion_tokens": 9}
    assert gateway.asked == ("POST", "/chat/completions", document, "k")


@pytest.mark.parametrize(
    ("message", "word", "ending"),
    [
        ({"content": "x"}, "length", CompletionEnd.CUT),
        ({"content": ""}, "content_filter", CompletionEnd.REFUSED),
        ({"content": None, "refusal": "No."}, "stop", CompletionEnd.REFUSED),
        ({"content": "x"}, "tool_calls", CompletionEnd.UNKNOWN),
    ],
)
def test_an_ending_is_the_domains_and_the_vendors_word_is_kept(
    message: dict[str, object], word: str, ending: CompletionEnd
) -> None:
    adapter, _ = completions({**ANSWER, "choices": [{"message": message, "finish_reason": word}]})
    answer = at_once(adapter.complete(ASKED, tokens_max=9, key="k"))
    assert (answer.ending, answer.vendor_ending) == (ending, word)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (429, {"code": "insufficient_quota"}, Misconfigured),
        (429, {"code": "rate_limit_exceeded"}, RateLimited),
        (400, {"param": "model", "message": "No such model"}, Rejected),
        (401, {}, Misconfigured),
        (503, {}, OutcomeUnknown),
        (400, 7, Rejected),
    ],
)
def test_errors_are_failures(status: int, error: object, kind: type[VendorFailure]) -> None:
    with pytest.raises(kind):
        at_once(completions({"error": error}, status)[0].complete(ASKED, tokens_max=9, key="k"))


@pytest.mark.parametrize("changed", [{"choices": []}, {"usage": None}, {"id": ""}, {"model": 7}])
def test_an_answer_that_is_not_as_agreed_breaks_the_contract(changed: dict[str, object]) -> None:
    with pytest.raises(VendorContractBroken):
        at_once(completions({**ANSWER, **changed})[0].complete(ASKED, tokens_max=9, key="k"))


async def test_a_stream_is_pieces_and_then_the_whole() -> None:
    usage = chunk(usage={"prompt_tokens": 5, "completion_tokens": 2})
    empty = json.dumps({"id": "", "model": "", "choices": [], "prompt_filter_results": []})
    nothing = chunk(choices=[{"delta": None, "finish_reason": None}])
    parts = await streamed(empty, nothing, piece(""), piece("Hel"), piece("lo."), piece(end="stop"), usage, "[DONE]")
    whole = Completion("openai:chatcmpl-1", "Hello.", CompletionEnd.COMPLETE, "stop", USAGE, "m-1")
    assert parts == [TextPiece("Hel"), TextPiece("lo."), whole]
    *_, refused = await streamed(piece(refusal="No."), piece(end="stop"), usage, "[DONE]")
    assert isinstance(refused, Completion)
    assert (refused.ending, refused.text) == (CompletionEnd.REFUSED, "No.")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ([piece("Hel")], OutcomeUnknown),
        ([piece("Hel"), json.dumps({"error": {"message": "overloaded"}})], OutcomeUnknown),
        ([piece("Hel"), "[DONE]"], VendorContractBroken),
        (["no JSON"], VendorContractBroken),
        (
            [json.dumps({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}), "[DONE]"],
            VendorContractBroken,
        ),
    ],
)
async def test_a_stream_that_is_not_whole_is_a_failure(data: list[str], kind: type[VendorFailure]) -> None:
    with pytest.raises(kind):
        await streamed(*data)
