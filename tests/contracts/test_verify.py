"""Verification of pacts against a provider."""

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.providers import Change, changed, simulated
from tidegate.contracts import message_source
from tidegate.contracts.consumers.messages.stripe_events import EXPECTATIONS as MESSAGES
from tidegate.contracts.consumers.stripe_payments import EXPECTATIONS
from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write
from tidegate.contracts.message_expectation import requested
from tidegate.contracts.pact_files import PACTS, read_folder
from tidegate.contracts.provider_headers import provider_headers
from tidegate.contracts.verify import PactMismatch, Report, verify
from tidegate.problems import UsageError
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def pact_of(directory: Path, *expectations: Expectation) -> list[Path]:
    return [write(make_pact("consumer", "stripe", expectations), directory)]


async def test_the_simulator_keeps_every_pact_with_stripe(capfd: pytest.CaptureFixture[str]) -> None:
    async with simulated() as (url, states_url):
        report = await verify(RealWorld(), "stripe", url, states_url=states_url)
    count = len(EXPECTATIONS) + len(MESSAGES)
    assert list(report.lines()) == [f"stripe: {count} of {count} interactions verified, 0 broken"]
    assert report.held
    assert capfd.readouterr().out == "", "the library's own report stays off standard output"


async def test_a_webhook_that_is_other_or_never_comes_breaks_its_pact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_source, "WAIT_S", 0.5)
    (paid,) = [one for one in MESSAGES if one.name == "a payment is paid"]
    other = replace(paid, name="another amount", content={"data": {"object": {"amount_received": 7}}})
    never = replace(paid, name="an event that is none", where={"/type": "payment_intent.dreamt"})
    refused = replace(paid, name="a key is refused", states=[requested("GET", "/v1/charges/none", form={})])
    async with simulated() as (url, states_url):
        files = [write(make_pact("consumer", "stripe", (paid, other, never, refused)), tmp_path)]
        report = await verify(RealWorld(), "stripe", url, states_url=states_url, pacts=files)
    broken = {mismatch.interaction: mismatch for mismatch in report.mismatches}
    assert (report.verified, set(broken)) == (4, {"another amount", "an event that is none", "a key is refused"})
    assert broken["another amount"].path == "$.data.object.amount_received"
    assert len(report.states) == 1
    assert "GET /v1/charges/none was answered with 40" in report.states[0]


async def test_states_are_passed_over_where_the_provider_takes_none(tmp_path: Path) -> None:
    async with simulated() as (url, _):
        files = pact_of(tmp_path, BY_NAME["a payment is prepared"])
        assert (await verify(RealWorld(), "stripe", url, pacts=files)).held


def other_amount(_path: str, status: int, body: Any) -> tuple[int, Any]:
    return status, {**body, "amount": body["amount"] + 1}


def other_status(_path: str, _status: int, body: Any) -> tuple[int, Any]:
    return 202, body


def no_id(_path: str, status: int, body: Any) -> tuple[int, Any]:
    return status, {name: value for name, value in body.items() if name != "id"}


def amount_as_text(_path: str, status: int, body: Any) -> tuple[int, Any]:
    return status, {**body, "amount": str(body["amount"])}


def other_id(_path: str, status: int, body: Any) -> tuple[int, Any]:
    return status, {**body, "id": f"x{body['id']}"}


@pytest.mark.parametrize(
    ("change", "path", "expected", "actual"),
    [
        (other_amount, "$.amount", "1099", "1100"),
        (amount_as_text, "$.amount", "1099", '"1099"'),
        (other_id, "$.id", '"pi_1"', '"xpi_'),
        (no_id, "$", '"id"', ""),
        (other_status, "status", "200", "202"),
    ],
)
async def test_a_provider_that_changed_fails_and_the_place_is_named(
    tmp_path: Path, change: Change, path: str, expected: str, actual: str
) -> None:
    files = pact_of(tmp_path, BY_NAME["a payment is looked up"])
    async with simulated() as (url, states_url), changed(url, change) as broken:
        report = await verify(RealWorld(), "stripe", broken, states_url=states_url, pacts=files)
    assert not report.held
    assert (report.verified, report.declared, report.states) == (1, 1, ())
    (mismatch,) = report.mismatches
    assert (mismatch.interaction, mismatch.path) == ("a payment is looked up", path)
    assert expected in mismatch.expected
    assert actual in mismatch.actual
    assert next(report.lines()).startswith(f"stripe: a payment is looked up: {path}: ")


async def test_fields_that_no_adapter_uses_may_change(tmp_path: Path) -> None:
    def more(_path: str, status: int, body: Any) -> tuple[int, Any]:
        return status, {**body, "capture_method": "of tomorrow", "new": 1}

    files = pact_of(tmp_path, BY_NAME["a payment is looked up"])
    async with simulated() as (url, states_url), changed(url, more) as other:
        assert (await verify(RealWorld(), "stripe", other, states_url=states_url, pacts=files)).held


async def test_an_empty_page_is_no_page(tmp_path: Path) -> None:
    def empty(_path: str, status: int, body: Any) -> tuple[int, Any]:
        return status, {**body, "data": []}

    files = pact_of(tmp_path, BY_NAME["the last page of payments"])
    async with simulated() as (url, states_url), changed(url, empty) as other:
        report = await verify(RealWorld(), "stripe", other, states_url=states_url, pacts=files)
    assert {mismatch.path for mismatch in report.mismatches} == {"$.data"}


@pytest.mark.timeout(60)  # Pact asks for a failed state again and again, for two minutes; it must not get the chance
async def test_a_state_that_nobody_knows_fails_with_its_name_and_at_once(tmp_path: Path) -> None:
    expectation = Expectation(
        "x",
        "GetPaymentIntents",
        "GET",
        "/v1/payment_intents",
        200,
        {"has_more": False},
        (ProviderState("a unicorn exists"),),
    )
    async with simulated() as (url, states_url):
        report = await verify(RealWorld(), "stripe", url, states_url=states_url, pacts=pact_of(tmp_path, expectation))
    assert (report.held, report.mismatches) == (False, ())
    assert any("'a unicorn exists'" in line for line in report.lines())


async def test_interactions_of_one_description_are_counted_each_with_its_states(tmp_path: Path) -> None:
    answer = {"status": 200, "body": {"object": "nothing"}}
    asked = {
        "description": "a list - of any",
        "request": {"method": "GET", "path": "/v1/customers"},
        "response": answer,
    }
    states = [{"name": "a customer exists"}]
    other = {**asked, "description": "another - list"}
    pact = {"consumer": {"name": "shop"}, "provider": {"name": "stripe"}, "metadata": {},
            "interactions": [{**asked, "providerStates": states}, asked, other]}  # fmt: skip
    (tmp_path / "pact.json").write_text(json.dumps(pact))
    async with simulated() as (url, states_url):
        report = await verify(RealWorld(), "stripe", url, states_url=states_url, pacts=[tmp_path / "pact.json"])
    names = {mismatch.interaction for mismatch in report.mismatches}
    assert names == {"shop: a list - of any given a customer exists", "shop: a list - of any", "another - list"}
    assert [*report.lines()][-1] == "stripe: 3 of 3 interactions verified, 3 broken"


async def test_a_provider_that_is_away_has_neither_kept_nor_broken_anything(tmp_path: Path) -> None:
    files = pact_of(tmp_path, BY_NAME["a payment is prepared"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UsageError, match=f"no provider answers on {away}: Connection refused"):
            await verify(RealWorld(), "stripe", away, pacts=files)
        async with simulated() as (url, _):
            with pytest.raises(UsageError, match=f"no provider answers on {away}/states"):
                await verify(RealWorld(), "stripe", url, states_url=f"{away}/states", pacts=files)


@pytest.mark.parametrize("spared", [None, "internal.example"])
async def test_this_machine_is_asked_past_the_proxy_that_a_variable_names(
    spared: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    if spared is not None:
        monkeypatch.setenv("no_proxy", spared)
    files = pact_of(tmp_path, BY_NAME["a prepared payment is confirmed"])
    async with simulated() as (url, states_url):
        report = await verify(RealWorld(), "stripe", url, states_url=states_url, pacts=files)
    assert report.held
    assert [os.environ.get(name) for name in ("NO_PROXY", "no_proxy")] == [None, spared]


async def test_headers_that_are_given_take_the_place_of_those_in_the_pact(tmp_path: Path) -> None:
    loaded = BY_NAME["a payment is prepared"]
    async with simulated() as (url, _):
        report = await verify(
            RealWorld(), "stripe", url, pacts=pact_of(tmp_path, loaded), headers={"Authorization": "Nothing known"}
        )
    assert {mismatch.path for mismatch in report.mismatches} >= {"status"}


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "ftp://x", "http://", "http://x:port", "http://x?y=1", "http://[x"]
)
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a provider"):
        await verify(RealWorld(), "stripe", url)


@pytest.mark.parametrize("provider", sorted({file.provider for file in read_folder(PACTS)[0]} - {"stripe"}))
async def test_every_simulated_vendor_keeps_its_pacts(provider: str) -> None:
    headers = provider_headers(load_vendor(find_vendor(provider)).vendor.facts)
    async with simulated(provider) as (url, states_url):
        report = await verify(RealWorld(), provider, url, states_url=states_url, headers=headers)
    assert report.held, [*report.lines()]


async def test_what_is_no_request_is_named_and_the_requests_beside_it_are_verified(tmp_path: Path) -> None:
    (file,) = pact_of(tmp_path, BY_NAME["a payment is prepared"])
    pact = json.loads(file.read_bytes())
    message = {"type": "Asynchronous/Messages", "description": "a payment is done", "contents": {"content": {}}}
    pact["interactions"].append(message)
    file.write_text(json.dumps(pact))
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps({**pact, "interactions": [message]}))
    async with simulated() as (url, states_url):
        nothing = await verify(RealWorld(), "stripe", url, pacts=[alone])
        report = await verify(RealWorld(), "stripe", url, states_url=states_url, pacts=[file, alone])
    said = "stripe: a payment is done: this is no request, so an address cannot be asked for it: not verified"
    assert [*report.lines()] == [said, said, "stripe: 1 of 1 interactions verified, 0 broken"]
    assert report.held
    assert (nothing.held, nothing.inconclusive) == (False, ("0 of 0 interactions were verified",))


@pytest.mark.parametrize(
    ("report", "held"),
    [
        (Report("p", 2, 2, (), ()), True),
        (Report("p", 1, 2, (), ()), False),
        (Report("p", 0, 0, (), ()), False),
        (Report("p", 2, 2, (PactMismatch("x", "$.a", "1", "2", "no"),), ()), False),
        (Report("p", 2, 2, (), ("'x': no",)), False),
    ],
)
def test_a_report_holds_only_where_all_was_verified_and_nothing_failed(report: Report, held: bool) -> None:
    assert report.held is held


async def test_somebody_who_takes_connections_and_answers_nothing_has_broken_no_contract(tmp_path: Path) -> None:
    expectation = Expectation("x", "op", "GET", "/v1/customers", 200, None)
    async with simulated() as (url, _):
        with pytest.raises(UsageError, match="no provider answers on https"):
            await verify(RealWorld(), "stripe", url.replace("http", "https"), pacts=pact_of(tmp_path, expectation))
