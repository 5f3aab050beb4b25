"""An end that TLS confirms and one that it does not, as asyncio and uvloop tell of them, on real sockets."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from tidegate.proxy.forward.certificate_authority import make_authority
from tidegate.proxy.forward.leaf_contexts import LeafContexts
from tidegate.world.tls_closure import cut_off, is_confirmed
from tidegate.world.world import RealWorld

HOST = "api.example"
WORLD = RealWorld()
AUTHORITY = make_authority([HOST], WORLD.wall())
LEAVES = LeafContexts(WORLD, AUTHORITY, 3600.0)

Runner = Callable[[Coroutine[Any, Any, Any]], Any]


class Listening(asyncio.Protocol):
    """Notes how its connection ends."""

    confirmed = False
    error: BaseException | None = None

    def __init__(self) -> None:
        self.heard = b""
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard += data

    def eof_received(self) -> None:
        self.confirmed = is_confirmed(self.transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.error = exc or (None if self.confirmed else cut_off(self.transport))
        self.ended.set()


def speak(listener: socket.socket, *, tls: bool, alert: bool) -> None:
    """Be the other end of one connection, and leave it with the alert or without."""
    plain = listener.accept()[0]
    if not tls:
        with plain:
            plain.sendall(b"said")
        return
    with LEAVES.context(HOST).wrap_socket(plain, server_side=True) as secured:
        secured.sendall(b"said")
        if alert:
            secured.unwrap().close()
        else:
            os.close(secured.detach())


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize(("tls", "alert", "whole"), [(True, True, True), (True, False, False), (False, False, True)])
def test_an_end_without_the_alert_is_told_apart(run: Runner, *, tls: bool, alert: bool, whole: bool) -> None:
    context = ssl.create_default_context(cadata=AUTHORITY.certificate_pem.decode())

    async def main() -> tuple[bytes, bool]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            speaker = threading.Thread(target=speak, args=(listener,), kwargs={"tls": tls, "alert": alert})
            speaker.start()
            one = await WORLD.connect(
                Listening, *listener.getsockname(), tls=context if tls else None, server_name=HOST
            )
            await one.ended.wait()
            speaker.join()
        return one.heard, one.error is None

    assert run(main()) == (b"said", whole)
