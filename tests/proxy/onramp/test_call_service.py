"""Tests of tidegate.proxy.onramp.call_service: what every on-ramp's requests have in common."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.forward.forward_town import CONNECT, LAST, OK, forwarded, get, statuses, told
from tests.proxy.town import Answer, Town, play
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.reply import Reply


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


def test_whoever_asks_is_told_of_the_call_and_its_reply_or_of_the_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> list[Any]:
        seen: list[Any] = []
        service = town.proxy._service
        answer = service.answer

        async def watched(request: Any, exchange: Any, route: Any, _: Any = None) -> Any:
            def note(call: Call | None, reply: Reply) -> None:
                seen.append((call and call.plan.operation, reply.status))

            return await answer(request, exchange, route, note)

        monkeypatch.setattr(service, "answer", watched)
        await town.ask("GET", "/things/things")
        await town.ask("GET", "/things/things", headers={"Tidegate-Timeout": "soon"})
        return seen

    assert play(tmp_path, [OK], story) == [("GetThings", 200), (None, 400)]
