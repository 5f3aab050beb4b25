"""Deliveries that come at once are accepted as one piece of work: a burst pays for one hand-over to the writer.

What comes while nobody else waits goes at the end of the loop's turn. More than BATCH_MAX do not share a commit: the
loop works on some while the disk writes the others. It refuses to know what accepting means.
"""

import asyncio
import sqlite3
from collections.abc import Sequence

from tidegate.proxy.store.sqlite.delivery.delivery_accept import Answer, Offer, accept_all
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.world.group_writer import GROUP_MAX, GroupWriter

BATCH_MAX = 2 * GROUP_MAX
"""So many are one piece of work at most."""


class AcceptBatches:
    """See the module."""

    def __init__(self, writer: GroupWriter[sqlite3.Connection], backlog: SqliteBacklog) -> None:
        self._writer, self._backlog = writer, backlog
        self._waiting: list[tuple[Offer, asyncio.Future[Answer]]] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._planned = False

    def run(self, offer: Offer) -> "asyncio.Future[Answer]":
        """Accept one: StoreError is raised to whoever waits, ValueError where its id is another's.

        Who goes away changes nothing.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((offer, future))
        if not self._planned:
            self._planned = True
            loop.call_soon(self._submit)
        return future

    async def finish(self) -> None:
        """Wait until what was asked for is carried out."""
        self._submit()
        while self._carrying:
            await asyncio.wait(self._carrying)

    def _submit(self) -> None:
        self._planned = False
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            task = asyncio.get_running_loop().create_task(self._carry(batch))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _carry(self, batch: "Sequence[tuple[Offer, asyncio.Future[Answer]]]") -> None:
        offers, backlog = [offer for offer, _ in batch], self._backlog
        answers: Sequence[Answer | BaseException]
        try:
            answers = await self._writer.run(lambda connection: accept_all(connection, offers, backlog), len(offers))
        except asyncio.CancelledError:  # the machine is gone
            for _, future in batch:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - handed to everyone in the batch
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
