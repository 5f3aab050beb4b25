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
    "outdated",
    "already-exists",
    "unexpected-state",
    "declined",
    "refused",
    "media",
    "too-large",
    "server-error",
    "unsound",
]
"""The reason for a refusal. One that a file does not word takes the words of the wider one (`WIDER`)."""

WHEN: dict[Reason, str] = {
    "unknown-parameter": "a field that the document does not have",
    "missing-parameter": "a field that must be there is not",
    "empty-parameter": "a field that must be there is empty",
    "invalid-integer": "a number is none",
    "invalid-choice": "a value is not among those that are listed",
    "invalid-parameter": "a value has not the form that it must have",
    "missing-reference": "the id of an object that does not exist, in a field",
    "no-route": "there is no such path",
    "no-method": "there is such a path, and not with this method",
    "not-found": "the object of the path does not exist",
    "no-key": "the request has no credential",
    "wrong-key": "its credential is not the one",
    "expired-token": "its credential is no longer good",
    "forbidden": "its credential may not do this",
    "wrong-region": "it came to the address of another region",
    "throttled": "too many requests",
    "exhausted": "a quota is used up",
    "locked": "another request has the object",
    "key-missing": "an idempotency key must be there and is not",
    "key-invalid": "an idempotency key that is none",
    "key-in-use": "the first request under the key is still running",
    "key-mismatch": "the key was used for another request",
    "precondition-failed": "the object is not the one that If-Match names",
    "outdated": "the object has a newer revision than the one that was sent",
    "already-exists": "an object with this id is there already",
    "unexpected-state": "the object is not in a state for this",
    "declined": "the payment was declined",
    "refused": "the request makes no sense for another reason",
    "media": "the body's media type is not taken",
    "too-large": "the body is too large",
    "server-error": "the vendor fails",
    "unsound": "the document is unsound at this place, and the simulator has no answer",
}
"""When a request is refused for each reason, for docs/vendor-file.md."""

WIDER: dict[Reason, Reason] = {
    "unknown-parameter": "invalid-parameter",
    "missing-parameter": "invalid-parameter",
    "empty-parameter": "missing-parameter",
    "invalid-integer": "invalid-parameter",
    "invalid-choice": "invalid-parameter",
    "missing-reference": "invalid-parameter",
    "media": "refused",
    "invalid-parameter": "refused",
    "outdated": "unexpected-state",
    "already-exists": "refused",
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
    operations: tuple[str, ...] = ()
    """The operations that refuse so, by their ids; all of them where none is named."""
