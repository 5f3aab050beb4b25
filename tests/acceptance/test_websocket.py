"""A WebSocket through `tidegate serve`, with another library at both ends: what one end does, the other sees."""

import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from tests.acceptance.programs import KEY, WAIT_S, Proxy, eventually

pytestmark = pytest.mark.slow

Talk = Callable[[ServerConnection], None]


class Ends:
    """A vendor that talks, a proxy, and the app's socket. `seen` is what the vendor found out."""

    def __init__(self, folder: Path, port: int) -> None:
        self.seen: queue.Queue[Any] = queue.Queue()
        self.proxy = Proxy(folder, f"http://127.0.0.1:{port}")

    def connect(self) -> ClientConnection:
        url = f"ws://127.0.0.1:{self.proxy.port}/stripe/v1/events"
        return connect(url, additional_headers={"Authorization": "Bearer app"}, ping_interval=None, max_size=None)


@contextmanager
def ends(folder: Path, talk: Callable[[ServerConnection, "queue.Queue[Any]"], None]) -> Iterator[Ends]:
    found: list[Ends] = []
    server = serve(
        lambda connection: talk(connection, found[0].seen), "127.0.0.1", 0, ping_interval=None, max_size=None
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        found.append(Ends(folder, server.socket.getsockname()[1]))
        yield found[0]
    finally:
        if found:
            found[0].proxy.close()
        server.shutdown()
        thread.join(WAIT_S)


def until_closed(connection: ServerConnection, seen: "queue.Queue[Any]") -> None:
    """Answer whatever comes, and note how it ended."""
    seen.put(connection.request.headers["Authorization"] if connection.request else "")
    try:
        for message in connection:
            connection.send(message)
    except ConnectionClosed:
        pass
    seen.put((connection.close_code, connection.close_reason))


def ended(closed: ConnectionClosed) -> tuple[int, str]:
    return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd is not None else (1006, "")


def test_messages_pass_whole_and_the_apps_close_reaches_the_vendor(tmp_path: Path) -> None:
    with ends(tmp_path, until_closed) as both:
        with both.connect() as app:
            assert both.seen.get(timeout=WAIT_S) == f"Bearer {KEY}"
            for message in ("one", "x" * 2_000_000, b"\x00" * 70_000):
                app.send(message)
                assert app.recv(timeout=WAIT_S) == message
            assert app.ping().wait(WAIT_S), "the vendor's pong"
            app.close(4001, "all said")
        assert both.seen.get(timeout=WAIT_S) == (4001, "all said")
        [line] = eventually(both.proxy.calls, "the call's line")
        assert (line["status"], line["verdict"]) == (101, "success")


def test_the_vendors_close_reaches_the_app_with_its_reason(tmp_path: Path) -> None:
    def leave(connection: ServerConnection, _: "queue.Queue[Any]") -> None:
        connection.close(1012, "back in a minute")

    with ends(tmp_path, leave) as both, both.connect() as app:
        with pytest.raises(ConnectionClosed) as closed:
            app.recv(timeout=WAIT_S)
        assert ended(closed.value) == (1012, "back in a minute")


def test_a_vendor_that_vanishes_breaks_the_apps_connection(tmp_path: Path) -> None:
    def vanish(connection: ServerConnection, _: "queue.Queue[Any]") -> None:
        connection.socket.shutdown(socket.SHUT_RDWR)

    with ends(tmp_path, vanish) as both, both.connect() as app:
        with pytest.raises(ConnectionClosedError) as closed:
            app.recv(timeout=WAIT_S)
        assert ended(closed.value) == (1006, "")
        [line] = eventually(both.proxy.calls, "the call's line")
        assert (line["verdict"], line["error"]) == ("failed", "connection_terminated")


def test_an_app_that_vanishes_breaks_the_vendors_connection(tmp_path: Path) -> None:
    with ends(tmp_path, until_closed) as both, both.connect() as app:
        both.seen.get(timeout=WAIT_S)
        app.socket.shutdown(socket.SHUT_RDWR)
        assert both.seen.get(timeout=WAIT_S) == (1006, "")


def test_a_proxy_that_is_stopped_says_goodbye_to_both_and_ends_at_once(tmp_path: Path) -> None:
    with ends(tmp_path, until_closed) as both, both.connect() as app:
        both.seen.get(timeout=WAIT_S)
        both.proxy.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosedOK) as closed:
            app.recv(timeout=WAIT_S)
        assert ended(closed.value)[0] == 1001
        assert both.seen.get(timeout=WAIT_S)[0] == 1001
        assert both.proxy.exit_code() == 0
