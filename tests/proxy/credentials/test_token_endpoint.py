"""The token endpoint is asked as the client it is told to be, within bounds, and nothing that it does raises."""

import asyncio
import base64
import gzip
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.credentials.token_endpoint import ANSWER_BYTES_MAX, TokenEndpoint
from tidegate.proxy.policies.credentials.token_answer import NoGrant, TokenGrant
from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.transport import Origin
from tidegate.redaction.secret import Secret
from tidegate.testing import ScriptedVendor, Step, run
from tidegate.vendor.auth_facts import OAuth
from tidegate.vendor.token_facts import TokenRequest

ADDRESS = "93.184.216.34"
OK: Step = (200, {"Content-Type": "application/json"}, json.dumps({"access_token": "a", "expires_in": 60}).encode())


def asked(
    step: Step | None, *, refresh: str | None = None, times: int = 1, **request: Any
) -> tuple[list[TokenGrant | NoGrant], list[Any]]:
    """What comes of asking, and what the endpoint got."""
    facts = {"grant": "client_credentials", "client_id": "shop & co", **request}

    async def main() -> tuple[list[TokenGrant | NoGrant], list[Any]]:
        world = VirtualWorld(1, names={"login.example": ADDRESS})
        vendor = ScriptedVendor([] if step is None else [step] * times, world.machine("vendor"))
        if step is not None:
            await vendor.start(ADDRESS, 80)
        machine = world.machine("proxy")
        transport = Pool(machine, Origin("login.example", 80, None, private=False))
        endpoint = TokenEndpoint(
            machine, OAuth(token="/token"), TokenRequest.model_validate(facts), transport,
            host="login.example", secret=lambda: Secret("s3c:ret%"),
        )  # fmt: skip
        first = None if refresh is None else Secret(refresh)
        found = [await endpoint.ask(first) for _ in range(times)]
        await endpoint.close()
        return found, list(vendor.received)

    return run(main)


def form_of(received: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(received.body.decode()).items()}


def test_a_client_shows_its_secret_in_basic_auth_form_encoded() -> None:
    [grant], [received] = asked(OK, scope="read write", audience="things")
    assert grant == TokenGrant("a", 60.0)
    scheme, _, pair = received.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair)) == ("Basic", b"shop+%26+co:s3c%3Aret%25"), "RFC 6749 §2.3.1"
    assert (received.method, received.path, received.headers["Host"]) == ("POST", "/token", "login.example")
    assert form_of(received) == {"grant_type": "client_credentials", "scope": "read write", "audience": "things"}


def test_a_client_shows_its_secret_in_the_form_where_the_vendor_wants_it_there() -> None:
    _, [received] = asked(OK, client_auth="post")
    assert "Authorization" not in received.headers
    form = form_of(received)
    assert (form["client_id"], form["client_secret"]) == ("shop & co", "s3c:ret%")


@pytest.mark.parametrize("client_auth", ["none", "certificate"])
def test_a_client_without_a_secret_says_who_it_is(client_auth: str) -> None:
    request: dict[str, Any] = {"grant": "refresh_token", "refresh_token": "env:R", "client_auth": client_auth}
    _, [received] = asked(OK, refresh="r1", scope="read", **request)
    assert form_of(received) == {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "shop & co"}


def test_each_question_has_a_connection_of_its_own() -> None:
    found, received = asked(OK, times=3)
    assert len(found) == len(received) == 3


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (None, "refused the connection"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "no access token"),
        ((200, {}, b"[" * 5000), "no access token"),
        ((200, {"Content-Type": "application/json"}, b'{"access_token": "' + b"a" * ANSWER_BYTES_MAX + b'"}'), ""),
        ((503, {"Retry-After": "7"}, b""), "status 503"),
        ((302, {"Location": "http://evil.example/"}, b""), "status 302"),
    ],
)
def test_what_goes_wrong_is_a_reason(step: Step | None, reason: str) -> None:
    [found], _ = asked(step)
    assert isinstance(found, NoGrant)
    assert found.failure == "transient"
    assert reason in found.reason
    assert found.retry_after_s == (7.0 if reason == "status 503" else 0.0)


def test_a_moment_until_which_to_wait_is_read_by_the_vendors_clock() -> None:
    said = {"Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}
    [found], _ = asked((503, said, b""))
    assert isinstance(found, NoGrant)
    assert found.retry_after_s == 60.0


def test_an_endpoint_that_is_silent_is_given_up() -> None:
    async def main() -> tuple[NoGrant | TokenGrant, float]:
        world = VirtualWorld(1, names={"login.example": ADDRESS})
        listener = await world.machine("vendor").listen(asyncio.Protocol, ADDRESS, 80)
        machine = world.machine("proxy")
        transport = Pool(machine, Origin("login.example", 80, None, private=False))
        request = TokenRequest(grant="client_credentials", client_id="shop")
        endpoint = TokenEndpoint(
            machine, OAuth(token="/token"), request, transport, host="login.example", secret=lambda: Secret("s")
        )
        began = world.now()
        found = await endpoint.ask()
        await listener.close()
        return found, world.now() - began

    found, took_s = run(main)
    assert isinstance(found, NoGrant)
    assert took_s <= 10.0


def test_an_answer_that_is_coded_though_nobody_asked_is_read_within_the_same_bound() -> None:
    coded = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    [grant], _ = asked((200, coded, gzip.compress(b'{"access_token": "a", "expires_in": 60}')))
    assert grant == TokenGrant("a", 60.0)
    large = json.dumps({"access_token": "a", "expires_in": 60, "more": "x" * ANSWER_BYTES_MAX}).encode()
    [refused], _ = asked((200, coded, gzip.compress(large)))
    assert isinstance(refused, NoGrant)
