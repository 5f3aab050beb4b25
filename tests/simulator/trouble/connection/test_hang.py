"""A vendor that hangs."""

import pytest

from tests.simulator.conftest import Played
from tests.simulator.raw import PAY, Raw, paid, silent


@pytest.mark.parametrize("effect", ["none", "done"])
async def test_a_hanging_vendor_sends_no_byte_and_keeps_the_connection(vendor: Played, raw: Raw, effect: str) -> None:
    vendor.arm(kind="hang", effect=effect)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await silent(vendor, raw, "hang")
    assert (raw.heard, paid(vendor)) == (b"", int(effect == "done"))


async def test_a_vendor_may_hang_in_the_middle_of_the_headers(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="hang", at="headers", effect="done")
    raw.ask("POST", "/v1/payment_intents", PAY)
    await silent(vendor, raw, "hang")
    assert raw.heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in raw.heard


async def test_a_vendor_may_hang_in_the_middle_of_the_body(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="hang", at="body", effect="done")
    raw.ask("POST", "/v1/payment_intents", PAY)
    await silent(vendor, raw, "hang")
    assert len(raw.body) == int(raw.header("content-length")) // 2
