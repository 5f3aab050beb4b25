"""What waits at a connection's socket is seen, and nothing of it is read."""

import asyncio
import socket

import pytest

from tidegate.world.unread import has_unread, what_is_left


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


def test_what_is_left_is_read_up_to_a_bound_and_is_nothing_without_a_socket() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        other.send(b"abcde")
        assert what_is_left(SocketEnd({"socket": one, "sslcontext": object()}), 3) == b""
        assert what_is_left(SocketEnd({"socket": one}), 3) == b"abc"
        assert what_is_left(SocketEnd({"socket": one}), 3) == b"de"
    assert what_is_left(asyncio.BaseTransport(), 3) == b""
