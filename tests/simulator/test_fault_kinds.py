"""Each kind of fault as a client with a raw socket sees it, and as the journal tells it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest

from tests.simulator.conftest import KEY, Played
from tests.simulator.raw import PAY, Raw, answered, hit, last, paid, silent
from tests.waiting import until


@pytest.fixture
async def raw(vendor: Played) -> AsyncIterator[Raw]:
    """A connection that is open before any fault is armed, and has been used."""
    client = await Raw.to(vendor)
    client.ask("GET", "/v1/customers")
    await until(lambda: client.whole)
    client.heard = b""
    yield client
    client.hang_up()


# --- before the vendor acts ------------------------------------------------------------------------------------------


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


async def test_a_throttle_is_a_429_that_says_when_to_come_back(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="throttle", retry_after="90s", written="date")
    assert (raw.status, raw.header("retry-after")) == (429, "Wed, 01 Jan 2025 00:01:30 GMT")
    assert (body["error"]["code"], paid(vendor), last(vendor).faults) == ("rate_limit", 0, ("throttle",))


@pytest.mark.parametrize("status", [400, 402, 403, 404, 409, 422, 451, 500, 503, 529])
async def test_an_error_comes_in_the_vendors_envelope(vendor: Played, raw: Raw, status: int) -> None:
    body = await answered(vendor, raw, kind="error", status=status)
    assert raw.status == status
    assert body["error"]["message"]
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (0, ("error",), True)


async def test_a_valid_token_may_be_told_that_it_has_expired(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="expired_token", first_n=1)
    assert (raw.status, paid(vendor), last(vendor).faults) == (401, 0, ("expired_token",))
    assert "expired" in body["error"]["message"]
    assert (await vendor.pay())[0] == 200


async def test_a_reset_before_comes_without_a_byte_and_nothing_is_done(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="reset_before") == "rst"
    assert (raw.heard, paid(vendor), last(vendor).faults) == (b"", 0, ("reset_before",))


# --- the answer breaks off -------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("effect", "payments"), [("none", 0), ("done", 1)])
async def test_an_empty_answer_is_an_end_in_good_order(vendor: Played, raw: Raw, effect: str, payments: int) -> None:
    assert await hit(vendor, raw, kind="empty", effect=effect) == "fin"
    assert (raw.heard, paid(vendor), last(vendor).faults) == (b"", payments, ("empty",))


async def test_a_truncated_answer_ends_before_its_length(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="truncate", share="25%") == "fin"
    assert len(raw.body) == int(raw.header("content-length")) // 4
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (1, ("truncate",), False)


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


async def test_a_chunk_may_have_no_size(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="bad_chunk", share="50%") == "fin"
    assert raw.header("transfer-encoding") == "chunked"
    size, _, rest = raw.body.partition(b"\r\n")
    while size != b"not-a-size":
        chunk = int(size, 16)
        size, _, rest = rest[chunk + 2 :].partition(b"\r\n")
    assert (paid(vendor), last(vendor).faults, last(vendor).answered) == (1, ("bad_chunk",), False)


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


# --- the answer comes slowly -----------------------------------------------------------------------------------------


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


# --- the answer makes no sense ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "effect", "payments"), [(502, "none", 0), (200, "done", 1)])
async def test_a_page_may_come_instead_of_the_answer(
    vendor: Played, raw: Raw, status: int, effect: str, payments: int
) -> None:
    vendor.arm(kind="html", status=status, effect=effect)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await until(lambda: raw.whole)
    assert (raw.status, raw.header("content-type")) == (status, "text/html; charset=utf-8")
    assert raw.body.startswith(b"<!DOCTYPE html>")
    assert (paid(vendor), last(vendor).status, last(vendor).faults) == (payments, status, ("html",))


async def test_json_may_lack_its_last_bracket(vendor: Played, raw: Raw) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        await answered(vendor, raw, kind="malformed")
    assert orjson.loads(raw.body + b"}")["object"] == "payment_intent"
    assert (raw.status, paid(vendor), last(vendor).faults) == (200, 1, ("malformed",))


async def test_garbage_may_come_as_the_body(vendor: Played, raw: Raw) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        await answered(vendor, raw, kind="garbage", size=100)
    assert (raw.status, raw.header("content-type"), len(raw.body)) == (200, "application/json", 100)
    assert (paid(vendor), last(vendor).faults) == (1, ("garbage",))


async def test_garbage_may_come_instead_of_http(vendor: Played, raw: Raw) -> None:
    assert await hit(vendor, raw, kind="garbage", instead_of="answer", size=100) == "fin"
    assert len(raw.heard) == 100
    assert b"HTTP" not in raw.heard
    assert last(vendor).answered is False


async def test_garbage_is_the_same_for_the_same_seed(play: Callable[..., Any]) -> None:
    heard = []
    for seed in (7, 7, 8):
        vendor = await play(seed=seed)
        client = await Raw.to(vendor)
        await hit(vendor, client, kind="garbage", instead_of="answer")
        heard.append(client.heard)
    assert heard[0] == heard[1] != heard[2]


async def test_an_encoding_may_be_named_that_the_body_does_not_have(vendor: Played, raw: Raw) -> None:
    body = await answered(vendor, raw, kind="wrong_encoding")
    assert (raw.header("content-encoding"), body["object"]) == ("gzip", "payment_intent")
    assert last(vendor).faults == ("wrong_encoding",)


async def test_headers_may_be_missing_doubled_or_wrong(vendor: Played, raw: Raw) -> None:
    put = {"Stripe-Version": "1999-12-31"}
    await answered(vendor, raw, kind="headers", drop=["request-*"], double=["Content-Type"], put=put)
    names = [name for name, _ in raw.headers]
    assert (names.count("content-type"), "request-id" in names, raw.header("stripe-version")) == (
        2,
        False,
        "1999-12-31",
    )
    assert last(vendor).faults == ("headers",)
