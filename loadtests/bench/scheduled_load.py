"""Load at a rate: each call has its planned moment, and its time counts from there, whatever the one before it does.

An open model beside tidegate.loadtests.bench.load_generator's closed one: at low load it is the stalls of a proxy that
show. A call whose moment has come and for which no connection is free waits, and its time runs. Makes GETs, and prints
one JSON object as the load generator does.

    python -m tidegate.loadtests.bench.scheduled_load --port 9201 --path /v1/things/thing_ --calls 1000 --rate 1000
"""

import argparse
import asyncio
import json
import threading
import time
from collections import deque
from dataclasses import asdict
from typing import cast

import uvloop

from tidegate.loadtests.bench.load_generator import (
    CONNECTIONS,
    OK,
    LoadAnswers,
    NextRequest,
    gets,
    percentiles,
    whole,
)

WARM_UP_SHARE = 0.1
"""So many of the first calls are made and not timed: connections are made under them."""


class _ScheduledConnection(asyncio.Protocol):
    def __init__(self, load: "ScheduledLoad") -> None:
        self._load = load
        self._received = b""
        self._planned = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def send(self, request: bytes, planned: float) -> None:
        assert self._transport is not None
        self._planned = planned
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not whole(received):
            self._received = received
            return
        self._received = b""
        self._load.answered(self, self._planned, ok=received.startswith(OK))

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost(exc)

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


class ScheduledLoad:
    """The calls of one run."""

    def __init__(self, next_request: NextRequest) -> None:
        self._next_request = next_request
        self._free: deque[_ScheduledConnection] = deque()
        self._due: deque[tuple[bytes, float]] = deque()
        self._took_s: list[float] = []
        self._left = 0
        self._done = asyncio.Event()
        self.answers = LoadAnswers()

    def answered(self, connection: _ScheduledConnection, planned: float, *, ok: bool) -> None:
        """A call has ended; the connection takes the next that is due."""
        self._took_s.append(time.perf_counter() - planned)
        self.answers.calls += 1
        self.answers.ok += ok
        self._left -= 1
        if self._left == 0:
            self._done.set()
        if self._due:
            connection.send(*self._due.popleft())
        else:
            self._free.append(connection)

    def lost(self, error: Exception | None) -> None:
        """A connection has ended. While calls are left that is a failure."""
        if self._left:
            self.answers.broken = repr(error or "the proxy closed a connection before it answered")
            self._done.set()

    async def run(self, port: int, calls: int, rate: float, connections: int) -> LoadAnswers:
        """Make `calls` calls, `rate` a second. Raises OSError where nothing listens."""
        loop = asyncio.get_running_loop()
        self._left = calls
        made = [
            (await loop.create_connection(lambda: _ScheduledConnection(self), "127.0.0.1", port))[1]
            for _ in range(connections)
        ]
        self._free.extend(made)
        began = time.perf_counter()
        keeper = threading.Thread(target=self._keep_time, args=(loop, began, calls, rate), daemon=True)
        keeper.start()
        await self._done.wait()
        self.answers.seconds = time.perf_counter() - began
        self.answers.p50_us, self.answers.p99_us = percentiles(self._took_s[int(WARM_UP_SHARE * calls) :])
        for connection in made:
            connection.close()
        return self.answers

    def _keep_time(self, loop: asyncio.AbstractEventLoop, began: float, calls: int, rate: float) -> None:
        """In a thread of its own, because the loop's timers are exact to a millisecond only."""
        for number in range(calls):
            planned = began + number / rate
            wait_s = planned - time.perf_counter()
            if wait_s > 0:
                time.sleep(wait_s)
            if self._done.is_set():
                return
            loop.call_soon_threadsafe(self._send, planned)

    def _send(self, planned: float) -> None:
        request = self._next_request()
        if request is None:
            return
        if self._free:
            self._free.popleft().send(request, planned)
        else:
            self._due.append((request, planned))


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="calls a second")
    given = parser.parse_args()
    load = ScheduledLoad(gets(given.port, given.path, given.calls))
    print(json.dumps(asdict(uvloop.run(load.run(given.port, given.calls, given.rate, CONNECTIONS)))))


if __name__ == "__main__":
    main()
