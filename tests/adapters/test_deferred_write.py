"""What came of a deferred write, by its record: under way, ended with or without the vendor's answer, or in doubt."""

import json
from typing import Any

import pytest

from tests.adapters.scripted import Scripted, scripted_gateway
from tidegate.adapters.deferred_write import answer_to, deferred_of
from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Parked,
    Undelivered,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.problems import TYPE_PREFIX


def accepted(script: Scripted) -> Deferred:
    return Deferred(script.url.removesuffix("stripe") + "_tidegate/calls/c7", "c7")


async def asked(script: Scripted, gateway: Gateway, record: Any, **headers: str) -> GatewayResponse | Deferred:
    script.says(200, json.dumps(record).encode(), **headers)
    return await answer_to(gateway, accepted(script))


def test_an_answer_is_deferred_where_it_leads_to_a_record() -> None:
    answer = GatewayResponse(202, b"{}", "c7", 2.0, reads=False, record_url="http://t/_tidegate/calls/c7")
    assert deferred_of(answer) == Deferred("http://t/_tidegate/calls/c7", "c7", 2.0)
    assert deferred_of(GatewayResponse(202, b"{}", "c7", 2.0, reads=False)) is None


@pytest.mark.parametrize("state", ["queued", "waiting", "unknown", "leased", "sending"])
async def test_one_that_is_under_way_is_still_deferred_and_says_when_to_ask_again(state: str) -> None:
    async with scripted_gateway() as (script, gateway):
        record = {"state": state, "outcome": "unknown" if state == "unknown" else None}
        assert await asked(script, gateway, record) == accepted(script)
        again = await asked(script, gateway, record, Retry_After="5")
        assert isinstance(again, Deferred)
        assert again.ask_after_s == 5.0
        assert script.lines[0] == "GET /_tidegate/calls/c7 HTTP/1.1"
        assert "Authorization: Bearer app-token" in script.lines


@pytest.mark.parametrize(
    ("record", "failure"),
    [
        ({"state": "dead", "outcome": "not applied", "detail": "Its deadline passed."}, Undelivered),
        ({"state": "cancelled", "outcome": "not applied"}, Undelivered),
        ({"state": "dead", "outcome": "unknown", "reason": "poison"}, OutcomeUnknown),
        ({"state": "done", "outcome": "done"}, OutcomeUnknown),
        ({"state": "parked", "outcome": "unknown"}, Parked),
        ({"outcome": "done"}, VendorContractBroken),
        (["done"], VendorContractBroken),
    ],
)
async def test_one_that_ended_without_an_answer_is_a_failure(record: Any, failure: type[VendorFailure]) -> None:
    async with scripted_gateway() as (script, gateway):
        with pytest.raises(failure) as failed:
            await asked(script, gateway, record)
        if isinstance(failed.value, OutcomeUnknown):
            assert failed.value.record_url == accepted(script).record_url


async def test_one_of_which_there_is_no_record_any_more_is_not_found() -> None:
    async with scripted_gateway() as (script, gateway):
        for name, failure in (("not-found", NotFound), ("app-unauthorized", Misconfigured)):
            body = json.dumps({"type": f"{TYPE_PREFIX}{name}", "detail": "No."}).encode()
            script.says(404, body, Content_Type="application/problem+json")
            with pytest.raises(failure):
                await answer_to(gateway, accepted(script))


@pytest.mark.parametrize("url", ["http://elsewhere.example/_tidegate/calls/c7", "/_tidegate/calls/c7", ""])
async def test_the_token_goes_to_no_other_address(url: str) -> None:
    async with scripted_gateway() as (script, gateway):
        with pytest.raises(Misconfigured):
            await answer_to(gateway, Deferred(url, "c7"))
        assert script.received == []
