"""What each fault makes three HTTP clients raise: aiohttp, httpx2 and requests."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx2
import pytest
import requests

from tests.simulator.conftest import KEY, Played
from tests.simulator.raw import Raw
from tests.waiting import settle

PATIENCE_S = 0.25
"""What a client waits for a byte that a fault holds back for ever. It ends that wait alone: a busy machine may take
longer over a connection or an answer, which would be another error."""
PATIENT_S = 60.0
"""What it waits for all else."""

Raised = type[BaseException] | tuple[type[BaseException], ...] | None
Seen = tuple[Raised, Raised, Raised]

HEADERS = {"Authorization": f"Bearer {KEY}"}


async def by_aiohttp(url: str, read_s: float) -> Any:
    limit = aiohttp.ClientTimeout(total=None, sock_connect=PATIENT_S, sock_read=read_s)
    async with aiohttp.ClientSession(headers=HEADERS, timeout=limit) as client, client.get(url) as answer:
        return await answer.json()


async def by_httpx(url: str, read_s: float) -> Any:
    limit = httpx2.Timeout(PATIENT_S, read=read_s)
    async with httpx2.AsyncClient(headers=HEADERS, timeout=limit) as client:
        return (await client.get(url)).json()


async def by_requests(url: str, read_s: float) -> Any:
    def get() -> Any:
        with requests.Session() as client:
            return client.get(url, headers=HEADERS, timeout=(PATIENT_S, read_s)).json()

    return await asyncio.to_thread(get)


async def raised(ask: Callable[[str, float], Any], url: str, read_s: float = PATIENT_S) -> type[BaseException] | None:
    try:
        await ask(url, read_s)
    except Exception as error:  # noqa: BLE001 - which one is the question
        return type(error)
    return None


SILENT: Seen = (aiohttp.SocketTimeoutError, httpx2.ReadTimeout, requests.ReadTimeout)
STALLED: Seen = (
    aiohttp.SocketTimeoutError,
    httpx2.ReadTimeout,
    (requests.ConnectionError, requests.ReadTimeout),  # the latter where the head took as long
)
BROKEN_OFF: Seen = (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError, requests.exceptions.ChunkedEncodingError)
NO_JSON: Seen = (ValueError, ValueError, requests.JSONDecodeError)
NO_HTTP: Seen = (aiohttp.ClientResponseError, httpx2.RemoteProtocolError, requests.ConnectionError)
RESET: Seen = (aiohttp.ClientOSError, httpx2.ReadError, requests.ConnectionError)

KINDS: tuple[tuple[dict[str, Any], Seen], ...] = (
    ({"kind": "latency", "delay": "10ms", "nth": 4}, (None, None, None)),
    ({"kind": "reset_before"}, RESET),
    ({"kind": "reset_after"}, RESET),
    ({"kind": "reset_after", "at": "headers"}, RESET),
    (
        {"kind": "reset_after", "at": "body"},
        (aiohttp.ClientPayloadError, httpx2.ReadError, requests.exceptions.ChunkedEncodingError),
    ),
    ({"kind": "empty"}, (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError, requests.ConnectionError)),
    ({"kind": "truncate"}, BROKEN_OFF),
    ({"kind": "wrong_length"}, STALLED),
    (
        {"kind": "bad_chunk"},
        (aiohttp.ClientError, httpx2.RemoteProtocolError, requests.exceptions.ChunkedEncodingError),
    ),
    ({"kind": "hang"}, SILENT),
    ({"kind": "hang", "at": "headers", "effect": "done"}, SILENT),
    ({"kind": "hang", "at": "body", "effect": "done"}, STALLED),
    ({"kind": "html"}, (aiohttp.ContentTypeError, ValueError, requests.JSONDecodeError)),
    ({"kind": "html", "status": 200}, (aiohttp.ContentTypeError, ValueError, requests.JSONDecodeError)),
    ({"kind": "malformed"}, NO_JSON),
    ({"kind": "garbage"}, NO_JSON),
    ({"kind": "garbage", "instead_of": "answer"}, NO_HTTP),
    (
        {"kind": "wrong_encoding"},
        (aiohttp.ClientPayloadError, httpx2.DecodingError, requests.exceptions.ContentDecodingError),
    ),
    ({"kind": "headers", "double": ["Content-Type"]}, (None, None, None)),
    ({"kind": "outage", "mode": "reset"}, RESET),
    ({"kind": "outage", "mode": "silent"}, SILENT),
)


@pytest.mark.parametrize(
    ("fault", "seen"), [pytest.param(*one, id=" ".join(map(str, one[0].values()))) for one in KINDS]
)
async def test_a_client_raises_what_the_fault_means(vendor: Played, fault: dict[str, Any], seen: Seen) -> None:
    vendor.arm(**fault)
    read_s = PATIENCE_S if seen in (SILENT, STALLED) else PATIENT_S
    for ask, expected in zip((by_aiohttp, by_httpx, by_requests), seen, strict=True):
        error = await raised(ask, vendor.url + "/v1/customers", read_s)
        assert error is None if expected is None else error is not None and issubclass(error, expected), (ask, error)


async def test_a_refused_connection_is_an_error_of_connecting(vendor: Played) -> None:
    open_before = await Raw.to(vendor)
    vendor.arm(kind="outage")
    await open_before.ended()
    await settle(50)
    url = vendor.url + "/v1/customers"
    seen = [await raised(ask, url) for ask in (by_aiohttp, by_httpx, by_requests)]
    assert seen == [aiohttp.ClientConnectorError, httpx2.ConnectError, requests.ConnectionError]


async def test_a_length_too_short_spoils_the_next_answer_on_the_connection(vendor: Played) -> None:
    vendor.arm(kind="wrong_length", by=-3, first_n=1)
    async with httpx2.AsyncClient(headers=HEADERS, timeout=PATIENT_S) as client:
        with pytest.raises(json.JSONDecodeError):
            (await client.get(vendor.url + "/v1/customers")).json()
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(vendor.url + "/v1/customers")
