"""Answers of language models at several vendors."""

import json

import pytest

from tests.adapters.answering import Answering, Streaming, at_once
from tests.adapters.anthropic.test_adapter import ANSWER, END, PIECES, START, STOP
from tests.adapters.openai.test_adapter import ASKED, piece
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.fallback.completions import FallbackCompletions
from tidegate.adapters.fallback.decisions import DecisionBookInMemory
from tidegate.adapters.openai.adapter import OpenAICompletions
from tidegate.adapters.ports.completions import Completion, CompletionPart, Completions
from tidegate.adapters.ports.failures import OutcomeUnknown

WHOLE = [json.dumps(event) for event in (START, *PIECES, END, STOP)]


def two(first: Answering, second: Answering) -> FallbackCompletions:
    vendors: dict[str, Completions] = {
        "openai": OpenAICompletions(first, model="m"), "anthropic": AnthropicCompletions(second, model="m"),
    }  # fmt: skip
    return FallbackCompletions(vendors, DecisionBookInMemory())


@pytest.mark.parametrize("status", [429, 500])
def test_the_next_vendor_is_asked_where_the_first_gave_no_answer_in_doubt_or_not(status: int) -> None:
    completions = two(Answering(status, b"{}"), Answering(200, json.dumps(ANSWER).encode()))
    answer = at_once(completions.complete(ASKED, tokens_max=9, key="k"))
    assert answer.id == "anthropic:msg_1"


async def test_a_stream_is_begun_elsewhere_only_where_nothing_of_it_has_come() -> None:
    async def streamed(*first: str) -> list[CompletionPart]:
        completions = two(Streaming(*first), Streaming(*WHOLE))
        return [part async for part in completions.stream(ASKED, tokens_max=9, key="k")]

    *_, answer = await streamed()
    assert isinstance(answer, Completion)
    assert answer.id == "anthropic:msg_1"
    with pytest.raises(OutcomeUnknown):
        await streamed(piece("Hel"))


async def test_where_no_vendor_gives_an_answer_the_last_failure_is_told() -> None:
    completions = two(Streaming(), Streaming())
    with pytest.raises(OutcomeUnknown):
        [part async for part in completions.stream(ASKED, tokens_max=9, key="k")]
    with pytest.raises(ValueError, match="at least"):
        FallbackCompletions({}, DecisionBookInMemory())
