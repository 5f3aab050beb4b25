"""The list of stages is the order in which a call meets them, and it is what people are shown."""

from types import SimpleNamespace
from typing import Any

from tests.proxy.examples import plan
from tidegate.proxy.call import Call, Reply
from tidegate.proxy.pipeline import AROUND, INNERMOST, describe
from tidegate.proxy.stages import cache, coalesce, fallback, hedge
from tidegate.reads import Cache, Hedge, Static
from tidegate.vendor import Limit


def test_the_order_of_the_stages() -> None:
    assert [name for name, _ in (*AROUND, INNERMOST)] == [
        "idempotency", "fallback", "cache", "coalesce", "retry", "hedge", "breaker", "bulkhead", "limiter", "exchange",
    ]  # fmt: skip


def test_every_stage_tells_its_numbers() -> None:
    limit = Limit.model_validate_json('{"name": "account", "rate": "100/s", "burst": 20}')
    shown = dict(describe(plan(limits=(limit,))))
    assert shown["deadline"] == "20 s for the whole call"
    assert "Idempotency-Key" in shown["idempotency"]
    assert "3 attempts" in shown["retry"]
    assert "stripe" in shown["breaker"]
    assert "account 100/s burst 20" in shown["limiter"]
    assert shown["bulkhead"] == "any number at once"
    assert "first byte 8 s" in shown["exchange"]


def test_a_stage_that_has_nothing_to_do_is_not_there() -> None:
    upstream: Any = SimpleNamespace(cache=SimpleNamespace(used=False))

    async def proceed(call: Call) -> Reply:
        raise AssertionError(call)

    for operation in (plan(idempotency="safe", method="GET"), plan()):
        for stage in (fallback, cache, coalesce, hedge):
            assert stage.stage(operation, upstream, proceed) is proceed


def test_what_a_read_has_is_told() -> None:
    rules = Cache.model_validate({"fresh": "2s", "stale_if_error": "10m", "despite": ("no-store",)})
    hedged = Hedge.model_validate({"after": "p95"})
    read = plan(idempotency="safe", cache=rules, coalesce="app", hedge=hedged, static=Static())
    shown = dict(describe(read))
    assert shown["cache"] == "RFC 9111; fresh 2s; stale if error 10m; each app its own; despite no-store"
    assert shown["hedge"] == "a second request after p95, inside the retry budget"
    assert shown["fallback"] == "static answer 200"
    assert "share" in shown["coalesce"]
    assert dict(describe(plan(idempotency="safe")))["cache"] == "off"


def test_a_read_needs_no_record() -> None:
    assert dict(describe(plan(idempotency="safe")))["idempotency"] == "not needed: a read"
