"""The port through which an app lets a language model go on with a conversation: `Completions`.

Nothing here names a vendor or a model: the app's configuration does. Each operation raises one of the failures in
failures.py, and nothing else.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Speaker(StrEnum):
    """Who said something in a conversation."""

    SYSTEM = "system"
    """The app, to the model: what it is to do."""
    USER = "user"
    ASSISTANT = "assistant"
    """The model."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of them said."""

    speaker: Speaker
    text: str


class CompletionEnd(StrEnum):
    """Why an answer ended."""

    COMPLETE = "complete"
    CUT = "cut"
    """It has as many tokens as it may have, and would have gone on."""
    REFUSED = "refused"
    """The vendor held it back, or the model would not answer."""
    UNKNOWN = "unknown"
    """A word that this version does not know: look at `vendor_ending`."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What an answer was counted as, in tokens."""

    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer. `id` has the vendor's name before it, `model` is the vendor's word for what answered."""

    id: str
    text: str
    ending: CompletionEnd
    vendor_ending: str
    usage: TokenUsage
    model: str


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of an answer, as it comes."""

    text: str


CompletionPart = TextPiece | Completion
"""What a streamed answer is made of: pieces, and in the end the whole of it."""


class Completions(Protocol):
    """The port for answers of language models.

    `tokens_max` is how many tokens an answer may have. `key` is the idempotency key: the app's own name for this very
    question; the same key with the same question is asked, and paid for, once.
    """

    async def complete(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> Completion:
        """Get a whole answer."""
        ...

    def stream(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> AsyncIterator[CompletionPart]:
        """Get an answer piece by piece; the last part is the Completion.

        Raises OutcomeUnknown where it breaks off: what has come is no whole answer, and may have been paid for.
        """
        ...
