"""The contract of OpenAI's streamed answers: the events in a row are what the real adapter reads."""

from pathlib import Path

import pytest

from tests.adapters.answering import Streaming
from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.openai.adapter import LAST, OpenAICompletions
from tidegate.adapters.ports.completions import Completion, CompletionEnd, Speaker, TextPiece, TokenUsage, Turn
from tidegate.contracts.consumers.messages.openai_streams import EXPECTATIONS, pact

BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
ENDINGS = {"the answer is at its end": CompletionEnd.COMPLETE, "the answer was cut off": CompletionEnd.CUT}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_adapter_reads_the_events(ending: str) -> None:
    names = ("a piece of the answer", ending, "the tokens that were used")
    assert {*names} <= set(BY_NAME) == {*names, *ENDINGS}
    events = [play_message(BY_NAME[name], bytes.decode) for name in names]
    adapter = OpenAICompletions(Streaming(*events, LAST), model="gpt-4o-mini")
    piece, whole = [part async for part in adapter.stream((Turn(Speaker.USER, "?"),), tokens_max=9, key="k")]
    assert piece == TextPiece("A gate.")
    assert isinstance(whole, Completion)
    assert (whole.id, whole.text, whole.usage) == ("openai:chatcmpl-1", "A gate.", TokenUsage(12, 3))
    assert (whole.ending, whole.model) == (ENDINGS[ending], "gpt-4o-mini")


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.messages.openai_streams"
