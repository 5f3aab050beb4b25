"""Planted bugs of what runs short: places of a bulkhead, and room on the disk."""

from typing import Any
from unittest.mock import patch

from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.stages import late_settlement
from tidegate.proxy.store.deliveries import Accepted
from tidegate.proxy.store.sqlite.sqlite_deliveries import SqliteDeliveries
from tidegate.proxy.store.store_error import StoreError


def a_bulkhead_lends_one_place_more() -> Any:
    original = ConcurrencyLimit.ready_in

    def ready_in(self: ConcurrencyLimit, now: float, amount: float = 1.0) -> float:
        self.at_once += 1
        try:
            return original(self, now, amount)
        finally:
            self.at_once -= 1

    return patch.object(ConcurrencyLimit, "ready_in", ready_in)


def accepted_on_a_full_disk(box: str) -> Any:
    original = SqliteDeliveries.accept

    async def accept(self: SqliteDeliveries, new: Any, now: Any, bounds: Any) -> Any:
        try:
            return await original(self, new, now, bounds)
        except StoreError:
            if new.box != box:
                raise
            return Accepted()

    return patch.object(SqliteDeliveries, "accept", accept)


def a_write_is_accepted_though_the_disk_is_full() -> Any:
    return accepted_on_a_full_disk("outbox")


def a_webhook_is_taken_though_the_disk_is_full() -> Any:
    return accepted_on_a_full_disk("inbox")


def a_record_that_a_full_disk_refuses_is_never_settled() -> Any:
    async def never(*arguments: Any) -> None:
        """It is left to its lease."""

    return patch.object(late_settlement, "_settle_late", never)


SPACE_MUTANTS = (
    a_record_that_a_full_disk_refuses_is_never_settled,
    a_bulkhead_lends_one_place_more,
    a_write_is_accepted_though_the_disk_is_full,
    a_webhook_is_taken_though_the_disk_is_full,
)
