"""Apps of a few lines: a plain request, a payment now or in the background, and bytes on a bare socket."""

import json
import socket
import threading
import urllib.error
import urllib.request
from typing import Any

import stripe

from tests.acceptance.programs import WAIT_S, Proxy


def client(proxy: Proxy, retries: int = 0) -> stripe.StripeClient:
    """The official SDK with its base address set."""
    return stripe.StripeClient("sk_of_the_app", base_addresses={"api": proxy.stripe}, max_network_retries=retries)


def ask(proxy: Proxy, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (their names in small letters) and body of a plain request. Underscores stand for hyphens."""
    request = urllib.request.Request(
        f"{proxy.gateway}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **{name.replace("_", "-"): one for name, one in headers.items()}},
    )
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
            return answer.status, {name.lower(): one for name, one in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): one for name, one in error.headers.items()}, error.read()


def pay(sdk: stripe.StripeClient, order: str, method: str = "pm_card_visa", key: str = "") -> Any:
    """Pay 10.99 €."""
    return sdk.v1.payment_intents.create(
        {
            "amount": 1099,
            "currency": "eur",
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "confirm": True,
            "metadata": {"order_id": order},
        },
        {"idempotency_key": key} if key else {},
    )


class Meanwhile:
    """A payment under way in a thread of its own."""

    def __init__(self, sdk: stripe.StripeClient, order: str, key: str) -> None:
        self._result: Any = None
        self._thread = threading.Thread(target=self._run, args=(sdk, order, key), daemon=True)
        self._thread.start()

    def _run(self, sdk: stripe.StripeClient, order: str, key: str) -> None:
        try:
            self._result = pay(sdk, order, key=key)
        except stripe.StripeError as error:
            self._result = error

    def result(self) -> Any:
        """The payment, or the SDK's error."""
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()
        return self._result


def sent(port: int, data: bytes, *, end: bool = False) -> bytes:
    """What comes back for bytes on a new connection, up to its close or to the end of the answer's body.

    With `end` our side of the connection is closed after the bytes.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_S) as connection:
        connection.sendall(data)
        if end:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while not _whole(answer):
            part = connection.recv(65_536)
            if not part:
                break
            answer += part
        return answer


def _whole(answer: bytes) -> bool:
    head, gap, body = answer.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return bool(gap) and len(body) >= int(line.partition(b":")[2])
    return False
