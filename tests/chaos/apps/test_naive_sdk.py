"""The model of the SDK against the real SDK: both call the same failing server, and must make the same requests."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import stripe
from aiohttp import TCPConnector

from tests.serving import serving
from tidegate.chaos.apps import naive_sdk
from tidegate.chaos.apps.naive_sdk import ConnectionLost, Sdk
from tidegate.chaos.world.connector import client_session

BODY = b'{"error": {"type": "api_error", "message": "scripted"}}'


def answer(status: int, *headers: str, length: int = len(BODY)) -> bytes:
    head = [f"HTTP/1.1 {status} Scripted", "Connection: close", f"Content-Length: {length}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + BODY


class Vendor:
    """A server that gives each request the same answer, or none, and writes down the requests' keys."""

    def __init__(self, says: bytes) -> None:
        self.says = says
        self.keys: list[str] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in head if ": " in line)
        await reader.readexactly(int(fields.get("content-length", "0")))
        self.keys.append(fields.get("idempotency-key", ""))
        if not self.says:
            plug = writer.get_extra_info("socket")
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.write(self.says)


@asynccontextmanager
async def vendor(says: bytes) -> AsyncIterator[Vendor]:
    made = Vendor(says)
    async with serving(made.serve) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


async def ask_real(url: str, method: str) -> None:
    """Make the real SDK call. It blocks, so it lives in a thread."""

    def call() -> None:
        client = stripe.StripeClient(
            "sk_test_made_up", base_addresses={"api": url}, max_network_retries=stripe.max_network_retries
        )
        ask = client.v1.customers.create if method == "POST" else client.v1.customers.list
        with pytest.raises(stripe.StripeError):
            ask()

    await asyncio.to_thread(call)


async def ask_model(url: str, method: str) -> None:
    async def at_once(_delay_s: float) -> None:
        pass

    async with client_session(TCPConnector(), 10) as session:
        sdk = Sdk(session, url, "sk_test_made_up", random.Random(1), at_once)
        try:
            if method == "POST":
                await sdk.call("POST", "/v1/customers", {})
            else:
                await sdk.call("GET", "/v1/customers", {})
        except ConnectionLost:
            pass


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("says", "requests"),
    [
        pytest.param(answer(500), 3, id="a 500 is retried twice"),
        pytest.param(answer(503), 3, id="so is a 503"),
        pytest.param(answer(409), 3, id="and a 409"),
        pytest.param(answer(429), 1, id="a 429 is not"),
        pytest.param(answer(402), 1, id="a decline is not"),
        pytest.param(answer(500, "Stripe-Should-Retry: false"), 1, id="a 500 is not, where the vendor says so"),
        pytest.param(answer(400, "Stripe-Should-Retry: true"), 3, id="a 400 is, where the vendor says so"),
        pytest.param(b"", 3, id="a reset is retried twice"),
        pytest.param(answer(200, length=4096), 1, id="an answer that breaks off is not retried"),
    ],
)
async def test_the_model_makes_the_same_requests_as_the_real_sdk(
    says: bytes, requests: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.001)
    keys = []
    for ask in (ask_real, ask_model):
        async with vendor(says) as server:
            await ask(server.url, method)
            keys.append(server.keys)
    real, model = keys
    assert len(real) == len(model) == requests
    assert len(set(real)) == len(set(model)) == 1, "all requests of one call carry one key"
    assert bool(real[0]) == bool(model[0]) == (method == "POST")


def test_the_models_numbers_are_the_real_sdks() -> None:
    assert stripe.max_network_retries == naive_sdk.NETWORK_RETRIES
    assert naive_sdk.INITIAL_DELAY_S == stripe.HTTPClient.INITIAL_DELAY
    assert naive_sdk.MAX_DELAY_S == stripe.HTTPClient.MAX_DELAY


async def test_a_module_level_call_retries_twice_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.001)
    monkeypatch.setattr(stripe.HTTPClient, "MAX_DELAY", 0.001)
    async with vendor(answer(500)) as server:
        monkeypatch.setattr(stripe, "api_key", "sk_test_made_up")
        monkeypatch.setattr(stripe, "api_base", server.url)
        with pytest.raises(stripe.StripeError):
            await asyncio.to_thread(stripe.Customer.create)
        assert len(server.keys) == 1 + naive_sdk.NETWORK_RETRIES


def test_waits_lie_within_the_bounds_of_the_real_sdk() -> None:
    rng = random.Random(1)
    client = stripe.HTTPClient()
    for number in range(1, 8):
        ceiling = min(0.5 * 2 ** (number - 1), 5.0)
        for _ in range(50):
            for wait_s in (naive_sdk.delay_s(rng, number), client._sleep_time_seconds(number)):
                assert max(0.5, ceiling / 2) <= wait_s <= ceiling


async def test_each_call_has_a_key_of_its_own() -> None:
    async def at_once(_delay_s: float) -> None:
        pass

    async with vendor(answer(402)) as server, client_session(TCPConnector(), 10) as session:
        sdk = Sdk(session, server.url, "sk_test_made_up", random.Random(1), at_once)
        for _ in range(3):
            await sdk.call("POST", "/v1/customers", {})
        assert len(set(server.keys)) == 3
