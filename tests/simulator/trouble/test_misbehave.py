"""A fault spoils the answer and its sending, and faults of different sorts hit one request together."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest

from tests.simulator.conftest import KEY, Played
from tests.simulator.raw import PAY, Raw, answered, last
from tests.waiting import settle, until


@pytest.fixture
async def raw(vendor: Played) -> AsyncIterator[Raw]:
    client = await Raw.to(vendor)
    yield client
    client.hang_up()


async def test_a_refusal_breaks_off_like_any_other_answer(vendor: Played) -> None:
    vendor.arm(kind="truncate", first_n=1)
    with pytest.raises(aiohttp.ClientPayloadError):
        await vendor.ask("POST", "/v1/payment_intents", "amount=x&currency=eur")
    entry = vendor.simulator.journal.entries[-1]
    assert (entry.status, entry.faults, entry.answered) == (400, ("truncate",), False)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 409, 412, 413, 415, 418, 422, 423, 429, 451, 500, 599])
async def test_any_error_status_has_a_body_with_a_sentence(vendor: Played, status: int) -> None:
    vendor.arm(kind="error", status=status, retry_after="2s")
    told, body, headers = await vendor.exchange("GET", "/v1/customers")
    assert (told, bool(body["error"]["message"]), headers["Retry-After"]) == (status, True, "2")


@pytest.mark.parametrize("effect", ["begun", "done"])
async def test_an_error_of_the_requests_own_is_kept_under_its_key_too(vendor: Played, effect: str) -> None:
    vendor.arm(kind="error", status=409, effect=effect, first_n=1)
    first = await vendor.pay(Idempotency_Key="k")
    assert first[0] == 409
    assert await vendor.pay(Idempotency_Key="k") == first
    assert vendor.simulator.journal.entries[-1].replayed
    assert len(vendor.simulator.resources.all().get("payment_intent", [])) == (effect == "done")


async def test_a_page_is_sent_whatever_the_answer_would_have_been(vendor: Played) -> None:
    vendor.arm(kind="html", status=200, effect="done", first_n=1)
    async with vendor.client.get(vendor.url + "/v1/payment_intents/pi_none") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
    assert vendor.simulator.journal.entries[-1].status == 200


async def test_headers_are_put_and_doubled_by_any_spelling_of_their_name(vendor: Played) -> None:
    vendor.arm(kind="headers", drop=["REQUEST-ID", "nothing-like-it"], double=["content-type"], put={"date": "never"})
    async with vendor.client.get(vendor.url + "/v1/customers") as answer:
        assert answer.headers.getall("Content-Type") == ["application/json"] * 2
        assert (answer.headers.getall("Date"), "Request-Id" in answer.headers) == (["never"], False)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "truncate"},
        {"kind": "wrong_length", "by": -3},
        {"kind": "bad_chunk"},
        {"kind": "drip", "every": "0s"},
        {"kind": "drip", "every": "0s", "part": "headers"},
        {"kind": "reset_after", "at": "body"},
        {"kind": "malformed"},
    ],
)
async def test_no_fault_gives_a_body_to_a_head(vendor: Played, raw: Raw, fault: dict[str, Any]) -> None:
    vendor.arm(**fault)
    raw.ask("HEAD", "/v1/customers")
    await until(lambda: b"\r\n\r\n" in raw.heard)
    await settle(50)
    assert (raw.status, raw.body, last(vendor).faults) == (200, b"", (fault["kind"],))


@pytest.mark.parametrize("fault", [{"kind": "drip", "every": "0s"}, {"kind": "bad_chunk"}])
async def test_no_chunk_comes_to_a_client_of_http_1_0(vendor: Played, raw: Raw, fault: dict[str, Any]) -> None:
    vendor.arm(**fault)
    raw.write(f"GET /v1/customers HTTP/1.0\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
    assert await raw.ended() == "fin"
    whole = fault["kind"] == "drip"
    assert (raw.status, raw.body[:10], raw.body.endswith(b"}")) == (200, b'{"object":', whole)
    assert "transfer-encoding" not in dict(raw.headers)
    assert last(vendor).answered is whole


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "headers", "drop": ["Date", "Server", "Content-Type"]},
        {"kind": "lie", "about": "headers", "names": ["Date", "Server", "Content-Type"]},
    ],
)
async def test_no_header_is_put_back_that_a_fault_took_away(vendor: Played, raw: Raw, fault: dict[str, Any]) -> None:
    await answered(vendor, raw, **fault)
    assert {name for name, _ in raw.headers}.isdisjoint({"date", "server", "content-type"})


async def test_a_page_comes_under_changed_headers_too(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="headers", put={"Server": "edge"})
    vendor.arm(kind="html")
    raw.ask("GET", "/v1/customers")
    await until(lambda: raw.whole)
    assert (raw.status, raw.header("server"), last(vendor).faults) == (502, "edge", ("html", "headers"))


async def test_headers_that_are_as_they_were_have_met_no_fault(vendor: Played, raw: Raw) -> None:
    await answered(vendor, raw, kind="headers", drop=["X-None"])
    assert (last(vendor).faults, vendor.simulator.faults.described()[0]["fired"]) == ((), 0)


async def test_a_drift_that_finds_nothing_to_change_is_not_used_up(vendor: Played, raw: Raw) -> None:
    vendor.arm(kind="drift", change="removed", pointer="/status", first_n=1)
    await vendor.ask("GET", "/v1/customers")
    assert (last(vendor).faults, vendor.simulator.faults.described()[0]["fired"]) == ((), 0)
    raw.ask("POST", "/v1/payment_intents", PAY)
    await until(lambda: raw.whole)
    assert "status" not in orjson.loads(raw.body)
    assert (last(vendor).faults, vendor.simulator.faults.described()[0]["fired"]) == (("drift removed /status",), 1)


@pytest.mark.parametrize("kind", ["wrong_length", "truncate"])
async def test_a_key_of_whatever_letters_comes_back_under_a_fault(vendor: Played, raw: Raw, kind: str) -> None:
    vendor.arm(kind=kind)
    raw.write(
        f"POST /v1/customers HTTP/1.1\r\nHost: v\r\nAuthorization: Bearer {KEY}\r\nIdempotency-Key: ключ\r\n"
        "Content-Length: 6\r\n\r\nname=A".encode()
    )
    await until(lambda: b'{"id"' in raw.heard)
    assert (raw.status, raw.header("idempotency-key")) == (200, "ключ")


@pytest.mark.parametrize("kind", ["bad_chunk", "truncate", "wrong_length"])
async def test_no_fault_gives_a_body_to_an_answer_that_has_none(vendor: Played, raw: Raw, kind: str) -> None:
    vendor.arm(kind=kind)
    vendor.arm(kind="drift", change="status", to=304)
    raw.ask("GET", "/v1/customers")
    await until(lambda: b"\r\n\r\n" in raw.heard)
    await settle(50)
    assert (raw.status, raw.body) == (304, b"")
