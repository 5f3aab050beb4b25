"""One webhook, or one event of a streamed answer, that an adapter expects: an asynchronous message (V4) of Pact's.

Knows the Pact library's consumer side and no vendor. What the vendor is asked for so that it sends the webhook stands
in the last state, `A_REQUEST`; tidegate.contracts.message_source makes that request. Of several webhooks that follow,
`where` tells the one that is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pact import Pact

from tidegate.contracts.expectation import ProviderState

A_REQUEST: Final = "a request is made"
"""Its parameters: `method`, `path`, a `form` or a `json`, `headers`; `{id}` in them is the id of the state before.

With `stream` the messages are the events of its own answer.
"""

WHERE: Final = "webhook"
"""The group of references in which `where` stands in the file."""


@dataclass(frozen=True)
class MessageExpectation:
    """A webhook. `name` is unique in its file, `content` has what the adapter reads; values may be matchers.

    `where` has JSON Pointers into the body, each with the text that stands there, `*` for any.
    """

    name: str
    content: Any
    states: Sequence[ProviderState]
    where: Mapping[str, str] = field(default_factory=dict)

    def declare(self, pact: Pact) -> None:
        """Add this to a pact."""
        interaction = pact.upon_receiving(self.name, "Async")
        for state in self.states:
            interaction = interaction.given(state.name, **state.params)
        for pointer, text in self.where.items():
            interaction = interaction.add_external_reference(WHERE, pointer, text)
        interaction.with_body(self.content, content_type="application/json")


def requested(method: str, path: str, **content: Any) -> ProviderState:
    """The state in which the vendor was asked for something, by a `form` or a `json`, with `headers`."""
    return ProviderState(A_REQUEST, {"method": method, "path": path, **content})
