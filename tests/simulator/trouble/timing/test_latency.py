"""A slow vendor sends no byte before its time."""

import pytest

from tests.simulator.conftest import KEY, Played
from tests.simulator.raw import Raw, last
from tests.waiting import until
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.trouble.vendor_fault import VendorFault


async def test_latency_sends_no_byte_before_its_time(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="latency", delay="2s")
    raw.ask("GET", "/v1/customers")
    await until(lambda: vendor.world.waiting)
    await vendor.world.advance(1.999)
    assert raw.heard == b""
    await vendor.world.advance(0.001)
    await until(lambda: raw.whole)
    assert (last(vendor).faults, last(vendor).took_s) == (("latency",), 2.0)


@pytest.mark.parametrize(
    ("form", "status"), [(b"name=A", 200), (b"name=B", 400), (b"nonsense=A", 400)], ids=["again", "mismatch", "wrong"]
)
async def test_latency_delays_a_replay_and_a_refusal_too(vendor: Played, raw: Raw, form: bytes, status: int) -> None:
    await vendor.ask("POST", "/v1/customers", "name=A", Idempotency_Key="k")
    vendor.arm(kind="latency", delay="2s")
    raw.write(
        f"POST /v1/customers HTTP/1.1\r\nHost: v\r\nAuthorization: Bearer {KEY}\r\nIdempotency-Key: k\r\n"
        f"Content-Length: {len(form)}\r\n\r\n".encode()
        + form
    )
    await until(lambda: vendor.world.waiting)
    await vendor.world.advance(1.999)
    assert raw.heard == b""
    await vendor.world.advance(0.001)
    await until(lambda: raw.whole)
    assert (raw.status, last(vendor).faults, last(vendor).took_s) == (status, ("latency",), 2.0)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"delay": "0s"}, "delays nothing"),
        ({"delay": "1s", "probability": "150%"}, "write at most 100%"),
    ],
)
def test_what_would_do_nothing_or_cannot_be_is_refused(written: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_faults({"kind": "latency", **written}, VendorFault)
    parse_faults({"kind": "latency", "delay": "0s", "jitter": "1s"}, VendorFault)
