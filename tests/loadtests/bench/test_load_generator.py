"""The load of the benchmark, against a server in this process."""

import asyncio
import socket

import pytest

from tests.serving import listening
from tidegate.loadtests.bench.counting_vendor import Answering, Counts
from tidegate.loadtests.bench.load_generator import forms, gets, posts, run, same, unkeyed, whole


class Saying(asyncio.Protocol):
    """Answers every request with the same bytes, or closes where there are none."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.answer:
            self.transport.write(self.answer)
        else:
            self.transport.close()


async def test_every_call_is_made_once_and_counted() -> None:
    counts = Counts()
    async with listening(lambda: Answering(counts)) as port:
        answers = await run(port, gets(port, "/v1/things/thing_", 100), connections=8)
    assert (answers.calls, answers.ok, counts.calls, answers.broken) == (100, 100, 100, "")
    assert answers.seconds > 0
    assert 0 < answers.p50_us <= answers.p99_us


async def test_fewer_calls_than_connections_leave_none_waiting() -> None:
    counts = Counts()
    async with listening(lambda: Answering(counts)) as port:
        answers = await run(port, gets(port, "/", 3), connections=8)
    assert (answers.calls, counts.calls) == (3, 3)


async def test_anything_but_200_is_answered_and_not_ok() -> None:
    async with listening(lambda: Saying(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")) as port:
        answers = await run(port, gets(port, "/", 5), connections=2)
    assert (answers.calls, answers.ok) == (5, 0)


async def test_a_connection_that_closes_instead_of_answering_is_told() -> None:
    async with listening(lambda: Saying(b"")) as port:
        answers = await run(port, gets(port, "/", 5), connections=2)
    assert answers.calls == 0
    assert "closed a connection" in answers.broken


async def test_nothing_that_listens_is_an_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(ConnectionRefusedError):
            await run(port, gets(port, "/", 5), connections=2)


def test_each_keyed_post_has_a_key_of_its_own_and_says_its_length() -> None:
    request = posts(80, "/v1/things", 3, "a")
    made = [request() for _ in range(4)]
    assert made[3] is None
    for number, one in enumerate(made[:3]):
        assert one is not None
        head, _, body = one.partition(b"\r\n\r\n")
        assert f"Idempotency-Key: a-{number}".encode() in head.split(b"\r\n")
        assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")


def test_a_post_without_a_key_has_none() -> None:
    request = unkeyed(80, "/v1/notes", 1)
    made = request()
    assert made is not None
    assert b"Idempotency-Key" not in made
    head, _, body = made.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert request() is None


def test_a_get_has_five_header_fields() -> None:
    request = gets(80, "/", 1)()
    assert request is not None
    assert request.count(b"\r\n") == 1 + 5 + 1


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", False),
    ],
)
def test_an_answer_is_whole_by_its_length_or_its_last_chunk(received: bytes, expected: bool) -> None:
    assert whole(received) is expected


def test_a_form_is_sent_as_often_as_asked() -> None:
    request = forms(1, "/v1/things", 2, "a=1&b=2", "Bearer x")
    first = request()
    assert first is not None
    assert first.startswith(b"POST /v1/things HTTP/1.1\r\n")
    assert first.endswith(b"Content-Length: 7\r\n\r\na=1&b=2")
    assert (request(), request()) == (first, None)


def test_no_two_gets_ask_for_the_same() -> None:
    request = gets(80, "/things/thing_", 2)
    first, second = request() or b"", request() or b""
    assert first.startswith(b"GET /things/thing_0 HTTP/1.1\r\n")
    assert second == first.replace(b"thing_0", b"thing_1")
    assert request() is None


def test_the_same_thing_is_read_as_often_as_asked() -> None:
    request = same(1, "/v1/things/t", 2, "Basic eDp5")
    first = request() or b""
    assert first.startswith(b"GET /v1/things/t HTTP/1.1\r\n")
    assert b"Authorization: Basic eDp5\r\n" in first
    assert (request(), request()) == (first, None)
