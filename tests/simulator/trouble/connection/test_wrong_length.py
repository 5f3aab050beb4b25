"""A length that is wrong."""

import orjson

from tests.simulator.conftest import Played
from tests.simulator.raw import PAY, Raw, last, silent
from tests.waiting import until


async def test_a_length_too_long_leaves_the_client_waiting(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="wrong_length", by=10)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await silent(vendor, raw, "wrong_length")
    assert int(raw.header("content-length")) == len(raw.body) + 10
    assert orjson.loads(raw.body)["object"] == "payment_intent"
    assert last(vendor).answered is False


async def test_a_length_too_short_leaves_bytes_for_the_next_answer(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="wrong_length", by=-3, first_n=1)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await until(lambda: b"\r\n\r\n" in raw.heard)
    assert int(raw.header("content-length")) == len(raw.body) - 3
    assert (last(vendor).faults, last(vendor).answered) == (("wrong_length",), False)
    told = len(raw.heard)
    raw.ask("GET", "/v1/payment_intents")
    await until(lambda: len(raw.heard) > told)
    assert raw.heard[told:].startswith(b"HTTP/1.1 200 OK"), "the connection stays in service"
