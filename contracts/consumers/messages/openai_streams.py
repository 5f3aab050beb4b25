"""The completions adapter's expectations of OpenAI's streamed answers: each event that it tells apart.

After a change here, `python -m tidegate.contracts.consumers.messages.openai_streams` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.consumers.openai_completions import PATH, PROVIDER, QUESTION
from tidegate.contracts.expectation import make_pact, write
from tidegate.contracts.message_expectation import MessageExpectation, requested

CONSUMER: Final = "completion-streams"
PACTS: Final = Path(__file__).parents[2] / "pacts"
KEY: Final = {"Authorization": "Bearer app"}
_STREAMED: Final = {**QUESTION, "stream": True, "stream_options": {"include_usage": True}}


def _event(name: str, content: dict[str, Any], where: dict[str, str], **changes: Any) -> MessageExpectation:
    asked = requested("POST", PATH, json={**_STREAMED, **changes}, headers=KEY, stream=True)
    return MessageExpectation(name, {**_ID, **content}, (asked,), where)


def _end(word: str) -> dict[str, Any]:
    return {"choices": [{"delta": match.like({}), "finish_reason": word}]}


_ID: Final = {"id": match.regex("chatcmpl-1", regex="chatcmpl-[A-Za-z0-9]+"), "model": match.str("gpt-4o-mini")}

EXPECTATIONS: Final = (
    _event(
        "a piece of the answer",
        {"choices": [{"delta": {"content": match.str("A gate.")}}]},
        {"/choices/0/delta/content": "*"},
    ),
    _event("the answer is at its end", _end("stop"), {"/choices/0/finish_reason": "stop"}),
    _event(
        "the answer was cut off",
        _end("length"),
        {"/choices/0/finish_reason": "length"},
        max_completion_tokens=1,
    ),
    _event(
        "the tokens that were used",
        {"choices": [], "usage": {"prompt_tokens": match.int(12), "completion_tokens": match.int(3)}},
        {"/usage/completion_tokens": "*"},
    ),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
