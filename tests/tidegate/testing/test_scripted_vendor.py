"""A scripted vendor on a real socket, read byte by byte. In the virtual world it serves the tests of the proxy."""

import asyncio

import pytest

from tidegate.testing import ReceivedRequest, ScriptedVendor, Step, Stream

GET = b"GET /things?a=b HTTP/1.1\r\nHost: vendor\r\nX-App: shop\r\nConnection: close\r\n\r\n"


async def said(vendor: ScriptedVendor, request: bytes = GET) -> bytes:
    """All that the vendor writes until it closes the connection; ConnectionResetError where it resets it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(vendor.url.rpartition(":")[2]))
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()


async def reverse(request: ReceivedRequest) -> tuple[int, dict[str, str], bytes]:
    return 201, {"Date": "today"}, request.body[::-1]


POST = b"POST / HTTP/1.1\r\nHost: vendor\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"


@pytest.mark.parametrize(
    ("step", "begins", "ends"),
    [
        (503, b"HTTP/1.1 503 ", b"\r\n\r\n{}"),
        ((404, {"X-A": "b"}, b"none"), b"HTTP/1.1 404 Not Found\r\n", b"\r\n\r\nnone"),
        (reverse, b"HTTP/1.1 201 Created\r\nDate: today\r\n", b"\r\n\r\ncba"),
        (Stream([b"one", b"two"]), b"HTTP/1.1 200 OK\r\n", b"\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"),
        (Stream([b"one", b"two"], then="cut"), b"HTTP/1.1 200 OK\r\n", b"\r\n3\r\none\r\n3\r\ntwo\r\n"),
        (Stream([b"one"], headers={"Content-Length": "3"}), b"HTTP/1.1 200 OK\r\n", b"\r\n\r\none"),
        (b"SSH-2.0\r\n", b"SSH-2.0", b"\r\n"),
        (b"", b"", b""),
        ("half", b"HTTP/1.1 200 OK\r\nContent-Length: 10", b"\r\n\r\nhalf"),
    ],
)
async def test_a_step_is_answered_as_it_says(step: Step, begins: bytes, ends: bytes) -> None:
    async with ScriptedVendor([step]) as vendor:
        answer = await said(vendor, POST)
    assert answer.startswith(begins)
    assert answer.endswith(ends)
    assert vendor.received[0].body == b"abc"


async def test_a_reset_is_one() -> None:
    async with ScriptedVendor(["reset"]) as vendor:
        with pytest.raises(ConnectionResetError):
            await said(vendor)


async def test_early_answers_before_the_body() -> None:
    async with ScriptedVendor(["early", 200]) as vendor:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(vendor.url.rpartition(":")[2]))
        writer.write(POST.removesuffix(b"abc"))
        assert (await reader.readuntil(b"{}")).startswith(b"HTTP/1.1 400 ")
        writer.close()
        assert (await said(vendor)).startswith(b"HTTP/1.1 200 ")
    assert [request.body for request in vendor.received] == [b"", b""]


async def test_what_was_received_is_kept_and_the_last_step_goes_on_for_ever() -> None:
    async with ScriptedVendor([500, 200]) as vendor:
        answers = [await said(vendor) for _ in range(3)]
    assert [answer.split()[1] for answer in answers] == [b"500", b"200", b"200"]
    request = vendor.received[0]
    assert (request.method, request.path, request.headers["x-app"]) == ("GET", "/things?a=b", "shop")
    assert vendor.received[0].at_s <= vendor.received[1].at_s <= vendor.received[2].at_s


async def test_who_leaves_a_stream_is_noticed() -> None:
    async with ScriptedVendor([Stream([b"one"], then="hang")]) as vendor:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(vendor.url.rpartition(":")[2]))
        writer.write(GET)
        await reader.readuntil(b"one\r\n")
        assert not vendor.cut_off
        writer.close()
    assert (vendor.cut_off, vendor.written) == (True, 3)


async def test_it_can_refuse_connections_for_a_while() -> None:
    async with ScriptedVendor([200]) as vendor:
        await vendor.stop_listening()
        with pytest.raises(ConnectionRefusedError):
            await said(vendor)
        await vendor.start()
        assert (await said(vendor)).startswith(b"HTTP/1.1 200 ")
