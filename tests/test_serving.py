"""The tests' own server leaves nothing behind, and what goes wrong in it is the test's."""

import asyncio

import pytest

from tests.serving import serving


async def _forever(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_a_connection_that_was_just_taken_is_closed_in_the_end() -> None:
    async with serving(_forever) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await reader.read() == b""
    writer.close()


async def test_what_goes_wrong_in_it_fails_the_test() -> None:
    async def wrong(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"wrong")
        await writer.drain()
        raise AssertionError("not what was expected")

    async def story() -> None:
        async with serving(wrong) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b"wrong"
            writer.close()

    with pytest.raises(AssertionError, match="not what was expected"):
        await story()


async def test_a_client_that_goes_away_is_no_failure() -> None:
    async def patient(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(100)

    async with serving(patient) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.transport.abort()
