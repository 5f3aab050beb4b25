"""Webhooks from real simulators to an app, over real sockets; and what strangers get."""

import asyncio
import gzip
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import SIGNING, inbox_town, stripe_event, stripe_signed
from tests.waiting import until
from tidegate.simulator.behaviour.signatures import WebhookMessage, headers
from tidegate.world.world import RealWorld

HAPPENED: dict[str, tuple[str, dict[str, Any], str]] = {
    "stripe": ("charge.succeeded", {"id": "ch_1", "object": "charge"}, "charge.succeeded"),
    "shopify": ("Product.created", {"id": 1, "title": "Kettle"}, "products/create"),
    "github": ("issue.created", {"id": 1, "number": 1, "title": "It leaks"}, "issues.opened"),
    "slack": ("message.created", {"ts": "1.2", "text": "hello"}, "message"),
    "twilio": ("message.created", {"id": "SM1", "status": "queued", "account_sid": "AC1", "to": "+15550001"}, "queued"),
}


@pytest.mark.parametrize("vendor", sorted(HAPPENED))
async def test_a_webhook_of_the_simulator_reaches_the_app_as_it_came(vendor: str, tmp_path: Path) -> None:
    effect, thing, name = HAPPENED[vendor]
    async with inbox_town(tmp_path, (vendor,)) as town:
        simulator = town.vendors[vendor].webhooks
        simulator.happened(effect, thing, None, 1)
        await until(lambda: town.app.got and simulator.deliveries[0].tries)
        assert simulator.deliveries[0].tries == [200]
        [post] = town.app.got
        assert (post.headers["tidegate-source"], post.headers["tidegate-event"]) == (vendor, name)
        assert not [header for header in post.headers if "signature" in header and header != "webhook-signature"]
        [note] = town.notes
        assert (note["outcome"], note["event"], note["vendor"]) == ("accepted", name, vendor)
        assert not any(SIGNING[vendor] in line.decode() for line in town.lines)


@pytest.mark.parametrize("vendor", sorted(HAPPENED))
async def test_a_webhook_that_somebody_else_signed_goes_nowhere(vendor: str, tmp_path: Path) -> None:
    effect, thing, _ = HAPPENED[vendor]
    async with inbox_town(tmp_path, (vendor,)) as town:
        simulator = town.vendors[vendor].webhooks
        simulator.registered[0].secret = "somebody-elses"
        simulator.happened(effect, thing, None, 1)
        await until(lambda: simulator.deliveries[0].tries)
        assert simulator.deliveries[0].tries == [HTTPStatus.UNAUTHORIZED]
        assert town.outcomes == ["no-match"]
        assert town.app.got == []


async def test_the_same_webhook_counts_once_however_often_it_comes(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        body = stripe_event()
        assert [await town.stripe(body) for _ in range(3)] == [200, 200, 200]
        await until(lambda: town.app.got)
        assert await town.stripe(body) == 200
        assert town.outcomes == ["accepted", "repeated", "repeated", "repeated"]
        assert len(town.app.got) == 1


async def test_a_question_of_the_vendors_is_answered_and_is_no_event(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, ("slack",)) as town:
        body = b'{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}'
        at = int(RealWorld().wall())
        lines = headers("slack", WebhookMessage(town.url("slack"), body, at, "x"), (SIGNING["slack"],))
        status, _, answer = await town.send("/slack", body, *(f"{name}: {value}" for name, value in lines.items()))
        assert (status, b"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" in answer) == (200, True)
        status, _, _ = await town.send("/slack", body)
        assert status == HTTPStatus.UNAUTHORIZED
        assert town.outcomes == ["challenge", "missing-header"]
        assert town.app.got == []


async def test_an_event_that_nobody_wants_is_acknowledged_and_goes_no_further(tmp_path: Path) -> None:
    sources = {"stripe": {"vendor": "stripe", "apps": ["shop"], "events": ["charge.*"]}}
    async with inbox_town(tmp_path, inbox={"sources": sources}) as town:
        assert await town.stripe(stripe_event("evt_1", "customer.created")) == 200
        assert await town.stripe(stripe_event("evt_2", "charge.über")) == 200
        assert await town.stripe(b'{"id": "evt_3", "type": "no end') == 200, "nobody can tell that it is not wanted"
        await until(lambda: len(town.app.got) == 2)
        assert town.outcomes == ["not-wanted", "accepted", "accepted"]
        assert {post.headers.get("tidegate-event") for post in town.app.got} == {"charge.%C3%BCber", None}


async def test_one_event_goes_to_several_apps_each_by_itself(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as other:
        apps = {
            name: {"webhooks": {"url": url, "secrets": ["env:SHOP_HOOKS"]}}
            for name, url in (("shop", other.app.url), ("desk", other.app.url + "/desk"))
        }
        sources = {"stripe": {"vendor": "stripe", "apps": ["shop", "desk"]}}
        (tmp_path / "two").mkdir()
        async with inbox_town(tmp_path / "two", inbox={"sources": sources}, apps=apps) as town:
            assert await town.stripe(stripe_event()) == 200
            await until(lambda: len(other.app.got) == 2)
            assert len({post.name for post in other.app.got}) == 2
            assert len({post.body for post in other.app.got}) == 1


HOSTILE = {
    "another path": ("POST", "/shopify", (), 404, "unknown-source"),
    "a path below": ("POST", "/stripe/x", (), 404, "unknown-source"),
    "a slash more": ("POST", "//stripe", (), 404, "unknown-source"),
    "another method": ("GET", "/stripe", (), 405, "wrong-method"),
    "a preflight": ("OPTIONS", "/stripe", (), 405, "wrong-method"),
    "no signature": ("POST", "/stripe", (), 401, "missing-header"),
    "half a signature": ("POST", "/stripe", ("Stripe-Signature: t=1",), 401, "no-signature"),
    "nonsense": ("POST", "/stripe", ("Stripe-Signature: \xff\xfe",), 401, "malformed-header"),
    "two signatures": ("POST", "/stripe", ("Stripe-Signature: t=1,v1=a", "Stripe-Signature: t=1,v1=b"), 401,
                       "duplicate-header"),
    "many signatures": ("POST", "/stripe", ("Stripe-Signature: t=1" + ",v1=a" * 63,), 401, "too-many-signatures"),
    "a coded body": ("POST", "/stripe", ("Content-Encoding: gzip",), 415, "coded-body"),
    "a coded body, said twice": ("POST", "/stripe", ("Content-Encoding: identity", "Content-Encoding: gzip"), 415,
                                 "coded-body"),
    "no coding": ("POST", "/stripe", ("Content-Encoding: , identity", "Content-Encoding:"), 401, "missing-header"),
    "an absolute target": ("POST", "http://127.0.0.1/stripe", (), 401, "missing-header"),
    "another's absolute target": ("POST", "http://evil.example/stripe", (), 421, "wrong-host"),
    "a target with a user": ("POST", "http://a@127.0.0.1/stripe", (), 400, "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOSTILE))
async def test_a_stranger_gets_a_status_and_no_reason_and_one_is_counted(case: str, tmp_path: Path) -> None:
    method, target, lines, status, outcome = HOSTILE[case]
    async with inbox_town(tmp_path) as town:
        answered, head, body = await town.send(target, b"{}", *lines, method=method)
        assert (answered, body) == (status, b"")
        assert outcome.encode() not in head
        assert {what: n for (_, what), n in town.inbox.metrics.received.items()} == {outcome: 1}
        assert town.app.got == []
        assert await town.stripe(stripe_event()) == 200


async def test_a_body_is_bounded_whatever_it_says_of_its_length(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, inbox={"body_max_bytes": 2048}) as town:
        huge = b"x" * 4096
        signed = stripe_signed(huge, RealWorld().wall())
        assert (await town.send("/stripe", huge, signed))[0] == 413
        chunked = b"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert (await town.raw(chunked + b"800\r\n" + b"x" * 2048 + b"\r\n" + b"800\r\n" + b"x" * 2048))[0] == 413
        claimed = b"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999\r\n\r\n"
        assert (await town.raw(claimed))[0] == 413
        assert town.outcomes == ["large-body"] * 3


async def test_a_chunked_body_is_as_good_as_any(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        body = stripe_event()
        head = f"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\n{stripe_signed(body, RealWorld().wall())}\r\n"
        chunks = b"".join(b"1\r\n" + body[n : n + 1] + b"\r\n" for n in range(len(body)))
        request = head.encode() + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
        assert (await town.raw(request))[0] == 200
        await until(lambda: town.app.got)
        assert town.app.got[0].body == body


async def test_a_body_that_does_not_come_holds_nothing_up(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, inbox={"body_timeout": "50ms"}) as town:
        status, _, _ = await town.raw(b"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nx")
        assert (status, town.outcomes) == (408, ["slow-body"])


async def test_a_page_of_another_name_reaches_nothing(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        body = stripe_event()
        signed = stripe_signed(body, RealWorld().wall())
        head = f"POST /stripe HTTP/1.1\r\nHost: evil.example\r\n{signed}\r\nContent-Length: {len(body)}\r\n"
        status, _, _ = await town.raw(head.encode() + b"Connection: close\r\n\r\n" + body)
        assert status == HTTPStatus.MISDIRECTED_REQUEST
        assert town.app.got == []


async def test_the_name_of_the_public_url_is_one_of_its_own(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, inbox={"public_url": "https://hooks.example"}) as town:
        body = stripe_event()
        signed = stripe_signed(body, RealWorld().wall())
        head = f"POST /stripe HTTP/1.1\r\nHost: hooks.example\r\n{signed}\r\nContent-Length: {len(body)}\r\n"
        assert (await town.raw(head.encode() + b"Connection: close\r\n\r\n" + body))[0] == 200


async def test_the_url_that_twilio_signed_comes_from_the_configuration_alone(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, ("twilio",), inbox={"public_url": "https://hooks.example/in"}) as town:
        simulator = town.vendors["twilio"].webhooks
        effect, thing, _ = HAPPENED["twilio"]
        simulator.happened(effect, thing, None, 1)  # signed for the address that it knows, which is another one
        await until(lambda: simulator.deliveries[0].tries)
        assert town.outcomes == ["no-match"]


async def test_an_old_one_is_refused_and_tells_of_the_clocks(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        for n in range(5):
            assert await town.stripe(stripe_event(f"evt_{n}"), age_s=100.0) == 200
        assert await town.stripe(stripe_event("evt_9"), age_s=400.0) == HTTPStatus.UNAUTHORIZED
        assert town.outcomes[-1] == "too-old"
        assert any(b"our clock and a vendor's differ" in line for line in town.lines)
        assert b'tidegate_webhook_skew_seconds{source="stripe"} 100.' in town.proxy.telemetry.metrics.render()


async def test_a_body_in_gzip_that_is_rightly_signed_is_not_unpacked(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        assert await town.stripe(gzip.compress(stripe_event()), "Content-Encoding: gzip") == 415
        assert town.outcomes == ["coded-body"]


async def test_webhooks_on_one_connection_are_answered_one_by_one(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        request = b""
        for n in range(3):
            body = stripe_event(f"evt_{n}")
            head = f"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\n{stripe_signed(body, RealWorld().wall())}\r\n"
            request += head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
        reader, writer = await asyncio.open_connection("127.0.0.1", town.inbox.port)
        writer.write(request)
        for _ in range(3):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()
