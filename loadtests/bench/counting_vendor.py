"""The vendor of the benchmark: answers everything with the same 600 bytes of JSON, as cheaply as it can, and counts.

Not a web server: it reads heads by hand, trusts its callers, and listens on loopback. `GET /_counts` gives the counts.

    python -m tidegate.loadtests.bench.counting_vendor --port 9200
"""

import argparse
import asyncio
import json
import re
from typing import cast

import uvloop

BODY = json.dumps({"id": "thing_1", "object": "thing", "note": "x" * 557}, separators=(",", ":")).encode()
"""600 bytes."""

COUNTS_PATH = b"/_counts"
TRACES_PATH, METRICS_PATH = b"/v1/traces", b"/v1/metrics"
TOKEN_PATH = b"/oauth/token"

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Fri, 21 Nov 2025 07:28:00 GMT\r\nContent-Type: application/json\r\n"
    b"Cache-Control: no-store\r\nRequest-Id: req_0123456789abcdef\r\nStrict-Transport-Security: max-age=63072000\r\n"
    b"Content-Length: %d\r\n\r\n"
)
_ANSWER = _HEAD % len(BODY) + BODY
_TOKEN = json.dumps({"access_token": "a" * 43, "token_type": "Bearer", "expires_in": 3600}).encode()


class Counts:
    """The requests so far."""

    def __init__(self) -> None:
        self.calls = 0
        self.exports = 0
        self.metric_exports = 0

    def answer(self) -> bytes:
        """The counts as a whole answer."""
        counts = {"calls": self.calls, "exports": self.exports, "metric_exports": self.metric_exports}
        body = json.dumps(counts).encode()
        return _HEAD % len(body) + body


class Answering(asyncio.Protocol):
    """One connection: answers each whole request in order."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's transports are no subclass of it

    def data_received(self, data: bytes) -> None:
        """Answer what is whole, keep the rest."""
        received = self._received + data if self._received else data
        while (head_end := received.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(received, 0, head_end)
            end = head_end + 4 + (int(length[1]) if length else 0)
            if len(received) < end:
                break
            self._answer(received.split(b" ", 2)[1])
            received = received[end:]
        self._received = received

    def _answer(self, path: bytes) -> None:
        assert self._transport is not None
        if path == COUNTS_PATH:
            self._transport.write(self._counts.answer())
            return
        if path == TOKEN_PATH:
            self._transport.write(_HEAD % len(_TOKEN) + _TOKEN)
            return
        if path == TRACES_PATH:
            self._counts.exports += 1
        elif path == METRICS_PATH:
            self._counts.metric_exports += 1
        else:
            self._counts.calls += 1
        self._transport.write(_ANSWER)


async def serve(port: int) -> None:
    """Listen on 127.0.0.1 until cancelled."""
    counts = Counts()
    server = await asyncio.get_running_loop().create_server(lambda: Answering(counts), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
