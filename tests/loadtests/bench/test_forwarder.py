"""The yardstick really forwards."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from tidegate.loadtests.bench.forwarder import forwarder

Client = TestClient[web.Request, web.Application]


async def echo(request: web.Request) -> web.Response:
    body = await request.read()
    said = {"method": request.method, "path": request.raw_path, "body": body.decode(), "host": request.host}
    return web.json_response(
        said, status=201, headers={"X-Seen": request.headers.get("X-Asked", ""), "Set-Cookie": "a=b"}
    )


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    upstream = web.Application()
    upstream.router.add_route("*", "/{path:.*}", echo)
    async with TestServer(upstream) as server:
        proxy = TestServer(forwarder(f"http://127.0.0.1:{server.port}"))
        async with TestClient(proxy) as client:
            yield client


async def test_status_fields_and_body_pass_both_ways(client: Client) -> None:
    async with client.post("/v1/things?a=%201&b", data=b"hello", headers={"X-Asked": "yes"}) as answer:
        assert (answer.status, answer.headers["X-Seen"]) == (201, "yes")
        said = await answer.json()
    assert (said["method"], said["path"], said["body"]) == ("POST", "/v1/things?a=%201&b", "hello")


async def test_a_get_has_no_body_and_the_answer_says_its_length(client: Client) -> None:
    async with client.get("/v1/things/thing_1") as answer:
        assert (await answer.json())["body"] == ""
        assert "Content-Length" in answer.headers
        assert "Transfer-Encoding" not in answer.headers


async def test_cookies_are_passed_on_and_not_kept(client: Client) -> None:
    async with client.get("/") as answer:
        assert answer.headers["Set-Cookie"] == "a=b"
