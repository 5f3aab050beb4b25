"""Resets and truncations do to a connection what they say, with a socket or without."""

import asyncio
import socket
import struct
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import Played
from tidegate.simulator.answer import Answer
from tidegate.simulator.wire import ResetOnArrival, reset, truncate


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
