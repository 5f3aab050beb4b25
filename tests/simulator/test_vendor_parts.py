"""The parts of one vendor are its own: two vendors in one process share their document, and nothing that is kept."""

from dataclasses import fields

from tests.simulator.conftest import Play
from tidegate.simulator.vendor_parts import VendorParts


async def test_two_vendors_share_no_part_that_holds_anything(play: Play) -> None:
    first, other = (await play()).simulator._parts, (await play()).simulator._parts
    parts = {part.name: (getattr(first, part.name), getattr(other, part.name)) for part in fields(VendorParts)}
    shared = {name for name, (mine, theirs) in parts.items() if mine is theirs and not isinstance(mine, float | None)}
    assert shared == {"document"}


async def test_what_one_vendor_does_reaches_its_own_parts_alone(play: Play) -> None:
    first, other = await play(), await play()
    await first.pay(Idempotency_Key="k")
    first.arm(kind="throttle")
    await first.pay(Idempotency_Key="another")
    assert first.simulator.journal.entries[-1].faults == ("throttle",)
    await other.pay(Idempotency_Key="k")
    theirs = other.simulator.journal.entries[-1]
    assert (theirs.n, theirs.faults, theirs.replayed) == (1, (), False)
    assert len(other.simulator.resources.all()["payment_intent"]) == 1
