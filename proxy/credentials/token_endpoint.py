"""Asks a vendor's token endpoint (RFC 6749 §3.2) for a token, once each time it is told to.

It has connections of its own, outside the vendor's breaker and limits, and its own bounds. When to ask, and what
follows from an answer, is decided in tidegate.proxy.policies.credentials.
"""

import base64
from collections.abc import Callable
from urllib.parse import quote_plus, urlencode

import orjson

from tidegate.content_coding import coding_of, decoded
from tidegate.proxy.credentials.client_assertion import TYPE, ClientAssertion
from tidegate.proxy.policies.credentials.token_answer import NoGrant, TokenGrant, read_answer
from tidegate.proxy.policies.dialects.dialect_reader import retry_after_s
from tidegate.proxy.wire.exchange_errors import NoAnswer, NotSent
from tidegate.proxy.wire.transport import Timers, Transport, VendorAnswer
from tidegate.redaction.secret import Secret
from tidegate.vendor.auth_facts import OAuth
from tidegate.vendor.token_facts import TokenRequest
from tidegate.world.world import World

CONNECT_S, FIRST_BYTE_S, IDLE_S, TOTAL_S = 3.0, 8.0, 3.0, 10.0
"""Of one request. A lease on the renewal is at least twice the last."""
ANSWER_BYTES_MAX = 256 * 1024


class TokenEndpoint:
    """One vendor's token endpoint, asked as one client. `host` is the value of the Host header."""

    def __init__(
        self,
        world: World,
        oauth: OAuth,
        request: TokenRequest,
        transport: Transport,
        *,
        host: str,
        secret: Callable[[], Secret],
        assertion: ClientAssertion | None = None,
    ) -> None:
        self._world, self._request, self._transport = world, request, transport
        self._secret, self._assertion = secret, assertion
        self._head = (
            f"POST {oauth.token} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )

    async def ask(self, refresh: Secret | None = None) -> TokenGrant | NoGrant:
        """A token, by the refresh token where there is one. Never raises for what the vendor does or fails to do."""
        body, headers = self._written(refresh)
        head = f"{self._head}{headers}Content-Length: {len(body)}\r\n\r\n"
        ends = self._world.now() + TOTAL_S
        timers = Timers(CONNECT_S, FIRST_BYTE_S, IDLE_S, TOTAL_S)
        try:
            # On a connection that was never used: a rotating refresh token must not meet one that the vendor closes.
            answer = await self._transport.exchange(head.encode() + body, method="POST", idle_max_s=0.0, timers=timers)
            body = await self._body(answer, ends)
        except (NotSent, NoAnswer) as error:
            return NoGrant("transient", f"the token endpoint: {error}")
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        said = answer.headers.get("Retry-After", "")
        after_s = retry_after_s(said, answer.headers.get("Date"), self._world.wall())
        return read_answer(answer.status, document, after_s or 0.0)

    async def close(self) -> None:
        """Close its connections."""
        await self._transport.close()

    async def _body(self, answer: VendorAnswer, ends: float) -> bytes:
        if answer.tunnel is not None:
            answer.tunnel.close()
            return b""
        body, whole = answer.body, True
        if answer.rest is not None:
            try:
                body, whole = await answer.rest.gather(IDLE_S, ends, ANSWER_BYTES_MAX)
            finally:
                answer.rest.close()
        # Some vendors' edges code an answer whether anybody can read it or not.
        return (whole and decoded(body, coding_of(answer.headers), ANSWER_BYTES_MAX)) or b""

    def _written(self, refresh: Secret | None) -> tuple[bytes, str]:
        """The form, and the header lines that go with it."""
        request = self._request
        form = {"grant_type": "refresh_token" if refresh is not None else "client_credentials"}
        if refresh is not None:
            form["refresh_token"] = refresh.reveal()
        for name in ("scope", "resource", "audience"):
            value = getattr(request, name)
            # A refresh without a scope asks for what was agreed to (RFC 6749 §6).
            if value is not None and not (name == "scope" and refresh is not None):
                form[name] = value
        lines = ""
        match request.client_auth:
            case "basic":  # RFC 6749 §2.3.1: both are form-encoded before they are joined
                pair = f"{quote_plus(request.client_id)}:{quote_plus(self._secret().reveal())}"
                lines = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
            case "post":
                form |= {"client_id": request.client_id, "client_secret": self._secret().reveal()}
            case "private_key_jwt":
                assert self._assertion is not None
                form |= {
                    "client_id": request.client_id,
                    "client_assertion_type": TYPE,
                    "client_assertion": self._assertion.made(self._world.wall()),
                }
            case _:  # a certificate on the connection, or nothing
                form["client_id"] = request.client_id
        return urlencode(form).encode(), lines
