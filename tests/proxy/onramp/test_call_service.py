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
