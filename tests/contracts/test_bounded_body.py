"""A body that comes in pieces is read to its end, or to the bound."""

import aiohttp
import pytest
from aiohttp import web

from tests.serving import listening
from tidegate.contracts.bounded_body import read_body

BODY = bytes(range(256)) * 4_000
"""A megabyte: no read of a socket gives as much at once."""


async def _answer(_request: web.BaseRequest) -> web.Response:
    return web.Response(body=BODY)


@pytest.mark.parametrize("bytes_max", [len(BODY) + 1, len(BODY), 700_001, 0])
async def test_every_piece_counts_up_to_the_bound(bytes_max: int) -> None:
    async with (
        listening(web.Server(_answer)) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
        session.get("/") as answer,
    ):
        assert await read_body(answer.content, bytes_max) == BODY[:bytes_max]
