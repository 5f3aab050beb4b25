"""Which breakers a vendor has, who is told of them, and what a newer vendor file takes over."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.proxy.town import VENDOR
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.policies.resilience.breaker_states import BreakerState
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent
from tidegate.proxy.upstream.vendor_breakers import FORCED_OPEN_S, VendorBreakers
from tidegate.vendor.vendor import Vendor


def breakers(world: VirtualWorld, **policy: Any) -> VendorBreakers:
    return VendorBreakers(world, Vendor.model_validate(VENDOR | {"policy": VENDOR["policy"] | policy}, strict=False))


def states_after_a_reload(force: Any, **policy: Any) -> tuple[bool, BreakerState]:
    """Is the breaker the same one, and how does it stand, where an operator had forced it before."""

    async def main() -> tuple[bool, BreakerState]:
        world = VirtualWorld(1)
        old = breakers(world)
        old.force("default", force)
        new = breakers(world, **policy)
        new.inherit(old, world.now())
        return new.get("default") is old.get("default"), new.get("default").state

    return run(main)


def test_a_group_has_one_breaker_however_often_it_is_asked_for() -> None:
    async def main() -> bool:
        made = breakers(VirtualWorld(1))
        return made.get("a") is made.get("a") and made.get("a") is not made.get("b")

    assert run(main)


def test_the_default_group_is_there_before_any_call() -> None:
    async def main() -> list[list[str]]:
        made = breakers(VirtualWorld(1))
        before = made.groups
        made.get("late")
        return [sorted(before), sorted(made.groups)]

    assert run(main) == [["default"], ["default", "late"]]


def test_whoever_listens_is_told_the_group_and_the_change() -> None:
    async def main() -> list[tuple[str, list[BreakerState]]]:
        made, told = breakers(VirtualWorld(1)), list[tuple[str, list[BreakerState]]]()

        def listener(group: str, events: Sequence[BreakerEvent]) -> None:
            told.append((group, [event.target for event in events]))

        made.force("default", "open")
        made.listener = listener
        made.force("default", None)
        return told

    assert run(main) == [("default", [BreakerState.CLOSED])]


@pytest.mark.parametrize(
    ("force", "policy", "same", "state"),
    [
        pytest.param(None, {}, True, BreakerState.CLOSED, id="the same settings: the same breaker"),
        pytest.param("open", {}, True, BreakerState.FORCED_OPEN, id="as it stands"),
        pytest.param(None, {"breaker": {"calls": 5}}, False, BreakerState.CLOSED, id="others: a new one"),
        pytest.param("open", {"breaker": {"calls": 5}}, False, BreakerState.FORCED_OPEN, id="held open as before"),
        pytest.param("closed", {"breaker": {"calls": 5}}, False, BreakerState.FORCED_CLOSED, id="or held closed"),
    ],
)
def test_what_a_reload_takes_over(force: Any, policy: dict[str, Any], same: bool, state: BreakerState) -> None:
    assert states_after_a_reload(force, **policy) == (same, state)


def test_it_tells_for_how_long_a_breaker_stays_open() -> None:
    async def main() -> list[float]:
        world = VirtualWorld(1)
        made = breakers(world)
        seconds = [made.open_s("default", world.now())]
        made.force("default", "open")
        return [*seconds, made.open_s("default", world.now())]

    assert run(main) == [0.0, FORCED_OPEN_S]
