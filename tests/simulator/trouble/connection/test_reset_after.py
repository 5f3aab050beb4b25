"""A reset after the request was carried out."""

from tests.simulator.conftest import Played
from tests.simulator.raw import Raw, hit, last, paid


async def test_a_reset_after_comes_without_a_byte_and_the_payment_is_made(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="reset_after") == "rst"
    assert (raw.heard, paid(vendor), last(vendor).status, last(vendor).faults) == (b"", 1, 0, ("reset_after",))


async def test_a_reset_may_come_in_the_middle_of_the_headers(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="reset_after", at="headers") == "rst"
    assert raw.heard.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in raw.heard
    assert (paid(vendor), last(vendor).status, last(vendor).answered) == (1, 200, False)


async def test_a_reset_may_come_in_the_middle_of_the_body(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="reset_after", at="body") == "rst"
    assert len(raw.body) == int(raw.header("content-length")) // 2
    assert (paid(vendor), last(vendor).answered) == (1, False)
