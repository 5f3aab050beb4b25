"""Planted bugs of outbox and inbox: what goes wrong where writes and webhooks outlive the process that took them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from tidegate.proxy.durable import inbox_carrier, inbox_receiver, outbox_carrier, outbox_door, outcome_lookup
from tidegate.proxy.durable.outbox_carrier import OutboxCarrier
from tidegate.proxy.policies.delivery import inbox_decision, outbox_decision
from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.delivery.lookup_answer import LookupFinding
from tidegate.proxy.policies.delivery.webhook_event import WebhookEvent
from tidegate.proxy.policies.webhooks import verification
from tidegate.proxy.store.deliveries import Accepted, Repeated
from tidegate.proxy.store.sqlite.delivery import delivery_accept, delivery_order, delivery_overdue, delivery_settle
from tidegate.proxy.store.sqlite.sqlite_deliveries import SqliteDeliveries
from tidegate.simulator.trouble.webhooks.webhook_fault import FORGED

LATER_S = 2.0
"""What is not done in the same transaction is done when somebody gets to it."""


def an_attempt_is_on_record_only_after_it_was_sent() -> Any:
    original = OutboxCarrier._try

    async def late(self: OutboxCarrier, delivery: Any, route: Any, begin: Any) -> Settlement:
        begun = list[str]()

        async def note(call_id: str) -> None:
            begun.append(call_id)

        settlement = await original(self, delivery, route, note)
        for call_id in begun:
            await begin(call_id)
        return settlement

    return patch.object(OutboxCarrier, "_try", late)


def what_a_dead_worker_sent_is_taken_for_unsent() -> Any:
    never = delivery_overdue._TAKE_BACK.replace("state = ?1, resting = ?1", "state = 'queued', resting = 'queued'")
    return patch.object(delivery_overdue, "_TAKE_BACK", never)


def leases_of_dead_workers_are_never_taken_back() -> Any:
    return patch.object(delivery_overdue, "take_back_leases", lambda connection, box, now, retention: None)


@contextmanager
def a_key_is_looked_for_and_then_written() -> Iterator[None]:
    accept, find_key = SqliteDeliveries.accept, SqliteDeliveries.find_key

    async def find(self: Any, box: Any, app: str, vendor: str, operation: str, key: str) -> Any:
        like = "SELECT key FROM deliveries WHERE box = ? AND app = ? AND vendor = ? AND operation = ? AND key LIKE ?"
        wanted = (box, app, vendor, operation, f"{key}#%")
        row = await self._writer.run(lambda connection: connection.execute(like, wanted).fetchone())
        return None if row is None else await find_key(self, box, app, vendor, operation, row["key"])

    async def select_then_insert(self: Any, new: Any, now: Any, bounds: Any) -> Any:
        known = await find(self, new.box, new.app, new.vendor, new.operation, new.key)
        if known is not None:
            return Repeated(known)
        return await accept(self, replace(new, key=f"{new.key}#{new.id}"), now, bounds)

    with patch.object(SqliteDeliveries, "accept", select_then_insert), patch.object(SqliteDeliveries, "find_key", find):
        yield


def accepted_before_its_commit(box: str) -> Any:
    original, tasks = SqliteDeliveries.accept, set[Any]()

    async def accept(self: SqliteDeliveries, new: Any, now: Any, bounds: Any) -> Any:
        if new.box != box:
            return await original(self, new, now, bounds)
        task = asyncio.get_running_loop().create_task(original(self, new, now, bounds))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return Accepted()

    return patch.object(SqliteDeliveries, "accept", accept)


def a_webhook_is_answered_before_its_commit() -> Any:
    return accepted_before_its_commit("inbox")


def a_202_is_told_before_its_commit() -> Any:
    return accepted_before_its_commit("outbox")


def an_unknown_write_is_sent_again_under_a_new_key() -> Any:
    original = OutboxCarrier._call

    def call(self: OutboxCarrier, delivery: Any, plan: Any) -> Any:
        if delivery.resting == "unknown" and plan.idempotency == "vendor-key":
            delivery = replace(delivery, new=replace(delivery.new, key=f"{delivery.new.key}-again"))
        return original(self, delivery, plan)

    return patch.object(OutboxCarrier, "_call", call)


def an_unknown_write_is_parked_at_once() -> Any:
    return patch.object(outbox_decision, "same_key_is_good", lambda delivery, plan, now: False)


def a_newer_write_cancels_one_that_was_sent() -> Any:
    def cancel(connection: Any, key: Any, seq: int, now: Any) -> None:
        connection.execute(
            "UPDATE deliveries SET state = 'cancelled', resting = 'cancelled', blocked = 0, keep_until = ? + keep_s "
            f"WHERE {delivery_order.OF_KEY} AND holds AND seq < ?",
            (now.least, *key, seq),
        )
        delivery_order.let_next_go(connection, key)

    return patch.object(delivery_accept, "cancel_older", cancel)


def a_dead_head_keeps_its_order_key() -> Any:
    return patch.object(delivery_settle, "let_next_go", lambda connection, key: None)


def the_order_of_writes_is_ignored() -> Any:
    return patch.object(outbox_door.OutboxDoor, "_order_key", lambda self, call: "")


def deferred_writes_stand_before_calls_in_the_queue() -> Any:
    return patch.object(outbox_carrier, "LAST_IN_LINE", "u=0")


@contextmanager
def the_deadline_of_a_write_is_ignored() -> Iterator[None]:
    original = outbox_decision.first_step

    def first_step(delivery: Any, plan: Any, now: Any) -> Any:
        return original(replace(delivery, new=replace(delivery.new, deadline=float("inf"))), plan, now)

    with (
        patch.object(outbox_carrier, "first_step", first_step),
        patch.object(delivery_overdue, "expire", lambda connection, box, now, retention: None),
    ):
        yield


def a_lookup_that_cannot_tell_says_absent() -> Any:
    return patch.object(outcome_lookup, "CANNOT_TELL", LookupFinding("absent"))


def a_result_is_told_in_another_transaction() -> Any:
    original, tasks = SqliteDeliveries.settle, set[Any]()

    async def settle(self: SqliteDeliveries, delivery: Any, settlement: Any, now: Any, then: Any = None) -> bool:
        ours = await original(self, delivery, settlement, now)
        if ours and then is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(LATER_S, lambda: tasks.add(loop.create_task(self.accept(then, now, BacklogBounds()))))
        return ours

    return patch.object(SqliteDeliveries, "settle", settle)


def a_breaker_that_is_open_uses_up_tries() -> Any:
    original = outbox_decision.back

    def back(*arguments: Any) -> Settlement:
        return replace(original(*arguments), counts=True)

    return patch.object(outbox_carrier, "back", back)


def a_forged_webhook_is_taken() -> Any:
    original = verification.verify

    def verify(recipe: Any, webhook: Any, secrets: Any, wall: float) -> Any:
        return original(recipe, webhook, [*secrets, FORGED], wall)

    return patch.object(inbox_receiver, "verify", verify)


def a_post_without_an_answer_counts_as_delivered() -> Any:
    original = inbox_decision.decide_post

    def decide(delivery: Any, result: Any, now: float, backoff_s: float) -> Settlement:
        lost = not result.status and result.error != "connection_refused"
        return original(delivery, replace(result, status=200) if lost else result, now, backoff_s)

    return patch.object(inbox_carrier, "decide_post", decide)


def the_order_of_webhooks_is_ignored() -> Any:
    return patch.object(WebhookEvent, "order_key", lambda self, source, pointer: "")


def a_full_backlog_drops_what_comes() -> Any:
    original = delivery_accept.accept

    def accept(connection: Any, offer: Any, backlog: Any) -> Any:
        answer = original(connection, offer, backlog)
        return Accepted() if isinstance(answer, BacklogFull) else answer

    return patch.object(delivery_accept, "accept", accept)


BOX_MUTANTS = (
    an_attempt_is_on_record_only_after_it_was_sent,
    what_a_dead_worker_sent_is_taken_for_unsent,
    leases_of_dead_workers_are_never_taken_back,
    a_key_is_looked_for_and_then_written,
    a_webhook_is_answered_before_its_commit,
    a_202_is_told_before_its_commit,
    an_unknown_write_is_sent_again_under_a_new_key,
    an_unknown_write_is_parked_at_once,
    a_newer_write_cancels_one_that_was_sent,
    a_dead_head_keeps_its_order_key,
    the_order_of_writes_is_ignored,
    deferred_writes_stand_before_calls_in_the_queue,
    the_deadline_of_a_write_is_ignored,
    a_lookup_that_cannot_tell_says_absent,
    a_result_is_told_in_another_transaction,
    a_breaker_that_is_open_uses_up_tries,
    a_forged_webhook_is_taken,
    a_post_without_an_answer_counts_as_delivered,
    the_order_of_webhooks_is_ignored,
    a_full_backlog_drops_what_comes,
)
