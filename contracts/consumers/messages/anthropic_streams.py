"""The completions adapter's expectations of Anthropic's streamed answers: each event that it tells apart.

After a change here, `python -m tidegate.contracts.consumers.messages.anthropic_streams` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.consumers.anthropic_completions import PATH, PROVIDER, QUESTION
from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "completion-streams"
PACTS: Final = Path(__file__).parents[2] / "pacts"
KEY: Final = {"x-api-key": "app"}


def _event(name: str, kind: str, **fields: Any) -> MessageExpectation:
    asked = requested("POST", PATH, json={**QUESTION, "stream": True}, headers=KEY, stream=True)
    return MessageExpectation(name, {"type": kind, **fields}, (asked,), {"/type": kind})


EXPECTATIONS: Final = (
    _event(
        "the answer begins",
        "message_start",
        message={
            "id": match.regex("msg_1", regex="msg_[A-Za-z0-9]+"),
            "model": match.str("claude-sonnet-4-5"),
            "usage": {"input_tokens": match.int(12)},
        },
    ),
    _event("a piece of the answer", "content_block_delta", delta={"text": match.str("A gate.")}),
    _event(
        "the end and the tokens of the answer",
        "message_delta",
        delta={"stop_reason": "end_turn"},
        usage={"output_tokens": match.int(3)},
    ),
    _event("nothing more comes", "message_stop"),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
