"""The way from an adapter to a vendor: one request to Tidegate's gateway, and what came of it.

Knows the address, the app's token, the key's header, the connection's failures and Tidegate's own problems (RFC 9457).
Knows no vendor: an answer of the vendor's is handed on as it is. It sends each request once: retries are Tidegate's.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

import aiohttp

from tidegate.adapters.event_stream import EVENT_CHARS_MAX, EventReader, EventTooLong
from tidegate.adapters.fields import FieldError, parse
from tidegate.adapters.gateway_problems import GatewayProblem, failure_of
from tidegate.adapters.ports.failures import (
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.request_content import form_content, json_content
from tidegate.adapters.request_pairs import request_pairs
from tidegate.problems import TYPE_PREFIX

FORM: Final = "application/x-www-form-urlencoded"
PROBLEM_JSON: Final = "application/problem+json"
EVENT_STREAM: Final = "text/event-stream"
BODY_BYTES_MAX: Final = 16 * 1024 * 1024
"""A longer answer is not read to its end: it breaks the contract."""
KEY_CHARS_MAX: Final = 255
READS: Final = frozenset(("GET", "HEAD"))

Pairs = Mapping[str, str]
JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """An answer of the vendor's. `retry_after_s` is from Retry-After in whole seconds, None where there is none."""

    status: int
    body: bytes
    call_id: str
    retry_after_s: float | None
    reads: bool
    """True where the request could change nothing, so that a failure leaves no doubt behind."""
    record_url: str = ""
    """Of a write that Tidegate has accepted, to carry it out later: where its record is. Else empty."""
    replayed: bool = False
    """True for the answer to an earlier request under the same key."""
    headers: Pairs = field(default_factory=dict)
    """The answer's headers, for what a vendor says there alone. Names are found in any case."""


class Gateway:
    """One vendor as reached through Tidegate.

    `base_url` is the gateway's address with the vendor's name (`http://127.0.0.1:8080/stripe`), `token` the app's own
    Tidegate token, `budget_s` the seconds that a call may take (Tidegate's own default where it is None). The token
    goes where the vendor's own key would be: `key_header` is the header for it, where that is not `Authorization`. The
    session is the caller's: it makes it and closes it, and its timeout must be longer than the budget.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        token: str,
        *,
        key_header: str = "Authorization",
        budget_s: float | None = None,
    ) -> None:
        self._session = session
        self._base = _checked_base(base_url)
        _check_token(token)
        self._own_headers = {"Authorization": f"Bearer {token}", "Accept": f"application/json, {PROBLEM_JSON}"}
        key = f"Bearer {token}" if key_header == "Authorization" else token
        self._headers = {key_header: key, "Accept": self._own_headers["Accept"]}
        if budget_s is not None:
            self._headers["Tidegate-Timeout"] = f"{budget_s:.3f}"

    async def get(self, path: str, query: Pairs | None = None) -> GatewayResponse:
        """Read. `path` is the vendor's own, with its parts escaped by `segment`."""
        target = f"{path}?{urlencode(query)}" if query else path
        return await self._send("GET", self._base + target, dict(self._headers), None)

    async def read(self, url: str) -> GatewayResponse:
        """Read an address of Tidegate's own, like that of a record. Raises Misconfigured for one of anybody else's."""
        if not url.startswith(urljoin(self._base, "/_tidegate/")):  # our token is for nobody else
            raise Misconfigured(f"{url!r} is not an address of the Tidegate at {self._base}")
        return await self._send("GET", url, dict(self._own_headers), None)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        document: object = None,
        form: Mapping[str, object] | None = None,
        headers: Pairs | None = None,
        key: str = "",
    ) -> GatewayResponse:
        """Any request, with a JSON document or a form as body, or with none. A write has an idempotency key.

        Lists and objects of query and form are written as `request_pairs` does; what is None is left out.
        """
        sent = {**(headers or {}), **self._headers}
        if key:
            sent["Idempotency-Key"] = checked_key(key)
        body = None
        if form is not None:
            sent["Content-Type"], body = FORM, form_content(request_pairs(form))
        elif document is not None:
            sent["Content-Type"], body = "application/json", json_content(document)
        pairs = request_pairs(query or {})
        target = f"{path}{'&' if '?' in path else '?'}{urlencode(pairs)}" if pairs else path
        return await self._send(method, self._base + target, sent, body)

    async def post_form(self, path: str, form: Pairs, *, key: str) -> GatewayResponse:
        """Write, with a form as body, under an idempotency key."""
        headers = {**self._headers, "Idempotency-Key": checked_key(key), "Content-Type": FORM}
        return await self._send("POST", self._base + path, headers, form_content(form))

    async def post_json(self, path: str, document: JsonObject, *, key: str, trace: str = "") -> GatewayResponse:
        """Post a JSON document, under an idempotency key. `trace` is a traceparent (W3C Trace Context), or empty."""
        return await self._write_json("POST", path, document, key, trace)

    async def put_json(self, path: str, document: JsonObject, *, key: str, trace: str = "") -> GatewayResponse:
        """Put a JSON document, under an idempotency key."""
        return await self._write_json("PUT", path, document, key, trace)

    async def patch_json(self, path: str, document: JsonObject, *, key: str, trace: str = "") -> GatewayResponse:
        """Patch with a JSON document, under an idempotency key."""
        return await self._write_json("PATCH", path, document, key, trace)

    async def _write_json(self, method: str, path: str, document: JsonObject, key: str, trace: str) -> GatewayResponse:
        headers = {**self._headers, "Idempotency-Key": checked_key(key), "Content-Type": "application/json"}
        if trace:
            headers["traceparent"] = trace
        return await self._send(method, self._base + path, headers, json_content(document))

    async def stream_json(
        self, path: str, document: JsonObject, *, key: str, failure_of: Callable[[GatewayResponse], VendorFailure]
    ) -> AsyncIterator[str]:
        """Post a JSON document and read the answer as server-sent events: the data of each, as it comes.

        Raises `failure_of` an answer without success. Raises OutcomeUnknown where the stream breaks off; whether it
        came to its end without being broken is for the caller to see, by the vendor's own last event.
        """
        headers = {**self._headers, "Idempotency-Key": checked_key(key), "Content-Type": "application/json"}
        headers["Accept"] = f"text/event-stream, {self._own_headers['Accept']}"
        body, url, call_id = json_content(document), self._base + path, ""
        try:
            async with self._session.request(
                "POST", url, headers=headers, data=body, allow_redirects=False
            ) as response:
                if not response.ok or response.content_type != EVENT_STREAM:
                    answer = self._answered(response, await _read(response, applied=response.ok), writes=True)
                    raise failure_of(answer)
                reader, call_id = EventReader(), response.headers.get("Tidegate-Call", "")
                async for part in response.content.iter_any():
                    for data in reader.feed(part):
                        yield data
        except EventTooLong:
            expected = f"events of at most {EVENT_CHARS_MAX} characters"
            raise VendorContractBroken("", expected, found="a longer one", applied=True, call_id=call_id) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable(f"Tidegate cannot be reached at {self._base}.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _lost(error, writes=True) from error

    async def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> GatewayResponse:
        """One request. Raises a VendorFailure where there is no answer of the vendor's."""
        writes = method not in READS
        try:
            async with self._session.request(
                method, url, headers=headers, data=body, allow_redirects=False
            ) as response:
                content = await _read(response, applied=writes and response.ok)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # No connection was made, so nothing was sent: not even a write is in doubt.
            raise Unavailable(f"Tidegate cannot be reached at {self._base}.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The request may have left us, whole or in part.
            raise _lost(error, writes=writes) from error
        return self._answered(response, content, writes=writes)

    def _answered(self, response: aiohttp.ClientResponse, content: bytes, *, writes: bool) -> GatewayResponse:
        """The vendor's answer. Raises a VendorFailure where it is Tidegate's own refusal."""
        call_id, retry_after_s = response.headers.get("Tidegate-Call", ""), _seconds(response.headers)
        if response.content_type == PROBLEM_JSON:
            problem = self._problem(content, call_id, retry_after_s, writes=writes)
            # A vendor may speak RFC 9457 too: only a type of Tidegate's is a refusal of Tidegate's.
            if problem is not None:
                raise failure_of(problem)
        record_url = self._link(response.headers.get("Location", "")) if _is_deferred(response) else ""
        replayed = response.headers.get("Idempotency-Replayed") == "true"
        return GatewayResponse(
            response.status, content, call_id, retry_after_s, not writes, record_url, replayed, response.headers
        )

    def _problem(
        self, body: bytes, call_id: str, retry_after_s: float | None, *, writes: bool
    ) -> GatewayProblem | None:
        """Tidegate's problem in a body; None where it is the vendor's own, or unreadable."""
        try:
            fields = parse(body)
            kind, detail, instance = (fields.maybe_text(name) for name in ("type", "detail", "instance"))
        except FieldError:
            return None
        if not kind.startswith(TYPE_PREFIX):
            return None
        name = kind.removeprefix(TYPE_PREFIX)
        return GatewayProblem(name, detail or name, call_id, retry_after_s, self._link(instance), writes)

    def _link(self, instance: str) -> str:
        """`instance` is a reference relative to the gateway (RFC 9457 §3.1.5)."""
        try:
            return urljoin(self._base, instance) if instance else ""
        except ValueError:
            return ""


def _checked_base(base_url: str) -> str:
    """The address without a slash at its end. Raises Misconfigured where it is none."""
    if not _is_address(base_url):
        raise Misconfigured(
            "The base URL must be Tidegate's address and the vendor's name, like http://127.0.0.1:8080/stripe"
        )
    return base_url.rstrip("/")


def _is_address(base_url: str) -> bool:
    try:
        parts = urlsplit(base_url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = base_url.isascii() and base_url.isprintable() and not any(char in base_url for char in " ?#\\@")
    return named and plain and parts.scheme in ("http", "https")


def _check_token(token: str) -> None:
    """Raises Misconfigured for what cannot stand in a header; the token itself is not shown."""
    if not token or not all("!" <= char <= "~" for char in token):
        raise Misconfigured("The app's token must be visible ASCII characters without blanks, one at least")


def segment(value: str, *, field: str) -> str:
    """One segment of a path. Raises Rejected for what could change the path's meaning."""
    if not value or value in (".", "..") or not value.isascii() or not value.isprintable():
        raise Rejected(f"{field} is no id", field=field)
    return quote(value, safe="")


def checked_key(key: str) -> str:
    """An idempotency key as it may stand in a header: 1 to 255 visible ASCII characters. Raises Rejected."""
    if not 0 < len(key) <= KEY_CHARS_MAX or not all("!" <= char <= "~" for char in key):
        raise Rejected(f"a key has 1 to {KEY_CHARS_MAX} visible ASCII characters", field="key")
    return key


def _is_deferred(response: aiohttp.ClientResponse) -> bool:
    """True where the 202 is Tidegate's own: to a vendor's it adds the status that it received (RFC 9209 §2.1.4)."""
    return response.status == 202 and response.headers.get("Proxy-Status") == "tidegate"


async def _read(response: aiohttp.ClientResponse, *, applied: bool) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(65_536):
        parts.append(part)
        size += len(part)
        if size > BODY_BYTES_MAX:
            call_id = response.headers.get("Tidegate-Call", "")
            expected = f"at most {BODY_BYTES_MAX} bytes"
            raise VendorContractBroken("", expected, found="more", applied=applied, call_id=call_id)
    return b"".join(parts)


def _lost(error: BaseException, *, writes: bool) -> VendorFailure:
    """The request may have left us, and there is no whole answer."""
    late = isinstance(error, TimeoutError)
    what = "Tidegate did not answer in time" if late else "The connection to Tidegate was lost"
    if writes:
        return OutcomeUnknown(f"{what}; the write may have happened. Repeat it under the same key.")
    return Unavailable(f"{what}.")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Retry-After where it is a number of seconds. Tidegate writes no other form; a vendor's date is left alone."""
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.isdecimal() and value.isascii() and len(value) < 10 else None
