"""The alerts about the proxy itself: away, without a store, short of means, late, off the time, its tokens ending."""

import asyncio
import errno
import hmac
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.watched_town import POLICY, WatchedTown, read_things, silence, watch
from tests.proxy.test_store_trouble import spoil
from tests.proxy.town import VENDOR
from tidegate.chaos.world.virtual_loop import VirtualLoop
from tidegate.testing.scripted_vendor import WholeAnswer

JSON = {"Content-Type": "application/json"}
OK: WholeAnswer = (200, JSON, b'{"id": 1}')
SIGNING = "whsec_of_the_vendor"
WEBHOOKS = {
    "scheme": "stripe", "secrets": ["env:HOOKS"], "tolerance": "5m", "event_name": ["/type"],
    "dedupe": {"pointer": "/id"},
}  # fmt: skip


def test_a_proxy_that_is_away_is_told_when_its_figures_are_gone(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(1)
        town.fires()
        town.away(minutes=4)
        town.fires("TidegateAbsent", "TidegateDown")
        await town.minutes(1)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_store_that_takes_no_writes_is_told_until_it_does(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        async def paid(_: WatchedTown) -> None:
            await town.ask("POST", "/things/things", data=b"{}")

        town.traffic = paid
        await town.minutes(1)
        town.fires()
        spoil(town)
        await town.minutes(3)
        town.fires("TidegateStoreNotReady")
        spoil(town, on=False)
        await town.minutes(1)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_process_without_descriptors_is_told_while_it_lacks_them(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        async def fresh(_: WatchedTown) -> None:
            await town.ask("POST", "/things/shots", data=b"{}")

        def none_left(*_: object, **__: object) -> Any:
            raise OSError(errno.EMFILE, "Too many open files")

        town.traffic = fresh
        await town.minutes(1, turns=20)
        town.fires()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(town.machine, "connect", none_left)
            await town.minutes(3, turns=20)
            town.fires("TidegateOutOfMeans")
        await town.minutes(12)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_loop_that_has_more_to_do_than_its_processor_can_is_told(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)

        async def busy(_: WatchedTown) -> None:
            await read_things(town)
            loop._now_s += 0.5  # something computes for half a second, and no timer rings meanwhile

        await town.minutes(1)
        town.fires()
        town.traffic = busy
        await town.minutes(8)
        town.fires("TidegateLoopLate")
        town.traffic = read_things
        await town.minutes(6)
        town.fires()

    watch(tmp_path, [OK], story)


def test_log_lines_that_nobody_takes_are_told(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        await town.minutes(1)
        town.fires()
        sink, town.proxy.telemetry._sink = town.proxy.telemetry._sink, lambda _: False
        await town.minutes(2)
        town.fires("TidegateLogLost")
        town.proxy.telemetry._sink = sink
        await town.minutes(10)
        town.fires()

    watch(tmp_path, [OK], story)


def test_a_token_that_ends_is_told_until_there_is_another(tmp_path: Path) -> None:
    def tokens(*ends: str) -> list[dict[str, str]]:
        names = zip(("FIRST_TOKEN", "SECOND_TOKEN"), ends, strict=False)
        return [{"app": "shop", "token": f"env:{name}", "expires": end} for name, end in names]

    async def story(town: WatchedTown) -> None:
        town.traffic = silence
        await town.minutes(1)
        town.fires()
        await town.configure(tokens=tokens("2026-01-05"))
        await town.minutes(12)
        town.fires("TidegateOwnExpires")
        await town.configure(tokens=tokens("2026-01-05", "2026-06-01"))
        await town.minutes(1)
        town.fires()

    environ = {"FIRST_TOKEN": "tg_of_the_shop_first", "SECOND_TOKEN": "tg_of_the_shop_second"}
    watch(tmp_path, [OK], story, environ=environ)


def signed(at: float) -> tuple[bytes, Mapping[str, str]]:
    body = json.dumps({"id": f"evt_{at}", "type": "thing.made"}).encode()
    mark = hmac.new(SIGNING.encode(), b"%d.%b" % (at, body), sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={int(at)},v1={mark}"}


def sending(ahead_s: Callable[[], float]) -> Any:
    """Webhooks of a vendor whose clock is so far ahead of the proxy's."""

    async def send(town: WatchedTown) -> None:
        assert town.inbox is not None
        body, headers = signed(town.world.wall() + ahead_s())
        async with town.session.post(
            f"http://127.0.0.1:{town.inbox.port}/things", data=body, headers=headers
        ) as answer:
            assert answer.status < 300

    return send


def test_a_clock_that_is_off_is_told_long_before_webhooks_are_refused(tmp_path: Path) -> None:
    async def story(town: WatchedTown) -> None:
        town.traffic = sending(lambda: 0.0)
        await town.minutes(2)
        town.fires()
        town.traffic = sending(lambda: -90.0)
        await town.minutes(14)
        town.fires("TidegateClockSkew")
        town.traffic = sending(lambda: 0.0)
        await town.minutes(7)
        town.fires()

    inbox = {"listen": "127.0.0.1:0", "sources": {"things": {"vendor": "things", "apps": ["shop"]}}}
    apps = {"shop": {"webhooks": {"url": "http://things.example/hooks", "secrets": ["env:SHOP_HOOKS"]}}}
    environ = {"HOOKS": SIGNING, "SHOP_HOOKS": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    facts = {**VENDOR["facts"], "webhooks": WEBHOOKS}
    watch(tmp_path, [OK], story, facts=facts, environ=environ, config={"inbox": inbox, "apps": apps})


def test_answers_that_are_not_what_the_document_says_are_told(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    described = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}

    async def story(town: WatchedTown) -> None:
        await town.minutes(2)
        town.fires()
        town.vendor.script = [(200, JSON, b'{"id": "one"}')]
        await town.minutes(2)
        town.fires("TidegateDrift")
        await town.minutes(61, turns=1)
        town.fires()

    paths = {"/things": {"get": {"operationId": "GetThings", "responses": described}}}
    policy = {**POLICY, "drift": {"sample": "1/s"}}
    watch(tmp_path, [OK], story, policy=policy, paths=paths, operations={})
