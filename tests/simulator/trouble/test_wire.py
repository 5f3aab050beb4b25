"""Resets and truncations do to a connection what they say, with a socket or without."""

import asyncio
import socket
import struct
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from tests.serving import Connected, connected
from tests.simulator.conftest import Played
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.wire import ResetOnArrival, end, head_of, reset, response, split, truncate, write

JSON = {"Content-Type": "application/json"}


class Pipe(asyncio.Transport):
    """A transport without a socket, as the virtual world has it."""

    def __init__(self, plug: object = None) -> None:
        super().__init__({"socket": plug} if plug is not None else {})
        self.done: list[Any] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.done.append(bytes(data))

    def close(self) -> None:
        self.done.append("close")

    def abort(self) -> None:
        self.done.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.done or "abort" in self.done


def test_a_reset_needs_no_socket() -> None:
    pipe = Pipe()
    reset(pipe)
    assert pipe.done == ["abort"]


def test_a_reset_makes_a_real_socket_send_rst() -> None:
    with socket.socket() as plug:
        reset(Pipe(plug))
        assert plug.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == struct.pack("ii", 1, 0)


def test_what_is_gone_is_left_alone() -> None:
    pipe = Pipe()
    pipe.close()
    reset(pipe)
    truncate(pipe, Answer(200, b"{}"), {}, 0.5)
    reset(None)
    truncate(None, Answer(200, b"{}"), {}, 0.5)
    assert pipe.done == ["close"]


def test_a_socket_that_died_first_does_not_stop_the_reset() -> None:
    plug = socket.socket()
    plug.close()
    pipe = Pipe(plug)
    reset(pipe)
    assert pipe.done == ["abort"]


def test_a_truncated_answer_promises_more_than_it_sends() -> None:
    pipe = Pipe()
    truncate(pipe, Answer(200, b"0123456789"), {"Request-Id": "req_1"}, 0.4)
    head, _, body = pipe.done[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"HTTP/1.1 200 OK", b"Request-Id: req_1", b"Content-Length: 10"]
    assert body == b"0123"
    assert pipe.done[1] == "close"


def test_even_a_whole_share_lacks_its_last_byte() -> None:
    pipe = Pipe()
    truncate(pipe, Answer(200, b"0123"), {}, 1.0)
    assert pipe.done[0].endswith(b"\r\n\r\n012")


def test_a_connection_may_be_reset_as_it_arrives() -> None:
    pipe = Pipe()
    ResetOnArrival().connection_made(pipe)
    assert pipe.done == ["abort"]


def test_a_status_without_a_name_is_written_too() -> None:
    assert head_of(Answer(529, b""), {}, 0) == b"HTTP/1.1 529 \r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "pieces", "parts"),
    [(b"123456", 3, [b"12", b"34", b"56"]), (b"12345", 2, [b"123", b"45"]), (b"12", 9, [b"1", b"2"]), (b"", 4, [])],
)
def test_bytes_are_split_evenly(data: bytes, pieces: int, parts: list[bytes]) -> None:
    assert split(data, pieces) == parts


async def test_pieces_are_written_with_a_pause_between_them() -> None:
    pipe = Pipe()

    async def sleep(delay_s: float) -> None:
        pipe.done.append(delay_s)

    await write(pipe, [b"1", b"2", b"3"], 5.0, sleep)
    assert pipe.done == [b"1", 5.0, b"2", 5.0, b"3"]
    pipe.close()
    await write(pipe, [b"4"], 5.0, sleep)
    await write(None, [b"4"], 5.0, sleep)
    assert pipe.done[-1] == "close"


async def test_a_connection_ends_as_it_is_told() -> None:
    closed, aborted, chunked = Pipe(), Pipe(), Pipe()
    await end(closed, "close")
    await end(aborted, "reset")
    await end(chunked, "bad-chunk")
    assert (closed.done, aborted.done) == (["close"], ["abort"])
    assert chunked.done == [b"not-a-size\r\n{}\r\n", "close"]
    await end(closed, "bad-chunk")
    await end(None, "close")
    assert closed.done == ["close"]


async def test_a_fault_hits_a_connection_that_was_already_open(vendor: Played) -> None:
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector, headers=vendor.client.headers) as client:
        async with client.get(vendor.url + "/v1/customers") as answer:
            await answer.read()
        vendor.arm(kind="reset_before", operations=["PostRefunds"])
        async with client.get(vendor.url + "/v1/customers") as answer:
            assert answer.status == 200
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.post(vendor.url + "/v1/refunds", data=b"charge=ch_1")


# --- an ordinary answer ----------------------------------------------------------------------------------------------


def answering(answer: Answer) -> Connected:
    """A connection to a server that gives this answer to every request."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return response(request, answer, answer.headers)

    return connected(web.Server(handle, access_log=None))


async def test_ordinary_answers_follow_each_other_on_one_connection() -> None:
    async with answering(Answer(529, b"{}", {**JSON, "Request-Id": "r"})) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n" * 3)
        one = b"HTTP/1.1 529 \r\nContent-Type: application/json\r\nRequest-Id: r\r\nContent-Length: 2\r\n\r\n{}"
        assert await reader.readexactly(3 * len(one)) == 3 * one


@pytest.mark.parametrize(
    "request_bytes",
    [b"GET /a HTTP/1.0\r\n\r\n", b"GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"],
)
async def test_whoever_wants_no_second_answer_gets_a_closed_connection(request_bytes: bytes) -> None:
    async with answering(Answer(200, b"{}", JSON)) as (reader, writer):
        writer.write(request_bytes)
        assert (await reader.read()).endswith(b"\r\n\r\n{}")


async def test_a_head_request_gets_the_length_and_no_body() -> None:
    async with answering(Answer(200, b"{}", JSON)) as (reader, writer):
        writer.write(b"HEAD /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        head = await reader.read()
        assert b"Content-Length: 2\r\n" in head
        assert head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
async def test_a_status_without_a_body_has_none_whatever_it_was_given(status: int) -> None:
    async with answering(Answer(status, b"{}", JSON)) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"\r\n\r\n")


async def test_a_length_that_was_put_there_is_not_joined_by_a_second() -> None:
    async with answering(Answer(200, b"{}", {**JSON, "content-length": "2"})) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).lower().count(b"content-length") == 1


async def test_a_header_that_is_doubled_is_told_twice() -> None:
    headers = CIMultiDict([*JSON.items(), ("Via", "a"), ("Via", "b")])
    async with answering(Answer(200, b"{}", headers)) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).count(b"Via: ") == 2


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\rb"])
async def test_a_header_never_breaks_out_of_its_line(value: str) -> None:
    async with answering(Answer(200, b"{}", {**JSON, "X-Said": value})) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        told = await reader.read()
        assert b"X-Said" not in told
        assert b"Set-Cookie" not in told


async def test_a_large_answer_waits_for_a_client_that_reads_slowly() -> None:
    body = b"x" * 8_000_000
    async with answering(Answer(200, body, JSON)) as (reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: t\r\n\r\n" * 2)
        for _ in range(2):
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(len(body)) == body
