"""Bugs that are planted into a proxy before it starts: each breaks a promise that only a crash shows."""

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

from tests.acceptance.kills.lives import WORLD
from tests.acceptance.kills.trigger import put
from tidegate.proxy.durable import outbox_carrier
from tidegate.proxy.durable.outbox_carrier import OutboxCarrier
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.bulk_decision import RowItem
from tidegate.proxy.store.deliveries import Accepted
from tidegate.proxy.store.sqlite.sqlite_deliveries import SqliteDeliveries

LATE_S = 0.2
_LATER: set[Any] = set()


def _later(work: Any) -> None:
    async def do() -> None:
        await WORLD.sleep(LATE_S)
        await work

    task = asyncio.get_running_loop().create_task(do())
    _LATER.add(task)


def _acknowledges_before_the_commit() -> None:
    real = SqliteDeliveries.accept

    async def accept(*arguments: Any) -> Accepted:
        _later(real(*arguments))
        return Accepted()

    put(SqliteDeliveries, "accept", accept)


def _sends_before_the_attempt_is_on_record() -> None:
    real = OutboxCarrier._try

    async def unwritten(_: str) -> None:
        """The attempt is not on record yet."""

    async def tried(self: OutboxCarrier, delivery: Any, route: Any, begin: Any) -> Any:
        settlement = await real(self, delivery, route, unwritten)
        await begin("")
        return settlement

    put(OutboxCarrier, "_try", tried)


def _sends_what_is_unknown_again() -> None:
    put(outbox_carrier, "first_step", lambda *_: "try")


def _tells_the_app_in_a_transaction_of_its_own() -> None:
    real = SqliteDeliveries.settle

    async def settle(self: SqliteDeliveries, delivery: Any, settlement: Any, now: Any, then: Any = None) -> bool:
        ours = await real(self, delivery, settlement, now)
        if ours and then is not None:
            _later(self.accept(then, now, BacklogBounds()))
        return ours

    put(SqliteDeliveries, "settle", settle)


def _names_a_joined_write_anew() -> None:
    text, name, life = RowItem.text, RowItem.name, f"-{os.getpid()}"
    put(RowItem, "text", lambda self, bulk, key: text(self, bulk, key + life))
    put(RowItem, "name", lambda self, bulk, key: name(self, bulk, key + life))


BUGS: Mapping[str, Callable[[], None]] = {
    "acknowledges before the commit": _acknowledges_before_the_commit,
    "sends before the attempt is on record": _sends_before_the_attempt_is_on_record,
    "sends what is unknown again": _sends_what_is_unknown_again,
    "names a joined write anew": _names_a_joined_write_anew,
    "tells the app in a transaction of its own": _tells_the_app_in_a_transaction_of_its_own,
}
