"""A fault spoils the answer and its sending, and faults of different sorts hit one request together."""

import aiohttp
import pytest

from tests.simulator.conftest import Played


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
