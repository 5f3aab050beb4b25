"""One connection in memory: order, delay, flow control, half-close, close, abort."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from tidegate.chaos.world.line import Line
from tidegate.chaos.world.pipe import HIGH_WATER_BYTES, WINDOW_BYTES, Pipe, connection
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld

sleep = VirtualWorld(0).sleep

DELAY_S = 0.25


class Witness(asyncio.Protocol):
    """Writes down what it is told, with the virtual time."""

    def __init__(self, *, stays: bool = False) -> None:
        self.outcome: list[tuple[float, str]] = []
        self.stays = stays
        self.received = b""

    def _note(self, what: str) -> None:
        self.outcome.append((round(asyncio.get_running_loop().time(), 6), what))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("Pipe", transport)

    def data_received(self, data: bytes) -> None:
        self.received += data
        self._note(data[:8].decode())

    def eof_received(self) -> bool:
        self._note("eof")
        return self.stays

    def connection_lost(self, exc: Exception | None) -> None:
        self._note(f"lost: {type(exc).__name__ if exc else 'closed'}")

    def pause_writing(self) -> None:
        self._note("pause")

    def resume_writing(self) -> None:
        self._note("resume")

    @property
    def words(self) -> list[str]:
        return [what for _, what in self.outcome]


Play = Callable[[Witness, Witness], Awaitable[None]]


def played(play: Play, *, server_stays: bool = False, client_stays: bool = False) -> tuple[Witness, Witness]:
    """Join two witnesses, let `play` do something with them, wait until the wire is quiet."""

    async def main() -> tuple[Witness, Witness]:
        contexts = (contextvars.copy_context(), contextvars.copy_context())
        near, far = connection(Line(DELAY_S), ("127.0.0.1", 1), ("127.0.0.1", 2), contexts)
        client, server = Witness(stays=client_stays), Witness(stays=server_stays)
        far.begin(server, {})
        near.begin(client, {})
        await play(client, server)
        await sleep(60)
        return client, server

    return run(main)


def test_bytes_arrive_in_order_after_the_delay_and_not_before() -> None:
    async def play(client: Witness, _server: Witness) -> None:
        for n in range(50):
            client.transport.write(b"%02d" % n)

    _, server = played(play)
    assert server.received == b"".join(b"%02d" % n for n in range(50))
    assert {at for at, _ in server.outcome} == {DELAY_S}


def test_a_close_is_seen_as_end_of_file_after_the_last_bytes() -> None:
    async def play(client: Witness, _server: Witness) -> None:
        client.transport.write(b"bye")
        client.transport.close()

    client, server = played(play)
    assert server.outcome == [(DELAY_S, "bye"), (DELAY_S, "eof"), (DELAY_S, "lost: closed")]
    assert client.words == ["lost: closed"]


def test_an_abort_is_seen_as_a_reset() -> None:
    async def play(client: Witness, _server: Witness) -> None:
        client.transport.abort()

    client, server = played(play)
    assert server.outcome == [(DELAY_S, "lost: ConnectionResetError")]
    assert client.words == ["lost: closed"]


def test_after_a_half_close_the_other_side_still_answers() -> None:
    async def play(client: Witness, server: Witness) -> None:
        client.transport.write_eof()
        await sleep(1)
        server.transport.write(b"answer")

    client, server = played(play, server_stays=True)
    assert server.words == ["eof"]
    assert client.words == ["answer"]


def test_writing_after_a_half_close_is_an_error() -> None:
    async def play(client: Witness, _server: Witness) -> None:
        client.transport.write_eof()
        with pytest.raises(RuntimeError, match="after write_eof"):
            client.transport.write(b"more")

    played(play, server_stays=True)


def test_bytes_sent_to_an_end_that_has_closed_come_back_as_a_reset() -> None:
    async def play(client: Witness, server: Witness) -> None:
        server.transport.close()
        await sleep(1)
        client.transport.write(b"too late")

    client, server = played(play, client_stays=True)
    assert client.words == ["eof", "lost: ConnectionResetError"]
    assert server.received == b""


def test_a_close_with_unread_bytes_is_a_reset() -> None:
    async def play(client: Witness, server: Witness) -> None:
        server.transport.pause_reading()
        client.transport.write(b"never read")
        await sleep(1)
        server.transport.close()

    client, _ = played(play)
    assert client.words == ["lost: ConnectionResetError"]


def test_a_reader_that_pauses_makes_the_writer_pause_and_reading_on_makes_it_resume() -> None:
    async def play(client: Witness, server: Witness) -> None:
        server.transport.pause_reading()
        piece = b"x" * 32 * 1024
        written = 0
        while client.words != ["pause"]:
            client.transport.write(piece)
            written += len(piece)
        assert written > WINDOW_BYTES + HIGH_WATER_BYTES
        await sleep(1)
        assert server.received == b""
        server.transport.resume_reading()
        await sleep(1)
        assert len(server.received) == written
        assert client.transport.get_write_buffer_size() == 0

    client, _ = played(play)
    assert client.words == ["pause", "resume"]


def test_a_pause_in_the_middle_keeps_the_rest_until_reading_goes_on() -> None:
    class Picky(Witness):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.transport.pause_reading()

    async def main() -> list[tuple[float, str]]:
        near, far = connection(
            Line(DELAY_S), ("a", 1), ("b", 2), (contextvars.copy_context(), contextvars.copy_context())
        )
        client, server = Witness(), Picky()
        far.begin(server, {})
        near.begin(client, {})
        near.write(b"one")
        near.write(b"two")
        near.close()
        await sleep(1)
        assert not far.is_reading()
        far.resume_reading()
        await sleep(1)
        far.resume_reading()
        await sleep(1)
        return server.outcome

    told = run(main)
    assert told == [(0.25, "one"), (1.0, "two"), (2.0, "eof"), (2.0, "lost: closed")]


def test_a_machine_that_vanishes_is_told_nothing_and_its_peer_sees_a_reset() -> None:
    async def play(client: Witness, server: Witness) -> None:
        server.transport.write(b"last")
        client.transport.vanish()

    client, server = played(play)
    assert client.outcome == []
    assert server.words == ["lost: ConnectionResetError"]


def test_an_open_end_stands_at_home_until_it_closes() -> None:
    async def main() -> tuple[int, int]:
        home: dict[Pipe, None] = {}
        near, far = connection(
            Line(DELAY_S), ("a", 1), ("b", 2), (contextvars.copy_context(), contextvars.copy_context())
        )
        far.begin(Witness(), home)
        near.begin(Witness(), home)
        before = len(home)
        near.close()
        await sleep(1)
        return before, len(home)

    assert run(main) == (2, 0)
