"""The contract of the completions port with Anthropic: played against the real adapter."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.consumers.played import file_of, is_committed, play
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.completions import Completion, CompletionEnd, Speaker, TokenUsage, Turn
from tidegate.adapters.ports.failures import OutcomeUnknown, RateLimited, VendorFailure
from tidegate.contracts.consumers.anthropic_completions import EXPECTATIONS, KEY_HEADER, pact

Work = Callable[[AnthropicCompletions], Coroutine[Any, Any, object]]
QUESTION = (Turn(Speaker.SYSTEM, "Answer in one sentence."), Turn(Speaker.USER, "What is a tide gate?"))


def answered(ending: CompletionEnd, word: str) -> Completion:
    return Completion("anthropic:msg_1", "A gate.", ending, word, TokenUsage(12, 3), "claude-sonnet-4-5")


SUCCESS: dict[str, tuple[Work, object]] = {
    "a conversation is gone on with": (
        lambda c: c.complete(QUESTION, tokens_max=100, key="k"),
        answered(CompletionEnd.COMPLETE, "end_turn"),
    ),
    "an answer is cut off": (
        lambda c: c.complete(QUESTION, tokens_max=1, key="k"),
        answered(CompletionEnd.CUT, "max_tokens"),
    ),
}
FAILURE: dict[str, tuple[Work, type[VendorFailure]]] = {
    "the vendor refuses for the rate": (lambda c: c.complete(QUESTION, tokens_max=100, key="k"), RateLimited),
    "the vendor fails": (lambda c: c.complete(QUESTION, tokens_max=100, key="k"), OutcomeUnknown),
}


def adapter(gateway: Gateway) -> AnthropicCompletions:
    return AnthropicCompletions(gateway, model="claude-sonnet-4-5")


WORK = {name: entry[0] for name, entry in (SUCCESS | FAILURE).items()}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
FILE = file_of(pact())


def working(name: str, gateway: Gateway) -> Coroutine[Any, Any, object]:
    """The work of an expectation."""
    return WORK[name](adapter(gateway))


def test_every_expectation_is_played() -> None:
    assert set(WORK) == set(BY_NAME)


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_reads_the_answer(name: str) -> None:
    assert await play(BY_NAME[name], lambda gateway: working(name, gateway), key_header=KEY_HEADER) == SUCCESS[name][1]


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: working(name, gateway), key_header=KEY_HEADER)
    assert type(failure.value) is FAILURE[name][1]


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.anthropic_completions"
