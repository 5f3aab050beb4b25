"""A schema that nobody has been at, proxies that share it, and a wire that a test cuts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.machine import Machine
from tests.proxy.store.places import NOW
from tests.serving import serving
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.world.world import RealWorld, World

Proxies = Callable[..., contextlib.AbstractAsyncContextManager[PostgresStore]]


@pytest.fixture
def url() -> str:
    return shared_server().fresh_url()


@contextlib.asynccontextmanager
async def proxy_at(url: str, world: World | None = None) -> AsyncIterator[PostgresStore]:
    """One life of a proxy."""
    store = PostgresStore(world or RealWorld(), url)
    try:
        await store.open(NOW)
        yield store
    finally:
        await store.close()


async def dies(store: PostgresStore) -> None:
    """As kill -9 leaves it: its connections are gone, and nobody has said goodbye."""
    assert store._beating is not None
    store._beating.cancel()
    await store._connections.close()
    store._beating = None


async def beats(store: PostgresStore, machine: Machine, count: int) -> None:
    """So many beats of a proxy, each after its time."""
    for _ in range(count):
        machine.passes(5.0)
        await store.keep_clock(probing=False)


class CutWire:
    """A relay to the server. `lose_next_answer`: what is asked next is done, and then both ends are cut.

    `meant` stands in what is asked then: a connection that is just being made asks for something, too.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.open, self.silent, self.lose_next_answer, self.then_shut = True, False, False, False
        self.meant = b""
        self._writers: set[asyncio.StreamWriter] = set()
        self._asked: set[asyncio.StreamWriter] = set()
        """Those whose next answer is lost."""

    @contextlib.asynccontextmanager
    async def relaying(self) -> AsyncIterator["CutWire"]:
        async with serving(self._relay) as port:
            self.port = port
            yield self
            self.cut()

    def cut(self) -> None:
        """End every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if not self.open:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers.add(far_writer)
        try:
            await asyncio.gather(self._ask(reader, far_writer, writer), self._answer(far_reader, writer))
        finally:
            far_writer.transport.abort()

    async def _ask(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, answered: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if self.lose_next_answer and self.meant in data:
                    self._asked.add(answered)
                if not self.silent:
                    sink.write(data)
        sink.transport.abort()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if self.lose_next_answer and sink in self._asked:
                    self.lose_next_answer, self.open = False, not self.then_shut
                    self._asked.clear()
                    self.cut()
                    return
                if not self.silent:
                    sink.write(data)
        sink.transport.abort()
