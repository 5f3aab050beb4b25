"""The way to a vendor through Tidegate."""

import asyncio
import json
import socket
from typing import Any

import aiohttp
import pytest

from tests.adapters.scripted import scripted_gateway
from tests.serving import serving
from tidegate.adapters import gateway as gateway_module
from tidegate.adapters.gateway import Gateway, checked_key, segment
from tidegate.adapters.ports.failures import (
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    VendorContractBroken,
)


async def test_a_request_carries_token_key_and_form_and_asks_for_problems() -> None:
    async with scripted_gateway("app-token") as (script, gateway):
        script.says(200, b"{}", Tidegate_Call="c1", Retry_After="7")
        answer = await gateway.post_form("/v1/things", {"a[b]": "ü & co", "c": "+"}, key="order-1")
        assert (answer.status, answer.body, answer.call_id, answer.retry_after_s) == (200, b"{}", "c1", 7.0)
        assert script.lines[0] == "POST /stripe/v1/things HTTP/1.1"
        assert "Authorization: Bearer app-token" in script.lines
        assert "Idempotency-Key: order-1" in script.lines
        assert "Content-Type: application/x-www-form-urlencoded" in script.lines
        assert "application/problem+json" in next(line for line in script.lines if line.startswith("Accept:"))
        assert script.lines[-1] == "a%5Bb%5D=%C3%BC+%26+co&c=%2B"
        await gateway.get("/v1/things", {"after": "a+b&c"})
        assert script.lines[0] == "GET /stripe/v1/things?after=a%2Bb%26c HTTP/1.1"


async def test_any_request_is_sent_with_what_it_is_given() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(200, b"{}")
        await gateway.send("DELETE", "/v1/things/7", query={"force": True, "none": None}, key="k")
        assert script.lines[0] == "DELETE /stripe/v1/things/7?force=true HTTP/1.1"
        assert "Idempotency-Key: k" in script.lines
        await gateway.send("GET", "/v1/things?a=1", query={"b": ["x", "y"]}, headers={"X-Tenant": "t"})
        assert script.lines[0] == "GET /stripe/v1/things?a=1&b=x&b=y HTTP/1.1"
        assert "X-Tenant: t" in script.lines
        await gateway.send("POST", "/v1/things", form={"a": {"b": 1}}, key="k")
        assert script.lines[-1] == "a%5Bb%5D=1"
        await gateway.send("PATCH", "/v1/things", document=[1, "ü"], key="k")
        assert json.loads(script.received[-1].body) == [1, "ü"]


async def test_the_token_goes_where_the_vendors_key_would_be() -> None:
    async with scripted_gateway() as (script, gateway), aiohttp.ClientSession() as session:
        script.says(200, b"{}")
        assert gateway is not None
        other = Gateway(session, script.url, "app-token", key_header="X-API-Key")
        await other.get("/v1/things")
        assert "X-API-Key: app-token" in script.lines
        assert not any(line.startswith("Authorization") for line in script.lines)


async def test_a_document_is_put_as_json_under_its_key_and_trace() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(200, b"{}")
        answer = await gateway.put_json("/v1/things/7", {"name": "ü", "n": 1}, key="whd_1", trace="00-a-b-01")
        assert (answer.reads, answer.record_url) == (False, "")
        assert script.lines[0] == "PUT /stripe/v1/things/7 HTTP/1.1"
        for line in ("Idempotency-Key: whd_1", "Content-Type: application/json", "traceparent: 00-a-b-01"):
            assert line in script.lines
        assert json.loads(script.received[-1].body) == {"name": "ü", "n": 1}
        await gateway.put_json("/v1/things/7", {}, key="whd_1")
        assert not any(line.startswith("traceparent") for line in script.lines)


async def test_a_write_that_is_carried_out_later_says_where_its_record_is_and_a_vendors_202_does_not() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(202, b"{}", Location="/_tidegate/calls/c7", Proxy_Status="tidegate")
        deferred = await gateway.put_json("/v1/things/7", {}, key="k")
        script.says(202, b"{}", Location="/stripe/v1/jobs/1", Proxy_Status="tidegate; received-status=202")
        accepted = await gateway.put_json("/v1/things/7", {}, key="k")
    assert deferred.record_url == script.url.removesuffix("/stripe") + "/_tidegate/calls/c7"
    assert (accepted.record_url, accepted.replayed) == ("", False)


async def test_the_answer_to_an_earlier_request_is_told_from_a_new_one() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(400, b"{}", Idempotency_Replayed="true")
        assert (await gateway.put_json("/v1/things/7", {}, key="k")).replayed


async def test_the_budget_is_sent_where_one_is_given() -> None:
    async with scripted_gateway() as (script, _), aiohttp.ClientSession() as session:
        script.says(200, b"{}")
        await Gateway(session, script.url, "t", budget_s=2.5).get("/v1/things")
        assert "Tidegate-Timeout: 2.500" in script.lines


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(302, b"", Location="http://127.0.0.1:1/elsewhere")
        assert (await gateway.get("/v1/things")).status == 302
        assert len(script.received) == 1


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"type": 3}', b'{"type": "about:blank"}', b"{}"])
async def test_problem_json_that_is_not_ours_is_the_vendors_answer(body: bytes) -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(400, body, Content_Type="application/problem+json")
        assert (await gateway.get("/v1/things")).body == body


async def test_a_problem_that_this_version_does_not_know_leaves_a_write_in_doubt() -> None:
    body = json.dumps({"type": "https://tidegate.dev/problems/new-one", "instance": "http://[half"}).encode()
    async with scripted_gateway() as (script, gateway):
        script.says(503, body, Content_Type="application/problem+json")
        with pytest.raises(OutcomeUnknown, match="new-one"):
            await gateway.post_form("/v1/things", {}, key="k")


BROKEN: dict[str, bytes] = {
    "no answer": b"",
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half a body": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":',
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nabc",
    "a bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a body that is no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
    "a head without end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_connection_leaves_a_write_in_doubt_and_a_read_to_repeat(name: str) -> None:
    async with scripted_gateway() as (script, gateway):
        script.script = [BROKEN[name]]
        with pytest.raises(Unavailable):
            await gateway.get("/v1/things")
        sent = len(script.received)
        with pytest.raises(OutcomeUnknown, match="under the same key"):
            await gateway.post_form("/v1/things", {}, key="k")
        assert len(script.received) == sent + 1, "a write is sent once"


async def test_an_answer_that_does_not_come_in_time_leaves_a_write_in_doubt() -> None:
    async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    timeout = aiohttp.ClientTimeout(sock_read=0.05)
    async with serving(hang) as port, aiohttp.ClientSession(timeout=timeout) as session:
        url = f"http://127.0.0.1:{port}/stripe"
        with pytest.raises(OutcomeUnknown, match="in time"):
            await Gateway(session, url, "t").post_form("/v1/things", {}, key="k")
        with pytest.raises(Unavailable, match="in time"):
            await Gateway(session, url, "t").get("/v1/things")


async def test_a_proxy_that_is_away_leaves_nothing_in_doubt() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/stripe"
        async with aiohttp.ClientSession() as session:
            with pytest.raises(Unavailable, match="cannot be reached"):
                await Gateway(session, url, "t").post_form("/v1/things", {}, key="k")


async def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "BODY_BYTES_MAX", 10)
    async with scripted_gateway() as (script, gateway):
        script.says(200, b"x" * 11, Tidegate_Call="c1")
        with pytest.raises(VendorContractBroken) as error:
            await gateway.post_form("/v1/things", {}, key="k")
        assert (error.value.applied, error.value.call_id) == (True, "c1")
        script.says(200, b"x" * 10)
        assert len((await gateway.get("/v1/things")).body) == 10


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 40, "²", ""])
async def test_a_retry_after_that_is_no_count_of_seconds_is_passed_over(value: str) -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(200, b"{}", Retry_After=value)
        assert (await gateway.get("/v1/things")).retry_after_s is None


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "line\nbreak", "nul\0", "ключ"])
async def test_a_key_that_no_header_can_hold_is_refused_before_anything_is_sent(key: str) -> None:
    async with scripted_gateway() as (script, gateway):
        with pytest.raises(Rejected) as error:
            await gateway.post_form("/v1/things", {}, key=key)
        assert (error.value.field, script.received) == ("key", [])


def test_a_good_key_stays_as_it_is() -> None:
    assert checked_key("order-1:try/2") == "order-1:try/2"


@pytest.mark.parametrize("value", ["", ".", "..", "ü", "a\nb", "a\0b"])
def test_what_is_no_id_is_no_segment(value: str) -> None:
    with pytest.raises(Rejected) as error:
        segment(value, field="payment_id")
    assert error.value.field == "payment_id"


@pytest.mark.parametrize(
    ("value", "escaped"), [("pi_1", "pi_1"), ("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("%2e%2e", "%252e%252e")]
)
async def test_an_id_cannot_change_the_path(value: str, escaped: str) -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(200, b"{}")
        await gateway.get(f"/v1/things/{segment(value, field='id')}")
        assert script.lines[0] == f"GET /stripe/v1/things/{escaped} HTTP/1.1"


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8080", "ftp://x/", "http://", "http://x:port/", "http://x/?q=1", "http://a:b@x/", "http://[x"],
)
async def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Misconfigured, match="base URL"):
            Gateway(session, url, "t")


@pytest.mark.parametrize("token", ["", "two words", "x\r\nHost: y", "ü"])
async def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(token: str) -> None:
    session: Any = None
    with pytest.raises(Misconfigured) as error:
        Gateway(session, "http://127.0.0.1:8080/stripe", token)
    assert not token or token not in str(error.value)


async def test_the_token_stands_where_the_vendors_key_would_and_before_tidegate_itself_it_is_a_bearers() -> None:
    async with scripted_gateway() as (script, _), aiohttp.ClientSession() as session:
        gateway = Gateway(session, script.url, "app-token", key_header="X-API-Key")
        script.says(200, b"{}")
        await gateway.get("/v1/x")
        assert "X-API-Key: app-token" in script.lines
        assert not any(line.startswith("Authorization") for line in script.lines)
        await gateway.read(script.url.replace("/stripe", "/_tidegate/calls/c1"))
        assert "Authorization: Bearer app-token" in script.lines


async def test_a_document_is_posted_and_patched_under_its_key_and_the_answers_headers_are_there() -> None:
    async with scripted_gateway() as (script, gateway):
        script.says(202, b"", X_Message_Id="m1")
        answer = await gateway.post_json("/v1/x", {"a": "ü"}, key="k", trace="00-1-2-01")
        assert (answer.headers["x-message-id"], script.lines[-1]) == ("m1", '{"a": "\u00c3\u00bc"}')
        assert {"Idempotency-Key: k", "traceparent: 00-1-2-01"} <= {*script.lines}
        await gateway.patch_json("/v1/x", {}, key="k")
        assert script.lines[0] == "PATCH /stripe/v1/x HTTP/1.1"
