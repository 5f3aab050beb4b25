"""A mitmproxy addon that writes every exchange as a line of JSON to a file descriptor that its parent gave it.

mitmproxy runs as its own program, from its own environment (`make` builds .venv-wire), because it pins old versions of
libraries that we share. So this file is loaded by mitmdump, imports nothing of ours, and is driven by options:

    mitmdump --mode reverse:https://api.example.com --listen-port 9300 -s contracts/recording/mitmproxy_addon.py \
        --set record_fd=5

The lines carry secrets as they came. They go to no disk: the parent hides what must not be kept, and writes the
cassette.
"""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterable

from mitmproxy import addonmanager, ctx, http
from mitmproxy.net import encoding

BODY_BYTES_MAX = 1 << 24
"""An exchange with a larger body is not written, and said to be left out."""

EVENTS = "text/event-stream"


class WriteExchanges:
    """Writes what passes; changes nothing."""

    def __init__(self) -> None:
        self._streamed: dict[str, list[bytes]] = {}

    def load(self, loader: addonmanager.Loader) -> None:
        """Declare the options."""
        loader.add_option("record_fd", int, 1, "Write the lines to this file descriptor.")

    def running(self) -> None:
        """Tell the parent which port is listened on; none where only files are read."""
        server = ctx.master.addons.get("proxyserver")
        addresses = server.listen_addrs() if server is not None and ctx.options.server else []
        self._write({"port": addresses[0][1] if addresses else 0})

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Pass events on as they come: an app waits for each. What was read from a file is there already."""
        answer = flow.response
        if answer is None or answer.raw_content is not None or EVENTS not in answer.headers.get("content-type", ""):
            return
        pieces = self._streamed[flow.id] = []
        answer.stream = _collector(pieces)

    def response(self, flow: http.HTTPFlow) -> None:
        """The answer is whole: write the exchange."""
        request, answer = flow.request, flow.response
        if answer is None:
            return
        pieces = self._streamed.pop(flow.id, None)
        received = _decoded(b"".join(pieces), answer.headers) if pieces is not None else _body(answer)
        sent = _body(request)
        passed_on = request.raw_content is None or (answer.raw_content is None and pieces is None)
        if passed_on or max(len(sent), len(received)) > BODY_BYTES_MAX:
            place = f"{request.method} {request.path[:200]}"
            self._write({"left_out": f"{place}: a body has more than {BODY_BYTES_MAX >> 20} MiB"})
            return
        self._write(
            {
                "method": request.method,
                "url": request.url,
                "path": request.path,
                "request": {"headers": _headers(request), "body": b64encode(sent).decode("ascii")},
                "status": answer.status_code,
                "answer": {"headers": _headers(answer), "body": b64encode(received).decode("ascii")},
                "began_s": request.timestamp_start,
                "took_s": max((answer.timestamp_end or request.timestamp_start) - request.timestamp_start, 0.0),
            }
        )

    def error(self, flow: http.HTTPFlow) -> None:
        """An exchange that broke off is not written."""
        self._streamed.pop(flow.id, None)
        reason = flow.error.msg if flow.error is not None else "it broke off"
        self._write({"left_out": f"{flow.request.method} {flow.request.path[:200]}: {reason}"})

    @staticmethod
    def _write(line: dict[str, object]) -> None:
        rest = memoryview(json.dumps(line).encode() + b"\n")
        while rest:
            rest = rest[os.write(ctx.options.record_fd, rest) :]


def _collector(pieces: list[bytes]) -> Callable[[bytes], Iterable[bytes] | bytes]:
    """Keeps each piece and passes it on. More than is written is not kept either."""

    def take(piece: bytes) -> bytes:
        if sum(map(len, pieces)) <= BODY_BYTES_MAX:
            pieces.append(piece)
        return piece

    return take


def _body(message: http.Message) -> bytes:
    """The body without its content codings; as it came where it cannot be decoded."""
    return message.get_content(strict=False) or b""


def _decoded(body: bytes, headers: http.Headers) -> bytes:
    try:
        decoded = encoding.decode(body, headers.get("content-encoding", "identity"))
    except ValueError:
        return body
    return decoded if isinstance(decoded, bytes) else body


def _headers(message: http.Message) -> list[list[str]]:
    return [[name, value] for name, value in message.headers.items(multi=True)]


addons = [WriteExchanges()]
