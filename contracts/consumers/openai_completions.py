"""The completions adapter's expectations of OpenAI: the request that it makes, the answers that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.openai_completions` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write

CONSUMER: Final = "completions"
PROVIDER: Final = "openai"
PACTS: Final = Path(__file__).parent.parent / "pacts"

KEY_HEADER: Final = "Authorization"
OPERATION: Final = "createChatCompletion"
PATH: Final = "/chat/completions"
QUESTION: Final[dict[str, Any]] = {
    "model": "gpt-4o-mini",
    "messages": [
        {"role": "developer", "content": "Answer in one sentence."},
        {"role": "user", "content": "What is a tide gate?"},
    ],
    "max_completion_tokens": 100,
}
"""What `tests/contracts/consumers/test_openai_completions.py` has the adapter send."""


def _ask(name: str, status: int, body: Any, *states: ProviderState, **changes: Any) -> Expectation:
    sent = {**QUESTION, **changes}
    return Expectation(name, OPERATION, "POST", PATH, status, body, states, json=sent, key_header=KEY_HEADER)


def _answer(word: str) -> dict[str, Any]:
    return {
        "id": match.regex("chatcmpl-1", regex="chatcmpl-[A-Za-z0-9]+"),
        "model": match.str("gpt-4o-mini"),
        "choices": [{"message": {"content": match.str("A gate.")}, "finish_reason": word}],
        "usage": {"prompt_tokens": match.int(12), "completion_tokens": match.int(3)},
    }


def _refused(name: str) -> dict[str, Any]:
    """`name` is the field that tells more than the status does."""
    return {"error": {"message": match.str("What is wrong."), name: match.str("a_word")}}


EXPECTATIONS: Final = (
    _ask("a conversation is gone on with", 200, _answer("stop")),
    _ask("an answer is cut off", 200, _answer("length"), max_completion_tokens=1),
    _ask("the vendor refuses for the rate", 429, _refused("code"), ProviderState("the rate limit is used up")),
    _ask("the vendor fails", 500, _refused("type"), ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
