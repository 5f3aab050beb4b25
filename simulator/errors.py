"""What the vendor says when it refuses: one constructor for each refusal, in the payments vendor's published words.

The sentences are ours; the types, codes and statuses are the vendor's (its error and error-code reference). Who
refuses, and why, is decided elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class VendorError(Exception):
    """A refusal. `fields` is what stands inside the envelope; `headers` go with the answer."""

    def __init__(self, status: int, fields: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(fields.get("message", ""))
        self.status = status
        self.fields = dict(fields)
        self.headers = dict(headers or {})


def _error(status: int, message: str, *, kind: str = "invalid_request_error", **fields: str | None) -> VendorError:
    said = {name: value for name, value in fields.items() if value is not None}
    return VendorError(status, {**said, "message": message, "type": kind})


def enclosed(envelope: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a refusal: `fields` at the JSON Pointer `envelope`, like `/error`."""
    body: dict[str, Any] = dict(fields)
    for name in reversed([part for part in envelope.split("/") if part]):
        body = {name: body}
    return body


def _listed(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def unknown_parameters(names: Sequence[str]) -> VendorError:
    """A parameter that the operation does not have."""
    plural = "s" if len(names) > 1 else ""
    message = f"Received unknown parameter{plural}: {', '.join(names)}"
    return _error(400, message, code="parameter_unknown", param=names[0])


def missing_parameter(name: str) -> VendorError:
    """A required parameter was left out."""
    return _error(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def empty_parameter(name: str) -> VendorError:
    """A required parameter was given without a value."""
    return _error(400, f"An empty string was passed for {name!r}.", code="parameter_invalid_empty", param=name)


def not_an_integer(name: str, value: object) -> VendorError:
    """Something else stands where an integer must."""
    return _error(400, f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)


def out_of_range(name: str, *, least: int | None = None, most: int | None = None) -> VendorError:
    """An integer beyond its bounds."""
    bound = f"greater than or equal to {least}" if least is not None else f"less than or equal to {most}"
    return _error(400, f"This value must be {bound}.", code="parameter_invalid_integer", param=name)


def not_among(name: str, allowed: Sequence[str]) -> VendorError:
    """A value that the enumeration does not have."""
    values = [value for value in allowed if value]
    return _error(400, f"Invalid {name}: must be one of {_listed(values)}", param=name)


def malformed(name: str, wanted: str, value: object) -> VendorError:
    """A value of the wrong type."""
    shown = "{…}" if isinstance(value, dict | list) else str(value)[:100]
    return _error(400, f"Invalid {wanted}: {shown}", param=name)


def no_such(kind: str, identifier: str, param: str, *, status: int = 404) -> VendorError:
    """An id that names nothing: 404 where the path names it, 400 where a parameter does."""
    return _error(status, f"No such {kind}: {identifier!r}", code="resource_missing", param=param)


def no_such_url(method: str, path: str) -> VendorError:
    """No operation has this method and path."""
    return _error(404, f"Unrecognized request URL ({method}: {path}). Check the path and the method.")


def no_key() -> VendorError:
    """No credential at all."""
    return _error(401, "You did not provide an API key. Send it as a bearer token, or as the user of basic auth.")


def wrong_key(key: str) -> VendorError:
    """A credential that is not ours. Only its last four characters are repeated, as the vendor does."""
    shown = "*" * min(max(len(key) - 4, 4), 24) + (key[-4:] if len(key) > 12 else "")
    return _error(401, f"Invalid API Key provided: {shown}")


def too_many(reason_header: str | None, reason: str) -> VendorError:
    """The rate limit refused it: not executed."""
    refused = _error(429, "Too many requests were made too quickly.", code="rate_limit")
    if reason_header:
        refused.headers[reason_header] = reason
    return refused


def locked(hint_header: str | None) -> VendorError:
    """Another request holds the object: not executed, and no matter of quota."""
    refused = _error(429, "Another request is using this object. Try again.", code="lock_timeout")
    if hint_header:
        refused.headers[hint_header] = "true"
    return refused


def key_too_long(limit: int) -> VendorError:
    """An idempotency key beyond the vendor's limit."""
    return _error(400, f"An idempotency key has at most {limit} characters.", kind="idempotency_error")


def key_in_use(hint_header: str | None) -> VendorError:
    """A request under this key is still running."""
    message = "Another request with this idempotency key is still running."
    refused = _error(409, message, kind="idempotency_error", code="idempotency_key_in_use")
    if hint_header:
        refused.headers[hint_header] = "true"
    return refused


def key_reused(key: str) -> VendorError:
    """The key was first used for another request."""
    message = f"Keys for idempotent requests can only be used with the same parameters they were first used with: {key}"
    return _error(400, message, kind="idempotency_error")


def server_error(status: int) -> VendorError:
    """The vendor failed on its own."""
    return _error(status, "Something went wrong on the vendor's side.", kind="api_error")


def unsound(reason: str) -> VendorError:
    """The document cannot be read where it describes this operation."""
    return _error(501, f"This operation cannot be simulated. {reason}", kind="api_error")


def wrong_media(given: str, wanted: Sequence[str]) -> VendorError:
    """A body of a type that the operation does not take."""
    return _error(400, f"Invalid request: the body is {given}, and must be {_listed(wanted)}.")


def too_large(limit_bytes: int) -> VendorError:
    """The body is too big."""
    return _error(413, f"The request body is larger than {limit_bytes} bytes.")


def declined(code: str, decline_code: str, charge: str, message: str) -> VendorError:
    """The card was declined."""
    return _error(402, message, kind="card_error", code=code, decline_code=decline_code, charge=charge)


def unexpected_state(kind: str, action: str, status: str, allowed: Sequence[str]) -> VendorError:
    """The object cannot make this move now."""
    message = f"This {kind} cannot be changed by {action}: its status is {status}, and must be {_listed(allowed)}."
    return _error(400, message, code=f"{kind}_unexpected_state")


def refused(message: str, *, code: str | None = None, param: str | None = None) -> VendorError:
    """Any other 400."""
    return _error(400, message, code=code, param=param)
