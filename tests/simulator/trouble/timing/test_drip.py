"""An answer that comes drop by drop."""

import orjson

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, last
from tests.waiting import until


async def test_a_body_may_come_drop_by_drop(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="drip", every="3s", pieces=4)
    raw.ask("GET", "/v1/customers")
    sizes = [-1]
    for _ in range(4):
        await until(lambda: vendor.world.waiting)
        await until(lambda: len(raw.body) > sizes[-1])
        sizes.append(len(raw.body))
        await vendor.world.advance(3)
    await until(lambda: raw.body.endswith(b"0\r\n\r\n"))
    assert (last(vendor).faults, last(vendor).answered) == (("drip",), True)


async def test_headers_may_come_drop_by_drop(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="drip", part="headers", every="3s", pieces=4)
    raw.ask("GET", "/v1/customers")
    sizes = [0]
    for piece in range(4):
        await until(lambda: vendor.world.waiting)
        await until(lambda: len(raw.heard) > sizes[-1])
        sizes.append(len(raw.heard))
        assert b"\r\n\r\n" not in raw.heard or piece == 3
        await vendor.world.advance(3)
    await until(lambda: raw.whole)
    assert orjson.loads(raw.body)["object"] == "list"
    assert (last(vendor).faults, last(vendor).answered) == (("drip",), True)
    raw.heard = b""
    vendor.simulator.disarm()
    raw.ask("GET", "/v1/customers")
    await until(lambda: raw.whole)
    assert raw.status == 200
