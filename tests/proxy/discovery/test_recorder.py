"""The recorder costs a call one append, counts later in slices, and drops what it has no room for."""

from tests.proxy.discovery.sightings import seen
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.discovery.recorder import FLUSH_S, SLICE, WAITING_MAX, DiscoveryRecorder


def test_what_is_noted_is_counted_later() -> None:
    async def story() -> tuple[int, int]:
        world = VirtualWorld(1)
        recorder = DiscoveryRecorder(world)
        for _ in range(3 * SLICE):
            recorder.add(seen("GET", "/a"))
        before = recorder.catalog.calls
        await world.sleep(FLUSH_S + 1.0)
        return before, recorder.catalog.calls

    assert run(story) == (0, 3 * SLICE)


def test_one_more_than_may_wait_is_dropped_and_counted() -> None:
    async def story() -> tuple[int, int]:
        recorder = DiscoveryRecorder(VirtualWorld(1))
        for _ in range(WAITING_MAX + 5):
            recorder.add(seen("GET", "/a"))
        recorder.close()
        return recorder.dropped, recorder.catalog.calls

    assert run(story) == (5, WAITING_MAX)


def test_its_key_is_drawn_anew_for_each_world() -> None:
    async def story() -> tuple[bytes, bytes]:
        return DiscoveryRecorder(VirtualWorld(1)).key.of(b"x"), DiscoveryRecorder(VirtualWorld(2)).key.of(b"x")

    one, other = run(story)
    assert one != other
