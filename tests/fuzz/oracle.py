"""The oracle: h11 reads what the proxy reads and what it writes, and is no relation of the parser that the proxy uses.

It says which requests stand in some bytes, and which answer; where it refuses them, up to where it read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import h11

HEAD_BYTES_MAX = 1 << 20
"""As h11 is told: how long a head may be is the proxy's own bound, not a matter of how to read it."""


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""In the head of an answer h11 refuses them, and clients take them."""


_SPACES = re.compile(rb"\A(\S+)[ \t]+(\S+)[ \t]+(\S+)[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request as it was read."""

    method: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer as it was read. `flaw` says why it is none."""

    status: int
    body: bytes
    flaw: str = ""


class RequestReader:
    """Reads requests off one connection as bytes come, and says what to answer to each."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES_MAX)
        self._request: h11.Request | None = None
        self._parts: list[bytes] = []
        self.flaw = ""
        """Why the bytes are no requests; nothing is read after it."""

    @property
    def left(self) -> bytes:
        """What came behind the request that was read last."""
        return bytes(self._connection.trailing_data[0])

    def feed(self, data: bytes) -> Iterator[ReadRequest]:
        """The requests that are whole with these bytes. The answer to one must be taken before the next."""
        if self.flaw:
            return
        try:
            self._connection.receive_data(data)
            while True:
                event = self._connection.next_event()
                if isinstance(event, h11.Request):
                    self._request, self._parts = event, []
                elif isinstance(event, h11.Data):
                    self._parts.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage):
                    assert self._request is not None
                    method, target = self._request.method.decode(), self._request.target.decode("latin-1")
                    self._request = None
                    yield ReadRequest(method, target, b"".join(self._parts))
                    if self._connection.our_state is h11.MUST_CLOSE or self._connection.our_state is h11.CLOSED:
                        return
                else:
                    return
        except h11.RemoteProtocolError as error:
            self.flaw = str(error)

    def answer(self, body: bytes) -> tuple[bytes, bool]:
        """The bytes of a 200 with this body to the request that was read last, and if the connection is kept."""
        headers = [("Content-Length", str(len(body))), ("Content-Type", "text/plain")]
        send = self._connection.send
        data = send(h11.Response(status_code=200, headers=headers, reason="OK")) or b""
        head_only = self._connection._request_method == b"HEAD"
        data += b"" if head_only else send(h11.Data(data=body)) or b""
        data += send(h11.EndOfMessage()) or b""
        if self._connection.our_state is h11.DONE and self._connection.their_state is h11.DONE:
            self._connection.start_next_cycle()
            return data, True
        return data, False


def requests_in(data: bytes) -> tuple[list[ReadRequest], str]:
    """The requests that stand in the bytes of one connection, and the flaw at which reading ended.

    Empty lines before a request are skipped (RFC 9112 §2.2), and its line may have more spaces than it needs (§3).
    """
    found = list[ReadRequest]()
    while data := _SPACES.sub(rb"\1 \2 \3\r\n", data.lstrip(b"\r\n"), count=1):
        reader = RequestReader()
        request = next(reader.feed(data), None)
        if request is None:
            return found, reader.flaw or "it has no end"
        found.append(request)
        if request.method == "CONNECT":
            break  # what follows is no request to whoever accepts it
        if not reader.answer(b"")[1]:
            break
        data = reader.left
    return found, ""


def among(got: Sequence[ReadRequest], meant: Sequence[ReadRequest]) -> bool:
    """True where all that was got was meant, in that order; some of it may be missing, for it was refused."""
    rest = iter(meant)
    return all(one in rest for one in got)


def answer_in(data: bytes, method: str, *, closed: bool) -> ReadAnswer:
    """The answer to a request of this method that stands in the bytes; `closed`: the connection ended after them."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES_MAX)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "v")]))
    connection.send(h11.EndOfMessage())
    status, parts = 0, list[bytes]()
    head, gap, rest = data.partition(b"\r\n\r\n")
    try:
        connection.receive_data(_CONTROL.sub(b"?", head) + gap + rest)
        if closed:
            connection.receive_data(b"")
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return ReadAnswer(status, b"".join(parts))
            elif event is h11.NEED_DATA or isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                return ReadAnswer(status, b"".join(parts), "it has no end")
    except h11.RemoteProtocolError as error:
        return ReadAnswer(status, b"".join(parts), str(error) or "unreadable")
