"""What a proxy holds when nobody has called it for long: everything that is counted, by name.

Each count is a law of rest (chaos/judge/wire_promises.py): what was lent has come back, what was begun has ended. A
spare connection that is just being made is not held for good, nor is a write that is looked up again: a thing is left
over where it is at every look.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from tidegate.chaos.judge.tap import Tap
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.app import Proxy
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.upstream.upstream import Upstream

LOOKS = 3
LOOK_EVERY_S = 1.7
"""No timer of the proxy's keeps step with this."""

SHARE_MIN = 1e-9
"""Adding and taking away leaves fractions."""

KEEPERS = ("StoreKeeper.run", "DeliveryWorker._heartbeat", "AlarmBell._run", "SecretWatcher._watch")
"""Tasks that run for as long as the proxy does, and sleep between two looks."""
_WORKER = "DeliveryWorker._work"
"""One too, that waits for work with a timeout."""
_SLEEP = "_set_result_unless_cancelled"
_WAIT = "Timeout._on_timeout"
_IDLE = "IdleConnections._expire"
_REFRESH = "TokenProvider._due"
"""A token is refreshed at its time, whether somebody calls or not; and the connection to its endpoint waits."""
_DISK = ("VirtualWriter._commit", "VirtualWriter._answer")
"""A disk that is slow is always at work for one of them."""

_RECORDS = """
SELECT (SELECT count(*) FROM records WHERE state = 'running' AND boot = (SELECT max(boot) FROM boots)),
    (SELECT count(*) FROM records WHERE state <> 'running' AND lease_until > 0)"""


class EndedSpans:
    """The spans of one life of a proxy that have ended. See tidegate.proxy.telemetry.telemetry.SpanSink."""

    def __init__(self) -> None:
        self.attempts = Counter[str]()
        """Vendor → attempts of which something was sent, and that took some time."""

    def add(self, finished: FinishedCall) -> None:
        """A call, and its attempts. One that took no time is one that failed at once."""
        ended = sum(
            attempt.sent and (attempt.ended > attempt.began or bool(attempt.error)) for attempt in finished.attempts
        )
        self.attempts[finished.plan.vendor] += ended

    def add_post(self, post: EndedPost) -> None:
        """Posts to apps go over no vendor's wire."""

    def close(self) -> None:
        """Nothing is sent anywhere."""

    def missing(self, vendor: str, tap: Tap, since_s: float) -> int:
        """The number of requests that were on the wire since then and whose span has not ended."""
        return sum(at >= since_s for at, _ in tap.sends) - self.attempts[vendor]


async def held_at_rest(
    proxy: Proxy,
    machine: VirtualWorld,
    store: Path | str,
    sleep: Callable[[float], Awaitable[None]],
    more: Callable[[], dict[str, int]] = dict,
) -> dict[str, int]:
    """The least of each count over a few looks, of `more` of them too."""
    least = held(proxy, machine, store) | more()
    for _ in range(LOOKS - 1):
        await sleep(LOOK_EVERY_S)
        now = held(proxy, machine, store) | more()
        least = {name: min(count, now[name]) for name, count in least.items()}
    return least


def held(proxy: Proxy, machine: VirtualWorld, store: Path | str) -> dict[str, int]:
    """What the proxy holds now."""
    counts = {"calls under way": proxy.in_flight, "connections of apps": len(proxy.telemetry.metrics.ports["gateway"])}
    for name, upstream in proxy.upstreams.items():
        counts |= _of_vendor(name, upstream, machine.now())
    running, leased = machine.disk.connection(Path(store)).execute(_RECORDS).fetchone()
    counts |= {"records that still run": running, "leases of records that are settled": leased}
    tasks, timers = machine.pending
    kept = sum(any(name in task for name in KEEPERS) for task in tasks)
    working = sum(_WORKER in task for task in tasks)
    open_connections = sum(upstream.transport.open for upstream in proxy.upstreams.values())
    expected = min(timers.count(_IDLE), open_connections) + min(timers.count(_SLEEP), kept)
    expected += min(timers.count(_WAIT), working) + min(sum(timers.count(name) for name in _DISK), 1)
    fetching = sum(upstream.provider.fetches for upstream in proxy.upstreams.values())
    expected += min(timers.count(_REFRESH), fetching)
    expected += min(max(timers.count(_IDLE) - open_connections, 0), 2 * fetching)
    return counts | {"tasks that go on": len(tasks) - kept - working, "timers that are set": len(timers) - expected}


def _of_vendor(name: str, upstream: Upstream, now: float) -> dict[str, int]:
    """Permits, waiters and connections of one vendor."""
    limits, rooms = upstream.limits, [upstream.limits.room, *(gate.room for gate in upstream.limits.bulkheads.values())]
    places = {name: gauge.held for name, gauge in limits.gauges.items() if isinstance(gauge, ConcurrencyLimit)}
    shares = {name: share for name, share in limits.shares(now).items() if name not in places}
    return {
        f"connections to {name}": upstream.transport.open,
        f"calls that wait for {name}": limits.depth,
        f"places in the queues for {name}": sum(len(room.queue) for room in rooms),
        f"places held of {name}'s bulkheads": int(sum(places.values())),
        f"limits of {name} with permits out": sum(share > SHARE_MIN for share in shares.values()),
        f"probes out of {name}'s breakers": sum(one.probes_out for one in upstream.breakers.snapshots(now).values()),
    }
