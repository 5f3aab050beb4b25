"""The simulator's yardstick says as many bytes as it is told, whatever it is asked."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tidegate.loadtests.bench.constant_server import constant


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/v1/things"), ("DELETE", "/a/b?c=d")])
async def test_every_answer_is_the_same(method: str, path: str) -> None:
    async with TestClient(TestServer(constant(1500))) as client, client.request(method, path, data=b"x") as answer:
        assert (answer.status, answer.content_type) == (200, "application/json")
        assert len(await answer.read()) == 1500
