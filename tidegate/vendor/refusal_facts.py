"""The refusals of a vendor: for each reason a status, words, headers, and the body that carries them.

Facts only. The simulator refuses with a reason and says it in these words; what is left out it takes from the vendor's
document. The proxy does not read them.
"""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName

Reason = Literal[
    "unknown-parameter",
    "missing-parameter",
    "empty-parameter",
    "invalid-integer",
    "invalid-choice",
    "invalid-parameter",
    "missing-reference",
    "no-route",
    "no-method",
    "not-found",
    "no-key",
    "wrong-key",
    "expired-token",
    "forbidden",
    "wrong-region",
    "throttled",
    "exhausted",
    "locked",
    "key-missing",
    "key-invalid",
    "key-in-use",
    "key-mismatch",
    "precondition-failed",
    "unexpected-state",
    "declined",
    "refused",
    "media",
    "too-large",
    "server-error",
    "unsound",
]
"""The reason for a refusal. One that a file does not word takes the words of the wider one (`WIDER`)."""

WIDER: dict[Reason, Reason] = {
    "unknown-parameter": "invalid-parameter",
    "missing-parameter": "invalid-parameter",
    "empty-parameter": "missing-parameter",
    "invalid-integer": "invalid-parameter",
    "invalid-choice": "invalid-parameter",
    "missing-reference": "invalid-parameter",
    "media": "refused",
    "invalid-parameter": "refused",
    "unexpected-state": "refused",
    "key-missing": "refused",
    "key-invalid": "refused",
    "no-route": "not-found",
    "no-method": "no-route",
    "no-key": "wrong-key",
    "expired-token": "wrong-key",
    "exhausted": "throttled",
    "unsound": "server-error",
}


class Refusal(Block):
    """How one reason is said."""

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    """The status of the answer; a usual one for the reason where this is left out."""
    words: dict[str, object] = Field(default={})
    """Words for the body's places, over those for every reason."""
    body: object | None = None
    """A body of its own instead of the one for every reason."""
    headers: dict[HeaderName, str] = Field(default={})
    """Headers that go with it. Their texts may hold places, as the body's do."""
