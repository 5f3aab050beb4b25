"""The completions adapter's expectations of Anthropic: the request that it makes, the answers that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.anthropic_completions` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write

CONSUMER: Final = "completions"
PROVIDER: Final = "anthropic"
PACTS: Final = Path(__file__).parent.parent / "pacts"

KEY_HEADER: Final = "x-api-key"
OPERATION: Final = "createMessage"
PATH: Final = "/v1/messages"
QUESTION: Final[dict[str, Any]] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "What is a tide gate?"}],
    "system": "Answer in one sentence.",
}
"""What `tests/contracts/consumers/test_anthropic_completions.py` has the adapter send."""


def _ask(name: str, status: int, body: Any, *states: ProviderState, **changes: Any) -> Expectation:
    sent = {**QUESTION, **changes}
    return Expectation(name, OPERATION, "POST", PATH, status, body, states, json=sent, key_header=KEY_HEADER)


def _answer(word: str) -> dict[str, Any]:
    return {
        "id": match.regex("msg_1", regex="msg_[A-Za-z0-9]+"),
        "model": match.str("claude-sonnet-4-5"),
        "content": [{"type": "text", "text": match.str("A gate.")}],
        "stop_reason": word,
        "usage": {"input_tokens": match.int(12), "output_tokens": match.int(3)},
    }


def _refused() -> dict[str, Any]:
    return {"error": {"message": match.str("What is wrong."), "type": match.str("api_error")}}


EXPECTATIONS: Final = (
    _ask("a conversation is gone on with", 200, _answer("end_turn")),
    _ask("an answer is cut off", 200, _answer("max_tokens"), max_tokens=1),
    _ask("the vendor refuses for the rate", 429, _refused(), ProviderState("the rate limit is used up")),
    _ask("the vendor fails", 500, _refused(), ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
