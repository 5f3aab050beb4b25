"""The Completions port over Anthropic's messages, in plain HTTP to Tidegate.

Facts: platform.claude.com/docs/en/api/messages, /errors and /docs/en/build-with-claude/streaming. No idempotency key is
documented, so an answer in doubt is not asked for again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.completions import (
    Completion,
    CompletionEnd,
    CompletionPart,
    Speaker,
    TextPiece,
    TokenUsage,
    Turn,
)
from tidegate.adapters.ports.failures import OutcomeUnknown, Rejected, Unavailable, VendorContractBroken, VendorFailure
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.vendor_answer import failure_by_status, read_answer

NAME: Final = "anthropic"
KEY_HEADER: Final = "x-api-key"
"""Where the vendor's key stands: the gateway wants the app's token there."""
PATH: Final = "/v1/messages"
_CACHED: Final = ("cache_creation_input_tokens", "cache_read_input_tokens")
OVERLOADED: Final = 529
"""The vendor has no room: nothing was done."""

ENDINGS: Final[Mapping[str, CompletionEnd]] = {
    "end_turn": CompletionEnd.COMPLETE,
    "stop_sequence": CompletionEnd.COMPLETE,
    "max_tokens": CompletionEnd.CUT,
    "refusal": CompletionEnd.REFUSED,
}


class AnthropicCompletions:
    """Messages at Anthropic. See tidegate.adapters.ports.completions.Completions."""

    def __init__(self, gateway: Gateway, *, model: str, name: str = NAME) -> None:
        self._gateway = gateway
        self._model = model
        self._name = name

    async def complete(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> Completion:
        """See Completions.complete."""
        answer = await self._gateway.post_json(PATH, self._question(conversation, tokens_max), key=key)
        return read_answer(answer, failure_of, self._completion)

    async def stream(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> AsyncIterator[CompletionPart]:
        """See Completions.stream."""
        question = {**self._question(conversation, tokens_max), "stream": True}
        whole = _StreamedMessage(self._name)
        try:
            async for data in self._gateway.stream_json(PATH, question, key=key, failure_of=failure_of):
                if piece := whole.take(parse(data.encode())):
                    yield TextPiece(piece)
                if whole.ended:
                    break
            if not whole.ended:
                raise OutcomeUnknown("The answer broke off; what has come is not all of it.")
            completion = whole.completion()
        except FieldError as error:
            raise VendorContractBroken(error.pointer, error.expected, found=error.found, applied=True) from None
        yield completion

    def _question(self, conversation: Sequence[Turn], tokens_max: int) -> dict[str, object]:
        """What the app says to the model stands apart; the rest are the turns of user and assistant."""
        told = [turn.text for turn in conversation if turn.speaker is Speaker.SYSTEM]
        turns = [
            {"role": turn.speaker.value, "content": turn.text}
            for turn in conversation
            if turn.speaker is not Speaker.SYSTEM
        ]
        if not turns or tokens_max < 1:
            raise Rejected(
                "a conversation has a turn of the user's at least, and an answer a token", field="conversation"
            )
        question: dict[str, object] = {"model": self._model, "max_tokens": tokens_max, "messages": turns}
        return {**question, "system": "\n\n".join(told)} if told else question

    def _completion(self, fields: Fields) -> Completion:
        blocks, word, usage = fields.children("content"), fields.text("stop_reason"), fields.child("usage")
        return Completion(
            id=qualified(self._name, fields.text("id")),
            text="".join(block.maybe_text("text") for block in blocks if block.text("type") == "text"),
            ending=ENDINGS.get(word, CompletionEnd.UNKNOWN),
            vendor_ending=word,
            usage=TokenUsage(_asked(usage), usage.count("output_tokens")),
            model=fields.text("model"),
        )


class _StreamedMessage:
    """What has come of a streamed answer."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._id = self._model = self._word = ""
        self._text: list[str] = []
        self._asked = self._answered = -1
        self.ended = False
        """True when the vendor has said that this was all."""

    def take(self, event: Fields) -> str:
        """The piece of text in an event, or nothing. Raises FieldError, and the failure of an error in the stream."""
        kind = event.text("type")
        if kind == "error":
            error = event.child("error")
            raise OutcomeUnknown(error.maybe_text("message") or "The vendor failed while it answered.")
        if kind == "message_start":
            message = event.child("message")
            self._id, self._model = message.text("id"), message.text("model")
            self._asked = _asked(message.child("usage"))
        elif kind == "content_block_delta":
            piece = event.child("delta").maybe_text("text")
            self._text.append(piece)
            return piece
        elif kind == "message_delta":
            self._word = event.child("delta").maybe_text("stop_reason") or self._word
            self._answered = event.child("usage").count("output_tokens")
        elif kind == "message_stop":
            self.ended = True
        return ""

    def completion(self) -> Completion:
        """The whole of it. Raises FieldError where a part of it never came."""
        if not self._id or self._answered < 0:
            raise FieldError("/type", "message_start and message_delta before message_stop", "no such event")
        usage = TokenUsage(self._asked, self._answered)
        ending = ENDINGS.get(self._word, CompletionEnd.UNKNOWN)
        return Completion(qualified(self._name, self._id), "".join(self._text), ending, self._word, usage, self._model)


def _asked(usage: Fields) -> int:
    """The tokens of the question: `input_tokens` leaves out those that were written into the cache, or read there."""
    cached = sum(usage.count(name) for name in _CACHED if usage.has(name))
    return usage.count("input_tokens") + cached


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to."""
    text, code = f"The vendor answered {answer.status}", ""
    try:
        error = parse(answer.body).child("error")
        text, code = error.maybe_text("message") or text, error.maybe_text("type")
    except FieldError:
        pass
    if answer.status == OVERLOADED:
        return Unavailable(text, retry_after_s=answer.retry_after_s, call_id=answer.call_id)
    return failure_by_status(answer, text, code=code)
