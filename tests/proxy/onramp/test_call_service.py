"""Tests of tidegate.proxy.onramp.call_service: what every on-ramp's requests have in common."""

from pathlib import Path

from tests.proxy.forward.forward_town import CONNECT, LAST, OK, forwarded, get, statuses, told
from tests.proxy.town import Answer, Town


def test_a_call_of_the_gateway_and_one_of_a_tunnel_are_one_call_to_a_key(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, bytes, int]:
        headers = {"Idempotency-Key": "k", "Content-Type": "a/b"}
        first = await town.ask("POST", "/things/things", headers=headers, data=b"{}")
        lines = (f"{name}: {value}" for name, value in headers.items())
        again = await told(town, CONNECT, get("/api/things", *lines, method="POST", body=b"{}"), LAST)
        return first, again, len(town.vendor.received)

    first, again, sent = forwarded(tmp_path, [OK, OK], story)
    assert (first.status, statuses(again), sent) == (200, [200, 200, 200], 2)
    assert again.count(b"Idempotency-Replayed: true") == 1


def test_a_refusal_ends_the_connection_where_content_is_held_back_until_it_is_asked_for(tmp_path: Path) -> None:
    """RFC 9110 §10.1.1: who is refused sends no content, and its next request would be read as that."""
    ask = b"POST /%b/things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\n%bContent-Length: 5\r\n\r\n"
    expects = b"Expect: 100-continue\r\n"

    async def story(town: Town) -> list[list[int]]:
        after = b"GET /things/things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\nConnection: close\r\n\r\n"
        held = await told(town, ask % (b"nobody", expects), after)
        assert b"\r\nConnection: close\r\n" in held
        sent = await told(town, ask % (b"nobody", expects) + b"hello", after)
        plain = await told(town, ask % (b"nobody", b""), b"hello" + after)
        return [statuses(held), statuses(sent), statuses(plain)]

    assert forwarded(tmp_path, [OK, OK], story) == [[404], [404, 200], [404, 200]]


def test_what_follows_a_connect_that_is_refused_is_no_request_without_a_forward_proxy_either(tmp_path: Path) -> None:
    hidden = b"GET /things/things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: x\r\n\r\n"

    async def story(town: Town) -> tuple[list[int], int]:
        got = await told(town, CONNECT + hidden, hidden)
        return statuses(got), len(town.vendor.received)

    assert forwarded(tmp_path, [OK], story, config={"forward": None}) == ([421], 0)
