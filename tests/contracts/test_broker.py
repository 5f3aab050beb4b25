"""Pacts are published to a broker with their results, and the broker says whether a version may go."""

import json
from pathlib import Path

import pytest

from tests.contracts.broker_stand_in import TOKEN, broker
from tidegate.contracts.broker import Deployability, PactBroker
from tidegate.contracts.pact_files import PACTS, read_pact
from tidegate.problems import UsageError

KEY = {"Authorization": f"Bearer {TOKEN}"}
STRIPE, ADYEN, EVENTS = (
    read_pact(PACTS / f"{name}.json") for name in ("payments-stripe", "payments-adyen", "payment-events-stripe")
)


@pytest.mark.parametrize("has_links", [True, False])
async def test_a_version_may_go_when_every_pact_of_it_was_kept(tmp_path: Path, has_links: bool) -> None:
    async with broker(tmp_path) as stand_in:
        stand_in.has_links = has_links
        async with PactBroker(stand_in.url, KEY) as asked:
            said = await asked.publish([STRIPE, EVENTS, ADYEN], "1.2", branch="main", tags=["prod"])
            assert len(said) == 3
            assert json.loads((tmp_path / "payments--adyen--1.2.json").read_bytes())["provider"] == {"name": "adyen"}
            await asked.publish_result(STRIPE, "1.2", "2026-11", success=True)
            unknown = await asked.deployability("payments", "1.2", "production")
            assert unknown == Deployability(None, "something was never verified")
            await asked.publish_result(ADYEN, "1.2", "v71", success=False)
            assert (await asked.deployability("payments", "1.2", "production")).is_deployable is False
            await asked.publish_result(ADYEN, "1.2", "v71", success=True)
            assert (await asked.deployability("payments", "1.2", "production")).is_deployable is True


async def test_what_a_broker_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    async with broker(tmp_path) as stand_in:
        with pytest.raises(UsageError, match='answered 401: "the token is wrong"'):
            async with PactBroker(stand_in.url, {}):
                pass
        async with PactBroker(stand_in.url, KEY) as asked:
            await asked.publish([ADYEN], "1")
            (tmp_path / "payments--adyen--1.json").write_text("another")
            with pytest.raises(UsageError, match="409: version 1 is published already"):
                await asked.publish([ADYEN], "1")
            with pytest.raises(UsageError, match="there is no such pact"):
                await asked.publish_result(STRIPE, "1", "2", success=True)


async def test_nothing_is_sent_where_a_link_leads_elsewhere(tmp_path: Path) -> None:
    async with broker(tmp_path) as stand_in:
        async with PactBroker(stand_in.url, KEY) as asked:
            real, stand_in.url = stand_in.url, "http://elsewhere.test"
            await asked.publish([ADYEN], "1")
            with pytest.raises(UsageError, match=r"leads elsewhere, to http://elsewhere.test"):
                await asked.publish_result(ADYEN, "1", "2", success=True)
        stand_in.url = real


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("broker", "no address of a Pact broker"),
        ("http://[::1", "no address of a Pact broker"),
        ("http://127.0.0.1:1", "the broker cannot be asked"),
    ],
)
async def test_where_there_is_no_broker_that_is_told(url: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        async with PactBroker(url, {}):
            pass
