"""The load of the benchmark: keep-alive connections that each send the next call when the last one is answered.

Cheap on purpose: the generator shares a core with the upstream and must leave the proxy the bottleneck. It knows HTTP
only as far as a status, a length and the end of chunks. Prints one JSON object: calls, those answered 200, seconds.

    python -m tidegate.loadtests.bench.load_generator --port 9201 --path /v1/things/thing_ --calls 1000
"""

import argparse
import asyncio
import json
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import cast

import uvloop

from tidegate.loadtests.bench.tunnel_connection import through_tunnel, trusting

CONNECTIONS = 32
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
OK = b"HTTP/1.1 200 "
_BODY = b'{"amount":1999,"currency":"eur","description":"a thing that is made by the benchmark","metadata":{"n":"1"}}'

NextRequest = Callable[[], bytes | None]
"""The bytes of the next call, None when all have been sent."""


@dataclass(frozen=True, slots=True)
class Tunnelled:
    """The calls go to `host` inside tunnels, by this TLS."""

    host: str
    tls: ssl.SSLContext


@dataclass(slots=True)
class LoadAnswers:
    """The answers: `seconds` from the first byte to the last, `broken` where a connection failed."""

    calls: int = 0
    ok: int = 0
    seconds: float = 0.0
    broken: str = ""
    p50_us: float = 0.0
    p99_us: float = 0.0
    """Microseconds from a call's bytes to its whole answer, by nearest rank."""


def whole(received: bytes) -> bool:
    """True where the bytes are one whole answer."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    length = _LENGTH.search(received, 0, head_end)
    if length:
        return len(received) >= head_end + 4 + int(length[1])
    return received.endswith(b"\r\n0\r\n\r\n")


def gets(port: int, path: str, calls: int, host: str | None = None) -> NextRequest:
    """`calls` GETs with five header fields, each of a path of its own: `path` and a number. `host` is who is asked."""
    line = f"GET {path}".encode()
    head = (
        f" HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
        f"Authorization: Bearer bench\r\nX-Request-Source: bench\r\n\r\n"
    ).encode()
    left = iter(range(calls))

    def request() -> bytes | None:
        number = next(left, None)
        return None if number is None else b"%s%d%s" % (line, number, head)

    return request


def same(port: int, path: str, calls: int, authorization: str) -> NextRequest:
    """The same GET, `calls` times."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
        f"Authorization: {authorization}\r\n\r\n"
    ).encode()
    left = iter(range(calls))
    return lambda: None if next(left, None) is None else request


def unkeyed(port: int, path: str, calls: int) -> NextRequest:
    """The same POST without a key, `calls` times."""
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
        f"Authorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n\r\n"
    ).encode() + _BODY
    left = iter(range(calls))
    return lambda: None if next(left, None) is None else request


def posts(port: int, path: str, calls: int, run: str) -> NextRequest:
    """A POST with an Idempotency-Key of its own for each call. `run` makes the keys of two runs differ."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
        f"Authorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: {len(_BODY)}\r\n"
        f"Idempotency-Key: {run}-"
    ).encode()
    left = iter(range(calls))

    def request() -> bytes | None:
        number = next(left, None)
        return None if number is None else b"%s%d\r\n\r\n%s" % (head, number, _BODY)

    return request


def forms(port: int, path: str, calls: int, form: str, authorization: str) -> NextRequest:
    """The same POST of a form, `calls` times."""
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
        f"Authorization: {authorization}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n{form}"
    ).encode()
    left = iter(range(calls))
    return lambda: None if next(left, None) is None else request


class _LoadConnection(asyncio.Protocol):
    def __init__(self, next_request: NextRequest, answers: LoadAnswers, ended: Callable[[], None]) -> None:
        self._next_request = next_request
        self._answers = answers
        self._ended = ended
        self._received = b""
        self._waiting = False
        self._transport: asyncio.WriteTransport | None = None
        self._sent_at = 0.0
        self.took_s: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's transports are no subclass of it
        self._send()

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not whole(received):
            self._received = received
            return
        self._received = b""
        self._waiting = False
        self.took_s.append(time.perf_counter() - self._sent_at)
        self._answers.calls += 1
        if received.startswith(OK):
            self._answers.ok += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting:
            self._answers.broken = repr(exc or "the proxy closed a connection before it answered")
        self._ended()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._next_request()
        if request is None:
            self._transport.close()
            return
        self._waiting = True
        self._sent_at = time.perf_counter()
        self._transport.write(request)


async def run(
    port: int, next_request: NextRequest, *, connections: int = CONNECTIONS, tunnel: Tunnelled | None = None
) -> LoadAnswers:
    """Make all calls over `connections` connections, inside tunnels where one is given. Raises OSError."""
    loop = asyncio.get_running_loop()
    answers, done = LoadAnswers(), asyncio.Event()
    running = connections

    def ended() -> None:
        nonlocal running
        running -= 1
        if running == 0:
            done.set()

    began = time.perf_counter()
    made: list[_LoadConnection] = []
    for _ in range(connections):
        make = partial(_LoadConnection, next_request, answers, ended)
        if tunnel is not None:
            made.append(await through_tunnel(make, port, tunnel.host, tunnel.tls))
        else:
            made.append((await loop.create_connection(make, "127.0.0.1", port))[1])
    await done.wait()
    answers.seconds = time.perf_counter() - began
    answers.p50_us, answers.p99_us = percentiles([each for one in made for each in one.took_s])
    return answers


def percentiles(took_s: list[float]) -> tuple[float, float]:
    """The 50th and 99th of these seconds in microseconds, by nearest rank; 0 where there are none."""
    ranked = sorted(took_s) or [0.0]
    p50, p99 = (round(ranked[min(int(share * len(ranked)), len(ranked) - 1)] * 1e6, 1) for share in (0.5, 0.99))
    return p50, p99


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--keyed", help="make keyed POSTs whose keys begin so, instead of GETs")
    parser.add_argument("--authorization", help="make the same GET or form again and again, with this credential")
    parser.add_argument("--form", help="make POSTs of this form")
    parser.add_argument("--unkeyed", action="store_true", help="make POSTs without a key")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--tunnel", help="make GETs to this host, through CONNECT and TLS")
    parser.add_argument("--ca", type=Path, help="the CA that is trusted inside a tunnel")
    given = parser.parse_args()
    tunnel = Tunnelled(given.tunnel, trusting(given.ca)) if given.tunnel is not None else None
    if given.unkeyed:
        requests = unkeyed(given.port, given.path, given.calls)
    elif given.form is not None:
        requests = forms(given.port, given.path, given.calls, given.form, given.authorization)
    elif given.authorization is not None:
        requests = same(given.port, given.path, given.calls, given.authorization)
    elif given.keyed is not None:
        requests = posts(given.port, given.path, given.calls, given.keyed)
    else:
        requests = gets(given.port, given.path, given.calls, given.tunnel)
    load = run(given.port, requests, connections=given.connections, tunnel=tunnel)
    print(json.dumps(asdict(uvloop.run(load))))


if __name__ == "__main__":
    main()
