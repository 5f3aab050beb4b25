"""Many callers' rows in one statement: what is asked for while others are under way goes together, in one commit.

A commit costs a flush of the server's disk, and a statement of its own a tenth of a millisecond of our processor; one
caller alone waits for neither. Where a batch fails each of its items is tried alone, so that none fails for another's
sake. It knows nothing of what is stored.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Generic, Protocol, TypeVar

from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections, Work
from tidegate.proxy.store.store_error import StoreError

BATCHES_MAX = 2
"""Under way at once: one is written down while the next is on its way."""
ITEMS_MAX = 100
"""In one batch. Those that are refused by their key, or fail, are carried out one by one."""
BYTES_MAX = 1024 * 1024
"""In one batch, unless one item alone has more."""

I = TypeVar("I")  # noqa: E741 - an item
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")
I_contra = TypeVar("I_contra", contravariant=True)


Waiting = tuple[I, int, asyncio.Future[R]]
"""An item, its bytes, and where its result goes."""


class BatchWork(Protocol[I_contra, R_co]):
    """What is done with items, in one transaction. A result for each, in their order."""

    def __call__(
        self, connection: Connection, items: Sequence[I_contra], /, *, again: bool
    ) -> Awaitable[Sequence[R_co]]:
        """Do it."""
        ...


class PostgresBatches(Generic[I, R]):
    """See the module. `work` is asked for batches."""

    def __init__(self, connections: PostgresConnections, work: BatchWork[I, R]) -> None:
        self._connections, self._work = connections, work
        self._waiting: list[Waiting[I, R]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, item: I, size: int = 0) -> R:
        """Do it with one item, of about so many bytes. Raises StoreError."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, size, future))
        if len(self._tasks) < BATCHES_MAX:
            self._tasks.add(loop.create_task(self._carry_out()))
        return await future

    async def _carry_out(self) -> None:
        """Carry out batches for as long as anything waits."""
        task = asyncio.current_task()
        assert task is not None
        try:
            while self._waiting:
                await self._carry_out_one(self._taken())
        finally:
            self._tasks.discard(task)  # now: whoever is woken by it and asks again is not to count on it

    async def _carry_out_one(self, batch: "Sequence[Waiting[I, R]]") -> None:
        try:
            results = await self._connections.run(_bound(self._work, [item for item, _, _ in batch]))
        except Exception as error:  # noqa: BLE001 - a bug of ours, too: it fails alone, and nobody waits for ever
            concerns_all = isinstance(error, StoreError) and (error.unsure or error.trouble == "away")
            if len(batch) == 1 or concerns_all:
                _fail(batch, error)
            else:
                await asyncio.gather(*(self._carry_out_one([one]) for one in batch))
        except BaseException:
            _fail(batch, StoreError("the store's work was ended", unsure=True))
            raise
        else:
            for (_, _, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    def _taken(self) -> "list[Waiting[I, R]]":
        """The first of those that wait, as many as a batch may have."""
        count = total = 0
        for _, size, _ in self._waiting[:ITEMS_MAX]:
            total += size
            if count and total > BYTES_MAX:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def settle(self) -> None:
        """Wait until everything that was asked for has been carried out, or refused."""
        while self._tasks:
            await asyncio.wait(self._tasks)


def _bound(work: BatchWork[I, R], items: Sequence[I]) -> Work[Sequence[R]]:
    async def bound(connection: Connection, *, again: bool) -> Sequence[R]:
        return await work(connection, items, again=again)

    return bound


def _fail(batch: "Sequence[Waiting[I, R]]", error: Exception) -> None:
    if not isinstance(error, StoreError):
        context = {"message": "a bug ended work of the store", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)
        error = StoreError(f"the store's work was ended: {type(error).__name__}", unsure=True)
    for _, _, future in batch:
        if not future.done():
            future.set_exception(StoreError(str(error), error.trouble, unsure=error.unsure))
