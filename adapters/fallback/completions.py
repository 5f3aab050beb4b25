"""Answers of language models at several vendors: the next one is asked wherever the first gave none.

An answer changes nothing, so that one in doubt is asked for elsewhere: at worst it is paid for twice. A stream of which
a piece has come is not begun again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from tidegate.adapters.fallback.choice import AWAY, FallbackPolicy, carried_out
from tidegate.adapters.fallback.decisions import DecisionBook
from tidegate.adapters.ports.completions import Completion, CompletionPart, Completions, Turn
from tidegate.adapters.ports.failures import OutcomeUnknown, VendorFailure

POLICY: Final = FallbackPolicy(in_doubt=True)


class FallbackCompletions:
    """See tidegate.adapters.ports.completions.Completions. `vendors` are the adapters by their names, in order."""

    def __init__(self, vendors: Mapping[str, Completions], decisions: DecisionBook) -> None:
        if not vendors:
            raise ValueError("a port has a vendor at least")
        self._vendors = dict(vendors)
        self._decisions = decisions

    async def complete(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> Completion:
        """See Completions.complete."""
        return await carried_out(
            key, self._vendors, self._decisions,
            lambda _, vendor: vendor.complete(conversation, tokens_max=tokens_max, key=key), POLICY,
        )  # fmt: skip

    async def stream(self, conversation: Sequence[Turn], *, tokens_max: int, key: str) -> AsyncIterator[CompletionPart]:
        """See Completions.stream."""
        missed: VendorFailure | None = None
        for vendor in self._vendors.values():
            begun = False
            try:
                async for part in vendor.stream(conversation, tokens_max=tokens_max, key=key):
                    begun = True
                    yield part
            except (*AWAY, OutcomeUnknown) as failure:
                if begun:
                    raise
                missed = failure
            else:
                return
        assert missed is not None
        raise missed
