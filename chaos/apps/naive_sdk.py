"""The opponent: what the official `stripe` SDK for Python does by itself, with its default settings.

Modelled from stripe-python 16.1 (`stripe/_http_client.py`, `stripe/_api_requestor.py`), and held to the real one by
tests/chaos/apps/test_naive_sdk.py, which counts the requests that both make to the same failing server. It exists
because the real SDK blocks a thread and so cannot live on a virtual clock. It is used on both sides of every
comparison: straight to the vendor, and through Tidegate.

- two network retries (the default of calls like `stripe.PaymentIntent.create`; a `StripeClient` that is given no
  `max_network_retries` makes none and would be the weaker opponent); waits of 0.5 s, doubled up to 5 s, with jitter;
- a new Idempotency-Key for each call that writes, kept through the call's own retries;
- the vendor's Stripe-Should-Retry decides; without it 409, 5xx and lost connections are retried, nothing else;
- an answer that breaks off in its body is an error that is not retried;
- 80 s to connect and between bytes.
"""

import random
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientPayloadError, ClientSession

NETWORK_RETRIES = 2
INITIAL_DELAY_S = 0.5
MAX_DELAY_S = 5.0
TIMEOUT_S = 80.0


@dataclass(frozen=True, slots=True)
class SdkResponse:
    """The vendor's, or the proxy's, whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ConnectionLost(Exception):
    """No whole answer came. The SDK calls it APIConnectionError. `final`: it is not worth a retry of the SDK's own."""

    def __init__(self, detail: str, *, final: bool) -> None:
        super().__init__(detail)
        self.final = final


class Sdk:
    """One SDK client. `key` is what the app was given as its API key; `sleep` and `rng` are the world's."""

    def __init__(
        self,
        session: ClientSession,
        base_url: str,
        key: str,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._authorization = f"Bearer {key}"
        self._rng = rng
        self._sleep = sleep

    async def call(self, method: Literal["GET", "POST"], path: str, params: Mapping[str, str]) -> SdkResponse:
        """One call of the SDK: up to three requests. Raises ConnectionLost."""
        url, body, headers = f"{self._base_url}{path}", None, {"Authorization": self._authorization}
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(params).encode()
        elif params:
            url += "?" + urlencode(params)
        return await self._sent(method, url, headers, body)

    async def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> SdkResponse:
        """One call that is written out: up to three requests, as with `call`, under no key but one in `headers`."""
        return await self._sent(method, f"{self._base_url}{target}", headers, body)

    async def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> SdkResponse:
        retries = 0
        while True:
            result = await self._exchange(method, url, headers, body)
            if retries >= NETWORK_RETRIES or not _should_retry(result):
                if isinstance(result, ConnectionLost):
                    raise result
                return result
            retries += 1
            await self._sleep(delay_s(self._rng, retries))

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> SdkResponse | ConnectionLost:
        try:
            async with self._session.request(method, url, headers=headers, data=body, allow_redirects=False) as reply:
                return SdkResponse(reply.status, reply.headers, await reply.read())
        except ClientPayloadError as error:
            return ConnectionLost(repr(error), final=True)
        except (ClientError, TimeoutError) as error:
            return ConnectionLost(repr(error), final=False)


def _should_retry(result: SdkResponse | ConnectionLost) -> bool:
    if isinstance(result, ConnectionLost):
        return not result.final
    hint = result.headers.get("Stripe-Should-Retry")
    if hint in ("true", "false"):
        return hint == "true"
    return result.status == 409 or result.status >= 500


def delay_s(rng: random.Random, retry_number: int) -> float:
    """Seconds to wait before a retry; the first is number 1."""
    wait_s: float = min(INITIAL_DELAY_S * 2 ** (retry_number - 1), MAX_DELAY_S)
    return max(INITIAL_DELAY_S, wait_s * 0.5 * (1 + rng.random()))
