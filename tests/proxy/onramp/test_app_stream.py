"""The framing of a streamed answer, and its end."""

import asyncio
from typing import Any

import pytest
from aiohttp import HttpVersion10, HttpVersion11

from tests.serving import serving
from tests.waiting import settle
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.onramp.app_stream import AppStalled, AppStream, finish, reset
from tidegate.world.raw_response import STALLED_S


class Wire:
    """The app's transport, and the protocol and request around it."""

    def __init__(self, *, modern: bool = True) -> None:
        self.sent, self.ended, self.transport = b"", "", self
        self.protocol = self
        self.version = HttpVersion11 if modern else HttpVersion10
        self._paused = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def close(self) -> None:
        self.ended = "close"

    def abort(self) -> None:
        self.ended = "abort"

    def get_extra_info(self, _: str) -> None:
        """It has no socket."""

    def is_closing(self) -> bool:
        return bool(self.ended)

    async def _drain_helper(self) -> None:
        await asyncio.get_running_loop().create_future()


def stream(wire: Any, length: bytes | None = None) -> tuple[AppStream, bytes]:
    made = AppStream(VirtualWorld(1), wire)
    return made, made.framing(length, keep_alive=True)


def test_without_a_length_it_is_chunked_and_its_end_is_sent_last() -> None:
    async def main() -> None:
        wire = Wire()
        made, lines = stream(wire)
        assert lines == b"Transfer-Encoding: chunked\r\n"
        made.head = b"HEAD\r\n"
        await made.begin(b"abc")
        await made.write(b"defg")
        finished = await finish(made, whole=True)
        assert wire.sent == b"HEAD\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
        assert finished.keep_alive
        await finished.prepare(wire)  # type: ignore[arg-type]  # a fake
        await finished.write_eof()

    run(main)


def test_a_length_is_kept_and_an_answer_that_is_shorter_is_broken() -> None:
    async def main() -> None:
        wire = Wire()
        made, lines = stream(wire, b"5")
        assert lines == b"Content-Length: 5\r\n"
        await made.begin(b"abc")
        finished = await finish(made, whole=True)
        assert (wire.sent, wire.ended, finished.keep_alive) == (b"abc", "close", False)
        with pytest.raises(ConnectionResetError):
            await finished.prepare(wire)  # type: ignore[arg-type]  # a fake

    run(main)


@pytest.mark.parametrize(("modern", "ended"), [(True, "close"), (False, "abort")])
def test_a_break_is_seen_by_old_and_new_apps(modern: bool, ended: str) -> None:
    async def main() -> None:
        wire = Wire(modern=modern)
        made, _ = stream(wire)
        await made.begin(b"abc")
        await finish(made, whole=False)
        assert wire.ended == ended
        assert not wire.sent.endswith(b"0\r\n\r\n")

    run(main)


async def test_the_break_of_an_answer_to_an_old_app_is_a_reset_and_what_was_sent_arrives() -> None:
    async def breaks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"half")
        await settle()
        assert isinstance(writer.transport, asyncio.Transport)
        reset(writer.transport)

    async with serving(breaks) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            assert await reader.readexactly(4) == b"half"
            with pytest.raises(ConnectionResetError):
                await reader.read()
        finally:
            writer.close()


def test_an_old_app_is_told_that_the_connection_ends() -> None:
    _, lines = run_sync(lambda: stream(Wire(modern=False)))
    assert lines == b"Connection: close\r\n"


def test_an_app_that_has_gone_gets_nothing_more() -> None:
    async def main() -> None:
        wire = Wire()
        made, _ = stream(wire)
        wire.close()
        assert made.gone
        with pytest.raises(ConnectionResetError):
            await made.begin(b"abc")

    run(main)


def test_an_app_that_reads_nothing_is_given_up() -> None:
    async def main() -> float:
        wire = Wire()
        made, _ = stream(wire)
        wire._paused = True
        with pytest.raises(AppStalled):
            await made.begin(b"abc")
        assert wire.ended == "abort"
        return asyncio.get_running_loop().time()

    assert run(main) == STALLED_S


def run_sync(work: Any) -> Any:
    async def main() -> Any:
        return work()

    return run(main)
