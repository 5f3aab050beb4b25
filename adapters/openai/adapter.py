"""The Completions port over OpenAI's chat completions, in plain HTTP to Tidegate.

Facts: platform.openai.com/docs/api-reference/chat (create, streaming) and /docs/guides/error-codes. No idempotency key
is documented, so an answer in doubt is not asked for again.
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
from tidegate.adapters.ports.failures import (
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.identifiers import qualified
from tidegate.adapters.vendor_answer import failure_by_status, read_answer

NAME: Final = "openai"
PATH: Final = "/chat/completions"
EXHAUSTED: Final = "insufficient_quota"
"""The code of a refusal that no wait helps: it is a matter of money."""
LAST: Final = "[DONE]"

ENDINGS: Final[Mapping[str, CompletionEnd]] = {
    "stop": CompletionEnd.COMPLETE,
    "length": CompletionEnd.CUT,
    "content_filter": CompletionEnd.REFUSED,
}
_SPEAKERS: Final[Mapping[Speaker, str]] = {
    Speaker.SYSTEM: "developer",
    Speaker.USER: "user",
    Speaker.ASSISTANT: "assistant",
}


class OpenAICompletions:
    """Chat completions at OpenAI. See tidegate.adapters.ports.completions.Completions."""

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
        question = {
            **self._question(conversation, tokens_max), "stream": True, "stream_options": {"include_usage": True},
        }  # fmt: skip
        whole, ended = _StreamedChunks(self._name), False
        try:
            async for data in self._gateway.stream_json(PATH, question, key=key, failure_of=failure_of):
                if data == LAST:
                    ended = True
                    break
                if piece := whole.take(parse(data.encode())):
                    yield TextPiece(piece)
            if not ended:
                raise OutcomeUnknown("The answer broke off; what has come is not all of it.")
            completion = whole.completion()
        except FieldError as error:
            raise VendorContractBroken(error.pointer, error.expected, found=error.found, applied=True) from None
        yield completion

    def _question(self, conversation: Sequence[Turn], tokens_max: int) -> dict[str, object]:
        if not conversation or tokens_max < 1:
            raise Rejected("a conversation has a turn at least, and an answer a token", field="conversation")
        messages = [{"role": _SPEAKERS[turn.speaker], "content": turn.text} for turn in conversation]
        return {"model": self._model, "messages": messages, "max_completion_tokens": tokens_max}

    def _completion(self, fields: Fields) -> Completion:
        choice = next(fields.children("choices"), None)
        if choice is None:
            raise fields.wrong("choices", "an answer at least")
        message, word = choice.child("message"), choice.text("finish_reason")
        refusal = message.maybe_text("refusal")
        return Completion(
            id=qualified(self._name, fields.text("id")),
            text=refusal or message.maybe_text("content"),
            ending=CompletionEnd.REFUSED if refusal else ENDINGS.get(word, CompletionEnd.UNKNOWN),
            vendor_ending=word,
            usage=_usage(fields.child("usage")),
            model=fields.text("model"),
        )


class _StreamedChunks:
    """What has come of a streamed answer."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._id = self._model = self._word = ""
        self._text: list[str] = []
        self._refused = False
        self._usage: TokenUsage | None = None

    def take(self, chunk: Fields) -> str:
        """The piece of text in a chunk, or nothing. Raises FieldError, and the failure of an error in the stream."""
        if (error := chunk.maybe_child("error")) is not None:
            raise OutcomeUnknown(error.maybe_text("message") or "The vendor failed while it answered.")
        self._id = chunk.maybe_text("id") or self._id  # a first chunk without choices may have none
        self._model = chunk.maybe_text("model") or self._model
        if chunk.has("usage"):
            self._usage = _usage(chunk.child("usage"))
        choice = next(chunk.children("choices"), None)
        if choice is None:
            return ""
        delta = choice.maybe_child("delta") or Fields({}, "")
        self._word = choice.maybe_text("finish_reason") or self._word
        refusal = delta.maybe_text("refusal")
        self._refused = self._refused or bool(refusal)
        piece = refusal or delta.maybe_text("content")
        self._text.append(piece)
        return piece

    def completion(self) -> Completion:
        """The whole of it. Raises FieldError where a part of it never came."""
        if self._usage is None:
            raise FieldError("/usage", "the tokens that were used", "no such field")
        if not self._id:
            raise FieldError("/id", "a text", "no such field")
        ending = CompletionEnd.REFUSED if self._refused else ENDINGS.get(self._word, CompletionEnd.UNKNOWN)
        return Completion(
            qualified(self._name, self._id), "".join(self._text), ending, self._word, self._usage, self._model
        )


def _usage(fields: Fields) -> TokenUsage:
    return TokenUsage(fields.count("prompt_tokens"), fields.count("completion_tokens"))


def failure_of(answer: GatewayResponse) -> VendorFailure:
    """The failure that an answer without success amounts to."""
    text, code, field = f"The vendor answered {answer.status}", "", ""
    try:
        error = parse(answer.body).child("error")
        text, code = error.maybe_text("message") or text, error.maybe_text("code") or error.maybe_text("type")
        field = error.maybe_text("param")
    except FieldError:
        pass
    if answer.status == 429 and code == EXHAUSTED:
        return Misconfigured(text, call_id=answer.call_id)
    return failure_by_status(answer, text, field=field, code=code)
