"""Sends a request's body as it comes, on a connection of the pool, while its answer is waited for.

It knows one exchange; whether its connection is used again is for tidegate.proxy.wire.pool to say.
"""

import asyncio

from tidegate.proxy.wire.exchange_errors import NoAnswer, no_answer
from tidegate.proxy.wire.pool_connection import Connection, expire
from tidegate.proxy.wire.transport import OutgoingStream, Timers
from tidegate.world.unread import let_read
from tidegate.world.world import World


class RequestSender:
    """Sends a body as it comes, while the answer is waited for, and sets the timer for the answer once it is sent.

    The vendor may answer before it has read all: then the rest of the body goes on, until the answer has ended.
    """

    def __init__(self, world: World, connection: Connection, body: OutgoingStream, timers: Timers) -> None:
        self._world, self._connection = world, connection
        self._body, self._timers = body, timers
        self._failure: BaseException | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._answered = self._sent = False
        why = "the request took too long to send"
        self._total = world.call_later(timers.upload_s, expire, connection, "http_request_error", why)
        self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        connection, chunked, world = self._connection, self._body.chunked, self._world
        try:
            async for piece in self._body.pieces():
                if (transport := await self._transport()) is None:
                    return  # whoever waits for the answer is told by the connection
                transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if connection._paused:  # noqa: SLF001
                    await self._drained()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised to whoever waits for the answer
            self._failure = error
            connection.set_exception(error)
            return
        if chunked and (transport := await self._transport()) is not None:
            transport.write(b"0\r\n\r\n")
        self._total.cancel()
        self._sent = True
        if not self._answered:
            first_s = self._timers.first_s(world.now())
            why = f"no answer in {first_s:g} s"
            self._timer = world.call_later(first_s, expire, connection, "http_response_timeout", why)

    async def _transport(self) -> asyncio.Transport | None:
        """Where to write, None where it is over. What has come is read first: after a write that fails it cannot be."""
        if self._connection.transport is not None:
            await let_read(self._world, self._connection.transport)
        return self._connection.transport

    async def _drained(self) -> None:
        try:
            async with self._world.timeout(self._timers.idle_s):
                await self._connection._drain_helper()  # noqa: SLF001
        except TimeoutError:
            raise NoAnswer("connection_write_timeout", "the vendor stopped taking the request") from None

    def judge(self, error: BaseException) -> BaseException:
        """The error of an exchange that failed with `error`: a failure of the content itself goes before."""
        return self._failure or no_answer(error)

    def answered(self) -> None:
        """The answer's head has come: its timer is no longer needed, or will not be."""
        self._answered = True
        if self._timer is not None:
            self._timer.cancel()

    def end(self) -> bool:
        """Send no more. True where all was sent, so that the connection is still good."""
        sent = self._task.done() and self._sent
        self._task.cancel()
        self._total.cancel()
        self.answered()
        return sent
