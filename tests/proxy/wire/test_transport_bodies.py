"""Bodies that come, and go, bit by bit, on both paths of the transport and on real sockets."""

import asyncio

import pytest

from tests.proxy.wires import CHUNKED, GET, Pieces, Vendor, ask, patient, posting, requests, saying
from tests.waiting import settle, until
from tidegate.proxy.wire.exchange_errors import NoAnswer
from tidegate.proxy.wire.transport import IDLE_MAX_S, Rest


async def drained(rest: Rest, within_s: float, got: list[bytes]) -> None:
    """Read until it breaks."""
    while part := await rest.next(within_s, "the_name", "the reason"):
        got.append(part)


async def test_a_body_that_does_not_say_how_long_it_is_comes_as_it_comes(vendor: Vendor) -> None:
    going = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            writer.write(CHUNKED + b"2\r\nab\r\n")
            await going.wait()
            writer.write(b"2\r\ncd\r\n0\r\n\r\n")

    async with vendor(serve) as (transport, accepted):
        for _ in range(2):
            going.clear()
            answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
            rest = answer.rest
            assert rest is not None
            first = rest.ready() or await rest.next(5.0, "", "")
            assert first == b"ab"
            going.set()
            assert await rest.next(5.0, "", "") == b"cd"
            assert await rest.next(5.0, "", "") == b""
            rest.close()
            rest.close()
        assert len(accepted) == 1, "the connection was used again"


async def test_what_came_before_a_break_is_handed_over_before_the_break_is(vendor: Vendor) -> None:
    async with vendor(saying(CHUNKED + b"2\r\nab\r\n", b"2\r\ncd\r\n", then_close=True)) as (transport, _):
        answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        rest = answer.rest
        assert rest is not None
        await settle(20)
        got: list[bytes] = []
        with pytest.raises(NoAnswer) as raised:
            await drained(rest, 5.0, got)
        rest.close()
        assert (b"".join(got), raised.value.error) == (b"abcd", "http_response_incomplete")
        assert transport.open == 0


async def test_a_stream_that_falls_silent_ends_with_the_timer_of_its_reader(vendor: Vendor) -> None:
    async with vendor(saying(CHUNKED + b"2\r\nab\r\n")) as (transport, _):
        answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        rest = answer.rest
        assert rest is not None
        with pytest.raises(NoAnswer) as raised:
            await drained(rest, 0.1, [])
        rest.close()
        assert (raised.value.error, str(raised.value)) == ("the_name", "the reason")


async def test_a_stream_that_is_left_closes_its_connection(vendor: Vendor) -> None:
    async with vendor(saying(CHUNKED + b"2\r\nab\r\n")) as (transport, _):
        answer = await transport.exchange(GET, method="GET", idle_max_s=IDLE_MAX_S, timers=patient())
        assert answer.rest is not None
        answer.rest.close()
        assert transport.open == 0


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_is_sent_as_it_comes(vendor: Vendor, chunked: bool) -> None:
    whole = b"4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n" if chunked else b"abcdef"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for _ in requests(reader):
            body = await reader.readexactly(len(whole))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    head = posting(b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 6")
    async with vendor(serve) as (transport, accepted):
        for _ in range(2):
            body = Pieces(b"abcd", b"ef", chunked=chunked)
            answer = await transport.exchange(head, method="POST", idle_max_s=IDLE_MAX_S, timers=patient(), stream=body)
            assert answer.body == whole
        assert len(accepted) == 1


async def test_a_body_that_breaks_off_ends_the_exchange_with_its_own_error(vendor: Vendor) -> None:
    async with vendor(saying(b"")) as (transport, _):
        body = Pieces(b"abcd", KeyError("the app's"), chunked=True)
        with pytest.raises(KeyError):
            await transport.exchange(
                posting(b"Transfer-Encoding: chunked"),
                method="POST",
                idle_max_s=IDLE_MAX_S,
                timers=patient(),
                stream=body,
            )
        assert transport.open == 0


async def test_after_a_body_was_sent_the_answer_has_its_own_time(vendor: Vendor) -> None:
    async with vendor(saying(b"")) as (transport, _):
        body = Pieces(b"abcd", chunked=True)
        with pytest.raises(NoAnswer) as raised:
            await transport.exchange(
                posting(b"Transfer-Encoding: chunked"),
                method="POST",
                idle_max_s=IDLE_MAX_S,
                timers=patient(first_byte_s=0.2),
                stream=body,
            )
        assert raised.value.error == "http_response_timeout"


async def test_a_retired_transport_closes_what_comes_back(vendor: Vendor) -> None:
    async with vendor(saying(CHUNKED + b"0\r\n\r\n")) as (transport, accepted):
        await ask(transport)
        await transport.close()
        await ask(transport)
        await until(lambda: transport.open == 0)
        assert len(accepted) == 2
