"""Refusals of the vendor: one constructor for each, with its reason and a plain sentence. No vendor by name.

How a reason is written (status, codes, body) is the matter of the vendor file and simulator.answer.error_envelope. What
is refused is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.vendor.refusal_facts import Reason

STATUSES: Mapping[Reason, tuple[int, ...]] = {
    "unknown-parameter": (400, 422),
    "missing-parameter": (400, 422),
    "empty-parameter": (400, 422),
    "invalid-integer": (400, 422),
    "invalid-choice": (400, 422),
    "invalid-parameter": (400, 422),
    "missing-reference": (400, 422, 404),
    "not-found": (404, 410, 400),
    "no-route": (404,),
    "no-method": (405, 404),
    "no-key": (401, 403),
    "wrong-key": (401, 403),
    "expired-token": (401, 403),
    "forbidden": (403, 401),
    "wrong-region": (403, 404),
    "throttled": (429, 503, 403),
    "exhausted": (429, 403),
    "locked": (429, 409, 423),
    "key-missing": (400, 428),
    "key-invalid": (400, 422),
    "key-in-use": (409,),
    "key-mismatch": (422, 400),
    "precondition-failed": (412,),
    "outdated": (409, 412),
    "already-exists": (409, 422, 400),
    "unexpected-state": (409, 400, 422),
    "declined": (402, 422, 400),
    "refused": (400, 422),
    "media": (415, 400),
    "too-large": (413, 400),
    "server-error": (500, 503),
    "unsound": (501, 500),
}
"""The usual statuses of each reason, the most usual first."""


class VendorError(Exception):
    """A refusal. `details` are values for the places of the vendor's body, like `param`; `headers` go with the answer.

    `status` is set where the raiser knows it better than the reason. `fields` is the whole error object where the
    vendor's dialect has one of its own, and `about` names the object that the refusal is about.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        status: int | None = None,
        fields: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **details: object,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.given_status = status
        self.fields = fields
        self.headers = dict(headers or {})
        self.details = {name: value for name, value in details.items() if value is not None}
        self.about: dict[str, Any] = {}

    @property
    def status(self) -> int:
        """The status where the vendor has no other for it."""
        return self.given_status or STATUSES[self.reason][0]


def _listed(values: Sequence[str]) -> str:
    return str(values[0]) if len(values) == 1 else f"{', '.join(map(str, values[:-1]))} or {values[-1]}"


def unknown_parameters(names: Sequence[str]) -> VendorError:
    """A parameter that the operation does not have."""
    plural = "s" if len(names) > 1 else ""
    message = f"Received unknown parameter{plural}: {', '.join(names)}"
    return VendorError("unknown-parameter", message, param=names[0])


def missing_parameter(name: str) -> VendorError:
    """A required parameter was left out."""
    return VendorError("missing-parameter", f"Missing required param: {name}.", param=name)


def empty_parameter(name: str) -> VendorError:
    """A required parameter was given without a value."""
    return VendorError("empty-parameter", f"An empty string was passed for {name!r}.", param=name)


def not_an_integer(name: str, value: object) -> VendorError:
    """Something else stands where an integer must."""
    return VendorError("invalid-integer", f"Invalid integer: {value}", param=name)


def out_of_range(name: str, *, least: float | None = None, most: float | None = None) -> VendorError:
    """An integer beyond its bounds."""
    bound = f"greater than or equal to {least}" if least is not None else f"less than or equal to {most}"
    return VendorError("invalid-integer", f"This value must be {bound}.", param=name)


def not_among(name: str, allowed: Sequence[str]) -> VendorError:
    """A value that the enumeration does not have."""
    values = [value for value in allowed if value not in ("", None)]
    wanted = f"one of {_listed(values)}" if values else "empty"
    return VendorError("invalid-choice", f"Invalid {name}: must be {wanted}", param=name)


def malformed(name: str, wanted: str, value: object) -> VendorError:
    """A value of the wrong type."""
    shown = "{…}" if isinstance(value, dict | list) else str(value)[:100]
    return VendorError("invalid-parameter", f"Invalid {wanted}: {shown}", param=name)


def no_such(kind: str, identifier: str, param: str, *, status: int = 404) -> VendorError:
    """An id that names nothing: 404 where the path names it, 400 where a parameter does."""
    reason: Reason = "not-found" if status == 404 else "missing-reference"
    return VendorError(reason, f"No such {kind}: {identifier!r}", kind=kind, id=identifier, param=param)


def no_such_url(method: str, path: str) -> VendorError:
    """No operation has this method and path."""
    return VendorError("no-route", f"Unrecognized request URL ({method}: {path}). Check the path and the method.")


def no_such_method(method: str, path: str, allowed: Sequence[str]) -> VendorError:
    """The path has operations, and none with this method. RFC 9110 §15.5.6 wants them listed."""
    message = f"Unrecognized request URL ({method}: {path}). This path takes {', '.join(allowed)}."
    return VendorError("no-method", message, headers={"Allow": ", ".join(allowed)})


def no_key() -> VendorError:
    """No credential at all."""
    message = "You did not provide an API key. Send it as a bearer token, or as the user of basic auth."
    return VendorError("no-key", message)


def no_credential(ways: str) -> VendorError:
    """No credential at all; `ways` are the places where the document wants one."""
    return VendorError("no-key", f"You did not provide a credential. Send {ways}.")


def wrong_key(key: str) -> VendorError:
    """A credential that is not ours. Only its last four characters are repeated, as vendors do."""
    shown = "*" * min(max(len(key) - 4, 4), 24) + (key[-4:] if len(key) > 12 else "")
    return VendorError("wrong-key", f"Invalid API Key provided: {shown}")


def expired_token() -> VendorError:
    """A token that was good once."""
    return VendorError("expired-token", "The access token has expired.")


def forbidden(scope: str) -> VendorError:
    """A credential that may do other things, and not this."""
    return VendorError("forbidden", f"This credential lacks a scope that the operation needs: {scope}.", scope=scope)


def wrong_region(region: str, home: str) -> VendorError:
    """A host of another region than the one that holds the account."""
    message = f"This account belongs to the region {home}, and this host to {region}."
    return VendorError("wrong-region", message, region=home, asked_region=region)


def too_many(reason_header: str | None, reason: str) -> VendorError:
    """The rate limit refused it: not executed."""
    headers = {reason_header: reason} if reason_header else {}
    return VendorError("throttled", "Too many requests were made too quickly.", headers=headers)


def exhausted() -> VendorError:
    """The paid quota is used up: waiting does not help."""
    return VendorError("exhausted", "You exceeded your current quota. Check your plan.")


def locked(hint_header: str | None) -> VendorError:
    """Another request holds the object: not executed, and no matter of quota."""
    return VendorError("locked", "Another request is using this object. Try again.", headers=_hint(hint_header))


def _hint(header: str | None) -> dict[str, str]:
    """The header that tells that a resend makes sense, where the vendor has one."""
    return {header: "true"} if header else {}


def key_missing(name: str) -> VendorError:
    """The vendor wants an idempotency key for this operation, in this header or field of the body."""
    return VendorError("key-missing", f"The idempotency key is missing: {name}.", param=name)


def key_too_long(limit: int) -> VendorError:
    """An idempotency key beyond the vendor's limit."""
    return VendorError("key-invalid", f"An idempotency key has at most {limit} characters.")


def key_in_use(hint_header: str | None) -> VendorError:
    """A request under this key is still running."""
    message = "Another request with this idempotency key is still running."
    return VendorError("key-in-use", message, headers=_hint(hint_header))


def key_reused(key: str) -> VendorError:
    """The key was first used for another request."""
    message = f"Keys for idempotent requests can only be used with the same parameters they were first used with: {key}"
    return VendorError("key-mismatch", message)


def there_already() -> VendorError:
    """The request was for what is not there yet, or has another entity tag (RFC 9110 §13.1.2)."""
    return VendorError("precondition-failed", "The object is there already, as If-None-Match says it must not be.")


def changed_meanwhile() -> VendorError:
    """The object is no longer the one that the request's condition speaks of."""
    return VendorError("precondition-failed", "The resource has changed since the given version.")


def outdated(kind: str, known: int, given: int) -> VendorError:
    """The object has a newer revision than the request."""
    return VendorError("outdated", f"This {kind} is at revision {known}; {given} is older.")


def server_error(status: int) -> VendorError:
    """The vendor failed on its own."""
    return VendorError("server-error", "Something went wrong on the vendor's side.", status=status)


def unforeseen(operation: str, cause: Exception) -> VendorError:
    """The document asks for something that nobody foresaw: one operation is lost by it, and told."""
    message = f"D027 {operation or 'this request'} cannot be played: {type(cause).__name__}: {str(cause)[:200]}"
    return VendorError("unsound", message, fields={"code": "unsound", "message": message})


def unsound(reason: str) -> VendorError:
    """The document cannot be read where it describes this operation."""
    return VendorError("unsound", f"This operation cannot be simulated. {reason}")


def wrong_media(given: str, wanted: Sequence[str]) -> VendorError:
    """A body of a type that the operation does not take."""
    return VendorError("media", f"Invalid request: the body is {given}, and must be {_listed(wanted)}.")


def not_acceptable(accept: str, offered: Sequence[str]) -> VendorError:
    """The client takes no media type that there is (RFC 9110 §15.5.7)."""
    return VendorError("refused", f"The answer is {_listed(offered)}, and not {accept[:200]}.", status=406)


def too_large(limit_bytes: int) -> VendorError:
    """The body is too big."""
    return VendorError("too-large", f"The request body is larger than {limit_bytes} bytes.")


def no_room(size: int, room: int) -> VendorError:
    """A file that the vendor has no room for."""
    return VendorError(
        "too-large", f"The file has {size} bytes, and there is room for {room}. Delete other files first."
    )


def declined(code: str, decline_code: str, charge: str, message: str) -> VendorError:
    """The card was declined."""
    return VendorError("declined", message, code=code, decline_code=decline_code, charge=charge)


def unexpected_state(kind: str, action: str, status: str, allowed: Sequence[str]) -> VendorError:
    """The object cannot make this move now."""
    message = f"This {kind} cannot be changed by {action}: its status is {status}, and must be {_listed(allowed)}."
    return VendorError("unexpected-state", message, kind=kind)


def already_exists(kind: str, identifier: object, param: str | None) -> VendorError:
    """An object with this id is there."""
    return VendorError("already-exists", f"{kind} {identifier!r} is there already", kind=kind, param=param)


def refused(message: str, *, code: str | None = None, param: str | None = None) -> VendorError:
    """Any other fault of the request's."""
    return VendorError("refused", message, code=code, param=param)
