"""The vendor of the benchmark."""

import json

from tidegate.loadtests.bench.counting_vendor import BODY, Answering, Counts
from tidegate.loadtests.bench.load_generator import whole

GET = b"GET /v1/things/thing_1 HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"


class Written:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.parts.append(data)


def connection() -> tuple[Answering, Written, Counts]:
    counts, written = Counts(), Written()
    answering = Answering(counts)
    answering.connection_made(written)  # type: ignore[arg-type]  # all that it needs of a transport
    return answering, written, counts


def test_the_body_has_600_bytes() -> None:
    assert len(BODY) == 600


def test_an_answer_is_whole_and_forbids_caching() -> None:
    answering, written, _ = connection()
    answering.data_received(GET)
    assert whole(written.parts[0])
    assert written.parts[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nCache-Control: no-store\r\n" in written.parts[0]
    assert written.parts[0].endswith(BODY)


def test_requests_in_one_piece_are_answered_each() -> None:
    answering, written, counts = connection()
    answering.data_received(GET + POST + GET)
    assert (len(written.parts), counts.calls) == (3, 3)


def test_a_request_that_comes_byte_by_byte_is_answered_once_when_it_is_whole() -> None:
    answering, written, counts = connection()
    for byte in POST[:-1]:
        answering.data_received(bytes([byte]))
    assert not written.parts
    answering.data_received(POST[-1:])
    assert (len(written.parts), counts.calls) == (1, 1)


def test_counts_tell_calls_and_exports_apart_and_do_not_count_themselves() -> None:
    answering, written, _ = connection()
    answering.data_received(GET)
    answering.data_received(b"POST /v1/traces HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    answering.data_received(b"POST /v1/metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
    answering.data_received(b"GET /_counts HTTP/1.1\r\n\r\n")
    answering.data_received(b"GET /_counts HTTP/1.1\r\n\r\n")
    assert json.loads(written.parts[-1].partition(b"\r\n\r\n")[2]) == {"calls": 1, "exports": 1, "metric_exports": 1}
