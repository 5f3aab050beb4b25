"""What is held at rest: each thing that is counted shows under its own name; a quiet proxy holds spares alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.play import rest
from tidegate.chaos.play.rest import EndedSpans, held_at_rest
from tidegate.chaos.play.trial import CONFIG, played
from tidegate.chaos.search_vendors import PAYMENTS
from tidegate.chaos.timeline.draw import draw
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.app import Proxy
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.policies.limits.wait_queue import Ticket

Leak = Callable[[Proxy, VirtualWorld], object]


def at_rest(leak: Leak) -> dict[str, int]:
    """What is not 0 after a trial in which something leaked at its end."""
    looked = rest.held_at_rest

    async def leaking(proxy: Proxy, machine: VirtualWorld, *more: Any) -> dict[str, int]:
        async def on_the_machine() -> None:
            leak(proxy, machine)

        await machine.run(on_the_machine())
        return await looked(proxy, machine, *more)

    with patch("tidegate.chaos.play.trial.held_at_rest", leaking):
        found = played(draw(0, 1.0))[PAYMENTS].rest
    return {name: count for name, count in found.items() if count and not name.startswith("connections to")}


def settle_with_a_lease(proxy: Proxy, machine: VirtualWorld) -> None:
    connection = machine.disk.connection(Path(str(CONFIG.store)))
    connection.execute("UPDATE records SET lease_until = 9 WHERE id = (SELECT max(id) FROM records)")


def run_on(proxy: Proxy, machine: VirtualWorld) -> None:
    connection = machine.disk.connection(Path(str(CONFIG.store)))
    connection.execute("UPDATE records SET state = 'running', boot = (SELECT max(boot) FROM boots) WHERE id = 1")


def queue_up(proxy: Proxy, machine: VirtualWorld) -> None:
    room = proxy.upstreams[PAYMENTS].limits.room
    room.queue._enter(Ticket("shop", 3, None, machine.now(), 1e9))


def take_a_place(proxy: Proxy, machine: VirtualWorld) -> None:
    places = proxy.upstreams[PAYMENTS].limits.gauges["bulkhead default"]
    assert isinstance(places, ConcurrencyLimit)
    places.charge(machine.now())


def hold_a_token(proxy: Proxy, machine: VirtualWorld) -> None:
    bucket = proxy.upstreams[PAYMENTS].limits.gauges["account"]
    assert isinstance(bucket, TokenBucket)
    assert bucket.take(machine.now()) == 0.0
    bucket.hold(machine.now())


def probe(proxy: Proxy, machine: VirtualWorld) -> None:
    breaker = proxy.upstreams[PAYMENTS].breakers.get("default")
    breaker.force("open", machine.now())
    breaker.force(None, machine.now())
    breaker._probe(machine.now())


def call(proxy: Proxy, machine: VirtualWorld) -> None:
    proxy.in_flight += 1


async def for_ever() -> None:
    await asyncio.Event().wait()


def go_on(proxy: Proxy, machine: VirtualWorld) -> None:
    machine.task = asyncio.get_running_loop().create_task(for_ever())  # type: ignore[attr-defined]  # it must be held


def set_a_timer(proxy: Proxy, machine: VirtualWorld) -> None:
    machine.call_later(1000.0, for_ever)


@pytest.mark.parametrize(
    ("leak", "name"),
    [
        (call, "calls under way"),
        (queue_up, "places in the queues for stripe"),
        (take_a_place, "places held of stripe's bulkheads"),
        (hold_a_token, "limits of stripe with permits out"),
        (probe, "probes out of stripe's breakers"),
        (run_on, "records that still run"),
        (settle_with_a_lease, "leases of records that are settled"),
        (go_on, "tasks that go on"),
        (set_a_timer, "timers that are set"),
    ],
)
def test_each_thing_that_is_left_over_is_counted_under_its_name(leak: Leak, name: str) -> None:
    assert at_rest(leak) == {name: 1}


def test_what_is_there_at_one_look_only_is_not_left_over() -> None:
    async def main() -> dict[str, int]:
        counts = iter([{"calls": 0, "tasks": 2}, {"calls": 1, "tasks": 1}, {"calls": 0, "tasks": 3}])
        spans = iter([1, 0, 2])

        def more() -> dict[str, int]:
            return {"spans": next(spans)}

        with patch.object(rest, "held", lambda *_: next(counts)):
            world = VirtualWorld(0)
            return await held_at_rest(None, world, str(CONFIG.store), world.sleep, more)  # type: ignore[arg-type]  # not looked at

    assert run(main) == {"calls": 0, "tasks": 1, "spans": 0}


def test_a_request_without_an_ended_attempt_has_a_span_that_never_ended() -> None:
    def attempt(*, began: float = 1.0, ended: float = 2.0, sent: bool = True, error: str = "") -> SimpleNamespace:
        return SimpleNamespace(began=began, ended=ended, sent=sent, error=error)

    spans, tap = EndedSpans(), Tap(sends=[(0.5, "before"), (1.0, "a"), (2.0, "b"), (3.0, "c")])
    plan: Any = SimpleNamespace(vendor=PAYMENTS)
    attempts = [attempt(), attempt(sent=False), attempt(ended=1.0), attempt(ended=1.0, error="connection_terminated")]
    spans.add(SimpleNamespace(plan=plan, attempts=attempts))  # type: ignore[arg-type]  # all that is looked at
    assert spans.missing(PAYMENTS, tap, 1.0) == 1
    assert spans.missing(PAYMENTS, tap, 1.5) == 0
    spans.close()
