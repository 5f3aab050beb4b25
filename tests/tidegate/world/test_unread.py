"""What waits at a connection's socket is seen, and nothing of it is read."""

import asyncio
import socket

import pytest

from tidegate.world.unread import has_unread


class SocketEnd(asyncio.BaseTransport):
    """A transport that is nothing but its socket."""


@pytest.mark.parametrize("what", ["bytes", "end"])
def test_bytes_and_an_end_wait_to_be_read(what: str) -> None:
    one, other = socket.socketpair()
    with one, other:
        transport = SocketEnd({"socket": one})
        assert not has_unread(transport)
        if what == "bytes":
            other.send(b"a")
        else:
            other.shutdown(socket.SHUT_WR)
        assert has_unread(transport)
        assert one.recv(1) == (b"a" if what == "bytes" else b"")


def test_where_there_is_no_socket_nothing_waits() -> None:
    assert not has_unread(asyncio.BaseTransport())
    one, other = socket.socketpair()
    one.close()
    other.close()
    assert not has_unread(SocketEnd({"socket": one}))
