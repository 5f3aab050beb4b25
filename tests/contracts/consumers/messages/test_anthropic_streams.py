"""The contract of Anthropic's streamed answers: the events in a row are what the real adapter reads."""

from pathlib import Path

from tests.adapters.answering import Streaming
from tests.contracts.consumers.played import is_committed, play_message
from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.ports.completions import Completion, CompletionEnd, Speaker, TextPiece, TokenUsage, Turn
from tidegate.contracts.consumers.messages.anthropic_streams import EXPECTATIONS, pact


async def test_the_adapter_reads_the_events() -> None:
    events = [play_message(expectation, bytes.decode) for expectation in EXPECTATIONS]
    adapter = AnthropicCompletions(Streaming(*events), model="claude-sonnet-4-5")
    piece, whole = [part async for part in adapter.stream((Turn(Speaker.USER, "?"),), tokens_max=9, key="k")]
    assert piece == TextPiece("A gate.")
    assert isinstance(whole, Completion)
    assert (whole.id, whole.text, whole.usage) == ("anthropic:msg_1", "A gate.", TokenUsage(12, 3))
    assert (whole.ending, whole.model) == (CompletionEnd.COMPLETE, "claude-sonnet-4-5")


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    assert is_committed(pact(), tmp_path), "run: python -m tidegate.contracts.consumers.messages.anthropic_streams"
